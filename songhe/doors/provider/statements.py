"""Statements 结算单 and where the money is: agree with an invoice, object to a line, take the proof along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.document.file import MOST_BYTES, keep_file
from songhe.document.models import StoredFile
from songhe.document.pdf import PDF_UNAVAILABLE
from songhe.document.upload import PAPER, accept
from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, own_row, shown
from songhe.doors.provider.fields import ScanField, YuanField
from songhe.doors.shell.pieces import Crumb, Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff import history, naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.cursor import PAGE, address
from songhe.doors.staff.reach import account_of, noted_read
from songhe.doors.staff.statement_lines import lines_of
from songhe.doors.staff.statements import ConfirmForm, last_budget_line, sums_of
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms
from songhe.redemption.models import Verdict
from songhe.settlement.confirm import confirm
from songhe.settlement.lines_file import objections_of
from songhe.settlement.models import Payment, Statement, StatementLine
from songhe.settlement.objection import Objected, object_to
from songhe.settlement.package import package
from songhe.settlement.programme import names_of
from songhe.settlement.queries import statement_page
from songhe.settlement.states import STATEMENT

State = Statement.State
#: A statement of more lines is proved by its workbook alone; as a letter it would fill a ream of paper.
MOST_ON_PAPER = 1_000


def own(desk: Desk) -> QuerySet[Statement]:
    return Statement.objects.filter(county__in=desk.counties, provider=desk.provider).select_related("provider")


def find(request: DoorRequest, desk: Desk, no: str) -> Statement:
    row = Statement.objects.filter(county=no[:6], no=no).select_related("provider").first()
    found: Statement = own_row(request, desk, row, "statement")
    return found


@require_safe
@require("desk.statements")
def statements(request: DoorRequest) -> HttpResponse:
    """All statements, the newest month first; what is on the way, and what has come."""
    desk = open_desk(request, "desk.statements")
    rows = own(desk)
    sums = {
        row["state"]: row
        for row in rows.order_by("state").values("state").annotate(count=Count("id"), fen=Sum("net_fen"))
    }
    after = request.GET.get("after", "")
    listed = rows.order_by("-month", "-no")
    if after.isdigit() and len(after) in (21, 24):
        last = own(desk).filter(county=after[:6], no=after).first()
        listed = listed.filter(Q(month__lt=last.month) | Q(month=last.month, no__lt=last.no)) if last else listed
    found = list(listed[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    names = names_of(found)

    def fen(*states: str) -> int:
        return sum(sums[state]["fen"] for state in states if state in sums)

    said = {
        "rows": [
            (
                one,
                Month.parse(one.month),
                words.word(words.STATEMENT, one.state),
                who_has(one),
                words.programme_of(one, names),
            )
            for one in found
        ],
        "to_confirm": fen(State.GATHERED, State.DISPUTED),
        "with_county": fen(State.CONFIRMED, State.APPROVED),
        "paid": fen(State.PAID),
        "waiting": waiting(desk, Month.of(request.on).previous),
        "which": Month.of(request.on).previous,
        "first": address(request, after="") if after else "",
        "following": address(request, after=found[-1].no) if more else "",
    }
    return shown(request, desk, "provider/statements.html", said)


def waiting(desk: Desk, month: Month) -> dict[str, Any]:
    """Of last month, what no statement holds yet and what it waits for; of this provider alone."""
    rows = (
        Verdict.objects.filter(
            county__in=desk.counties,
            line__bill__provider_id=desk.provider.id,
            line__bill__month=str(month),
            line__bill__state__in=["booked", "provisional"],
            line__voucher_fen__gt=0,
        )
        .exclude(
            line_id__in=StatementLine.objects.filter(
                county__in=desk.counties, line__bill__provider_id=desk.provider.id, line__bill__month=str(month)
            ).values("line_id")
        )
        .order_by("outcome")
        .values("outcome")
        .annotate(count=Count("id"), fen=Sum("line__voucher_fen"))
    )
    return {row["outcome"]: row for row in rows}


def who_has(row: Statement) -> Any:
    """Who has it now."""
    if row.held_because:
        return _("已暂缓")
    return {
        State.GATHERED: _("等您确认"),
        State.DISPUTED: _("县区在核实异议"),
        State.CONFIRMED: _("县区在审批"),
        State.APPROVED: _("财务在办理付款"),
        State.CARRIED: _("结转下期"),
        State.PAID: _("已付款"),
    }[State(row.state)]


def money_steps(row: Statement, payments: list[Payment], names: Mapping[str, str]) -> list[Step]:
    """归集 → 确认 → 审批 → 付款 → 到账, each with its day and who did it; the current one with who has it."""
    language = "zh" if words.in_chinese() else "en"

    def done(at: Any, who: str = "") -> str:
        parts = (day_of_month(beijing_date(at), language) if at else "", names.get(who, ""))
        return " · ".join(part for part in parts if part)

    alive = next((one for one in payments if one.state != Payment.State.RETURNED), None)
    place = {State.GATHERED: 1, State.DISPUTED: 1, State.CONFIRMED: 2, State.CARRIED: 5}.get(State(row.state), 3)
    if alive is not None:
        place = 5 if alive.state == Payment.State.PAID else 4 if alive.state == Payment.State.SENT else 3
    batch = alive.batch if alive else None
    notes = [
        done(row.gathered_at, row.gathered_by),
        done(row.confirmed_at, row.confirmed_by),
        done(row.approved_at, row.approved_by),
        done(batch.released_at, batch.released_by) if batch and place > 3 else "",
        day_of_month(alive.booked_on, language) if alive and alive.booked_on else "",
    ]
    heads = (_("归集"), _("机构确认"), _("县区审批"), _("财务付款"), _("银行到账"))
    waits = ("", who_has(row), who_has(row), _("财务在办理付款"), _("银行在处理"))
    made = []
    for position, name in enumerate(heads):
        if position < place:
            made.append(Step(name, "done", notes[position]))
        elif position > place:
            made.append(Step(name, "ahead"))
        elif row.state == State.DISPUTED:
            made.append(Step(name, "stopped", who_has(row)))
        else:
            made.append(Step(name, "current", waits[position]))
    if row.state == State.CARRIED:
        return [*made[:3], Step(_("结转下期"), "done")]
    return made


class ObjectForm(ActForm):
    """One objection to one line, or to what is missing."""

    number = forms.IntegerField(
        label=gettext_lazy("哪一行"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("明细里的行号；结算单上没有的账单不填。"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("什么问题"), choices=[(code, word) for code, word in words.OBJECTIONS.items()]
    )
    claimed = YuanField(label=gettext_lazy("应当是多少（元）"), required=False, least_fen=0)
    bill_no = forms.CharField(label=gettext_lazy("账单号"), max_length=30, required=False)
    because = because(gettext_lazy("说明"), gettext_lazy("写清差在哪里，县区会逐条核实。"), longest=300)
    file = ScanField(label=gettext_lazy("附件"), help_text=gettext_lazy("照片或 PDF，最大 10 MB。"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        # A file cannot be told to the key; its name and size can.
        if given := told.get("file"):
            told["file_told"] = f"{given.name}:{given.size}"
        return told


@require_safe
@require("desk.statements")
def statement(request: DoorRequest, no: str) -> HttpResponse:
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    noted_read(request, county=row.county, act="statement.read", subject="statement", subject_id=row.id)
    return statement_of(request, desk, row)


def statement_of(
    request: DoorRequest,
    desk: Desk,
    row: Statement,
    *,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    after = request.GET.get("after", "")
    page = statement_page(
        county=row.county, no=row.no, after=int(after) if after.isascii() and after.isdigit() else 0, most=PAGE
    )
    assert page is not None
    names = naming.accounts(
        [row.gathered_by, row.confirmed_by, row.approved_by, *(one.batch.released_by for one in page.payments)]
    )
    may_confirm = STATEMENT.allows(row.state, "confirm")
    confirming = fresh(
        ConfirmForm,
        "confirm",
        version=row.version,
        fund_year=row.fund_year,
        budget_line=row.budget_line or last_budget_line(row),
    )
    objecting = fresh(ObjectForm, "object", version=row.version)
    said = {
        "crumbs": [Crumb(_("结算单"), reverse("provider:statements")), Crumb(row.no)],
        "row": row,
        "which": Month.parse(row.month),
        "programme": words.programme_of(row),
        "state": words.word(words.STATEMENT, row.state),
        "steps": money_steps(row, page.payments, names),
        "pay_by": pay_by(row),
        "sums": sums_of(row),
        "lines": lines_of(page),
        "first": address(request, after="") if after else "",
        "following": address(request, after=page.lines[-1].number) if page.more else "",
        "payments": [(one, words.word(words.PAYMENT, one.state)) for one in page.payments],
        "objections": [(one, words.OBJECTIONS.get(one.kind, one.kind)) for one in objections_of(row)],
        "events": history.events(history.entries(row.county, [("statement", row.id)])),
        "confirm": (wrong if isinstance(wrong, ConfirmForm) else confirming) if may_confirm else None,
        "object": (wrong if isinstance(wrong, ObjectForm) else objecting) if may_confirm else None,
        "object_open": isinstance(wrong, ObjectForm),
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/statement.html", said, status=status)


def pay_by(row: Statement) -> int | None:
    """Within how many days of approval the county says it pays; nothing where it says nothing."""
    try:
        return terms(policy=row.programme, place=row.county, on=Month.parse(row.month).last).pay_within_days
    except Refusal:
        return None


@require_POST
@require("desk.statements")
def act(request: DoorRequest, no: str, verb: str) -> HttpResponse:
    """Agree, or object to a line; a refusal shows the statement as it stands now, and says why."""
    if verb not in ("confirm", "object"):
        raise Http404
    check(request, "statement.submit" if verb == "confirm" else "statement.dispute")
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    if verb == "confirm":
        form = sent(ConfirmForm, "confirm", request)
    else:
        form = ObjectForm(request.POST, request.FILES, auto_id="id_object_%s")
    if not form.is_valid():
        return statement_of(request, desk, row, wrong=form, status=422)
    told = dict(form.cleaned_data)
    given = form.cleaned_data.pop("file", None)
    named = {
        "county": row.county,
        "statement_id": row.id,
        "version": told["version"],
        "at": request.at,
        "by": by(request),
    }

    def do() -> dict[str, Any]:
        if verb == "confirm":
            confirm(
                **named, invoice_no=told["invoice_no"], budget_line=told["budget_line"], fund_year=told["fund_year"]
            )
        else:
            objection = Objected(
                told["kind"],
                told["because"],
                told["number"],
                told["bill_no"],
                told["claimed"],
                kept_file(request, row.county, given, "objection"),
            )
            object_to(**named, objections=[objection])
        return {"no": row.no}

    try:
        act_once(request, county=row.county, name=f"provider.statement.{verb}:{row.no}", form=form, do=do)
    except Refusal as refusal:
        return statement_of(request, desk, find(request, desk, no), refusal=refusal, status=refusal.status)
    messages.success(request, _("已确认，转县区审批。") if verb == "confirm" else _("已提出异议，等县区处理。"))
    return HttpResponseRedirect(reverse("provider:statement", args=[row.no]))


def kept_file(request: DoorRequest, county: str, given: Any, purpose: str) -> StoredFile | None:
    """The scan that came with a form, if one did. Refuses as ``document.upload.accept`` does."""
    if not given:
        return None
    return keep_file(
        county=county,
        content=accept(given, PAPER, MOST_BYTES).content,
        purpose=purpose,
        uploaded_by=account_of(request),
        at=request.at,
    )


@require_safe
@require("desk.statements")
def proof(request: DoorRequest, no: str) -> HttpResponse:
    """Everything that proves the statement, in one file."""
    desk = open_desk(request, "desk.statements")
    row = find(request, desk, no)
    content = package(row, pdf=paper_of(request, row), at=request.at, by=by(request))
    answer = HttpResponse(content, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="proof-{row.no}.zip"'
    return answer


def paper_of(request: DoorRequest, row: Statement) -> bytes | None:
    """The statement as a letter; nothing where no PDF can be made, or where it would be endless."""
    from songhe.doors.staff import papers

    if row.lines > MOST_ON_PAPER:
        return None
    try:
        return bytes(papers.statement(request, row.no).content)  # type: ignore[attr-defined]
    except Refusal as refusal:
        if refusal.reason is not PDF_UNAVAILABLE:
            raise
        return None
