"""Who lent the aid charges its days once: a purse that may buy aids pays, the family the rest; nobody shows a card."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.aid.models import Rent
from songhe.aid.rent import draw_up, to_charge
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import at, elder
from songhe.card.models import Draw
from songhe.card.open import card_of
from songhe.card.tests.world import LISHUI, MARCH, left, purse
from songhe.provider.models import Listing
from songhe.provider.tests.test_admit import refused
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.rent import charge_rent
from songhe.redemption.reverse import amend, reverse
from songhe.redemption.tests.test_card import funded

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 2)


@pytest.fixture
def lender():
    made = aids.provider(county=LISHUI)
    Listing.objects.filter(provider=made).update(categories=["home"])
    return made


def lent(lender, person, *, returned=None):
    loan = aids.lent(lender, person, with_piece=aids.piece(lender, county=LISHUI))
    if returned:
        aids.back(loan, on=returned)
    draw_up(county=LISHUI, month=MARCH, at=at(APRIL), on=APRIL, by="manager", provider=lender)
    return loan


def charged(lender, person, **differently):
    told = {"at": at(APRIL), "on": APRIL, "by": "manager"}
    return charge_rent(county=LISHUI, provider=lender, person_id=person.id, **(told | differently))


def test_the_purse_pays_the_days_as_far_as_it_reaches_and_the_family_the_rest(lender):
    fund, card = funded(5_000, allowed=("aids",), late_days=10)
    lent(lender, card.person)
    (bill,) = charged(lender, card.person)
    assert (bill.fee_fen, bill.purse_fen, bill.self_fen, bill.month) == (9_300, 5_000, 4_300, "2026-03")
    line = Line.objects.get(bill=bill)
    assert (line.quantity, line.price_fen, line.service_on) == (31, 300, date(2026, 3, 31))
    assert Draw.objects.get(about=line.id).category == "aids"
    assert (Verdict.objects.get(line=line).outcome, left(card, fund)) == ("pass", 0)
    assert to_charge(county=LISHUI, provider=lender) == []
    assert Rent.objects.get().billed_line == line.id
    refused("redemption.no_rent", charged, lender, card.person)
    assert Bill.objects.count() == 1


def test_money_for_meals_buys_no_wheelchair(lender):
    fund, card = funded(5_000, allowed=("meals",), late_days=10)
    lent(lender, card.person)
    (bill,) = charged(lender, card.person)
    assert (bill.purse_fen, bill.self_fen, left(card, fund)) == (0, 9_300, 5_000)


def test_a_bill_that_is_undone_frees_the_days_and_a_smaller_one_keeps_them(lender):
    fund, card = funded(5_000, allowed=("aids",), late_days=10)
    lent(lender, card.person, returned=date(2026, 3, 11))
    (bill,) = charged(lender, card.person)
    assert bill.fee_fen == 3_000
    again = amend(
        county=LISHUI, bill_no=bill.no, number=1, fee_fen=2_000, because="少收", at=at(APRIL), on=APRIL, by="manager"
    )
    assert (again.purse_fen, left(card, fund)) == (2_000, 3_000)
    assert to_charge(county=LISHUI, provider=lender) == []
    reverse(county=LISHUI, bill_no=again.no, because="退", at=at(APRIL), on=APRIL, by="manager")
    assert purse(card, fund).state == "active"
    assert [each.quantity for each in to_charge(county=LISHUI, provider=lender)] == [10]
    assert len(charged(lender, card.person)) == 1


def test_two_months_are_two_bills_in_one_go(lender):
    _, card = funded(5_000, allowed=("aids",), late_days=40)
    lent(lender, card.person)
    may = date(2026, 5, 2)
    draw_up(county=LISHUI, month=MARCH.next, at=at(may), on=may, by="manager", provider=lender)
    bills = charged(lender, card.person, at=at(may), on=may)
    assert [(bill.month, bill.fee_fen) for bill in bills] == [("2026-03", 9_300), ("2026-04", 9_000)]


def test_without_a_card_the_family_pays_outside(lender):
    person = elder(county=LISHUI)
    lent(lender, person)
    assert card_of(county=LISHUI, person_id=person.id) is None
    refused("redemption.rent_without_card", charged, lender, person)


def test_another_lender_charges_nothing_of_it(lender):
    _, card = funded(5_000, allowed=("aids",), late_days=10)
    lent(lender, card.person)
    refused("redemption.no_rent", charged, aids.provider(county=LISHUI), card.person)
