"""Which verb answers which entry of the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.utils.module_loading import import_string

from songhe.card.face import TOPIC as FACE_FORGET
from songhe.card.face import forget
from songhe.card.ports import faces, payments
from songhe.card.refund import TOPIC as CARD_REFUND
from songhe.card.refund import send as send_refund
from songhe.entitlement.approve import BEGUN
from songhe.grant.first import issue_first
from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import Handler
from songhe.kernel.month import Month, beijing_date
from songhe.month.audit.run import CHAIN_TOPIC as AUDIT_CHAIN
from songhe.month.audit.run import TOPIC as AUDIT
from songhe.month.audit.run import ask, verify
from songhe.month.importing import TOPIC as PERSON_IMPORT
from songhe.month.importing import import_people
from songhe.month.steps import Calendar, People, run_month
from songhe.person.duplicate import TOPIC as DUPLICATES
from songhe.person.duplicate import find_duplicates
from songhe.settings import INSTALLATION
from songhe.settlement.letters import HANDLERS as CLEARING
from songhe.settlement.payout import TOPIC as BANK_FILE
from songhe.settlement.payout import send
from songhe.settlement.ports import Bank
from songhe.statistics.simulation import TOPIC as SIMULATE
from songhe.statistics.simulation import Question
from songhe.statistics.simulation import run as simulate
from songhe.trail.verify import Head

#: Handlers that hold no transaction: runs that have their own, and calls to systems outside.
LONG_RUNNING = frozenset(
    {"month.run", BANK_FILE, CARD_REFUND, FACE_FORGET, PERSON_IMPORT, SIMULATE, AUDIT, AUDIT_CHAIN, *CLEARING}
)


def handlers(*, calendar: Calendar, people: People | None) -> dict[str, Handler]:
    """The handlers of this installation: real ones, or those of a practice county whose people act."""

    def month_run(entry: Outgoing, at: datetime) -> None:
        """A person asked on a page for a month to be run up to a step."""
        run_month(
            county=entry.county,
            month=Month.parse(entry.payload["month"]),
            until=entry.payload.get("until", "close"),
            calendar=calendar,
            people=people,
        )

    def bank_file(entry: Outgoing, at: datetime) -> None:
        """A released pay-out goes to the bank, as often as it takes; the bank takes it once."""
        send(county=entry.county, batch_id=UUID(entry.payload["batch"]), bank=bank(), at=at)

    def simulated(entry: Outgoing, at: datetime) -> None:
        """What other rules would cost a county whose people are too many to be counted while somebody waits."""
        simulate(county=entry.county, question=Question.read(entry.payload), clock=lambda: at)

    def first_voucher(entry: Outgoing, at: datetime) -> None:
        """A right has begun: this month's voucher follows at once, not with the next day's run."""
        issue_first(county=entry.county, entitlement_id=entry.about, on=beijing_date(at), at=at)

    def audited(entry: Outgoing, at: datetime) -> None:
        """The auditor's questions, of a county too large to be asked while somebody waits."""
        ask(county=entry.county, on=date.fromisoformat(entry.payload["on"]), clock=lambda: at)

    def verified(entry: Outgoing, at: datetime) -> None:
        """The chain of a county's trail, from its first seal to its last."""
        kept = entry.payload.get("anchor")
        anchor = Head(entry.county, *kept) if kept else None
        verify(county=entry.county, on=date.fromisoformat(entry.payload["on"]), clock=lambda: at, anchor=anchor)

    def card_refund(entry: Outgoing, at: datetime) -> None:
        """A refunded top-up goes back through the payment service, as often as it takes; it pays once."""
        send_refund(county=entry.county, refund_id=entry.about, payments=payments(), at=at)

    def forgotten(entry: Outgoing, at: datetime) -> None:
        """Whoever withdrew their consent is forgotten by the service that knew the face."""
        forget(county=entry.county, face_id=entry.about, faces=faces(), at=at)

    def looked_through(entry: Outgoing, at: datetime) -> None:
        """A county's files of one name and birth date, put before somebody."""
        find_duplicates(county=entry.county, at=at)

    return {
        DUPLICATES: looked_through,
        "month.run": month_run,
        CARD_REFUND: card_refund,
        FACE_FORGET: forgotten,
        BEGUN: first_voucher,
        BANK_FILE: bank_file,
        PERSON_IMPORT: import_people,
        SIMULATE: simulated,
        AUDIT: audited,
        AUDIT_CHAIN: verified,
        **CLEARING,
    }


def bank() -> Bank:
    """The adapter behind the bank's port that this installation has chosen."""
    made: Bank = import_string(INSTALLATION.bank)()
    return made


def today_calendar(clock: Callable[[], datetime]) -> Calendar:
    """A real county does each step on the day on which it is asked to."""

    def calendar(_natural: date) -> tuple[date, Callable[[], datetime]]:
        return beijing_date(clock()), clock

    return calendar
