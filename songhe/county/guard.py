"""Triggers that only refuse: what may be added to but never changed. Each package lists its own in ``guards.py``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import connections


@dataclass(frozen=True)
class Guard:
    """A named refusal that the database itself gives; ``sqlite`` and ``postgresql`` are the statements that lay it."""

    name: str
    table: str
    sqlite: tuple[str, ...]
    postgresql: tuple[str, ...]


def append_only(table: str, *, columns: Iterable[str] = ()) -> Guard:
    """Rows of ``table`` are added and never deleted; with ``columns`` only those may change, else none may."""
    name = f"{table}_append_only"
    allowed = tuple(columns)
    refuse = f"songhe: {table} is append-only"
    when_sqlite, when_postgresql = _changes_more_than(allowed, table)
    return Guard(
        name,
        table,
        sqlite=(
            f'DROP TRIGGER IF EXISTS "{name}_update"',
            f'DROP TRIGGER IF EXISTS "{name}_delete"',
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "{table}" {when_sqlite} '
            f"BEGIN SELECT RAISE(ABORT, '{refuse}'); END",
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "{table}" BEGIN SELECT RAISE(ABORT, \'{refuse}\'); END',
        ),
        postgresql=(
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN RAISE EXCEPTION '{refuse}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f'DROP TRIGGER IF EXISTS "{name}_update" ON "{table}"',
            f'DROP TRIGGER IF EXISTS "{name}_delete" ON "{table}"',
            f'DROP TRIGGER IF EXISTS "{name}_truncate" ON "{table}"',
            f'CREATE TRIGGER "{name}_update" BEFORE UPDATE ON "{table}" FOR EACH ROW {when_postgresql} '
            f'EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{name}_delete" BEFORE DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
            f'CREATE TRIGGER "{name}_truncate" BEFORE TRUNCATE ON "{table}" EXECUTE FUNCTION "{name}"()',
        ),
    )


def _changes_more_than(allowed: tuple[str, ...], table: str) -> tuple[str, str]:
    if not allowed:
        return "", ""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    fixed = [field.column for field in model._meta.local_fields if field.column and field.column not in allowed]
    sqlite = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in fixed)
    postgresql = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in fixed)
    return f"WHEN {sqlite}", f"WHEN ({postgresql})"


def all_guards() -> list[Guard]:
    """Every guard of every package, in the order of the packages."""
    found: list[Guard] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.guards"
        if config.name.startswith("songhe.") and find_spec(name):
            found.extend(import_module(name).guards())
    return found


def lift_guards(using: str = "default", plan: Sequence[Any] | None = None, **_: Any) -> None:
    """Lift every guard before a migrate on SQLite, which cannot remake a table while a trigger elsewhere names it.

    An empty ``plan`` changes no table, and no guard is lifted.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and (plan is None or plan):
        with connection.cursor() as cursor:
            for guard in all_guards():
                for statement in guard.sqlite:
                    if statement.startswith("DROP TRIGGER"):
                        cursor.execute(statement)


def lay_guards(using: str = "default", **_: Any) -> None:
    """Lay every guard whose table stands; run after each migrate, for SQLite drops triggers with a remade table."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in all_guards():
            if guard.table in tables:
                for statement in guard.sqlite if connection.vendor == "sqlite" else guard.postgresql:
                    cursor.execute(statement)
