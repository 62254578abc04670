"""Meal points, who cooks there, and whether a point may cook on a day. 助餐点"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel import place_code
from songhe.kernel.geo import Point as Position
from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.meal.models import Closure, Cook, Point
from songhe.provider.catalogue import CODE_INVALID, is_code
from songhe.provider.models import Certificate, Licence, Provider, Worker
from songhe.provider.suspend import is_suspended
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

#: The kind under which a cook's health certificate is registered (``songhe.provider.worker.certify``).
HEALTH_CERTIFICATE = "health"

SAME_PERSON = reason(
    "meal.same_person", zh="经办人和审批人不能是同一人。", en="The one who proposes does not approve.", status=403
)
POINT_TAKEN = reason("meal.point_taken", zh="助餐点代码“{code}”已使用。", en="The code {code} is taken.", status=409)
ADDRESS_MISSING = reason("meal.address_missing", zh="请填写地址。", en="Give the address.")
NO_FOOD_LICENCE = reason(
    "meal.no_food_licence",
    zh="没有在{on}有效的食品经营许可。",
    en="There is no food licence in force on {on}.",
    status=409,
)
NOT_THEIR_COOK = reason(
    "meal.not_their_cook", zh="厨师不在这家机构任职。", en="The cook does not work for this provider.", status=409
)
NO_HEALTH_CERTIFICATE = reason(
    "meal.no_health_certificate",
    zh="厨师没有在{on}有效的健康证。",
    en="The cook has no health certificate in force on {on}.",
    status=409,
)
COOK_ALREADY = reason(
    "meal.cook_already", zh="这位厨师已在这个助餐点。", en="The cook is at this point already.", status=409
)
COOK_LEFT = reason("meal.cook_left", zh="已于{last}离开。", en="Left already on {last}.", status=409)
NOT_FIT = reason(
    "meal.point_not_fit",
    zh="“{name}”在{on}不能供餐：{lacking_zh}。",
    en="{name} may not cook on {on}: {lacking_en}.",
    status=409,
)
UNKNOWN_POINT = reason("meal.unknown_point", zh="没有这个助餐点。", en="There is no such meal point.", status=404)
POINT_ENDED = reason("meal.point_ended", zh="助餐点已于{last}停办。", en="The point ended on {last}.", status=409)

#: What may keep a point from cooking.
LACKING: dict[str, tuple[str, str]] = {
    "not_open": ("尚未开办或已停办", "not yet or no longer open"),
    "licence": ("食品经营许可无效", "no food licence in force"),
    "cook": ("没有持有效健康证的厨师", "no cook with a health certificate in force"),
    "closed": ("已关停", "closed"),
    "suspended": ("机构被暂停", "the provider is suspended"),
}


def open_point(
    *,
    provider: Provider,
    code: str,
    name: str,
    place: str,
    address: str,
    position: Position,
    food_licence: Licence,
    opened_by: str,
    approved_by: str,
    at: datetime,
    phone: str = "",
    seats: int = 0,
    delivers: bool = False,
) -> Point:
    """Open a meal point of a provider with its food licence and its place on the map; one proposes, another approves.

    Refuses with ``meal.same_person``, ``provider.item_code_invalid``, ``provider.name_missing``,
    ``meal.address_missing``, ``meal.no_food_licence``, ``input.too_small`` or ``meal.point_taken``.
    """
    if opened_by == approved_by:
        raise SAME_PERSON("approved_by")
    if not is_code(code):
        raise CODE_INVALID("code")
    if not name.strip():
        raise NAME_MISSING("name")
    if not address.strip():
        raise ADDRESS_MISSING("address")
    whole(seats, "seats", least=0)
    on = beijing_date(at)
    _require_licence(food_licence, provider, on)
    spot = position.as_wgs84()
    point = Point(
        provider=provider,
        code=code,
        name=name.strip(),
        place=place_code.parse(place),
        address=address.strip(),
        phone=phone.strip(),
        longitude=spot.longitude,
        latitude=spot.latitude,
        seats=seats,
        delivers=delivers,
        food_licence=food_licence,
        opened_by=opened_by,
        approved_by=approved_by,
        opened_on=on,
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                point.save(force_insert=True)
        except IntegrityError:
            raise POINT_TAKEN("code", code=code) from None
        _note("meal.open_point", point, at=at, by=approved_by, opened_by=opened_by, provider=provider.pk)
    return point


def renew_licence(*, point: Point, food_licence: Licence, at: datetime, by: str) -> Point:
    """The point cooks under another food licence of its provider. Refuses with ``meal.no_food_licence``."""
    with transaction.atomic():
        point = lock(point)
        _require_licence(food_licence, point.provider, beijing_date(at))
        point.food_licence = food_licence
        point.save(update_fields=["food_licence"])
        _note("meal.renew_licence", point, at=at, by=by, licence=food_licence.pk)
    return point


def end_point(*, point: Point, last_day: date, at: datetime, by: str) -> Point:
    """The last day of a point; close it first where meals are booked after it. Refuses with ``meal.point_ended`` or
    ``period.ends_before_it_begins``."""
    with transaction.atomic():
        point = lock(point)
        if point.last_day is not None and point.last_day <= last_day:
            raise POINT_ENDED("last_day", last=point.last_day)
        Period(point.opened_on, last_day)
        point.last_day = last_day
        point.save(update_fields=["last_day"])
        _note("meal.end_point", point, at=at, by=by, last_day=str(last_day))
    return point


def engage_cook(*, point: Point, worker: Worker, valid_from: date, at: datetime, by: str) -> Cook:
    """Somebody of the provider, with a health certificate in force, cooks at the point from a day on.

    Refuses with ``meal.not_their_cook``, ``meal.no_health_certificate`` or ``meal.cook_already``.
    """
    if worker.provider_id != point.provider_id or valid_from not in Period(worker.valid_from, worker.valid_to):
        raise NOT_THEIR_COOK("worker")
    if not certified_on(valid_from).filter(worker=worker).exists():
        raise NO_HEALTH_CERTIFICATE("worker", on=valid_from)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Cook.objects.create(point=point, worker=worker, valid_from=valid_from)
        except IntegrityError:
            raise COOK_ALREADY("worker") from None
        _note("meal.engage_cook", point, at=at, by=by, worker=worker.pk)
    return made


def release_cook(*, cook: Cook, last_day: date, at: datetime, by: str) -> Cook:
    """The cook's last day at the point. Refuses with ``meal.cook_left`` or ``period.ends_before_it_begins``."""
    with transaction.atomic():
        cook = Cook.objects.select_for_update().select_related("point").get(pk=cook.pk)
        if cook.valid_to is not None:
            raise COOK_LEFT("last_day", last=cook.valid_to)
        Period(cook.valid_from, last_day)
        cook.valid_to = last_day
        cook.save(update_fields=["valid_to"])
        _note("meal.release_cook", cook.point, at=at, by=by, worker=cook.worker_id)
    return cook


