"""What other counties' providers served on our cards is claimed from us by ourselves, county by county. 异地清算

The home county knows what its purses paid, so it is the one that writes the claim: line by line out of its own bills.
In its books the money goes on from the provider to the county that pays it; there the claim arrives by the outbox.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Sum

from songhe.card.models import Fund, Level
from songhe.county.key import Tag, derived_id_sql, new_id, plain_id
from songhe.document.number import number, take
from songhe.jobs.outbox import put
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.redemption.models import Bill, Verdict
from songhe.settlement.models import Claim, ClaimLine, Difference
from songhe.trail.note import note

UNKNOWN_CLAIM = reason("settlement.unknown_claim", zh="没有这份清算单。", en="There is no such claim.", status=404)
NEEDS_WHY = reason("settlement.clearing_needs_reason", zh="请写明原因。", en="Say why.")

TOPIC = "clearing.claim"

_CHARGES = """
    SELECT l.county, d.id AS source_id, 'CHARGE' AS kind, l.id AS line_id, {nothing} AS reversal_id, d.fund_id,
           b.provider_id, b.month AS service_month, d.amount_fen AS amount, l.service_on, b.no AS bill_no,
           l.number AS line_number
    FROM redemption_bill b
    JOIN redemption_line l ON l.county = b.county AND l.bill_id = b.id
    JOIN card_draw d ON d.county = l.county AND d.about = l.id
    JOIN redemption_verdict v ON v.county = l.county AND v.line_id = l.id AND v.outcome = 'pass'
    WHERE b.county = %s AND b.served_in = %s AND b.month <= %s AND b.state IN ('booked', 'reversed')
      AND NOT EXISTS (SELECT 1 FROM settlement_claimline x WHERE x.county = l.county AND x.line_id = l.id
                      AND x.fund_id = d.fund_id AND x.kind = 'CHARGE')
      AND NOT EXISTS (SELECT 1 FROM redemption_reversal r WHERE r.county = l.county AND r.line_id = l.id)
      AND NOT EXISTS (SELECT 1 FROM person_event e WHERE e.county = b.county AND e.person_id = b.person_id
                      AND e.kind = 'death' AND e.state = 'reported' AND e.happened_on < l.service_on)"""

_REFUNDS = """
    SELECT x.county, x.id AS source_id, 'REFUND' AS kind, x.line_id, r.id AS reversal_id, x.fund_id, x.provider_id,
           x.service_month, -x.amount_fen AS amount, l.service_on, b.no AS bill_no, l.number AS line_number
    FROM settlement_claim c
    JOIN settlement_claimline x ON x.county = c.county AND x.claim_id = c.id AND x.kind = 'CHARGE'
    JOIN redemption_reversal r ON r.county = x.county AND r.line_id = x.line_id
    JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
    JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
    WHERE c.county = %s AND c.serving = %s AND r.month <= %s
      AND NOT EXISTS (SELECT 1 FROM settlement_claimline y WHERE y.county = x.county AND y.reversal_id = r.id
                      AND y.fund_id = x.fund_id)"""

#: A line of a claim as either side sees it: the provider and the amount in fen, by the line's id in the home county.
View = Mapping[UUID, tuple[int, int]]


@dataclass(frozen=True)
class Cleared:
    """What one clearing made: a claim for each serving county that had something to claim."""

    claims: tuple[Claim, ...]

    @property
    def lines(self) -> int:
        return sum(claim.lines for claim in self.claims)

    @property
    def amount_fen(self) -> int:
        return sum(claim.amount_fen for claim in self.claims)


def clear(*, county: str, month: Month, at: datetime, on: date, by: str) -> Cleared:
    """Make the month's claim for each county that served our cards, book it, and send it there by the outbox.

    A line is due once of each fund: booked, not provisional, of this or an earlier month, with a passing verdict, not
    reversed, and not after a death that is reported only. What was claimed and is reversed since is a negative line.
    There is one claim for a county and month; what comes later goes into the next. Doing it twice changes nothing.
    """
    served = Bill.objects.filter(county=county).exclude(served_in="").order_by("served_in")
    made = []
    for serving in list(served.values_list("served_in", flat=True).distinct()):
        with transaction.atomic():
            claim = _claim(county, serving, month, at=at, by=by)
            if claim is not None:
                _book(claim, at=at, on=on)
                put(county=county, topic=TOPIC, about=claim.id, payload={"claim": str(claim.id)}, at=at)
                made.append(claim)
    return Cleared(tuple(made))


def due(*, county: str, serving: str, month: Month) -> tuple[int, int]:
    """What a clearing would claim now: lines and fen."""
    source, parameters = _due(county, serving, month)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), CAST(COALESCE(SUM(amount), 0) AS bigint) FROM ({source}) f", parameters)
        lines, fen = cursor.fetchone()
    return int(lines), int(fen)


def _due(county: str, serving: str, month: Month) -> tuple[str, list[Any]]:
    nothing = "CAST(NULL AS uuid)" if connection.vendor == "postgresql" else "NULL"
    told = [county, serving, str(month)]
    return f"{_CHARGES.format(nothing=nothing)} UNION ALL {_REFUNDS}", [*told, *told]


def _claim(county: str, serving: str, month: Month, *, at: datetime, by: str) -> Claim | None:
    """The claim with its lines, in one INSERT … SELECT; ``None`` where it is made already or nothing is due."""
    made = Claim.objects.filter(county=county, serving=serving, month=str(month)).exists()
    if made or not due(county=county, serving=serving, month=month)[0]:
        return None
    claim, is_new = Claim.objects.get_or_create(
        county=county,
        serving=serving,
        month=str(month),
        defaults={
            "id": new_id(),
            "no": number(county, month, take(county, "clearing", month)),
            "made_by": by,
            "made_at": at,
        },
    )
    if not is_new:
        return None
    _add_lines(claim, month)
    Verdict.objects.filter(
        county=county, settled=False, line_id__in=ClaimLine.objects.filter(county=county, claim=claim).values("line_id")
    ).update(settled=True)
    view = view_of(claim)
    claim.lines, claim.amount_fen = len(view), sum(fen for _, fen in view.values())
    claim.digest = seal(view)
    claim.save(update_fields=["lines", "amount_fen", "digest"])
    note(
        county=county,
        at=at,
        actor=by,
        act="settlement.clear",
        subject="claim",
        subject_id=claim.id,
        serving=serving,
        month=str(month),
        lines=claim.lines,
        amount_fen=claim.amount_fen,
    )
    return claim


def _add_lines(claim: Claim, month: Month) -> None:
    vendor = connection.vendor
    source, parameters = _due(claim.county, claim.serving, month)
    plain = '"C"' if vendor == "postgresql" else "BINARY"
    charged = derived_id_sql(vendor, "source_id", Tag.LINE)
    refunded = derived_id_sql(vendor, "source_id", Tag.LINE, month)
    claim_id = "CAST(%s AS uuid)" if vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settlement_claimline (county, id, claim_id, number, kind, line_id, verdict, reversal_id, "
            f"fund_id, provider_id, service_month, amount_fen) WITH due AS ({source}) "
            f"SELECT county, CASE WHEN reversal_id IS NULL THEN {charged} ELSE {refunded} END, {claim_id}, "
            f"ROW_NUMBER() OVER (ORDER BY provider_id, service_on, bill_no COLLATE {plain}, line_number, fund_id, "
            "amount DESC), kind, line_id, 'pass', reversal_id, fund_id, provider_id, service_month, amount FROM due",
            [*parameters, plain_id(claim.id)],
        )


def _book(claim: Claim, *, at: datetime, on: date) -> None:
    """In each fund's books what we owed the providers is now owed to the county that pays them."""
    sums = (
        ClaimLine.objects.filter(county=claim.county, claim=claim)
        .order_by("fund_id", "provider_id")
        .values_list("fund_id", "provider_id")
        .annotate(fen=Sum("amount_fen"))
    )
    rows = list(sums)
    funds = {
        fund.id: fund
        for fund in Fund.objects.filter(county=claim.county, id__in={row[0] for row in rows}).select_related("books")
    }
    moves = []
    for fund_id, provider_id, fen in rows:
        books = funds[fund_id].books
        provider = open_account(fund=books, code=f"payable:{provider_id}", kind="payable")
        other = clearing_account(funds[fund_id], claim.serving)
        if fen:
            debit, credit = (provider, other) if fen > 0 else (other, provider)
            moves.append(Move(debit, credit, abs(fen), "clear", about=claim.id))
    post(county=claim.county, moves=moves, at=at, on=on)


