"""Who is offered first where the elder chose nobody; everybody who may serve is on the list. 派单建议"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songhe.card.hold_models import Hold
from songhe.card.hold_order_models import ItemOrder
from songhe.examine.models import Examination, Offered, Score, Steering
from songhe.examine.score import median
from songhe.kernel.geo import Point, distance_metres
from songhe.kernel.refusal import reason
from songhe.meal.models import Point as Canteen
from songhe.outreach import need as needs
from songhe.outreach.models import Need
from songhe.person.models import Person
from songhe.provider.admit import listings_on
from songhe.provider.catalogue import item_on
from songhe.provider.models import Item, Price, Provider, Suspension
from songhe.provider.partner import partners_on
from songhe.redemption.asked import Wish, ask
from songhe.trail.note import note

#: Scores within so many points of each other are alike, so that one point does not decide who has the work.
STEP = 10
#: So many metres are alike too.
METRES = 1_000
FAR = 10**6
#: Who declined, or did not answer, is not asked the same for the same person for so long.
AGAIN_AFTER = timedelta(days=7)

NOT_FIRST = reason(
    "examine.not_first",
    zh="老人没有指定机构，建议是“{name}”；派给别家请写明原因。",
    en="The elder named nobody and {name} is proposed; say why another is taken.",
)
NOBODY = reason(
    "examine.nobody",
    zh="现在没有能做“{item}”的机构，或都谢绝过；请自己选，或打 12345。",
    en="Nobody can do this now ({item_en}), or all have declined; choose for yourself, or call 12345.",
    status=409,
)


@dataclass(frozen=True)
class Offer:
    """A provider that may serve on the day: its published score, how far, at which price, and whether the county's
    vouchers or cards are taken there."""

    provider: Provider
    score: int | None
    metres: int | None
    price_fen: int
    contracted: bool


@dataclass(frozen=True)
class Public:
    """The scores of the newest month that is published, and their median, with which a newcomer stands."""

    examination: Examination | None
    scores: Mapping[int, int]

    @property
    def middle(self) -> int:
        return median(self.scores.values()) if self.scores else 0

    def order(self, one: Offer) -> tuple[bool, int, int]:
        """Who takes vouchers or cards before who does not, then steps of the score; then the kilometre."""
        score = self.middle if one.score is None else one.score
        return not one.contracted, -(score // STEP), FAR if one.metres is None else one.metres // METRES


def suggest(
    *,
    county: str,
    item: Item,
    person_id: UUID,
    on: date,
    chosen: int | None = None,
    public: Public | None = None,
) -> list[Offer]:
    """Everybody who may give the item to the person on the day, in the order in which they are offered.

    Whom the elder chose comes first, whatever its score. Else whoever takes the county's vouchers or cards, then the
    better published score, by steps of ten points (who has none, a newcomer say, stands with the county's median),
    then the nearer by the kilometre, then a turn that changes from day to day and from person to person. Nobody is
    left out for a score.
    """
    providers, prices, contracted = sellers(county=county, item=item, on=on)
    return rank(
        county=county,
        providers=providers,
        home=home_of(county, person_id),
        person_id=person_id,
        on=on,
        chosen=chosen,
        prices=prices,
        contracted=contracted,
        public=public,
    )


def sellers(*, county: str, item: Item, on: date) -> tuple[list[Provider], dict[int, int], set[int]]:
    """Who has a price for the item on the day and is listed, or stands, in the county; their prices; and which of them
    take the county's vouchers or cards for it."""
    rows = Price.objects.filter(item__code=item.code, valid_from__lte=on).exclude(valid_to__lt=on)
    rows = rows.order_by("valid_from", "id")
    prices = dict(rows.values_list("provider_id", "price_fen"))
    contracted = {row.provider_id for row in listings_on(county, on) if item.category in row.categories}
    contracted |= {row.provider_id for row in partners_on(county, on) if item.help in row.helps}
    may = Provider.objects.filter(Q(pk__in=contracted) | Q(place__startswith=county), pk__in=prices)
    return list(may), prices, contracted


def sold_on_card(*, county: str, on: date) -> dict[str, int]:
    """What somebody who takes the county's cards sells on the day: the lowest price by the item's code; five
    statements at most."""
    held = suspended_on(county, on)
    categories = {row.provider_id: set(row.categories) for row in listings_on(county, on)}
    helps = {row.provider_id: set(row.helps) for row in partners_on(county, on)}
    may = (set(categories) | set(helps)) - held
    rows = Price.objects.filter(provider_id__in=may, valid_from__lte=on).exclude(valid_to__lt=on).select_related("item")
    found: dict[str, int] = {}
    for row in rows.order_by("id"):
        item, who = row.item, row.provider_id
        if item.help in helps.get(who, ()) or item.category in categories.get(who, ()):
            found[item.code] = min(row.price_fen, found.get(item.code, row.price_fen))
    return found


def rank(
    *,
    county: str,
    providers: Iterable[Provider],
    home: Point | None,
    person_id: UUID,
    on: date,
    chosen: int | None = None,
    prices: Mapping[int, int] | None = None,
    contracted: Collection[int] | None = None,
    public: Public | None = None,
    suspended: Collection[int] | None = None,
    places: Mapping[int, Point] | None = None,
) -> list[Offer]:
    """The same order for any providers; who is suspended in the county on the day is none of them.

    ``places``: where each would serve, if not where it stands itself: its canteen, say.
    """
    held = suspended_on(county, on) if suspended is None else suspended
    public = public or public_scores(county)
    offers = [
        Offer(
            one,
            public.scores.get(one.pk),
            _metres(home, (places or {}).get(one.pk) or position(one)),
            (prices or {}).get(one.pk, 0),
            contracted is None or one.pk in contracted,
        )
        for one in providers
        if one.pk not in held
    ]

    def order(one: Offer) -> tuple[bool, bool, int, int, str]:
        return one.provider.pk != chosen, *public.order(one), _turn(one.provider.pk, person_id, on)

    return sorted(offers, key=order)


def canteens(*, closing: Canteen, others: Iterable[Canteen], on: date) -> list[tuple[Canteen, Offer]]:
    """Where the meals that were booked at a point that closes may be moved, elders not having been asked: in the same
    order. Points of who is suspended are none of them."""
    public, held = public_scores(closing.county), suspended_on(closing.county, on)
    here = position(closing)
    found = [
        (one, Offer(one.provider, public.scores.get(one.provider_id), _metres(here, position(one)), 0, True))
        for one in others
        if one.provider_id not in held
    ]
    return sorted(found, key=lambda pair: (*public.order(pair[1]), pair[0].name))


def direct(
    *, need: Need, provider: Provider, item: Item, by_elder: bool, because: str, at: datetime, on: date, by: str
) -> Steering:
    """Order what is needed of a provider, and keep how it came to it: who was offered, in which order, by which score.

    Whom the elder named has the order, whatever its score. Where the elder named nobody, taking another than the first
    offered needs a reason. Refuses with ``examine.not_first`` or those of ``outreach.order``.
    """
    with transaction.atomic():
        public = public_scores(need.county)
        chosen = provider.pk if by_elder else None
        offers = suggest(county=need.county, item=item, person_id=need.person_id, on=on, chosen=chosen, public=public)
        ordered = needs.order(need=need, provider=provider, item=item, at=at, on=on, by=by)
        way = Steering.Way.ELDER if by_elder else Steering.Way.OTHER
        if not by_elder and offers and offers[0].provider.pk == provider.pk:
            way = Steering.Way.FIRST
        if way == Steering.Way.OTHER and not because.strip():
            raise NOT_FIRST("because", name=offers[0].provider.name if offers else "—")
        made = Steering(
            county=need.county,
            need=ordered,
            provider=provider,
            way=way,
            because=because.strip()[:300] if way == Steering.Way.OTHER else "",
            by=by,
            at=at,
        )
        _keep(made, offers, public, about=("need", need.id), person_id=need.person_id)
    return made


@dataclass(frozen=True)
class Proposed:
    """Whom the county's order of merit gives an order from home, and why it is not the first where it is not."""

    offers: Sequence[Offer]
    chosen: Offer
    because: str


def propose(*, county: str, item: Item, person_id: UUID, on: date, public: Public | None = None) -> Proposed:
    """The first that takes the card, but nobody who has just declined the same, or let it lie unanswered.

    Refuses with ``examine.nobody``.
    """
    offers = suggest(county=county, item=item, person_id=person_id, on=on, public=public)
    passed = _passed(county, item, person_id, on)
    chosen = next((one for one in offers if one.contracted and one.provider.pk not in passed), None)
    if chosen is None:
        raise NOBODY("provider", item=item.name, item_en=item.name_en)
    before = [one.provider for one in offers[: offers.index(chosen)]]
    because = "；".join(f"{one.name}：{passed.get(one.pk, '')}" for one in before)
    return Proposed(offers, chosen, because[:300])


def ask_the_first(
    *, county: str, person_id: UUID, wish: Wish, at: datetime, on: date, by: str, seen: tuple[int, int] | None = None
) -> ItemOrder:
    """Order from home of whom the county's order of merit puts first, because the elder wished to name nobody, and keep
    how it came to it. Refuses with ``examine.nobody``, or as ``redemption.asked.ask`` does."""
    with transaction.atomic():
        item, public = item_on(county, wish.item, on), public_scores(county)
        found = propose(county=county, item=item, person_id=person_id, on=on, public=public)
        made_by = ItemOrder.Made.COUNTY
        told: dict[str, Any] = {"at": at, "on": on, "by": by, "made_by": made_by, "seen": seen}
        row = ask(county=county, person_id=person_id, provider=found.chosen.provider, wish=wish, **told)
        way = Steering.Way.OTHER if found.because else Steering.Way.FIRST
        made = Steering(
            county=county, order=row, provider=found.chosen.provider, way=way, because=found.because, by=by, at=at
        )
        _keep(made, found.offers, public, about=("order", row.id), person_id=person_id)
    return row


def _passed(county: str, item: Item, person_id: UUID, on: date) -> dict[int, str]:
    """Who lately declined the item to this person or did not answer, with the reason."""
    since = on - AGAIN_AFTER
    rows = ItemOrder.objects.filter(county=county, hold__county=county, hold__card__person_id=person_id, item=item.code)
    rows = rows.filter(Q(declined=True) | Q(because="", accepted_at=None), hold__state=Hold.State.RELEASED)
    rows = rows.exclude(made_by=ItemOrder.Made.TILL).filter(hold__ended_at__date__gte=since)
    told = rows.order_by("hold__ended_at", "id").values_list("hold__provider_id", "because")
    return {provider: because or "没有答复" for provider, because in told}


def _keep(made: Steering, offers: Sequence[Offer], public: Public, *, about: tuple[str, UUID], person_id: UUID) -> None:
    """Write down how an order came to its provider: who was offered, in which order, by which published score."""
    made.examination, made.middle = public.examination, public.middle
    made.save(force_insert=True)
    Offered.objects.bulk_create(
        Offered(
            county=made.county,
            steering=made,
            place=place,
            provider=one.provider,
            score=one.score,
            metres=one.metres,
            contracted=one.contracted,
            price_fen=one.price_fen,
        )
        for place, one in enumerate(offers, start=1)
    )
    note(
        county=made.county,
        at=made.at,
        actor=made.by,
        act="examine.direct",
        subject=about[0],
        subject_id=about[1],
        behalf_of=person_id,
        reason=made.because,
        provider=made.provider_id,
        way=made.way,
        first=offers[0].provider.pk if offers else None,
    )


def steering_of(need: Need) -> Steering | None:
    """How the order that stands came to its provider; none where it was not ordered."""
    rows = Steering.objects.filter(county=need.county, need=need, provider=need.provider_id)
    return rows.order_by("-at", "-id").first()


def public_scores(county: str) -> Public:
    """Of the newest month that is published."""
    shown = Examination.objects.filter(county=county, state=Examination.State.PUBLISHED).order_by("-month").first()
    if shown is None:
        return Public(None, {})
    rows = Score.objects.filter(county=county, examination=shown, total__isnull=False)
    told = rows.values_list("provider_id", "total")
    return Public(shown, {provider: total for provider, total in told if total is not None})


def home_of(county: str, person_id: UUID) -> Point | None:
    person = Person.rows.filter(county=county, id=person_id).first()
    return None if person is None else position(person)


def position(of: Person | Provider | Canteen) -> Point | None:
    return None if of.longitude is None or of.latitude is None else Point(of.latitude, of.longitude)


def suspended_on(county: str, on: date) -> set[int]:
    held = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=on), county=county, since__lte=on)
    return set(held.values_list("provider_id", flat=True))


def _metres(home: Point | None, there: Point | None) -> int | None:
    return None if home is None or there is None else round(distance_metres(home, there))


def _turn(provider: int, person_id: UUID, on: date) -> str:
    return sha256(f"{on}:{person_id}:{provider}".encode()).hexdigest()
