import csv
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.card import draw, open
from songhe.card.allot import Gift
from songhe.card.models import Fund, Purse
from songhe.card.queries import gift_stories, holdings, stands, traced
from songhe.card.tests import world
from songhe.card.tests.world import (
    FIRST,
    JINDONG,
    LISHUI,
    TENTH,
    at,
    canteen,
    made_card,
    made_fund,
    put_in,
    run_charge,
    spend,
)
from songhe.county.key import new_id
from songhe.ledger.models import Account, Transfer

pytestmark = pytest.mark.django_db


def test_a_giver_reads_what_the_gift_has_bought():
    fund = made_fund(source="charity", amount_fen=0, rates={"card_class_2": 5_000})
    put_in(fund, 3_000, gift=Gift("person", "王先生", FIRST, "R1"))
    put_in(fund, 4_000, gift=Gift("company", "李记食品", FIRST, "R2"))
    card, who = made_card("card_class_2"), canteen()
    run_charge(fund)
    undone = new_id()
    spend(card, fund, 2_000, who=who)
    spend(card, fund, 1_500, who=who, about=undone, category="bathing")
    open_card = open.lock(county=LISHUI, card_id=card.id)
    draw.give_back(card=open_card, about=[undone], at=at(TENTH, 10), on=TENTH, by="manager")
    spend(card, fund, 1_200, who=who, on=date(2026, 3, 11), category="bathing")
    first, second = gift_stories(fund)
    assert (first.donation.name, [(each.amount_fen, each.category) for each in first.spent], first.left_fen) == (
        "王先生",
        [(2_000, "meals"), (1_000, "bathing")],
        0,
    )
    assert ([each.amount_fen for each in second.spent], second.left_fen) == ([200], 3_800)
    assert second.spent[0].provider == who.name
    assert sum(piece.amount_fen for piece in traced(fund).pieces) == 3_200


def test_a_card_says_what_it_holds_and_a_fund_where_its_money_is():
    world.live()
    village = Fund.objects.get(county=JINDONG, source="collective")
    found = {stand.fund.id: stand for stand in stands(JINDONG)}[village.id]
    assert (found.put_in_fen, found.paid_fen) == (50_000, 400)
    assert found.put_in_fen == found.there_fen + found.in_purses_fen + found.paid_fen
    for stand in stands(JINDONG):
        assert stand.put_in_fen == stand.there_fen + stand.in_purses_fen + stand.paid_fen
    card = Purse.objects.filter(county=JINDONG, fund=village, state="active").order_by("id").first().card
    assert {held.source for held in holdings(card)} == {"collective", "charity", "family"}


def test_the_questions_are_as_many_for_many_purses_as_for_few():
    fund = made_fund(rates={"card_class_2": 1_000})
    counted = []
    for people in (1, 12):
        for _ in range(people):
            made_card("card_class_2")
        run_charge(fund)
        with CaptureQueriesContext(connection) as statements:
            stands(LISHUI)
            traced(fund)
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_every_purse_is_computed_anew_from_the_exported_transfers(tmp_path):
    """The transfers leave as text; whoever adds them up needs nothing of ours."""
    world.live()
    path = tmp_path / "transfers.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["debit", "credit", "amount", "kind"])
        rows = Transfer.objects.filter(county=JINDONG).order_by("id")
        lines.writerows(rows.values_list("debit_id", "credit_id", "amount", "kind"))
    summed, kinds = Counter(), Counter()
    with path.open() as file:
        for row in csv.DictReader(file):
            summed[row["credit"]] += int(row["amount"])
            summed[row["debit"]] -= int(row["amount"])
            kinds[row["kind"]] += 1
    purses = Purse.objects.filter(county=JINDONG).select_related("account")
    assert purses.count() >= 10
    for purse in purses:
        assert summed[str(purse.account_id)] == purse.account.balance
    kept = Account.objects.filter(county=JINDONG).exclude(balance=None)
    assert {str(each.id): each.balance for each in kept} == {str(each.id): summed[str(each.id)] for each in kept}
    assert sum(summed.values()) == 0
    every = {"allot", "charge", "expire", "return", "draw", "give_back"}
    every |= {"topup", "match", "match_back", "refund", "to_heir"}
    assert set(kinds) == every
