"""Issuing a month's vouchers to a whole county, against a bare INSERT … SELECT of the very rows that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.database import Database, Server, copy_of, new_database, say, started
from bench.measure import Figures, median, ratio, seconds, slowest, statements
from bench.people import COUNTY, MORNING, PROGRAMME, fill, set_budget

#: In the order in which they must be written; ``{new}`` picks the rows that issuing adds.
TABLES = {
    "grant_claim": "TRUE",
    "ledger_account": "kind = 'purse'",
    "grant_grant": "TRUE",
    "ledger_transfer": "kind = 'issue'",
}
SIZE, ROUNDS = 1_000_000, 3


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> Figures:
    """``size`` people and a tenth of them; each round issues to both, then copies the same rows back, in turns."""
    large: dict[str, Any] = {"issue": [], "tenth": [], "bare": [], "without_keys": []}
    with started() as server, _filled(server, size // 10) as tenth_filled, _filled(server, size) as filled:
        for turn in range(rounds):
            with copy_of(tenth_filled):
                large["tenth"].append(seconds(lambda: _issue(size // 10)))
            with copy_of(filled) as database:
                with statements() as spent:
                    large["issue"].append(seconds(lambda: _issue(size)))
                if turn == 0:
                    _keep_rows(database, filled)
                if turn == rounds - 1:
                    large["statements"] = slowest(spent)
                    large["next_month"] = [_next_month(size)]
            with copy_of(filled):
                large["bare"].append(seconds(_copy_back))
            with copy_of(filled):
                large["without_keys"].append(_copy_without_keys())
            say(" ".join(f"{name} {large[name][-1]:.1f} s" for name in ("tenth", "issue", "bare", "without_keys")))
        settings = server.settings()
    issued, tenth = median(large["issue"]), median(large["tenth"])
    bare, without_keys = median(large["bare"]), median(large["without_keys"])
    return Figures(
        bench="issue",
        size=size,
        measured={
            "seconds": issued,
            "vouchers_per_second": round(size / issued),
            "seconds_for_a_tenth": tenth,
            "seconds_for_the_month_after": median(large["next_month"]),
            "rounds": [round(each, 2) for each in large["issue"]],
            "statements": large["statements"],
        },
        reference={
            "what": "INSERT … SELECT of the rows of grant_claim, ledger_account, grant_grant and ledger_transfer "
            "from plain tables into the same tables of a copy of the database: indexes, checks, keys, triggers",
            "seconds": bare,
            "seconds_without_keys_and_triggers": without_keys,
            "rounds": [round(each, 2) for each in large["bare"]],
        },
        ratios={
            "to_reference": ratio(issued, bare),
            "to_reference_without_keys_and_triggers": ratio(issued, without_keys),
            "ten_times_the_people": ratio(issued, tenth),
        },
        goals={"to_reference": ("at most", 4), "ten_times_the_people": ("at most", 12)},
        notes={"postgresql": settings},
    )


@contextmanager
def _filled(server: Server, size: int) -> Iterator[Database]:
    with new_database(server) as made:
        say(f"filling {size} people: {seconds(lambda: _fill(size)):.0f} s")
        yield made


def _fill(size: int) -> None:
    fill(size, entitled=True)
    set_budget(size)


def _next_month(size: int) -> float:
    """April on top of March, without waiting for PostgreSQL to count the tables anew."""
    set_budget(size, number=4)
    return seconds(lambda: _issue(size, number=4))


def _issue(size: int, *, number: int = 3) -> None:
    from songhe.grant.issue import issue
    from songhe.kernel.month import Month

    month = Month(2026, number)
    done = issue(county=COUNTY, programme=PROGRAMME, month=month, on=month.first, clock=lambda: MORNING)
    assert (done.grants, done.waiting) == (size, 0), done


def _keep_rows(issued: Database, filled: Database) -> None:
    """Lay the rows that issuing made beside the tables of the filled database, in tables without any index."""
    import psycopg

    with psycopg.connect(issued.url) as source, psycopg.connect(filled.url) as target:
        for table, new in TABLES.items():
            target.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} LIMIT 0".encode())
            out = f"COPY (SELECT * FROM {table} WHERE {new}) TO STDOUT (FORMAT binary)".encode()
            into = f"COPY bench_{table} FROM STDIN (FORMAT binary)".encode()
            with source.cursor().copy(out) as read, target.cursor().copy(into) as write:
                for piece in read:
                    write.write(piece)
        target.commit()
        target.autocommit = True
        for table in TABLES:
            target.execute(f"VACUUM ANALYZE bench_{table}".encode())


def _copy_back() -> None:
    """One transaction. PostgreSQL counts the tables before the keys are checked: else it would walk all accounts for
    each one, and the reference would flatter us."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"INSERT INTO {table} SELECT * FROM bench_{table}")
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def _copy_without_keys() -> float:
    from django.db import connection, transaction

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM bench_{table}")

    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    return seconds(copy)
