"""Notices 通知: what was told about the person, the newest first, and how one wishes to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, account_of, noted, noted_read, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import address, read_moment, written
from songhe.doors.staff.rounds_words import need_row
from songhe.notice import queries
from songhe.notice.models import Notice, Wish
from songhe.notice.template import say
from songhe.outreach.models import Need
from songhe.outreach.need import needs_of
from songhe.person.models import Person

ON_A_PAGE = 20

#: What kind of event it is, by the first word of its template, as a sign.
SIGNS = {
    "voucher": "ticket",
    "bill": "receipt",
    "application": "document",
    "appeal": "document",
    "assessment": "scale",
    "entitlement": "shield",
    "proxy": "people",
    "medium": "phone",
    "card": "card",
    "change": "bell",
    "correction": "edit",
    "complaint": "info",
    "sign_in": "lock",
    "login": "lock",
    "file": "document",
    "assist": "people",
    "stay": "building",
}


class WishForm(forms.Form):
    way = forms.ChoiceField(
        label=gettext_lazy("怎么通知我"), choices=Wish.Way.choices, widget=forms.RadioSelect, initial=Wish.Way.SMS
    )
    language = forms.ChoiceField(
        label=gettext_lazy("用什么语言"),
        choices=[("zh", "中文"), ("en", "English")],
        widget=forms.RadioSelect,
        initial="zh",
    )


#: Needs on the page, the newest.
NEEDS_SHOWN = 5


def teller_of(request: DoorRequest, found: Whom) -> str:
    """Whose wish it is: a proxy's own, else the person's, also when somebody helps at a counter."""
    return account_of(request).username if found.mandate is not None else ""


@require_http_methods(["GET", "HEAD", "POST"])
@require("notice.read")
def notices(request: DoorRequest) -> HttpResponse:
    """The inbox of whose pages these are; what is shown counts as read. A POST says how one wishes to be told."""
    found = whom(request)
    person, account = found.person, teller_of(request, found)
    if request.method == "POST":
        form = WishForm(request.POST)
        if form.is_valid():
            queries.wish(county=person.county, person_id=person.id, account=account, **form.cleaned_data)
            noted(request, found, "notice.wish")
            messages.success(request, _("记住了，以后就这样通知。"))
            return HttpResponseRedirect(reverse("elder:notices"))
        return _page(request, found, form, status=422)
    held = queries.wish_of(county=person.county, person_id=person.id, account=account)
    return _page(request, found, WishForm(initial={"way": held.way, "language": held.language}))


def _page(request: DoorRequest, found: Whom, form: WishForm, *, status: int = 200) -> HttpResponse:
    person = found.person
    before = read_moment(request.GET.get("before", ""))
    rows = list(queries.inbox(scope=found.scope, person_id=person.id, before=before)[: ON_A_PAGE + 1])
    shown, more = rows[:ON_A_PAGE], len(rows) > ON_A_PAGE
    said: dict[str, Any] = {
        "rows": [
            (one, said_of(one, person.name, to_family=not found.own), SIGNS.get(one.template.partition(".")[0], "bell"))
            for one in shown
        ],
        "needs": [] if before else [need_row(one, request.on) for one in needs_told(person)],
        "form": form,
        "first": address(request, before="") if before else "",
        "following": address(request, before=written(shown[-1].at, shown[-1].id)) if more else "",
    }
    noted_read(request, found, "notice.read")
    answer = show(request, "elder/notices.html", said, whom=found, status=status)
    if request.method == "GET":
        queries.mark_read(
            county=person.county, notice_ids=[one.id for one in shown if one.read_at is None], at=request.at
        )
    return answer


def needs_told(person: Person) -> list[Need]:
    """What the person asked a steward for and what became of it; one statement."""
    return list(needs_of(county=person.county, person_id=person.id, most=NEEDS_SHOWN))


def said_of(one: Notice, name: str, *, to_family: bool) -> Any:
    """The notice in the language of the page."""
    return say(one.template, one.values, language=get_language() or "zh", person_name=name, to_family=to_family)
