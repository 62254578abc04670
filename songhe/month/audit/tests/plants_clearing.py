"""Faults of clearing between counties: each lets two counties clear a lunch and spoils one thing of it."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.ledger.models import Transfer
from songhe.month.audit.tests.plants import change, plant
from songhe.provider.models import Agreement
from songhe.redemption.models import Reversal
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import bought, funded, pay
from songhe.settlement import gather, net
from songhe.settlement.clear import clear
from songhe.settlement.models import Claim, ClaimLine, Net, ReceivedLine
from songhe.settlement.tests.clearing import APRIL, MARCH, NEXT_DOOR, agreed, canteen_there, posted

MAY = date(2026, 5, 5)


def lunched() -> Claim:
    """A lunch next door, claimed and received."""
    agreed()
    _, card = funded()
    pay(card, canteen_there(), bought("lunch"))
    claim = clear(county=LISHUI, month=MARCH, at=at(APRIL), on=APRIL, by="run").claims[0]
    posted()
    return claim


def netted(*, settled: bool = False) -> Net:
    """The lunch netted and agreed on both sides; the net of the county that owes it."""
    lunched()
    said = {"at": at(APRIL)}
    drawn = net.draw(county=NEXT_DOOR, other=LISHUI, month=MARCH, by="clerk", **said)
    net.confirm(county=NEXT_DOOR, net_id=drawn.id, by="head", **said)
    posted()
    mine = Net.objects.get(county=LISHUI)
    net.confirm(county=LISHUI, net_id=mine.id, by="head", **said)
    posted()
    if settled:
        net.settle(county=LISHUI, net_id=mine.id, reference="B1", on=APRIL, by="cashier", **said)
    return Net.objects.get(county=LISHUI)


@plant("clearing.claimed_differs", held=True)
def a_line_of_another_provider():
    claim = lunched()
    change(ClaimLine.objects.get(claim=claim), provider_id=canteen_there(LISHUI).id)


@plant("clearing.refund_without_charge", held=True)
def a_refund_for_another_reversal():
    claim = lunched()
    _, card = funded()
    home = pay(card, canteen_there(LISHUI), bought("lunch"))
    away = ClaimLine.objects.get(claim=claim).line.bill
    for no in (home.no, away.no):
        reverse(county=LISHUI, bill_no=no, because="退", at=at(APRIL), on=APRIL, by="till")
    clear(county=LISHUI, month=Month(2026, 4), at=at(MAY), on=MAY, by="run")
    posted(MAY)
    refund = ClaimLine.objects.get(county=LISHUI, kind="REFUND")
    change(refund, reversal_id=Reversal.objects.get(county=LISHUI, line__bill_id=home.id).id)


@plant("clearing.claim_does_not_sum")
def a_claim_of_more_lines():
    change(lunched(), lines=5)


@plant("clearing.claim_not_booked", held=True)
def a_claim_that_the_books_do_not_show():
    change(Transfer.objects.get(county=LISHUI, kind="clear", about=lunched().id), about=new_id())


@plant("clearing.received_not_booked", held=True)
def a_received_claim_that_the_books_do_not_show():
    lunched()
    change(Transfer.objects.get(county=NEXT_DOOR, kind="receive"), about=new_id())


@plant("clearing.paid_by_another_statement", held=True)
def a_line_on_another_providers_statement():
    lunched()
    gather.gather(county=NEXT_DOOR, programme=f"clearing:{LISHUI}", month=MARCH, at=at(APRIL), by="run")
    change(ReceivedLine.objects.get(county=NEXT_DOOR), provider_id=canteen_there().id)


@plant("clearing.settled_and_differs", "clearing.claim_does_not_sum")
def a_cleared_claim_of_another_sum():
    netted()
    change(Claim.objects.get(county=LISHUI), amount_fen=1_201)


@plant("clearing.nets_differ")
def a_net_of_another_word():
    change(netted(), word="x", their_word="x")


@plant("clearing.net_by_one_person", held=True)
def one_person_for_both():
    change(netted(settled=True), settled_by="head")


@plant("clearing.net_not_booked")
def a_net_said_to_be_cleared():
    change(netted(), state="settled")


@plant("clearing.served_without_agreement")
def a_card_taken_before_the_agreement():
    lunched()
    change(Agreement.objects.get(home=LISHUI), valid_from=date(2026, 3, 15))
