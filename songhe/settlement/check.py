"""Whether settlement holds: questions whose every answer row is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Sum

from songhe.kernel.integer import floor_share, ratio
from songhe.settlement.models import Batch, StatementLine
from songhe.settlement.payout import file_of

#: Each question selects (county, row id) of the rows that contradict each other.
QUESTIONS: dict[str, str] = {
    "settlement.settled_without_pass": """
        SELECT x.county, x.id FROM settlement_statementline x
        LEFT JOIN redemption_verdict v ON v.county = x.county AND v.line_id = x.line_id
        WHERE v.outcome IS NULL OR v.outcome <> 'pass'""",
    "settlement.line_in_two_statements": """
        SELECT x.county, x.id FROM settlement_statementline x
        WHERE NOT (x.kind = 'REFUND') AND EXISTS (SELECT 1 FROM settlement_statementline y WHERE y.county = x.county
              AND y.line_id = x.line_id AND y.programme = x.programme AND NOT (y.kind = 'REFUND') AND y.id < x.id)""",
    "settlement.refund_without_charge": """
        SELECT x.county, x.id FROM settlement_statementline x
        WHERE x.kind = 'REFUND' AND NOT EXISTS (SELECT 1 FROM settlement_statementline y WHERE y.county = x.county
              AND y.line_id = x.line_id AND y.programme = x.programme AND NOT (y.kind = 'REFUND')
              AND y.amount_fen = -x.amount_fen)""",
    "settlement.refund_of_another_line": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN redemption_reversal r ON r.county = x.county AND r.id = x.reversal_id WHERE r.line_id <> x.line_id""",
    "settlement.amount_differs_from_bill": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
        LEFT JOIN (SELECT d.county, d.about, f.code, SUM(d.amount_fen) AS fen FROM card_draw d
                   JOIN card_fund f ON f.county = d.county AND f.id = d.fund_id GROUP BY d.county, d.about, f.code) d
          ON d.county = x.county AND d.about = x.line_id AND 'card:' || d.code = x.programme
        LEFT JOIN (SELECT h.county, p.about, c.code, MAX(p.worth_fen) AS fen FROM credit_spending p
                   JOIN credit_holder h ON h.county = p.county AND h.id = p.holder_id
                   JOIN credit_scheme c ON c.county = h.county AND c.id = h.scheme_id
                   GROUP BY h.county, p.about, c.code) p
          ON p.county = x.county AND p.about = x.line_id AND 'credit:' || p.code = x.programme
        WHERE x.amount_fen <> CASE WHEN x.kind = 'REFUND' THEN -1 ELSE 1 END
              * CASE WHEN substr(x.programme, 1, 5) = 'card:' THEN COALESCE(d.fen, 0)
                     WHEN substr(x.programme, 1, 7) = 'credit:' THEN COALESCE(p.fen, 0) ELSE l.voucher_fen END""",
    "settlement.line_of_another_provider": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
        JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
        JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
        WHERE b.provider_id <> s.provider_id OR b.month <> x.service_month""",
    "settlement.provisional_line_settled": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
        JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
        WHERE b.state NOT IN ('booked', 'reversed')""",
    "settlement.service_after_death": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
        JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
        JOIN person_person p ON p.county = b.county AND p.id = b.person_id
        WHERE NOT (x.kind = 'REFUND') AND l.service_on > p.died_on
          AND NOT EXISTS (SELECT 1 FROM redemption_reversal r WHERE r.county = x.county AND r.line_id = x.line_id)""",
    "settlement.statement_totals_differ": """
        SELECT s.county, s.id FROM settlement_statement s
        LEFT JOIN (SELECT county, statement_id, COUNT(*) AS lines,
                          SUM(CASE WHEN amount_fen > 0 THEN amount_fen ELSE 0 END) AS charge,
                          SUM(CASE WHEN amount_fen < 0 THEN -amount_fen ELSE 0 END) AS refund
                   FROM (SELECT county, statement_id, amount_fen FROM settlement_statementline
                         UNION ALL SELECT county, statement_id, amount_fen FROM settlement_receivedline
                         UNION ALL SELECT county, statement_id, amount_fen FROM settlement_borneline) y
                   GROUP BY county, statement_id) x
          ON x.county = s.county AND x.statement_id = s.id
        WHERE s.lines <> COALESCE(x.lines, 0) OR s.charge_fen <> COALESCE(x.charge, 0)
           OR s.refund_fen <> COALESCE(x.refund, 0) OR s.net_fen <> s.charge_fen - s.refund_fen + s.carried_fen""",
    "settlement.carried_differs": """
        SELECT s.county, s.id FROM settlement_statement s
        LEFT JOIN (SELECT county, carried_into_id, SUM(net_fen) AS net FROM settlement_statement
                   WHERE carried_into_id IS NOT NULL GROUP BY county, carried_into_id) c
          ON c.county = s.county AND c.carried_into_id = s.id
        WHERE s.carried_fen <> COALESCE(c.net, 0)""",
    "settlement.carried_from_another": """
        SELECT c.county, c.id FROM settlement_statement c
        JOIN settlement_statement s ON s.county = c.county AND s.id = c.carried_into_id
        WHERE c.state <> 'carried' OR c.net_fen > 0 OR c.month >= s.month OR c.provider_id <> s.provider_id
           OR c.programme <> s.programme""",
    "settlement.shares_differ": """
        SELECT county, id FROM settlement_statementline
        WHERE central_fen IS NOT NULL AND (amount_fen <> central_fen + local_fen OR ratio = '')""",
    "settlement.statement_shares_differ": """
        SELECT s.county, s.id FROM settlement_statement s
        JOIN (SELECT county, statement_id, COUNT(*) AS lines, COUNT(central_fen) AS split,
                     SUM(central_fen) AS central, SUM(local_fen) AS local
              FROM settlement_statementline GROUP BY county, statement_id) x
          ON x.county = s.county AND x.statement_id = s.id
        WHERE (x.lines = x.split AND (s.central_fen IS NULL OR s.central_fen <> x.central OR s.local_fen <> x.local))
           OR (x.lines <> x.split AND s.central_fen IS NOT NULL)""",
    "settlement.number_used_twice": """
        SELECT x.county, x.id FROM settlement_statementline x
        JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
        JOIN settlement_statement t ON t.county = s.county AND t.programme = s.programme AND t.month = s.month
        JOIN settlement_statementline y ON y.county = t.county AND y.statement_id = t.id AND y.number = x.number
        WHERE y.id < x.id""",
    "settlement.one_person": """
        SELECT county, id FROM settlement_statement
        WHERE approved_by <> '' AND (approved_by = confirmed_by OR approved_by = gathered_by)""",
    "settlement.batch_by_one_person": """
        SELECT b.county, b.id FROM settlement_batch b
        WHERE b.released_by <> '' AND (b.released_by = b.made_by OR EXISTS (
              SELECT 1 FROM settlement_payment p
              JOIN settlement_statement s ON s.county = p.county AND s.id = p.statement_id
              WHERE p.county = b.county AND p.batch_id = b.id AND p.bank_reference <> ''
                AND s.approved_by = b.released_by))""",
    "settlement.approved_by_nobody": """
        SELECT county, id FROM settlement_statement
        WHERE state IN ('approved', 'carried', 'paid') AND (approved_by = '' OR confirmed_by = '')""",
    "settlement.payment_differs": """
        SELECT p.county, p.id FROM settlement_payment p
        JOIN settlement_statement s ON s.county = p.county AND s.id = p.statement_id
        JOIN settlement_batch b ON b.county = p.county AND b.id = p.batch_id
        WHERE p.amount_fen <> s.net_fen OR p.provider_id <> s.provider_id OR b.programme <> s.programme
           OR b.month <> s.month""",
    "settlement.batch_total_differs": """
        SELECT b.county, b.id FROM settlement_batch b
        LEFT JOIN (SELECT county, batch_id, SUM(amount_fen) AS fen FROM settlement_payment
                   WHERE state <> 'returned' OR bank_reference <> '' GROUP BY county, batch_id) p
          ON p.county = b.county AND p.batch_id = b.id
        WHERE b.total_fen <> COALESCE(p.fen, 0)""",
    "settlement.paid_without_payment": """
        SELECT s.county, s.id FROM settlement_statement s
        WHERE s.state = 'paid' AND s.net_fen > 0 AND NOT EXISTS (
              SELECT 1 FROM settlement_payment p WHERE p.county = s.county AND p.statement_id = s.id
              AND p.state = 'paid')""",
    "settlement.books_differ": """
        SELECT p.county, p.id FROM settlement_payment p
        LEFT JOIN (SELECT county, about, SUM(CASE WHEN kind = 'payout' THEN amount
                          WHEN kind = 'payout_offset' THEN -amount ELSE 0 END) AS fen,
                          COUNT(CASE WHEN kind = 'payout_return' THEN 1 END) AS back,
                          COUNT(CASE WHEN kind <> 'payout_return' THEN 1 END) AS there
                   FROM ledger_transfer WHERE kind IN ('payout', 'payout_offset', 'payout_return')
                   GROUP BY county, about) t ON t.county = p.county AND t.about = p.id
        WHERE COALESCE(t.fen, 0) <> CASE WHEN p.bank_reference <> '' THEN p.amount_fen ELSE 0 END
           OR COALESCE(t.back, 0) <> CASE WHEN p.state = 'returned' THEN COALESCE(t.there, 0) ELSE 0 END""",
}


