from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.card import refund, topup
from songhe.card.models import Match, MatchCount, Refund, TopUp
from songhe.card.refund import possible
from songhe.card.tests.test_fund import code_of, refused_by_the_database
from songhe.card.tests.world import (
    JINDONG,
    TENTH,
    at,
    in_fund,
    left,
    made_card,
    made_fund,
    paid,
    spend,
    top_up,
)
from songhe.jobs.models import Outgoing
from songhe.kernel.integer import ratio as read_ratio
from songhe.ledger.check import check
from songhe.policy.match import match_fen, most_refundable

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 2)


@pytest.fixture
def funds():
    family = made_fund(county=JINDONG, source="family", expiry="never")
    charity = made_fund(county=JINDONG, source="charity", expiry="never", matches=True)
    return family, charity


def card_here(**fields):
    return made_card(county=JINDONG, **fields)


def give_back_to(row, fen, *, on=TENTH):
    return refund.refund(county=JINDONG, no=row.no, amount_fen=fen, because="不用了", at=at(on), on=on, by="clerk")


class Knowing:
    """A payment service that knows these orders; ``None``: not paid."""

    def __init__(self, known):
        self.known = known
        self.asked = []

    def ask(self, no):
        self.asked.append(no)
        return self.known[no]


def test_a_call_back_that_never_came_is_asked_for(funds):
    family, _ = funds
    card = card_here()
    came, open_, wrong, fresh_ = (
        topup.ask(card=card, amount_fen=1_000, at=at(TENTH), on=TENTH, by="daughter") for _ in range(4)
    )
    TopUp.objects.filter(id=fresh_.id).update(asked_at=at(TENTH) + timedelta(minutes=55))
    known = {came.no: paid(came), open_.no: None, wrong.no: paid(wrong, amount_fen=900)}
    service, later = Knowing(known), at(TENTH) + timedelta(hours=1)
    done = topup.ask_service(county=JINDONG, service=service, at=later, on=TENTH)
    assert (done.paid, done.open, done.wrong, left(card, family)) == (1, 1, 1, 1_000)
    assert sorted(service.asked) == sorted(known)
    done = topup.ask_service(county=JINDONG, service=service, at=later, on=TENTH)
    assert (done.paid, left(card, family)) == (0, 1_000)
    assert not topup.waiting(at=at(TENTH) + timedelta(days=4)).exists()


def test_a_top_up_of_25_yuan_is_matched_by_25_and_one_of_50_by_30(funds):
    family, charity = funds
    one, two = card_here(), card_here()
    top_up(one, 2_500)
    top_up(two, 5_000)
    assert (left(one, family), left(one, charity)) == (2_500, 2_500)
    assert (left(two, family), left(two, charity)) == (5_000, 3_000)
    assert MatchCount.objects.get(county=JINDONG, person=two.person).matched_fen == 3_000
    assert Match.objects.get(county=JINDONG, fund=charity, amount_fen=3_000).ratio == "1/1"
    assert list(check()) == []


def test_the_cap_is_by_person_and_month(funds):
    _, charity = funds
    card = card_here()
    top_up(card, 2_000)
    top_up(card, 2_000)
    assert left(card, charity) == 3_000
    top_up(card, 2_000, on=APRIL)
    assert left(card, charity) == 5_000


def test_said_twice_it_acts_once_and_other_sums_and_payments_are_refused(funds):
    family, _ = funds
    card = card_here()
    row = topup.ask(card=card, amount_fen=2_500, at=at(TENTH), on=TENTH, by="daughter")

    def said(**fields):
        return topup.take(paid=paid(row, **fields), at=at(TENTH), on=TENTH)

    assert code_of(lambda: said(amount_fen=2_400)) == "card.amount_differs"
    assert said().state == said().state == "paid"
    assert left(card, family) == 2_500
    assert code_of(lambda: said(payment_no="other")) == "card.other_payment"
    other = topup.ask(card=card, amount_fen=2_500, at=at(TENTH), on=TENTH, by="daughter")
    assert (
        code_of(lambda: topup.take(paid=paid(other, payment_no=f"P{row.no}"), at=at(TENTH), on=TENTH))
        == "card.other_payment"
    )
    assert code_of(lambda: said(no=f"{JINDONG}1")) == "card.unknown_topup"
    topup.cancel(county=JINDONG, no=other.no, at=at(TENTH), by="daughter")
    topup.take(paid=paid(other), at=at(TENTH), on=TENTH)
    assert left(card, family) == 5_000
    for fen in (99, 1_000_001):
        assert code_of(lambda fen=fen: topup.ask(card=card, amount_fen=fen, at=at(TENTH), on=TENTH, by="d")) in {
            "input.too_small",
            "card.topup_too_much",
        }


def test_the_most_local_charity_matches_first_and_the_next_gives_what_it_lacks(funds):
    _, district = funds
    village = made_fund(
        county=JINDONG,
        source="charity",
        level="village",
        place=f"{JINDONG}001001",
        expiry="never",
        matches=True,
        amount_fen=1_000,
    )
    here, there = card_here(), card_here(place=f"{JINDONG}002002")
    top_up(here, 2_500)
    top_up(there, 2_500)
    assert (left(here, village), left(here, district), in_fund(village)) == (1_000, 1_500, 0)
    assert left(there, district) == 2_500


def test_a_top_up_is_never_held_up_by_an_empty_charity(funds):
    family, charity = funds
    card = card_here()
    other = made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=0)
    type(charity).objects.filter(county=JINDONG, id=charity.id).update(closed_on=TENTH)
    top_up(card, 2_500)
    assert (left(card, family), left(card, other)) == (2_500, 0)


