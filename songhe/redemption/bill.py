"""What a bill may say: its lines read against catalogue, price list, contract, evidence and the person's life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from songhe.kernel.month import Month
from songhe.kernel.place_code import layers, province
from songhe.kernel.refusal import reason, whole
from songhe.person.models import Event, Person
from songhe.policy.terms import Terms
from songhe.provider.models import Category, Evidence, Item, Listing, Price, Provider, Suspension
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
    zh="“{item}”收费{fee_fen}分，高于公示价{price_fen}分。",
    en="{item}: {fee_fen} fen is more than the published {price_fen} fen.",
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
AFTER_DEATH = reason(
    "redemption.after_death",
    zh="{day}的服务在老年人去世之后，不能入账。",
    en="The service of {day} is dated after the person's death.",
    status=409,
)
DEATH_REPORTED = reason(
    "redemption.death_reported",
    zh="有人报告老年人已去世，{day}的服务等核实后再入账。",
    en="A death was reported; the service of {day} waits until it is verified.",
    status=409,
)
NOT_LISTED = reason(
    "redemption.provider_not_listed",
    zh="{day}这家机构没有签约“{category}”服务。",
    en="The provider was not listed for {category} on {day}.",
    status=409,
)
SUSPENDED = reason(
    "redemption.provider_suspended", zh="这家机构{day}已被暂停。", en="The provider was suspended on {day}.", status=409
)
OUTSIDE_PROVINCE = reason(
    "redemption.outside_province",
    zh="本地规定只能在省内使用，这家机构在省外。",
    en="The voucher works only inside the province, and the provider is outside.",
    status=409,
)
WRONG_VISIT = reason(
    "redemption.visit_differs",
    zh="服务记录与账单的人、机构、项目或日期不一致。",
    en="The visit is of another person, provider, item or day.",
)
WRONG_STAY = reason(
    "redemption.stay_differs",
    zh="{day}老年人不在这家机构入住。",
    en="The person did not stay with the provider on {day}.",
)

MOST_LINES = 200


@dataclass(frozen=True)
class Charge:
    """One line as handed in: an item's code, the day, how many units, the fee in fen (None: list price × units)."""

    item: str
    service_on: date
    quantity: int = 1
    fee_fen: int | None = None
    other_fen: int = 0
    visit: UUID | None = None
    stay: UUID | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "item": self.item,
            "service_on": self.service_on.isoformat(),
            "quantity": self.quantity,
            "fee_fen": self.fee_fen,
            "other_fen": self.other_fen,
            "visit": str(self.visit) if self.visit else None,
            "stay": str(self.stay) if self.stay else None,
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
        )


@dataclass(frozen=True)
class Priced:
    """A line read against the catalogue: its item, list price, fee, group and evidence."""

    charge: Charge
    item: Item
    price_fen: int
    fee_fen: int
    category: str
    visit: Visit | None = None
    stay: Stay | None = None


@dataclass
class Reading:
    """A bill read: its lines, and the group that its in-scope lines share."""

    lines: list[Priced] = field(default_factory=list)

    @property
    def category(self) -> str:
        """Refuses with ``redemption.nothing_in_scope`` or ``redemption.mixed_groups``."""
        groups = {line.category for line in self.lines if line.item.in_scope}
        if not groups:
            raise NOTHING_IN_SCOPE("lines")
        if len(groups) > 1:
            raise MIXED_GROUPS("lines")
        return groups.pop()

    @property
    def fee_fen(self) -> int:
        return sum(line.fee_fen for line in self.lines)


