"""Provider statements 结算单: what a county owes a provider for a month, line by line, and who agreed to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from songhe.access.scope import Scope
from songhe.doors.may import ACTS, NOT_ALLOWED, check, may, require
from songhe.doors.shell.pieces import Crumb, ReceiptLine, Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff import bank, history, naming, words
from songhe.doors.staff.acting import ActForm, because, fresh
from songhe.doors.staff.cursor import address
from songhe.doors.staff.handed_in import as_handed_in
from songhe.doors.staff.objections import held_against
from songhe.doors.staff.payouts import batches, unpaid
from songhe.doors.staff.reach import noted_read, out_of_reach, reach
from songhe.doors.staff.statement_lines import lines_of
from songhe.doors.staff.verbs import (
    NOTHING_WRONG,
    ThingForm,
    Verb,
    Wrong,
    by_whom,
    carried_out,
    named,
    offered,
    whoever,
)
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.settlement import confirm
from songhe.settlement.approve import approve
from songhe.settlement.models import Objection, Statement
from songhe.settlement.programme import names_of
from songhe.settlement.queries import statement_page
from songhe.settlement.states import STATEMENT

State = Statement.State
#: Statements on a page of the list; a county has tens of providers, a province thousands.
MOST = 200
#: Lines on a page of a statement.
LINES = 50


class ConfirmForm(ThingForm):
    invoice_no = forms.CharField(label=gettext_lazy("发票号码"), max_length=40)
    budget_line = forms.CharField(label=gettext_lazy("预算科目"), max_length=40)
    fund_year = forms.IntegerField(label=gettext_lazy("资金年度"), min_value=2000, max_value=2999)

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.initial["fund_year"] = thing.fund_year
        self.initial["budget_line"] = thing.budget_line or last_budget_line(thing)


class DisputeForm(ActForm):
    because = because(gettext_lazy("有什么异议"), gettext_lazy("请写明哪一行、差多少。"))


class AnswerForm(ActForm):
    because = because(gettext_lazy("处理结果"), gettext_lazy("机构会看到。处理后重新归集，再由机构确认。"), longest=300)


class BackForm(ActForm):
    because = because(gettext_lazy("退回理由"), gettext_lazy("机构会看到。"), longest=300)


Told = Mapping[str, Any]


def which_one(row: Statement, told: Told, request: DoorRequest) -> dict[str, Any]:
    return {"county": row.county, "statement_id": row.id, "version": told["version"], **by_whom(request)}


def _confirm(row: Statement, told: Told, request: DoorRequest) -> None:
    paper = {name: told[name] for name in ("invoice_no", "budget_line", "fund_year")}
    confirm.confirm(**which_one(row, told, request), **paper)


VERBS: tuple[Verb, ...] = (
    Verb(
        "confirm",
        "statement.submit",
        gettext_lazy("确认结算单"),
        gettext_lazy("确认后明细不再变动，转县区审批。"),
        gettext_lazy("已确认，转县区审批。"),
        ConfirmForm,
        _confirm,
        tone="main",
    ),
    Verb(
        "dispute",
        "statement.dispute",
        gettext_lazy("提出异议"),
        gettext_lazy("县区核实后重新归集。"),
        gettext_lazy("已提出异议，等县区处理。"),
        DisputeForm,
        lambda row, told, request: confirm.dispute(**which_one(row, told, request), because=told["because"]),
    ),
    Verb(
        "resolve",
        "statement.dispute",
        gettext_lazy("处理异议"),
        gettext_lazy("写明结果，重新打开给机构确认。"),
        gettext_lazy("异议已处理，等机构重新确认。"),
        AnswerForm,
        lambda row, told, request: confirm.resolve(**which_one(row, told, request), because=told["because"]),
        tone="main",
    ),
    Verb(
        "approve",
        "statement.approve",
        gettext_lazy("批准付款"),
        gettext_lazy("系统会逐行重新核对合计。"),
        gettext_lazy("已批准，等待付款。"),
        ActForm,
        lambda row, told, request: approve(**which_one(row, told, request)),
        tone="main",
        begun_by=whoever("gathered_by", "confirmed_by"),
    ),
    Verb(
        "send_back",
        "statement.approve",
        gettext_lazy("退回"),
        gettext_lazy("退给机构重新确认。"),
        gettext_lazy("已退回机构。"),
        BackForm,
        lambda row, told, request: confirm.send_back(**which_one(row, told, request), because=told["because"]),
    ),
)
#: Only for who acts for the county, not for the provider.
OF_COUNTY = {"resolve", "approve", "send_back"}


def within(scope: Scope) -> QuerySet[Statement]:
    """The statements of the reach: those of its counties, and those of its providers."""
    reached = Q(provider_id__in=scope.provider_ids)
    for prefix in scope.divisions:
        reached |= Q(county=prefix) if len(prefix) == 6 else Q(county__startswith=prefix)
    return Statement.objects.filter(reached).select_related("provider")


def find(request: DoorRequest, scope: Scope, no: str) -> Statement:
    """The statement of a number inside the reach, or 404; asking for another's is noted there."""
    row = within(scope).filter(county=no[:6], no=no).first()
    if row is None:
        elsewhere = Statement.objects.filter(county=no[:6], no=no).only("county", "id").first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="statement", subject_id=elsewhere.id)
        raise Http404
    return row


