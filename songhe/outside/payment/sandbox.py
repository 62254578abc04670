"""A payment service that lies in a folder: it opens orders, is told to pay them, signs what it says, and pays back.

For practice and for tests. ``pay`` is the family at its telephone: it answers with the call-back as it would be sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from songhe.card.ports import NotGenuine, Order, Paid, PayPage, RefundRefused

SIGNATURE = "X-Signature"


class SandboxPayments:
    """Keeps its orders under ``MEDIA_ROOT/payment/<county>``, one file each."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.MEDIA_ROOT) / "payment"

    def order(self, order: Order) -> PayPage:
        path = self._path(order.no)
        kept = _read(path)
        if kept is None:
            _write(path, {"no": order.no, "amount_fen": order.amount_fen, "paid": None, "refunds": {}})
        elif kept["amount_fen"] != order.amount_fen:
            raise RefundRefused(f"{order.no} was opened over another amount")
        return PayPage(address=f"/practice/payment/{order.no}", scan=f"SANDBOX-PAY:{order.no}")

    def pay(self, no: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        """Pay an open order and give the call-back, body and headers; paid again, it gives the same one."""
        kept = self._kept(no)
        if kept["paid"] is None:
            number = hashlib.sha256(no.encode()).hexdigest()[:24].upper()
            kept["paid"] = {"payment_no": number, "at": at.isoformat()}
            _write(self._path(no), kept)
        said = {"no": no, "amount_fen": kept["amount_fen"], **kept["paid"]}
        body = json.dumps(said, sort_keys=True).encode()
        return body, {SIGNATURE: _sign(body)}

    def read(self, body: bytes, headers: Mapping[str, str]) -> Paid:
        given = next((value for name, value in headers.items() if name.lower() == SIGNATURE.lower()), "")
        if not hmac.compare_digest(given.encode(), _sign(body).encode()):
            raise NotGenuine("the signature does not fit")
        return _paid(json.loads(body))

    def ask(self, no: str) -> Paid | None:
        kept = _read(self._path(no))
        if kept is None or kept["paid"] is None:
            return None
        return _paid({"no": no, "amount_fen": kept["amount_fen"], **kept["paid"]})

    def refund(self, *, no: str, refund_no: str, amount_fen: int) -> None:
        kept = self._kept(no)
        if kept["paid"] is None:
            raise RefundRefused(f"{no} was not paid")
        done: dict[str, int] = kept["refunds"]
        if refund_no in done:
            if done[refund_no] != amount_fen:
                raise RefundRefused(f"{refund_no} went out over another amount")
            return
        if sum(done.values()) + amount_fen > kept["amount_fen"]:
            raise RefundRefused(f"{no}: more would go back than was paid")
        done[refund_no] = amount_fen
        _write(self._path(no), kept)

    def _kept(self, no: str) -> dict[str, Any]:
        kept = _read(self._path(no))
        if kept is None:
            raise RefundRefused(f"there is no order {no}")
        return kept

    def _path(self, no: str) -> Path:
        if not (no.isascii() and no.isdigit()):
            raise NotGenuine("an order's number has digits only")
        folder = self.root / no[:6]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{no}.json"


def _paid(said: Mapping[str, Any]) -> Paid:
    return Paid(
        no=said["no"],
        payment_no=said["payment_no"],
        amount_fen=said["amount_fen"],
        paid_at=datetime.fromisoformat(said["at"]),
    )


def _sign(body: bytes) -> str:
    return hmac.new(b"payment-sandbox:" + settings.SECRET_KEY.encode(), body, hashlib.sha256).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def _write(path: Path, kept: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(kept, sort_keys=True), encoding="utf-8")
    os.replace(draft, path)
