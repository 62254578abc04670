import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="代码")),
                ("name", models.CharField(max_length=80, verbose_name="名称")),
                (
                    "unit",
                    models.CharField(
                        choices=[("fen", "分"), ("minute", "分钟"), ("ticket", "票")], max_length=8, verbose_name="单位"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "code"), name="ledger_fund_code"),
                    models.UniqueConstraint(fields=("county", "id"), name="ledger_fund_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Period",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7, verbose_name="账期")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="结账时刻")),
                ("closed_by", models.CharField(blank=True, max_length=64, verbose_name="结账人")),
                ("report", models.JSONField(null=True, verbose_name="结账报告")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="报告摘要")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("county", "month"), name="ledger_period_month")],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60, null=True, verbose_name="代码")),
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("balance", models.BigIntegerField(null=True, verbose_name="余额")),
                ("floor", models.BigIntegerField(null=True, verbose_name="下限")),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.fund")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "fund", "code"), name="ledger_account_code"),
                    models.UniqueConstraint(fields=("county", "fund", "id"), name="ledger_account_of_fund"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("balance__isnull", True), ("floor__isnull", True)),
                            models.Q(
                                ("balance__gte", models.F("floor")),
                                ("balance__isnull", False),
                                ("floor__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_account_floor",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="ledger_account_fund_key",
                        to="ledger.Fund",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="ledger_account_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("fund_id", models.UUIDField(verbose_name="资金")),
                ("debit_id", models.UUIDField(verbose_name="付出账户")),
                ("credit_id", models.UUIDField(verbose_name="收入账户")),
                ("amount", models.BigIntegerField(verbose_name="数额")),
                ("kind", models.CharField(max_length=20, verbose_name="种类")),
                ("about", models.UUIDField(null=True, verbose_name="事由")),
                ("reverses", models.UUIDField(null=True, verbose_name="冲正哪一笔")),
                ("month", models.CharField(max_length=7, verbose_name="账期")),
                ("on", models.DateField(verbose_name="记账日")),
                ("at", models.DateTimeField(verbose_name="时刻")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "debit_id"], name="ledger_transfer_from"),
                    models.Index(fields=["county", "credit_id"], name="ledger_transfer_to"),
                    models.Index(fields=["county", "about"], name="ledger_transfer_about"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="ledger_transfer_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("debit_id", models.F("credit_id")), _negated=True),
                        name="ledger_transfer_two_accounts",
                    ),
                    models.UniqueConstraint(fields=("county", "reverses"), name="ledger_transfer_reversed_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id", "debit_id"),
                        name="ledger_transfer_debit",
                        to="ledger.Account",
                        to_columns=("county", "fund_id", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id", "credit_id"),
                        name="ledger_transfer_credit",
                        to="ledger.Account",
                        to_columns=("county", "fund_id", "id"),
                    ),
                ],
            },
        ),
    ]
