"""What the payment service says when something was paid, and in practice the service's own page. 支付回调"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from songhe.card import topup
from songhe.card.models import TopUp
from songhe.card.ports import NotGenuine, Order, payments
from songhe.doors.shell.request import DoorRequest
from songhe.kernel.refusal import Refusal

#: A call-back is some hundred bytes; what is longer was not sent by the service.
LONGEST = 20_000


@runtime_checkable
class Practises(Protocol):
    """A service that is told by a press to pay, and answers with the call-back that it would send."""

    def pay(self, no: str, *, at: datetime) -> tuple[bytes, dict[str, str]]: ...


@csrf_exempt
@require_POST
def told(request: DoorRequest) -> HttpResponse:
    """A call-back. Whoever cannot sign it is told nothing; what is taken, or was taken before, is answered."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST:
            raise NotGenuine("too long")
        take(request, request.body, dict(request.headers))
    except (NotGenuine, ValueError):
        return HttpResponse("no", status=400, content_type="text/plain")
    except Refusal as refusal:
        return HttpResponse(refusal.code, status=refusal.status, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def take(request: DoorRequest, body: bytes, headers: dict[str, str]) -> TopUp:
    return topup.take(paid=payments().read(body, headers), at=request.at, on=request.on)


@require_http_methods(["GET", "HEAD", "POST"])
def practice(request: DoorRequest, no: str) -> HttpResponse:
    """The page of the sandbox: pay, or leave it. Only in a practice database that has chosen the sandbox."""
    service = payments()
    if not (request.practice and isinstance(service, Practises)):
        raise Http404
    row = TopUp.objects.select_related("card__person").filter(county=no[:6], no=no).first()
    if row is None:
        raise Http404
    back = reverse("elder:card-topup-one", args=[row.no])
    if request.method == "POST" and row.state != TopUp.State.PAID:
        if "fail" in request.POST:
            return HttpResponseRedirect(f"{back}?failed=1")
        service.order(Order(row.no, row.amount_fen, ""))
        body, headers = service.pay(row.no, at=request.at)
        take(request, body, headers)
        return HttpResponseRedirect(back)
    return render(request, "elder/card_practice.html", {"topup": row, "back": back})
