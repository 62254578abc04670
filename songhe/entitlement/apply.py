"""A person, or a proxy for them, opens an application and hands it in. 申请"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.assessment.request import UNKNOWN_WHERE, check_body
from songhe.assessment.scale import find
from songhe.assessment.score import self_rate
from songhe.document import number
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.record import keep, lock_application, lock_living, written
from songhe.entitlement.states import APPLICATION, OPEN
from songhe.kernel.month import Month
from songhe.kernel.refusal import MISSING, reason
from songhe.person.mandate import may_act
from songhe.person.models import Mandate, Person
from songhe.policy.terms import Terms, terms
from songhe.provider.models import Provider

SELF_RATING_STANDARD = "ltci-2021"
ACT = "apply"

UNKNOWN_CHANNEL = reason(
    "entitlement.unknown_channel",
    zh="没有“{channel}”这种申请方式。",
    en="There is no channel {channel}.",
)
NO_MANDATE = reason(
    "entitlement.no_mandate",
    zh="代办人在{on}没有为此人申请的授权。",
    en="On {on} the proxy holds no mandate to apply for this person.",
    status=403,
)
ALREADY_OPEN = reason(
    "entitlement.already_open",
    zh="申请 {no} 正在办理。",
    en="Application {no} is under way.",
    status=409,
)
ALREADY_ENTITLED = reason(
    "entitlement.already_entitled",
    zh="已有待遇 {no}，不必再申请。",
    en="Entitlement {no} is in force; there is no need to apply again.",
    status=409,
)
CATEGORY_CLOSED = reason(
    "entitlement.category_closed",
    zh="“{category}”在本地没有规定抵扣比例，不能选择。",
    en="No ratio is set here for {category}, so it cannot be chosen.",
)
PLEDGE_MISSING = reason(
    "entitlement.pledge_missing",
    zh="申请须附老年人在提交之日或之前签署的诚信承诺书。",
    en="The elder's pledge, signed on or before the day of the application, is missing.",
)


def open_application(
    *,
    person: Person,
    policy: str,
    channel: str,
    at: datetime,
    on: date,
    by: str,
    mandate: Mandate | None = None,
    category: str = "",
    provider: Provider | None = None,
) -> Application:
    """Open a draft for a programme that is in force in the county on the day (source 001, answer 6).

    A proxy (``channel`` ``proxy``, or any with ``mandate``) holds a mandate to apply. ``category`` and ``provider``
    are the wish for the first month. Refuses with ``entitlement.unknown_channel``, ``.person_died``,
    ``.file_closed``, ``.no_mandate``, ``.category_closed``, ``.already_open``, ``.already_entitled`` or
    ``policy.not_in_force``.
    """
    if channel not in Application.Channel.values:
        raise UNKNOWN_CHANNEL("channel", channel=channel)
    with transaction.atomic():
        elder = lock_living(person)
        check_category(terms(policy=policy, place=elder.county, on=on), category)
        check_mandate(elder, mandate, on=on, by=by, online=channel == Application.Channel.PROXY)
        _check_first(elder, policy)
        month = Month.of(on)
        draft = Application.rows.create(
            county=elder.county,
            no=number.number(elder.county, month, number.take(elder.county, "application", month)),
            person=elder,
            policy=policy,
            channel=channel,
            mandate=mandate,
            category=category,
            provider=provider,
            opened_by=by,
            opened_at=at,
        )
        written(draft, "open", at, by, channel=channel, policy=policy)
    return draft


def rate_self(*, application: Application, dependent: Collection[str], at: datetime, by: str) -> Application:
    """The family's first look, if it wishes: which everyday things depend on others. It decides nothing.

    Only on a draft. Refuses with ``entitlement.wrong_state`` or ``assessment.unknown_item``.
    """
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "submit")
        rated = self_rate(find(SELF_RATING_STANDARD), dependent)
        found.self_rating = {
            "standard": SELF_RATING_STANDARD,
            "dependent": sorted(set(dependent)),
            "grade": rated.grade,
            "may_apply": rated.may_apply,
        }
        found.save(update_fields=["self_rating"])
        written(found, "rate_self", at, by)
    return found


def submit(*, application: Application, pledge_signed_on: date | None, at: datetime, on: date, by: str) -> Application:
    """Hand the application in, with the elder's pledge of honesty; the day counts for look-back and first issue.

    Refuses with ``entitlement.wrong_state``, ``.pledge_missing``, ``.person_died``, ``.file_closed``,
    ``.no_mandate``, ``.category_closed`` or ``policy.not_in_force``.
    """
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "submit")
        elder = lock_living(found.person)
        check_category(terms(policy=found.policy, place=found.county, on=on), found.category)
        check_mandate(elder, found.mandate, on=on, by=by, online=found.channel == Application.Channel.PROXY)
        if pledge_signed_on is None or pledge_signed_on > on:
            raise PLEDGE_MISSING("pledge_signed_on")
        found.pledge_signed_on = pledge_signed_on
        found.submitted_at, found.submitted_on = at, on
        keep(found, "submit", at, by)
    return found


def choose(
    *, application: Application, category: str, provider: Provider | None, at: datetime, on: date, by: str
) -> Application:
    """Write the wish for the first month into a draft. Refuses with ``entitlement.wrong_state`` or
    ``.category_closed``."""
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "submit")
        check_category(terms(policy=found.policy, place=found.county, on=on), category)
        found.category, found.provider = category, provider
        found.save(update_fields=["category", "provider"])
        written(found, "choose", at, by, category=category)
    return found


def wish_assessment(
    *,
    application: Application,
    body: Provider,
    where: str,
    days: Collection[date],
    words: str,
    at: datetime,
    on: date,
    by: str,
) -> Application:
    """Write into a draft by whom, where and when the elder wishes to be assessed (source 001, answers 4 and 8).

    Refuses with ``entitlement.wrong_state``, ``assessment.unknown_where``, ``.not_a_body`` or ``.body_suspended``.
    """
    if where not in Assessment.Where.values:
        raise UNKNOWN_WHERE("where", where=where)
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "submit")
        check_body(body, county=found.county, on=on)
        found.assessment_wish = {
            "body": body.pk,
            "where": where,
            "days": sorted(str(day) for day in days),
            "words": words.strip()[:200],
        }
        found.save(update_fields=["assessment_wish"])
        written(found, "wish_assessment", at, by, body=body.pk, where=where)
    return found


def check_category(rules: Terms, category: str) -> None:
    """Refuses with ``entitlement.category_closed``: unknown, or without a ratio at the place."""
    if category and rules.category(category) is None:
        raise CATEGORY_CLOSED("category", category=category)


def check_mandate(elder: Person, mandate: Mandate | None, *, on: date, by: str, online: bool) -> None:
    """A proxy acts by a mandate for this elder, in force on the day, that names this act (001, answer 4); online
    under the mandate's own login. Refuses with ``input.missing`` or ``entitlement.no_mandate``."""
    if mandate is None:
        if online:
            raise MISSING("mandate", field_name="mandate")
        return
    held = may_act(person=elder, act=ACT, on=on, proxy_identity=mandate.proxy_identity)
    if held is None or held.id != mandate.id or (online and held.account != by):
        raise NO_MANDATE("mandate", on=on)


def _check_first(elder: Person, policy: str) -> None:
    mine = {"county": elder.county, "person": elder, "policy": policy}
    if under_way := Application.rows.filter(state__in=OPEN, **mine).first():
        raise ALREADY_OPEN("policy", no=under_way.no)
    if in_force := Entitlement.objects.filter(**mine).exclude(state=Entitlement.State.STOPPED).first():
        raise ALREADY_ENTITLED("policy", no=in_force.no)
