"""People found in one box among a county full of them, against one look at a primary key."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import suppress
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
        from songhe.person.search import REBUILT_AT_ONCE, search

        say(f"{size} people …")
        fill(size)
        _lay_keys()
        part_seconds = _seconds(_one_part)
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
                "people_a_second_made_again": round(min(size, REBUILT_AT_ONCE) / part_seconds),
            }
        },
    )


def _lay_keys() -> None:
    """The keys of everybody, name by name, by the database itself; they are those that the verbs lay."""
    from django.db import connection, transaction

    from songhe.person.models import Person
    from songhe.person.search import keys_of

    names = Person.rows.filter(county=COUNTY).order_by("name").values_list("name", flat=True).distinct()
    pairs = [(name, key) for name in names for key in keys_of(name, "")]
    with transaction.atomic(), connection.cursor() as cursor:
        # The rows point at people who are there; a million checks of that are no part of what is measured.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("CREATE TEMPORARY TABLE said (name text, key text) ON COMMIT DROP")
        cursor.executemany("INSERT INTO said VALUES (%s, %s)", pairs)
        cursor.execute(
            "INSERT INTO person_searchkey (county, id, person_id, key) "
            "SELECT county, gen_random_uuid(), id, key FROM person_person JOIN said USING (name) "
            "UNION ALL SELECT county, gen_random_uuid(), id, '#' || reverse(phone) FROM person_person "
            "ON CONFLICT DO NOTHING"
        )


class _Enough(Exception):
    """One part was made again."""


def _one_part() -> None:
    from songhe.person.search import rebuild

    def stop(_done: int) -> None:
        raise _Enough

    with suppress(_Enough):
        rebuild(county=COUNTY, progress=stop)


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
