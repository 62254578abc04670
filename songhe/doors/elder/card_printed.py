"""The card's code on paper for who has no telephone: the elder chooses the PIN, and only both together pay. 打印码"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from songhe.card import pin
from songhe.card.models import Card, Pin
from songhe.card.open import MANDATE_ACT
from songhe.doors.elder import money, paper
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.card import own_card
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, require_act, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, in_words
from songhe.kernel.refusal import Refusal
from songhe.person import code


def pin_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """Six digits that stand nowhere once they are sent."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=pin.DIGITS,
        required=required,
        error_messages={"required": gettext_lazy("请老人按六位密码。")},
        widget=forms.PasswordInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "pattern": "[0-9]*", "class": "pin"}
        ),
    )


class PinForm(ActForm):
    pin = pin_field(gettext_lazy("六位密码"), gettext_lazy("请老人自己按，别人不要看。不要用生日和连着的数字。"))
    again = pin_field(gettext_lazy("再按一次"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "pin" in told and "again" in told and told["pin"] != told["again"]:
            self.add_error("again", _("两次按的不一样。"))
        return told


#: What the buttons of the page do, and what is said when it is done.
PRINT, SET, END = "print", "set", "end"
DONE = {
    PRINT: gettext_lazy("打印码做好了，请打印。以前打印的都作废了。"),
    SET: gettext_lazy("密码换好了，纸还是那张。"),
    END: gettext_lazy("打印码停用了。"),
}


@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@require("card.print")
def printed(request: DoorRequest) -> HttpResponse:
    """The sheet as it will be printed, with its PIN to be set, changed, or the code to be ended."""
    elder = require_act(whom(request), MANDATE_ACT)
    card = own_card(elder)
    if request.method != "POST":
        noted_read(request, elder, "card.print")
        return _page(request, elder, card)
    what = request.POST.get("do", PRINT)
    form = (ActForm if what == END else PinForm)(request.POST, auto_id=f"id_{what}_%s")
    if what not in DONE or not form.is_valid():
        return _page(request, elder, card, what=what, form=form, status=422)
    require_confirmed(elder)
    require_proved(request)
    secret = form.cleaned_data.pop("pin", "")
    form.cleaned_data.pop("again", "")
    try:
        money.do_once(
            request,
            elder,
            name=f"elder.card.printed.{what}:{card.no}",
            form=form,
            do=lambda: _do(request, card, what, secret),
        )
    except Refusal as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, in_words(refusal))
            return _page(request, elder, card, what=what, form=form, status=refusal.status)
        return _page(request, elder, card, refusal=refusal)
    messages.success(request, DONE[what])
    return HttpResponseRedirect(reverse("elder:card-printed"))


@require_safe
@require("card.print")
def printed_pdf(request: DoorRequest) -> HttpResponse:
    """The same as an A4 PDF, with the square in it."""
    elder = require_act(whom(request), MANDATE_ACT)
    card = own_card(elder)
    noted_read(request, elder, "card.print")
    row = pin.printed(card)
    if row is None:
        return HttpResponseRedirect(reverse("elder:card-printed"))
    sheet = _sheet(elder, row)
    told = {"sheet": sheet, "image": paper.drawing(sheet["payload"])}
    return paper.pdf(request, "elder/card_sheet_pdf.html", "love-card", told)


def _do(request: DoorRequest, card: Card, what: str, secret: str) -> dict[str, Any]:
    told: dict[str, Any] = {"card": card, "at": request.at, "by": money.by(request)}
    if what == END:
        pin.end_code(because="不再用打印码", **told)
    elif what == SET:
        pin.set_pin(pin=secret, on=request.on, **told)
    else:
        pin.print_code(pin=secret, on=request.on, **told)
    return {"card": card.no}


def _sheet(elder: Whom, row: Pin) -> dict[str, Any]:
    return {
        "name": elder.person.name,
        "payload": code.printed(row.medium),
        "number": row.medium.number,
        "since": row.medium.valid_from,
    }


def _page(
    request: DoorRequest,
    elder: Whom,
    card: Card,
    *,
    what: str = "",
    form: Any = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row = pin.printed(card)
    told = {
        "active": card.state == Card.State.ACTIVE,
        "sheet": _sheet(elder, row) if row else None,
        "blocked": row is not None and row.blocked_at is not None,
        "make": form if what == PRINT else money.fresh(PinForm, PRINT),
        "change": form if what == SET else money.fresh(PinForm, SET),
        "end": money.fresh(ActForm, END),
        "wrong": form if form is not None and form.errors else None,
        "open": what,
    }
    back = reverse("elder:card")
    return page(request, "elder/card_printed.html", told, whom=elder, back=back, refusal=refusal, status=status)
