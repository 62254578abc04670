"""What the bank says of the pay-outs that it has 银行回单: finance asks for it, and it is matched at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from songhe.access.scope import Scope
from songhe.doors.may import may, require
from songhe.doors.shell.amount import figures
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.payouts import list_of
from songhe.doors.staff.reach import account_of, reach
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.month.bank_answers import ask_bank, at_the_bank
from songhe.settlement.models import Batch
from songhe.settlement.ports import BankRow
from songhe.settlement.reconcile import NO_SUCH_PAYMENT, OTHER_AMOUNT, Reconciled, reconcile

#: Rows that fit nothing, and payments that came back, which one answer lists; the rest is counted.
MOST = 20

UNKNOWN: dict[str, Any] = {
    NO_SUCH_PAYMENT: gettext_lazy("没有这笔付款"),
    OTHER_AMOUNT: gettext_lazy("金额与付款不一致"),
}


def own_county(scope: Scope) -> str | None:
    return next((prefix for prefix in scope.divisions if len(prefix) == 6), None)


def to_read(request: DoorRequest, scope: Scope, rows: Iterable[Batch]) -> dict[str, Any]:
    """For finance: the form that reads the bank's answers when a pay-out waits for them, and whether one is on its
    way to the bank, so that the page looks again by itself."""
    county = own_county(scope)
    if county is None or not may(request.user, "payout.reconcile", request.on):
        return {"answers": None, "on_its_way": False}
    waiting = at_the_bank(county)
    taken = {row.id for row in waiting}
    on_its_way = any(row.state == Batch.State.RELEASED and row.id not in taken for row in rows)
    return {"answers": fresh(ActForm, "answers") if waiting else None, "on_its_way": on_its_way}


@require_POST
@require("payout.reconcile")
def read(request: DoorRequest, which: Month) -> HttpResponse:
    """Ask the bank, outside any transaction, and match its answers once; what came of it is said."""
    county = own_county(reach(request, "payout.reconcile"))
    if county is None:
        raise Http404
    form = ActForm(request.POST)
    if form.is_valid():
        by = account_of(request).username
        answers = answers_of(request, county)

        def do() -> dict[str, Any]:
            if isinstance(answers, Refusal):
                raise answers
            return told(reconcile(county=county, rows=answers, at=request.at, on=request.on, by=by))

        try:
            said(request, act_once(request, county=county, name="staff.payout.answers", form=form, do=do))
        except Refusal as refusal:
            messages.error(request, in_words(refusal))
    return HttpResponseRedirect(f"{list_of(which)}#payouts")


def answers_of(request: DoorRequest, county: str) -> Sequence[BankRow] | Refusal:
    """The bank's rows, or why there are none: who sends a form twice still hears what came of the first."""
    try:
        return ask_bank(county=county, on=request.on)
    except Refusal as refusal:
        return refusal


def told(done: Reconciled) -> dict[str, Any]:
    """What is kept of an answer, so that a double click hears the same."""
    return {
        "paid": done.paid,
        "paid_fen": done.paid_fen,
        "back": [list(each) for each in done.came_back],
        "unknown": [_row(row, why) for row, why in done.unknown],
    }


def _row(row: BankRow, why: str) -> list[Any]:
    return [row.reference, row.amount_fen, row.booked_on.isoformat(), why]


def said(request: DoorRequest, done: dict[str, Any]) -> None:
    if not done["paid"] and not done["back"]:
        messages.info(request, _("银行没有新的回单。"))
    if done["paid"]:
        counted = ngettext("%(count)s 笔已到账，共 %(amount)s。", "%(count)s 笔已到账，共 %(amount)s。", done["paid"])
        messages.success(request, counted % {"count": done["paid"], "amount": figures(done["paid_fen"])})
    for no, why in done["back"][:MOST]:
        messages.warning(
            request,
            _("结算单 %(no)s 的付款被银行退回：%(why)s。核对收款账户后可以重新付款。") % {"no": no, "why": why},
        )
    for reference, fen, day, why in done["unknown"][:MOST]:
        about = {"reference": reference, "amount": figures(fen), "day": day, "why": UNKNOWN.get(why, why)}
        messages.warning(
            request, _("回单里有一笔对不上：%(reference)s，%(amount)s，%(day)s：%(why)s。没有入账。") % about
        )
    if len(done["unknown"]) > MOST:
        more = len(done["unknown"]) - MOST
        messages.warning(
            request, ngettext("另有 %(count)s 笔对不上。", "另有 %(count)s 笔对不上。", more) % {"count": more}
        )
