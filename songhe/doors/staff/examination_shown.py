"""How examinations are called at every door: indicators, values, bands and states. 考核用语"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songhe.doors.staff.words import Word, said, titled
from songhe.examine.models import Examination, Figure, Objection
from songhe.examine.queries import Explained
from songhe.examine.scheme import Scheme
from songhe.examine.score import INDICATORS

STATES: dict[str, Word] = {
    Examination.State.DRAWN: Word(gettext_lazy("待公布"), "warn"),
    Examination.State.PUBLISHED: Word(gettext_lazy("已公布"), "ok"),
    Examination.State.DROPPED: Word(gettext_lazy("不公布"), ""),
    Examination.State.REPLACED: Word(gettext_lazy("已更正"), ""),
}
OBJECTIONS: dict[str, Word] = {
    Objection.State.MADE: Word(gettext_lazy("待答复"), "warn"),
    Objection.State.UPHELD: Word(gettext_lazy("异议成立"), "ok"),
    Objection.State.REJECTED: Word(gettext_lazy("异议不成立"), ""),
}


@dataclass(frozen=True)
class Part:
    """One indicator of a provider in words."""

    code: str
    name: str
    value: str
    of: str
    points: int | None
    weight: int
    lost: str


@dataclass(frozen=True)
class Entry:
    """A provider with its score and its parts; no ``total`` where too little was counted."""

    id: int
    name: str
    total: int | None
    parts: tuple[Part, ...]


def name_of(code: str) -> str:
    indicator = INDICATORS[code]
    return titled(indicator.zh, indicator.en)


def value_said(code: str, value: int) -> str:
    """12.34%, 4.50, 2: as the scale of the indicator has it."""
    if code == "complaints":
        return _("每千笔 %(number)s 件") % {"number": f"{value // 10}.{value % 10}"}
    if code == "suspended":
        return ngettext("%(count)s 次", "%(count)s 次", value) % {"count": value}
    if INDICATORS[code].scale == 100:
        return _("%(stars)s 星") % {"stars": f"{value // 100}.{value % 100:02d}"}
    return f"{value // 100}.{value % 100:02d}%"


def counted_said(row: Figure) -> str:
    """Of how many it was counted."""
    indicator = INDICATORS[row.indicator]
    return said(f"{row.den}{indicator.of_zh}", f"{row.den} {indicator.of_en}")


def part(row: Figure, lost: int | None) -> Part:
    return Part(
        code=row.indicator,
        name=name_of(row.indicator),
        value=value_said(row.indicator, row.value) if row.points is not None else "",
        of=counted_said(row),
        points=row.points,
        weight=row.weight,
        lost=f"{lost // 10}.{lost % 10}" if lost else "",
    )


def entry(one: Explained) -> Entry:
    parts = tuple(part(row, lost) for row, lost in one.figures)
    return Entry(one.provider.pk, one.provider.name, one.score.total, parts)


def rules_said(scheme: Scheme) -> list[dict[str, Any]]:
    """The indicators of a scheme with weight, least count, months and bands, for who wants to compute anew."""
    return [
        {
            "name": name_of(code),
            "weight": rule.weight,
            "least": said(f"{rule.least}{INDICATORS[code].of_zh}", f"{rule.least} {INDICATORS[code].of_en}"),
            "months": rule.months,
            "bands": [(value_said(code, start), points) for start, points in rule.bands],
        }
        for code, rule in scheme.rules.items()
    ]
