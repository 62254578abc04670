"""Issue the month's vouchers: first within five working days of approval, then on the 1st of each month."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from songhe.county.key import Tag, derived_id_sql, plain_id, plain_instant
from songhe.document.number import sql_number, take
from songhe.entitlement.models import Entitlement
from songhe.grant.fund import NO_BUDGET, accounts
from songhe.grant.models import Budget
from songhe.jobs.models import Run
from songhe.jobs.run import Progress, running
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Account
from songhe.ledger.post import fill_new
from songhe.policy.evaluate import written_ratio
from songhe.policy.terms import Terms, terms
from songhe.trail.note import note

NOT_BEGUN = reason("grant.month_not_begun", zh="{month}还没有开始，不能发券。", en="{month} has not begun.", status=409)
MONTH_OVER = reason("grant.month_over", zh="{month}已经过去，不再发券。", en="{month} is over.", status=409)
NO_GROUP = reason(
    "grant.no_group_open",
    zh="{county}没有一组规定了抵扣比例，不能发券。",
    en="No group has a ratio in {county}; nothing can be issued.",
)

CHUNK = 50_000
#: The first slice of a run on tables that PostgreSQL has never counted; see ``_Issue.count_tables``.
FIRST_CHUNK = 100

#: Why an entitlement got no voucher.
WAITS_FOR_BUDGET = "waiting_budget"
CLAIMED_ELSEWHERE = "claimed_elsewhere"
NOT_ENTITLED = "not_entitled"


@dataclass
class Issued:
    """What a run of issuing did: vouchers and fen newly issued, and how many entitlements wait."""

    grants: int = 0
    fen: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class _Chunk:
    """The SQL parameters of one slice of entitlements, in order of approval date and number."""

    county: str
    programme: str
    month: Month
    on: date
    after: tuple[Any, str]
    upto: tuple[Any, str]

    @property
    def parameters(self) -> list[Any]:
        return [self.county, self.programme, str(self.month), str(self.month), *self.after, *self.upto]


#: Before the first entitlement, and after the last.
_ALL = ((date(1900, 1, 1), ""), (date(9999, 1, 1), ""))

#: The entitlements of one slice that are in force in the month.
SLICE = """
    FROM entitlement_entitlement e
    WHERE e.county = %s AND e.policy = %s AND e.state = 'active'
      AND e.first_month <= %s AND (e.last_month = '' OR e.last_month >= %s)
      AND (e.approved_on, e.no) > (%s, %s) AND (e.approved_on, e.no) <= (%s, %s)"""

#: Looked up row by row: PostgreSQL may not make a join of it, for it takes a slice for several times its size and a
#: table that is being filled for empty, and would read whole tables for each slice, or for each row of one.
BY_KEY = "LIMIT 1 OFFSET 0"

#: … whose person is alive and determined to be entitled.
ENTITLED = f"""
      AND EXISTS (SELECT 1 FROM eligibility_determination d WHERE d.county = e.county AND d.person_id = e.person_id
                  AND d.policy = e.policy AND d.current AND d.outcome = 'entitled' {BY_KEY})
      AND EXISTS (SELECT 1 FROM person_person p WHERE p.county = e.county AND p.id = e.person_id
                  AND (p.died_on IS NULL OR p.died_on >= %s) {BY_KEY})"""

#: … whose identity holds a claim of the month, in whatever county.
CLAIMED = (
    "EXISTS (SELECT 1 FROM grant_claim c WHERE c.identity = e.identity AND c.programme = e.policy AND c.month = %s "
    f"{BY_KEY})"
)

#: … who has no voucher of the month: found by the person alone, whatever PostgreSQL believes to know of the month.
NO_VOUCHER = (
    'NOT EXISTS (SELECT 1 FROM "grant_grant" g WHERE g.county = e.county AND g.person_id = e.person_id '
    f"AND g.programme || g.month = e.policy || %s {BY_KEY})"
)


def issue(
    *,
    county: str,
    programme: str,
    month: Month,
    on: date,
    clock: Callable[[], datetime],
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Issued:
    """Issue the vouchers of a month to every entitlement in force that has none yet. 发券

    One voucher per person, programme and natural month in the whole country (001, answers 10 and 12; the national
    claim decides); in order of approval date and entitlement number while the month's budget holds, the rest wait
    and are issued by a later run when money comes. The voucher carries the ratio and cap in force on the day of its
    issue. Bounded statements a chunk, idempotent by key: a second run adds nothing, a killed one is completed.

    Refuses with ``grant.month_not_begun``, ``grant.month_over``, ``grant.budget_not_set``,
    ``grant.no_group_open`` or ``policy.not_in_force``.
    """
    if on < month.first:
        raise NOT_BEGUN("month", month=month)
    if on > month.last:
        raise MONTH_OVER("month", month=month)
    rules = terms(policy=programme, place=county, on=on)
    carried = voucher_terms(rules)
    if not carried:
        raise NO_GROUP("county", county=county)
    stands = accounts(county=county, programme=programme, month=month)
    if not Budget.objects.filter(county=county, programme=programme, month=str(month)).exists():
        raise NO_BUDGET("month", county=county, month=month)
    job = _Issue(county, programme, month, on, rules, carried, stands.budget, chunk)
    with running(county=county, job=f"issue:{programme}", period=str(month), clock=clock, watch=watch) as progress:
        job.everything(progress, clock)
    return job.done


def issue_slice(*, right: Entitlement, month: Month, on: date, at: datetime, rules: Terms, budget: Account) -> Issued:
    """Issue to one right in the caller's transaction, with the statements of the whole run.

    Its slice begins at the ten of its number, for a slice has no first row, only one that it comes after.
    """
    county, programme = right.county, right.policy
    job = _Issue(county, programme, month, on, rules, voucher_terms(rules), budget, 1)
    piece = _Chunk(county, programme, month, on, (right.approved_on, right.no[:-1]), (right.approved_on, right.no))
    grants, fen, waiting = job.issue_to(piece, job.count(piece), at)
    return Issued(grants, fen, waiting)


def voucher_terms(rules: Terms) -> dict[str, list[Any]]:
    """What a voucher carries: ``{group: [ratio, cap_fen]}`` of every group whose ratio the place has set."""
    return {each.category: [written_ratio(each.ratio), each.cap_fen] for each in rules.open_categories}


@dataclass
class _Issue:
    county: str
    programme: str
    month: Month
    on: date
    rules: Terms
    carried: Mapping[str, list[Any]]
    budget: Account
    chunk: int
    done: Issued = field(default_factory=Issued)
    exhausted: bool = False

    def everything(self, progress: Progress, clock: Callable[[], datetime]) -> None:
        expected = self.count(_Chunk(self.county, self.programme, self.month, self.on, *_ALL))
        progress.expect(expected)
        learns = connection.vendor == "postgresql" and expected > FIRST_CHUNK and self._rows_known() < expected
        after: tuple[Any, str] = _ALL[0]
        while upto := self._bound(after, min(self.chunk, FIRST_CHUNK) if learns else self.chunk):
            piece = _Chunk(self.county, self.programme, self.month, self.on, after, upto[:2])
            with transaction.atomic():
                grants, fen, waiting = self.issue_to(piece, upto[2], clock())
                progress.advance(upto[2], issued=grants, issued_fen=fen, waiting=waiting)
            self.done.grants += grants
            self.done.fen += fen
            self.done.waiting += waiting
            after = upto[:2]
            if learns:
                self.count_tables()
                learns = False
        progress.result["waits"] = self.done.waiting

    def count(self, piece: _Chunk) -> int:
        return int(self._scalar(f"SELECT COUNT(*) {SLICE}", piece.parameters))

    def count_tables(self) -> None:
        """Have PostgreSQL count the tables once a few rows are in them.

        A plan made for a table that was empty when it was last counted walks the whole fund for every purse, in the
        checks of the keys as well: in the first month a county would wait for hours.
        """
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE (SKIP_LOCKED) grant_claim, ledger_account, grant_grant, ledger_transfer")

    def _rows_known(self) -> int:
        """How many vouchers PostgreSQL knew of when it last counted."""
        return int(self._scalar("SELECT reltuples FROM pg_class WHERE oid = CAST('grant_grant' AS regclass)", []))

    def _bound(self, after: tuple[Any, str], chunk: int) -> tuple[Any, str, int] | None:
        """The last (approval date, number) of the next slice, and how many entitlements it holds."""
        piece = _Chunk(self.county, self.programme, self.month, self.on, after, _ALL[1])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT approved_on, no, place FROM (SELECT e.approved_on, e.no, "
                f"ROW_NUMBER() OVER (ORDER BY e.approved_on, e.no) AS place {SLICE} "
                "ORDER BY e.approved_on, e.no LIMIT %s) s ORDER BY place DESC LIMIT 1",
                [*piece.parameters, chunk],
            )
            row = cursor.fetchone()
        return (row[0], row[1], int(row[2])) if row else None

    def issue_to(self, piece: _Chunk, entitlements: int, at: datetime) -> tuple[int, int, int]:
        self._look_up_by_key()
        left = Account.objects.select_for_update().values_list("balance", flat=True)
        fits = left.get(county=self.county, id=self.budget.id)
        self._claim(piece, 0 if self.exhausted else fits or 0)
        count = self._make_purses(piece)
        fen = 0
        if count:
            first = take(county=self.county, kind="grant", month=self.month, count=count)
            self._make_grants(piece, first, at)
            made = (
                'SELECT purse_id AS account, id AS about, face_fen AS amount FROM "grant_grant" '
                "WHERE county = %s AND no >= %s AND no < %s"
            )
            between = [self.county, self._number_from(first), self._number_from(first + count)]
            booked, fen = fill_new(
                county=self.county,
                source=self.budget,
                purses=made,
                parameters=between,
                kind="issue",
                tag=Tag.ISSUE,
                tag_month=self.month,
                at=at,
                on=self.on,
            )
            if booked != count:
                raise RuntimeError(f"{count} vouchers were made but {booked} were filled")
        waiting = self._note_waiting(piece, at, everybody_has_one=count == entitlements)
        if count or waiting:
            note(
                county=self.county,
                at=at,
                actor="run:issue",
                act="grant.issue",
                subject="month",
                subject_id=f"{self.programme}:{self.month}",
                grants=count,
                fen=fen,
                waiting=waiting,
                pack=self.rules.pack,
                version=self.rules.version,
            )
        return count, fen, waiting

    def _look_up_by_key(self) -> None:
        """Until the transaction ends PostgreSQL uses indexes, also of tables that it takes for empty."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
                    "set_config('work_mem', '64MB', true)"
                )

    @property
    def _grant_id(self) -> str:
        return derived_id_sql(connection.vendor, "e.id", Tag.GRANT, self.month)

    @property
    def _purse_id(self) -> str:
        return derived_id_sql(connection.vendor, "e.id", Tag.PURSE, self.month)

    @property
    def _face(self) -> str:
        """The cap of the standing group; of the group with the highest cap while none is chosen."""
        most = max(cap for _, cap in self.carried.values())
        cases = " ".join(f"WHEN '{category}' THEN {cap}" for category, (_, cap) in sorted(self.carried.items()))
        return f"CASE e.category {cases} ELSE {most} END"

    def _claim(self, piece: _Chunk, fits: int) -> None:
        """Claim the month for each identity that has no claim and whose face still fits the budget, in order."""
        new = derived_id_sql(connection.vendor, "e.id", Tag.CLAIM, self.month)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO grant_claim (id, identity, programme, month, county, grant_id) "
                f"SELECT {new.replace('e.id', 's.id')}, s.identity, s.policy, %s, s.county, s.grant_id FROM ("
                f"SELECT e.id, e.county, e.identity, e.policy, {self._grant_id} AS grant_id, "
                f"SUM({self._face}) OVER (ORDER BY e.approved_on, e.no) AS needed {SLICE} {ENTITLED} "
                f"AND NOT {CLAIMED} AND {NO_VOUCHER}"
                ") s WHERE s.needed <= %s ORDER BY s.identity ON CONFLICT (identity, programme, month) DO NOTHING",
                [
                    str(self.month),
                    *piece.parameters,
                    self.on,
                    str(self.month),
                    str(self.month),
                    fits,
                ],
            )

    def _claimed(self, piece: _Chunk) -> list[Any]:
        return [*piece.parameters, str(self.month)]

    def _rows(self) -> str:
        """The entitlements of the slice that hold the claim and have no voucher yet."""
        mine = f"c.county = e.county AND c.grant_id = {self._grant_id}"
        return (
            f"{SLICE} AND {CLAIMED.replace(BY_KEY, f'AND {mine} {BY_KEY}')} "
            f'AND NOT EXISTS (SELECT 1 FROM "grant_grant" g WHERE g.county = e.county AND g.id = {self._grant_id} '
            f"{BY_KEY})"
        )

    def _make_purses(self, piece: _Chunk) -> int:
        """Open a purse for each voucher that is to be made; answers how many."""
        as_id = "::uuid" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_account (county, id, fund_id, kind, balance, floor) "
                f"SELECT e.county, {self._purse_id}, %s{as_id}, 'purse', {self._face}, 0 {self._rows()} ORDER BY e.id",
                [plain_id(self.budget.fund_id), *self._claimed(piece)],
            )
            return int(cursor.rowcount)

    def _make_grants(self, piece: _Chunk, first: int, at: datetime) -> None:
        vendor = connection.vendor
        place = f"({first} - 1 + ROW_NUMBER() OVER (ORDER BY e.approved_on, e.no))"
        number = sql_number("e.county", self.month, place, vendor).replace("%", "%%")
        groups = ", ".join(f"'{category}'" for category in sorted(self.carried))
        json_type = "::jsonb" if vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO "grant_grant" (county, id, no, person_id, identity, entitlement_id, programme, month, '
                "state, unit, face_fen, terms, pack, version, category, provider_id, purse_id, valid_from, valid_to, "
                "book_until, claimed, issued_at, ended_because) "
                f"SELECT e.county, {self._grant_id}, {number}, e.person_id, e.identity, e.id, e.policy, %s, 'active', "
                f"'fen', {self._face}, %s{json_type}, %s, %s, CASE WHEN e.category IN ({groups}) THEN e.category END, "
                f"e.provider_id, {self._purse_id}, %s, %s, %s, {self._claims}, %s, '' "
                + self._rows()
                + " ORDER BY e.id",
                [
                    str(self.month),
                    json.dumps(self.carried, sort_keys=True),
                    self.rules.pack,
                    self.rules.version,
                    self.month.first,
                    self.month.last,
                    self.month.last + timedelta(days=self.rules.late_days),
                    plain_instant(at),
                    *self._claimed(piece),
                ],
            )

    @property
    def _claims(self) -> str:
        """Where the place issues by itself every voucher is claimed; else as the elder's standing claim says."""
        if self.rules.issue_mode == "claim":
            return "e.claims"
        return "TRUE" if connection.vendor == "postgresql" else "1"

    def _number_from(self, sequence: int) -> str:
        """The least number with this sequence: numbers of a county and month rise with it."""
        return f"{self.county}{self.month.compact}{sequence:07d}"

    def _note_waiting(self, piece: _Chunk, at: datetime, *, everybody_has_one: bool) -> int:
        """Write down who of the slice has no voucher and why; strike out those who have one now."""
        new = derived_id_sql(connection.vendor, "e.id", Tag.CLAIM, self.month)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM grant_waiting WHERE county = %s AND month = %s AND entitlement_id IN (SELECT e.id "
                f"{SLICE})",
                [self.county, str(self.month), *piece.parameters],
            )
            if everybody_has_one:
                return 0
            cursor.execute(
                "INSERT INTO grant_waiting (county, id, entitlement_id, month, because, at) "
                f"SELECT e.county, {new}, e.id, %s, CASE "
                f"WHEN NOT (1 = 1 {ENTITLED}) THEN '{NOT_ENTITLED}' "
                f"WHEN {CLAIMED} THEN '{CLAIMED_ELSEWHERE}' ELSE '{WAITS_FOR_BUDGET}' END, %s "
                f"{SLICE} AND {NO_VOUCHER}",
                [
                    str(self.month),
                    self.on,
                    str(self.month),
                    plain_instant(at),
                    *piece.parameters,
                    str(self.month),
                ],
            )
            waiting = cursor.rowcount
        self.exhausted = self.exhausted or bool(
            waiting
            and self._scalar(
                "SELECT COUNT(*) FROM grant_waiting WHERE county = %s AND month = %s AND because = %s",
                [self.county, str(self.month), WAITS_FOR_BUDGET],
            )
        )
        return waiting

    def _scalar(self, sql: str, parameters: list[Any]) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()[0]
