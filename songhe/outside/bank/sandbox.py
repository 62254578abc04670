"""A bank that lies in a folder: it takes pay-out files and answers with statements, some payments returned by rule.

For practice and for tests. Which payments come back follows from the last four digits of the account: ``0000`` always
(no such account), ``0001`` the first time (the bank could not process it), anything else never.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.conf import settings

from songhe.settlement.bank_file import read_orders, read_rows, write_rows
from songhe.settlement.ports import BankFile, BankRefused, BankRow, Outcome, PayOrder

NEVER = "0000"
FIRST_TIME = "0001"


class SandboxBank:
    """Keeps, under ``MEDIA_ROOT/bank/<county>``, the files it took in ``out`` and its statements in ``in``."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.MEDIA_ROOT) / "bank"

    def send(self, file: BankFile) -> None:
        """Take a pay-out file once, after counting it. Raises ``BankRefused``."""
        orders = read_orders(file.content)
        if hashlib.sha256(file.content).hexdigest() != file.sha256:
            raise BankRefused(f"{file.batch_no}: the file is not the one announced")
        if len(orders) != file.count or sum(order.amount_fen for order in orders) != file.total_fen:
            raise BankRefused(f"{file.batch_no}: count or sum do not agree")
        path = self._out(file.county) / f"{file.batch_no}.csv"
        if path.exists():
            if path.read_bytes() != file.content:
                raise BankRefused(f"{file.batch_no} was taken with other content")
            return
        _write(path, file.content)

    def statement(self, *, county: str, on: date) -> Sequence[BankRow]:
        """Answer every file taken so far with that day's date, and give all movements up to the end of the day."""
        answered = {path.name for path in self._in(county).glob("*.csv")}
        for path in sorted(self._out(county).glob("*.csv")):
            if path.name not in answered:
                rows = [self._answer(county, order, on) for order in read_orders(path.read_bytes())]
                _write(self._in(county) / path.name, write_rows(rows))
        found = [row for path in sorted(self._in(county).glob("*.csv")) for row in read_rows(path.read_bytes())]
        return [row for row in found if row.booked_on <= on]

    def _answer(self, county: str, order: PayOrder, on: date) -> BankRow:
        ending = order.account_number[-4:]
        because = ""
        if ending == NEVER:
            because = "账号不存在"
        elif ending == FIRST_TIME and not self._tried(county, order):
            because = "收款行未受理"
        return BankRow(
            reference=order.reference,
            amount_fen=order.amount_fen,
            outcome=Outcome.RETURNED if because else Outcome.PAID,
            booked_on=on,
            because=because,
            bank_no=hashlib.sha256(order.reference.encode()).hexdigest()[:16].upper(),
        )

    def _tried(self, county: str, order: PayOrder) -> bool:
        """Whether a payment to this account was answered before."""
        for path in self._in(county).glob("*.csv"):
            sent = read_orders((self._out(county) / path.name).read_bytes())
            if any(each.account_number == order.account_number for each in sent):
                return True
        return False

    def _out(self, county: str) -> Path:
        return _folder(self.root / county / "out")

    def _in(self, county: str) -> Path:
        return _folder(self.root / county / "in")


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all; only we read it, for it holds account numbers."""
    draft = path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
