"""Open the funds and fill them: what is public by a document, a collective's on a vote, charity by gifts. 资金"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from songhe.card import allot
from songhe.card.fund import Terms, amounts, open_fund, prefix
from songhe.card.models import Decision, Fund, Source
from songhe.card.standard import monthly_amounts
from songhe.kernel.integer import ratio
from songhe.month.sample.card.cast import approver_of, clerk_of, finance_of
from songhe.month.sample.card.people import Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.shape import COUNTIES, Which, figures, givers, villages
from songhe.month.sample.plan import moment

MONTHS = 12
YUAN = 100

#: The most that charity gives of one top-up's month, by which its fund is measured.
MATCH_FEN = 3_000


@dataclass(frozen=True)
class Opened:
    """A fund with what twelve months would take of it."""

    fund: Fund
    told: Mapping[str, Any]
    needed_fen: int


def fill_funds(plan: CardPlan) -> list[Fund]:
    """Every fund of both counties, opened and filled for a year, each by two people."""
    found = []
    for which in COUNTIES:
        holders = list(plan.people(which))
        opened = [_open(which, told, plan) for told in told_of(which)]
        for fund, told in opened:
            if fund.source != Source.FAMILY:
                needed = _needed(plan, fund, told, [row for row, _ in opened], holders)
                _fill(plan, Opened(fund, told, needed))
            found.append(fund)
    return found


def told_of(which: Which) -> list[Mapping[str, Any]]:
    """The funds of a county as ``data/funds.yaml`` says, those of its villages among them."""
    found = list(givers()[which])
    if which == "home":
        found += _of_villages()
    return found


def _of_villages() -> Iterable[Mapping[str, Any]]:
    told = givers()["village"]
    number = 0
    for town, count in told["towns"].items():
        of_town = [each for each in villages("home") if each.town == town and each.name.endswith("村")]
        for village in of_town[:count]:
            number += 1
            per_hundred = told["short_per_hundred"] if number == told["short_of_money"] else None
            yield {
                "code": f"village-{number:02d}",
                "name": f"{village.town_name}{village.name}集体助餐资金",
                "place": village.code,
                "put_in_per_hundred": per_hundred,
                **{key: told[key] for key in ("source", "level", "expiry", "allowed", "rates")},
            }


def _open(which: Which, told: Mapping[str, Any], plan: CardPlan) -> tuple[Fund, Mapping[str, Any]]:
    county, on = COUNTIES[which], plan.money_on
    terms = Terms(
        source=told["source"],
        level=told["level"],
        place=told["place"],
        expiry=told["expiry"],
        allowed=tuple(told["allowed"]),
        period_months=told.get("period_months"),
        late_days=told.get("late_days", 0),
        rates=dict(told.get("rates", {})),
        matches=told.get("matches", False),
    )
    fund = open_fund(
        county=county,
        code=told["code"],
        name=told["name"],
        terms=terms,
        by=clerk_of(county),
        approved_by=approver_of(county),
        at=moment(on, 9),
        on=on,
    )
    return fund, told


def _needed(plan: CardPlan, fund: Fund, told: Mapping[str, Any], funds: list[Fund], holders: list[Holder]) -> int:
    """What twelve months come to, by the standards of everybody in the fund's place; of a match, by the top-ups; of
    what pays its part of meals, by the cards."""
    if fund.matches:
        return len(holders) * int(figures()["topups_per_thousand"]) * MATCH_FEN * MONTHS // 1000
    if told.get("parts"):
        return len(holders) * int(told["parts"]["fen_of_a_card"])
    rules = monthly_amounts(place=fund.county, on=plan.charged_on)
    rates = amounts(fund, standards=rules.amounts, funds=funds)
    within = prefix(fund.place)
    return MONTHS * sum(
        rates.get(standard.id, 0)
        for holder in holders
        if holder.village.code.startswith(within)
        for standard in met_by(plan, holder).met
    )


def _fill(plan: CardPlan, of: Opened) -> None:
    """Round up to whole hundreds of yuan; nobody decides on less than two thousand."""
    per_hundred = of.told.get("put_in_per_hundred") or givers()["put_in_per_hundred"]
    amount_fen = max(20, -(-of.needed_fen * per_hundred // (100 * 100 * YUAN))) * 100 * YUAN
    if of.told.get("put_in_per_hundred"):
        amount_fen = max(100 * YUAN, -(-of.needed_fen * per_hundred // (100 * YUAN)) * YUAN)
    if of.fund.source == Source.CHARITY:
        _give(plan, of.fund, amount_fen)
    elif of.fund.source == Source.COLLECTIVE:
        _put_in(plan, of.fund, amount_fen, decision=_decide(plan, of.fund, amount_fen))
    else:
        _put_in(plan, of.fund, amount_fen)
    _ceiling(plan, of.fund, amount_fen)


def _put_in(
    plan: CardPlan,
    fund: Fund,
    amount_fen: int,
    *,
    decision: Decision | None = None,
    gift: allot.Gift | None = None,
    number: int = 1,
) -> None:
    on = plan.money_on
    row = allot.propose(
        fund=fund,
        amount_fen=amount_fen,
        document_no=f"样例〔{on.year}〕{fund.code}-{number:02d}号",
        at=moment(on, 10),
        by=finance_of(fund.county),
        decision=decision,
        gift=gift,
    )
    allot.approve(county=fund.county, allotment_id=row.id, at=moment(on, 15), on=on, by=approver_of(fund.county))


def _decide(plan: CardPlan, fund: Fund, amount_fen: int) -> Decision:
    """The villagers, or their delegates, met a fortnight before and voted."""
    held_on = plan.money_on - timedelta(days=14 + fund.slot % 5)
    entitled = 24 + fund.slot % 9
    present = tuple(f"样例代表{number:02d}" for number in range(1, entitled - fund.slot % 4))
    against, abstained = fund.slot % 3, fund.slot % 2
    return allot.record_decision(
        fund=fund,
        vote=allot.Vote(
            held_on, "村民代表会议", entitled, present, len(present) - against - abstained, against, abstained
        ),
        resolution="从集体经济收益中提取资金，用于本村老年人助餐。",
        amount_fen=amount_fen,
        document_no=f"样例村决〔{held_on.year}〕{fund.slot:03d}号",
        at=moment(held_on, 16),
        by=clerk_of(fund.county),
    )


def _give(plan: CardPlan, fund: Fund, amount_fen: int) -> None:
    """Several gifts that come to the whole; parts in whole yuan, what is left over goes to the first."""
    parts = [int(each["part"]) for each in givers()["donors"]]
    shares = [amount_fen * part // sum(parts) // YUAN * YUAN for part in parts]
    shares[0] += amount_fen - sum(shares)
    for number, (told, fen) in enumerate(zip(givers()["donors"], shares, strict=True), 1):
        gift = allot.Gift(
            giver=told["giver"],
            name=told["name"],
            given_on=plan.money_on - timedelta(days=number),
            receipt_no=f"样例捐{fund.slot:03d}{number:03d}",
            named=told.get("named", True),
            wish=told.get("wish", ""),
        )
        _put_in(plan, fund, fen, gift=gift, number=number)


def _ceiling(plan: CardPlan, fund: Fund, amount_fen: int) -> None:
    """What is public or a collective's has a ceiling a third above what was put in; charity takes what comes."""
    if fund.source == Source.CHARITY:
        return
    most = amount_fen + int(amount_fen * ratio("1/3")) // YUAN * YUAN
    allot.set_ceiling(
        fund=fund,
        ceiling_fen=most,
        document_no=f"样例〔{plan.money_on.year}〕{fund.code}-上限",
        at=moment(plan.money_on, 16),
        by=finance_of(fund.county),
        approved_by=approver_of(fund.county),
    )
