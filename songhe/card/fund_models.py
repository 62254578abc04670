"""The funds behind the cards: what each is for, what it may buy, who gave, who decided, what was put in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.ledger.models import Account
from songhe.ledger.models import Fund as Books


class Source(models.TextChoices):
    """The four who give 四个一点; the Disabled Persons' Federation is public money with a purpose of its own."""

    FINANCE = "finance", "财政资金"
    DISABLED = "disabled", "残联资金"
    COLLECTIVE = "collective", "村（社区）集体资金"
    CHARITY = "charity", "慈善资金"
    FAMILY = "family", "家庭资金"


class Level(models.TextChoices):
    CENTRAL = "central", "中央"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class Fund(CountyRow):
    """Money of one giver with its own recipients, purposes, expiry, rank and refund rule.

    ``account`` is what may still be given out (floor 0). ``inflow`` is where the money comes from: its floor is minus
    the ceiling, so that the database itself refuses more. ``rates`` says what is charged every month for each standard:
    ``{"low_income_service": "1/1"}`` a share of the pack's amount, ``{"class_1": 3000}`` fen of its own. ``slot`` tells
    the funds of a county apart in derived ids.
    """

    class Expiry(models.TextChoices):
        MONTH_END = "month_end", "当月有效"
        PERIOD_END = "period_end", "期末清零"
        NEVER = "never", "长期有效"

    class Refund(models.TextChoices):
        FUND = "fund", "退回原资金池"
        HEIRS = "heirs", "退给继承人"

    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=10, choices=Source.choices)
    level = models.CharField(max_length=8, choices=Level.choices)
    place = models.CharField(max_length=12)
    books = CountyKey(Books)
    account = CountyKey(Account)
    inflow = CountyKey(Account)
    slot = models.IntegerField()
    classes = models.JSONField(default=list)
    rates = models.JSONField(default=dict)
    expiry = models.CharField(max_length=10, choices=Expiry.choices)
    period_months = models.IntegerField(null=True)
    late_days = models.IntegerField(default=0)
    rank = models.IntegerField(default=0)
    refund = models.CharField(max_length=6, choices=Refund.choices)
    matches = models.BooleanField(default=False)
    opened_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "code"], name="card_fund_code"),
            models.UniqueConstraint(fields=["county", "slot"], name="card_fund_slot"),
            models.UniqueConstraint(fields=["county", "id", "source"], name="card_fund_of_source"),
            models.UniqueConstraint(
                fields=["county"], condition=Q(source="family", closed_on=None), name="card_fund_one_family"
            ),
            models.CheckConstraint(name="card_fund_two_people", condition=~Q(opened_by=F("approved_by"))),
            models.CheckConstraint(name="card_fund_slot_fits", condition=Q(slot__gte=1, slot__lte=0xFFFF)),
            models.CheckConstraint(
                name="card_fund_period",
                condition=Q(expiry="period_end", period_months__in=[2, 3, 4, 6, 12])
                | (~Q(expiry="period_end") & Q(period_months=None)),
            ),
            models.CheckConstraint(
                name="card_fund_family",
                condition=(Q(source="family", expiry="never", refund="heirs", matches=False))
                | (~Q(source="family") & Q(refund="fund")),
            ),
            models.CheckConstraint(
                name="card_fund_matches", condition=Q(matches=False) | Q(source="charity", expiry="never", rates={})
            ),
        ]


class Allowed(CountyRow):
    """A fund may buy this category (``*``: everything), to the day ``until`` (None: on and on). A draw points here."""

    fund = CountyKey(Fund)
    category = models.CharField(max_length=12)
    until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "fund", "category"], name="card_allowed_once")]


class Decision(CountyRow):
    """Villagers decided to give a share of the collective's income: when, who was there, how they voted, the paper."""

    fund = CountyKey(Fund)
    held_on = models.DateField()
    body = models.CharField(max_length=40)
    present = models.JSONField(default=list)
    entitled = models.IntegerField()
    attended = models.IntegerField()
    votes_for = models.IntegerField()
    votes_against = models.IntegerField()
    abstained = models.IntegerField()
    resolution = models.CharField(max_length=300)
    amount_fen = models.BigIntegerField()
    document_no = models.CharField(max_length=80)
    paper = CountyKey(StoredFile, null=True)
    recorded_by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "fund", "document_no"], name="card_decision_document"),
            models.CheckConstraint(
                name="card_decision_votes",
                condition=Q(
                    attended=F("votes_for") + F("votes_against") + F("abstained"),
                    votes_for__gte=0,
                    votes_against__gte=0,
                    abstained__gte=0,
                    entitled__gte=F("attended"),
                ),
            ),
            models.CheckConstraint(
                name="card_decision_carried", condition=Q(votes_for__gt=F("votes_against") + F("abstained"))
            ),
            models.CheckConstraint(name="card_decision_amount", condition=Q(amount_fen__gt=0)),
        ]


class Donation(CountyRow):
    """A gift to a charity fund: by whom, how much, when, its receipt. ``named`` False: the giver stays unnamed."""

    class Giver(models.TextChoices):
        PERSON = "person", "个人"
        COMPANY = "company", "企业"
        ORGANISATION = "organisation", "社会组织"
        UNKNOWN = "unknown", "匿名"

    fund = CountyKey(Fund)
    giver = models.CharField(max_length=12, choices=Giver.choices)
    name = models.CharField(max_length=80, blank=True)
    named = models.BooleanField(default=True)
    amount_fen = models.BigIntegerField()
    given_on = models.DateField()
    receipt_no = models.CharField(max_length=40)
    wish = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "receipt_no"], name="card_donation_receipt"),
            models.UniqueConstraint(fields=["county", "id", "fund", "amount_fen"], name="card_donation_of_fund"),
            models.CheckConstraint(name="card_donation_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(name="card_donation_name", condition=~Q(name="") | Q(giver="unknown")),
        ]


class Allotment(CountyRow):
    """Money that one person wants put into a fund, or below zero taken out again; another decides.

    A collective's money stands on a decision of its villagers, a charity's on a gift; the database holds both.
    """

    class State(models.TextChoices):
        OPEN = "open", "待批准"
        APPROVED = "approved", "已批准"
        DECLINED = "declined", "未批准"

    fund_id = models.UUIDField()
    source = models.CharField(max_length=10, choices=Source.choices)
    amount_fen = models.BigIntegerField()
    document_no = models.CharField(max_length=80)
    decision = CountyKey(Decision, null=True)
    donation_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            CompositeReference(
                name="card_allotment_of_source",
                columns=("county", "fund_id", "source"),
                to="card.Fund",
                to_columns=("county", "id", "source"),
            ),
            CompositeReference(
                name="card_allotment_gift",
                columns=("county", "donation_id", "fund_id", "amount_fen"),
                to="card.Donation",
                to_columns=("county", "id", "fund_id", "amount_fen"),
            ),
            models.CheckConstraint(name="card_allotment_amount", condition=~Q(amount_fen=0)),
            models.CheckConstraint(name="card_allotment_not_family", condition=~Q(source="family")),
            models.CheckConstraint(
                name="card_allotment_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="card_allotment_decided",
                condition=~Q(source="collective") | Q(amount_fen__lt=0) | Q(decision__isnull=False),
            ),
            models.CheckConstraint(
                name="card_allotment_given", condition=~Q(source="charity") | Q(donation_id__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["county", "donation_id"], condition=~Q(state="declined"), name="card_allotment_gift_once"
            ),
        ]
        indexes = [models.Index(fields=["county", "fund_id", "state"], name="card_allotment_fund")]
