"""A top-up goes back to who paid it: what goes back with it is said first, then done once. 充值退款"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.card import foreseen, refund
from songhe.card.models import TopUp
from songhe.doors.elder import money
from songhe.doors.elder.card_topup import YuanField, may_refund, topup_of
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, require_confirmed
from songhe.doors.may import NOT_ALLOWED, require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.refusal import Refusal, reason
from songhe.person.mandate import ACTS

CHANGED = reason(
    "elder.refund_changed",
    zh="刚才有一笔付款或退款，能退的和上面说的不一样了，请再看一遍。",
    en="Something was paid or refunded meanwhile; look at the amounts once more.",
    status=409,
)


class PartForm(forms.Form):
    yuan = YuanField(label=gettext_lazy("退多少（元）"))


class RefundForm(ActForm):
    """What was shown, to be confirmed: the amount, and what of the match goes back with it."""

    amount_fen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    back_fen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.refund")
def refund_it(request: DoorRequest, no: str) -> HttpResponse:
    """First how much, then what goes back where, and only then the button that does it."""
    elder, row = topup_of(request, no)
    if not may_refund(elder, row, request):
        zh, en = ACTS["card"]
        raise NOT_ALLOWED(act=zh, act_en=en)
    if request.method == "POST":
        form = RefundForm(request.POST, auto_id="id_refund_%s")
        if not form.is_valid():
            return HttpResponseRedirect(request.path)
        try:
            require_confirmed(elder)
            _refund(request, elder, row, form)
        except Refusal as refusal:
            return _page(request, elder, row, refusal=refusal)
        messages.success(request, _("退款办好了，钱退回付款的账户，一般一两天到。"))
        return HttpResponseRedirect(reverse("elder:card-topup-one", args=[no]))
    return _page(request, elder, row)


def _refund(request: DoorRequest, elder: Whom, row: TopUp, form: ActForm) -> None:
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        made = refund.refund(
            county=row.county,
            no=row.no,
            amount_fen=told["amount_fen"],
            because="家属申请退款",
            at=request.at,
            on=request.on,
            by=money.by(request),
        )
        if made.back_fen != told["back_fen"]:
            raise CHANGED("back_fen")
        return {"refund": made.no}

    money.do_once(request, elder, name=f"elder.card.refund:{row.no}", form=form, do=do)


def _page(request: DoorRequest, elder: Whom, row: TopUp, *, refusal: Refusal | None = None) -> HttpResponse:
    may = foreseen.refundable(row) if row.state == TopUp.State.PAID else foreseen.Refundable(0, 0, 0)
    asked = PartForm(request.GET, auto_id="id_part_%s") if "yuan" in request.GET else PartForm(auto_id="id_part_%s")
    status, confirm, fen, back_fen = 200, None, 0, 0
    if asked.is_bound and asked.is_valid() and refusal is None:
        fen = asked.cleaned_data["yuan"]
        if fen > may.most_fen:
            asked.add_error("yuan", _("比能退的多。"))
        else:
            back_fen = foreseen.goes_back(row, fen)
            confirm = money.fresh(RefundForm, "refund", amount_fen=fen, back_fen=back_fen)
    if asked.is_bound and asked.errors:
        status = 422
    told = {
        "topup": row,
        "may": may,
        "all_yuan": f"{may.most_fen / 100:.2f}",
        "asked": asked,
        "form": confirm,
        "fen": fen,
        "back_fen": back_fen,
        "less_fen": fen + back_fen,
    }
    back = reverse("elder:card-topup-one", args=[row.no])
    return page(request, "elder/card_refund.html", told, whom=elder, back=back, refusal=refusal, status=status)
