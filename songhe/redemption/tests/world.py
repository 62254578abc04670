"""Providers with prices, and services given in March, for the stories of bills."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import COUNTY, at, body
from songhe.grant.tests.world import TENTH
from songhe.person.models import Medium
from songhe.provider.models import Category, Item, Kind, Listing, Price, Provider
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.redeem import redeem
from songhe.service.models import Stay, Visit

START = date(2025, 1, 1)


def item(code="bath", *, category="home", evidence="visit", in_scope=True) -> Item:
    made, _ = Item.objects.get_or_create(
        place="000000",
        code=code,
        valid_from=START,
        defaults={
            "name": code,
            "name_en": code,
            "category": category,
            "unit": "visit",
            "evidence": evidence,
            "in_scope": in_scope,
        },
    )
    return made


def provider(*, kind=Kind.COMMUNITY, prices=None, **fields) -> Provider:
    made = body(kind=kind, **fields)
    Listing.objects.filter(provider=made).update(categories=list(Category.values))
    for code, price_fen in (prices or {"bath": 100_000}).items():
        Price.objects.create(provider=made, item=item(code), price_fen=price_fen, valid_from=START)
    return made


def pay(grant, who, *charges, ltci_fen=0, on=TENTH, by="manager", **more):
    request = Request(provider_id=who.id, charges=tuple(charges), grant_no=grant.no, ltci_fen=ltci_fen, **more)
    return redeem(county=grant.county, request=request, at=at(on), on=on, by=by)


def bath(fee_fen=None, *, day=9, **more) -> Charge:
    return Charge(item="bath", service_on=date(2026, 3, day), fee_fen=fee_fen, **more)


def visit_of(grant, who, *, code="bath", day=9, verdict="pass") -> Visit:
    return Visit.objects.create(
        county=grant.county,
        person_id=grant.person_id,
        provider=who,
        item=item(code),
        kind="visit",
        service_on=date(2026, 3, day),
        verdict=verdict,
        recorded_by="carer",
        recorded_at=at(date(2026, 3, day)),
    )


def stay_of(grant, who, *, since=date(2026, 1, 1), **fields) -> Stay:
    return Stay.objects.create(
        county=grant.county,
        person_id=grant.person_id,
        provider=who,
        admitted_on=since,
        recorded_by="home",
        recorded_at=at(since),
        **fields,
    )


def card_of(grant, number="C001") -> str:
    Medium.objects.create(county=grant.county, person_id=grant.person_id, kind="card", number=number, valid_from=START)
    return number


__all__ = ["COUNTY", "bath", "card_of", "item", "pay", "provider", "stay_of", "visit_of"]
