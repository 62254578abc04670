"""The proposal: what is wanted, by whom, and what somebody else said to it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.row import CountyRow


class Proposal(CountyRow):
    """One person asks for something of a ``kind``, another decides; ``told`` is what its verb will be given.

    ``made`` is the id of what came of it.
    """

    class State(models.TextChoices):
        OPEN = "open", "待批准"
        APPROVED = "approved", "已批准"
        DECLINED = "declined", "未批准"

    leaf = True

    kind = models.CharField(max_length=24)
    told = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=300, blank=True)
    made = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="proposal_two_people", condition=~Q(decided_by=F("proposed_by"))),
            models.CheckConstraint(
                name="proposal_decided",
                condition=Q(state="open", decided_by="", decided_at=None)
                | (~Q(state="open") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="proposal_carried_out",
                condition=(Q(state="approved") & ~Q(made="")) | (~Q(state="approved") & Q(made="")),
            ),
            models.CheckConstraint(name="proposal_declined_why", condition=~Q(state="declined", because="")),
        ]
        indexes = [models.Index(fields=["county", "kind", "state"], name="proposal_kind")]
