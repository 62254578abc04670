"""Pages of the desk that stand beside one another, and the counties that could be chosen, for the head of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.reach import counties


def tabs_of(request: DoorRequest, county: str, current: str, *, act: str, pages: Mapping[str, str]) -> dict[str, Any]:
    """``pages`` names each by its address; ``act`` says whose counties could be chosen."""
    known = counties(request, act)
    names = naming.places({*known, county}, request.on)
    many = len(known) > 1

    def address(page: str, code: str) -> str:
        return reverse(page) + (f"?{urlencode({'county': code})}" if many else "")

    return {
        "tabs": [
            {"address": address(page, county), "word": word, "current": page == current} for page, word in pages.items()
        ],
        "places": [{"address": address(current, one), "word": names[one], "current": one == county} for one in known]
        if many
        else [],
        "county": county,
        "county_name": names[county],
    }
