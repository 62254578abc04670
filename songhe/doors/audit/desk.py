"""What the auditor's pages share: the county they are about, the last day of the account, the note of each read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.doors.may import RULES
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.reach import account_of, out_of_reach
from songhe.doors.staff.reach import counties as reached
from songhe.kernel import place_code
from songhe.trail.models import Entry
from songhe.trail.note import note


@dataclass(frozen=True)
class Desk:
    """One county, those that could be chosen, and the last day of the appointment."""

    county: str
    counties: list[str]
    last_on: date | None
    days_left: int | None

    def address(self, page: str, *args: Any, **query: Any) -> str:
        told = {name: value for name, value in query.items() if value not in (None, "")}
        if len(self.counties) > 1:
            told["county"] = self.county
        return reverse(page, args=args) + (f"?{urlencode(told)}" if told else "")


def open_desk(request: DoorRequest, act: str) -> Desk:
    """The county of the address inside the reach of who may; another's is 404 and noted there."""
    known = known_counties(request, act)
    wanted = request.GET.get("county") or request.POST.get("county") or (known[0] if known else "")
    if not wanted:
        raise Http404
    if wanted not in known:
        if len(wanted) == 6 and wanted.isascii() and wanted.isdigit():
            out_of_reach(request, county=wanted, subject="audit", subject_id=act)
        raise Http404
    last_on = last_day(request)
    return Desk(wanted, known, last_on, (last_on - request.on).days if last_on else None)


def known_counties(request: DoorRequest, act: str) -> list[str]:
    """Those with months or runs, and those of which the trail knows anything: an auditor's place may have neither."""
    known = reached(request, act)
    if known:
        return known
    held = appointments(account_of(request), request.on, roles=[role.value for role in RULES[act]])
    found: set[str] = set()
    for one in held:
        prefix = place_code.prefix(one.place)
        rows = Entry.objects.filter(county__startswith=prefix).order_by("county")
        found |= set(rows.values_list("county", flat=True).distinct()[:50])
    return sorted(found)


def last_day(request: DoorRequest) -> date | None:
    """Until when the account may audit; nothing where no end was set."""
    held = appointments(account_of(request), request.on, roles=[Role.AUDITOR, Role.AUDIT_ADMIN])
    ends = [one.valid_to for one in held]
    return None if not ends or None in ends else max(end for end in ends if end is not None)


def look(request: DoorRequest, desk: Desk, act: str, subject: str, subject_id: UUID | str, **detail: Any) -> None:
    """Whatever the auditor looks at stands in the trail of the county that is looked at."""
    note(
        county=desk.county,
        at=request.at,
        actor=account_of(request).username,
        act=act,
        subject=subject,
        subject_id=subject_id,
        request=request.request_id,
        **detail,
    )


def said(request: DoorRequest, desk: Desk, *crumbs: Crumb) -> dict[str, Any]:
    """What every page shows above its content."""
    names = naming.places(desk.counties, request.on)
    chips = [
        {
            "address": f"{request.path}?{urlencode({'county': code})}",
            "word": names[code],
            "current": code == desk.county,
        }
        for code in desk.counties
    ]
    return {
        "desk": desk,
        "county_name": names[desk.county],
        "chips": chips if len(chips) > 1 else [],
        "crumbs": [Crumb(_("审计"), desk.address("audit:home")), *crumbs] if crumbs else [],
    }
