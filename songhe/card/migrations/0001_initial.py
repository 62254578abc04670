import django.db.models.deletion
import django.db.models.expressions
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("document", "0001_initial"),
        ("ledger", "0001_initial"),
        ("person", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
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
                    "state",
                    models.CharField(
                        choices=[("active", "正常"), ("lost", "挂失"), ("frozen", "冻结"), ("closed", "注销")],
                        default="active",
                        max_length=6,
                    ),
                ),
                ("card_class", models.IntegerField(default=3)),
                ("elder", models.BooleanField(default=False)),
                ("veteran", models.BooleanField(default=False)),
                ("bus", models.BooleanField(default=False)),
                ("authorised", models.CharField(choices=[("elder", "本人"), ("agent", "代办人")], max_length=5)),
                ("opened_by", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("closed_because", models.CharField(blank=True, max_length=200)),
                (
                    "mandate",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.mandate"
                    ),
                ),
                (
                    "medium",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.medium"),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="card_card_no"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=("county", "person"),
                        name="card_card_one_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("card_class__gte", 1), ("card_class__lte", 4)), name="card_card_class"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("authorised", "elder"),
                            models.Q(("authorised", "agent"), ("mandate__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_card_agent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on__isnull", False), ("state", "closed")),
                            models.Q(models.Q(("state", "closed"), _negated=True), ("closed_on", None)),
                            _connector="OR",
                        ),
                        name="card_card_closed",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="card_card_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "medium_id"),
                        name="card_card_medium_key",
                        to="person.Medium",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "mandate_id"),
                        name="card_card_mandate_key",
                        to="person.Mandate",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_card_row"),
                ],
                "indexes": [models.Index(fields=["county", "person"], name="card_card_person")],
            },
        ),
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("finance", "财政资金"),
                            ("disabled", "残联资金"),
                            ("collective", "村（社区）集体资金"),
                            ("charity", "慈善资金"),
                            ("family", "家庭资金"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("central", "中央"),
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("town", "乡镇（街道）"),
                            ("village", "村（社区）"),
                        ],
                        max_length=8,
                    ),
                ),
                ("place", models.CharField(max_length=12)),
                ("slot", models.IntegerField()),
                ("classes", models.JSONField(default=list)),
                ("rates", models.JSONField(default=dict)),
                (
                    "expiry",
                    models.CharField(
                        choices=[("month_end", "当月有效"), ("period_end", "期末清零"), ("never", "长期有效")],
                        max_length=10,
                    ),
                ),
                ("period_months", models.IntegerField(null=True)),
                ("late_days", models.IntegerField(default=0)),
                ("rank", models.IntegerField(default=0)),
                ("refund", models.CharField(choices=[("fund", "退回原资金池"), ("heirs", "退给继承人")], max_length=6)),
                ("matches", models.BooleanField(default=False)),
                ("opened_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("closed_on", models.DateField(null=True)),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
                ("books", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.fund")),
                (
                    "inflow",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "code"), name="card_fund_code"),
                    models.UniqueConstraint(fields=("county", "slot"), name="card_fund_slot"),
                    models.UniqueConstraint(fields=("county", "id", "source"), name="card_fund_of_source"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None), ("source", "family")),
                        fields=("county",),
                        name="card_fund_one_family",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("opened_by", models.F("approved_by")), _negated=True),
                        name="card_fund_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot__gte", 1), ("slot__lte", 65535)), name="card_fund_slot_fits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expiry", "period_end"), ("period_months__in", [2, 3, 4, 6, 12])),
                            models.Q(models.Q(("expiry", "period_end"), _negated=True), ("period_months", None)),
                            _connector="OR",
                        ),
                        name="card_fund_period",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("expiry", "never"), ("matches", False), ("refund", "heirs"), ("source", "family")
                            ),
                            models.Q(models.Q(("source", "family"), _negated=True), ("refund", "fund")),
                            _connector="OR",
                        ),
                        name="card_fund_family",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("matches", False),
                            models.Q(("expiry", "never"), ("rates", {}), ("source", "charity")),
                            _connector="OR",
                        ),
                        name="card_fund_matches",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "books_id"),
                        name="card_fund_books_key",
                        to="ledger.Fund",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="card_fund_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "inflow_id"),
                        name="card_fund_inflow_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_fund_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("held_on", models.DateField()),
                ("body", models.CharField(max_length=40)),
                ("present", models.JSONField(default=list)),
                ("entitled", models.IntegerField()),
                ("attended", models.IntegerField()),
                ("votes_for", models.IntegerField()),
                ("votes_against", models.IntegerField()),
                ("abstained", models.IntegerField()),
                ("resolution", models.CharField(max_length=300)),
                ("amount_fen", models.BigIntegerField()),
                ("document_no", models.CharField(max_length=80)),
                ("recorded_by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "fund", "document_no"), name="card_decision_document"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("abstained__gte", 0),
                            (
                                "attended",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("votes_for"), "+", models.F("votes_against")
                                    ),
                                    "+",
                                    models.F("abstained"),
                                ),
                            ),
                            ("entitled__gte", models.F("attended")),
                            ("votes_against__gte", 0),
                            ("votes_for__gte", 0),
                        ),
                        name="card_decision_votes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "votes_for__gt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("votes_against"), "+", models.F("abstained")
                                ),
                            )
                        ),
                        name="card_decision_carried",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_decision_amount"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_decision_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="card_decision_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_decision_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Donation",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "giver",
                    models.CharField(
                        choices=[
                            ("person", "个人"),
                            ("company", "企业"),
                            ("organisation", "社会组织"),
                            ("unknown", "匿名"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80)),
                ("named", models.BooleanField(default=True)),
                ("amount_fen", models.BigIntegerField()),
                ("given_on", models.DateField()),
                ("receipt_no", models.CharField(max_length=40)),
                ("wish", models.CharField(blank=True, max_length=200)),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "receipt_no"), name="card_donation_receipt"),
                    models.UniqueConstraint(
                        fields=("county", "id", "fund", "amount_fen"), name="card_donation_of_fund"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_donation_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), ("giver", "unknown"), _connector="OR"
                        ),
                        name="card_donation_name",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_donation_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_donation_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("fund_id", models.UUIDField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("finance", "财政资金"),
                            ("disabled", "残联资金"),
                            ("collective", "村（社区）集体资金"),
                            ("charity", "慈善资金"),
                            ("family", "家庭资金"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("document_no", models.CharField(max_length=80)),
                ("donation_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待批准"), ("approved", "已批准"), ("declined", "未批准")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                (
                    "decision",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="card.decision"
                    ),
                ),
            ],
            options={
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id", "source"),
                        name="card_allotment_of_source",
                        to="card.Fund",
                        to_columns=("county", "id", "source"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "donation_id", "fund_id", "amount_fen"),
                        name="card_allotment_gift",
                        to="card.Donation",
                        to_columns=("county", "id", "fund_id", "amount_fen"),
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen", 0), _negated=True), name="card_allotment_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", "family"), _negated=True), name="card_allotment_not_family"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="card_allotment_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "collective"), _negated=True),
                            ("amount_fen__lt", 0),
                            ("decision__isnull", False),
                            _connector="OR",
                        ),
                        name="card_allotment_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "charity"), _negated=True),
                            ("donation_id__isnull", False),
                            _connector="OR",
                        ),
                        name="card_allotment_given",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "declined"), _negated=True),
                        fields=("county", "donation_id"),
                        name="card_allotment_gift_once",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "decision_id"),
                        name="card_allotment_decision_key",
                        to="card.Decision",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_allotment_row"),
                ],
                "indexes": [models.Index(fields=["county", "fund_id", "state"], name="card_allotment_fund")],
            },
        ),
        migrations.CreateModel(
            name="Allowed",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("category", models.CharField(max_length=12)),
                ("until", models.DateField(null=True)),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "fund", "category"), name="card_allowed_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_allowed_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_allowed_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purse",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("period", models.CharField(blank=True, max_length=7)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("active", "可用"),
                            ("expired", "已到期"),
                            ("for_heirs", "待退继承人"),
                            ("closed", "已结清"),
                        ],
                        default="active",
                        max_length=9,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("book_until", models.DateField()),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "card", "fund", "period"), name="card_purse_once"),
                    models.UniqueConstraint(fields=("county", "account"), name="card_purse_account"),
                    models.UniqueConstraint(fields=("county", "id", "fund", "valid_to"), name="card_purse_of_fund"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("book_until__gte", models.F("valid_from")), ("valid_to__gte", models.F("valid_from"))
                        ),
                        name="card_purse_span",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_purse_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_purse_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="card_purse_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_purse_row"),
                ],
                "indexes": [models.Index(fields=["county", "fund", "state", "book_until"], name="card_purse_due")],
            },
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("purse_id", models.UUIDField(null=True)),
                ("fund_id", models.UUIDField()),
                ("valid_to", models.DateField()),
                ("allowed", models.CharField(max_length=12)),
                ("category", models.CharField(max_length=12)),
                ("amount_fen", models.BigIntegerField()),
                ("about", models.UUIDField()),
                ("service_on", models.DateField()),
                ("from_fund", models.BooleanField(default=False)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id", "fund_id", "valid_to"),
                        name="card_draw_purse",
                        to="card.Purse",
                        to_columns=("county", "id", "fund_id", "valid_to"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id", "allowed"),
                        name="card_draw_allowed",
                        to="card.Allowed",
                        to_columns=("county", "fund_id", "category"),
                    ),
                    models.UniqueConstraint(fields=("county", "about", "purse_id"), name="card_draw_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("purse_id", None)),
                        fields=("county", "about", "fund_id"),
                        name="card_draw_part_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", True), ("purse_id__isnull", False)),
                            models.Q(("from_fund", True), ("person__isnull", False), ("purse_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="card_draw_part",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_draw_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("allowed", "*"), ("allowed", models.F("category")), _connector="OR"),
                        name="card_draw_on_the_list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("service_on__lte", models.F("valid_to"))), name="card_draw_in_time"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="card_draw_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_draw_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "fund_id", "at"], name="card_draw_fund"),
                    models.Index(fields=["county", "purse_id"], name="card_draw_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GivenBack",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("restored", models.BooleanField()),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("draw", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.draw")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "draw"), name="card_given_back_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "draw_id"),
                        name="card_givenback_draw_key",
                        to="card.Draw",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("help", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("amount_fen", models.BigIntegerField()),
                ("taken_fen", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("held", "预留中"), ("captured", "已用完"), ("released", "已释放")],
                        default="held",
                        max_length=8,
                    ),
                ),
                ("until", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
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
                            ("amount_fen__gt", 0), ("taken_fen__gte", 0), ("taken_fen__lte", models.F("amount_fen"))
                        ),
                        name="card_hold_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "held")),
                            models.Q(
                                models.Q(("state", "held"), _negated=True), models.Q(("ended_at", None), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="card_hold_ended",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_hold_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_hold_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "card", "state"], name="card_hold_card"),
                    models.Index(fields=["county", "state", "until"], name="card_hold_due"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchCount",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("matched_fen", models.BigIntegerField(default=0)),
                ("cap_fen", models.BigIntegerField()),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "person", "month"), name="card_match_count_once"),
                    models.CheckConstraint(
                        condition=models.Q(("matched_fen__gte", 0), ("matched_fen__lte", models.F("cap_fen"))),
                        name="card_match_count_cap",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="card_matchcount_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopUp",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("amount_fen", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待支付"), ("paid", "已到账"), ("cancelled", "已取消")],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("payment_no", models.CharField(max_length=64, null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("refunded_fen", models.BigIntegerField(default=0)),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="card_topup_no"),
                    models.UniqueConstraint(fields=("county", "payment_no"), name="card_topup_payment"),
                    models.UniqueConstraint(fields=("county", "id", "amount_fen"), name="card_topup_amount_of"),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_topup_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("refunded_fen__gte", 0), ("refunded_fen__lte", models.F("amount_fen"))),
                        name="card_topup_refunded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payment_no__isnull", False), ("state", "paid")),
                            models.Q(
                                models.Q(("state", "paid"), _negated=True), ("payment_no", None), ("refunded_fen", 0)
                            ),
                            _connector="OR",
                        ),
                        name="card_topup_paid",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_topup_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_topup_row"),
                ],
                "indexes": [models.Index(fields=["county", "card"], name="card_topup_card")],
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("topup_id", models.UUIDField()),
                ("topup_fen", models.BigIntegerField()),
                ("month", models.CharField(max_length=7)),
                ("ratio", models.CharField(max_length=12)),
                ("amount_fen", models.BigIntegerField()),
                ("back_fen", models.BigIntegerField(default=0)),
                ("pack", models.CharField(max_length=80)),
                ("version", models.CharField(max_length=12)),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
                ("purse", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.purse")),
            ],
            options={
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "topup_id", "topup_fen"),
                        name="card_match_topup",
                        to="card.TopUp",
                        to_columns=("county", "id", "amount_fen"),
                    ),
                    models.UniqueConstraint(fields=("county", "topup_id", "fund"), name="card_match_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0), ("amount_fen__lte", models.F("topup_fen"))),
                        name="card_match_within_topup",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("back_fen__gte", 0), ("back_fen__lte", models.F("amount_fen"))),
                        name="card_match_back",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_match_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id"),
                        name="card_match_purse_key",
                        to="card.Purse",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldPart",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("back_fen", models.BigIntegerField(default=0)),
                (
                    "account",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="ledger.account"),
                ),
                ("hold", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.hold")),
                ("purse", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.purse")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "hold", "purse"), name="card_holdpart_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_fen__gt", 0), ("back_fen__gte", 0), ("back_fen__lte", models.F("amount_fen"))
                        ),
                        name="card_holdpart_amounts",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "hold_id"),
                        name="card_holdpart_hold_key",
                        to="card.Hold",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id"),
                        name="card_holdpart_purse_key",
                        to="card.Purse",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "account_id"),
                        name="card_holdpart_account_key",
                        to="ledger.Account",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "purse"], name="card_holdpart_purse")],
            },
        ),
        migrations.CreateModel(
            name="HeirPayment",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("relation", models.CharField(max_length=20)),
                ("evidence", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待批准"), ("paid", "已退"), ("declined", "未批准")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=200)),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                ("purse", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.purse")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_heir_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="card_heir_two_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("county", "purse"), name="card_heir_open_once"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id"),
                        name="card_heirpayment_purse_key",
                        to="card.Purse",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="card_heirpayment_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_heirpayment_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.CharField(max_length=7)),
                ("amount_fen", models.BigIntegerField()),
                ("batch", models.UUIDField()),
                ("pack", models.CharField(blank=True, max_length=80)),
                ("version", models.CharField(blank=True, max_length=12)),
                ("at", models.DateTimeField()),
                ("fund", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.fund")),
                ("purse", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.purse")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "purse", "month"), name="card_charge_once"),
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="card_charge_amount"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "purse_id"),
                        name="card_charge_purse_key",
                        to="card.Purse",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "fund_id"),
                        name="card_charge_fund_key",
                        to="card.Fund",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "batch"], name="card_charge_batch")],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("standard", models.CharField(max_length=40)),
                ("first_month", models.CharField(max_length=7)),
                ("last_month", models.CharField(blank=True, max_length=7)),
                ("pack", models.CharField(max_length=80)),
                ("version", models.CharField(max_length=12)),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "card", "standard", "first_month"), name="card_standing_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_month", ""), ("last_month__gte", models.F("first_month")), _connector="OR"
                        ),
                        name="card_standing_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_standing_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("amount_fen", models.BigIntegerField()),
                ("back_fen", models.BigIntegerField()),
                ("because", models.CharField(max_length=200)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("topup", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.topup")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="card_refund_no"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_fen__gt", 0), ("back_fen__gte", 0)), name="card_refund_amount"
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "topup_id"),
                        name="card_refund_topup_key",
                        to="card.TopUp",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_refund_row"),
                ],
                "indexes": [models.Index(fields=["county", "topup"], name="card_refund_of")],
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("secret", models.CharField(max_length=200)),
                ("wrong", models.IntegerField(default=0)),
                ("blocked_at", models.DateTimeField(null=True)),
                ("set_by", models.CharField(max_length=64)),
                ("set_at", models.DateTimeField()),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
                (
                    "medium",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.medium"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "card"], name="card_pin_card")],
                "constraints": [
                    models.UniqueConstraint(fields=("county", "medium"), name="card_pin_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blocked_at", None), ("wrong__gte", 0), ("wrong__lt", 5)),
                            models.Q(("blocked_at__isnull", False), ("wrong", 5)),
                            _connector="OR",
                        ),
                        name="card_pin_blocked",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_pin_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "medium_id"),
                        name="card_pin_medium_key",
                        to="person.Medium",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Face",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("agreed", "已同意，待拍照"), ("ready", "可用"), ("withdrawn", "已撤回")],
                        default="agreed",
                        max_length=9,
                    ),
                ),
                ("wording", models.CharField(max_length=12)),
                ("agreed_by", models.CharField(max_length=64)),
                ("agreed_at", models.DateTimeField()),
                ("ready_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=64)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_because", models.CharField(blank=True, max_length=200)),
                ("forgotten_at", models.DateTimeField(null=True)),
                ("card", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.card")),
                (
                    "medium",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.medium"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "withdrawn"), _negated=True),
                        fields=("county", "card"),
                        name="card_face_one_a_card",
                    ),
                    models.UniqueConstraint(fields=("county", "medium"), name="card_face_medium"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True),
                            models.Q(("medium__isnull", False), ("ready_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="card_face_ready",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                ("forgotten_at", None),
                                ("withdrawn_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="card_face_withdrawn",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="card_face_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "medium_id"),
                        name="card_face_medium_key",
                        to="person.Medium",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemOrder",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("no", models.CharField(max_length=24)),
                ("item", models.CharField(max_length=30)),
                ("quantity", models.IntegerField(default=1)),
                ("price_fen", models.BigIntegerField()),
                ("fee_fen", models.BigIntegerField()),
                ("words", models.CharField(blank=True, max_length=200)),
                ("last_day", models.DateField()),
                (
                    "made_by",
                    models.CharField(
                        choices=[("till", "在店里"), ("elder", "老人自己选的机构"), ("county", "请县里选的机构")],
                        default="till",
                        max_length=6,
                    ),
                ),
                ("wanted_on", models.DateField(null=True)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("declined", models.BooleanField(default=False)),
                ("bill_no", models.CharField(blank=True, max_length=24)),
                ("because", models.CharField(blank=True, max_length=200)),
                ("hold", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="card.hold")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "no"), name="card_itemorder_no"),
                    models.UniqueConstraint(fields=("county", "hold"), name="card_itemorder_hold"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee_fen__gt", 0), ("price_fen__gte", models.F("fee_fen")), ("quantity__gt", 0)
                        ),
                        name="card_itemorder_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bill_no", ""), ("because", ""), _connector="OR"),
                        name="card_itemorder_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("declined", False), models.Q(("because", ""), _negated=True), _connector="OR"
                        ),
                        name="card_itemorder_declined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("made_by", "till"), ("wanted_on", None)),
                            models.Q(
                                models.Q(("made_by", "till"), _negated=True),
                                ("wanted_on__lte", models.F("last_day")),
                            ),
                            _connector="OR",
                        ),
                        name="card_itemorder_from_home",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("bill_no", ""), ("made_by", "till"), ("accepted_at__isnull", False), _connector="OR"
                        ),
                        name="card_itemorder_accepted_first",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "hold_id"),
                        name="card_itemorder_hold_key",
                        to="card.Hold",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="card_itemorder_row"),
                ],
            },
        ),
    ]
