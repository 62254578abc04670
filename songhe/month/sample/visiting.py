"""Visits of many elders by set: the rows and the notes that the verb would write, in a few statements.

Only what nothing stands in the way of: whoever dies, moves or is an awkward case is visited through the verb. Providers
and workers are asked about once a month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from songhe.county.key import new_id
from songhe.kernel.geo import Point
from songhe.kernel.month import Month
from songhe.month.sample.shape import COUNTY
from songhe.provider.models import Item, Provider, Worker
from songhe.service.allowed import require_open_to, require_qualified
from songhe.service.models import Visit
from songhe.service.visit import digest
from songhe.trail.models import Entry


@dataclass(frozen=True)
class Told:
    """What a provider tells of a visit, by the names that ``songhe.service.visit.record`` has for it."""

    person_id: UUID
    provider: Provider
    item: Item
    service_on: date
    at: datetime
    by: str
    worker: Worker | None
    started_at: datetime | None
    ended_at: datetime | None
    quantity: int
    position: Point | None
    accuracy: float | None
    confirmed_by: str
    mandate_id: UUID | None
    evidence: dict[str, Any]
    client_id: str
    county: str = COUNTY

    def row(self) -> Visit:
        place = None if self.position is None else self.position.as_wgs84()
        visit = Visit(
            county=self.county,
            id=new_id(),
            person_id=self.person_id,
            provider=self.provider,
            item=self.item,
            worker=self.worker,
            kind=self.item.evidence,
            service_on=self.service_on,
            started_at=self.started_at,
            ended_at=self.ended_at,
            quantity=self.quantity,
            longitude=None if place is None else place.longitude,
            latitude=None if place is None else place.latitude,
            accuracy=self.accuracy,
            confirmed_by=self.confirmed_by,
            evidence=self.evidence,
            client_id=self.client_id,
            recorded_by=self.by,
            recorded_at=self.at,
        )
        visit.evidence_sha256 = digest(visit)
        return visit


@dataclass
class BySet:
    """Writes visits of a month; remembers whom it asked about."""

    month: Month
    asked: set[tuple[int, str]] = field(default_factory=set)

    def record(self, told: Sequence[Told]) -> list[Visit]:
        """The visits in the order told; refuses where a provider or a worker may not serve in the month."""
        for each in told:
            self._ask(each)
        rows = [each.row() for each in told]
        Visit.objects.bulk_create(rows, batch_size=500)
        Entry.objects.bulk_create((_note(row) for row in rows), batch_size=500)
        return rows

    def _ask(self, told: Told) -> None:
        asked = {(told.provider.pk, told.item.category)}
        if told.worker is not None:
            asked.add((told.worker.pk, "worker"))
        if asked <= self.asked:
            return
        for day in (self.month.first, self.month.last):
            require_open_to(told.provider, county=told.county, day=day, category=told.item.category)
            if told.worker is not None:
                require_qualified(told.worker, provider=told.provider, day=day)
        self.asked |= asked


def _note(visit: Visit) -> Entry:
    return Entry(
        county=visit.county,
        at=visit.recorded_at,
        actor=visit.recorded_by,
        act="service.record_visit",
        subject="visit",
        subject_id=str(visit.id),
        detail={"item": visit.item.code, "provider": visit.provider_id, "on": str(visit.service_on)},
    )
