"""The PIN of a code that is printed for an elder without a telephone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.person.models import Medium

#: So many wrong tries in a row block the code, until the elder sets another PIN.
MOST_WRONG = 5


class Pin(CountyRow):
    """The PIN of one printed code. ``secret`` is a slow hash of a keyed one; ``wrong`` counts tries since a right one.

    A try is counted before it is looked at, so that many at once are no more than many one by one.
    """

    leaf = True

    card = CountyKey("card.Card")
    medium = CountyKey(Medium)
    secret = models.CharField(max_length=200)
    wrong = models.IntegerField(default=0)
    blocked_at = models.DateTimeField(null=True)
    set_by = models.CharField(max_length=64)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "medium"], name="card_pin_once"),
            models.CheckConstraint(
                name="card_pin_blocked",
                condition=Q(wrong__gte=0, wrong__lt=MOST_WRONG, blocked_at=None)
                | Q(wrong=MOST_WRONG, blocked_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["county", "card"], name="card_pin_card")]
