"""Paying by face: what is agreed to, the picture at the service's own camera, taking it back at any time. 刷脸付账"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.card import face as faces
from songhe.card.models import Card, Face
from songhe.card.open import MANDATE_ACT
from songhe.card.ports import NotReached
from songhe.card.ports import faces as service
from songhe.doors.elder import money
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.card import own_card
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.refusal import Refusal, reason
from songhe.person.models import Mandate

OWN_YES = reason(
    "elder.face_own_yes",
    zh="刷脸要本人同意：请老人自己登录，或到窗口当面同意。监护人可以代为同意。",
    en="Paying by face needs the elder's own yes: on their own sign-in or at a counter. A guardian may agree for them.",
    status=403,
)


class AgreeForm(ActForm):
    yes = forms.BooleanField(
        label=gettext_lazy("我看过上面的说明，同意用刷脸付账"),
        error_messages={"required": gettext_lazy("不勾就是不同意，什么也不会变。")},
    )


AGREE, CHECK, WITHDRAW = "agree", "check", "withdraw"


@runtime_checkable
class Practises(Protocol):
    """A service that takes no picture and is told that it has one."""

    def take(self, reference: str, *, at: datetime) -> None: ...


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.face")
def face(request: DoorRequest) -> HttpResponse:
    """What it is and what is kept where; agreed to, made ready, taken back."""
    elder = require_act(whom(request), MANDATE_ACT)
    card = own_card(elder)
    if request.method != "POST":
        noted_read(request, elder, "card.face")
        return _page(request, elder, card)
    what = request.POST.get("do", "")
    form = (AgreeForm if what == AGREE else ActForm)(request.POST, auto_id=f"id_{what}_%s")
    if what not in _VERBS or not form.is_valid():
        return _page(request, elder, card, form=form, status=422)
    try:
        if what == AGREE:
            _own_yes(elder)
            require_proved(request)
        answer = money.do_once(
            request,
            elder,
            name=f"elder.card.face.{what}:{card.no}",
            form=form,
            do=lambda: {"state": str(_VERBS[what](request, card).state)},
        )
    except Refusal as refusal:
        return _page(request, elder, card, refusal=refusal)
    messages.success(request, _said(what, answer["state"]))
    return HttpResponseRedirect(reverse("elder:card-face"))


def _own_yes(elder: Whom) -> None:
    """Refuses with ``elder.face_own_yes`` a proxy who is no guardian, and with ``elder.not_confirmed`` a helper."""
    if elder.mandate is not None and elder.mandate.relation != Mandate.Relation.GUARDIAN:
        raise OWN_YES("yes")
    require_confirmed(elder)


def _agree(request: DoorRequest, card: Card) -> Face:
    return faces.agree(card=card, at=request.at, on=request.on, by=money.by(request))


def _check(request: DoorRequest, card: Card) -> Face:
    return faces.make_ready(card=card, faces=service(), at=request.at, on=request.on, by=money.by(request))


def _withdraw(request: DoorRequest, card: Card) -> Face:
    return faces.withdraw(card=card, because="本人或家属撤回同意", at=request.at, by=money.by(request))


_VERBS = {AGREE: _agree, CHECK: _check, WITHDRAW: _withdraw}


def _said(what: str, state: str) -> str:
    if what == WITHDRAW:
        return _("已撤回。刷脸从现在起付不了账，对方会删掉照片。")
    if what == AGREE:
        return _("同意记下了，还要去拍一张照片。")
    return _("刷脸开通了。") if state == Face.State.READY else _("对方还没有收到照片，请拍好再回来。")


def _page(
    request: DoorRequest,
    elder: Whom,
    card: Card,
    *,
    form: Any = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row = faces.live(card)
    where = ""
    if row is not None and row.state == Face.State.AGREED:
        try:
            back = request.build_absolute_uri(reverse("elder:card-face"))
            where = service().enrol(reference=row.reference, back=back)
        except NotReached:
            where = ""
    told = {
        "row": row,
        "where": where,
        "active": card.state == Card.State.ACTIVE,
        "own": elder.mandate is None or elder.mandate.relation == Mandate.Relation.GUARDIAN,
        "agree": form if isinstance(form, AgreeForm) else money.fresh(AgreeForm, AGREE),
        "check": money.fresh(ActForm, CHECK),
        "withdraw": money.fresh(ActForm, WITHDRAW),
        "wrong": form if form is not None and form.errors else None,
    }
    back = reverse("elder:card")
    return page(request, "elder/card_face.html", told, whom=elder, back=back, refusal=refusal, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.face")
def camera(request: DoorRequest) -> HttpResponse:
    """The sandbox's camera: one press instead of a picture. Only in a practice database that has chosen the sandbox."""
    known = service()
    if not (request.practice and isinstance(known, Practises)):
        raise Http404
    elder = require_act(whom(request), MANDATE_ACT)
    row = faces.live(own_card(elder))
    if row is None:
        raise Http404
    if request.method == "POST":
        known.take(row.reference, at=request.at)
        return HttpResponseRedirect(reverse("elder:card-face"))
    return page(request, "elder/card_face_practice.html", whom=elder, back=reverse("elder:card-face"))
