"""Write many rows of one table at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django prepares every value of every row again; for a county of a million people that is most of the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models


def write(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """INSERT the rows as they stand, in the caller's transaction; their ids are made already.

    Raises ``IntegrityError`` as a plain insert does.
    """
    fields = list(model._meta.local_concrete_fields)
    values = attrgetter(*(field.attname for field in fields))
    _insert(model, [field.name for field in fields], (values(row) for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def write_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """INSERT rows of values for the fields named, their ids among them."""
    _insert(model, names, rows)


def write_new(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """INSERT rows of values, leaving out those that a unique constraint knows; says whether all were new."""
    table, columns, prepared = _prepared(model, names, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kinds = [model._meta.get_field(name).db_type(connection) for name in names]
            arrays = ", ".join(f"%s::{str(kind).partition('(')[0]}[]" for kind in kinds)
            by_column = [list(column) for column in zip(*prepared, strict=True)]
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING", by_column
            )
        else:
            marks = ", ".join(["%s"] * len(names))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
            cursor.executemany(statement, list(prepared))
        return bool(cursor.rowcount == len(rows))


def _insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    table, columns, prepared = _prepared(model, names, rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in prepared:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(prepared))


def _prepared(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[str, str, Iterable[Sequence[Any]]]:
    fields = [model._meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)  # type: ignore[union-attr]
    ways = [_way(field) for field in fields]
    prepared = ([value if way is None else way(value) for way, value in zip(ways, row, strict=True)] for row in rows)
    return quote(model._meta.db_table), columns, prepared


def _way(field: Any) -> Callable[[Any], Any] | None:
    """How the database wants a value of the field; ``None``: as it is."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.UUIDField):
        return lambda value: None if value is None else value.hex
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    return None
