import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("card", "0001_initial"),
        ("outreach", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.CharField(max_length=12)),
                ("told", models.JSONField()),
                ("least_weight", models.IntegerField()),
                ("line", models.IntegerField()),
                ("shipped", models.BooleanField(default=False)),
                ("valid_from", models.CharField(max_length=7)),
                ("document_no", models.CharField(blank=True, max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "待审批"), ("in_force", "已生效"), ("declined", "未同意")],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("shipped", False), ("state__in", ["proposed", "in_force"])),
                        fields=("county", "valid_from"),
                        name="examine_edition_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("shipped", True)),
                        fields=("county", "version"),
                        name="examine_edition_shipped_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_edition_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("shipped", True), ("state", "in_force")),
                            models.Q(("decided_by", ""), ("shipped", False), ("state", "proposed")),
                            models.Q(
                                ("shipped", False),
                                models.Q(("state", "proposed"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examine_edition_decided",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="examine_edition_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Examination",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("number", models.IntegerField()),
                ("because", models.CharField(blank=True, max_length=300)),
                ("drawn_by", models.CharField(max_length=64)),
                ("drawn_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("drawn", "待公布"),
                            ("published", "已公布"),
                            ("dropped", "不公布"),
                            ("replaced", "已更正"),
                        ],
                        default="drawn",
                        max_length=9,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("published_on", models.DateField(null=True)),
                ("decided_because", models.CharField(blank=True, max_length=300)),
                (
                    "edition",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.edition"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "month", "number"), name="examine_examination_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "published")),
                        fields=("county", "month"),
                        name="examine_examination_published_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "drawn")),
                        fields=("county", "month"),
                        name="examine_examination_drawn_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1),
                            models.Q(("number__gt", 1), models.Q(("because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="examine_examination_correction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            ("state", "dropped"),
                            models.Q(("decided_by", models.F("drawn_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_examination_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state", "drawn")),
                            models.Q(
                                models.Q(("state", "drawn"), _negated=True), models.Q(("decided_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="examine_examination_decided",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "edition_id"),
                        name="examine_examination_edition_key",
                        to="examine.Edition",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="examine_examination_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Caution",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("score", "考核低于底线"),
                            ("complaint", "投诉属实"),
                            ("food", "食品安全不合格"),
                            ("finding", "检查发现严重问题"),
                        ],
                        max_length=9,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=60)),
                ("mend", models.CharField(blank=True, max_length=500)),
                ("due_on", models.DateField()),
                ("given_by", models.CharField(max_length=64)),
                ("given_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "待整改"),
                            ("mended", "已报整改"),
                            ("lifted", "已解除"),
                            ("failed", "逾期未改"),
                        ],
                        default="given",
                        max_length=6,
                    ),
                ),
                ("mended", models.CharField(blank=True, max_length=500)),
                ("mended_by", models.CharField(blank=True, max_length=64)),
                ("mended_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "examination",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="examine.examination"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "provider", "examination"), name="examine_caution_score_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cause", "score"), ("examination__isnull", False)),
                            models.Q(
                                models.Q(("cause", "score"), _negated=True),
                                ("examination__isnull", True),
                                models.Q(("mend", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examine_caution_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state__in", ["given", "mended"])),
                            models.Q(
                                ("state__in", ["lifted", "failed"]),
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(("because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examine_caution_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("given_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_caution_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "mended"), _negated=True),
                            models.Q(("mended", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_caution_mended",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "examination_id"),
                        name="examine_caution_examination_key",
                        to="examine.Examination",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="examine_caution_row"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["given", "mended"])),
                        fields=["county", "due_on"],
                        name="examine_caution_open",
                    ),
                    models.Index(fields=["county", "provider"], name="examine_caution_provider"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exit",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("because", models.CharField(max_length=300)),
                ("since", models.DateField()),
                ("residents_until", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待审批"),
                            ("running", "退出中"),
                            ("finished", "已退出"),
                            ("declined", "未同意"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("begun_by", models.CharField(max_length=64)),
                ("begun_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_because", models.CharField(blank=True, max_length=300)),
                ("finished_by", models.CharField(blank=True, max_length=64)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "caution",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="examine.caution"
                    ),
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
                        condition=models.Q(("state__in", ["proposed", "running"])),
                        fields=("county", "provider"),
                        name="examine_exit_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="examine_exit_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("residents_until__gte", models.F("since"))), name="examine_exit_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("begun_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_exit_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examine_exit_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state", "finished")),
                            models.Q(models.Q(("state", "finished"), _negated=True), ("finished_by", "")),
                            _connector="OR",
                        ),
                        name="examine_exit_finished",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "caution_id"),
                        name="examine_exit_caution_key",
                        to="examine.Caution",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="examine_exit_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("indicator", models.CharField(max_length=12)),
                ("scale", models.IntegerField()),
                ("num", models.BigIntegerField()),
                ("den", models.BigIntegerField()),
                ("value", models.BigIntegerField()),
                ("weight", models.IntegerField()),
                ("points", models.IntegerField(null=True)),
                (
                    "examination",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.examination"),
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
                        fields=("county", "examination", "provider", "indicator"), name="examine_figure_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("den__gte", 0), ("num__gte", 0), ("value__gte", 0)),
                        name="examine_figure_counts",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "examination_id"),
                        name="examine_figure_examination_key",
                        to="examine.Examination",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("indicator", models.CharField(max_length=12)),
                ("because", models.CharField(max_length=500)),
                ("made_by", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("made", "待答复"), ("upheld", "异议成立"), ("rejected", "异议不成立")],
                        default="made",
                        max_length=8,
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("answered_by", models.CharField(blank=True, max_length=64)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "examination",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.examination"),
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
                        fields=("county", "examination", "provider", "indicator"), name="examine_objection_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_by", ""), ("state", "made")),
                            models.Q(
                                models.Q(("state", "made"), _negated=True),
                                models.Q(("answered_by", ""), _negated=True),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examine_objection_answered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_by", ""),
                            models.Q(("answered_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_objection_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "examination_id"),
                        name="examine_objection_examination_key",
                        to="examine.Examination",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
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
                            ("stay", "入住"),
                            ("loan", "租用辅具"),
                            ("booking", "订餐"),
                            ("need", "已派的需求"),
                            ("fitting", "在办的适配"),
                            ("hold", "预留的钱"),
                        ],
                        max_length=8,
                    ),
                ),
                ("subject", models.UUIDField()),
                ("became", models.UUIDField(null=True)),
                ("chosen", models.CharField(max_length=300)),
                ("by_elder", models.BooleanField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("exit", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.exit")),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "to",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "exit", "kind", "subject"), name="examine_placement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("chosen", ""), _negated=True), name="examine_placement_said"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "exit_id"),
                        name="examine_placement_exit_key",
                        to="examine.Exit",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="examine_placement_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("total", models.IntegerField(null=True)),
                ("weight", models.IntegerField()),
                (
                    "examination",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.examination"),
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
                    models.UniqueConstraint(fields=("county", "examination", "provider"), name="examine_score_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("total__isnull", True), models.Q(("total__gte", 0), ("total__lte", 100)), _connector="OR"
                        ),
                        name="examine_score_bounds",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "examination_id"),
                        name="examine_score_examination_key",
                        to="examine.Examination",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "provider"], name="examine_score_provider")],
            },
        ),
        migrations.CreateModel(
            name="Steering",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("middle", models.IntegerField()),
                (
                    "way",
                    models.CharField(
                        choices=[("elder", "老人自己选的"), ("first", "按建议派的"), ("other", "没有按建议")],
                        max_length=5,
                    ),
                ),
                ("because", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "examination",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="examine.examination"
                    ),
                ),
                (
                    "need",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="outreach.need"
                    ),
                ),
                (
                    "order",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="card.itemorder"
                    ),
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("way", "other"), _negated=True),
                            models.Q(("because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="examine_steering_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("need__isnull", False), ("order__isnull", True)),
                            models.Q(("need__isnull", True), ("order__isnull", False)),
                            _connector="OR",
                        ),
                        name="examine_steering_of_one",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "need_id"),
                        name="examine_steering_need_key",
                        to="outreach.Need",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "order_id"),
                        name="examine_steering_order_key",
                        to="card.ItemOrder",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "examination_id"),
                        name="examine_steering_examination_key",
                        to="examine.Examination",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="examine_steering_row"),
                ],
                "indexes": [models.Index(fields=["county", "need"], name="examine_steering_need")],
            },
        ),
        migrations.CreateModel(
            name="Offered",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.IntegerField()),
                ("score", models.IntegerField(null=True)),
                ("metres", models.IntegerField(null=True)),
                ("contracted", models.BooleanField()),
                ("price_fen", models.BigIntegerField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "steering",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.steering"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "steering", "place"), name="examine_offered_place"),
                    models.UniqueConstraint(fields=("county", "steering", "provider"), name="examine_offered_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "steering_id"),
                        name="examine_offered_steering_key",
                        to="examine.Steering",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("indicator", models.CharField(max_length=12)),
                ("weight", models.IntegerField()),
                ("least", models.IntegerField()),
                ("months", models.IntegerField()),
                ("start", models.BigIntegerField()),
                ("points", models.IntegerField()),
                (
                    "edition",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="examine.edition"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "edition", "indicator", "start"), name="examine_step_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("least__gte", 0),
                            ("months__gt", 0),
                            ("points__gte", 0),
                            ("points__lte", 100),
                            ("start__gte", 0),
                            ("weight__gt", 0),
                        ),
                        name="examine_step_bounds",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "edition_id"),
                        name="examine_step_edition_key",
                        to="examine.Edition",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
