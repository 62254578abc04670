"""How the states of devices and slips of tills without a network are said, at the county's desk and the merchant's."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy, pgettext_lazy


class Shown(NamedTuple):
    said: Any
    tone: str


DEVICES: dict[str, Shown] = {
    "asked": Shown(gettext_lazy("已申请"), "warn"),
    "proposed": Shown(gettext_lazy("待审批"), "warn"),
    "admitted": Shown(gettext_lazy("已准入"), "ok"),
    "declined": Shown(gettext_lazy("未准入"), "bad"),
    "ended": Shown(pgettext_lazy("offline", "已停用"), ""),
}

#: Who bears a slip that could not be booked.
BEARERS: dict[str, Shown] = {
    "county": Shown(gettext_lazy("县担保资金承担"), "ok"),
    "merchant": Shown(gettext_lazy("商家承担"), "bad"),
}

SLIPS: dict[str, Shown] = {
    "waiting": Shown(gettext_lazy("未入账，等前面的单据"), "warn"),
    "booked": Shown(gettext_lazy("已入账"), "ok"),
    "troubled": Shown(gettext_lazy("有异常，等县里处理"), "bad"),
}
