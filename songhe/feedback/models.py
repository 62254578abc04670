"""Ratings of bills and complaints: both are kept by the county that pays, and neither is ever deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.access.scope import ScopedManager
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.entitlement.models import Application
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.redemption.models import Bill


class Rating(CountyRow):
    """One to five stars for one bill, by the elder or a proxy who may confirm; it may change until the bill is
    gathered into a statement."""

    leaf = True
    scope_paths = {"divisions": "county", "persons": "person_id"}

    bill = CountyKey(Bill)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    person = CountyKey(Person)
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(fields=["county", "bill"], name="feedback_rating_once"),
            models.CheckConstraint(name="feedback_rating_stars", condition=Q(stars__gte=1, stars__lte=5)),
        ]
        indexes = [models.Index(fields=["county", "provider"], name="feedback_rating_provider")]


class Complaint(CountyRow):
    """What somebody complains about, answered by one person and, if they are not content, by another.

    Nobody need say who they are: a secret code, made from the number and never kept, shows the complaint to whoever
    made it. ``against`` holds the accounts that took the decision complained about; they do not answer.
    """

    leaf = True
    scope_paths = {"divisions": "county", "persons": "person_id"}

    class About(models.TextChoices):
        PROVIDER = "provider", "服务机构"
        BILL = "bill", "一张账单"
        DECISION = "decision", "一项决定"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        RECEIVED = "received", "待答复"
        ANSWERED = "answered", "已答复"
        CONTESTED = "contested", "待复核"
        CLOSED = "closed", "已办结"
        TRANSFERRED = "transferred", "已转办"
        WITHDRAWN = "withdrawn", "已撤回"

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "属实"
        PARTLY = "partly", "部分属实"
        REJECTED = "rejected", "不属实"
        UNCLEAR = "unclear", "无法查实"

    class Channel(models.TextChoices):
        ONLINE = "online", "网上"
        COUNTER = "counter", "窗口"
        TELEPHONE = "telephone", "电话"

    no = models.CharField(max_length=24)
    about = models.CharField(max_length=8, choices=About.choices)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    bill = CountyKey(Bill, null=True)
    application = CountyKey(Application, null=True)
    person = CountyKey(Person, null=True)
    category = models.CharField(max_length=12)
    confidential = models.BooleanField(default=False)
    channel = models.CharField(max_length=9, choices=Channel.choices, default=Channel.ONLINE)
    name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=1000)
    against = models.JSONField(default=list)
    state = models.CharField(max_length=11, choices=State.choices, default=State.RECEIVED)
    by = models.CharField(max_length=150)
    received_at = models.DateTimeField()
    received_on = models.DateField()
    due_on = models.DateField()
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    grounds = models.CharField(max_length=1000, blank=True)
    contested_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=64, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    review_outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    review = models.CharField(max_length=1000, blank=True)
    transferred_to = models.CharField(max_length=80, blank=True)
    transferred_by = models.CharField(max_length=64, blank=True)
    transferred_at = models.DateTimeField(null=True)
    transferred_because = models.CharField(max_length=300, blank=True)
    version = models.IntegerField(default=1)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="feedback_complaint_no"),
            models.CheckConstraint(
                name="feedback_complaint_two_people", condition=Q(reviewed_by="") | ~Q(reviewed_by=F("answered_by"))
            ),
            models.CheckConstraint(
                name="feedback_complaint_answered",
                condition=~Q(state__in=["answered", "contested", "closed"]) | ~Q(answer=""),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "state", "due_on"], name="feedback_complaint_due"),
            models.Index(fields=["county", "person"], name="feedback_complaint_person"),
        ]
