"""Applications, the right they end in, what ends it, and what may be said against a decision."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.access.scope import ScopedManager
from songhe.assessment.models import Assessment
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.eligibility.models import Determination
from songhe.person.models import Event, Mandate, Person
from songhe.provider.models import Provider


class Application(CountyRow):
    """A person asks for a programme. ``state`` moves as ``songhe.entitlement.states`` says."""

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已提交"
        CLARIFYING = "clarifying", "待补正"
        ASSESSING = "assessing", "评估中"
        DETERMINED = "determined", "待审核"
        REVIEWED = "reviewed", "待批准"
        PUBLISHED = "published", "公示中"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "不予批准"
        WITHDRAWN = "withdrawn", "已撤回"
        LAPSED = "lapsed", "已终止"

    class Channel(models.TextChoices):
        ONLINE = "online", "本人网上"
        PROXY = "proxy", "代办"
        COUNTER = "counter", "窗口"
        ASSISTED = "assisted", "村(社区)协助"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    policy = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    mandate = CountyKey(Mandate, null=True)
    self_rating = models.JSONField(null=True)
    assessment_wish = models.JSONField(null=True)
    category = models.CharField(max_length=20, blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    pledge_signed_on = models.DateField(null=True)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_on = models.DateField(null=True)
    assessment = CountyKey(Assessment, null=True)
    determination = CountyKey(Determination, null=True)
    question = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    reviewed_by = models.CharField(max_length=64, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    review_note = models.CharField(max_length=500, blank=True)
    publish_from = models.DateField(null=True)
    publish_to = models.DateField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_on = models.DateField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    version = models.IntegerField(default=1)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="entitlement_application_no"),
            models.UniqueConstraint(
                fields=["county", "person", "policy"],
                condition=Q(
                    state__in=["draft", "submitted", "clarifying", "assessing", "determined", "reviewed", "published"]
                ),
                name="entitlement_application_open_once",
            ),
            models.CheckConstraint(
                name="entitlement_application_two_people",
                condition=Q(decided_by="") | Q(reviewed_by="") | ~Q(decided_by=F("reviewed_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "state", "opened_at"], name="entitlement_inbox"),
            models.Index(fields=["county", "person"], name="entitlement_app_person"),
        ]


class Material(CountyRow):
    """A paper or a photograph handed in with an application, under what it is for."""

    class Kind(models.TextChoices):
        ID_FRONT = "id_front", "证件正面"
        ID_BACK = "id_back", "证件背面"
        PHOTO = "photo", "本人近照"
        RESIDENCE = "residence", "居住证明"
        MEDICAL = "medical", "诊断或病历"
        PAPER_FORM = "paper_form", "纸质申请表"
        OTHER = "other", "其他材料"

    leaf = True

    application = CountyKey(Application)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    file = CountyKey(StoredFile)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county", "application"], name="entitlement_material_of")]


class Entitlement(CountyRow):
    """The granted right. Vouchers are issued for months from ``first_month`` to ``last_month`` while it is active.

    ``category``, ``provider`` and ``claims`` are the standing choice that repeats from month to month; where a place
    wants its vouchers claimed, each month is claimed by hand unless ``claims`` says otherwise. ``last_month``
    is empty while it is in force, whatever the programme's window: an extension by a new notice needs nothing here.
    """

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class State(models.TextChoices):
        ACTIVE = "active", "有效"
        SUSPENDED = "suspended", "暂停"
        STOPPED = "stopped", "终止"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    identity = models.UUIDField()
    policy = models.CharField(max_length=40)
    application = CountyKey(Application, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    approved_on = models.DateField()
    approved_by = models.CharField(max_length=64)
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7, blank=True)
    first_due_on = models.DateField(null=True)
    level = models.IntegerField()
    category = models.CharField(max_length=20, blank=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    claims = models.BooleanField(default=False)
    suspended_because = models.CharField(max_length=200, blank=True)
    stopped_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="entitlement_no"),
            models.UniqueConstraint(
                fields=["county", "person", "policy"], condition=~Q(state="stopped"), name="entitlement_one_in_force"
            ),
        ]
        indexes = [
            models.Index(fields=["county", "policy", "state", "approved_on", "no"], name="entitlement_to_issue"),
            models.Index(fields=["county", "person"], name="entitlement_person"),
            models.Index(fields=["county", "application"], name="entitlement_of"),
        ]


class Ending(CountyRow):
    """An ending on its way: reported, verified by the county, then made; the month after is the first without."""

    class Because(models.TextChoices):
        DEATH = "death", "去世"
        RECOVERY = "recovery", "能力恢复"
        MOVE = "move", "迁居"
        EXCLUDED = "excluded", "享受其他待遇"
        WISH = "wish", "本人放弃"
        FRAUD = "fraud", "骗取待遇"
        PROGRAMME = "programme", "项目期满"

    leaf = True

    entitlement = CountyKey(Entitlement)
    event = CountyKey(Event, null=True)
    because = models.CharField(max_length=20, choices=Because.choices)
    happened_on = models.DateField()
    reported_by = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    verified_by = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    refuted_at = models.DateTimeField(null=True)
    refuted_by = models.CharField(max_length=64, blank=True)
    undone_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    last_month = models.CharField(max_length=7, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "entitlement", "because"],
                condition=Q(made_at=None, refuted_at=None),
                name="entitlement_ending_reported_once",
            ),
            models.CheckConstraint(
                name="entitlement_ending_two_people", condition=Q(verified_by="") | ~Q(verified_by=F("reported_by"))
            ),
        ]
        indexes = [models.Index(fields=["county", "entitlement"], name="entitlement_ending_of")]


class Letter(CountyRow):
    """The written decision: its reasons, the law, and how to appeal. ``body`` is kept as it was sent."""

    leaf = True

    no = models.CharField(max_length=24)
    application = CountyKey(Application)
    kind = models.CharField(max_length=12)
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "no"], name="entitlement_letter_no")]


class Appeal(CountyRow):
    """Against a decision; answered by somebody who did not make it. ``against``: the accounts that did."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "申诉成立"
        REJECTED = "rejected", "维持原决定"

    leaf = True

    application = CountyKey(Application)
    grounds = models.CharField(max_length=1000)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    due_on = models.DateField(null=True)
    against = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "application"], condition=Q(answered_at=None), name="entitlement_appeal_open_once"
            )
        ]
