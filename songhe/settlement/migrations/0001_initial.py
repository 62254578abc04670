import django.db.models.deletion
import django.db.models.expressions
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("document", "0001_initial"),
        ("provider", "0001_initial"),
        ("redemption", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("programme", models.CharField(max_length=60)),
                ("month", models.CharField(max_length=7)),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "待放行"), ("released", "已放行"), ("matched", "已核对")],
                        default="made",
                        max_length=10,
                    ),
                ),
                ("total_fen", models.BigIntegerField()),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("released_by", models.CharField(blank=True, max_length=64)),
                ("released_at", models.DateTimeField(null=True)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="settlement_batch_no"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by", ""),
                            models.Q(("released_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="settlement_batch_two_people",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_batch_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("programme", models.CharField(max_length=60)),
                ("month", models.CharField(max_length=7)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("gathered", "待机构确认"),
                            ("disputed", "机构有异议"),
                            ("confirmed", "待审批"),
                            ("approved", "待付款"),
                            ("carried", "结转下期"),
                            ("paid", "已付款"),
                        ],
                        default="gathered",
                        max_length=10,
                    ),
                ),
                ("lines", models.IntegerField(default=0)),
                ("charge_fen", models.BigIntegerField(default=0)),
                ("refund_fen", models.BigIntegerField(default=0)),
                ("carried_fen", models.BigIntegerField(default=0)),
                ("net_fen", models.BigIntegerField(default=0)),
                ("central_fen", models.BigIntegerField(null=True)),
                ("local_fen", models.BigIntegerField(null=True)),
                ("invoice_no", models.CharField(blank=True, max_length=40)),
                ("budget_line", models.CharField(blank=True, max_length=40)),
                ("fund_year", models.IntegerField()),
                ("dispute", models.CharField(blank=True, max_length=500)),
                ("held_because", models.CharField(blank=True, max_length=200)),
                ("gathered_at", models.DateTimeField()),
                ("gathered_by", models.CharField(max_length=64)),
                ("confirmed_by", models.CharField(blank=True, max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("approved_by", models.CharField(blank=True, max_length=64)),
                ("approved_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
                (
                    "carried_into",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="settlement_statement_no"),
                    models.UniqueConstraint(
                        fields=("county", "id", "programme"), name="settlement_statement_of_programme"
                    ),
                    models.UniqueConstraint(
                        fields=("county", "provider", "programme", "month"), name="settlement_statement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("charge_fen"), "-", models.F("refund_fen")
                                    ),
                                    "+",
                                    models.F("carried_fen"),
                                ),
                            )
                        ),
                        name="settlement_statement_net",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("central_fen__isnull", True), ("local_fen__isnull", True)),
                            models.Q(
                                ("central_fen__isnull", False),
                                ("local_fen__isnull", False),
                                (
                                    "net_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("central_fen"), "+", models.F("local_fen")
                                        ),
                                        "+",
                                        models.F("carried_fen"),
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_statement_shares",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", ""),
                            models.Q(
                                models.Q(("approved_by", models.F("confirmed_by")), _negated=True),
                                models.Q(("approved_by", models.F("gathered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_statement_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "carried_into_id"),
                        name="settlement_statement_carried_into_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_statement_row"),
                ],
                "indexes": [models.Index(fields=["county", "month", "state"], name="settlement_statement_month")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待付"), ("sent", "已送银行"), ("paid", "已到账"), ("returned", "被退回")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("bank_reference", models.CharField(blank=True, max_length=60)),
                ("returned_because", models.CharField(blank=True, max_length=200)),
                ("booked_on", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.bankaccount"
                    ),
                ),
                (
                    "batch",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.batch"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "statement",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "batch", "statement"), name="settlement_payment_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "returned"), _negated=True),
                        fields=("county", "statement"),
                        name="settlement_payment_alive_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("bank_reference", ""), _negated=True),
                        fields=("county", "bank_reference"),
                        name="settlement_payment_reference",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="settlement_payment_amount"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "batch_id"),
                        name="settlement_payment_batch_key",
                        to="settlement.Batch",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id"),
                        name="settlement_payment_statement_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_payment_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField(null=True)),
                ("bill_no", models.CharField(blank=True, max_length=24)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("amount", "金额不对"),
                            ("not_ours", "不是我们的"),
                            ("missing", "少了一笔"),
                            ("other", "其他"),
                        ],
                        max_length=8,
                    ),
                ),
                ("claimed_fen", models.BigIntegerField(null=True)),
                ("reason", models.CharField(max_length=300)),
                ("raised_by", models.CharField(max_length=64)),
                ("raised_at", models.DateTimeField()),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "file",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "statement",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="settlement_objection_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__isnull", False), ("kind__in", ["missing", "other"]), _connector="OR"
                        ),
                        name="settlement_objection_about",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id"),
                        name="settlement_objection_statement_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "file_id"),
                        name="settlement_objection_file_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("programme", models.CharField(max_length=60)),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("CHARGE", "本期"), ("REFUND", "冲减"), ("CORRECTION", "更正")], max_length=10
                    ),
                ),
                ("verdict", models.CharField(default="pass", max_length=8)),
                ("service_month", models.CharField(max_length=7)),
                ("amount_fen", models.BigIntegerField()),
                ("ratio", models.CharField(blank=True, max_length=12)),
                ("central_fen", models.BigIntegerField(null=True)),
                ("local_fen", models.BigIntegerField(null=True)),
                (
                    "line",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.line"),
                ),
                (
                    "reversal",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="redemption.reversal"
                    ),
                ),
                (
                    "statement",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "REFUND"), _negated=True),
                        fields=("county", "line", "programme"),
                        name="settlement_line_charged_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reversal__isnull", False)),
                        fields=("county", "reversal", "programme"),
                        name="settlement_line_refunded_once",
                    ),
                    models.UniqueConstraint(fields=("county", "statement", "number"), name="settlement_line_number"),
                    models.CheckConstraint(condition=models.Q(("verdict", "pass")), name="settlement_line_passed"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id", "programme"),
                        name="settlement_line_of_statement",
                        to="settlement.Statement",
                        to_columns=("county", "id", "programme"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_fen__lt", 0), ("kind", "REFUND"), ("reversal__isnull", False)),
                            models.Q(
                                models.Q(("kind", "REFUND"), _negated=True),
                                ("amount_fen__gt", 0),
                                ("reversal__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_line_sign",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("central_fen__isnull", True), ("local_fen__isnull", True)),
                            models.Q(
                                (
                                    "amount_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("central_fen"), "+", models.F("local_fen")
                                    ),
                                ),
                                ("central_fen__isnull", False),
                                ("local_fen__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_line_shares",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id", "verdict"),
                        name="settlement_line_verdict",
                        to="redemption.Verdict",
                        to_columns=("county", "line_id", "outcome"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id"),
                        name="settlement_statementline_statement_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id"),
                        name="settlement_statementline_line_key",
                        to="redemption.Line",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "reversal_id"),
                        name="settlement_statementline_reversal_key",
                        to="redemption.Reversal",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillSheet",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("read", "待入账"), ("under_way", "入账中"), ("done", "已办完")],
                        default="read",
                        max_length=9,
                    ),
                ),
                ("rows", models.IntegerField()),
                ("next_row", models.IntegerField(default=0)),
                ("results", models.JSONField(default=list)),
                ("uploaded_by", models.CharField(max_length=64)),
                ("uploaded_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "file",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "provider"], name="settlement_bill_sheet_of")],
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "file_id"),
                        name="settlement_billsheet_file_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    )
                ],
            },
        ),
    ]
