"""The two dialects of a county's determination, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from songhe.county.key import Tag
from songhe.policy.facts import FACTS
from songhe.policy.sql import Dialect


@dataclass(frozen=True)
class SQLite:
    """JSON is text; a truth is 0 or 1."""

    dialect: Dialect = "sqlite"

    def truth(self, column: str) -> str:
        return f"json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"

    def json_object(self, members: Mapping[str, str]) -> str:
        return "json_object(" + ", ".join(f"'{name}', {value}" for name, value in members.items()) + ")"

    def fact(self, column: str, name: str) -> str:
        return self.truth(column) if FACTS[name].type == "truth" else column

    def differs(self, kept: str, name: str, column: str) -> str:
        return f"json_extract({kept}, '$.{name}') IS NOT {column}"

    def new_id(self, source: str, tag: Tag, ordinal: str) -> str:
        return f"(substr({source}, 1, 28) || '{int(tag):x}' || printf('%%03x', {ordinal}))"

    def json(self, expression: str) -> str:
        return expression

    def one_of(self, column: str, select: str) -> str:
        return f"{column} IN ({select})"


@dataclass(frozen=True)
class PostgreSQL:
    """JSON is jsonb; a truth is a boolean."""

    dialect: Dialect = "postgres"

    def truth(self, column: str) -> str:
        return column

    def json_object(self, members: Mapping[str, str]) -> str:
        return "jsonb_build_object(" + ", ".join(f"'{name}', {value}" for name, value in members.items()) + ")"

    def fact(self, column: str, name: str) -> str:
        return column

    def differs(self, kept: str, name: str, column: str) -> str:
        return f"({kept} ->> '{name}') IS DISTINCT FROM CAST({column} AS text)"

    def new_id(self, source: str, tag: Tag, ordinal: str) -> str:
        return f"(left({source}::text, 32) || '{int(tag):x}' || lpad(to_hex(CAST({ordinal} AS bigint)), 3, '0'))::uuid"

    def json(self, expression: str) -> str:
        return f"CAST({expression} AS jsonb)"

    def one_of(self, column: str, select: str) -> str:
        """As an array it is worked out once and then looked up in the index, however many there are."""
        return f"{column} = ANY(ARRAY({select}))"


def of(vendor: str) -> SQLite | PostgreSQL:
    return PostgreSQL() if vendor == "postgresql" else SQLite()


def difference(form: SQLite | PostgreSQL, facts: Sequence[str]) -> str:
    """A JSON list of what differs from the current determination ``c``, as ``songhe.eligibility.difference`` lists it.

    ``j`` is the judged row. Nothing for a first determination.
    """
    tests = {
        "outcome": "c.outcome <> j.outcome",
        "benefit": f"COALESCE(CAST(c.benefit AS text), '') <> COALESCE(CAST({form.json(BENEFIT)} AS text), '')",
        "version": "(c.pack <> %(pack)s OR c.version <> %(version)s)",
        **{name: form.differs("c.facts", name, f"j.{name}") for name in facts},
    }
    named = " || ".join(f"CASE WHEN {test} THEN '\"{name}\",' ELSE '' END" for name, test in tests.items())
    listed = f"'[' || rtrim({named}, ',') || ']'"
    return form.json(f"CASE WHEN c.id IS NULL THEN '[]' ELSE {listed} END")


#: What whoever is entitled may draw; nobody else gets anything.
BENEFIT = "CASE WHEN j.outcome = 'entitled' THEN %(benefit)s ELSE NULL END"

#: PostgreSQL, until the transaction ends: the people of a chunk and what is known of them are each read once, by the
#: index that bounds them, and joined in memory. Left to itself it takes a table that is being filled for empty, and
#: walks it for every person anew.
EACH_TABLE_ONCE = (
    "SELECT set_config('enable_nestloop', 'off', true), set_config('enable_seqscan', 'off', true), "
    "set_config('jit', 'off', true), set_config('work_mem', '64MB', true)"
)
