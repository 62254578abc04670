"""The pages of the love card at the desk, one beside the other."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.reach import counties


def tabs(request: DoorRequest, county: str, current: str) -> dict[str, Any]:
    """The pages of the card, and the counties that could be chosen, for the head of a page."""
    words = {
        "staff:card-funds": _("资金池"),
        "staff:card-classes": _("分类与标准"),
        "staff:card-cards": _("爱心卡"),
        "staff:card-holders": _("持卡情况"),
        "staff:card-merchants": _("爱心商家"),
        "staff:clearing": _("异地清算"),
    }
    known = counties(request, "fund.read")
    many = len(known) > 1
    names = naming.places(known, request.on)

    def address(page: str, code: str) -> str:
        return reverse(page) + (f"?{urlencode({'county': code})}" if many else "")

    return {
        "tabs": [
            {"address": address(page, county), "word": word, "current": page == current} for page, word in words.items()
        ],
        "places": [
            {"address": address(current, code), "word": names[code], "current": code == county} for code in known
        ]
        if many
        else [],
        "county": county,
        "county_name": naming.places([county], request.on)[county],
    }
