"""A yuan back to its evidence 追溯: pay-out, statement, bill line, verdict, service, voucher, budget, right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Budget, Grant
from songhe.ledger.models import Account, Transfer
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.settlement.models import Payment, Statement, StatementLine
from songhe.trail.models import Entry, Seal

#: In which order money flows where a run booked several transfers in one instant.
FLOW = {
    kind: place for place, kind in enumerate(("budget", "issue", "regroup", "hold", "release", "capture", "redeem"))
}


@dataclass(frozen=True)
class Moved:
    """A transfer with the accounts between which it moved, by what they are."""

    transfer: Transfer
    debit: Account
    credit: Account


@dataclass(frozen=True)
class Noted:
    """An entry of the trail and the number of its seal, once it is chained."""

    entry: Entry
    seal: int | None


@dataclass(frozen=True)
class Traced:
    """Everything behind one bill line. What is not there yet, or not needed for it, is ``None``."""

    line: Line
    bill: Bill
    reversal: Reversal | None
    verdict: Verdict | None
    statement_lines: tuple[StatementLine, ...]
    payments: tuple[Payment, ...]
    grant: Grant | None
    budgets: tuple[Budget, ...]
    entitlement: Entitlement | None
    application: Application | None
    determination: Determination | None
    assessment: Assessment | None
    moves: tuple[Moved, ...]
    trail: tuple[Noted, ...]

    @property
    def issued_fen(self) -> int:
        """What the books say was issued on the voucher, changes of its group included."""
        return sum(
            move.transfer.amount if move.credit.kind == "purse" else -move.transfer.amount
            for move in self.moves
            if move.transfer.kind in ("issue", "regroup") and self.grant and move.transfer.about == self.grant.id
        )


def line_of(*, county: str, bill_no: str, number: int) -> Line | None:
    return (
        Line.objects.filter(county=county, bill__no=bill_no, number=number)
        .select_related("bill__provider", "bill__person", "item", "visit__worker", "stay__provider", "assessment__body")
        .first()
    )


def trace(line: Line) -> Traced:
    """Everything behind the line, in about fifteen queries whatever the size of the county."""
    county, bill = line.county, line.bill
    charged = tuple(
        StatementLine.objects.filter(county=county, line=line)
        .select_related("statement__provider")
        .order_by("statement__month", "number")
    )
    statements = {each.statement_id for each in charged}
    payments = tuple(
        Payment.objects.filter(county=county, statement_id__in=statements)
        .select_related("batch", "account", "statement")
        .order_by("batch__made_at", "id")
    )
    grant = (
        Grant.objects.filter(county=county, id=line.grant_id).select_related("entitlement", "purse").first()
        if line.grant_id
        else None
    )
    entitlement = grant.entitlement if grant else None
    application = (
        Application.rows.filter(county=county, id=entitlement.application_id)
        .select_related("assessment__body", "determination")
        .first()
        if entitlement is not None and entitlement.application_id
        else None
    )
    determination = (application.determination if application else None) or _determined(bill, grant)
    assessment = (application.assessment if application else None) or line.assessment
    budgets = (
        tuple(Budget.objects.filter(county=county, programme=grant.programme, month=grant.month).order_by("at", "id"))
        if grant
        else ()
    )
    reversal = Reversal.objects.filter(county=county, line=line).first()
    about = [line.id, *(each.id for each in payments), *(each.id for each in budgets), *([grant.id] if grant else [])]
    found = Traced(
        line=line,
        bill=bill,
        reversal=reversal,
        verdict=Verdict.objects.filter(county=county, line=line).first(),
        statement_lines=charged,
        payments=payments,
        grant=grant,
        budgets=budgets,
        entitlement=entitlement,
        application=application,
        determination=determination,
        assessment=assessment,
        moves=tuple(moves(county, about)),
        trail=(),
    )
    return Traced(**{**found.__dict__, "trail": tuple(noted(county, subjects(found)))})


def _determined(bill: Bill, grant: Grant | None) -> Determination | None:
    """What was found last before the voucher was issued."""
    if grant is None:
        return None
    rows = Determination.objects.filter(
        county=bill.county, person_id=bill.person_id, policy=grant.programme, at__lte=grant.issued_at
    )
    return rows.order_by("-at", "-id").first()


def moves(county: str, about: Iterable[UUID]) -> list[Moved]:
    """The transfers about these rows, the earliest first, with their accounts; two queries."""
    found = Transfer.objects.filter(county=county, about__in=list(about))
    rows = sorted(found, key=lambda row: (row.at, FLOW.get(row.kind, len(FLOW)), row.id))
    ids = {each for row in rows for each in (row.debit_id, row.credit_id)}
    accounts = {row.id: row for row in Account.objects.filter(county=county, id__in=ids).select_related("fund")}
    return [Moved(row, accounts[row.debit_id], accounts[row.credit_id]) for row in rows]


def subjects(found: Traced) -> list[tuple[str, str]]:
    """The rows as the trail names them, and the runs of the month that made some of them."""
    named: list[tuple[str, Any]] = [("bill", found.bill.id)]
    if found.line.visit_id:
        named.append(("visit", found.line.visit_id))
    if found.line.stay_id:
        named.append(("stay", found.line.stay_id))
    if found.assessment is not None:
        named.append(("assessment.Assessment", found.assessment.id))
    if found.grant is not None:
        named.append(("grant", found.grant.id))
        named.append(("month", f"{found.grant.programme}:{found.grant.month}"))
    named += [("budget", each.id) for each in found.budgets]
    if found.entitlement is not None:
        named.append(("entitlement.Entitlement", found.entitlement.id))
    if found.application is not None:
        named.append(("entitlement.Application", found.application.id))
    if found.determination is not None:
        named.append(("eligibility.Determination", found.determination.id))
    named += [("statement", each.statement_id) for each in found.statement_lines]
    named += [("batch", each.batch_id) for each in found.payments]
    return [(kind, str(row_id)) for kind, row_id in dict.fromkeys(named)]


def noted(county: str, named: Iterable[tuple[str, str]], most: int = 200) -> list[Noted]:
    """What the trail says of these rows, the earliest first, with the number of each entry's seal; two queries."""
    pairs = list(named)
    wanted = Q()
    for kind in {kind for kind, _row in pairs}:
        wanted |= Q(subject=kind, subject_id__in=[row for other, row in pairs if other == kind])
    rows = Entry.objects.filter(
        wanted,
        county=county,
        subject__in=sorted({kind for kind, _row in pairs}),
        subject_id__in=sorted({row for _kind, row in pairs}),
    )
    entries = sorted((row for row in rows if not is_read(row.act)), key=lambda row: (row.at, row.id))[:most]
    seals = dict(
        Seal.objects.filter(county=county, entry_id__in=[row.id for row in entries]).values_list("entry_id", "number")
    )
    return [Noted(row, seals.get(row.id)) for row in entries]


