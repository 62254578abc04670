"""Against a decision; answered by somebody who took no part in it. 申诉"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from songhe.entitlement.apply import ALREADY_OPEN
from songhe.entitlement.letter import write_answer
from songhe.entitlement.models import Appeal, Application
from songhe.entitlement.record import another, keep, lock_application, require, written
from songhe.entitlement.states import OPEN
from songhe.kernel.refusal import Refusal, reason
from songhe.policy.resolve import NOT_IN_FORCE
from songhe.policy.terms import terms

NOT_DECIDED = reason(
    "entitlement.not_decided",
    zh="申请还没有决定，不能申诉。",
    en="Nothing has been decided yet that could be appealed against.",
    status=409,
)
APPEAL_OPEN = reason(
    "entitlement.appeal_open", zh="已有一件申诉在办理。", en="An appeal is under way already.", status=409
)
APPEALED_TOO_LATE = reason(
    "entitlement.appealed_too_late",
    zh="申诉应不迟于{last_day}提出。",
    en="The appeal could be made until {last_day}.",
    status=409,
)
UNKNOWN_OUTCOME = reason(
    "entitlement.unknown_outcome",
    zh="申诉结果只有成立（upheld）或维持（rejected），没有“{outcome}”。",
    en="An appeal is upheld or rejected, not {outcome}.",
)
ALREADY_ANSWERED = reason(
    "entitlement.already_answered", zh="这件申诉已经答复。", en="This appeal has been answered.", status=409
)

_DECIDED = (Application.State.APPROVED, Application.State.REFUSED)


def appeal(*, application: Application, grounds: str, at: datetime, on: date, by: str) -> Appeal:
    """Appeal against an approval or a refusal, within the days that the place sets; always where it sets none.

    Refuses with ``entitlement.not_decided``, ``.appeal_open`` or ``.appealed_too_late``.
    """
    require(grounds, "grounds")
    with transaction.atomic():
        found = lock_application(application)
        if found.state not in _DECIDED or found.decided_on is None:
            raise NOT_DECIDED("application")
        if Appeal.objects.filter(county=found.county, application=found, answered_at=None).exists():
            raise APPEAL_OPEN("application")
        days = _days(found, found.decided_on)
        if days is not None and on > (last_day := found.decided_on + timedelta(days=days)):
            raise APPEALED_TOO_LATE("on", last_day=last_day)
        made = Appeal.objects.create(
            county=found.county,
            application=found,
            grounds=grounds[:1000],
            by=by,
            at=at,
            against=[found.opened_by, found.reviewed_by, found.decided_by],
        )
        written(found, "appeal", at, by, grounds)
    return made


def answer(*, appeal: Appeal, outcome: str, text: str, at: datetime, by: str) -> Appeal:
    """Answer an appeal, by somebody who neither opened, reviewed, decided nor appealed; a letter is written.

    An appeal upheld against a refusal puts the application back before the review. Refuses with
    ``entitlement.unknown_outcome``, ``.already_answered``, ``.same_person`` or ``.already_open``.
    """
    if outcome not in Appeal.Outcome.values:
        raise UNKNOWN_OUTCOME("outcome", outcome=outcome)
    require(text, "text")
    with transaction.atomic():
        application = lock_application(Application.rows.get(county=appeal.county, id=appeal.application_id))
        found = Appeal.objects.select_for_update().get(county=appeal.county, id=appeal.id)
        if found.answered_at is not None:
            raise ALREADY_ANSWERED("appeal")
        another(by, *found.against, found.by)
        found.outcome, found.answer, found.answered_by, found.answered_at = outcome, text[:1000], by, at
        found.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
        written(application, "answer_appeal", at, by, text, outcome=outcome)
        write_answer(application=application, appeal=found, at=at)
        if outcome == Appeal.Outcome.UPHELD and application.state == Application.State.REFUSED:
            _reopen(application, at, by)
    return found


def _reopen(application: Application, at: datetime, by: str) -> None:
    mine = Application.rows.filter(county=application.county, person=application.person_id, policy=application.policy)
    if other := mine.filter(state__in=OPEN).first():
        raise ALREADY_OPEN("application", no=other.no)
    application.reviewed_by, application.reviewed_at = "", None
    application.decided_by, application.decided_at, application.decided_on = "", None, None
    application.publish_from = application.publish_to = None
    keep(application, "reopen", at, by)


def _days(application: Application, decided_on: date) -> int | None:
    try:
        return terms(policy=application.policy, place=application.county, on=decided_on).appeal_days
    except Refusal as refusal:
        if refusal.reason is NOT_IN_FORCE:
            return None
        raise
