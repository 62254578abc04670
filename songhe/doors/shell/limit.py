"""So many tries in a window of the server's own time, and then a rest: counted for all processes together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection

from songhe.county.ready import Ready, one_of
from songhe.doors.shell.models import Tries

_OVER = Ready(
    lambda keys, until, most: Tries.objects.filter(one_of("key", keys), until=until, count__gte=most).values_list("key")
)


@dataclass(frozen=True)
class Limit:
    """``most`` tries of one client, or about one thing, in so many ``seconds``; each window begins at zero.

    To look is one statement and to count is one. What is kept names nobody, and goes when its window is over.
    """

    name: str
    most: int
    seconds: int

    def is_over(self, whose: list[str], *, now: datetime) -> bool:
        """Whether one of these has no tries left in the window."""
        return _OVER.first(keys=self._keys(whose), until=self._until(now), most=self.most) is not None

    def count(self, whose: list[str], *, now: datetime) -> None:
        """One more try of each of these."""
        keys, until = self._keys(whose), self._until(now)
        rows = ", ".join(["(%s, %s, 1)"] * len(keys))
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO shell_tries (key, until, "count") VALUES {rows} ON CONFLICT (key) DO UPDATE SET '
                'until = excluded.until, "count" = '
                'CASE WHEN shell_tries.until = excluded.until THEN shell_tries."count" + 1 ELSE 1 END '
                'RETURNING "count"',
                [value for key in keys for value in (key, until)],
            )
            begun = any(count == 1 for (count,) in cursor.fetchall())
        if begun:
            # Somebody new in this window: the moment to sweep out those whose window is over.
            Tries.objects.filter(until__lte=int(now.timestamp())).delete()

    def _keys(self, whose: list[str]) -> list[str]:
        # In one order, so that two processes never wait for each other.
        return sorted({sha256(f"{self.name} {each}".encode()).hexdigest()[:40] for each in whose})

    def _until(self, now: datetime) -> int:
        return (int(now.timestamp()) // self.seconds + 1) * self.seconds
