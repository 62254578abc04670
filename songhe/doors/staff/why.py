"""Why somebody is, or is not, entitled: the conditions, the facts they were tried on, and the rules by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from songhe.doors.shell.pieces import Condition, Fact
from songhe.doors.staff import words
from songhe.eligibility.models import Determination
from songhe.eligibility.queries import is_exact, why
from songhe.policy.facts import FACTS


@dataclass(frozen=True)
class Trace:
    """A determination as the page says it. ``exact``: the pack still reads as it did then."""

    outcome: words.Word
    on: date
    at: datetime
    conditions: list[Condition]
    facts: list[Fact]
    sources: list[str]
    pack: str
    version: str
    exact: bool


def trace(row: Determination | None) -> Trace | None:
    if row is None:
        return None
    found = why(row)
    titles = {each.source: (each.source_title, each.source_number) for each in found if each.source_title}
    return Trace(
        outcome=words.word(words.OUTCOMES, row.outcome),
        on=row.on,
        at=row.at,
        conditions=[
            Condition(words.titled(each.zh, each.en), each.met, article_of(each.article, each.source_title))
            for each in found
        ],
        facts=[Fact(fact_name(name), fact_value(name, value)) for name, value in row.facts.items()],
        sources=[f"{title} {number}".strip() for title, number in titles.values()],
        pack=row.pack,
        version=row.version,
        exact=is_exact(row),
    )


def article_of(article: str, source_title: str) -> str:
    return " · ".join(part for part in (source_title, article) if part)


def fact_name(name: str) -> str:
    fact = FACTS.get(name)
    # After the colon stands the table of levels, which the value says already.
    return words.titled(fact.zh, fact.en).replace("：", ":").partition(":")[0] if fact else name


def fact_value(name: str, value: Any) -> Any:
    if value is None:
        return _("不清楚")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "disability_level":
        return words.LEVELS.get(value, value)
    return value
