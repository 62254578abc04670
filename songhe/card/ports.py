"""What cards need from outside: a payment service for top-ups. The contract in words: docs/ports/payment.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotGenuine(ValueError):
    """A message that the payment service did not send."""


class NotReached(RuntimeError):
    """The service did not answer; nothing is known, and it is asked again."""


class RefundRefused(RuntimeError):
    """The service will not pay that back: another refund went out under the number, or it is more than was paid."""


@dataclass(frozen=True)
class Order:
    """A top-up to be paid. ``no`` is ours, unique in the country for ever; its first six digits are the county."""

    no: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True)
class PayPage:
    """Where the family pays: an address, and the text of a square to scan."""

    address: str
    scan: str


@dataclass(frozen=True)
class Paid:
    """The service says that an order was paid. ``payment_no`` is its own number of the payment."""

    no: str
    payment_no: str
    amount_fen: int
    paid_at: datetime


class Payments(Protocol):
    def order(self, order: Order) -> PayPage:
        """Open an order; the same one again gives the same page. Raises ``NotReached``."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Paid:
        """What a call-back says, its signature verified. Raises ``NotGenuine``."""

    def ask(self, no: str) -> Paid | None:
        """Whether an order was paid, for call-backs that never came. Raises ``NotReached``."""

    def refund(self, *, no: str, refund_no: str, amount_fen: int) -> None:
        """Pay back to who paid; the same refund again is done once. Raises ``RefundRefused`` or ``NotReached``."""


def payments() -> Payments:
    """The service that this installation has chosen (``SONGHE_PAYMENTS``)."""
    made: Payments = import_string(settings.PAYMENTS)()
    return made
