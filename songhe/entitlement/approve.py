"""Another person approves, and the right begins; or refuses, and says why. 审批"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.document import number
from songhe.eligibility import determine as eligibility
from songhe.eligibility.models import Determination
from songhe.entitlement.apply import ALREADY_ENTITLED
from songhe.entitlement.assess import rest_on_what_counts
from songhe.entitlement.letter import write_decision
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.publish import check_published
from songhe.entitlement.record import another, keep, lock_application, require, written
from songhe.entitlement.states import APPLICATION
from songhe.jobs.outbox import put
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.person.models import identity_of
from songhe.place.calendar import WorkCalendar, add_workdays, loaded_calendar, workdays_left_in_month
from songhe.policy.resolve import NOT_IN_FORCE, library
from songhe.policy.terms import Terms, terms_in

NOT_ENTITLED = reason(
    "entitlement.not_entitled",
    zh="认定结果是“{outcome}”，不能批准。",
    en="The determination says {outcome_en}; it cannot be approved.",
    status=409,
)
PROGRAMME_OVER = reason(
    "entitlement.programme_over",
    zh="项目到{last}为止，{first_month}起已没有可发放的月份。",
    en="The programme ends on {last}; from {first_month} on there is no month left to issue.",
    status=409,
)

#: A right has begun: its first voucher need not wait for the next run of the month.
BEGUN = "entitlement.begun"


def approve(*, application: Application, at: datetime, on: date, by: str, note: str = "") -> Entitlement:
    """Approve a reviewed application by a person who neither opened nor reviewed it; the right begins.

    The person is determined once more under the rules of the day. The first month is that of the approval, or the
    next where few working days were left when the application came in (Jiangxi); the first voucher is due within
    the working days that the place sets. A letter is written. Refuses with ``entitlement.wrong_state``,
    ``.same_person``, ``.not_published``, ``.still_published``, ``.not_entitled``, ``.assessment_too_old``,
    ``.programme_over``, ``.already_entitled``, ``eligibility.not_on_file`` or ``policy.not_in_force``.
    The trail says when working days of a year were counted whose list of holidays is not loaded yet.
    """
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "approve")
        another(by, found.reviewed_by, found.opened_by)
        policy = library().resolve(policy=found.policy, place=found.county, on=on)
        rules = terms_in(policy, place=found.county, on=on)
        check_published(found, rules, on)
        rest_on_what_counts(found, on)
        made = eligibility.determine(person=found.person, policy=policy, on=on, at=at, by=by)
        if made.outcome != Determination.Outcome.ENTITLED:
            raise NOT_ENTITLED(
                "determination", outcome=Determination.Outcome(made.outcome).label, outcome_en=made.outcome
            )
        found.determination = made
        _decide(found, at, on, by, note)
        keep(found, "approve", at, by, note)
        calendar = loaded_calendar()
        right = _begin(found, rules, calendar, on, by)
        told: dict[str, Any] = {"application": str(found.id), "first_month": right.first_month}
        if calendar.is_provisional(found.submitted_on or on, right.first_due_on or on):
            told["working_days"] = "provisional"
        written(right, "begin", at, by, **told)
        write_decision(application=found, entitlement=right, at=at)
        put(county=right.county, topic=BEGUN, about=right.id, payload={}, at=at)
    return right


def refuse(*, application: Application, because: str, at: datetime, on: date, by: str) -> Application:
    """Refuse a reviewed application, by a person who neither opened nor reviewed it, with the reason and a letter.

    Refuses with ``entitlement.wrong_state`` or ``entitlement.same_person``.
    """
    require(because, "because")
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "refuse")
        another(by, found.reviewed_by, found.opened_by)
        _decide(found, at, on, by, because)
        keep(found, "refuse", at, by, because)
        write_decision(application=found, entitlement=None, at=at)
    return found


def first_month(*, submitted_on: date, approved_on: date, rules: Terms, calendar: WorkCalendar) -> Month:
    """The month of the approval; not before the month after the application if too few working days were left in
    its month (the day of the application is not counted)."""
    month = Month.of(approved_on)
    least = rules.first_issue_least_working_days
    if least is not None and workdays_left_in_month(submitted_on, calendar) < least:
        return max(month, Month.of(submitted_on).next)
    return month


def first_due_on(*, month: Month, approved_on: date, rules: Terms, calendar: WorkCalendar) -> date | None:
    """The last day for the first voucher: so many working days after the approval, at the latest the month's last
    day, at the earliest its first; ``None`` where the place sets no limit."""
    within = rules.first_issue_within_working_days
    if within is None:
        return None
    if month > Month.of(approved_on):
        return month.first
    if workdays_left_in_month(approved_on, calendar) < within:
        return month.last
    return add_workdays(approved_on, within, calendar)


def _decide(found: Application, at: datetime, on: date, by: str, note: str) -> None:
    found.decided_by, found.decided_at, found.decided_on, found.decision_note = by, at, on, note[:500]


def _begin(found: Application, rules: Terms, calendar: WorkCalendar, on: date, by: str) -> Entitlement:
    assert found.submitted_on is not None
    assert found.determination is not None
    mine = Entitlement.objects.filter(county=found.county, person=found.person_id, policy=found.policy)
    if in_force := mine.exclude(state=Entitlement.State.STOPPED).first():
        raise ALREADY_ENTITLED("policy", no=in_force.no)
    month = first_month(submitted_on=found.submitted_on, approved_on=on, rules=rules, calendar=calendar)
    _check_window(found, month, rules, on)
    approved = Month.of(on)
    return Entitlement.objects.create(
        county=found.county,
        no=number.number(found.county, approved, number.take(found.county, "entitlement", approved)),
        person=found.person,
        identity=identity_of(found.person),
        policy=found.policy,
        application=found,
        approved_on=on,
        approved_by=by,
        first_month=str(month),
        first_due_on=first_due_on(month=month, approved_on=on, rules=rules, calendar=calendar),
        level=found.determination.facts["disability_level"],
        category=found.category,
        provider=found.provider,
    )


def _check_window(found: Application, month: Month, rules: Terms, on: date) -> None:
    """An edition is in force in the first month: this one, or one that a new notice has added."""
    try:
        library().resolve(policy=found.policy, place=found.county, on=max(on, month.first))
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        raise PROGRAMME_OVER("on", last=rules.window.last, first_month=month) from None
