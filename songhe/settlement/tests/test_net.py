"""Two counties see the same or find out why not, and pay each other what is left."""

from __future__ import annotations

from uuid import UUID

import pytest

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI, made_card, made_fund, run_charge
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.ledger.check import check as books
from songhe.redemption.tests.test_card import HELPS, STANDARD, bought, pay, refused
from songhe.settlement import net
from songhe.settlement.clear import clear, message, resend, seal
from songhe.settlement.differ import compare, look, resolve
from songhe.settlement.models import Claim, Difference, Net, Received
from songhe.settlement.receive import receive
from songhe.settlement.tests.clearing import APRIL, MARCH, NEXT_DOOR, agreed, balance, canteen_there, posted, waiting


@pytest.fixture
def month(db):
    """In March people of Lishui had three lunches next door, and one of next door had one in Lishui."""
    agreed(), agreed(NEXT_DOOR, LISHUI)
    funds = {}
    for home, away, lunches in ((LISHUI, NEXT_DOOR, 3), (NEXT_DOOR, LISHUI, 1)):
        funds[home] = made_fund(rates={STANDARD: 5_000}, allowed=HELPS, county=home)
        card = made_card(STANDARD, county=home)
        run_charge(funds[home])
        for _ in range(lunches):
            pay(card, canteen_there(away), bought("lunch"))
        clear(county=home, month=MARCH, at=at(APRIL), on=APRIL, by="run")
    return funds


def drawn(**given):
    return net.draw(**{"county": NEXT_DOOR, "other": LISHUI, "month": MARCH, "at": at(APRIL), "by": "clerk"} | given)


def of(county) -> Net:
    return Net.objects.get(county=county)


def confirmed(county, by="head"):
    return net.confirm(county=county, net_id=of(county).id, at=at(APRIL), by=by)


def settled(county, reference="", by="cashier"):
    return net.settle(county=county, net_id=of(county).id, reference=reference, at=at(APRIL), on=APRIL, by=by)


def claim_of(county) -> Claim:
    return Claim.objects.get(county=county)


def tampered(change):
    """The claim of Lishui arrives next door after ``change`` to its lines, sealed as if it were right."""
    told = message(county=LISHUI, claim_id=claim_of(LISHUI).id)
    change(told["lines"])
    view = {line["source"]: line for line in told["lines"]}
    told["count"] = len(told["lines"])
    told["amount_fen"] = sum(line["amount_fen"] for line in view.values())
    told["digest"] = seal({UUID(key): (line["provider"], line["amount_fen"]) for key, line in view.items()})
    receive(message=told, at=at(APRIL), on=APRIL)
    waiting()[0].delete()


def found():
    look(county=LISHUI, claim_id=claim_of(LISHUI).id, at=at(APRIL), by="clerk")
    return Difference.objects.filter(how="")


def resolved(row, how):
    return resolve(county=LISHUI, difference_id=row.id, how=how, because="核对", at=at(APRIL), by="clerk")


def test_both_confirm_one_pays_and_both_ledgers_show_it(month):
    posted()
    row = drawn()
    assert (row.out_fen, row.in_fen, row.net_fen) == (1_200, 3_600, -2_400)
    confirmed(NEXT_DOOR)
    posted()
    assert of(LISHUI).state == "asked"
    assert confirmed(LISHUI).state == "agreed"
    posted()
    assert of(NEXT_DOOR).state == "agreed"
    refused("settlement.net_not_paid_yet", settled, NEXT_DOOR, "B1")
    refused("settlement.same_person", settled, LISHUI, "B1", by="head")
    refused("input.missing", settled, LISHUI)
    settled(LISHUI, "B1")
    posted()
    refused("settlement.net_not_paid_yet", settled, NEXT_DOOR, "B2")
    settled(NEXT_DOOR, "B1")
    for home, away, fen in ((LISHUI, NEXT_DOOR, 3_600), (NEXT_DOOR, LISHUI, 1_200)):
        assert balance(home, f"card:{month[home].code}", f"clearing:{away}") == 0
        assert balance(home, f"card:{month[home].code}", f"cleared:{away}") == fen
        assert balance(away, f"clearing:{home}", f"receivable:{home}") == 0
        assert balance(away, f"clearing:{home}", f"cleared:{home}") == -fen
    assert list(books()) == []


