"""What is known of a person on a day, in the words that packs ask by: for one person, and as SQL for a county. 事实

Both read the same rows by the same rules and must agree on every person; a test tries them on people at random.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from songhe.assessment.queries import effective_level, level_sql
from songhe.eligibility.models import Determination
from songhe.kernel.month import Month, age_on
from songhe.person.models import Person, Status
from songhe.person.status import KINDS, kinds_of_fact
from songhe.policy.facts import FACTS, FactValue

#: The facts that are true when a status is valid on any day of the month; which kinds, the county decides.
STATUS_FACTS: tuple[str, ...] = tuple(dict.fromkeys(kind.fact for kind in KINDS.values() if kind.fact in FACTS))
CONSUMPTION_VOUCHER = "consumption-voucher"


def facts_of(person: Person, on: date) -> dict[str, FactValue]:
    """Every fact of the vocabulary, ``None`` where it is not known.

    Age in completed years on the day; the level of the assessment that counts on the day; who lives in the county
    by the file's place and first day; other programmes by the month, so that two never pay in one (001, answer 3).
    """
    counts = effective_level(person, on)
    facts: dict[str, FactValue] = {
        "age": age_on(person.birth_date, on),
        "resident": _resident(person, on),
        "disability_level": counts.final_level if counts else None,
    }
    month = Month.of(on)
    held = set(
        Status.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=month.first),
            county=person.county,
            person=person,
            valid_from__lte=month.last,
        )
        .order_by("kind")
        .values_list("kind", flat=True)
    )
    facts |= {fact: not held.isdisjoint(kinds_of_fact(fact, person.county)) for fact in STATUS_FACTS}
    facts["entitled_to_consumption_voucher"] = _entitled(person)
    return facts


def on_file(person: Person, on: date) -> bool:
    """Whether the county's file is open on the day and the person alive at its beginning."""
    return (person.closed_on is None or person.closed_on > on) and (person.died_on is None or person.died_on >= on)


def who_is_on_file(county: str, on: date) -> QuerySet[Person]:
    """The people of a county of whom ``on_file`` holds on the day."""
    return Person.rows.filter(
        Q(closed_on=None) | Q(closed_on__gt=on), Q(died_on=None) | Q(died_on__gte=on), county=county
    )


def facts_sql(vendor: str, names: Collection[str] = tuple(FACTS), *, bounded: bool = False) -> str:
    """One row of each person on file in a county: ``person_id`` and the facts as columns, in the order of ``names``.

    ``vendor`` is ``sqlite`` or ``postgresql``; the parameters are those of ``facts_parameters``, and with ``bounded``
    also ``after`` and ``upto``: person ids between which the chunk lies. Truths are booleans on PostgreSQL, 0 and 1
    on SQLite; unknown is NULL.
    """
    expressions = _expressions(vendor)
    columns = ",\n  ".join(["p.id AS person_id", *(f"{expressions[name]} AS {name}" for name in names)])
    chunk = " AND {id} > %(after)s AND {id} <= %(upto)s" if bounded else ""
    joins = []
    if "disability_level" in names:
        levels = level_sql() + chunk.format(id="person_id")
        joins.append(f"LEFT JOIN (\n  {levels}\n) l ON l.person_id = p.id")
    if wanted := [name for name in names if name in STATUS_FACTS]:
        joins.append(
            f"LEFT JOIN (\n  {_statuses(wanted)}{chunk.format(id='person_id')} GROUP BY person_id\n"
            ") s ON s.person_id = p.id"
        )
    if "entitled_to_consumption_voucher" in names:
        joins.append(
            "LEFT JOIN eligibility_determination d ON d.county = %(county)s AND d.person_id = p.id"
            f" AND d.policy = '{CONSUMPTION_VOUCHER}' AND d.current"
        )
    return "\n".join(
        [
            f"SELECT\n  {columns}\nFROM person_person p",
            *joins,
            "WHERE p.county = %(county)s AND (p.closed_on IS NULL OR p.closed_on > %(on)s)"
            " AND (p.died_on IS NULL OR p.died_on >= %(on)s)" + chunk.format(id="p.id"),
        ]
    )


def facts_parameters(county: str, on: date) -> dict[str, Any]:
    """The parameters of ``facts_sql``; dates as text, which both databases compare with dates."""
    month = Month.of(on)
    return {
        "county": county,
        "on": on.isoformat(),
        "year": on.year,
        "day_of_year": on.month * 100 + on.day,
        "first": month.first.isoformat(),
        "last": month.last.isoformat(),
    }


def facts_from_row(names: Collection[str], row: Collection[Any]) -> dict[str, FactValue]:
    """The facts of one row of ``facts_sql``, its first column left out."""
    return {
        name: bool(value) if value is not None and FACTS[name].type == "truth" else value
        for name, value in zip(names, row, strict=True)
    }


def _resident(person: Person, on: date) -> bool | None:
    if not person.place:
        return None
    return person.resident_from is None or person.resident_from <= on


def _entitled(person: Person) -> bool | None:
    current = Determination.objects.filter(
        county=person.county, person=person, policy=CONSUMPTION_VOUCHER, current=True
    ).first()
    if current is None or current.outcome == Determination.Outcome.UNKNOWN:
        return None
    return current.outcome == Determination.Outcome.ENTITLED


def _expressions(vendor: str) -> dict[str, str]:
    yes, no = ("true", "false") if vendor == "postgresql" else ("1", "0")
    if vendor == "postgresql":
        year = "CAST(date_part('year', p.birth_date) AS integer)"
        day = "CAST(date_part('month', p.birth_date) * 100 + date_part('day', p.birth_date) AS integer)"
    else:
        year = "CAST(substr(p.birth_date, 1, 4) AS integer)"
        day = "CAST(substr(p.birth_date, 6, 2) || substr(p.birth_date, 9, 2) AS integer)"
    return {
        "age": f"%(year)s - {year} - CASE WHEN {day} > %(day_of_year)s THEN 1 ELSE 0 END",
        "resident": f"CASE WHEN p.place = '' THEN NULL WHEN p.resident_from > %(on)s THEN {no} ELSE {yes} END",
        "disability_level": "l.final_level",
        "entitled_to_consumption_voucher": (
            f"CASE d.outcome WHEN 'entitled' THEN {yes} WHEN 'not_entitled' THEN {no} ELSE NULL END"
        ),
        **{fact: f"CASE WHEN s.{fact} = 1 THEN {yes} ELSE {no} END" for fact in STATUS_FACTS},
    }


def _statuses(facts: Collection[str]) -> str:
    columns = ", ".join(f"MAX(CASE WHEN {_any_kind_of({fact})} THEN 1 ELSE 0 END) AS {fact}" for fact in facts)
    return (
        f"SELECT person_id, {columns} FROM person_status WHERE county = %(county)s AND ({_any_kind_of(facts)})"
        " AND valid_from <= %(last)s AND (valid_to IS NULL OR valid_to >= %(first)s)"
    )


def _any_kind_of(facts: Collection[str]) -> str:
    """Whether the status is of a kind that makes one of the facts true, in the county where it stands."""
    return " OR ".join(
        f"kind = '{kind.code}'" + (f" AND {_lies_in(kind.areas)}" if "" not in kind.areas else "")
        for kind in KINDS.values()
        if kind.fact in facts
    )


def _lies_in(areas: Collection[str]) -> str:
    return "(" + " OR ".join(f"substr(county, 1, {len(area)}) = '{area}'" for area in areas) + ")"
