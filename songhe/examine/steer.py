"""Who is offered first where the elder chose nobody; everybody who may serve is on the list. 派单建议"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from songhe.examine.models import Examination, Score
from songhe.examine.score import median
from songhe.kernel.geo import Point, distance_metres
from songhe.person.models import Person
from songhe.provider.admit import listings_on
from songhe.provider.models import Item, Price, Provider
from songhe.provider.partner import partners_on
from songhe.provider.suspend import is_suspended

#: Scores within so many points of each other are alike, so that one point does not decide who has the work.
STEP = 10
#: So many metres are alike too.
METRES = 1_000
FAR = 10**6


@dataclass(frozen=True)
class Offer:
    """A provider that sells it on the day: its published score, how far, at which price."""

    provider: Provider
    score: int | None
    metres: int | None
    price_fen: int


def suggest(*, county: str, item: Item, person_id: UUID, on: date, chosen: int | None = None) -> list[Offer]:
    """Everybody who may give the item to the person on the day, in the order in which they are offered.

    Whom the elder chose comes first, whatever its score. Else the better published score first, by steps of ten points
    (who has none, a newcomer say, stands with the county's median), then the nearer by the kilometre, then a turn that
    changes from day to day and from person to person. Nobody is left out for a score.
    """
    prices = {row.provider_id: row.price_fen for row in _prices(item, on)}
    listed = {row.provider_id: row.provider for row in listings_on(county, on) if item.category in row.categories}
    listed |= {row.provider_id: row.provider for row in partners_on(county, on) if item.help in row.helps}
    serving = [one for one in listed.values() if one.pk in prices and not is_suspended(one, county, on)]
    scores = published_scores(county)
    middle = median(scores.values()) if scores else 0
    home = _home(county, person_id)
    offers = [Offer(one, scores.get(one.pk), _metres(home, one), prices[one.pk]) for one in serving]

    def order(one: Offer) -> tuple[bool, int, int, str]:
        score = middle if one.score is None else one.score
        far = FAR if one.metres is None else one.metres // METRES
        return one.provider.pk != chosen, -(score // STEP), far, _turn(one.provider.pk, person_id, on)

    return sorted(offers, key=order)


def published_scores(county: str) -> dict[int, int]:
    """Of the newest month that is published."""
    shown = Examination.objects.filter(county=county, state=Examination.State.PUBLISHED).order_by("-month").first()
    if shown is None:
        return {}
    rows = Score.objects.filter(county=county, examination=shown, total__isnull=False)
    return {provider: total for provider, total in rows.values_list("provider_id", "total") if total is not None}


def _prices(item: Item, on: date) -> list[Price]:
    rows = Price.objects.filter(item=item, valid_from__lte=on).exclude(valid_to__lt=on)
    return list(rows.order_by("valid_from", "id"))


def _home(county: str, person_id: UUID) -> Point | None:
    person = Person.rows.filter(county=county, id=person_id).first()
    if person is None or person.longitude is None or person.latitude is None:
        return None
    return Point(person.latitude, person.longitude)


def _metres(home: Point | None, provider: Provider) -> int | None:
    if home is None or provider.longitude is None or provider.latitude is None:
        return None
    return round(distance_metres(home, Point(provider.latitude, provider.longitude)))


def _turn(provider: int, person_id: UUID, on: date) -> str:
    return sha256(f"{on}:{person_id}:{provider}".encode()).hexdigest()
