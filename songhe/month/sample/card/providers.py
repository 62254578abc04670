"""Take the bodies in through the verbs of ``songhe.provider`` and ``songhe.meal``: one proposes, another approves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from songhe.kernel.geo import Point as Position
from songhe.meal import point as points
from songhe.meal import tariff
from songhe.meal.models import Point
from songhe.meal.price import Band
from songhe.month.sample.card.bodies import ASSESSMENT, CANTEEN, HOME_CARE, Body, bodies_of
from songhe.month.sample.card.cast import approver_of, clerk_of, manager_of
from songhe.month.sample.card.logins import open_carer, open_manager
from songhe.month.sample.card.plan import GROUND_ON, CardPlan
from songhe.month.sample.card.shape import COUNTIES, HOME, bodies, givers
from songhe.month.sample.people import given_name
from songhe.month.sample.plan import moment
from songhe.provider import bank
from songhe.provider.admit import admit, list_in_county
from songhe.provider.agreement import agree, propose_agreement
from songhe.provider.catalogue import item_on
from songhe.provider.discount import set_discount
from songhe.provider.help import EVERYTHING
from songhe.provider.licence import register_licence
from songhe.provider.models import Category, Licence, Provider, Worker
from songhe.provider.partner import admit_partner, propose_partner
from songhe.provider.price import set_price
from songhe.provider.upgrade import define_upgrade
from songhe.provider.worker import NewWorker, certify, engage

BANK = "样例银行样例山县支行"
ASSESSORS = 5
PAPERS_TO = date(2029, 12, 31)


def take_in(plan: CardPlan, *, watch: Callable[[int], None] | None = None) -> dict[str, Provider]:
    """Every body with its papers, prices, place on the white list and bank account; by code."""
    found = {}
    for body in bodies_of(plan):
        found[body.code] = _take_in_one(plan, body)
        if watch:
            watch(1)
    _tariffs()
    _agreements()
    return found


def known(plan: CardPlan) -> dict[str, Provider]:
    """The bodies as they stand in the database, by code."""
    rows = {row.credit_code: row for row in Provider.objects.filter(place__in=COUNTIES.values()).order_by("id")}
    return {body.code: rows[body.credit_code] for body in bodies_of(plan)}


def _take_in_one(plan: CardPlan, body: Body) -> Provider:
    at, clerk, manager = moment(GROUND_ON, 9, body.number % 60), clerk_of(body.county), manager_of(body.code)
    assessors = [_assessor(plan, body, each) for each in range(1, ASSESSORS + 1)] if body.trade == ASSESSMENT else []
    provider = admit(
        kind=body.kind,
        name=body.name,
        credit_code=body.credit_code,
        place=body.county,
        at=at,
        by=clerk,
        assessors=assessors,
        address=f"样例山县（虚构）{body.name}",
        phone=f"{5558000 + body.number}",
        longitude=body.longitude,
        latitude=body.latitude,
    )
    open_manager(manager, body.name, place=body.county, provider_id=provider.pk)
    register_licence(
        provider=provider,
        kind=Licence.Kind.BUSINESS,
        number=f"样例营业执照{body.number:05d}",
        valid_from=GROUND_ON,
        at=at,
        by=clerk,
    )
    if body.trade in (CANTEEN, HOME_CARE, ASSESSMENT):
        _list(body, provider)
    for item, price_fen in body.prices.items():
        held = item_on(body.county, item, GROUND_ON)
        set_price(provider=provider, item=held, price_fen=price_fen, valid_from=GROUND_ON, at=at, by=manager)
    if body.trade == CANTEEN:
        _open_point(plan, body, provider)
    if body.trade == HOME_CARE:
        _carers(plan, body, provider)
    if body.trade != ASSESSMENT:
        _white_list(body, provider)
        _bank(body, provider)
    return provider


def _list(body: Body, provider: Provider) -> None:
    categories = () if body.trade == ASSESSMENT else (Category.HOME, Category.DAY_CARE)
    list_in_county(
        provider=provider,
        county=body.county,
        categories=categories,
        contract_no=f"样例爱心卡签约第{body.number:03d}号",
        valid_from=GROUND_ON,
        listed_by=clerk_of(body.county),
        approved_by=approver_of(body.county),
        at=moment(GROUND_ON, 10, body.number % 60),
    )


def _white_list(body: Body, provider: Provider) -> None:
    """Proposed by the clerk, admitted by the approver; then what it takes off."""
    at = moment(GROUND_ON, 11, body.number % 60)
    proposed = propose_partner(
        provider=provider,
        county=body.county,
        helps=body.helps,
        valid_from=GROUND_ON,
        at=at,
        by=clerk_of(body.county),
    )
    partner = admit_partner(partner=proposed, at=moment(GROUND_ON, 15, body.number % 60), by=approver_of(body.county))
    for terms in body.terms:
        set_discount(
            partner=partner,
            help=EVERYTHING,
            valid_from=GROUND_ON,
            at=moment(GROUND_ON, 16, body.number % 60),
            by=manager_of(body.code),
            per_cent=terms.per_cent,
            off_fen=terms.off_fen,
            least_fen=terms.least_fen,
        )


def _bank(body: Body, provider: Provider) -> None:
    proposed = bank.propose(
        provider=provider,
        holder=body.name,
        bank=BANK,
        number=f"980000{body.number:010d}",
        at=moment(GROUND_ON, 13),
        by=clerk_of(body.county),
    )
    bank.approve(account=proposed, at=moment(GROUND_ON, 16), by=approver_of(body.county))


def _agreements() -> None:
    """Each of the two counties takes the other's cards."""
    for home in COUNTIES.values():
        for serving in (county for county in COUNTIES.values() if county != home):
            proposed = propose_agreement(
                home=home,
                serving=serving,
                document_no=f"样例异地通用协议-{home}-{serving}",
                valid_from=GROUND_ON,
                at=moment(GROUND_ON, 16),
                by=clerk_of(home),
            )
            agree(agreement=proposed, at=moment(GROUND_ON, 17), by=approver_of(home))


