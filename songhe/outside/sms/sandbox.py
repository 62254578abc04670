"""A carrier that carries nothing: what it is given lies in a table that practice pages and tests read.

Numbers that end in ``0000`` do not exist, and numbers that end in ``0001`` are not reached at the first try.
"""

from __future__ import annotations

from songhe.notice.models import SandboxMessage
from songhe.notice.ports import Message, NotDelivered

NOBODY = "0000"
LATER = "0001"
AGAIN = "again:"


class SandboxMessenger:
    """Keeps every message once, by its reference."""

    def send(self, message: Message) -> str:
        """Raises ``NotDelivered`` by the ending of the number."""
        if message.phone.endswith(NOBODY):
            raise NotDelivered("no such number", for_good=True)
        if message.phone.endswith(LATER) and not SandboxMessage.objects.filter(phone=message.phone).exists():
            self._keep(message, AGAIN + message.reference)
            raise NotDelivered("not reached")
        self._keep(message, message.reference)
        return f"sandbox-{message.reference[-12:]}"

    def _keep(self, message: Message, reference: str) -> None:
        SandboxMessage.objects.bulk_create(
            [
                SandboxMessage(
                    reference=reference[:64],
                    at=message.at,
                    channel=message.channel,
                    phone=message.phone,
                    text="" if reference.startswith(AGAIN) else message.text[:1000],
                )
            ],
            ignore_conflicts=True,
        )
