"""The assessors hand in what they found; the level is found here. 提交评估"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.assessment.consistency import inconsistencies
from songhe.assessment.models import Assessment
from songhe.assessment.request import check_qualified, lock
from songhe.assessment.scale import find
from songhe.assessment.score import Result, check_information, circumstances, score
from songhe.assessment.states import move
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason, whole
from songhe.person.deceased import day_of_death
from songhe.trail.note import note

SCORED_HERE = reason(
    "assessment.scored_here",
    zh="只提交各项答案，“{field_name}”由系统计算。",
    en="Hand in the answers only; {field_name} is worked out here.",
)
CONTRADICTS_INFORMATION = reason(
    "assessment.contradicts_information",
    zh="“{field_name}”与信息表所填不一致。",
    en="{field_name} does not agree with the information that was filled in.",
)
TWO_SIGNATURES = reason(
    "assessment.two_signatures",
    zh="须由所指派的两名评估师各自签名。",
    en="Both assessors who were named must sign.",
)
IN_THE_FUTURE = reason(
    "assessment.in_the_future",
    zh="评估日期{assessed_on}在今天之后。",
    en="The assessment is dated {assessed_on}, after today.",
)
BEFORE_REQUEST = reason(
    "assessment.before_request",
    zh="评估日期{assessed_on}早于申请日期{asked_on}。",
    en="The assessment is dated {assessed_on}, before it was asked for on {asked_on}.",
)
AFTER_DEATH = reason(
    "assessment.after_death",
    zh="评估日期{assessed_on}晚于去世日期{died_on}。",
    en="The assessment is dated {assessed_on}, after the death on {died_on}.",
)

#: What a form might send along; none of it is taken from a form.
_WORKED_OUT = ("subtotals", "total", "grades", "initial_level", "final_level", "level", "level_name", "reasons")


def submit(
    *,
    assessment: Assessment,
    answers: Mapping[str, Any],
    signatures: Sequence[int],
    assessed_on: date,
    at: datetime,
    on: date,
    by: str,
    information: Mapping[str, Any] | None = None,
    certificate_no: str = "",
    fee_fen: int | None = None,
) -> Assessment:
    """Record the answers of 26 items and find the level from them alone (GB/T 42195-2022; source 001, answer 5).

    ``signatures`` are the ids of the two named assessors; ``information`` is table A, from which coma, diagnoses
    and events are read. Warnings are kept and stop nothing. A death that is only reported holds days after it too.
    ``fee_fen`` is what the body asks. Refuses with
    ``assessment.wrong_state``, ``.scored_here``, ``.contradicts_information``, ``.two_signatures``,
    ``.in_the_future``, ``.before_request``, ``.after_death``, ``.not_an_assessor``, ``.not_qualified`` or as
    ``score`` does.
    """
    for name in _WORKED_OUT:
        if name in answers:
            raise SCORED_HERE(name, field_name=name)
    with transaction.atomic():
        found = lock(assessment)
        move(found, "submit")
        _check_day(found, assessed_on, on)
        _check_signatures(found, signatures, assessed_on)
        given = _complete(found.standard, answers, information)
        result = score(given)
        _record(found, result, given, information)
        found.signatures = [{"assessor": each, "on": str(assessed_on), "at": at.isoformat()} for each in signatures]
        found.assessed_on, found.submitted_at = assessed_on, at
        found.certificate_no = certificate_no
        found.fee_fen = None if fee_fen is None else whole(fee_fen, "fee_fen", least=0)
        found.save()
        note(
            county=found.county,
            at=at,
            actor=by,
            act="assessment.submit",
            subject="assessment.Assessment",
            subject_id=found.id,
            level=result.final_level,
            warnings=[each["code"] for each in found.warnings],
        )
    return found


def _check_day(found: Assessment, assessed_on: date, on: date) -> None:
    asked_on, died_on = beijing_date(found.requested_at), day_of_death(found.person)
    if assessed_on > on:
        raise IN_THE_FUTURE("assessed_on", assessed_on=assessed_on)
    if assessed_on < asked_on:
        raise BEFORE_REQUEST("assessed_on", assessed_on=assessed_on, asked_on=asked_on)
    if died_on is not None and assessed_on > died_on:
        raise AFTER_DEATH("assessed_on", assessed_on=assessed_on, died_on=died_on)


def _check_signatures(found: Assessment, signatures: Sequence[int], assessed_on: date) -> None:
    assessors = (found.first_assessor, found.second_assessor)
    if sorted(signatures) != sorted(each.pk for each in assessors if each):
        raise TWO_SIGNATURES("signatures")
    for assessor in assessors:
        assert assessor is not None
        check_qualified(assessor, body_id=found.body_id, on=assessed_on, field="signatures")


def _complete(standard: str, answers: Mapping[str, Any], information: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers with what table A says about coma, diagnoses and events."""
    given = {**answers, "standard": standard}
    if information is not None:
        for name, value in circumstances(find(standard), information).items():
            if given.setdefault(name, value) != value:
                raise CONTRADICTS_INFORMATION(name, field_name=name)
    return given


def _record(found: Assessment, result: Result, given: Mapping[str, Any], information: Mapping[str, Any] | None) -> None:
    if information is not None:
        check_information(find(found.standard), information)
    found.answers = {**given, "scores": None if result.scores is None else dict(result.scores)}
    found.information = None if information is None else dict(information)
    found.subtotals = None if result.subtotals is None else list(result.subtotals)
    found.total, found.initial_level, found.final_level = result.total, result.initial_level, result.final_level
    found.recorded_level = result.level_name
    found.reasons = list(result.reasons)
    found.scale_version = result.version
    found.warnings = [
        {"code": each.code, "field": each.field, "zh": each.message("zh"), "en": each.message("en")}
        for each in inconsistencies(scores=result.scores, information=information or {})
    ]
