"""Cards and their purses, top-ups and matches; holds, funds, PINs and faces stand in models of their own.

Balances are in the ledger.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.card.face_models import Face
from songhe.card.fund_models import Allotment, Allowed, Decision, Donation, Fund, Level, Source
from songhe.card.hold_models import Hold, HoldPart
from songhe.card.hold_order_models import ItemOrder
from songhe.card.pin_models import Pin
from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.ledger.models import Account
from songhe.person.models import Mandate, Medium, Person
from songhe.provider.models import Provider

__all__ = [
    "Allotment",
    "Allowed",
    "Card",
    "Charge",
    "Decision",
    "Donation",
    "Draw",
    "Face",
    "Fund",
    "GivenBack",
    "HeirPayment",
    "Hold",
    "HoldPart",
    "ItemOrder",
    "Level",
    "Match",
    "MatchCount",
    "Pin",
    "Purse",
    "Refund",
    "Source",
    "Standing",
    "TopUp",
]


class Card(CountyRow):
    """One person's love card: its class, its attributes, its state. ``medium`` is the card that is shown now."""

    class State(models.TextChoices):
        ACTIVE = "active", "正常"
        LOST = "lost", "挂失"
        FROZEN = "frozen", "冻结"
        CLOSED = "closed", "注销"

    class Authorised(models.TextChoices):
        ELDER = "elder", "本人"
        AGENT = "agent", "代办人"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    medium = CountyKey(Medium)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    card_class = models.IntegerField(default=3)
    elder = models.BooleanField(default=False)
    veteran = models.BooleanField(default=False)
    bus = models.BooleanField(default=False)
    authorised = models.CharField(max_length=5, choices=Authorised.choices)
    mandate = CountyKey(Mandate, null=True)
    opened_by = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="card_card_no"),
            models.UniqueConstraint(
                fields=["county", "person"], condition=~Q(state="closed"), name="card_card_one_a_person"
            ),
            models.CheckConstraint(name="card_card_class", condition=Q(card_class__gte=1, card_class__lte=4)),
            models.CheckConstraint(
                name="card_card_agent", condition=Q(authorised="elder") | Q(authorised="agent", mandate__isnull=False)
            ),
            models.CheckConstraint(
                name="card_card_closed",
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on=None)),
            ),
        ]
        indexes = [models.Index(fields=["county", "person"], name="card_card_person")]


class Standing(CountyRow):
    """A card is under a standard of the pack, and so gets its monthly amount, from a month to a month ("" : open)."""

    leaf = True

    card = CountyKey(Card)
    standard = models.CharField(max_length=40)
    first_month = models.CharField(max_length=7)
    last_month = models.CharField(max_length=7, blank=True)
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "card", "standard", "first_month"], name="card_standing_once"),
            models.CheckConstraint(
                name="card_standing_ends_after", condition=Q(last_month="") | Q(last_month__gte=F("first_month"))
            ),
        ]


class Purse(CountyRow):
    """A card's money of one fund for one period (``period``: its first month, "" for one that never ends)."""

    class State(models.TextChoices):
        ACTIVE = "active", "可用"
        EXPIRED = "expired", "已到期"
        FOR_HEIRS = "for_heirs", "待退继承人"
        CLOSED = "closed", "已结清"

    card = CountyKey(Card)
    fund = CountyKey(Fund)
    period = models.CharField(max_length=7, blank=True)
    account = CountyKey(Account)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ACTIVE)
    valid_from = models.DateField()
    valid_to = models.DateField()
    book_until = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "card", "fund", "period"], name="card_purse_once"),
            models.UniqueConstraint(fields=["county", "account"], name="card_purse_account"),
            models.UniqueConstraint(fields=["county", "id", "fund", "valid_to"], name="card_purse_of_fund"),
            models.CheckConstraint(
                name="card_purse_span", condition=Q(valid_to__gte=F("valid_from"), book_until__gte=F("valid_from"))
            ),
        ]
        indexes = [models.Index(fields=["county", "fund", "state", "book_until"], name="card_purse_due")]


class Charge(CountyRow):
    """What a purse got for a month, once. ``batch`` is the chunk of the run that made it."""

    leaf = True

    purse = CountyKey(Purse)
    fund = CountyKey(Fund)
    month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField()
    batch = models.UUIDField()
    pack = models.CharField(max_length=80, blank=True)
    version = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "purse", "month"], name="card_charge_once"),
            models.CheckConstraint(name="card_charge_amount", condition=Q(amount_fen__gt=0)),
        ]
        indexes = [models.Index(fields=["county", "batch"], name="card_charge_batch")]


