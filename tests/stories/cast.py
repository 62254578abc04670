"""The sample county's bodies and people, each brought in by the verb that brings them in, for the stories told here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from songhe.assessment import request as ask
from songhe.assessment import review as look
from songhe.assessment.models import Assessment
from songhe.assessment.submit import submit as hand_in
from songhe.assessment.tests.world import COUNTY, MILD, MODERATE, SEVERE, at
from songhe.entitlement import apply, approve, determine, review
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.fund import set_budget
from songhe.kernel.credit_code import check_character as of_code
from songhe.kernel.geo import Point
from songhe.kernel.id_number import check_character as of_number
from songhe.kernel.month import Month
from songhe.month.steps import Calendar
from songhe.person.models import Person
from songhe.person.register import register
from songhe.place.calendar import load_shipped_calendars
from songhe.place.division import children, load_sample_county
from songhe.provider.admit import admit, list_in_county
from songhe.provider.bank import approve as approve_account
from songhe.provider.bank import propose
from songhe.provider.catalogue import item_on, load_catalogue
from songhe.provider.models import Item, Kind, Provider, Worker
from songhe.provider.price import set_price
from songhe.provider.worker import NewWorker, engage
from songhe.service.models import Visit
from songhe.service.visit import record

__all__ = ["COUNTY", "MILD", "MODERATE", "SEVERE", "at"]

CONSUMPTION, ASSESSMENT = "consumption-voucher", "assessment-voucher"
HOME = Point(36.70, 119.16)
BEGAN = date(2026, 1, 5)

#: Who acts. Nobody of them ever looks at what they did themselves.
DESK, CLERK, APPROVER, FINANCE, CASHIER = "desk", "clerk", "approver", "finance", "cashier"


@dataclass(frozen=True)
class Bodies:
    """``near`` and ``far`` give care at home, ``house`` is an institution, ``assessors`` assess and serve nobody."""

    near: Provider
    house: Provider
    far: Provider
    assessors: Provider

    @property
    def all(self) -> tuple[Provider, ...]:
        return (self.near, self.house, self.far, self.assessors)


def bodies() -> Bodies:
    """Divisions, calendars and catalogue loaded; four bodies admitted, listed, with prices and bank accounts."""
    load_sample_county()
    load_shipped_calendars()
    load_catalogue()
    home = {"home-bath": 100_000, "home-personal-care": 6_500, "home-cleaning": 15_000, "home-haircut": 3_000}
    stay = {
        "long-bed": 120_000,
        "long-nursing": 176_000,
        "long-meals": 60_000,
        "long-haircut": 3_000,
        "short-bed": 12_000,
    }
    near = _body(1, Kind.COMMUNITY, "安康居家服务中心", ["home"], home)
    house = _body(2, Kind.INSTITUTION, "福寿养老院", ["institution_long", "institution_short"], stay)
    far = _body(3, Kind.COMMUNITY, "怡养居家服务中心", ["home"], home)
    made = Bodies(near, house, far, _body(4, Kind.ASSESSMENT_BODY, "公正评估中心", [], {"assessment": 12_000}))
    for company in (near, far):
        carer = NewWorker(name="护理员", number="HL001", job=Worker.Job.CARER)
        engage(provider=company, new=carer, valid_from=BEGAN, at=at(BEGAN), by="manager")
    return made


def _body(number: int, kind: Kind, name: str, groups: list[str], prices: dict[str, int]) -> Provider:
    first17 = f"91370799{number:09d}"
    made = admit(
        kind=kind,
        name=name,
        credit_code=first17 + of_code(first17),
        place=COUNTY,
        at=at(BEGAN),
        by=CLERK,
        assessors=[_assessor(each) for each in range(5)] if kind == Kind.ASSESSMENT_BODY else (),
        beds=100 if kind == Kind.INSTITUTION else 0,
    )
    list_in_county(
        provider=made,
        county=COUNTY,
        categories=groups,
        valid_from=BEGAN,
        listed_by=CLERK,
        approved_by=APPROVER,
        at=at(BEGAN),
    )
    for code, price_fen in prices.items():
        set_price(provider=made, item=item(code), price_fen=price_fen, valid_from=BEGAN, at=at(BEGAN), by=manager(made))
    account = propose(
        provider=made, holder=name, bank="样例银行", number=f"62220000{number:08d}", at=at(BEGAN), by=CLERK
    )
    approve_account(account=account, at=at(BEGAN, 10), by=APPROVER)
    return made


def _assessor(number: int) -> NewWorker:
    return NewWorker(
        name=f"评估师{number}",
        number=f"PG{number:03d}",
        account=f"assessor{number}",
        practising_since=date(2015, 7, 1),
        education="college",
        trained_on=date(2024, 5, 1),
        examined_on=date(2024, 6, 1),
    )


def manager(of: Provider) -> str:
    return f"manager{of.pk}"


def item(code: str) -> Item:
    return item_on(COUNTY, code, BEGAN)


def budget(month: Month, amount_fen: int, *, programme: str = CONSUMPTION, on: date | None = None) -> None:
    day = on or month.first
    set_budget(
        county=COUNTY,
        programme=programme,
        month=month,
        amount_fen=amount_fen,
        by=FINANCE,
        approved_by=APPROVER,
        at=at(day),
        on=day,
    )


def calendar(*, not_before: date = BEGAN) -> Calendar:
    """Each step on its natural day, in the morning; a first month begins when its first people are approved."""

    def day(natural: date) -> tuple[date, Callable[[], datetime]]:
        on = max(natural, not_before)
        return on, lambda: at(on)

    return day


def number(born: date, sequence: int) -> str:
    """An ID number; an odd sequence is a man's."""
    first17 = f"370799{born:%Y%m%d}{sequence:03d}"
    return first17 + of_number(first17)


