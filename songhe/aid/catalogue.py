"""The catalogue of aids, and what a provider asks for each by the day. 辅具目录和租价"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.aid.models import Aid, Offer
from songhe.kernel import place_code
from songhe.kernel.refusal import reason, whole
from songhe.provider.models import Provider
from songhe.trail.note import note

DATA = Path(__file__).resolve().parent / "data" / "catalogue.yaml"

#: The item of the price list under which a bill names rent.
RENT_ITEM = "aids-rent"

GROUPS: dict[str, tuple[str, str]] = {
    "walking": ("行走移动", "walking and moving"),
    "bed": ("卧床照护", "care in bed"),
    "bath": ("洗浴如厕", "bath and toilet"),
    "health": ("健康设备", "health devices"),
}

UNKNOWN_AID = reason("aid.unknown_aid", zh="目录里没有这种辅具。", en="There is no such aid in the catalogue.")
NO_OFFER = reason(
    "aid.no_offer",
    zh="“{name}”还没有定租价和押金。",
    en="No rent and deposit are set for {name}.",
    status=409,
)
OFFER_IN_THE_PAST = reason(
    "aid.offer_in_the_past",
    zh="改价只能从{first}以后开始。",
    en="Another price begins after {first}.",
    status=409,
)


def load_catalogue(path: Path = DATA) -> int:
    """The aids of the data file; those that stand already stay as they are. Says how many were added."""
    told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    place, since = told["place"], told["valid_from"]
    known = set(Aid.objects.filter(place=place, valid_from=since).values_list("code", flat=True))
    rows = [
        Aid(place=place, valid_from=since, source=told["source"], **each)
        for each in told["aids"]
        if each["code"] not in known
    ]
    return len(Aid.objects.bulk_create(rows))


def aids_on(county: str, on: date) -> list[Aid]:
    """The catalogue of the county on the day, one row a code: the narrowest place decides. One statement."""
    layers = place_code.layers(county)
    in_force = Aid.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    found: dict[str, Aid] = {}
    for row in sorted(in_force.filter(place__in=layers), key=lambda one: (layers.index(one.place), -one.pk)):
        found.setdefault(row.code, row)
    order = list(GROUPS)
    return sorted(found.values(), key=lambda one: (order.index(one.group) if one.group in order else 9, one.pk))


def aid_on(county: str, code: str, on: date) -> Aid:
    """Refuses with ``aid.unknown_aid``."""
    found = next((one for one in aids_on(county, on) if one.code == code), None)
    if found is None:
        raise UNKNOWN_AID("aid")
    return found


def set_offer(
    *, provider: Provider, aid: Aid, day_fen: int, deposit_fen: int, valid_from: date, at: datetime, by: str
) -> Offer:
    """What the provider asks from a day on; the price before it ends the day before. Loans keep the price that they
    were handed over at.

    Refuses with ``input.too_small`` or ``aid.offer_in_the_past``.
    """
    whole(day_fen, "day_fen", least=1)
    whole(deposit_fen, "deposit_fen", least=0)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        before = Offer.objects.filter(provider=provider, aid=aid).order_by("-valid_from").first()
        if before is not None and before.valid_from >= valid_from:
            raise OFFER_IN_THE_PAST("valid_from", first=before.valid_from)
        if before is not None and before.valid_to is None:
            before.valid_to = valid_from - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        try:
            with transaction.atomic():
                made = Offer.objects.create(
                    provider=provider, aid=aid, day_fen=day_fen, deposit_fen=deposit_fen, valid_from=valid_from
                )
        except IntegrityError:
            raise OFFER_IN_THE_PAST("valid_from", first=valid_from) from None
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="aid.set_offer",
            subject="aid_offer",
            subject_id=str(made.pk),
            provider=provider.pk,
            aid=aid.code,
            day_fen=day_fen,
            deposit_fen=deposit_fen,
        )
    return made


def offers_on(provider: Provider, on: date) -> dict[int, Offer]:
    """The provider's prices of the day by aid; one statement."""
    rows = Offer.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), provider=provider, valid_from__lte=on)
    return {row.aid_id: row for row in rows}


def require_offer(provider: Provider, aid: Aid, on: date) -> Offer:
    """Refuses with ``aid.no_offer``."""
    found = offers_on(provider, on).get(aid.pk)
    if found is None:
        raise NO_OFFER("aid", name=aid.name)
    return found
