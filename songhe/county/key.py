"""Ids that the application makes, keys between county rows, and the constraints that keep rows in their county."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models.lookups import Exact

from songhe.kernel.month import Month


class Tag(IntEnum):
    """What a derived id is about; one source row has at most one of each for a month."""

    GRANT = 1
    PURSE = 2
    HOLD = 3
    ISSUE = 4
    EXPIRE = 5
    DETERMINATION = 6
    SELF = 7
    VERDICT = 8
    LINE = 9
    EXPIRE_HOLD = 10
    CLAIM = 11
    DETERMINATION_OF_ASSESSMENT = 12
    STANDING = 13


def new_id() -> UUID:
    """A UUIDv7: 48 bits of milliseconds, 12 of their fraction, 46 random, and 16 zero bits kept for a tag.

    It is known before the INSERT, rises with time and is never shown to people.
    """
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(6), "big") & ((1 << 46) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | (random << 16))


def tag_hex(tag: Tag, month: Month | None = None) -> str:
    """Four hex digits: one for the tag and three for the month (months since January 2000)."""
    return f"{int(tag):x}{(month.ordinal if month else 0xFFF):03x}"


def derived_id(source: UUID, tag: Tag, month: Month | None = None) -> UUID:
    """The id that a batch gives the row it makes about ``source``: it rises with the source, and a second run
    makes the same id, so that the batch is idempotent by key."""
    return UUID(source.hex[:28] + tag_hex(tag, month))


def derived_id_sql(vendor: str, column: str, tag: Tag, month: Month | None = None) -> str:
    """``derived_id`` as an SQL expression over a column that holds the source's id."""
    if vendor == "postgresql":
        return f"(left({column}::text, 32) || '{tag_hex(tag, month)}')::uuid"
    return f"(substr({column}, 1, 28) || '{tag_hex(tag, month)}')"


def slotted_id(source: UUID, slot: int, tag: Tag, month: Month | None = None) -> UUID:
    """``derived_id`` for rows of which one source row has several in a month: ``slot`` (1 … 65,535) tells them apart.

    It takes the place of the last 16 of the 46 random bits; 12 bits of the fraction and 30 random ones remain.
    """
    if not 1 <= slot <= 0xFFFF:
        raise ValueError(f"a slot lies between 1 and 65,535, not {slot}")
    return UUID(f"{source.hex[:24]}{slot:04x}{tag_hex(tag, month)}")


def slotted_id_sql(vendor: str, column: str, slot: int, tag: Tag, month: Month | None = None) -> str:
    """``slotted_id`` as an SQL expression over a column that holds the source's id."""
    if vendor == "postgresql":
        return f"(left({column}::text, 28) || '{slot:04x}{tag_hex(tag, month)}')::uuid"
    return f"(substr({column}, 1, 24) || '{slot:04x}{tag_hex(tag, month)}')"


def plain_id(value: UUID) -> UUID | str:
    """An id as the database's driver takes it in plain SQL: SQLite keeps 32 hex digits."""
    return value if connection.vendor == "postgresql" else value.hex


def plain_instant(value: datetime) -> Any:
    """An instant as the database's driver takes it in plain SQL."""
    return connection.ops.adapt_datetimefield_value(value)


class CompositeReference(models.BaseConstraint):
    """FOREIGN KEY over several columns, ``DEFERRABLE INITIALLY DEFERRED``, on SQLite and PostgreSQL alike.

    ``columns`` are column names of the model, ``to`` a model label (whose table has Django's own name: SQLite remakes
    tables in a registry that knows no other model) and ``to_columns`` its column names, which a unique constraint
    covers.
    """

    def __init__(self, *, name: str, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> None:
        super().__init__(name=name)
        self.columns = tuple(columns)
        self.to = to
        self.to_columns = tuple(to_columns)

    def _definition(self, model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
        quote = editor.quote_name
        table = self.to.lower().replace(".", "_")
        own = ", ".join(quote(column) for column in self.columns)
        other = ", ".join(quote(column) for column in self.to_columns)
        return f"FOREIGN KEY ({own}) REFERENCES {quote(table)} ({other}) DEFERRABLE INITIALLY DEFERRED"

    def constraint_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str:
        return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._definition(model, schema_editor)}"

    def create_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s %(definition)s",
            table=schema_editor.quote_name(model._meta.db_table),
            name=schema_editor.quote_name(self.name),
            definition=self._definition(model, schema_editor),
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=schema_editor.quote_name(model._meta.db_table),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database checks it; a form would only guess."""

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), {**kwargs, "columns": self.columns, "to": self.to, "to_columns": self.to_columns}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CompositeReference):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]


class CountyKey(models.ForeignKey):
    """A key from one county row to another: it joins and looks up on (county, id), and its constraint
    writes FOREIGN KEY (county, key) → (county, id), so that no row can point into another county."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        if not self.db_index:  # type: ignore[attr-defined]
            kwargs.pop("db_index", None)
        else:
            kwargs["db_index"] = True
        if kwargs.get("related_name") == "+":
            del kwargs["related_name"]
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if cls._meta.abstract or cls.__module__ == "__fake__":
            return
        target = self.remote_field.model
        label = target if isinstance(target, str) else target._meta.label
        if label == "self":
            label = cls._meta.label
        add_constraint(
            cls,
            CompositeReference(
                name=f"{cls._meta.app_label}_{cls._meta.model_name}_{name}_key"[:63],
                columns=("county", self.attname),
                to=label,
                to_columns=("county", "id"),
            ),
        )

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        """Joins compare the county as well as the id."""
        if alias is None or related_alias is None:
            return None
        own: Any = self.model._meta.get_field("county")
        other: Any = self.related_model._meta.get_field("county")
        return Exact(own.get_col(alias), other.get_col(related_alias))

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        """Following the key names the county."""
        return {"county": instance.county}  # type: ignore[attr-defined]


def add_constraint(cls: type[models.Model], constraint: models.BaseConstraint) -> None:
    """Add a constraint that a field brings along, so that migrations see it as if Meta had named it."""
    if any(each.name == constraint.name for each in cls._meta.constraints):
        return
    cls._meta.constraints = [*cls._meta.constraints, constraint]
    cls._meta.original_attrs["constraints"] = cls._meta.constraints


class CountyField(models.CharField):
    """The six-digit division that pays; set once. It brings the unique (county, id) that county keys point at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 6
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["editable"]
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if cls._meta.abstract or cls.__module__ == "__fake__" or getattr(cls, "leaf", False):
            return
        add_constraint(
            cls,
            models.UniqueConstraint(fields=["county", "id"], name=f"{cls._meta.app_label}_{cls._meta.model_name}_row"),
        )
