"""Whether the books hold: questions whose every answer row is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

#: Each question selects (county, account or transfer id) of the rows that contradict each other.
QUESTIONS: dict[str, str] = {
    "ledger.balance_differs": """
        SELECT a.county, a.id FROM ledger_account a
        LEFT JOIN (SELECT county, credit_id AS account, SUM(amount) AS units FROM ledger_transfer
                   GROUP BY county, credit_id) c ON c.county = a.county AND c.account = a.id
        LEFT JOIN (SELECT county, debit_id AS account, SUM(amount) AS units FROM ledger_transfer
                   GROUP BY county, debit_id) d ON d.county = a.county AND d.account = a.id
        WHERE a.balance IS NOT NULL AND a.balance <> COALESCE(c.units, 0) - COALESCE(d.units, 0)""",
    "ledger.below_floor": "SELECT county, id FROM ledger_account WHERE balance < floor",
    "ledger.crosses_funds": """
        SELECT t.county, t.id FROM ledger_transfer t
        JOIN ledger_account d ON d.county = t.county AND d.id = t.debit_id
        JOIN ledger_account c ON c.county = t.county AND c.id = t.credit_id
        WHERE d.fund_id <> t.fund_id OR c.fund_id <> t.fund_id""",
    "ledger.no_such_account": """
        SELECT t.county, t.id FROM ledger_transfer t
        LEFT JOIN ledger_account d ON d.county = t.county AND d.id = t.debit_id
        LEFT JOIN ledger_account c ON c.county = t.county AND c.id = t.credit_id
        WHERE d.id IS NULL OR c.id IS NULL""",
    "ledger.amount_not_positive": "SELECT county, id FROM ledger_transfer WHERE amount <= 0",
    "ledger.posted_after_close": """
        SELECT t.county, t.id FROM ledger_transfer t
        JOIN ledger_period p ON p.county = t.county AND p.month = t.month WHERE t.at > p.closed_at""",
    "ledger.reversal_differs": """
        SELECT r.county, r.id FROM ledger_transfer r
        LEFT JOIN ledger_transfer t ON t.county = r.county AND t.id = r.reverses
        WHERE r.reverses IS NOT NULL AND (t.id IS NULL OR t.amount <> r.amount OR t.fund_id <> r.fund_id)""",
}


def check() -> Iterator[tuple[str, str, str]]:
    """Every fault in the books as (code, county, id); nothing when they hold. Reads only."""
    for code, question in QUESTIONS.items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            for county, row in cursor.fetchall():
                yield code, county, str(row)
