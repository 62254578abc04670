"""So many tries, and then a rest: the public pages answer everybody, but nobody may guess numbers all day."""

from __future__ import annotations

from songhe.doors.shell import limit
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.kernel.refusal import reason

TOO_MANY = reason(
    "public.too_many",
    zh="短时间内查得太多，请{minutes}分钟后再试。",
    en="Too many tries in a short time; try again in {minutes} minutes.",
    status=429,
)


class Limit:
    """Of an address, and of what is asked about, so that many addresses together may not guess one number either."""

    def __init__(self, name: str, *, most: int, minutes: int) -> None:
        self.minutes = minutes
        self._limit = limit.Limit(f"public.{name}", most, 60 * minutes)

    def check(self, request: DoorRequest, about: str = "") -> None:
        """Refuses with ``public.too_many`` while the client, or what it asks about, has no tries left."""
        if self._limit.is_over(_whose(request, about), now=request.server_at):
            raise TOO_MANY(minutes=self.minutes)

    def count(self, request: DoorRequest, about: str = "") -> None:
        """One more try, of the client and about what it asked."""
        self._limit.count(_whose(request, about), now=request.server_at)


def _whose(request: DoorRequest, about: str) -> list[str]:
    return [f"address:{address_of(request)}", *([f"about:{about}"] if about else [])]
