"""The menus of a week are made from those of another: same dishes, portions and cut-off, seven days on. 抄菜单"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from songhe.kernel.refusal import Refusal, reason
from songhe.meal.menu import publish_menu
from songhe.meal.models import Dish, Menu, Point
from songhe.meal.queries import dishes_of, menus

NOTHING_TO_COPY = reason(
    "meal.nothing_to_copy",
    zh="{first}那一周没有菜单。",
    en="There are no menus in the week of {first}.",
    status=409,
)


@dataclass
class Copied:
    """The menus that were made, and the days and meals that were not, with the refusal that says why."""

    made: list[Menu] = field(default_factory=list)
    left: list[tuple[date, str, Refusal]] = field(default_factory=list)


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def copy_week(*, point: Point, source: date, target: date, at: datetime, by: str) -> Copied:
    """Make the menus of the week of ``target`` from those of the week of ``source``; what is there already stays.

    A day whose cut-off is over is left out with the others that cannot be: each by its own refusal of
    ``publish_menu``. Refuses with ``meal.nothing_to_copy``.
    """
    first, onto = week_of(source), week_of(target)
    found = list(menus(point, first, first + timedelta(days=6)))
    if not found:
        raise NOTHING_TO_COPY("source", first=first)
    told = dishes_of(point.county, [menu.id for menu in found])
    done = Copied()
    with transaction.atomic():
        for menu in found:
            try:
                done.made.append(_again(point, menu, onto - first, told.get(menu.id, []), at=at, by=by))
            except Refusal as refusal:
                done.left.append((menu.on + (onto - first), menu.meal, refusal))
    return done


def _again(point: Point, menu: Menu, later: timedelta, dishes: list[Dish], *, at: datetime, by: str) -> Menu:
    with transaction.atomic():
        return publish_menu(
            point=point,
            day=menu.on + later,
            meal=menu.meal,
            item=menu.item,
            delivery=menu.delivery,
            dishes=[(dish.name, dish.about) for dish in dishes],
            portions=menu.portions,
            book_until=menu.book_until + later,
            at=at,
            by=by,
        )
