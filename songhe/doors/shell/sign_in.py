"""Signing in and out: by name and password, or in a practice database with one click."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import is_valid_path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from songhe.access import login as access_login
from songhe.access import second_factor
from songhe.access.models import Account
from songhe.access.role import DECIDING, Role
from songhe.doors.may import roles
from songhe.doors.shell import kept
from songhe.doors.shell.models import FailedSignIn, SignIn
from songhe.doors.shell.preferences import recall, safe_next
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.doors.shell.sessions import begin
from songhe.kernel.refusal import Refusal, reason

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)
#: The account that gave its first factor, and how long it may take over the second.
WAITING = "waiting"
WAITS = timedelta(minutes=10)

ONLY_FOR_PRACTICE = reason(
    "sign_in.only_for_practice",
    zh="一键登录只用于练习数据库里的练习账号。",
    en="One-click sign-in is only for practice accounts in a practice database.",
    status=403,
)


class SignInForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=150,
        error_messages={"required": gettext_lazy("请填写用户名。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        max_length=500,
        strip=False,
        error_messages={"required": gettext_lazy("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def locked_until(login_name: str, address: str, now: datetime) -> datetime | None:
    """Until when this name may not be tried from this address; whether there is such a name is not told."""
    found = FailedSignIn.objects.filter(login=login_name, address=address, locked_until__gt=now).first()
    return found.locked_until if found else None


def count_failure(login_name: str, address: str, now: datetime) -> datetime | None:
    """One more wrong try; the fifth within a day locks the name at this address for 15 minutes, to be told at once."""
    FailedSignIn.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    mine = FailedSignIn.objects.filter(login=login_name, address=address)
    if not mine.update(tries=F("tries") + 1, last_at=now):
        try:
            with transaction.atomic():
                FailedSignIn.objects.create(login=login_name, address=address, tries=1, last_at=now)
        except IntegrityError:
            mine.update(tries=F("tries") + 1, last_at=now)
    until = now + LOCKED_FOR
    return until if mine.filter(tries__gte=TRIES).update(tries=0, locked_until=until) else None


def locked_words(until: datetime, now: datetime) -> str:
    minutes = max(1, -(-int((until - now).total_seconds()) // 60))
    return _("密码连续输错 %(tries)s 次，为保护账号，请在 %(minutes)s 分钟后再试。") % {
        "tries": TRIES,
        "minutes": minutes,
    }


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: DoorRequest) -> HttpResponse:
    """The sign-in page. Five wrong tries for a name from an address lock both together for 15 minutes (status 429)."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(safe_next(request, home_of(request, request.user)))
    form = SignInForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            account, status, words = try_password(request, form.cleaned_data)
            if account is not None:
                return enter(request, account)
            form.add_error(None, words)
    said: dict[str, Any] = {"form": form, "next": safe_next(request, "")}
    return render(request, "shell/sign_in.html", said, status=status)


def try_password(request: DoorRequest, given: dict[str, str]) -> tuple[Account | None, int, str]:
    """The account, or the status and the words of the refusal."""
    name = Account.normalize_username(given["username"].strip())
    address, now = address_of(request), request.server_at
    if until := locked_until(name, address, now):
        return None, 429, locked_words(until, now)
    try:
        account = access_login.sign_in(username=name, password=given["password"], at=request.at)
    except Refusal as refusal:
        if refusal.reason is access_login.BARRED:
            return None, 429, locked_words(now + timedelta(minutes=refusal.values["minutes"]), now)
        if until := count_failure(name, address, now):
            return None, 429, locked_words(until, now)
        return None, 422, _("用户名或密码不正确。请检查大小写和输入法，再试一次。")
    FailedSignIn.objects.filter(login=name, address=address).delete()
    return account, 200, ""


