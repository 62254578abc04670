"""Binding an elder 添加要照顾的老人: who they are, what one may do for them, and their own yes or a clerk's."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from songhe.access import one_time_code
from songhe.access.one_time_code import BIND
from songhe.access.wrong_name import count_wrong_name, require_tries_left
from songhe.doors.elder.again import require_proved
from songhe.doors.elder.hand_in import keep_paper, paper_field
from songhe.doors.elder.places import PlaceFields
from songhe.doors.elder.showing import show
from songhe.doors.elder.sign_in import practice_code
from songhe.doors.elder.whom import CHOSEN, Whom, account_of, everybody, out_of_reach
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.words import RELATIONS
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.notice.tell import send_code
from songhe.person import mandate_ask
from songhe.person.mandate import ACTS, check_acts, give
from songhe.person.masks import mask_name, mask_phone
from songhe.person.models import Mandate, MandateAsk, Person
from songhe.person.ports import identifier
from songhe.person.real_name import NOT_THE_SAME, Known, prove
from songhe.person.register import register
from songhe.policy.resolve import NOT_IN_FORCE
from songhe.policy.terms import terms
from songhe.provider.admit import listings_on
from songhe.provider.models import Kind, Provider
from songhe.provider.worker import employer_of
from songhe.settings import INSTALLATION

POLICY = "consumption-voucher"
#: What the session keeps while somebody binds: the elder's file, never a number.
BINDING = "elder_binding"
MONTHS = (3, 6, 12)

OWN_NUMBER_FIRST = reason(
    "elder.own_number_first",
    zh="要先用自己的姓名和证件号码登录，才能替别人办。",
    en="Sign in under your own name and ID number before you act for others.",
    status=403,
)

#: What the acts are called to families; settling comes by itself after a death.
ACT_WORDS: dict[str, Any] = {
    "apply": gettext_lazy("申请补贴、申请评估"),
    "choose": gettext_lazy("选服务组别和机构"),
    "claim": gettext_lazy("每月领消费券"),
    "show_code": gettext_lazy("出示消费码"),
    "confirm": gettext_lazy("确认服务做过了"),
    "card": gettext_lazy("开通、挂失爱心卡，办充值退款"),
    "complain": gettext_lazy("投诉和申诉"),
    "settle": gettext_lazy("去世后办理结算"),
}


class WhoForm(PlaceFields):
    name = forms.CharField(
        label=gettext_lazy("老人的姓名"), max_length=60, error_messages={"required": gettext_lazy("请填写姓名。")}
    )
    number = forms.CharField(
        label=gettext_lazy("老人的身份证号码"),
        help_text=gettext_lazy("只用来核对是不是本人，加密保存。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写证件号码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ("name", "number", "county", "town", "village")


class WhatForm(forms.Form):
    relation = forms.ChoiceField(
        label=gettext_lazy("您是老人的什么人？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择关系。")},
    )
    provider = forms.ModelChoiceField(
        label=gettext_lazy("您在哪家机构工作？"),
        queryset=Provider.objects.none(),
        required=False,
        empty_label=gettext_lazy("不在机构工作"),
    )
    acts = forms.MultipleChoiceField(
        label=gettext_lazy("替老人办哪些事？"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一件事。")},
    )
    months = forms.TypedChoiceField(
        label=gettext_lazy("办多久？"),
        help_text=gettext_lazy("到期自动失效，可以再办。老人随时可以取消。"),
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, county: str, on: date, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["relation"].choices = [  # type: ignore[attr-defined]
            (value, _relation(value)) for value in Mandate.Relation.values
        ]
        self.fields["acts"].choices = [(act, ACT_WORDS[act]) for act in ACTS]  # type: ignore[attr-defined]
        self.fields["months"].choices = [  # type: ignore[attr-defined]
            (months, _("%(count)s 个月") % {"count": months}) for months in MONTHS
        ]
        ids = listings_on(county, on).exclude(provider__kind=Kind.ASSESSMENT_BODY).values_list("provider", flat=True)
        self.fields["provider"].queryset = Provider.objects.filter(pk__in=ids)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("relation") and told.get("acts"):
            try:
                check_acts(told["acts"], told["relation"], told.get("provider"))
            except Refusal as refusal:
                self.add_error("provider" if refusal.field == "provider" else "acts", in_words(refusal))
        return told


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("老人手机上的 6 位数字"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写短信里的数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class PaperForm(forms.Form):
    paper = paper_field(gettext_lazy("户口本、结婚证、委托书等，拍一张照片"), required=False)


def _relation(value: str) -> Any:
    return gettext_lazy("监护人（有法院或协议文书）") if value == Mandate.Relation.GUARDIAN else RELATIONS[value]


def _me(request: DoorRequest) -> Whom:
    """One's own file, whose identity the mandates name. Refuses with ``elder.own_number_first``."""
    own = next((one for one in everybody(request) if one.own and one.person.identity is not None), None)
    if own is None:
        raise OWN_NUMBER_FIRST()
    return own


