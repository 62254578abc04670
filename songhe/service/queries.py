"""Reads for doors and for the verdicts on bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from songhe.kernel.month import Month
from songhe.service.models import Override, Presence, Stay, Visit


def presences(*, county: str, stay_ids: Iterable[UUID], month: Month) -> dict[UUID, set[date]]:
    """The days of a month on which each stay has any sign that the resident was there."""
    found: dict[UUID, set[date]] = defaultdict(set)
    rows = Presence.objects.filter(county=county, stay_id__in=list(stay_ids), on__range=(month.first, month.last))
    for stay_id, day in rows.order_by("stay_id", "on").values_list("stay_id", "on"):
        found[stay_id].add(day)
    return found


def residents(*, county: str, provider_id: int, day: date) -> list[Stay]:
    """Who is in an institution on a day, as its roll-call sheet lists them."""
    rows = Stay.objects.filter(county=county, provider_id=provider_id, admitted_on__lte=day)
    rows = rows.exclude(discharged_on__lt=day).exclude(person__died_on__lt=day)
    return list(rows.select_related("person").order_by("bed", "admitted_on", "id"))


def visits_of(*, county: str, provider_id: int, month: Month, most: int = 500) -> list[Visit]:
    """A provider's records of a month with their verdicts, the newest first."""
    rows = Visit.objects.filter(county=county, provider_id=provider_id, service_on__range=(month.first, month.last))
    return list(rows.select_related("person", "item", "worker").order_by("-service_on", "-id")[:most])


def waiting_overrides(*, county: str) -> list[Override]:
    """Wishes to set a verdict aside that wait for a second person, the oldest first."""
    rows = Override.objects.filter(county=county, state=Override.State.ASKED)
    return list(rows.select_related("visit", "visit__provider", "visit__item").order_by("asked_at", "id"))
