"""Pay-outs 拨付: finance makes a batch of approved statements, and another person of finance releases it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from songhe.access.scope import Scope
from songhe.doors.may import may, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.reach import account_of, out_of_reach, reach
from songhe.kernel.month import Month
from songhe.kernel.refusal import REASONS, Refusal
from songhe.month.bank_answers import sent
from songhe.month.steps import PROGRAMME
from songhe.settlement import payout
from songhe.settlement.models import Batch, Payment, Statement
from songhe.settlement.states import BATCH

#: Pay-outs of one month that are shown.
MOST = 50


#: A released pay-out is on its way until the bank has taken its file.
ON_ITS_WAY, SENT = words.Word(gettext_lazy("正在送银行"), "warn"), words.Word(gettext_lazy("已送出"), "info")
MATCHED = words.Word(gettext_lazy("已对上"), "ok")


@dataclass(frozen=True)
class Shown:
    """A pay-out in the list, with the form that releases it for who may."""

    row: Batch
    state: words.Word
    payments: int
    made_by: str
    released_by: str
    release: ActForm | None
    release_address: str
    own: bool


def of_counties(scope: Scope) -> Q:
    reached = Q(pk__in=())
    for prefix in scope.divisions:
        reached |= Q(county=prefix) if len(prefix) == 6 else Q(county__startswith=prefix)
    return reached


def batches(request: DoorRequest, scope: Scope, which: Month) -> list[Shown]:
    """The pay-outs of a month, the newest first, in four queries."""
    rows = list(Batch.objects.filter(of_counties(scope), month=str(which)).order_by("-made_at", "-id")[:MOST])
    ids, counties = [row.id for row in rows], {row.county for row in rows}
    payments = Payment.objects.filter(county__in=counties, batch_id__in=ids).exclude(state=Payment.State.RETURNED)
    counts = dict(payments.order_by("batch_id").values_list("batch_id").annotate(Count("id")))
    names = naming.accounts(name for row in rows for name in (row.made_by, row.released_by))
    taken = sent(row for row in rows if row.state == Batch.State.RELEASED)
    username = account_of(request).username
    may_release = may(request.user, "payout.make", request.on)
    shown = []
    for row in rows:
        waits = may_release and BATCH.allows(row.state, "release")
        shown.append(
            Shown(
                row=row,
                state=state_of(row, taken),
                payments=counts.get(row.id, 0),
                made_by=names.get(row.made_by, ""),
                released_by=names.get(row.released_by, ""),
                release=fresh(ActForm, f"release_{row.no}") if waits and row.made_by != username else None,
                release_address=reverse("staff:payout-release", args=[row.no]),
                own=waits and row.made_by == username,
            )
        )
    return shown


def state_of(row: Batch, taken: Collection[UUID]) -> words.Word:
    """How a pay-out stands; ``taken`` are those whose file the bank has."""
    if row.state == Batch.State.RELEASED:
        return SENT if row.id in taken else ON_ITS_WAY
    return MATCHED if row.state == Batch.State.MATCHED else words.word(words.BATCH, row.state)


def unpaid(scope: Scope, which: Month) -> dict[str, Any]:
    """The approved statements of the month that are in no pay-out yet."""
    rows = Statement.objects.filter(
        of_counties(scope), month=str(which), state=Statement.State.APPROVED, held_because=""
    )
    alive = Payment.objects.filter(of_counties(scope)).exclude(state=Payment.State.RETURNED).values("statement_id")
    return rows.exclude(id__in=alive).aggregate(count=Count("id"), fen=Sum("net_fen", default=0))


@require_POST
@require("payout.make")
def make(request: DoorRequest, which: Month) -> HttpResponse:
    """Put the county's approved statements of a month into one batch; who is left out, and why, is said."""
    scope = reach(request, "payout.make")
    counties = [prefix for prefix in scope.divisions if len(prefix) == 6]
    if not counties:
        raise Http404
    county = counties[0]
    form = ActForm(request.POST)
    if form.is_valid():
        by = account_of(request).username

        def do() -> dict[str, Any]:
            made = payout.make(county=county, programme=PROGRAMME, month=which, at=request.at, by=by)
            return {"no": made.batch.no, "left_out": [list(each) for each in made.left_out]}

        try:
            made = act_once(request, county=county, name=f"staff.payout.make:{which}", form=form, do=do)
            messages.success(request, _("付款批次 %(no)s 已生成，请另一人放行。") % {"no": made["no"]})
            for no, code in made["left_out"]:
                why = REASONS[code]
                said = {"no": no, "why": words.said(why.zh, why.en).format_map(Unsaid(no=no))}
                messages.warning(request, _("结算单 %(no)s 没有列入：%(why)s") % said)
        except Refusal as refusal:
            messages.error(request, in_words(refusal))
    return HttpResponseRedirect(list_of(which))


class Unsaid(dict[str, str]):
    """The values of a refusal that are not kept: a reason is said without them."""

    def __missing__(self, key: str) -> str:
        return ""


@require_POST
@require("payout.make")
def release(request: DoorRequest, no: str) -> HttpResponse:
    """Let a batch go to the bank, by another person than the one who made it."""
    scope = reach(request, "payout.make")
    row = Batch.objects.filter(of_counties(scope), county=no[:6], no=no).first()
    if row is None:
        elsewhere = Batch.objects.filter(county=no[:6], no=no).only("county", "id").first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="batch", subject_id=elsewhere.id)
        raise Http404
    form = ActForm(request.POST)
    if form.is_valid():
        by = account_of(request).username

        def do() -> dict[str, Any]:
            payout.release(county=row.county, batch_id=row.id, at=request.at, on=request.on, by=by)
            return {"no": row.no}

        try:
            act_once(request, county=row.county, name=f"staff.payout.release:{no}", form=form, do=do)
            messages.success(request, _("付款批次 %(no)s 已放行，付款文件等待送银行。") % {"no": no})
        except Refusal as refusal:
            messages.error(request, in_words(refusal))
    return HttpResponseRedirect(list_of(Month.parse(row.month)))


def list_of(which: Month) -> str:
    return f"{reverse('staff:statements')}?{urlencode({'month': str(which)})}"
