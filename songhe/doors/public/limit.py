"""So many tries, and then a rest: the public pages answer everybody, but nobody may guess numbers all day."""

from __future__ import annotations

from threading import Lock

from django.http import HttpRequest

from songhe.doors.shell.request import address_of
from songhe.kernel.refusal import reason

_MOST_CLIENTS = 10_000

TOO_MANY = reason(
    "public.too_many",
    zh="短时间内查得太多，请{minutes}分钟后再试。",
    en="Too many tries in a short time; try again in {minutes} minutes.",
    status=429,
)


class Limit:
    """Counted in each process of the web, by windows of the server's own time."""

    def __init__(self, most: int, minutes: int) -> None:
        self.most = most
        self.minutes = minutes
        self._lock = Lock()
        self._counts: dict[str, tuple[int, int]] = {}

    def check(self, request: HttpRequest, about: str = "") -> None:
        """Refuses with ``public.too_many`` while the client, or what it asks about, has no tries left."""
        window = self._window(request)
        for key in self._keys(request, about):
            then, count = self._counts.get(key, (window, 0))
            if then == window and count >= self.most:
                raise TOO_MANY(minutes=self.minutes)

    def count(self, request: HttpRequest, about: str = "") -> None:
        """One more try, of the client and about what it asked."""
        window = self._window(request)
        with self._lock:
            if len(self._counts) >= _MOST_CLIENTS:
                self._counts = {key: held for key, held in self._counts.items() if held[0] == window}
            for key in self._keys(request, about):
                then, count = self._counts.get(key, (window, 0))
                self._counts[key] = (window, count + 1 if then == window else 1)

    def forget(self) -> None:
        self._counts.clear()

    @staticmethod
    def _keys(request: HttpRequest, about: str) -> list[str]:
        return [f"address:{address_of(request)}", *([f"about:{about}"] if about else [])]

    def _window(self, request: HttpRequest) -> int:
        return int(request.server_at.timestamp()) // (60 * self.minutes)  # type: ignore[attr-defined]
