import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Scheme",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=12)),
                ("unit", models.CharField(choices=[("fen", "分"), ("ticket", "票")], max_length=8)),
                ("helps", models.JSONField(default=list)),
                ("ticket_fen", models.BigIntegerField(null=True)),
                ("opened_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("opened_on", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("books", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.fund")),
                (
                    "inflow",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "code"), name="credit_scheme_code"),
                    models.CheckConstraint(
                        condition=models.Q(("opened_by", models.F("approved_by")), _negated=True),
                        name="credit_scheme_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ticket_fen__gt", 0), ("unit", "ticket")),
                            models.Q(("ticket_fen__isnull", True), ("unit", "fen")),
                            _connector="OR",
                        ),
                        name="credit_scheme_ticket",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "books_id"),
                        name="credit_scheme_books_key",
                        to="ledger.Fund",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "inflow_id"),
                        name="credit_scheme_inflow_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="credit_scheme_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rate",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(max_length=80)),
                (
                    "measure",
                    models.CharField(choices=[("gram", "克"), ("minute", "分钟"), ("time", "次")], max_length=6),
                ),
                ("units", models.IntegerField()),
                ("per", models.IntegerField()),
                ("helpers_only", models.BooleanField(default=False)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=80)),
                (
                    "scheme",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="credit.scheme"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "scheme", "code", "valid_from"), name="credit_rate_from"),
                    models.CheckConstraint(
                        condition=models.Q(("per__gt", 0), ("units__gt", 0)), name="credit_rate_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="credit_rate_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "scheme_id"),
                        name="credit_rate_scheme_key",
                        to="credit.Scheme",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="credit_rate_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holder",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "scheme",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="credit.scheme"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "scheme", "person"), name="credit_holder_once"),
                    models.UniqueConstraint(fields=("county", "account"), name="credit_holder_account"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "scheme_id"),
                        name="credit_holder_scheme_key",
                        to="credit.Scheme",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="credit_holder_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="credit_holder_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="credit_holder_row"),
                ],
                "indexes": [models.Index(fields=["county", "person"], name="credit_holder_person")],
            },
        ),
        migrations.CreateModel(
            name="Spending",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("help", models.CharField(max_length=12)),
                ("units", models.BigIntegerField()),
                ("worth_fen", models.BigIntegerField()),
                ("about", models.UUIDField()),
                ("spent_on", models.DateField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("transfer", models.UUIDField()),
                ("owed", models.UUIDField()),
                ("given_back", models.UUIDField(null=True)),
                (
                    "holder",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="credit.holder"),
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
                    models.UniqueConstraint(
                        condition=models.Q(("given_back", None)),
                        fields=("county", "holder", "about"),
                        name="credit_spending_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("units__gt", 0), ("worth_fen__gt", 0)), name="credit_spending_positive"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "holder_id"),
                        name="credit_spending_holder_key",
                        to="credit.Holder",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "about"], name="credit_spending_about")],
            },
        ),
        migrations.CreateModel(
            name="Deed",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("quantity", models.IntegerField()),
                ("units", models.BigIntegerField()),
                ("done_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("told", "待见证"),
                            ("credited", "已计入"),
                            ("declined", "未见证"),
                            ("undone", "已撤销"),
                        ],
                        default="told",
                        max_length=8,
                    ),
                ),
                ("told_by", models.CharField(max_length=64)),
                ("told_at", models.DateTimeField()),
                ("witness", models.CharField(blank=True, max_length=64)),
                ("witnessed_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("transfer", models.UUIDField(null=True)),
                ("undone", models.UUIDField(null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "holder",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="credit.holder"),
                ),
                ("rate", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="credit.rate")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "holder", "done_on"], name="credit_deed_holder"),
                    models.Index(
                        condition=models.Q(("state", "told")), fields=["county", "told_at"], name="credit_deed_waits"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("units__gt", 0)), name="credit_deed_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("witness", ""), models.Q(("witness", models.F("told_by")), _negated=True), _connector="OR"
                        ),
                        name="credit_deed_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["told", "declined"]),
                                ("transfer__isnull", True),
                                ("undone__isnull", True),
                            ),
                            models.Q(
                                ("state", "credited"),
                                ("transfer__isnull", False),
                                ("undone__isnull", True),
                                models.Q(("witness", ""), _negated=True),
                            ),
                            models.Q(
                                ("state", "undone"),
                                ("transfer__isnull", False),
                                ("undone__isnull", False),
                                models.Q(("witness", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="credit_deed_booked",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "holder_id"),
                        name="credit_deed_holder_key",
                        to="credit.Holder",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "rate_id"),
                        name="credit_deed_rate_key",
                        to="credit.Rate",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="credit_deed_row"),
                ],
            },
        ),
    ]
