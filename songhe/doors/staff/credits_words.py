"""How credits are said at every door: units as money or tickets, weights in kilograms, what a rate gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from songhe.credit.models import Deed, Rate, Scheme
from songhe.doors.shell import amount
from songhe.doors.staff.words import Word, said
from songhe.ledger.models import Unit
from songhe.provider.help import HELPS

DEEDS: dict[str, Word] = {
    Deed.State.TOLD: Word(gettext_lazy("等人见证"), "warn"),
    Deed.State.CREDITED: Word(gettext_lazy("已计入"), "ok"),
    Deed.State.DECLINED: Word(gettext_lazy("没有见证"), "bad"),
    Deed.State.UNDONE: Word(gettext_lazy("已撤销"), "bad"),
}
MEASURES: dict[str, Any] = {
    Rate.Measure.GRAM: gettext_lazy("按重量"),
    Rate.Measure.MINUTE: gettext_lazy("按时间"),
    Rate.Measure.TIME: gettext_lazy("按次数"),
}


def in_units(unit: str, units: int) -> str:
    """¥45.00, or 7 tickets."""
    if unit == Unit.FEN:
        return amount.figures(units)
    return ngettext("%(count)s 张餐票", "%(count)s 张餐票", units) % {"count": f"{units:,}"}


def in_measure(measure: str, quantity: int) -> str:
    """7.5 kg, 90 minutes, 3 times."""
    if measure == Rate.Measure.GRAM:
        kilograms = f"{(Decimal(quantity) / 1000).normalize():f}"
        return _("%(count)s 公斤") % {"count": kilograms}
    if measure == Rate.Measure.MINUTE:
        return ngettext("%(count)s 分钟", "%(count)s 分钟", quantity) % {"count": f"{quantity:,}"}
    return ngettext("%(count)s 次", "%(count)s 次", quantity) % {"count": f"{quantity:,}"}


def price_said(unit: str, units: int, measure: str, per: int) -> str:
    return f"{in_units(unit, units)} / {in_measure(measure, per)}"


def rate_name(rate: Rate) -> str:
    return said(rate.name, rate.name_en)


def rate_said(rate: Rate) -> str:
    """What it is, and what it gives."""
    return f"{rate_name(rate)} · {price_said(rate.scheme.unit, rate.units, rate.measure, rate.per)}"


def worth_said(deed: Deed) -> str:
    return in_units(deed.holder.scheme.unit, deed.units)


def quantity_said(deed: Deed) -> str:
    return in_measure(deed.rate.measure, deed.quantity)


def helps_said(scheme: Scheme) -> list[str]:
    return [said(*HELPS[one]) for one in scheme.helps if one in HELPS]


def help_said(code: str) -> str:
    return said(*HELPS.get(code, (code, code)))