def test_the_county_with_the_lower_code_draws_one_net_at_a_time(month):
    posted()
    refused("settlement.net_drawn_by_other", drawn, county=LISHUI, other=NEXT_DOOR)
    drawn()
    refused("settlement.net_open", drawn, month=Month(2026, 4))
    Net.objects.all().delete()
    Claim.objects.update(settled_month="2026-03")
    Received.objects.update(settled_month="2026-03")
    refused("settlement.nothing_to_net", drawn)


def test_a_claim_that_never_came_keeps_the_other_side_from_saying_yes(month):
    lost = next(entry for entry in waiting() if entry.county == NEXT_DOOR)
    lost.delete()
    posted()
    drawn()
    confirmed(NEXT_DOOR)
    posted()
    refused("settlement.sides_differ", confirmed, LISHUI)
    net.dispute(county=LISHUI, net_id=of(LISHUI).id, because="少一份", at=at(APRIL), by="head")
    posted()
    assert (of(NEXT_DOOR).state, of(NEXT_DOOR).dispute) == ("differs", "少一份")
    resend(county=NEXT_DOOR, claim_id=claim_of(NEXT_DOOR).id, because="没有收到", at=at(APRIL), by="clerk")
    posted()
    assert drawn().version == 2
    confirmed(NEXT_DOOR)
    posted()
    assert confirmed(LISHUI).state == "agreed"


def test_a_yes_that_was_lost_is_said_again(month):
    posted()
    refused("settlement.no_word_yet", net.tell_again, county=NEXT_DOOR, net_id=drawn().id, at=at(APRIL), by="clerk")
    confirmed(NEXT_DOOR)
    waiting()[0].delete()
    net.tell_again(county=NEXT_DOOR, net_id=of(NEXT_DOOR).id, at=at(APRIL), by="clerk")
    posted()
    confirmed(LISHUI)
    waiting()[0].delete()
    assert of(NEXT_DOOR).state == "proposed"
    settled(LISHUI, "B1")
    posted()
    assert (of(NEXT_DOOR).state, of(NEXT_DOOR).their_reference) == ("agreed", "B1")


def test_lines_that_are_missing_there_are_sent_again(month):
    tampered(lambda lines: lines.pop())
    (row,) = found()
    assert (row.code, row.here_fen, row.there_fen) == ("missing_there", 1_200, 0)
    refused("settlement.difference_not_this_way", resolved, row, "reverse")
    resolved(row, "resend")
    refused("settlement.difference_resolved", resolved, row, "resend")
    posted()
    assert compare(claim_of(LISHUI)).agrees
    assert not found().exists()


def test_another_amount_is_put_right_by_a_line_of_its_own(month):
    tampered(lambda lines: lines[0].update(amount_fen=1_300))
    (row,) = found()
    assert (row.code, row.here_fen, row.there_fen) == ("amount_differs", 1_200, 1_300)
    resolved(row, "resend")
    posted()
    assert compare(claim_of(LISHUI)).agrees
    assert balance(NEXT_DOOR, f"clearing:{LISHUI}", f"receivable:{LISHUI}") == -3_600


def test_a_line_that_home_knows_nothing_of_is_taken_back(month):
    tampered(lambda lines: lines.append({**lines[0], "source": str(new_id()), "number": 9}))
    (row,) = found()
    assert (row.code, row.here_fen, row.there_fen) == ("missing_here", 0, 1_200)
    resolved(row, "reverse")
    posted()
    assert compare(claim_of(LISHUI)).agrees
    assert balance(NEXT_DOOR, f"clearing:{LISHUI}", f"receivable:{LISHUI}") == -3_600


def test_why_is_always_said(month):
    claim = claim_of(LISHUI)
    said = {"county": LISHUI, "at": at(APRIL), "by": "clerk"}
    refused("settlement.clearing_needs_reason", resend, claim_id=claim.id, because=" ", **said)
    told = {"how": "resend", "because": "x"} | said
    refused("settlement.unknown_difference", resolve, difference_id=claim.id, **told)
