"""One login 账号: opened and locked by the system administrator, appointed by the security administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.access import login, password, second_factor
from songhe.access.models import Account, Appointment
from songhe.access.role import OF_A_PROVIDER, Role
from songhe.doors.may import check, may, require
from songhe.doors.provider.fields import DayField
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sessions import end_all, tell_owner
from songhe.doors.staff import accounts
from songhe.doors.staff.acting import ActForm, BecauseForm, act_once, fresh, in_words, sent
from songhe.doors.staff.reach import account_of, noted_read
from songhe.doors.staff.verbs import NOTHING_WRONG, Doing, ThingForm, Verb, Wrong, carried_out, named, offered
from songhe.kernel import place_code
from songhe.kernel.refusal import Refusal, reason
from songhe.provider.models import Provider

#: Where a link is kept from the post that made it to the page that shows it, once.
LINK = "password_link"
#: Providers offered in the form; a county has tens.
PROVIDERS = 500

AUDITOR_FOR_A_TIME = reason(
    "staff.auditor_for_a_time",
    zh="审计只在一段时间内任职，请填写到哪天止。",
    en="An auditor comes for a time; give the last day.",
)
BEYOND_REACH = reason(
    "staff.place_beyond_reach",
    zh="“{place}”不在您管理的区划之内。",
    en="{place} lies outside the area that you administer.",
    status=403,
)


class OpenForm(ActForm):
    username = forms.CharField(
        label=gettext_lazy("用户名"), max_length=64, help_text=gettext_lazy("登录时用，以后不变。例如姓名的拼音。")
    )
    display_name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=80, help_text=gettext_lazy("办理记录里显示这个名字。")
    )
    phone = forms.CharField(label=gettext_lazy("手机号"), max_length=20, required=False)
    email = forms.EmailField(label=gettext_lazy("电子邮箱"), required=False)


class AppointForm(ThingForm):
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    place = forms.CharField(
        label=gettext_lazy("区划代码"), max_length=12, help_text=gettext_lazy("6 位县区，9 位乡镇，12 位村居。")
    )
    provider = forms.TypedChoiceField(
        label=gettext_lazy("机构"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("机构管理员、护理员和评估员须选。"),
    )
    valid_from = DayField(label=gettext_lazy("从哪天起"))
    valid_to = DayField(
        label=gettext_lazy("到哪天止"), required=False, help_text=gettext_lazy("含当天；没有期限的不填。审计须填。")
    )

    def about(self, thing: Any, request: DoorRequest) -> None:
        reached = accounts.prefixes(request, "account.appoint")
        found = Provider.objects.filter(accounts.inside(reached)).order_by("name")[:PROVIDERS]
        self.choose("role", [(role.value, accounts.role_word(role)) for role in Role if role != Role.CITIZEN])
        self.choose("provider", [("", "—"), *((str(one.pk), one.name) for one in found)])
        self.initial["place"] = reached[0] if len(reached[0]) >= 6 else ""
        self.initial["valid_from"] = request.on


class EndForm(ActForm):
    appointment = forms.IntegerField(widget=forms.HiddenInput)
    last_day = DayField(label=gettext_lazy("最后一天"))


Told = Mapping[str, Any]


def lock(row: Account, told: Told, request: DoorRequest) -> None:
    login.lock_account(account=row, because=told["because"], by=account_of(request), at=request.at)
    end_all(request, row)


def unlock(row: Account, told: Told, request: DoorRequest) -> None:
    login.unlock_account(account=row, by=account_of(request), at=request.at)


def link(row: Account, told: Told, request: DoorRequest) -> None:
    """The link is shown once, on the next page, and kept nowhere else."""
    secret = password.give_link(account=row, by=account_of(request), at=request.at, machine_at=request.server_at)
    request.session[LINK] = {"account": row.pk, "secret": secret}


def reset(row: Account, told: Told, request: DoorRequest) -> None:
    second_factor.reset_factors(account=row, by=account_of(request), because=told["because"], at=request.at)
    end_all(request, row)
    tell_owner(request, row, "sign_in.factor_changed")


def appoint(row: Account, told: Told, request: DoorRequest) -> None:
    """Refuses with ``staff.place_beyond_reach`` above or beside one's own area, with ``staff.auditor_for_a_time``, or
    as ``login.appoint`` does."""
    if told["role"] == Role.AUDITOR and told["valid_to"] is None:
        raise AUDITOR_FOR_A_TIME("valid_to")
    place = place_code.parse(told["place"])
    beginnings = accounts.prefixes(request, "account.appoint")
    if not any(place_code.prefix(place).startswith(one) for one in beginnings):
        raise BEYOND_REACH("place", place=place)
    of_provider = told["role"] in OF_A_PROVIDER
    login.appoint(
        account=row,
        role=told["role"],
        place=place,
        provider_id=told["provider"] if of_provider else None,
        valid_from=told["valid_from"],
        valid_to=told["valid_to"],
        by=account_of(request),
        at=request.at,
    )


def end(row: Account, told: Told, request: DoorRequest) -> None:
    held = Appointment.objects.filter(pk=told["appointment"], account=row).exclude(role=Role.CITIZEN).first()
    if held is None:
        raise Http404
    login.end_appointment(appointment=held, last_day=told["last_day"], by=account_of(request), at=request.at)


def _verb(name: str, act: str, done: Any, form: type[ActForm], do: Doing) -> Verb:
    """The page has words of its own for each."""
    return Verb(name, act, "", "", done, form, do)


VERBS = (
    _verb("lock", "account.write", gettext_lazy("已锁定，并退出了所有登录。"), BecauseForm, lock),
    _verb("unlock", "account.write", gettext_lazy("已解除锁定。"), ActForm, unlock),
    _verb("link", "account.write", gettext_lazy("链接已生成，只显示这一次。"), ActForm, link),
    _verb(
        "reset",
        "account.reset_factor",
        gettext_lazy("已重置，并退出了所有登录。请其登录后重新登记。"),
        BecauseForm,
        reset,
    ),
    _verb("appoint", "account.appoint", gettext_lazy("已任命。"), AppointForm, appoint),
    _verb("end", "account.appoint", gettext_lazy("已记下最后一天。"), EndForm, end),
)


@require_safe
@require("account.read")
def account(request: DoorRequest, account_id: int) -> HttpResponse:
    row = accounts.find(request, account_id)
    noted_read(request, county=county_of(request), act="account.read", subject="account", subject_id=str(row.pk))
    return shown(request, row)


def shown(request: DoorRequest, row: Account, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    offices = accounts.offices_of([row], request.on, all_of_them=True).get(row.pk, [])
    own = row.pk == account_of(request).pk
    is_locked = not row.is_active or (row.barred_until is not None and row.barred_until > request.at)
    has_factor = row.pk in accounts.with_factor([row])
    senseless = {"lock" if not row.is_active else "", "" if is_locked else "unlock", "" if has_factor else "reset"}
    now = [each for each in VERBS if not own and may(request.user, each.act, request.on) and each.name not in senseless]
    found = offered(request, row, now, page="staff:account-act", key=row.pk, wrong=wrong)
    allowed = {one.verb.name: one.form for one in found}
    said = {
        "crumbs": accounts.crumbs_of(row),
        "row": row,
        "own": own,
        "state": accounts.state_of(row, request),
        "has_factor": has_factor,
        "offices": [
            (one, fresh(EndForm, f"end_{one.row.pk}", appointment=one.row.pk, last_day=request.on))
            if "end" in allowed and (one.row.valid_to is None or one.row.valid_to > request.on)
            else (one, None)
            for one in offices
        ],
        "forms": allowed,
        "opened": wrong.verb.name if wrong else "",
        "history": accounts.history_of(row),
        "link": taken_link(request, row),
        "link_days": password.LINK_DAYS,
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/account.html", said, status=status)


def taken_link(request: DoorRequest, row: Account) -> str:
    """The link that was just made for this login; it is shown once."""
    kept = request.session.get(LINK)
    if not kept or kept["account"] != row.pk:
        return ""
    del request.session[LINK]
    return request.build_absolute_uri(reverse("first-password", args=[row.pk, kept["secret"]]))


def county_of(request: DoorRequest) -> str:
    """Under which county the key of an administrator's form is kept."""
    first = accounts.prefixes(request, "account.read")[0]
    return first[:6].ljust(6, "0")


