"""Credits: by what rules they are earned, who holds them, what they were earned by and spent on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.ledger.models import Account, Unit
from songhe.ledger.models import Fund as Books
from songhe.person.models import Person
from songhe.provider.models import Provider


class Scheme(CountyRow):
    """Credits of one place in one unit, fen or tickets, and the helps that they buy. They are never paid out in cash.

    ``inflow`` is where credits come from; with a ceiling its floor is minus the ceiling, and the database refuses more.
    A ticket pays the elder's own part of one meal or service, up to ``ticket_fen``.
    """

    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    place = models.CharField(max_length=12)
    unit = models.CharField(max_length=8, choices=[choice for choice in Unit.choices if choice[0] != Unit.MINUTE])
    helps = models.JSONField(default=list)
    ticket_fen = models.BigIntegerField(null=True)
    books = CountyKey(Books)
    inflow = CountyKey(Account)
    opened_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    opened_on = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "code"], name="credit_scheme_code"),
            models.CheckConstraint(name="credit_scheme_two_people", condition=~Q(opened_by=F("approved_by"))),
            models.CheckConstraint(
                name="credit_scheme_ticket",
                condition=Q(unit="ticket", ticket_fen__gt=0) | Q(unit="fen", ticket_fen__isnull=True),
            ),
        ]


class Rate(CountyRow):
    """What a thing or a work earns, by date: ``units`` for each ``per`` grams, minutes or times."""

    class Measure(models.TextChoices):
        GRAM = "gram", "克"
        MINUTE = "minute", "分钟"
        TIME = "time", "次"

    scheme = CountyKey(Scheme)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    measure = models.CharField(max_length=6, choices=Measure.choices)
    units = models.IntegerField()
    per = models.IntegerField()
    helpers_only = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "scheme", "code", "valid_from"], name="credit_rate_from"),
            models.CheckConstraint(name="credit_rate_positive", condition=Q(units__gt=0, per__gt=0)),
            models.CheckConstraint(
                name="credit_rate_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Holder(CountyRow):
    """A person who has credits of a scheme; how many stands in the ledger, and is never below nought."""

    scheme = CountyKey(Scheme)
    person = CountyKey(Person)
    account = CountyKey(Account)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "scheme", "person"], name="credit_holder_once"),
            models.UniqueConstraint(fields=["county", "account"], name="credit_holder_account"),
        ]
        indexes = [models.Index(fields=["county", "person"], name="credit_holder_person")]


class Deed(CountyRow):
    """Produce weighed or work done, told by one person and witnessed by another, who makes it count.

    ``transfer`` and ``undone`` are the ids of what the ledger booked for it.
    """

    class State(models.TextChoices):
        TOLD = "told", "待见证"
        CREDITED = "credited", "已计入"
        DECLINED = "declined", "未见证"
        UNDONE = "undone", "已撤销"

    holder = CountyKey(Holder)
    rate = CountyKey(Rate)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    quantity = models.IntegerField()
    units = models.BigIntegerField()
    done_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.TOLD)
    told_by = models.CharField(max_length=64)
    told_at = models.DateTimeField()
    witness = models.CharField(max_length=64, blank=True)
    witnessed_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    transfer = models.UUIDField(null=True)
    undone = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_deed_positive", condition=Q(quantity__gt=0, units__gt=0)),
            models.CheckConstraint(name="credit_deed_two_people", condition=Q(witness="") | ~Q(witness=F("told_by"))),
            models.CheckConstraint(
                name="credit_deed_booked",
                condition=Q(state__in=["told", "declined"], transfer__isnull=True, undone__isnull=True)
                | (Q(state="credited", transfer__isnull=False, undone__isnull=True) & ~Q(witness=""))
                | (Q(state="undone", transfer__isnull=False, undone__isnull=False) & ~Q(witness="")),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "holder", "done_on"], name="credit_deed_holder"),
            models.Index(fields=["county", "told_at"], condition=Q(state="told"), name="credit_deed_waits"),
        ]


class Spending(CountyRow):
    """Credits that paid for help at a provider. ``about`` is the line that they paid.

    ``transfer`` moved the credits, ``owed`` is the money that the scheme owes the provider for them since.
    """

    leaf = True

    holder = CountyKey(Holder)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    help = models.CharField(max_length=12)
    units = models.BigIntegerField()
    worth_fen = models.BigIntegerField()
    about = models.UUIDField()
    spent_on = models.DateField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    transfer = models.UUIDField()
    owed = models.UUIDField()
    given_back = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "holder", "about"], condition=Q(given_back=None), name="credit_spending_once"
            ),
            models.CheckConstraint(name="credit_spending_positive", condition=Q(units__gt=0, worth_fen__gt=0)),
        ]
        indexes = [models.Index(fields=["county", "about"], name="credit_spending_about")]
