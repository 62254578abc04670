"""A provider leaves a county, and nobody is left without a place: each elder says where to, before it is over. 退出"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.aid.models import Loan
from songhe.examine.models import Exit, Placement
from songhe.examine.scheme import REASON_MISSING, SAME_PERSON
from songhe.kernel.refusal import reason
from songhe.meal.models import Booking
from songhe.outreach.models import Need
from songhe.provider.admit import end_listing, listings_on
from songhe.provider.models import Provider
from songhe.provider.partner import leave_partner, partners_on
from songhe.provider.suspend import suspend, suspension_on
from songhe.service.models import Stay
from songhe.trail.note import note

UNPLACED = reason(
    "examine.unplaced",
    zh="还有{count}件没有安排好，先问老人要去哪里。",
    en="{count} things are not cared for yet; ask the elders where they want to go.",
    status=409,
)
NOT_SERVED = reason("examine.not_served", zh="这家机构没有这一件。", en="The provider has no such thing.", status=404)
EXIT_OPEN = reason("examine.exit_open", zh="这家机构正在退出。", en="The provider is leaving already.", status=409)
EXIT_OVER = reason("examine.exit_over", zh="退出已经办结。", en="The exit is finished.", status=409)
SAME_PROVIDER = reason(
    "examine.same_provider", zh="不能转到正在退出的机构。", en="Nobody is moved to the provider that leaves."
)


@dataclass(frozen=True)
class Held:
    """What an elder has from the provider now."""

    kind: str
    subject: UUID
    person_id: UUID


def begin(
    *, county: str, provider: Provider, because: str, residents_until: date, at: datetime, on: date, by: str
) -> Exit:
    """From the day on no new elders; residents are served until ``residents_until``. A provider that is suspended
    already stays so. Refuses with ``examine.reason_missing``, ``examine.exit_open`` or those of ``suspend``."""
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if Exit.objects.filter(county=county, provider=provider, finished_by="").exists():
            raise EXIT_OPEN("provider")
        if suspension_on(provider, county, on) is None:
            suspend(
                provider=provider,
                county=county,
                since=on,
                because=because,
                at=at,
                by=by,
                residents_until=residents_until,
            )
        made = Exit.objects.create(
            county=county,
            provider=provider,
            because=because.strip()[:300],
            residents_until=residents_until,
            begun_by=by,
            begun_at=at,
        )
        _note("examine.begin_exit", made, at=at, by=by)
    return made


def held(*, county: str, provider: Provider, on: date) -> list[Held]:
    """Who lives there, has its aids, has booked its meals from the day on, or waits for what was ordered of it."""
    stays = Stay.objects.filter(county=county, provider=provider, discharged_on=None)
    loans = Loan.objects.filter(county=county, provider=provider, returned_on=None)
    bookings = Booking.objects.filter(
        county=county, menu__county=county, menu__point__provider=provider, day__gte=on, state=Booking.State.BOOKED
    )
    needs = Need.objects.filter(county=county, provider=provider, state=Need.State.ORDERED)
    kinds = Placement.Kind
    rows = ((kinds.STAY, stays), (kinds.LOAN, loans), (kinds.BOOKING, bookings), (kinds.NEED, needs))
    return [
        Held(kind.value, subject, person)
        for kind, found in rows
        for subject, person in found.order_by("id").values_list("id", "person_id")
    ]


def unplaced(*, leaving: Exit, on: date) -> list[Held]:
    """What the elders still have there and nobody has said how they are cared for."""
    rows = Placement.objects.filter(county=leaving.county, exit=leaving)
    placed = set(rows.values_list("kind", "subject"))
    now = held(county=leaving.county, provider=leaving.provider, on=on)
    return [one for one in now if (one.kind, one.subject) not in placed]


def place(
    *, leaving: Exit, what: Held, chosen: str, at: datetime, on: date, by: str, to: Provider | None = None
) -> Placement:
    """Write down what the elder chose, and with whom. Refuses with ``examine.reason_missing``,
    ``examine.exit_over``, ``examine.same_provider`` or ``examine.not_served``."""
    if not chosen.strip():
        raise REASON_MISSING("chosen")
    if to is not None and to.pk == leaving.provider_id:
        raise SAME_PROVIDER("to")
    with transaction.atomic():
        row = _open(leaving)
        if what not in unplaced(leaving=row, on=on):
            raise NOT_SERVED("what")
        made = Placement.objects.create(
            county=row.county,
            exit=row,
            kind=what.kind,
            subject=what.subject,
            person_id=what.person_id,
            chosen=chosen.strip()[:300],
            to=to,
            by=by,
            at=at,
        )
        _note("examine.place", row, at=at, by=by)
    return made


def finish(*, leaving: Exit, at: datetime, on: date, by: str) -> Exit:
    """Another person ends its listings, not before the last day of its residents. Refuses with
    ``examine.exit_over``, ``examine.same_person`` or ``examine.unplaced`` while anybody is not cared for."""
    with transaction.atomic():
        row = _open(leaving)
        if row.begun_by == by:
            raise SAME_PERSON("by")
        open_things = unplaced(leaving=row, on=on)
        if open_things:
            raise UNPLACED("exit", count=len(open_things))
        last = max(on, row.residents_until)
        for listing in listings_on(row.county, on).filter(provider=row.provider):
            if listing.valid_to is None or listing.valid_to > last:
                end_listing(listing=listing, last_day=last, because=row.because, at=at, by=by)
        for partner in partners_on(row.county, on).filter(provider=row.provider):
            leave_partner(partner=partner, last_day=last, because=row.because, at=at, by=by)
        row.finished_by, row.finished_at = by, at
        row.save(update_fields=["finished_by", "finished_at"])
        _note("examine.finish_exit", row, at=at, by=by)
    return row


def _open(leaving: Exit) -> Exit:
    row = Exit.objects.select_for_update().get(county=leaving.county, id=leaving.id)
    if row.finished_by:
        raise EXIT_OVER("exit")
    return row


def _note(act: str, row: Exit, *, at: datetime, by: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examine_exit",
        subject_id=row.id,
        reason=row.because,
        provider=row.provider_id,
    )
