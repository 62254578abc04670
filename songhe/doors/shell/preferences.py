"""How the pages look: letter size, colours, language; kept on the device, and with the account for the next device."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from songhe.access.models import Account
from songhe.doors.shell.models import Preference, Size, Theme
from songhe.kernel.refusal import reason

SIZE_COOKIE = "songhe_size"
THEME_COOKIE = "songhe_theme"
A_YEAR = 365 * 24 * 3600

NO_SUCH_CHOICE = reason(
    "preference.no_such_choice", zh="没有“{value}”这个选项。", en="There is no choice {value}.", status=400
)

CHOICES: dict[str, frozenset[str]] = {
    "size": frozenset(Size.values),
    "theme": frozenset(Theme.values),
    "language": frozenset(code for code, _ in settings.LANGUAGES),
}
COOKIES = {"size": SIZE_COOKIE, "theme": THEME_COOKIE, "language": settings.LANGUAGE_COOKIE_NAME}


def remember(response: HttpResponse, chosen: dict[str, str]) -> None:
    """Keep the choices on the device for a year."""
    for name, value in chosen.items():
        response.set_cookie(
            COOKIES[name], value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )


def recall(request: HttpRequest, response: HttpResponse, account: Account) -> None:
    """On a device that has no choice of its own, begin with the account's."""
    kept: dict[str, str] = Preference.objects.filter(account=account).values("size", "theme", "language").first() or {}  # type: ignore[assignment]
    remember(response, {name: value for name, value in kept.items() if value and COOKIES[name] not in request.COOKIES})


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """The address to go on to, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and ours else otherwise


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Set one or more switches. Refuses with ``preference.no_such_choice``."""
    chosen = {name: request.POST[name] for name in CHOICES if name in request.POST}
    for name, value in chosen.items():
        if value not in CHOICES[name]:
            raise NO_SUCH_CHOICE(name, value=value)
    if isinstance(request.user, Account) and chosen:
        Preference.objects.update_or_create(account=request.user, defaults=chosen)
    quietly = request.headers.get("X-Songhe-Quiet") == "1"
    response = HttpResponse(status=204) if quietly else HttpResponseRedirect(safe_next(request))
    remember(response, chosen)
    return response
