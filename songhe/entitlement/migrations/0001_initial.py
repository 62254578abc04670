import django.db.models.deletion
import django.db.models.manager
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("assessment", "0001_initial"),
        ("document", "0001_initial"),
        ("eligibility", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("policy", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("submitted", "已提交"),
                            ("clarifying", "待补正"),
                            ("assessing", "评估中"),
                            ("determined", "待审核"),
                            ("reviewed", "待批准"),
                            ("published", "公示中"),
                            ("approved", "已批准"),
                            ("refused", "不予批准"),
                            ("withdrawn", "已撤回"),
                            ("lapsed", "已终止"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "本人网上"),
                            ("proxy", "代办"),
                            ("counter", "窗口"),
                            ("assisted", "村(社区)协助"),
                        ],
                        max_length=8,
                    ),
                ),
                ("self_rating", models.JSONField(null=True)),
                ("assessment_wish", models.JSONField(null=True)),
                ("category", models.CharField(blank=True, max_length=20)),
                ("pledge_signed_on", models.DateField(null=True)),
                ("opened_by", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_on", models.DateField(null=True)),
                ("question", models.CharField(blank=True, max_length=500)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("reviewed_by", models.CharField(blank=True, max_length=64)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("review_note", models.CharField(blank=True, max_length=500)),
                ("publish_from", models.DateField(null=True)),
                ("publish_to", models.DateField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("decision_note", models.CharField(blank=True, max_length=500)),
                ("version", models.IntegerField(default=1)),
                (
                    "assessment",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="assessment.assessment"
                    ),
                ),
                (
                    "determination",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="eligibility.determination"
                    ),
                ),
                (
                    "mandate",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.mandate"
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
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="entitlement_application_no"),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "clarifying",
                                    "assessing",
                                    "determined",
                                    "reviewed",
                                    "published",
                                ],
                            )
                        ),
                        fields=("county", "person", "policy"),
                        name="entitlement_application_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            ("reviewed_by", ""),
                            models.Q(("decided_by", models.F("reviewed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="entitlement_application_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="entitlement_application_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "mandate_id"),
                        name="entitlement_application_mandate_key",
                        to="person.Mandate",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "assessment_id"),
                        name="entitlement_application_assessment_key",
                        to="assessment.Assessment",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "determination_id"),
                        name="entitlement_application_determination_key",
                        to="eligibility.Determination",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="entitlement_application_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "state", "opened_at"], name="entitlement_inbox"),
                    models.Index(fields=["county", "person"], name="entitlement_app_person"),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("grounds", models.CharField(max_length=1000)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
                ("against", models.JSONField(default=list)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("upheld", "申诉成立"), ("rejected", "维持原决定")], max_length=10
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "application",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="entitlement.application"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at", None)),
                        fields=("county", "application"),
                        name="entitlement_appeal_open_once",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "application_id"),
                        name="entitlement_appeal_application_key",
                        to="entitlement.Application",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
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
                ("policy", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "有效"), ("suspended", "暂停"), ("stopped", "终止")],
                        default="active",
                        max_length=10,
                    ),
                ),
                ("approved_on", models.DateField()),
                ("approved_by", models.CharField(max_length=64)),
                ("first_month", models.CharField(max_length=7)),
                ("last_month", models.CharField(blank=True, max_length=7)),
                ("first_due_on", models.DateField(null=True)),
                ("level", models.IntegerField()),
                ("category", models.CharField(blank=True, max_length=20)),
                ("claims", models.BooleanField(default=False)),
                ("suspended_because", models.CharField(blank=True, max_length=200)),
                ("stopped_because", models.CharField(blank=True, max_length=20)),
                (
                    "application",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="entitlement.application"
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="entitlement_no"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "stopped"), _negated=True),
                        fields=("county", "person", "policy"),
                        name="entitlement_one_in_force",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="entitlement_entitlement_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "application_id"),
                        name="entitlement_entitlement_application_key",
                        to="entitlement.Application",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="entitlement_entitlement_row"),
                ],
                "indexes": [
                    models.Index(
                        fields=["county", "policy", "state", "approved_on", "no"], name="entitlement_to_issue"
                    ),
                    models.Index(fields=["county", "person"], name="entitlement_person"),
                    models.Index(fields=["county", "application"], name="entitlement_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ending",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        choices=[
                            ("death", "去世"),
                            ("recovery", "能力恢复"),
                            ("move", "迁居"),
                            ("excluded", "享受其他待遇"),
                            ("wish", "本人放弃"),
                            ("fraud", "骗取待遇"),
                            ("programme", "项目期满"),
                        ],
                        max_length=20,
                    ),
                ),
                ("happened_on", models.DateField()),
                ("reported_by", models.CharField(max_length=64)),
                ("reported_at", models.DateTimeField()),
                ("verified_by", models.CharField(blank=True, max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("refuted_at", models.DateTimeField(null=True)),
                ("refuted_by", models.CharField(blank=True, max_length=64)),
                ("undone_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("last_month", models.CharField(blank=True, max_length=7)),
                (
                    "event",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.event"
                    ),
                ),
                (
                    "entitlement",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="entitlement.entitlement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("made_at", None), ("refuted_at", None)),
                        fields=("county", "entitlement", "because"),
                        name="entitlement_ending_reported_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_by", ""),
                            models.Q(("verified_by", models.F("reported_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="entitlement_ending_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "entitlement_id"),
                        name="entitlement_ending_entitlement_key",
                        to="entitlement.Entitlement",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "event_id"),
                        name="entitlement_ending_event_key",
                        to="person.Event",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "entitlement"], name="entitlement_ending_of")],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("kind", models.CharField(max_length=12)),
                ("body", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "application",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="entitlement.application"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="entitlement_letter_no"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "application_id"),
                        name="entitlement_letter_application_key",
                        to="entitlement.Application",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("id_front", "证件正面"),
                            ("id_back", "证件背面"),
                            ("photo", "本人近照"),
                            ("residence", "居住证明"),
                            ("medical", "诊断或病历"),
                            ("paper_form", "纸质申请表"),
                            ("other", "其他材料"),
                        ],
                        max_length=12,
                    ),
                ),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "application",
                    songhe.county.key.CountyKey(
                        on_delete=django.db.models.deletion.PROTECT, to="entitlement.application"
                    ),
                ),
                (
                    "file",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"),
                ),
            ],
            options={
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "application_id"),
                        name="entitlement_material_application_key",
                        to="entitlement.Application",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "file_id"),
                        name="entitlement_material_file_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "application"], name="entitlement_material_of")],
            },
        ),
    ]
