"""Who tries tokens or numbers that are not theirs is stopped for a while. Counted in each process of the web."""

from __future__ import annotations

from threading import Lock

from django.http import HttpRequest

from songhe.doors.shell.request import address_of
from songhe.kernel.refusal import reason

#: Answers 401 and 404 that one client may collect in a window before everything is refused until it is over.
MOST_MISSES = 60
WINDOW_SECONDS = 60
_MOST_CLIENTS = 10_000

TOO_MANY_MISSES = reason(
    "api.too_many_misses",
    zh="短时间内有太多次没有找到或未获授权，请{seconds}秒后再试。",
    en="Too many calls found nothing or were not authorised; try again in {seconds} seconds.",
    status=429,
)

_lock = Lock()
_misses: dict[str, tuple[int, int]] = {}


def miss(request: HttpRequest) -> None:
    """Count a miss of the client, which is its token or account where one is known, else its address."""
    client, window = _client(request), _window(request)
    with _lock:
        if len(_misses) >= _MOST_CLIENTS:
            for old in [each for each, (then, _) in _misses.items() if then != window]:
                del _misses[old]
        then, count = _misses.get(client, (window, 0))
        _misses[client] = (window, count + 1 if then == window else 1)


def check(request: HttpRequest) -> None:
    """Refuses with ``api.too_many_misses``."""
    if not _misses:
        return
    found = _misses.get(_client(request))
    if found is not None and found[0] == _window(request) and found[1] >= MOST_MISSES:
        raise TOO_MANY_MISSES(seconds=WINDOW_SECONDS)


def forget() -> None:
    _misses.clear()


def _client(request: HttpRequest) -> str:
    caller = getattr(request, "auth", None)
    return caller.client if caller is not None else f"address:{address_of(request)}"


def _window(request: HttpRequest) -> int:
    # The server's own time: a practice day stands still for nobody's patience.
    return int(request.server_at.timestamp()) // WINDOW_SECONDS  # type: ignore[attr-defined]