def test_a_refund_takes_the_match_back_and_the_cap_is_free_again(funds):
    family, charity = funds
    card = card_here()
    before = in_fund(charity)
    row = top_up(card, 5_000)
    assert possible(topup=row).most_fen == 5_000
    done = give_back_to(row, 5_000)
    assert (done.amount_fen, done.back_fen) == (5_000, 3_000)
    assert (left(card, family), left(card, charity), in_fund(charity)) == (0, 0, before)
    assert MatchCount.objects.get(county=JINDONG, person=card.person).matched_fen == 0
    assert Outgoing.objects.filter(county=JINDONG, topic=refund.TOPIC, about=done.id).exists()
    assert code_of(lambda: give_back_to(row, 1)) == "card.refund_too_large"
    top_up(card, 5_000)
    assert left(card, charity) == 3_000


def test_when_the_match_was_spent_the_refund_is_smaller_by_it(funds):
    family, charity = funds
    card = card_here()
    row = top_up(card, 5_000)
    spend(card, charity, 2_000)
    most = possible(topup=row)
    assert (most.most_fen, most.back_fen, most.spent_fen) == (3_000, 1_000, 2_000)
    assert code_of(lambda: give_back_to(row, 3_001)) == "card.refund_too_large"
    give_back_to(row, 3_000)
    assert (left(card, family), left(card, charity)) == (2_000, 0)


def test_a_part_of_a_top_up_takes_back_only_what_the_rest_does_not_merit(funds):
    family, charity = funds
    card = card_here()
    row = top_up(card, 5_000)
    give_back_to(row, 2_000)
    assert (left(card, family), left(card, charity)) == (3_000, 3_000)
    give_back_to(row, 1_000)
    assert (left(card, family), left(card, charity)) == (2_000, 2_000)
    assert Refund.objects.filter(county=JINDONG, topup=row).count() == 2


def test_family_money_that_was_spent_is_not_refunded(funds):
    family, _ = funds
    card = card_here()
    row = top_up(card, 5_000)
    spend(card, family, 4_000)
    assert code_of(lambda: give_back_to(row, 1_001)) == "ledger.insufficient"
    give_back_to(row, 1_000)
    waiting = topup.ask(card=card, amount_fen=500, at=at(TENTH), on=TENTH, by="d")
    assert code_of(lambda: give_back_to(waiting, 1)) == "card.not_paid"


def test_the_database_itself_holds_the_cap_and_the_top_up_above_its_match(funds):
    card = card_here()
    row = top_up(card, 2_500)
    refused_by_the_database(lambda: MatchCount.objects.filter(county=JINDONG).update(matched_fen=3_001))
    refused_by_the_database(lambda: Match.objects.filter(county=JINDONG).update(amount_fen=2_501))
    refused_by_the_database(lambda: Match.objects.filter(county=JINDONG).update(topup_fen=9_000))
    refused_by_the_database(lambda: Match.objects.filter(county=JINDONG).update(back_fen=2_501))
    refused_by_the_database(lambda: type(row).objects.filter(id=row.id).update(refunded_fen=2_501))


def test_a_payment_that_comes_after_the_card_was_closed_is_kept_and_not_matched(funds):
    family, charity = funds
    card = card_here()
    row = topup.ask(card=card, amount_fen=2_500, at=at(TENTH), on=TENTH, by="daughter")
    type(card).objects.filter(county=JINDONG, id=card.id).update(state="closed", closed_on=TENTH)
    topup.take(paid=paid(row), at=at(TENTH), on=TENTH)
    assert (left(card, family), left(card, charity)) == (2_500, 0)
    assert code_of(lambda: topup.ask(card=card, amount_fen=500, at=at(TENTH), on=TENTH, by="d")) == "card.closed_card"
    give_back_to(row, 2_500)


class Service:
    """A payment service that keeps what it was asked to pay back."""

    def __init__(self):
        self.asked = []

    def refund(self, **said):
        self.asked.append(said)


def test_a_refund_goes_through_the_payment_service_once(funds):
    service = Service()
    row = top_up(card_here(), 2_500)
    done = give_back_to(row, 1_000)
    for _ in range(2):
        refund.send(county=JINDONG, refund_id=done.id, payments=service, at=at(TENTH))
    assert service.asked == [{"no": row.no, "refund_no": done.no, "amount_fen": 1_000}]
    assert Refund.objects.get(county=JINDONG, id=done.id).sent_at == at(TENTH)


RATIOS = st.sampled_from(["1/1", "1/2", "1/3", "2/3"]).map(read_ratio)


@given(st.integers(1, 10_000), RATIOS, st.none() | st.integers(0, 5_000), st.integers(0, 100))
def test_what_stays_of_a_top_up_always_merits_what_stays_of_its_match(topup_fen, ratio, room, percent):
    matched = match_fen(topup_fen=topup_fen, ratio=ratio, room_fen=room)
    assert matched <= topup_fen
    kept = matched * percent // 100
    most = most_refundable(topup_fen=topup_fen, refunded_fen=0, kept_fen=kept, ratio=ratio)
    assert match_fen(topup_fen=topup_fen - most, ratio=ratio, room_fen=None) >= kept
    if most < topup_fen:
        assert match_fen(topup_fen=topup_fen - most - 1, ratio=ratio, room_fen=None) < kept or kept == 0
