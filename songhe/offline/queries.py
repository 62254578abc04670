"""What the pages and the interface read of tills without a network."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from songhe.ledger.models import Account
from songhe.offline.device import Bound, bound
from songhe.offline.guarantee import FUND
from songhe.offline.models import Device, DeviceDay, Endowment, Slip, Trouble

#: How many exceptions and slips a page shows.
SHOWN = 50


@dataclass(frozen=True)
class Stand:
    """A device with its bound, what is guaranteed of it today, and how many of its slips wait or are in trouble."""

    device: Device
    bound: Bound
    promised_fen: int
    waiting: int
    troubled: int


@dataclass(frozen=True)
class Guarantee:
    """What stands in the county's guarantee, what it has borne, and the most that all devices can cost it."""

    there_fen: int
    borne_fen: int
    day_fen: int
    until_deadline_fen: int
    waiting: list[Endowment]


def devices(*, counties: Collection[str], on: date, provider_id: int | None = None) -> list[Stand]:
    """The devices of counties, or of one merchant in them; those that wait first. Three statements."""
    rows = Device.objects.filter(county__in=list(counties)).select_related("provider")
    if provider_id is not None:
        rows = rows.filter(provider_id=provider_id)
    found = list(rows.order_by("-asked_at", "id")[: SHOWN * 4])
    ids = [row.id for row in found]
    days = DeviceDay.objects.filter(county__in=list(counties), device__in=ids, on=on)
    promised = dict(days.values_list("device_id", "promised_fen"))
    slips = Slip.objects.filter(county__in=list(counties), device__in=ids).values_list("device_id")
    counts = slips.annotate(
        waiting=Count("id", filter=Q(state=Slip.State.WAITING)),
        troubled=Count("id", filter=Q(state=Slip.State.TROUBLED)),
    )
    by_device = {device_id: (waiting, troubled) for device_id, waiting, troubled in counts}
    order = [Device.State.PROPOSED, Device.State.ASKED, Device.State.ADMITTED, Device.State.ENDED]
    found.sort(key=lambda row: order.index(Device.State(row.state)) if row.state in order else len(order))
    return [
        Stand(row, bound(row), promised.get(row.id, 0), *by_device.get(row.id, (0, 0)))
        for row in found
        if provider_id is not None or row.state != Device.State.DECLINED
    ]


def troubles(*, counties: Collection[str], provider_id: int | None = None) -> QuerySet[Trouble]:
    """What waits for a person, the oldest first."""
    rows = Trouble.objects.filter(county__in=list(counties), state=Trouble.State.OPEN)
    if provider_id is not None:
        rows = rows.filter(device__provider_id=provider_id)
    return rows.select_related("device__provider", "slip").order_by("received_at", "id")


def slips(*, counties: Collection[str], provider_id: int) -> QuerySet[Slip]:
    """A merchant's slips, the newest first."""
    rows = Slip.objects.filter(county__in=list(counties), device__provider_id=provider_id)
    return rows.select_related("device", "bill").order_by("-received_at", "-counter")


def bearers(slips: Collection[Slip]) -> dict[UUID, str]:
    """Who bears what could not be booked of these slips, where that is decided."""
    rows = Trouble.objects.filter(slip__in=[row.id for row in slips], state=Trouble.State.DECIDED)
    return {
        slip_id: bearer
        for slip_id, bearer in rows.filter(county__in={row.county for row in slips}).values_list("slip_id", "bearer")
        if slip_id is not None
    }


def guarantee(county: str) -> Guarantee:
    """The county's guarantee beside what it may cost at the worst."""
    there = Account.objects.filter(county=county, fund__code=FUND, code="guarantee").values_list("balance", flat=True)
    borne = Trouble.objects.filter(county=county).aggregate(fen=Sum("borne_fen"))["fen"]
    bounds = [bound(row) for row in Device.objects.filter(county=county, state=Device.State.ADMITTED)]
    return Guarantee(
        there_fen=there.first() or 0,
        borne_fen=borne or 0,
        day_fen=sum(one.day_fen for one in bounds),
        until_deadline_fen=sum(one.until_deadline_fen for one in bounds),
        waiting=list(Endowment.objects.filter(county=county, state=Endowment.State.OPEN).order_by("proposed_at", "id")),
    )
