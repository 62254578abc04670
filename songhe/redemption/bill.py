"""What a bill may say: its lines read against catalogue, price list, contract, evidence and the person's life."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from songhe.aid.rent import to_charge
from songhe.county.ready import Ready, one_of
from songhe.kernel.month import Month
from songhe.kernel.place_code import layers
from songhe.kernel.refusal import reason, whole
from songhe.meal.models import Booking
from songhe.meal.models import Line as MealLine
from songhe.person.models import Person
from songhe.policy.terms import Terms
from songhe.provider.discount import Terms as DiscountTerms
from songhe.provider.discount import reduce
from songhe.provider.models import Category, Evidence, Item, Price, Provider, Upgrade
from songhe.service.models import Stay, Visit
from songhe.service.stay import category_of

NO_LINES = reason("redemption.no_lines", zh="账单没有明细。", en="The bill has no lines.")
TOO_MANY_LINES = reason("redemption.too_many_lines", zh="一张账单最多{most}行。", en="A bill has at most {most} lines.")
UNKNOWN_ITEM = reason(
    "redemption.unknown_item", zh="服务目录里没有“{item}”。", en="{item} is not in the catalogue on that day."
)
NO_PRICE = reason(
    "redemption.no_price", zh="机构没有公布“{item}”当日的价格。", en="The provider has no price for {item} on that day."
)
ABOVE_PRICE = reason(
    "redemption.above_price",
    zh="“{item}”收费{fee_fen:yuan}，高于公示价{price_fen:yuan}。",
    en="{item}: {fee_fen:yuan} is more than the published {price_fen:yuan}.",
)
NOTHING_IN_SCOPE = reason(
    "redemption.nothing_in_scope", zh="账单没有可以用券的项目。", en="Nothing on the bill can be paid with a voucher."
)
MIXED_GROUPS = reason(
    "redemption.mixed_groups", zh="一张账单只能有一组服务。", en="A bill is for services of one group."
)
OUTSIDE_MONTH = reason(
    "redemption.outside_month",
    zh="{day}的服务不在这张券的月份({month})内。",
    en="The service of {day} is outside the voucher's month {month}.",
)
IN_THE_FUTURE = reason(
    "redemption.in_the_future",
    zh="{day}还没有到，服务不能先入账。",
    en="{day} is still to come; a service cannot be booked ahead.",
)
WRONG_VISIT = reason(
    "redemption.visit_differs",
    zh="服务记录与账单的人、机构、项目或日期不一致。",
    en="The visit is of another person, provider, item or day.",
)
WRONG_MEAL = reason(
    "redemption.meal_differs",
    zh="用餐记录与账单的人、助餐点、项目或日期不一致，或没有用餐。",
    en="The meal is of another person, meal point, item or day, or was not eaten.",
)
COSTS_NOTHING = reason(
    "redemption.costs_nothing",
    zh="“{item}”优惠后不收费，不用入账。",
    en="{item} costs nothing after the discount; there is nothing to book.",
)
WRONG_RENT = reason(
    "redemption.rent_differs",
    zh="租金与账单的人、机构、项目、日期或天数不一致。",
    en="The rent is of another person, provider, item, day or number of days.",
)
WRONG_STAY = reason(
    "redemption.stay_differs",
    zh="{day}老年人不在这家机构入住。",
    en="The person did not stay with the provider on {day}.",
)

MOST_LINES = 200


@dataclass(frozen=True)
class Charge:
    """One line as handed in: an item's code, the day, how many units, the fee in fen (None: list price × units).

    ``item`` may be the code of an upgraded item of the provider; it becomes two lines, base item and difference.
    """

    item: str
    service_on: date
    quantity: int = 1
    fee_fen: int | None = None
    other_fen: int = 0
    visit: UUID | None = None
    stay: UUID | None = None
    meal: UUID | None = None
    rent: UUID | None = None

    @property
    def is_recorded(self) -> bool:
        """Whether a record of the service itself says whom it was for: nobody has to show a card for it."""
        return bool(self.visit or self.stay or self.meal or self.rent)

    def as_dict(self) -> dict[str, Any]:
        return {
            "item": self.item,
            "service_on": self.service_on.isoformat(),
            "quantity": self.quantity,
            "fee_fen": self.fee_fen,
            "other_fen": self.other_fen,
            "visit": str(self.visit) if self.visit else None,
            "stay": str(self.stay) if self.stay else None,
            "meal": str(self.meal) if self.meal else None,
            "rent": str(self.rent) if self.rent else None,
        }

    @classmethod
    def of_dict(cls, kept: dict[str, Any]) -> Charge:
        return cls(
            item=kept["item"],
            service_on=date.fromisoformat(kept["service_on"]),
            quantity=kept["quantity"],
            fee_fen=kept["fee_fen"],
            other_fen=kept["other_fen"],
            visit=UUID(kept["visit"]) if kept["visit"] else None,
            stay=UUID(kept["stay"]) if kept["stay"] else None,
            meal=UUID(kept["meal"]) if kept.get("meal") else None,
            rent=UUID(kept["rent"]) if kept.get("rent") else None,
        )


@dataclass(frozen=True)
class Priced:
    """A line read against the catalogue: its item, list price, fee after ``off_fen``, group and evidence.

    ``other_fen``: other public money on it. ``upgrade``: the line is the difference to the upgraded item.
    """

    charge: Charge
    item: Item
    price_fen: int
    fee_fen: int
    category: str
    visit: Visit | None = None
    stay: Stay | None = None
    meal: MealLine | None = None
    rent: UUID | None = None
    other_fen: int = 0
    off_fen: int = 0
    upgrade: Upgrade | None = None

    @property
    def in_scope(self) -> bool:
        """Whether the voucher may pay for it: never for what is dearer than the base item."""
        return self.item.in_scope and self.upgrade is None


@dataclass
class Reading:
    """A bill read: its lines, and the group that its in-scope lines share."""

    lines: list[Priced] = field(default_factory=list)

    @property
    def category(self) -> str:
        """Refuses with ``redemption.nothing_in_scope`` or ``redemption.mixed_groups``."""
        if not self.has_scope:
            raise NOTHING_IN_SCOPE("lines")
        return self._one({line.category for line in self.lines if line.in_scope})

    @property
    def has_scope(self) -> bool:
        """Whether a voucher could pay for anything on it."""
        return any(line.in_scope for line in self.lines)

    @property
    def whole_category(self) -> str:
        """The group of all lines, for a bill without a voucher. Refuses with ``redemption.mixed_groups``."""
        return self._one({line.category for line in self.lines})

    @staticmethod
    def _one(groups: set[str]) -> str:
        if len(groups) > 1:
            raise MIXED_GROUPS("lines")
        return groups.pop()

    @property
    def fee_fen(self) -> int:
        return sum(line.fee_fen for line in self.lines)


def read(
    *,
    county: str,
    person: Person,
    provider: Provider,
    charges: Sequence[Charge],
    month: Month,
    on: date,
    rules: Terms,
    discounts: Mapping[date, Mapping[str, Sequence[DiscountTerms]]] | None = None,
    served_in: str = "",
) -> Reading:
    """Read the lines of a bill; a bounded number of queries whatever their number.

    Each line names a catalogue item in force on its service day, or an upgraded one, costs at most the provider's
    published price for its units, lies in the month and not in the future, and agrees with the visit, stay, meal or
    rent that it names. ``discounts``: what the merchant takes off, by day and kind of help. ``served_in``: the county
    of the provider's catalogue, where it is another.
    """
    if not charges:
        raise NO_LINES("lines")
    if len(charges) > MOST_LINES:
        raise TOO_MANY_LINES("lines", most=MOST_LINES)
    for charge in charges:
        _check_amounts(charge)
        if charge.service_on not in month:
            raise OUTSIDE_MONTH("service_on", day=charge.service_on, month=month)
        if charge.service_on > on:
            raise IN_THE_FUTURE("service_on", day=charge.service_on)
    items = catalogue(served_in or county, charges)
    upgrades = _upgrades(served_in or county, provider, charges, items)
    prices = price_lists(provider, items)
    visits = _visits(county, charges)
    stays = _stays(county, person, charges, items)
    meals = _meals(county, charges)
    found = Reading()
    for charge in charges:
        upgrade = _upgrade_on(upgrades.get(charge.item, []), charge)
        item = in_force(items.get(upgrade.base.code if upgrade else charge.item, []), charge)
        visit = _visit(visits, charge, person, provider, item)
        stay = _stay(stays, charge, provider, item)
        category = _category(item, stay, on, rules)
        if charge.meal is not None:
            found.lines.append(_meal(meals, charge, person, provider, item, category))
            continue
        if charge.rent is not None:
            found.lines.append(_rent(charge, person, provider, item, category))
            continue
        price = price_for(prices.get(item.id, []), charge)
        off = (discounts or {}).get(charge.service_on, {}).get(item.help, ())
        found.lines += _priced(Priced(charge, item, price, 0, category, visit, stay), upgrade, off)
    return found


def _priced(line: Priced, upgrade: Upgrade | None, off: Sequence[DiscountTerms]) -> list[Priced]:
    """A line with its fee; of an upgraded item two, the base item at its price and the difference."""
    charge, listed = line.charge, line.price_fen * line.charge.quantity
    most = listed if upgrade is None else upgrade.price_fen * charge.quantity
    fee = most if charge.fee_fen is None else charge.fee_fen
    if fee > most:
        raise ABOVE_PRICE("fee_fen", item=upgrade.name if upgrade else line.item.name, fee_fen=fee, price_fen=most)
    reduced = reduce(fee, off)
    if not reduced.pays_fen:
        raise COSTS_NOTHING("fee_fen", item=line.item.name)
    base = replace(line, fee_fen=min(reduced.pays_fen, listed), off_fen=reduced.off_fen, other_fen=charge.other_fen)
    more = reduced.pays_fen - base.fee_fen
    if upgrade is None or not more:
        return [base]
    each = upgrade.price_fen - line.price_fen
    return [base, replace(line, price_fen=each, fee_fen=more, upgrade=upgrade)]


def _check_amounts(charge: Charge) -> None:
    whole(charge.quantity, "quantity", least=1)
    whole(charge.other_fen, "other_fen", least=0)
    if charge.fee_fen is not None:
        whole(charge.fee_fen, "fee_fen", least=1)


def catalogue(county: str, charges: Sequence[Charge]) -> dict[str, list[Item]]:
    """The catalogue entries of each code, the most local first."""
    return _entries(county, {charge.item for charge in charges})


_ITEMS = Ready(lambda places, codes: Item.objects.filter(one_of("place", places), one_of("code", codes)).order_by("id"))


def _entries(county: str, codes: Collection[str]) -> dict[str, list[Item]]:
    order = layers(county)
    found: dict[str, list[Item]] = {}
    if codes:
        rows = _ITEMS.all(places=order, codes=sorted(codes))
        for item in sorted(rows, key=lambda row: (order.index(row.place), row.valid_from)):
            found.setdefault(item.code, []).append(item)
    return found


def in_force(items: Sequence[Item], charge: Charge) -> Item:
    for item in items:
        if item.valid_from <= charge.service_on and (item.valid_to is None or charge.service_on <= item.valid_to):
            return item
    raise UNKNOWN_ITEM("item", item=charge.item)


_PRICES = Ready(
    lambda provider, items: Price.objects.filter(one_of("item_id", items), provider_id=provider).order_by("valid_from")
)


def price_lists(provider: Provider, items: dict[str, list[Item]]) -> dict[int, list[Price]]:
    ids = [item.id for each in items.values() for item in each]
    found: dict[int, list[Price]] = {}
    for price in _PRICES.all(provider=provider.id, items=ids) if ids else []:
        found.setdefault(price.item_id, []).append(price)
    return found


def price_for(prices: Sequence[Price], charge: Charge) -> int:
    for price in prices:
        if price.valid_from <= charge.service_on and (price.valid_to is None or charge.service_on <= price.valid_to):
            return price.price_fen
    raise NO_PRICE("item", item=charge.item)


def _visits(county: str, charges: Sequence[Charge]) -> dict[UUID, Visit]:
    wanted = [charge.visit for charge in charges if charge.visit]
    if not wanted:
        return {}
    return {visit.id: visit for visit in Visit.objects.filter(county=county, id__in=wanted).order_by("id")}


def _visit(visits: dict[UUID, Visit], charge: Charge, person: Person, provider: Provider, item: Item) -> Visit | None:
    if charge.visit is None:
        return None
    visit = visits.get(charge.visit)
    if (
        visit is None
        or visit.person_id != person.id
        or visit.provider_id != provider.id
        or visit.item_id != item.id
        or visit.service_on != charge.service_on
        or visit.quantity < charge.quantity
    ):
        raise WRONG_VISIT("visit")
    return visit


def _upgrades(
    county: str, provider: Provider, charges: Sequence[Charge], items: dict[str, list[Item]]
) -> dict[str, list[Upgrade]]:
    """The provider's upgraded items among the charges; the catalogue entries of their base items join ``items``."""
    unknown = {charge.item for charge in charges} - set(items)
    found: dict[str, list[Upgrade]] = {}
    if unknown:
        rows = Upgrade.objects.filter(provider=provider, code__in=unknown).select_related("base")
        for upgrade in rows.order_by("valid_from"):
            found.setdefault(upgrade.code, []).append(upgrade)
        bases = {each.base.code for rows_ in found.values() for each in rows_} - set(items)
        items |= _entries(county, bases)
    return found