def read(
    *, county: str, person: Person, provider: Provider, charges: Sequence[Charge], month: Month, on: date, rules: Terms
) -> Reading:
    """Read the lines of a bill; a bounded number of queries whatever their number.

    Each line names a catalogue item in force on its service day, costs at most the provider's published price for
    its units, lies in the month and not in the future, and agrees with the visit or stay that it names.
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
    items = catalogue(county, charges)
    prices = price_lists(provider, items)
    visits = _visits(county, charges)
    stays = _stays(county, person, charges, items)
    found = Reading()
    for charge in charges:
        item = in_force(items.get(charge.item, []), charge)
        price = price_for(prices.get(item.id, []), charge)
        listed = price * charge.quantity
        fee = listed if charge.fee_fen is None else charge.fee_fen
        if fee > listed:
            raise ABOVE_PRICE("fee_fen", item=item.name, fee_fen=fee, price_fen=listed)
        visit = _visit(visits, charge, person, provider, item)
        stay = _stay(stays, charge, provider, item)
        found.lines.append(Priced(charge, item, price, fee, _category(item, stay, on, rules), visit, stay))
    return found


def require_listed(*, county: str, provider: Provider, lines: Sequence[Priced], category: str, rules: Terms) -> None:
    """On every service day the provider was listed for the group and not suspended (programmes 10, 10).

    A resident of a suspended home is not stranded: stays count until the day the suspension gives residents.
    """
    if rules.service_in_province and province(provider.place) != province(county):
        raise OUTSIDE_PROVINCE("provider")
    listings = list(Listing.objects.filter(provider=provider, county=county).order_by("id"))
    suspensions = list(Suspension.objects.filter(provider=provider, county=county).order_by("id"))
    for day in sorted({line.charge.service_on for line in lines}):
        if not any(
            each.valid_from <= day and (each.valid_to is None or day <= each.valid_to) and category in each.categories
            for each in listings
        ):
            raise NOT_LISTED("provider", day=day, category=category)
        resident = all(line.stay is not None for line in lines if line.charge.service_on == day)
        if any(_stops(each, day, resident=resident) for each in suspensions):
            raise SUSPENDED("provider", day=day)


def require_alive(*, person: Person, lines: Sequence[Priced]) -> None:
    """No service is dated after the person's death, verified or merely reported (001, answer 6)."""
    last = max(line.charge.service_on for line in lines)
    if person.died_on is not None and last > person.died_on:
        raise AFTER_DEATH("service_on", day=last)
    reported = Event.objects.filter(
        county=person.county,
        person_id=person.id,
        kind=Event.Kind.DEATH,
        state=Event.State.REPORTED,
        happened_on__lt=last,
    )
    if reported.exists():
        raise DEATH_REPORTED("service_on", day=last)


def _stops(suspension: Suspension, day: date, *, resident: bool) -> bool:
    if day < suspension.since or (suspension.until is not None and day > suspension.until):
        return False
    return not (resident and (suspension.residents_until is None or day <= suspension.residents_until))


def _check_amounts(charge: Charge) -> None:
    whole(charge.quantity, "quantity", least=1)
    whole(charge.other_fen, "other_fen", least=0)
    if charge.fee_fen is not None:
        whole(charge.fee_fen, "fee_fen", least=1)


def catalogue(county: str, charges: Sequence[Charge]) -> dict[str, list[Item]]:
    """The catalogue entries of each code, the most local first."""
    order = layers(county)
    rows = Item.objects.filter(place__in=order, code__in={charge.item for charge in charges})
    found: dict[str, list[Item]] = {}
    for item in sorted(rows.order_by("id"), key=lambda row: (order.index(row.place), row.valid_from)):
        found.setdefault(item.code, []).append(item)
    return found


def in_force(items: Sequence[Item], charge: Charge) -> Item:
    for item in items:
        if item.valid_from <= charge.service_on and (item.valid_to is None or charge.service_on <= item.valid_to):
            return item
    raise UNKNOWN_ITEM("item", item=charge.item)


def price_lists(provider: Provider, items: dict[str, list[Item]]) -> dict[int, list[Price]]:
    ids = [item.id for each in items.values() for item in each]
    found: dict[int, list[Price]] = {}
    for price in Price.objects.filter(provider=provider, item_id__in=ids).order_by("valid_from"):
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
