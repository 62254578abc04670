"""The second factor at the door: giving it, registering it, and everybody's page about their own sign-in."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.access import second_factor
from songhe.access.models import Account, Factor
from songhe.access.role import Role
from songhe.access.second_factor import KEY_REFUSED
from songhe.doors.may import FACTOR_AT, NOT_SIGNED_IN, STEP_UP_NEEDED, is_fresh, require, roles
from songhe.doors.shell.models import SignIn
from songhe.doors.shell.preferences import safe_next
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sessions import end_all, end_others, sessions, tell_owner
from songhe.doors.shell.sign_in import let_in, waiting
from songhe.kernel.refusal import Refusal
from songhe.notice.queries import of_account
from songhe.notice.template import say

#: What a key was asked, until it answers.
ASKED = "key_asked"
#: Codes on paper are shown on one page, once.
SHOW_CODES = "recovery_codes"
MOST_JSON = 20_000


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("6 位验证码"),
        help_text=gettext_lazy("打开验证器应用查看；手机不在身边时，填写一个恢复码。"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写验证码。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class FirstCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("应用上显示的 6 位数字"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写验证码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


def in_words(refusal: Refusal) -> str:
    return refusal.message(get_language() or "zh")


def keys_work(request: DoorRequest) -> bool:
    """Whether browsers let security keys be used at this address: by a name, over TLS or on the machine itself."""
    host = host_of(request)
    return host == "localhost" or (request.is_secure() and not host.replace(".", "").isdigit() and ":" not in host)


def host_of(request: DoorRequest) -> str:
    return request.get_host().partition(":")[0]


def owner(request: DoorRequest) -> Account:
    """Who is signed in. Refuses with ``door.not_signed_in``."""
    if not isinstance(request.user, Account):
        raise NOT_SIGNED_IN()
    return request.user


def is_required(request: DoorRequest, account: Account) -> bool:
    """Whether this account has to have a second factor."""
    staff = bool(roles(account, request.on) - {Role.CITIZEN})
    return settings.SECOND_FACTOR == "required" and staff and not (request.practice and account.practice)


# --- giving it -------------------------------------------------------------------------------------------------------


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: DoorRequest) -> HttpResponse:
    """After the password: a code of the app, a code on paper, or a security key."""
    account = waiting(request)
    if account is None or not second_factor.has_factor(account):
        return _to_sign_in(request)
    return _ask(request, account, lambda means: let_in(request, account, means=means), reverse("second-factor"))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: DoorRequest) -> HttpResponse:
    """Before a step that matters: the second factor anew, and on with what one was at."""
    account = owner(request)
    on_to = safe_next(request, "/")

    def go_on(_means: str) -> HttpResponse:
        request.session[FACTOR_AT] = request.server_at.timestamp()
        return HttpResponseRedirect(on_to)

    if not second_factor.has_factor(account):
        return HttpResponseRedirect(on_to)
    return _ask(request, account, go_on, reverse("again"))


def _ask(request: DoorRequest, account: Account, go_on: Any, here: str) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                second_factor.check_code(
                    account=account, code=form.cleaned_data["code"], at=request.at, now=request.server_at
                )
            except Refusal as refusal:
                form.add_error("code", in_words(refusal))
                status = refusal.status
            else:
                _say_codes_left(request, account)
                return go_on(SignIn.Means.APP)
    held = second_factor.factors(account)
    said = {
        "form": form,
        "next": safe_next(request, ""),
        "here": here,
        "stepping_up": here == reverse("again"),
        "has_key": keys_work(request) and any(one.kind == Factor.Kind.KEY for one in held),
        "has_app": any(one.kind == Factor.Kind.APP for one in held),
    }
    return render(request, "shell/second_factor.html", said, status=status)


def _say_codes_left(request: DoorRequest, account: Account) -> None:
    left = second_factor.recovery_codes_left(account)
    if left <= 2:
        messages.warning(request, _("恢复码只剩 %(left)s 个，请在“登录和安全”里重新生成。") % {"left": left})


def _to_sign_in(request: DoorRequest) -> HttpResponse:
    on_to = safe_next(request, "")
    messages.info(request, _("请重新输入用户名和密码。"))
    return HttpResponseRedirect(settings.LOGIN_URL + (f"?{urlencode({'next': on_to})}" if on_to else ""))


@require_POST
def key_question(request: DoorRequest) -> HttpResponse:
    """What the page asks a registered key, for the sign-in under way or for a step that matters."""
    options, state = second_factor.ask_key(account=_signing(request), host=host_of(request))
    request.session[ASKED] = {"state": state, "at": request.server_at.timestamp()}
    return JsonResponse(options)


@require_POST
def key_answer(request: DoorRequest) -> HttpResponse:
    """What the key answered: the address to go on to. Refuses with ``access.key_refused``."""
    account = _signing(request)
    second_factor.check_key(
        account=account,
        host=host_of(request),
        state=_asked(request),
        answer=_answer(request),
        at=request.at,
        now=request.server_at,
    )
    if isinstance(request.user, Account):
        request.session[FACTOR_AT] = request.server_at.timestamp()
        return JsonResponse({"next": safe_next(request, "/")})
    entered = let_in(request, account, means=SignIn.Means.KEY)
    answer = JsonResponse({"next": entered["Location"]})
    answer.cookies.update(entered.cookies)
    return answer


def _signing(request: DoorRequest) -> Account:
    """Who is signed in, or gave the first factor. Refuses with ``door.not_signed_in``."""
    account = request.user if isinstance(request.user, Account) else waiting(request)
    if account is None:
        raise NOT_SIGNED_IN()
    return account


def _asked(request: DoorRequest) -> dict[str, Any]:
    """What the key was asked, once and within five minutes."""
    kept = request.session.pop(ASKED, None)
    if not kept or request.server_at.timestamp() - kept["at"] > 300:
        raise KEY_REFUSED("key")
    state: dict[str, Any] = kept["state"]
    return state


def _answer(request: DoorRequest) -> dict[str, Any]:
    try:
        read = json.loads(request.POST.get("answer", "")[:MOST_JSON])
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise KEY_REFUSED("key")
    return read


# --- registering it --------------------------------------------------------------------------------------------------


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: DoorRequest) -> HttpResponse:
    """The first time somebody of the staff signs in: an app first, for everybody has a telephone."""
    account = waiting(request)
    if account is None or second_factor.has_factor(account):
        return _to_sign_in(request)

    def go_on() -> HttpResponse:
        on_to = safe_next(request, "")
        response = let_in(request, account, means=SignIn.Means.APP)
        request.session[SHOW_CODES] = second_factor.make_recovery_codes(account=account, at=request.at)
        response["Location"] = reverse("recovery-codes") + (f"?{urlencode({'next': on_to})}" if on_to else "")
        return response

    return _app(request, account, go_on, reverse("enrol"))


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: DoorRequest) -> HttpResponse:
    """Register an app from one's own page."""
    account = owner(request)
    _fresh(request, account)
    first = not second_factor.has_factor(account)

    def go_on() -> HttpResponse:
        request.session[FACTOR_AT] = request.server_at.timestamp()
        tell_owner(request, account, "sign_in.factor_changed")
        messages.success(request, _("验证器已登记，下次登录时使用。"))
        if first:
            request.session[SHOW_CODES] = second_factor.make_recovery_codes(account=account, at=request.at)
            return HttpResponseRedirect(reverse("recovery-codes"))
        return HttpResponseRedirect(reverse("security"))

    return _app(request, account, go_on, reverse("add-app"))


