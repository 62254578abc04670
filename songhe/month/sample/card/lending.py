"""Aids that one station lends: fitted, handed out for a deposit, some of them back; and the month's rent. 辅具"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle, islice
from typing import Any

from songhe.aid import catalogue, fit, lend, stock
from songhe.aid.models import Deposit, Fitting, Inspection, Loan, Piece
from songhe.aid.queries import pieces
from songhe.aid.rent import draw_up
from songhe.month.sample.card.act import Company, Scene
from songhe.month.sample.card.bodies import bodies_of
from songhe.month.sample.card.cast import CLERK, manager_of
from songhe.month.sample.card.people import MOTHER
from songhe.month.sample.card.plan import GROUND_ON, CardPlan
from songhe.month.sample.card.providers import carer_login
from songhe.month.sample.card.register import family_login, met_by
from songhe.month.sample.card.script import Report, Step
from songhe.month.sample.card.shape import HOME, bodies
from songhe.month.sample.plan import moment
from songhe.provider.models import Provider
from songhe.redemption.rent import charge_rent

#: One in so many cards of the county rents something, and never fewer than the least.
CARDS_OF_A_LOAN, LEAST_LOANS = 500, 4


@dataclass(frozen=True)
class Lender:
    """The station that lends, with who signs for it and who goes to fit."""

    plan: CardPlan
    provider: Provider
    manager: str
    fitter: str

    @classmethod
    def of(cls, plan: CardPlan, company: Company) -> Lender:
        code = bodies()["aids"]["lender"]
        body = next(each for each in bodies_of(plan) if each.code == code)
        return cls(plan, company.providers[code], manager_of(code), carer_login(body, 1))


def lend_aids(plan: CardPlan, company: Company, steps: Sequence[Step]) -> list[Loan]:
    """The mother of the stories and some of the disabled are lent what was found to fit them."""
    lender = Lender.of(plan, company)
    renting = _who_rents(plan, company, steps)
    told = list(islice(cycle(bodies()["aids"]["loans"]), len(renting)))
    _offer(lender, told)
    return [_lend(lender, scene, each, number) for number, (scene, each) in enumerate(zip(renting, told, strict=True))]


def take_back_aids(plan: CardPlan, company: Company, loans: Sequence[Loan]) -> None:
    """What came back within the month, with its deposit."""
    lender = Lender.of(plan, company)
    for loan, told in zip(loans, cycle(bodies()["aids"]["loans"]), strict=False):
        if "back" in told:
            _take_back(lender, loan, told)


def charge_rents(plan: CardPlan, company: Company, loans: Sequence[Loan]) -> int:
    """The month's rent is drawn up on the first day of the next, and charged but for the last: that waits."""
    lender, on = Lender.of(plan, company), plan.month.next.first
    told: dict[str, Any] = {"county": HOME, "provider": lender.provider, "on": on, "by": lender.manager}
    draw_up(month=plan.month, at=moment(on, 8), **told)
    return sum(len(charge_rent(person_id=loan.person_id, at=moment(on, 9), **told)) for loan in loans[:-1])


def _who_rents(plan: CardPlan, company: Company, steps: Sequence[Step]) -> list[Scene]:
    dying = {step.number for step in steps if step.which == "home" and isinstance(step.event, Report)}
    home = [scene for (which, number), scene in company.scenes.items() if which == "home" and number not in dying]
    disabled = [each for each in home if each.holder.level is not None]
    disabled.sort(key=lambda each: (met_by(plan, each.holder).in_class != 1, each.holder.number))
    wanted = max(LEAST_LOANS, plan.elders // CARDS_OF_A_LOAN)
    return [*(each for each in home if each.holder.number == MOTHER), *disabled[: wanted - 1]]


def _offer(lender: Lender, told: Sequence[Mapping[str, Any]]) -> None:
    """Prices and deposits, and a piece for each loan with one more that stands ready."""
    at = moment(GROUND_ON, 15)
    serials = count(1)
    for code, each in bodies()["aids"]["offers"].items():
        aid = catalogue.aid_on(HOME, code, GROUND_ON)
        catalogue.set_offer(
            provider=lender.provider,
            aid=aid,
            day_fen=each["day"],
            deposit_fen=each["deposit"],
            valid_from=GROUND_ON,
            at=at,
            by=lender.manager,
        )
        for _ in range(1 + sum(loan["aid"] == code for loan in told)):
            stock.stock_in(
                provider=lender.provider,
                county=HOME,
                aid=aid,
                serial=f"样例-{next(serials):04d}",
                size=each["size"],
                at=at,
                on=GROUND_ON,
                by=lender.manager,
            )


def _lend(lender: Lender, scene: Scene, told: Mapping[str, Any], number: int) -> Loan:
    """Asked for, looked at, tried and taken within four days, each by whoever does it."""
    out_on = lender.plan.month.first + timedelta(days=told["out"] - 1 + number // 8 % 5)
    asked_on, home_on = out_on - timedelta(days=3), out_on - timedelta(days=1)
    aid = catalogue.aid_on(HOME, told["aid"], out_on)
    offer = bodies()["aids"]["offers"][told["aid"]]
    fitting: Fitting = fit.ask(
        county=HOME,
        person_id=scene.person_id,
        provider=lender.provider,
        wish=told["wish"],
        at=moment(asked_on, 10, number % 60),
        on=asked_on,
        by=CLERK,
    )
    advice = fit.Advice(aid, told["need"], offer["size"], told.get("home", ""))
    fit.assess(fitting=fitting, advice=advice, at=moment(home_on, 9, number % 60), on=home_on, by=lender.fitter)
    fit.try_out(fitting=fitting, trial=told["trial"], at=moment(home_on, 10, number % 60), on=home_on, by=lender.fitter)
    by = family_login(scene.holder) if scene.holder.family else CLERK
    fit.accept(fitting=fitting, at=moment(home_on, 19, number % 60), on=home_on, by=by)
    return lend.hand_out(
        fitting=fitting,
        piece=pieces(counties=[HOME], provider=lender.provider, state=Piece.State.IN_STOCK).filter(aid=aid)[0],
        deposit_fen=offer["deposit"],
        means="mobile" if scene.holder.family else "cash",
        at=moment(out_on, 10, number % 60),
        on=out_on,
        by=lender.manager,
    )


def _take_back(lender: Lender, loan: Loan, told: Mapping[str, Any]) -> None:
    on = lender.plan.month.first + timedelta(days=told["back"] - 1)
    found = lend.Found(Inspection.Condition.WORN, "正常使用痕迹")
    lend.take_back(loan=loan, found=found, at=moment(on, 14), on=on, by=lender.manager)
    lend.settle_deposit(
        deposit=Deposit.objects.get(county=HOME, loan=loan),
        back_to="原路退回",
        at=moment(on, 15),
        on=on,
        by=lender.manager,
    )
