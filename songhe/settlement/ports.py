"""What settlement needs from outside: a bank. The contract in words stands in ``docs/ports/bank.md``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class PayOrder:
    """One payment of a pay-out file. ``reference`` is ours, unique in the county for ever; ``amount_fen`` > 0."""

    reference: str
    holder: str
    bank: str
    account_number: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True)
class BankFile:
    """A whole pay-out as it goes to the bank, with the count and the sum that the bank is to check."""

    county: str
    batch_no: str
    content: bytes
    sha256: str
    count: int
    total_fen: int


class Outcome(StrEnum):
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True)
class BankRow:
    """One line of a bank statement. ``bank_no`` is the bank's own number of the movement."""

    reference: str
    amount_fen: int
    outcome: Outcome
    booked_on: date
    because: str = ""
    bank_no: str = ""


class BankRefused(RuntimeError):
    """The bank did not take a file: another one came under the same number, or its sums do not agree."""


class Bank(Protocol):
    def send(self, file: BankFile) -> None:
        """Take a file. The same file again is taken once; another under its number raises ``BankRefused``."""

    def statement(self, *, county: str, on: date) -> Sequence[BankRow]:
        """Every movement booked up to the end of the day, also those reported before."""
