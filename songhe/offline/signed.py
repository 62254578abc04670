"""What a device signs: one line of text, with the digest of the one before it, under the device's own key.

The key is made on the device and never leaves it; the county keeps the public half, so nobody here can sign either.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timezone

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORM = "SO1"
#: What stands for the slip before the first.
NONE_BEFORE = "0" * 64

_KEY = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_LINE = re.compile(
    r"SO1\|(?P<device>[0-9a-f]{32})\|(?P<counter>[1-9][0-9]{0,11})\|(?P<card_no>[0-9A-Za-z._-]{6,100})"
    r"\|(?P<item>[0-9A-Za-z._-]{1,30})\|(?P<quantity>[1-9][0-9]{0,2})\|(?P<amount>[1-9][0-9]{0,8})"
    r"\|(?P<made>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)\|(?P<previous>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Said:
    """A slip as its device wrote it. ``made_at`` is the device's clock: data, not truth."""

    device: str
    counter: int
    card_no: str
    item: str
    quantity: int
    amount_fen: int
    made_at: datetime
    previous: str

    def line(self) -> str:
        made = self.made_at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        parts = (FORM, self.device, self.counter, self.card_no, self.item, self.quantity, self.amount_fen, made)
        return "|".join(str(part) for part in (*parts, self.previous))


@dataclass(frozen=True)
class Sent:
    """A line and its signature, as they came in."""

    text: str
    signature: str


def read(text: str) -> Said | None:
    """What a line says; ``None`` for one that no device writes."""
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    try:
        made_at = datetime.strptime(found["made"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return Said(
        device=found["device"],
        counter=int(found["counter"]),
        card_no=found["card_no"],
        item=found["item"],
        quantity=int(found["quantity"]),
        amount_fen=int(found["amount"]),
        made_at=made_at,
        previous=found["previous"],
    )


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_key(public_key: str) -> bool:
    """Whether it is the public half of a key: 64 hex digits."""
    return _KEY.fullmatch(public_key) is not None


def is_genuine(sent: Sent, *, public_key: str) -> bool:
    if _SIGNATURE.fullmatch(sent.signature) is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(sent.signature), sent.text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
