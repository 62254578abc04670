"""What a point cooks for a meal, the samples kept of it, and when serving begins and ends. 菜单"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from songhe.kernel.month import midnight
from songhe.kernel.refusal import reason, whole
from songhe.meal.models import Booking, Dish, Menu, Point, Sample
from songhe.meal.point import require_fit
from songhe.meal.states import BOOKING, MENU
from songhe.meal.tariff import NO_TARIFF, NOT_OF_A_MEAL, tariffs_on
from songhe.provider.models import Item
from songhe.trail.note import note

DATA = Path(__file__).resolve().parent / "data" / "safety.yaml"

UNKNOWN_MENU = reason("meal.unknown_menu", zh="没有这份菜单。", en="There is no such menu.", status=404)
UNKNOWN_MEAL = reason("meal.unknown_meal", zh="没有“{meal}”这一餐。", en="There is no meal {meal}.")
NO_DISHES = reason("meal.no_dishes", zh="请写明菜品。", en="Say which dishes there are.")
LATE_CUT_OFF = reason(
    "meal.cut_off_too_late",
    zh="订餐截止时间应在供餐当天结束之前。",
    en="Booking ends before the day of the meal is over.",
)
MENU_TWICE = reason("meal.menu_twice", zh="这一餐已有菜单。", en="There is a menu for this meal already.", status=409)
NO_DELIVERY = reason(
    "meal.no_delivery_here", zh="这个助餐点不送餐。", en="This point does not bring meals home.", status=409
)
NOT_THAT_DAY = reason("meal.not_that_day", zh="{on}才供餐。", en="The meal is on {on}.", status=409)
SAMPLE_TOO_SMALL = reason(
    "meal.sample_too_small",
    zh="每个菜品留样不少于{least}克。",
    en="At least {least} grams of each dish are kept.",
)
SAMPLE_TWICE = reason(
    "meal.sample_twice", zh="这道菜已经留样。", en="A sample of this dish is kept already.", status=409
)
SAMPLES_MISSING = reason(
    "meal.samples_missing",
    zh="还有{count}道菜没有留样，不能开餐。",
    en="No sample is kept of {count} dishes; serving cannot begin.",
    status=409,
)
KEPT_TOO_SHORT = reason(
    "meal.sample_kept_too_short",
    zh="留样要保存到{until}。",
    en="The sample is kept until {until}.",
    status=409,
)
UNKNOWN_SAMPLE = reason("meal.unknown_sample", zh="没有这份留样。", en="There is no such sample.", status=404)
DISCARDED = reason("meal.sample_discarded", zh="这份留样已处理。", en="The sample is gone already.", status=409)


def publish_menu(
    *,
    point: Point,
    day: date,
    meal: str,
    item: Item,
    dishes: Sequence[tuple[str, str]],
    portions: int,
    book_until: datetime,
    at: datetime,
    by: str,
    delivery: Item | None = None,
) -> Menu:
    """Offer a meal of a day at a point: dishes (name, what to know), portions, and until when it may be booked.

    The point must be fit to cook on that day, and the meal must have a price. Refuses with ``meal.unknown_meal``,
    ``meal.no_dishes``, ``input.too_small``, ``meal.cut_off_too_late``, ``meal.no_delivery_here``,
    ``meal.item_not_a_meal``, ``meal.point_not_fit``, ``meal.no_tariff`` or ``meal.menu_twice``.
    """
    if meal not in Menu.Meal.values:
        raise UNKNOWN_MEAL("meal", meal=meal)
    told = [(name.strip(), about.strip()) for name, about in dishes if name.strip()]
    if not told:
        raise NO_DISHES("dishes")
    whole(portions, "portions", least=1)
    if book_until >= midnight(day + timedelta(days=1)):
        raise LATE_CUT_OFF("book_until")
    if delivery is not None and not point.delivers:
        raise NO_DELIVERY("delivery")
    items = [item] if delivery is None else [item, delivery]
    _require_priced(point, items, day)
    require_fit(point, day)
    with transaction.atomic():
        try:
            with transaction.atomic():
                menu = Menu.objects.create(
                    county=point.county,
                    point=point,
                    on=day,
                    meal=meal,
                    item=item,
                    delivery=delivery,
                    book_until=book_until,
                    portions=portions,
                )
        except IntegrityError:
            raise MENU_TWICE("meal") from None
        Dish.objects.bulk_create(
            Dish(county=menu.county, menu=menu, number=number, name=name[:60], about=about[:120])
            for number, (name, about) in enumerate(told, 1)
        )
        _note("meal.publish_menu", menu, at=at, by=by, portions=portions, dishes=len(told))
    return menu


def set_booking(*, menu: Menu, bookable: bool, at: datetime, by: str) -> Menu:
    """Stop new bookings of a meal before its cut-off, or take them again; who has booked keeps the portion.

    Refuses with ``meal.unknown_menu`` or ``meal.wrong_state``.
    """
    with transaction.atomic():
        menu = lock(county=menu.county, menu_id=menu.id)
        MENU.check(menu.state, "begin")
        menu.bookable = bookable
        menu.save(update_fields=["bookable"])
        _note("meal.set_booking", menu, at=at, by=by, bookable=bookable)
    return menu


def keep_sample(*, dish: Dish, grams: int, at: datetime, by: str) -> Sample:
    """Keep a sample of a dish; how much at least and how long is data. Refuses with ``input.not_an_integer``,
    ``meal.sample_too_small``, ``meal.wrong_state`` or ``meal.sample_twice``."""
    least, hours = limits()
    if whole(grams, "grams") < least:
        raise SAMPLE_TOO_SMALL("grams", least=least)
    with transaction.atomic():
        menu = lock(county=dish.county, menu_id=dish.menu_id)
        MENU.check(menu.state, "cancel")
        try:
            with transaction.atomic():
                made = Sample.objects.create(
                    county=dish.county,
                    dish=dish,
                    grams=grams,
                    taken_at=at,
                    taken_by=by,
                    keep_until=at + timedelta(hours=hours),
                )
        except IntegrityError:
            raise SAMPLE_TWICE("dish") from None
        _note("meal.keep_sample", menu, at=at, by=by, dish=dish.number, grams=grams)
    return made


def discard_sample(*, sample: Sample, at: datetime, by: str) -> Sample:
    """Throw a sample away after its time. Refuses with ``meal.unknown_sample``, ``meal.sample_discarded`` or
    ``meal.sample_kept_too_short``."""
    with transaction.atomic():
        rows = Sample.objects.select_for_update(of=("self",)).select_related("dish__menu")
        found = rows.filter(county=sample.county, id=sample.id).first()
        if found is None:
            raise UNKNOWN_SAMPLE("sample")
        if found.discarded_at is not None:
            raise DISCARDED("sample")
        if at < found.keep_until:
            raise KEPT_TOO_SHORT("at", until=found.keep_until)
        found.discarded_at, found.discarded_by = at, by
        found.save(update_fields=["discarded_at", "discarded_by"])
        _note("meal.discard_sample", found.dish.menu, at=at, by=by, dish=found.dish.number)
    return found


def begin(*, menu: Menu, at: datetime, on: date, by: str) -> Menu:
    """Serving begins: on the day, with a sample of every dish, at a point that is fit to cook.

    Refuses with ``meal.wrong_state``, ``meal.not_that_day``, ``meal.samples_missing`` or ``meal.point_not_fit``.
    """
    with transaction.atomic():
        menu = lock(county=menu.county, menu_id=menu.id)
        MENU.move(menu, "begin")
        if on != menu.on:
            raise NOT_THAT_DAY("on", on=menu.on)
        if missing := unsampled(menu):
            raise SAMPLES_MISSING("dishes", count=len(missing))
        require_fit(menu.point, on)
        menu.save(update_fields=["state"])
        _note("meal.begin", menu, at=at, by=by)
    return menu


def finish(*, menu: Menu, at: datetime, by: str) -> int:
    """Serving is over: whoever booked and did not come is noted as such, in one statement. Answers how many.

    Refuses with ``meal.wrong_state``.
    """
    with transaction.atomic():
        menu = lock(county=menu.county, menu_id=menu.id)
        MENU.move(menu, "finish")
        menu.save(update_fields=["state"])
        before, after = BOOKING.transitions["miss"]
        rows = Booking.objects.filter(county=menu.county, menu=menu, state__in=before)
        missed = rows.update(state=after, ended_by=by, ended_at=at)
        _note("meal.finish", menu, at=at, by=by, not_collected=missed)
    return missed


def unsampled(menu: Menu) -> list[Dish]:
    """The dishes of which no sample is kept."""
    kept = Sample.objects.filter(county=menu.county, dish=OuterRef("id"))
    rows = Dish.objects.filter(~Exists(kept), county=menu.county, menu=menu)
    return list(rows.order_by("number"))


def lock(*, county: str, menu_id: Any) -> Menu:
    """The menu, locked. Refuses with ``meal.unknown_menu``."""
    rows = Menu.objects.select_for_update(of=("self",)).select_related(
        "point__provider", "point__food_licence", "item", "delivery"
    )
    found = rows.filter(county=county, id=menu_id).first()
    if found is None:
        raise UNKNOWN_MENU("menu")
    return found


@lru_cache(maxsize=1)
def limits() -> tuple[int, int]:
    """Grams kept of each dish at least, and hours for which they are kept."""
    read = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return int(read["sample_least_grams"]), int(read["sample_keep_hours"])


def _require_priced(point: Point, items: Sequence[Item], day: date) -> None:
    priced = tariffs_on(point, items, day)
    for item in items:
        said = {"item": item.name, "item_en": item.name_en}
        if item.help != "meals":
            raise NOT_OF_A_MEAL("item", **said)
        if item.code not in priced:
            raise NO_TARIFF("item", on=day, **said)


def _note(act: str, menu: Menu, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=menu.county,
        at=at,
        actor=by,
        act=act,
        subject="menu",
        subject_id=menu.id,
        point=menu.point_id,
        day=str(menu.on),
        meal=menu.meal,
        **detail,
    )
