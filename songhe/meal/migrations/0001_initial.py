import django.db.models.deletion
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
            name="Point",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("place", models.CharField(max_length=12)),
                ("address", models.CharField(max_length=200)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("longitude", models.FloatField()),
                ("latitude", models.FloatField()),
                ("seats", models.IntegerField(default=0)),
                ("delivers", models.BooleanField(default=False)),
                ("opened_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                ("opened_on", models.DateField()),
                ("last_day", models.DateField(null=True)),
                (
                    "food_licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.licence"
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
                        condition=models.Q(("opened_by", models.F("approved_by")), _negated=True),
                        name="meal_point_two_people",
                    ),
                    models.CheckConstraint(condition=models.Q(("seats__gte", 0)), name="meal_point_seats"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_day__isnull", True), ("last_day__gte", models.F("opened_on")), _connector="OR"
                        ),
                        name="meal_point_ends_after",
                    ),
                ],
                "indexes": [models.Index(fields=["place"], name="meal_point_place")],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("because", models.CharField(max_length=300)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("reopened_by", models.CharField(blank=True, max_length=64)),
                ("reopened_because", models.CharField(blank=True, max_length=300)),
                (
                    "move_to",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("county", "point"), name="meal_closure_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True), name="meal_closure_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                        name="meal_closure_ends_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("move_to__isnull", True),
                            models.Q(("move_to", models.F("point")), _negated=True),
                            _connector="OR",
                        ),
                        name="meal_closure_elsewhere",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="meal_closure_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Menu",
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
                    "meal",
                    models.CharField(
                        choices=[("breakfast", "早餐"), ("lunch", "午餐"), ("supper", "晚餐")], max_length=10
                    ),
                ),
                ("book_until", models.DateTimeField()),
                ("portions", models.IntegerField()),
                ("taken", models.IntegerField(default=0)),
                ("bookable", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "可预订"),
                            ("serving", "供餐中"),
                            ("done", "已结束"),
                            ("cancelled", "已取消"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("county", "point", "on", "meal"),
                        name="meal_menu_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("portions__gt", 0), ("taken__gte", 0), ("taken__lte", models.F("portions"))
                        ),
                        name="meal_menu_portions",
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="meal_menu_row"),
                ],
                "indexes": [models.Index(fields=["county", "on", "point"], name="meal_menu_day")],
            },
        ),
        migrations.CreateModel(
            name="Dish",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("name", models.CharField(max_length=60)),
                ("about", models.CharField(blank=True, max_length=120)),
                ("menu", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="meal.menu")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "menu", "number"), name="meal_dish_number"),
                    songhe.county.key.CompositeReference(
                        columns=("county", "menu_id"),
                        name="meal_dish_menu_key",
                        to="meal.Menu",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="meal_dish_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                (
                    "meal",
                    models.CharField(
                        choices=[("breakfast", "早餐"), ("lunch", "午餐"), ("supper", "晚餐")], max_length=10
                    ),
                ),
                ("way", models.CharField(choices=[("table", "堂食"), ("delivery", "送餐")], max_length=8)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("wish", models.CharField(blank=True, max_length=120)),
                ("card_class", models.IntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("booked", "已预订"),
                            ("cancelled", "已取消"),
                            ("served", "已用餐"),
                            ("not_collected", "未取餐"),
                        ],
                        default="booked",
                        max_length=14,
                    ),
                ),
                ("walked_in", models.BooleanField(default=False)),
                ("booked_by", models.CharField(max_length=64)),
                ("booked_at", models.DateTimeField()),
                ("ended_by", models.CharField(blank=True, max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                ("because", models.CharField(blank=True, max_length=300)),
                ("moved_from", models.UUIDField(null=True)),
                (
                    "person",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="person.person"),
                ),
                (
                    "closure",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="meal.closure"
                    ),
                ),
                ("menu", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="meal.menu")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "cancelled"), _negated=True),
                        fields=("county", "person", "day", "meal"),
                        name="meal_booking_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("way", "delivery"), _negated=True),
                            models.Q(("address", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="meal_booking_address",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "menu_id"),
                        name="meal_booking_menu_key",
                        to="meal.Menu",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "person_id"),
                        name="meal_booking_person_key",
                        to="person.Person",
                        to_columns=("county", "id"),
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "closure_id"),
                        name="meal_booking_closure_key",
                        to="meal.Closure",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="meal_booking_row"),
                ],
                "indexes": [
                    models.Index(fields=["county", "menu", "state"], name="meal_booking_menu"),
                    models.Index(fields=["county", "person", "day"], name="meal_booking_person"),
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
                    "result",
                    models.CharField(
                        choices=[("pass", "合格"), ("remedy", "限期整改"), ("fail", "不合格")], max_length=6
                    ),
                ),
                ("findings", models.JSONField(default=list)),
                ("remedy_by", models.DateField(null=True)),
                ("remedied_on", models.DateField(null=True)),
                ("remedied_how", models.CharField(blank=True, max_length=300)),
                ("remedied_by", models.CharField(blank=True, max_length=64)),
                ("inspector", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "paper",
                    songhe.county.key.CountyKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="document.storedfile"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("remedy_by__isnull", True), ("result", "pass")),
                            models.Q(("result", "pass"), _negated=True),
                            _connector="OR",
                        ),
                        name="meal_inspection_remedy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("result", "remedy"), _negated=True), ("remedy_by__isnull", False), _connector="OR"
                        ),
                        name="meal_inspection_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("remedied_by", ""),
                            models.Q(("remedied_by", models.F("inspector")), _negated=True),
                            _connector="OR",
                        ),
                        name="meal_inspection_two_people",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "paper_id"),
                        name="meal_inspection_paper_key",
                        to="document.StoredFile",
                        to_columns=("county", "id"),
                    ),
                ],
                "indexes": [models.Index(fields=["county", "point", "on"], name="meal_inspection_point")],
            },
        ),
        migrations.CreateModel(
            name="Cook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.worker"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)), fields=("point", "worker"), name="meal_cook_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="meal_cook_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("grams", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
                ("taken_by", models.CharField(max_length=64)),
                ("keep_until", models.DateTimeField()),
                ("discarded_at", models.DateTimeField(null=True)),
                ("discarded_by", models.CharField(blank=True, max_length=64)),
                ("dish", songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="meal.dish")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "dish"), name="meal_sample_once"),
                    models.CheckConstraint(condition=models.Q(("grams__gt", 0)), name="meal_sample_grams"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discarded_at__isnull", True),
                            ("discarded_at__gte", models.F("keep_until")),
                            _connector="OR",
                        ),
                        name="meal_sample_kept",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "dish_id"),
                        name="meal_sample_dish_key",
                        to="meal.Dish",
                        to_columns=("county", "id"),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tariff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=12)),
                ("price_fen", models.BigIntegerField()),
                ("bands", models.JSONField(default=list)),
                ("funds", models.JSONField(default=dict)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("set_by", models.CharField(max_length=64)),
                ("approved_by", models.CharField(max_length=64)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.point"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("point", None)),
                        fields=("place", "item", "valid_from"),
                        name="meal_tariff_of_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("point__isnull", False)),
                        fields=("point", "item", "valid_from"),
                        name="meal_tariff_of_point",
                    ),
                    models.CheckConstraint(condition=models.Q(("price_fen__gt", 0)), name="meal_tariff_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("set_by", models.F("approved_by")), _negated=True),
                        name="meal_tariff_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="meal_tariff_ends_after",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("county", songhe.county.key.CountyField(verbose_name="区县代码")),
                (
                    "id",
                    models.UUIDField(
                        default=songhe.county.key.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.IntegerField()),
                ("service_on", models.DateField()),
                ("price_fen", models.BigIntegerField()),
                ("own_fen", models.BigIntegerField()),
                ("parts", models.JSONField(default=dict)),
                ("funds", models.JSONField(default=dict)),
                ("funds_due", models.BooleanField(default=False)),
                ("billed_line", models.UUIDField(null=True)),
                (
                    "booking",
                    songhe.county.key.CountyKey(on_delete=django.db.models.deletion.PROTECT, to="meal.booking"),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="provider.item"
                    ),
                ),
                (
                    "tariff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="meal.tariff"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("county", "booking", "number"), name="meal_line_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("own_fen__gte", 0), ("own_fen__lte", models.F("price_fen")), ("price_fen__gt", 0)
                        ),
                        name="meal_line_own",
                    ),
                    songhe.county.key.CompositeReference(
                        columns=("county", "booking_id"),
                        name="meal_line_booking_key",
                        to="meal.Booking",
                        to_columns=("county", "id"),
                    ),
                    models.UniqueConstraint(fields=("county", "id"), name="meal_line_row"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("billed_line", None)),
                        fields=["county", "service_on"],
                        name="meal_line_to_charge",
                    ),
                    models.Index(
                        condition=models.Q(("billed_line__isnull", False), ("funds_due", True)),
                        fields=["county", "service_on"],
                        name="meal_line_part_due",
                    ),
                ],
            },
        ),
    ]
