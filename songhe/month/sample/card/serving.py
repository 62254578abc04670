"""What the meal points cook: the month's menus and portions by set, and by the verbs what stands open today. 助餐"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from songhe.county.key import new_id
from songhe.kernel.month import beijing_date
from songhe.meal import menu as menus
from songhe.meal.book import book
from songhe.meal.models import Booking, Dish, Line, Menu, Point, Sample, Tariff
from songhe.meal.tariff import quoted, tariffs_on
from songhe.month.sample.card.bodies import Body
from songhe.month.sample.card.cast import manager_of
from songhe.month.sample.card.people import Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.providers import points_of
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.script import SUNDAY, Meal, Step
from songhe.month.sample.card.shape import figures
from songhe.month.sample.plan import moment
from songhe.provider.catalogue import item_on
from songhe.provider.models import Item
from songhe.trail.note import note

ITEMS = {Menu.Meal.LUNCH: "meal-lunch", Menu.Meal.SUPPER: "meal-supper"}
DELIVERY = "meal-delivery"
COOKED_AT = {Menu.Meal.LUNCH: (10, 30), Menu.Meal.SUPPER: (15, 30)}

#: Menus that stand open when the sample stands still: for so many days from the day before on.
DAYS_OPEN = 9


def eaten(steps: Sequence[Step]) -> dict[tuple[str, date, str], int]:
    """How many portions each point serves at each meal of the month."""
    found: dict[tuple[str, date, str], int] = {}
    for step in steps:
        if isinstance(step.event, Meal):
            key = (step.event.body, day_of(step.event), step.event.meal)
            found[key] = found.get(key, 0) + 1
    return found


def day_of(meal: Meal) -> date:
    return beijing_date(meal.at)


@dataclass
class Kitchen:
    """The menus of a month as they are found again when people come to eat."""

    plan: CardPlan
    menus: dict[tuple[str, date, str], Menu] = field(default_factory=dict)
    tariffs: dict[tuple[str, str], Tariff] = field(default_factory=dict)
    items: dict[tuple[str, str], Item] = field(default_factory=dict)

    def cook(self, steps: Sequence[Step]) -> None:
        """Every menu of the month with its dishes and samples, over and eaten from; the rows that the verbs write."""
        portions = eaten(steps)
        rows: list[Menu] = []
        for body, point in points_of(self.plan):
            for day in self._days():
                for meal in (Menu.Meal.LUNCH, Menu.Meal.SUPPER):
                    if meal == Menu.Meal.LUNCH or body.supper:
                        rows.append(self._menu(body, point, day, meal, portions.get((body.code, day, meal), 0)))
        Menu.objects.bulk_create(rows, batch_size=500)
        self._dishes(rows)

    def _days(self) -> list[date]:
        first = self.plan.month.first
        days = (first + timedelta(days=number) for number in range(self.plan.month.days))
        return [day for day in days if day.weekday() != SUNDAY]

    def _menu(self, body: Body, point: Point, day: date, meal: str, taken: int) -> Menu:
        item, delivery = self.item(body.county, ITEMS[Menu.Meal(meal)]), self.item(body.county, DELIVERY)
        for each in (item, delivery):
            if (body.code, each.code) not in self.tariffs:
                self.tariffs[body.code, each.code] = tariffs_on(point, [each], day)[each.code]
        row = Menu(
            county=body.county,
            id=new_id(),
            point=point,
            on=day,
            meal=meal,
            item=item,
            delivery=delivery if body.delivers else None,
            book_until=moment(day, 9),
            portions=max(body.portions, taken),
            taken=taken,
            state=Menu.State.DONE,
        )
        self.menus[body.code, day, meal] = row
        note(
            county=body.county,
            at=moment(day - timedelta(days=2), 15),
            actor=manager_of(body.code),
            act="meal.publish_menu",
            subject="menu",
            subject_id=row.id,
            point=point.pk,
            day=str(day),
            meal=meal,
            portions=row.portions,
            dishes=len(dishes_of(day, meal)),
        )
        return row

    def _dishes(self, rows: Sequence[Menu]) -> None:
        least, hours = menus.limits()
        dishes = [
            Dish(county=menu.county, id=new_id(), menu=menu, number=number, name=name)
            for menu in rows
            for number, name in enumerate(dishes_of(menu.on, menu.meal), 1)
        ]
        Dish.objects.bulk_create(dishes, batch_size=500)
        samples = []
        for dish in dishes:
            taken_at = moment(dish.menu.on, *COOKED_AT[Menu.Meal(dish.menu.meal)])
            keep_until = taken_at + timedelta(hours=hours)
            by = manager_of(dish.menu.point.code)
            samples.append(
                Sample(
                    county=dish.county,
                    dish=dish,
                    grams=least + 15,
                    taken_at=taken_at,
                    taken_by=by,
                    keep_until=keep_until,
                    discarded_at=keep_until + timedelta(hours=1),
                    discarded_by=by,
                )
            )
        Sample.objects.bulk_create(samples, batch_size=500)

    def item(self, county: str, code: str) -> Item:
        if (county, code) not in self.items:
            self.items[county, code] = item_on(county, code, self.plan.month.first)
        return self.items[county, code]

    # --- people come to eat -----------------------------------------------------------------------------------------

    def serve(self, told: Sequence[tuple[Meal, Holder, UUID]]) -> list[tuple[Line, ...]]:
        """Everybody of the list has eaten: bookings as they are after walking in, and the lines that may be charged."""
        bookings, lines = [], []
        for meal, holder, person_id in told:
            booking = self._booking(meal, holder, person_id)
            bookings.append(booking)
            lines.append(self._lines(meal, holder, booking))
        Booking.objects.bulk_create(bookings, batch_size=500)
        Line.objects.bulk_create([line for each in lines for line in each], batch_size=500)
        for booking in bookings:
            _note_served(booking)
        return lines

    def _booking(self, meal: Meal, holder: Holder, person_id: UUID) -> Booking:
        menu = self.menus[meal.body, day_of(meal), meal.meal]
        by = manager_of(meal.body)
        return Booking(
            county=menu.county,
            id=new_id(),
            menu=menu,
            person_id=person_id,
            day=menu.on,
            meal=menu.meal,
            way=Booking.Way.DELIVERY if meal.delivered else Booking.Way.TABLE,
            address=holder.address if meal.delivered else "",
            card_class=met_by(self.plan, holder).in_class,
            state=Booking.State.SERVED,
            walked_in=not meal.delivered,
            booked_by=by,
            booked_at=meal.at if not meal.delivered else moment(menu.on - timedelta(days=1), 16),
            ended_by=by,
            ended_at=meal.at,
        )

    def _lines(self, meal: Meal, holder: Holder, booking: Booking) -> tuple[Line, ...]:
        items = [self.item(booking.county, ITEMS[Menu.Meal(booking.meal)])]
        if meal.delivered:
            items.append(self.item(booking.county, DELIVERY))
        found = []
        for number, item in enumerate(items, 1):
            tariff = self.tariffs[meal.body, item.code]
            price = quoted(tariff, age=holder.age(booking.day), card_class=booking.card_class)
            funds = {payer: code for payer, code in tariff.funds.items() if payer in price.parts}
            found.append(
                Line(
                    county=booking.county,
                    id=new_id(),
                    booking=booking,
                    number=number,
                    item=item,
                    tariff=tariff,
                    service_on=booking.day,
                    price_fen=price.price_fen,
                    own_fen=price.own_fen,
                    parts=dict(price.parts),
                    funds=funds,
                    funds_due=bool(funds),
                )
            )
        return tuple(found)


def _note_served(booking: Booking) -> None:
    assert booking.ended_at is not None
    note(
        county=booking.county,
        at=booking.ended_at,
        actor=booking.ended_by,
        act="meal.walk_in" if booking.walked_in else "meal.serve",
        subject="booking",
        subject_id=booking.id,
        behalf_of=booking.person_id,
        menu=str(booking.menu_id),
        means="card" if booking.walked_in else "at_the_door",
    )


def dishes_of(day: date, meal: str) -> list[str]:
    choices = figures()["dishes"]
    shift = 0 if meal == Menu.Meal.LUNCH else 2
    found: list[str] = choices[(day.toordinal() + shift) % len(choices)]
    return found


# --- when the sample stands still -----------------------------------------------------------------------------------


def open_menus(plan: CardPlan, regulars: Mapping[str, Sequence[tuple[Holder, UUID]]]) -> int:
    """Menus of the next days by the verb; tomorrow's is booked by some who eat there always. Answers how many."""
    on = plan.closed_on
    made = 0
    for body, point in points_of(plan):
        days = [on + timedelta(days=number) for number in range(DAYS_OPEN)]
        for day in (day for day in days if day.weekday() != SUNDAY):
            menu = _publish(plan, body, point, day, at=moment(on, 8))
            made += 1
            if day == min(each for each in days[1:] if each.weekday() != SUNDAY):
                for holder, person_id in regulars.get(body.code, ())[:BOOKED_MOST]:
                    _book(plan, menu, holder, person_id)
    return made


#: How many portions of tomorrow's lunch are booked at a point.
BOOKED_MOST = 12


def _publish(plan: CardPlan, body: Body, point: Point, day: date, *, at: datetime) -> Menu:
    delivery = item_on(body.county, DELIVERY, day) if body.delivers else None
    return menus.publish_menu(
        point=point,
        day=day,
        meal=Menu.Meal.LUNCH,
        item=item_on(body.county, ITEMS[Menu.Meal.LUNCH], day),
        dishes=[(name, "") for name in dishes_of(day, Menu.Meal.LUNCH)],
        portions=body.portions,
        book_until=moment(day, 9, 30),
        at=at,
        by=manager_of(body.code),
        delivery=delivery,
    )


def _book(plan: CardPlan, menu: Menu, holder: Holder, person_id: UUID) -> None:
    book(
        menu=menu,
        person_id=person_id,
        way=Booking.Way.TABLE,
        at=moment(plan.closed_on, 8, 30),
        on=plan.closed_on,
        by=manager_of(menu.point.code),
        card_class=met_by(plan, holder).in_class,
    )
