"""A point is opened and a tariff is set by two people: one proposes, another approves or declines. 提议与审批"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.kernel.geo import Point as Position
from songhe.kernel.month import beijing_date, parse_date
from songhe.kernel.refusal import reason
from songhe.meal.models import Point, Proposal, Tariff
from songhe.meal.point import NO_FOOD_LICENCE, SAME_PERSON, open_point
from songhe.meal.price import Band, faults, read
from songhe.meal.serve import SAY_WHY
from songhe.meal.states import PROPOSAL
from songhe.meal.tariff import FAULTY, NOT_OF_A_MEAL, faults_said, require_funds, set_tariff
from songhe.provider.models import Item, Licence
from songhe.trail.note import note

UNKNOWN_PROPOSAL = reason("meal.unknown_proposal", zh="没有这项提议。", en="There is no such proposal.", status=404)


def propose_tariff(
    *,
    county: str,
    item: Item,
    price_fen: int,
    bands: Sequence[Band],
    valid_from: date,
    at: datetime,
    by: str,
    point: Point | None = None,
    source: str = "",
    funds: Mapping[str, str] | None = None,
) -> Proposal:
    """Ask for a price of the county, or of one of its points, from a day on. Refuses with ``meal.item_not_a_meal``,
    ``meal.tariff_faulty`` or ``card.not_for_parts``; the rest is looked at when it is approved."""
    if item.help != "meals":
        raise NOT_OF_A_MEAL("item", item=item.name, item_en=item.name_en)
    if found := faults(price_fen, bands):
        zh, en = faults_said(found)
        raise FAULTY("bands", what_zh=zh, what_en=en)
    return _ask(
        county,
        Proposal.Kind.TARIFF,
        {
            "item": item.pk,
            "price_fen": price_fen,
            "bands": [band.as_dict() for band in bands],
            "valid_from": valid_from.isoformat(),
            "point": point.pk if point else None,
            "source": source.strip()[:120],
            "funds": require_funds(county, bands, funds or {}, valid_from),
        },
        at=at,
        by=by,
    )


def propose_point(
    *,
    county: str,
    food_licence: Licence,
    code: str,
    name: str,
    place: str,
    address: str,
    position: Position,
    at: datetime,
    by: str,
    phone: str = "",
    seats: int = 0,
    delivers: bool = False,
) -> Proposal:
    """Ask for a point of the provider whose food licence it is. Refuses with ``meal.no_food_licence``; the rest is
    looked at when it is approved."""
    if food_licence.kind != Licence.Kind.FOOD:
        raise NO_FOOD_LICENCE("food_licence", on=beijing_date(at))
    spot = position.as_wgs84()
    told = {
        "food_licence": food_licence.pk,
        "code": code,
        "name": name.strip(),
        "place": place,
        "address": address.strip(),
        "latitude": f"{spot.latitude:.6f}",
        "longitude": f"{spot.longitude:.6f}",
        "phone": phone.strip(),
        "seats": seats,
        "delivers": delivers,
    }
    return _ask(county, Proposal.Kind.POINT, told, at=at, by=by)


def approve(*, proposal: Proposal, at: datetime, by: str) -> Point | Tariff:
    """Another person than the one who asked agrees, and it is so. Refuses with ``meal.unknown_proposal``,
    ``meal.wrong_state``, ``meal.same_person``, or as ``open_point`` and ``set_tariff`` do."""
    with transaction.atomic():
        row = _lock(proposal)
        PROPOSAL.move(row, "approve")
        _decide(row, at=at, by=by)
        made = _open(row, at=at) if row.kind == Proposal.Kind.POINT else _set(row, at=at)
        _note("meal.approve", row, at=at, by=by, made=made.pk)
    return made


def decline(*, proposal: Proposal, because: str, at: datetime, by: str) -> Proposal:
    """Another person does not agree, and says why. Refuses with ``meal.say_why``, ``meal.unknown_proposal``,
    ``meal.wrong_state`` or ``meal.same_person``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        row = _lock(proposal)
        PROPOSAL.move(row, "decline")
        row.because = because.strip()[:300]
        _decide(row, at=at, by=by)
        _note("meal.decline", row, at=at, by=by, reason=because)
    return row


def waiting(county: str, kind: str) -> list[Proposal]:
    """What waits for a second person, the oldest first; one statement."""
    rows = Proposal.objects.filter(county=county, kind=kind, state=Proposal.State.ASKED)
    return list(rows.order_by("proposed_at", "id")[:100])


def _ask(county: str, kind: str, told: Mapping[str, Any], *, at: datetime, by: str) -> Proposal:
    with transaction.atomic():
        row = Proposal.objects.create(county=county, kind=kind, told=dict(told), proposed_by=by, proposed_at=at)
        _note("meal.propose", row, at=at, by=by)
    return row


def _open(row: Proposal, *, at: datetime) -> Point:
    told = row.told
    licence = Licence.objects.select_related("provider").get(pk=told["food_licence"])
    return open_point(
        provider=licence.provider,
        food_licence=licence,
        code=told["code"],
        name=told["name"],
        place=told["place"],
        address=told["address"],
        position=Position(float(told["latitude"]), float(told["longitude"])),
        phone=told["phone"],
        seats=told["seats"],
        delivers=told["delivers"],
        opened_by=row.proposed_by,
        approved_by=row.decided_by,
        at=at,
    )


def _set(row: Proposal, *, at: datetime) -> Tariff:
    told = row.told
    return set_tariff(
        place=row.county,
        item=Item.objects.get(pk=told["item"]),
        price_fen=told["price_fen"],
        bands=read(told["bands"]),
        valid_from=parse_date(told["valid_from"], "valid_from"),
        point=Point.objects.get(pk=told["point"]) if told["point"] else None,
        source=told["source"],
        funds=told["funds"],
        set_by=row.proposed_by,
        approved_by=row.decided_by,
        at=at,
    )


def _lock(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update().filter(county=proposal.county, id=proposal.id).first()
    if found is None:
        raise UNKNOWN_PROPOSAL("proposal")
    return found


def _decide(row: Proposal, *, at: datetime, by: str) -> None:
    if by == row.proposed_by:
        raise SAME_PERSON("by")
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at", "because"])


def _note(act: str, row: Proposal, *, at: datetime, by: str, reason: str = "", made: int | None = None) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="meal_proposal",
        subject_id=row.id,
        reason=reason,
        kind=row.kind,
        made=made,
    )
