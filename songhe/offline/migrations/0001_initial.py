import django.db.models.deletion
import songhe.county.key
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("card", "0001_initial"),
        ("provider", "0001_initial"),
        ("redemption", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("public_key", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "已申请"),
                            ("proposed", "待审批"),
                            ("admitted", "已准入"),
                            ("declined", "未准入"),
                            ("ended", "已停用"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("card_fen", models.BigIntegerField(default=0)),
                ("day_fen", models.BigIntegerField(default=0)),
                ("hours", models.IntegerField(default=0)),
                ("helps", models.JSONField(default=list)),
                ("asked_by", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("proposed_by", models.CharField(blank=True, max_length=64)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("admitted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("last_counter", models.BigIntegerField(default=0)),
                ("last_digest", models.CharField(blank=True, max_length=64)),
                ("last_made_at", models.DateTimeField(null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.provider"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "public_key"), name="offline_device_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="offline_device_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "declined"]),
                            models.Q(
                                ("card_fen__gt", 0),
                                ("day_fen__gte", models.F("card_fen")),
                                ("hours__gte", 1),
                                ("hours__lte", 72),
                            ),
                            _connector="OR",
                        ),
                        name="offline_device_limits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "admitted"), _negated=True),
                            ("admitted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="offline_device_admitted",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="offline_device_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "provider", "state"], name="offline_device_of"),
                    models.Index(fields=["county", "state"], name="offline_device_state"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceDay",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("most_fen", models.BigIntegerField()),
                ("promised_fen", models.BigIntegerField(default=0)),
                ("borne_fen", models.BigIntegerField(default=0)),
                (
                    "device",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="offline.device"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "device", "on"), name="offline_device_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("promised_fen__gte", 0), ("promised_fen__lte", models.F("most_fen"))),
                        name="offline_device_day_bound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("borne_fen__gte", 0), ("borne_fen__lte", models.F("promised_fen"))),
                        name="offline_device_day_borne",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "device_id"),
                        name="offline_deviceday_device_key",
                        to="offline.Device",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Endowment",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_fen", models.BigIntegerField()),
                ("document_no", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待审批"), ("approved", "已到账"), ("declined", "未批准")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_fen__gt", 0)), name="offline_endowment_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="offline_endowment_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True), models.Q(("decided_by", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="offline_endowment_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("counter", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=400)),
                ("signature", models.CharField(max_length=128)),
                ("card_no", models.CharField(max_length=100)),
                ("item", models.CharField(max_length=30)),
                ("quantity", models.IntegerField()),
                ("amount_fen", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "等待前面的单据"), ("booked", "已入账"), ("troubled", "异常")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("guaranteed_fen", models.BigIntegerField(default=0)),
                ("short_fen", models.BigIntegerField(default=0)),
                (
                    "bill",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="redemption.bill"
                    ),
                ),
                (
                    "device",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="offline.device"),
                ),
                (
                    "hold",
                    songhe.county.key.CountyKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="card.hold"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "device", "counter"), name="offline_slip_once"),
                    models.UniqueConstraint(fields=("county", "bill"), name="offline_slip_bill"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_fen__gt", 0),
                            ("counter__gt", 0),
                            ("guaranteed_fen__gte", 0),
                            ("guaranteed_fen__lte", models.F("amount_fen")),
                            ("quantity__gt", 0),
                            ("short_fen__gte", 0),
                        ),
                        name="offline_slip_amounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bill__isnull", False), ("state", "booked")),
                            models.Q(models.Q(("state", "booked"), _negated=True), ("bill", None)),
                            _connector="OR",
                        ),
                        name="offline_slip_booked",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "device_id"),
                        name="offline_slip_device_key",
                        to="offline.Device",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "hold_id"),
                        name="offline_slip_hold_key",
                        to="card.Hold",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "bill_id"),
                        name="offline_slip_bill_key",
                        to="redemption.Bill",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="offline_slip_row"),
                ],
                "indexes": [models.Index(fields=["county", "device", "state"], name="offline_slip_state")],
            },
        ),
        migrations.CreateModel(
            name="Trouble",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("about", models.CharField(max_length=64)),
                ("said", models.JSONField(default=dict)),
                ("received_at", models.DateTimeField()),
                ("amount_fen", models.BigIntegerField(default=0)),
                ("most_fen", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(choices=[("open", "待处理"), ("decided", "已处理")], default="open", max_length=8),
                ),
                (
                    "bearer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("merchant", "商家承担"),
                            ("county", "县担保资金承担"),
                            ("card", "由卡支付"),
                            ("nobody", "无损失"),
                        ],
                        max_length=8,
                    ),
                ),
                ("borne_fen", models.BigIntegerField(default=0)),
                ("back_fen", models.BigIntegerField(default=0)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("decided_by", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "device",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="offline.device"),
                ),
                (
                    "slip",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="offline.slip"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "device", "about", "code"), name="offline_trouble_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("back_fen__gte", 0),
                            ("back_fen__lte", models.F("borne_fen")),
                            ("borne_fen__lte", models.F("most_fen")),
                            ("most_fen__lte", models.F("amount_fen")),
                        ),
                        name="offline_trouble_bound",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("borne_fen", 0), models.Q(("bearer", "county"), ("state", "decided")), _connector="OR"
                        ),
                        name="offline_trouble_borne",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bearer", ""), ("decided_at", None), ("state", "open")),
                            models.Q(
                                ("state", "decided"),
                                models.Q(("bearer", ""), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="offline_trouble_decided",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "device_id"),
                        name="offline_trouble_device_key",
                        to="offline.Device",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "slip_id"),
                        name="offline_trouble_slip_key",
                        to="offline.Slip",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="offline_trouble_row"),
                ],
                "indexes": [models.Index(fields=["county", "state", "received_at"], name="offline_trouble_open")],
            },
        ),
        migrations.CreateModel(
            name="CardDay",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("most_fen", models.BigIntegerField()),
                ("promised_fen", models.BigIntegerField(default=0)),
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
                    models.UniqueConstraint(fields=("county", "card", "provider", "on"), name="offline_card_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("promised_fen__gte", 0), ("promised_fen__lte", models.F("most_fen"))),
                        name="offline_card_day_bound",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "card_id"),
                        name="offline_cardday_card_key",
                        to="card.Card",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
    ]
