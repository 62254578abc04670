"""Complain without signing in, with a name or without, and follow what becomes of it. 投诉"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.document.number import check, grouped
from songhe.doors.public.limit import Limit
from songhe.doors.public.place import asked_for
from songhe.doors.shell.pieces import Fact, Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.words import in_chinese, titled
from songhe.entitlement.models import Application, Letter
from songhe.feedback.category import terms
from songhe.feedback.complain import (
    LONGEST,
    About,
    code_of,
    complain,
    contest,
    contest_until,
    opens_with_code,
    opens_with_phone,
    withdraw,
)
from songhe.feedback.models import Complaint
from songhe.feedback.queries import by_number
from songhe.feedback.states import OPEN
from songhe.jobs.once import once
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.person.details import read_phone
from songhe.provider.admit import listings_on
from songhe.provider.models import Provider
from songhe.provider.partner import partners_on
from songhe.redemption.models import Bill

#: Who writes without signing in.
PUBLIC = "public"
MADE, FOLLOWED = "complaint_made", "complaint_followed"
#: Complaints that one address may make, and wrong codes that one address or one number may collect.
MAKE_LIMIT = Limit("complaint.make", most=10, minutes=60)
OPEN_LIMIT = Limit("complaint.open", most=5, minutes=15)
OPEN_FOR_SECONDS = 15 * 60

OUTCOMES: dict[str, Any] = {
    Complaint.Outcome.UPHELD: gettext_lazy("属实"),
    Complaint.Outcome.PARTLY: gettext_lazy("部分属实"),
    Complaint.Outcome.REJECTED: gettext_lazy("不属实"),
    Complaint.Outcome.UNCLEAR: gettext_lazy("无法查实"),
}


class ComplaintForm(forms.Form):
    """What happened, about whom, and how to be reached; the last is left to the complainant."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    county = forms.ChoiceField(label=gettext_lazy("在哪个县（市、区）"), choices=())
    category = forms.ChoiceField(
        label=gettext_lazy("是哪一类事"),
        widget=forms.RadioSelect,
        choices=(),
        error_messages={"required": gettext_lazy("请选一类。")},
    )
    provider = forms.ChoiceField(label=gettext_lazy("说的是哪家机构"), required=False, choices=())
    number = forms.CharField(
        label=gettext_lazy("账单、决定书或申请的编号"),
        help_text=gettext_lazy("手里有的话填上，便于查对。"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    words = forms.CharField(
        label=gettext_lazy("发生了什么"),
        help_text=gettext_lazy("什么时间、什么地方、谁、怎么回事。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("请写明情况。")},
    )
    name = forms.CharField(
        label=gettext_lazy("怎么称呼您"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        help_text=gettext_lazy("不留也可以，凭查询码查看答复。"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    confidential = forms.BooleanField(label=gettext_lazy("请保密：只由负责人查看和处理"), required=False)

    def __init__(self, *args: Any, on: date, county: str, counties: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.about: About = None
        self.fields["county"].choices = [(one.code, one.path) for one in counties]  # type: ignore[attr-defined]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (one.code, titled(one.zh, one.en)) for one in terms().categories.values()
        ]
        chosen = str(self.data.get("county") or county)
        listed = {row.provider_id: row.provider.name for rows in (listings_on, partners_on) for row in rows(chosen, on)}
        self.fields["provider"].choices = [  # type: ignore[attr-defined]
            ("", _("不针对某家机构，或者名单里没有")),
            *((str(one), name) for one, name in sorted(listed.items(), key=lambda found: (found[1], found[0]))),
        ]

    def clean_phone(self) -> str:
        try:
            return read_phone(self.cleaned_data["phone"])
        except Refusal as refusal:
            raise forms.ValidationError(in_words(refusal)) from None

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"].strip()
        try:
            return check(typed, field="number") if typed else ""
        except Refusal as refusal:
            raise forms.ValidationError(in_words(refusal)) from None

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("number") and told.get("county"):
            self.about = row_of(told["number"], told["county"])
            if self.about is None:
                self.add_error("number", _("这个县（市、区）没有这个编号，请核对，或者不填。"))
        elif told.get("provider"):
            self.about = Provider.objects.filter(pk=told["provider"]).first()
        return told


def row_of(no: str, county: str) -> About:
    """The bill, or the application that a letter decided, of a number; only in the county that is complained to."""
    if no[:6] != county:
        return None
    bill = Bill.objects.filter(county=county, no=no).select_related("provider").first()
    if bill is not None:
        return bill
    letter = Letter.objects.filter(county=county, no=no).select_related("application").first()
    if letter is not None:
        found: Application = letter.application
        return found
    return Application.rows.filter(county=county, no=no).first()


@require_safe
def start(request: DoorRequest) -> HttpResponse:
    """Two things to do: complain, or see what became of it."""
    found = terms()
    categories = [(titled(one.zh, one.en), one.first, one.second) for one in found.categories.values()]
    return render(
        request,
        "public/complaint.html",
        {"place": "complaint", "categories": categories, "contest_days": found.contest_working_days},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DoorRequest) -> HttpResponse:
    """Take a complaint, once however often it is sent."""
    county, known = asked_for(request, request.on)
    if county is None:
        return render(request, "public/complaint_none.html", {"place": "complaint"})
    given: dict[str, Any] = {"on": request.on, "county": county.code, "counties": known}
    if request.method != "POST":
        first = {
            "key": uuid4(),
            "county": county.code,
            "provider": request.GET.get("provider", ""),
            "number": request.GET.get("no", "")[:60],
        }
        said = {"place": "complaint", "form": ComplaintForm(initial=first, **given)}
        return render(request, "public/complaint_new.html", said)
    form = ComplaintForm(request.POST, **given)
    status = 422
    if form.is_valid():
        try:
            MAKE_LIMIT.check(request)
            request.session[MADE] = take(request, form)
            return HttpResponseRedirect(reverse("public:complaint-made"))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
            status = refusal.status
    return render(request, "public/complaint_new.html", {"place": "complaint", "form": form}, status=status)


def take(request: DoorRequest, form: ComplaintForm) -> str:
    """The number of the complaint; the same when the form is sent again."""
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        MAKE_LIMIT.count(request)
        done = complain(
            county=told["county"],
            about=form.about,
            person_id=None,
            category=told["category"],
            confidential=told["confidential"],
            words=told["words"],
            phone=told["phone"],
            name=told["name"],
            by=PUBLIC,
            at=request.at,
            on=request.on,
        )
        return {"no": done.no}

    body = {"act": "complaint", **{name: value for name, value in told.items() if name != "key"}}
    key = str(told["key"])
    answer = once(county=told["county"], client=PUBLIC, key=key, body=body, at=request.at, do=do)
    return str(answer["no"])


@require_safe
def made(request: DoorRequest) -> HttpResponse:
    """The number, the code and the day, on a page to be printed; only in the browser that complained."""
    found = by_number(str(request.session.get(MADE, "")))
    if found is None:
        return HttpResponseRedirect(reverse("public:complaint"))
    said = {"place": "complaint", "row": found, "number": grouped(found.no), "code": grouped(code_of(found))}
    return render(request, "public/complaint_made.html", said)


class FollowForm(forms.Form):
    no = forms.CharField(
        label=gettext_lazy("投诉编号"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请填写投诉编号。")},
    )
    code = forms.CharField(
        label=gettext_lazy("查询码，或者所留电话的后四位"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请填写查询码或电话后四位。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: DoorRequest) -> HttpResponse:
    """Open a complaint by its number and its code; the telephone's tail shows how it stands, not what was written."""
    form = FollowForm(
        request.POST if request.method == "POST" else None, initial={"no": request.GET.get("no", "")[:60]}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found, whole = opened(request, form.cleaned_data)
                request.session[FOLLOWED] = {"no": found.no, "whole": whole, "at": request.server_at.timestamp()}
                return HttpResponseRedirect(reverse("public:complaint-follow"))
            except Refusal as refusal:
                form.add_error(None, in_words(refusal))
                status = refusal.status
            except forms.ValidationError as wrong:
                form.add_error(None, wrong)
    elif "again" in request.GET:
        request.session.pop(FOLLOWED, None)
    elif (shown := followed(request)) is not None:
        return render(request, "public/complaint_page.html", {"place": "complaint", **page_of(request, *shown)})
    return render(request, "public/complaint_follow.html", {"place": "complaint", "form": form}, status=status)


def opened(request: DoorRequest, told: dict[str, str]) -> tuple[Complaint, bool]:
    """The complaint, and whether all of it is shown. A wrong number and a wrong code are told in the same words."""
    no = check(told["no"], field="no")
    OPEN_LIMIT.check(request, no)
    found = by_number(no)
    if found is not None and opens_with_code(found, told["code"]):
        return found, True
    if found is not None and opens_with_phone(found, told["code"]):
        return found, False
    OPEN_LIMIT.count(request, no)
    raise forms.ValidationError(_("编号和查询码（或电话后四位）对不上，请核对后再试。"))


def followed(request: DoorRequest) -> tuple[Complaint, bool] | None:
    """What this browser opened in the last quarter of an hour."""
    held = request.session.get(FOLLOWED)
    if not isinstance(held, dict) or request.server_at.timestamp() - held["at"] > OPEN_FOR_SECONDS:
        return None
    found = by_number(str(held["no"]))
    return (found, bool(held["whole"])) if found else None


def page_of(request: DoorRequest, row: Complaint, whole: bool) -> dict[str, Any]:
    category = terms().categories.get(row.category)
    until = contest_until(row)
    facts = [
        Fact(_("投诉编号"), grouped(row.no)),
        Fact(_("类别"), titled(category.zh, category.en) if category else row.category),
        Fact(_("涉及机构"), row.provider.name if row.provider else _("没有指明")),
    ]
    return {
        "row": row,
        "whole": whole,
        "facts": facts,
        "steps": steps_of(row),
        "outcome": OUTCOMES.get(row.outcome, ""),
        "review_outcome": OUTCOMES.get(row.review_outcome, ""),
        "late": row.state in OPEN and row.due_on < request.on,
        "waits": row.state in OPEN,
        "may_contest": whole and row.state == Complaint.State.ANSWERED and (until is None or request.on <= until),
        "contest_until": until,
        "may_withdraw": whole and row.state in OPEN,
        "key": uuid4(),
        "longest": LONGEST,
    }


def steps_of(row: Complaint) -> list[Step]:
    """收到 → 答复 → 复核"""
    language = "zh" if in_chinese() else "en"
    state = Complaint.State(row.state)

    def on(day: Any) -> str:
        return day_of_month(beijing_date(day), language) if day else ""

    steps = [Step(_("收到"), "done", on(row.received_at))]
    if state == Complaint.State.WITHDRAWN:
        return [*steps, Step(_("已撤回"), "stopped")]
    if state == Complaint.State.TRANSFERRED:
        return [*steps, Step(_("已转办"), "done", on(row.transferred_at))]
    if state == Complaint.State.RECEIVED:
        return [*steps, Step(_("答复"), "current", _("等待答复")), Step(_("办结"), "ahead")]
    steps.append(Step(_("答复"), "done", on(row.answered_at)))
    if state == Complaint.State.ANSWERED:
        return steps
    if state == Complaint.State.CONTESTED:
        return [*steps, Step(_("复核"), "current", _("由另一人复核"))]
    return [*steps, Step(_("复核"), "done", on(row.reviewed_at))]


@require_POST
def act(request: DoorRequest) -> HttpResponse:
    """Ask for a review, or withdraw; only in the browser that opened the complaint with its code."""
    held = followed(request)
    if held is None or not held[1]:
        return HttpResponseRedirect(reverse("public:complaint-follow"))
    row = held[0]
    try:
        if request.POST.get("verb") == "contest":
            contest(complaint=row, grounds=request.POST.get("grounds", ""), by=PUBLIC, at=request.at, on=request.on)
            messages.success(request, _("已申请复核，由另一人办理。"))
        elif request.POST.get("verb") == "withdraw":
            withdraw(complaint=row, by=PUBLIC, at=request.at)
            messages.success(request, _("投诉已撤回。"))
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(reverse("public:complaint-follow"))
