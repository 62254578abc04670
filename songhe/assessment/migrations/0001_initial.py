import django.db.models.deletion
import django.db.models.manager
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("document", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=6)),
                ("from_standard", models.CharField(max_length=20)),
                ("from_level", models.IntegerField()),
                ("to_level", models.IntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("valid_months", models.IntegerField()),
                ("document_no", models.CharField(max_length=80)),
                ("proposed_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_months__gt", 0)), name="assessment_mapping_months"
                    ),
                    models.UniqueConstraint(
                        fields=("place", "from_standard", "from_level", "valid_from"), name="assessment_mapping_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("proposed_by", models.F("approved_by")), _negated=True),
                        name="assessment_mapping_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_level__range", (0, 4))), name="assessment_mapping_level"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
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
                    "origin",
                    models.CharField(
                        choices=[("assessed", "评估"), ("recognised", "互认"), ("loaded", "历史结果")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "已申请"),
                            ("assigned", "已派评估师"),
                            ("submitted", "已提交"),
                            ("effective", "有效"),
                            ("disputed", "有异议"),
                            ("replaced", "已被替代"),
                            ("void", "作废"),
                            ("kept", "仅留存"),
                        ],
                        max_length=10,
                    ),
                ),
                ("standard", models.CharField(max_length=20)),
                (
                    "occasion",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("first", "首次评估"),
                            ("regular", "常规评估"),
                            ("immediate", "即时评估"),
                            ("review", "复评"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "where",
                    models.CharField(blank=True, choices=[("on_site", "到评估机构"), ("home", "上门")], max_length=8),
                ),
                ("body_name", models.CharField(blank=True, max_length=120)),
                ("scheduled_at", models.DateTimeField(null=True)),
                ("requested_at", models.DateTimeField()),
                ("requested_by", models.CharField(max_length=64)),
                ("assessed_on", models.DateField(null=True)),
                ("valid_until", models.DateField(null=True)),
                ("counts_until", models.DateField(null=True)),
                ("certificate_no", models.CharField(blank=True, max_length=60)),
                ("answers", models.JSONField(null=True)),
                ("information", models.JSONField(null=True)),
                ("subtotals", models.JSONField(null=True)),
                ("total", models.IntegerField(null=True)),
                ("initial_level", models.IntegerField(null=True)),
                ("final_level", models.IntegerField(null=True)),
                ("recorded_level", models.CharField(blank=True, max_length=40)),
                ("reasons", models.JSONField(default=list)),
                ("warnings", models.JSONField(default=list)),
                ("scale_version", models.CharField(blank=True, max_length=12)),
                ("signatures", models.JSONField(default=list)),
                ("fee_fen", models.BigIntegerField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
                ("disputed_at", models.DateTimeField(null=True)),
                ("disputed_by", models.CharField(blank=True, max_length=64)),
                ("dispute_grounds", models.CharField(blank=True, max_length=500)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "body",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "disputes",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "first_assessor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "replaced_by",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "second_assessor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
                (
                    "mapping",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessment.mapping",
                    ),
                ),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="assessment_no"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["requested", "assigned", "submitted"])),
                        fields=("county", "person"),
                        name="assessment_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["effective", "disputed"])),
                        fields=("county", "person"),
                        name="assessment_one_stands",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "recognised"), _negated=True),
                            models.Q(("initial_level__isnull", True), ("total__isnull", True)),
                            _connector="OR",
                        ),
                        name="assessment_recognised_has_no_scores",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["effective", "disputed", "replaced"]), _negated=True),
                            models.Q(("assessed_on__isnull", False), ("final_level__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_that_counts_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_assessor__isnull", True),
                            models.Q(("first_assessor", models.F("second_assessor")), _negated=True),
                            _connector="OR",
                        ),
                        name="assessment_two_assessors",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("final_level__isnull", True), ("final_level__range", (0, 4)), _connector="OR"
                        ),
                        name="assessment_level",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="assessment_assessment_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "disputes_id"),
                        name="assessment_assessment_disputes_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "replaced_by_id"),
                        name="assessment_assessment_replaced_by_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="assessment_assessment_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person", "state", "assessed_on"], name="assessment_person"),
                    models.Index(fields=["county", "state"], name="assessment_state"),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account", models.CharField(max_length=64)),
                ("content", models.CharField(max_length=64)),
                ("typed", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "assessment",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "drawing",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "assessment", "worker", "content"), name="assessment_signature_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("drawing__isnull", True), models.Q(("typed", ""), _negated=True)),
                            models.Q(("drawing__isnull", False), ("typed", "")),
                            _connector="OR",
                        ),
                        name="assessment_signature_of_one_kind",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "assessment_id"),
                        name="assessment_signature_assessment_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "drawing_id"),
                        name="assessment_signature_drawing_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("scores", models.JSONField(default=dict)),
                ("information", models.JSONField(default=dict)),
                ("care_notes", models.CharField(blank=True, max_length=1000)),
                ("stamps", models.JSONField(default=dict)),
                ("version", models.IntegerField(default=1)),
                ("turn", models.IntegerField(default=0)),
                ("remarks", models.JSONField(default=list)),
                ("began_at", models.DateTimeField()),
                ("began_by", models.CharField(max_length=64)),
                ("began_by_device", models.DateTimeField(null=True)),
                ("visited_on", models.DateField()),
                ("saved_at", models.DateTimeField()),
                ("saved_by", models.CharField(max_length=64)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("accuracy", models.FloatField(null=True)),
                ("located_with_consent_of", models.CharField(blank=True, max_length=64)),
                (
                    "assessment",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "photo",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "constraints": [
                    models.UniqueConstraint(fields=("county", "assessment"), name="assessment_draft_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("longitude__isnull", True),
                            models.Q(("located_with_consent_of", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="assessment_draft_place_by_consent",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "assessment_id"),
                        name="assessment_draft_assessment_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "photo_id"),
                        name="assessment_draft_photo_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="assessment_draft_row"),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
