"""Counters of numbers, and the files that are kept."""

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
