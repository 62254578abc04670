"""Answer a complaint, review an answer, or hand the matter to who is responsible. 答复、复核、转办"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.feedback.models import Complaint
from songhe.feedback.record import keep, locked, require
from songhe.feedback.states import COMPLAINT
from songhe.kernel.refusal import reason

LONGEST = 1000

UNKNOWN_OUTCOME = reason(
    "feedback.unknown_outcome", zh="没有“{outcome}”这种处理结果。", en="There is no outcome {outcome}."
)
SAME_PERSON = reason(
    "feedback.same_person",
    zh="原来的决定或答复是您作出的，要由另一人办理。",
    en="You took the decision or gave the answer that this is about; somebody else deals with it.",
    status=409,
)


def answer(*, complaint: Complaint, outcome: str, text: str, at: datetime, on: date, by: str) -> Complaint:
    """The first answer, by somebody who did not take the decision complained about.

    Refuses with ``feedback.unknown_outcome``, ``feedback.words_missing``, ``feedback.too_long``,
    ``feedback.wrong_state`` or ``feedback.same_person``.
    """
    said = _checked(outcome, text)
    with transaction.atomic():
        found = locked(complaint)
        COMPLAINT.check(found.state, "answer")
        if by in found.against:
            raise SAME_PERSON("by")
        found.outcome, found.answer, found.answered_by = outcome, said, by
        found.answered_at, found.answered_on = at, on
        keep(found, "answer", at=at, by=by, outcome=outcome)
    return found


def review(*, complaint: Complaint, outcome: str, text: str, at: datetime, by: str) -> Complaint:
    """The second tier: an answer that was contested is looked at by somebody else, and that ends the matter.

    Refuses with ``feedback.unknown_outcome``, ``feedback.words_missing``, ``feedback.too_long``,
    ``feedback.wrong_state`` or ``feedback.same_person``.
    """
    said = _checked(outcome, text)
    with transaction.atomic():
        found = locked(complaint)
        COMPLAINT.check(found.state, "review")
        if by in {*found.against, found.answered_by}:
            raise SAME_PERSON("by")
        found.review_outcome, found.review, found.reviewed_by, found.reviewed_at = outcome, said, by, at
        keep(found, "review", at=at, by=by, outcome=outcome)
    return found


def transfer(*, complaint: Complaint, to: str, because: str, at: datetime, by: str) -> Complaint:
    """Hand the matter to the authority that is responsible for it; who complained reads to whom and why.

    Refuses with ``feedback.words_missing``, ``feedback.too_long`` or ``feedback.wrong_state``.
    """
    where, why = require(to, "to", 80), require(because, "because", 300)
    with transaction.atomic():
        found = locked(complaint)
        found.transferred_to, found.transferred_because = where, why
        found.transferred_by, found.transferred_at = by, at
        keep(found, "transfer", at=at, by=by)
    return found


def _checked(outcome: str, text: str) -> str:
    if outcome not in Complaint.Outcome.values:
        raise UNKNOWN_OUTCOME("outcome", outcome=outcome)
    return require(text, "text", LONGEST)
