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
    ``bill_no`` is the bill that was paid when it was handed over, ``because`` why it was given up, or ``declined`` by
    the provider. ``made_by``: at the provider's, who takes it by making it; or from home, by the elder who chose the
    provider or let the county's order of merit choose, and then it waits to be accepted, and has a day and a place.
    """

    class Made(models.TextChoices):
        TILL = "till", "在店里"
        ELDER = "elder", "老人自己选的机构"
        COUNTY = "county", "请县里选的机构"

    no = models.CharField(max_length=24)
    hold = CountyKey(Hold)
    item = models.CharField(max_length=30)
    quantity = models.IntegerField(default=1)
    price_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField()
    words = models.CharField(max_length=200, blank=True)
    last_day = models.DateField()
    made_by = models.CharField(max_length=6, choices=Made.choices, default=Made.TILL)
    wanted_on = models.DateField(null=True)
    address = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True)
    declined = models.BooleanField(default=False)
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
            models.CheckConstraint(name="card_itemorder_declined", condition=Q(declined=False) | ~Q(because="")),
            models.CheckConstraint(
                name="card_itemorder_from_home",
                condition=Q(made_by="till", wanted_on=None, accepted_at=None)
                | Q(~Q(made_by="till"), wanted_on__lte=F("last_day")),
            ),
            models.CheckConstraint(
                name="card_itemorder_accepted_first",
                condition=Q(bill_no="") | Q(made_by="till") | Q(accepted_at__isnull=False),
            ),
        ]

    @property
    def from_home(self) -> bool:
        return self.made_by != self.Made.TILL

    @property
    def is_accepted(self) -> bool:
        """Whether the provider has said that it will do it."""
        return not self.from_home or self.accepted_at is not None
