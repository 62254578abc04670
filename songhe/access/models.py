"""A login and the roles it is appointed to. Both are small tables; people are reached by value."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.access.role import Role


class AccountManager(BaseUserManager["Account"]):
    """Reads by user name; accounts are opened by ``songhe.access.login.open_account``."""


class Account(AbstractBaseUser):
    """A login 账号. ``last_login`` is the last sign-in; ``practice`` marks a login of the sample county."""

    username = models.CharField(max_length=64, unique=True, validators=[UnicodeUsernameValidator()])
    display_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    is_active = models.BooleanField(default=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_because = models.CharField(max_length=200, blank=True, default="")
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    barred_until = models.DateTimeField(null=True, blank=True)
    failed_factors = models.PositiveSmallIntegerField(default=0)
    factor_barred_until = models.DateTimeField(null=True, blank=True)
    practice = models.BooleanField(default=False)
    opened_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_account_locked_is_not_active", condition=Q(locked_at__isnull=True) | Q(is_active=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.username})"

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class Appointment(models.Model):
    """A role 任职 that a login holds at a place, for a provider or for one person, from a day to a day inclusive.

    ``place`` is a division code of 6, 9 or 12 digits, ``000000`` for the nation. ``provider_id`` and
    ``person_id`` are values, not keys: providers and people live in packages above this one.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=Role.choices)
    place = models.CharField(max_length=12)
    provider_id = models.BigIntegerField(null=True, blank=True)
    person_id = models.UUIDField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    appointed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    appointed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_appointment_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(name="access_appointment_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="access_appointment_place", condition=Q(place__regex=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")
            ),
            models.CheckConstraint(
                name="access_appointment_citizen_is_a_person",
                condition=Q(role=Role.CITIZEN, person_id__isnull=False)
                | (~Q(role=Role.CITIZEN) & Q(person_id__isnull=True)),
            ),
            models.CheckConstraint(
                name="access_appointment_provider_named",
                condition=~Q(role__in=[Role.PROVIDER_MANAGER, Role.CARER, Role.ASSESSOR])
                | Q(provider_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="access_appointment_once_for_a_provider",
                fields=["account", "role", "place", "provider_id", "valid_from"],
                condition=Q(provider_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="access_appointment_once_for_a_place",
                fields=["account", "role", "place", "valid_from"],
                condition=Q(provider_id__isnull=True),
            ),
        ]
        indexes = [
            models.Index(name="access_appointment_account", fields=["account", "valid_from"]),
            models.Index(name="access_appointment_staff", fields=["place"], condition=~Q(role=Role.CITIZEN)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.place}"


class Token(models.Model):
    """A key 访问令牌 with which a machine calls the HTTP API as an account, kept only as a hash.

    ``acts`` and ``places`` narrow what the account may do and where, and widen nothing; ``hint`` are the first
    characters of the secret, by which people tell tokens apart.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    acts = models.JSONField()
    places = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_to = models.DateField()
    used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(name="access_token_account", fields=["account", "issued_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class OneTimeCode(models.Model):
    """A code of six digits 验证码 that was sent to a telephone, for one purpose; kept only as a keyed hash.

    ``purpose`` says what it opens (``sign-in``, ``again``, ``bind``, ``assist``) and ``about`` for whom, so that a
    code given for one thing opens no other. ``phone`` is a keyed hash, too: the table tells nobody who has a telephone.
    """

    phone = models.CharField(max_length=64)
    purpose = models.CharField(max_length=12)
    about = models.CharField(max_length=64, blank=True, default="")
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True, default="")
    sent_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="access_code_phone", fields=["phone", "sent_at"]),
            models.Index(name="access_code_address", fields=["address", "sent_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sent_at:%Y-%m-%d %H:%M}"


class Factor(models.Model):
    """Something that the owner of a login has 第二因素: an app that shows codes, or a security key.

    An app's ``secret`` is sealed with the installation's key; ``counter`` is the last half-minute whose code was
    taken, so that each counts once. Of a key the public half is kept, and ``counter`` is how often it has signed.
    """

    class Kind(models.TextChoices):
        APP = "app", _("验证器")
        KEY = "key", _("安全密钥")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=40)
    secret = models.BinaryField(null=True)
    credential = models.BinaryField(null=True)
    credential_index = models.CharField(max_length=64, null=True, unique=True)
    counter = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_factor_holds_what_it_is",
                condition=Q(kind="app", secret__isnull=False, credential__isnull=True)
                | Q(kind="key", secret__isnull=True, credential__isnull=False, credential_index__isnull=False),
            ),
        ]
        indexes = [models.Index(name="access_factor_account", fields=["account", "made_at"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} {self.made_at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code on paper 恢复码 that stands once for a lost second factor; kept only as a keyed hash."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="access_recovery_account", fields=["account", "used_at"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at:%Y-%m-%d}"