def clearing_account(fund: Fund, other: str) -> Account:
    """What a fund of ours owes another county for its providers."""
    return open_account(fund=fund.books, code=f"clearing:{other}", kind="clearing")


def view_of(claim: Claim) -> dict[UUID, tuple[int, int]]:
    """The claim's lines as the home county sees them."""
    rows = ClaimLine.objects.filter(county=claim.county, claim=claim)
    return {row: (provider, fen) for row, provider, fen in rows.values_list("id", "provider_id", "amount_fen")}


def seal(view: View) -> str:
    """The digest of a claim's lines: the same on both sides exactly when they see the same lines."""
    told = "\n".join(f"{source.hex} {provider} {fen}" for source, (provider, fen) in sorted(view.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def message(*, county: str, claim_id: UUID, because: str = "") -> dict[str, Any]:
    """The claim as it goes to the serving county, with every line; nobody's name is in it.

    ``because``: why it is sent again. Refuses with ``settlement.unknown_claim``.
    """
    claim = Claim.objects.filter(county=county, id=claim_id).first()
    if claim is None:
        raise UNKNOWN_CLAIM("claim")
    rows = ClaimLine.objects.filter(county=county, claim=claim).select_related("fund", "line__bill", "line__item")
    return {
        "home": claim.county,
        "serving": claim.serving,
        "no": claim.no,
        "month": claim.month,
        "lines": [told_line(row) for row in rows.order_by("number")],
        "count": claim.lines,
        "amount_fen": claim.amount_fen,
        "digest": claim.digest,
        "because": because,
    }


def told_line(row: ClaimLine) -> dict[str, Any]:
    return {
        "source": str(row.id),
        "number": row.number,
        "kind": row.kind,
        "provider": row.provider_id,
        "fund": row.fund.name,
        "level": row.fund.level,
        "service_month": row.service_month,
        "service_on": row.line.service_on.isoformat(),
        "bill_no": row.line.bill.no,
        "bill_line": row.line.number,
        "item": row.line.item.name,
        "amount_fen": row.amount_fen,
    }


def resend(*, county: str, claim_id: UUID, because: str, at: datetime, by: str) -> Claim:
    """Send a claim once more because the other side lacks lines of it; what it has already it takes once.

    Open differences that say so are resolved by it. Refuses with ``settlement.unknown_claim`` or
    ``settlement.clearing_needs_reason``.
    """
    if not because.strip():
        raise NEEDS_WHY("because")
    with transaction.atomic():
        claim = Claim.objects.select_for_update().filter(county=county, id=claim_id).first()
        if claim is None:
            raise UNKNOWN_CLAIM("claim")
        Difference.objects.filter(county=county, claim=claim, code=Difference.Code.MISSING_THERE, how="").update(
            how=Difference.How.RESEND, because=because.strip()[:300], resolved_by=by, resolved_at=at
        )
        put(
            county=county,
            topic=TOPIC,
            about=new_id(),
            payload={"claim": str(claim.id), "because": because.strip()[:300]},
            at=at,
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="settlement.resend",
            subject="claim",
            subject_id=claim.id,
            reason=because,
            serving=claim.serving,
        )
    return claim


def by_level(*, county: str, claim_ids: Iterable[UUID]) -> dict[str, tuple[int, int]]:
    """What claims come to by the level whose funds bear it: lines and fen, from the centre down to the village."""
    rows = ClaimLine.objects.filter(county=county, claim_id__in=list(claim_ids)).order_by("fund__level")
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for level, lines, fen in rows.values_list("fund__level").annotate(lines=Count("id"), fen=Sum("amount_fen")):
        found[level] = (lines, fen)
    return {str(level): found[level] for level in Level.values if level in found}
