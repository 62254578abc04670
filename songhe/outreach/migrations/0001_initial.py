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
            name="Team",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("service", "服务团队"), ("mutual", "互助服务队"), ("volunteer", "志愿服务队")],
                        max_length=10,
                    ),
                ),
                ("place", models.CharField(max_length=12)),
                ("leader", models.CharField(max_length=60)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("formed_on", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("last_day", None)),
                        fields=("county", "place", "name"),
                        name="outreach_team_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("formed_on")), _connector="OR"
                        ),
                        name="outreach_team_ends_after",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_team_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Steward",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account", models.CharField(max_length=150)),
                ("name", models.CharField(max_length=60)),
                ("place", models.CharField(max_length=12)),
                ("since", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "team",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="outreach.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("last_day", None)),
                        fields=("county", "account"),
                        name="outreach_steward_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("since")), _connector="OR"
                        ),
                        name="outreach_steward_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "team_id"),
                        name="outreach_steward_team_key",
                        to="outreach.Team",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_steward_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("weekday", models.IntegerField()),
                ("why", models.CharField(blank=True, max_length=120)),
                ("since", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("planned_by", models.CharField(max_length=64)),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "steward",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="outreach.steward"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("last_day", None)),
                        fields=("county", "person"),
                        name="outreach_round_one_steward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__gte", 1), ("weekday__lte", 7)), name="outreach_round_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("since")), _connector="OR"
                        ),
                        name="outreach_round_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "steward_id"),
                        name="outreach_round_steward_key",
                        to="outreach.Steward",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="outreach_round_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_round_row"),
                ],
                "indexes": [models.Index(fields=["county", "steward", "weekday"], name="outreach_round_steward")],
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
                ("week", models.DateField()),
                ("on", models.DateField()),
                ("means", models.CharField(choices=[("door", "上门"), ("phone", "电话")], max_length=6)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("well", "情况正常"),
                            ("need", "有需求"),
                            ("absent", "未见到"),
                            ("refused", "谢绝探访"),
                        ],
                        max_length=8,
                    ),
                ),
                ("done", models.JSONField(default=list)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "round",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="outreach.round"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "round", "week"), name="outreach_visit_once_a_week"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "round_id"),
                        name="outreach_visit_round_key",
                        to="outreach.Round",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="outreach_visit_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_visit_row"),
                ],
                "indexes": [models.Index(fields=["county", "person", "on"], name="outreach_visit_person")],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("help", models.CharField(max_length=12)),
                ("words", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("heard", "待处理"),
                            ("ordered", "已派单"),
                            ("referred", "已转介"),
                            ("accepted", "已答应"),
                            ("declined", "未答应"),
                            ("met", "已满足"),
                            ("unmet", "未能满足"),
                        ],
                        default="heard",
                        max_length=8,
                    ),
                ),
                ("due_on", models.DateField()),
                ("referred_to", models.CharField(blank=True, max_length=80)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_on", models.DateField(null=True)),
                ("heard_by", models.CharField(max_length=64)),
                ("heard_on", models.DateField()),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                ("ended_on", models.DateField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
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
                    "visit",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="outreach.visit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="outreach_need_words"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("item__isnull", True), ("provider__isnull", True)),
                            models.Q(("item__isnull", False), ("provider__isnull", False), ("referred_to", "")),
                            _connector="OR",
                        ),
                        name="outreach_need_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["heard", "ordered", "referred"]),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outreach_need_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["met", "unmet"]), _negated=True),
                            ("ended_on__isnull", False),
                            _connector="OR",
                        ),
                        name="outreach_need_ended",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "visit_id"),
                        name="outreach_need_visit_key",
                        to="outreach.Visit",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="outreach_need_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_need_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person", "heard_on"], name="outreach_need_person"),
                    models.Index(
                        condition=models.Q(("state__in", ["heard", "ordered", "referred", "declined"])),
                        fields=["county", "due_on"],
                        name="outreach_need_waits",
                    ),
                    models.Index(fields=["county", "provider", "state"], name="outreach_need_provider"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Volunteer",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("phone", models.CharField(max_length=20)),
                ("helps", models.JSONField(default=list)),
                ("since", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "person",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.person"
                    ),
                ),
                (
                    "team",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="outreach.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("last_day", None)),
                        fields=("county", "name", "phone"),
                        name="outreach_volunteer_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("since")), _connector="OR"
                        ),
                        name="outreach_volunteer_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="outreach_volunteer_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "team_id"),
                        name="outreach_volunteer_team_key",
                        to="outreach.Team",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="outreach_volunteer_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stint",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("help", models.CharField(max_length=12)),
                ("minutes", models.IntegerField()),
                ("done_on", models.DateField()),
                ("words", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("told", "待确认"), ("confirmed", "已确认"), ("declined", "未确认")],
                        default="told",
                        max_length=10,
                    ),
                ),
                ("told_by", models.CharField(max_length=64)),
                ("told_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("deed", models.UUIDField(null=True)),
                (
                    "person",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.person"
                    ),
                ),
                (
                    "volunteer",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="outreach.volunteer"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0), ("minutes__lte", 1440)), name="outreach_stint_minutes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("told_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="outreach_stint_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state", "told")),
                            models.Q(("decided_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outreach_stint_decided",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "volunteer_id"),
                        name="outreach_stint_volunteer_key",
                        to="outreach.Volunteer",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="outreach_stint_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "volunteer", "done_on"], name="outreach_stint_volunteer")],
            },
        ),
    ]
