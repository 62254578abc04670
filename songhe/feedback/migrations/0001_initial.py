import django.db.models.deletion
import django.db.models.manager
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("entitlement", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
        ("redemption", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Complaint",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("provider", "服务机构"),
                            ("bill", "一张账单"),
                            ("decision", "一项决定"),
                            ("other", "其他"),
                        ],
                        max_length=8,
                    ),
                ),
                ("category", models.CharField(max_length=12)),
                ("confidential", models.BooleanField(default=False)),
                (
                    "channel",
                    models.CharField(
                        choices=[("online", "网上"), ("counter", "窗口"), ("telephone", "电话")],
                        default="online",
                        max_length=9,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=60)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("words", models.CharField(max_length=1000)),
                ("against", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "待答复"),
                            ("answered", "已答复"),
                            ("contested", "待复核"),
                            ("closed", "已办结"),
                            ("transferred", "已转办"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="received",
                        max_length=11,
                    ),
                ),
                ("by", models.CharField(max_length=150)),
                ("received_at", models.DateTimeField()),
                ("received_on", models.DateField()),
                ("due_on", models.DateField()),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_on", models.DateField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "属实"),
                            ("partly", "部分属实"),
                            ("rejected", "不属实"),
                            ("unclear", "无法查实"),
                        ],
                        max_length=8,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("grounds", models.CharField(blank=True, max_length=1000)),
                ("contested_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.CharField(blank=True, max_length=64)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "review_outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("upheld", "属实"),
                            ("partly", "部分属实"),
                            ("rejected", "不属实"),
                            ("unclear", "无法查实"),
                        ],
                        max_length=8,
                    ),
                ),
                ("review", models.CharField(blank=True, max_length=1000)),
                ("transferred_to", models.CharField(blank=True, max_length=80)),
                ("transferred_by", models.CharField(blank=True, max_length=64)),
                ("transferred_at", models.DateTimeField(null=True)),
                ("transferred_because", models.CharField(blank=True, max_length=300)),
                ("version", models.IntegerField(default=1)),
                (
                    "application",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="entitlement.application"
                    ),
                ),
                (
                    "bill",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="redemption.bill"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.person"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "indexes": [
                    models.Index(fields=["county", "state", "due_on"], name="feedback_complaint_due"),
                    models.Index(fields=["county", "person"], name="feedback_complaint_person"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="feedback_complaint_no"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", ""),
                            models.Q(("reviewed_by", models.F("answered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="feedback_complaint_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["answered", "contested", "closed"]), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="feedback_complaint_answered",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "bill_id"),
                        name="feedback_complaint_bill_key",
                        to="redemption.Bill",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "application_id"),
                        name="feedback_complaint_application_key",
                        to="entitlement.Application",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="feedback_complaint_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stars", models.PositiveSmallIntegerField()),
                ("words", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "bill",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="redemption.bill"),
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
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "indexes": [models.Index(fields=["county", "provider"], name="feedback_rating_provider")],
                "constraints": [
                    models.UniqueConstraint(fields=("county", "bill"), name="feedback_rating_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 1), ("stars__lte", 5)), name="feedback_rating_stars"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "bill_id"),
                        name="feedback_rating_bill_key",
                        to="redemption.Bill",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="feedback_rating_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