def cooks_on(point: Point, on: date) -> QuerySet[Cook]:
    """Whoever cooks at the point on the day, with and without papers."""
    held = Cook.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), point=point, valid_from__lte=on)
    return held.select_related("worker").order_by("worker__number", "id")


def uncertified(point: Point, on: date) -> list[Worker]:
    """Cooks whose health certificate is over: they may not cook until they have a new one. Two statements."""
    good = set(certified_on(on).values_list("worker_id", flat=True))
    return [cook.worker for cook in cooks_on(point, on) if cook.worker_id not in good]


def lacking(point: Point, on: date) -> list[str]:
    """What keeps the point from cooking on the day, of ``LACKING``; none: it may cook."""
    found = []
    if on not in Period(point.opened_on, point.last_day):
        found.append("not_open")
    licence = point.food_licence
    if on not in Period(licence.valid_from, licence.valid_to):
        found.append("licence")
    if not cooks_on(point, on).filter(worker__in=certified_on(on).values("worker")).exists():
        found.append("cook")
    if closed_on(point, on):
        found.append("closed")
    if is_suspended(point.provider, point.county, on):
        found.append("suspended")
    return found


def require_fit(point: Point, on: date) -> None:
    """Refuses with ``meal.point_not_fit``, saying what is lacking."""
    found = lacking(point, on)
    if found:
        zh, en = "、".join(LACKING[one][0] for one in found), ", ".join(LACKING[one][1] for one in found)
        raise NOT_FIT("point", name=point.name, on=on, lacking_zh=zh, lacking_en=en)


def closed_on(point: Point, on: date) -> bool:
    """Whether a closure holds on the day."""
    held = Closure.objects.filter(county=point.county, point=point, since__lte=on)
    return held.filter(Q(until__isnull=True) | Q(until__gte=on)).exists()


def points_on(county: str, on: date) -> QuerySet[Point]:
    """The points of a county on the day, for the map; by name. One statement."""
    closures = Closure.objects.filter(Q(until__isnull=True) | Q(until__gte=on), county=county, since__lte=on)
    held = Point.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), opened_on__lte=on)
    return (
        held.filter(place__startswith=county)
        .exclude(pk__in=closures.values("point"))
        .select_related("provider")
        .order_by("name", "id")
    )


def lock(point: Point) -> Point:
    """The point, locked. Refuses with ``meal.unknown_point``."""
    rows = Point.objects.select_for_update(of=("self",)).select_related("provider", "food_licence")
    found = rows.filter(pk=point.pk).first()
    if found is None:
        raise UNKNOWN_POINT("point")
    return found


def certified_on(on: date) -> QuerySet[Certificate]:
    """The health certificates in force on the day."""
    held = Certificate.objects.filter(kind=HEALTH_CERTIFICATE, valid_from__lte=on)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def _require_licence(licence: Licence, provider: Provider, on: date) -> None:
    good = licence.kind == Licence.Kind.FOOD and licence.provider_id == provider.pk
    if not good or on not in Period(licence.valid_from, licence.valid_to):
        raise NO_FOOD_LICENCE("food_licence", on=on)


def _note(act: str, point: Point, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=point.county,
        at=at,
        actor=by,
        act=act,
        subject="meal_point",
        subject_id=str(point.pk),
        code=point.code,
        **detail,
    )
