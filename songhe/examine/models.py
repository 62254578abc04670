"""By which scheme providers are examined, what was counted of each, what came of it, and who objected."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Person
from songhe.provider.models import Provider


class Edition(CountyRow):
    """A scheme of a county from a month on: proposed by one person, decided by another. ``version`` is its hash.

    Where a county has none of its own, the scheme that is shipped is written down here when it is first used.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审批"
        IN_FORCE = "in_force", "已生效"
        DECLINED = "declined", "未同意"

    version = models.CharField(max_length=12)
    told = models.JSONField()
    least_weight = models.IntegerField()
    shipped = models.BooleanField(default=False)
    valid_from = models.CharField(max_length=7)
    document_no = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "valid_from"],
                condition=Q(shipped=False, state__in=["proposed", "in_force"]),
                name="examine_edition_once",
            ),
            models.UniqueConstraint(
                fields=["county", "version"], condition=Q(shipped=True), name="examine_edition_shipped_once"
            ),
            models.CheckConstraint(
                name="examine_edition_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="examine_edition_decided",
                condition=Q(shipped=True, state="in_force")
                | Q(shipped=False, state="proposed", decided_by="")
                | (Q(shipped=False) & ~Q(state="proposed") & ~Q(decided_by="")),
            ),
        ]


class Step(CountyRow):
    """One band of one indicator of a scheme: from which value on how many points."""

    leaf = True

    edition = CountyKey(Edition)
    indicator = models.CharField(max_length=12)
    weight = models.IntegerField()
    least = models.IntegerField()
    months = models.IntegerField()
    start = models.BigIntegerField()
    points = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "edition", "indicator", "start"], name="examine_step_once"),
            models.CheckConstraint(
                name="examine_step_bounds",
                condition=Q(points__gte=0, points__lte=100, start__gte=0, weight__gt=0, least__gte=0, months__gt=0),
            ),
        ]


class Examination(CountyRow):
    """All providers of a county examined for a month, as of one moment; a correction is the next number, with its
    reason. One person draws it up, another publishes."""

    class State(models.TextChoices):
        DRAWN = "drawn", "待公布"
        PUBLISHED = "published", "已公布"
        DROPPED = "dropped", "不公布"
        REPLACED = "replaced", "已更正"

    month = models.CharField(max_length=7)
    number = models.IntegerField()
    edition = CountyKey(Edition)
    because = models.CharField(max_length=300, blank=True)
    drawn_by = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAWN)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    published_on = models.DateField(null=True)
    decided_because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "month", "number"], name="examine_examination_number"),
            models.UniqueConstraint(
                fields=["county", "month"], condition=Q(state="published"), name="examine_examination_published_once"
            ),
            models.UniqueConstraint(
                fields=["county", "month"], condition=Q(state="drawn"), name="examine_examination_drawn_once"
            ),
            models.CheckConstraint(
                name="examine_examination_correction", condition=Q(number=1) | (Q(number__gt=1) & ~Q(because=""))
            ),
            models.CheckConstraint(
                name="examine_examination_two_people",
                condition=Q(decided_by="") | Q(state="dropped") | ~Q(decided_by=F("drawn_by")),
            ),
            models.CheckConstraint(
                name="examine_examination_decided",
                condition=Q(state="drawn", decided_by="") | (~Q(state="drawn") & ~Q(decided_by="")),
            ),
        ]


class Score(CountyRow):
    """A provider's number, 0 to 100, none where too little could be judged. Never changed."""

    leaf = True

    examination = CountyKey(Examination)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    total = models.IntegerField(null=True)
    weight = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "examination", "provider"], name="examine_score_once"),
            models.CheckConstraint(
                name="examine_score_bounds", condition=Q(total__isnull=True) | Q(total__gte=0, total__lte=100)
            ),
        ]
        indexes = [models.Index(fields=["county", "provider"], name="examine_score_provider")]


class Figure(CountyRow):
    """What was counted of a provider for one indicator, its value, and its points where enough was counted."""

    leaf = True

    examination = CountyKey(Examination)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=12)
    scale = models.IntegerField()
    num = models.BigIntegerField()
    den = models.BigIntegerField()
    value = models.BigIntegerField()
    weight = models.IntegerField()
    points = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "examination", "provider", "indicator"], name="examine_figure_once"
            ),
            models.CheckConstraint(name="examine_figure_counts", condition=Q(num__gte=0, den__gte=0, value__gte=0)),
        ]


class Objection(CountyRow):
    """A provider says that a figure is wrong; somebody who neither drew up nor published it answers."""

    leaf = True

    class State(models.TextChoices):
        MADE = "made", "待答复"
        UPHELD = "upheld", "异议成立"
        REJECTED = "rejected", "异议不成立"

    examination = CountyKey(Examination)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=12)
    because = models.CharField(max_length=500)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.MADE)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "examination", "provider", "indicator"], name="examine_objection_once"
            ),
            models.CheckConstraint(
                name="examine_objection_answered",
                condition=Q(state="made", answered_by="", answer="")
                | (~Q(state="made") & ~Q(answered_by="") & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="examine_objection_two_people", condition=Q(answered_by="") | ~Q(answered_by=F("made_by"))
            ),
        ]


class Exit(CountyRow):
    """A provider leaves a county: begun by one person, finished by another when everybody it serves is cared for."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    because = models.CharField(max_length=300)
    residents_until = models.DateField()
    begun_by = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    finished_by = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "provider"], condition=Q(finished_by=""), name="examine_exit_open_once"
            ),
            models.CheckConstraint(name="examine_exit_reason", condition=~Q(because="")),
            models.CheckConstraint(
                name="examine_exit_two_people", condition=Q(finished_by="") | ~Q(finished_by=F("begun_by"))
            ),
        ]


class Placement(CountyRow):
    """One thing that an elder has from a provider that leaves, what the elder chose, and how they are cared for."""

    leaf = True

    class Kind(models.TextChoices):
        STAY = "stay", "入住"
        LOAN = "loan", "租用辅具"
        BOOKING = "booking", "订餐"
        NEED = "need", "已派的需求"

    exit = CountyKey(Exit)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.UUIDField()
    person = CountyKey(Person)
    chosen = models.CharField(max_length=300)
    to = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "exit", "kind", "subject"], name="examine_placement_once"),
            models.CheckConstraint(name="examine_placement_said", condition=~Q(chosen="")),
        ]
