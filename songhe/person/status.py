"""What is so of a person from a day to a day: means, other programmes, disability, the way they live."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.person.models import Person, Status
from songhe.person.register import REASON_MISSING, locked
from songhe.trail.note import note


@dataclass(frozen=True)
class Kind:
    """``fact`` is the fact of the policies that it makes true, in the ``areas`` (beginnings of place codes) named."""

    code: str
    zh: str
    en: str
    fact: str | None = None
    areas: tuple[str, ...] = ("",)


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        # Programmes that exclude from the voucher (001, answer 3), in the nation or in some places.
        Kind("tekun", "特困人员救助供养", "destitute support", "in_tekun_support"),
        Kind(
            "concentrated_care",
            "经济困难失能老年人集中照护服务补助",
            "concentrated-care subsidy",
            "in_concentrated_care",
        ),
        Kind(
            "improvement_action",
            "居家和社区基本养老服务提升行动项目（国家）",
            "home-and-community improvement action (nation)",
            "in_improvement_action",
        ),
        Kind(
            "improvement_action_region",
            "居家和社区基本养老服务提升行动项目（自治区）",
            "home-and-community improvement action (autonomous region)",
            "in_improvement_action",
            ("65",),
        ),
        Kind("home_visit_project", "居家上门服务项目", "the place's home-visit project", "in_home_visit_project"),
        Kind("family_bed", "家庭养老床位", "family bed", "in_family_bed"),
        Kind(
            "government_home_care",
            "政府购买居家养老服务",
            "home care bought by the government",
            "in_government_home_care",
        ),
        # What stands beside the voucher.
        Kind("ltci", "长期护理保险待遇", "long-term care insurance benefit"),
        Kind("ltci_cash", "长期护理保险待遇（家庭照护现金）", "long-term care insurance, cash to family carers"),
        Kind("age_allowance", "高龄津贴", "age allowance"),
        Kind("service_subsidy", "养老服务补贴", "service subsidy", "has_service_subsidy"),
        Kind("care_subsidy", "护理补贴", "care subsidy", "has_care_subsidy"),
        Kind(
            "care_subsidy_disabled",
            "重度残疾人护理补贴",
            "care subsidy of the severely disabled",
            "has_care_subsidy",
        ),
        Kind(
            "care_subsidy_complete",
            "完全失能老年人护理补贴",
            "care subsidy of completely disabled elders",
            "has_care_subsidy",
        ),
        # Means and identity.
        Kind("low_income", "最低生活保障", "minimum living allowance", "in_low_income"),
        Kind("low_income_edge", "低保边缘", "borderline of the minimum living allowance", "in_low_income_edge"),
        Kind("disabled", "持证残疾人", "holds a disability certificate", "holds_disability_certificate"),
        Kind("volunteer", "为老志愿服务者", "volunteers for elders", "volunteers"),
        Kind("veterans", "优抚对象", "entitled veteran or kin"),
        Kind("family_planning", "计划生育特殊家庭", "special family-planning family"),
        # The way they live.
        Kind("living_alone", "独居", "lives alone"),
        Kind("empty_nest", "空巢", "empty nest"),
        Kind("left_behind", "留守", "left behind"),
        Kind("in_hospital", "住院", "in hospital"),
    )
}

UNKNOWN_STATUS = reason("person.unknown_status", zh="没有“{kind}”这种身份类别。", en="There is no status {kind}.")
STATUS_OVERLAPS = reason(
    "person.status_overlaps",
    zh="从{first}起已有“{kind}”，时间重叠。",
    en="There is {kind_en} already from {first}; the times overlap.",
    status=409,
)
STATUS_BEFORE_BIRTH = reason(
    "person.status_before_birth", zh="开始日期{first}早于出生。", en="It cannot begin on {first}, before the birth."
)
SOURCE_MISSING = reason("person.source_missing", zh="请写明来源。", en="Say where it is known from.")
STATUS_ENDED = reason("person.status_ended", zh="已于{last}结束。", en="It ended on {last}.", status=409)


def record_status(
    *,
    person: Person,
    kind: str,
    valid_from: date,
    source: str,
    at: datetime,
    by: str,
    valid_to: date | None = None,
    detail: dict[str, Any] | None = None,
) -> Status:
    """Something is so of the person from a day on, by a source; spans of one kind do not overlap.

    Refuses with ``person.unknown_status``, ``person.source_missing``, ``person.status_before_birth``,
    ``person.status_overlaps``, ``person.file_closed`` or ``period.ends_before_it_begins``.
    """
    if kind not in KINDS:
        raise UNKNOWN_STATUS("kind", kind=kind)
    if not source.strip():
        raise SOURCE_MISSING("source")
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        person = locked(person)
        if valid_from < person.birth_date:
            raise STATUS_BEFORE_BIRTH("valid_from", first=valid_from)
        standing = Status.objects.filter(county=person.county, person=person, kind=kind)
        for held in standing.order_by("valid_from"):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise _overlaps(kind, held.valid_from)
        try:
            with transaction.atomic():
                made = Status.objects.create(
                    county=person.county,
                    person=person,
                    kind=kind,
                    valid_from=valid_from,
                    valid_to=valid_to,
                    detail=detail or {},
                    source=source.strip()[:80],
                    known_at=at,
                )
        except IntegrityError:
            raise _overlaps(kind, valid_from) from None
        _note("person.record_status", made, at=at, by=by)
    return made


def end_status(*, status: Status, last_day: date, because: str, at: datetime, by: str) -> Status:
    """The last day on which it is so.

    Refuses with ``person.reason_missing``, ``person.status_ended`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        status = _locked(status)
        if status.valid_to is not None and status.valid_to <= last_day:
            raise STATUS_ENDED("last_day", last=status.valid_to)
        Period(status.valid_from, last_day)
        status.valid_to = last_day
        status.save(update_fields=["valid_to"])
        _note("person.end_status", status, at=at, by=by, because=because)
    return status


def strike_status(*, status: Status, because: str, at: datetime, by: str) -> None:
    """It never was so: the row goes, the trail keeps what it said. Refuses with ``person.reason_missing``."""
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        status = _locked(status)
        _note("person.strike_status", status, at=at, by=by, because=because)
        Status.objects.filter(county=status.county, id=status.id).delete()


def statuses_in_force(on: date) -> QuerySet[Status]:
    """The statuses that hold on the day; whoever asks names the county."""
    return Status.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def statuses_on(person: Person, on: date) -> list[Status]:
    """What is so of the person on the day, by kind."""
    return list(statuses_in_force(on).filter(county=person.county, person=person).order_by("kind"))


def kinds_of_fact(fact: str, county: str) -> list[str]:
    """The kinds of status that make a fact of the policies true in the county; empty for a fact told by others."""
    return [kind.code for kind in KINDS.values() if kind.fact == fact and county.startswith(kind.areas)]


def facts_of(kinds: Iterable[str], county: str) -> frozenset[str]:
    """The facts of the policies that these kinds make true in the county."""
    found = (KINDS[kind] for kind in kinds if kind in KINDS)
    return frozenset(kind.fact for kind in found if kind.fact is not None and county.startswith(kind.areas))


def facts_on(county: str, person_ids: Collection[UUID], on: date) -> dict[UUID, frozenset[str]]:
    """Of each person the facts that are true on the day, in one statement; who is not in it has none."""
    held: dict[UUID, list[str]] = {}
    rows = statuses_in_force(on).filter(county=county, person__in=person_ids)
    for person_id, kind in rows.values_list("person_id", "kind"):
        held.setdefault(person_id, []).append(kind)
    return {person_id: facts_of(kinds, county) for person_id, kinds in held.items()}


def _locked(status: Status) -> Status:
    return Status.objects.select_for_update().get(county=status.county, id=status.id)


def _overlaps(kind: str, first: date) -> Exception:
    return STATUS_OVERLAPS("valid_from", kind=KINDS[kind].zh, kind_en=KINDS[kind].en, first=first)


def _note(act: str, status: Status, *, at: datetime, by: str, because: str = "") -> None:
    note(
        county=status.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=status.person_id,
        reason=because.strip()[:300],
        kind=status.kind,
        valid_from=str(status.valid_from),
        valid_to=str(status.valid_to or ""),
        source=status.source,
    )
