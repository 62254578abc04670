"""How meals are shown at every door: what meals, ways and payers are called, and the class of somebody's card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.card.models import Card
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.spoken import day, moment
from songhe.doors.staff.words import Word, in_chinese, listed, said, titled
from songhe.meal.models import Booking, Closure, Inspection, Menu
from songhe.meal.offer import Standing
from songhe.meal.point import LACKING
from songhe.meal.price import PAYERS, Band, Quote

MEALS: dict[str, Any] = {
    Menu.Meal.BREAKFAST: gettext_lazy("早餐"),
    Menu.Meal.LUNCH: gettext_lazy("午餐"),
    Menu.Meal.SUPPER: gettext_lazy("晚餐"),
}
WAYS: dict[str, Any] = {
    Booking.Way.TABLE: gettext_lazy("堂食"),
    Booking.Way.DELIVERY: gettext_lazy("送餐"),
}
BOOKING: dict[str, Word] = {
    Booking.State.BOOKED: Word(pgettext_lazy("meal", "已预订"), "info"),
    Booking.State.CANCELLED: Word(pgettext_lazy("meal", "已取消")),
    Booking.State.SERVED: Word(gettext_lazy("已用餐"), "ok"),
    Booking.State.NOT_COLLECTED: Word(gettext_lazy("没有来取"), "warn"),
}
MENU: dict[str, Word] = {
    Menu.State.OPEN: Word(gettext_lazy("可以预订"), "ok"),
    Menu.State.SERVING: Word(gettext_lazy("正在供餐"), "info"),
    Menu.State.DONE: Word(gettext_lazy("供餐结束")),
    Menu.State.CANCELLED: Word(pgettext_lazy("meal", "已取消"), "bad"),
}
RESULTS: dict[str, Word] = {
    Inspection.Result.PASS: Word(gettext_lazy("检查合格"), "ok"),
    Inspection.Result.REMEDY: Word(gettext_lazy("限期整改"), "warn"),
    Inspection.Result.FAIL: Word(gettext_lazy("检查不合格"), "bad"),
}
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


@dataclass(frozen=True)
class Cutoff:
    """Until when a meal may be booked and cancelled, said plainly."""

    at: datetime
    is_over: bool

    @property
    def said(self) -> str:
        until = moment(self.at, language())
        if self.is_over:
            return _("订餐截止时间 %(until)s 已过") % {"until": until}
        return _("%(until)s 前可以订、可以退") % {"until": until}


def language() -> str:
    return "zh" if in_chinese() else "en"


def payer(code: str) -> str:
    zh, en = PAYERS.get(code, (code, code))
    return titled(zh, en)


def parts_said(parts: Mapping[str, int]) -> str:
    """财政补助 ¥4.00、村集体补助 ¥2.00"""
    return listed(f"{payer(code)} {figures(fen)}" for code, fen in parts.items())


def receipt_of(quote: Quote) -> list[ReceiptLine]:
    """The price, and what each payer takes off it."""
    lines = [ReceiptLine(_("这份餐的价格"), quote.price_fen)]
    return lines + [ReceiptLine(payer(code), -fen) for code, fen in quote.parts.items()]


@dataclass(frozen=True)
class BandShown:
    """A band of a tariff: who is in it, what they pay, and who pays the rest."""

    who: str
    own_fen: int
    parts: str


def band_shown(band: Band) -> BandShown:
    """70–79 岁，1、2 类卡"""
    if band.to_age is None:
        ages = _("%(first)s 岁及以上") % {"first": band.from_age}
    else:
        ages = _("%(first)s–%(last)s 岁") % {"first": band.from_age, "last": band.to_age}
    if band.classes:
        classes = listed(sorted(band.classes))
        ages = _("%(ages)s，%(classes)s 类卡") % {"ages": ages, "classes": classes}
    return BandShown(ages, band.own_fen, parts_said(band.parts))


def lacking_said(standing: Standing) -> str:
    """Why a point does not cook, in one line; what a closure says of itself is told beside it."""
    return listed(said(*LACKING[one]) for one in standing.lacking)


def closure_said(closure: Closure) -> str:
    """因为什么，从哪天到哪天，订餐转到哪里。"""
    told = {"since": day(closure.since, language()), "because": closure.because}
    if closure.until is None:
        sentence = _("从%(since)s起关停：%(because)s。") % told
    else:
        until = day(closure.until, language())
        sentence = _("从%(since)s到%(until)s关停：%(because)s。") % {**told, "until": until}
    if closure.move_to is not None:
        sentence += _("订餐转到“%(point)s”。") % {"point": closure.move_to.name}
    return sentence


def class_of(county: str, person_id: UUID) -> int | None:
    """The class of somebody's love card; none without a card. One statement."""
    held = Card.objects.filter(county=county, person_id=person_id).exclude(state=Card.State.CLOSED)
    found: int | None = held.values_list("card_class", flat=True).first()
    return found
