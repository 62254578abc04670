"""Where a tariff names a fund of the county, its part of a meal comes out of its books; else it stays outside."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card.models import Draw, GivenBack
from songhe.card.published import paid_by_fund
from songhe.card.tests.world import FIRST, LISHUI, MARCH, TENTH, in_fund, made_fund, put_in, top_up
from songhe.ledger.balance import balance
from songhe.ledger.models import Account
from songhe.meal.models import Line as MealLine
from songhe.meal.models import Tariff
from songhe.meal.price import Band
from songhe.meal.tests import world as meals
from songhe.provider.models import Listing
from songhe.provider.tests.test_admit import refused
from songhe.redemption.lunch import serve_and_charge, take_back
from songhe.redemption.meal_parts import PartsPaid, pay_meal_parts, waiting_fen
from songhe.redemption.models import Line
from songhe.redemption.reverse import amend, reverse
from songhe.settlement import gather
from songhe.settlement.check import check
from songhe.settlement.models import StatementLine

pytestmark = pytest.mark.django_db
NOON = at(TENTH, 12)
BANDS = [Band(60, None, frozenset(), 400, {"collective": 200, "finance": 400})]


def paying_fund(**differently):
    told = {"source": "collective", "level": "village", "rates": {}, "expiry": "never", "allowed": ("meals",)}
    return made_fund(**(told | differently))


@pytest.fixture
def village(monkeypatch):
    monkeypatch.setattr(meals, "COUNTY", LISHUI)
    monkeypatch.setattr(meals, "PLACE", f"{LISHUI}001001")
    made_fund(source="family", expiry="never")
    return paying_fund()


@pytest.fixture
def menu(village):
    made = meals.menu(delivers=False)
    meals.tariff(made.item, point=made.point, bands=BANDS, funds={"collective": village.code})
    Listing.objects.create(
        provider=made.point.provider,
        county=LISHUI,
        categories=["home"],
        valid_from=FIRST,
        listed_by="a",
        approved_by="b",
    )
    return meals.serving(made)


def eats(menu, card=None):
    if card is None:
        person = meals.of_age(85, county=LISHUI)
        card = cards.open_card(person=person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
        top_up(card, 1_000)
    told = {"shown": card.medium.number, "confirmed_by": "staff", "at": NOON, "on": TENTH, "by": "till"}
    return serve_and_charge(menu=menu, **told)


def paid(**differently) -> PartsPaid:
    return pay_meal_parts(county=LISHUI, **({"at": NOON, "on": TENTH, "by": "run"} | differently))


def owed_to(fund, provider):
    account = Account.objects.filter(county=LISHUI, fund_id=fund.books_id, code=f"payable:{provider.pk}").first()
    return balance(account) if account else 0


def test_the_village_pays_its_part_out_of_its_fund_and_the_rest_is_settled_outside(village, menu):
    before = in_fund(village)
    eaten = eats(menu)
    assert (eaten.bill.other_fen, eaten.bill.purse_fen) == (600, 400)
    assert waiting_fen(LISHUI) == {village.code: 200}
    assert paid() == PartsPaid(lines=1, fen=200)
    assert paid() == PartsPaid()
    assert (before - in_fund(village), owed_to(village, menu.point.provider)) == (200, 200)
    draw = Draw.objects.get(purse_id=None)
    assert (draw.person_id, draw.category, draw.allowed, draw.from_fund) == (
        eaten.booking.person_id,
        "meals",
        "meals",
        True,
    )
    assert paid_by_fund(LISHUI)[village.id]["", ""].cards == 1
    programme = f"card:{village.code}"
    assert gather.gather(county=LISHUI, programme=programme, month=MARCH, at=NOON, by="run").charge_fen == 200
    assert StatementLine.objects.get(programme=programme).line_id == Line.objects.get(bill=eaten.bill).id
    assert list(check()) == []


def test_a_meal_that_was_taken_back_costs_the_village_nothing(village, menu):
    before = in_fund(village)
    first, second = eats(menu), eats(menu)
    paid()
    gather.gather(county=LISHUI, programme=f"card:{village.code}", month=MARCH, at=NOON, by="run")
    take_back(booking=first.booking, because="认错人", at=NOON, on=TENTH, by="till")
    assert (before - in_fund(village), owed_to(village, menu.point.provider)) == (200, 200)
    assert GivenBack.objects.get(draw__purse_id=None).restored is False
    assert paid() == PartsPaid()
    again = gather.gather(county=LISHUI, programme=f"card:{village.code}", month=MARCH, at=NOON, by="run")
    assert again.refund_fen == 200
    reverse(county=LISHUI, bill_no=second.bill.no, because="退", at=NOON, on=TENTH, by="till")
    assert (before - in_fund(village), waiting_fen(LISHUI)) == (0, {})
    assert list(check()) == []


def test_a_smaller_bill_takes_no_more_than_the_line_has_of_other_money(village, menu):
    before = in_fund(village)
    bill = eats(menu).bill
    paid()
    amend(county=LISHUI, bill_no=bill.no, number=1, fee_fen=150, because="少收", at=NOON, on=TENTH, by="till")
    assert waiting_fen(LISHUI) == {village.code: 200}
    assert paid() == PartsPaid(lines=1, fen=150)
    assert before - in_fund(village) == 150


def test_what_a_fund_cannot_pay_yet_waits_and_nobody_at_the_table_notices(village, menu):
    put_in(village, 250 - in_fund(village), decision=None)
    bills = [eats(menu).bill for _ in range(3)]
    assert {bill.self_fen + bill.purse_fen for bill in bills} == {400}
    assert paid() == PartsPaid(lines=1, fen=200, waiting=2)
    assert waiting_fen(LISHUI) == {village.code: 400}
    put_in(village, 1_000)
    assert paid() == PartsPaid(lines=2, fen=400)
    assert (in_fund(village), waiting_fen(LISHUI)) == (650, {})
    assert not MealLine.objects.filter(funds_due=True).exists()


@pytest.mark.parametrize(
    "differently",
    [
        {"source": "finance"},
        {"allowed": ("bathing",)},
        {"rates": {"card_service_low_income": 500}},
        {"code": "nobody-s"},
    ],
)
def test_a_fund_that_fills_purses_or_may_not_buy_meals_or_is_another_s_pays_no_part(village, differently):
    code = differently.pop("code", None) or paying_fund(**differently).code
    refused("card.not_for_parts", meals.tariff, meals.item(), bands=BANDS, funds={"collective": code})
    assert not Tariff.objects.exists()


def test_a_payer_without_a_fund_stays_outside_of_the_books(village, menu):
    assert Tariff.objects.get(point=menu.point).funds == {"collective": village.code}
    eats(menu)
    line = MealLine.objects.get()
    assert (line.funds, line.parts) == ({"collective": village.code}, {"collective": 200, "finance": 400})
    paid()
    assert not Draw.objects.filter(purse_id=None, amount_fen=400).exists()
