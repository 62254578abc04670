"""What elders have from a provider that leaves, and where each of it goes: as the elder chose, or as was proposed and
agreed to. 安置"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.aid import fit
from songhe.aid.models import Fitting, Loan
from songhe.aid.queries import lenders
from songhe.aid.states import FITTING
from songhe.card.hold import release
from songhe.card.hold_models import Hold
from songhe.examine.models import Exit, Placement
from songhe.examine.scheme import REASON_MISSING
from songhe.examine.states import EXIT
from songhe.examine.steer import Offer, position, public_scores, rank, sellers, suspended_on
from songhe.kernel.geo import Point
from songhe.kernel.refusal import reason
from songhe.meal.book import book, cancel
from songhe.meal.models import Booking, Menu
from songhe.outreach import need as needs
from songhe.outreach.models import Need
from songhe.person.models import Person
from songhe.provider.admit import listings_on
from songhe.provider.models import Category, Provider
from songhe.service.models import Stay
from songhe.trail.note import note

NOT_SERVED = reason("examine.not_served", zh="这家机构没有这一件。", en="The provider has no such thing.", status=404)
NOT_THERE = reason(
    "examine.not_there",
    zh="“{name}”接不了这一件，请另选一家。",
    en="{name} cannot take this over; choose another.",
)
NOWHERE = reason(
    "examine.nowhere",
    zh="没有新的去处，只能是老人自己不要了：请写明老人的话。",
    en="Without a new place it must be the elder's own wish; write down their words.",
)

Kind = Placement.Kind


@dataclass(frozen=True)
class Held:
    """What an elder has from the provider now. ``row``: the stay, loan, fitting, booking, need or hold itself."""

    kind: str
    row: Any
    person: Person

    @property
    def key(self) -> tuple[str, UUID]:
        return self.kind, self.row.id


def held(*, county: str, provider: Provider, on: date) -> list[Held]:
    """Who lives there, has its aids or waits for one, has booked its meals from the day on, waits for what was ordered
    of it, or has money set aside for it; six statements."""
    told: dict[str, Any] = {"county": county, "provider": provider}
    living = {"person__died_on__isnull": True}
    wanted = (
        (Kind.STAY, Stay.objects.filter(**told, **living, discharged_on=None).select_related("person")),
        (Kind.LOAN, Loan.objects.filter(**told, returned_on=None).select_related("person", "piece__aid")),
        (
            Kind.FITTING,
            Fitting.objects.filter(**told, **living, state__in=FITTING.transitions["decline"][0]).select_related(
                "person", "aid"
            ),
        ),
        (
            Kind.BOOKING,
            Booking.objects.filter(
                **living,
                county=county,
                menu__county=county,
                menu__point__provider=provider,
                day__gte=on,
                state=Booking.State.BOOKED,
            ).select_related("person", "menu__point"),
        ),
        (
            Kind.NEED,
            Need.objects.filter(**told, **living, state__in=[Need.State.ORDERED, Need.State.ACCEPTED]).select_related(
                "person", "item"
            ),
        ),
    )
    found = [Held(kind.value, row, row.person) for kind, rows in wanted for row in rows.order_by("id")]
    holds = Hold.objects.filter(**told, state=Hold.State.HELD).select_related("card__person").order_by("id")
    return found + [Held(Kind.HOLD.value, row, row.card.person) for row in holds]


def unplaced(*, leaving: Exit, on: date) -> list[Held]:
    """What the elders still have there and nobody has said where it goes."""
    rows = Placement.objects.filter(county=leaving.county, exit=leaving)
    placed = set(rows.values_list("kind", "subject"))
    now = held(county=leaving.county, provider=leaving.provider, on=max(on, leaving.since))
    return [one for one in now if one.key not in placed]


class Destinations:
    """Who may take over what the provider leaves, in the order in which orders without a choice are offered."""

    def __init__(self, leaving: Exit, on: date) -> None:
        self.county, self.on = leaving.county, on
        self.public = public_scores(leaving.county)
        self.out = suspended_on(leaving.county, on) | {leaving.provider_id}
        self._known: dict[tuple[Any, ...], list[Provider]] = {}
        self._canteens: dict[tuple[Any, ...], dict[int, Point]] = {}

    def of(self, what: Held) -> list[Offer]:
        """The first is what is proposed; none for money, which goes back to the purse that it came from."""
        key = self._key(what)
        if key not in self._known:
            self._known[key] = self._find(what)
        return rank(
            county=self.county,
            providers=self._known[key],
            home=position(what.person),
            person_id=what.person.id,
            on=self.on,
            public=self.public,
            suspended=self.out,
            places=self._canteens.get(key),
        )

    def _key(self, what: Held) -> tuple[Any, ...]:
        if what.kind == Kind.NEED:
            return what.kind, what.row.item_id
        if what.kind == Kind.BOOKING:
            return what.kind, what.row.day, what.row.meal, what.row.way
        return (what.kind,)

    def _find(self, what: Held) -> list[Provider]:
        if what.kind == Kind.STAY:
            rows = listings_on(self.county, self.on)
            return [row.provider for row in rows if Category.INSTITUTION_LONG in row.categories]
        if what.kind in (Kind.LOAN, Kind.FITTING):
            return lenders(self.county, self.on)
        if what.kind == Kind.NEED:
            return sellers(county=self.county, item=what.row.item, on=self.on)[0]
        if what.kind == Kind.BOOKING:
            points = {menu.point.provider_id: menu.point for menu in reversed(_menus(self.county, what.row))}
            places = {pk: position(point) for pk, point in points.items()}
            self._canteens[self._key(what)] = {pk: place for pk, place in places.items() if place is not None}
            return [point.provider for point in points.values()]
        return []


def place(
    *,
    leaving: Exit,
    what: Held,
    chosen: str,
    by_elder: bool,
    at: datetime,
    on: date,
    by: str,
    to: Provider | None = None,
) -> Placement:
    """Hand one thing over, and write down in which words the elder chose or agreed.

    A meal is booked there instead, an order and a fitting go there; without a new place they are called off, which only
    the elder may wish. Money that was set aside goes back to the purse. Stays and loans are written down: the elder
    moves, the aid is changed, when the day has come. Refuses with ``examine.reason_missing``, ``examine.wrong_state``,
    ``examine.not_served``, ``examine.nowhere``, ``examine.not_there``, or as the verb that does it.
    """
    if not chosen.strip():
        raise REASON_MISSING("chosen")
    with transaction.atomic():
        row = (
            Exit.objects.select_for_update(of=("self",))
            .select_related("provider")
            .get(county=leaving.county, id=leaving.id)
        )
        EXIT.check(row.state, "finish")
        if what.key not in {one.key for one in unplaced(leaving=row, on=on)}:
            raise NOT_SERVED("what")
        if to is None and not by_elder and what.kind != Kind.HOLD:
            raise NOWHERE("to")
        if to is not None and to.pk not in {one.provider.pk for one in Destinations(row, on).of(what)}:
            raise NOT_THERE("to", name=to.name)
        became = _do(what, to, chosen.strip(), at=at, on=on, by=by)
        made = Placement.objects.create(
            county=row.county,
            exit=row,
            kind=what.kind,
            subject=what.row.id,
            person=what.person,
            became=became,
            chosen=chosen.strip()[:300],
            by_elder=by_elder,
            to=to,
            by=by,
            at=at,
        )
        note(
            county=row.county,
            at=at,
            actor=by,
            act="examine.place",
            subject="examine_exit",
            subject_id=row.id,
            behalf_of=what.person.id,
            reason=made.chosen,
            kind=what.kind,
            to=to.pk if to else None,
            by_elder=by_elder,
        )
    return made


def placements(leaving: Exit) -> list[Placement]:
    """What has been handed over, the newest first."""
    rows = Placement.objects.filter(county=leaving.county, exit=leaving).select_related("person", "to")
    return list(rows.order_by("-at", "-id"))


def _do(what: Held, to: Provider | None, words: str, *, at: datetime, on: date, by: str) -> UUID | None:
    when: dict[str, Any] = {"at": at, "on": on, "by": by}
    if what.kind == Kind.HOLD:
        release(county=what.row.county, hold_id=what.row.id, **when)
    elif what.kind == Kind.NEED:
        needs.decline(need=what.row, answer=words, **when)
        if to is not None:
            needs.order(need=what.row, provider=to, item=what.row.item, **when)
    elif what.kind == Kind.FITTING:
        fit.decline(fitting=what.row, because=words, **when)
        if to is not None:
            return fit.ask(county=what.row.county, person_id=what.person.id, provider=to, wish=what.row.wish, **when).id
    elif what.kind == Kind.BOOKING:
        return _rebook(what.row, to, words, **when)
    return None


def _rebook(old: Booking, to: Provider | None, words: str, *, at: datetime, on: date, by: str) -> UUID | None:
    cancel(booking=old, because=words, at=at, by=by)
    if to is None:
        return None
    menu = next((one for one in _menus(old.county, old) if one.point.provider_id == to.pk), None)
    if menu is None:
        raise NOT_THERE("to", name=to.name)
    return book(
        menu=menu,
        person_id=old.person_id,
        way=old.way,
        address=old.address,
        wish=old.wish,
        card_class=old.card_class,
        at=at,
        on=on,
        by=by,
    ).id


def _menus(county: str, booking: Booking) -> list[Menu]:
    """The menus of the same meal with a portion left, which bring it home where it was to be brought."""
    rows = Menu.objects.filter(county=county, on=booking.day, meal=booking.meal, state=Menu.State.OPEN, bookable=True)
    found = rows.select_related("point__provider").order_by("point__name", "id")
    return [
        menu
        for menu in found
        if menu.taken < menu.portions and (booking.way == Booking.Way.TABLE or menu.delivery_id is not None)
    ]
