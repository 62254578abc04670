"""How claims and words between counties travel: each entry of one county's outbox is a step in the other one's books.

The handlers hold no transaction of their own county, so that each transaction stays in one; what was taken in and not
marked as done comes again and changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import Handler
from songhe.kernel.month import beijing_date
from songhe.settlement import differ, net
from songhe.settlement.clear import TOPIC as CLAIM
from songhe.settlement.clear import message
from songhe.settlement.receive import receive


def claim(entry: Outgoing, at: datetime) -> None:
    """A claim of the entry's county reaches the county that served its cards."""
    told = message(county=entry.county, claim_id=UUID(entry.payload["claim"]), because=entry.payload.get("because", ""))
    receive(message=told, at=at, on=beijing_date(at))


def correction(entry: Outgoing, at: datetime) -> None:
    """A difference was resolved at home; the serving county puts its line right."""
    told = differ.correction(county=entry.county, difference_id=UUID(entry.payload["difference"]))
    differ.take_correction(message=told, at=at, on=beijing_date(at))


def word(entry: Outgoing, at: datetime) -> None:
    """What one side says of a net reaches the other."""
    net.hear(message=entry.payload, at=at)


HANDLERS: dict[str, Handler] = {
    CLAIM: claim,
    differ.TOPIC: correction,
    net.PROPOSAL: word,
    net.ANSWER: word,
    net.PAID: word,
}
