"""Open funds and the accounts in them."""

from __future__ import annotations

from uuid import UUID

from songhe.kernel.refusal import reason
from songhe.ledger.models import Account, Fund, Unit

UNKNOWN_FUND = reason("ledger.unknown_fund", zh="没有“{fund}”这项资金。", en="There is no fund {fund}.")


def open_fund(*, county: str, code: str, name: str, unit: str = Unit.FEN) -> Fund:
    """The fund of that code, opened if it was not yet; a second call finds the first one's."""
    fund, _ = Fund.objects.get_or_create(county=county, code=code, defaults={"name": name, "unit": unit})
    return fund


def find_fund(*, county: str, code: str, field: str) -> Fund:
    """The fund that somebody named in a field. Refuses with ``ledger.unknown_fund``."""
    found = Fund.objects.filter(county=county, code=code).first()
    if found is None:
        raise UNKNOWN_FUND(field, fund=code)
    return found


def open_account(
    *, fund: Fund, code: str | None, kind: str, floor: int | None = None, account_id: UUID | None = None
) -> Account:
    """The account of that code, opened if it was not yet.

    With ``floor`` (units, usually 0) its balance is kept and never falls below; without, it is an open sum.
    """
    fields = {"kind": kind, "floor": floor, "balance": None if floor is None else 0}
    if code is None:
        key = {"id": account_id} if account_id else {}
        if account_id and (found := Account.objects.filter(county=fund.county, id=account_id).first()):
            return found
        return Account.objects.create(county=fund.county, fund=fund, **fields, **key)
    account, _ = Account.objects.get_or_create(county=fund.county, fund=fund, code=code, defaults=fields)
    return account