class Draw(CountyRow):
    """A purse paid so much of one line (``about``) at a provider. It points at the fund's allow list and at the purse
    with its last day, so that restricted money can be spent on nothing else, and at no other time. ``from_fund``: a
    line was booked anew when its purse had ended, and the fund paid in its stead. Without a purse the fund paid its
    part of the line by itself, for ``person``."""

    purse_id = models.UUIDField(null=True)
    person = CountyKey(Person, null=True)
    fund_id = models.UUIDField()
    valid_to = models.DateField()
    allowed = models.CharField(max_length=12)
    category = models.CharField(max_length=12)
    amount_fen = models.BigIntegerField()
    about = models.UUIDField()
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    service_on = models.DateField()
    from_fund = models.BooleanField(default=False)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            CompositeReference(
                name="card_draw_purse",
                columns=("county", "purse_id", "fund_id", "valid_to"),
                to="card.Purse",
                to_columns=("county", "id", "fund_id", "valid_to"),
            ),
            CompositeReference(
                name="card_draw_allowed",
                columns=("county", "fund_id", "allowed"),
                to="card.Allowed",
                to_columns=("county", "fund_id", "category"),
            ),
            models.UniqueConstraint(fields=["county", "about", "purse_id"], name="card_draw_once"),
            models.UniqueConstraint(
                fields=["county", "about", "fund_id"], condition=Q(purse_id=None), name="card_draw_part_once"
            ),
            models.CheckConstraint(
                name="card_draw_part",
                condition=Q(purse_id__isnull=False, person__isnull=True)
                | Q(purse_id__isnull=True, person__isnull=False, from_fund=True),
            ),
            models.CheckConstraint(name="card_draw_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(name="card_draw_on_the_list", condition=Q(allowed="*") | Q(allowed=F("category"))),
            models.CheckConstraint(name="card_draw_in_time", condition=Q(service_on__lte=F("valid_to"))),
        ]
        indexes = [
            models.Index(fields=["county", "fund_id", "at"], name="card_draw_fund"),
            models.Index(fields=["county", "purse_id"], name="card_draw_of"),
        ]


class GivenBack(CountyRow):
    """A draw undone, whole and once; ``restored``: into the purse, else, when that has ended, to its fund."""

    leaf = True

    draw = CountyKey(Draw)
    restored = models.BooleanField()
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "draw"], name="card_given_back_once")]


class TopUp(CountyRow):
    """Money that a family pays onto a card through a payment service. ``refunded_fen`` never exceeds what came in."""

    class State(models.TextChoices):
        WAITING = "waiting", "待支付"
        PAID = "paid", "已到账"
        CANCELLED = "cancelled", "已取消"

    no = models.CharField(max_length=24)
    card = CountyKey(Card)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    payment_no = models.CharField(max_length=64, null=True)
    paid_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    refunded_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="card_topup_no"),
            models.UniqueConstraint(fields=["county", "payment_no"], name="card_topup_payment"),
            models.UniqueConstraint(fields=["county", "id", "amount_fen"], name="card_topup_amount_of"),
            models.CheckConstraint(name="card_topup_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="card_topup_refunded", condition=Q(refunded_fen__gte=0, refunded_fen__lte=F("amount_fen"))
            ),
            models.CheckConstraint(
                name="card_topup_paid",
                condition=Q(state="paid", payment_no__isnull=False)
                | (~Q(state="paid") & Q(payment_no=None, refunded_fen=0)),
            ),
        ]
        indexes = [models.Index(fields=["county", "card"], name="card_topup_card")]


class MatchCount(CountyRow):
    """How much charity has matched of a person's top-ups in a month; the database keeps it under the cap."""

    leaf = True

    person = CountyKey(Person)
    month = models.CharField(max_length=7)
    matched_fen = models.BigIntegerField(default=0)
    cap_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "person", "month"], name="card_match_count_once"),
            models.CheckConstraint(
                name="card_match_count_cap", condition=Q(matched_fen__gte=0, matched_fen__lte=F("cap_fen"))
            ),
        ]


class Match(CountyRow):
    """What a charity fund gave for one top-up, never more than the top-up itself; ``back_fen`` was taken back."""

    leaf = True

    topup_id = models.UUIDField()
    topup_fen = models.BigIntegerField()
    fund = CountyKey(Fund)
    purse = CountyKey(Purse)
    month = models.CharField(max_length=7)
    ratio = models.CharField(max_length=12)
    amount_fen = models.BigIntegerField()
    back_fen = models.BigIntegerField(default=0)
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=12)

    class Meta:
        constraints = [
            CompositeReference(
                name="card_match_topup",
                columns=("county", "topup_id", "topup_fen"),
                to="card.TopUp",
                to_columns=("county", "id", "amount_fen"),
            ),
            models.UniqueConstraint(fields=["county", "topup_id", "fund"], name="card_match_once"),
            models.CheckConstraint(
                name="card_match_within_topup", condition=Q(amount_fen__gt=0, amount_fen__lte=F("topup_fen"))
            ),
            models.CheckConstraint(name="card_match_back", condition=Q(back_fen__gte=0, back_fen__lte=F("amount_fen"))),
        ]


class Refund(CountyRow):
    """Money of a top-up that goes back to who paid it; ``back_fen`` is the match that was taken back with it."""

    topup = CountyKey(TopUp)
    no = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    back_fen = models.BigIntegerField()
    because = models.CharField(max_length=200)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="card_refund_no"),
            models.CheckConstraint(name="card_refund_amount", condition=Q(amount_fen__gt=0, back_fen__gte=0)),
        ]
        indexes = [models.Index(fields=["county", "topup"], name="card_refund_of")]


class HeirPayment(CountyRow):
    """A family's money left on the card of somebody who died, paid to an heir: one person says so, another approves."""

    class State(models.TextChoices):
        OPEN = "open", "待批准"
        PAID = "paid", "已退"
        DECLINED = "declined", "未批准"

    purse = CountyKey(Purse)
    amount_fen = models.BigIntegerField()
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=20)
    evidence = models.CharField(max_length=200)
    paper = CountyKey(StoredFile, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="card_heir_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="card_heir_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.UniqueConstraint(fields=["county", "purse"], condition=Q(state="open"), name="card_heir_open_once"),
        ]
