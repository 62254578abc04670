"""Charge the purses of a fund with the month's amounts, by set: a bounded number of statements a chunk. 按月充入"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from songhe.card.fund import account_of, amounts, lock, prefix
from songhe.card.models import Fund
from songhe.card.purse import Span, span_of
from songhe.card.standard import monthly_amounts
from songhe.county.key import Tag, new_id, plain_id, plain_instant, slotted_id_sql
from songhe.jobs.models import Run
from songhe.jobs.run import Progress, running
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.post import fill
from songhe.trail.note import note

MONTH_NOT_NOW = reason(
    "card.not_that_month",
    zh="{month}还没有开始或已经过去，不能充入。",
    en="{month} has not begun, or is over; nothing is charged.",
    status=409,
)
NOTHING_CHARGED = reason(
    "card.nothing_to_charge", zh="这项资金不按月充入。", en="This fund is not charged by the month.", status=409
)

CHUNK = 50_000
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)


@dataclass
class Charged:
    """Purses newly charged, fen given, and cards for which the fund had not enough."""

    purses: int = 0
    fen: int = 0
    waiting: int = 0


def charge(
    *,
    county: str,
    fund_id: UUID,
    month: Month,
    on: date,
    clock: Callable[[], datetime],
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Charged:
    """Give every card its month's amount of a fund: what its standards come to, once. 充入

    To cards that are not closed, of living people in the fund's place and classes, in the order in which cards were
    opened while the fund holds; the rest wait and are charged by a later run when money comes. Purses that are missing
    are opened. A second run adds nothing, a killed one is completed. Refuses with ``card.not_that_month``,
    ``card.nothing_to_charge``, ``card.unknown_fund`` or as resolving the pack does.
    """
    if on not in month:
        raise MONTH_NOT_NOW("month", month=month)
    fund = Fund.objects.select_related("books").get(county=county, id=fund_id)
    rules = monthly_amounts(place=county, on=on)
    funds = list(Fund.objects.filter(county=county, closed_on=None).order_by("id"))
    rates = amounts(fund, standards=rules.amounts, funds=funds)
    if not rates:
        raise NOTHING_CHARGED("fund")
    job = _Charge(fund, month, on, rates, rules.pack, rules.version, span_of(fund, on), chunk)
    with running(county=county, job=f"charge:{fund.code}", period=str(month), clock=clock, watch=watch) as progress:
        job.everything(progress, clock)
    return job.done


@dataclass
class _Charge:
    fund: Fund
    month: Month
    on: date
    rates: Mapping[str, int]
    pack: str
    version: str
    span: Span
    chunk: int
    done: Charged = field(default_factory=Charged)

    def everything(self, progress: Progress, clock: Callable[[], datetime]) -> None:
        progress.expect(int(self._scalar(f"SELECT COUNT(*) FROM ({self._due()}) d", self._of(_FIRST, _LAST))))
        after = _FIRST
        while piece := self._bound(after):
            upto, cards = piece
            with transaction.atomic():
                purses, fen, waiting = self._charge(after, upto, clock())
                progress.advance(cards, charged=purses, charged_fen=fen, waiting=waiting)
            self.done.purses += purses
            self.done.fen += fen
            self.done.waiting += waiting
            after = upto
        progress.result["waits"] = self.done.waiting

    # --- the statements ---

    def _due(self) -> str:
        """Each card of a slice with what its standards come to; parameters as in ``_of``."""
        cases = " ".join(f"WHEN '{standard}' THEN {fen}" for standard, fen in sorted(self.rates.items()))
        names = ", ".join(f"'{standard}'" for standard in sorted(self.rates))
        classes = f" AND c.card_class IN ({', '.join(map(str, self.fund.classes))})" if self.fund.classes else ""
        return (
            f"SELECT c.county AS county, c.id AS card, SUM(CASE s.standard {cases} ELSE 0 END) AS amount "
            "FROM card_card c JOIN card_standing s ON s.county = c.county AND s.card_id = c.id "
            "JOIN person_person p ON p.county = c.county AND p.id = c.person_id "
            "WHERE c.county = %s AND c.id > %s AND c.id <= %s AND c.state <> 'closed' "
            f"AND s.standard IN ({names}) AND s.first_month <= %s AND (s.last_month = '' OR s.last_month >= %s) "
            f"AND (p.died_on IS NULL OR p.died_on >= %s) AND substr(p.place, 1, %s) = %s{classes} "
            "GROUP BY c.county, c.id"
        )

    def _of(self, after: UUID, upto: UUID) -> list[Any]:
        month, place = str(self.month), prefix(self.fund.place)
        of = [self.fund.county, plain_id(after), plain_id(upto)]
        return [*of, month, month, self.on, len(place), place]

    def _fits(self) -> str:
        """The cards of a slice that have no charge of the month and whose amounts still fit, in the order of cards."""
        vendor = connection.vendor
        purse = slotted_id_sql(vendor, "d.card", self.fund.slot, Tag.PURSE, self.span.month)
        charged = slotted_id_sql(vendor, "d.card", self.fund.slot, Tag.ISSUE, self.month)
        return (
            f"SELECT f.* FROM (SELECT d.county, d.card, d.amount, {purse} AS purse, {charged} AS charge, "
            f"SUM(d.amount) OVER (ORDER BY d.card) AS needed FROM ({self._due()}) d "
            f"WHERE NOT EXISTS (SELECT 1 FROM card_charge h WHERE h.county = d.county AND h.id = {charged}) "
            f"AND NOT EXISTS (SELECT 1 FROM card_purse q WHERE q.county = d.county AND q.id = {purse} "
            "AND q.state <> 'active')) f WHERE f.needed <= %s"
        )

    def _bound(self, after: UUID) -> tuple[UUID, int] | None:
        """The last card of the next slice, and how many cards it holds."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT card, place FROM (SELECT d.card, ROW_NUMBER() OVER (ORDER BY d.card) AS place "
                f"FROM ({self._due()}) d ORDER BY d.card LIMIT %s) s ORDER BY place DESC LIMIT 1",
                [*self._of(after, _LAST), self.chunk],
            )
            row = cursor.fetchone()
        return (UUID(str(row[0])), int(row[1])) if row else None

    def _charge(self, after: UUID, upto: UUID, at: datetime) -> tuple[int, int, int]:
        county, batch = self.fund.county, new_id()
        lock(county=county, fund_id=self.fund.id)
        source = account_of(self.fund)
        of = [*self._of(after, upto), source.balance or 0]
        with connection.cursor() as cursor:
            self._open_purses(cursor, of)
            cursor.execute(
                "INSERT INTO card_charge (county, id, purse_id, fund_id, month, amount_fen, batch, pack, version, at) "
                f"SELECT x.county, x.charge, x.purse, {self._id}, %s, x.amount, {self._id}, %s, %s, %s "
                f"FROM ({self._fits()}) x WHERE 1 = 1 ORDER BY x.card",
                [
                    plain_id(self.fund.id),
                    str(self.month),
                    plain_id(batch),
                    self.pack,
                    self.version,
                    plain_instant(at),
                    *of,
                ],
            )
            made = int(cursor.rowcount)
        fen = self._fill(batch, made, at) if made else 0
        waiting = int(
            self._scalar(
                f"SELECT COUNT(*) FROM ({self._fits().replace('WHERE f.needed <= %s', '')}) x",
                self._of(after, upto),
            )
        )
        if made or waiting:
            note(
                county=county,
                at=at,
                actor="run:charge",
                act="card.charge",
                subject="month",
                subject_id=f"{self.fund.code}:{self.month}",
                purses=made,
                fen=fen,
                waiting=waiting,
                pack=self.pack,
                version=self.version,
            )
        return made, fen, waiting

    def _open_purses(self, cursor: Any, of: list[Any]) -> None:
        """An account and a purse for each card that is to be charged and has none of the period."""
        cursor.execute(
            "INSERT INTO ledger_account (county, id, fund_id, kind, balance, floor) "
            f"SELECT x.county, x.purse, {self._id}, 'card_purse', 0, 0 FROM ({self._fits()}) x WHERE NOT EXISTS "
            "(SELECT 1 FROM ledger_account a WHERE a.county = x.county AND a.id = x.purse) ORDER BY x.card",
            [plain_id(self.fund.books_id), *of],
        )
        cursor.execute(
            "INSERT INTO card_purse (county, id, card_id, fund_id, period, account_id, state, valid_from, valid_to, "
            f"book_until) SELECT x.county, x.purse, x.card, {self._id}, %s, x.purse, 'active', %s, %s, %s "
            f"FROM ({self._fits()}) x WHERE NOT EXISTS "
            "(SELECT 1 FROM card_purse a WHERE a.county = x.county AND a.id = x.purse) ORDER BY x.card",
            [
                plain_id(self.fund.id),
                self.span.written,
                self.span.first,
                self.span.last,
                self.span.book_until,
                *of,
            ],
        )

    def _fill(self, batch: UUID, made: int, at: datetime) -> int:
        booked, fen = fill(
            county=self.fund.county,
            source=account_of(self.fund),
            accounts="SELECT h.purse_id AS account, h.id AS about, h.amount_fen AS amount FROM card_charge h "
            "WHERE h.county = %s AND h.batch = %s",
            parameters=[self.fund.county, plain_id(batch)],
            kind="charge",
            tag=Tag.ISSUE,
            tag_month=self.month,
            at=at,
            on=self.on,
        )
        if booked != made:
            raise RuntimeError(f"{made} purses were to be charged but {booked} were")
        return fen

    @property
    def _id(self) -> str:
        """An id among the selected columns: PostgreSQL must be told what it is."""
        return "%s::uuid" if connection.vendor == "postgresql" else "%s"

    def _scalar(self, sql: str, parameters: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()[0]
