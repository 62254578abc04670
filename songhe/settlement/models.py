"""Provider statements, their lines and what is paid on them; what counties owe each other is in ``claim_models``."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile
from songhe.offline.models import Trouble
from songhe.provider.models import BankAccount, Provider
from songhe.redemption.models import Line, Reversal
from songhe.settlement.claim_models import Claim, ClaimLine, Difference, Kind, Net, Received, ReceivedLine

__all__ = [
    "Batch",
    "BillSheet",
    "BorneLine",
    "Claim",
    "ClaimLine",
    "Difference",
    "Net",
    "Objection",
    "Payment",
    "Received",
    "ReceivedLine",
    "Statement",
    "StatementLine",
]


class Statement(CountyRow):
    """What a county owes one provider for a month of one programme, or out of one fund of the love card, whose
    programme is ``card:`` and the fund's code, for credits ``credit:`` and the scheme's, or for cards of another county
    ``clearing:`` and its code; the lines of that one are those of the other county's claims, and those of the guarantee
    of offline tills are what it bears.
    ``net_fen`` = charges − refunds + carried in.

    A negative net is carried into the provider's next statement. Gathered by the run, confirmed by the provider,
    approved by one person and paid by another's batch.
    """

    class State(models.TextChoices):
        GATHERED = "gathered", "待机构确认"
        DISPUTED = "disputed", "机构有异议"
        CONFIRMED = "confirmed", "待审批"
        APPROVED = "approved", "待付款"
        CARRIED = "carried", "结转下期"
        PAID = "paid", "已付款"

    no = models.CharField(max_length=24)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    programme = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=10, choices=State.choices, default=State.GATHERED)
    lines = models.IntegerField(default=0)
    charge_fen = models.BigIntegerField(default=0)
    refund_fen = models.BigIntegerField(default=0)
    carried_fen = models.BigIntegerField(default=0)
    net_fen = models.BigIntegerField(default=0)
    central_fen = models.BigIntegerField(null=True)
    local_fen = models.BigIntegerField(null=True)
    invoice_no = models.CharField(max_length=40, blank=True)
    budget_line = models.CharField(max_length=40, blank=True)
    fund_year = models.IntegerField()
    dispute = models.CharField(max_length=500, blank=True)
    held_because = models.CharField(max_length=200, blank=True)
    gathered_at = models.DateTimeField()
    gathered_by = models.CharField(max_length=64)
    confirmed_by = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True)
    carried_into = CountyKey("settlement.Statement", null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="settlement_statement_no"),
            models.UniqueConstraint(fields=["county", "id", "programme"], name="settlement_statement_of_programme"),
            models.UniqueConstraint(
                fields=["county", "provider", "programme", "month"], name="settlement_statement_once"
            ),
            models.CheckConstraint(
                name="settlement_statement_net",
                condition=Q(net_fen=F("charge_fen") - F("refund_fen") + F("carried_fen")),
            ),
            models.CheckConstraint(
                name="settlement_statement_shares",
                condition=Q(central_fen__isnull=True, local_fen__isnull=True)
                | Q(
                    central_fen__isnull=False,
                    local_fen__isnull=False,
                    net_fen=F("central_fen") + F("local_fen") + F("carried_fen"),
                ),
            ),
            models.CheckConstraint(
                name="settlement_statement_two_people",
                condition=Q(approved_by="") | (~Q(approved_by=F("confirmed_by")) & ~Q(approved_by=F("gathered_by"))),
            ),
        ]
        indexes = [models.Index(fields=["county", "month", "state"], name="settlement_statement_month")]


class StatementLine(CountyRow):
    """A booked line in a statement of a programme, once as a charge and at most once as a refund. ``amount_fen`` is
    signed: what the programme's voucher, the purse of the card's fund, or the scheme's credits paid of the line.

    ``number`` runs through the county's batch of (programme, month); the central part follows the running sum at
    ``ratio``, the centre's share in force in the service month. Without one the line is not split.
    """

    leaf = True

    class Kind(models.TextChoices):
        CHARGE = "CHARGE", "本期"
        REFUND = "REFUND", "冲减"
        CORRECTION = "CORRECTION", "更正"

    statement = CountyKey(Statement)
    programme = models.CharField(max_length=60)
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    line = CountyKey(Line)
    verdict = models.CharField(max_length=8, default="pass")
    reversal = CountyKey(Reversal, null=True)
    service_month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField()
    ratio = models.CharField(max_length=12, blank=True)
    central_fen = models.BigIntegerField(null=True)
    local_fen = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "line", "programme"],
                condition=~Q(kind="REFUND"),
                name="settlement_line_charged_once",
            ),
            models.UniqueConstraint(
                fields=["county", "reversal", "programme"],
                condition=Q(reversal__isnull=False),
                name="settlement_line_refunded_once",
            ),
            models.UniqueConstraint(fields=["county", "statement", "number"], name="settlement_line_number"),
            models.CheckConstraint(name="settlement_line_passed", condition=Q(verdict="pass")),
            CompositeReference(
                name="settlement_line_of_statement",
                columns=("county", "statement_id", "programme"),
                to="settlement.Statement",
                to_columns=("county", "id", "programme"),
            ),
            models.CheckConstraint(
                name="settlement_line_sign",
                condition=(Q(kind="REFUND", amount_fen__lt=0, reversal__isnull=False))
                | (~Q(kind="REFUND") & Q(amount_fen__gt=0, reversal__isnull=True)),
            ),
            models.CheckConstraint(
                name="settlement_line_shares",
                condition=Q(central_fen__isnull=True, local_fen__isnull=True)
                | Q(
                    central_fen__isnull=False,
                    local_fen__isnull=False,
                    amount_fen=F("central_fen") + F("local_fen"),
                ),
            ),
            CompositeReference(
                name="settlement_line_verdict",
                columns=("county", "line_id", "verdict"),
                to="redemption.Verdict",
                to_columns=("county", "line_id", "outcome"),
            ),
        ]


class BorneLine(CountyRow):
    """What the county's guarantee bears of a slip of a till without a network, on a statement of its own programme:
    once as a charge, and at most once as a refund, when the slip's bill was reversed since."""

    leaf = True

    statement = CountyKey(Statement)
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    trouble = CountyKey(Trouble)
    service_month = models.CharField(max_length=7)
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "trouble", "kind"], name="settlement_borneline_once"),
            models.UniqueConstraint(fields=["county", "statement", "number"], name="settlement_borneline_number"),
            models.CheckConstraint(
                name="settlement_borneline_sign",
                condition=Q(kind="CHARGE", amount_fen__gt=0) | Q(kind="REFUND", amount_fen__lt=0),
            ),
        ]


