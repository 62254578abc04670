import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("entitlement", "0001_initial"),
        ("ledger", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("programme", models.CharField(max_length=40)),
                ("month", models.CharField(max_length=7)),
                ("amount_fen", models.BigIntegerField()),
                ("set_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("document_no", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("set_by", models.F("approved_by")), _negated=True),
                        name="grant_budget_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen", 0), _negated=True), name="grant_budget_amount"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="grant_budget_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="grant_budget_row"),
                ],
                "indexes": [models.Index(fields=["county", "programme", "month"], name="grant_budget_month")],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("identity", models.UUIDField()),
                ("programme", models.CharField(max_length=40)),
                ("month", models.CharField(max_length=7)),
                ("county", models.CharField(max_length=6)),
                ("grant_id", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("identity", "programme", "month"), name="grant_claim_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("identity", models.UUIDField()),
                ("programme", models.CharField(max_length=40)),
                ("month", models.CharField(max_length=7)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "可用"), ("expired", "已过期"), ("revoked", "已撤销")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("unit", models.CharField(default="fen", max_length=8)),
                ("face_fen", models.BigIntegerField()),
                ("terms", models.JSONField()),
                ("pack", models.CharField(max_length=80)),
                ("version", models.CharField(max_length=12)),
                ("category", models.CharField(max_length=20, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("book_until", models.DateField()),
                ("claimed", models.BooleanField(default=True)),
                ("used_on", models.DateField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=200)),
                (
                    "entitlement",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="entitlement.entitlement"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "purse",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="grant_no"),
                    models.UniqueConstraint(
                        fields=("county", "person", "programme", "month"), name="grant_one_voucher_a_month"
                    ),
                    models.UniqueConstraint(fields=("county", "id", "category"), name="grant_category"),
                    models.UniqueConstraint(fields=("county", "purse"), name="grant_purse"),
                    models.CheckConstraint(condition=models.Q(("face_fen__gt", 0)), name="grant_face"),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="grant_span"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="grant_grant_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "entitlement_id"),
                        name="grant_grant_entitlement_key",
                        to="entitlement.Entitlement",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id"),
                        name="grant_grant_purse_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="grant_grant_row"),
                ],
                "indexes": [models.Index(fields=["county", "programme", "month", "state"], name="grant_month")],
            },
        ),
        migrations.CreateModel(
            name="Hold",
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
                        choices=[("held", "已预留"), ("captured", "已入账"), ("released", "已释放")],
                        default="held",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
                ("grant", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="grant.grant")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="grant_hold_amount"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "grant_id"),
                        name="grant_hold_grant_key",
                        to="grant.Grant",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="grant_hold_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="grant_hold_row"),
                ],
                "indexes": [models.Index(fields=["county", "grant", "state"], name="grant_hold_of")],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("because", models.CharField(max_length=24)),
                ("at", models.DateTimeField()),
                (
                    "entitlement",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="entitlement.entitlement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "entitlement", "month"), name="grant_waiting_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "entitlement_id"),
                        name="grant_waiting_entitlement_key",
                        to="entitlement.Entitlement",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
