"""The bureau takes a result over, sends it back, or declares it void; anybody concerned may dispute it. 复核与异议"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from songhe.assessment.models import Assessment, Draft
from songhe.assessment.request import lock
from songhe.assessment.sequence import leave_place, take_place
from songhe.assessment.states import move
from songhe.assessment.validity import dispute_days, valid_until
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import MISSING, reason
from songhe.policy.resolve import Policy
from songhe.trail.note import note

SAME_PERSON = reason(
    "assessment.same_person",
    zh="评估师不能复核自己的评估。",
    en="An assessor cannot review an assessment of their own.",
    status=409,
)
DISPUTED_TOO_LATE = reason(
    "assessment.disputed_too_late",
    zh="异议应不迟于{last_day}提出。",
    en="It could be disputed until {last_day}.",
    status=409,
)
REVIEW_UNDER_WAY = reason(
    "assessment.review_under_way",
    zh="复评 {no} 正在办理。",
    en="The review {no} is under way.",
    status=409,
)


def accept(*, assessment: Assessment, policy: Policy | None, at: datetime, on: date, by: str) -> Assessment:
    """The county takes the result over; it counts from its day on and takes the place of an earlier one.

    Valid for the months that the place sets, without end where it sets none. ``policy``: the rules of the place on
    the day, or none. An assessor does not accept their own. Refuses with ``assessment.wrong_state`` or
    ``assessment.same_person``.
    """
    with transaction.atomic():
        found = lock(assessment)
        move(found, "accept")
        if by in {each.account for each in (found.first_assessor, found.second_assessor) if each is not None}:
            raise SAME_PERSON("by")
        assert found.assessed_on is not None
        assert found.final_level is not None
        found.valid_until = valid_until(policy=policy, assessed_on=found.assessed_on, level=found.final_level, on=on)
        found.effective_at = at
        replaced = take_place(found)
        _note(found, "accept", at, by, level=found.final_level, replaces=str(replaced.id) if replaced else None)
    return found


def send_back(*, assessment: Assessment, because: str, at: datetime, by: str) -> Assessment:
    """Back to the assessors, with what to look at again; both will sign anew. Refuses with
    ``assessment.wrong_state``."""
    _require(because)
    with transaction.atomic():
        found = lock(assessment)
        move(found, "send_back")
        found.note = because
        found.save(update_fields=["state", "note"])
        Draft.rows.filter(county=found.county, assessment=found).update(turn=F("turn") + 1, version=F("version") + 1)
        _note(found, "send_back", at, by, because)
    return found


def dispute(
    *, assessment: Assessment, grounds: str, policy: Policy | None, at: datetime, on: date, by: str
) -> Assessment:
    """The elder, the proxy or the bureau disputes a result; it stands until a review takes its place.

    Within the days that the place sets after it became effective; always where it sets none. Refuses with
    ``assessment.wrong_state`` or ``assessment.disputed_too_late``.
    """
    _require(grounds, "grounds")
    with transaction.atomic():
        found = lock(assessment)
        move(found, "dispute")
        days = dispute_days(policy=policy, on=on)
        assert found.effective_at is not None
        if days is not None and on > (last_day := beijing_date(found.effective_at) + timedelta(days=days)):
            raise DISPUTED_TOO_LATE("on", last_day=last_day)
        found.disputed_at, found.disputed_by, found.dispute_grounds = at, by, grounds
        found.save(update_fields=["state", "disputed_at", "disputed_by", "dispute_grounds"])
        _note(found, "dispute", at, by, grounds)
    return found


def uphold(*, assessment: Assessment, because: str, at: datetime, by: str) -> Assessment:
    """A dispute ends without a review: it was withdrawn, or nobody can be assessed any more. The result stands.

    Refuses with ``assessment.wrong_state`` or ``assessment.review_under_way``.
    """
    _require(because)
    with transaction.atomic():
        found = lock(assessment)
        move(found, "uphold")
        under_way = Assessment.rows.filter(county=found.county, disputes=found.id).exclude(
            state__in=[Assessment.State.VOID]
        )
        if (review := under_way.first()) is not None:
            raise REVIEW_UNDER_WAY("assessment", no=review.no)
        found.note = because
        found.save(update_fields=["state", "note"])
        _note(found, "uphold", at, by, because)
    return found


def void(*, assessment: Assessment, because: str, at: datetime, by: str) -> Assessment:
    """Declare an assessment void, with the reason; the result whose place it had taken counts again.

    Refuses with ``assessment.wrong_state``.
    """
    _require(because)
    with transaction.atomic():
        found = lock(assessment)
        was = move(found, "void")
        found.note = because
        restored = leave_place(found, was=was)
        _note(found, "void", at, by, because, was=was, restores=str(restored.id) if restored else None)
    return found


def follow_death(*, county: str, person_id: UUID, at: datetime, by: str) -> list[Assessment]:
    """What a verified death does, whenever it becomes known; a second time it does nothing.

    What nobody has begun is void; a dispute falls and the result stands, for nobody can be assessed again. Work
    that is assigned may still be handed in for days up to the death, submitted work be accepted, and what is
    effective, replaced, void or kept stays as it is.
    """
    state = Assessment.State
    changed = []
    with transaction.atomic():
        rows = Assessment.rows.filter(county=county, person=person_id)
        for asked in rows.filter(state=state.REQUESTED).order_by("id"):
            changed.append(void(assessment=asked, because="去世 death", at=at, by=by))
        for disputed in rows.filter(state=state.DISPUTED).order_by("id"):
            done = rows.filter(disputes=disputed.id, state__in=[state.ASSIGNED, state.SUBMITTED])
            if not done.exists():
                changed.append(uphold(assessment=disputed, because="去世 death", at=at, by=by))
    return changed


def _require(because: str, field: str = "because") -> None:
    if not because.strip():
        raise MISSING(field, field_name=field)


def _note(row: Assessment, verb: str, at: datetime, by: str, because: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=f"assessment.{verb}",
        subject="assessment.Assessment",
        subject_id=row.id,
        reason=because[:300],
        **detail,
    )
