"""Institutions, community providers, assessment bodies and merchants; small tables, reached by ordinary keys."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Kind(models.TextChoices):
    INSTITUTION = "institution", "养老机构"
    COMMUNITY = "community", "社区养老服务机构"
    ASSESSMENT_BODY = "assessment_body", "评估机构"
    MERCHANT = "merchant", "爱心商家"


class Category(models.TextChoices):
    """The four groups of service; a voucher is for one of them a month (001, answer 10)."""

    INSTITUTION_LONG = "institution_long", "养老机构长期照护"
    INSTITUTION_SHORT = "institution_short", "养老机构短期喘息"
    DAY_CARE = "day_care", "日间托养"
    HOME = "home", "居家和社区服务"


class Evidence(models.TextChoices):
    """What shows that an item was really given."""

    VISIT = "visit", "上门记录"
    ATTENDANCE = "attendance", "到场签到"
    MEAL = "meal", "用餐记录"
    ESCORT = "escort", "陪同记录"
    STAY = "stay", "在住记录"
    ASSESSMENT = "assessment", "评估报告"
    SALE = "sale", "销售记录"


class Provider(models.Model):
    """A body that serves or assesses. ``place`` is the county where it stands, and decides "in the province"."""

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    credit_code = models.CharField(max_length=18, unique=True)
    credit_code_override = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=6)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    beds = models.IntegerField(default=0)
    filed_on = models.DateField(null=True)
    admitted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "kind"], name="provider_place")]

    def __str__(self) -> str:
        return self.name


class Listing(models.Model):
    """From which day to which day a county's voucher may be used there, for these groups; or a body is entrusted."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    county = models.CharField(max_length=6)
    categories = models.JSONField(default=list)
    contract_no = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    listed_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "provider", "valid_from"], name="provider_listing_once"),
            models.CheckConstraint(name="provider_listing_two_people", condition=~Q(listed_by=F("approved_by"))),
            models.CheckConstraint(
                name="provider_listing_ends_after",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]


class Suspension(models.Model):
    """No new elders and no new bills for services from ``since``; residents may stay until they have another place."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    county = models.CharField(max_length=6)
    since = models.DateField()
    until = models.DateField(null=True)
    residents_until = models.DateField(null=True)
    because = models.CharField(max_length=300)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "provider"], condition=Q(until=None), name="provider_suspension_open_once"
            ),
            models.CheckConstraint(
                name="provider_suspension_ends_after", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]


class Worker(models.Model):
    """A carer, an assessor, a cook or a manager of a provider. ``account`` is a username, reached by value."""

    class Job(models.TextChoices):
        CARER = "carer", "护理员"
        ASSESSOR = "assessor", "评估师"
        COOK = "cook", "厨师"
        MANAGER = "manager", "负责人"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    job = models.CharField(max_length=10, choices=Job.choices)
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=30)
    account = models.CharField(max_length=150, blank=True)
    practising_since = models.DateField(null=True)
    education = models.CharField(max_length=40, blank=True)
    trained_on = models.DateField(null=True)
    examined_on = models.DateField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "number"], name="provider_worker_number")]

    def __str__(self) -> str:
        return self.name


class Certificate(models.Model):
    """A qualification of a worker, with its expiry. ``file`` is the id of its scan in the provider's own county."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    file = models.UUIDField(null=True)


class Licence(models.Model):
    """What allows the body itself to work: its registration, its filing, fire safety, kitchen. With its expiry."""

    class Kind(models.TextChoices):
        BUSINESS = "business", "营业执照（登记证书）"
        FILING = "filing", "养老机构备案"
        FIRE = "fire", "消防验收（备案）"
        FOOD = "food", "食品经营许可"
        MEDICAL = "medical", "医疗机构执业许可"
        INSURANCE = "insurance", "责任保险"
        OTHER = "other", "其他"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    file = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "kind", "number", "valid_from"], name="provider_licence_once"),
            models.CheckConstraint(
                name="provider_licence_ends_after",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]


