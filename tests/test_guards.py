"""What only grows does not change, whatever is sent; and the guards stand again after every migration."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from songhe.county.guard import all_guards, append_only, lay_guards, lift_guards
from songhe.ledger.models import Account, Period, Transfer
from songhe.month.audit.tests.world import live
from songhe.redemption.models import Line, Reversal
from songhe.settlement.models import Statement, StatementLine
from songhe.trail.models import Entry, Seal
from tests.source import nothing

NEVER_CHANGED = [Transfer, Entry, Seal, Line, Reversal]


def laid() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {row[0] for row in cursor.fetchall()}


def wanted() -> set[str]:
    return {
        trigger
        for guard in all_guards()
        for statement in (guard.sqlite if connection.vendor == "sqlite" else guard.postgresql)
        for trigger in re.findall(r'CREATE (?:CONSTRAINT )?TRIGGER "(\w+)"', statement)
    }


def test_every_guard_names_a_table_of_ours_and_a_name_of_its_own():
    tables = {model._meta.db_table for model in apps.get_models()}
    nothing(guard.name for guard in all_guards() if guard.table not in tables)
    names = [guard.name for guard in all_guards()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.django_db
def test_the_live_schema_has_every_guard_and_no_other():
    assert laid() == wanted()


@pytest.mark.usefixtures("own_database")
def test_a_migration_lays_again_what_is_missing():
    with connection.cursor() as cursor:
        for guard in all_guards():
            for statement in guard.sqlite if connection.vendor == "sqlite" else guard.postgresql:
                if statement.startswith("DROP TRIGGER"):
                    cursor.execute(statement)
    assert laid() == set()
    call_command("migrate", interactive=False, verbosity=0)
    assert laid() == wanted()


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("model", [Transfer, Period, Statement, StatementLine, Line, Account], ids=lambda m: m.__name__)
def test_a_table_can_be_remade_while_guards_look_at_it_and_they_stand_again(model):
    """SQLite remakes a table when Django changes it: its triggers go with it, and those of others look at nothing."""
    if connection.vendor == "sqlite":
        lift_guards()
        with connection.schema_editor() as editor:
            editor._remake_table(model)
        assert laid() == set()
    call_command("migrate", interactive=False, verbosity=0)
    assert laid() == wanted()


@pytest.mark.usefixtures("own_database")
def test_laying_twice_changes_nothing():
    lay_guards()
    lay_guards()
    assert laid() == wanted()


def replacing_is_deleting() -> bool:
    """Whether a connection has ``PRAGMA recursive_triggers``: only then does REPLACE meet the guard of DELETE."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers")
        return bool(cursor.fetchone()[0])


def attacks(table: str, column: str) -> list[str]:
    """Every way of changing, taking away or replacing rows that the database's language has."""
    forms = [
        f'UPDATE "{table}" SET "{column}" = "{column}"',
        f'UPDATE "{table}" SET "county" = \'370798\'',
        f'DELETE FROM "{table}"',
        f'DELETE FROM "{table}" WHERE id = (SELECT id FROM "{table}" ORDER BY id LIMIT 1)',
        f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE true ORDER BY id LIMIT 1 '
        f'ON CONFLICT (id) DO UPDATE SET "{column}" = EXCLUDED."{column}"',
        f'WITH one AS (SELECT id FROM "{table}" ORDER BY id LIMIT 1) DELETE FROM "{table}" WHERE id IN '
        "(SELECT id FROM one)",
    ]
    if connection.vendor == "sqlite":
        forms += [
            f'UPDATE OR REPLACE "{table}" SET "{column}" = "{column}"',
            f'UPDATE OR IGNORE "{table}" SET "{column}" = "{column}"',
        ]
        if replacing_is_deleting():
            forms += [
                f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}" ORDER BY id LIMIT 1',
                f'REPLACE INTO "{table}" SELECT * FROM "{table}" ORDER BY id LIMIT 1',
            ]
    else:
        forms += [
            f'TRUNCATE "{table}"',
            f'TRUNCATE "{table}" CASCADE',
            f'UPDATE ONLY "{table}" SET "{column}" = "{column}"',
            f'MERGE INTO "{table}" t USING (SELECT id FROM "{table}") s ON t.id = s.id WHEN MATCHED THEN DELETE',
        ]
    return forms


@pytest.mark.slow
@pytest.mark.django_db
def test_rows_that_only_grow_withstand_every_attack():
    live()
    through = []
    for model in NEVER_CHANGED:
        table, column = model._meta.db_table, "at" if hasattr(model, "at") else "number"
        before = list(model._base_manager.order_by("pk").values_list())
        assert before, f"the county has no {model.__name__}"
        for attack in attacks(table, column):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(attack)
            except DatabaseError:
                continue
            through.append(attack)
        assert list(model._base_manager.order_by("pk").values_list()) == before or through
    nothing(through)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_closed_period_takes_nothing_and_never_opens():
    live()
    closed = Period.objects.get(closed_at__isnull=False)
    kept = Transfer.objects.filter(month=closed.month).order_by("id").first()
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.pk = None
        Transfer.objects.bulk_create([Transfer(**{
            field.attname: getattr(kept, field.attname)
            for field in Transfer._meta.local_fields
            if field.attname not in {"id", "reverses"}
        })])  # fmt: skip
    for change in ({"closed_at": None}, {"report": {}}, {"month": "2026-05"}, {"closed_by": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Period.objects.filter(county=closed.county, id=closed.id).update(**change)
    for rows in (
        Period.objects.filter(county=closed.county, id=closed.id),
        Period.objects.filter(county=closed.county),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


@pytest.mark.django_db
def test_columns_that_may_change_are_named_and_the_others_may_not():
    guard = append_only("service_visit", columns=("verdict",))
    statement = next(each for each in guard.sqlite if "BEFORE UPDATE" in each)
    assert 'OLD."verdict"' not in statement
    assert 'OLD."service_on" IS NOT NEW."service_on"' in statement
