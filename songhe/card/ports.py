"""What cards need from outside: a payment service for top-ups, and one that knows faces.

The contracts in words: docs/ports/payment.md and docs/ports/face.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotGenuine(ValueError):
    """A message, or a ticket, that the service did not give."""


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


@dataclass(frozen=True)
class Seen:
    """Who stood before a terminal: the reference under which the service knows the face (None: nobody it knows), how
    sure it is in thousandths, and when."""

    reference: str | None
    permille: int
    taken_at: datetime


class Faces(Protocol):
    def enrol(self, *, reference: str, back: str) -> str:
        """The page of the service on which the picture is taken; it leads ``back``. Raises ``NotReached``."""

    def enrolled(self, reference: str) -> bool:
        """Whether the service has a face under it. Raises ``NotReached``."""

    def match(self, ticket: str) -> Seen:
        """Who a terminal saw; the same ticket again is answered in the same way.

        Raises ``NotGenuine`` for what no terminal gave, or ``NotReached``.
        """

    def forget(self, reference: str) -> None:
        """Delete the face and all that was measured of it; a second time it changes nothing. Raises ``NotReached``."""


def faces() -> Faces:
    """The service that this installation has chosen (``SONGHE_FACES``)."""
    made: Faces = import_string(settings.FACES)()
    return made
