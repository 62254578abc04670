"""A clean month has no finding, and each planted fault is found as what it is."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from conftest import TestDatabase, copy_of, drop, taken
from songhe.month.audit import findings, heads, questions
from songhe.month.audit.tests.plants import PLANTS
from songhe.month.audit.tests.plants_aid import lent as _aids_are_planted_too  # noqa: F401
from songhe.month.audit.tests.plants_clearing import lunched as _claims_are_planted_too  # noqa: F401
from songhe.month.audit.tests.plants_credit import spent as _credits_are_planted_too  # noqa: F401
from songhe.month.audit.tests.plants_examine import examined as _scores_are_planted_too  # noqa: F401
from songhe.month.audit.tests.plants_offline import slip as _offline_tills_are_planted_too  # noqa: F401
from songhe.month.audit.tests.plants_parts import part_paid as _parts_are_planted_too  # noqa: F401
from songhe.month.audit.tests.world import COUNTY, live
from songhe.settlement.models import Statement, StatementLine
from songhe.trail.models import Seal


@pytest.mark.django_db
def test_a_clean_month_has_no_finding():
    live()
    assert set(StatementLine.objects.values_list("kind", flat=True)) == {"CHARGE", "REFUND"}
    assert set(Statement.objects.values_list("state", flat=True)) == {"paid", "gathered"}
    assert [str(each) for each in findings(anchors=heads())] == []


@pytest.mark.django_db
def test_an_empty_database_has_no_finding():
    assert list(findings()) == []


def test_every_question_has_a_code_and_a_sentence_of_its_own():
    for given in ("code", "zh", "en", "sql"):
        times = Counter(getattr(each, given) for each in questions())
        assert [text for text, count in times.items() if count > 1] == []
    assert len(questions()) > 100


def test_every_question_has_a_fault_that_it_alone_finds_or_finds_among_others():
    planted = {code for each in PLANTS for code in each.finds}
    assert {each.code for each in questions()} - planted == set()


@pytest.fixture(scope="module")
def lived(database_template, django_db_blocker):
    """The county of ``world.py`` after its months, built once."""
    from django.db import connections

    with django_db_blocker.unblock():
        former = TestDatabase(connections["default"].settings_dict["NAME"])
        made = copy_of(database_template)
        made.take()
        live()
        former.take()
        yield made
        drop(made)


@pytest.fixture
def county(lived, django_db_blocker):
    """A copy of that county for the test alone."""
    with django_db_blocker.unblock(), taken(copy_of(lived)) as database:
        yield database


class Undo(Exception):
    pass


def codes_after(act):
    """What the auditor says once the fault is there; the fault is taken out again."""
    seen: set[str] = set()
    with contextlib.suppress(Undo), transaction.atomic():
        act()
        seen = {each.code for each in findings()}
        raise Undo
    return seen


@pytest.mark.slow
@pytest.mark.usefixtures("county")
def test_each_planted_fault_is_found_and_nothing_else():
    strip_guards()
    assert list(findings()) == []
    wrong = []
    for each in PLANTS:
        seen = codes_after(each.act)
        if seen != each.finds:
            wrong.append(f"{each.name}: missed {sorted(each.finds - seen)}, also {sorted(seen - each.finds)}")
    assert not wrong, "\n".join(wrong)
    assert list(findings()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("county")
def test_the_database_itself_refuses_what_it_can():
    wrong = []
    for each in PLANTS:
        try:
            with transaction.atomic():
                each.act()
                connection.check_constraints()
                raise Undo
        except Undo:
            refused = False
        except DatabaseError:
            refused = True
        if refused != each.held:
            wrong.append(f"{each.name}: {'refused' if refused else 'let through'}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.usefixtures("county")
def test_the_command_prints_a_line_for_each_finding_and_fails():
    answer = command("--json")
    assert (answer.returncode, json.loads(answer.stdout)["findings"]) == (0, [])
    (head,) = json.loads(answer.stdout)["heads"]
    strip_guards()
    Seal.objects.filter(number=head["number"]).delete()
    assert command().returncode == 0, "from inside the database nothing is to be seen"
    told = command("--language", "en", "--anchor", f"{head['county']}:{head['number']}:{head['digest']}")
    assert told.returncode == 1
    assert told.stdout == (
        f"trail.broken {COUNTY} {head['number']} "
        f"the chain ends before seal {head['number']}, whose digest was kept outside\n"
    )
    assert command("--anchor", "370799").returncode == 2


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "songhe", "audit", *arguments], capture_output=True, text=True, env=os.environ
    )


def strip_guards():
    """Take every constraint but the primary keys, every unique index and every trigger out of the database."""
    tables = [model._meta.db_table for model in apps.get_models() if model.__module__.startswith("songhe.")]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _strip_sqlite(cursor, tables)
        else:
            _strip_postgresql(cursor)
        # What a plant opens, orders or books is written unless its number is taken, and so needs these.
        for table in ("redemption_bill", "card_card", "card_topup", "card_refund", "card_itemorder"):
            cursor.execute(f'CREATE UNIQUE INDEX "{table}_free" ON {table} (county, no)')


def _strip_postgresql(cursor):
    for kind in "fuc":
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = %s "
            "AND connamespace = 'public'::regnamespace",
            [kind],
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE')
    cursor.execute(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
        "WHERE indisunique AND NOT indisprimary AND c.relnamespace = 'public'::regnamespace"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
    cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
    for table, name in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}" ON {table}')


def _strip_sqlite(cursor, tables):
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP TRIGGER "{name}"')
    for table in tables:
        cursor.execute(f'PRAGMA table_info("{table}")')
        columns = [(row[1], row[2], row[5]) for row in cursor.fetchall()]
        written = ", ".join(f'"{name}" {kind}{" PRIMARY KEY" if key else ""}' for name, kind, key in columns)
        names = ", ".join(f'"{name}"' for name, _, _ in columns)
        cursor.execute(f'CREATE TABLE "bare" ({written})')
        cursor.execute(f'INSERT INTO "bare" ({names}) SELECT {names} FROM "{table}"')
        cursor.execute(f'DROP TABLE "{table}"')
        cursor.execute(f'ALTER TABLE "bare" RENAME TO "{table}"')
