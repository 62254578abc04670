"""Assisted mode 协助办理: a clerk at a counter or a village's worker does these pages for a person, and says so."""

from __future__ import annotations

import contextlib
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from songhe.access import one_time_code
from songhe.access.one_time_code import ASSIST
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.doors.elder.apply import POLICY, find
from songhe.doors.elder.hand_in import keep_paper, paper_field
from songhe.doors.elder.showing import show
from songhe.doors.elder.sign_in import practice_code
from songhe.doors.elder.whom import (
    Whom,
    account_of,
    everybody,
    helping_at,
    out_of_reach,
    reaches,
    require_act,
    whom,
)
from songhe.doors.may import NOT_ALLOWED, require
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.papers import qr_of
from songhe.entitlement.models import Application
from songhe.kernel import place_code
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.notice.tell import send_code
from songhe.person import assistance
from songhe.person.details import read_number
from songhe.person.identity import find as find_identity
from songhe.person.masks import mask_phone
from songhe.person.models import Assistance, Person
from songhe.policy.terms import terms

NOBODY_FOUND = reason(
    "elder.assist_nobody",
    zh="本辖区没有这个人的档案，也没有这个编号的申请。先在“人员”里登记建档。",
    en="Nobody on file here has this number, and no application either. Open a file under “People” first.",
    status=404,
)


class WhomForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("身份证号码，或申请表上的编号（可以扫码）"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填写号码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("本人手机上的 6 位数字"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写短信里的数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class PaperForm(forms.Form):
    paper = paper_field(gettext_lazy("本人签字的确认单，拍一张照片"))


def _helper(request: DoorRequest) -> list[str]:
    """Where this account helps people. Refuses with ``door.not_allowed`` who does not."""
    prefixes = helping_at(request)
    if not prefixes:
        raise NOT_ALLOWED(act=_("协助办理"), act_en="helping people with these pages")
    return prefixes


@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
@require("elder.assist")
def assist(request: DoorRequest) -> HttpResponse:
    """Begin with a person, have them confirm, end. What is done in between stands in the trail as assisted."""
    prefixes = _helper(request)
    if request.method == "POST" and "end" in request.POST:
        return _end(request)
    found = whom(request) if _under_way(request, prefixes) else None
    if found is not None:
        return _confirm(request, found)
    form = WhomForm(request.POST if request.method == "POST" else None, auto_id="id_whom_%s")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person, row = _sought(request, prefixes, form.cleaned_data["number"])
                _begin(request, person)
                if row is not None and row.state == Application.State.DRAFT:
                    return HttpResponseRedirect(reverse("elder:apply", args=[row.no]))
                return HttpResponseRedirect(reverse("elder:assist"))
            except Refusal as refusal:
                form.add_error("number", in_words(refusal))
                status = refusal.status
    return show(request, "elder/assist.html", {"form": form}, back="/staff/", status=status)


def _under_way(request: DoorRequest, prefixes: list[str]) -> bool:
    counties = {prefix[:6] for prefix in prefixes}
    return assistance.under_way(account_of(request).username, counties=counties) is not None


def _sought(request: DoorRequest, prefixes: list[str], typed: str) -> tuple[Person, Application | None]:
    """The person of an ID number or of an application's number, inside the helper's place.

    Refuses with ``elder.assist_nobody``; that somebody of another place was asked for is noted there.
    """
    number = fold(typed)
    row = Application.rows.filter(county=number[:6], no=number).select_related("person").first()
    if row is not None:
        person: Person | None = row.person
    else:
        identity = find_identity(read_number(number, "resident", request.on))
        files = Person.rows.filter(identity=identity, closed_on=None) if identity else Person.rows.none()
        person = next((one for one in files if reaches(prefixes, one)), files.first())
    if person is None:
        raise NOBODY_FOUND("number")
    if not reaches(prefixes, person):
        try:
            out_of_reach(request, county=person.county, subject="person", subject_id=person.id)
        except Http404:
            raise NOBODY_FOUND("number") from None
    return person, row


def _begin(request: DoorRequest, person: Person) -> Assistance:
    held = appointments(account_of(request), request.on, roles=[Role.COUNTY_CLERK.value])
    places = [one.place for one in held if reaches([place_code.prefix(one.place)], person)]
    narrow = min(places, key=lambda place: (len(place) <= 6, -len(place)))
    return assistance.begin(
        person=person,
        channel=Assistance.Channel.COUNTER if len(narrow) <= 6 else Assistance.Channel.VILLAGE,
        place=narrow,
        own=[one.person.id for one in everybody(request)],
        at=request.at,
        by=account_of(request).username,
    )


def _end(request: DoorRequest) -> HttpResponse:
    found = whom(request)
    if found.assistance is not None:
        assistance.end(assistance=found.assistance, at=request.at, by=account_of(request).username)
        messages.success(request, _("协助办理结束了。"))
    return HttpResponseRedirect(reverse("elder:assist"))


def _confirm(request: DoorRequest, found: Whom) -> HttpResponse:
    """The person's own yes: a code on their telephone, or a photograph of what they signed."""
    helped, person = found.assistance, found.person
    assert helped is not None
    code_form, paper_form = CodeForm(auto_id="id_code_%s"), PaperForm(auto_id="id_paper_%s")
    about, by, status, refusal = helped.id.hex, account_of(request).username, 200, None
    if request.method == "POST":
        status = 422
        try:
            if "send" in request.POST and person.phone:
                one_time_code.ask(
                    phone=person.phone,
                    purpose=ASSIST,
                    about=about,
                    address=address_of(request),
                    at=request.server_at,
                    send=lambda code: send_code(
                        phone=person.phone, code=code, at=request.server_at, language=get_language() or "zh"
                    ),
                )
                messages.info(request, _("验证码已发到本人手机。"))
                return HttpResponseRedirect(request.path)
            if "paper_sent" in request.POST:
                paper_form = PaperForm(request.POST, request.FILES, auto_id="id_paper_%s")
                if paper_form.is_valid():
                    stored = keep_paper(
                        request, paper_form.cleaned_data["paper"], county=person.county, purpose="assistance-paper"
                    )
                    assistance.confirm_on_paper(assistance=helped, paper=stored, at=request.at, by=by)
                    messages.success(request, _("本人已确认。"))
                    return HttpResponseRedirect(reverse("elder:home"))
            elif person.phone:
                code_form = CodeForm(request.POST, auto_id="id_code_%s")
                if code_form.is_valid():
                    one_time_code.check(
                        phone=person.phone,
                        given=fold(code_form.cleaned_data["code"]),
                        purpose=ASSIST,
                        about=about,
                        at=request.server_at,
                    )
                    assistance.confirm_by_code(assistance=helped, at=request.at, by=by)
                    messages.success(request, _("本人已确认。"))
                    return HttpResponseRedirect(reverse("elder:home"))
        except Refusal as refused:
            refusal, status = refused, refused.status
    said = {
        "helped": helped,
        "code_form": code_form,
        "paper_form": paper_form,
        "phone": mask_phone(person.phone) if person.phone else "",
        "practice_code": practice_code(request, person.phone) if person.phone and not helped.confirmed else "",
        "wrong": code_form if code_form.errors else paper_form,
    }
    return show(request, "elder/assist_confirm.html", said, whom=found, refusal=refusal, status=status)


@require_safe
@require("application.make")
def paper_form(request: DoorRequest, no: str) -> HttpResponse:
    """The application on paper, with its number as a QR code: signed, brought to a counter, scanned and entered."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    rules: Any = None
    with contextlib.suppress(Refusal):  # A programme that is over has no groups to tick.
        rules = terms(policy=POLICY, place=row.county, on=request.on)
    said = {
        "row": row,
        "programme": words.word(words.PROGRAMMES, row.policy).said,
        "qr": qr_of(row.no),
        "place": naming.whole_place(found.person.place, request.on),
        "number": naming.hidden_number(found.person),
        "groups": [words.word(words.CATEGORIES, one.category).said for one in rules.open_categories] if rules else [],
        "group": words.word(words.CATEGORIES, row.category).said if row.category else "",
    }
    return show(request, "elder/paper_form.html", said, whom=found, back=reverse("elder:case", args=[no]))
