"""Open the practice logins of the love card's sample."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.access.login import appoint, open_account
from songhe.access.models import Account
from songhe.access.role import Role
from songhe.month.sample.card.cast import ADMINISTRATORS, CAST, Part
from songhe.month.sample.card.plan import GROUND_ON
from songhe.month.sample.cast import SECURITY_ADMIN
from songhe.month.sample.plan import moment

AT = moment(GROUND_ON, 8)


def open_bureaus() -> None:
    """Everybody of the two bureaus; where no administrators are yet, these first, of whom one appoints the others."""
    if not Account.objects.filter(username=SECURITY_ADMIN).exists():
        for part in ADMINISTRATORS:
            _open(part, by=None)
    for part in CAST:
        if not part.body and part.role != Role.CITIZEN:
            _open(part, by=_security_admin())


def open_manager(username: str, name: str, *, place: str, provider_id: int) -> None:
    """Who signs for a body and stands at its till."""
    named = {part.username: part.display_name for part in CAST}
    part = Part(username, named.get(username, f"{name} 收银"), Role.PROVIDER_MANAGER, place)
    _open(part, by=_security_admin(), provider_id=provider_id)


def open_carer(username: str, name: str, *, place: str, provider_id: int) -> None:
    named = {part.username: part.display_name for part in CAST}
    _open(Part(username, named.get(username, name), Role.CARER, place), by=_security_admin(), provider_id=provider_id)


def open_citizen(username: str, name: str, *, place: str, person_id: UUID, at: datetime) -> None:
    """Somebody with a file of their own: an elder, or who acts for one."""
    named = {part.username: part.display_name for part in CAST}
    part = Part(username, named.get(username, name), Role.CITIZEN, place)
    _open(part, by=_security_admin(), person_id=person_id, at=at)


def _open(
    part: Part,
    *,
    by: Account | None,
    provider_id: int | None = None,
    person_id: UUID | None = None,
    at: datetime = AT,
) -> None:
    account = open_account(
        username=part.username, display_name=part.display_name, password=None, practice=True, at=at, by=by
    )
    appoint(
        account=account,
        role=part.role,
        place=part.place,
        provider_id=provider_id,
        person_id=person_id,
        valid_from=GROUND_ON,
        by=by,
        at=at,
    )


def _security_admin() -> Account:
    return Account.objects.get(username=SECURITY_ADMIN)
