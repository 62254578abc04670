"""What the pieces of a page are given: plain values, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Tone = Literal["", "ok", "warn", "info", "bad", "pine"]


@dataclass(frozen=True)
class Step:
    """A step of a case: what it is called, how it stands, and who has it until when."""

    name: Any
    state: Literal["done", "current", "ahead", "stopped"]
    note: Any = ""


@dataclass(frozen=True)
class Event:
    """A line of a timeline."""

    when: date | datetime
    what: Any
    who: Any = ""
    detail: Any = ""
    tone: Literal["", "pine", "grave"] = ""
    address: str = ""


@dataclass(frozen=True)
class Fact:
    """A line of a file; ``address`` makes the value a link."""

    name: Any
    value: Any
    address: str = ""
    note: Any = ""


@dataclass(frozen=True)
class Condition:
    """A sentence of a why: true, false or, when a fact is missing, ``None``."""

    sentence: Any
    met: bool | None
    article: Any = ""


@dataclass(frozen=True)
class ReceiptLine:
    """A line of a receipt; what others pay is negative."""

    name: Any
    fen: int
    because: Any = ""


@dataclass(frozen=True)
class Crumb:
    word: Any
    address: str = ""


@dataclass(frozen=True)
class Ticket:
    """A voucher as its holder sees it. ``over`` is the word of the seal once nothing can be paid with it."""

    programme: Any
    group: Any
    left_fen: int
    face_fen: int
    until: date
    days_left: int
    number: str
    over: Any = ""
    qr: str = ""

    @property
    def used_fen(self) -> int:
        return self.face_fen - self.left_fen


@dataclass(frozen=True)
class Masked:
    """A value that is not shown whole. ``reveal`` is where a reason is given to see it; empty: it cannot be seen."""

    shown: str
    reveal: str = ""
    reasons: list[tuple[str, Any]] = field(default_factory=list)
