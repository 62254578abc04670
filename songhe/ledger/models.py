"""Funds, accounts, transfers and periods. Amounts are whole units of the fund: fen, minutes or tickets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CompositeReference, CountyKey
from songhe.county.row import CountyRow


class Unit(models.TextChoices):
    FEN = "fen", "分"
    MINUTE = "minute", "分钟"
    TICKET = "ticket", "票"


class Fund(CountyRow):
    """Money of one purpose and one year, in one unit; a transfer never crosses funds."""

    code = models.CharField("代码", max_length=40)
    name = models.CharField("名称", max_length=80)
    unit = models.CharField("单位", max_length=8, choices=Unit)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "code"], name="ledger_fund_code")]


class Account(CountyRow):
    """A place where units of one fund stand; its balance is what was credited less what was debited.

    An account with a ``floor`` keeps its ``balance`` in the row, and the database refuses to let it fall below;
    one without is open, and its balance is the sum of its transfers. ``code`` finds the accounts of a fund.
    """

    fund = CountyKey(Fund)
    code = models.CharField("代码", max_length=60, null=True)
    kind = models.CharField("种类", max_length=20)
    balance = models.BigIntegerField("余额", null=True)
    floor = models.BigIntegerField("下限", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "fund", "code"], name="ledger_account_code"),
            models.UniqueConstraint(fields=["county", "fund", "id"], name="ledger_account_of_fund"),
            models.CheckConstraint(
                name="ledger_account_floor",
                condition=Q(floor__isnull=True, balance__isnull=True)
                | Q(floor__isnull=False, balance__isnull=False, balance__gte=F("floor")),
            ),
        ]


class Transfer(CountyRow):
    """One balanced move of ``amount`` units from ``debit`` to ``credit``, both of one fund. Never changed."""

    leaf = True

    fund_id = models.UUIDField("资金")
    debit_id = models.UUIDField("付出账户")
    credit_id = models.UUIDField("收入账户")
    amount = models.BigIntegerField("数额")
    kind = models.CharField("种类", max_length=20)
    about = models.UUIDField("事由", null=True)
    reverses = models.UUIDField("冲正哪一笔", null=True)
    month = models.CharField("账期", max_length=7)
    on = models.DateField("记账日")
    at = models.DateTimeField("时刻")

    class Meta:
        constraints = [
            models.CheckConstraint(name="ledger_transfer_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="ledger_transfer_two_accounts", condition=~Q(debit_id=F("credit_id"))),
            models.UniqueConstraint(fields=["county", "reverses"], name="ledger_transfer_reversed_once"),
            CompositeReference(
                name="ledger_transfer_debit",
                columns=("county", "fund_id", "debit_id"),
                to="ledger.Account",
                to_columns=("county", "fund_id", "id"),
            ),
            CompositeReference(
                name="ledger_transfer_credit",
                columns=("county", "fund_id", "credit_id"),
                to="ledger.Account",
                to_columns=("county", "fund_id", "id"),
            ),
        ]
        indexes = [
            models.Index(fields=["county", "debit_id"], name="ledger_transfer_from"),
            models.Index(fields=["county", "credit_id"], name="ledger_transfer_to"),
            models.Index(fields=["county", "about"], name="ledger_transfer_about"),
        ]


class Period(CountyRow):
    """A month of the books. Once closed it accepts nothing and never opens again."""

    leaf = True

    month = models.CharField("账期", max_length=7)
    closed_at = models.DateTimeField("结账时刻", null=True)
    closed_by = models.CharField("结账人", max_length=64, blank=True)
    report = models.JSONField("结账报告", null=True)
    digest = models.CharField("报告摘要", max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "month"], name="ledger_period_month")]
