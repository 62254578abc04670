"""A meal point with its papers, prices by age and class, a menu, and people who eat."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.kernel.geo import Point as Position
from songhe.meal import book as booking
from songhe.meal import menu as menus
from songhe.meal.models import Booking, Dish, Menu, Point, Tariff
from songhe.meal.point import engage_cook, open_point
from songhe.meal.price import Band
from songhe.meal.tariff import set_tariff
from songhe.person.models import Person
from songhe.provider.models import Certificate, Evidence, Item, Kind, Licence, Provider, Worker

FIRST = date(2026, 3, 1)
TENTH = date(2026, 3, 10)
NINTH = date(2026, 3, 9)
PLACE = f"{COUNTY}001001"
_numbers = count(1)

#: Ten yuan; from seventy on public money pays four, from eighty on the village another two.
BANDS = (
    Band(70, 79, frozenset(), 600, {"finance": 400}),
    Band(80, None, frozenset(), 400, {"finance": 400, "collective": 200}),
)


def provider() -> Provider:
    number = next(_numbers)
    return Provider.objects.create(
        kind=Kind.COMMUNITY,
        name=f"助餐机构{number}",
        credit_code=f"95370799MA{number:08d}",
        place=COUNTY,
        admitted_at=at(FIRST),
    )


def licence(of: Provider, **differently) -> Licence:
    told = {"kind": "food", "number": f"JY{next(_numbers):06d}", "valid_from": FIRST, "valid_to": date(2030, 12, 31)}
    return Licence.objects.create(provider=of, **(told | differently))


def cook(of: Provider, *, certified=True, valid_to=date(2026, 12, 31)) -> Worker:
    number = next(_numbers)
    made = Worker.objects.create(
        provider=of, job="cook", name=f"厨师{number}", number=f"CS{number:04d}", valid_from=FIRST
    )
    if certified:
        Certificate.objects.create(
            worker=made, kind="health", number=f"JK{number}", valid_from=FIRST, valid_to=valid_to
        )
    return made


def opened(of: Provider | None = None, **differently) -> Point:
    of = of or provider()
    number = next(_numbers)
    told = {
        "code": f"point-{number}",
        "name": f"幸福食堂{number}",
        "place": PLACE,
        "address": "和平路1号",
        "position": Position(36.70, 119.16),
        "opened_by": "clerk",
        "approved_by": "head",
        "at": at(FIRST),
        "seats": 40,
        "delivers": True,
    }
    if "food_licence" not in differently:
        told["food_licence"] = licence(of)
    return open_point(provider=of, **(told | differently))


def point(**differently) -> Point:
    made = opened(**differently)
    engage_cook(point=made, worker=cook(made.provider), valid_from=FIRST, at=at(FIRST), by="manager")
    return made


def item(help="meals") -> Item:
    number = next(_numbers)
    return Item.objects.create(
        place="000000",
        code=f"m{number}",
        name=f"午餐{number}",
        name_en=f"lunch {number}",
        category="home",
        help=help,
        unit="meal",
        evidence=Evidence.MEAL,
        valid_from=FIRST,
    )


def tariff(of: Item, **differently) -> Tariff:
    told = {
        "place": COUNTY,
        "price_fen": 1_000,
        "bands": BANDS,
        "valid_from": FIRST,
        "set_by": "clerk",
        "approved_by": "head",
        "at": at(FIRST),
    }
    return set_tariff(item=of, **(told | differently))


def clock(day: date, hour: int) -> datetime:
    return at(day, hour)


def menu(of: Point | None = None, *, delivers=True, **differently) -> Menu:
    lunch, bring = differently.pop("item", None) or item(), item()
    tariff(lunch)
    tariff(bring, price_fen=200, bands=())
    told = {
        "day": TENTH,
        "meal": "lunch",
        "dishes": [("红烧肉", "含糖"), ("青菜", "")],
        "portions": 50,
        "book_until": clock(NINTH, 18),
        "at": at(FIRST),
        "by": "manager",
        "delivery": bring if delivers else None,
    }
    return menus.publish_menu(point=of or point(), item=lunch, **(told | differently))


def booked(of: Menu, person: Person | None = None, **differently) -> Booking:
    told = {"way": "table", "at": clock(NINTH, 10), "on": NINTH, "by": "daughter"}
    return booking.book(menu=of, person_id=(person or elder()).id, **(told | differently))


def sampled(of: Menu, grams=150) -> None:
    for dish in Dish.objects.filter(county=of.county, menu=of).order_by("number"):
        menus.keep_sample(dish=dish, grams=grams, at=clock(of.on, 10), by="cook")


def serving(of: Menu) -> Menu:
    sampled(of)
    return menus.begin(menu=of, at=clock(of.on, 11), on=of.on, by="manager")


def of_age(years: int, **fields) -> Person:
    return elder(born=TENTH.replace(year=TENTH.year - years), **fields)


DAY = timedelta(days=1)
