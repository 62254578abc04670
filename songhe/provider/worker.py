"""The people of a provider: carers, assessors, managers; what qualifies them, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel.month import age_on
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.provider.models import Certificate, Kind, Provider, Worker
from songhe.trail.note import note

#: Completed years of practice that an assessor needs; a place may ask for more (GB/T 42195-2022, 5.2.3).
LEAST_YEARS = 5

EDUCATION = {
    "primary": ("小学", "primary school"),
    "junior_secondary": ("初中", "junior secondary school"),
    "senior_secondary": ("高中", "senior secondary school"),
    "vocational_secondary": ("中专、技校", "vocational secondary school"),
    "college": ("大专", "college"),
    "bachelor": ("本科", "bachelor"),
    "master": ("硕士", "master"),
    "doctor": ("博士", "doctor"),
}
BELOW_SECONDARY = frozenset({"primary", "junior_secondary"})

UNKNOWN_JOB = reason("provider.unknown_job", zh="没有“{job}”这种岗位。", en="There is no job {job}.")
UNKNOWN_EDUCATION = reason(
    "provider.unknown_education", zh="没有“{education}”这种学历代码。", en="There is no education code {education}."
)
NAME_MISSING = reason("provider.name_missing", zh="请填写名称。", en="Give the name.")
NUMBER_MISSING = reason(
    "provider.number_missing", zh="请填写工号或证书编号。", en="Give the staff or certificate number."
)
NUMBER_TAKEN = reason(
    "provider.number_taken",
    zh="本机构已有编号“{number}”的人员。",
    en="Number {number} is taken in this body.",
    status=409,
)
JOB_NOT_OF_KIND = reason(
    "provider.job_not_of_kind",
    zh="评估师只在评估机构任职，护理员只在服务机构任职。",
    en="Assessors work for assessment bodies, carers for bodies that serve.",
)
WORKS_ON_BOTH_SIDES = reason(
    "provider.works_on_both_sides",
    zh="该账号的人员在这段时间同时在评估机构和服务机构任职。",
    en="The person of this login would assess and serve at the same time.",
    status=409,
)
ALREADY_LEFT = reason("provider.already_left", zh="已于{last}离职。", en="Left already on {last}.", status=409)
CERTIFICATE_TWICE = reason(
    "provider.certificate_twice",
    zh="这张证书在这段时间已登记。",
    en="This certificate is registered for that time.",
    status=409,
)


@dataclass(frozen=True)
class NewWorker:
    """Somebody to be engaged. ``number`` is the staff or certificate number, unique in the body."""

    name: str
    number: str
    job: str = Worker.Job.ASSESSOR
    account: str = ""
    practising_since: date | None = None
    education: str = ""
    trained_on: date | None = None
    examined_on: date | None = None


def engage(
    *, provider: Provider, new: NewWorker, valid_from: date, at: datetime, by: str, valid_to: date | None = None
) -> Worker:
    """Somebody works for the provider from a day on.

    The login of an assessor does not serve, that of a carer does not assess, on any common day. Refuses with
    ``provider.unknown_job``, ``provider.unknown_education``, ``provider.name_missing``, ``provider.number_missing``,
    ``provider.number_taken``, ``provider.job_not_of_kind``, ``provider.works_on_both_sides`` or
    ``period.ends_before_it_begins``.
    """
    new = replace(new, name=new.name.strip(), number=new.number.strip())
    if new.job not in Worker.Job.values:
        raise UNKNOWN_JOB("job", job=new.job)
    if new.education and new.education not in EDUCATION:
        raise UNKNOWN_EDUCATION("education", education=new.education)
    if not new.name:
        raise NAME_MISSING("name")
    if not new.number:
        raise NUMBER_MISSING("number")
    assesses = provider.kind == Kind.ASSESSMENT_BODY
    if (new.job == Worker.Job.ASSESSOR) != assesses and new.job != Worker.Job.MANAGER:
        raise JOB_NOT_OF_KIND("job")
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if new.account:
            _refuse_both_sides(new.account, assesses, period)
        try:
            with transaction.atomic():
                made = Worker.objects.create(
                    provider=provider, valid_from=valid_from, valid_to=valid_to, **new.__dict__
                )
        except IntegrityError:
            raise NUMBER_TAKEN("number", number=new.number) from None
        _note("provider.engage", made, at=at, by=by, job=new.job)
    return made


def leave(*, worker: Worker, last_day: date, at: datetime, by: str) -> Worker:
    """The last day of work; it still counts.

    Refuses with ``provider.already_left`` or ``period.ends_before_it_begins``.
    """
    with transaction.atomic():
        worker = Worker.objects.select_for_update().select_related("provider").get(pk=worker.pk)
        if worker.valid_to is not None and worker.valid_to <= last_day:
            raise ALREADY_LEFT("last_day", last=worker.valid_to)
        Period(worker.valid_from, last_day)
        worker.valid_to = last_day
        worker.save(update_fields=["valid_to"])
        _note("provider.leave", worker, at=at, by=by)
    return worker


def certify(
    *,
    worker: Worker,
    kind: str,
    number: str,
    valid_from: date,
    at: datetime,
    by: str,
    valid_to: date | None = None,
    file: UUID | None = None,
) -> Certificate:
    """Register a qualification with its expiry; the same paper is not registered twice for one day.

    Refuses with ``provider.number_missing``, ``provider.certificate_twice`` or ``period.ends_before_it_begins``.
    """
    if not kind.strip() or not number.strip():
        raise NUMBER_MISSING("number")
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        worker = Worker.objects.select_for_update().select_related("provider").get(pk=worker.pk)
        for held in Certificate.objects.filter(worker=worker, kind=kind.strip(), number=number.strip()):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise CERTIFICATE_TWICE("number")
        made = Certificate.objects.create(
            worker=worker, kind=kind.strip(), number=number.strip(), valid_from=valid_from, valid_to=valid_to, file=file
        )
        _note("provider.certify", worker, at=at, by=by, certificate=made.pk)
    return made


def link_account(*, worker: Worker, account: str, at: datetime, by: str) -> Worker:
    """Say which login is this worker's. Refuses with ``provider.works_on_both_sides``."""
    with transaction.atomic():
        worker = Worker.objects.select_for_update().select_related("provider").get(pk=worker.pk)
        period = Period(worker.valid_from, worker.valid_to)
        _refuse_both_sides(account, worker.provider.kind == Kind.ASSESSMENT_BODY, period)
        worker.account = account
        worker.save(update_fields=["account"])
        _note("provider.link_account", worker, at=at, by=by)
    return worker


