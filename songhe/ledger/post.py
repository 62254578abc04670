"""Move units between accounts: the only place where a balance changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from songhe.county.key import Tag, derived_id_sql, new_id, plain_id, plain_instant
from songhe.county.ready import insert
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Account, Transfer
from songhe.ledger.period import hold_open

INSUFFICIENT = reason("ledger.insufficient", zh="余额不足。", en="The balance is too small.", status=409)
NOT_POSITIVE = reason("ledger.amount_not_positive", zh="金额必须大于零。", en="The amount must be more than zero.")
OTHER_FUND = reason("ledger.other_fund", zh="两个账户不属于同一资金。", en="The two accounts are not of one fund.")


@dataclass(frozen=True)
class Move:
    """``amount`` units (> 0) from ``debit`` to ``credit``; ``about`` is the id of what it is for."""

    debit: Account
    credit: Account
    amount: int
    kind: str
    about: UUID | None = None
    reverses: UUID | None = None


def post(*, county: str, moves: Sequence[Move], at: datetime, on: date) -> list[Transfer]:
    """Post the moves, all or none, into the month of ``on`` or the first open one after it.

    Accounts with a floor are changed by one conditional UPDATE each, in id order, so that calls which share
    accounts wait for each other and never deadlock. Refuses with ``ledger.insufficient``,
    ``ledger.amount_not_positive`` or ``ledger.other_fund``; the caller's transaction is then to be rolled back.
    """
    changes: dict[UUID, int] = defaultdict(int)
    for move in moves:
        if move.amount <= 0:
            raise NOT_POSITIVE("amount")
        if move.debit.fund_id != move.credit.fund_id:
            raise OTHER_FUND("credit")
        if move.debit.floor is not None:
            changes[move.debit.id] -= move.amount
        if move.credit.floor is not None:
            changes[move.credit.id] += move.amount
    month = hold_open(county=county, month=Month.of(on))
    for account_id in sorted(changes):
        if changes[account_id] and not _change(county, account_id, changes[account_id]):
            raise INSUFFICIENT("amount")
    transfers = [
        Transfer(
            county=county,
            id=new_id(),
            fund_id=move.debit.fund_id,
            debit_id=move.debit.id,
            credit_id=move.credit.id,
            amount=move.amount,
            kind=move.kind,
            about=move.about,
            reverses=move.reverses,
            month=str(month),
            on=on,
            at=at,
        )
        for move in moves
    ]
    insert(transfers)
    return transfers


def _change(county: str, account_id: UUID, change: int) -> bool:
    """Change a limited account, if that leaves it its floor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_account SET balance = balance + %s WHERE county = %s AND id = %s"
            + (" AND balance >= floor - %s" if change < 0 else ""),
            [change, county, plain_id(account_id), *([change] if change < 0 else [])],
        )
        return cursor.rowcount == 1


def fill_new(
    *,
    county: str,
    source: Account,
    purses: str,
    parameters: Sequence[Any],
    kind: str,
    tag: Tag,
    tag_month: Month,
    at: datetime,
    on: date,
) -> tuple[int, int]:
    """Book the opening balance of purses that the caller's transaction has just made, out of ``source``.

    ``purses`` is SQL that selects ``account``, ``about`` and ``amount`` of the new purses of the fund of ``source``,
    whose rows already carry that balance. Two statements, whatever the number; answers (transfers, sum). Refuses
    with ``ledger.insufficient`` when ``source`` has too little: nobody is issued money that is not there.
    """
    month = hold_open(county=county, month=Month.of(on))
    new = derived_id_sql(connection.vendor, "p.account", tag, tag_month)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_transfer (county, id, fund_id, debit_id, credit_id, amount, kind, about, month, "
            f'"on", at) SELECT b.county, {new}, b.fund_id, b.id, p.account, p.amount, %s, p.about, %s, %s, %s '
            f"FROM ledger_account b CROSS JOIN ({purses}) p WHERE b.county = %s AND b.id = %s ORDER BY p.account",
            [kind, str(month), on, plain_instant(at), *parameters, county, plain_id(source.id)],
        )
        count = cursor.rowcount
        cursor.execute(f"SELECT COALESCE(SUM(p.amount), 0) FROM ({purses}) p", parameters)
        total = int(cursor.fetchone()[0])
    if total:
        enough = Account.objects.filter(county=county, id=source.id, balance__gte=F("floor") + total)
        if not enough.update(balance=F("balance") - total):
            raise INSUFFICIENT("amount")
    return count, total


