import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时刻")),
                ("actor", models.CharField(max_length=64, verbose_name="账号")),
                ("behalf_of", models.UUIDField(null=True, verbose_name="代何人")),
                ("act", models.CharField(max_length=64, verbose_name="行为")),
                ("subject", models.CharField(max_length=64, verbose_name="对象种类")),
                ("subject_id", models.CharField(max_length=64, verbose_name="对象")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("detail", models.JSONField(default=dict, verbose_name="内容")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["county", "subject", "subject_id", "at"], name="trail_entry_subject"),
                    models.Index(fields=["county", "at"], name="trail_entry_at"),
                ],
                "constraints": [models.UniqueConstraint(fields=("county", "id"), name="trail_entry_row")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="序号")),
                ("before", models.CharField(max_length=64, verbose_name="前一摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("entry", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="trail.entry")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "number"), name="trail_seal_number"),
                    models.UniqueConstraint(fields=("county", "entry"), name="trail_seal_entry"),
                    models.UniqueConstraint(fields=("county", "before"), name="trail_seal_before"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "entry_id"),
                        name="trail_seal_entry_key",
                        to="trail.Entry",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
