"""Money of a card's purses that is set aside for one provider and kind of help until an instant."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.ledger.models import Account
from songhe.provider.models import Provider


class Hold(CountyRow):
    """So much of a card, for services of one ``help`` at one provider on the day ``day``. ``taken_fen`` was captured.

    While it is held its money stands on accounts of its own, so that nothing else can spend it.
    """

    class State(models.TextChoices):
        HELD = "held", "预留中"
        CAPTURED = "captured", "已用完"
        RELEASED = "released", "已释放"

    card = CountyKey("card.Card")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    help = models.CharField(max_length=12)
    day = models.DateField()
    amount_fen = models.BigIntegerField()
    taken_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    until = models.DateTimeField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="card_hold_amounts",
                condition=Q(amount_fen__gt=0, taken_fen__gte=0, taken_fen__lte=F("amount_fen")),
            ),
            models.CheckConstraint(
                name="card_hold_ended", condition=Q(state="held", ended_at=None) | ~Q(state="held") & ~Q(ended_at=None)
            ),
        ]
        indexes = [
            models.Index(fields=["county", "card", "state"], name="card_hold_card"),
            models.Index(fields=["county", "state", "until"], name="card_hold_due"),
        ]


class HoldPart(CountyRow):
    """What one purse gave into a hold, and what of it left the hold again (``back_fen``)."""

    leaf = True

    hold = CountyKey(Hold)
    purse = CountyKey("card.Purse")
    account = CountyKey(Account)
    amount_fen = models.BigIntegerField()
    back_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "hold", "purse"], name="card_holdpart_once"),
            models.CheckConstraint(
                name="card_holdpart_amounts",
                condition=Q(amount_fen__gt=0, back_fen__gte=0, back_fen__lte=F("amount_fen")),
            ),
        ]
        indexes = [models.Index(fields=["county", "purse"], name="card_holdpart_purse")]