class Item(models.Model):
    """What a bill line may name: the catalogue of a place, by date. ``in_scope`` False is own pay on the same bill.

    ``help`` is what the funds of a card call it (``songhe.provider.help``). ``minutes``, ``steps`` and ``acceptance``
    are the standard of the service; where a place has set none they are empty.
    """

    place = models.CharField(max_length=6)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    category = models.CharField(max_length=20)
    help = models.CharField(max_length=12, blank=True)
    unit = models.CharField(max_length=16)
    evidence = models.CharField(max_length=12, choices=Evidence.choices)
    in_scope = models.BooleanField(default=True)
    least_minutes = models.IntegerField(default=0)
    minutes = models.IntegerField(null=True, blank=True)
    steps = models.JSONField(default=list, blank=True)
    acceptance = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "code", "valid_from"], name="provider_item_code"),
            models.CheckConstraint(name="provider_item_minutes", condition=Q(minutes__isnull=True) | Q(minutes__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What a provider asks for an item, in fen a unit, by date."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    price_fen = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "item", "valid_from"], name="provider_price_from"),
            models.CheckConstraint(name="provider_price_positive", condition=Q(price_fen__gt=0)),
            models.CheckConstraint(
                name="provider_price_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Opening(models.Model):
    """A span of a weekday (1 Monday … 7 Sunday) in which a place is open, in minutes after midnight in Beijing."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    weekday = models.IntegerField()
    opens = models.IntegerField()
    closes = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "weekday", "opens"], name="provider_opening_once"),
            models.CheckConstraint(
                name="provider_opening_span",
                condition=Q(weekday__gte=1, weekday__lte=7, opens__gte=0, closes__lte=1440, opens__lt=F("closes")),
            ),
        ]


class Upgrade(models.Model):
    """More than the item asks for, at a price of the provider's own: purses pay the base price, the elder the rest."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    base = models.ForeignKey(Item, models.PROTECT, related_name="+")
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    more = models.CharField(max_length=300)
    price_fen = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "code", "valid_from"], name="provider_upgrade_from"),
            models.CheckConstraint(name="provider_upgrade_positive", condition=Q(price_fen__gt=0)),
            models.CheckConstraint(name="provider_upgrade_says_more", condition=~Q(more="")),
            models.CheckConstraint(
                name="provider_upgrade_ends_after",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Partner(models.Model):
    """A county's white list of merchants that take the card: proposed by one person, decided by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审批"
        ADMITTED = "admitted", "已准入"
        DECLINED = "declined", "未准入"
        LEFT = "left", "已退出"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    county = models.CharField(max_length=6)
    helps = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    valid_from = models.DateField()
    last_day = models.DateField(null=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "provider"],
                condition=Q(state__in=["proposed", "admitted"]),
                name="provider_partner_once",
            ),
            models.CheckConstraint(
                name="provider_partner_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="provider_partner_decided",
                condition=Q(state="proposed", decided_by="") | (~Q(state="proposed") & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="provider_partner_ends_after",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["county", "state"], name="provider_partner_county")]


class Agreement(models.Model):
    """The cards of one county are taken in another, by the providers that are on its lists: proposed by one person,
    decided by another. The home county pays for its own elders; the serving county pays its providers and claims it.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待审批"
        AGREED = "agreed", "已生效"
        DECLINED = "declined", "未同意"
        ENDED = "ended", "已终止"

    home = models.CharField(max_length=6)
    serving = models.CharField(max_length=6)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    document_no = models.CharField(max_length=80)
    valid_from = models.DateField()
    last_day = models.DateField(null=True)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["home", "serving"],
                condition=Q(state__in=["proposed", "agreed"]),
                name="provider_agreement_once",
            ),
            models.CheckConstraint(name="provider_agreement_two_counties", condition=~Q(home=F("serving"))),
            models.CheckConstraint(
                name="provider_agreement_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="provider_agreement_decided",
                condition=Q(state="proposed", decided_by="") | (~Q(state="proposed") & ~Q(decided_by="")),
            ),
            models.CheckConstraint(
                name="provider_agreement_ends_after",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["serving", "state"], name="provider_agreement_serving")]

    @property
    def county(self) -> str:
        """The desk of the home county proposes, agrees and ends it."""
        return self.home


class Discount(models.Model):
    """What a merchant takes off: a part in the hundred or a fixed amount, of one kind of goods (``*``: of all)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    help = models.CharField(max_length=12)
    per_cent = models.IntegerField(null=True)
    off_fen = models.BigIntegerField(null=True)
    least_fen = models.BigIntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "help", "valid_from"], name="provider_discount_from"),
            models.CheckConstraint(
                name="provider_discount_one_way",
                condition=Q(per_cent__isnull=True, off_fen__gt=0)
                | Q(off_fen__isnull=True, per_cent__gte=1, per_cent__lte=100),
            ),
            models.CheckConstraint(name="provider_discount_least", condition=Q(least_fen__gte=0)),
            models.CheckConstraint(
                name="provider_discount_ends_after",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]


class BankAccount(models.Model):
    """Where a provider is paid: proposed by one person, approved by another, in force 72 hours later."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    holder = models.CharField(max_length=120)
    bank = models.CharField(max_length=80)
    number_cipher = models.BinaryField()
    last4 = models.CharField(max_length=4)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="provider_bank_account_two_people", condition=Q(approved_by="") | ~Q(approved_by=F("proposed_by"))
            )
        ]
