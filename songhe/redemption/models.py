"""Bills and their lines, each shared between those who pay it, and the verdict without which nothing is settled."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.aid.models import Rent
from songhe.assessment.models import Assessment
from songhe.card.models import Card
from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.grant.models import Grant
from songhe.meal.models import Line as MealLine
from songhe.person.models import Person
from songhe.provider.models import Item, Provider, Upgrade
from songhe.service.models import Stay, Visit

#: Who pays a bill and each of its lines, in the order of payment.
SUM_OF_PARTS = F("ltci_fen") + F("other_fen") + F("voucher_fen") + F("credit_fen") + F("purse_fen") + F("self_fen")


class Bill(CountyRow):
    """What a provider asks of a person for services of one month. ``fee_fen`` is the sum of who pays.

    ``grant`` is the voucher that may pay, ``card`` the card whose purses may; a bill without a voucher has a card.
    ``handed_in`` waits for the month run; ``provisional`` is booked but LTCI's part is not known yet. ``served_in``
    is the county that pays the provider, where that is another one: the card alone pays, and the counties clear it.
    """

    class State(models.TextChoices):
        HANDED_IN = "handed_in", "待入账"
        PROVISIONAL = "provisional", "暂记"
        BOOKED = "booked", "已入账"
        REVERSED = "reversed", "已冲正"
        REFUSED = "refused", "被退回"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    month = models.CharField(max_length=7)
    category = models.CharField(max_length=20)
    grant = CountyKey(Grant, null=True)
    card = CountyKey(Card, null=True)
    state = models.CharField(max_length=12, choices=State.choices)
    fee_fen = models.BigIntegerField()
    ltci_fen = models.BigIntegerField(default=0)
    other_fen = models.BigIntegerField(default=0)
    voucher_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    purse_fen = models.BigIntegerField(default=0)
    self_fen = models.BigIntegerField(default=0)
    request = models.JSONField(default=dict)
    identified_by = models.CharField(max_length=12)
    confirmed_by = models.CharField(max_length=16, blank=True)
    replaces = CountyKey("redemption.Bill", null=True)
    refusal = models.CharField(max_length=60, blank=True)
    made_by = models.CharField(max_length=64)
    handed_in_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    booked_on = models.DateField(null=True)
    served_in = models.CharField(max_length=6, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="redemption_bill_no"),
            models.UniqueConstraint(fields=["county", "replaces"], name="redemption_bill_replaced_once"),
            models.CheckConstraint(
                name="redemption_bill_sums",
                condition=Q(fee_fen=SUM_OF_PARTS),
            ),
            models.CheckConstraint(name="redemption_bill_card", condition=Q(purse_fen=0) | Q(card__isnull=False)),
            models.CheckConstraint(
                name="redemption_bill_served_in",
                condition=Q(served_in="") | (~Q(served_in=F("county")) & Q(grant__isnull=True, voucher_fen=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "provider", "month"], name="redemption_bill_provider"),
            models.Index(fields=["county", "person", "month"], name="redemption_bill_person"),
            models.Index(fields=["county", "state", "month"], name="redemption_bill_state"),
            models.Index(fields=["county", "served_in"], condition=~Q(served_in=""), name="redemption_bill_served_in"),
        ]


class Line(CountyRow):
    """One item on one service day, priced by the ratio and cap that the voucher carries. Never changed.

    ``base_fen`` = fee − LTCI − other public money, if in scope; ``voucher_fen`` ≤ base, half up, under the cap.
    ``grant_id`` with ``category`` points at the voucher **in that group**, so a used voucher cannot change its group.
    ``off_fen`` is what the merchant took off before; ``upgrade``: the line is what an upgraded item costs more than its
    base item, which no public money pays. What each purse paid of the line stands in ``card.Draw``.
    """

    bill = CountyKey(Bill)
    number = models.IntegerField()
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    service_on = models.DateField()
    quantity = models.IntegerField()
    price_fen = models.BigIntegerField()
    off_fen = models.BigIntegerField(default=0)
    upgrade = models.ForeignKey(Upgrade, models.PROTECT, null=True, related_name="+")
    in_scope = models.BooleanField()
    fee_fen = models.BigIntegerField()
    ltci_fen = models.BigIntegerField()
    other_fen = models.BigIntegerField()
    base_fen = models.BigIntegerField()
    voucher_fen = models.BigIntegerField()
    credit_fen = models.BigIntegerField(default=0)
    purse_fen = models.BigIntegerField(default=0)
    self_fen = models.BigIntegerField()
    grant_id = models.UUIDField(null=True)
    category = models.CharField(max_length=20)
    ratio = models.CharField(max_length=12, blank=True)
    cap_fen = models.BigIntegerField(null=True)
    pack = models.CharField(max_length=80, blank=True)
    version = models.CharField(max_length=12, blank=True)
    steps = models.JSONField(default=list)
    visit = CountyKey(Visit, null=True)
    stay = CountyKey(Stay, null=True)
    assessment = CountyKey(Assessment, null=True)
    meal = CountyKey(MealLine, null=True)
    rent = CountyKey(Rent, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "bill", "number"], name="redemption_line_number"),
            models.CheckConstraint(name="redemption_line_fee", condition=Q(fee_fen__gt=0)),
            models.CheckConstraint(
                name="redemption_line_sums",
                condition=Q(fee_fen=SUM_OF_PARTS),
            ),
            models.CheckConstraint(
                name="redemption_line_parts",
                condition=Q(
                    ltci_fen__gte=0,
                    other_fen__gte=0,
                    voucher_fen__gte=0,
                    credit_fen__gte=0,
                    purse_fen__gte=0,
                    self_fen__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="redemption_line_within_base", condition=Q(voucher_fen__lte=F("base_fen"), base_fen__gte=0)
            ),
            CompositeReference(
                name="redemption_line_grant_in_group",
                columns=("county", "grant_id", "category"),
                to="grant.Grant",
                to_columns=("county", "id", "category"),
            ),
        ]
        indexes = [models.Index(fields=["county", "grant_id"], name="redemption_line_grant")]


class Reversal(CountyRow):
    """A line undone, whole and once: each payer gets back what it gave. ``restored`` says whether the voucher did."""

    line = CountyKey(Line)
    month = models.CharField(max_length=7)
    restored = models.BooleanField()
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "line"], name="redemption_line_reversed_once")]


class Verdict(CountyRow):
    """Whether the evidence of a line holds. A settlement line points at (line, 'pass'), so that nothing is settled
    without it and a settled verdict cannot flip; ``settled`` says so politely beforehand."""

    leaf = True

    line = CountyKey(Line)
    outcome = models.CharField(max_length=8)
    settled = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "line"], name="redemption_verdict_once"),
            models.UniqueConstraint(fields=["county", "line", "outcome"], name="redemption_verdict_outcome"),
            models.CheckConstraint(
                name="redemption_verdict_known", condition=Q(outcome__in=["pass", "fail", "pending"])
            ),
        ]
