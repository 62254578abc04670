"""Ability assessments, from the elder's choice of a body to the level that counts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.access.scope import ScopedManager
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.person.models import Person
from songhe.provider.models import Provider, Worker


class Assessment(CountyRow):
    """One assessment of one person. ``state`` moves as ``songhe.assessment.states`` says; ``final_level`` is 0–4.

    ``origin``: ``assessed`` here by two assessors; ``recognised`` from another agency by an approved mapping;
    ``loaded`` from an earlier result. A recognised one has no scores. Of a person's results one counts on a day:
    ``counts_until`` is set when another (``replaced_by``) takes its place. What is ``kept`` is shown and never counts.
    """

    scope_paths = {"divisions": "county", "providers": "body_id", "persons": "person_id"}

    class Origin(models.TextChoices):
        ASSESSED = "assessed", "评估"
        RECOGNISED = "recognised", "互认"
        LOADED = "loaded", "历史结果"

    class State(models.TextChoices):
        REQUESTED = "requested", "已申请"
        ASSIGNED = "assigned", "已派评估师"
        SUBMITTED = "submitted", "已提交"
        EFFECTIVE = "effective", "有效"
        DISPUTED = "disputed", "有异议"
        REPLACED = "replaced", "已被替代"
        VOID = "void", "作废"
        KEPT = "kept", "仅留存"

    class Occasion(models.TextChoices):
        FIRST = "first", "首次评估"
        REGULAR = "regular", "常规评估"
        IMMEDIATE = "immediate", "即时评估"
        REVIEW = "review", "复评"

    class Where(models.TextChoices):
        ON_SITE = "on_site", "到评估机构"
        HOME = "home", "上门"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    standard = models.CharField(max_length=20)
    occasion = models.CharField(max_length=12, choices=Occasion.choices, blank=True)
    where = models.CharField(max_length=8, choices=Where.choices, blank=True)
    body = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    body_name = models.CharField(max_length=120, blank=True)
    first_assessor = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    second_assessor = models.ForeignKey(Worker, models.PROTECT, null=True, related_name="+")
    scheduled_at = models.DateTimeField(null=True)
    disputes = CountyKey("assessment.Assessment", null=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=64)
    assessed_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    counts_until = models.DateField(null=True)
    replaced_by = CountyKey("assessment.Assessment", null=True)
    mapping = models.ForeignKey("assessment.Mapping", models.PROTECT, null=True, related_name="+")
    certificate_no = models.CharField(max_length=60, blank=True)
    answers = models.JSONField(null=True)
    information = models.JSONField(null=True)
    subtotals = models.JSONField(null=True)
    total = models.IntegerField(null=True)
    initial_level = models.IntegerField(null=True)
    final_level = models.IntegerField(null=True)
    recorded_level = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    scale_version = models.CharField(max_length=12, blank=True)
    signatures = models.JSONField(default=list)
    fee_fen = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    disputed_by = models.CharField(max_length=64, blank=True)
    dispute_grounds = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="assessment_no"),
            models.UniqueConstraint(
                fields=["county", "person"],
                condition=Q(state__in=["requested", "assigned", "submitted"]),
                name="assessment_one_open",
            ),
            models.UniqueConstraint(
                fields=["county", "person"],
                condition=Q(state__in=["effective", "disputed"]),
                name="assessment_one_stands",
            ),
            models.CheckConstraint(
                name="assessment_recognised_has_no_scores",
                condition=~Q(origin="recognised") | Q(total__isnull=True, initial_level__isnull=True),
            ),
            models.CheckConstraint(
                name="assessment_that_counts_is_whole",
                condition=~Q(state__in=["effective", "disputed", "replaced"])
                | Q(assessed_on__isnull=False, final_level__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_two_assessors",
                condition=Q(first_assessor__isnull=True) | ~Q(first_assessor=F("second_assessor")),
            ),
            models.CheckConstraint(
                name="assessment_level", condition=Q(final_level__isnull=True) | Q(final_level__range=(0, 4))
            ),
        ]
        indexes = [
            models.Index(fields=["county", "person", "state", "assessed_on"], name="assessment_person"),
            models.Index(fields=["county", "state"], name="assessment_state"),
        ]


class Draft(CountyRow):
    """What the two assessors have filled in so far; after it is handed in it stays as the record of the visit.

    ``stamps`` says in which ``version`` each field was last changed, so that two devices are merged field by field.
    ``turn`` counts how often it went back, from the county or between the two; what was signed before counts no more.
    ``began_at`` is the server's time when it heard of the visit; ``began_by_device`` is what the device's clock said.
    """

    scope_paths = {
        "divisions": "county",
        "providers": "assessment__body_id",
        "persons": "assessment__person_id",
    }

    assessment = CountyKey(Assessment)
    scores = models.JSONField(default=dict)
    information = models.JSONField(default=dict)
    care_notes = models.CharField(max_length=1000, blank=True)
    stamps = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    turn = models.IntegerField(default=0)
    remarks = models.JSONField(default=list)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=64)
    began_by_device = models.DateTimeField(null=True)
    visited_on = models.DateField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=64)
    photo = CountyKey(StoredFile, null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)
    located_with_consent_of = models.CharField(max_length=64, blank=True)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(fields=["county", "assessment"], name="assessment_draft_once"),
            models.CheckConstraint(
                name="assessment_draft_place_by_consent",
                condition=Q(longitude__isnull=True) | ~Q(located_with_consent_of=""),
            ),
        ]


class Signature(CountyRow):
    """One assessor's signature under one content, whose SHA-256 is ``content``; under another it does not count.

    Drawn (``drawing``) or, for who uses a keyboard, the typed name. Rows are added and never changed.
    """

    leaf = True

    scope_paths = {
        "divisions": "county",
        "providers": "assessment__body_id",
        "persons": "assessment__person_id",
    }

    assessment = CountyKey(Assessment)
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    account = models.CharField(max_length=64)
    content = models.CharField(max_length=64)
    drawing = CountyKey(StoredFile, null=True)
    typed = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "assessment", "worker", "content"], name="assessment_signature_once"
            ),
            models.CheckConstraint(
                name="assessment_signature_of_one_kind",
                condition=(Q(drawing__isnull=True) & ~Q(typed="")) | (Q(drawing__isnull=False) & Q(typed="")),
            ),
        ]


class Mapping(models.Model):
    """Another standard's level that a place has decided to accept as one of ours; without a row it is refused."""

    place = models.CharField(max_length=6)
    from_standard = models.CharField(max_length=20)
    from_level = models.IntegerField()
    to_level = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    valid_months = models.IntegerField()
    document_no = models.CharField(max_length=80)
    proposed_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="assessment_mapping_months", condition=Q(valid_months__gt=0)),
            models.UniqueConstraint(
                fields=["place", "from_standard", "from_level", "valid_from"], name="assessment_mapping_once"
            ),
            models.CheckConstraint(name="assessment_mapping_two_people", condition=~Q(proposed_by=F("approved_by"))),
            models.CheckConstraint(name="assessment_mapping_level", condition=Q(to_level__range=(0, 4))),
        ]
