"""What an elder is offered: meals of several days with dishes, price and what keeps a point from cooking. 供餐信息"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from songhe.kernel.month import age_on
from songhe.kernel.period import Period
from songhe.meal.models import Closure, Cook, Dish, Menu, Point
from songhe.meal.point import certified_on
from songhe.meal.price import Quote
from songhe.meal.queries import dishes_of
from songhe.meal.tariff import Tariffs, quoted, tariffs_between
from songhe.provider.models import Suspension


@dataclass(frozen=True)
class Standing:
    """How a point stands on a day: what is lacking (of ``songhe.meal.point.LACKING``), and the closure that holds."""

    lacking: tuple[str, ...]
    closure: Closure | None

    @property
    def cooks(self) -> bool:
        return not self.lacking


@dataclass(frozen=True)
class Offer:
    """One meal: its dishes, and what a portion costs whoever it is offered to; ``None`` where there is no price."""

    menu: Menu
    dishes: list[Dish] = field(default_factory=list)
    table: Quote | None = None
    delivery: Quote | None = None

    @property
    def left(self) -> int:
        return self.menu.portions - self.menu.taken

    def is_open(self, at: datetime) -> bool:
        """Whether it may be booked now, as far as the menu says."""
        in_time = self.menu.state == Menu.State.OPEN and at < self.menu.book_until
        return in_time and self.menu.bookable and self.left > 0 and self.table is not None


def standings(points: Sequence[Point], on: date) -> dict[int, Standing]:
    """Whether each of the points may cook on the day; three statements, however many points.

    The points are fetched with their food licence.
    """
    ids = [point.pk for point in points]
    cooks = Cook.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), point__in=ids, valid_from__lte=on)
    cooking = set(cooks.filter(worker__in=certified_on(on).values("worker")).values_list("point_id", flat=True))
    held = Closure.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    counties = sorted({point.county for point in points})
    closures = {one.point_id: one for one in held.filter(county__in=counties, point__in=ids).select_related("move_to")}
    stopped = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    providers = [point.provider_id for point in points]
    suspended = set(stopped.filter(county__in=counties, provider__in=providers).values_list("provider_id", "county"))
    found = {}
    for point in points:
        licence = point.food_licence
        lacks = {
            "not_open": on not in Period(point.opened_on, point.last_day),
            "licence": on not in Period(licence.valid_from, licence.valid_to),
            "cook": point.pk not in cooking,
            "closed": point.pk in closures,
            "suspended": (point.provider_id, point.county) in suspended,
        }
        found[point.pk] = Standing(tuple(name for name, is_so in lacks.items() if is_so), closures.get(point.pk))
    return found


def offers(menus: Sequence[Menu], *, born: date | None, card_class: int | None) -> dict[UUID, Offer]:
    """What each of the menus costs somebody of a birth date and class; two statements, however many menus.

    The menus are fetched with point, item and delivery. Nobody in particular (``born`` None) pays the whole.
    """
    if not menus:
        return {}
    days = [menu.on for menu in menus]
    items = [item for menu in menus for item in (menu.item, menu.delivery) if item is not None]
    known = tariffs_between({menu.point.pk: menu.point for menu in menus}.values(), items, min(days), max(days))
    dishes = dishes_of(menus[0].county, [menu.id for menu in menus])
    return {
        menu.id: Offer(
            menu,
            dishes.get(menu.id, []),
            table := _quote(known, menu, born, card_class, delivered=False),
            _with(table, _quote(known, menu, born, card_class, delivered=True)),
        )
        for menu in menus
    }


def offers_of_day(points: Iterable[Point], on: date) -> dict[int, list[Offer]]:
    """What the points cook on a day, at the whole price; three statements."""
    by_point = {point.pk: point for point in points}
    rows = Menu.objects.filter(
        county__in=sorted({point.county for point in by_point.values()}), point__in=list(by_point), on=on
    ).exclude(state=Menu.State.CANCELLED)
    menus = list(rows.select_related("point", "item", "delivery").order_by("book_until", "id"))
    by_county: dict[str, list[Menu]] = {}
    for menu in menus:
        by_county.setdefault(menu.county, []).append(menu)
    found: dict[int, list[Offer]] = {}
    for of_county in by_county.values():
        made = offers(of_county, born=None, card_class=None)
        for menu in of_county:
            found.setdefault(menu.point_id, []).append(made[menu.id])
    return found


def _quote(known: Tariffs, menu: Menu, born: date | None, card_class: int | None, *, delivered: bool) -> Quote | None:
    item = menu.delivery if delivered else menu.item
    tariff = known.of(menu.point, item, menu.on) if item is not None else None
    if tariff is None:
        return None
    if born is None:
        return Quote(tariff.price_fen, tariff.price_fen, {})
    return quoted(tariff, age=age_on(born, menu.on), card_class=card_class)


def _with(table: Quote | None, bringing: Quote | None) -> Quote | None:
    """The meal and its delivery together."""
    if table is None or bringing is None:
        return None
    parts = dict(table.parts)
    for payer, fen in bringing.parts.items():
        parts[payer] = parts.get(payer, 0) + fen
    return Quote(table.price_fen + bringing.price_fen, table.own_fen + bringing.own_fen, parts)
