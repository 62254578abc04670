"""People found in one box among a county full of them, against one look at a primary key."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.database import new_database, say, started
from bench.measure import Figures, ratio
from bench.people import COUNTY, fill

SIZE, ROUNDS = 1_000_000, 20
#: What somebody remembers of a person, and how it is typed.
ASKED = {
    "initials of two": "zs",
    "initials of three": "wxg",
    "pinyin": "wangxiuguo",
    "beginning of pinyin": "zhang",
    "name": "王秀国",
    "family name": "王",
    "family read otherwise": "z",
    "end of an ID number": "0028",
    "end of a telephone": "123456",
    "nobody": "qqqqq",
}


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> Figures:
    """Each question ``rounds`` times among ``size`` people of one county, as the desk asks it: a page of fifty."""
    with started() as server, new_database(server):
        from songhe.access.scope import Scope
        from songhe.person.models import Person, SearchKey
        from songhe.person.search import rebuild, search

        say(f"{size} people …")
        fill(size)
        start = time.perf_counter()
        rebuild(county=COUNTY)
        keys_seconds = time.perf_counter() - start
        _analyze()
        scope = Scope(divisions=(COUNTY,))
        some = list(Person.rows.filter(county=COUNTY).values_list("id", flat=True)[:rounds])
        found: dict[str, Any] = {}
        slowest = 0.0
        for what, text in ASKED.items():
            times = _times(lambda text=text: search(scope, text), rounds)
            answer = search(scope, text)
            found[what] = {
                "typed": text,
                "people": len(answer.people),
                "more": answer.more,
                "ms": round(statistics.median(times) * 1000, 2),
                "worst_ms": round(max(times) * 1000, 2),
            }
            slowest = max(slowest, max(times))
        reference = statistics.median(
            [_seconds(lambda each=each: Person.rows.filter(county=COUNTY, id=each).first()) for each in some]
        )
        keys = SearchKey.objects.filter(county=COUNTY).count()
    return Figures(
        bench="search",
        size=size,
        measured={"worst_ms": round(slowest * 1000, 2), "questions": found},
        reference={"what": "one person by primary key", "ms": round(reference * 1000, 3)},
        ratios={"to_300_ms": ratio(slowest, 0.3), "to_primary_key": ratio(slowest, reference or 1e-6)},
        goals={"to_300_ms": ("at most", 1)},
        notes={
            "keys": {
                "rows": keys,
                "a_person": round(keys / size, 2),
                "seconds_to_make": round(keys_seconds, 1),
            }
        },
    )


def _times(ask: Callable[[], object], rounds: int) -> list[float]:
    ask()
    return [_seconds(ask) for _ in range(rounds)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _analyze() -> None:
    from django.db import connection

    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE person_searchkey")
