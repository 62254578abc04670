"""What funds of the county pay of meals by their tariffs: drawn from their books after the till, by set. 助餐分担"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.card.models import Draw, Fund
from songhe.card.part import Part, pay_parts
from songhe.meal.models import Line as MealLine
from songhe.redemption.models import Line
from songhe.trail.note import note

#: So many lines are paid in one transaction.
AT_ONCE = 1_000


@dataclass
class PartsPaid:
    """``waiting``: lines whose fund has not enough money, or none of this purpose any more."""

    lines: int = 0
    fen: int = 0
    waiting: int = 0


def pay_meal_parts(*, county: str, at: datetime, on: date, by: str) -> PartsPaid:
    """Draw what funds owe of the meals that were charged: at the till nobody waits for a fund that all draw on.

    The part is what the tariff promised on the day of the booking, and no more than stands on the line as other money.
    Whatever a fund has not enough for goes on waiting; a meal costs the elder what was promised all the same.
    """
    done = PartsPaid()
    after: tuple[date, UUID] | None = None
    while True:
        with transaction.atomic():
            rows = _due(county, after)
            if not rows:
                return done
            _pay(county, rows, done, at=at, on=on, by=by)
        after = (rows[-1].service_on, rows[-1].id)


def waiting_fen(county: str) -> dict[str, int]:
    """What is charged and not drawn yet, by code of the fund; two statements."""
    found: dict[str, int] = defaultdict(int)
    for row in MealLine.objects.filter(county=county, funds_due=True).exclude(billed_line=None):
        for payer, code in row.funds.items():
            found[code] += row.parts[payer]
    return dict(found)


def _due(county: str, after: tuple[date, UUID] | None) -> list[MealLine]:
    rows = MealLine.objects.select_for_update().filter(county=county, funds_due=True).exclude(billed_line=None)
    if after is not None:
        rows = rows.filter(service_on__gte=after[0]).exclude(service_on=after[0], id__lte=after[1])
    return list(rows.order_by("service_on", "id")[:AT_ONCE])


def _pay(county: str, rows: list[MealLine], done: PartsPaid, *, at: datetime, on: date, by: str) -> None:
    billed = {row.billed_line for row in rows if row.billed_line}
    lines = Line.objects.filter(county=county, id__in=billed, bill__served_in="").select_related("bill", "item")
    by_id = {line.id: line for line in lines}
    parts: dict[str, list[Part]] = defaultdict(list)
    owed: dict[UUID, int] = {}
    for row in rows:
        line = by_id.get(row.billed_line) if row.billed_line else None
        mine = _parts(row, line) if line else {}
        owed[row.id] = len(mine)
        for code, part in mine.items():
            parts[code].append(part)
    for fund in Fund.objects.select_related("books").filter(county=county, code__in=list(parts)).order_by("code"):
        draws = pay_parts(fund=fund, parts=parts[fund.code], at=at, on=on, by=by)
        if draws:
            fen = sum(draw.amount_fen for draw in draws)
            done.fen += fen
            note(
                county=county,
                at=at,
                actor=by,
                act="redemption.pay_meal_parts",
                subject="card_fund",
                subject_id=fund.id,
                lines=len(draws),
                fen=fen,
            )
    paid = Counter(
        Draw.objects.filter(county=county, about__in=list(by_id), purse_id=None).values_list("about", flat=True)
    )
    settled = [row.id for row in rows if owed[row.id] == paid[row.billed_line or row.id]]
    MealLine.objects.filter(county=county, id__in=settled).update(funds_due=False)
    done.lines += len(settled)
    done.waiting += len(rows) - len(settled)


def _parts(row: MealLine, line: Line) -> dict[str, Part]:
    """What each fund owes of a line, together no more than the line has as other money."""
    left, found = line.other_fen, {}
    for payer, code in sorted(row.funds.items()):
        fen = min(row.parts[payer], left)
        left -= fen
        if fen:
            found[code] = Part(
                line.id, line.bill.person_id, line.bill.provider_id, line.item.help, fen, line.service_on
            )
    return found
