import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("home", models.CharField(max_length=6)),
                ("serving", models.CharField(max_length=6)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待审批"),
                            ("agreed", "已生效"),
                            ("declined", "未同意"),
                            ("ended", "已终止"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("document_no", models.CharField(max_length=80)),
                ("valid_from", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "indexes": [models.Index(fields=["serving", "state"], name="provider_agreement_serving")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "agreed"])),
                        fields=("home", "serving"),
                        name="provider_agreement_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("home", models.F("serving")), _negated=True),
                        name="provider_agreement_two_counties",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="provider_agreement_two_people",
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
                        name="provider_agreement_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_agreement_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=6)),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=120)),
                ("category", models.CharField(max_length=20)),
                ("help", models.CharField(blank=True, max_length=12)),
                ("unit", models.CharField(max_length=16)),
                (
                    "evidence",
                    models.CharField(
                        choices=[
                            ("visit", "上门记录"),
                            ("attendance", "到场签到"),
                            ("meal", "用餐记录"),
                            ("escort", "陪同记录"),
                            ("stay", "在住记录"),
                            ("assessment", "评估报告"),
                            ("sale", "销售记录"),
                        ],
                        max_length=12,
                    ),
                ),
                ("in_scope", models.BooleanField(default=True)),
                ("least_minutes", models.IntegerField(default=0)),
                ("minutes", models.IntegerField(blank=True, null=True)),
                ("steps", models.JSONField(blank=True, default=list)),
                ("acceptance", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("place", "code", "valid_from"), name="provider_item_code"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__isnull", True), ("minutes__gt", 0), _connector="OR"),
                        name="provider_item_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("institution", "养老机构"),
                            ("community", "社区养老服务机构"),
                            ("assessment_body", "评估机构"),
                            ("merchant", "爱心商家"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("credit_code", models.CharField(max_length=18, unique=True)),
                ("credit_code_override", models.CharField(blank=True, max_length=200)),
                ("place", models.CharField(max_length=6)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("beds", models.IntegerField(default=0)),
                ("filed_on", models.DateField(null=True)),
                ("admitted_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["place", "kind"], name="provider_place")],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county", models.CharField(max_length=6)),
                ("helps", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "待审批"),
                            ("admitted", "已准入"),
                            ("declined", "未准入"),
                            ("left", "已退出"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("valid_from", models.DateField()),
                ("last_day", models.DateField(null=True)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
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
                        condition=models.Q(("state__in", ["proposed", "admitted"])),
                        fields=("county", "provider"),
                        name="provider_partner_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="provider_partner_two_people",
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
                        name="provider_partner_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_partner_ends_after",
                    ),
                ],
                "indexes": [models.Index(fields=["county", "state"], name="provider_partner_county")],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.IntegerField()),
                ("opens", models.IntegerField()),
                ("closes", models.IntegerField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "weekday", "opens"), name="provider_opening_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__lte", 1440),
                            ("opens__gte", 0),
                            ("opens__lt", models.F("closes")),
                            ("weekday__gte", 1),
                            ("weekday__lte", 7),
                        ),
                        name="provider_opening_span",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county", models.CharField(max_length=6)),
                ("categories", models.JSONField(default=list)),
                ("contract_no", models.CharField(blank=True, max_length=60)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("listed_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("ended_because", models.CharField(blank=True, max_length=200)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "provider", "valid_from"), name="provider_listing_once"),
                    models.CheckConstraint(
                        condition=models.Q(("listed_by", models.F("approved_by")), _negated=True),
                        name="provider_listing_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_listing_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Licence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("business", "营业执照（登记证书）"),
                            ("filing", "养老机构备案"),
                            ("fire", "消防验收（备案）"),
                            ("food", "食品经营许可"),
                            ("medical", "医疗机构执业许可"),
                            ("insurance", "责任保险"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("file", models.UUIDField(null=True)),
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
                        fields=("provider", "kind", "number", "valid_from"), name="provider_licence_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_licence_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=120)),
                ("bank", models.CharField(max_length=80)),
                ("number_cipher", models.BinaryField()),
                ("last4", models.CharField(max_length=4)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, max_length=64)),
                ("approved_at", models.DateTimeField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
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
                            ("approved_by", ""),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="provider_bank_account_two_people",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("county", models.CharField(max_length=6)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("residents_until", models.DateField(null=True)),
                ("because", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
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
                        condition=models.Q(("until", None)),
                        fields=("county", "provider"),
                        name="provider_suspension_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="provider_suspension_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upgrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=80)),
                ("name_en", models.CharField(max_length=120)),
                ("more", models.CharField(max_length=300)),
                ("price_fen", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "base",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
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
                    models.UniqueConstraint(fields=("provider", "code", "valid_from"), name="provider_upgrade_from"),
                    models.CheckConstraint(condition=models.Q(("price_fen__gt", 0)), name="provider_upgrade_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("more", ""), _negated=True), name="provider_upgrade_says_more"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_upgrade_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "job",
                    models.CharField(
                        choices=[("carer", "护理员"), ("assessor", "评估师"), ("cook", "厨师"), ("manager", "负责人")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=30)),
                ("account", models.CharField(blank=True, max_length=150)),
                ("practising_since", models.DateField(null=True)),
                ("education", models.CharField(blank=True, max_length=40)),
                ("trained_on", models.DateField(null=True)),
                ("examined_on", models.DateField(null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("provider", "number"), name="provider_worker_number")],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=60)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("file", models.UUIDField(null=True)),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Discount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("help", models.CharField(max_length=12)),
                ("per_cent", models.IntegerField(null=True)),
                ("off_fen", models.BigIntegerField(null=True)),
                ("least_fen", models.BigIntegerField(default=0)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.partner"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "help", "valid_from"), name="provider_discount_from"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("off_fen__gt", 0), ("per_cent__isnull", True)),
                            models.Q(("off_fen__isnull", True), ("per_cent__gte", 1), ("per_cent__lte", 100)),
                            _connector="OR",
                        ),
                        name="provider_discount_one_way",
                    ),
                    models.CheckConstraint(condition=models.Q(("least_fen__gte", 0)), name="provider_discount_least"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_discount_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("price_fen", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
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
                    models.UniqueConstraint(fields=("provider", "item", "valid_from"), name="provider_price_from"),
                    models.CheckConstraint(condition=models.Q(("price_fen__gt", 0)), name="provider_price_positive"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="provider_price_ends_after",
                    ),
                ],
            },
        ),
    ]
