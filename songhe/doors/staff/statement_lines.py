"""The lines of a statement as desk, provider and paper show them, whatever pays: a bill's line, or a slip borne."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from songhe.doors.staff import words
from songhe.offline.book import day_of
from songhe.person.masks import mask_name
from songhe.provider.models import Item
from songhe.redemption.models import Verdict
from songhe.settlement.models import BorneLine, StatementLine
from songhe.settlement.queries import StatementPage


@dataclass(frozen=True)
class LineRow:
    """A line as the statement shows it: the elder's name is masked, a refund is negative."""

    number: int
    kind: words.Word
    item: str
    elder: str
    service_on: Any
    amount_fen: int
    central_fen: int | None
    local_fen: int | None
    verdict: words.Word
    evidence: str
    bill_no: str


def lines_of(page: StatementPage) -> list[LineRow]:
    """The lines of a page with the verdicts on their evidence, in one more query."""
    county = page.statement.county
    lines = [line for line in page.lines if isinstance(line, StatementLine)]
    verdicts = {
        row.line_id: row for row in Verdict.objects.filter(county=county, line_id__in=[line.line_id for line in lines])
    }
    shown = _borne_rows([line for line in page.lines if isinstance(line, BorneLine)])
    for line in lines:
        verdict = verdicts.get(line.line_id)
        reasons = verdict.reasons if verdict else []
        shown.append(
            LineRow(
                number=line.number,
                kind=words.word(words.LINE_KINDS, line.kind),
                item=words.said(line.line.item.name, line.line.item.name_en),
                elder=mask_name(line.line.bill.person.name),
                service_on=line.line.service_on,
                amount_fen=line.amount_fen,
                central_fen=line.central_fen,
                local_fen=line.local_fen,
                verdict=words.word(words.VERDICTS, verdict.outcome if verdict else line.verdict),
                evidence=words.listed(words.VERDICT_REASONS[one] for one in reasons if one in words.VERDICT_REASONS),
                bill_no=line.line.bill.no,
            )
        )
    return shown


def _borne_rows(lines: Sequence[BorneLine]) -> list[LineRow]:
    """What the guarantee bears of slips of offline tills; a slip of a stopped card has no bill and names nobody."""
    slips = {line.id: line.trouble.slip for line in lines if line.trouble.slip}
    codes = {slip.item for slip in slips.values()}
    names = (
        {row.code: words.said(row.name, row.name_en) for row in Item.objects.filter(code__in=codes)} if codes else {}
    )
    return [
        LineRow(
            number=line.number,
            kind=words.word(words.LINE_KINDS, line.kind),
            item=names.get(slip.item, slip.item),
            elder=mask_name(slip.bill.person.name) if slip.bill else "",
            service_on=day_of(slip),
            amount_fen=line.amount_fen,
            central_fen=None,
            local_fen=None,
            verdict=words.Word(_("离线单据"), "info"),
            evidence=line.trouble.because,
            bill_no=slip.bill.no if slip.bill else "",
        )
        for line in lines
        if (slip := slips[line.id])
    ]
