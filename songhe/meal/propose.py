"""A point is opened and a tariff is set by two people: one proposes, another approves or declines. 提议与审批"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from songhe.kernel.geo import Point as Position
from songhe.kernel.month import beijing_date, parse_date
from songhe.kernel.refusal import reason
from songhe.meal.models import Point, Tariff
from songhe.meal.point import NO_FOOD_LICENCE, SAME_PERSON, open_point
from songhe.meal.price import Band, faults, read
from songhe.meal.serve import SAY_WHY
from songhe.meal.states import WRONG_STATE
from songhe.meal.tariff import FAULTY, NOT_OF_A_MEAL, faults_said, require_funds, set_tariff
from songhe.proposal.matter import Acts, Decider, Matter
from songhe.proposal.models import Proposal
from songhe.provider.models import Item, Licence

POINT, TARIFF = "meal.point", "meal.tariff"

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
    return PROPOSALS.propose(
        county=county,
        kind=TARIFF,
        told={
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
    return PROPOSALS.propose(county=county, kind=POINT, told=told, at=at, by=by)


def _open(row: Proposal, decider: Decider) -> Point:
    """Refuses as ``open_point`` does."""
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
        approved_by=decider.by,
        at=decider.at,
    )


def _set(row: Proposal, decider: Decider) -> Tariff:
    """Refuses as ``set_tariff`` does."""
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
        approved_by=decider.by,
        at=decider.at,
    )


#: Points and prices that wait for somebody else.
PROPOSALS: Matter[Point | Tariff] = Matter(
    subject="meal_proposal",
    acts=Acts("meal.propose", "meal.approve", "meal.decline"),
    kinds={POINT: _open, TARIFF: _set},
    unknown=UNKNOWN_PROPOSAL,
    decided=WRONG_STATE,
    own=SAME_PERSON,
    why=SAY_WHY,
    noted=("code", "item", "point", "price_fen", "valid_from"),
)