def _upgrade_on(upgrades: Sequence[Upgrade], charge: Charge) -> Upgrade | None:
    for each in upgrades:
        if each.valid_from <= charge.service_on and (each.valid_to is None or charge.service_on <= each.valid_to):
            return each
    return None


def _meals(county: str, charges: Sequence[Charge]) -> dict[UUID, MealLine]:
    wanted = [charge.meal for charge in charges if charge.meal]
    if not wanted:
        return {}
    rows = MealLine.objects.filter(county=county, id__in=wanted).select_related("booking__menu__point")
    return {row.id: row for row in rows.order_by("id")}


def _meal(
    meals: Mapping[UUID, MealLine], charge: Charge, person: Person, provider: Provider, item: Item, category: str
) -> Priced:
    """A served meal costs what its tariff says: what the point lets go is off, what others pay is other money."""
    assert charge.meal is not None
    meal = meals.get(charge.meal)
    if (
        meal is None
        or meal.booking.state != Booking.State.SERVED
        or meal.booking.person_id != person.id
        or meal.booking.menu.point.provider_id != provider.id
        or meal.item_id != item.id
        or meal.service_on != charge.service_on
        or charge.quantity != 1
    ):
        raise WRONG_MEAL("meal")
    off = meal.parts.get("point", 0)
    other = sum(fen for payer, fen in meal.parts.items() if payer != "point")
    return Priced(charge, item, meal.price_fen, meal.price_fen - off, category, meal=meal, other_fen=other, off_fen=off)


