"""A county full of people, made by the database itself in a few statements; every constraint holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone

COUNTY = "370799"
PROGRAMME = "consumption-voucher"


def rising_id(n: str, series: int) -> str:
    """A UUIDv7 of row ``n``, sixteen a millisecond, as the application would have made them one after another."""
    start = int(datetime(2025, 1, 1, tzinfo=timezone.utc).timestamp() * 1000) + series * 10_000_000
    return (
        f"(lpad(to_hex({start}::bigint + {n} / 16), 12, '0') || '7' || lpad(to_hex({n} % 16 * 256), 3, '0') || '8' "
        f"|| substr(md5('{series}-' || {n}), 1, 11) || '0000')::uuid"
    )


def numbered_id(n: str, series: int) -> str:
    """An id in whose first eight digits the number of the row, from 1,000,001, can be read off."""
    return f"('{series + 1}' || (1000000 + {n}) || '-0000-7000-8000-000000000000')::uuid"


@dataclass(frozen=True)
class Ids:
    """How the ids of row ``n`` are written."""

    make: Callable[[str, int], str]

    def __getattr__(self, series: str) -> str:
        return self.make("n", SERIES.index(series))


SERIES = ("person", "identity", "entitlement", "determination", "assessment", "status")


def fill(
    people: int,
    *,
    assessed: bool = False,
    entitled: bool = False,
    category: str = "",
    ids: Callable[[str, int], str] = rising_id,
) -> None:
    """People of 60 and over; with ``assessed`` their levels and statuses, with ``entitled`` the right and its ground.

    Levels, ages and statuses are spread so that of those assessed about half are entitled; with ``entitled``
    everybody is, in one standing group or, by default, in several. Some are under 60 where nobody is entitled yet.
    """
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_persons(Ids(ids), people, youngest="1966-02-01" if entitled else "1972-01-01"))
        if assessed:
            cursor.execute(_assessments(Ids(ids), people))
            cursor.execute(_statuses(Ids(ids), people))
        if entitled:
            cursor.execute(_determinations(Ids(ids), people, _ground()))
            cursor.execute(_entitlements(Ids(ids), people, category))
    connection.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _persons(of: Ids, people: int, *, youngest: str) -> str:
    return f"""INSERT INTO person_person (county, id, identity, id_kind, id_last4, name, sex, birth_date, ethnic, place,
          registered_place, address, phone, resident_from, opened_on, closed_because, synthetic, version)
        SELECT '{COUNTY}', {of.person}, {of.identity}, 'resident', lpad((n % 10000)::text, 4, '0'),
          substr('王李张刘陈杨黄赵吴周', 1 + n % 10, 1) || substr('秀英兰芳军伟强磊明华', 1 + n / 10 % 10, 1)
            || substr('国桂玉文建淑德福荣春', 1 + n / 100 % 10, 1),
          (1 + n % 2)::text, date '1928-01-01' + (n::bigint * 7919 % (date '{youngest}' - date '1928-01-01'))::int,
          '01', '{COUNTY}' || lpad((1 + n % 12)::text, 3, '0') || lpad((200 + n % 40)::text, 3, '0'), '', '',
          '13' || lpad((n % 1000000000)::text, 9, '0'), date '2010-01-01', date '2025-01-01', '', true, 1
        FROM generate_series(1, {people}) n"""


def _assessments(of: Ids, people: int) -> str:
    return f"""INSERT INTO assessment_assessment (county, id, no, person_id, origin, state, standard, occasion,
      "where", body_name, requested_at, requested_by, assessed_on, valid_until, certificate_no, total, initial_level,
      final_level, recorded_level, reasons, warnings, scale_version, signatures, disputed_by, dispute_grounds, note)
    SELECT '{COUNTY}', {of.assessment}, '{COUNTY}202601' || lpad(n::text, 9, '0'), {of.person}, 'assessed', 'effective',
      'gbt-42195-2022', 'first', 'home', '样例评估机构', timestamptz '2026-01-05 09:00+08', 'elder',
      date '2026-01-05' + n % 30, date '2028-01-04' + n % 30, '', 40, n % 5, n % 5, '', '[]', '[]', 'bench', '[]',
      '', '', ''
    FROM generate_series(1, {people}) n WHERE n % 20 <> 7"""


def _statuses(of: Ids, people: int) -> str:
    return f"""INSERT INTO person_status (county, id, person_id, kind, valid_from, valid_to, detail, source, known_at)
    SELECT '{COUNTY}', {of.status}, {of.person},
      CASE n % 12 WHEN 0 THEN 'tekun' WHEN 4 THEN 'ltci' WHEN 8 THEN 'low_income' END,
      date '2024-01-01', CASE WHEN n % 24 = 0 THEN date '2025-12-31' END, '{{}}', 'sample',
      timestamptz '2025-01-01 09:00+08'
    FROM generate_series(1, {people}) n WHERE n % 4 = 0"""


def _determinations(of: Ids, people: int, ground: dict[str, str]) -> str:
    return f"""INSERT INTO eligibility_determination (county, id, person_id, policy, "on", at, outcome, pack,
      version, facts, conditions, benefit, difference, current)
    SELECT '{COUNTY}', {of.determination}, {of.person}, '{PROGRAMME}', date '2026-02-20',
      timestamptz '2026-02-20 09:00+08', 'entitled', {_quoted(ground["pack"])}, {_quoted(ground["version"])},
      {_quoted(ground["facts"])}, {_quoted(ground["conditions"])}, {_quoted(ground["benefit"])},
      '[]', true
    FROM generate_series(1, {people}) n"""


def _entitlements(of: Ids, people: int, category: str) -> str:
    several = "CASE n % 3 WHEN 0 THEN 'home' WHEN 1 THEN 'institution_long' ELSE '' END"
    standing = _quoted(category) if category else several
    return f"""INSERT INTO entitlement_entitlement (county, id, no, person_id, identity, policy, state,
      approved_on, approved_by, first_month, last_month, first_due_on, level, category, claims, suspended_because,
      stopped_because)
    SELECT '{COUNTY}', {of.entitlement}, '{COUNTY}202602' || lpad(n::text, 9, '0'), {of.person}, {of.identity},
      '{PROGRAMME}', 'active', date '2025-03-01' + n * 20 / 100000, 'approver', '2026-03', '', date '2026-03-06',
      2 + n % 3, {standing}, true, '', ''
    FROM generate_series(1, {people}) n"""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _ground() -> dict[str, str]:
    """What a determination of somebody entitled says, in the words of the pack in force."""
    from songhe.policy.evaluate import determine
    from songhe.policy.resolve import library

    on = date(2026, 3, 1)
    facts = {"age": 76, "resident": True, "disability_level": 2}
    rules = library().resolve(policy=PROGRAMME, place=COUNTY, on=on)
    facts |= {each.fact: False for each in rules.conditions if each.fact not in facts}
    found = determine(policy=rules, facts=facts, on=on)
    assert found.outcome == "entitled"
    return {
        "pack": found.pack,
        "version": found.version,
        "facts": json.dumps(facts),
        "conditions": json.dumps({each.id: each.met for each in found.conditions}),
        "benefit": json.dumps(found.as_dict()["benefit"], ensure_ascii=False),
    }


def set_budget(people: int, *, number: int = 3) -> None:
    """Enough for everybody's voucher of a month of 2026, proposed and approved by two people."""
    from songhe.grant.fund import set_budget as set_
    from songhe.kernel.month import Month

    month = Month(2026, number)
    set_(
        county=COUNTY,
        programme=PROGRAMME,
        month=month,
        amount_fen=people * 100_000,
        by="finance",
        approved_by="head",
        at=MORNING,
        on=month.first,
    )


MORNING = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