def village(on: date) -> str:
    return children(children(COUNTY, on)[0].code, on)[0].code


def enrol(name: str, born: date, sequence: int, *, on: date) -> Person:
    return register(
        county=COUNTY,
        name=name,
        place=village(on),
        id_number=number(born, sequence),
        longitude=HOME.longitude,
        latitude=HOME.latitude,
        resident_from=date(2015, 1, 1),
        on=on,
        at=at(on),
        by=DESK,
        synthetic=True,
    ).person


def applied(person: Person, *, on: date, channel: str = "online", by: str = "elder", **wishes) -> Application:
    opened = apply.open_application(
        person=person, policy=CONSUMPTION, channel=channel, at=at(on), on=on, by=by, **wishes
    )
    return apply.submit(application=opened, pledge_signed_on=on, at=at(on), on=on, by=by)


def assessed(person: Person, of: Provider, *, on: date, scores: str = MODERATE) -> Assessment:
    """The elder picks the body, the body names two assessors, they assess, and the county takes the result over."""
    asked = ask.request(person=person, body=of, where="home", occasion="first", at=at(on), on=on, by="elder")
    first, second = Worker.objects.filter(provider=of, job=Worker.Job.ASSESSOR).order_by("number")[:2]
    ask.assign(assessment=asked, first=first, second=second, serving=(), at=at(on), on=on, by=manager(of))
    done = hand_in(
        assessment=asked,
        answers={"scores": scores},
        signatures=[first.pk, second.pk],
        assessed_on=on,
        at=at(on, 11),
        on=on,
        by=first.account,
        fee_fen=12_000,
    )
    return look.accept(assessment=done, policy=None, at=at(on, 12), on=on, by=CLERK)


def determined(application: Application, *, on: date) -> Application:
    return determine.determine(application=application, at=at(on), on=on, by=CLERK)


def granted(application: Application, *, on: date) -> Entitlement:
    """Determined, reviewed by the clerk and approved by another person."""
    determined(application, on=on)
    review.review(application=application, at=at(on, 10), on=on, by=CLERK)
    return approve.approve(application=application, at=at(on, 11), on=on, by=APPROVER)


def visited(person: Person, of: Provider, code: str, *, on: date, hour: int = 9, good: bool = True) -> Visit:
    """A home visit of an hour with all six elements; without ``good`` nobody knows where it was."""
    return record(
        county=COUNTY,
        person_id=person.id,
        provider=of,
        item=item(code),
        service_on=on,
        worker=Worker.objects.get(provider=of, job=Worker.Job.CARER),
        started_at=at(on, hour),
        ended_at=at(on, hour) + timedelta(hours=1),
        position=HOME if good else None,
        accuracy=20.0 if good else None,
        confirmed_by="elder",
        at=at(on, hour + 2),
        on=on,
        by="carer",
    )
