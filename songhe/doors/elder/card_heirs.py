"""What a family had put onto the card of somebody who died: an heir asks for it with a paper, the county decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.card.close import NOT_FOR_HEIRS, Heir, propose_to_heir
from songhe.card.models import Card, HeirPayment, Purse
from songhe.card.open import lock
from songhe.card.purse import balances
from songhe.doors.elder import card_words, money
from songhe.doors.elder.card import own_card
from songhe.doors.elder.hand_in import keep_paper, paper_field
from songhe.doors.elder.money_words import Word
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.refusal import Refusal, reason

ALREADY_ASKED = reason(
    "elder.heir_already_asked",
    zh="已经有人申请了，等县里决定。",
    en="Somebody has asked for it already; the county decides.",
    status=409,
)

RELATIONS = [
    ("配偶", gettext_lazy("配偶")),
    ("子女", gettext_lazy("子女")),
    ("父母", gettext_lazy("父母")),
    ("兄弟姐妹", gettext_lazy("兄弟姐妹")),
    ("其他继承人", gettext_lazy("其他继承人")),
]


class HeirForm(ActForm):
    name = forms.CharField(
        label=gettext_lazy("继承人的姓名"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填写姓名。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(label=gettext_lazy("和去世老人的关系"), choices=RELATIONS)
    evidence = forms.CharField(
        label=gettext_lazy("凭什么继承"),
        help_text=gettext_lazy("写证明的名称，例如户口簿、公证书和它的编号。"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明证明的名称。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    paper = paper_field(gettext_lazy("给证明拍一张照片"))


@dataclass(frozen=True)
class Asked:
    row: HeirPayment
    word: Word


@require_http_methods(["GET", "HEAD", "POST"])
@require("card.inherit")
def heirs(request: DoorRequest) -> HttpResponse:
    """Ask for the family's money, all that is left of it; what became of it stands on the same page."""
    elder = require_act(whom(request), "settle")
    card = own_card(elder)
    noted_read(request, elder, "card.read")
    purse = _purse(card)
    form = (
        HeirForm(request.POST, request.FILES, auto_id="id_heir_%s")
        if request.method == "POST"
        else money.fresh(HeirForm, "heir")
    )
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                require_confirmed(elder)
                _ask(request, elder, card, form)
                messages.success(request, _("申请交上去了。县里核对证明后决定，结果在这一页看。"))
                return HttpResponseRedirect(reverse("elder:card-heirs"))
            except Refusal as refused:
                refusal, status = refused, refused.status
    asked = HeirPayment.objects.filter(county=card.county, purse__card=card).order_by("-proposed_at", "-id")
    rows = [Asked(row, card_words.HEIRS[row.state]) for row in asked[:20]]
    told = {
        "form": form,
        "left_fen": balances([purse])[purse.id] if purse else 0,
        "rows": rows,
        "waits": any(one.row.state == HeirPayment.State.OPEN for one in rows),
    }
    back = reverse("elder:card")
    return page(request, "elder/card_heirs.html", told, whom=elder, back=back, refusal=refusal, status=status)


def _purse(card: Card) -> Purse | None:
    rows = Purse.objects.filter(county=card.county, card=card, state=Purse.State.FOR_HEIRS)
    return rows.select_related("account").first()


def _ask(request: DoorRequest, elder: Whom, card: Card, form: ActForm) -> None:
    # The bytes of a photograph are no part of what makes two posts the same.
    paper = form.cleaned_data.pop("paper")
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        lock(county=card.county, card_id=card.id)
        purse = _purse(card)
        left = balances([purse])[purse.id] if purse else 0
        if purse is None or not left:
            raise NOT_FOR_HEIRS("purse")
        if HeirPayment.objects.filter(county=card.county, purse=purse, state=HeirPayment.State.OPEN).exists():
            raise ALREADY_ASKED("purse")
        made = propose_to_heir(
            county=card.county,
            purse_id=purse.id,
            amount_fen=left,
            heir=Heir(told["name"], told["relation"], told["evidence"]),
            paper=keep_paper(request, paper, county=card.county, purpose="heir-paper"),
            at=request.at,
            by=money.by(request),
        )
        return {"payment": str(made.id)}

    money.do_once(request, elder, name="elder.card.heirs", form=form, do=do)
