"""Inspect a point, close it, and see to those who booked: elsewhere if there is room, else cancelled. 关停"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.meal.models import Booking, Closure, Inspection, Line, Menu, Point
from songhe.meal.point import lock
from songhe.meal.serve import SAY_WHY
from songhe.meal.states import BOOKING, MENU
from songhe.trail.note import note

CLOSED_ALREADY = reason("meal.closed_already", zh="助餐点已关停。", en="The point is closed already.", status=409)
NOT_CLOSED = reason("meal.not_closed", zh="关停已于{last}结束。", en="The closure ended on {last}.", status=409)
SAME_POINT = reason("meal.same_point", zh="不能转到同一个助餐点。", en="Bookings do not move to the same point.")
OTHER_COUNTY = reason(
    "meal.other_county", zh="只能转到本县区的助餐点。", en="Bookings move to a point of the same county."
)
UNKNOWN_RESULT = reason("meal.unknown_result", zh="没有“{result}”这种检查结果。", en="There is no result {result}.")
NO_FINDINGS = reason("meal.no_findings", zh="请写明检查发现。", en="Say what was found.")
REMEDY_DATE = reason(
    "meal.remedy_date",
    zh="限期整改要写明期限，且不早于检查日。",
    en="A remedy has a date, no earlier than the inspection.",
)
UNKNOWN_INSPECTION = reason(
    "meal.unknown_inspection", zh="没有这次检查。", en="There is no such inspection.", status=404
)
NOTHING_TO_REMEDY = reason(
    "meal.nothing_to_remedy", zh="没有待整改的事项。", en="There is nothing left to remedy.", status=409
)
OWN_REMEDY = reason(
    "meal.own_remedy",
    zh="整改由检查人以外的人登记。",
    en="The remedy is written down by another person than the inspector.",
    status=403,
)


@dataclass(frozen=True)
class Closed:
    """A closure and what became of the bookings. What was charged of the cancelled ones is to be given back."""

    closure: Closure
    moved: list[UUID] = field(default_factory=list)
    cancelled: list[UUID] = field(default_factory=list)


def inspect(
    *,
    point: Point,
    day: date,
    result: str,
    findings: Sequence[str],
    at: datetime,
    by: str,
    remedy_by: date | None = None,
) -> Inspection:
    """Write down an inspection: passed, to be mended by a day, or failed; whoever fails is closed by ``close_point``.

    Refuses with ``meal.unknown_result``, ``meal.no_findings`` (of any but a pass) or ``meal.remedy_date``.
    """
    if result not in Inspection.Result.values:
        raise UNKNOWN_RESULT("result", result=result)
    told = [one.strip() for one in findings if one.strip()]
    if not told and result != Inspection.Result.PASS:
        raise NO_FINDINGS("findings")
    if (result == Inspection.Result.REMEDY) != (remedy_by is not None) or (remedy_by is not None and remedy_by < day):
        raise REMEDY_DATE("remedy_by")
    with transaction.atomic():
        made = Inspection.objects.create(
            county=point.county,
            point=point,
            on=day,
            result=result,
            findings=told,
            remedy_by=remedy_by,
            inspector=by,
            at=at,
        )
        _note("meal.inspect", point, at=at, by=by, result=result, findings=len(told))
    return made


def remedy(*, inspection: Inspection, how: str, at: datetime, on: date, by: str) -> Inspection:
    """What was found is mended; another person than the inspector says how. Refuses with ``meal.say_why``,
    ``meal.unknown_inspection``, ``meal.nothing_to_remedy`` or ``meal.own_remedy``."""
    if not how.strip():
        raise SAY_WHY("how")
    with transaction.atomic():
        rows = Inspection.objects.select_for_update(of=("self",)).select_related("point")
        found = rows.filter(county=inspection.county, id=inspection.id).first()
        if found is None:
            raise UNKNOWN_INSPECTION("inspection")
        if found.result == Inspection.Result.PASS or found.remedied_on is not None:
            raise NOTHING_TO_REMEDY("inspection")
        if by == found.inspector:
            raise OWN_REMEDY("by")
        found.remedied_on, found.remedied_how, found.remedied_by = on, how.strip()[:300], by
        found.save(update_fields=["remedied_on", "remedied_how", "remedied_by"])
        _note("meal.remedy", found.point, at=at, by=by, late=bool(found.remedy_by and on > found.remedy_by))
    return found


def close_point(
    *,
    point: Point,
    since: date,
    because: str,
    at: datetime,
    by: str,
    until: date | None = None,
    move_to: Point | None = None,
) -> Closed:
    """Close a point from a day on (food safety, works, a failed inspection): its menus are cancelled.

    Who booked there goes, in the order of booking, to the same meal of ``move_to`` while it has portions and, for a
    delivery, brings meals home, at the price that was promised; the rest is cancelled, and what they have paid is
    theirs. Refuses with ``meal.say_why``, ``meal.same_point``, ``meal.other_county``, ``meal.unknown_point``,
    ``meal.closed_already`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise SAY_WHY("because")
    Period(since, until)
    if move_to is not None and move_to.pk == point.pk:
        raise SAME_POINT("move_to")
    if move_to is not None and move_to.county != point.county:
        raise OTHER_COUNTY("move_to")
    with transaction.atomic():
        point = lock(point)
        done = Closed(_write_closure(point, since, until, because, move_to, at, by))
        for menu, target in _menus(point, since, until, move_to):
            _empty(menu, target, done, at=at, by=by)
        _note(
            "meal.close_point",
            point,
            at=at,
            by=by,
            reason=because,
            closure=str(done.closure.id),
            since=str(since),
            moved=len(done.moved),
            cancelled=len(done.cancelled),
        )
    return done


def reopen(*, closure: Closure, last_day: date, because: str, at: datetime, by: str) -> Closure:
    """The last day of a closure. Refuses with ``meal.say_why``, ``meal.not_closed`` or
    ``period.ends_before_it_begins``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        point = lock(closure.point)
        found = Closure.objects.select_for_update().get(county=closure.county, id=closure.id)
        if found.until is not None and found.until <= last_day:
            raise NOT_CLOSED("closure", last=found.until)
        Period(found.since, last_day)
        found.until, found.reopened_by, found.reopened_because = last_day, by, because.strip()[:300]
        found.save(update_fields=["until", "reopened_by", "reopened_because"])
        _note("meal.reopen", point, at=at, by=by, reason=because, last_day=str(last_day))
    return found


def to_refund(*, county: str) -> list[Line]:
    """Lines of cancelled bookings that are still charged: none, once the till has given everything back."""
    rows = Line.objects.filter(county=county, booking__state=Booking.State.CANCELLED, billed_line__isnull=False)
    return list(rows.select_related("booking").order_by("service_on", "id"))


def _write_closure(
    point: Point, since: date, until: date | None, because: str, move_to: Point | None, at: datetime, by: str
) -> Closure:
    period = Period(since, until)
    for held in Closure.objects.filter(county=point.county, point=point):
        if period.overlaps(Period(held.since, held.until)):
            raise CLOSED_ALREADY("point")
    try:
        with transaction.atomic():
            return Closure.objects.create(
                county=point.county,
                point=point,
                move_to=move_to,
                since=since,
                until=until,
                because=because.strip()[:300],
                by=by,
                at=at,
            )
    except IntegrityError:
        raise CLOSED_ALREADY("point") from None


def _menus(point: Point, since: date, until: date | None, move_to: Point | None) -> list[tuple[Menu, Menu | None]]:
    """The menus to be cancelled, each with the menu that may take its bookings; locked in the order of their ids."""
    points = [point] if move_to is None else [point, move_to]
    states = (Menu.State.OPEN, Menu.State.SERVING)
    rows = Menu.objects.select_for_update().filter(
        county=point.county, point__in=points, on__gte=since, state__in=states
    )
    if until is not None:
        rows = rows.filter(on__lte=until)
    found = list(rows.order_by("id"))
    others = {(menu.on, menu.meal): menu for menu in found if menu.point_id != point.pk}
    mine = sorted((menu for menu in found if menu.point_id == point.pk), key=lambda menu: (menu.on, menu.book_until))
    return [(menu, others.get((menu.on, menu.meal))) for menu in mine]


def _empty(menu: Menu, target: Menu | None, done: Closed, *, at: datetime, by: str) -> None:
    """Cancel a menu; its bookings move or end in two statements, however many they are."""
    MENU.move(menu, "cancel")
    before, after = BOOKING.transitions["cancel"]
    of_menu = Booking.objects.filter(county=menu.county, menu=menu, state__in=before)
    waiting = list(of_menu.order_by("booked_at", "id").values_list("id", "way"))
    moved: list[UUID] = []
    if target is not None:
        room = target.portions - target.taken
        fits = [one for one, way in waiting if way == Booking.Way.TABLE or target.delivery_id is not None]
        moved = fits[:room]
        of_menu.filter(id__in=moved).update(menu=target, moved_from=menu.id, closure=done.closure)
        Menu.objects.filter(county=menu.county, id=target.id).update(taken=F("taken") + len(moved))
        target.taken += len(moved)
    gone = {one for one, _ in waiting} - set(moved)
    of_menu.filter(id__in=gone).update(
        state=after, ended_by=by, ended_at=at, because=done.closure.because, closure=done.closure
    )
    menu.taken -= len(waiting)
    menu.save(update_fields=["state", "taken"])
    done.moved.extend(moved)
    done.cancelled.extend(one for one, _ in waiting if one in gone)


def _note(act: str, point: Point, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=point.county,
        at=at,
        actor=by,
        act=act,
        subject="meal_point",
        subject_id=str(point.pk),
        reason=reason,
        **detail,
    )
