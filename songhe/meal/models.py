"""Meal points, what they cook and how safely, what a meal costs whom, and who booked and ate it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.person.models import Person
from songhe.provider.models import Item, Licence, Provider, Worker


class Point(models.Model):
    """A canteen or kitchen of a provider, with its own food licence. ``place`` is its village or neighbourhood."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=20, blank=True)
    longitude = models.FloatField()
    latitude = models.FloatField()
    seats = models.IntegerField(default=0)
    delivers = models.BooleanField(default=False)
    food_licence = models.ForeignKey(Licence, models.PROTECT, related_name="+")
    opened_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    opened_on = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="meal_point_two_people", condition=~Q(opened_by=F("approved_by"))),
            models.CheckConstraint(name="meal_point_seats", condition=Q(seats__gte=0)),
            models.CheckConstraint(
                name="meal_point_ends_after", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("opened_on"))
            ),
        ]
        indexes = [models.Index(fields=["place"], name="meal_point_place")]

    def __str__(self) -> str:
        return self.name

    @property
    def county(self) -> str:
        return self.place[:6]


class Cook(models.Model):
    """Somebody who cooks at a point from a day to a day."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "worker"], condition=Q(valid_to=None), name="meal_cook_once"),
            models.CheckConstraint(
                name="meal_cook_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Tariff(models.Model):
    """What a meal costs from a day on, and in which bands of age and class who pays which part of it.

    For one point, or for a place; the narrowest decides. ``bands`` are read by ``songhe.meal.price``; they do not
    overlap, and whoever is in none of them pays the whole. ``funds``: the payers whose part a fund of the county pays,
    with its code; the parts of others are settled outside.
    """

    place = models.CharField(max_length=12)
    point = models.ForeignKey(Point, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField()
    bands = models.JSONField(default=list)
    funds = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=120, blank=True)
    set_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "item", "valid_from"], condition=Q(point=None), name="meal_tariff_of_place"
            ),
            models.UniqueConstraint(
                fields=["point", "item", "valid_from"], condition=Q(point__isnull=False), name="meal_tariff_of_point"
            ),
            models.CheckConstraint(name="meal_tariff_positive", condition=Q(price_fen__gt=0)),
            models.CheckConstraint(name="meal_tariff_two_people", condition=~Q(set_by=F("approved_by"))),
            models.CheckConstraint(
                name="meal_tariff_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Closure(CountyRow):
    """A point does not cook from a day to a day; its bookings go to another point, or are cancelled."""

    point = models.ForeignKey(Point, models.PROTECT, related_name="+")
    move_to = models.ForeignKey(Point, models.PROTECT, null=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    because = models.CharField(max_length=300)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    reopened_by = models.CharField(max_length=64, blank=True)
    reopened_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "point"], condition=Q(until=None), name="meal_closure_once"),
            models.CheckConstraint(name="meal_closure_reason", condition=~Q(because="")),
            models.CheckConstraint(
                name="meal_closure_ends_after", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="meal_closure_elsewhere", condition=Q(move_to__isnull=True) | ~Q(move_to=F("point"))
            ),
        ]


class Inspection(CountyRow):
    """Somebody looked at a point: what they found, what it came to, and by when it is to be mended."""

    leaf = True

    class Result(models.TextChoices):
        PASS = "pass", "合格"
        REMEDY = "remedy", "限期整改"
        FAIL = "fail", "不合格"

    point = models.ForeignKey(Point, models.PROTECT, related_name="+")
    on = models.DateField()
    result = models.CharField(max_length=6, choices=Result.choices)
    findings = models.JSONField(default=list)
    remedy_by = models.DateField(null=True)
    remedied_on = models.DateField(null=True)
    remedied_how = models.CharField(max_length=300, blank=True)
    remedied_by = models.CharField(max_length=64, blank=True)
    inspector = models.CharField(max_length=64)
    at = models.DateTimeField()
    paper = CountyKey(StoredFile, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="meal_inspection_remedy",
                condition=Q(result="pass", remedy_by__isnull=True) | ~Q(result="pass"),
            ),
            models.CheckConstraint(
                name="meal_inspection_dated", condition=~Q(result="remedy") | Q(remedy_by__isnull=False)
            ),
            models.CheckConstraint(
                name="meal_inspection_two_people", condition=Q(remedied_by="") | ~Q(remedied_by=F("inspector"))
            ),
        ]
        indexes = [models.Index(fields=["county", "point", "on"], name="meal_inspection_point")]


class Menu(CountyRow):
    """What a point cooks for one meal of a day, how many portions, and until when it may be booked.

    ``taken`` counts the portions that are booked or served; the database keeps it within ``portions``. While it is not
    ``bookable`` nobody new books it; who has booked may still cancel until the cut-off.
    """

    class Meal(models.TextChoices):
        BREAKFAST = "breakfast", "早餐"
        LUNCH = "lunch", "午餐"
        SUPPER = "supper", "晚餐"

    class State(models.TextChoices):
        OPEN = "open", "可预订"
        SERVING = "serving", "供餐中"
        DONE = "done", "已结束"
        CANCELLED = "cancelled", "已取消"

    point = models.ForeignKey(Point, models.PROTECT, related_name="+")
    on = models.DateField()
    meal = models.CharField(max_length=10, choices=Meal.choices)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    book_until = models.DateTimeField()
    portions = models.IntegerField()
    taken = models.IntegerField(default=0)
    bookable = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "point", "on", "meal"], condition=~Q(state="cancelled"), name="meal_menu_once"
            ),
            models.CheckConstraint(
                name="meal_menu_portions", condition=Q(portions__gt=0, taken__gte=0, taken__lte=F("portions"))
            ),
        ]
        indexes = [models.Index(fields=["county", "on", "point"], name="meal_menu_day")]


class Dish(CountyRow):
    """A dish of a menu. ``about`` says what an elder must know: soft, no sugar, contains nuts."""

    menu = CountyKey(Menu)
    number = models.IntegerField()
    name = models.CharField(max_length=60)
    about = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "menu", "number"], name="meal_dish_number")]


class Sample(CountyRow):
    """What was kept of a dish: how much, when and by whom, and when and by whom it was thrown away."""

    leaf = True

    dish = CountyKey(Dish)
    grams = models.IntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64)
    keep_until = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)
    discarded_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "dish"], name="meal_sample_once"),
            models.CheckConstraint(name="meal_sample_grams", condition=Q(grams__gt=0)),
            models.CheckConstraint(
                name="meal_sample_kept",
                condition=Q(discarded_at__isnull=True) | Q(discarded_at__gte=F("keep_until")),
            ),
        ]


class Booking(CountyRow):
    """One portion for one person; at one meal of a day a person has one.

    ``moved_from`` is the menu that it stood on before a closure.
    """

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class Way(models.TextChoices):
        TABLE = "table", "堂食"
        DELIVERY = "delivery", "送餐"

    class State(models.TextChoices):
        BOOKED = "booked", "已预订"
        CANCELLED = "cancelled", "已取消"
        SERVED = "served", "已用餐"
        NOT_COLLECTED = "not_collected", "未取餐"

    menu = CountyKey(Menu)
    person = CountyKey(Person)
    day = models.DateField()
    meal = models.CharField(max_length=10, choices=Menu.Meal.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    address = models.CharField(max_length=200, blank=True)
    wish = models.CharField(max_length=120, blank=True)
    card_class = models.IntegerField(null=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.BOOKED)
    walked_in = models.BooleanField(default=False)
    booked_by = models.CharField(max_length=64)
    booked_at = models.DateTimeField()
    ended_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    moved_from = models.UUIDField(null=True)
    closure = CountyKey(Closure, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "day", "meal"], condition=~Q(state="cancelled"), name="meal_booking_once"
            ),
            models.CheckConstraint(name="meal_booking_address", condition=~Q(way="delivery") | ~Q(address="")),
        ]
        indexes = [
            models.Index(fields=["county", "menu", "state"], name="meal_booking_menu"),
            models.Index(fields=["county", "person", "day"], name="meal_booking_person"),
        ]


class Line(CountyRow):
    """The price of a booking, for the till: the meal, and its delivery. Who pays which part stands in ``parts``.

    ``billed_line`` is set by the one bill line that charges it, and cleared when that is reversed. ``funds`` as in the
    tariff; ``funds_due``: they have not all paid their parts yet.
    """

    booking = CountyKey(Booking)
    number = models.IntegerField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")
    service_on = models.DateField()
    price_fen = models.BigIntegerField()
    own_fen = models.BigIntegerField()
    parts = models.JSONField(default=dict)
    funds = models.JSONField(default=dict)
    funds_due = models.BooleanField(default=False)
    billed_line = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "booking", "number"], name="meal_line_number"),
            models.CheckConstraint(
                name="meal_line_own", condition=Q(price_fen__gt=0, own_fen__gte=0, own_fen__lte=F("price_fen"))
            ),
        ]
        indexes = [
            models.Index(fields=["county", "service_on"], condition=Q(billed_line=None), name="meal_line_to_charge"),
            models.Index(
                fields=["county", "service_on"],
                condition=Q(funds_due=True, billed_line__isnull=False),
                name="meal_line_part_due",
            ),
        ]
