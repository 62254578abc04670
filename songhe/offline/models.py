"""Devices admitted for work without a network, what they promised by day, their slips, and what went wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.card.models import Card
from songhe.card.models import Hold as CardHold
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.provider.models import Provider
from songhe.redemption.models import Bill


class Device(CountyRow):
    """A merchant's device with its public key: asked for by the merchant, given its limits by one person of the county
    and admitted by another.

    ``card_fen`` is guaranteed for a card, merchant and day, ``day_fen`` for the device and day; slips count that come
    in within ``hours``. ``last_counter``, ``last_digest`` ("" after a gap) and ``last_made_at`` are of the last slip.
    """

    class State(models.TextChoices):
        ASKED = "asked", "已申请"
        PROPOSED = "proposed", "待审批"
        ADMITTED = "admitted", "已准入"
        DECLINED = "declined", "未准入"
        ENDED = "ended", "已停用"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    public_key = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    card_fen = models.BigIntegerField(default=0)
    day_fen = models.BigIntegerField(default=0)
    hours = models.IntegerField(default=0)
    helps = models.JSONField(default=list)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=64, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    admitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    last_counter = models.BigIntegerField(default=0)
    last_digest = models.CharField(max_length=64, blank=True)
    last_made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "public_key"], name="offline_device_key"),
            models.CheckConstraint(
                name="offline_device_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="offline_device_limits",
                condition=Q(state__in=["asked", "declined"])
                | Q(card_fen__gt=0, day_fen__gte=F("card_fen"), hours__gte=1, hours__lte=72),
            ),
            models.CheckConstraint(
                name="offline_device_admitted", condition=~Q(state="admitted") | Q(admitted_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["county", "provider", "state"], name="offline_device_of"),
            models.Index(fields=["county", "state"], name="offline_device_state"),
        ]


class DeviceDay(CountyRow):
    """What the county guarantees for a device's slips of a day, and what of it the county has borne. Held by the
    database: never more promised than ``most_fen``, never more borne than promised."""

    leaf = True

    device = CountyKey(Device)
    on = models.DateField()
    most_fen = models.BigIntegerField()
    promised_fen = models.BigIntegerField(default=0)
    borne_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "device", "on"], name="offline_device_day_once"),
            models.CheckConstraint(
                name="offline_device_day_bound",
                condition=Q(promised_fen__gte=0, promised_fen__lte=F("most_fen")),
            ),
            models.CheckConstraint(
                name="offline_device_day_borne", condition=Q(borne_fen__gte=0, borne_fen__lte=F("promised_fen"))
            ),
        ]


class CardDay(CountyRow):
    """What the county guarantees for a card at a merchant on a day, whatever the devices."""

    leaf = True

    card = CountyKey(Card)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    on = models.DateField()
    most_fen = models.BigIntegerField()
    promised_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "card", "provider", "on"], name="offline_card_day_once"),
            models.CheckConstraint(
                name="offline_card_day_bound", condition=Q(promised_fen__gte=0, promised_fen__lte=F("most_fen"))
            ),
        ]


class Slip(CountyRow):
    """What a device signed while it had no network. ``text`` is what was signed; the rest is read from it.

    ``guaranteed_fen``: so much of it the county guarantees. ``short_fen``: so much of its bill no purse paid.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待前面的单据"
        BOOKED = "booked", "已入账"
        TROUBLED = "troubled", "异常"

    device = CountyKey(Device)
    counter = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    text = models.CharField(max_length=400)
    signature = models.CharField(max_length=128)
    card_no = models.CharField(max_length=100)
    item = models.CharField(max_length=30)
    quantity = models.IntegerField()
    amount_fen = models.BigIntegerField()
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    hold = CountyKey(CardHold, null=True)
    bill = CountyKey(Bill, null=True)
    guaranteed_fen = models.BigIntegerField(default=0)
    short_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "device", "counter"], name="offline_slip_once"),
            models.UniqueConstraint(fields=["county", "bill"], name="offline_slip_bill"),
            models.CheckConstraint(
                name="offline_slip_amounts",
                condition=Q(
                    counter__gt=0,
                    amount_fen__gt=0,
                    quantity__gt=0,
                    guaranteed_fen__gte=0,
                    guaranteed_fen__lte=F("amount_fen"),
                    short_fen__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="offline_slip_booked",
                condition=Q(state="booked", bill__isnull=False) | (~Q(state="booked") & Q(bill=None)),
            ),
        ]
        indexes = [models.Index(fields=["county", "device", "state"], name="offline_slip_state")]


class Trouble(CountyRow):
    """A slip, or a message that is none, with which a person has to deal: why, how much, and who bears it.

    ``about`` is the digest of the message (or says which counters are missing), so that one message is kept once.
    The county bears ``most_fen`` at most; ``back_fen`` of it came back because the slip's bill was reversed since.
    """

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        DECIDED = "decided", "已处理"

    class Bearer(models.TextChoices):
        MERCHANT = "merchant", "商家承担"
        COUNTY = "county", "县担保资金承担"
        CARD = "card", "由卡支付"
        NOBODY = "nobody", "无损失"

    device = CountyKey(Device)
    slip = CountyKey(Slip, null=True)
    code = models.CharField(max_length=60)
    about = models.CharField(max_length=64)
    said = models.JSONField(default=dict)
    received_at = models.DateTimeField()
    amount_fen = models.BigIntegerField(default=0)
    most_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    bearer = models.CharField(max_length=8, choices=Bearer.choices, blank=True)
    borne_fen = models.BigIntegerField(default=0)
    back_fen = models.BigIntegerField(default=0)
    because = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "device", "about", "code"], name="offline_trouble_once"),
            models.CheckConstraint(
                name="offline_trouble_bound",
                condition=Q(
                    back_fen__gte=0,
                    back_fen__lte=F("borne_fen"),
                    borne_fen__lte=F("most_fen"),
                    most_fen__lte=F("amount_fen"),
                ),
            ),
            models.CheckConstraint(
                name="offline_trouble_borne", condition=Q(borne_fen=0) | Q(bearer="county", state="decided")
            ),
            models.CheckConstraint(
                name="offline_trouble_decided",
                condition=Q(state="open", bearer="", decided_at=None)
                | (Q(state="decided") & ~Q(bearer="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["county", "state", "received_at"], name="offline_trouble_open")]


class Endowment(CountyRow):
    """Money that the county puts into its guarantee: proposed by one person, approved by another."""

    class State(models.TextChoices):
        OPEN = "open", "待审批"
        APPROVED = "approved", "已到账"
        DECLINED = "declined", "未批准"

    leaf = True

    amount_fen = models.BigIntegerField()
    document_no = models.CharField(max_length=80)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="offline_endowment_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(
                name="offline_endowment_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="offline_endowment_decided",
                condition=Q(state="open", decided_by="") | (~Q(state="open") & ~Q(decided_by="")),
            ),
        ]
