"""A fund pays its part of a meal by itself, without a purse of anybody's card. 资金池按约定承担的部分"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.card.fund import account_of, payable
from songhe.card.models import Allowed, Draw, Fund, GivenBack, Source
from songhe.kernel.refusal import reason
from songhe.ledger.post import Move, post
from songhe.provider.help import EVERYTHING

NOT_FOR_PARTS = reason(
    "card.not_for_parts",
    zh="资金“{fund}”不能承担这一部分：{what_zh}。",
    en="The fund {fund} cannot pay this part: {what_en}.",
    status=409,
)


@dataclass(frozen=True)
class Part:
    """So much of one line (``about``) for a person at a provider, which a fund has promised to pay."""

    about: UUID
    person_id: UUID
    provider_id: int
    category: str
    amount_fen: int
    service_on: date


def pays_parts(fund: Fund) -> bool:
    """Whether it may pay by itself: it is open, nobody's family's, and fills no purses, so that it pays a line once."""
    return fund.closed_on is None and fund.source != Source.FAMILY and not fund.rates and not fund.matches


def require_pays_part(*, county: str, code: str, source: str, category: str, on: date) -> Fund:
    """The fund that is to pay a part of such help from a day on. Refuses with ``card.not_for_parts``."""
    fund = Fund.objects.filter(county=county, code=code).first()
    if fund is None:
        raise NOT_FOR_PARTS("fund", fund=code, what_zh="本县没有这个资金池", what_en="the county has no such fund")
    for wrong, zh, en in (
        (fund.source != source, "资金来源不同", "it is of another source"),
        (
            not pays_parts(fund),
            "已关闭，或按月发到子账户、用于配捐",
            "it is closed, or fills purses or matches top-ups",
        ),
        (_listed(fund, category, on) is None, "不在它的用途之内", "it may not buy this"),
    ):
        if wrong:
            raise NOT_FOR_PARTS("fund", fund=fund.name, what_zh=zh, what_en=en)
    return fund


def funds_for_parts(*, county: str, category: str, on: date) -> list[Fund]:
    """The funds of a county that may pay parts of such help, by code; two statements."""
    allowed = Allowed.objects.filter(county=county, category__in=[category, EVERYTHING]).exclude(until__lt=on)
    rows = Fund.objects.filter(county=county, id__in=allowed.values("fund_id")).order_by("code")
    return [fund for fund in rows if pays_parts(fund)]


def pay_parts(*, fund: Fund, parts: Sequence[Part], at: datetime, on: date, by: str) -> list[Draw]:
    """Pay these parts out of a fund as far as its money reaches, in their order; the rest goes on waiting.

    A day on which the fund does not buy such help is left out. Each line is paid once; the database holds it, and
    that no more is paid than there is.
    """
    with transaction.atomic():
        Fund.objects.select_for_update(no_key=True).get(county=fund.county, id=fund.id)
        account, made = account_of(fund), []
        left = account.balance or 0
        known = set(
            Draw.objects.filter(
                county=fund.county, fund_id=fund.id, purse_id=None, about__in=[part.about for part in parts]
            ).values_list("about", flat=True)
        )
        lists: dict[tuple[str, date], str | None] = {}
        for part in parts:
            key = (part.category, part.service_on)
            if key not in lists:
                lists[key] = _listed(fund, *key)
            allowed = lists[key]
            if allowed is None or part.about in known or part.amount_fen > left:
                continue
            left -= part.amount_fen
            made.append(_draw(fund, part, allowed, at=at, on=on, by=by))
        owed = {each: payable(fund, each) for each in sorted({row.provider_id for row in made})}
        Draw.objects.bulk_create(made)
        moves = [Move(account, owed[row.provider_id], row.amount_fen, "draw", about=row.id) for row in made]
        post(county=fund.county, moves=moves, at=at, on=on)
    return made


def give_back_parts(*, county: str, about: Collection[UUID], at: datetime, on: date, by: str) -> int:
    """The lines were undone: each fund has its part again; answers with the fen."""
    undone = GivenBack.objects.filter(county=county).values("draw_id")
    rows = Draw.objects.filter(county=county, about__in=list(about), purse_id=None).exclude(id__in=undone)
    draws = list(rows.order_by("id"))
    if not draws:
        return 0
    found = Fund.objects.select_related("books").filter(county=county, id__in={row.fund_id for row in draws})
    funds: Mapping[UUID, Fund] = {fund.id: fund for fund in found}
    with transaction.atomic():
        GivenBack.objects.bulk_create(
            [GivenBack(county=county, draw=row, restored=False, on=on, at=at, by=by) for row in draws]
        )
        moves = [
            Move(
                payable(funds[row.fund_id], row.provider_id),
                account_of(funds[row.fund_id]),
                row.amount_fen,
                "give_back",
                about=row.id,
            )
            for row in draws
        ]
        post(county=county, moves=moves, at=at, on=on)
    return sum(row.amount_fen for row in draws)


def _listed(fund: Fund, category: str, on: date) -> str | None:
    """The entry of the fund's list by which it buys such help on the day; ``None``: it does not."""
    rows = Allowed.objects.filter(county=fund.county, fund=fund, category__in=[category, EVERYTHING])
    return rows.exclude(until__lt=on).order_by("category").values_list("category", flat=True).first()


def _draw(fund: Fund, part: Part, allowed: str, *, at: datetime, on: date, by: str) -> Draw:
    return Draw(
        county=fund.county,
        person_id=part.person_id,
        fund_id=fund.id,
        valid_to=part.service_on,
        allowed=allowed,
        category=part.category,
        amount_fen=part.amount_fen,
        about=part.about,
        provider_id=part.provider_id,
        service_on=part.service_on,
        from_fund=True,
        on=on,
        at=at,
        by=by,
    )