def enter(request: DoorRequest, account: Account, *, practice: bool = False, means: str = "password") -> HttpResponse:
    """Let the account in, by way of its second factor if it has one or has to have one, to where it wanted to go.

    ``means`` says by what it was known so far. A practice account in a practice database needs a second factor only
    if it has one, and none at one click.
    """
    on_to = safe_next(request, "")
    step = "" if practice else second_step(request, account)
    if step:
        request.session[WAITING] = {"account": account.pk, "at": request.server_at.timestamp()}
        return HttpResponseRedirect(reverse(step) + (f"?{urlencode({'next': on_to})}" if on_to else ""))
    return let_in(request, account, means="practice" if practice else means, practice=practice)


def second_step(request: DoorRequest, account: Account) -> str:
    """The page that stands between the first factor and the desk; "" for none."""
    if second_factor.has_factor(account):
        return "second-factor"
    staff = bool(roles(account, request.on) - {Role.CITIZEN})
    spared = request.practice and account.practice
    return "enrol" if settings.SECOND_FACTOR == "required" and staff and not spared else ""


def waiting(request: DoorRequest) -> Account | None:
    """Who gave the first factor here within the last ten minutes and not yet the second."""
    given = request.session.get(WAITING)
    if not given or not 0 <= request.server_at.timestamp() - given["at"] <= WAITS.total_seconds():
        return None
    return Account.objects.filter(pk=given["account"], is_active=True).first()


def let_in(request: DoorRequest, account: Account, *, means: str, practice: bool = False) -> HttpResponse:
    """Begin the session, and go to where the account wanted to go."""
    request.session.pop(WAITING, None)
    begun = request.session.pop(kept.ON_TO, "")
    on_to = safe_next(request, "") or begun
    response = HttpResponseRedirect(on_to or home_of(request, account))
    begin(request, response, account, means=means, practice=practice)
    recall(request, response, account)
    return response


#: Whose work begins with what is to be paid.
FINANCE_HOME = "/staff/statements/"

#: Who begins at another door than the county's desk; the first that fits.
HOMES: tuple[tuple[frozenset[Role], str], ...] = (
    (frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}), "/staff/accounts/"),
    (frozenset({Role.AUDIT_ADMIN}), "/staff/reveals/"),
    (frozenset({Role.CITY_OVERSEER, Role.PROVINCE_OVERSEER}), "/staff/dashboard/"),
    (frozenset({Role.PROVIDER_MANAGER, Role.CARER}), "/provider/"),
    (frozenset({Role.ASSESSOR}), "/assessor/"),
    (frozenset({Role.AUDITOR}), "/audit/"),
    (frozenset({Role.WALL_SCREEN}), "/staff/screen/"),
)


def home_of(request: DoorRequest, account: Any) -> str:
    """Everybody begins where their work is: county staff at their desk, finance with the statements, elders at home."""
    held = roles(account, request.on)
    if not held - {Role.CITIZEN}:
        return "/my/" if held and is_valid_path("/my/") else "/"
    if held & DECIDING == {Role.FINANCE}:
        return FINANCE_HOME
    for of_door, address in HOMES:
        if held & of_door and not held & DECIDING and is_valid_path(address):
            return address
    return settings.LOGIN_REDIRECT_URL


@require_POST
def sign_in_for_practice(request: DoorRequest) -> HttpResponse:
    """One click instead of a password. Refuses with ``sign_in.only_for_practice``, always so in a real database."""
    account = Account.objects.filter(
        username=request.POST.get("username", ""), practice=True, is_active=True, locked_at__isnull=True
    ).first()
    if not request.practice or account is None:
        raise ONLY_FOR_PRACTICE("username")
    return enter(request, account, practice=True)


@require_POST
def sign_out(request: DoorRequest) -> HttpResponse:
    """End the session. The browser forgets what it stored where its script says that nothing there waits to be sent."""
    if request.session.session_key:
        SignIn.objects.filter(session=request.session.session_key, ended_at=None).update(ended_at=request.server_at)
    logout(request)
    messages.success(request, _("您已退出登录。"))
    response = HttpResponseRedirect("/")
    if request.POST.get("empty"):
        response.headers["Clear-Site-Data"] = '"storage"'
    return response
