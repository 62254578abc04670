"""An elder's card pays in another county: that county pays its provider, and the two clear what one owes the other."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import at
from songhe.card.tests.world import FIRST, LISHUI, TENTH, left
from songhe.kernel.month import Month
from songhe.ledger.check import check as books
from songhe.provider.agreement import end_agreement
from songhe.provider.models import Agreement, Listing
from songhe.redemption.models import Bill
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import bought, funded, pay, refused
from songhe.settlement import gather
from songhe.settlement.approve import approve
from songhe.settlement.check import check
from songhe.settlement.clear import by_level, clear, due, message
from songhe.settlement.confirm import confirm
from songhe.settlement.differ import compare, look
from songhe.settlement.models import Claim, ClaimLine, Received, ReceivedLine, Statement, StatementLine
from songhe.settlement.payout import make, release
from songhe.settlement.receive import receive
from songhe.settlement.tests.clearing import APRIL, MARCH, NEXT_DOOR, agreed, balance, canteen_there, posted, waiting
from songhe.settlement.tests.make import with_account

MAY = date(2026, 5, 5)
NEXT_MONTH = Month(2026, 4)


def cleared(county=LISHUI, *, month=MARCH, on=APRIL):
    return clear(county=county, month=month, at=at(on), on=on, by="run:clear")


def lunch_next_door(**given):
    agreed()
    fund, card = funded(**given)
    who = canteen_there()
    return fund, card, who, pay(card, who, bought("lunch"))


def test_a_card_is_taken_where_the_counties_have_agreed_and_its_own_county_pays(db):
    fund, card, who, bill = lunch_next_door()
    assert (bill.county, bill.served_in, bill.purse_fen, bill.self_fen) == (LISHUI, NEXT_DOOR, 1_200, 0)
    assert left(card, fund) == 800
    assert balance(LISHUI, f"card:{fund.code}", f"payable:{who.id}") == 1_200


def test_without_an_agreement_of_the_day_it_is_not(db):
    _, card = funded()
    who = canteen_there()
    refused("redemption.provider_not_listed", pay, card, who, bought("lunch"))
    agreed(since=date(2026, 3, 11))
    refused("redemption.provider_not_listed", pay, card, who, bought("lunch"))
    row = Agreement.objects.get()
    end_agreement(agreement=row, last_day=date(2026, 3, 20), because="到期", at=at(FIRST), by="clerk")
    late = date(2026, 3, 21)
    refused("redemption.provider_not_listed", pay, card, who, bought("lunch", day=late), on=late)
    assert pay(card, who, bought("lunch", day=date(2026, 3, 20)), on=late).served_in == NEXT_DOOR


def test_nor_at_a_provider_that_is_on_no_list_there(db):
    agreed()
    _, card = funded()
    who = canteen_there()
    Listing.objects.filter(provider=who).delete()
    refused("redemption.provider_not_listed", pay, card, who, bought("lunch"))
    assert not Bill.objects.exists()


def test_at_home_nothing_changes(db):
    agreed()
    fund, card = funded()
    who = canteen_there(LISHUI)
    assert pay(card, who, bought("lunch")).served_in == ""
    assert gather.gather(county=LISHUI, programme=f"card:{fund.code}", month=MARCH, at=at(APRIL), by="run").lines == 1
    assert cleared().claims == ()


def test_the_claim_moves_what_is_owed_from_the_provider_to_the_county_that_pays_it(db):
    fund, _, who, _ = lunch_next_door()
    assert gather.gather(county=LISHUI, programme=f"card:{fund.code}", month=MARCH, at=at(APRIL), by="run").lines == 0
    assert due(county=LISHUI, serving=NEXT_DOOR, month=MARCH) == (1, 1_200)
    (claim,) = cleared().claims
    assert (claim.serving, claim.lines, claim.amount_fen) == (NEXT_DOOR, 1, 1_200)
    assert balance(LISHUI, f"card:{fund.code}", f"payable:{who.id}") == 0
    assert balance(LISHUI, f"card:{fund.code}", f"clearing:{NEXT_DOOR}") == 1_200
    assert cleared().claims == ()
    assert by_level(county=LISHUI, claim_ids=[claim.id]) == {"county": (1, 1_200)}
    assert list(check()) == [] == list(books())


def test_the_serving_county_books_it_once_however_often_it_comes(db):
    _, _, who, _ = lunch_next_door()
    (claim,) = cleared().claims
    assert posted() == 1
    assert waiting() == []
    again = message(county=LISHUI, claim_id=claim.id)
    receive(message=again, at=at(APRIL), on=APRIL)
    books_of = f"clearing:{LISHUI}"
    assert (Received.objects.count(), ReceivedLine.objects.count()) == (1, 1)
    assert balance(NEXT_DOOR, books_of, f"receivable:{LISHUI}") == -1_200
    assert balance(NEXT_DOOR, books_of, f"payable:{who.id}") == 1_200
    assert compare(claim).agrees
    assert look(county=LISHUI, claim_id=claim.id, at=at(APRIL), by="clerk").found == ()


def test_a_message_that_is_not_what_its_sums_say_is_refused(db):
    lunch_next_door()
    (claim,) = cleared().claims
    told = message(county=LISHUI, claim_id=claim.id)
    told["lines"][0]["amount_fen"] += 1
    refused("settlement.claim_differs", receive, message=told, at=at(APRIL), on=APRIL)
    assert not Received.objects.exists()


def test_the_serving_county_pays_its_provider_by_its_own_statement(db):
    _, _, who, _ = lunch_next_door()
    cleared()
    posted()
    programme = f"clearing:{LISHUI}"
    done = gather.gather(county=NEXT_DOOR, programme=programme, month=MARCH, at=at(APRIL), by="run")
    assert (done.statements, done.lines, done.charge_fen, done.unsplit) == (1, 1, 1_200, 0)
    assert gather.gather(county=NEXT_DOOR, programme=programme, month=MARCH, at=at(APRIL), by="run").lines == 0
    statement = Statement.objects.get(county=NEXT_DOOR)
    assert (statement.provider_id, statement.net_fen, statement.lines) == (who.id, 1_200, 1)
    confirm(
        county=NEXT_DOOR,
        statement_id=statement.id,
        invoice_no="FP1",
        budget_line="异地",
        fund_year=2026,
        at=at(APRIL),
        by="manager",
    )
    approve(county=NEXT_DOOR, statement_id=statement.id, at=at(APRIL), by="head")
    with_account(who)
    made = make(county=NEXT_DOOR, programme=programme, month=MARCH, at=at(APRIL), by="finance")
    release(county=NEXT_DOOR, batch_id=made.batch.id, at=at(APRIL), on=APRIL, by="cashier")
    assert balance(NEXT_DOOR, programme, f"payable:{who.id}") == 0
    assert balance(NEXT_DOOR, programme, "paid:unsplit") == 1_200
    assert not StatementLine.objects.exists()
    assert list(check()) == [] == list(books())


def test_what_is_reversed_after_the_claim_is_negative_in_the_next(db):
    fund, _, who, bill = lunch_next_door()
    first = cleared().claims[0]
    posted()
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(APRIL), on=APRIL, by="till")
    assert [row[1] for row in compare(first).found] == ["reversed_since"]
    assert balance(LISHUI, f"card:{fund.code}", f"payable:{who.id}") == -1_200
    assert cleared().claims == ()
    (second,) = cleared(month=NEXT_MONTH, on=MAY).claims
    assert (second.lines, second.amount_fen) == (1, -1_200)
    posted(MAY)
    assert balance(LISHUI, f"card:{fund.code}", f"payable:{who.id}") == 0
    assert balance(LISHUI, f"card:{fund.code}", f"clearing:{NEXT_DOOR}") == 0
    assert balance(NEXT_DOOR, f"clearing:{LISHUI}", f"receivable:{LISHUI}") == 0
    assert compare(first).found == ()
    assert ClaimLine.objects.get(claim=second).kind == "REFUND"


def test_what_is_reversed_before_the_claim_is_in_none(db):
    *_, bill = lunch_next_door()
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(TENTH), on=TENTH, by="till")
    assert cleared().claims == ()
    assert not Claim.objects.exists()
