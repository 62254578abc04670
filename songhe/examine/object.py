"""A provider says that a figure of its own is wrong, and has an answer from somebody who had no part in it. 考核异议"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from songhe.examine.models import Examination, Objection, Score
from songhe.examine.scheme import REASON_MISSING, SAME_PERSON, scheme_of
from songhe.examine.states import OBJECTION, WRONG_STATE
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.trail.note import note

NOT_EXAMINED = reason(
    "examine.not_examined", zh="这次考核没有这家机构的这项指标。", en="That is not in this examination.", status=404
)
TOO_LATE = reason(
    "examine.objection_too_late",
    zh="异议应在{last}前提出。",
    en="An objection is made by {last}.",
    status=409,
)
ALREADY_OBJECTED = reason(
    "examine.already_objected", zh="这项指标已经提过异议。", en="This indicator is objected to already.", status=409
)


def last_day(examination: Examination) -> date | None:
    """Until when a provider may object; none while it is not published."""
    if examination.published_on is None:
        return None
    return examination.published_on + timedelta(days=scheme_of(examination.edition).objection_days)


def object_to(
    *, examination: Examination, provider: Provider, indicator: str, because: str, at: datetime, on: date, by: str
) -> Objection:
    """Object to one indicator of a published examination, once, within the days of the scheme.

    Refuses with ``examine.reason_missing``, ``examine.wrong_state``, ``examine.not_examined``,
    ``examine.objection_too_late`` or ``examine.already_objected``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    county, until = examination.county, last_day(examination)
    if examination.state != Examination.State.PUBLISHED or until is None:
        raise WRONG_STATE("state", state=examination.get_state_display(), state_en=examination.state)
    scored = Score.objects.filter(county=county, examination=examination, provider=provider)
    if indicator not in scheme_of(examination.edition).rules or not scored.exists():
        raise NOT_EXAMINED("indicator")
    if on > until:
        raise TOO_LATE("on", last=until)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Objection.objects.create(
                    county=county,
                    examination=examination,
                    provider=provider,
                    indicator=indicator,
                    because=because.strip()[:500],
                    made_by=by,
                    made_at=at,
                )
        except IntegrityError:
            raise ALREADY_OBJECTED("indicator") from None
        _note("examine.object", made, at=at, by=by)
    return made


def answer(*, objection: Objection, upheld: bool, words: str, at: datetime, by: str) -> Objection:
    """Somebody who neither drew up nor published the examination answers; what is upheld is put right by a correction.

    Refuses with ``examine.reason_missing``, ``examine.same_person`` or ``examine.wrong_state``.
    """
    if not words.strip():
        raise REASON_MISSING("words")
    with transaction.atomic():
        row = Objection.objects.select_for_update().get(county=objection.county, id=objection.id)
        OBJECTION.move(row, "uphold" if upheld else "reject")
        about = Examination.objects.get(county=row.county, id=row.examination_id)
        if by in (row.made_by, about.drawn_by, about.decided_by):
            raise SAME_PERSON("by")
        row.answer, row.answered_by, row.answered_at = words.strip()[:500], by, at
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        _note("examine.answer", row, at=at, by=by, upheld=upheld)
    return row


def _note(act: str, row: Objection, *, at: datetime, by: str, **more: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examine_objection",
        subject_id=row.id,
        provider=row.provider_id,
        indicator=row.indicator,
        **more,
    )
