"""What the shell remembers: the practice day, how people like their pages, sign-ins and failures to sign in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Practice(models.Model):
    """What this database is: one row, written once. With a day it is for practice, without one it holds real people."""

    singleton = models.BooleanField(primary_key=True, default=True)
    day = models.DateField(null=True)
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
    """One sign-in: when, from where and how. The owner sees the one before."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    practice = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(name="shell_signin_latest", fields=["account", "-at"])]

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
