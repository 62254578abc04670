import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("contract_no", models.CharField(blank=True, max_length=60)),
                ("bed", models.CharField(blank=True, max_length=20)),
                ("admitted_on", models.DateField()),
                ("agreed_until", models.DateField(null=True)),
                ("discharged_on", models.DateField(null=True)),
                ("discharged_because", models.CharField(blank=True, max_length=20)),
                ("recorded_by", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("discharged_on", None)),
                        fields=("county", "person"),
                        name="service_stay_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discharged_on__isnull", True),
                            ("discharged_on__gte", models.F("admitted_on")),
                            _connector="OR",
                        ),
                        name="service_stay_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="service_stay_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="service_stay_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person", "admitted_on"], name="service_stay_person"),
                    models.Index(fields=["county", "provider", "discharged_on"], name="service_stay_provider"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("means", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                ("stay", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="service.stay")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "stay", "on", "means"), name="service_presence_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "stay_id"),
                        name="service_presence_stay_key",
                        to="service.Stay",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("service_on", models.DateField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("quantity", models.IntegerField(default=1)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("accuracy", models.FloatField(null=True)),
                ("confirmed_by", models.CharField(blank=True, max_length=16)),
                ("evidence", models.JSONField(default=dict)),
                ("evidence_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("pending", "待核"), ("pass", "通过"), ("fail", "不通过")],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("verdict_reasons", models.JSONField(default=list)),
                ("judged_by", models.CharField(blank=True, max_length=64)),
                ("billed_line", models.UUIDField(null=True)),
                ("client_id", models.CharField(max_length=64, null=True)),
                ("recorded_by", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
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
                    "worker",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("client_id__isnull", False)),
                        fields=("county", "provider", "client_id"),
                        name="service_visit_told_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="service_visit_quantity"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True),
                            ("started_at__isnull", True),
                            ("ended_at__gte", models.F("started_at")),
                            _connector="OR",
                        ),
                        name="service_visit_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="service_visit_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="service_visit_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person", "service_on"], name="service_visit_person"),
                    models.Index(fields=["county", "provider", "service_on"], name="service_visit_provider"),
                    models.Index(fields=["county", "worker", "service_on"], name="service_visit_worker"),
                    models.Index(
                        condition=models.Q(("verdict", "pending")),
                        fields=["county", "service_on"],
                        name="service_visit_to_judge",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Override",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "verdict",
                    models.CharField(choices=[("pending", "待核"), ("pass", "通过"), ("fail", "不通过")], max_length=8),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待决定"), ("granted", "已同意"), ("declined", "未同意")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("visit", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="service.visit")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("county", "visit"),
                        name="service_override_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="service_override_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="service_override_reason"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "visit_id"),
                        name="service_override_visit_key",
                        to="service.Visit",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
