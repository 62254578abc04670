"""What the trail keeps: entries, and the seals that chain them."""

from __future__ import annotations

from django.db import models

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow


class Entry(CountyRow):
    """One act of a person, or one chunk of a run. Holds no name and no ID number: it names rows by id."""

    at = models.DateTimeField("时刻")
    actor = models.CharField("账号", max_length=64)
    behalf_of = models.UUIDField("代何人", null=True)
    act = models.CharField("行为", max_length=64)
    subject = models.CharField("对象种类", max_length=64)
    subject_id = models.CharField("对象", max_length=64)
    reason = models.CharField("理由", max_length=300, blank=True)
    detail = models.JSONField("内容", default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["county", "subject", "subject_id", "at"], name="trail_entry_subject"),
            models.Index(fields=["county", "at"], name="trail_entry_at"),
        ]


class Seal(CountyRow):
    """The link that binds one entry to all before it: ``digest`` covers the entry and the digest before it."""

    leaf = True

    number = models.BigIntegerField("序号")
    entry = CountyKey(Entry)
    before = models.CharField("前一摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="trail_seal_number"),
            models.UniqueConstraint(fields=["county", "entry"], name="trail_seal_entry"),
            models.UniqueConstraint(fields=["county", "before"], name="trail_seal_before"),
        ]
