"""What things are called at a provider's desk, beside the words that all desks share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.doors.staff.words import BILL as BILL
from songhe.doors.staff.words import CATEGORIES as CATEGORIES
from songhe.doors.staff.words import CONFIRMED as CONFIRMED
from songhe.doors.staff.words import LICENCES as LICENCES
from songhe.doors.staff.words import LINE_KINDS as LINE_KINDS
from songhe.doors.staff.words import PAYMENT as PAYMENT
from songhe.doors.staff.words import SEXES as SEXES
from songhe.doors.staff.words import STATEMENT as STATEMENT
from songhe.doors.staff.words import WORKERS as WORKERS
from songhe.doors.staff.words import Word as Word
from songhe.doors.staff.words import in_chinese as in_chinese
from songhe.doors.staff.words import listed as listed
from songhe.doors.staff.words import programme_of as programme_of
from songhe.doors.staff.words import said as said
from songhe.doors.staff.words import word as word
from songhe.kernel.refusal import REASONS
from songhe.provider.catalogue import UNITS
from songhe.provider.models import Item, Kind
from songhe.redemption.models import Line
from songhe.settlement.models import BillSheet, Objection

KINDS: dict[str, Any] = {
    Kind.INSTITUTION: _("养老机构"),
    Kind.COMMUNITY: _("社区养老服务机构"),
    Kind.ASSESSMENT_BODY: _("评估机构"),
    Kind.MERCHANT: _("爱心商家"),
}

EVIDENCE: dict[str, Word] = {
    "pass": Word(_("凭据通过"), "ok"),
    "fail": Word(_("凭据不通过"), "bad"),
    "pending": Word(_("凭据待核"), "warn"),
}

#: Why a verdict is what it is: of bill lines and of visits (``songhe.service.evidence``).
REASONS_OF: dict[str, Any] = {
    "stay": _("在住记录"),
    "visit": _("服务记录"),
    "meal": _("用餐记录"),
    "rent": _("租借记录"),
    "shown": _("当面出示了卡或码"),
    "assessment": _("评估报告"),
    "out_of_scope": _("不在补贴范围"),
    "evidence_missing": _("还没有服务记录"),
    "after_death": _("在去世之后"),
    "missing_worker": _("没写服务人员"),
    "missing_place": _("没写地点"),
    "missing_times": _("没写起止时间"),
    "position_absent": _("没有定位"),
    "position_vague": _("定位不准"),
    "too_far": _("离老人家太远"),
    "home_not_located": _("老人住址没有坐标"),
    "too_short": _("时间太短"),
    "below_half_of_minimum": _("不到最短时间的一半"),
    "in_institution": _("当天老人住在机构"),
    "overlaps_worker": _("服务人员同时在别处"),
    "overlaps_person": _("老人同时在接受别的服务"),
    "unconfirmed": _("没有人确认"),
    "confirmed_by_tied_proxy": _("由机构的人代为确认"),
    "override": _("经人工改判"),
    "rebooked": _("更正后沿用"),
}

DISCHARGED: dict[str, Any] = {
    "home": _("回家"),
    "other": _("转到别的机构"),
    "hospital": _("住院"),
    "death": _("去世"),
}

OBJECTIONS: dict[str, Any] = {
    Objection.Kind.AMOUNT: _("金额不对"),
    Objection.Kind.NOT_OURS: _("不是我们的"),
    Objection.Kind.MISSING: _("少了一笔"),
    Objection.Kind.OTHER: _("其他"),
}

SHEETS: dict[str, Word] = {
    BillSheet.State.READ: Word(_("待入账"), "info"),
    BillSheet.State.UNDER_WAY: Word(_("入账中"), "warn"),
    BillSheet.State.DONE: Word(_("已办完"), "ok"),
}

ROWS: dict[str, Word] = {
    "ready": Word(_("可以入账"), "info"),
    "booked": Word(_("已入账"), "ok"),
    "same": Word(_("之前已入账"), "pine"),
    "refused": Word(_("有错误"), "bad"),
}


def item(of: Item) -> str:
    return said(of.name, of.name_en)


def line_item(line: Line) -> str:
    """What a line of a bill is for; of an upgraded item the second line is its difference: 药浴（差价）"""
    if line.upgrade is None:
        return item(line.item)
    return str(_("%(name)s（升级差价）") % {"name": said(line.upgrade.name, line.upgrade.name_en)})


def unit(code: str) -> str:
    zh, en = UNITS.get(code, (code, code))
    return said(zh, en)


def reasons(codes: Sequence[str]) -> str:
    """A verdict's codes in words; what a person wrote there stands as it is."""
    return listed(REASONS_OF.get(code, code) for code in codes)


def evidence_of(outcome: str, codes: Sequence[str]) -> Word:
    """The verdict in one badge: 凭据待核：还没有服务记录"""
    known = word(EVIDENCE, outcome)
    why = reasons(codes)
    return Word(f"{known.said}{said('：', ': ')}{why}" if why else str(known.said), known.tone)


def refusal_of(code: str) -> str:
    """The sentence of a refusal that is kept as a code alone."""
    found = REASONS.get(code)
    if found is None or "{" in found.zh:
        return code
    return said(found.zh, found.en)
