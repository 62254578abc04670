import django.db.models.deletion
import django.db.models.expressions
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("aid", "0001_initial"),
        ("assessment", "0001_initial"),
        ("card", "0001_initial"),
        ("grant", "0001_initial"),
        ("meal", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
        ("service", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("month", models.CharField(max_length=7)),
                ("category", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("handed_in", "待入账"),
                            ("provisional", "暂记"),
                            ("booked", "已入账"),
                            ("reversed", "已冲正"),
                            ("refused", "被退回"),
                        ],
                        max_length=12,
                    ),
                ),
                ("fee_fen", models.BigIntegerField()),
                ("ltci_fen", models.BigIntegerField(default=0)),
                ("other_fen", models.BigIntegerField(default=0)),
                ("voucher_fen", models.BigIntegerField(default=0)),
                ("credit_fen", models.BigIntegerField(default=0)),
                ("purse_fen", models.BigIntegerField(default=0)),
                ("self_fen", models.BigIntegerField(default=0)),
                ("request", models.JSONField(default=dict)),
                ("identified_by", models.CharField(max_length=12)),
                ("confirmed_by", models.CharField(blank=True, max_length=16)),
                ("refusal", models.CharField(blank=True, max_length=60)),
                ("made_by", models.CharField(max_length=64)),
                ("handed_in_at", models.DateTimeField()),
                ("booked_at", models.DateTimeField(null=True)),
                ("booked_on", models.DateField(null=True)),
                ("served_in", models.CharField(blank=True, max_length=6)),
                (
                    "card",
                    songhe.county.key.CountyKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="card.card"),
                ),
                (
                    "grant",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="grant.grant"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "replaces",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="redemption.bill"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="redemption_bill_no"),
                    models.UniqueConstraint(fields=("county", "replaces"), name="redemption_bill_replaced_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fee_fen",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("ltci_fen"), "+", models.F("other_fen")
                                                ),
                                                "+",
                                                models.F("voucher_fen"),
                                            ),
                                            "+",
                                            models.F("credit_fen"),
                                        ),
                                        "+",
                                        models.F("purse_fen"),
                                    ),
                                    "+",
                                    models.F("self_fen"),
                                ),
                            )
                        ),
                        name="redemption_bill_sums",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purse_fen", 0), ("card__isnull", False), _connector="OR"),
                        name="redemption_bill_card",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("served_in", ""),
                            models.Q(
                                models.Q(("served_in", models.F("county")), _negated=True),
                                ("grant__isnull", True),
                                ("voucher_fen", 0),
                            ),
                            _connector="OR",
                        ),
                        name="redemption_bill_served_in",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="redemption_bill_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "grant_id"),
                        name="redemption_bill_grant_key",
                        to="grant.Grant",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="redemption_bill_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "replaces_id"),
                        name="redemption_bill_replaces_key",
                        to="redemption.Bill",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="redemption_bill_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "provider", "month"], name="redemption_bill_provider"),
                    models.Index(fields=["county", "person", "month"], name="redemption_bill_person"),
                    models.Index(fields=["county", "state", "month"], name="redemption_bill_state"),
                    models.Index(
                        condition=models.Q(("served_in", ""), _negated=True),
                        fields=["county", "served_in"],
                        name="redemption_bill_served_in",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("service_on", models.DateField()),
                ("quantity", models.IntegerField()),
                ("price_fen", models.BigIntegerField()),
                ("off_fen", models.BigIntegerField(default=0)),
                ("in_scope", models.BooleanField()),
                ("fee_fen", models.BigIntegerField()),
                ("ltci_fen", models.BigIntegerField()),
                ("other_fen", models.BigIntegerField()),
                ("base_fen", models.BigIntegerField()),
                ("voucher_fen", models.BigIntegerField()),
                ("credit_fen", models.BigIntegerField(default=0)),
                ("purse_fen", models.BigIntegerField(default=0)),
                ("self_fen", models.BigIntegerField()),
                ("grant_id", models.UUIDField(null=True)),
                ("category", models.CharField(max_length=20)),
                ("ratio", models.CharField(blank=True, max_length=12)),
                ("cap_fen", models.BigIntegerField(null=True)),
                ("pack", models.CharField(blank=True, max_length=80)),
                ("version", models.CharField(blank=True, max_length=12)),
                ("steps", models.JSONField(default=list)),
                (
                    "assessment",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "bill",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.bill"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
                    ),
                ),
                (
                    "meal",
                    songhe.county.key.CountyKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="meal.line"),
                ),
                (
                    "rent",
                    songhe.county.key.CountyKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="aid.rent"),
                ),
                (
                    "stay",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="service.stay"
                    ),
                ),
                (
                    "upgrade",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.upgrade"
                    ),
                ),
                (
                    "visit",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="service.visit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "bill", "number"), name="redemption_line_number"),
                    models.CheckConstraint(condition=models.Q(("fee_fen__gt", 0)), name="redemption_line_fee"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fee_fen",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("ltci_fen"), "+", models.F("other_fen")
                                                ),
                                                "+",
                                                models.F("voucher_fen"),
                                            ),
                                            "+",
                                            models.F("credit_fen"),
                                        ),
                                        "+",
                                        models.F("purse_fen"),
                                    ),
                                    "+",
                                    models.F("self_fen"),
                                ),
                            )
                        ),
                        name="redemption_line_sums",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit_fen__gte", 0),
                            ("ltci_fen__gte", 0),
                            ("other_fen__gte", 0),
                            ("purse_fen__gte", 0),
                            ("self_fen__gte", 0),
                            ("voucher_fen__gte", 0),
                        ),
                        name="redemption_line_parts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("base_fen__gte", 0), ("voucher_fen__lte", models.F("base_fen"))),
                        name="redemption_line_within_base",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "grant_id", "category"),
                        name="redemption_line_grant_in_group",
                        to="grant.Grant",
                        to_columns=("county", "id", "category"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "bill_id"),
                        name="redemption_line_bill_key",
                        to="redemption.Bill",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "visit_id"),
                        name="redemption_line_visit_key",
                        to="service.Visit",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "stay_id"),
                        name="redemption_line_stay_key",
                        to="service.Stay",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "assessment_id"),
                        name="redemption_line_assessment_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "meal_id"),
                        name="redemption_line_meal_key",
                        to="meal.Line",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "rent_id"),
                        name="redemption_line_rent_key",
                        to="aid.Rent",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="redemption_line_row"),
                ],
                "indexes": [models.Index(fields=["county", "grant_id"], name="redemption_line_grant")],
            },
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("restored", models.BooleanField()),
                ("reason", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                (
                    "line",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.line"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "line"), name="redemption_line_reversed_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id"),
                        name="redemption_reversal_line_key",
                        to="redemption.Line",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="redemption_reversal_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Verdict",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("outcome", models.CharField(max_length=8)),
                ("settled", models.BooleanField(default=False)),
                ("reasons", models.JSONField(default=list)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "line",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.line"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "line"), name="redemption_verdict_once"),
                    models.UniqueConstraint(fields=("county", "line", "outcome"), name="redemption_verdict_outcome"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["pass", "fail", "pending"])),
                        name="redemption_verdict_known",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "line_id"),
                        name="redemption_verdict_line_key",
                        to="redemption.Line",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
