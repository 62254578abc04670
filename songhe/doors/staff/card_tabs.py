"""The pages of the love card at the desk, one beside the other."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.tabs import tabs_of


def tabs(request: DoorRequest, county: str, current: str) -> dict[str, Any]:
    pages = {
        "staff:card-funds": _("资金池"),
        "staff:card-classes": _("分类与标准"),
        "staff:card-cards": _("爱心卡"),
        "staff:card-holders": _("持卡情况"),
        "staff:card-merchants": _("爱心商家"),
        "staff:clearing": _("异地清算"),
    }
    return tabs_of(request, county, current, act="fund.read", pages=pages)
