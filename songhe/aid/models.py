"""Aids and their prices, single pieces in stock, fittings, loans with their deposits and rents, checks, recalls."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.person.models import Person
from songhe.provider.models import Item, Provider


class Aid(models.Model):
    """A model of an aid in the catalogue of a place. ``clean_with`` says how a piece is disinfected between users."""

    place = models.CharField(max_length=6)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    group = models.CharField(max_length=12)
    sizes = models.JSONField(default=list)
    clean_with = models.CharField(max_length=200)
    clean_with_en = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "code", "valid_from"], name="aid_aid_code")]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """What a provider asks for an aid, in fen a day, and the deposit that it takes, by date."""

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    aid = models.ForeignKey(Aid, models.PROTECT, related_name="+")
    day_fen = models.BigIntegerField()
    deposit_fen = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "aid", "valid_from"], name="aid_offer_from"),
            models.CheckConstraint(name="aid_offer_amounts", condition=Q(day_fen__gt=0, deposit_fen__gte=0)),
            models.CheckConstraint(
                name="aid_offer_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Recall(CountyRow):
    """A model, or some of its pieces, must not be used: what is in stock is taken out, what is lent is fetched."""

    aid = models.ForeignKey(Aid, models.PROTECT, related_name="+")
    serials = models.JSONField(default=list)
    because = models.CharField(max_length=300)
    notice_no = models.CharField(max_length=80)
    on = models.DateField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "aid", "notice_no"], name="aid_recall_notice"),
            models.CheckConstraint(name="aid_recall_reason", condition=~Q(because="")),
        ]


class Piece(CountyRow):
    """One single piece at a provider, known by its serial number. ``recall`` stands while it waits to be made good."""

    class State(models.TextChoices):
        IN_STOCK = "in_stock", "在库"
        OUT = "out", "租出"
        CLEANING = "cleaning", "待消毒"
        REPAIR = "repair", "维修中"
        RETIRED = "retired", "报废"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    aid = models.ForeignKey(Aid, models.PROTECT, related_name="+")
    serial = models.CharField(max_length=40)
    size = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.IN_STOCK)
    stocked_on = models.DateField()
    recall = CountyKey(Recall, null=True)
    retired_on = models.DateField(null=True)
    retired_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "aid", "serial"], name="aid_piece_serial"),
            models.CheckConstraint(
                name="aid_piece_retired",
                condition=Q(state="retired", retired_on__isnull=False) | (~Q(state="retired") & Q(retired_on=None)),
            ),
            models.CheckConstraint(name="aid_piece_recalled", condition=Q(recall=None) | ~Q(state="in_stock")),
        ]
        indexes = [models.Index(fields=["county", "provider", "state"], name="aid_piece_stock")]


class Fitting(CountyRow):
    """Somebody needs an aid: asked for, assessed at home by a fitter, tried, taken or not."""

    scope_paths = {"divisions": "county", "persons": "person_id"}

    class State(models.TextChoices):
        ASKED = "asked", "待评估"
        ASSESSED = "assessed", "待试用"
        TRIED = "tried", "待决定"
        ACCEPTED = "accepted", "已选定"
        DECLINED = "declined", "没有选用"
        FITTED = "fitted", "已交付"

    person = CountyKey(Person)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    wish = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    aid = models.ForeignKey(Aid, models.PROTECT, null=True, related_name="+")
    size = models.CharField(max_length=20, blank=True)
    need = models.CharField(max_length=300, blank=True)
    home = models.CharField(max_length=500, blank=True)
    fitter = models.CharField(max_length=64, blank=True)
    assessed_on = models.DateField(null=True)
    trial = models.CharField(max_length=300, blank=True)
    tried_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="aid_fitting_assessed",
                condition=Q(state__in=["asked", "declined"]) | (Q(aid__isnull=False) & ~Q(need="") & ~Q(fitter="")),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "person"], name="aid_fitting_person"),
            models.Index(fields=["county", "provider", "state"], name="aid_fitting_desk"),
        ]


class Loan(CountyRow):
    """A piece in somebody's home from a day to a day, at a price by the day that was promised when it was handed over.

    The day on which it is handed over is paid, the day on which it comes back is not; no day after a death is.
    """

    scope_paths = {"divisions": "county", "persons": "person_id"}

    no = models.CharField(max_length=24)
    fitting = CountyKey(Fitting)
    person = CountyKey(Person)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    piece = CountyKey(Piece)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    day_fen = models.BigIntegerField()
    out_on = models.DateField()
    handed_by = models.CharField(max_length=64)
    back_asked_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    returned_to = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="aid_loan_no"),
            models.UniqueConstraint(fields=["county", "fitting"], name="aid_loan_fitting"),
            models.UniqueConstraint(fields=["county", "piece"], condition=Q(returned_on=None), name="aid_loan_one_out"),
            models.CheckConstraint(name="aid_loan_price", condition=Q(day_fen__gt=0)),
            models.CheckConstraint(
                name="aid_loan_returned", condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("out_on"))
            ),
            models.UniqueConstraint(fields=["county", "id", "day_fen"], name="aid_loan_price_of"),
        ]
        indexes = [
            models.Index(fields=["county", "person"], name="aid_loan_person"),
            models.Index(fields=["county", "provider", "out_on"], name="aid_loan_desk"),
        ]


class Deposit(CountyRow):
    """The family's money that the provider holds for a piece: given back whole, or less a damage that was decided."""

    class State(models.TextChoices):
        HELD = "held", "代管中"
        SETTLED = "settled", "已退结"

    loan = CountyKey(Loan)
    receipt_no = models.CharField(max_length=24)
    amount_fen = models.BigIntegerField()
    means = models.CharField(max_length=10)
    state = models.CharField(max_length=7, choices=State.choices, default=State.HELD)
    taken_by = models.CharField(max_length=64)
    taken_on = models.DateField()
    back_fen = models.BigIntegerField(default=0)
    kept_fen = models.BigIntegerField(default=0)
    kept_because = models.CharField(max_length=200, blank=True)
    back_to = models.CharField(max_length=80, blank=True)
    settled_by = models.CharField(max_length=64, blank=True)
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "loan"], name="aid_deposit_once"),
            models.UniqueConstraint(fields=["county", "receipt_no"], name="aid_deposit_receipt"),
            models.CheckConstraint(
                name="aid_deposit_whole",
                condition=Q(state="held", back_fen=0, kept_fen=0, settled_on=None)
                | Q(
                    state="settled",
                    amount_fen=F("back_fen") + F("kept_fen"),
                    back_fen__gte=0,
                    kept_fen__gte=0,
                    settled_on__isnull=False,
                ),
            ),
            models.CheckConstraint(name="aid_deposit_amount", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(name="aid_deposit_reason", condition=Q(kept_fen=0) | ~Q(kept_because="")),
        ]
        indexes = [models.Index(fields=["county", "state"], name="aid_deposit_state")]


