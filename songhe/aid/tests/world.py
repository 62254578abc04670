"""A provider with wheelchairs and beds, and an elder who needs one."""

from __future__ import annotations

from datetime import date
from itertools import count

from songhe.aid import catalogue, fit, lend, stock
from songhe.aid.models import Aid, Deposit, Fitting, Loan, Piece
from songhe.assessment.tests.world import COUNTY, at, body, elder
from songhe.person import event
from songhe.provider.catalogue import define_item
from songhe.provider.models import Item, Kind, Provider

FIRST, TENTH = date(2026, 3, 1), date(2026, 3, 10)
DAY_FEN, DEPOSIT_FEN = 300, 50_000
_numbers = count(1)


def provider(county=COUNTY, *, of: Provider | None = None) -> Provider:
    """A community provider with the catalogue of aids, rents for wheelchair and bed, and the item of the price list."""
    made = of or body(kind=Kind.COMMUNITY, county=county)
    catalogue.load_catalogue()
    if not Item.objects.filter(place=county, code=catalogue.RENT_ITEM).exists():
        define_item(
            place=county,
            code=catalogue.RENT_ITEM,
            name="辅具租赁",
            name_en="Rent of aids",
            category="home",
            unit="day",
            evidence="visit",
            in_scope=False,
            help="aids",
            valid_from=date(2025, 1, 1),
            at=at(FIRST),
            by="clerk",
        )
    for code in ("wheelchair", "care-bed"):
        catalogue.set_offer(
            provider=made,
            aid=aid(code),
            day_fen=DAY_FEN,
            deposit_fen=DEPOSIT_FEN,
            valid_from=date(2025, 1, 1),
            at=at(FIRST),
            by="manager",
        )
    return made


def aid(code="wheelchair") -> Aid:
    return Aid.objects.get(code=code)


def piece(of: Provider, *, code="wheelchair", size="标准", county=COUNTY, **given) -> Piece:
    told = {"serial": f"SN{next(_numbers):05d}", "size": size, "at": at(FIRST), "on": FIRST, "by": "manager"}
    return stock.stock_in(provider=of, county=county, aid=aid(code), **{**told, **given})


def asked(of: Provider, person=None, *, on=FIRST) -> Fitting:
    person = person or elder()
    return fit.ask(
        county=person.county, person_id=person.id, provider=of, wish="腿脚不便", at=at(on), on=on, by="daughter"
    )


def assessed(of: Provider, person=None, *, code="wheelchair", size="标准", on=FIRST) -> Fitting:
    advice = fit.Advice(aid(code), "走不远", size=size, home="门口加一块坡道板")
    return fit.assess(fitting=asked(of, person, on=on), advice=advice, at=at(on), on=on, by="fitter")


def accepted(of: Provider, person=None, *, on=FIRST, **given) -> Fitting:
    row = fit.try_out(fitting=assessed(of, person, on=on, **given), trial="坐得稳", at=at(on), on=on, by="fitter")
    return fit.accept(fitting=row, at=at(on), on=on, by="daughter")


def lent(of: Provider, person=None, *, on=FIRST, with_piece=None) -> Loan:
    return lend.hand_out(
        fitting=accepted(of, person, on=on),
        piece=with_piece or piece(of),
        deposit_fen=DEPOSIT_FEN,
        means="cash",
        at=at(on),
        on=on,
        by="manager",
    )


def back(loan: Loan, *, on=TENTH, condition="good", by="manager", **found):
    return lend.take_back(loan=loan, found=lend.Found(condition, **found), at=at(on), on=on, by=by)


def cleaned(of: Piece, *, on=TENTH) -> Piece:
    return stock.clean(piece=of, method="含氯消毒液擦拭", at=at(on), on=on, by="manager")


def deposit(loan: Loan) -> Deposit:
    return Deposit.objects.get(county=loan.county, loan=loan)


def settled(loan: Loan, *, on=TENTH) -> Deposit:
    return lend.settle_deposit(deposit=deposit(loan), back_to="女儿", at=at(on), on=on, by="manager")


def dies(person, on: date) -> None:
    told = event.report(person=person, kind="death", happened_on=on, source="家属", on=on, at=at(on), by="family")
    event.verify(event=told, on=on, at=at(on), by="clerk")
