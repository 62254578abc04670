"""After the services: bills undone or amended, LTCI's answers, doubts about verdicts, and the providers paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.month.sample.behaviour import Bill as Told
from songhe.month.sample.behaviour import ElderMonth, script
from songhe.month.sample.cast import APPROVER, CASHIER, CLERK, FINANCE, manager_of
from songhe.month.sample.files import files_of
from songhe.month.sample.load import loaded_plan
from songhe.month.sample.mark import once
from songhe.month.sample.plan import Plan
from songhe.month.sample.providers import known
from songhe.month.sample.shape import COUNTY
from songhe.month.steps import Stage
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.verdict import PASS, judge
from songhe.service.models import Visit
from songhe.service.visit import ask_override, decide_override
from songhe.settlement import approve, confirm, payout
from songhe.settlement.bank_file import read_orders
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.reconcile import reconcile
from songhe.settlement.states import BATCH

CHUNK = 50
WRONG = "录入有误，按老人核对的结果冲正。"
BUDGET_LINE = "样例-2081006"

#: The body that does not agree with its statement at first.
DISPUTES = "home-3"


def undo(plan: Plan, stage: Stage) -> None:
    """In the voucher's own month: some bills are reversed whole, of some one line is made smaller."""
    mine = (each for each in script(plan, stage.month) if any(b.undo in ("same_month", "amend") for b in each.bills))
    once(stage, "undo-now", mine, lambda chunk: _undo(stage, chunk), size=CHUNK)