def _app(request: DoorRequest, account: Account, go_on: Any, here: str) -> HttpResponse:
    form = FirstCodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                second_factor.confirm_app(
                    account=account, code=form.cleaned_data["code"], at=request.at, now=request.server_at
                )
            except Refusal as refusal:
                form.add_error("code", in_words(refusal))
                status = refusal.status
            else:
                return go_on()
    shown = second_factor.begun(account) or second_factor.begin_app(account=account, name="", at=request.at)
    said = {
        "form": form,
        "enrolment": shown,
        "here": here,
        "forced": here == reverse("enrol"),
        "next": safe_next(request, ""),
    }
    return render(request, "shell/enrol.html", said, status=status)


@require_POST
def new_key_question(request: DoorRequest) -> HttpResponse:
    """What the page asks a key that is to be registered."""
    account = owner(request)
    _fresh(request, account)
    options, state = second_factor.begin_key(account=account, host=host_of(request))
    request.session[ASKED] = {"state": state, "at": request.server_at.timestamp()}
    return JsonResponse(options)


@require_POST
def new_key_answer(request: DoorRequest) -> HttpResponse:
    """What the new key answered: the address to go on to."""
    account = owner(request)
    _fresh(request, account)
    first = not second_factor.has_factor(account)
    second_factor.register_key(
        account=account,
        host=host_of(request),
        state=_asked(request),
        answer=_answer(request),
        name=request.POST.get("name", "") or _("安全密钥"),
        at=request.at,
    )
    request.session[FACTOR_AT] = request.server_at.timestamp()
    tell_owner(request, account, "sign_in.factor_changed")
    messages.success(request, _("安全密钥已登记，下次登录时使用。"))
    if first:
        request.session[SHOW_CODES] = second_factor.make_recovery_codes(account=account, at=request.at)
    return JsonResponse({"next": reverse("recovery-codes" if first else "security")})