def check() -> Iterator[tuple[str, str, str]]:
    """Every fault in statements, pay-outs and splits as (code, county, id); nothing when they hold. Reads only."""
    for code, question in QUESTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            for county, row in cursor.fetchall():
                yield code, county, str(row)
    yield from _splits()
    yield from _files()


def _splits() -> Iterator[tuple[str, str, str]]:
    """Of each batch, what was split at one share is split on its sum: the centre has the floor, to the fen."""
    rows = (
        StatementLine.objects.exclude(ratio="")
        .order_by("county", "statement__programme", "statement__month", "ratio")
        .values_list("county", "statement__programme", "statement__month", "ratio")
        .annotate(amount=Sum("amount_fen"), central=Sum("central_fen"))
    )
    for county, programme, month, written, amount, central in rows:
        if central != floor_share(amount, ratio(written)):
            yield "settlement.batch_split_differs", county, f"{programme}:{month}"


def _files() -> Iterator[tuple[str, str, str]]:
    """The file of each released batch is still the one that was released, over the sum of the batch."""
    for batch in Batch.objects.exclude(released_by="").order_by("county", "id"):
        file = file_of(batch)
        if file.sha256 != batch.file_sha256 or file.total_fen != batch.total_fen:
            yield "settlement.bank_file_differs", batch.county, str(batch.id)
