"""The last voucher is that of December 2026; what was served is settled after it, and a new notice goes on from there.

Source 001, answer 14: the programme runs for twelve natural months. Ratio 1/2 at home, 800 at most, centre 85 %.
"""

from __future__ import annotations

from datetime import date

import pytest

from songhe.entitlement.models import Application, Entitlement
from songhe.grant.issue import issue
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.check import check as books
from songhe.ledger.models import Account
from songhe.month.audit import findings
from songhe.month.steps import run_month
from songhe.person.models import Person
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import reverse
from songhe.settlement.claw_back import debts, recover
from songhe.settlement.models import Statement, StatementLine
from tests.stories import cast
from tests.stories.cast import CLERK, CONSUMPTION, COUNTY, FINANCE, at
from tests.stories.march import agree, bank_says, charge, send

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY = Month(2026, 12), Month(2027, 1)
APPROVED, TENTH, LAST = date(2026, 12, 2), date(2026, 12, 10), date(2026, 12, 31)
FIFTEENTH = date(2027, 1, 15)


def run(month, until="close"):
    return run_month(county=COUNTY, month=month, calendar=cast.calendar(not_before=APPROVED), until=until)


def refused(code, act, **arguments):
    with pytest.raises(Refusal) as caught:
        act(**arguments)
    assert caught.value.code == code


def bathed(bodies, person, *, on, fee_fen) -> Bill:
    """A bath at home, and the bill of it on the same day."""
    grant = Grant.objects.filter(county=COUNTY, person_id=person.id).order_by("-month").first()
    visit = cast.visited(person, bodies.near, "home-bath", on=on)
    request = Request(
        provider_id=bodies.near.pk, charges=(charge(visit, fee_fen),), grant_no=grant.no, confirmed_by="elder"
    )
    return redeem(county=COUNTY, request=request, at=at(on, 15), on=on, by=cast.manager(bodies.near))


@pytest.fixture
def bodies(db):
    return cast.bodies()


@pytest.fixture
def elder(bodies) -> Person:
    """Approved on 2 December; the voucher of the last month is issued on that day."""
    made = cast.enrol("王秀兰", date(1942, 3, 7), 2, on=APPROVED)
    application = cast.applied(made, on=APPROVED, category="home", provider=bodies.near)
    cast.assessed(made, bodies.assessors, on=APPROVED)
    cast.granted(application, on=APPROVED)
    cast.budget(DECEMBER, 1_000_000, on=APPROVED)
    assert run(DECEMBER, "issue").figures["issue"]["issued"] == 1
    return made


@pytest.fixture
def paid(bodies, elder) -> tuple[Bill, Bill]:
    """Two bills, one of them on the last day; December is settled and closed in January: 250.00."""
    bills = (
        bathed(bodies, elder, on=TENTH, fee_fen=20_000),
        bathed(bodies, elder, on=LAST, fee_fen=30_000),
    )
    done = run(DECEMBER, "gather")
    assert done.figures["expire"] == {"expired": 1, "expired_fen": 55_000}
    settle(bodies, DECEMBER, date(2027, 1, 6), 25_000)
    return bills


def settle(bodies, month, on, total_fen):
    agree(month, on, (bodies.near,))
    sent = send(month, on)
    assert (sent.total_fen, bank_says(sent, on).paid_fen) == (total_fen, total_fen)
    assert run(month).waits == []


def standing(fund):
    accounts = Account.objects.filter(county=COUNTY, fund__code=fund).exclude(kind__in=["purse", "source", "budget"])
    return {account.kind if account.kind == "payable" else account.code: balance(account) for account in accounts}


def sound():
    assert [*books(), *map(str, findings())] == []


def test_december_is_the_last_month_and_january_is_refused(bodies, paid):
    refused("policy.not_in_force", run, month=JANUARY)
    refused("policy.not_in_force", run, month=JANUARY, until="issue")
    refused(
        "policy.not_in_force",
        issue,
        county=COUNTY,
        programme=CONSUMPTION,
        month=JANUARY,
        on=JANUARY.first,
        clock=lambda: at(JANUARY.first),
    )
    assert not Grant.objects.exclude(month="2026-12").exists()
    assert Entitlement.objects.get().state == "active", "a notice may still come"
    sound()


def test_a_voucher_of_december_pays_for_nothing_in_january(bodies, elder):
    refused("grant.expired", bathed, bodies=bodies, person=elder, on=date(2027, 1, 2), fee_fen=10_000)
    assert Bill.objects.count() == 0


def test_who_comes_too_late_for_the_last_month_is_told_so(bodies, elder):
    late = cast.enrol("赵德福", date(1951, 6, 30), 5, on=LAST)
    refused("policy.not_in_force", cast.applied, person=late, on=date(2027, 1, 4))
    assert not Application.rows.filter(person=late).exists()