def _rent(charge: Charge, person: Person, provider: Provider, item: Item, category: str) -> Priced:
    """The days of a month for which a piece was lent, at the price by the day that was promised with it."""
    assert charge.rent is not None
    due = to_charge(county=person.county, provider=provider, person_id=person.id, line_id=charge.rent)
    for rent in due:
        if (rent.item.id, rent.service_on, rent.quantity) == (item.id, charge.service_on, charge.quantity):
            return Priced(charge, item, rent.price_fen, rent.fee_fen, category, rent=rent.line_id)
    raise WRONG_RENT("rent")


def _stays(county: str, person: Person, charges: Sequence[Charge], items: dict[str, list[Item]]) -> list[Stay]:
    if not any(item.evidence == Evidence.STAY for each in items.values() for item in each):
        return []
    first = min(charge.service_on for charge in charges)
    open_or_later = Q(discharged_on__isnull=True) | Q(discharged_on__gte=first)
    return list(Stay.objects.filter(open_or_later, county=county, person_id=person.id).order_by("admitted_on"))


def _stay(stays: Sequence[Stay], charge: Charge, provider: Provider, item: Item) -> Stay | None:
    if item.evidence != Evidence.STAY:
        return None
    for stay in stays:
        if (
            stay.provider_id == provider.id
            and (charge.stay is None or charge.stay == stay.id)
            and stay.admitted_on <= charge.service_on
            and (stay.discharged_on is None or charge.service_on <= stay.discharged_on)
        ):
            return stay
    raise WRONG_STAY("stay", day=charge.service_on)


def _category(item: Item, stay: Stay | None, on: date, rules: Terms) -> str:
    """A stay's length says whether its items are long-term or respite; every other item names its own group."""
    if stay is not None and item.category.startswith("institution"):
        return str(category_of(stay, on=on, long_days=rules.long_stay_days))
    return Category(item.category).value if item.in_scope else item.category