def fill(
    *,
    county: str,
    source: Account,
    accounts: str,
    parameters: Sequence[Any],
    kind: str,
    tag: Tag,
    tag_month: Month,
    at: datetime,
    on: date,
) -> tuple[int, int]:
    """Move amounts out of ``source`` into a set of limited accounts of its fund; answers (transfers, sum).

    ``accounts`` is SQL that selects ``account``, ``about`` and ``amount`` (> 0) of accounts that stand. Four
    statements, whatever the number; the accounts and ``source`` are locked in id order first. Refuses with
    ``ledger.insufficient`` when ``source`` has too little.
    """
    month = hold_open(county=county, month=Month.of(on))
    new = derived_id_sql(connection.vendor, "p.account", tag, tag_month)
    with connection.cursor() as cursor:
        _lock_in_order(cursor, county, accounts, parameters, source)
        cursor.execute(
            "INSERT INTO ledger_transfer (county, id, fund_id, debit_id, credit_id, amount, kind, about, month, "
            f'"on", at) SELECT b.county, {new}, b.fund_id, b.id, p.account, p.amount, %s, p.about, %s, %s, %s '
            f"FROM ledger_account b CROSS JOIN ({accounts}) p WHERE b.county = %s AND b.id = %s ORDER BY p.account",
            [kind, str(month), on, plain_instant(at), *parameters, county, plain_id(source.id)],
        )
        count = cursor.rowcount
        cursor.execute(f"SELECT COALESCE(SUM(p.amount), 0) FROM ({accounts}) p", parameters)
        total = int(cursor.fetchone()[0])
        cursor.execute(
            f"UPDATE ledger_account SET balance = balance + p.amount FROM ({accounts}) p "
            "WHERE ledger_account.county = %s AND ledger_account.id = p.account",
            [*parameters, county],
        )
    if total and source.floor is not None:
        enough = Account.objects.filter(county=county, id=source.id, balance__gte=F("floor") + total)
        if not enough.update(balance=F("balance") - total):
            raise INSUFFICIENT("amount")
    return count, total


def _lock_in_order(cursor: Any, county: str, accounts: str, parameters: Sequence[Any], other: Account) -> None:
    """Lock a set of accounts, and with them the limited account at the other end, as ``post`` would: in id order."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT a.id FROM ledger_account a WHERE a.county = %s AND (a.id = %s OR a.id IN "
            f"(SELECT account FROM ({accounts}) p)) ORDER BY a.id FOR UPDATE) l",
            [county, plain_id(other.id) if other.floor is not None else None, *parameters],
        )


def sweep(
    *,
    county: str,
    credit: Account,
    accounts: str,
    parameters: Sequence[Any],
    kind: str,
    tag: Tag,
    tag_month: Month,
    at: datetime,
    on: date,
) -> tuple[int, int]:
    """Move whatever stands in a set of limited accounts to one account; answers (transfers, sum).

    ``accounts`` is SQL that selects (account id, about id). The accounts are locked in id order first, and read in
    a statement of their own after the lock; an empty account gives no transfer.
    """
    month = hold_open(county=county, month=Month.of(on))
    new = derived_id_sql(connection.vendor, "a.id", tag, tag_month)
    with connection.cursor() as cursor:
        _lock_in_order(cursor, county, accounts, parameters, credit)
        cursor.execute(
            "INSERT INTO ledger_transfer (county, id, fund_id, debit_id, credit_id, amount, kind, about, month, "
            f'"on", at) SELECT a.county, {new}, a.fund_id, a.id, %s, a.balance, %s, p.about, %s, %s, %s '
            f"FROM ({accounts}) p JOIN ledger_account a ON a.id = p.account "
            "WHERE a.county = %s AND a.balance > 0 ORDER BY a.id",
            [plain_id(credit.id), kind, str(month), on, plain_instant(at), *parameters, county],
        )
        count = cursor.rowcount
        cursor.execute(
            f"SELECT COALESCE(SUM(a.balance), 0) FROM ({accounts}) p JOIN ledger_account a ON a.id = p.account "
            "WHERE a.county = %s AND a.balance > 0",
            [*parameters, county],
        )
        total = int(cursor.fetchone()[0])
        cursor.execute(
            f"UPDATE ledger_account SET balance = 0 WHERE county = %s AND balance > 0 "
            f"AND id IN (SELECT account FROM ({accounts}) p)",
            [county, *parameters],
        )
    if total and credit.floor is not None:
        Account.objects.filter(county=county, id=credit.id).update(balance=F("balance") + total)
    return count, total