@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: DoorRequest) -> HttpResponse:
    """Ten codes to print or to write down, shown on this page alone; a POST makes new ones."""
    account = owner(request)
    if request.method == "POST":
        _fresh(request, account)
        request.session[SHOW_CODES] = second_factor.make_recovery_codes(account=account, at=request.at)
        tell_owner(request, account, "sign_in.factor_changed")
        return HttpResponseRedirect(reverse("recovery-codes"))
    codes = request.session.pop(SHOW_CODES, None)
    if not codes:
        return HttpResponseRedirect(safe_next(request, reverse("security")))
    return render(request, "shell/recovery_codes.html", {"codes": codes, "next": safe_next(request, "")})


# --- one's own page --------------------------------------------------------------------------------------------------


@require_safe
def page(request: DoorRequest) -> HttpResponse:
    """Sign-in and security: what one signs in with, where one is signed in, and what happened before."""
    account = owner(request)
    held = second_factor.factors(account)
    shown = sessions(request, account)
    said = {
        "factors": held,
        "required": is_required(request, account),
        "codes_left": second_factor.recovery_codes_left(account),
        "keys_work": keys_work(request),
        "sessions": shown,
        "others": sum(one.open and not one.here for one in shown),
        "practising": request.practice and account.practice,
        "told": [
            (one, say(one.template, one.values, language=get_language() or "zh"))
            for one in of_account(account.username)
        ],
    }
    return render(request, "shell/security.html", said)


@require_POST
def remove(request: DoorRequest, factor_id: int) -> HttpResponse:
    """Take one of one's own factors away."""
    account = owner(request)
    _fresh(request, account)
    try:
        second_factor.remove_factor(
            account=account, factor_id=factor_id, required=is_required(request, account), at=request.at
        )
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
        return HttpResponseRedirect(reverse("security"))
    tell_owner(request, account, "sign_in.factor_changed")
    if not second_factor.has_factor(account):
        request.session.pop(FACTOR_AT, None)
    messages.success(request, _("已移除。"))
    return HttpResponseRedirect(reverse("security"))


class ResetForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=64,
        error_messages={"required": gettext_lazy("请填写用户名。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    because = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("先当面或打电话确认是本人。理由会留痕。"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require("account.reset_factor")
def reset(request: DoorRequest) -> HttpResponse:
    """Somebody lost app, key and paper: the security administrator takes their factors and ends their sessions.

    They sign in with the password and register anew; they are told that it was done.
    """
    form = ResetForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            name = Account.normalize_username(form.cleaned_data["username"].strip())
            account = Account.objects.filter(username=name).first()
            try:
                if account is None:
                    raise second_factor.NO_SUCH_FACTOR("username")
                second_factor.reset_factors(
                    account=account, by=owner(request), because=form.cleaned_data["because"], at=request.at
                )
            except Refusal as refusal:
                form.add_error("username", in_words(refusal))
                status = refusal.status
            else:
                end_all(request, account)
                tell_owner(request, account, "sign_in.factor_changed")
                messages.success(request, _("已重置，并退出了该账号的所有登录。请其用密码登录后重新登记。"))
                return HttpResponseRedirect(reverse("reset-factor"))
    return render(request, "shell/reset_factor.html", {"form": form}, status=status)


@require_POST
def end_other_sessions(request: DoorRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    ended = end_others(request, owner(request))
    messages.success(request, _("已退出其他 %(count)s 个登录。") % {"count": ended})
    return HttpResponseRedirect(reverse("security"))


def _fresh(request: DoorRequest, account: Account) -> None:
    """Changing how one is known asks for the second factor anew. Refuses with ``door.step_up_needed``."""
    if second_factor.has_factor(account) and (FACTOR_AT not in request.session or not is_fresh(request)):
        raise STEP_UP_NEEDED()
