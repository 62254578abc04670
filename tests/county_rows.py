"""Rows of clearing, credits, rounds and examinations for whoever walks over the addresses of every door."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

#: The verb that an address of these pages takes.
VERBS = {
    "clearing/new": "draw",
    "clearing/nets": "confirm",
    "clearing/agreements": "agree",
    "clearing/claims": "compare",
    "clearing/differences": "resend",
    "credits/deeds": "witness",
    "rounds/needs": "order",
    "volunteers/stints": "confirm",
    "staff/examination": "publish",
}

COUNTY, NEXT_DOOR, DAY = "370799", "370703", date(2026, 3, 10)


def rows(person: Any) -> dict[str, Any]:
    """What two counties owe each other, a deed for credits, a round with a need, a stint, an objection to a score."""
    return {**clearing(), **credits(person), **rounds(person), **examination()}


def clearing() -> dict[str, Any]:
    from songhe.assessment.tests.world import at
    from songhe.provider.agreement import propose_agreement
    from songhe.settlement.models import Claim, Difference, Net, Received

    when, common = at(DAY), {"county": COUNTY, "month": "2026-02"}
    claim = Claim.objects.create(
        **common, no="Q1", serving=NEXT_DOOR, lines=1, amount_fen=1_200, digest="0" * 64, made_by="run", made_at=when
    )
    return {
        "claim": claim,
        "received": Received.objects.create(
            **common, home=NEXT_DOOR, no="Q1", lines=1, amount_fen=500, digest="0" * 64, received_at=when
        ),
        "difference": Difference.objects.create(
            county=COUNTY,
            claim=claim,
            source=uuid4(),
            code="missing_there",
            here_fen=1_200,
            there_fen=0,
            found_at=when,
            found_by="clerk",
        ),
        "net": Net.objects.create(
            **common,
            other=NEXT_DOOR,
            state="drawn",
            out_fen=1_200,
            in_fen=500,
            net_fen=700,
            word="0" * 64,
            drawn_by="run",
            drawn_at=when,
        ),
        "agreement": propose_agreement(
            home=COUNTY, serving=NEXT_DOOR, document_no="1", valid_from=DAY, at=when, by="somebody"
        ),
    }


def credits(person: Any) -> dict[str, Any]:
    from songhe.credit.propose import propose_rate
    from songhe.credit.tests import world

    scheme = world.scheme()
    world.rate(scheme)
    deed = world.weighed(scheme, person)
    asked = propose_rate(
        scheme=scheme,
        code="eggs",
        name="鸡蛋",
        name_en="Eggs",
        measure="gram",
        units=600,
        per=500,
        valid_from=DAY,
        at=world.at(DAY),
        by="somebody",
    )
    return {"credit_proposal": asked, "deed": deed, "holder": deed.holder}


def rounds(person: Any) -> dict[str, Any]:
    from songhe.outreach.tests import world

    return {
        "round": world.planned(person=person),
        "need": world.heard(person),
        "stint": world.told(world.enlisted()),
    }


def examination() -> dict[str, Any]:
    from songhe.examine.models import Objection
    from songhe.examine.tests import world
    from songhe.kernel.month import Month

    drawn = world.drawn(month=Month(2026, 2), on=DAY, by="somebody")
    objection = Objection.objects.create(
        county=COUNTY,
        examination=drawn,
        provider=world.provider(),
        indicator="price",
        because="价格不对",
        made_by="somebody",
        made_at=world.at(DAY),
    )
    return {"examination": drawn, "examination_objection": objection}


def named(found: Any) -> dict[str, Any]:
    """What the places of an address name, by the name of the place."""
    return {
        "claim_id": found.claim.id,
        "received_id": found.received.id,
        "holder_id": found.holder.id,
        "deed_id": found.deed.id,
        "round_id": found.round.id,
        "need_id": found.need.id,
        "stint_id": found.stint.id,
        "examination_id": found.examination.id,
        "indicator": found.examination_objection.indicator,
    }


def keyed(found: Any, route: str) -> Any:
    """The row that ``key`` names in an address of clearing."""
    rows_ = (
        ("clearing/new/", COUNTY),
        ("clearing/nets/", found.net.id),
        ("clearing/agreements/", found.agreement.pk),
        ("clearing/claims/", found.claim.id),
        ("clearing/differences/", found.difference.id),
    )
    return next((key for part, key in rows_ if part in route), None)
