"""What somebody thinks of what was billed: one to five stars, or that the bill is wrong. 评价、账单有误"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songhe.doors.elder import money
from songhe.doors.elder.bills import receipt_page
from songhe.doors.elder.money_words import said
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, require_act, require_confirmed
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, sent
from songhe.feedback.category import terms
from songhe.feedback.complain import complain
from songhe.feedback.rate import STARS
from songhe.feedback.rate import rate as give
from songhe.kernel.refusal import Refusal
from songhe.redemption.queries import Receipt

#: What may be wrong with a bill, among the categories of complaints; the page offers only these.
ABOUT_A_BILL = ("service", "price", "fake", "other")


class RateForm(ActForm):
    stars = forms.IntegerField()
    words = forms.CharField(required=False, max_length=300)


class WrongForm(ActForm):
    category = forms.ChoiceField(
        label=gettext_lazy("哪里不对"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项。")},
    )
    words = forms.CharField(
        label=gettext_lazy("说说情况"),
        help_text=gettext_lazy("比如：那天没有来；只做了一半；价钱不对。"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("请说说情况。")},
    )
    phone = forms.CharField(
        label=gettext_lazy("怎么找您"),
        help_text=gettext_lazy("留个电话，查清楚了告诉您。"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    confidential = forms.BooleanField(label=gettext_lazy("不要让机构知道是我说的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = terms().categories
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (code, said(known[code].zh, _titled(known[code].en))) for code in ABOUT_A_BILL if code in known
        ]


@dataclass(frozen=True)
class Sent:
    """What the page says of a complaint that was taken."""

    no: str
    due_on: date | None


@require_POST
@require("feedback.rate")
def rate(request: DoorRequest, no: str) -> HttpResponse:
    """One press gives the stars; what was typed before goes with them."""
    elder, found = money.bill_of(request, no)
    require_act(elder, "confirm")
    form = sent(RateForm, "rate", request)
    if not form.is_valid():
        return receipt_page(request, elder, found, refusal=STARS("stars"), words=request.POST.get("words", "")[:300])
    told = form.cleaned_data
    try:
        money.do_once(
            request,
            elder,
            name=f"elder.rate:{no}",
            form=form,
            do=lambda: {"stars": _rate(request, found, told["stars"], told["words"])},
        )
    except Refusal as refusal:
        return receipt_page(request, elder, found, refusal=refusal, words=told["words"])
    messages.success(request, _("谢谢，评价收到了。"))
    return HttpResponseRedirect(f"{reverse('elder:bill', args=[no])}#rate")


@require_http_methods(["GET", "HEAD", "POST"])
@require("feedback.complain")
def wrong(request: DoorRequest, no: str) -> HttpResponse:
    """Tell the bureau that something is wrong with a bill; the answer comes within the days of its kind."""
    elder, found = money.bill_of(request, no)
    require_act(elder, "complain")
    if request.method != "POST":
        phone = elder.mandate.proxy_phone if elder.mandate else elder.person.phone
        return _wrong(request, elder, found, WrongForm(initial=_initial(phone), auto_id="id_wrong_%s"))
    require_confirmed(elder)
    form = sent(WrongForm, "wrong", request)
    if not form.is_valid():
        return _wrong(request, elder, found, form, status=422)
    told = form.cleaned_data
    try:
        answer = money.do_once(
            request, elder, name=f"elder.wrong:{no}", form=form, do=lambda: _complain(request, elder, found, told)
        )
    except Refusal as refusal:
        return _wrong(request, elder, found, form, refusal=refusal)
    due = answer["due_on"]
    return _wrong(request, elder, found, form, made=Sent(answer["no"], date.fromisoformat(due) if due else None))


def _rate(request: DoorRequest, found: Receipt, stars: int, words: str) -> int:
    bill = found.bill
    made = give(
        county=bill.county,
        bill_id=bill.id,
        stars=stars,
        words=words,
        by=money.by(request),
        at=request.at,
        on=request.on,
    )
    return made.stars


def _complain(request: DoorRequest, elder: Whom, found: Receipt, told: dict[str, Any]) -> dict[str, Any]:
    made = complain(
        county=found.bill.county,
        about=found.bill,
        person_id=elder.person.id,
        category=told["category"],
        confidential=told["confidential"],
        words=told["words"],
        phone=told["phone"],
        by=money.by(request),
        at=request.at,
        on=request.on,
    )
    return {"no": made.complaint.no, "due_on": made.due_on.isoformat() if made.due_on else ""}


def _wrong(
    request: DoorRequest,
    elder: Whom,
    found: Receipt,
    form: ActForm,
    *,
    refusal: Refusal | None = None,
    made: Sent | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {"told": found, "form": form, "made": made}
    back = reverse("elder:bill", args=[found.bill.no])
    return page(request, "elder/wrong.html", told, whom=elder, back=back, refusal=refusal, status=status)


def _initial(phone: str) -> dict[str, Any]:
    initial: dict[str, Any] = dict(money.fresh().initial)
    return {**initial, "phone": phone}


def _titled(text: str) -> str:
    return text[:1].upper() + text[1:]