def _undo(stage: Stage, chunk: Sequence[ElderMonth]) -> None:
    for row, told in booked(stage.month, chunk):
        if told.undo == "same_month":
            _reverse(stage, row, told)
        elif told.undo == "amend" and row.state == Bill.State.BOOKED:
            line = Line.objects.get(county=COUNTY, bill=row, number=1)
            amend(
                county=COUNTY,
                bill_no=row.no,
                number=1,
                fee_fen=max(1, line.fee_fen * 3 // 4),
                because="实际服务时间较短，按实收金额更正。",
                at=stage.clock(),
                on=stage.on,
                by=manager_of(told.provider),
            )


def undone_later(mine: ElderMonth) -> bool:
    return any(bill.undo == "next_month" for bill in mine.bills)


def undo_later(stage: Stage, chunk: Sequence[ElderMonth]) -> None:
    """Bills of the month before, found to be wrong when their voucher had lapsed."""
    for row, told in booked(stage.month.previous, chunk):
        if told.undo == "next_month":
            _reverse(stage, row, told)


def _reverse(stage: Stage, row: Bill, told: Told) -> None:
    if row.state == Bill.State.BOOKED:
        reverse(
            county=COUNTY,
            bill_no=row.no,
            because=WRONG,
            at=stage.clock(),
            on=stage.on,
            by=manager_of(told.provider),
        )


def booked(month: Month, chunk: Sequence[ElderMonth]) -> list[tuple[Bill, Told]]:
    """The bills of the chunk as they were first booked, each with what the script says of it, in the script's order."""
    people = files_of([mine.elder for mine in chunk])
    codes = {body.code: body.credit_code for body in loaded_plan().bodies()}
    rows = Bill.objects.filter(
        county=COUNTY, person__in=[person.id for person in people.values()], month=str(month), replaces=None
    ).select_related("provider")
    found = {(row.person_id, row.provider.credit_code): row for row in rows.order_by("id")}
    return [
        (row, told)
        for mine in chunk
        for told in mine.bills
        if (row := found.get((people[mine.elder.number].id, codes[told.provider]))) is not None
    ]


def tell_ltci(plan: Plan, stage: Stage, *, late: bool) -> None:
    """LTCI's answers to provisional bills: of every other elder before the month ends, of the rest some days later."""
    mine = (
        each
        for each in script(plan, stage.month)
        if each.elder.number % 2 == late and any(bill.provisional for bill in each.bills)
    )
    once(stage, "ltci-late" if late else "ltci", mine, lambda chunk: _tell(stage, chunk), size=CHUNK)


def _tell(stage: Stage, chunk: Sequence[ElderMonth]) -> None:
    for row, told in booked(stage.month, chunk):
        if row.state == Bill.State.PROVISIONAL:
            true_up(county=COUNTY, bill_no=row.no, ltci_fen=told.ltci_fen, at=stage.clock(), on=stage.on, by=FINANCE)


def doubt(stage: Stage) -> None:
    """A provider asks that visits found too far away be looked at again; every second one is let pass by the county."""
    far = [
        visit
        for visit in Visit.objects.filter(
            county=COUNTY, verdict=Visit.Verdict.FAIL, service_on__range=(stage.month.first, stage.month.last)
        ).order_by("client_id")
        if visit.verdict_reasons == ["too_far"]
    ]
    once(stage, "doubt", list(enumerate(far)), lambda chunk: _doubt(stage, chunk), size=CHUNK)


def _doubt(stage: Stage, chunk: Sequence[tuple[int, Visit]]) -> None:
    codes = {row.pk: code for code, row in known(loaded_plan()).items()}
    for place, visit in chunk:
        at, because = stage.clock(), "老人当天在女儿家，服务在那里进行。"
        asked = ask_override(
            county=COUNTY,
            visit_id=visit.id,
            verdict=Visit.Verdict.PASS,
            because=because,
            at=at,
            by=manager_of(codes[visit.provider_id]),
        )
        granted = place % 2 == 0
        decide_override(county=COUNTY, override_id=asked.id, granted=granted, at=at, by=CLERK)
        failed = Verdict.objects.filter(county=COUNTY, line__visit=visit, settled=False).exclude(outcome=PASS)
        for verdict in failed.order_by("id") if granted else ():
            judge(county=COUNTY, line_id=verdict.line_id, outcome=PASS, because=because, at=at, by=CLERK)


def settle(plan: Plan, stage: Stage) -> None:
    """Statements confirmed by the providers, approved, paid in one batch; what the bank returns is paid again."""
    with transaction.atomic():
        _confirm(plan, stage)
        waiting = Statement.objects.filter(county=COUNTY, month=str(stage.month), state=Statement.State.CONFIRMED)
        for statement in waiting.order_by("programme", "provider__credit_code"):
            approve.approve(county=COUNTY, statement_id=statement.id, at=stage.clock(), by=APPROVER)
    programmes = Statement.objects.filter(county=COUNTY, month=str(stage.month)).order_by("programme")
    for programme in programmes.values_list("programme", flat=True).distinct():
        # One payment of the sample's first month comes back from the bank; a second batch pays it.
        _pay(stage, programme)
        _pay(stage, programme)


def _confirm(plan: Plan, stage: Stage) -> None:
    codes = {row.pk: code for code, row in known(plan).items()}
    statements = Statement.objects.filter(county=COUNTY, month=str(stage.month), state=Statement.State.GATHERED)
    for statement in statements.order_by("programme", "provider__credit_code"):
        code, at = codes[statement.provider_id], stage.clock()
        told: dict[str, Any] = {"county": COUNTY, "statement_id": statement.id}
        if code == DISPUTES:
            confirm.dispute(**told, because="少了一次助浴，请核对。", at=at, by=manager_of(code))
            confirm.resolve(**told, because="该次服务没有定位，按规定不付。", at=at, by=CLERK)
        confirm.confirm(
            **told,
            invoice_no=f"样例{stage.month.compact}-{statement.programme[:3]}-{code}",
            budget_line=BUDGET_LINE,
            fund_year=stage.month.year,
            at=at,
            by=manager_of(code),
        )


def _pay(stage: Stage, programme: str) -> None:
    """One makes the batch, another releases it, the bank answers. Nothing to pay is no fault."""
    of_month = {"county": COUNTY, "programme": programme, "month": str(stage.month)}
    batch = Batch.objects.filter(**of_month).exclude(state=Batch.State.MATCHED).order_by("no").first()
    if batch is None:
        try:
            batch = payout.make(
                county=COUNTY, programme=programme, month=stage.month, at=stage.clock(), by=FINANCE
            ).batch
        except Refusal as refusal:
            if refusal.reason is not payout.NOTHING_TO_PAY:
                raise
            return
    if BATCH.allows(batch.state, "release"):
        batch = payout.release(county=COUNTY, batch_id=batch.id, at=stage.clock(), on=stage.on, by=CASHIER)
    again = Payment.objects.filter(county=COUNTY, batch__programme=programme, state=Payment.State.RETURNED).exists()
    rows = [
        BankRow(
            reference=order.reference,
            amount_fen=order.amount_fen,
            outcome=Outcome.PAID if place or again else Outcome.RETURNED,
            booked_on=stage.on,
            because="" if place or again else "户名不符",
            bank_no=f"样例{order.reference}",
        )
        for place, order in enumerate(read_orders(payout.file_of(batch).content))
    ]
    reconcile(county=COUNTY, rows=rows, at=stage.clock(), on=stage.on, by=CASHIER)
