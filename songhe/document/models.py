"""Counters of numbers, the files that are kept, and the lists that people have asked for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.access.models import Account
from songhe.access.scope import ScopedManager
from songhe.county.row import CountyRow


class NumberKind(models.TextChoices):
    APPLICATION = "application", _("申请")
    ENTITLEMENT = "entitlement", _("待遇")
    GRANT = "grant", _("消费券")
    BILL = "bill", _("账单")
    STATEMENT = "statement", _("结算单")
    PAYOUT = "payout", _("拨付")
    ASSESSMENT = "assessment", _("评估")
    COMPLAINT = "complaint", _("投诉")
    CLEARING = "clearing", _("异地清算")


class Counter(CountyRow):
    """The next free sequence of one county, kind of number and month (``202603``)."""

    leaf: ClassVar[bool] = True

    kind = models.CharField(max_length=16, choices=NumberKind.choices)
    month = models.CharField(max_length=6)
    next = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="document_counter_once", fields=["county", "kind", "month"]),
            models.CheckConstraint(
                name="document_counter_seven_digits", condition=Q(next__gte=1, next__lte=10_000_000)
            ),
        ]


class StoredFile(CountyRow):
    """A file that somebody handed in: its SHA-256 is its address under ``MEDIA_ROOT``; equal files are kept once.

    ``name`` is made by us from what the file is for, so that no elder's name travels in a file name.
    """

    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    uploaded_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = ScopedManager["StoredFile"]()
    scope_paths: ClassVar[dict[str, str]] = {"divisions": "county"}

    class Meta:
        constraints = [
            models.CheckConstraint(name="document_stored_file_sha256", condition=Q(sha256__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="document_stored_file_size", condition=Q(size__gte=1)),
        ]
        indexes = [models.Index(name="document_stored_file_by_hash", fields=["county", "sha256"])]


class Download(CountyRow):
    """A list that somebody asked for, too long to be answered at once: made by the worker, kept for some days.

    ``listing`` names the list and ``asked`` its filters, so that it can be made again from the start. The file lies
    under ``MEDIA_ROOT/downloads`` and goes when its days are over; the row says for ever who took what for what.
    """

    leaf: ClassVar[bool] = True

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    listing = models.CharField(max_length=40)
    asked = models.JSONField(default=dict)
    language = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")])
    whole = models.BooleanField(default=False)
    purpose = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=8, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ScopedManager["Download"]()
    scope_paths: ClassVar[dict[str, str]] = {"divisions": "county"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_download_finished_whole",
                condition=Q(finished_at=None, sha256="")
                | Q(finished_at__isnull=False, expires_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="document_download_whole_with_purpose", condition=Q(whole=False) | ~Q(purpose="")
            ),
        ]
        indexes = [
            models.Index(name="document_download_mine", fields=["county", "account", "asked_at"]),
            models.Index(
                name="document_download_over",
                fields=["expires_at"],
                condition=Q(finished_at__isnull=False, removed_at=None),
            ),
        ]

    @property
    def job(self) -> str:
        """The run that makes it."""
        return f"export:{self.id.hex}"
