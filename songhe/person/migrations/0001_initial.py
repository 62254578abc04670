import django.db.models.deletion
import django.db.models.manager
import songhe.county.key
import songhe.person.models
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("document", "0001_initial"),
        ("provider", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("index", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.CharField(max_length=12)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("formed_on", models.DateField()),
                ("dissolved_on", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [models.UniqueConstraint(fields=("county", "id"), name="person_household_row")],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("identity", models.UUIDField(null=True)),
                ("id_kind", models.CharField(max_length=20)),
                ("id_cipher", models.BinaryField(null=True)),
                ("id_last4", models.CharField(blank=True, max_length=4)),
                ("name", models.CharField(max_length=60)),
                (
                    "sex",
                    models.CharField(
                        choices=[("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")], default="0", max_length=1
                    ),
                ),
                ("birth_date", models.DateField()),
                ("ethnic", models.CharField(blank=True, max_length=2)),
                ("place", models.CharField(max_length=12)),
                ("registered_place", models.CharField(blank=True, max_length=12)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("resident_from", models.DateField(null=True)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("closed_because", models.CharField(blank=True, max_length=20)),
                ("died_on", models.DateField(null=True)),
                ("synthetic", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "base_manager_name": "rows",
                "default_manager_name": "rows",
                "indexes": [
                    models.Index(fields=["county", "place"], name="person_place"),
                    models.Index(fields=["county", "birth_date", "name"], name="person_birth"),
                    models.Index(fields=["county", "id_last4"], name="person_last4"),
                    models.Index(
                        fields=["county", "name"],
                        name="person_name",
                        opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                    ),
                    models.Index(fields=["identity"], name="person_by_identity"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on", None)),
                        fields=("county", "identity"),
                        name="person_open_file_once",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_person_row"),
                ],
            },
            managers=[
                ("rows", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("proxy_identity", models.UUIDField()),
                ("proxy_name", models.CharField(max_length=60)),
                ("proxy_phone", models.CharField(blank=True, max_length=20)),
                ("account", models.CharField(blank=True, max_length=150)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("relative", "其他亲属"),
                            ("village_worker", "村(社区)工作人员"),
                            ("provider_staff", "养老服务机构工作人员"),
                            ("other", "其他"),
                            ("guardian", "监护人"),
                        ],
                        max_length=16,
                    ),
                ),
                ("acts", models.JSONField(default=list)),
                ("evidence", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=80)),
                ("given_by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="person_mandate_ends_after"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("relation", "provider_staff"), _negated=True),
                            ("provider__isnull", False),
                            _connector="OR",
                        ),
                        name="person_mandate_provider_staff",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_mandate_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_mandate_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "person"], name="person_mandate_person"),
                    models.Index(fields=["county", "proxy_identity"], name="person_mandate_proxy"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Kin",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("identity", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=60)),
                ("phone", models.CharField(blank=True, max_length=20)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("parent", "父母"),
                            ("sibling", "兄弟姐妹"),
                            ("grandchild", "孙辈"),
                            ("grandparent", "祖辈"),
                            ("child_in_law", "儿媳或女婿"),
                            ("parent_in_law", "公婆或岳父母"),
                            ("other", "其他亲属"),
                        ],
                        max_length=16,
                    ),
                ),
                ("in_emergency", models.BooleanField(default=False)),
                ("source", models.CharField(max_length=80)),
                ("known_at", models.DateTimeField()),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "relative",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("relative__isnull", False)),
                        fields=("county", "person", "relative"),
                        name="person_kin_once",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_kin_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "relative_id"),
                        name="person_kin_relative_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "person"], name="person_kin_of")],
            },
        ),
        migrations.CreateModel(
            name="Event",
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
                            ("death", "去世"),
                            ("move", "迁居"),
                            ("recovery", "能力恢复"),
                            ("excluded", "享受其他待遇"),
                            ("wish", "本人放弃"),
                            ("hospital", "住院"),
                            ("other", "其他情况"),
                        ],
                        max_length=10,
                    ),
                ),
                ("happened_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[("reported", "已报告"), ("verified", "已核实"), ("refuted", "不属实")],
                        default="reported",
                        max_length=10,
                    ),
                ),
                ("reported_by", models.CharField(max_length=64)),
                ("reported_at", models.DateTimeField()),
                ("source", models.CharField(max_length=80)),
                ("verified_by", models.CharField(blank=True, max_length=64)),
                ("verified_at", models.DateTimeField(null=True)),
                ("detail", models.JSONField(default=dict)),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_by", ""),
                            models.Q(("verified_by", models.F("reported_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="person_event_two_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "reported")),
                        fields=("county", "person", "kind"),
                        name="person_event_reported_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "death"), ("state", "verified")),
                        fields=("county", "person"),
                        name="person_event_one_death",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_event_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_event_row"),
                ],
                "indexes": [models.Index(fields=["county", "person", "kind"], name="person_event_person")],
            },
        ),
        migrations.CreateModel(
            name="Duplicate",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("why", models.CharField(max_length=80)),
                ("found_at", models.DateTimeField()),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("first", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person")),
                (
                    "second",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "first", "second"), name="person_duplicate_pair"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "first_id"),
                        name="person_duplicate_first_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "second_id"),
                        name="person_duplicate_second_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=32)),
                ("stands", models.CharField(blank=True, max_length=200)),
                ("wanted", models.CharField(max_length=200)),
                ("because", models.CharField(max_length=300)),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待核实"),
                            ("made", "已更正"),
                            ("refused", "未更正"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=300)),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("county", "person", "field"),
                        name="person_correction_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="person_correction_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_correction_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="person_correction_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_correction_row"),
                ],
                "indexes": [models.Index(fields=["county", "state", "asked_at"], name="person_correction_waits")],
            },
        ),
        migrations.CreateModel(
            name="Assistance",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("helper", models.CharField(max_length=150)),
                (
                    "channel",
                    models.CharField(choices=[("counter", "窗口代办"), ("village", "村(社区)协助")], max_length=8),
                ),
                ("place", models.CharField(max_length=12)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "confirmed",
                    models.CharField(
                        blank=True,
                        choices=[("", "尚未确认"), ("code", "本人验证码"), ("paper", "本人签字")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("county", "helper"),
                        name="person_assistance_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed", "paper"), _negated=True), ("paper__isnull", False), _connector="OR"
                        ),
                        name="person_assistance_paper",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_assistance_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="person_assistance_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_assistance_row"),
                ],
                "indexes": [models.Index(fields=["county", "person"], name="person_assistance_person")],
            },
        ),
        migrations.CreateModel(
            name="Provenance",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("field", models.CharField(max_length=32)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("valid_from", models.DateField(null=True)),
                ("source", models.CharField(max_length=80)),
                ("document", models.CharField(blank=True, max_length=120)),
                ("by", models.CharField(max_length=64)),
                ("known_at", models.DateTimeField()),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_provenance_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    )
                ],
                "indexes": [
                    models.Index(fields=["county", "person", "field", "known_at"], name="person_provenance_field")
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", songhe.person.models.ByteOrderField(max_length=80)),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "key", "person"), name="person_search_key_once"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_searchkey_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "person"], name="person_search_key_of")],
            },
        ),
        migrations.CreateModel(
            name="Status",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("detail", models.JSONField(default=dict)),
                ("source", models.CharField(max_length=80)),
                ("known_at", models.DateTimeField()),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("county", "person", "kind", "valid_from"), name="person_status_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="person_status_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_status_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("head", "户主"),
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("child_in_law", "儿媳或女婿"),
                            ("grandchild", "孙辈"),
                            ("parent", "父母"),
                            ("sibling", "兄弟姐妹"),
                            ("live_in_carer", "住家照护人员"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "household",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.household"),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "household"], name="person_member_household")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)), fields=("county", "person"), name="person_one_household"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="person_member_ends_after",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "household_id"),
                        name="person_member_household_key",
                        to="person.Household",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_member_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Medium",
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
                            ("card", "卡"),
                            ("phone", "手机码"),
                            ("printed", "打印码"),
                            ("pin", "密码打印码"),
                            ("face", "刷脸"),
                        ],
                        max_length=8,
                    ),
                ),
                ("number", models.CharField(max_length=32)),
                ("valid_from", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, max_length=80)),
                ("last_step", models.BigIntegerField(default=0)),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "person"], name="person_medium_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("county", "number"), name="person_medium_number"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_medium_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_medium_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MandateAsk",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("proxy_identity", models.UUIDField()),
                ("proxy_name", models.CharField(max_length=60)),
                ("proxy_phone", models.CharField(blank=True, max_length=20)),
                ("account", models.CharField(max_length=150)),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("spouse", "配偶"),
                            ("child", "子女"),
                            ("relative", "其他亲属"),
                            ("village_worker", "村(社区)工作人员"),
                            ("provider_staff", "养老服务机构工作人员"),
                            ("other", "其他"),
                            ("guardian", "监护人"),
                        ],
                        max_length=16,
                    ),
                ),
                ("acts", models.JSONField(default=list)),
                ("valid_to", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待核实"),
                            ("granted", "已同意"),
                            ("refused", "未同意"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision", models.CharField(blank=True, max_length=300)),
                (
                    "mandate",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="person.mandate"
                    ),
                ),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["county", "state", "asked_at"], name="person_mandate_asked")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("county", "person", "account"),
                        name="person_mandate_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("account")), _negated=True),
                            _connector="OR",
                        ),
                        name="person_mandate_ask_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="person_mandateask_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="person_mandateask_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "mandate_id"),
                        name="person_mandateask_mandate_key",
                        to="person.Mandate",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="person_mandateask_row"),
                ],
            },
        ),
    ]
