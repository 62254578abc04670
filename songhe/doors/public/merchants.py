"""The merchants that take the card: where they are, for what, what they take off the price, and how far. 爱心商家"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from songhe.doors.public import words
from songhe.doors.public.directory import prices
from songhe.doors.public.finder import Asked, asked_of, chips, found_page, how_far, on_map
from songhe.doors.public.map import Ground, ground
from songhe.doors.public.opening import now_said, week_said
from songhe.doors.public.place import County, counties, of_address
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import address
from songhe.doors.staff.words import Word, listed, said, titled
from songhe.kernel.geo import Point, distance_metres
from songhe.provider.catalogue import UNITS
from songhe.provider.discount import reduce, terms_on
from songhe.provider.help import EVERYTHING, HELPS
from songhe.provider.hours import Week, standing, weeks
from songhe.provider.models import Discount, Partner
from songhe.provider.partner import partners_on

#: A sign for each kind of help on the map; who offers several is a shop.
LETTERS: dict[str, Any] = {
    "meals": pgettext_lazy("map", "餐"),
    "bathing": pgettext_lazy("map", "浴"),
    "medical": pgettext_lazy("map", "医"),
    "cleaning": pgettext_lazy("map", "洁"),
    "travel": pgettext_lazy("map", "行"),
    "urgent": pgettext_lazy("map", "急"),
    "daily_life": pgettext_lazy("map", "活"),
    "aids": pgettext_lazy("map", "具"),
    "company": pgettext_lazy("map", "伴"),
    "goods": pgettext_lazy("map", "购"),
    "nursing": pgettext_lazy("map", "护"),
}
SHOP = pgettext_lazy("map", "店")


@dataclass(frozen=True)
class Off:
    """A discount in a sentence, for one kind of help or (""): for all that is sold."""

    of: str
    text: str
    until: date | None


@dataclass(frozen=True)
class Merchant:
    """A merchant as the list, the map and its own page show it."""

    partner: Partner
    helps: tuple[str, ...]
    town: str
    town_code: str
    metres: int | None
    offs: tuple[Off, ...] = ()
    hours: Word | None = None
    week: Week = field(default_factory=dict)

    @property
    def row(self) -> Any:
        return self.partner.provider

    @property
    def address(self) -> str:
        return f"{reverse('public:merchant', args=[self.partner.provider_id])}?county={self.partner.county}"

    @property
    def distance(self) -> str:
        return how_far(self.metres)


@require_safe
def merchants(request: DoorRequest) -> HttpResponse:
    """The list of a county on the day, the nearest first where it is known from where, else by name."""
    county, known = county_of(request)
    if county is None:
        return render(request, "public/merchants_none.html", {"place": "merchants"})
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    help = help_of(request)
    found = open_now(request, found_by(asked, help, drawn, request.on))
    known_helps = offered(county.code, request.on)
    said = {
        **found_page(
            request,
            asked,
            known,
            found,
            shown=lambda page: with_hours(with_discounts(page, request.on), request.at),
            places_at=reverse("public:merchant-places"),
        ),
        "place": "merchants",
        "help": help,
        "helps": chips(request, "help", ((one, help_name(one)) for one in HELPS if one in known_helps), help),
        "only_open": only_open(request),
        "open_at": address(request, open="" if only_open(request) else "1", page=""),
    }
    return render(request, "public/merchants.html", said)


@require_safe
def places(request: DoorRequest) -> HttpResponse:
    """The map of every merchant that the filters leave."""
    county, _known = county_of(request)
    help = help_of(request)

    def found(asked: Asked, drawn: Ground) -> Iterable[tuple[float | None, float | None, dict[str, str]]]:
        rows = open_now(request, found_by(asked, help, drawn, request.on))
        return map(placed, with_hours(rows, request.at))

    return on_map(request, county, found)


def only_open(request: DoorRequest) -> bool:
    return request.GET.get("open") == "1"


def open_now(request: DoorRequest, found: list[Merchant]) -> list[Merchant]:
    """Those that are open at the moment, where the address asks for them alone; not those who told no hours."""
    if not only_open(request):
        return found
    told = weeks(one.partner.provider_id for one in found)
    states = ((one, standing(told[one.partner.provider_id], request.at)) for one in found)
    return [one for one, state in states if state is not None and state.is_open]


def with_hours(shown: Iterable[Merchant], at: datetime) -> list[Merchant]:
    """The same with when they are open, in one query for all of them."""
    shown = list(shown)
    told = weeks(one.partner.provider_id for one in shown)
    return [
        replace(one, week=told[one.partner.provider_id], hours=now_said(told[one.partner.provider_id], at))
        for one in shown
    ]


def placed(one: Merchant) -> tuple[float | None, float | None, dict[str, str]]:
    told = {
        "name": one.row.name,
        "kind": "merchant",
        "word": listed(one.helps) + (f" · {one.hours.said}" if one.hours else ""),
        "letter": letter(one.partner),
        "address": one.address,
        "distance": one.distance,
        "suspended": "",
    }
    return one.row.longitude, one.row.latitude, told


@require_safe
def merchant(request: DoorRequest, provider_id: int) -> HttpResponse:
    """One merchant: what it takes the card for, its discounts, and its prices with them. 404 when not on a list."""
    codes = [one.code for one in listing_counties(request.on)]
    wanted = request.GET.get("county", "")
    for code in sorted(codes, key=lambda one: one != wanted):
        partner = partners_on(code, request.on).filter(provider_id=provider_id).first()
        if partner is not None:
            break
    else:
        raise Http404
    county = counties([partner.county], request.on)[0]
    drawn = ground(county.code)
    asked = asked_of(request, county, drawn)
    (shown,) = with_hours(with_discounts([merchant_of(partner, asked, drawn)], request.on), request.at)
    return render(
        request,
        "public/merchant.html",
        {
            "place": "merchants",
            "crumbs": [
                Crumb(pgettext("page", "爱心商家"), f"{reverse('public:merchants')}?county={county.code}"),
                Crumb(partner.provider.name),
            ],
            "entry": shown,
            "week": week_said(shown.week),
            "county": county,
            "prices": priced(partner, request.on),
        },
    )


def county_of(request: DoorRequest) -> tuple[County | None, list[County]]:
    """The county of the address, else the first that has merchants on the day; and all that have."""
    return of_address(request, listing_counties(request.on))


def listing_counties(on: date) -> list[County]:
    rows = Partner.objects.exclude(state__in=[Partner.State.PROPOSED, Partner.State.DECLINED])
    return counties(list(rows.order_by("county").values_list("county", flat=True).distinct()), on)


def offered(county: str, on: date) -> frozenset[str]:
    """The kinds of help that any merchant of the county offers."""
    return frozenset(one for helps in partners_on(county, on).values_list("helps", flat=True) for one in helps)


def help_of(request: DoorRequest) -> str:
    given = request.GET.get("help", "")
    return given if given in HELPS else ""


def help_name(help: str) -> str:
    return titled(*HELPS[help])


def letter(partner: Partner) -> str:
    return str(LETTERS[partner.helps[0]] if len(partner.helps) == 1 else SHOP)


def found_by(asked: Asked, help: str, drawn: Ground | None, on: date) -> list[Merchant]:
    """The merchants that the filters leave, without discounts: one query whatever their number."""
    rows = partners_on(asked.county.code, on)
    if asked.text:
        rows = rows.filter(Q(provider__name__icontains=asked.text) | Q(provider__address__icontains=asked.text))
    found = [merchant_of(row, asked, drawn) for row in rows if not help or help in row.helps]
    if asked.town:
        found = [one for one in found if one.town_code == asked.town]
    if asked.origin:
        found.sort(key=lambda one: (one.metres is None, one.metres or 0, one.row.name))
    return found


def merchant_of(partner: Partner, asked: Asked, drawn: Ground | None) -> Merchant:
    row = partner.provider
    town = drawn.town_of(row.longitude, row.latitude) if drawn else None
    metres = None
    if asked.origin and row.longitude is not None and row.latitude is not None:
        metres = round(distance_metres(asked.origin, Point(row.latitude, row.longitude)))
    return Merchant(
        partner=partner,
        helps=tuple(help_name(one) for one in partner.helps),
        town=town.name if town else "",
        town_code=town.code if town else "",
        metres=metres,
    )


def with_discounts(shown: Iterable[Merchant], on: date) -> list[Merchant]:
    """The same with the discounts of the day, in one query for the whole page."""
    shown = list(shown)
    rows = Discount.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    by_partner: dict[int, list[Off]] = defaultdict(list)
    for row in rows.filter(partner__in=[one.partner.pk for one in shown]).order_by("id"):
        by_partner[row.partner_id].append(off_of(row))
    return [replace(one, offs=tuple(by_partner[one.partner.pk])) for one in shown]


def off_of(row: Discount) -> Off:
    told: dict[str, Any] = {"least": words.yuan(row.least_fen)}
    if row.per_cent is not None:
        told["off"] = row.per_cent
        text = _("满 %(least)s 元减 %(off)s%%") if row.least_fen else _("减 %(off)s%%")
    else:
        told["off"] = words.yuan(row.off_fen or 0)
        text = _("满 %(least)s 元减 %(off)s 元") if row.least_fen else _("减 %(off)s 元")
    return Off("" if row.help == EVERYTHING else help_name(row.help), text % told, row.valid_to)


def priced(partner: Partner, on: date) -> list[dict[str, Any]]:
    """The price list of what the merchant takes the card for, with the discount of the day."""
    terms = terms_on(partner, on)
    found = []
    for price in prices([partner.provider_id], on):
        if price.item.help not in partner.helps:
            continue
        reduced = reduce(price.price_fen, terms[price.item.help])
        found.append(
            {
                "name": said(price.item.name, price.item.name_en),
                "unit": said(*UNITS[price.item.unit]) if price.item.unit in UNITS else price.item.unit,
                "help": help_name(price.item.help),
                "price_fen": price.price_fen,
                "pays_fen": reduced.pays_fen,
            }
        )
    return found
