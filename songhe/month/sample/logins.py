"""Open the practice logins of the cast, of the bodies' workers and of the proxies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from songhe.access.login import appoint, open_account
from songhe.access.models import Account, Appointment
from songhe.access.role import Role
from songhe.month.sample.cast import CAST, SECURITY_ADMIN, Part, manager_of, worker_of
from songhe.month.sample.plan import GROUND_ON, Body, moment
from songhe.month.sample.shape import COUNTY
from songhe.trail.note import note

AT = moment(GROUND_ON, 8)

#: Two of the three administrators are there before anybody can appoint them.
_FIRST = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


@dataclass(frozen=True)
class Login:
    """A login to be opened by set: of somebody on the register, or of somebody who works for a body."""

    username: str
    display_name: str
    role: Role = Role.CITIZEN
    person_id: UUID | None = None
    provider_id: int | None = None


def open_county(year: int) -> None:
    """The administrators, then everybody of the bureau, the city and the province, whom one of them appoints.

    Whoever comes for a time goes with the end of ``year``.
    """
    parts = [part for part in CAST if not part.body and part.role != Role.CITIZEN]
    for part in sorted(parts, key=lambda part: part.role not in _FIRST):
        last = date(year, 12, 31) if part.until_year_end else None
        _open(part, None, None if part.role in _FIRST else _security_admin(), valid_to=last)


def open_body(body: Body, provider_id: int, carers: int) -> None:
    """The manager of a body, its carers and its assessors."""
    named = {part.username: part for part in CAST}
    manager = Part(manager_of(body.code), f"{body.name} 管理员", Role.PROVIDER_MANAGER, body=body.code)
    _open(named.get(manager.username, manager), provider_id, _security_admin())
    workers = [
        Login(worker_of(body.code, number, role), f"{body.name} {word}{number}", role, provider_id=provider_id)
        for role, count, word in ((Role.CARER, carers, "护理员"), (Role.ASSESSOR, body.assessors, "评估员"))
        for number in range(1, count + 1)
    ]
    if workers:
        open_by_set(workers, at=AT, subject=f"{len(workers)} of {body.code}")


def open_by_set(logins: Sequence[Login], *, at: datetime, subject: str) -> None:
    """The logins of many in a handful of statements and with one note."""
    by = _security_admin()
    named: Mapping[str, str] = {part.username: part.display_name for part in CAST}
    accounts = Account.objects.bulk_create(
        Account(
            username=login.username,
            display_name=named.get(login.username, login.display_name),
            password=make_password(None),
            practice=True,
            opened_at=at,
        )
        for login in logins
    )
    ids = dict(
        Account.objects.filter(username__in=[account.username for account in accounts]).values_list("username", "pk")
    )
    Appointment.objects.bulk_create(
        Appointment(
            account_id=ids[login.username],
            role=login.role,
            place=COUNTY,
            person_id=login.person_id,
            provider_id=login.provider_id,
            valid_from=GROUND_ON,
            appointed_by=by,
            appointed_at=at,
        )
        for login in logins
    )
    note(
        county=COUNTY,
        at=at,
        actor=by.username,
        act="account.opened",
        subject="account",
        subject_id=subject,
    )


def _open(part: Part, provider_id: int | None, by: Account | None, *, valid_to: date | None = None) -> None:
    account = open_account(
        username=part.username, display_name=part.display_name, password=None, practice=True, at=AT, by=by
    )
    appoint(
        account=account,
        role=part.role,
        place=part.place,
        provider_id=provider_id,
        valid_from=GROUND_ON,
        valid_to=valid_to,
        by=by,
        at=AT,
    )


def _security_admin() -> Account:
    return Account.objects.get(username=SECURITY_ADMIN)
