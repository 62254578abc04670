"""An elder's consent to pay by face. No picture and nothing that was measured of a face is kept here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Medium


class Face(CountyRow):
    """A consent, from when to when, and the medium under which bills know it. ``wording`` is what was agreed to.

    The service outside knows the face under ``reference`` alone: the county and this row's id, no name and no number.
    """

    class State(models.TextChoices):
        AGREED = "agreed", "已同意，待拍照"
        READY = "ready", "可用"
        WITHDRAWN = "withdrawn", "已撤回"

    leaf = True

    card = CountyKey("card.Card")
    medium = CountyKey(Medium, null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.AGREED)
    wording = models.CharField(max_length=12)
    agreed_by = models.CharField(max_length=64)
    agreed_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "card"], condition=~Q(state="withdrawn"), name="card_face_one_a_card"
            ),
            models.UniqueConstraint(fields=["county", "medium"], name="card_face_medium"),
            models.CheckConstraint(
                name="card_face_ready", condition=~Q(state="ready") | Q(medium__isnull=False, ready_at__isnull=False)
            ),
            models.CheckConstraint(
                name="card_face_withdrawn",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_at=None, forgotten_at=None),
            ),
        ]

    @property
    def reference(self) -> str:
        return f"{self.county}{self.id.hex}"