class Objection(CountyRow):
    """What a provider holds against one line of its statement, or misses on it, and what the county answered.

    ``number`` is the line's; without one the objection is about a bill that the statement does not hold.
    """

    leaf = True

    class Kind(models.TextChoices):
        AMOUNT = "amount", "金额不对"
        NOT_OURS = "not_ours", "不是我们的"
        MISSING = "missing", "少了一笔"
        OTHER = "other", "其他"

    statement = CountyKey(Statement)
    number = models.IntegerField(null=True)
    bill_no = models.CharField(max_length=24, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    claimed_fen = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    file = CountyKey(StoredFile, null=True)
    raised_by = models.CharField(max_length=64)
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="settlement_objection_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="settlement_objection_about", condition=Q(number__isnull=False) | Q(kind__in=["missing", "other"])
            ),
        ]


class BillSheet(CountyRow):
    """A workbook of bills as a provider handed it in, and what became of each of its rows.

    ``results`` follows the rows: {"row", "state": booked, same or refused, "bill_no", "code", "zh", "en"}.
    """

    leaf = True

    class State(models.TextChoices):
        READ = "read", "待入账"
        UNDER_WAY = "under_way", "入账中"
        DONE = "done", "已办完"

    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    file = CountyKey(StoredFile)
    state = models.CharField(max_length=9, choices=State.choices, default=State.READ)
    rows = models.IntegerField()
    next_row = models.IntegerField(default=0)
    results = models.JSONField(default=list)
    uploaded_by = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county", "provider"], name="settlement_bill_sheet_of")]


class Batch(CountyRow):
    """A pay-out of approved statements: made by one person, released by another, written as one bank file."""

    class State(models.TextChoices):
        MADE = "made", "待放行"
        RELEASED = "released", "已放行"
        MATCHED = "matched", "已核对"

    no = models.CharField(max_length=24)
    programme = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    total_fen = models.BigIntegerField()
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    released_by = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="settlement_batch_no"),
            models.CheckConstraint(
                name="settlement_batch_two_people", condition=Q(released_by="") | ~Q(released_by=F("made_by"))
            ),
        ]


class Payment(CountyRow):
    """One statement in one pay-out; sent again in another batch if the bank returned it."""

    class State(models.TextChoices):
        WAITING = "waiting", "待付"
        SENT = "sent", "已送银行"
        PAID = "paid", "已到账"
        RETURNED = "returned", "被退回"

    batch = CountyKey(Batch)
    statement = CountyKey(Statement)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    bank_reference = models.CharField(max_length=60, blank=True)
    returned_because = models.CharField(max_length=200, blank=True)
    booked_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "batch", "statement"], name="settlement_payment_once"),
            models.UniqueConstraint(
                fields=["county", "statement"], condition=~Q(state="returned"), name="settlement_payment_alive_once"
            ),
            models.UniqueConstraint(
                fields=["county", "bank_reference"],
                condition=~Q(bank_reference=""),
                name="settlement_payment_reference",
            ),
            models.CheckConstraint(name="settlement_payment_amount", condition=Q(amount_fen__gt=0)),
        ]
