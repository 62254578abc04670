"""Who tries tokens or numbers that are not theirs is stopped for a while."""

from __future__ import annotations

from typing import Any

from songhe.doors.shell.limit import Limit
from songhe.doors.shell.request import address_of
from songhe.kernel.refusal import reason

#: Answers 401 and 404 that one client may collect in a window before everything is refused until it is over.
MISSES = Limit("api.misses", most=60, seconds=60)

TOO_MANY_MISSES = reason(
    "api.too_many_misses",
    zh="短时间内有太多次没有找到或未获授权，请{seconds}秒后再试。",
    en="Too many calls found nothing or were not authorised; try again in {seconds} seconds.",
    status=429,
)


def miss(request: Any) -> None:
    """Count a miss of the client, which is its token or account where one is known, else its address."""
    MISSES.count(_client(request), now=request.server_at)


def check(request: Any) -> None:
    """Refuses with ``api.too_many_misses``."""
    # The server's own time: a practice day stands still for nobody's patience.
    if MISSES.is_over(_client(request), now=request.server_at):
        raise TOO_MANY_MISSES(seconds=MISSES.seconds)


def _client(request: Any) -> list[str]:
    caller = getattr(request, "auth", None)
    return [caller.client if caller is not None else f"address:{address_of(request)}"]