@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
@require("mandate.write")
def who(request: DoorRequest) -> HttpResponse:
    """First: the elder's name and number, and where they live if no file knows it."""
    require_proved(request)
    _me(request)
    form = WhoForm(on=request.on, data=request.POST if request.method == "POST" else None, auto_id="id_who_%s")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                person = _elder(request, form)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
                status = refusal.status
            else:
                if person is not None:
                    request.session[BINDING] = {"person": str(person.id)}
                    return HttpResponseRedirect(reverse("elder:bind-what"))
                status = 200 if form.first_asked else 422
    return show(request, "elder/bind_who.html", {"form": form}, back=reverse("elder:people"), status=status)


def _elder(request: DoorRequest, form: WhoForm) -> Person | None:
    """The elder's file, opened if there is none and the form says where; nothing while it does not.

    Refuses as ``prove`` does, and with ``access.too_many_wrong_names``.
    """
    known = _proved(request, form)
    if known.file is not None:
        return known.file
    if not form.place:
        form.ask_for_place()
        return None
    made = register(
        county=form.place[:6],
        name=known.name,
        place=form.place,
        id_number=known.number.canonical,
        id_kind=known.number.kind,
        source="online",
        on=request.on,
        at=request.at,
        by=account_of(request).username,
    )
    return made.person


def _proved(request: DoorRequest, form: WhoForm) -> Known:
    """Whose name and number these are; what does not fit is counted for the login."""
    told: dict[str, Any] = {"account": account_of(request), "county": _me(request).person.county, "at": request.at}
    require_tries_left(most=INSTALLATION.wrong_names_per_day, **told)
    try:
        return prove(
            name=form.cleaned_data["name"],
            number=form.cleaned_data["number"],
            kind="resident",
            identifier=identifier(),
            on=request.on,
            at=request.at,
        )
    except Refusal as refusal:
        if refusal.reason is NOT_THE_SAME:
            count_wrong_name(request=request.request_id, **told)
        raise


