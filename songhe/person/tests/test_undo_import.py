"""An import is taken back while nobody has built on it."""

from __future__ import annotations

from datetime import date

from songhe.person.models import Duplicate, Person, Provenance
from songhe.person.register import correct
from songhe.person.status import record_status
from songhe.person.tests.conftest import AT, BORN, COUNTY, ON, VILLAGE, refused, registered
from songhe.person.tests.test_importing import loaded, many, registered_many, row
from songhe.person.undo_import import undo_import


def undone(document="名册.xlsx", because="导错了村"):
    return undo_import(county=COUNTY, document=document, because=because, at=AT, by="clerk")


def test_files_that_nobody_touched_go(elder):
    loaded([row(4), row(6, 姓名=elder.name), row(8)], accept_warnings=True)
    assert Duplicate.objects.exists()
    answer = undone()
    assert (answer.removed, answer.kept) == (3, [])
    assert list(Person.rows.all()) == [elder]
    assert not Provenance.objects.exclude(person=elder).exists()
    assert not Duplicate.objects.exists()
    assert loaded([row(4)]).counts["new"] == 1


def test_files_that_something_was_built_on_stay(county):
    report = loaded([row(4), row(6), row(8)])
    first, second, third = (Person.rows.get(county=COUNTY, id=each.person_id) for each in report.rows)
    record_status(person=first, kind="low_income", valid_from=date(2026, 1, 1), source="系统", at=AT, by="clerk")
    correct(person=second, changes={"phone": "13800001234"}, version=1, because="核对", on=ON, at=AT, by="clerk")
    answer = undone()
    assert (answer.removed, answer.kept) == (1, sorted([first.id, second.id]))
    assert not Person.rows.filter(county=COUNTY, id=third.id).exists()


def test_files_that_the_table_only_changed_stay_as_they_are(elder):
    loaded([row(2, 姓名="王秀莹"), row(4)], accept_warnings=True)
    assert undone().removed == 1
    assert Person.rows.get(county=COUNTY, id=elder.id).name == "王秀莹"


def test_people_registered_in_bulk_are_taken_back_too(county):
    registered_many(many(5))
    assert undone("样例").removed == 5


def test_an_import_that_is_not_there_is_not_undone(county):
    registered(id_kind="none", id_number="", birth_date=BORN, place=VILLAGE)
    refused("person.unknown_import", undone, "别的.xlsx")
    refused("person.reason_missing", undone, because=" ")