class Inspection(CountyRow):
    """How a piece came back. Wear is free; a damage is claimed with evidence by one person, decided by another."""

    class Condition(models.TextChoices):
        GOOD = "good", "完好"
        WORN = "worn", "正常磨损"
        DAMAGED = "damaged", "损坏"
        LOST = "lost", "丢失"

    class State(models.TextChoices):
        CLAIMED = "claimed", "待认定"
        DECIDED = "decided", "已认定"

    loan = CountyKey(Loan)
    on = models.DateField()
    condition = models.CharField(max_length=8, choices=Condition.choices)
    findings = models.CharField(max_length=300, blank=True)
    evidence = CountyKey(StoredFile, null=True)
    witness = models.CharField(max_length=200, blank=True)
    claimed_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices)
    checked_by = models.CharField(max_length=64)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_fen = models.BigIntegerField(default=0)
    decided_because = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "loan"], name="aid_inspection_once"),
            models.CheckConstraint(
                name="aid_inspection_wear_is_free",
                condition=Q(condition__in=["good", "worn"], claimed_fen=0, decided_fen=0)
                | (Q(condition__in=["damaged", "lost"]) & (~Q(witness="") | Q(evidence__isnull=False))),
            ),
            models.CheckConstraint(
                name="aid_inspection_within",
                condition=Q(claimed_fen__gte=0, decided_fen__gte=0, decided_fen__lte=F("claimed_fen")),
            ),
            models.CheckConstraint(
                name="aid_inspection_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("checked_by"))
            ),
        ]


class Cleaning(CountyRow):
    """A piece was disinfected before its next user: how, when, by whom."""

    leaf = True

    piece = CountyKey(Piece)
    method = models.CharField(max_length=200)
    on = models.DateField()
    by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="aid_cleaning_method", condition=~Q(method=""))]
        indexes = [models.Index(fields=["county", "piece", "on"], name="aid_cleaning_piece")]


class Rent(CountyRow):
    """The days of one month of a loan, for the till, one row a month. ``billed_line`` is the bill line that charges it.

    It carries the price of its loan; the database holds the two together and multiplies.
    """

    loan_id = models.UUIDField()
    month = models.CharField(max_length=7)
    first = models.DateField()
    last = models.DateField()
    days = models.IntegerField()
    day_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    billed_line = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CompositeReference(
                name="aid_rent_of_loan",
                columns=("county", "loan_id", "day_fen"),
                to="aid.Loan",
                to_columns=("county", "id", "day_fen"),
            ),
            models.UniqueConstraint(fields=["county", "loan_id", "month"], name="aid_rent_once"),
            models.CheckConstraint(
                name="aid_rent_fee",
                condition=Q(days__gte=0, days__lte=31, last__gte=F("first"), fee_fen=F("days") * F("day_fen")),
            ),
        ]
        indexes = [models.Index(fields=["county", "month"], condition=Q(billed_line=None), name="aid_rent_to_charge")]
