"""What pages ask about rounds and needs: a steward's week, what waits for an answer, figures of a county."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from songhe.outreach.models import Need, Round, Steward, Stint, Visit
from songhe.outreach.need import WAITING
from songhe.outreach.rounds import monday

#: Not ended yet: nobody answered, or they said yes and it is still to be done.
OPEN = (*WAITING, Need.State.ACCEPTED)


@dataclass(frozen=True)
class Stop:
    """A person of a steward's week; ``visit`` is None while nobody was there."""

    round: Round
    visit: Visit | None
    needs: int

    def is_due(self, on: date) -> bool:
        return self.visit is None and self.round.weekday <= on.isoweekday()


@dataclass(frozen=True)
class Made:
    """Of a steward's rounds of a week: how many were planned, how many made, how many are late by the day."""

    steward: Steward
    planned: int
    made: int
    late: int


@dataclass(frozen=True)
class Kind:
    """Open needs of one kind of help: how many, how many beyond their limit, since when the oldest waits."""

    help: str
    count: int
    late: int
    oldest: date


def steward_of(account: str) -> Steward | None:
    """The office of steward that a login holds; one statement."""
    return Steward.objects.filter(account=account, last_day=None).order_by("county").first()


def stewards_of(county: str) -> list[Steward]:
    """The stewards of a county in office, by name; one statement."""
    rows = Steward.objects.filter(county=county, last_day=None).select_related("team")
    return list(rows.order_by("name", "id"))


def week_of(steward: Steward, on: date) -> list[Stop]:
    """Everybody whom a steward looks in on this week, by weekday; three statements."""
    rows = list(
        _running(steward.county, on)
        .filter(steward=steward, person__died_on__isnull=True)
        .select_related("person", "steward")
        .order_by("weekday", "id")
    )
    visits = Visit.objects.filter(county=steward.county, week=monday(on), round__in=[one.id for one in rows])
    seen = {one.round_id: one for one in visits}
    needs = Need.objects.filter(county=steward.county, state__in=OPEN, person__in=[one.person_id for one in rows])
    many = dict(needs.order_by().values_list("person_id").annotate(Count("id")))
    return [Stop(one, seen.get(one.id), many.get(one.person_id, 0)) for one in rows]


def made_of_week(county: str, on: date) -> list[Made]:
    """Rounds made against rounds planned in the week of the day, by steward; three statements."""
    running = _running(county, on).filter(person__died_on__isnull=True).order_by()
    planned = dict(running.values_list("steward_id").annotate(Count("id")))
    until = dict(running.filter(weekday__lt=on.isoweekday()).values_list("steward_id").annotate(Count("id")))
    visits = Visit.objects.filter(county=county, week=monday(on)).order_by()
    made = dict(visits.values_list("round__steward_id").annotate(Count("id")))
    soon = visits.filter(round__weekday__lt=on.isoweekday())
    in_time = dict(soon.values_list("round__steward_id").annotate(Count("id")))
    return [
        Made(one, planned.get(one.id, 0), made.get(one.id, 0), max(0, until.get(one.id, 0) - in_time.get(one.id, 0)))
        for one in stewards_of(county)
    ]


def visits_of(county: str, person_id: UUID, most: int = 8) -> list[Visit]:
    """The last visits to a person, the newest first; one statement."""
    rows = Visit.objects.filter(county=county, person_id=person_id)
    return list(rows.order_by("-on", "-id")[:most])


def open_needs(
    county: str,
    *,
    help: str = "",
    person_ids: Collection[UUID] | None = None,
    provider_ids: Collection[int] | None = None,
    most: int = 100,
) -> QuerySet[Need]:
    """Needs that have not ended, the most urgent first; one statement."""
    rows = Need.objects.filter(county=county, state__in=OPEN)
    if help:
        rows = rows.filter(help=help)
    if person_ids is not None:
        rows = rows.filter(person_id__in=person_ids)
    if provider_ids is not None:
        rows = rows.filter(provider_id__in=provider_ids)
    return rows.select_related("person", "provider", "item").order_by("due_on", "id")[:most]


def needs_by_kind(county: str, on: date) -> list[Kind]:
    """Open needs by kind of help, with those beyond their limit and the oldest; one statement."""
    rows = Need.objects.filter(county=county, state__in=OPEN).order_by("help")
    late = Count("id", filter=Q(due_on__lt=on, state__in=WAITING))
    return [
        Kind(*one) for one in rows.values_list("help").annotate(many=Count("id"), late=late, oldest=Min("heard_on"))
    ]


def stints_waiting(county: str, most: int = 100) -> list[Stint]:
    """What volunteers did that another person has still to confirm, the oldest first; one statement."""
    rows = Stint.objects.filter(county=county, state=Stint.State.TOLD).select_related("volunteer", "person")
    return list(rows.order_by("told_at", "id")[:most])


def _running(county: str, on: date) -> QuerySet[Round]:
    last = monday(on) + timedelta(days=6)
    return Round.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), county=county, since__lte=last)
