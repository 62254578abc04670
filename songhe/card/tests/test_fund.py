from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from songhe.card import allot
from songhe.card.fund import Terms, allow, disallow, open_fund
from songhe.card.models import Allotment, Allowed, Decision, Draw, Fund
from songhe.card.tests.world import (
    FIRST,
    LISHUI,
    TENTH,
    VOTE,
    at,
    decision,
    in_fund,
    left,
    made_card,
    made_fund,
    put_in,
    run_charge,
    spend,
)
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check
from songhe.ledger.models import Account

pytestmark = pytest.mark.django_db

TERMS = Terms("finance", "county", LISHUI, "month_end", ("meals",))


def opened(terms=TERMS, *, code="f", by="clerk", approved_by="head"):
    return open_fund(
        county=LISHUI, code=code, name="资金", terms=terms, by=by, approved_by=approved_by, at=at(FIRST), on=FIRST
    )


def code_of(act):
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def refused_by_the_database(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()
        connection.check_constraints()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_fund_has_books_of_its_own_and_a_list_of_what_it_may_buy():
    fund = opened(replace(TERMS, allowed=("meals", "bathing"), ceiling_fen=5_000))
    assert sorted(Allowed.objects.filter(county=LISHUI, fund=fund).values_list("category", flat=True)) == [
        "bathing",
        "meals",
    ]
    assert (fund.account.floor, fund.inflow.floor) == (0, -5_000)
    assert opened(code="g").slot == fund.slot + 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"source": "lottery"}, "card.not_a_source"),
        ({"level": "moon"}, "card.not_a_level"),
        ({"place": "370799"}, "card.place_outside"),
        ({"allowed": ()}, "card.nothing_allowed"),
        ({"allowed": ("jewels",)}, "provider.unknown_help"),
        ({"expiry": "period_end"}, "card.wrong_terms"),
        ({"period_months": 3}, "card.wrong_terms"),
        ({"source": "family"}, "card.wrong_terms"),
        ({"matches": True}, "card.wrong_terms"),
        ({"rates": {"card_class_2": "3/2"}}, "card.standard_paid_twice"),
    ],
    ids=str,
)
def test_refuses_terms_that_do_not_fit(change, code):
    assert code_of(lambda: opened(replace(TERMS, **change))) == code


def test_refuses_the_same_person_a_code_twice_two_families_and_more_than_the_whole():
    assert code_of(lambda: opened(by="head")) == "card.same_person"
    opened()
    assert code_of(opened) == "card.fund_code_taken"
    family = replace(TERMS, source="family", expiry="never", allowed=("*",))
    opened(family, code="home")
    assert code_of(lambda: opened(family, code="home2")) == "card.one_family_fund"
    opened(replace(TERMS, rates={"card_class_2": "2/3"}), code="a")
    assert code_of(lambda: opened(replace(TERMS, rates={"card_class_2": "1/2"}), code="b")) == (
        "card.standard_paid_twice"
    )


def test_money_is_proposed_by_one_and_approved_by_another():
    fund = made_fund(amount_fen=0)
    row = allot.propose(fund=fund, amount_fen=9_000, document_no="文1", at=at(FIRST), by="finance")
    approve = {"county": LISHUI, "allotment_id": row.id, "at": at(FIRST), "on": FIRST}
    assert code_of(lambda: allot.approve(**approve, by="finance")) == "card.same_person"
    allot.approve(**approve, by="head")
    assert in_fund(fund) == 9_000
    assert code_of(lambda: allot.approve(**approve, by="head")) == "card.wrong_state"
    back = allot.propose(fund=fund, amount_fen=-10_000, document_no="文2", at=at(FIRST), by="finance")
    assert code_of(lambda: allot.approve(**{**approve, "allotment_id": back.id}, by="head")) == "ledger.insufficient"
    allot.decline(county=LISHUI, allotment_id=back.id, because="太多", at=at(FIRST), by="head")
    refused_by_the_database(lambda: Allotment.objects.filter(id=row.id).update(decided_by="finance"))


def test_the_database_itself_refuses_more_than_the_ceiling():
    fund = made_fund(amount_fen=8_000, ceiling_fen=10_000)
    assert code_of(lambda: put_in(fund, 2_001)) == "card.over_ceiling"
    put_in(fund, 2_000)
    put_in(fund, -500)
    assert in_fund(fund) == 9_500
    refused_by_the_database(lambda: Account.objects.filter(id=fund.inflow_id).update(balance=-10_001))
    refused_by_the_database(lambda: Account.objects.filter(id=fund.account_id).update(balance=-1))
    change = {"fund": fund, "document_no": "文9", "at": at(FIRST), "by": "finance", "approved_by": "head"}
    assert code_of(lambda: allot.set_ceiling(ceiling_fen=9_499, **change)) == "card.over_ceiling"
    allot.set_ceiling(ceiling_fen=20_000, **change)
    put_in(fund, 10_500)
    allot.set_ceiling(ceiling_fen=None, **change)
    put_in(fund, 1_000_000)
    allot.set_ceiling(ceiling_fen=1_020_000, **change)
    assert code_of(lambda: put_in(fund, 1)) == "card.over_ceiling"
    assert list(check()) == []


