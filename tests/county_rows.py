"""Rows of clearing, credits, rounds, examinations and a provider's papers for whoever walks over every address."""

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
    "county/planned": "end",
    "county/stewards": "hand-over-all",
    "teams/new": "form",
    "county/teams": "join",
    "volunteers/stints": "confirm",
    "examination/warnings": "lift",
    "examination/exits": "approve",
    "examination/schemes": "approve",
    "staff/examination": "publish",
}

COUNTY, NEXT_DOOR, DAY = "370799", "370703", date(2026, 3, 10)


def rows(person: Any, provider: Any, manager: Any) -> dict[str, Any]:
    """What two counties owe each other, a deed for credits, a round with a need, a stint, an objection to a score,
    and what a provider's manager has handed in."""
    return {**clearing(), **credits(person), **rounds(person), **examination(), **papers(provider, manager)}


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
        "team": world.formed(),
        "need": world.heard(person),
        "stint": world.told(world.enlisted()),
    }


def examination() -> dict[str, Any]:
    from songhe.examine import leave, scheme, warn
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
    by = {"at": world.at(DAY), "by": "somebody"}
    about = {"county": COUNTY, "provider": objection.provider, "on": DAY, **by}
    text = scheme.written(scheme.shipped())
    return {
        "examination": drawn,
        "examination_objection": objection,
        "caution": warn.warn(cause="finding", mend="补齐", due_on=date(2026, 4, 10), **about),
        "exit": leave.propose(because="不合格", since=DAY, residents_until=date(2026, 4, 10), **about),
        "edition": scheme.propose(county=COUNTY, text=text, valid_from=Month(2026, 3), document_no="1", **by),
    }


def papers(provider: Any, manager: Any) -> dict[str, Any]:
    from songhe.assessment.tests.world import at
    from songhe.provider.models import Certificate, Discount, Item, Licence, Partner, Upgrade, Worker
    from songhe.settlement.sheet_book import hand_in_sheet

    since = date(2025, 1, 1)
    carer = Worker.objects.create(
        provider=provider, job=Worker.Job.CARER, name="护理员", number="HL2", valid_from=since
    )
    partner = Partner.objects.create(
        provider=provider, county=COUNTY, helps=["goods"], valid_from=DAY, proposed_by="somebody", proposed_at=at(DAY)
    )
    sheet = hand_in_sheet(
        provider=provider,
        counties=[COUNTY],
        content="老人姓名,券号或卡号,服务项目,服务日期,由谁确认\n王秀兰,1,bath,2026-03-09,老人本人\n".encode(),
        called="账单.csv",
        uploaded_by=manager,
        at=at(DAY),
        on=DAY,
    )
    return {
        "sheet": sheet,
        "certificate": Certificate.objects.create(worker=carer, kind="护理员证", number="1", valid_from=since),
        "licence": Licence.objects.create(provider=provider, kind="business", number="1", valid_from=since),
        "discount": Discount.objects.create(partner=partner, help="goods", per_cent=10, valid_from=DAY),
        "upgrade": Upgrade.objects.create(
            provider=provider,
            base=Item.objects.order_by("pk").first(),
            code="better",
            name="更好",
            name_en="Better",
            more="更好",
            price_fen=999_999,
            valid_from=DAY,
        ),
    }


def named(found: Any) -> dict[str, Any]:
    """What the places of an address name, by the name of the place."""
    return {
        "claim_id": found.claim.id,
        "received_id": found.received.id,
        "holder_id": found.holder.id,
        "deed_id": found.deed.id,
        "round_id": found.round.id,
        "steward_id": found.round.steward_id,
        "team_id": found.team.id,
        "need_id": found.need.id,
        "stint_id": found.stint.id,
        "examination_id": found.examination.id,
        "sheet_id": found.sheet.id,
        "discount_id": found.discount.pk,
        "upgrade_id": found.upgrade.pk,
        "caution_id": found.caution.id,
        "indicator": found.examination_objection.indicator,
    }


def keyed(found: Any, route: str) -> Any:
    """The row that ``key`` names in an address of clearing or of what follows an examination."""
    rows_ = (
        *((f"examination/{part}/new/", COUNTY) for part in ("warnings", "exits", "schemes")),
        ("examination/warnings/", found.caution.id),
        ("examination/exits/", found.exit.id),
        ("examination/schemes/", found.edition.id),
        ("clearing/new/", COUNTY),
        ("teams/new/", COUNTY),
        ("clearing/nets/", found.net.id),
        ("clearing/agreements/", found.agreement.pk),
        ("clearing/claims/", found.claim.id),
        ("clearing/differences/", found.difference.id),
    )
    return next((key for part, key in rows_ if part in route), None)
