"""What notices need from outside: somebody who carries texts and calls to telephones. See docs/ports/sms.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotDelivered(RuntimeError):
    """The carrier did not take it. ``for_good``: it never will, such as for a number that does not exist."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


@dataclass(frozen=True)
class Message:
    """One text to one telephone. ``reference`` is ours and unique: the same one given again is carried once.

    ``channel`` is ``sms`` or ``voice`` (the text is read out by a machine).
    """

    reference: str
    channel: str
    phone: str
    text: str
    at: datetime


class Messenger(Protocol):
    """A carrier of texts and calls."""

    def send(self, message: Message) -> str:
        """Take it for delivery and give the carrier's own number of it. Raises ``NotDelivered``."""


def messenger() -> Messenger:
    """The carrier that this installation has chosen (``SONGHE_MESSENGER``)."""
    made: Messenger = import_string(settings.MESSENGER)()
    return made
