import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("told", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待批准"), ("approved", "已批准"), ("declined", "未批准")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("made", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        name="proposal_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", ""), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "approved"), models.Q(("made", ""), _negated=True)),
                            models.Q(models.Q(("state", "approved"), _negated=True), ("made", "")),
                            _connector="OR",
                        ),
                        name="proposal_carried_out",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), ("state", "declined"), _negated=True),
                        name="proposal_declined_why",
                    ),
                ],
                "indexes": [models.Index(fields=["county", "kind", "state"], name="proposal_kind")],
            },
        ),
    ]
