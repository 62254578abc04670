"""Teams, stewards and whom they look in on, needs heard and what became of them, volunteers and what they did."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Person
from songhe.provider.models import Item, Provider


class Team(CountyRow):
    """A service team of a place: of a provider, of neighbours in the mountains or on an island, or of volunteers."""

    class Kind(models.TextChoices):
        SERVICE = "service", "服务团队"
        MUTUAL = "mutual", "互助服务队"
        VOLUNTEER = "volunteer", "志愿服务队"

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    place = models.CharField(max_length=12)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    leader = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    formed_on = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "place", "name"], condition=Q(last_day=None), name="outreach_team_name"
            ),
            models.CheckConstraint(
                name="outreach_team_ends_after", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("formed_on"))
            ),
        ]


class Steward(CountyRow):
    """Somebody who looks in on elders of a place every week. ``account`` is a username, reached by value."""

    team = CountyKey(Team, null=True)
    account = models.CharField(max_length=150)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=12)
    since = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "account"], condition=Q(last_day=None), name="outreach_steward_once"
            ),
            models.CheckConstraint(
                name="outreach_steward_ends_after", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("since"))
            ),
        ]


class Round(CountyRow):
    """A steward looks in on a person on a weekday (1 Monday … 7 Sunday) of every week."""

    steward = CountyKey(Steward)
    person = CountyKey(Person)
    weekday = models.IntegerField()
    why = models.CharField(max_length=120, blank=True)
    since = models.DateField()
    last_day = models.DateField(null=True)
    planned_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person"], condition=Q(last_day=None), name="outreach_round_one_steward"
            ),
            models.CheckConstraint(name="outreach_round_weekday", condition=Q(weekday__gte=1, weekday__lte=7)),
            models.CheckConstraint(
                name="outreach_round_ends_after", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("since"))
            ),
        ]
        indexes = [models.Index(fields=["county", "steward", "weekday"], name="outreach_round_steward")]


class Visit(CountyRow):
    """A steward looked in, at the door or by telephone: whether they were met, and what was done. 探访

    ``week`` is the Monday of the week; a round has one visit a week.
    """

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class Means(models.TextChoices):
        DOOR = "door", "上门"
        PHONE = "phone", "电话"

    class Outcome(models.TextChoices):
        WELL = "well", "情况正常"
        NEED = "need", "有需求"
        ABSENT = "absent", "未见到"
        REFUSED = "refused", "谢绝探访"

    round = CountyKey(Round)
    person = CountyKey(Person)
    week = models.DateField()
    on = models.DateField()
    means = models.CharField(max_length=6, choices=Means.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    done = models.JSONField(default=list)
    words = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "round", "week"], name="outreach_visit_once_a_week"),
        ]
        indexes = [models.Index(fields=["county", "person", "on"], name="outreach_visit_person")]


class Need(CountyRow):
    """Something an elder needs: heard, made an order to a provider or a referral to somebody, answered within a limit.

    ``answer`` is what the elder is told; ``met`` and ``unmet`` end it.
    """

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class State(models.TextChoices):
        HEARD = "heard", "待处理"
        ORDERED = "ordered", "已派单"
        REFERRED = "referred", "已转介"
        ACCEPTED = "accepted", "已答应"
        DECLINED = "declined", "未答应"
        MET = "met", "已满足"
        UNMET = "unmet", "未能满足"

    visit = CountyKey(Visit, null=True)
    person = CountyKey(Person)
    help = models.CharField(max_length=12)
    words = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HEARD)
    due_on = models.DateField()
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    referred_to = models.CharField(max_length=80, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_on = models.DateField(null=True)
    heard_by = models.CharField(max_length=64)
    heard_on = models.DateField()
    ended_by = models.CharField(max_length=64, blank=True)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="outreach_need_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="outreach_need_one_way",
                condition=Q(provider__isnull=True, item__isnull=True)
                | Q(provider__isnull=False, item__isnull=False, referred_to=""),
            ),
            models.CheckConstraint(
                name="outreach_need_answered",
                condition=Q(state__in=["heard", "ordered", "referred"]) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="outreach_need_ended", condition=~Q(state__in=["met", "unmet"]) | Q(ended_on__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["county", "person", "heard_on"], name="outreach_need_person"),
            models.Index(
                fields=["county", "due_on"],
                condition=Q(state__in=["heard", "ordered", "referred", "declined"]),
                name="outreach_need_waits",
            ),
            models.Index(fields=["county", "provider", "state"], name="outreach_need_provider"),
        ]


class Volunteer(CountyRow):
    """Somebody who helps elders without pay. An elder on file earns charity credits; others are thanked."""

    person = CountyKey(Person, null=True)
    team = CountyKey(Team, null=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20)
    helps = models.JSONField(default=list)
    since = models.DateField()
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name", "phone"], condition=Q(last_day=None), name="outreach_volunteer_once"
            ),
            models.CheckConstraint(
                name="outreach_volunteer_ends_after", condition=Q(last_day__isnull=True) | Q(last_day__gte=F("since"))
            ),
        ]


class Stint(CountyRow):
    """What a volunteer did for whom and for how many minutes; another person confirms it. ``deed`` is its credit."""

    leaf = True

    class State(models.TextChoices):
        TOLD = "told", "待确认"
        CONFIRMED = "confirmed", "已确认"
        DECLINED = "declined", "未确认"

    volunteer = CountyKey(Volunteer)
    person = CountyKey(Person, null=True)
    help = models.CharField(max_length=12)
    minutes = models.IntegerField()
    done_on = models.DateField()
    words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TOLD)
    told_by = models.CharField(max_length=64)
    told_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    deed = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="outreach_stint_minutes", condition=Q(minutes__gt=0, minutes__lte=1440)),
            models.CheckConstraint(
                name="outreach_stint_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("told_by"))
            ),
            models.CheckConstraint(
                name="outreach_stint_decided", condition=Q(state="told", decided_by="") | ~Q(decided_by="")
            ),
        ]
        indexes = [models.Index(fields=["county", "volunteer", "done_on"], name="outreach_stint_volunteer")]
