"""Queries of the hot path, put into SQL once for a process; their values are given each time.

Django builds the SQL of a query anew whenever it is asked, which takes several times as long as the database's answer.
A till asks the same twenty questions for every bill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from inspect import signature
from itertools import count
from operator import or_
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Expression, Q, QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable, get_related_populators
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
    """A query put into SQL: its constants and the places of its values, and how its rows are read."""

    sql: str
    parameters: tuple[Any, ...]
    locks: bool
    read: Callable[[list[tuple[Any, ...]]], list[Any]]


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
        own: Any = connections[DEFAULT_DB_ALIAS]
        key = (own.vendor, first, *lengths)
        made = self._made.get(key) or self._made.setdefault(key, self._compile(lengths, first))
        if made.locks and own.get_autocommit():
            raise TransactionManagementError("a row is locked inside a transaction")
        if own.vendor != "postgresql":
            given = [_plain(each) for each in given]
        parameters = [given[each.place] if isinstance(each, Value) else each for each in made.parameters]
        with _cursor(own) as cursor:
            cursor.execute(made.sql, parameters)
            return made.read(cursor.fetchall())

    def _compile(self, lengths: Sequence[int | None], first: bool) -> _Made:
        places = count()
        stands: list[Any] = [
            Value(next(places)) if length is None else [Value(next(places)) for _ in range(length)]
            for length in lengths
        ]
        rows = self._build(*stands)
        if first:
            rows = rows[:1]
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        # Whether there is a transaction counts when it is asked.
        compiler.connection = _InTransaction(connection)
        sql, parameters = compiler.as_sql()
        return _Made(sql, tuple(parameters), rows.query.select_for_update, _reader(rows, compiler))


def _reader(rows: Any, compiler: Any) -> Callable[[list[tuple[Any, ...]]], list[Any]]:
    """Reads rows of the database as Django's own iterables do, for rows of a model and for lists of values."""
    converters = compiler.get_converters([each[0] for each in compiler.select])

    def converted(found: list[tuple[Any, ...]]) -> Iterable[Any]:
        return compiler.apply_converters(found, converters) if converters else found

    if issubclass(rows._iterable_class, FlatValuesListIterable):
        return lambda found: [row[0] for row in converted(found)]
    if issubclass(rows._iterable_class, ValuesListIterable):
        return lambda found: [tuple(row) for row in converted(found)]
    described, select = compiler.klass_info, compiler.select
    places = described["select_fields"]
    names = [select[place][0].target.attname for place in places]
    begin, end = places[0], places[-1] + 1
    joined = get_related_populators(described, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def read(found: list[tuple[Any, ...]]) -> list[Any]:
        made = []
        for row in converted(found):
            one = described["model"].from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
            for each in joined:
                each.populate(row, one)
            made.append(one)
        return made

    return read


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


def _cursor(own: Any) -> Any:
    """A cursor which leaves it to PostgreSQL to put the values in, and to keep the plan of what is asked often."""
    # Where statements are listed, they are listed with their values.
    if own.vendor != "postgresql" or own.queries_logged:
        return own.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor

    own.ensure_connection()
    return own._prepare_cursor(ServerBindingCursor(own.connection))  # type: ignore[call-arg]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return plain_id(value)
    if isinstance(value, datetime):
        return plain_instant(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


@dataclass(frozen=True)
class _Columns:
    """Where rows of a model go, and which values need more than to be handed over."""

    begin: str
    places: str
    fields: list[tuple[Any, str, bool]]


_COLUMNS: dict[tuple[str, type[models.Model]], _Columns] = {}


def insert(rows: Sequence[models.Model], *, unless: Sequence[str] = ()) -> int:
    """Insert new rows of one model whose ids are known, in one statement, as ``bulk_create`` does; answers how many.

    For the few rows of a bill or a batch: PostgreSQL takes 65,535 values in a statement, some 4,000 rows.
    ``unless``: columns that are unique together; rows whose values are there already are left out.
    """
    if not rows:
        return 0
    own: Any = connections[DEFAULT_DB_ALIAS]
    key = (own.vendor, type(rows[0]))
    columns = _COLUMNS.get(key) or _COLUMNS.setdefault(key, _columns(own, type(rows[0])))
    values = [
        field.get_db_prep_save(field.pre_save(row, True), own) if is_special else getattr(row, name)
        for row in rows
        for field, name, is_special in columns.fields
    ]
    conflict = f" ON CONFLICT ({', '.join(map(own.ops.quote_name, unless))}) DO NOTHING" if unless else ""
    with _cursor(own) as cursor:
        cursor.execute(columns.begin + ", ".join([columns.places] * len(rows)) + conflict, values)
        made: int = cursor.rowcount
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return made


def _columns(own: Any, model: type[models.Model]) -> _Columns:
    fields = list(model._meta.concrete_fields)
    names = ", ".join(own.ops.quote_name(field.column) for field in fields)
    return _Columns(
        begin=f"INSERT INTO {own.ops.quote_name(model._meta.db_table)} ({names}) VALUES ",
        places=f"({', '.join(['%s'] * len(fields))})",
        fields=[(field, field.attname, own.vendor != "postgresql" or _is_special(field)) for field in fields],
    )


def _is_special(field: Any) -> bool:
    """Whether PostgreSQL's driver cannot take the value as it stands on the row."""
    return isinstance(field, models.JSONField) or getattr(field, "auto_now", False) or field.auto_created
