"""What the registry needs from outside: whether a name and an ID number belong together. See docs/ports/identity.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class NotReached(RuntimeError):
    """The service did not answer; nothing is known."""


@dataclass(frozen=True)
class Claim:
    """Somebody says who they are. ``reference`` is ours and unique; ``kind`` is one of the registry's ID kinds."""

    reference: str
    name: str
    number: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Answer:
    """``same``: name and number are one human's. ``source`` says which service, for the record."""

    same: bool
    source: str


class Identifier(Protocol):
    """A service that knows names and ID numbers."""

    def check(self, claim: Claim) -> Answer:
        """Raises ``NotReached``."""


def identifier() -> Identifier:
    """The service that this installation has chosen (``SONGHE_IDENTIFIER``)."""
    made: Identifier = import_string(settings.IDENTIFIER)()
    return made
