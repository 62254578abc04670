"""Determining a whole county, against a bare scan that computes the same columns."""

from __future__ import annotations

from datetime import date

from bench.database import copy_of, new_database, say, started
from bench.measure import Figures, median, ratio, seconds, slowest, statements
from bench.people import COUNTY, MORNING, PROGRAMME, fill

SIZE, ROUNDS = 1_000_000, 3
DAY = date(2026, 3, 1)
LATER = date(2026, 4, 1)


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> Figures:
    """Each round determines everybody for the first time, then a month later (few changes), with the scan between."""
    with started() as server:
        small = _rounds_of(server, size // 10, rounds)
        large = _rounds_of(server, size, rounds)
        settings = server.settings()
    first, again, scan = median(large["first"]), median(large["again"]), median(large["scan"])
    small_again, small_first = median(small["again"]), median(small["first"])
    return Figures(
        bench="determine",
        size=size,
        measured={
            "seconds_first_time": first,
            "seconds_a_month_later": again,
            "changed_a_month_later": large["changed"],
            "people_per_second_a_month_later": round(size / again),
            "seconds_for_a_tenth": {"first_time": small_first, "a_month_later": small_again},
            "rounds": {name: [round(each, 2) for each in large[name]] for name in ("first", "again", "scan")},
            "statements_first_time": large["statements_first"],
            "statements_a_month_later": large["statements_again"],
        },
        reference={
            "what": "one SELECT over everybody that computes facts, conditions and outcome by the same joins, with "
            "the facts and conditions as the JSON that a determination keeps, and only counts what comes out",
            "seconds": scan,
            "seconds_without_the_json": median(large["plain_scan"]),
        },
        ratios={
            "a_month_later": ratio(again, scan),
            "first_time": ratio(first, scan),
            "ten_times_the_people_a_month_later": ratio(again, small_again),
            "ten_times_the_people_first_time": ratio(first, small_first),
        },
        goals={
            "a_month_later": ("at most", 4),
            "first_time": ("at most", 4),
            "ten_times_the_people_a_month_later": ("at most", 12),
            "ten_times_the_people_first_time": ("at most", 12),
        },
        notes={"postgresql": settings},
    )


def _rounds_of(server, size: int, rounds: int) -> dict:
    found: dict = {"first": [], "again": [], "scan": [], "plain_scan": []}
    with new_database(server) as filled:
        say(f"filling {size} people: {seconds(lambda: fill(size, assessed=True)):.0f} s")
        for _ in range(rounds):
            with copy_of(filled):
                with statements() as spent:
                    found["first"].append(seconds(lambda: _determine(DAY)))
                found["statements_first"] = slowest(spent)
                found["scan"].append(seconds(lambda: _scan(DAY, as_json=True)))
                found["plain_scan"].append(seconds(lambda: _scan(DAY, as_json=False)))
                with statements() as spent:
                    found["again"].append(seconds(lambda: found.update(changed=_determine(LATER))))
                found["statements_again"] = slowest(spent)
            say(" ".join(f"{name} {found[name][-1]:.2f} s" for name in ("first", "again", "scan", "plain_scan")))
    return found


def _policy(on: date):
    from songhe.policy.resolve import library

    return library().resolve(policy=PROGRAMME, place=COUNTY, on=on)


def _determine(on: date) -> int:
    """Answers how many determinations were written."""
    from songhe.eligibility.determine_county import determine_county

    return determine_county(county=COUNTY, policy=_policy(on), on=on, clock=lambda: MORNING).written


def _scan(on: date, *, as_json: bool) -> None:
    """The bare SELECT. What it computes is added up, so that PostgreSQL cannot leave it out."""
    from django.db import connection

    from songhe.eligibility.facts import facts_parameters, facts_sql
    from songhe.policy.sql import facts_of, query

    policy = _policy(on)
    facts = facts_of(policy)
    asked = query(policy=policy, on=on, source="people", dialect="postgres", keys=("person_id", *facts))
    conditions = [f'j."condition_{each.id}"' for each in policy.conditions]
    if as_json:
        counted = (
            f"SUM(pg_column_size(jsonb_build_object({', '.join(f"'{name}', j.{name}" for name in facts)}))), "
            f"SUM(pg_column_size(jsonb_build_object({', '.join(f"'{each}', {each}" for each in conditions)})))"
        )
    else:
        counted = ", ".join(f"COUNT({each})" for each in conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH people AS ({facts_sql('postgresql', facts)}), judged AS ({asked.replace('%', '%%')}) "
            f"SELECT COUNT(*), COUNT(*) FILTER (WHERE j.outcome = 'entitled'), {counted} FROM judged j",
            facts_parameters(COUNTY, on),
        )
        cursor.fetchone()
