"""The first voucher of a right that has just begun, without waiting for the next run of the month. 首张券"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.entitlement.models import Entitlement
from songhe.grant.fund import accounts
from songhe.grant.issue import WAITS_FOR_BUDGET, Issued, issue_slice
from songhe.grant.models import Budget, Waiting
from songhe.kernel.month import Month
from songhe.policy.terms import terms


def issue_first(*, county: str, entitlement_id: UUID, on: date, at: datetime) -> Issued:
    """Issue this month's voucher to a right that begins this month, as the month's own run would.

    Nothing where the month's budget is not open yet, where somebody approved earlier waits for money (the queue
    goes by approval), or where the right begins later; the run of the month finds it then. A second time it adds
    nothing.
    """
    month = Month.of(on)
    right = Entitlement.objects.get(county=county, id=entitlement_id)
    rules = terms(policy=right.policy, place=county, on=on)
    opened = Budget.objects.filter(county=county, programme=right.policy, month=str(month)).exists()
    if not opened or not rules.open_categories or right.first_month > str(month):
        return Issued()
    if Waiting.objects.filter(county=county, month=str(month), because=WAITS_FOR_BUDGET).exists():
        return Issued()
    with transaction.atomic():
        budget = accounts(county=county, programme=right.policy, month=month).budget
        return issue_slice(right=right, month=month, on=on, at=at, rules=rules, budget=budget)