# --- meal points ----------------------------------------------------------------------------------------------------


def _open_point(plan: CardPlan, body: Body, provider: Provider) -> None:
    """A point with its food licence and two cooks with health certificates."""
    at, manager = moment(GROUND_ON, 14, body.number % 60), manager_of(body.code)
    licence = register_licence(
        provider=provider,
        kind=Licence.Kind.FOOD,
        number=f"样例食品许可{body.number:05d}",
        valid_from=GROUND_ON,
        valid_to=PAPERS_TO,
        at=at,
        by=manager,
    )
    point = points.open_point(
        provider=provider,
        code=body.code,
        name=body.name,
        place=body.town,
        address=f"样例山县（虚构）{body.name}",
        position=Position(body.latitude, body.longitude),
        food_licence=licence,
        opened_by=clerk_of(body.county),
        approved_by=approver_of(body.county),
        at=at,
        phone=f"{5558000 + body.number}",
        seats=body.portions // 3,
        delivers=body.delivers,
    )
    for each in (1, 2):
        new = NewWorker(name=_name(plan, body, "cook", each), number=f"K{each:03d}", job=Worker.Job.COOK)
        cook = engage(provider=provider, new=new, valid_from=GROUND_ON, at=at, by=manager)
        certify(
            worker=cook,
            kind=points.HEALTH_CERTIFICATE,
            number=f"样例健康证{body.code}-{each}",
            valid_from=GROUND_ON,
            valid_to=PAPERS_TO,
            at=at,
            by=manager,
        )
        points.engage_cook(point=point, worker=cook, valid_from=GROUND_ON, at=at, by=manager)