@dataclass(frozen=True)
class Row:
    """A statement as the list shows it."""

    address: str
    row: Statement
    provider: str
    month: Month
    programme: str
    state: words.Word


def months_known(scope: Scope, on: Month) -> list[Month]:
    """The months for which the reach has statements, the newest first."""
    found = within(scope).order_by("-month").values_list("month", flat=True).distinct()[:24]
    return [Month.parse(month) for month in found] or [on.previous]


@require_safe
@require("statement.read")
def statements(request: DoorRequest) -> HttpResponse:
    """The statements of a month, with their totals and, for finance, its pay-outs."""
    scope = reach(request, "statement.read")
    known = months_known(scope, Month.of(request.on))
    try:
        which = Month.parse(request.GET["month"]) if request.GET.get("month") else known[0]
    except Refusal:
        which = known[0]
    of_month = within(scope).filter(month=str(which))
    counts = dict(of_month.order_by("state").values_list("state").annotate(Count("id")))
    wanted = request.GET.get("state", "")
    shown = of_month.filter(state=wanted) if wanted in State.values else of_month
    rows = list(shown.order_by("no")[:MOST])
    names = names_of(rows)
    totals = shown.aggregate(
        charge=Sum("charge_fen", default=0),
        refund=Sum("refund_fen", default=0),
        carried=Sum("carried_fen", default=0),
        net=Sum("net_fen", default=0),
        count=Count("id"),
    )
    here = reverse("staff:statements")
    every = {"word": _("全部"), "count": sum(counts.values()), "current": not wanted}
    chips: list[dict[str, Any]] = [{"address": address(request, state="", month=which), **every}]
    chips += [
        {
            "address": f"{here}?{urlencode({'month': str(which), 'state': state})}",
            "word": words.STATEMENT[state].said,
            "count": counts[state],
            "current": state == wanted,
        }
        for state in State.values
        if state in counts
    ]
    said = {
        "which": which,
        "months": sorted({*known, which}, reverse=True),
        "chips": chips,
        "state": wanted if wanted in State.values else "",
        "rows": [
            Row(
                address=reverse("staff:statement", args=[row.no]),
                row=row,
                provider=row.provider.name,
                month=Month.parse(row.month),
                programme=words.programme_of(row, names),
                state=words.word(words.STATEMENT, row.state),
            )
            for row in rows
        ],
        "totals": totals,
        "cut": totals["count"] - len(rows),
        "own": not scope.divisions,
        **payouts_of(request, scope, which),
    }
    return render(request, "staff/statements.html", said)


def payouts_of(request: DoorRequest, scope: Scope, which: Month) -> dict[str, Any]:
    """The pay-outs of the month for those who may see them, and what finance may do."""
    if not may(request.user, "payout.read", request.on) or not scope.divisions:
        return {"batches": None, "unpaid": None, "make": None}
    waiting = unpaid(scope, which)
    shown = batches(request, scope, which)
    may_make = may(request.user, "payout.make", request.on) and waiting["count"]
    return {
        "batches": shown,
        "unpaid": waiting,
        "make": fresh(ActForm, "make") if may_make else None,
        **bank.to_read(request, scope, [one.row for one in shown]),
    }


def steps_of(row: Statement, names: Mapping[str, str]) -> list[Step]:
    """归集 → 机构确认 → 审批 → 付款"""
    language = "zh" if words.in_chinese() else "en"

    def done(at: Any, by: str) -> str:
        parts = (day_of_month(beijing_date(at), language) if at else "", names.get(by, ""))
        return " · ".join(part for part in parts if part)

    place = {
        State.GATHERED: 1,
        State.DISPUTED: 1,
        State.CONFIRMED: 2,
        State.APPROVED: 3,
        State.CARRIED: 4,
        State.PAID: 4,
    }[State(row.state)]
    last = _("结转下期") if row.state == State.CARRIED else _("付款")
    notes = [
        done(row.gathered_at, row.gathered_by),
        done(row.confirmed_at, row.confirmed_by),
        done(row.approved_at, row.approved_by),
        "",
    ]
    waits = ["", _("等机构确认"), _("等县区审批"), _("等财务付款")]
    made = []
    for position, name in enumerate((_("归集"), _("机构确认"), _("审批"), last)):
        if position < place:
            made.append(Step(name, "done", notes[position]))
        elif position > place:
            made.append(Step(name, "ahead"))
        elif row.state == State.DISPUTED:
            made.append(Step(name, "stopped", _("机构有异议")))
        else:
            made.append(Step(name, "current", _("已暂缓") if row.held_because else waits[position]))
    return made


