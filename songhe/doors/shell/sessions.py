"""Sessions of a login: how one begins, on which device, and how its owner ends the others."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils.translation import gettext as _

from songhe.access.models import Account
from songhe.access.scope import appointments
from songhe.doors.may import FACTOR_AT
from songhe.doors.shell.models import SignIn
from songhe.doors.shell.request import PRACTISING, SEEN_AT, SIGNED_IN_AT, DoorRequest, address_of
from songhe.kernel import place_code
from songhe.notice.tell import tell_account

BACKEND = "django.contrib.auth.backends.ModelBackend"
DEVICE_COOKIE = "songhe_device"
DEVICE_KEPT = timedelta(days=400)
SHOWN = 20


def begin(request: DoorRequest, response: HttpResponse, account: Account, *, means: str, practice: bool) -> None:
    """Begin a session of the account, write the sign-in down, and tell the owner of a device not seen before.

    ``means`` says by what the account was known; with a second factor the session remembers when.
    """
    login(request, account, backend=BACKEND)
    now = request.server_at.timestamp()
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now
    if means in {SignIn.Means.APP, SignIn.Means.KEY}:
        request.session[FACTOR_AT] = now
    if practice or (request.practice and account.practice):
        request.session[PRACTISING] = True
    device = device_of(request)
    known = SignIn.objects.filter(account=account)
    is_new = not practice and known.exists() and not known.filter(device=_hashed(device)).exists()
    SignIn.objects.create(
        account=account,
        at=request.at,
        address=address_of(request) or None,
        practice=practice,
        means=means,
        session=request.session.session_key or "",
        device=_hashed(device),
        told=browser_of(request),
        began_at=request.server_at,
        seen_at=request.server_at,
    )
    response.set_cookie(
        DEVICE_COOKIE,
        device,
        max_age=int(DEVICE_KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    if is_new:
        tell_owner(request, account, "sign_in.new_device")


def tell_owner(request: DoorRequest, account: Account, template: str) -> None:
    """Tell the owner of a login, by the inbox and by text, what happened to it."""
    held = appointments(account, request.on).first()
    tell_account(
        county=(held.place if held else place_code.NATION)[:6],
        account=account.username,
        template=template,
        values={"at": request.at.isoformat()},
        at=request.at,
    )


def device_of(request: DoorRequest) -> str:
    """What this browser was given to be known again by, or something new for it."""
    given = request.COOKIES.get(DEVICE_COOKIE, "")
    return given if len(given) == 43 and given.isascii() else secrets.token_urlsafe(32)


def _hashed(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()


def browser_of(request: DoorRequest) -> str:
    """The browser and the system in two words, by which an owner knows a device; no version, no fingerprint."""
    told = request.headers.get("User-Agent", "")
    browsers = (("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
    browser = next((word for mark, word in browsers if mark in told), "Safari" if "Safari/" in told else "")
    further = (*systems, ("Mac OS", "macOS"), ("Linux", "Linux"))
    system = next((word for mark, word in further if mark in told), "")
    return " · ".join(word for word in (browser, system) if word)


@dataclass(frozen=True)
class Shown:
    """A sign-in as its owner sees it."""

    row: SignIn
    open: bool
    here: bool

    @property
    def device(self) -> str:
        return self.row.told or _("未知设备")


def sessions(request: DoorRequest, account: Account) -> list[Shown]:
    """The last sign-ins, those that are still open first."""
    rows = list(SignIn.objects.filter(account=account).order_by("-at", "-pk")[:SHOWN])
    keys = {row.session for row in rows if row.session and row.ended_at is None}
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=request.server_at).values_list(
            "session_key", flat=True
        )
    )
    here = request.session.session_key
    shown = [Shown(row, bool(row.session) and row.session in alive, row.session == here) for row in rows]
    return sorted(shown, key=lambda one: (not one.here, not one.open))


def end_others(request: DoorRequest, account: Account) -> int:
    """End every session of the account but this one."""
    return end_all(request, account, but=request.session.session_key or "")


def end_all(request: DoorRequest, account: Account, *, but: str = "") -> int:
    rows = SignIn.objects.filter(account=account, ended_at=None).exclude(session=but).exclude(session="")
    keys = list(rows.values_list("session", flat=True))
    ended, _each = Session.objects.filter(session_key__in=keys).delete()
    rows.update(ended_at=request.server_at)
    return ended
