"""A county of Zhejiang with funds, cards and money in them, for the stories of the love card."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db import transaction

from songhe.assessment.tests.world import at, body, elder
from songhe.card import allot, charge, close, draw, expire, fund, open, refund, topup
from songhe.card.models import Card, Fund, Purse, Standing
from songhe.card.ports import Paid
from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.person import event
from songhe.provider.models import Kind

#: In Lishui, whose table of amounts is whole; and Jindong, where charity matches.
LISHUI, JINDONG = "331199", "330703"
MARCH = Month(2026, 3)
FIRST, TENTH = date(2026, 3, 1), date(2026, 3, 10)
_numbers = count(1)

VOTE = allot.Vote(date(2026, 1, 12), "村民代表会议", 30, tuple(f"代表{n}" for n in range(24)), 20, 3, 1)


def made_fund(*, county=LISHUI, amount_fen=10_000_000, **given) -> Fund:
    number = next(_numbers)
    terms = {
        "source": "finance",
        "level": "county",
        "place": county,
        "expiry": "month_end",
        "allowed": ("*",),
    }
    found = fund.open_fund(
        county=county,
        code=f"fund-{number}",
        name=f"资金{number}",
        terms=fund.Terms(**{**terms, **given}),
        by="clerk",
        approved_by="head",
        at=at(FIRST),
        on=FIRST,
    )
    if amount_fen and found.source != "family":
        put_in(found, amount_fen)
    return found


def put_in(into: Fund, amount_fen: int, *, on=FIRST, **given):
    number = next(_numbers)
    if into.source == "collective" and "decision" not in given:
        given["decision"] = decision(into, amount_fen)
    if into.source == "charity" and "gift" not in given:
        given["gift"] = allot.Gift("company", f"爱心企业{number}", on, f"R{number:06d}")
    row = allot.propose(fund=into, amount_fen=amount_fen, document_no=f"文{number}", at=at(on), by="finance", **given)
    return allot.approve(county=into.county, allotment_id=row.id, at=at(on), on=on, by="head")


def decision(of: Fund, amount_fen: int, *, vote=VOTE):
    return allot.record_decision(
        fund=of,
        vote=vote,
        resolution="每年提取一部分用于老人助餐",
        amount_fen=amount_fen,
        document_no=f"村决{next(_numbers)}",
        at=at(FIRST),
        by="village",
    )


def made_card(*standards: str, county=LISHUI, card_class=1, attributes=None, since="2026-03", **person) -> Card:
    made = open.open_card(
        person=elder(county=county, **person),
        attributes=attributes or open.Attributes(elder=True),
        at=at(FIRST),
        on=FIRST,
        by="clerk",
    )
    Card.objects.filter(county=county, id=made.id).update(card_class=card_class)
    made.card_class = card_class
    for standard in standards:
        Standing.objects.create(
            county=county, card=made, standard=standard, first_month=since, pack="test", version="0" * 12
        )
    return made


def run_charge(of: Fund, *, month=MARCH, on=None, **more):
    on = on or month.first
    return charge.charge(county=of.county, fund_id=of.id, month=month, on=on, clock=lambda: at(on), **more)


def run_expire(of: Fund, on: date, **more):
    return expire.expire(county=of.county, fund_id=of.id, on=on, clock=lambda: at(on), **more)


def purse(of: Card, fund_: Fund) -> Purse:
    return Purse.objects.filter(county=of.county, card=of, fund=fund_).order_by("-period").first()


def left(of: Card, fund_: Fund) -> int:
    found = purse(of, fund_)
    return Account.objects.get(county=of.county, id=found.account_id).balance if found else 0


def in_fund(of: Fund) -> int:
    return Account.objects.get(county=of.county, id=of.account_id).balance


def canteen(county=LISHUI):
    return body(kind=Kind.COMMUNITY, county=county)


def spend(of: Card, fund_: Fund, amount_fen: int, *, category="meals", who=None, on=TENTH, service_on=None, about=None):
    taking = draw.Taking(purse(of, fund_).id, category, amount_fen, service_on or on, about or new_id())
    with transaction.atomic():
        return draw.draw(
            card=open.lock(county=of.county, card_id=of.id),
            takings=[taking],
            provider_id=(who or canteen(of.county)).id,
            at=at(on),
            on=on,
            by="till",
        )[0]


def top_up(of: Card, amount_fen: int, *, on=TENTH):
    row = topup.ask(card=of, amount_fen=amount_fen, at=at(on), on=on, by="daughter")
    return topup.take(paid=paid(row, on=on), at=at(on), on=on)


def paid(row, *, on=TENTH, **given) -> Paid:
    fields = {"no": row.no, "payment_no": f"P{row.no}", "amount_fen": row.amount_fen, "paid_at": at(on)}
    return Paid(**{**fields, **given})


def live() -> None:
    """A March of love cards in Jindong: every kind of fund, charges, top-ups, matches, meals, a refund and a death."""
    province = made_fund(county=JINDONG, level="province", place="330000", rates={"card_class_2_old": 2_000})
    village = made_fund(
        county=JINDONG,
        source="collective",
        level="village",
        place=f"{JINDONG}001001",
        allowed=("meals",),
        rates={"card_class_2_old": 1_000},
        amount_fen=50_000,
    )
    charity = made_fund(county=JINDONG, source="charity", expiry="never", matches=True, amount_fen=20_000)
    family = made_fund(county=JINDONG, source="family", expiry="never")
    cards = [made_card("card_class_2_old", county=JINDONG, card_class=2) for _ in range(4)]
    for each in (province, village):
        run_charge(each)
    who = canteen(JINDONG)
    first, second, third, dead = cards
    about = new_id()
    spend(first, village, 400, who=who)
    spend(first, province, 700, who=who, about=about)
    draw.give_back(card=first, about=[about], at=at(TENTH), on=TENTH, by="manager")
    top_up(first, 2_500)
    row = top_up(second, 5_000)
    spend(second, charity, 1_000, who=who)
    refund.refund(county=JINDONG, no=row.no, amount_fen=2_500, because="退", at=at(TENTH), on=TENTH, by="clerk")
    top_up(third, 1_000)
    top_up(dead, 3_000)
    spend(dead, family, 500, who=who)
    _dies(dead, family)
    run_expire(province, date(2026, 4, 1))


def _dies(card: Card, family: Fund) -> None:
    died_on = date(2026, 3, 12)
    told = event.report(
        person=card.person,
        kind="death",
        happened_on=died_on,
        source="家属",
        on=died_on,
        at=at(died_on),
        by="family",
    )
    event.verify(event=told, on=died_on, at=at(died_on), by="clerk")
    close.close_after_death(
        county=card.county, person_id=card.person_id, at=at(date(2026, 3, 13)), on=date(2026, 3, 13), by="clerk"
    )
    heir = close.Heir("继承人", "子女", "公证书2026-1")
    asked = close.propose_to_heir(
        county=card.county,
        purse_id=purse(card, family).id,
        amount_fen=1_500,
        heir=heir,
        at=at(date(2026, 3, 14)),
        by="clerk",
    )
    close.pay_heir(county=card.county, payment_id=asked.id, at=at(date(2026, 3, 15)), on=date(2026, 3, 15), by="head")
