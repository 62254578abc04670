"""An item that a provider is to procure or make for somebody, and the hold that stands for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from songhe.card.hold_models import Hold
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow


class ItemOrder(CountyRow):
    """What was ordered, for which price, and until when it is to be handed over; its state is that of the hold.

    ``price_fen`` is what was agreed, ``fee_fen`` what it costs after what a merchant takes off on the day of the order.
    ``bill_no`` is the bill that was paid when it was handed over, ``because`` why it was given up.
    """

    leaf = True

    no = models.CharField(max_length=24)
    hold = CountyKey(Hold)
    item = models.CharField(max_length=30)
    quantity = models.IntegerField(default=1)
    price_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    words = models.CharField(max_length=200, blank=True)
    last_day = models.DateField()
    bill_no = models.CharField(max_length=24, blank=True)
    because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "no"], name="card_itemorder_no"),
            models.UniqueConstraint(fields=["county", "hold"], name="card_itemorder_hold"),
            models.CheckConstraint(
                name="card_itemorder_amounts", condition=Q(quantity__gt=0, fee_fen__gt=0, price_fen__gte=F("fee_fen"))
            ),
            models.CheckConstraint(name="card_itemorder_one_end", condition=Q(bill_no="") | Q(because="")),
        ]
