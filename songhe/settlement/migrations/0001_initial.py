import django.db.models.deletion
import django.db.models.expressions
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("card", "0001_initial"),
        ("document", "0001_initial"),
        ("offline", "0001_initial"),
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
            name="Claim",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("serving", models.CharField(max_length=6)),
                ("month", models.CharField(max_length=7)),
                ("lines", models.IntegerField(default=0)),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("settled_month", models.CharField(blank=True, max_length=7)),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="settlement_claim_no"),
                    models.UniqueConstraint(fields=("county", "serving", "month"), name="settlement_claim_once"),
                    models.CheckConstraint(
                        condition=models.Q(("serving", models.F("county")), _negated=True),
                        name="settlement_claim_two_counties",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_claim_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Net",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("other", models.CharField(max_length=6)),
                ("month", models.CharField(max_length=7)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "待本方确认"),
                            ("proposed", "待对方确认"),
                            ("asked", "对方已确认，待本方确认"),
                            ("differs", "双方不一致"),
                            ("agreed", "双方一致，待清算"),
                            ("settled", "已清算"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("out_fen", models.BigIntegerField()),
                ("in_fen", models.BigIntegerField()),
                ("net_fen", models.BigIntegerField()),
                ("out_claims", models.JSONField(default=list)),
                ("in_claims", models.JSONField(default=list)),
                ("word", models.CharField(max_length=64)),
                ("their_word", models.CharField(blank=True, max_length=64)),
                ("their_reference", models.CharField(blank=True, max_length=60)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("dispute", models.CharField(blank=True, max_length=300)),
                ("drawn_by", models.CharField(max_length=64)),
                ("drawn_at", models.DateTimeField()),
                ("confirmed_by", models.CharField(blank=True, max_length=64)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("settled_by", models.CharField(blank=True, max_length=64)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "other", "month"), name="settlement_net_once"),
                    models.CheckConstraint(
                        condition=models.Q(("other", models.F("county")), _negated=True),
                        name="settlement_net_two_counties",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net_fen",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("out_fen"), "-", models.F("in_fen")
                                ),
                            )
                        ),
                        name="settlement_net_sums",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_by", ""),
                            models.Q(("settled_by", models.F("confirmed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="settlement_net_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["agreed", "settled"]), _negated=True),
                            models.Q(("their_word", models.F("word")), models.Q(("confirmed_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="settlement_net_agreed",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_net_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("home", models.CharField(max_length=6)),
                ("no", models.CharField(max_length=24)),
                ("month", models.CharField(max_length=7)),
                ("lines", models.IntegerField()),
                ("amount_fen", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("settled_month", models.CharField(blank=True, max_length=7)),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "home", "no"), name="settlement_received_once"),
                    models.CheckConstraint(
                        condition=models.Q(("home", models.F("county")), _negated=True),
                        name="settlement_received_two_counties",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_received_row"),
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
            name="ReceivedLine",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.UUIDField()),
                ("place", models.IntegerField(default=1)),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("CHARGE", "本期"), ("REFUND", "冲减"), ("CORRECTION", "更正")], max_length=10
                    ),
                ),
                ("fund_name", models.CharField(max_length=80)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("central", "中央"),
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("town", "乡镇（街道）"),
                            ("village", "村（社区）"),
                        ],
                        max_length=8,
                    ),
                ),
                ("service_month", models.CharField(max_length=7)),
                ("service_on", models.DateField()),
                ("bill_no", models.CharField(max_length=24)),
                ("bill_line", models.IntegerField()),
                ("item", models.CharField(max_length=80)),
                ("amount_fen", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "received",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.received"),
                ),
                (
                    "statement",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "source", "place"), name="settlement_receivedline_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen", 0), _negated=True), name="settlement_receivedline_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "CORRECTION"), ("place__gt", 1), models.Q(("because", ""), _negated=True)
                            ),
                            models.Q(models.Q(("kind", "CORRECTION"), _negated=True), ("place", 1)),
                            _connector="OR",
                        ),
                        name="settlement_receivedline_kind",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "received_id"),
                        name="settlement_receivedline_received_key",
                        to="settlement.Received",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id"),
                        name="settlement_receivedline_statement_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [
                    models.Index(fields=["county", "received"], name="settlement_receivedline_of"),
                    models.Index(fields=["county", "statement"], name="settlement_receivedline_on"),
                ],
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
            name="BorneLine",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("CHARGE", "本期"), ("REFUND", "冲减"), ("CORRECTION", "更正")], max_length=10
                    ),
                ),
                ("service_month", models.CharField(max_length=7)),
                ("amount_fen", models.BigIntegerField()),
                (
                    "trouble",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="offline.trouble"),
                ),
                (
                    "statement",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.statement"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "trouble", "kind"), name="settlement_borneline_once"),
                    models.UniqueConstraint(
                        fields=("county", "statement", "number"), name="settlement_borneline_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_fen__gt", 0), ("kind", "CHARGE")),
                            models.Q(("amount_fen__lt", 0), ("kind", "REFUND")),
                            _connector="OR",
                        ),
                        name="settlement_borneline_sign",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "statement_id"),
                        name="settlement_borneline_statement_key",
                        to="settlement.Statement",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "trouble_id"),
                        name="settlement_borneline_trouble_key",
                        to="offline.Trouble",
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
        migrations.CreateModel(
            name="ClaimLine",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
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
                (
                    "claim",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.claim"),
                ),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
                (
                    "line",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.line"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "reversal",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="redemption.reversal"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "claim", "number"), name="settlement_claimline_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "CHARGE")),
                        fields=("county", "line", "fund"),
                        name="settlement_claimline_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reversal__isnull", False)),
                        fields=("county", "reversal", "fund"),
                        name="settlement_claimline_refunded_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("verdict", "pass")), name="settlement_claimline_passed"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_fen__lt", 0), ("kind", "REFUND"), ("reversal__isnull", False)),
                            models.Q(("amount_fen__gt", 0), ("kind", "CHARGE"), ("reversal__isnull", True)),
                            _connector="OR",
                        ),
                        name="settlement_claimline_sign",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id", "verdict"),
                        name="settlement_claimline_verdict",
                        to="redemption.Verdict",
                        to_columns=("county", "line_id", "outcome"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "claim_id"),
                        name="settlement_claimline_claim_key",
                        to="settlement.Claim",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id"),
                        name="settlement_claimline_line_key",
                        to="redemption.Line",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "reversal_id"),
                        name="settlement_claimline_reversal_key",
                        to="redemption.Reversal",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="settlement_claimline_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Difference",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source", models.UUIDField()),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("missing_there", "对方没有"),
                            ("missing_here", "本方没有"),
                            ("amount_differs", "金额不符"),
                            ("reversed_since", "报送后已冲正"),
                        ],
                        max_length=14,
                    ),
                ),
                ("here_fen", models.BigIntegerField()),
                ("there_fen", models.BigIntegerField()),
                ("found_at", models.DateTimeField()),
                ("found_by", models.CharField(max_length=64)),
                (
                    "how",
                    models.CharField(
                        blank=True,
                        choices=[("resend", "重新报送"), ("accept", "认可，随下期冲减"), ("reverse", "请对方冲回")],
                        max_length=8,
                    ),
                ),
                ("because", models.CharField(blank=True, max_length=300)),
                ("resolved_by", models.CharField(blank=True, max_length=64)),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "claim",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="settlement.claim"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("how", "")),
                        fields=("county", "claim", "source"),
                        name="settlement_difference_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("because", ""), ("how", ""), ("resolved_at__isnull", True), ("resolved_by", "")),
                            models.Q(
                                models.Q(("how", ""), _negated=True),
                                models.Q(("because", ""), _negated=True),
                                models.Q(("resolved_by", ""), _negated=True),
                                ("resolved_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="settlement_difference_resolved",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "claim_id"),
                        name="settlement_difference_claim_key",
                        to="settlement.Claim",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="settlement_difference_row"),
                ],
            },
        ),
    ]
