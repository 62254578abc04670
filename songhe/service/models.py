"""What was really done: stays in an institution, and visits, days, meals and escorts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Person
from songhe.provider.models import Item, Provider, Worker


class Stay(CountyRow):
    """A person lives in an institution from a day to a day. 30 nights or more are long, fewer are respite (setting)."""

    person = CountyKey(Person)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    contract_no = models.CharField(max_length=60, blank=True)
    bed = models.CharField(max_length=20, blank=True)
    admitted_on = models.DateField()
    agreed_until = models.DateField(null=True)
    discharged_on = models.DateField(null=True)
    discharged_because = models.CharField(max_length=20, blank=True)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person"], condition=Q(discharged_on=None), name="service_stay_open_once"
            ),
            models.CheckConstraint(
                name="service_stay_ends_after",
                condition=Q(discharged_on__isnull=True) | Q(discharged_on__gte=F("admitted_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "person", "admitted_on"], name="service_stay_person"),
            models.Index(fields=["county", "provider", "discharged_on"], name="service_stay_provider"),
        ]


class Presence(CountyRow):
    """A sign that a resident was really there: a roll-call, a meal, a care note."""

    leaf = True

    stay = CountyKey(Stay)
    on = models.DateField()
    means = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "stay", "on", "means"], name="service_presence_once")]


class Visit(CountyRow):
    """One service to one person: who, to whom, what, where, from when, to when. ``kind`` is the item's evidence.

    Positions are WGS-84 degrees with their accuracy in metres. ``verdict`` is what the evidence is worth;
    ``billed_line`` is set by the one bill line that charges it, and cleared when that line is reversed.
    ``client_id`` is the provider's own id of the record, so that a second upload finds the first.
    """

    class Verdict(models.TextChoices):
        PENDING = "pending", "待核"
        PASS = "pass", "通过"
        FAIL = "fail", "不通过"

    person = CountyKey(Person)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12)
    service_on = models.DateField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    quantity = models.IntegerField(default=1)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)
    confirmed_by = models.CharField(max_length=16, blank=True)
    evidence = models.JSONField(default=dict)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.PENDING)
    verdict_reasons = models.JSONField(default=list)
    judged_by = models.CharField(max_length=64, blank=True)
    billed_line = models.UUIDField(null=True)
    client_id = models.CharField(max_length=64, null=True)
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "provider", "client_id"],
                condition=Q(client_id__isnull=False),
                name="service_visit_told_once",
            ),
            models.CheckConstraint(name="service_visit_quantity", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="service_visit_ends_after",
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "person", "service_on"], name="service_visit_person"),
            models.Index(fields=["county", "provider", "service_on"], name="service_visit_provider"),
            models.Index(fields=["county", "worker", "service_on"], name="service_visit_worker"),
            models.Index(
                fields=["county", "service_on"], condition=Q(verdict="pending"), name="service_visit_to_judge"
            ),
        ]


class Override(CountyRow):
    """A person wants a verdict set aside, and why; another person decides."""

    class State(models.TextChoices):
        ASKED = "asked", "待决定"
        GRANTED = "granted", "已同意"
        DECLINED = "declined", "未同意"

    leaf = True

    visit = CountyKey(Visit)
    verdict = models.CharField(max_length=8, choices=Visit.Verdict.choices)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "visit"], condition=Q(state="asked"), name="service_override_open_once"
            ),
            models.CheckConstraint(
                name="service_override_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(name="service_override_reason", condition=~Q(reason="")),
        ]
