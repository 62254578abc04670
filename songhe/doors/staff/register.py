"""A person by hand 登记人员: the same number blocks, the same name and birth date warns while somebody types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words
from songhe.doors.staff.reach import account_of, counties, reach
from songhe.kernel.cipher import keyed_hash
from songhe.kernel.month import age_on
from songhe.kernel.refusal import Refusal, reason
from songhe.person.details import ID_KINDS, Places, check
from songhe.person.duplicate import ALREADY_REGISTERED, Known
from songhe.person.models import Person
from songhe.person.register import register
from songhe.place.division import in_force

LOOK_FIRST = reason(
    "staff.look_first",
    zh="本县有同名且同日出生的人。请打开核对，确实不是同一个人的，再勾选后登记。",
    en="Somebody of the same name and birth date is on file. Look at the file; tick the box if it is another human.",
)
FIELDS = ("name", "id_kind", "id_number", "birth_date", "sex", "place", "address", "phone", "resident_from")


class RegisterForm(ActForm):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    id_kind = forms.ChoiceField(label=gettext_lazy("证件种类"))
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("18 位，空格会自动去掉，末位 x 大小写均可。"),
    )
    birth_date = forms.CharField(
        label=gettext_lazy("出生日期"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("有身份证号码的不用填。2026-11-22、20261122、2026年11月22日都可以。"),
    )
    sex = forms.ChoiceField(label=gettext_lazy("性别"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("居住地"))
    address = forms.CharField(label=gettext_lazy("住址"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=40, required=False)
    document = forms.CharField(
        label=gettext_lazy("凭什么登记"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("例如：居民身份证原件、户口簿。"),
    )
    looked = forms.BooleanField(label=gettext_lazy("我已核对，不是同一个人"), required=False)

    def __init__(self, *args: Any, county: str = "", on: Any = None, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["id_kind"].choices = [(code, words.titled(*said)) for code, said in ID_KINDS.items()]
        fields["sex"].choices = [("", _("按证件")), ("1", words.SEXES["1"]), ("2", words.SEXES["2"])]
        fields["place"].choices = villages(county, on)


@dataclass(frozen=True)
class Warnings:
    """What is wrong, what somebody should look at, and the files that may be the same human's."""

    errors: list[Refusal]
    warnings: list[Refusal]
    same: Person | None
    alike: list[Person]


def villages(county: str, on: Any) -> list[tuple[str, Any]]:
    """The villages and neighbourhoods of the county, town by town."""
    if not county or on is None:
        return []
    rows = in_force(on).filter(code__startswith=county, level__in=["town", "village"]).order_by("code")
    groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for code, name in rows.values_list("code", "name"):
        if len(code) == 9:
            groups[code] = (name, [(code, _("%(name)s（只知道乡镇）") % {"name": name})])
        elif code[:9] in groups:
            groups[code[:9]][1].append((code, name))
    return [("", _("请选择")), *((name, options) for name, options in groups.values())]


def county_of(request: DoorRequest) -> str:
    known = counties(request, "person.write")
    asked = request.POST.get("county") or request.GET.get("county") or (known[0] if known else "")
    if asked not in known:
        raise Http404
    return asked


def told_of(request: DoorRequest) -> dict[str, Any]:
    """What was typed so far; without a number the kind says that there is none."""
    told = {name: request.POST.get(name, "").strip() for name in FIELDS}
    return {name: value for name, value in told.items() if value}


def warnings_of(county: str, told: dict[str, Any], on: Any) -> Warnings:
    details, found = check(told, places=Places.on(county, on), on=on)
    if details is None:
        return Warnings(list(found.errors), list(found.warnings), None, [])
    known = Known(county, [details])
    same = known.file_of(details)
    errors = [ALREADY_REGISTERED("id_number")] if same is not None else []
    return Warnings(errors, [*found.warnings, *known.warnings(details)], same, known.similar_to(details))


def shown_warnings(request: DoorRequest, found: Warnings, *, typing: bool) -> dict[str, Any]:
    """The warnings as the page says them. While somebody types, what is missing still is not said."""
    towns = naming.places(
        (naming.town(each) for each in [*found.alike, *([found.same] if found.same else [])]), request.on
    )

    def one(person: Person) -> dict[str, Any]:
        return {
            "address": reverse("staff:person", args=[person.id]),
            "name": person.name,
            "number": naming.hidden_number(person),
            "age": age_on(person.birth_date, request.on),
            "town": towns.get(naming.town(person), ""),
        }

    given = {name for name in FIELDS if request.POST.get(name, "").strip()}
    errors = [each for each in found.errors if not typing or (each.field in given and "missing" not in each.code)]
    return {
        "errors": [in_words(each) for each in errors],
        "warnings": [in_words(each) for each in found.warnings],
        "same": one(found.same) if found.same else None,
        "alike": [one(person) for person in found.alike[:5]],
    }


def said_of(request: DoorRequest, county: str, form: ActForm) -> dict[str, Any]:
    return {
        "crumbs": [Crumb(_("人员"), reverse("staff:people")), Crumb(_("登记人员"))],
        "form": form,
        "found": None,
        "wrong": None,
        "county": county,
        "place": naming.whole_place(county, request.on),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require("person.write")
def add(request: DoorRequest) -> HttpResponse:
    """Open a file, once. Warnings are looked at and ticked before it is opened."""
    reach(request, "person.write")
    county = county_of(request)
    more: dict[str, Any] = {"county": county, "on": request.on}
    if request.method != "POST":
        form = RegisterForm(initial={"key": fresh(ActForm, "x").initial["key"], "id_kind": "resident"}, **more)
        return render(request, "staff/register.html", said_of(request, county, form))
    form = RegisterForm(request.POST, **more)
    said = said_of(request, county, form)
    if not form.is_valid():
        return render(request, "staff/register.html", {**said, "wrong": form}, status=422)
    told = told_of(request)
    document, looked = form.cleaned_data["document"], form.cleaned_data["looked"]

    def do() -> dict[str, Any]:
        if not looked and warnings_of(county, told, request.on).alike:
            raise LOOK_FIRST("looked")
        by = account_of(request).username
        made = register(county=county, at=request.at, on=request.on, by=by, document=document, **told)
        return {"person": str(made.person.id)}

    # The mark of what was typed is keyed, so that no number can be tried out against the table of keys.
    typed = keyed_hash(json.dumps(told, sort_keys=True), key=settings.ID_NUMBER_KEY, purpose="form of a person")
    form.cleaned_data = {"key": form.cleaned_data["key"], "typed": typed, "looked": looked}
    try:
        answer = act_once(request, county=county, name="staff.person.register", form=form, do=do)
    except Refusal as refusal:
        found = warnings_of(county, told, request.on)
        for error in [*found.errors] or [refusal]:
            form.add_error(error.field if error.field in form.fields else None, in_words(error))
        said |= {"found": shown_warnings(request, found, typing=False), "wrong": form}
        return render(request, "staff/register.html", said, status=refusal.status)
    messages.success(request, words.of_person(told["name"], _("已建立档案。")))
    return HttpResponseRedirect(reverse("staff:person", args=[answer["person"]]))


@require_POST
@require("person.write")
def typing(request: DoorRequest) -> HttpResponse:
    """The part below the form that renews itself while somebody types."""
    reach(request, "person.write")
    county = county_of(request)
    found = warnings_of(county, told_of(request), request.on)
    said = {"found": shown_warnings(request, found, typing=True)}
    return render(request, "staff/register_found.html", {**said, "form": RegisterForm(request.POST, county=county)})
