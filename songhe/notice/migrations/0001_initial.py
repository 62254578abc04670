import django.db.models.manager
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.UUIDField(null=True)),
                ("account", models.CharField(blank=True, default="", max_length=64)),
                ("addressee", models.UUIDField(null=True)),
                ("template", models.CharField(max_length=40)),
                ("values", models.JSONField(default=dict)),
                ("about", models.CharField(max_length=80)),
                (
                    "channel",
                    models.CharField(choices=[("inbox", "站内"), ("sms", "短信"), ("voice", "语音")], max_length=8),
                ),
                ("language", models.CharField(default="zh", max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "待发送"),
                            ("held", "夜间暂缓"),
                            ("sent", "已发送"),
                            ("failed", "发送失败"),
                            ("dropped", "不再发送"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, default="", max_length=120)),
                ("receipt", models.CharField(blank=True, default="", max_length=64)),
                ("spread_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "indexes": [
                    models.Index(fields=["county", "person", "at"], name="notice_of_a_person"),
                    models.Index(
                        condition=models.Q(("person", None)), fields=["account", "at"], name="notice_of_a_login"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "held"])),
                        fields=["county", "due_at"],
                        name="notice_due",
                    ),
                    models.Index(fields=["county", "state", "at"], name="notice_by_state"),
                    models.Index(
                        condition=models.Q(("channel", "inbox"), ("spread_at", None)),
                        fields=["county", "id"],
                        name="notice_to_spread",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("addressee", None), ("person__isnull", False)),
                        fields=("county", "about", "template", "person", "channel"),
                        name="notice_once_to_the_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("addressee__isnull", False)),
                        fields=("county", "about", "template", "addressee", "channel"),
                        name="notice_once_to_a_proxy",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("person", None)),
                        fields=("county", "about", "template", "account", "channel"),
                        name="notice_once_to_a_login",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("person__isnull", False), models.Q(("account", ""), _negated=True), _connector="OR"
                        ),
                        name="notice_to_somebody",
                    ),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Reached",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entry", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("county",), name="notice_reached_once")],
            },
        ),
        migrations.CreateModel(
            name="SandboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=64, unique=True)),
                ("at", models.DateTimeField()),
                (
                    "channel",
                    models.CharField(choices=[("inbox", "站内"), ("sms", "短信"), ("voice", "语音")], max_length=8),
                ),
                ("phone", models.CharField(max_length=20)),
                ("text", models.CharField(max_length=1000)),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="notice_sandbox_latest")],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person", models.UUIDField()),
                ("account", models.CharField(blank=True, default="", max_length=64)),
                (
                    "way",
                    models.CharField(
                        choices=[("sms", "发短信"), ("voice", "打电话读给我听"), ("none", "只在这里看")],
                        default="sms",
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(choices=[("zh", "中文"), ("en", "English")], default="zh", max_length=2)),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "constraints": [
                    models.UniqueConstraint(fields=("county", "person", "account"), name="notice_wish_once")
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
    ]
