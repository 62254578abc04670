"""Determinations: who is entitled, under which version of which pack, on which facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Person


class Determination(CountyRow):
    """Written only when outcome, benefit or version differ from the person's last one under the policy.

    ``difference`` names what changed since then: ``outcome``, ``benefit``, ``version`` or the facts' names.
    """

    class Outcome(models.TextChoices):
        ENTITLED = "entitled", "符合"
        NOT_ENTITLED = "not_entitled", "不符合"
        UNKNOWN = "unknown", "资料不全"

    person = CountyKey(Person)
    policy = models.CharField(max_length=40)
    on = models.DateField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    pack = models.CharField(max_length=80)
    version = models.CharField(max_length=12)
    facts = models.JSONField()
    conditions = models.JSONField()
    benefit = models.JSONField(null=True)
    difference = models.JSONField(default=list)
    current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "policy"], condition=Q(current=True), name="eligibility_one_current"
            )
        ]
        indexes = [models.Index(fields=["county", "person", "policy", "at"], name="eligibility_person")]
