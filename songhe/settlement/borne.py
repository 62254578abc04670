"""What the county's guarantee bears of slips of offline tills, on statements of its own programme. 担保结算"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from songhe.county.key import new_id
from songhe.kernel.month import Month
from songhe.offline.book import day_of
from songhe.offline.models import Trouble
from songhe.settlement.claim_models import Kind
from songhe.settlement.models import BorneLine, Statement


@dataclass(frozen=True)
class Owed:
    """What was decided of one exception and stands on no statement yet; negative where it came back since."""

    trouble: Trouble
    kind: Kind
    amount_fen: int
    service_month: Month

    @property
    def provider_id(self) -> int:
        return self.trouble.device.provider_id


def owed(*, county: str, month: Month) -> list[Owed]:
    """What the guarantee owes for slips of this and earlier months, in the order of provider and slip.

    An exception is charged once, and refunded once when its bill was reversed after that; one whose bill was reversed
    before appears nowhere.
    """
    lines = BorneLine.objects.filter(county=county).values("trouble_id")
    charged, refunded = lines.filter(kind=Kind.CHARGE), lines.filter(kind=Kind.REFUND)
    rows = Trouble.objects.filter(county=county, borne_fen__gt=0, slip__isnull=False)
    rows = rows.select_related("slip", "device").order_by("device__provider_id", "slip__made_at", "id")
    found = [(Kind.CHARGE, row.borne_fen, row) for row in rows.filter(back_fen=0).exclude(id__in=charged)] + [
        (Kind.REFUND, -row.back_fen, row)
        for row in rows.filter(back_fen__gt=0, id__in=charged).exclude(id__in=refunded)
    ]
    due = [Owed(row, kind, fen, Month.of(day_of(row.slip))) for kind, fen, row in found if row.slip]
    return [each for each in due if each.service_month <= month]


def sums_owed(*, county: str, month: Month) -> list[tuple[int, str, int, int]]:
    """(provider id, service month, lines, fen) of what is owed."""
    lines: Counter[tuple[int, str]] = Counter()
    fen: dict[tuple[int, str], int] = defaultdict(int)
    for each in owed(county=county, month=month):
        key = (each.provider_id, str(each.service_month))
        lines[key] += 1
        fen[key] += each.amount_fen
    return [(*key, lines[key], fen[key]) for key in sorted(lines)]


def put_on(statements: Mapping[int, Statement], *, county: str, month: Month) -> int:
    """Put what is owed onto the locked open statements of the providers; answers how many lines."""
    ids = [one.id for one in statements.values()]
    lasts = BorneLine.objects.filter(county=county, statement_id__in=ids).order_by("statement_id")
    last: dict[UUID, int] = dict(lasts.values_list("statement_id").annotate(Max("number")))
    made = []
    for each in owed(county=county, month=month):
        statement = statements.get(each.provider_id)
        if statement is not None:
            last[statement.id] = number = last.get(statement.id, 0) + 1
            made.append(_line(each, statement, number))
    BorneLine.objects.bulk_create(made)
    return len(made)


def lines_on(statement: Statement) -> QuerySet[BorneLine]:
    """The lines of a statement of the guarantee with what each rests on, in the order of their numbers."""
    rows = BorneLine.objects.filter(county=statement.county, statement_id=statement.id).order_by("number")
    return rows.select_related("trouble__device", "trouble__slip__bill__person")


def _line(each: Owed, statement: Statement, number: int) -> BorneLine:
    told: dict[str, Any] = {"kind": each.kind, "amount_fen": each.amount_fen}
    return BorneLine(
        county=statement.county,
        id=new_id(),
        statement=statement,
        number=number,
        trouble=each.trouble,
        service_month=str(each.service_month),
        **told,
    )
