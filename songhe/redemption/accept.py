"""Whether a provider may be paid for these lines, and for this person: its place on a list, and the person's life."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from songhe.card.models import Card
from songhe.county.ready import Ready
from songhe.kernel.place_code import province
from songhe.kernel.refusal import reason
from songhe.person.models import Event, Person
from songhe.policy.terms import Terms
from songhe.provider.agreement import county_serving
from songhe.provider.discount import Terms as DiscountTerms
from songhe.provider.discount import terms_on
from songhe.provider.models import Listing, Partner, Provider, Suspension
from songhe.provider.partner import require_partner
from songhe.redemption.bill import Charge, Priced
from songhe.redemption.verdict import is_proved_by_showing

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
RECORD_FIRST = reason(
    "redemption.record_first",
    zh="“{item}”要先登记服务记录（上门或陪同），再入账。",
    en="Record the visit or the company of {item} first, then charge it.",
    status=409,
)
OUTSIDE_PROVINCE = reason(
    "redemption.outside_province",
    zh="本地规定只能在省内使用，这家机构在省外。",
    en="The voucher works only inside the province, and the provider is outside.",
    status=409,
)

#: What a merchant takes off, by day and kind of help.
Discounts = Mapping[date, Mapping[str, Sequence[DiscountTerms]]]


_LISTINGS = Ready(lambda provider, county: Listing.objects.filter(provider_id=provider, county=county).order_by("id"))
_SUSPENSIONS = Ready(
    lambda provider, county: Suspension.objects.filter(provider_id=provider, county=county).order_by("id")
)


def require_listed(*, county: str, provider: Provider, lines: Sequence[Priced], category: str, rules: Terms) -> None:
    """On every service day the provider was listed for the group and not suspended (programmes 10, 10).

    A resident of a suspended home is not stranded: stays count until the day the suspension gives residents.
    """
    if rules.service_in_province and province(provider.place) != province(county):
        raise OUTSIDE_PROVINCE("provider")
    listings = _LISTINGS.all(provider=provider.id, county=county)
    suspensions = _SUSPENSIONS.all(provider=provider.id, county=county)
    for day in sorted({line.charge.service_on for line in lines}):
        if not any(
            each.valid_from <= day and (each.valid_to is None or day <= each.valid_to) and category in each.categories
            for each in listings
        ):
            raise NOT_LISTED("provider", day=day, category=category)
        resident = all(line.stay is not None for line in lines if line.charge.service_on == day)
        if any(_stops(each, day, resident=resident) for each in suspensions):
            raise SUSPENDED("provider", day=day)


def serving(card: Card | None, provider: Provider, charges: Sequence[Charge]) -> str:
    """The other county whose provider serves the card under an agreement, which pays it; "" at home or without card."""
    if card is None:
        return ""
    days = {charge.service_on for charge in charges}
    served_in = county_serving(home=card.county, provider=provider, days=days)
    return "" if served_in == card.county else served_in


_PARTNER = Ready(lambda provider, county: Partner.objects.filter(provider_id=provider, county=county).order_by("-id"))


def partner_of(provider: Provider, county: str) -> Partner | None:
    """The provider's place on the county's white list of merchants, whatever became of it; ``None``: it has none."""
    return _PARTNER.first(provider=provider.id, county=county)


def discounts_of(partner: Partner | None, days: Collection[date]) -> Discounts:
    """What a merchant takes off for holders of a card on each day."""
    return {day: terms_on(partner, day) for day in set(days)} if partner is not None else {}


def require_accepted(
    *, county: str, provider: Provider, partner: Partner | None, lines: Sequence[Priced], category: str, rules: Terms
) -> None:
    """The card is taken by merchants of the white list, for what they are admitted for, and by listed providers.

    ``county`` is the one whose lists count: that of the card, or one that serves it under an agreement. A merchant's
    lines prove themselves or name their record: nobody could check them later, and they would never be settled.
    Refuses with ``redemption.record_first``, and as ``provider.partner.require_partner`` or ``require_listed`` do.
    """
    if partner is None:
        require_listed(county=county, provider=provider, lines=lines, category=category, rules=rules)
        return
    for day, help in sorted({(line.charge.service_on, line.item.help) for line in lines}):
        require_partner(provider, county, day, help=help or None)
    for line in lines:
        if not line.charge.is_recorded and not is_proved_by_showing(line.item):
            raise RECORD_FIRST("visit", item=line.item.name)


_REPORTED = Ready(
    lambda county, person_id, last: Event.objects.filter(
        county=county,
        person_id=person_id,
        kind=Event.Kind.DEATH,
        state=Event.State.REPORTED,
        happened_on__lt=last,
    ).values_list("id")
)


def require_alive(*, person: Person, lines: Sequence[Priced]) -> None:
    """No service is dated after the person's death, verified or merely reported (001, answer 6)."""
    last = max(line.charge.service_on for line in lines)
    if person.died_on is not None and last > person.died_on:
        raise AFTER_DEATH("service_on", day=last)
    if _REPORTED.first(county=person.county, person_id=person.id, last=last) is not None:
        raise DEATH_REPORTED("service_on", day=last)


def _stops(suspension: Suspension, day: date, *, resident: bool) -> bool:
    if day < suspension.since or (suspension.until is not None and day > suspension.until):
        return False
    return not (resident and (suspension.residents_until is None or day <= suspension.residents_until))
