"""What stands in an account, now or at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, Sum

from songhe.ledger.models import Account, Transfer


def balance(account: Account, *, on: date | None = None) -> int:
    """Units credited less units debited, up to and including the day ``on`` (None: everything)."""
    if account.floor is not None and on is None:
        return Account.objects.values_list("balance", flat=True).get(county=account.county, id=account.id) or 0
    return balances(county=account.county, accounts=[account.id], on=on)[account.id]


def balances(*, county: str, accounts: Iterable[UUID], on: date | None = None) -> dict[UUID, int]:
    """The balance of each account from its transfers, in two statements."""
    wanted = list(accounts)
    until = Q(on__lte=on) if on else Q()
    found = dict.fromkeys(wanted, 0)
    rows = Transfer.objects.filter(until, county=county)
    for account, total in rows.filter(credit_id__in=wanted).values_list("credit_id").annotate(Sum("amount")):
        found[account] += total
    for account, total in rows.filter(debit_id__in=wanted).values_list("debit_id").annotate(Sum("amount")):
        found[account] -= total
    return found
