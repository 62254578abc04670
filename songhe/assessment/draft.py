"""Filling in the form, field by field, on one device or two; whatever is saved is checked, nothing is scored. 填写"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.access.models import Account
from songhe.assessment.consistency import inconsistencies
from songhe.assessment.models import Assessment, Draft
from songhe.assessment.picture import photograph
from songhe.assessment.request import lock
from songhe.assessment.scale import find
from songhe.assessment.scale_shape import Field, Scale
from songhe.assessment.score import (
    SCORE_OUT_OF_RANGE,
    UNKNOWN_INFORMATION,
    UNKNOWN_ITEM,
    Result,
    check_information,
    circumstances,
    score,
)
from songhe.assessment.states import TRANSITIONS
from songhe.document.file import keep_file
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import WRONG_TYPE, Refusal, reason, whole
from songhe.provider.models import Worker
from songhe.trail.note import note

CARE_NOTES = "care_notes"
LONGEST_TEXT = 200
LONGEST_NOTES = 1000
MOST_ROWS = 30
MOST_NUMBER = 400

NOT_NAMED = reason(
    "assessment.not_named",
    zh="您不是这次评估所指派的评估师。",
    en="You are not one of the assessors who were named for this assessment.",
    status=403,
)
NOT_BEGUN = reason(
    "assessment.not_begun", zh="这次评估还没有开始填写。", en="This assessment has not been begun.", status=409
)
TEXT_TOO_LONG = reason(
    "assessment.text_too_long",
    zh="{field_name} 最多写{most}个字。",
    en="{field_name} may be at most {most} characters long.",
)
NUMBER_OUT_OF_RANGE = reason(
    "assessment.number_out_of_range",
    zh="{field_name} 应在1到{most}之间。",
    en="{field_name} must lie between 1 and {most}.",
)
NO_CONSENT = reason(
    "assessment.no_consent",
    zh="记录位置须先征得同意。",
    en="The place is recorded only with consent.",
)
NOT_ON_EARTH = reason("assessment.not_on_earth", zh="这不是一个位置。", en="This is no place on earth.")


@dataclass(frozen=True)
class Conflict:
    """A field that was changed elsewhere since this device last looked; what stands was not overwritten."""

    code: str
    stands: Any
    given: Any


@dataclass(frozen=True)
class Standing:
    """How far a form is: what is missing, what seems odd, and the level once nothing is missing."""

    missing: tuple[str, ...]
    warnings: tuple[Refusal, ...]
    result: Result | None

    @property
    def complete(self) -> bool:
        return not self.missing


def begin(*, assessment: Assessment, at: datetime, on: date, by: str, began_by_device: datetime | None = None) -> Draft:
    """One of the two assessors begins the visit; the second who begins finds the form that there is.

    The day of the visit is the server's, or the day that an offline device says if it lies between the request and
    today. Refuses with ``assessment.wrong_state`` or ``assessment.not_named``.
    """
    with transaction.atomic():
        found = lock(assessment)
        TRANSITIONS.check(found.state, "submit")
        check_named(found, by)
        held = Draft.rows.filter(county=found.county, assessment=found).first()
        if held is not None:
            return held
        day = on
        if began_by_device is not None and beijing_date(found.requested_at) <= beijing_date(began_by_device) <= on:
            day = beijing_date(began_by_device)
        made = Draft.rows.create(
            county=found.county,
            assessment=found,
            began_at=at,
            began_by=by,
            began_by_device=began_by_device,
            visited_on=day,
            saved_at=at,
            saved_by=by,
        )
        _note(found, "begin", at, by, visited_on=str(day))
    return made


def save(
    *,
    assessment: Assessment,
    changes: Mapping[str, Any],
    base: int,
    at: datetime,
    by: str,
    finished: bool = False,
) -> tuple[Draft, list[Conflict]]:
    """Keep what was filled in, field by field; ``None`` empties a field.

    ``base`` is the version that the device last saw. A field that was changed since then to something else is not
    overwritten but answered as a conflict; the others are kept. A save in between leaves no note, a finished step
    does. Refuses with ``assessment.wrong_state``, ``assessment.not_named``, ``assessment.not_begun``, or as
    ``check_field`` does, and then keeps nothing.
    """
    with transaction.atomic():
        found, held = open_draft(assessment, by=by)
        scale = find(found.standard)
        checked = {code: check_field(scale, code, value) for code, value in changes.items()}
        now, conflicts, changed = filled(held), [], []
        for code, value in checked.items():
            if now.get(code) == value:
                continue
            if held.stamps.get(code, 0) > base:
                conflicts.append(Conflict(code, now.get(code), value))
                continue
            _put(held, code, value)
            changed.append(code)
        if changed:
            held.version += 1
            held.stamps |= dict.fromkeys(changed, held.version)
            held.saved_at, held.saved_by = at, by
            held.save()
        if finished:
            _note(found, "fill", at, by, version=held.version)
    return held, conflicts


def check_field(scale: Scale, code: str, value: Any) -> Any:
    """The value as it is kept, ``None`` for an empty one; where no option says “none”, an empty list says it.

    Refuses with ``assessment.unknown_item``, ``assessment.unknown_information``, ``assessment.score_out_of_range``,
    ``assessment.text_too_long``, ``assessment.number_out_of_range``, ``input.not_an_integer``, or as
    ``score.check_information`` does.
    """
    if value == "":
        value = None
    if code == CARE_NOTES:
        return _text(code, value, LONGEST_NOTES)
    if code.startswith("B."):
        item = next((each for each in scale.items if each.code == code), None)
        if item is None:
            raise UNKNOWN_ITEM(code, item=code)
        if value is not None and whole(value, code) not in item.scores:
            allowed = ", ".join(map(str, sorted(item.scores)))
            raise SCORE_OUT_OF_RANGE(code, item=code, title=item.title.zh, title_en=item.title.en, allowed=allowed)
        return value
    field = scale.information.get(code)
    if field is None:
        raise UNKNOWN_INFORMATION(code, field_name=code)
    check_information(scale, {code: value})
    return _information_value(field, value)


def attach_photo(*, assessment: Assessment, content: bytes, at: datetime, by: Account) -> Draft:
    """Keep a photograph of the visit: redrawn, without what the camera wrote into it; a later one takes its place.

    Refuses with ``assessment.wrong_state``, ``assessment.not_named``, ``assessment.not_begun`` or as
    ``picture.photograph`` does.
    """
    redrawn = photograph(content)
    with transaction.atomic():
        found, held = open_draft(assessment, by=by.username)
        held.photo = keep_file(
            county=found.county,
            content=redrawn,
            purpose="assessment-photo",
            uploaded_by=by,
            at=at,
            allowed=("jpg",),
        )
        held.save(update_fields=["photo"])
        _note(found, "photograph", at, by.username, file=str(held.photo.id))
    return held


def locate(
    *,
    assessment: Assessment,
    longitude: float,
    latitude: float,
    accuracy: float,
    with_consent_of: str,
    at: datetime,
    by: str,
) -> Draft:
    """Record once where the visit was, in degrees and metres, with the consent of the elder or the family.

    Refuses with ``assessment.wrong_state``, ``assessment.not_named``, ``assessment.not_begun``,
    ``assessment.no_consent`` or ``assessment.not_on_earth``.
    """
    if not with_consent_of.strip():
        raise NO_CONSENT("with_consent_of")
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90 and 0 <= accuracy < 1_000_000):
        raise NOT_ON_EARTH("longitude")
    with transaction.atomic():
        found, held = open_draft(assessment, by=by)
        held.longitude, held.latitude, held.accuracy = longitude, latitude, accuracy
        held.located_with_consent_of = with_consent_of.strip()[:64]
        held.save(update_fields=["longitude", "latitude", "accuracy", "located_with_consent_of"])
        _note(found, "locate", at, by)
    return held


def standing(found: Assessment, held: Draft) -> Standing:
    """What the form lacks, what in it seems odd, and the level as soon as it lacks nothing."""
    scale = find(found.standard)
    needed = [
        code
        for each in scale.circumstances
        for code in ([kind.field for kind in each.kinds] if each.kinds else [each.field or ""])
    ]
    missing = [code for code in dict.fromkeys(needed) if held.information.get(code) is None]
    if not settled(scale, held):
        missing += [item.code for item in scale.items if item.code not in held.scores]
    warnings = tuple(inconsistencies(scores=held.scores, information=held.information))
    result = score({**answers_of(found, held), "standard": found.standard}) if not missing else None
    return Standing(tuple(missing), warnings, result)


def answers_of(found: Assessment, held: Draft) -> dict[str, Any]:
    """The answers as ``submit`` takes them; with a coma scores that are not all there are left out."""
    scale = find(found.standard)
    whole_form = all(item.code in held.scores for item in scale.items)
    return {"scores": dict(held.scores) if whole_form else None, **circumstances(scale, held.information)}


def settled(scale: Scale, held: Draft) -> bool:
    """Whether something in the information settles the level by itself, so that no item needs a score."""
    return any(
        each.final_level is not None and held.information.get(each.field or "") == each.option
        for each in scale.circumstances
    )


def filled(held: Draft) -> dict[str, Any]:
    """All fields that are filled in, by code."""
    notes = {CARE_NOTES: held.care_notes} if held.care_notes else {}
    return {**held.information, **held.scores, **notes}


def content(found: Assessment, held: Draft) -> str:
    """The SHA-256 of what is signed: the number, the turn and every field, a line each, sorted. A device works out
    the same from what it shows, so that nobody signs what they have not seen."""
    lines = [f"{code}={_line(value)}" for code, value in sorted(filled(held).items())]
    return hashlib.sha256("\n".join([found.no, str(held.turn), *lines]).encode()).hexdigest()


def open_draft(assessment: Assessment, *, by: str) -> tuple[Assessment, Draft]:
    """The assessment, locked, and its form; for one of its assessors, before it is handed in.

    Refuses with ``assessment.wrong_state``, ``assessment.not_named`` or ``assessment.not_begun``.
    """
    found = lock(assessment)
    TRANSITIONS.check(found.state, "submit")
    check_named(found, by)
    held = Draft.rows.filter(county=found.county, assessment=found).first()
    if held is None:
        raise NOT_BEGUN("assessment")
    return found, held


def check_named(found: Assessment, by: str) -> Worker:
    """The entry of the login among the two assessors. Refuses with ``assessment.not_named``."""
    for worker in (found.first_assessor, found.second_assessor):
        if worker is not None and by and worker.account == by:
            return worker
    raise NOT_NAMED("by")


def has_none(field: Field) -> bool:
    """Whether one of the options says that there is nothing."""
    return any(choice.alone for choice in field.choices.values())


def _put(held: Draft, code: str, value: Any) -> None:
    if code == CARE_NOTES:
        held.care_notes = value or ""
        return
    fields = held.scores if code.startswith("B.") else held.information
    if value is None:
        fields.pop(code, None)
    else:
        fields[code] = value


def _information_value(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if field.type == "many":
        chosen = [option for option in field.choices if option in value]
        return chosen or (None if has_none(field) else [])
    if field.type == "number":
        if not 1 <= whole(value, field.code) <= MOST_NUMBER:
            raise NUMBER_OUT_OF_RANGE(field.code, field_name=field.code, most=MOST_NUMBER)
        return value
    if field.type == "rows":
        return _rows(field, value)
    return value if field.type == "one" else _text(field.code, value, LONGEST_TEXT)


def _rows(field: Field, value: Any) -> list[dict[str, str]] | None:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise WRONG_TYPE(field.code, field_name=field.code, expected="a list")
    if len(value) > MOST_ROWS:
        raise TEXT_TOO_LONG(field.code, field_name=field.code, most=MOST_ROWS)
    kept = []
    for row in value:
        cells = {column: _text(field.code, row.get(column), LONGEST_TEXT) or "" for column in field.columns}
        if any(cells.values()):
            kept.append(cells)
    return kept or None


def _text(code: str, value: Any, most: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise WRONG_TYPE(code, field_name=code, expected="text")
    plain = " ".join(value.split()) if most == LONGEST_TEXT else value.strip()
    if len(plain) > most:
        raise TEXT_TOO_LONG(code, field_name=code, most=most)
    return plain or None


def _line(value: Any) -> str:
    if isinstance(value, list):
        return ",".join("|".join(each.values()) if isinstance(each, Mapping) else str(each) for each in value)
    return str(value)


def _note(row: Assessment, verb: str, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=f"assessment.{verb}",
        subject="assessment.Assessment",
        subject_id=row.id,
        **detail,
    )
