from datetime import date

import pytest

from songhe.assessment.tests.world import elder
from songhe.card import close, open
from songhe.card.draw import give_back
from songhe.card.models import Card
from songhe.card.tests.test_fund import code_of
from songhe.card.tests.world import (
    LISHUI,
    TENTH,
    at,
    in_fund,
    left,
    made_card,
    made_fund,
    purse,
    run_charge,
    run_expire,
    spend,
    top_up,
)
from songhe.county.key import new_id
from songhe.ledger.check import check
from songhe.person.event import report, verify

pytestmark = pytest.mark.django_db

STANDARD = "card_class_2"
DIED = date(2026, 3, 12)
LATER = date(2026, 3, 20)
HEIR = close.Heir("王小明", "子女", "公证书2026-77")


def dies(card, *, on=date(2026, 3, 13)):
    told = report(person=card.person, kind="death", happened_on=DIED, source="家属", on=on, at=at(on), by="family")
    verify(event=told, on=on, at=at(on), by="clerk")
    close.close_after_death(county=card.county, person_id=card.person_id, at=at(on), on=on, by="clerk")
    return Card.objects.get(county=card.county, id=card.id)


def county_with_money():
    finance = made_fund(rates={STANDARD: 10_000})
    family = made_fund(source="family", expiry="never")
    card = made_card(STANDARD)
    run_charge(finance)
    top_up(card, 5_000)
    return finance, family, card


def test_a_death_sends_public_money_back_to_its_fund_and_keeps_the_familys_for_the_heirs():
    finance, family, card = county_with_money()
    before = in_fund(finance)
    spend(card, finance, 1_000)
    spend(card, family, 2_000)
    closed = dies(card)
    assert (closed.state, closed.closed_because) == ("closed", "death")
    assert (left(card, finance), in_fund(finance)) == (0, before + 9_000)
    assert (left(card, family), purse(card, family).state) == (3_000, "for_heirs")
    asked = close.propose_to_heir(
        county=LISHUI, purse_id=purse(card, family).id, amount_fen=3_000, heir=HEIR, at=at(LATER), by="clerk"
    )
    pay = {"county": LISHUI, "payment_id": asked.id, "at": at(LATER), "on": LATER}
    assert code_of(lambda: close.pay_heir(**pay, by="clerk")) == "card.same_person"
    close.pay_heir(**pay, by="head")
    assert (left(card, family), purse(card, family).state) == (0, "closed")
    assert code_of(lambda: close.pay_heir(**pay, by="head")) == "card.wrong_state"
    assert list(check()) == []


def test_what_was_served_before_the_death_is_still_paid_within_the_late_days():
    fund = made_fund(rates={STANDARD: 10_000}, late_days=5)
    card = made_card(STANDARD)
    run_charge(fund)
    before = in_fund(fund)
    dies(card)
    assert left(card, fund) == 10_000
    spend(card, fund, 2_000, on=date(2026, 3, 15), service_on=date(2026, 3, 11))
    assert code_of(lambda: spend(card, fund, 2_000, on=date(2026, 3, 15), service_on=date(2026, 3, 13))) == (
        "card.closed_card"
    )
    assert run_expire(fund, date(2026, 3, 18)).fen == 8_000
    assert in_fund(fund) == before + 8_000


def test_a_line_undone_after_the_death_gives_everybody_back_their_own():
    finance, family, card = county_with_money()
    before, one, two = in_fund(finance), new_id(), new_id()
    spend(card, finance, 1_000, about=one)
    spend(card, family, 2_000, about=two)
    dies(card)
    asked = close.propose_to_heir(
        county=LISHUI, purse_id=purse(card, family).id, amount_fen=3_000, heir=HEIR, at=at(LATER), by="clerk"
    )
    close.pay_heir(county=LISHUI, payment_id=asked.id, at=at(LATER), on=LATER, by="head")
    done = give_back(card=card, about=[one, two], at=at(LATER), on=LATER, by="manager")
    assert sorted(row.restored for row in done) == [False, True]
    assert in_fund(finance) == before + 10_000
    assert (left(card, family), purse(card, family).state) == (2_000, "for_heirs")
    assert code_of(lambda: give_back(card=card, about=[one], at=at(LATER), on=LATER, by="manager")) == (
        "card.already_back"
    )
    assert list(check()) == []


def test_a_second_time_and_without_a_card_nothing_changes():
    finance, _, card = county_with_money()
    dies(card)
    for person_id in (card.person_id, elder(county=LISHUI).id):
        assert close.close_after_death(county=LISHUI, person_id=person_id, at=at(LATER), on=LATER, by="run") is None
    assert left(card, finance) == 0


def test_a_card_is_given_up_by_wish_once_the_familys_money_is_back():
    finance, _family, card = county_with_money()
    wish = {"because": "迁居外省", "at": at(TENTH), "on": TENTH, "by": "clerk"}
    assert code_of(lambda: close.close_by_wish(card=card, **wish)) == "card.family_money_left"
    other = made_card(STANDARD)
    run_charge(finance)
    before = in_fund(finance)
    assert close.close_by_wish(card=other, **wish).state == "closed"
    assert in_fund(finance) == before + 10_000
    again = open.open_card(person=other.person, attributes=open.Attributes(), at=at(TENTH), on=TENTH, by="clerk")
    assert again.id != other.id


def test_refuses_heirs_of_the_living_and_without_evidence():
    _, family, card = county_with_money()
    ask = {"county": LISHUI, "purse_id": purse(card, family).id, "amount_fen": 1, "at": at(LATER), "by": "clerk"}
    assert code_of(lambda: close.propose_to_heir(**ask, heir=HEIR)) == "card.not_for_heirs"
    assert code_of(lambda: close.propose_to_heir(**ask, heir=close.Heir("", "", ""))) == "card.needs_evidence"
    assert (
        code_of(
            lambda: close.close_after_death(county=LISHUI, person_id=card.person_id, at=at(TENTH), on=TENTH, by="c")
        )
        == "card.death_not_verified"
    )