@require_http_methods(["GET", "HEAD", "POST"])
@require("mandate.write")
def what(request: DoorRequest) -> HttpResponse:
    """Second: who one is to the elder, what one may do, and how long."""
    _me(request)
    kept, person = _binding(request)
    if person is None:
        return HttpResponseRedirect(reverse("elder:bind"))
    employer = employer_of(account_of(request).username, request.on).first()
    told: dict[str, Any] = {"county": person.county, "on": request.on, "auto_id": "id_what_%s"}
    first = {
        "acts": [act for act in ACTS if not (employer and act == "confirm")],
        "months": 12,
        "provider": employer.provider_id if employer else None,
        "relation": Mandate.Relation.PROVIDER_STAFF if employer else None,
    }
    form = WhatForm(request.POST, **told) if request.method == "POST" else WhatForm(None, initial=first, **told)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            provider = form.cleaned_data["provider"] or (employer.provider if employer else None)
            kept |= {
                "relation": form.cleaned_data["relation"],
                "acts": form.cleaned_data["acts"],
                "until": str(_until(request.on, form.cleaned_data["months"])),
                "provider": provider.pk if provider else None,
            }
            request.session[BINDING] = kept
            return HttpResponseRedirect(reverse("elder:bind-proof"))
    said_now = {"form": form, "person": mask_name(person.name), "employer": employer}
    return show(request, "elder/bind_what.html", said_now, back=reverse("elder:bind"), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require("mandate.write")
def proof(request: DoorRequest) -> HttpResponse:
    """Third: the elder's own yes by a code on their telephone, or papers for a clerk to look at."""
    require_proved(request)
    me = _me(request)
    kept, person = _binding(request)
    if person is None or "relation" not in kept:
        return HttpResponseRedirect(reverse("elder:bind"))
    by_code = bool(person.phone) and kept["relation"] != Mandate.Relation.GUARDIAN
    code_form, paper_form = CodeForm(auto_id="id_code_%s"), PaperForm(auto_id="id_paper_%s")
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if "send" in request.POST and by_code:
                _send(request, person)
                kept["sent"] = True
                request.session[BINDING] = kept
                messages.info(request, _("验证码已发到老人的手机。"))
                return HttpResponseRedirect(request.path)
            if "paper_sent" in request.POST:
                paper_form = PaperForm(request.POST, request.FILES, auto_id="id_paper_%s")
                if paper_form.is_valid():
                    _ask(request, me, person, kept, paper_form.cleaned_data["paper"])
                    request.session.pop(BINDING, None)
                    messages.success(request, _("已交给窗口核实，办好会通知您。"))
                    return HttpResponseRedirect(reverse("elder:people"))
            elif by_code:
                code_form = CodeForm(request.POST, auto_id="id_code_%s")
                if code_form.is_valid():
                    _give(request, me, person, kept, fold(code_form.cleaned_data["code"]))
                    request.session.pop(BINDING, None)
                    request.session[CHOSEN] = str(person.id)
                    messages.success(request, _("办好了，现在可以替老人办事了。"))
                    return HttpResponseRedirect(reverse("elder:home"))
        except Refusal as refusal:
            form: forms.Form = paper_form if "paper_sent" in request.POST else code_form
            if not form.is_bound:
                form = code_form = CodeForm({"code": " "}, auto_id="id_code_%s")
                form.errors.clear()
            field = {"file": "paper", "code": "code"}.get(refusal.field or "")
            form.add_error(field if field in form.fields else None, in_words(refusal))
            status = refusal.status
    shown = {
        "code_form": code_form,
        "paper_form": paper_form,
        "by_code": by_code,
        "sent": kept.get("sent"),
        "person": mask_name(person.name),
        "phone": mask_phone(person.phone) if person.phone else "",
        "practice_code": _practice_code(request, person) if kept.get("sent") else "",
        "acts": [ACT_WORDS[act] for act in kept["acts"]],
        "until": date.fromisoformat(kept["until"]),
        "wrong": code_form if code_form.errors else paper_form,
    }
    return show(request, "elder/bind_proof.html", shown, back=reverse("elder:bind-what"), status=status)


def _practice_code(request: DoorRequest, person: Person) -> str:
    return practice_code(request, person.phone)


def _about(request: DoorRequest, person: Person) -> str:
    """A code for one proxy and one elder opens nothing for another."""
    return f"{account_of(request).pk}:{person.id.hex}"


def _send(request: DoorRequest, person: Person) -> None:
    one_time_code.ask(
        phone=person.phone,
        purpose=BIND,
        about=_about(request, person),
        address=address_of(request),
        at=request.server_at,
        send=lambda code: send_code(
            phone=person.phone, code=code, at=request.server_at, language=get_language() or "zh"
        ),
    )


def _give(request: DoorRequest, me: Whom, person: Person, kept: dict[str, Any], code: str) -> Mandate:
    one_time_code.check(
        phone=person.phone, given=code, purpose=BIND, about=_about(request, person), at=request.server_at
    )
    assert me.person.identity is not None
    return give(
        person=person,
        proxy=me.person.identity,
        proxy_name=me.person.name,
        relation=kept["relation"],
        acts=kept["acts"],
        evidence="老年人本人手机验证码确认",
        valid_from=request.on,
        valid_to=date.fromisoformat(kept["until"]),
        most_elders=proxy_limit(person.county, request.on),
        provider=Provider.objects.filter(pk=kept["provider"]).first() if kept["provider"] else None,
        account=account_of(request).username,
        proxy_phone=account_of(request).phone or me.person.phone,
        at=request.at,
        by=account_of(request).username,
    )


def _ask(request: DoorRequest, me: Whom, person: Person, kept: dict[str, Any], paper: Any) -> MandateAsk:
    stored = keep_paper(request, paper, county=person.county, purpose="mandate-paper") if paper else None
    assert me.person.identity is not None
    return mandate_ask.ask(
        person=person,
        proxy=me.person.identity,
        proxy_name=me.person.name,
        relation=kept["relation"],
        acts=kept["acts"],
        account=account_of(request).username,
        valid_to=date.fromisoformat(kept["until"]),
        proxy_phone=account_of(request).phone or me.person.phone,
        provider=Provider.objects.filter(pk=kept["provider"]).first() if kept["provider"] else None,
        paper=stored,
        on=request.on,
        at=request.at,
    )


def proxy_limit(county: str, on: date) -> int | None:
    """How many elders one proxy may act for here; nothing where the place sets no limit."""
    try:
        return terms(policy=POLICY, place=county, on=on).proxy_limit
    except Refusal as refusal:
        if refusal.reason is NOT_IN_FORCE:
            return None
        raise


@require_POST
@require("mandate.write")
def withdraw(request: DoorRequest, ask_id: UUID) -> HttpResponse:
    """Take back what one has asked for."""
    mine = [one for one in mandate_ask.asked_by(account_of(request).username) if one.id == ask_id]
    if not mine:
        other = MandateAsk.objects.filter(id=ask_id).exclude(account=account_of(request).username).first()
        if other is not None:
            out_of_reach(request, county=other.county, subject="person", subject_id=other.person_id)
        raise Http404
    mandate_ask.withdraw(asked=mine[0], at=request.at, by=account_of(request).username)
    messages.success(request, _("已撤回。"))
    return HttpResponseRedirect(reverse("elder:people"))


def _binding(request: DoorRequest) -> tuple[dict[str, Any], Person | None]:
    kept = dict(request.session.get(BINDING) or {})
    person_id = kept.get("person")
    return kept, Person.rows.filter(id=person_id, closed_on=None).first() if person_id else None


def _until(on: date, months: int) -> date:
    """The last day of so many months: from 10 March to 9 June."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on.day, last)) - timedelta(days=1)
