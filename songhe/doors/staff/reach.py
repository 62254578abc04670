"""Whose rows a request may show, and what happens to who looks beyond."""

from __future__ import annotations

from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from django.http import Http404

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import Scope, appointments
from songhe.doors.may import ACTS, NOT_ALLOWED, RULES, roles
from songhe.doors.shell.request import DoorRequest
from songhe.grant.models import Budget
from songhe.jobs.models import Run
from songhe.kernel import place_code
from songhe.trail.note import note

#: As many counties are offered to who oversees more than one.
COUNTIES_SHOWN = 50


def account_of(request: DoorRequest) -> Account:
    """Who is signed in; the views are open to nobody else."""
    assert isinstance(request.user, Account)
    return request.user


def reach(request: DoorRequest, act: str) -> Scope:
    """What the roles that allow the act reach on the day. The desk is for staff: a citizen's own role counts nothing.

    Refuses with ``door.not_allowed``.
    """
    allowed = RULES[act] - {Role.CITIZEN}
    account = account_of(request)
    if allowed.isdisjoint(roles(account, request.on)):
        raise NOT_ALLOWED(act=ACTS[act].zh, act_en=ACTS[act].en)
    return Scope.of(account, request.on, roles=allowed, purpose=act)


def is_staff(request: DoorRequest) -> bool:
    return bool(roles(account_of(request), request.on) - {Role.CITIZEN})


def out_of_reach(request: DoorRequest, *, county: str, subject: str, subject_id: UUID | str) -> NoReturn:
    """Another county's row is not there; that somebody asked for it stands in that county's trail."""
    note(
        county=county,
        at=request.at,
        actor=account_of(request).username,
        act="door.out_of_reach",
        subject=subject,
        subject_id=subject_id,
        request=request.request_id,
        route=request.resolver_match.route if request.resolver_match else "",
    )
    raise Http404


def noted_read(request: DoorRequest, *, county: str, act: str, subject: str, subject_id: UUID | str) -> None:
    """Who looked at a file, and on which request."""
    note(
        county=county,
        at=request.at,
        actor=account_of(request).username,
        act=act,
        subject=subject,
        subject_id=subject_id,
        request=request.request_id,
    )


def counties(request: DoorRequest, act: str) -> list[str]:
    """The counties whose months the roles that allow the act reach: one's own, or those that have had a month.

    Read once for each account object, which lives for one request.
    """
    account = account_of(request)
    known: dict[str, list[str]] = account.__dict__.setdefault("counties_by_act", {})
    if act not in known:
        known[act] = _counties(account, request.on, act)
    return known[act]


def _counties(account: Account, on: date, act: str) -> list[str]:
    held = appointments(account, on, roles=[role.value for role in RULES[act]])
    prefixes = sorted({place_code.prefix(one.place)[:6] for one in held})
    found: dict[str, Any] = {}
    for prefix in prefixes:
        if len(prefix) == 6:
            found[prefix] = None
            continue
        for rows in (Budget.objects, Run.objects):
            codes = rows.filter(county__startswith=prefix).order_by("county").values_list("county", flat=True)
            found |= dict.fromkeys(codes.distinct()[:COUNTIES_SHOWN])
    return sorted(found)[:COUNTIES_SHOWN]


def county_of(request: DoorRequest, act: str) -> str:
    """The county that the page is about; another's is not there."""
    known = counties(request, act)
    asked = request.POST.get("county") or request.GET.get("county") or (known[0] if known else "")
    if asked not in known:
        raise Http404
    return asked
