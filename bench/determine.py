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
    """Each round scans, determines everybody for the first time, and again a month later, when few have changed."""
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
            "what": "one SELECT over everybody that computes every column of a determination (id, outcome, facts, "
            "conditions, benefit, difference) by the same joins, and only adds up their sizes",
            "seconds": scan,
            "seconds_of_outcome_and_conditions_alone": median(large["plain_scan"]),
        },
        ratios={
            "a_month_later": ratio(again, scan),
            "first_time": ratio(first, scan),
            "a_month_later_to_outcome_and_conditions_alone": ratio(again, median(large["plain_scan"])),
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
                found["scan"].append(seconds(lambda: _scan(DAY)))
                with statements() as spent:
                    found["first"].append(seconds(lambda: _determine(DAY)))
                found["statements_first"] = slowest(spent)
                found["plain_scan"].append(seconds(lambda: _plain_scan(DAY)))
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


def _scan(on: date) -> None:
    """The very SELECT that fills determinations, over everybody at once; every column is weighed, none is kept."""
    from django.db import connection

    from songhe.eligibility.determine_county import _County

    everybody = _County(COUNTY, _policy(on), on, chunk=0)
    columns = ("id", "person_id", "outcome", "facts", "conditions", "benefit", "difference")
    weighed = ", ".join(f"SUM(pg_column_size(s.{column}))" for column in columns)
    given = {
        **everybody.parameters,
        "after": "00000000-0000-0000-0000-000000000000",
        "upto": "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "at": MORNING,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), {weighed} FROM ({everybody.new_rows(first=True)}) s", given)
        assert cursor.fetchone()[0] > 0


def _plain_scan(on: date) -> None:
    """Facts, conditions and outcome only, as plain columns: what is left when nothing is to be kept."""
    from django.db import connection

    from songhe.eligibility.facts import facts_parameters, facts_sql
    from songhe.policy.sql import facts_of, query

    policy = _policy(on)
    facts = facts_of(policy)
    asked = query(policy=policy, on=on, source="people", dialect="postgres", keys=("person_id", *facts))
    counted = ", ".join(f'COUNT(j."condition_{each.id}")' for each in policy.conditions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH people AS ({facts_sql('postgresql', facts)}), judged AS ({asked.replace('%', '%%')}) "
            f"SELECT COUNT(*), COUNT(*) FILTER (WHERE j.outcome = 'entitled'), {counted} FROM judged j",
            facts_parameters(COUNTY, on),
        )
        cursor.fetchone()
