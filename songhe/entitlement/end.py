"""A right ends: somebody reports why, the county verifies it, and from the next month nothing is issued. 终止

The last month is that in which the county verified, never an earlier one (source 001, answer 6); what was given
after a death is another matter, for the services dated after it were never covered. Until it is verified a report
holds nothing back.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from songhe.entitlement.apply import ALREADY_ENTITLED
from songhe.entitlement.letter import write_ending
from songhe.entitlement.models import Ending, Entitlement
from songhe.entitlement.record import another, lock_entitlement, lock_living, require, written
from songhe.entitlement.states import ENTITLEMENT
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.person.models import Event

UNKNOWN_REASON = reason(
    "entitlement.unknown_reason_to_end",
    zh="没有“{because}”这种终止原因。",
    en="There is no reason {because} to end a right.",
)
ALREADY_REPORTED = reason(
    "entitlement.already_reported",
    zh="这一终止原因已经报告，等待核实。",
    en="This has been reported already and waits to be verified.",
    status=409,
)
NOT_OPEN = reason(
    "entitlement.ending_not_open",
    zh="这项报告已经办结。",
    en="This report has been dealt with already.",
    status=409,
)
IN_THE_FUTURE = reason(
    "entitlement.in_the_future",
    zh="发生日期{happened_on}在今天之后。",
    en="It is said to have happened on {happened_on}, after today.",
)
NOTHING_TO_UNDO = reason(
    "entitlement.nothing_to_undo",
    zh="没有可以撤销的终止。",
    en="There is no ending to be undone.",
    status=409,
)


def report(
    *, entitlement: Entitlement, because: str, happened_on: date, at: datetime, on: date, by: str, note: str = ""
) -> Ending:
    """The person, a proxy, a provider or the county reports that a right should end. Nothing is held back by it.

    Refuses with ``entitlement.unknown_reason_to_end``, ``.in_the_future``, ``.wrong_state`` or
    ``.already_reported``.
    """
    if because not in Ending.Because.values:
        raise UNKNOWN_REASON("because", because=because)
    if happened_on > on:
        raise IN_THE_FUTURE("happened_on", happened_on=happened_on)
    with transaction.atomic():
        found = lock_entitlement(entitlement)
        ENTITLEMENT.check(found.state, "stop")
        if open_reports(found).filter(because=because).exists():
            raise ALREADY_REPORTED("because")
        ending = Ending.objects.create(
            county=found.county,
            entitlement=found,
            because=because,
            happened_on=happened_on,
            reported_by=by,
            reported_at=at,
            note=note[:300],
        )
        written(found, "report_ending", at, by, note, why=because, happened_on=str(happened_on))
    return ending


def verify(*, ending: Ending, at: datetime, on: date, by: str) -> Ending:
    """The county verifies a report, by another person than its reporter, and the ending is made.

    Refuses with ``entitlement.ending_not_open``, ``.same_person`` or ``.wrong_state``.
    """
    with transaction.atomic():
        found, right = _lock(ending)
        another(by, found.reported_by)
        found.verified_by, found.verified_at = by, at
        _make(right, found, at=at, on=on, by=by)
    return found


def refute(*, ending: Ending, because: str, at: datetime, by: str) -> Ending:
    """The report is not so, and the right goes on. Refuses with ``entitlement.ending_not_open`` or
    ``.same_person``."""
    require(because, "because")
    with transaction.atomic():
        found, right = _lock(ending)
        another(by, found.reported_by)
        found.refuted_by, found.refuted_at, found.note = by, at, because[:300]
        found.save(update_fields=["refuted_by", "refuted_at", "note"])
        written(right, "refute_ending", at, by, because, why=found.because)
    return found


def end_by_event(*, entitlement: Entitlement, event: Event, because: str, at: datetime, on: date, by: str) -> Ending:
    """Make the ending that a verified event brings with it; its two people are those of the event.

    ``on`` is the day on which it was verified. Refuses with ``entitlement.wrong_state``.
    """
    with transaction.atomic():
        found = lock_entitlement(entitlement)
        ENTITLEMENT.check(found.state, "stop")
        ending = open_reports(found).filter(because=because).first() or Ending(
            county=found.county,
            entitlement=found,
            because=because,
            reported_by=event.reported_by,
            reported_at=event.reported_at,
        )
        ending.event, ending.happened_on = event, event.happened_on
        if ending.reported_by == event.verified_by:
            # Whoever reported it here verified the other's report there: the two reports bear each other out.
            ending.reported_by, ending.reported_at = event.reported_by, event.reported_at
        ending.verified_by, ending.verified_at = event.verified_by, event.verified_at
        _make(found, ending, at=at, on=on, by=by)
    return ending


def reinstate(*, entitlement: Entitlement, because: str, at: datetime, by: str) -> Entitlement:
    """Undo an ending that was a mistake, by another person than its verifier; months in between are not made up for.

    Refuses with ``entitlement.wrong_state``, ``.nothing_to_undo``, ``.same_person``, ``.person_died``,
    ``.file_closed`` or ``.already_entitled``.
    """
    require(because, "because")
    with transaction.atomic():
        found = lock_entitlement(entitlement)
        ENTITLEMENT.check(found.state, "reinstate")
        made = Ending.objects.filter(county=found.county, entitlement=found, undone_at=None, made_at__isnull=False)
        ending = made.order_by("-made_at").first()
        if ending is None:
            raise NOTHING_TO_UNDO("entitlement")
        another(by, ending.verified_by)
        lock_living(found.person)
        mine = Entitlement.objects.filter(county=found.county, person=found.person_id, policy=found.policy)
        if in_force := mine.exclude(state=Entitlement.State.STOPPED).first():
            raise ALREADY_ENTITLED("entitlement", no=in_force.no)
        ending.undone_at = at
        ending.save(update_fields=["undone_at"])
        ENTITLEMENT.move(found, "reinstate")
        found.last_month, found.stopped_because = "", ""
        found.save(update_fields=["state", "last_month", "stopped_because"])
        written(found, "reinstate", at, by, because, undoes=str(ending.id))
    return found


def _make(right: Entitlement, ending: Ending, *, at: datetime, on: date, by: str) -> None:
    """Stop the right with the month of verification as its last; other reports about it are closed with it."""
    ENTITLEMENT.move(right, "stop")
    right.last_month = ending.last_month = str(Month.of(on))
    right.stopped_because = ending.because
    right.save(update_fields=["state", "last_month", "stopped_because"])
    ending.made_at = at
    ending.save()
    written(right, "stop", at, by, ending.note, why=ending.because, last_month=right.last_month)
    if right.application is not None:
        write_ending(application=right.application, ending=ending, at=at)


def open_reports(right: Entitlement) -> QuerySet[Ending]:
    """Reports about a right that nobody has verified or refuted."""
    return Ending.objects.filter(county=right.county, entitlement=right, made_at=None, refuted_at=None)


def _lock(ending: Ending) -> tuple[Ending, Entitlement]:
    right = Entitlement.objects.get(county=ending.county, id=ending.entitlement_id)
    right = lock_entitlement(right)
    found = Ending.objects.select_for_update().get(county=ending.county, id=ending.id)
    if found.made_at is not None or found.refuted_at is not None:
        raise NOT_OPEN("ending")
    return found, right
