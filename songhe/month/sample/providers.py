"""Take in the sample's bodies through the verbs of ``songhe.provider``: one lists or proposes, another approves."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from songhe.access.role import Role
from songhe.month.sample.cast import APPROVER, CLERK, manager_of, worker_of
from songhe.month.sample.logins import open_body
from songhe.month.sample.people import given_name
from songhe.month.sample.plan import GROUND_ON, LISTED_FROM, Body, Plan, moment
from songhe.month.sample.shape import COUNTY
from songhe.provider import bank
from songhe.provider.admit import admit, list_in_county
from songhe.provider.catalogue import item_on
from songhe.provider.models import Kind, Provider, Worker
from songhe.provider.price import set_price
from songhe.provider.worker import NewWorker, certify, engage

#: One bank in the sample; account numbers begin with its invented code.
BANK = "样例银行样例县支行"


def take_in(plan: Plan) -> dict[str, Provider]:
    """Every body with its workers, listing, prices and bank account; by code."""
    carers = plan.carers()
    found: dict[str, Provider] = {}
    for number, body in enumerate(plan.bodies(), 1):
        found[body.code] = _take_in_one(plan, body, number, carers.get(body.code, 0))
    return found


def known(plan: Plan) -> dict[str, Provider]:
    """The bodies as they stand in the database, by code."""
    rows = {row.credit_code: row for row in Provider.objects.filter(place=COUNTY).order_by("id")}
    return {body.code: rows[body.credit_code] for body in plan.bodies()}


def _take_in_one(plan: Plan, body: Body, number: int, carers: int) -> Provider:
    at = moment(GROUND_ON, 9, number)
    assessors = [_assessor(plan, body, each) for each in range(1, body.assessors + 1)]
    provider = admit(
        kind=body.kind,
        name=body.name,
        credit_code=body.credit_code,
        place=COUNTY,
        at=at,
        by=CLERK,
        assessors=assessors,
        filed_on=GROUND_ON - timedelta(days=300),
        address=f"样例县（虚构）{body.name}",
        phone=f"{5559000 + number}",
        beds=body.beds,
        longitude=body.longitude,
        latitude=body.latitude,
    )
    open_body(body, provider.pk, carers)
    manager = NewWorker(
        name=f"{_name(plan, body, 'manager', 0)}", number="M001", job=Worker.Job.MANAGER, account=manager_of(body.code)
    )
    engage(provider=provider, new=manager, valid_from=GROUND_ON, at=at, by=manager_of(body.code))
    _engage_carers(plan, body, provider, carers)
    list_in_county(
        provider=provider,
        county=COUNTY,
        categories=body.categories,
        contract_no=f"样例签约第{number:03d}号",
        valid_from=LISTED_FROM,
        listed_by=CLERK,
        approved_by=APPROVER,
        at=moment(LISTED_FROM, 9, number),
    )
    for item, price_fen in body.prices.items():
        set_price(
            provider=provider,
            item=item_on(COUNTY, item, LISTED_FROM),
            price_fen=price_fen,
            valid_from=LISTED_FROM,
            at=moment(GROUND_ON, 10, number),
            by=manager_of(body.code),
        )
    proposed = bank.propose(
        provider=provider,
        holder=body.name,
        bank=BANK,
        number=f"990000{number:010d}",
        at=moment(GROUND_ON, 11, number),
        by=CLERK,
    )
    bank.approve(account=proposed, at=moment(GROUND_ON, 15, number), by=APPROVER)
    return provider


def _engage_carers(plan: Plan, body: Body, provider: Provider, carers: int) -> None:
    for each in range(1, carers + 1):
        at = moment(GROUND_ON, 14)
        new = NewWorker(
            name=_name(plan, body, "carer", each),
            number=f"C{each:03d}",
            job=Worker.Job.CARER,
            account=worker_of(body.code, each, Role.CARER),
        )
        worker = engage(provider=provider, new=new, valid_from=GROUND_ON, at=at, by=manager_of(body.code))
        certify(
            worker=worker,
            kind="养老护理员",
            number=f"样例{body.code}-{each:03d}",
            valid_from=date(2024, 1, 1),
            valid_to=date(2028, 12, 31),
            at=at,
            by=manager_of(body.code),
        )


def _assessor(plan: Plan, body: Body, number: int) -> NewWorker:
    return NewWorker(
        name=_name(plan, body, "assessor", number),
        number=f"A{number:03d}",
        account=worker_of(body.code, number, Role.ASSESSOR),
        practising_since=date(2012 + number, 3, 1),
        education=("vocational_secondary", "college", "bachelor")[number % 3],
        trained_on=date(2024, 5, 1),
        examined_on=date(2024, 6, 1),
    )


def _name(plan: Plan, body: Body, job: str, number: int) -> str:
    chance = Random(f"{plan.seed}/{job}/{body.code}/{number}")
    sex = chance.choice(("female", "female", "male"))
    return given_name("01", sex, date(chance.randint(1968, 1998), 1, 1), chance)


def assessors_of(provider: Provider) -> list[Worker]:
    return list(Worker.objects.filter(provider=provider, job=Worker.Job.ASSESSOR).order_by("number"))


def bodies_of_assessment(found: dict[str, Provider]) -> list[Provider]:
    return [provider for provider in found.values() if provider.kind == Kind.ASSESSMENT_BODY]