def working(on: date) -> QuerySet[Worker]:
    """Whoever works on the day."""
    return Worker.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def is_working(worker: Worker, on: date) -> bool:
    return on in Period(worker.valid_from, worker.valid_to)


def certificates_on(worker: Worker, on: date) -> list[Certificate]:
    """The certificates that hold on the day, by kind."""
    held = Certificate.objects.filter(worker=worker, valid_from__lte=on)
    return list(held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).order_by("kind", "id"))


def lacking(assessor: Worker | NewWorker, on: date, *, least_years: int = LEAST_YEARS) -> list[str]:
    """What keeps somebody from assessing on the day, in this order: ``practice`` (completed years), ``education``
    (secondary school at least), ``training``, ``examination``. Empty: qualified. GB/T 42195-2022, 5.2.3."""
    missing = []
    since = assessor.practising_since
    if since is None or since > on or age_on(since, on) < least_years:
        missing.append("practice")
    if not assessor.education or assessor.education in BELOW_SECONDARY:
        missing.append("education")
    if assessor.trained_on is None or assessor.trained_on > on:
        missing.append("training")
    if assessor.examined_on is None or assessor.examined_on > on:
        missing.append("examination")
    return missing


def is_qualified(worker: Worker, on: date, *, least_years: int = LEAST_YEARS) -> bool:
    """Whether the worker is an assessor in office who may assess on the day."""
    return (
        worker.job == Worker.Job.ASSESSOR
        and is_working(worker, on)
        and not lacking(worker, on, least_years=least_years)
    )


def qualified_assessors(provider: Provider, on: date, *, least_years: int = LEAST_YEARS) -> list[Worker]:
    """The body's assessors who may assess on the day, by number."""
    employed: Iterable[Worker] = working(on).filter(provider=provider, job=Worker.Job.ASSESSOR).order_by("number")
    return [worker for worker in employed if not lacking(worker, on, least_years=least_years)]


def employer_of(account: str, on: date) -> QuerySet[Worker]:
    """The places of work of a login on the day."""
    return working(on).filter(account=account).exclude(account="").select_related("provider")


def _refuse_both_sides(account: str, assesses: bool, period: Period) -> None:
    other_side = Worker.objects.filter(account=account).exclude(account="")
    body = Q(provider__kind=Kind.ASSESSMENT_BODY)
    for held in other_side.exclude(body) if assesses else other_side.filter(body):
        if period.overlaps(Period(held.valid_from, held.valid_to)):
            raise WORKS_ON_BOTH_SIDES("account")


def _note(act: str, worker: Worker, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=worker.provider.place,
        at=at,
        actor=by,
        act=act,
        subject="worker",
        subject_id=str(worker.pk),
        provider=worker.provider_id,
        **detail,
    )
