"""Reads of vouchers for the doors: what somebody holds, and what is left on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from songhe.grant.models import Grant, Hold
from songhe.kernel.month import Month

PROGRAMME = "consumption-voucher"


@dataclass(frozen=True)
class Held:
    """A voucher with what is left on it."""

    grant: Grant
    left_fen: int

    @property
    def used_fen(self) -> int:
        return self.grant.face_fen - self.left_fen


def held_by(*, county: str, person_id: UUID, programme: str = PROGRAMME, most: int = 24) -> list[Held]:
    """The vouchers of a person with what is left on each, the newest month first, in one query."""
    rows = Grant.objects.filter(county=county, person_id=person_id, programme=programme)
    found = rows.select_related("purse", "provider").order_by("-month")[:most]
    return [Held(grant, grant.purse.balance or 0) for grant in found]


def held(*, county: str, no: str) -> Held | None:
    """A voucher by its number with what is left on it; whose it may be is the door's."""
    grant = (
        Grant.objects.filter(county=county, no=no).select_related("person", "purse", "provider", "entitlement").first()
    )
    return None if grant is None else Held(grant, grant.purse.balance or 0)


def of_month(
    *, county: str, person_ids: Collection[UUID], month: Month, programme: str = PROGRAMME
) -> dict[UUID, Held]:
    """The vouchers that these people hold for a month, by person, in one query."""
    rows = Grant.objects.filter(county=county, person_id__in=list(person_ids), programme=programme, month=str(month))
    return {grant.person_id: Held(grant, grant.purse.balance or 0) for grant in rows.select_related("purse")}


def is_set_aside(grant: Grant) -> bool:
    """Whether an order holds part of the voucher; then its group stays, as if it had been used."""
    return Hold.objects.filter(county=grant.county, grant_id=grant.id, state=Hold.State.HELD).exists()
