"""Releases of policy packs: a small table without a county; determinations name pack and version by value."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.policy import states


class PackRelease(models.Model):
    """One version of one pack: who made it, who reviewed it, when it is in force.

    ``files`` holds the YAML of a draft made on a page, file by file; it is empty for a pack that came as a folder.
    """

    pack = models.CharField("政策包", max_length=80)
    version = models.CharField("版本", max_length=12)
    state = models.CharField("状态", max_length=10, choices=list(states.LABELS.items()), default=states.DRAFT)
    first_on = models.DateField("生效日期")
    last_on = models.DateField("截止日期", null=True)
    created_by = models.CharField("编制人", max_length=64)
    created_at = models.DateTimeField("编制时刻")
    reviewed_by = models.CharField("复核人", max_length=64, blank=True, default="")
    reviewed_at = models.DateTimeField("复核时刻", null=True)
    files = models.JSONField("文件", default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "version"], name="policy_release_once"),
            models.UniqueConstraint(
                fields=["pack"], condition=Q(state=states.CURRENT), name="policy_release_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(reviewed_by=F("created_by")), name="policy_release_reviewed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[states.DRAFT, states.SUPERSEDED])
                | (~Q(reviewed_by="") & Q(reviewed_at__isnull=False)),
                name="policy_release_reviewed_before_use",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="policy_release_window"
            ),
            models.CheckConstraint(condition=~Q(created_by=""), name="policy_release_has_an_author"),
        ]
        indexes = [models.Index(fields=["state", "pack"], name="policy_release_state")]

    def __str__(self) -> str:
        return f"{self.pack} {self.version} {self.state}"
