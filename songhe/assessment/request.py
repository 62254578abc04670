"""The elder picks a body, the body names two assessors. 申请评估与指派评估师"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.assessment.states import OPEN, move
from songhe.document import number
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import reason
from songhe.person.models import Mandate, Person
from songhe.provider.admit import is_listed
from songhe.provider.models import Kind, Provider, Worker
from songhe.provider.suspend import is_suspended
from songhe.provider.worker import LEAST_YEARS, is_working, lacking, working
from songhe.trail.note import note

STANDARD = "gbt-42195-2022"

PERSON_DIED = reason(
    "assessment.person_died", zh="老年人已于{died_on}去世。", en="The elder died on {died_on}.", status=409
)
FILE_CLOSED = reason(
    "assessment.file_closed",
    zh="该档案已于{closed_on}关闭。",
    en="This file was closed on {closed_on}.",
    status=409,
)
ALREADY_OPEN = reason(
    "assessment.already_open",
    zh="已有评估 {no} 正在办理，不能同时再申请。",
    en="Assessment {no} is still open; another cannot be asked for.",
    status=409,
)
NOT_A_BODY = reason(
    "assessment.not_a_body",
    zh="“{name}”不是本县在{on}委托的评估机构。",
    en="{name} is not entrusted with assessments here on {on}.",
)
BODY_SUSPENDED = reason(
    "assessment.body_suspended", zh="“{name}”在{on}被暂停。", en="{name} is suspended on {on}.", status=409
)
UNKNOWN_OCCASION = reason(
    "assessment.unknown_occasion",
    zh="评估原因“{occasion}”不存在。",
    en="There is no occasion {occasion} for an assessment.",
)
UNKNOWN_WHERE = reason(
    "assessment.unknown_where",
    zh="评估方式只有到机构（on_site）或上门（home），没有“{where}”。",
    en="An assessment is done on_site or at home, not {where}.",
)
REVIEW_NEEDS_A_DISPUTE = reason(
    "assessment.review_needs_a_dispute",
    zh="复评要从有异议的评估发起。",
    en="A review is asked for from the assessment that is disputed.",
)
NOT_DISPUTED = reason(
    "assessment.not_disputed", zh="评估 {no} 没有异议。", en="Assessment {no} is not disputed.", status=409
)
SAME_ASSESSOR = reason(
    "assessment.same_assessor", zh="必须指派两名不同的评估师。", en="Two different assessors are needed."
)
NOT_AN_ASSESSOR = reason(
    "assessment.not_an_assessor",
    zh="“{name}”在{on}不是该机构的评估师。",
    en="{name} is not an assessor of this body on {on}.",
)
NOT_QUALIFIED = reason(
    "assessment.not_qualified",
    zh="“{name}”在{on}不具备评估师条件：{lacks}。",
    en="{name} does not qualify as an assessor on {on}: {lacks_en}.",
)
MUST_RECUSE = reason(
    "assessment.must_recuse",
    zh="“{name}”应当回避：{why}。",
    en="{name} must stand aside: {why_en}.",
)

SCHEDULED_IN_THE_PAST = reason(
    "assessment.scheduled_in_the_past",
    zh="约定的日期{day}已经过去。",
    en="The day that was chosen, {day}, is past.",
)

#: What ``provider.worker.lacking`` answers, as the refusal says it.
_LACKS = {
    "practice": (f"从业不满{LEAST_YEARS}年", f"fewer than {LEAST_YEARS} years of practice"),
    "education": ("学历不足高中或中专", "less than secondary education"),
    "training": ("未经培训", "not trained"),
    "examination": ("未经考核", "not examined"),
}
_KIN = (Mandate.Relation.SPOUSE, Mandate.Relation.CHILD, Mandate.Relation.RELATIVE)


def request(
    *,
    person: Person,
    body: Provider,
    where: str,
    occasion: str,
    at: datetime,
    on: date,
    by: str,
    disputed: Assessment | None = None,
) -> Assessment:
    """Ask for an assessment by a body that the elder or the proxy picks (source 001, answers 4 and 8).

    The body is entrusted by the county on the day and not suspended; the elder lives and has no other assessment
    open. A review (复评) names the disputed assessment. Refuses with ``assessment.person_died``, ``.file_closed``,
    ``.unknown_where``, ``.unknown_occasion``, ``.review_needs_a_dispute``, ``.not_disputed``, ``.not_a_body``,
    ``.body_suspended`` or ``.already_open``.
    """
    if where not in Assessment.Where.values:
        raise UNKNOWN_WHERE("where", where=where)
    if occasion not in Assessment.Occasion.values:
        raise UNKNOWN_OCCASION("occasion", occasion=occasion)
    if (occasion == Assessment.Occasion.REVIEW) != (disputed is not None):
        raise REVIEW_NEEDS_A_DISPUTE("occasion")
    with transaction.atomic():
        elder = lock_living(person)
        check_body(body, county=elder.county, on=on)
        if disputed is not None:
            _check_disputed(disputed, elder)
        if open_one := Assessment.rows.filter(county=elder.county, person=elder, state__in=OPEN).first():
            raise ALREADY_OPEN("person", no=open_one.no)
        asked = Assessment.rows.create(
            county=elder.county,
            no=next_number(elder.county, on),
            person=elder,
            origin=Assessment.Origin.ASSESSED,
            state=Assessment.State.REQUESTED,
            standard=STANDARD,
            occasion=occasion,
            where=where,
            body=body,
            body_name=body.name,
            disputes=disputed,
            requested_at=at,
            requested_by=by,
        )
        _note(asked, "request", at, by, body=body.pk, occasion=occasion)
    return asked


def reassess(*, disputed: Assessment, body: Provider, where: str, at: datetime, on: date, by: str) -> Assessment:
    """Ask for the review of a disputed assessment, by another body or by other assessors of the same one."""
    return request(
        person=disputed.person,
        body=body,
        where=where,
        occasion=Assessment.Occasion.REVIEW,
        at=at,
        on=on,
        by=by,
        disputed=disputed,
    )


def assign(
    *,
    assessment: Assessment,
    first: Worker,
    second: Worker,
    serving: Collection[int],
    at: datetime,
    on: date,
    by: str,
    scheduled_at: datetime | None = None,
) -> Assessment:
    """The body names two different assessors of its own, qualified on the day; it may name others before the work.

    ``scheduled_at`` is when they will come; without it a time that was set stays.

    Qualified: five years of practice, trained and examined (source 000; GB/T 42195-2022, 5.2.3). Aside stand the
    elder's kin and proxies, whoever is employed by a provider that serves the elder (``serving``: their ids), and
    in a review whoever signed the disputed assessment. Refuses with ``assessment.wrong_state``,
    ``.scheduled_in_the_past``, ``.same_assessor``, ``.not_an_assessor``, ``.not_qualified`` or ``.must_recuse``.
    """
    with transaction.atomic():
        found = lock(assessment)
        move(found, "assign")
        if scheduled_at is not None and beijing_date(scheduled_at) < on:
            raise SCHEDULED_IN_THE_PAST("scheduled_at", day=beijing_date(scheduled_at))
        if same_human(first, second):
            raise SAME_ASSESSOR("second")
        for field, worker in (("first", first), ("second", second)):
            check_qualified(worker, body_id=found.body_id, on=on, field=field)
            _check_recusal(worker, found, serving=serving, on=on, field=field)
        found.first_assessor, found.second_assessor = first, second
        found.scheduled_at = scheduled_at or found.scheduled_at
        found.save(update_fields=["state", "first_assessor", "second_assessor", "scheduled_at"])
        _note(found, "assign", at, by, first=first.pk, second=second.pk)
    return found


def lock(assessment: Assessment) -> Assessment:
    """The assessment as it stands now, locked after its person, so that all verbs lock in one order."""
    Person.rows.select_for_update().get(county=assessment.county, id=assessment.person_id)
    return Assessment.rows.select_for_update().get(county=assessment.county, id=assessment.id)


def lock_living(person: Person) -> Person:
    """Refuses with ``assessment.person_died`` or ``assessment.file_closed``."""
    elder = Person.rows.select_for_update().get(county=person.county, id=person.id)
    if elder.died_on:
        raise PERSON_DIED("person", died_on=elder.died_on)
    if elder.closed_on:
        raise FILE_CLOSED("person", closed_on=elder.closed_on)
    return elder


def next_number(county: str, on: date) -> str:
    month = Month.of(on)
    return number.number(county, month, number.take(county, "assessment", month))


def check_body(body: Provider, *, county: str, on: date) -> None:
    """Refuses with ``assessment.not_a_body`` or ``assessment.body_suspended``."""
    if body.kind != Kind.ASSESSMENT_BODY or not is_listed(body, county, None, on):
        raise NOT_A_BODY("body", name=body.name, on=on)
    if is_suspended(body, county, on):
        raise BODY_SUSPENDED("body", name=body.name, on=on)


def check_qualified(assessor: Worker, *, body_id: int | None, on: date, field: str) -> None:
    """Refuses with ``assessment.not_an_assessor`` or ``assessment.not_qualified``, naming all that lacks."""
    if assessor.provider_id != body_id or assessor.job != Worker.Job.ASSESSOR or not is_working(assessor, on):
        raise NOT_AN_ASSESSOR(field, name=assessor.name, on=on)
    if lacks := lacking(assessor, on):
        raise NOT_QUALIFIED(
            field,
            name=assessor.name,
            on=on,
            lacks="、".join(_LACKS[each][0] for each in lacks),
            lacks_en=", ".join(_LACKS[each][1] for each in lacks),
        )


def same_human(one: Worker, other: Worker) -> bool:
    """Whether two entries are one human: the same entry, the same login, or the same name under the same number."""
    if one.pk == other.pk or (one.account and one.account == other.account):
        return True
    return (one.name, one.number) == (other.name, other.number)


def _check_disputed(disputed: Assessment, elder: Person) -> None:
    known = Assessment.rows.filter(county=elder.county, id=disputed.id, person=elder)
    if not known.filter(state=Assessment.State.DISPUTED).exists():
        raise NOT_DISPUTED("disputed", no=disputed.no)


def _check_recusal(worker: Worker, found: Assessment, *, serving: Collection[int], on: date, field: str) -> None:
    """Kin stay kin when a mandate has ended, so these are asked whatever their dates."""
    employers = set(serving)
    for mandate in Mandate.objects.filter(county=found.county, person=found.person_id).order_by("id"):
        in_force = mandate.ended_on is None and mandate.valid_from <= on <= mandate.valid_to
        if mandate.provider_id is not None and in_force:
            employers.add(mandate.provider_id)
        known_as = (worker.account and worker.account == mandate.account) or worker.name == mandate.proxy_name
        if known_as and mandate.relation in _KIN:
            raise MUST_RECUSE(field, name=worker.name, why="是老年人的亲属", why_en="kin of the elder")
        if known_as and in_force:
            raise MUST_RECUSE(field, name=worker.name, why="是老年人的代办人", why_en="a proxy of the elder")
    for colleague in working(on).filter(provider__in=employers).order_by("id"):
        if same_human(worker, colleague):
            why, why_en = "受雇于为该老年人服务的机构", "employed by a provider that serves the elder"
            raise MUST_RECUSE(field, name=worker.name, why=why, why_en=why_en)
    if found.disputes is not None:
        signed = Worker.objects.filter(pk__in=[found.disputes.first_assessor_id, found.disputes.second_assessor_id])
        if any(same_human(worker, signer) for signer in signed):
            why, why_en = "作出了有异议的那次评估", "signed the assessment that is disputed"
            raise MUST_RECUSE(field, name=worker.name, why=why, why_en=why_en)


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