def _tariffs() -> None:
    """What a portion costs whom, in both counties alike."""
    for item, told in bodies()["tariffs"].items():
        for county in COUNTIES.values():
            tariff.set_tariff(
                place=county,
                item=item_on(county, item, GROUND_ON),
                price_fen=told["price"],
                bands=bands_of(item),
                valid_from=GROUND_ON,
                set_by=clerk_of(county),
                approved_by=approver_of(county),
                at=moment(GROUND_ON, 16),
                source="虚构样例",
            )


def name_funds(plan: CardPlan) -> None:
    """From the month on a fund of the first county pays what the tariffs say that public money pays of a portion."""
    payers = {told["parts"]["payer"]: told["code"] for told in givers()["home"] if told.get("parts")}
    for item, told in bodies()["tariffs"].items():
        bands = bands_of(item)
        if payers.keys() & {payer for band in bands for payer in band.parts}:
            tariff.set_tariff(
                place=HOME,
                item=item_on(HOME, item, plan.charged_on),
                price_fen=told["price"],
                bands=bands,
                valid_from=plan.charged_on,
                set_by=clerk_of(HOME),
                approved_by=approver_of(HOME),
                at=moment(plan.money_on, 17),
                source="虚构样例",
                funds=payers,
            )


def bands_of(item: str) -> list[Band]:
    """The tariff of an item, as ``data/providers.yaml`` has it."""
    return [
        Band(band["from_age"], band["to_age"], frozenset(band["classes"]), band["own"], dict(band["parts"]))
        for band in bodies()["tariffs"][item]["bands"]
    ]


def points_of(plan: CardPlan) -> list[tuple[Body, Point]]:
    """The meal points with the bodies that run them."""
    held = {row.code: row for row in Point.objects.select_related("provider").order_by("id")}
    return [(body, held[body.code]) for body in bodies_of(plan) if body.trade == CANTEEN]


# --- people who work there ------------------------------------------------------------------------------------------


def carer_login(body: Body, number: int) -> str:
    return "card-carer" if (body.code, number) == ("care-1", 1) else f"card-carer-{body.code}-{number}"


def _carers(plan: CardPlan, body: Body, provider: Provider) -> None:
    at, manager = moment(GROUND_ON, 14), manager_of(body.code)
    for each in range(1, plan.carers + 1):
        login = carer_login(body, each)
        open_carer(login, f"{body.name} 护理员{each}", place=body.county, provider_id=provider.pk)
        new = NewWorker(
            name=_name(plan, body, "carer", each), number=f"C{each:03d}", job=Worker.Job.CARER, account=login
        )
        worker = engage(provider=provider, new=new, valid_from=GROUND_ON, at=at, by=manager)
        certify(
            worker=worker,
            kind="养老护理员",
            number=f"样例{body.code}-{each:03d}",
            valid_from=GROUND_ON,
            valid_to=PAPERS_TO,
            at=at,
            by=manager,
        )
    define_upgrade(
        provider=provider,
        base=item_on(body.county, "bath-home", GROUND_ON),
        code="bath-home-plus",
        name="入户助浴（双人、理疗）",
        name_en="Bath at home by two carers, with massage",
        more="两名护理员，含肩颈理疗20分钟",
        price_fen=body.prices["bath-home"] + 5_000,
        valid_from=GROUND_ON,
        at=at,
        by=manager,
    )


def _assessor(plan: CardPlan, body: Body, number: int) -> NewWorker:
    return NewWorker(
        name=_name(plan, body, "assessor", number),
        number=f"A{number:03d}",
        practising_since=date(2014 + number, 3, 1),
        education="college",
        trained_on=date(2024, 5, 1),
        examined_on=date(2024, 6, 1),
    )


def _name(plan: CardPlan, body: Body, job: str, number: int) -> str:
    chance = Random(f"{plan.seed}/{job}/{body.code}/{number}")
    sex = chance.choice(("female", "female", "male"))
    return given_name("01", sex, date(chance.randint(1966, 1998), 1, 1), chance)
