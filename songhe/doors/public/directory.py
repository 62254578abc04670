"""The directory: who serves and who assesses, at what price, what a voucher takes off it, and how far off. 找机构"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.public import words
from songhe.doors.public.entitled import in_force
from songhe.doors.public.finder import Asked, asked_of, chips, found_page, how_far, on_map
from songhe.doors.public.map import Ground, ground
from songhe.doors.public.place import asked_for, counties
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.words import CATEGORIES, said
from songhe.feedback.queries import LEAST_RATINGS, Score, scores
from songhe.kernel.geo import Point, distance_metres
from songhe.kernel.integer import share
from songhe.policy.resolve import library
from songhe.policy.terms import Terms, terms_in
from songhe.provider.admit import listings_on
from songhe.provider.catalogue import ASSESSMENT, UNITS
from songhe.provider.models import Category, Item, Kind, Listing, Price, Provider, Suspension

#: Prices on a card of the list.
FIRST_PRICES = 3
ASSESSMENT_VOUCHER, CONSUMPTION_VOUCHER = "assessment-voucher", "consumption-voucher"


@dataclass(frozen=True)
class Priced:
    """An item of a price list. ``net_fen`` is what is left to pay while the cap is not reached; ``None``: own pay."""

    name: str
    category: str
    unit: str
    price_fen: int
    net_fen: int | None
    percent: str
    cap_fen: int | None
    since: date

    @property
    def is_off(self) -> bool:
        return self.net_fen is not None and self.net_fen < self.price_fen


@dataclass(frozen=True)
class Entry:
    """A provider as the list, the map and its own page show it."""

    row: Provider
    listing: Listing
    kind: Any
    sign: str
    groups: list[Any]
    town: str
    town_code: str
    metres: int | None
    suspended: Suspension | None
    score: Score | None
    prices: list[Priced]

    @property
    def address(self) -> str:
        return reverse("public:provider", args=[self.row.pk])

    @property
    def distance(self) -> str:
        return how_far(self.metres)


@require_safe
def directory(request: DoorRequest) -> HttpResponse:
    """The list of a county, the nearest first where it is known from where, else by name."""
    county, known = asked_for(request, request.on)
    if county is None:
        return render(request, "public/directory_none.html", {"place": "directory"})
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    found = entries(asked, drawn, request.on)
    said = {
        **found_page(
            request,
            asked,
            known,
            found,
            shown=lambda page: with_prices(page, asked, request.on),
            places_at=reverse("public:places"),
        ),
        "place": "directory",
        "kinds": chips(request, "kind", words.KINDS.items(), asked.kind),
        "groups": [(name, CATEGORIES[name].said) for name in Category.values],
        "least_ratings": LEAST_RATINGS,
    }
    return render(request, "public/directory.html", said)


@require_safe
def places(request: DoorRequest) -> HttpResponse:
    """The map of every provider that the filters leave."""
    county, _known = asked_for(request, request.on)
    return on_map(request, county, lambda asked, drawn: map(placed, entries(asked, drawn, request.on)))


def placed(entry: Entry) -> tuple[float | None, float | None, dict[str, str]]:
    told = {
        "name": entry.row.name,
        "kind": entry.row.kind,
        "word": str(entry.kind),
        "letter": str(words.LETTERS.get(entry.row.kind, "·")),
        "address": entry.address,
        "distance": entry.distance,
        "suspended": str(_("暂停接收")) if entry.suspended else "",
    }
    return entry.row.longitude, entry.row.latitude, told


@require_safe
def provider(request: DoorRequest, provider_id: int) -> HttpResponse:
    """One provider: prices and what is left of them, the days of its listing, its rating. 404 when not listed here."""
    listings = Listing.objects.filter(provider_id=provider_id, valid_from__lte=request.on).select_related("provider")
    wanted = request.GET.get("county", "")
    listing = max(listings, key=lambda one: (one.county == wanted, one.valid_from, one.county), default=None)
    if listing is None:
        raise Http404
    county = counties([listing.county], request.on)[0]
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    found = with_prices([entry_of(listing, asked, drawn, request.on)], asked, request.on, most=None)[0]
    is_listed = listing.valid_to is None or listing.valid_to >= request.on
    by_group: dict[str, list[Priced]] = defaultdict(list)
    for priced in found.prices:
        by_group[priced.category].append(priced)
    return render(
        request,
        "public/provider.html",
        {
            "place": "directory",
            "crumbs": [Crumb(_("找机构"), reverse("public:directory")), Crumb(found.row.name)],
            "entry": found,
            "county": county,
            "is_listed": is_listed,
            "groups": [
                {"name": group_name(name), "prices": priced, "cap_fen": next((one.cap_fen for one in priced), None)}
                for name, priced in by_group.items()
            ],
            "least_ratings": LEAST_RATINGS,
        },
    )


def group_name(category: str) -> Any:
    return CATEGORIES[category].said if category in CATEGORIES else _("能力评估")


def entries(asked: Asked, drawn: Ground | None, on: date) -> list[Entry]:
    """The providers that the filters leave, without prices and ratings: two queries whatever their number."""
    listings = listings_on(asked.county.code, on)
    if asked.kind:
        listings = listings.filter(provider__kind=asked.kind)
    if asked.text:
        listings = listings.filter(Q(provider__name__icontains=asked.text) | Q(provider__address__icontains=asked.text))
    rows = list(listings.order_by("provider__name", "provider_id"))
    if asked.group:
        rows = [row for row in rows if asked.group in row.categories]
    stopped = suspensions(asked.county.code, on)
    found = [entry_of(row, asked, drawn, on, stopped) for row in rows]
    if asked.town:
        found = [entry for entry in found if entry.town_code == asked.town]
    if asked.origin:
        found.sort(key=lambda entry: (entry.metres is None, entry.metres or 0, entry.row.name))
    return found


def entry_of(
    listing: Listing, asked: Asked, drawn: Ground | None, on: date, stopped: dict[int, Suspension] | None = None
) -> Entry:
    row = listing.provider
    town = drawn.town_of(row.longitude, row.latitude) if drawn else None
    metres = None
    if asked.origin and row.longitude is not None and row.latitude is not None:
        metres = round(distance_metres(asked.origin, Point(row.latitude, row.longitude)))
    return Entry(
        row=row,
        listing=listing,
        kind=words.KINDS[row.kind],
        sign=words.KIND_SIGNS[Kind(row.kind)],
        groups=[CATEGORIES[one].said for one in listing.categories if one in CATEGORIES],
        town=town.name if town else "",
        town_code=town.code if town else "",
        metres=metres,
        suspended=(stopped if stopped is not None else suspensions(listing.county, on)).get(row.pk),
        score=None,
        prices=[],
    )


def suspensions(county: str, on: date) -> dict[int, Suspension]:
    """Who takes nobody new on the day, by provider."""
    rows = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=on), county=county, since__lte=on)
    return {row.provider_id: row for row in rows}


def with_prices(shown: list[Entry], asked: Asked, on: date, *, most: int | None = FIRST_PRICES) -> list[Entry]:
    """The same with prices and ratings: a bounded number of queries for the whole page."""
    ids = [entry.row.pk for entry in shown]
    rated = scores(county=asked.county.code, provider_ids=ids)
    rules = {
        programme: terms_in(policy, place=asked.county.code, on=on)
        for programme in (CONSUMPTION_VOUCHER, ASSESSMENT_VOUCHER)
        if (policy := in_force(library(), programme, asked.county.code, on))
    }
    by_provider: dict[int, list[Priced]] = defaultdict(list)
    for price in prices(ids, on):
        by_provider[price.provider_id].append(priced_of(price, rules))
    return [
        Entry(
            **{
                **entry.__dict__,
                "score": rated.get(entry.row.pk),
                "prices": chosen(by_provider[entry.row.pk], asked.group, most),
            }
        )
        for entry in shown
    ]


def prices(provider_ids: Iterable[int], on: date) -> list[Price]:
    """The price lists of these providers on the day, in one query."""
    in_time = Price.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    rows = in_time.filter(provider_id__in=list(provider_ids)).select_related("item")
    order = {name: place for place, name in enumerate((*Category.values, ASSESSMENT))}
    return sorted(rows, key=lambda row: (not row.item.in_scope, order.get(row.item.category, 9), row.item.pk))


def chosen(found: list[Priced], group: str, most: int | None) -> list[Priced]:
    """All, or the first few of the group that is looked for; on a card only what the voucher pays towards."""
    if most is None:
        return found
    fitting = [one for one in found if one.net_fen is not None and (not group or one.category == group)]
    return fitting[:most]


def priced_of(price: Price, rules: dict[str, Terms]) -> Priced:
    """A price with what is left of it by the ratio of the place's pack on the day."""
    item: Item = price.item
    programme = ASSESSMENT_VOUCHER if item.category == ASSESSMENT else CONSUMPTION_VOUCHER
    terms = rules[programme].category(item.category) if programme in rules and item.in_scope else None
    ratio = terms.ratio if terms else None
    cap_fen = terms.cap_fen if terms else None
    off = min(share(price.price_fen, ratio), cap_fen) if ratio is not None and cap_fen is not None else None
    return Priced(
        name=said(item.name, item.name_en),
        category=item.category,
        unit=said(*UNITS[item.unit]) if item.unit in UNITS else item.unit,
        price_fen=price.price_fen,
        net_fen=None if off is None else price.price_fen - off,
        percent=words.percent(ratio or Fraction(0)),
        cap_fen=cap_fen,
        since=price.valid_from,
    )
