"""A person's results in the order of their days, so that on every day at most one counts. 评估结果的先后

Whatever the order in which results come in, each counts from its own day until the day before the next one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from songhe.assessment.models import Assessment
from songhe.assessment.states import COUNTING, move

_ONE_DAY = timedelta(days=1)


def take_place(result: Assessment) -> Assessment | None:
    """Put a result that has just become effective among the person's others, and save it; answers whom it replaced.

    The caller holds the lock of the person. A result of the same day as another takes its place altogether.
    """
    others = list(
        Assessment.rows.filter(county=result.county, person=result.person_id, state__in=COUNTING)
        .exclude(id=result.id)
        .order_by("assessed_on", "id")
    )
    day = _day(result)
    later = next((other for other in others if _day(other) > day), None)
    earlier = next(
        (
            other
            for other in reversed(others)
            if _day(other) <= day and other.replaced_by_id == (later.id if later else None)
        ),
        None,
    )
    if earlier is not None:
        if earlier.state != Assessment.State.REPLACED:
            move(earlier, "replace")
        earlier.replaced_by = result
        earlier.counts_until = day - _ONE_DAY
        # The key is deferred, so it may point at a row that is saved a moment later.
        earlier.save(update_fields=["state", "replaced_by", "counts_until"])
    if later is not None:
        move(result, "replace")
        result.replaced_by = later
        result.counts_until = _day(later) - _ONE_DAY
    result.save()
    return earlier


def in_sequence(results: Iterable[Assessment]) -> list[Assessment]:
    """Put all results of one person that count into the order of their days at once; answers those that changed.

    The same as ``take_place`` of each, for who loads many; nothing is saved here. Of one day's results the one
    that is named last comes last.
    """
    ordered = sorted(results, key=_day)
    changed = []
    for result, later in zip(ordered, [*ordered[1:], None], strict=True):
        before = (result.state, result.replaced_by_id, result.counts_until)
        if later is not None:
            if result.state != Assessment.State.REPLACED:
                move(result, "replace")
            result.replaced_by = later
            result.counts_until = _day(later) - _ONE_DAY
        if before != (result.state, result.replaced_by_id, result.counts_until):
            changed.append(result)
    return changed


def leave_place(result: Assessment, *, was: str) -> Assessment | None:
    """Close the gap that a voided result leaves; answers the result that counts again instead, if there is one.

    ``was`` is the state that it was voided in. A result that had been disputed is disputed again.
    """
    result.save()
    if was not in COUNTING:
        return None
    earlier = Assessment.rows.filter(
        county=result.county, person=result.person_id, replaced_by=result.id, state=Assessment.State.REPLACED
    ).first()
    if earlier is None:
        return None
    move(earlier, "reopen" if result.disputes_id == earlier.id else "restore")
    earlier.replaced_by = None
    earlier.counts_until = None
    earlier.save(update_fields=["state", "replaced_by", "counts_until"])
    return earlier


def _day(result: Assessment) -> date:
    assert result.assessed_on is not None  # the database keeps it so for what counts
    return result.assessed_on
