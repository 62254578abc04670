import django.contrib.auth.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                    ),
                ),
                ("display_name", models.CharField(max_length=80)),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("phone", models.CharField(blank=True, default="", max_length=20)),
                ("is_active", models.BooleanField(default=True)),
                ("locked_at", models.DateTimeField(blank=True, null=True)),
                ("locked_because", models.CharField(blank=True, default="", max_length=200)),
                ("failed_sign_ins", models.PositiveSmallIntegerField(default=0)),
                ("barred_until", models.DateTimeField(blank=True, null=True)),
                ("practice", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("locked_at__isnull", True), ("is_active", False), _connector="OR"),
                        name="access_account_locked_is_not_active",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("county_clerk", "县区经办"),
                            ("county_approver", "县区审批"),
                            ("finance", "财务"),
                            ("city_overseer", "市级监管"),
                            ("province_overseer", "省级监管"),
                            ("assessor", "评估员"),
                            ("provider_manager", "服务机构管理员"),
                            ("carer", "护理员"),
                            ("auditor", "审计"),
                            ("system_admin", "系统管理员"),
                            ("security_admin", "安全管理员"),
                            ("audit_admin", "审计管理员"),
                            ("wall_screen", "大屏"),
                            ("citizen", "群众"),
                        ],
                        max_length=24,
                    ),
                ),
                ("place", models.CharField(max_length=12)),
                ("provider_id", models.BigIntegerField(blank=True, null=True)),
                ("person_id", models.UUIDField(blank=True, null=True)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("appointed_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "appointed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "valid_from"], name="access_appointment_account"),
                    models.Index(
                        condition=models.Q(("role", "citizen"), _negated=True),
                        fields=["place"],
                        name="access_appointment_staff",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="access_appointment_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "county_clerk",
                                    "county_approver",
                                    "finance",
                                    "city_overseer",
                                    "province_overseer",
                                    "assessor",
                                    "provider_manager",
                                    "carer",
                                    "auditor",
                                    "system_admin",
                                    "security_admin",
                                    "audit_admin",
                                    "wall_screen",
                                    "citizen",
                                ],
                            )
                        ),
                        name="access_appointment_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__regex", "^([0-9]{6}|[0-9]{9}|[0-9]{12})$")),
                        name="access_appointment_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person_id__isnull", False), ("role", "citizen")),
                            models.Q(models.Q(("role", "citizen"), _negated=True), ("person_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="access_appointment_citizen_is_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role__in", ["provider_manager", "carer", "assessor"]), _negated=True),
                            ("provider_id__isnull", False),
                            _connector="OR",
                        ),
                        name="access_appointment_provider_named",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id__isnull", False)),
                        fields=("account", "role", "place", "provider_id", "valid_from"),
                        name="access_appointment_once_for_a_provider",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("provider_id__isnull", True)),
                        fields=("account", "role", "place", "valid_from"),
                        name="access_appointment_once_for_a_place",
                    ),
                ],
            },
        ),
    ]