@require_POST
@require("account.read")
def act(request: DoorRequest, account_id: int, verb: str) -> HttpResponse:
    """Do one thing to a login, once; a refusal shows it as it stands now, and says why."""
    wanted = named(VERBS, verb)
    row = accounts.find(request, account_id)
    check(request, wanted.act)

    def as_it_stands(wrong: Wrong, status: int) -> HttpResponse:
        row.refresh_from_db()
        return shown(request, row, wrong, status)

    after = reverse("staff:account", args=[row.pk])
    told: dict[str, Any] = {"county": county_of(request), "shown": as_it_stands, "after": after}
    return carried_out(request, row, wanted, key=row.pk, **told)


@require_http_methods(["GET", "HEAD", "POST"])
@require("account.write")
def add(request: DoorRequest) -> HttpResponse:
    """Open a login. Its owner chooses the password by a link; another administrator appoints it."""
    crumbs = [Crumb(pgettext("page", "账号"), reverse("staff:accounts")), Crumb(pgettext("button", "开设账号"))]
    if request.method != "POST":
        return render(request, "staff/account_add.html", {"crumbs": crumbs, "form": fresh(OpenForm, "open")})
    form = sent(OpenForm, "open", request)
    if not form.is_valid():
        return render(request, "staff/account_add.html", {"crumbs": crumbs, "form": form, "wrong": form}, status=422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        made = login.open_account(
            username=told["username"],
            display_name=told["display_name"],
            phone=told["phone"],
            email=told["email"],
            password=None,
            by=account_of(request),
            at=request.at,
            practice=request.practice,
        )
        link(made, {}, request)
        return {"account": made.pk}

    try:
        answer = act_once(request, county=county_of(request), name="staff.account.open", form=form, do=do)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
        said = {"crumbs": crumbs, "form": form, "wrong": form}
        return render(request, "staff/account_add.html", said, status=refusal.status)
    messages.success(request, _("账号已开设。把下面的链接交给本人，再请安全管理员任命角色。"))
    return HttpResponseRedirect(reverse("staff:account", args=[answer["account"]]))
