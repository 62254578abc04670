"""What every request gets at the door: a number, the clock, an end to idle sessions, and one line in the log."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from songhe.access.role import Role
from songhe.access.staying import may_stay
from songhe.doors.may import FACTOR_AT, NOT_SIGNED_IN, PHONE_AT, STEP_UP_NEEDED, roles
from songhe.doors.shell import errors, kept
from songhe.doors.shell.clock import Clock, read_clock, server_now
from songhe.doors.shell.models import SignIn
from songhe.kernel.refusal import Refusal

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=8)
#: A session is marked as used at most this often, so that reading pages does not write a row each time.
MARK_EVERY = timedelta(seconds=30)
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
#: Until when a citizen's own telephone stays signed in, if it does.
STAYS_UNTIL = "stays_until"
#: In a session that began with a password alone: that of a practice account, of who need not have more.
PRACTISING = "practising"
#: Pages that refresh themselves send this header; a machine that asks is no sign of a person at the desk.
POLL_HEADER = "X-Songhe-Poll"
STEP_UP_URL = "/sign-in/again/"
#: Elders and families sign in with their telephone; whoever helps them at a counter has a password.
OF_CITIZENS, OF_HELPERS = "/my/", "/my/assist/"
PHONE_SIGN_IN_URL = "/my/sign-in/"
PHONE_AGAIN_URL = "/my/sign-in/again/"
WITHOUT_CLOCK = ("/healthz", "/readyz", "/version")

logger = structlog.get_logger("songhe.request")


class DoorRequest(HttpRequest):
    """An ``HttpRequest`` as the views see it. Only a type: Django makes the object, the middleware adds to it."""

    request_id: str
    clock: Clock
    at: datetime
    on: date
    practice: bool
    server_at: datetime


def new_request_id() -> str:
    """Twelve hexadecimal digits in fours, short enough to be read out on the telephone."""
    digits = secrets.token_hex(6)
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def address_of(request: HttpRequest) -> str:
    """Where the request comes from; behind TLS the last entry that our own proxy added counts, nothing before it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


class RequestMiddleware:
    """Number, clock, idle sessions, refusals turned into answers, one log line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: DoorRequest) -> HttpResponse:
        began = time.perf_counter()
        request.request_id = new_request_id()
        request.server_at = server_now()
        if request.path not in WITHOUT_CLOCK:
            request.clock = read_clock()
            request.at, request.on, request.practice = request.clock
        response = self.get_response(request)
        if kept.PARAMETER in request.GET:
            kept.refill(request, response)
        elif request.method == "POST" and hasattr(request, "session") and kept.PARAMETER in request.session:
            kept.sent_again(request, response)
        response.headers["X-Request-ID"] = request.request_id
        patch_vary_headers(response, ["HX-Request"])
        if "Cache-Control" not in response.headers and not response.streaming:
            # Pages name people: no proxy and no shared computer keeps them.
            response.headers["Cache-Control"] = "no-store"
        logger.info(
            "request",
            request_id=request.request_id,
            method=request.method,
            route=route_of(request),
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
            account=account_of(request),
        )
        return response

    def process_view(
        self, request: DoorRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not hasattr(request, "clock") or not hasattr(request, "session") or SIGNED_IN_AT not in request.session:
            return None
        if not request.user.is_authenticated:
            return None
        now = request.server_at.timestamp()
        if self.is_over(request, now) or self.lacks_a_factor(request):
            address = kept.keep(request, request.user)
            by_phone = roles(request.user, request.on) == {Role.CITIZEN}
            ended = _("因长时间未操作，已为您退出登录，请重新登录。")
            if by_phone and STAYS_UNTIL in request.session:
                ended = _("30 天到了，请再用手机登录一次。")
            SignIn.objects.filter(session=request.session.session_key, ended_at=None).update(ended_at=request.server_at)
            logout(request)
            if errors.wants_problem(request):
                return errors.refused(request, NOT_SIGNED_IN())
            messages.info(request, ended)
            if address:
                kept.say_kept(request)
                # Whichever way somebody signs in again, that is where they were.
                request.session[kept.ON_TO] = address
            return to_sign_in(request, address, by_phone=by_phone)
        if POLL_HEADER not in request.headers and now - request.session[SEEN_AT] >= MARK_EVERY.total_seconds():
            request.session[SEEN_AT] = now
            SignIn.objects.filter(session=request.session.session_key).update(seen_at=request.server_at)
        if kept.PARAMETER in request.GET:
            request.session[kept.PARAMETER] = True
        return None

    @staticmethod
    def lacks_a_factor(request: DoorRequest) -> bool:
        """Who has become staff since signing in with one factor signs in again, with two."""
        if settings.SECOND_FACTOR != "required" or FACTOR_AT in request.session or PRACTISING in request.session:
            return False
        return bool(roles(request.user, request.on) - {Role.CITIZEN})

    @staticmethod
    def is_over(request: DoorRequest, now: float) -> bool:
        """Staff are signed out after 15 minutes without a sign of life, everybody after eight hours.

        A citizen's own telephone stays until its day, and an office ends that.
        """
        if STAYS_UNTIL in request.session and may_stay(roles(request.user, request.on)):
            return bool(now >= request.session[STAYS_UNTIL])
        if now - request.session[SIGNED_IN_AT] >= LONGEST.total_seconds():
            return True
        if now - request.session[SEEN_AT] < IDLE.total_seconds():
            return False
        return bool(roles(request.user, request.on) - {Role.CITIZEN})

    def process_exception(self, request: DoorRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        if errors.wants_problem(request):
            return errors.refused(request, exception)
        if exception.reason is NOT_SIGNED_IN:
            return to_sign_in(request, by_phone=not request.path.startswith(OF_HELPERS))
        if exception.reason is STEP_UP_NEEDED:
            return to_step_up(request)
        return errors.refused(request, exception)


def to_sign_in(request: HttpRequest, back_to: str = "", *, by_phone: bool = False) -> HttpResponse:
    """To the sign-in page, and from there back to where one was; a part of a page takes the whole page along.

    Who comes to the pages of citizens ``by_phone`` is asked for a telephone, everybody else for a password.
    """
    of_citizens = by_phone and request.path.startswith(OF_CITIZENS)
    return _by_way_of(request, PHONE_SIGN_IN_URL if of_citizens else settings.LOGIN_URL, back_to)


def to_step_up(request: DoorRequest) -> HttpResponse:
    """To the page that asks for the second factor, or the telephone's code, anew, and back to the form as it was."""
    address = kept.keep(request, request.user)  # type: ignore[arg-type]
    here = request.get_full_path() if request.method == "GET" else kept.page_of(request)
    return _by_way_of(request, PHONE_AGAIN_URL if PHONE_AT in request.session else STEP_UP_URL, address or here)


def _by_way_of(request: HttpRequest, address: str, back_to: str) -> HttpResponse:
    here = back_to or (request.get_full_path() if request.method == "GET" else "")
    if errors.is_htmx(request):
        here = back_to or errors.current_path(request)
    address += f"?{urlencode({'next': here})}" if here and here != "/" else ""
    if errors.is_htmx(request):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def route_of(request: HttpRequest) -> str:
    """The pattern that matched, never the address itself: an address may name a case."""
    return request.resolver_match.route if request.resolver_match else ""


def account_of(request: HttpRequest) -> int | None:
    """The account's key, if the view asked who it is; a log line is no reason to read the session."""
    user = getattr(request, "_cached_user", None)
    return user.pk if user is not None and user.is_authenticated else None
