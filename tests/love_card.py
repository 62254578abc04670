"""Rows of the love card and of meals for whoever walks over the addresses of every door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

#: The verb that an address of these pages takes.
VERBS = {
    "provider/meals/menus": "begin",
    "provider/meals/bookings": "serve",
    "card/funds/new": "new",
    "card/merchants/new": "propose",
    "card/cards/open": "open",
}

COUNTY, DAY = "370799", date(2026, 3, 10)


def rows(person: Any, card: Any) -> dict[str, Any]:
    """A fund with money, a gift and a vote, somebody's card left to heirs, a merchant, a menu with a booking."""
    from songhe.assessment.tests import world
    from songhe.card import change
    from songhe.card.hold_models import Hold
    from songhe.card.hold_order_models import ItemOrder
    from songhe.card.models import Allotment, Decision, Donation, HeirPayment
    from songhe.card.purse import ensure
    from songhe.card.tests import world as cards
    from songhe.document.models import StoredFile
    from songhe.meal.models import Sample
    from songhe.meal.propose import propose_tariff
    from songhe.meal.tests import world as meals
    from songhe.offline.models import Device, Endowment, Trouble
    from songhe.provider.models import Kind
    from songhe.provider.partner import propose_partner

    at = world.at(DAY)
    collective = cards.made_fund(county=COUNTY, source="collective", level="village", amount_fen=0)
    charity = cards.made_fund(county=COUNTY, source="charity")
    decision = cards.decision(collective, 100_000)
    paper = StoredFile.objects.create(
        county=COUNTY, sha256="1" * 64, kind="pdf", size=1, name="vote.pdf", uploaded_at=at
    )
    Decision.objects.filter(county=COUNTY, id=decision.id).update(paper=paper)
    purse = ensure(card=card, fund=charity, on=DAY)
    asked = change.propose_change(
        of=charity, what=change.ALLOW, told={"category": "goods"}, document_no="1", at=at, by="somebody"
    )
    merchant = world.body(kind=Kind.MERCHANT, county=COUNTY)
    type(merchant).objects.filter(id=merchant.id).update(longitude=119.1, latitude=36.7)
    merchant.refresh_from_db()
    menu = meals.menu(day=DAY + timedelta(days=1), book_until=meals.clock(DAY, 18))
    booking = meals.booked(menu, person, at=meals.clock(DAY, 9), on=DAY)
    meals.sampled(menu)
    device = Device.objects.create(
        county=COUNTY, provider=merchant, name="1", public_key="0" * 64, asked_by="somebody", asked_at=at
    )
    held = Hold.objects.create(
        county=COUNTY, card=card, provider=merchant, help="goods", day=DAY, amount_fen=1, until=at, at=at, by="somebody"
    )
    order = ItemOrder.objects.create(
        county=COUNTY, no=f"{COUNTY}{1:018d}", hold=held, item="rice", price_fen=2, fee_fen=2, last_day=DAY
    )
    return {
        "order": order,
        "offline_device": device,
        "endowment": Endowment.objects.create(
            county=COUNTY, amount_fen=1, document_no="1", proposed_by="somebody", proposed_at=at
        ),
        "trouble": Trouble.objects.create(county=COUNTY, device=device, code="x", about="x", received_at=at),
        "fund": charity,
        "gift": Donation.objects.filter(county=COUNTY, fund_id=charity.id).first(),
        "decision": decision,
        "allotment": Allotment.objects.filter(county=COUNTY, fund_id=charity.id).first(),
        "menu": menu,
        "booking": booking,
        "sample": Sample.objects.filter(county=COUNTY).first(),
        "merchant": propose_partner(
            provider=merchant, county=COUNTY, helps=["goods"], valid_from=DAY, at=at, by="clerk"
        ),
        "card": card,
        "meal_proposal": propose_tariff(
            county=COUNTY,
            item=menu.item,
            price_fen=1_000,
            bands=meals.BANDS,
            valid_from=DAY + timedelta(days=30),
            at=at,
            by="somebody",
        ),
        "change": asked,
        "heir": HeirPayment.objects.create(
            county=COUNTY,
            purse=purse,
            amount_fen=100,
            name="王大",
            relation="儿子",
            evidence="公证书",
            proposed_by="somebody",
            proposed_at=at,
        ),
    }


def named(found: Any) -> dict[str, Any]:
    """What the places of an address name, by the name of the place."""
    return {
        "fund_id": found.fund.id,
        "gift_id": found.gift.id,
        "decision_id": found.decision.id,
        "card_id": found.card.id,
        "menu_id": found.menu.id,
        "point_id": found.menu.point_id,
        "booking_id": found.booking.id,
        "sample_id": found.sample.id,
        "partner_id": found.merchant.pk,
        "device_id": found.offline_device.id,
        "endowment_id": found.endowment.id,
        "trouble_id": found.trouble.id,
    }


def keyed(found: Any, route: str) -> Any:
    """The row that ``key`` names in an address of the county's card pages."""
    rows_ = (
        ("card/funds/new/", COUNTY),
        ("card/merchants/new/", COUNTY),
        ("card/funds/", found.fund.id),
        ("card/money/", found.allotment.id),
        ("card/cards/open/", found.person.id),
        ("card/cards/", found.card.id),
        ("card/heirs/", found.heir.id),
        ("card/merchants/", found.merchant.pk),
    )
    return next((key for part, key in rows_ if part in route), None)
