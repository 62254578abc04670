"""How aids are called at every door: states, conditions, groups and ways of paying a deposit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.aid.lend import MEANS
from songhe.aid.models import Aid, Deposit, Fitting, Inspection, Piece
from songhe.doors.staff.words import Word, said, titled

PIECES: dict[str, Word] = {
    Piece.State.IN_STOCK: Word(pgettext_lazy("aid", "在库"), "ok"),
    Piece.State.OUT: Word(pgettext_lazy("aid", "租出"), "info"),
    Piece.State.CLEANING: Word(gettext_lazy("待消毒"), "warn"),
    Piece.State.REPAIR: Word(gettext_lazy("维修中"), "warn"),
    Piece.State.RETIRED: Word(pgettext_lazy("aid", "报废")),
}
FITTINGS: dict[str, Word] = {
    Fitting.State.ASKED: Word(gettext_lazy("等上门评估"), "warn"),
    Fitting.State.ASSESSED: Word(gettext_lazy("等试用"), "info"),
    Fitting.State.TRIED: Word(gettext_lazy("等老人决定"), "warn"),
    Fitting.State.ACCEPTED: Word(gettext_lazy("等交付"), "info"),
    Fitting.State.DECLINED: Word(gettext_lazy("没有选用"), ""),
    Fitting.State.FITTED: Word(gettext_lazy("已交付"), "ok"),
}
DEPOSITS: dict[str, Word] = {
    Deposit.State.HELD: Word(gettext_lazy("机构代管中"), "info"),
    Deposit.State.SETTLED: Word(gettext_lazy("已退结"), "ok"),
}
CONDITIONS: dict[str, Any] = {
    Inspection.Condition.GOOD: gettext_lazy("完好"),
    Inspection.Condition.WORN: gettext_lazy("正常磨损（不赔）"),
    Inspection.Condition.DAMAGED: gettext_lazy("损坏"),
    Inspection.Condition.LOST: gettext_lazy("丢失"),
}


def name_of(aid: Aid) -> str:
    return said(aid.name, aid.name_en)


def means_choices() -> list[tuple[str, str]]:
    return [(code, titled(zh, en)) for code, (zh, en) in MEANS.items()]


def means_said(code: str) -> str:
    return titled(*MEANS.get(code, (code, code)))
