"""How examinations are called at every door: indicators, values, bands and states. 考核用语"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songhe.doors.staff.words import Word, said, titled
from songhe.examine.models import Caution, Edition, Examination, Exit, Figure, Objection, Placement, Steering
from songhe.examine.queries import Explained, explained
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
CAUTIONS: dict[str, Word] = {
    Caution.State.GIVEN: Word(gettext_lazy("待整改"), "warn"),
    Caution.State.MENDED: Word(gettext_lazy("已报整改，待复查"), "info"),
    Caution.State.LIFTED: Word(gettext_lazy("已解除"), "ok"),
    Caution.State.FAILED: Word(gettext_lazy("逾期没有整改"), "bad"),
}
CAUSES: dict[str, Any] = {
    Caution.Cause.SCORE: gettext_lazy("考核得分低于底线"),
    Caution.Cause.COMPLAINT: gettext_lazy("投诉属实"),
    Caution.Cause.FOOD: gettext_lazy("食品安全检查不合格"),
    Caution.Cause.FINDING: gettext_lazy("检查发现的问题"),
}
EXITS: dict[str, Word] = {
    Exit.State.PROPOSED: Word(gettext_lazy("待审批"), "warn"),
    Exit.State.RUNNING: Word(gettext_lazy("正在安置老人"), "info"),
    Exit.State.FINISHED: Word(gettext_lazy("已退出"), ""),
    Exit.State.DECLINED: Word(gettext_lazy("没有同意退出"), ""),
}
EDITIONS: dict[str, Word] = {
    Edition.State.PROPOSED: Word(gettext_lazy("待审批"), "warn"),
    Edition.State.IN_FORCE: Word(gettext_lazy("已批准"), "ok"),
    Edition.State.DECLINED: Word(gettext_lazy("未批准"), "bad"),
}
KINDS: dict[str, Any] = {
    Placement.Kind.STAY: gettext_lazy("住在这里"),
    Placement.Kind.LOAN: gettext_lazy("租用的辅具"),
    Placement.Kind.FITTING: gettext_lazy("在办的辅具适配"),
    Placement.Kind.BOOKING: gettext_lazy("订好的餐"),
    Placement.Kind.NEED: gettext_lazy("派来的服务"),
    Placement.Kind.HOLD: gettext_lazy("卡上预留的钱"),
}
WAYS: dict[str, Any] = {
    Steering.Way.ELDER: gettext_lazy("老人自己选的这家"),
    Steering.Way.FIRST: gettext_lazy("老人没有指定，按建议派的"),
    Steering.Way.OTHER: gettext_lazy("老人没有指定，没有按建议派"),
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


def caution_said(row: Caution) -> str:
    """Why a provider was warned: the month of the score, or the complaint or inspection."""
    cause = str(CAUSES[row.cause])
    about = row.examination.month if row.examination else row.about
    return f"{cause} · {about}" if about else cause


def lost_points(rows: Collection[Caution]) -> dict[UUID, list[Part]]:
    """What pulled each score down, the dearest first, of warnings for a score alone; a few statements for each
    examination among them."""
    found: dict[UUID, list[Part]] = {row.id: [] for row in rows}
    of: dict[Examination, list[Caution]] = defaultdict(list)
    for row in rows:
        if row.examination is not None:
            of[row.examination].append(row)
    for examination, warned in of.items():
        told = {one.provider.pk: one for one in explained(examination, providers=[row.provider_id for row in warned])}
        for row in warned:
            dear = sorted(told[row.provider_id].figures, key=lambda pair: -(pair[1] or 0))
            found[row.id] = [part(figure, lost) for figure, lost in dear if lost]
    return found
