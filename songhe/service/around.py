"""What is known around visits: whose home, whose death, which stays, and what ran at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from songhe.kernel.geo import Point
from songhe.person.event import IN_HOSPITAL
from songhe.person.models import Event, Person, Status
from songhe.provider.models import Evidence, Item
from songhe.service.evidence import OVERLAPS, SAME_BODY, SAME_HANDS, Facts, Setting, Times
from songhe.service.models import Stay, Visit


def facts_of(visit: Visit) -> Facts:
    """The record as ``evidence.judge`` reads it."""
    return Facts(
        kind=visit.kind,
        service_on=visit.service_on,
        has_worker=visit.worker_id is not None,
        times=_times(visit.started_at, visit.ended_at),
        position=_point(visit.longitude, visit.latitude),
        accuracy=visit.accuracy,
        place_told=bool(visit.evidence.get("place")),
        quantity=visit.quantity,
        confirmed_by=visit.confirmed_by,
    )


def _point(longitude: float | None, latitude: float | None) -> Point | None:
    return None if longitude is None or latitude is None else Point(latitude, longitude)


def _times(started_at: datetime | None, ended_at: datetime | None) -> Times | None:
    return None if started_at is None or ended_at is None else Times(started_at, ended_at)


_ByVisit = dict[UUID, list[tuple[str, Times]]]


@dataclass(frozen=True)
class Around:
    """The surroundings of some visits of one county, read in seven statements whatever their number."""

    persons: Mapping[UUID, Person]
    reported: Mapping[UUID, date]
    least_minutes: Mapping[int, int]
    in_institution: set[UUID]
    of_worker: Mapping[UUID, list[tuple[str, Times]]]
    of_person: Mapping[UUID, list[tuple[str, Times]]]

    @classmethod
    def of(cls, visits: Sequence[Visit], *, alone: bool) -> Around:
        """``alone`` leaves out what ran at the same time."""
        county = visits[0].county
        people = {visit.person_id for visit in visits}
        persons = Person.rows.filter(county=county, id__in=people).only("id", "died_on", "longitude", "latitude")
        reported = (
            Event.objects.filter(county=county, person_id__in=people, kind=Event.Kind.DEATH, state=Event.State.REPORTED)
            .order_by("-happened_on")
            .values_list("person_id", "happened_on")
        )
        items = Item.objects.filter(id__in={visit.item_id for visit in visits})
        of_worker, of_person = ({}, {}) if alone else _others(county, visits)
        return cls(
            persons={person.id: person for person in persons},
            reported=dict(reported),
            least_minutes=dict(items.values_list("id", "least_minutes")),
            in_institution=_in_institution(county, visits),
            of_worker=of_worker,
            of_person=of_person,
        )

    def waits(self, visit: Visit) -> bool:
        """Dated after a death that is reported and neither verified nor refuted."""
        reported = self.reported.get(visit.person_id)
        known = self.persons[visit.person_id].died_on is not None
        return not known and reported is not None and visit.service_on > reported

    def setting(self, visit: Visit) -> Setting:
        person = self.persons[visit.person_id]
        return Setting(
            home=_point(person.longitude, person.latitude),
            died_on=person.died_on,
            in_institution=visit.id in self.in_institution,
            of_worker=self.of_worker.get(visit.id, ()),
            of_person=self.of_person.get(visit.id, ()),
        )


def _in_institution(county: str, visits: Iterable[Visit]) -> set[UUID]:
    """Home visits on a day that the person spent in an institution or in hospital; the days of moving in and out do
    not count."""
    homes = [visit for visit in visits if visit.kind == Evidence.VISIT]
    stays = defaultdict(list)
    rows = Stay.objects.filter(county=county, person_id__in={visit.person_id for visit in homes})
    for person_id, first, last in rows.values_list("person_id", "admitted_on", "discharged_on"):
        stays[person_id].append((first, last))
    ill = Status.objects.filter(county=county, person_id__in={visit.person_id for visit in homes}, kind=IN_HOSPITAL)
    for person_id, first, last in ill.values_list("person_id", "valid_from", "valid_to"):
        stays[person_id].append((first, last))
    return {
        visit.id
        for visit in homes
        if any(
            first < visit.service_on and (last is None or visit.service_on < last)
            for first, last in stays[visit.person_id]
        )
    }


def _others(county: str, visits: Sequence[Visit]) -> tuple[_ByVisit, _ByVisit]:
    """What worker and person of each visit did on the same days.

    A visit that failed on its own account contradicts nothing; one that failed only because it shared its time with
    another still does.
    """
    timed = [visit for visit in visits if visit.started_at is not None and visit.ended_at is not None]
    days = sorted({visit.service_on for visit in timed})
    workers = {visit.worker_id for visit in timed if visit.kind in SAME_HANDS and visit.worker_id}
    people = {visit.person_id for visit in timed if visit.kind in SAME_BODY}
    by_worker: dict[Any, list[Any]] = defaultdict(list)
    by_person: dict[Any, list[Any]] = defaultdict(list)
    if days:
        # A visit that began late in the evening runs into the next day.
        span = (days[0] - timedelta(days=1), days[-1] + timedelta(days=1))
        rows = (
            Visit.objects.filter(Q(worker_id__in=workers) | Q(person_id__in=people), county=county)
            .filter(service_on__range=span, started_at__isnull=False, ended_at__isnull=False)
            .order_by("id")
            .values_list("id", "worker_id", "person_id", "kind", "started_at", "ended_at", "verdict", "verdict_reasons")
        )
        for row in rows.iterator(chunk_size=5_000):
            if row[6] == Visit.Verdict.FAIL and not OVERLAPS & set(row[7]):
                continue
            by_worker[row[1]].append(row)
            by_person[row[2]].append(row)
    of_worker: _ByVisit = {}
    of_person: _ByVisit = {}
    for visit in timed:
        for mine, groups, key in (
            (of_worker, by_worker, visit.worker_id),
            (of_person, by_person, visit.person_id),
        ):
            if key is not None:
                mine[visit.id] = [
                    (row[3], Times(row[4], row[5]))
                    for row in groups.get(key, ())
                    if row[0] != visit.id and row[4] < visit.ended_at and visit.started_at < row[5]
                ]
    return of_worker, of_person
