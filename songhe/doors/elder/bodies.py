"""Assessment bodies to choose from: how far, how many assessors, what it costs. 评估机构"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from songhe.kernel.geo import Point, distance_metres
from songhe.kernel.refusal import Refusal
from songhe.person.models import Person
from songhe.provider.admit import listed_providers
from songhe.provider.catalogue import ASSESSMENT
from songhe.provider.models import Price, Provider, Suspension, Worker


@dataclass(frozen=True)
class Body:
    provider: Provider
    metres: int | None
    assessors: int
    price_fen: int | None

    @property
    def kilometres(self) -> str:
        return "" if self.metres is None else f"{self.metres / 1000:.1f}"


def bodies(person: Person, on: date) -> list[Body]:
    """The bodies that the county entrusts and that are not suspended, the nearest first; four queries in all."""
    rows = listed_providers(person.county, None, on)
    ids = [row.pk for row in rows]
    shut = set(
        Suspension.objects.filter(
            Q(until__isnull=True) | Q(until__gte=on), county=person.county, provider__in=ids, since__lte=on
        ).values_list("provider", flat=True)
    )
    staff = Worker.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        provider__in=ids,
        job=Worker.Job.ASSESSOR,
        valid_from__lte=on,
    )
    working = Counter(staff.values_list("provider", flat=True))
    prices = dict(
        Price.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            provider__in=ids,
            item__category=ASSESSMENT,
            valid_from__lte=on,
        )
        .order_by("-price_fen")
        .values_list("provider", "price_fen")
    )
    found = [
        Body(row, _metres(person, row), working.get(row.pk, 0), prices.get(row.pk))
        for row in rows
        if row.pk not in shut
    ]
    return sorted(found, key=lambda one: (one.metres is None, one.metres or 0, one.provider.name))


def _metres(person: Person, body: Provider) -> int | None:
    """As the crow flies, where both positions are known."""
    if None in (person.latitude, person.longitude, body.latitude, body.longitude):
        return None
    try:
        return round(
            distance_metres(
                Point(float(person.latitude or 0), float(person.longitude or 0)),
                Point(float(body.latitude or 0), float(body.longitude or 0)),
            )
        )
    except Refusal:
        return None
