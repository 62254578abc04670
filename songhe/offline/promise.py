"""How much of a slip the county guarantees: never more than the limits of card, device and day. 担保额度"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from songhe.card.models import Card
from songhe.kernel.refusal import reason
from songhe.offline.models import CardDay, Device, DeviceDay

OVER_CARD = reason(
    "offline.over_card",
    zh="超过这张卡当天在这家商家的离线限额{most_fen:yuan}。",
    en="More than the {most_fen:yuan} guaranteed for this card, merchant and day.",
    status=409,
)
OVER_DEVICE = reason(
    "offline.over_device",
    zh="超过这台设备当天的离线限额{most_fen:yuan}。",
    en="More than the {most_fen:yuan} guaranteed for this device and day.",
    status=409,
)


def promise(*, device: Device, card: Card, day: date, amount_fen: int) -> None:
    """Count a slip against what is guaranteed for its card, merchant and day, and for its device and day.

    Two conditional updates: of slips that come at once by several devices, those that fit are guaranteed and no other.
    What was promised is not given back, so that a day's promises bound a day's losses. Refuses with
    ``offline.over_card`` or ``offline.over_device``.
    """
    with transaction.atomic():
        of_card = {"county": device.county, "card": card, "provider_id": device.provider_id, "on": day}
        CardDay.objects.get_or_create(**of_card, defaults={"most_fen": device.card_fen})
        rows = CardDay.objects.filter(**of_card).filter(promised_fen__lte=F("most_fen") - amount_fen)
        if amount_fen > device.card_fen or not rows.update(promised_fen=F("promised_fen") + amount_fen):
            raise OVER_CARD("amount_fen", most_fen=device.card_fen)
        of_device = {"county": device.county, "device": device, "on": day}
        DeviceDay.objects.get_or_create(**of_device, defaults={"most_fen": device.day_fen})
        days = DeviceDay.objects.filter(**of_device).filter(promised_fen__lte=F("most_fen") - amount_fen)
        if not days.update(promised_fen=F("promised_fen") + amount_fen):
            raise OVER_DEVICE("amount_fen", most_fen=device.day_fen)
