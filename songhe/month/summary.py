"""The figures of a month: the same on every database, without ids and times."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.ledger.check import check
from songhe.ledger.models import Transfer
from songhe.month.audit import findings
from songhe.person.models import Person
from songhe.redemption.models import Bill, Line, Reversal
from songhe.settlement.models import Statement


def summary(*, county: str, month: Month, programme: str) -> dict[str, Any]:
    """The figures of a month, what the auditor finds and whether the books balance; reads every row there is."""
    return {
        **figures(county=county, month=month, programme=programme),
        "findings": sum(1 for _ in findings()),
        "books_balance": next(iter(check()), None) is None,
    }


def figures(*, county: str, month: Month, programme: str) -> dict[str, Any]:
    """What happened in the month, as counted now, in a bounded number of statements; money in fen.

    ``redeemed`` are bills of the month that are booked, ``redeemed_fen`` what vouchers paid on them, what was
    reversed left out. ``settled_fen`` is what was paid on the month's statements, assessment vouchers included.
    """
    grants = Grant.objects.filter(county=county, programme=programme, month=str(month))
    bills = Bill.objects.filter(county=county, month=str(month), grant__programme=programme)
    booked = bills.filter(state__in=[Bill.State.BOOKED, Bill.State.PROVISIONAL])
    lines = Line.objects.filter(county=county, bill__in=bills.values("id"))
    reversed_lines = Reversal.objects.filter(county=county, line__bill__in=bills.values("id")).values("line_id")
    expired = Transfer.objects.filter(county=county, kind="expire", about__in=grants.values("id"))
    statements = Statement.objects.filter(county=county, month=str(month))
    paid = statements.filter(state=Statement.State.PAID)
    return {
        "month": str(month),
        "county": county,
        "people": Person.rows.filter(county=county, closed_on=None).count(),
        "assessed": Assessment.rows.filter(county=county, state=Assessment.State.EFFECTIVE).aggregate(
            people=Count("person_id", distinct=True)
        )["people"],
        "entitled": Determination.objects.filter(
            county=county, policy=programme, current=True, outcome=Determination.Outcome.ENTITLED
        ).count(),
        "issued": grants.count(),
        "issued_fen": grants.aggregate(fen=Sum("face_fen"))["fen"] or 0,
        "redeemed": booked.count(),
        "redeemed_fen": lines.exclude(id__in=reversed_lines).aggregate(fen=Sum("voucher_fen"))["fen"] or 0,
        "reversed": reversed_lines.count(),
        "expired_fen": expired.aggregate(fen=Sum("amount"))["fen"] or 0,
        "statements": statements.count(),
        "settled_fen": paid.aggregate(fen=Sum("net_fen"))["fen"] or 0,
    }
