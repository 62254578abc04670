"""What the shell remembers: the practice day, how people like their pages, sign-ins and failures to sign in."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Practice(models.Model):
    """What this database is: one row. With a day it is for practice, without one it holds real people.

    ``lived_on`` is the day by Beijing's calendar on which the practice day was lived last: the next practice day begins
    with another.
    """

    singleton = models.BooleanField(primary_key=True, default=True)
    day = models.DateField(null=True)
    lived_on = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(name="shell_practice_one_row", condition=Q(singleton=True))]

    def __str__(self) -> str:
        return f"practice on {self.day}" if self.day else "real"


class Size(models.TextChoices):
    STD = "std", _("标准")
    LARGE = "large", _("大字")
    XL = "xl", _("特大")


class Theme(models.TextChoices):
    AUTO = "auto", _("跟随系统")
    LIGHT = "light", _("浅色")
    DARK = "dark", _("深色")
    CONTRAST = "contrast", _("高对比")


class Preference(models.Model):
    """How an account likes its pages; a device keeps its own choice in cookies and a new device starts from here."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    size = models.CharField(max_length=8, choices=Size.choices, blank=True, default="")
    theme = models.CharField(max_length=8, choices=Theme.choices, blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.account_id}: {self.size} {self.theme} {self.language}"


class SignIn(models.Model):
    """One sign-in: when, from where and how, and the session that it began. The owner sees them all.

    ``at`` goes by the clock of the door, ``began_at`` and ``seen_at`` by the server's. ``device`` is a hash of what
    the browser was given to be known again by; ``means`` says by what the owner was known. ``stays_until`` is set
    for a citizen's own telephone, which stays signed in until then.
    """

    class Means(models.TextChoices):
        PASSWORD = "password", _("密码")
        APP = "app", _("密码和验证码")
        KEY = "key", _("密码和安全密钥")
        PHONE = "phone", _("手机验证码")
        PRACTICE = "practice", _("练习一键登录")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    practice = models.BooleanField(default=False)
    means = models.CharField(max_length=10, choices=Means.choices, blank=True, default="")
    session = models.CharField(max_length=40, blank=True, default="")
    device = models.CharField(max_length=64, blank=True, default="")
    told = models.CharField(max_length=60, blank=True, default="")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    stays_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="shell_signin_latest", fields=["account", "-at"]),
            models.Index(name="shell_signin_session", fields=["session"], condition=~Q(session="")),
            models.Index(name="shell_signin_device", fields=["device"], condition=~Q(device="")),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%Y-%m-%d %H:%M}"


class FailedSignIn(models.Model):
    """Wrong tries for one login name from one address, since the last right one. The name need not exist."""

    login = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    tries = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="shell_failed_once", fields=["login", "address"])]
        indexes = [models.Index(name="shell_failed_old", fields=["last_at"])]

    def __str__(self) -> str:
        return f"{self.login} {self.address} {self.tries}"


class KeptForm(models.Model):
    """What somebody had typed when the session ended, sealed, for the same account and for an hour.

    ``page`` is where the form stands and ``action`` where it was sent. Passwords and files are never kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=1000)
    action = models.CharField(max_length=1000)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="shell_kept_old", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%Y-%m-%d %H:%M}"


class Tries(models.Model):
    """How often one client tried in a window that ends at ``until`` (seconds of the epoch). See ``shell.limit``."""

    key = models.CharField(max_length=40, primary_key=True)
    until = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        indexes = [models.Index(name="shell_tries_old", fields=["until"])]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
