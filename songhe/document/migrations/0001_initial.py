import django.db.models.deletion
import songhe.county.key
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
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
                            ("application", "申请"),
                            ("entitlement", "待遇"),
                            ("grant", "消费券"),
                            ("bill", "账单"),
                            ("statement", "结算单"),
                            ("payout", "拨付"),
                            ("assessment", "评估"),
                            ("complaint", "投诉"),
                            ("clearing", "异地清算"),
                        ],
                        max_length=16,
                    ),
                ),
                ("month", models.CharField(max_length=6)),
                ("next", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "kind", "month"), name="document_counter_once"),
                    models.CheckConstraint(
                        condition=models.Q(("next__gte", 1), ("next__lte", 10000000)),
                        name="document_counter_seven_digits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("listing", models.CharField(max_length=40)),
                ("asked", models.JSONField(default=dict)),
                ("language", models.CharField(choices=[("zh", "中文"), ("en", "English")], max_length=2)),
                ("whole", models.BooleanField(default=False)),
                ("purpose", models.CharField(blank=True, max_length=100)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("kind", models.CharField(blank=True, max_length=8)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "account", "asked_at"], name="document_download_mine"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False), ("removed_at", None)),
                        fields=["expires_at"],
                        name="document_download_over",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at", None), ("sha256", "")),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("finished_at__isnull", False),
                                ("sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="document_download_finished_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("whole", False), models.Q(("purpose", ""), _negated=True), _connector="OR"),
                        name="document_download_whole_with_purpose",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=8)),
                ("size", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("uploaded_at", models.DateTimeField()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "sha256"], name="document_stored_file_by_hash")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="document_stored_file_sha256"
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="document_stored_file_size"),
                    models.UniqueConstraint(fields=("county", "id"), name="document_storedfile_row"),
                ],
            },
        ),
    ]
