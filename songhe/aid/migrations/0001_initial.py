import django.db.models.deletion
import django.db.models.expressions
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
            name="Aid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=6)),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=120)),
                ("group", models.CharField(max_length=12)),
                ("sizes", models.JSONField(default=list)),
                ("clean_with", models.CharField(max_length=200)),
                ("clean_with_en", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("place", "code", "valid_from"), name="aid_aid_code")],
            },
        ),
        migrations.CreateModel(
            name="Fitting",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("wish", models.CharField(max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "待评估"),
                            ("assessed", "待试用"),
                            ("tried", "待决定"),
                            ("accepted", "已选定"),
                            ("declined", "没有选用"),
                            ("fitted", "已交付"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_on", models.DateField()),
                ("size", models.CharField(blank=True, max_length=20)),
                ("need", models.CharField(blank=True, max_length=300)),
                ("home", models.CharField(blank=True, max_length=500)),
                ("fitter", models.CharField(blank=True, max_length=64)),
                ("assessed_on", models.DateField(null=True)),
                ("trial", models.CharField(blank=True, max_length=300)),
                ("tried_on", models.DateField(null=True)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_on", models.DateField(null=True)),
                ("because", models.CharField(blank=True, max_length=200)),
                (
                    "aid",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid.aid"
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "declined"]),
                            models.Q(
                                ("aid__isnull", False),
                                models.Q(("need", ""), _negated=True),
                                models.Q(("fitter", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="aid_fitting_assessed",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="aid_fitting_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_fitting_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person"], name="aid_fitting_person"),
                    models.Index(fields=["county", "provider", "state"], name="aid_fitting_desk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("serials", models.JSONField(default=list)),
                ("because", models.CharField(max_length=300)),
                ("notice_no", models.CharField(max_length=80)),
                ("on", models.DateField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("aid", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid.aid")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "aid", "notice_no"), name="aid_recall_notice"),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="aid_recall_reason"
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_recall_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("serial", models.CharField(max_length=40)),
                ("size", models.CharField(blank=True, max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_stock", "在库"),
                            ("out", "租出"),
                            ("cleaning", "待消毒"),
                            ("repair", "维修中"),
                            ("retired", "报废"),
                        ],
                        default="in_stock",
                        max_length=8,
                    ),
                ),
                ("stocked_on", models.DateField()),
                ("retired_on", models.DateField(null=True)),
                ("retired_because", models.CharField(blank=True, max_length=200)),
                ("aid", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid.aid")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "recall",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="aid.recall"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "aid", "serial"), name="aid_piece_serial"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_on__isnull", False), ("state", "retired")),
                            models.Q(models.Q(("state", "retired"), _negated=True), ("retired_on", None)),
                            _connector="OR",
                        ),
                        name="aid_piece_retired",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recall", None), models.Q(("state", "in_stock"), _negated=True), _connector="OR"
                        ),
                        name="aid_piece_recalled",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "recall_id"),
                        name="aid_piece_recall_key",
                        to="aid.Recall",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_piece_row"),
                ],
                "indexes": [models.Index(fields=["county", "provider", "state"], name="aid_piece_stock")],
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("day_fen", models.BigIntegerField()),
                ("out_on", models.DateField()),
                ("handed_by", models.CharField(max_length=64)),
                ("back_asked_on", models.DateField(null=True)),
                ("returned_on", models.DateField(null=True)),
                ("returned_to", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("fitting", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="aid.fitting")),
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
                ("piece", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="aid.piece")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="aid_loan_no"),
                    models.UniqueConstraint(fields=("county", "fitting"), name="aid_loan_fitting"),
                    models.UniqueConstraint(
                        condition=models.Q(("returned_on", None)), fields=("county", "piece"), name="aid_loan_one_out"
                    ),
                    models.CheckConstraint(condition=models.Q(("day_fen__gt", 0)), name="aid_loan_price"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned_on__isnull", True), ("returned_on__gte", models.F("out_on")), _connector="OR"
                        ),
                        name="aid_loan_returned",
                    ),
                    models.UniqueConstraint(fields=("county", "id", "day_fen"), name="aid_loan_price_of"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fitting_id"),
                        name="aid_loan_fitting_key",
                        to="aid.Fitting",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="aid_loan_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "piece_id"),
                        name="aid_loan_piece_key",
                        to="aid.Piece",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_loan_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person"], name="aid_loan_person"),
                    models.Index(fields=["county", "provider", "out_on"], name="aid_loan_desk"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                (
                    "condition",
                    models.CharField(
                        choices=[("good", "完好"), ("worn", "正常磨损"), ("damaged", "损坏"), ("lost", "丢失")],
                        max_length=8,
                    ),
                ),
                ("findings", models.CharField(blank=True, max_length=300)),
                ("witness", models.CharField(blank=True, max_length=200)),
                ("claimed_fen", models.BigIntegerField(default=0)),
                ("state", models.CharField(choices=[("claimed", "待认定"), ("decided", "已认定")], max_length=8)),
                ("checked_by", models.CharField(max_length=64)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_fen", models.BigIntegerField(default=0)),
                ("decided_because", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "evidence",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                ("loan", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="aid.loan")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "loan"), name="aid_inspection_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_fen", 0), ("condition__in", ["good", "worn"]), ("decided_fen", 0)),
                            models.Q(
                                ("condition__in", ["damaged", "lost"]),
                                models.Q(
                                    models.Q(("witness", ""), _negated=True),
                                    ("evidence__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="aid_inspection_wear_is_free",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claimed_fen__gte", 0),
                            ("decided_fen__gte", 0),
                            ("decided_fen__lte", models.F("claimed_fen")),
                        ),
                        name="aid_inspection_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("checked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="aid_inspection_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "loan_id"),
                        name="aid_inspection_loan_key",
                        to="aid.Loan",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "evidence_id"),
                        name="aid_inspection_evidence_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_inspection_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deposit",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("receipt_no", models.CharField(max_length=24)),
                ("amount_fen", models.BigIntegerField()),
                ("means", models.CharField(max_length=10)),
                (
                    "state",
                    models.CharField(choices=[("held", "代管中"), ("settled", "已退结")], default="held", max_length=7),
                ),
                ("taken_by", models.CharField(max_length=64)),
                ("taken_on", models.DateField()),
                ("back_fen", models.BigIntegerField(default=0)),
                ("kept_fen", models.BigIntegerField(default=0)),
                ("kept_because", models.CharField(blank=True, max_length=200)),
                ("back_to", models.CharField(blank=True, max_length=80)),
                ("settled_by", models.CharField(blank=True, max_length=64)),
                ("settled_on", models.DateField(null=True)),
                ("loan", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="aid.loan")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "loan"), name="aid_deposit_once"),
                    models.UniqueConstraint(fields=("county", "receipt_no"), name="aid_deposit_receipt"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("back_fen", 0), ("kept_fen", 0), ("settled_on", None), ("state", "held")),
                            models.Q(
                                (
                                    "amount_fen",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("back_fen"), "+", models.F("kept_fen")
                                    ),
                                ),
                                ("back_fen__gte", 0),
                                ("kept_fen__gte", 0),
                                ("settled_on__isnull", False),
                                ("state", "settled"),
                            ),
                            _connector="OR",
                        ),
                        name="aid_deposit_whole",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="aid_deposit_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kept_fen", 0), models.Q(("kept_because", ""), _negated=True), _connector="OR"
                        ),
                        name="aid_deposit_reason",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "loan_id"),
                        name="aid_deposit_loan_key",
                        to="aid.Loan",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_deposit_row"),
                ],
                "indexes": [models.Index(fields=["county", "state"], name="aid_deposit_state")],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day_fen", models.BigIntegerField()),
                ("deposit_fen", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("aid", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="aid.aid")),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "aid", "valid_from"), name="aid_offer_from"),
                    models.CheckConstraint(
                        condition=models.Q(("day_fen__gt", 0), ("deposit_fen__gte", 0)), name="aid_offer_amounts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="aid_offer_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cleaning",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("method", models.CharField(max_length=200)),
                ("on", models.DateField()),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("piece", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="aid.piece")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("method", ""), _negated=True), name="aid_cleaning_method"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "piece_id"),
                        name="aid_cleaning_piece_key",
                        to="aid.Piece",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "piece", "on"], name="aid_cleaning_piece")],
            },
        ),
        migrations.CreateModel(
            name="Rent",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("loan_id", models.UUIDField()),
                ("month", models.CharField(max_length=7)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("days", models.IntegerField()),
                ("day_fen", models.BigIntegerField()),
                ("fee_fen", models.BigIntegerField()),
                ("billed_line", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("billed_line", None)), fields=["county", "month"], name="aid_rent_to_charge"
                    )
                ],
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "loan_id", "day_fen"),
                        name="aid_rent_of_loan",
                        to="aid.Loan",
                        to_columns=("county", "id", "day_fen"),
                    ),
                    models.UniqueConstraint(fields=("county", "loan_id", "month"), name="aid_rent_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days__gte", 0),
                            ("days__lte", 31),
                            (
                                "fee_fen",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("days"), "*", models.F("day_fen")
                                ),
                            ),
                            ("last__gte", models.F("first")),
                        ),
                        name="aid_rent_fee",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="aid_rent_row"),
                ],
            },
        ),
    ]
