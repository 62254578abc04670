"""Entitled people and a county with a budget, as rows, for the stories of vouchers and bills."""

from __future__ import annotations

from datetime import date
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Entitlement
from songhe.grant.fund import set_budget
from songhe.grant.issue import issue
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.person.models import Person, identity_of

PROGRAMME = "consumption-voucher"
MARCH = Month(2026, 3)
FIRST = date(2026, 3, 1)
TENTH = date(2026, 3, 10)
_numbers = count(1)


def budget(amount_fen=10_000_000, *, county=COUNTY, month=MARCH, programme=PROGRAMME):
    return set_budget(
        county=county,
        programme=programme,
        month=month,
        amount_fen=amount_fen,
        by="finance",
        approved_by="head",
        at=at(month.first),
        on=month.first,
    )


def entitled(*, county=COUNTY, person: Person | None = None, outcome="entitled", **fields) -> Entitlement:
    person = person or elder(county=county)
    Determination.objects.create(
        county=county,
        person=person,
        policy=PROGRAMME,
        on=date(2026, 2, 20),
        at=at(date(2026, 2, 20)),
        outcome=outcome,
        pack="test",
        version="0" * 12,
        facts={},
        conditions={},
        benefit={},
    )
    number = next(_numbers)
    given = {
        "county": county,
        "no": f"{county}202602{number:09d}",
        "person": person,
        "identity": identity_of(person),
        "policy": PROGRAMME,
        "approved_on": date(2026, 2, 20),
        "approved_by": "approver",
        "first_month": "2026-03",
        "first_due_on": date(2026, 2, 27),
        "level": 2,
    }
    return Entitlement.objects.create(**{**given, **fields})


def run_issue(*, county=COUNTY, month=MARCH, on=None, chunk=50_000):
    return issue(
        county=county,
        programme=PROGRAMME,
        month=month,
        on=on or month.first,
        clock=lambda: at(on or month.first),
        chunk=chunk,
    )


def voucher(*, category="home", county=COUNTY, **fields) -> Grant:
    """A voucher of March, issued for one entitled person out of a fresh budget."""
    right = entitled(county=county, category=category, **fields)
    budget(county=county)
    run_issue(county=county)
    return Grant.objects.get(county=county, entitlement=right)


def left(grant: Grant) -> int:
    return Account.objects.get(county=grant.county, id=grant.purse_id).balance