def test_a_village_gives_after_a_vote_and_no_more_than_it_decided():
    fund = made_fund(source="collective", level="village", place=f"{LISHUI}001001", amount_fen=0)
    said = decision(fund, 10_000)
    put_in(fund, 6_000, decision=said)
    assert code_of(lambda: put_in(fund, 4_001, decision=said)) == "card.more_than_decided"
    put_in(fund, 4_000, decision=said)
    assert code_of(lambda: put_in(fund, 1, decision=None)) == "card.needs_decision"
    assert code_of(lambda: decision(fund, 1, vote=replace(VOTE, votes_for=12, votes_against=12, abstained=0))) == (
        "card.not_carried"
    )
    assert code_of(lambda: decision(fund, 1, vote=replace(VOTE, votes_for=21))) == "card.votes_differ"
    assert code_of(lambda: decision(made_fund(), 1)) == "card.not_collective"
    refused_by_the_database(lambda: Allotment.objects.filter(fund_id=fund.id).update(decision=None))
    refused_by_the_database(lambda: Decision.objects.filter(id=said.id).update(votes_for=3, votes_against=21))


def test_charity_is_filled_by_gifts_alone_each_receipt_once():
    fund = made_fund(source="charity", amount_fen=0, expiry="never")
    gift = allot.Gift("person", "张先生", FIRST, "R-1")
    put_in(fund, 5_000, gift=gift)
    assert code_of(lambda: put_in(fund, 5_000, gift=gift)) == "card.receipt_taken"
    assert code_of(lambda: put_in(fund, 5_000, gift=None)) == "card.needs_gift"
    assert code_of(lambda: put_in(made_fund(), 5_000, gift=gift)) == "card.needs_gift"
    refused_by_the_database(lambda: Allotment.objects.filter(fund_id=fund.id).update(donation_id=None))
    refused_by_the_database(lambda: Allotment.objects.filter(fund_id=fund.id).update(amount_fen=6_000))
    assert [each.name for each in allot.gifts_of(fund)] == ["张先生"]


def test_restricted_money_buys_nothing_else_and_at_no_other_time_says_the_database():
    fund = made_fund(allowed=("meals",), rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    run_charge(fund)
    done = spend(card, fund, 300)
    assert left(card, fund) == 700
    assert code_of(lambda: spend(card, fund, 300, category="bathing")) == "card.not_for_this"
    assert code_of(lambda: spend(card, fund, 300, service_on=date(2026, 2, 28))) == "card.not_this_day"
    assert code_of(lambda: spend(card, fund, 701)) == "ledger.insufficient"

    def forged(**fields):
        kept = {f.attname: getattr(done, f.attname) for f in Draw._meta.local_fields if f.name not in ("id", "about")}
        return lambda: Draw.objects.create(**{**kept, "about": fund.id, **fields})

    refused_by_the_database(forged(category="goods"))
    refused_by_the_database(forged(category="goods", allowed="goods"))
    refused_by_the_database(forged(category="goods", allowed="*"))
    refused_by_the_database(forged(service_on=date(2026, 4, 1)))
    refused_by_the_database(forged(service_on=date(2026, 4, 1), valid_to=date(2026, 4, 30)))
    refused_by_the_database(forged(amount_fen=0))


def test_a_list_may_grow_and_shrink():
    fund = made_fund(allowed=("meals",), rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    run_charge(fund)
    two = {"at": at(FIRST), "by": "clerk", "approved_by": "head"}
    allow(fund=fund, category="bathing", **two)
    spend(card, fund, 100, category="bathing")
    disallow(fund=fund, category="bathing", until=date(2026, 3, 8), **two)
    assert code_of(lambda: spend(card, fund, 100, category="bathing")) == "card.not_for_this"
    spend(card, fund, 100, category="bathing", service_on=date(2026, 3, 8))
    allow(fund=fund, category="bathing", **two)
    spend(card, fund, 100, category="bathing", on=TENTH)
    assert code_of(lambda: allow(fund=fund, category="meals", at=at(FIRST), by="a", approved_by="a")) == (
        "card.same_person"
    )
    assert Fund.objects.filter(county=LISHUI).count() == 1
