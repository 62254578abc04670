"""Reads of vouchers for the doors and for reminders: what somebody holds, and what is about to lapse."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from songhe.grant.models import Grant, Hold
from songhe.kernel.month import Month

PROGRAMME = "consumption-voucher"
_AT_ONCE = 2000


@dataclass(frozen=True)
class Held:
    """A voucher with what is left on it."""

    grant: Grant
    left_fen: int

    @property
    def used_fen(self) -> int:
        return self.grant.face_fen - self.left_fen


@dataclass(frozen=True)
class Lapsing:
    """A voucher with money on it whose month is nearly over."""

    county: str
    grant_id: UUID
    no: str
    person_id: UUID
    category: str | None
    left_fen: int
    until: date
    days_left: int


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


def lapsing(*, county: str, on: date, days: int, programme: str = PROGRAMME) -> Iterator[Lapsing]:
    """The vouchers that may still be used on ``on``, lapse within so many days, and have money left.

    Whoever tells people of it (seven days before, three days before) tells each voucher once for each ``days``, so
    that a day on which nobody told loses nothing. A voucher that was not claimed lapses as well and is among them.
    """
    rows = Grant.objects.filter(
        county=county,
        programme=programme,
        month__in=sorted({str(Month.of(on)), str(Month.of(on + timedelta(days=days)))}),
        state=Grant.State.ACTIVE,
        valid_from__lte=on,
        valid_to__gte=on,
        valid_to__lte=on + timedelta(days=days),
        purse__balance__gt=0,
    ).order_by("id")
    told = rows.values_list("id", "no", "person_id", "category", "purse__balance", "valid_to")
    for grant_id, no, person_id, category, left_fen, until in told.iterator(chunk_size=_AT_ONCE):
        yield Lapsing(county, grant_id, no, person_id, category, left_fen or 0, until, (until - on).days)


def unclaimed(*, county: str, on: date, programme: str = PROGRAMME) -> Iterator[Lapsing]:
    """The vouchers of the month that wait to be claimed, for a reminder where the place asks for it."""
    month = Month.of(on)
    rows = Grant.objects.filter(
        county=county, programme=programme, month=str(month), state=Grant.State.ACTIVE, claimed=False
    ).order_by("id")
    told = rows.values_list("id", "no", "person_id", "category", "purse__balance", "valid_to")
    for grant_id, no, person_id, category, left_fen, until in told.iterator(chunk_size=_AT_ONCE):
        yield Lapsing(county, grant_id, no, person_id, category, left_fen or 0, until, (until - on).days)


def is_set_aside(grant: Grant) -> bool:
    """Whether an order holds part of the voucher; then its group stays, as if it had been used."""
    return Hold.objects.filter(county=grant.county, grant_id=grant.id, state=Hold.State.HELD).exists()
