"""Home visits, days of day care, meals and escorts: recorded as told, judged by their evidence."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.county.key import new_id
from songhe.kernel.geo import Point
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.place_code import layers
from songhe.kernel.refusal import reason, whole
from songhe.person.models import Mandate
from songhe.provider.models import Evidence, Item, Provider, Worker
from songhe.service.allowed import (
    lock_person,
    require_alive,
    require_open_to,
    require_past,
    require_qualified,
)
from songhe.service.around import Around, facts_of
from songhe.service.evidence import (
    CONFIRMATIONS,
    CONFIRMED_BY_ELDER,
    CONFIRMED_BY_PROXY,
    CONFIRMED_BY_TIED_PROXY,
    FAIL,
    LIMITS,
    Limits,
    judge,
)
from songhe.service.models import Override, Visit
from songhe.service.states import OVERRIDE, VERDICT
from songhe.trail.note import note

WRONG_KIND = reason(
    "service.wrong_kind",
    zh="“{item}”的凭据是“{kind}”，不在这里登记。",
    en="{item} is shown by {kind} and is not recorded as a visit.",
)
NOT_IN_CATALOGUE = reason(
    "service.item_not_in_catalogue",
    zh="“{item}”{day}不在本地服务目录中。",
    en="{item} is not in the catalogue here on {day}.",
)
ENDS_BEFORE_IT_STARTS = reason(
    "service.ends_before_it_starts", zh="结束时间早于开始时间。", en="It ends before it starts."
)
OTHER_DAY = reason(
    "service.times_on_another_day",
    zh="开始时间不在服务日期{day}当天。",
    en="The start does not lie on the service day {day}.",
)
NOT_YET_OVER = reason(
    "service.not_yet_over", zh="服务还没有结束，不能登记。", en="The service is not over yet and cannot be recorded."
)
UNKNOWN_CONFIRMATION = reason(
    "service.unknown_confirmation", zh="不认识的确认方式“{given}”。", en="{given} is not a way to confirm a service."
)
NOT_ITS_PROXY = reason(
    "service.not_its_proxy",
    zh="{day}没有这位代办人的有效委托。",
    en="There is no mandate of this proxy in force on {day}.",
)
OTHER_RECORD = reason(
    "service.other_record",
    zh="机构编号“{client_id}”已用于另一条内容不同的记录。",
    en="The provider's id {client_id} was used for another record.",
)
UNKNOWN_VISIT = reason("service.unknown_visit", zh="没有这条服务记录。", en="There is no such visit.", status=404)
SAME_PERSON = reason(
    "service.same_person",
    zh="提出改判的人不能自己同意，登记人也不能决定自己的记录。",
    en="Who asks for an override or recorded the visit does not decide on it.",
    status=409,
)
NO_REASON = reason("service.no_reason", zh="改判要写明理由。", en="An override needs a reason.")
ALREADY_ASKED = reason(
    "service.override_already_asked",
    zh="这条记录已有一份改判申请在等待决定。",
    en="An override of this visit is already waiting for a decision.",
    status=409,
)
UNKNOWN_OVERRIDE = reason(
    "service.unknown_override", zh="没有这份改判申请。", en="There is no such request for an override.", status=404
)
SAME_VERDICT = reason(
    "service.same_verdict", zh="核验结论已经是“{verdict}”。", en="The verdict is {verdict} already.", status=409
)

#: Items of these kinds are recorded here; stays and assessments have records of their own.
KINDS = frozenset({Evidence.VISIT.value, Evidence.ATTENDANCE.value, Evidence.MEAL.value, Evidence.ESCORT.value})

#: Visits judged in one transaction.
CHUNK = 2_000

#: The clock of a telephone may be ahead of ours by this much.
CLOCK_TOLERANCE = timedelta(minutes=2)


def record(
    *,
    county: str,
    person_id: UUID,
    provider: Provider,
    item: Item,
    service_on: date,
    at: datetime,
    on: date,
    by: str,
    worker: Worker | None = None,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
    quantity: int = 1,
    position: Point | None = None,
    accuracy: float | None = None,
    confirmed_by: str = "",
    mandate_id: UUID | None = None,
    evidence: Mapping[str, Any] | None = None,
    client_id: str | None = None,
) -> Visit:
    """Record one service as the provider tells it; a record may lack elements, and is then judged for it.

    ``confirmed_by`` is ``elder``, ``proxy`` (with the proxy's mandate) or empty; a proxy who is staff of the
    provider, or tied to it, is kept as ``tied_proxy``. The same ``client_id`` of a provider with the same content
    answers with the first record. Refuses with ``service.wrong_kind``, ``service.item_not_in_catalogue``,
    ``provider.not_listed``, ``provider.suspended``, ``service.worker_not_qualified``,
    ``service.after_death``, ``service.death_reported``, ``service.in_the_future``, ``service.other_record`` and the
    codes about times, confirmation and quantity.
    """
    if item.evidence not in KINDS:
        raise WRONG_KIND("item", item=item.code, kind=item.evidence)
    whole(quantity, "quantity", least=1)
    _require_times(service_on, started_at, ended_at, at=at)
    require_past(service_on, on=on)
    visit = Visit(
        county=county,
        id=new_id(),
        person_id=person_id,
        provider=provider,
        item=item,
        worker=worker,
        kind=item.evidence,
        service_on=service_on,
        started_at=started_at,
        ended_at=ended_at,
        quantity=quantity,
        longitude=None if position is None else position.as_wgs84().longitude,
        latitude=None if position is None else position.as_wgs84().latitude,
        accuracy=accuracy,
        confirmed_by=confirmed_by,
        evidence=dict(evidence or {}),
        client_id=client_id,
        recorded_by=by,
        recorded_at=at,
    )
    visit.evidence_sha256 = digest(visit)
    return _keep(visit, mandate_id, at=at, by=by)


def digest(visit: Visit) -> str:
    """SHA-256 of everything the provider told, in a fixed order."""
    told = {
        "person": str(visit.person_id),
        "provider": visit.provider_id,
        "item": visit.item_id,
        "worker": visit.worker_id,
        "service_on": str(visit.service_on),
        "started_at": visit.started_at and int(visit.started_at.timestamp() * 1000),
        "ended_at": visit.ended_at and int(visit.ended_at.timestamp() * 1000),
        "quantity": visit.quantity,
        "longitude": visit.longitude,
        "latitude": visit.latitude,
        "accuracy": visit.accuracy,
        "confirmed_by": CONFIRMED_BY_PROXY if visit.confirmed_by == CONFIRMED_BY_TIED_PROXY else visit.confirmed_by,
        "evidence": visit.evidence,
    }
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass
class Judged:
    """How many visits of a month were judged, and how many of them wait for a reported death to be cleared up."""

    passed: int = 0
    failed: int = 0
    held: int = 0
    by_reason: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def judge_month(
    *, county: str, month: Month, at: datetime, by: str = "run:judge", chunk: int = CHUNK, limits: Limits = LIMITS
) -> Judged:
    """Judge every visit of a month that has no verdict yet, each chunk in a transaction and a few statements.

    First each by itself, then the rest against each other: so that a record which is worth nothing contradicts no
    good one, and the size of a chunk changes no verdict. A visit dated after a reported death waits until the report
    is verified or refuted. What was judged or set aside by people before stays. Running again judges only what is new.
    """
    done = Judged()
    for alone in (True, False):
        after: UUID | None = None
        while True:
            with transaction.atomic():
                rows = Visit.objects.select_for_update().filter(
                    county=county, verdict=Visit.Verdict.PENDING, service_on__range=(month.first, month.last)
                )
                if after is not None:
                    rows = rows.filter(id__gt=after)
                visits = list(rows.order_by("id")[:chunk])
                if not visits:
                    break
                after = visits[-1].id
                _judge(visits, alone=alone, at=at, by=by, limits=limits, done=done)
    return done


def judge_visit(*, county: str, visit_id: UUID, at: datetime, by: str, limits: Limits = LIMITS) -> Visit:
    """Judge one visit that has no verdict yet; one that has keeps it. Refuses with ``service.unknown_visit``."""
    with transaction.atomic():
        visit = _lock(county, visit_id)
        if visit.verdict == Visit.Verdict.PENDING:
            _judge([visit], alone=False, at=at, by=by, limits=limits, done=Judged())
            visit.refresh_from_db()
    return visit


def fail_after_death(*, county: str, person_id: UUID, at: datetime, by: str) -> int:
    """Fail every visit dated after a verified death, whether it was judged before or not; answers how many.

    What was already settled stays settled and is taken back by reversing its line.
    """
    with transaction.atomic():
        person = lock_person(county=county, person_id=person_id)
        if person.died_on is None:
            return 0
        rows = Visit.objects.filter(county=county, person_id=person_id, service_on__gt=person.died_on)
        before = VERDICT.transitions["fail_after_death"][0]
        changed = rows.filter(verdict__in=before).update(
            verdict=Visit.Verdict.FAIL, verdict_reasons=["after_death"], judged_by=by
        )
        if changed:
            note(
                county=county,
                at=at,
                actor=by,
                act="service.fail_after_death",
                subject="person",
                subject_id=person_id,
                died_on=str(person.died_on),
                visits=changed,
            )
    return changed


def ask_override(*, county: str, visit_id: UUID, verdict: str, because: str, at: datetime, by: str) -> Override:
    """Ask that a verdict be set aside, with the reason; another person decides.

    Refuses with ``service.no_reason``, ``service.wrong_state`` (no verdict yet), ``service.same_verdict`` or
    ``service.override_already_asked``.
    """
    if not because.strip():
        raise NO_REASON("because")
    with transaction.atomic():
        visit = _lock(county, visit_id)
        if visit.verdict == verdict:
            raise SAME_VERDICT("verdict", verdict=verdict)
        VERDICT.check(visit.verdict, _override_verb(verdict))
        if Override.objects.filter(county=county, visit=visit, state=Override.State.ASKED).exists():
            raise ALREADY_ASKED("visit")
        row = Override.objects.create(
            county=county, visit=visit, verdict=verdict, reason=because.strip(), asked_by=by, asked_at=at
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="service.ask_override",
            subject="visit",
            subject_id=visit.id,
            reason=because.strip(),
            verdict=verdict,
        )
    return row


def decide_override(*, county: str, override_id: UUID, granted: bool, at: datetime, by: str) -> Override:
    """Decide on a wish to set a verdict aside; the reason stays with the visit.

    Refuses with ``service.same_person`` when who decides asked for it or recorded the visit, and with
    ``service.wrong_state`` when it was decided before.
    """
    with transaction.atomic():
        known = Override.objects.filter(county=county, id=override_id).values_list("visit_id", flat=True).first()
        if known is None:
            raise UNKNOWN_OVERRIDE("override")
        visit = _lock(county, known)
        row = Override.objects.select_for_update().get(county=county, id=override_id)
        if by in {row.asked_by, visit.recorded_by}:
            raise SAME_PERSON("by")
        OVERRIDE.move(row, "grant" if granted else "decline")
        row.decided_by, row.decided_at = by, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
        before = visit.verdict
        if granted:
            VERDICT.check(visit.verdict, _override_verb(row.verdict))
            visit.verdict, visit.judged_by = row.verdict, by
            visit.verdict_reasons = [*visit.verdict_reasons, "override"]
            visit.save(update_fields=["verdict", "judged_by", "verdict_reasons"])
        note(
            county=county,
            at=at,
            actor=by,
            act="service.decide_override",
            subject="visit",
            subject_id=visit.id,
            reason=row.reason,
            asked_by=row.asked_by,
            granted=granted,
            before=before,
            after=visit.verdict,
        )
    return row


def _keep(visit: Visit, mandate_id: UUID | None, *, at: datetime, by: str) -> Visit:
    """Check what is told against the person's life, the catalogue, the list and the worker, and keep it once."""
    county, day = visit.county, visit.service_on
    with transaction.atomic():
        person = lock_person(county=county, person_id=visit.person_id)
        if visit.client_id is not None and (told := _told_before(visit)):
            return told
        require_alive(person, day=day)
        _require_item(visit.item, county=county, day=day)
        require_open_to(visit.provider, county=county, day=day, category=visit.item.category, help=visit.item.help)
        if visit.worker is not None:
            require_qualified(visit.worker, provider=visit.provider, day=day)
        visit.confirmed_by = _confirmation(visit, visit.confirmed_by, mandate_id)
        try:
            with transaction.atomic():
                visit.save(force_insert=True)
        except IntegrityError:
            # The same record came in for another person at the same instant: the constraint has the last word.
            if visit.client_id is None or (told := _told_before(visit)) is None:
                raise
            return told
        note(
            county=county,
            at=at,
            actor=by,
            act="service.record_visit",
            subject="visit",
            subject_id=visit.id,
            item=visit.item.code,
            provider=visit.provider_id,
            on=str(day),
        )
    return visit


def _override_verb(verdict: str) -> str:
    return "override_to_pass" if verdict == Visit.Verdict.PASS else "override_to_fail"


def _lock(county: str, visit_id: UUID) -> Visit:
    visit = Visit.objects.select_for_update().filter(county=county, id=visit_id).first()
    if visit is None:
        raise UNKNOWN_VISIT("visit")
    return visit


def _told_before(visit: Visit) -> Visit | None:
    told = Visit.objects.filter(county=visit.county, provider_id=visit.provider_id, client_id=visit.client_id).first()
    if told is not None and told.evidence_sha256 != visit.evidence_sha256:
        raise OTHER_RECORD("client_id", client_id=visit.client_id)
    return told


def _require_times(service_on: date, started_at: datetime | None, ended_at: datetime | None, *, at: datetime) -> None:
    if started_at is not None and beijing_date(started_at) != service_on:
        raise OTHER_DAY("started_at", day=service_on)
    if started_at is not None and ended_at is not None and ended_at < started_at:
        raise ENDS_BEFORE_IT_STARTS("ended_at")
    if any(instant is not None and instant > at + CLOCK_TOLERANCE for instant in (started_at, ended_at)):
        raise NOT_YET_OVER("ended_at")


def _require_item(item: Item, *, county: str, day: date) -> None:
    """Of the catalogue of this place or one that contains it, on the day."""
    in_force = item.valid_from <= day and (item.valid_to is None or day <= item.valid_to)
    if item.place not in layers(county) or not in_force:
        raise NOT_IN_CATALOGUE("item", item=item.code, day=day)


def _confirmation(visit: Visit, confirmed_by: str, mandate_id: UUID | None) -> str:
    """Who confirmed it, with a proxy's tie to the provider found out here and not believed from outside."""
    if confirmed_by not in CONFIRMATIONS:
        raise UNKNOWN_CONFIRMATION("confirmed_by", given=confirmed_by)
    if confirmed_by in {"", CONFIRMED_BY_ELDER, CONFIRMED_BY_TIED_PROXY}:
        return confirmed_by
    if mandate_id is None:
        raise NOT_ITS_PROXY("mandate", day=visit.service_on)
    mandate = Mandate.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=visit.service_on),
        county=visit.county,
        id=mandate_id,
        person_id=visit.person_id,
        valid_from__lte=visit.service_on,
        valid_to__gte=visit.service_on,
    ).first()
    if mandate is None:
        raise NOT_ITS_PROXY("mandate", day=visit.service_on)
    tied = mandate.relation == Mandate.Relation.PROVIDER_STAFF or mandate.provider_id == visit.provider_id
    return CONFIRMED_BY_TIED_PROXY if tied else CONFIRMED_BY_PROXY


