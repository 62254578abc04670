"""The independent auditor 审计: questions in plain SQL to which a sound database answers with no row.

It knows tables and no verbs, so that a fault of a verb is no fault of the auditor's. ``*.sql`` beside this file are
the questions; every row of an answer is a finding. The chain of the trail is checked by its own verifier, and the
files that were handed in are read and compared with their digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from uuid import UUID

from django.db import connection, transaction

from songhe.month.audit.store import SENTENCES, faulty_files
from songhe.trail.models import Seal
from songhe.trail.verify import Head, breaks, head

_QUESTION = re.compile(r"^-- ([a-z_]+\.[a-z_]+)\n-- zh: (.+)\n-- en: (.+)\n((?:(?!-- ).*\n)+)", re.M)

BROKEN = "trail.broken"


@dataclass(frozen=True)
class Question:
    """``sql`` selects (county, id) of the rows that are at fault; the same text for SQLite and PostgreSQL."""

    code: str
    zh: str
    en: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """One fault: the question's code, the county and the id of the row, and a sentence in two languages."""

    code: str
    county: str
    id: str
    zh: str
    en: str

    def __str__(self) -> str:
        return self.line()

    def line(self, language: str = "zh") -> str:
        return f"{self.code} {self.county} {self.id} {self.sentence(language)}"

    def sentence(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def as_dict(self, language: str = "zh") -> dict[str, str]:
        return {"code": self.code, "county": self.county, "id": self.id, "sentence": self.sentence(language)}


@cache
def questions() -> tuple[Question, ...]:
    """Every question, file by file in the order in which they are written."""
    texts = [
        file.read_text(encoding="utf-8")
        for file in sorted(files(__name__).iterdir(), key=lambda each: each.name)
        if file.name.endswith(".sql")
    ]
    return tuple(
        Question(code, zh, en, sql.strip().removesuffix(";"))
        for text in texts
        for code, zh, en, sql in _QUESTION.findall(text + "\n")
    )


def findings(*, anchors: Sequence[Head] = (), county: str = "") -> Iterator[Finding]:
    """Everything that is wrong in the database; nothing when all is well. Reads only.

    ``anchors`` are heads of the trail that were kept outside: only with them is a chain found that somebody cut short
    or computed anew. With ``county`` the files of that county alone are read.
    """
    with _one_moment():
        for question in questions():
            with connection.cursor() as cursor:
                cursor.execute(question.sql)
                rows = cursor.fetchall()
            for of, row in sorted((str(of), _written(row)) for of, row in rows):
                yield Finding(question.code, of, row, question.zh, question.en)
        yield from _faulty_files(county)
        yield from _broken_chains({anchor.county: anchor for anchor in anchors})


def heads() -> list[Head]:
    """How far the chain of each county has come: to be kept outside the database, and brought back as anchors."""
    return [head(county=county) for county in _counties()]


def _faulty_files(county: str) -> Iterator[Finding]:
    for code, of, row in faulty_files(county=county):
        yield Finding(code, of, str(row), *SENTENCES[code])


def _broken_chains(anchors: dict[str, Head]) -> Iterator[Finding]:
    for county in sorted({*_counties(), *anchors}):
        for sentence in breaks(county=county, anchor=anchors.get(county)):
            number = next(iter(re.findall(r"\d+", sentence)), "0")
            yield Finding(BROKEN, county, number, f"留痕链不成立,见第{number}环", sentence)


def _counties() -> list[str]:
    return list(Seal.objects.order_by("county").values_list("county", flat=True).distinct())


@contextmanager
def _one_moment() -> Iterator[None]:
    """Ask all questions of one moment; SQLite answers each from a moment of its own, and holds up no writer."""
    if connection.vendor == "sqlite" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _written(row: object) -> str:
    """The id of a row as everybody writes it, whatever the database keeps."""
    text = str(row)
    return str(UUID(text)) if re.fullmatch(r"[0-9a-f]{32}", text) else text
