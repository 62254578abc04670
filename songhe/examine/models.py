"""By which scheme providers are examined, what was counted of each, what came of it, who objected, who was warned,
who leaves, and whom the county proposed where an elder chose nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.card.hold_order_models import ItemOrder
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.outreach.models import Need
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
    line = models.IntegerField()
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


class Caution(CountyRow):
    """What a provider must mend and by when: its score is below the line of the scheme, or something serious was found.

    ``mended`` is what the provider says it did; ``because`` is what the county last said. Nothing but a decision ends
    it: after ``due_on`` it is overdue.
    """

    class Cause(models.TextChoices):
        SCORE = "score", "考核低于底线"
        COMPLAINT = "complaint", "投诉属实"
        FOOD = "food", "食品安全不合格"
        FINDING = "finding", "检查发现严重问题"

    class State(models.TextChoices):
        GIVEN = "given", "待整改"
        MENDED = "mended", "已报整改"
        LIFTED = "lifted", "已解除"
        FAILED = "failed", "逾期未改"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    cause = models.CharField(max_length=9, choices=Cause.choices)
    examination = CountyKey(Examination, null=True)
    about = models.CharField(max_length=60, blank=True)
    mend = models.CharField(max_length=500, blank=True)
    due_on = models.DateField()
    given_by = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.GIVEN)
    mended = models.CharField(max_length=500, blank=True)
    mended_by = models.CharField(max_length=64, blank=True)
    mended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "provider", "examination"], name="examine_caution_score_once"),
            models.CheckConstraint(
                name="examine_caution_why",
                condition=Q(cause="score", examination__isnull=False)
                | (~Q(cause="score") & Q(examination__isnull=True) & ~Q(mend="")),
            ),
            models.CheckConstraint(
                name="examine_caution_decided",
                condition=Q(state__in=["given", "mended"], decided_by="")
                | (Q(state__in=["lifted", "failed"]) & ~Q(decided_by="") & ~Q(because="")),
            ),
            models.CheckConstraint(
                name="examine_caution_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("given_by"))
            ),
            models.CheckConstraint(name="examine_caution_mended", condition=~Q(state="mended") | ~Q(mended="")),
        ]
        indexes = [
            models.Index(
                fields=["county", "due_on"], condition=Q(state__in=["given", "mended"]), name="examine_caution_open"
            ),
            models.Index(fields=["county", "provider"], name="examine_caution_provider"),
        ]


class Exit(CountyRow):
    """A provider leaves a county: proposed by one person, decided by another, finished when everybody is cared for."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审批"
        RUNNING = "running", "退出中"
        FINISHED = "finished", "已退出"
        DECLINED = "declined", "未同意"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    caution = CountyKey(Caution, null=True)
    because = models.CharField(max_length=300)
    since = models.DateField()
    residents_until = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    begun_by = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_because = models.CharField(max_length=300, blank=True)
    finished_by = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "provider"],
                condition=Q(state__in=["proposed", "running"]),
                name="examine_exit_open_once",
            ),
            models.CheckConstraint(name="examine_exit_reason", condition=~Q(because="")),
            models.CheckConstraint(name="examine_exit_time", condition=Q(residents_until__gte=F("since"))),
            models.CheckConstraint(
                name="examine_exit_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("begun_by"))
            ),
            models.CheckConstraint(
                name="examine_exit_decided",
                condition=Q(state="proposed", decided_by="") | (~Q(state="proposed") & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="examine_exit_finished",
                condition=Q(state="finished", finished_at__isnull=False) | (~Q(state="finished") & Q(finished_by="")),
            ),
        ]


class Placement(CountyRow):
    """One thing that an elder has from a provider that leaves, and how they are cared for: by their own choice, or as
    the county proposed and they agreed to. ``became``: the booking or fitting that took its place."""

    leaf = True

    class Kind(models.TextChoices):
        STAY = "stay", "入住"
        LOAN = "loan", "租用辅具"
        BOOKING = "booking", "订餐"
        NEED = "need", "已派的需求"
        FITTING = "fitting", "在办的适配"
        HOLD = "hold", "预留的钱"

    exit = CountyKey(Exit)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject = models.UUIDField()
    person = CountyKey(Person)
    became = models.UUIDField(null=True)
    chosen = models.CharField(max_length=300)
    by_elder = models.BooleanField()
    to = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "exit", "kind", "subject"], name="examine_placement_once"),
            models.CheckConstraint(name="examine_placement_said", condition=~Q(chosen="")),
        ]


class Steering(CountyRow):
    """How an order, by a steward or from home, came to its provider: the elder named it, or nobody was named and the
    first offered was taken.

    Whoever takes another than the first although the elder named nobody says why. Never changed.
    """

    class Way(models.TextChoices):
        ELDER = "elder", "老人自己选的"
        FIRST = "first", "按建议派的"
        OTHER = "other", "没有按建议"

    need = CountyKey(Need, null=True)
    order = CountyKey(ItemOrder, null=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    examination = CountyKey(Examination, null=True)
    middle = models.IntegerField()
    way = models.CharField(max_length=5, choices=Way.choices)
    because = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="examine_steering_why", condition=~Q(way="other") | ~Q(because="")),
            models.CheckConstraint(
                name="examine_steering_of_one",
                condition=Q(need__isnull=False, order__isnull=True) | Q(need__isnull=True, order__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["county", "need"], name="examine_steering_need")]


class Offered(CountyRow):
    """One provider that was offered for an order, in its place: whether the county's vouchers or cards are taken there,
    its published score then, how far, at which price."""

    leaf = True

    steering = CountyKey(Steering)
    place = models.IntegerField()
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    score = models.IntegerField(null=True)
    metres = models.IntegerField(null=True)
    contracted = models.BooleanField()
    price_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "steering", "place"], name="examine_offered_place"),
            models.UniqueConstraint(fields=["county", "steering", "provider"], name="examine_offered_once"),
        ]