def _judge(visits: list[Visit], *, alone: bool, at: datetime, by: str, limits: Limits, done: Judged) -> None:
    """Judge locked visits of one county: six reads and one write for each distinct verdict and reasons.

    ``alone`` looks at no other visit, and writes down only who fails.
    """
    county = visits[0].county
    around = Around.of(visits, alone=alone)
    same: dict[tuple[str, tuple[str, ...]], list[UUID]] = defaultdict(list)
    for visit in visits:
        if around.waits(visit):
            done.held += not alone
            continue
        verdict, reasons = judge(
            facts_of(visit),
            least_minutes=around.least_minutes[visit.item_id],
            setting=around.setting(visit),
            limits=limits,
        )
        if alone and verdict != FAIL:
            continue
        same[verdict, reasons].append(visit.id)
        for code in reasons:
            done.by_reason[code] += 1
    for (verdict, reasons), ids in sorted(same.items()):
        VERDICT.check(Visit.Verdict.PENDING, verdict)
        Visit.objects.filter(county=county, id__in=ids).update(
            verdict=verdict, verdict_reasons=list(reasons), judged_by=by
        )
        if verdict == FAIL:
            done.failed += len(ids)
        else:
            done.passed += len(ids)
    if not same:
        return
    note(
        county=county,
        at=at,
        actor=by,
        act="service.judge",
        subject="visit" if len(visits) == 1 else "month",
        subject_id=visits[0].id if len(visits) == 1 else str(Month.of(visits[0].service_on)),
        judged=sum(map(len, same.values())),
        failed=sum(len(ids) for (verdict, _), ids in same.items() if verdict == FAIL),
    )
