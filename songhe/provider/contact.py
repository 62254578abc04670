"""How a body is reached: its address and telephone, which it keeps itself. Name, code and kind are the county's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.provider.models import Provider
from songhe.trail.note import note

PHONE_INVALID = reason(
    "provider.phone_invalid",
    zh="电话应为5至20位数字，可带区号和短横线。",
    en="A telephone number has 5 to 20 digits, with hyphens if need be.",
)
ADDRESS_MISSING = reason("provider.address_missing", zh="请填写地址。", en="Give the address.")


def change_contact(*, provider: Provider, address: str, phone: str, at: datetime, by: str) -> Provider:
    """Another address or telephone, from now on; what stood before is in the trail.

    Refuses with ``provider.address_missing`` or ``provider.phone_invalid``.
    """
    number = fold(phone).replace("－", "-").replace("—", "-")
    digits = number.replace("-", "").removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 20 and len(number) <= 20):
        raise PHONE_INVALID("phone")
    if not address.strip():
        raise ADDRESS_MISSING("address")
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=provider.pk)
        before = {"address": provider.address, "phone": provider.phone}
        provider.address, provider.phone = address.strip()[:200], number
        provider.save(update_fields=["address", "phone"])
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="provider.change_contact",
            subject="provider",
            subject_id=str(provider.pk),
            before=before,
            after={"address": provider.address, "phone": provider.phone},
        )
    return provider
