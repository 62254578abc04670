"""Queries of the hot path, put into SQL once for a process; their values are given each time.

Django builds the SQL of a query anew whenever it is asked, which takes several times as long as the database's answer.
A till asks the same twenty questions for every bill.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from inspect import signature
from itertools import count
from operator import or_
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models import Expression, Q, QuerySet
from django.db.transaction import TransactionManagementError

from songhe.county.key import plain_id, plain_instant

Row = TypeVar("Row")


class Value(Expression):
    """The place of a value that is given when the query is asked."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


@dataclass(frozen=True)
class _Made:
    rows: Any
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]


class Ready(Generic[Row]):
    """A query over named values, built once: ``Ready(lambda county, no: Card.objects.filter(county=county, no=no))``.

    What the function is given stands for values and may be put wherever a filter takes one; what it answers with may
    lock, join and select columns, but not prefetch. Asked with values by name. A value is a text, a number, a day, an
    instant or an id, never ``None``; or a list of these, which the function is given as a list for ``one_of``, and
    for which SQL is built once for each length.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self._build = build
        self._names = tuple(signature(build).parameters)
        self._made: dict[tuple[Any, ...], _Made] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row; one statement."""
        return self._ask(values, first=False)

    def first(self, **values: Any) -> Row | None:
        """The first row in the query's own order, or none; one statement."""
        found = self._ask(values, first=True)
        return found[0] if found else None

    def _ask(self, values: Mapping[str, Any], *, first: bool) -> list[Row]:
        given: list[Any] = []
        lengths: list[int | None] = []
        for name in self._names:
            value = values[name]
            several = isinstance(value, (list, tuple))
            lengths.append(len(value) if several else None)
            given += value if several else [value]
        key = (connection.vendor, first, *lengths)
        made = self._made.get(key) or self._made.setdefault(key, self._compile(lengths, first))
        if made.rows.query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("a row is locked inside a transaction")
        parameters = tuple(_plain(given[each.place]) if isinstance(each, Value) else each for each in made.parameters)
        iterable: Any = made.rows._iterable_class
        return list(iterable(_Asked(made, parameters)))

    def _compile(self, lengths: Sequence[int | None], first: bool) -> _Made:
        places = count()
        stands: list[Any] = [
            Value(next(places)) if length is None else [Value(next(places)) for _ in range(length)]
            for length in lengths
        ]
        rows = self._build(*stands)
        if first:
            rows = rows[:1]
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        # Whether there is a transaction counts when it is asked.
        compiler.connection = _InTransaction(connection)
        sql, parameters = compiler.as_sql()
        return _Made(rows, compiler, sql, tuple(parameters))


def one_of(name: str, values: Sequence[Any]) -> Q:
    """That a column has one of some values, of which there is at least one."""
    return reduce(or_, (Q(**{name: value}) for value in values))


class _InTransaction:
    """The connection for the time of compiling: a query that locks may be put into SQL outside a transaction."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def get_autocommit(self) -> bool:
        return False


class _Asked:
    """A query set, and its query in one, as Django's iterables read them, whose SQL is known already."""

    db = DEFAULT_DB_ALIAS

    def __init__(self, made: _Made, parameters: tuple[Any, ...]) -> None:
        self._made, self._parameters = made, parameters

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made.rows, name)

    @property
    def query(self) -> _Asked:
        return self

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        compiler = copy.copy(self._made.compiler)
        compiler.connection = _Connection(connection)
        compiler.as_sql = lambda *args, **kwargs: (self._made.sql, self._parameters)
        return compiler


class _Connection:
    """The connection, whose cursors leave it to PostgreSQL to put the values in and to keep the plan."""

    def __init__(self, own: Any) -> None:
        self._own = own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def cursor(self) -> Any:
        return _cursor()


def _cursor() -> Any:
    # Where statements are listed, they are listed with their values.
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return plain_id(value)
    if isinstance(value, datetime):
        return plain_instant(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


_INSERTS: dict[tuple[str, type[models.Model]], tuple[str, str, list[Any]]] = {}


def insert(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model whose ids are known, in one statement, as ``bulk_create`` does."""
    if not rows:
        return
    model = type(rows[0])
    key = (connection.vendor, model)
    if key not in _INSERTS:
        quote = connection.ops.quote_name
        fields = list(model._meta.concrete_fields)
        columns = ", ".join(quote(str(field.column)) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        _INSERTS[key] = (f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ", f"({places})", fields)
    begin, places, fields = _INSERTS[key]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for row in rows for field in fields]
    with _cursor() as cursor:
        cursor.execute(begin + ", ".join([places] * len(rows)), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
