"""Stays in an institution: admitted, roll-called, discharged; and in which of two groups their length puts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from songhe.county.key import new_id
from songhe.kernel.month import days_between
from songhe.kernel.refusal import reason
from songhe.person.models import Event, Person
from songhe.provider.models import Category, Provider
from songhe.service.allowed import AFTER_DEATH, lock_person, require_alive, require_past, require_takes_residents
from songhe.service.models import Presence, Stay
from songhe.trail.note import note

UNKNOWN_STAY = reason("service.unknown_stay", zh="没有这条入住记录。", en="There is no such stay.", status=404)
OVERLAPS = reason(
    "service.stay_overlaps",
    zh="此人自{admitted_on}起已入住，与这次入住重叠。",
    en="The person is already in a stay since {admitted_on}, which overlaps this one.",
    status=409,
)
ENDED = reason("service.stay_ended", zh="这次入住已于{day}结束。", en="This stay already ended on {day}.", status=409)
ENDS_BEFORE = reason(
    "service.stay_ends_before",
    zh="日期{day}早于入住日期{admitted_on}。",
    en="{day} is before the admission on {admitted_on}.",
)
NOT_IN_STAY = reason("service.not_in_stay", zh="{day}不在这次入住期间。", en="{day} does not lie within the stay.")
UNKNOWN_MEANS = reason(
    "service.unknown_means",
    zh="“{means}”不是在住凭据的种类。",
    en="{means} is not a kind of sign that a resident was there.",
)

#: Signs that a resident was really there.
MEANS = frozenset({"roll_call", "meal", "care_note", "vitals"})

#: Nights from which a stay is long where a place says nothing (001 leaves exactly thirty open).
LONG_DAYS = 30


def admit(
    *,
    county: str,
    person_id: UUID,
    provider: Provider,
    admitted_on: date,
    at: datetime,
    on: date,
    by: str,
    agreed_until: date | None = None,
    contract_no: str = "",
    bed: str = "",
) -> Stay:
    """A person moves into an institution that is on the county's list that day and may take new residents.

    One stay at a time: a new one may begin on the day the last one ended. Refuses with
    ``service.not_an_institution``, ``provider.not_listed``, ``provider.suspended``, ``service.after_death``,
    ``service.death_reported``, ``service.stay_overlaps``, ``service.stay_ends_before``, ``service.in_the_future``.
    """
    require_past(admitted_on, on=on)
    if agreed_until is not None and agreed_until < admitted_on:
        raise ENDS_BEFORE("agreed_until", day=agreed_until, admitted_on=admitted_on)
    require_takes_residents(provider, county=county, day=admitted_on)
    with transaction.atomic():
        person = lock_person(county=county, person_id=person_id)
        require_alive(person, day=admitted_on)
        other = (
            Stay.objects.filter(Q(discharged_on=None) | Q(discharged_on__gt=admitted_on), county=county)
            .filter(person_id=person_id)
            .order_by("admitted_on")
            .first()
        )
        if other is not None:
            raise OVERLAPS("admitted_on", admitted_on=other.admitted_on)
        stay = Stay.objects.create(
            county=county,
            person_id=person_id,
            provider=provider,
            contract_no=contract_no,
            bed=bed,
            admitted_on=admitted_on,
            agreed_until=agreed_until,
            recorded_by=by,
            recorded_at=at,
        )
        _note(stay, "service.admit", at=at, by=by, admitted_on=str(admitted_on), provider=provider.pk)
    return stay


def extend(*, county: str, stay_id: UUID, agreed_until: date, at: datetime, by: str) -> Stay:
    """Agree on another end of an open stay.

    Refuses with ``service.stay_ended``, ``service.stay_ends_before`` or ``service.after_death``.
    """
    with transaction.atomic():
        stay, person = _lock(county, stay_id)
        _require_open(stay)
        if agreed_until < stay.admitted_on:
            raise ENDS_BEFORE("agreed_until", day=agreed_until, admitted_on=stay.admitted_on)
        if person.died_on is not None and agreed_until > person.died_on:
            raise AFTER_DEATH("agreed_until", died_on=person.died_on, day=agreed_until)
        before, stay.agreed_until = stay.agreed_until, agreed_until
        stay.save(update_fields=["agreed_until"])
        _note(stay, "service.extend", at=at, by=by, before=str(before or ""), until=str(agreed_until))
    return stay


def discharge(
    *, county: str, stay_id: UUID, discharged_on: date, because: str, at: datetime, on: date, by: str
) -> Stay:
    """The resident leaves; after a death the last day is the day of death at the latest.

    Refuses with ``service.stay_ended``, ``service.stay_ends_before``, ``service.in_the_future`` or
    ``service.after_death``.
    """
    require_past(discharged_on, on=on)
    with transaction.atomic():
        stay, person = _lock(county, stay_id)
        _require_open(stay)
        if discharged_on < stay.admitted_on:
            raise ENDS_BEFORE("discharged_on", day=discharged_on, admitted_on=stay.admitted_on)
        if person.died_on is not None and discharged_on > person.died_on:
            raise AFTER_DEATH("discharged_on", died_on=person.died_on, day=discharged_on)
        stay.discharged_on, stay.discharged_because = discharged_on, because
        stay.save(update_fields=["discharged_on", "discharged_because"])
        _note(stay, "service.discharge", at=at, by=by, discharged_on=str(discharged_on), because=because)
    return stay


def end_by_death(*, county: str, person_id: UUID, at: datetime, by: str) -> list[Stay]:
    """End on the day of a verified death every stay that runs past it, also one that was closed later than that.

    Months afterwards it does the same: what was billed for later days is undone by reversing it, never here. Without
    a verified death, or a second time, it changes nothing.
    """
    with transaction.atomic():
        person = lock_person(county=county, person_id=person_id)
        if person.died_on is None:
            return []
        stays = list(
            Stay.objects.select_for_update()
            .filter(Q(discharged_on=None) | Q(discharged_on__gt=person.died_on), county=county)
            .filter(person_id=person_id, admitted_on__lte=person.died_on)
            .order_by("admitted_on")
        )
        for stay in stays:
            before, stay.discharged_on, stay.discharged_because = stay.discharged_on, person.died_on, "death"
            stay.save(update_fields=["discharged_on", "discharged_because"])
            _note(
                stay, "service.end_by_death", at=at, by=by, before=str(before or ""), discharged_on=str(person.died_on)
            )
    return stays


def record_presence(*, county: str, stay_id: UUID, day: date, means: str, at: datetime, on: date, by: str) -> Presence:
    """One sign that a resident was there on a day; the same sign told twice is kept once.

    Refuses with ``service.unknown_means``, ``service.not_in_stay``, ``service.after_death``,
    ``service.death_reported`` or ``service.in_the_future``.
    """
    _require_means(means)
    require_past(day, on=on)
    with transaction.atomic():
        stay, person = _lock(county, stay_id)
        if not covers(stay, day):
            raise NOT_IN_STAY("on", day=day)
        require_alive(person, day=day)
        presence, made = Presence.objects.get_or_create(
            county=county, stay=stay, on=day, means=means, defaults={"at": at}
        )
        if made:
            _note(stay, "service.record_presence", at=at, by=by, on=str(day), means=means)
    return presence


def call_roll(
    *,
    county: str,
    provider: Provider,
    day: date,
    stay_ids: Sequence[UUID],
    at: datetime,
    on: date,
    by: str,
    means: str = "roll_call",
) -> int:
    """Everybody who answered the roll of an institution on a day, in a bounded number of statements.

    Only residents of the provider who are in a stay and alive that day are taken, and nobody whose death before it
    is reported; answers how many of the named were. Refuses with ``service.unknown_means`` or
    ``service.in_the_future``.
    """
    _require_means(means)
    require_past(day, on=on)
    with transaction.atomic():
        there = list(
            Stay.objects.filter(Q(discharged_on=None) | Q(discharged_on__gte=day), county=county, provider=provider)
            .filter(Q(person__died_on=None) | Q(person__died_on__gte=day), id__in=list(stay_ids), admitted_on__lte=day)
            .exclude(person_id__in=reported_dead(county=county, before=day))
            .order_by("id")
            .values_list("id", flat=True)
        )
        Presence.objects.bulk_create(
            [Presence(county=county, id=new_id(), stay_id=stay, on=day, means=means, at=at) for stay in there],
            ignore_conflicts=True,
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="service.call_roll",
            subject="provider",
            subject_id=str(provider.pk),
            on=str(day),
            means=means,
            named=len(stay_ids),
            taken=len(there),
        )
    return len(there)


def reported_dead(*, county: str, before: date) -> QuerySet[Event, UUID]:
    """Ids of the people whose death before a day is reported and neither verified nor refuted."""
    return Event.objects.filter(
        county=county, kind=Event.Kind.DEATH, state=Event.State.REPORTED, happened_on__lt=before
    ).values_list("person_id", flat=True)


def nights(stay: Stay, *, on: date, died_on: date | None = None) -> int:
    """How long the stay is, as known on a day: to its discharge, else to its agreed end, else to that day.

    Who stays past the agreed end is counted to that day; nobody is counted past death.
    """
    if stay.discharged_on is not None:
        end = stay.discharged_on
    else:
        end = max(stay.agreed_until or on, on)
    if died_on is not None:
        end = min(end, died_on)
    return max(0, days_between(stay.admitted_on, end))


def category_of(stay: Stay, *, on: date, long_days: int = LONG_DAYS, died_on: date | None = None) -> str:
    """The group of a stay as known on a day: long from ``long_days`` nights on, else short (respite).

    When the real length crosses the line, what is billed from then on, so the month that is still open, is in the
    other group; what was billed for earlier months stays as it was, because nobody asks again for them.
    """
    is_long = nights(stay, on=on, died_on=died_on) >= long_days
    return Category.INSTITUTION_LONG.value if is_long else Category.INSTITUTION_SHORT.value


def covers(stay: Stay, day: date) -> bool:
    """Whether the day lies in the stay; the days of admission and discharge do."""
    return stay.admitted_on <= day and (stay.discharged_on is None or day <= stay.discharged_on)


def stay_on(*, county: str, person_id: UUID, day: date) -> Stay | None:
    """The stay that a person was in on a day, the later one on a day of moving; nobody is in one after death."""
    return (
        Stay.objects.filter(Q(discharged_on=None) | Q(discharged_on__gte=day), county=county)
        .filter(Q(person__died_on=None) | Q(person__died_on__gte=day), person_id=person_id, admitted_on__lte=day)
        .order_by("-admitted_on")
        .first()
    )


def _lock(county: str, stay_id: UUID) -> tuple[Stay, Person]:
    """The person first, then the stay: every verb takes them in this order."""
    found = Stay.objects.filter(county=county, id=stay_id).values_list("person_id", flat=True).first()
    if found is None:
        raise UNKNOWN_STAY("stay")
    person = lock_person(county=county, person_id=found)
    return Stay.objects.select_for_update().get(county=county, id=stay_id), person


def _require_open(stay: Stay) -> None:
    if stay.discharged_on is not None:
        raise ENDED("stay", day=stay.discharged_on)


def _require_means(means: str) -> None:
    if means not in MEANS:
        raise UNKNOWN_MEANS("means", means=means)


def _note(stay: Stay, act: str, *, at: datetime, by: str, **detail: Any) -> None:
    note(county=stay.county, at=at, actor=by, act=act, subject="stay", subject_id=stay.id, **detail)