def sums_of(row: Statement) -> list[ReceiptLine]:
    """Charges − refunds ± what was carried in; together what is paid."""
    lines = ngettext("%(count)s 行明细", "%(count)s 行明细", row.lines) % {"count": row.lines}
    found = [ReceiptLine(_("本期应结"), row.charge_fen, lines)]
    if row.refund_fen:
        found.append(ReceiptLine(_("冲减"), -row.refund_fen, _("已结后冲正的账单")))
    if row.carried_fen:
        found.append(ReceiptLine(_("上期结转"), row.carried_fen))
    return found


def may_now(row: Statement, verb: Verb, request: DoorRequest) -> bool:
    """Whether role, reach and state allow the verb."""
    if not may(request.user, verb.act, request.on) or not STATEMENT.allows(row.state, verb.name):
        return False
    scope = reach(request, verb.act)
    if verb.name in OF_COUNTY:
        return scope.covers_county(row.county)
    return scope.covers_county(row.county) or row.provider_id in scope.provider_ids


def last_budget_line(row: Statement) -> str:
    """The budget line that the county's statements of this programme were written under last."""
    known = Statement.objects.filter(county=row.county, programme=row.programme).exclude(budget_line="")
    return known.order_by("-month", "-no").values_list("budget_line", flat=True).first() or ""


def shown_statement(
    request: DoorRequest, row: Statement, wrong: Wrong | None = None, status: int = 200
) -> HttpResponse:
    after = request.GET.get("after", "")
    page = statement_page(
        county=row.county, no=row.no, after=int(after) if after.isascii() and after.isdigit() else 0, most=LINES
    )
    assert page is not None
    names = naming.accounts([row.gathered_by, row.confirmed_by, row.approved_by])
    now = [verb for verb in VERBS if may_now(row, verb, request)]
    shown = offered(request, row, now, page="staff:statement-act", key=row.no, wrong=wrong, version=row.version)
    entries = history.entries(row.county, [("statement", row.id)])
    which = Month.parse(row.month)
    said = {
        "crumbs": [
            Crumb(_("结算单"), f"{reverse('staff:statements')}?{urlencode({'month': str(which)})}"),
            Crumb(row.no),
        ],
        "row": row,
        "which": which,
        "provider": row.provider,
        "programme": words.programme_of(row),
        "state": words.word(words.STATEMENT, row.state),
        "steps": steps_of(row, names),
        "sums": sums_of(row),
        "lines": lines_of(page),
        "is_split": row.central_fen is not None,
        "first": address(request, after="") if after else "",
        "following": address(request, after=page.lines[-1].number) if page.more else "",
        "carried": [(one, Month.parse(one.month), reverse("staff:statement", args=[one.no])) for one in page.carried],
        "objections": held_against(row),
        "payments": [(one, words.word(words.PAYMENT, one.state)) for one in page.payments],
        "events": history.events(entries),
        "offered": shown,
        "left_to_another": len(shown) < len(now),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/statement.html", said, status=status)


@require_safe
@require("statement.read")
def statement(request: DoorRequest, no: str) -> HttpResponse:
    row = find(request, reach(request, "statement.read"), no)
    noted_read(request, county=row.county, act="statement.read", subject="statement", subject_id=row.id)
    return shown_statement(request, row)


@require_POST
@require("statement.read")
def act(request: DoorRequest, no: str, verb: str) -> HttpResponse:
    """Do one thing to a statement, once; a refusal shows it as it stands now, and says why."""
    wanted = named(VERBS, verb)
    check(request, wanted.act)
    scope = reach(request, wanted.act)
    row = find(request, scope, no)
    if verb in OF_COUNTY and not scope.covers_county(row.county):
        raise NOT_ALLOWED(act=ACTS[wanted.act].zh, act_en=ACTS[wanted.act].en)
    return carried_out(
        request,
        row,
        wanted,
        key=row.no,
        county=row.county,
        shown=lambda wrong, status: shown_statement(request, find(request, scope, no), wrong, status),
        after=reverse("staff:statement", args=[row.no]),
    )


@require_safe
@require("statement.read")
def objection_paper(request: DoorRequest, no: str, objection_id: UUID) -> HttpResponse:
    """The paper that came with an objection."""
    row = find(request, reach(request, "statement.read"), no)
    held = Objection.objects.filter(county=row.county, statement_id=row.id, id=objection_id).select_related("file")
    found = held.first()
    if found is None or found.file is None:
        raise Http404
    noted_read(request, county=row.county, act="statement.read", subject="statement", subject_id=row.id)
    return as_handed_in(found.file)
