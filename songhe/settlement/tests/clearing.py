"""Two counties of Zhejiang whose cards are taken in each other, and a post between them that may be made to fail."""

from __future__ import annotations

from datetime import date, timedelta

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI
from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import deliver
from songhe.kernel.month import Month
from songhe.ledger.models import Account, Fund, Transfer
from songhe.provider.agreement import agree, propose_agreement
from songhe.provider.models import Listing
from songhe.redemption.tests.test_card import canteen
from songhe.settlement.letters import HANDLERS

NEXT_DOOR = "331198"
APRIL = date(2026, 4, 5)
MARCH = Month(2026, 3)


def agreed(home=LISHUI, serving=NEXT_DOOR, *, since=date(2026, 1, 1)):
    row = propose_agreement(
        home=home, serving=serving, document_no="协议1号", valid_from=since, at=at(since), by="clerk"
    )
    return agree(agreement=row, at=at(since), by="head")


def canteen_there(county=NEXT_DOOR):
    made = canteen(county)
    assert Listing.objects.filter(provider=made, county=county).exists()
    return made


def posted(on=APRIL) -> int:
    """Everything in the outboxes by the end of the day is delivered: pages write at the hour that the tests run."""
    return deliver(handlers=HANDLERS, at=at(on, 23) + timedelta(minutes=59, seconds=59), long_running=HANDLERS)


def waiting() -> list[Outgoing]:
    return list(Outgoing.objects.filter(done_at=None, topic__in=list(HANDLERS)).order_by("at", "id"))


def balance(county, fund_code, account) -> int:
    """Of an account that keeps none, the sum of its transfers."""
    fund = Fund.objects.filter(county=county, code=fund_code).first()
    found = Account.objects.filter(county=county, fund=fund, code=account).first()
    if found is None:
        return 0
    rows = Transfer.objects.filter(county=county)
    into = sum(rows.filter(credit_id=found.id).values_list("amount", flat=True))
    return into - sum(rows.filter(debit_id=found.id).values_list("amount", flat=True))
