"""Sessions of a login: how one begins, on which device, and how its owner ends the others."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.utils.translation import gettext as _

from songhe.access.models import Account, Appointment
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.access.staying import STAYS_FOR, may_stay, note_ended, note_kept
from songhe.doors.may import FACTOR_AT, PHONE_AT, roles
from songhe.doors.shell.models import SignIn
from songhe.doors.shell.request import (
    LONGEST,
    PRACTISING,
    SEEN_AT,
    SIGNED_IN_AT,
    STAYS_UNTIL,
    DoorRequest,
    address_of,
)
from songhe.kernel import place_code
from songhe.notice.tell import tell_account

BACKEND = "django.contrib.auth.backends.ModelBackend"
DEVICE_COOKIE = "songhe_device"
DEVICE_KEPT = timedelta(days=400)
SHOWN = 20
#: Whose telephone gave its code back, and whether it is to stay signed in, until the session begins.
BY_PHONE = "by_phone"


def begin(request: DoorRequest, response: HttpResponse, account: Account, *, means: str, practice: bool) -> None:
    """Begin a session of the account, write the sign-in down, and tell the owner of a device not seen before.

    ``means`` says by what the account was known; with a second factor the session remembers when.
    """
    given = request.session.pop(BY_PHONE, None)
    by_phone = given is not None and given["account"] == account.pk
    login(request, account, backend=BACKEND)
    now = request.server_at.timestamp()
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now
    if means in {SignIn.Means.APP, SignIn.Means.KEY}:
        request.session[FACTOR_AT] = now
    if by_phone:
        request.session[PHONE_AT] = now
    if practice or (request.practice and account.practice):
        request.session[PRACTISING] = True
    device = device_of(request)
    stays_until = keep(request, account) if by_phone and given["stays"] else keep_screen(request, account)
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
        stays_until=stays_until,
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


def keep(request: DoorRequest, account: Account) -> datetime | None:
    """Let this telephone stay signed in, if it may; until when. The owner is told, and finds it in the trail."""
    if not may_stay(roles(account, request.on)) or is_of_an_office(request):
        return None
    until = request.server_at + STAYS_FOR
    request.session[STAYS_UNTIL] = until.timestamp()
    # A little longer than that: who comes later is told why.
    request.session.set_expiry(STAYS_FOR + LONGEST)
    note_kept(account=account, county=county_of(request, account), until=until, at=request.at)
    tell_owner(request, account, "sign_in.stays")
    return until


def keep_screen(request: DoorRequest, account: Account) -> datetime | None:
    """A big screen has no hand to sign in again: it stays for as long as the installation says."""
    if set(roles(account, request.on)) != {Role.WALL_SCREEN}:
        return None
    stays_for = timedelta(days=settings.WALL_SCREEN_DAYS)
    until = request.server_at + stays_for
    request.session[STAYS_UNTIL] = until.timestamp()
    request.session.set_expiry(stays_for + LONGEST)
    note_kept(account=account, county=county_of(request, account), until=until, at=request.at)
    return until


def is_of_an_office(request: DoorRequest) -> bool:
    """Whether staff have signed in in this browser, as at a counter; one click for practice does not count."""
    device = request.COOKIES.get(DEVICE_COOKIE, "")
    if not device:
        return False
    used = SignIn.objects.filter(device=_hashed(device), practice=False).values("account")
    held = Appointment.objects.filter(account__in=used).exclude(role=Role.CITIZEN)
    return held.exists()


def county_of(request: DoorRequest, account: Account) -> str:
    """The county in whose trail stands what an account does with its own sign-ins."""
    held = appointments(account, request.on).first()
    return (held.place if held else place_code.NATION)[:6]


def tell_owner(request: DoorRequest, account: Account, template: str) -> None:
    """Tell the owner of a login, by the inbox and by text, what happened to it."""
    tell_account(
        county=county_of(request, account),
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


def end_one(request: DoorRequest, account: Account, row: SignIn) -> bool:
    """End one sign-in of the account; ``False`` for one that ended before."""
    if not SignIn.objects.filter(pk=row.pk, account=account, ended_at=None).update(ended_at=request.server_at):
        return False
    Session.objects.filter(session_key=row.session).delete()
    note_ended(account=account, county=county_of(request, account), at=request.at)
    return True


def end_others(request: DoorRequest, account: Account) -> int:
    """End every session of the account but this one."""
    return end_all(request, account, but=request.session.session_key or "")


def end_all(request: DoorRequest, account: Account, *, but: str = "") -> int:
    rows = SignIn.objects.filter(account=account, ended_at=None).exclude(session=but).exclude(session="")
    keys = list(rows.values_list("session", flat=True))
    ended, _each = Session.objects.filter(session_key__in=keys).delete()
    rows.update(ended_at=request.server_at)
    return ended
