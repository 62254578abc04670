"""Who ate at a meal point that closes, or rents an aid that is called back or came back damaged, is told: once, with
what happens now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from songhe.aid.models import Inspection, Loan
from songhe.meal.models import Booking, Closure
from songhe.trail.models import Entry

Told = tuple[UUID, str, dict[str, Any]]


def closed(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """Whose meals moved with a closure, and whose were cancelled by it; two statements for all of them."""
    entry_of = {UUID(entry.detail["closure"]): entry for entry in entries if "closure" in entry.detail}
    closures = Closure.objects.filter(county=county, id__in=list(entry_of)).select_related("point", "move_to")
    rows = Booking.objects.filter(county=county, closure__in=list(entry_of), person__died_on__isnull=True)
    of_person: dict[tuple[UUID, UUID, bool], list[Booking]] = defaultdict(list)
    for row in rows.select_related("menu").order_by("day", "id"):
        assert row.closure_id is not None
        of_person[row.closure_id, row.person_id, row.state == Booking.State.CANCELLED].append(row)
    known = {one.id: one for one in closures}
    for (closure_id, person, gone), meals in of_person.items():
        closure = known[closure_id]
        hit = [one for one in meals if (one.menu.point_id == closure.point_id) == gone]
        if not hit:
            continue
        values: dict[str, Any] = {
            "point": closure.point.name,
            "since_on": closure.since.isoformat(),
            "why": closure.because,
            "first_on": hit[0].day.isoformat(),
            "meals": len(hit),
        }
        if not gone:
            values["to"] = closure.move_to.name if closure.move_to else ""
        yield entry_of[closure_id], (person, "meal.cancelled" if gone else "meal.moved", values)


def recalled(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """Who has a piece at home that must not be used any more; one statement."""
    entry_of = {UUID(entry.subject_id): entry for entry in entries}
    loans = Loan.objects.filter(
        county=county, piece__recall__in=list(entry_of), returned_on=None, person__died_on__isnull=True
    )
    of_person: dict[tuple[UUID, UUID], list[Loan]] = defaultdict(list)
    for loan in loans.select_related("piece__aid", "piece__recall", "provider").order_by("out_on", "id"):
        assert loan.piece.recall_id is not None
        of_person[loan.piece.recall_id, loan.person_id].append(loan)
    for (recall_id, person), pieces in of_person.items():
        recall = pieces[0].piece.recall
        assert recall is not None
        values = {
            "aid": {"zh": recall.aid.name, "en": recall.aid.name_en},
            "serials": "、".join(one.piece.serial for one in pieces),
            "provider": pieces[0].provider.name,
            "why": recall.because,
        }
        yield entry_of[recall_id], (person, "aid.recalled", values)


def damaged(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """Of whose deposit something is kept, or nothing, after another person looked at the damage; one statement."""
    entry_of = {UUID(entry.subject_id): entry for entry in entries}
    rows = Inspection.objects.filter(county=county, loan__in=list(entry_of), loan__person__died_on__isnull=True)
    for row in rows.select_related("loan__piece__aid", "loan__provider").order_by("id"):
        loan = row.loan
        values = {
            "aid": {"zh": loan.piece.aid.name, "en": loan.piece.aid.name_en},
            "serial": loan.piece.serial,
            "provider": loan.provider.name,
            "claimed_fen": row.claimed_fen,
            "decided_fen": row.decided_fen,
            "why": row.decided_because,
        }
        yield entry_of[loan.id], (loan.person_id, "aid.damage_decided", values)