#: Acts that only look. The list of reads shows them; a trace leaves them out.
READS = (
    "person.read",
    "person.search",
    "person.reveal",
    "application.read",
    "statement.read",
    "statement.print",
    "letter.read",
    "letter.print",
    "assessment.read",
    "grant.read",
    "redemption.read",
    "import.read",
    "report.people",
    "publication.read",
    "publication.print",
    "staff.export",
    "staff.export_whole",
    "export.list",
    "audit.read",
    "audit.trace",
    "audit.sample",
    "audit.verify",
    "audit.findings",
    "door.out_of_reach",
)


def is_read(act: str) -> bool:
    return act in READS


def find(county_of_number: str, no: str) -> list[tuple[str, Any]]:
    """What a number stands for: bills, vouchers, statements and pay-outs of the county in its first six digits."""
    found: list[tuple[str, Any]] = []
    kinds: tuple[tuple[str, Any], ...] = (
        ("bill", Bill.objects),
        ("voucher", Grant.objects),
        ("statement", Statement.objects),
        ("application", Application.rows),
        ("right", Entitlement.objects),
    )
    for kind, manager in kinds:
        row = manager.filter(county=county_of_number, no=no).first()
        if row is not None:
            found.append((kind, row))
    batch = Payment.objects.filter(county=county_of_number, batch__no=no).select_related("batch").first()
    if batch is not None:
        found.append(("batch", batch.batch))
    return found


def lines_behind(kind: str, row: Any, most: int = 200) -> list[Line]:
    """The bill lines behind a bill, a voucher, a right, an application, a statement or a pay-out, in their order."""
    rows = Line.objects.filter(county=row.county).select_related("bill__provider", "bill__person", "item")
    if kind == "bill":
        rows = rows.filter(bill=row)
    elif kind == "voucher":
        rows = rows.filter(grant_id=row.id)
    elif kind in ("right", "application"):
        rights = (
            [row.id]
            if kind == "right"
            else list(Entitlement.objects.filter(county=row.county, application=row).values_list("id", flat=True))
        )
        held = Grant.objects.filter(county=row.county, entitlement_id__in=rights)
        rows = rows.filter(grant_id__in=held.values("id"))
    elif kind == "statement":
        rows = rows.filter(id__in=StatementLine.objects.filter(county=row.county, statement=row).values("line_id"))
    else:
        paid = Payment.objects.filter(county=row.county, batch=row).values("statement_id")
        charged = StatementLine.objects.filter(county=row.county, statement_id__in=paid)
        rows = rows.filter(id__in=charged.values("line_id"))
    return list(rows.order_by("bill__month", "bill__no", "number")[:most])