def test_what_is_reversed_after_the_end_is_gathered_and_given_back(bodies, paid):
    reverse(county=COUNTY, bill_no=paid[0].no, because="没有上门", at=at(FIFTEENTH), on=FIFTEENTH, by=CLERK)
    refused("policy.not_in_force", run, month=JANUARY, until="issue")
    done = run(JANUARY, "gather")
    assert done.figures["gather"] == {"statements": 1, "lines": 1}
    assert "issue" not in done.figures
    row = Statement.objects.get(month="2027-01")
    assert (row.net_fen, row.central_fen, row.local_fen) == (-10_000, -8_500, -1_500)
    agree(JANUARY, date(2027, 2, 6), (bodies.near,))
    (debt,) = debts(county=COUNTY, programme=CONSUMPTION, on=date(2027, 2, 7))
    assert (debt.owed_fen, debt.listed) == (10_000, True)
    on = date(2027, 2, 8)
    recover(
        county=COUNTY,
        statement_id=row.id,
        amount_fen=10_000,
        reference="B-1",
        received_on=on,
        at=at(on),
        on=on,
        by=FINANCE,
    )
    assert run(JANUARY).waits == []
    assert standing("consumption-voucher-2026") == {
        "payable": 0,
        "lapsed": 55_000 + 10_000,
        "paid:central": 21_250 - 8_500,
        "paid:local": 3_750 - 1_500,
    }
    sound()


def test_a_statement_of_december_still_open_takes_the_reversal_itself(bodies, elder):
    bill = bathed(bodies, elder, on=TENTH, fee_fen=20_000)
    bathed(bodies, elder, on=LAST, fee_fen=30_000)
    run(DECEMBER, "gather")
    on = date(2027, 1, 5)
    reverse(county=COUNTY, bill_no=bill.no, because="没有上门", at=at(on), on=on, by=CLERK)
    run(DECEMBER, "gather")
    assert list(StatementLine.objects.order_by("number").values_list("kind", "amount_fen")) == [
        ("CHARGE", 10_000),
        ("CHARGE", 15_000),
        ("REFUND", -10_000),
    ]
    settle(bodies, DECEMBER, date(2027, 1, 6), 15_000)
    sound()


def test_a_new_notice_goes_on_without_a_new_application(bodies, elder, paid, next_year):
    next_year(continues=True)
    cast.budget(JANUARY, 1_000_000)
    assert run(JANUARY, "issue").figures["issue"] == {"issued": 1, "issued_fen": 80_000, "waiting": 0}
    held = Grant.objects.get(month="2027-01")
    assert (held.category, held.provider_id, held.pack) == (
        "home",
        bodies.near.pk,
        "000000/consumption-voucher/national-2027",
    )
    assert (Application.rows.count(), Entitlement.objects.count()) == (1, 1)
    assert bathed(bodies, elder, on=FIFTEENTH, fee_fen=40_000).voucher_fen == 20_000
    reverse(county=COUNTY, bill_no=paid[0].no, because="没有上门", at=at(FIFTEENTH), on=FIFTEENTH, by=CLERK)
    run(JANUARY, "gather")
    settle(bodies, JANUARY, date(2027, 2, 6), 10_000)
    assert standing("consumption-voucher-2026") == {
        "payable": 0,
        "lapsed": 65_000,
        "paid:central": 12_750,
        "paid:local": 2_250,
    }
    assert standing("consumption-voucher-2027") == {
        "payable": 0,
        "lapsed": 60_000,
        "paid:central": 17_000,
        "paid:local": 3_000,
    }
    sound()


def test_a_new_edition_that_continues_nothing_issues_to_nobody_and_ends_the_right(bodies, elder, paid, next_year):
    next_year(continues=False)
    cast.budget(JANUARY, 1_000_000)
    assert run(JANUARY, "issue").figures["issue"] == {"issued": 0, "issued_fen": 0, "waiting": 0}
    right = Entitlement.objects.get()
    assert (right.state, right.stopped_because, right.last_month) == ("stopped", "programme", "2026-12")
    anew = cast.determined(cast.applied(elder, on=date(2027, 1, 4)), on=date(2027, 1, 5))
    assert (anew.state, anew.determination.outcome) == ("determined", "entitled"), "and may apply anew"
    sound()


def test_a_month_gone_by_is_settled_on_any_later_day_and_issued_to_nobody(bodies, elder):
    """A real county asks for the month on the day it has, and not on the step's own."""
    bathed(bodies, elder, on=TENTH, fee_fen=20_000)

    def today(_natural):
        return date(2027, 1, 5), lambda: at(date(2027, 1, 5))

    done = run_month(county=COUNTY, month=DECEMBER, calendar=today, until="gather")
    assert done.figures["issue"] == {"issued": 0, "issued_fen": 0, "waiting": 0}
    assert done.figures["gather"] == {"statements": 1, "lines": 1}
