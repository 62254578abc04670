"""Gather a month's lines into one statement a provider, and split the batch between centre and county. 汇总结算

Set-based: the number of statements does not follow the number of lines. The batch (county, programme, month) is split
as a whole; the part of a line follows the running sum, so that no fen is made or lost by rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import Count, Max, QuerySet, Sum

from songhe.county.key import Tag, derived_id_sql, new_id
from songhe.document.number import number, take
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.period import hold_open
from songhe.policy.terms import terms
from songhe.redemption.models import Verdict
from songhe.settlement.borne import put_on, sums_owed
from songhe.settlement.models import BorneLine, ReceivedLine, Statement, StatementLine
from songhe.settlement.share import CARD, CLEARING, CREDIT, GUARANTEE, goes_on, is_card, is_clearing, is_credit
from songhe.trail.note import note

Shares = Callable[[Month], Fraction | None]

#: Which lines a programme paid a part of: by its voucher, by a purse of the card's fund or the fund itself, by credits.
_BY_VOUCHER = "JOIN grant_grant g ON g.county = l.county AND g.id = l.grant_id AND g.programme = %s"
_BY_PURSE = (
    "JOIN card_draw d ON d.county = l.county AND d.about = l.id "
    "JOIN card_fund f ON f.county = d.county AND f.id = d.fund_id AND f.code = %s"
)

_BY_CREDITS = (
    "JOIN credit_spending d ON d.county = l.county AND d.about = l.id "
    "JOIN credit_holder h ON h.county = d.county AND h.id = d.holder_id "
    "JOIN credit_scheme f ON f.county = h.county AND f.id = h.scheme_id AND f.code = %s"
)

#: What a line was charged by is asked as its partial index says it: SQLite takes no other words for the same.
_CHARGES = """
    SELECT l.county, l.id AS line_id, {source} AS source_id, {nothing} AS reversal_id,
           CASE WHEN b.month < %s AND b.replaces_id IS NOT NULL THEN 'CORRECTION' ELSE 'CHARGE' END AS kind,
           b.month AS service_month, {amount} AS amount, b.provider_id, l.service_on,
           b.no AS bill_no, l.number AS line_number
    FROM redemption_line l
    JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
    {paid_by}
    JOIN redemption_verdict v ON v.county = l.county AND v.line_id = l.id AND v.outcome = 'pass'
    WHERE l.county = %s AND b.served_in = '' AND b.month <= %s AND b.state IN ('booked', 'reversed') AND {amount} > 0
      AND NOT EXISTS (SELECT 1 FROM settlement_statementline x
                      WHERE x.county = l.county AND x.line_id = l.id AND x.programme = %s AND NOT (x.kind = 'REFUND'))
      AND NOT EXISTS (SELECT 1 FROM redemption_reversal r WHERE r.county = l.county AND r.line_id = l.id)
      AND NOT EXISTS (SELECT 1 FROM person_event e
                      WHERE e.county = b.county AND e.person_id = b.person_id AND e.kind = 'death'
                        AND e.state = 'reported' AND e.happened_on < l.service_on)"""

_REFUNDS = """
    SELECT x.county, x.line_id, {source} AS source_id, r.id AS reversal_id, 'REFUND' AS kind, x.service_month,
           -x.amount_fen AS amount, b.provider_id, l.service_on, b.no AS bill_no, l.number AS line_number
    FROM redemption_reversal r
    JOIN settlement_statementline x ON x.county = r.county AND x.line_id = r.line_id AND NOT (x.kind = 'REFUND')
    JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id
    JOIN redemption_line l ON l.county = x.county AND l.id = x.line_id
    JOIN redemption_bill b ON b.county = l.county AND b.id = l.bill_id
    {paid_by}
    WHERE r.county = %s AND x.programme = %s
      AND (r.month <= %s OR (s.month = %s AND s.state = 'gathered'))
      AND NOT EXISTS (SELECT 1 FROM settlement_statementline y
                      WHERE y.county = r.county AND y.reversal_id = r.id AND y.programme = %s)"""


@dataclass
class Gathered:
    """What a gathering added. ``unsplit``: lines of this batch for which no central share is set.

    ``closed``: the month's books are closed, so that nothing was looked at.
    """

    statements: int = 0
    lines: int = 0
    charge_fen: int = 0
    refund_fen: int = 0
    carried_fen: int = 0
    unsplit: int = 0
    closed: bool = False


def central_shares(*, county: str, programme: str) -> Shares:
    """The centre's share by service month, as the edition in force then states it; ``None`` where none does.

    A fund of the card is one level's own money and is not split, nor is what credits or another county pay.
    """

    def share(month: Month) -> Fraction | None:
        if goes_on(programme):
            return None
        for day in (month.first, month.last):
            try:
                return terms(policy=programme, place=county, on=day).central_share
            except Refusal as refusal:
                if refusal.code not in {"policy.not_in_force", "policy.value_ended"}:
                    raise
        return None

    return share


def gather(
    *, county: str, programme: str, month: Month, at: datetime, by: str, shares: Shares | None = None
) -> Gathered:
    """Put what is due into the month's statements that the providers have not confirmed yet.

    A line is due once: booked, not provisional, of this or an earlier month, with a passing verdict, paid for in
    part by the voucher (of a fund of the card: by its purse; of a scheme: by its credits), not reversed, and not dated
    after a death that is reported and still unverified. One that was charged and is reversed since is refunded once,
    in the statement of the month of its reversal or, while that is still open, in the statement that charged it. A
    line reversed before it was ever charged appears nowhere. A negative statement of an earlier month that nothing has
    taken up yet is carried in.
    A month whose books are closed is left alone, and a second gathering adds only what is new. Two at once wait for
    each other at the rows of the statements; the constraints would refuse the second line.
    """
    batch = _batch(programme)(county, programme, month, shares or central_shares(county=county, programme=programme))
    with transaction.atomic():
        if hold_open(county=county, month=month) != month:
            return Gathered(closed=True)
        done = batch.gather(at=at, by=by)
        if done.statements or done.lines or done.carried_fen:
            note(
                county=county,
                at=at,
                actor=by,
                act="settlement.gather",
                subject="month",
                subject_id=f"{programme}:{month}",
                statements=done.statements,
                lines=done.lines,
                charge_fen=done.charge_fen,
                refund_fen=done.refund_fen,
                carried_fen=done.carried_fen,
            )
    return done


def run(
    *,
    county: str,
    programme: str,
    month: Month,
    clock: Callable[[], datetime],
    by: str = "run:gather",
    watch: Callable[[Run], None] | None = None,
) -> Gathered:
    """``gather`` as a run with progress, which one process holds at a time. Refuses with ``jobs.running``."""
    with running(county=county, job=f"gather:{programme}", period=str(month), clock=clock, watch=watch) as progress:
        done = gather(county=county, programme=programme, month=month, at=clock(), by=by)
        progress.expect(done.lines)
        progress.advance(
            done.lines,
            statements=done.statements,
            charge_fen=done.charge_fen,
            refund_fen=done.refund_fen,
        )
    return done


def due(*, county: str, programme: str, month: Month) -> list[tuple[int, str, int, int]]:
    """What a gathering would find now, as (provider id, service month, lines, fen)."""
    return _batch(programme)(county, programme, month, lambda _: None).found()


_LINES = "settlement_statementline"


@dataclass(frozen=True)
class _Batch:
    county: str
    programme: str
    month: Month
    shares: Shares
    lines_in: ClassVar[str] = _LINES

    def gather(self, *, at: datetime, by: str) -> Gathered:
        found = self.found()
        done = Gathered(statements=self._open_statements({provider for provider, *_ in found}, at=at, by=by))
        statements = self._lock_statements()
        if not statements:
            return done
        self._split_late()
        if found:
            done.lines = self._add_lines({Month.parse(service_month) for _, service_month, *_ in found})
        before = {row.id: row for row in statements}
        self._carry_in()
        self._add_up()
        self._fix_verdicts()
        for row in self._statements().order_by("id"):
            done.charge_fen += row.charge_fen - before[row.id].charge_fen
            done.refund_fen += row.refund_fen - before[row.id].refund_fen
            done.carried_fen += row.carried_fen - before[row.id].carried_fen
        done.unsplit = self._unsplit()
        return done

    def _unsplit(self) -> int:
        return int(self._lines().filter(central_fen=None).count())

    def _fix_verdicts(self) -> None:
        lines = self._lines().values("line_id")
        Verdict.objects.filter(county=self.county, settled=False, line_id__in=lines).update(settled=True)

    def found(self) -> list[tuple[int, str, int, int]]:
        source, parameters = self._due()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT provider_id, service_month, COUNT(*), CAST(SUM(amount) AS bigint) FROM ({source}) f "
                "GROUP BY provider_id, service_month ORDER BY provider_id, service_month",
                parameters,
            )
            return [(row[0], row[1], row[2], int(row[3])) for row in cursor.fetchall()]

    def _statements(self) -> Any:
        return Statement.objects.filter(county=self.county, programme=self.programme, month=str(self.month))

    def _lines(self) -> Any:
        return StatementLine.objects.filter(
            county=self.county, statement__programme=self.programme, statement__month=str(self.month)
        )

    def _open_statements(self, providers: set[int], *, at: datetime, by: str) -> int:
        """A statement for each provider that has none in this batch, numbered in the order of the providers."""
        missing = sorted(providers - set(self._statements().values_list("provider_id", flat=True)))
        if not missing:
            return 0
        first = take(self.county, "statement", self.month, len(missing))
        before = self._statements().count()
        Statement.objects.bulk_create(
            [
                Statement(
                    county=self.county,
                    id=new_id(),
                    no=number(self.county, self.month, first + position),
                    provider_id=provider,
                    programme=self.programme,
                    month=str(self.month),
                    fund_year=self.month.year,
                    gathered_at=at,
                    gathered_by=by,
                )
                for position, provider in enumerate(missing)
            ],
            ignore_conflicts=True,
        )
        return int(self._statements().count() - before)

    def _lock_statements(self) -> list[Statement]:
        """Every statement of the batch: a second gathering waits here, and numbers go on where the first stopped."""
        return list(self._statements().select_for_update().order_by("id"))

    def _due(self) -> tuple[str, list[Any]]:
        """SQL of the lines to charge and of the reversals to refund, with its parameters.

        ``source_id`` is what the row's own id is made of: the line, or the draw on the fund's purse or the credits,
        for a charge; the reversal, or the draw, for a refund.
        """
        month = str(self.month)
        nothing = "CAST(NULL AS uuid)" if connection.vendor == "postgresql" else "NULL"
        paid_by, source, amount, code = self._paid_by()
        charges = _CHARGES.format(nothing=nothing, source=source, amount=amount, paid_by=paid_by)
        if goes_on(self.programme):
            refunds, again = _REFUNDS.format(source=source, paid_by=paid_by), [code]
        else:
            refunds, again = _REFUNDS.format(source="r.id", paid_by=""), []
        return (
            f"{charges} UNION ALL {refunds}",
            [month, code, self.county, month, self.programme]
            + [*again, self.county, self.programme, month, month, self.programme],
        )

    def _paid_by(self) -> tuple[str, str, str, str]:
        """How its payments are joined to the lines, what their ids and amounts are, and its code for the join."""
        if is_card(self.programme):
            return _BY_PURSE, "d.id", "d.amount_fen", self.programme.removeprefix(CARD)
        if is_credit(self.programme):
            return _BY_CREDITS, "d.id", "d.worth_fen", self.programme.removeprefix(CREDIT)
        return _BY_VOUCHER, "l.id", "l.voucher_fen", self.programme

    def _add_lines(self, service_months: set[Month]) -> int:
        """One INSERT … SELECT: number the new lines on from the last, and split them by the running sum."""
        vendor = connection.vendor
        source, parameters = self._due()
        rates, rate_parameters = self._rates(service_months)
        last = self._lines().aggregate(last=Max("number"))["last"] or 0
        plain = '"C"' if vendor == "postgresql" else "BINARY"
        charged = derived_id_sql(vendor, "source_id", Tag.LINE)
        refunded = derived_id_sql(vendor, "source_id", Tag.LINE, self.month)
        central = f"CASE WHEN ratio IS NULL THEN NULL ELSE {floor_sql('upto')} - {floor_sql('upto - amount')} END"
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO settlement_statementline (county, id, statement_id, programme, number, kind, line_id, "
                "verdict, reversal_id, service_month, amount_fen, ratio, central_fen, local_fen) "
                f"WITH due AS ({source}), {rates}, "
                "numbered AS (SELECT f.*, r.ratio, r.n, r.d, r.base, s.id AS statement_id, "
                f"%s + ROW_NUMBER() OVER (ORDER BY f.provider_id, f.service_on, f.bill_no COLLATE {plain}, "
                "f.line_number) AS number FROM due f "
                "JOIN settlement_statement s ON s.county = f.county AND s.provider_id = f.provider_id "
                "AND s.programme = %s AND s.month = %s AND s.state = 'gathered' "
                "LEFT JOIN rates r ON r.service_month = f.service_month), "
                "summed AS (SELECT q.*, base + CAST(SUM(amount) OVER (PARTITION BY ratio ORDER BY number "
                "ROWS UNBOUNDED PRECEDING) AS bigint) AS upto FROM numbered q), "
                f"parts AS (SELECT p.*, {central} AS central FROM summed p) "
                f"SELECT county, CASE WHEN reversal_id IS NULL THEN {charged} ELSE {refunded} END, statement_id, "
                "CAST(%s AS varchar), number, kind, line_id, 'pass', reversal_id, service_month, amount, "
                "COALESCE(ratio, ''), central, amount - central FROM parts ORDER BY number",
                [*parameters, *rate_parameters, last, self.programme, str(self.month), self.programme],
            )
            return int(cursor.rowcount)

    def _split_late(self) -> None:
        """Split lines that were gathered while no share was set, once one is; only in statements still open."""
        unsplit = self._lines().filter(central_fen=None, statement__state=Statement.State.GATHERED)
        months = set(unsplit.values_list("service_month", flat=True).distinct().order_by("service_month"))
        known = {month for month in map(Month.parse, months) if self.shares(month) is not None}
        if not known:
            return
        rates, parameters = self._rates(known)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH {rates}, summed AS (SELECT x.county, x.id, x.amount_fen AS amount, r.ratio, r.n, r.d, "
                "r.base + CAST(SUM(x.amount_fen) OVER (PARTITION BY r.ratio ORDER BY x.number "
                "ROWS UNBOUNDED PRECEDING) AS bigint) AS upto FROM settlement_statementline x "
                "JOIN settlement_statement s ON s.county = x.county AND s.id = x.statement_id "
                "JOIN rates r ON r.service_month = x.service_month "
                "WHERE x.county = %s AND s.programme = %s AND s.month = %s AND s.state = 'gathered' "
                "AND x.central_fen IS NULL), "
                "parts AS (SELECT p.county, p.id, p.amount, p.ratio, "
                f"{floor_sql('upto')} - {floor_sql('upto - amount')} AS central FROM summed p) "
                "UPDATE settlement_statementline SET ratio = p.ratio, central_fen = p.central, "
                "local_fen = p.amount - p.central FROM parts p "
                "WHERE settlement_statementline.county = p.county AND settlement_statementline.id = p.id "
                "AND settlement_statementline.county = %s",
                [*parameters, self.county, self.programme, str(self.month), self.county],
            )

    def _rates(self, service_months: Iterable[Month]) -> tuple[str, list[Any]]:
        """The share of each service month that has one, with what the batch has already been split at that share."""
        spent = dict(
            self._lines().exclude(ratio="").values_list("ratio").annotate(total=Sum("amount_fen")).order_by("ratio")
        )
        rows: list[str] = []
        parameters: list[Any] = []
        for month in sorted(service_months):
            share = self.shares(month)
            if share is not None:
                written = f"{share.numerator}/{share.denominator}"
                rows.append("(%s, %s, CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint))")
                parameters += [str(month), written, share.numerator, share.denominator, spent.get(written, 0)]
        if not rows:
            text = "CAST(NULL AS text)"
            whole = "CAST(NULL AS bigint)"
            return f"rates(service_month, ratio, n, d, base) AS (SELECT {text}, {text}, {whole}, {whole}, {whole})", []
        return f"rates(service_month, ratio, n, d, base) AS (VALUES {', '.join(rows)})", parameters

    def _carry_in(self) -> None:
        """Negative statements of earlier months that nothing took up go into the provider's statement of this one."""
        into = (
            "SELECT s.id FROM settlement_statement s WHERE s.county = settlement_statement.county "
            "AND s.provider_id = settlement_statement.provider_id AND s.programme = settlement_statement.programme "
            "AND s.month = %s AND s.state = 'gathered'"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE settlement_statement SET carried_into_id = ({into}) WHERE county = %s AND programme = %s "
                f"AND state = 'carried' AND carried_into_id IS NULL AND month < %s AND EXISTS ({into})",
                [str(self.month), self.county, self.programme, str(self.month), str(self.month)],
            )

    def _add_up(self) -> None:
        """Bring the sums of the open statements into line with their lines and with what is carried in."""
        split = "COUNT(x.central_fen)" if self.lines_in == _LINES else "-1"
        central = "SUM(x.central_fen)" if self.lines_in == _LINES else "0"
        carried = (
            "(SELECT CAST(COALESCE(SUM(c.net_fen), 0) AS bigint) FROM settlement_statement c "
            "WHERE c.county = s.county AND c.carried_into_id = s.id)"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH sums AS (SELECT s.county, s.id, COUNT(x.id) AS lines, "
                "CAST(COALESCE(SUM(CASE WHEN x.amount_fen > 0 THEN x.amount_fen END), 0) AS bigint) AS charge, "
                "CAST(COALESCE(SUM(CASE WHEN x.amount_fen < 0 THEN -x.amount_fen END), 0) AS bigint) AS refund, "
                f"{carried} AS carried, "
                f"CASE WHEN COUNT(x.id) = {split} "
                f"THEN CAST(COALESCE({central}, 0) AS bigint) END AS central "
                f"FROM settlement_statement s LEFT JOIN {self.lines_in} x "
                "ON x.county = s.county AND x.statement_id = s.id "
                "WHERE s.county = %s AND s.programme = %s AND s.month = %s AND s.state = 'gathered' "
                "GROUP BY s.county, s.id) "
                "UPDATE settlement_statement SET lines = t.lines, charge_fen = t.charge, refund_fen = t.refund, "
                "carried_fen = t.carried, net_fen = t.charge - t.refund + t.carried, central_fen = t.central, "
                "local_fen = t.charge - t.refund - t.central, version = version + 1 FROM sums t "
                "WHERE settlement_statement.county = t.county AND settlement_statement.id = t.id "
                "AND settlement_statement.county = %s AND (settlement_statement.lines <> t.lines "
                "OR settlement_statement.carried_fen <> t.carried "
                "OR COALESCE(settlement_statement.central_fen, %s) <> COALESCE(t.central, %s))",
                [self.county, self.programme, str(self.month), self.county, _NO_SHARE, _NO_SHARE],
            )


@dataclass(frozen=True)
class _Unsplit(_Batch):
    """Lines that are no lines of our bills: neither evidence nor a central share goes with them."""

    def _split_late(self) -> None:
        return None

    def _fix_verdicts(self) -> None:
        return None

    def _unsplit(self) -> int:
        return 0


@dataclass(frozen=True)
class _Received(_Unsplit):
    """The lines of another county's claims that no statement holds yet; they are what they are and are not split."""

    lines_in: ClassVar[str] = "settlement_receivedline"

    def found(self) -> list[tuple[int, str, int, int]]:
        rows = self._due_lines().order_by("provider_id", "service_month").values_list("provider_id", "service_month")
        return [(row[0], row[1], row[2], row[3]) for row in rows.annotate(Count("id"), Sum("amount_fen"))]

    def _due_lines(self) -> QuerySet[ReceivedLine]:
        home = self.programme.removeprefix(CLEARING)
        return ReceivedLine.objects.filter(
            county=self.county, received__home=home, received__month__lte=str(self.month), statement=None
        )

    def _lines(self) -> Any:
        return ReceivedLine.objects.filter(
            county=self.county, statement__programme=self.programme, statement__month=str(self.month)
        )

    def _add_lines(self, service_months: set[Month]) -> int:
        """Put each due line onto its provider's open statement, one UPDATE a provider."""
        added = 0
        for statement in self._statements().filter(state=Statement.State.GATHERED).order_by("id"):
            mine = self._due_lines().filter(provider_id=statement.provider_id).values("id")
            rows = ReceivedLine.objects.filter(county=self.county, id__in=mine)
            added += rows.update(statement_id=statement.id)
        return added


@dataclass(frozen=True)
class _Borne(_Unsplit):
    """What the guarantee of offline tills bears, exception by exception."""

    lines_in: ClassVar[str] = "settlement_borneline"

    def found(self) -> list[tuple[int, str, int, int]]:
        return sums_owed(county=self.county, month=self.month)

    def _lines(self) -> Any:
        return BorneLine.objects.filter(
            county=self.county, statement__programme=self.programme, statement__month=str(self.month)
        )

    def _add_lines(self, service_months: set[Month]) -> int:
        open_ = {row.provider_id: row for row in self._statements().filter(state=Statement.State.GATHERED)}
        return put_on(open_, county=self.county, month=self.month)


def _batch(programme: str) -> type[_Batch]:
    return _Received if is_clearing(programme) else _Borne if programme == GUARANTEE else _Batch


#: Below any sum, to compare shares of which one may not be set.
_NO_SHARE = -(10**17)


def floor_sql(amount: str) -> str:
    """``floor(amount × n / d)`` for columns ``n`` and ``d`` ≥ 1; both databases cut integers towards zero."""
    product = f"(({amount}) * n)"
    return f"(CASE WHEN {product} >= 0 THEN {product} / d ELSE -((d - 1 - {product}) / d) END)"
