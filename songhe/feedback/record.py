"""What every act on a complaint does: lock it, move it, count its version, write it into the trail."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from songhe.feedback.models import Complaint
from songhe.feedback.rate import TOO_LONG
from songhe.feedback.states import COMPLAINT
from songhe.kernel.refusal import reason
from songhe.place.calendar import add_workdays, loaded_calendar
from songhe.trail.note import note

WORDS_MISSING = reason("feedback.words_missing", zh="请写明情况。", en="Say what happened.")


def locked(complaint: Complaint) -> Complaint:
    return Complaint.rows.select_for_update(of=("self",)).get(county=complaint.county, id=complaint.id)


def keep(complaint: Complaint, verb: str, *, at: datetime, by: str, **detail: Any) -> None:
    """Move, save and note. Refuses with ``feedback.wrong_state``."""
    left = COMPLAINT.move(complaint, verb)
    complaint.version += 1
    complaint.save()
    note(
        county=complaint.county,
        at=at,
        actor=by,
        act=f"feedback.{verb}",
        subject="complaint",
        subject_id=complaint.id,
        behalf_of=complaint.person_id,
        before=left,
        after=complaint.state,
        **detail,
    )


def require(text: str, field: str, most: int) -> str:
    """Refuses with ``feedback.words_missing`` or ``feedback.too_long``."""
    said = text.strip()
    if not said:
        raise WORDS_MISSING(field)
    if len(said) > most:
        raise TOO_LONG(field, most=most)
    return said


def working_days_after(on: date, days: int) -> date:
    """So many working days after a day, by the list of the year as far as it is loaded."""
    return add_workdays(on, days, loaded_calendar())
