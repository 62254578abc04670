"""What a person holds for a period, the national claim behind it, and the budget it comes out of."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey, new_id
from songhe.county.row import CountyRow
from songhe.entitlement.models import Entitlement
from songhe.ledger.models import Account
from songhe.person.models import Person
from songhe.provider.models import Provider


class Claim(models.Model):
    """One identity, one programme, one month, one county: who inserts it first may issue. A national row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    identity = models.UUIDField()
    programme = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    county = models.CharField(max_length=6)
    grant_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "programme", "month"], name="grant_claim_once")]


class Grant(CountyRow):
    """A voucher: for one person, programme and natural month, in one of four groups once ``category`` is chosen.

    ``terms`` are the ratio and cap of each group as issued ({"home": ["1/2", 80000], …}); they bind for its month.
    ``face_fen`` is what the purse was filled with; what is left stands in the purse and nowhere else.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "可用"
        EXPIRED = "expired", "已过期"
        REVOKED = "revoked", "已撤销"

    no = models.CharField(max_length=24)
    person = CountyKey(Person)
    identity = models.UUIDField()
    entitlement = CountyKey(Entitlement, null=True)
    programme = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    unit = models.CharField(max_length=8, default="fen")
    face_fen = models.BigIntegerField()
    terms = models.JSONField()
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=12)
    category = models.CharField(max_length=20, null=True)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, related_name="+")
    purse = CountyKey(Account)
    valid_from = models.DateField()
    valid_to = models.DateField()
    book_until = models.DateField()
    claimed = models.BooleanField(default=True)
    used_on = models.DateField(null=True)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="grant_no"),
            models.UniqueConstraint(
                fields=["county", "person", "programme", "month"], name="grant_one_voucher_a_month"
            ),
            models.UniqueConstraint(fields=["county", "id", "category"], name="grant_category"),
            models.UniqueConstraint(fields=["county", "purse"], name="grant_purse"),
            models.CheckConstraint(name="grant_face", condition=Q(face_fen__gt=0)),
            models.CheckConstraint(name="grant_span", condition=Q(valid_to__gte=F("valid_from"))),
        ]
        indexes = [models.Index(fields=["county", "programme", "month", "state"], name="grant_month")]


class Waiting(CountyRow):
    """An entitlement that got no voucher for a month, and why (budget, claimed elsewhere, not claimed)."""

    leaf = True

    entitlement = CountyKey(Entitlement)
    month = models.CharField(max_length=7)
    because = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "entitlement", "month"], name="grant_waiting_once")]


class Budget(CountyRow):
    """What a county may issue under a programme for a month; the database holds it as the floor of its account."""

    programme = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField()
    account = CountyKey(Account)
    set_by = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=64)
    document_no = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_budget_two_people", condition=~Q(set_by=F("approved_by"))),
            models.CheckConstraint(name="grant_budget_amount", condition=~Q(amount_fen=0)),
        ]
        indexes = [models.Index(fields=["county", "programme", "month"], name="grant_budget_month")]


class Hold(CountyRow):
    """Part of a voucher set aside for an order, until it is captured, released or times out."""

    class State(models.TextChoices):
        HELD = "held", "已预留"
        CAPTURED = "captured", "已入账"
        RELEASED = "released", "已释放"

    grant = CountyKey(Grant)
    account = CountyKey(Account)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="grant_hold_amount", condition=Q(amount_fen__gt=0))]
        indexes = [models.Index(fields=["county", "grant", "state"], name="grant_hold_of")]
