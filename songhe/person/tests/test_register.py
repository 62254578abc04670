"""Files are opened once, and corrected one version at a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.kernel.cipher import Unreadable
from songhe.kernel.id_number import parse
from songhe.person.identity import find, identify, number_of
from songhe.person.models import Duplicate, Identity, Person, Provenance
from songhe.person.register import correct, warnings_before
from songhe.person.tests.conftest import (
    AT,
    BORN,
    COUNTY,
    NEXT_COUNTY,
    NEXT_VILLAGE,
    ON,
    OTHER_VILLAGE,
    VILLAGE,
    id_number,
    refused,
    registered,
)
from songhe.trail.models import Entry


def corrected(person, version=None, because="证件核对", **changes):
    return correct(
        person=person,
        changes=changes,
        version=person.version if version is None else version,
        because=because,
        on=ON,
        at=AT + timedelta(days=1),
        by="clerk",
    )


def test_a_file_holds_what_was_told(county):
    file = registered(
        phone="138 0000 1234",
        ethnic="回族",
        address="柳泉镇 1号",
        registered_place="370702",
        resident_from=date(2020, 1, 1),
    ).person
    kept = Person.rows.get(county=COUNTY, id=file.id)
    assert (kept.name, kept.birth_date, kept.sex, kept.ethnic) == ("王秀英", BORN, "2", "03")
    assert (kept.phone, kept.place, kept.id_last4) == ("13800001234", VILLAGE, id_number()[-4:])
    assert (kept.opened_on, kept.closed_on, kept.version) == (ON, None, 1)


def test_the_number_stands_encrypted_and_opens_for_its_own_file_alone(county):
    file = registered().person
    other = registered("李桂兰", id_number=id_number(sequence=4)).person
    kept = Person.rows.get(county=COUNTY, id=file.id)
    assert id_number().encode() not in bytes(kept.id_cipher)
    assert number_of(kept) == id_number()
    other.id_cipher = kept.id_cipher
    with pytest.raises(Unreadable):
        number_of(other)


def test_neither_name_nor_number_enters_the_trail(elder):
    corrected(elder, name="王秀莹", id_number=id_number(sequence=4))
    for entry in Entry.objects.all():
        assert "王" not in str(entry.detail)
        assert id_number() not in f"{entry.detail} {entry.reason}"
    assert list(Entry.objects.order_by("at").values_list("act", flat=True)) == ["person.register", "person.correct"]


def test_every_field_that_was_told_has_its_source(county):
    file = registered(phone="13800001234", source="窗口", document="户口簿").person
    rows = {row.field: row for row in Provenance.objects.filter(county=COUNTY, person=file)}
    assert set(rows) == {"id_kind", "id_number", "name", "sex", "birth_date", "place", "phone"}
    assert rows["id_number"].value == id_number()[:6] + "********" + id_number()[-4:]
    assert {(row.source, row.document, row.by) for row in rows.values()} == {("窗口", "户口簿", "clerk")}


def test_one_number_has_one_open_file_in_a_county(elder):
    refused("person.already_registered", registered, "王秀英")
    assert Person.rows.count() == 1


def test_the_15_and_the_18_digit_number_are_one_human(county):
    born = date(1943, 5, 6)
    old = f"370799{born:%y%m%d}002"
    file = registered(id_number=old).person
    assert number_of(file) == id_number()
    refused("person.already_registered", registered, id_number=id_number().replace("X", "x"))
    assert Identity.objects.count() == 1


def test_who_has_no_number_yet_is_registered_and_gets_one_later(county):
    file = registered(id_kind="none", id_number="", birth_date=BORN, sex="女").person
    assert (file.identity, file.id_cipher, number_of(file)) == (None, None, "")
    later = corrected(file, id_kind="resident", id_number=id_number())
    assert later.identity == find(parse(id_number()))
    assert later.version == 2
    refused("person.already_registered", registered, "别人")


def test_same_name_and_birth_date_ask_somebody_to_look(elder):
    again = registered(id_kind="none", id_number="", birth_date=BORN, place=OTHER_VILLAGE)
    assert [warning.code for warning in again.warnings] == ["person.same_name_and_birth_date"]
    pair = Duplicate.objects.get(county=COUNTY)
    assert (pair.first_id, pair.second_id) == (elder.id, again.person.id)


def test_two_numbers_in_two_villages_are_two_humans(elder):
    other = registered(id_number=id_number(sequence=4), place=OTHER_VILLAGE)
    assert other.warnings == ()
    neighbour = registered(id_number=id_number(sequence=6))
    assert [warning.code for warning in neighbour.warnings] == ["person.same_name_and_birth_date"]


def test_an_open_file_in_another_county_is_pointed_out(elder, next_county):
    there = registered(county=NEXT_COUNTY, place=NEXT_VILLAGE)
    assert [warning.code for warning in there.warnings] == ["person.open_elsewhere"]
    assert there.person.identity == elder.identity


def test_a_form_is_warned_while_somebody_types(elder):
    told = {"name": "王秀英", "place": VILLAGE, "id_number": id_number()}
    errors, _ = warnings_before(county=COUNTY, told=told, on=ON)
    assert [each.code for each in errors] == ["person.already_registered"]
    errors, warnings = warnings_before(county=COUNTY, told=told | {"id_number": id_number(sequence=4)}, on=ON)
    assert (errors, [each.code for each in warnings]) == ([], ["person.same_name_and_birth_date"])
    errors, _ = warnings_before(county=COUNTY, told=told | {"name": ""}, on=ON)
    assert [each.code for each in errors] == ["person.name_missing"]


def test_a_refused_registration_writes_nothing(county):
    refused("person.sex_differs", registered, sex="男")
    refused("person.unknown_place", registered, place="370799999999")
    assert not Person.rows.exists()
    assert not Provenance.objects.exists()
    assert not Entry.objects.exists()


def test_a_correction_keeps_what_stood_before(elder):
    after = corrected(elder, phone="13900009999", place=OTHER_VILLAGE)
    assert (after.phone, after.place, after.version) == ("13900009999", OTHER_VILLAGE, 2)
    history = Provenance.objects.filter(county=COUNTY, person=elder, field="phone").order_by("known_at")
    assert [row.value for row in history] == ["13800001234", "13900009999"]
    assert Entry.objects.get(act="person.correct").detail["fields"] == ["place", "phone"]


def test_an_emptied_field_has_a_source_too(elder):
    corrected(elder, phone="")
    last = Provenance.objects.filter(county=COUNTY, person=elder, field="phone").latest("known_at")
    assert last.value == ""


def test_a_new_number_brings_its_birth_date_and_sex(elder):
    right = id_number(date(1944, 5, 6), 3)
    after = corrected(elder, id_number=right)
    assert (after.birth_date, after.sex, after.id_last4) == (date(1944, 5, 6), "1", right[-4:])
    assert number_of(after) == right
    assert after.identity == identify(parse(right))


def test_two_people_do_not_overwrite_each_other(elder):
    corrected(elder, phone="13900009999", version=1)
    caught = refused("person.changed_meanwhile", corrected, elder, phone="13900008888", version=1)
    assert (caught.status, caught.values["version"]) == (409, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"birth_date": date(1943, 5, 7)}, "person.birth_date_differs"),
        ({"place": "370798001001"}, "person.place_outside_county"),
        ({"name": ""}, "person.name_missing"),
        ({"phone": "13800001234"}, "person.nothing_changes"),
        ({"died_on": date(2026, 3, 1)}, "input.unknown_field"),
        ({"because": " ", "phone": ""}, "person.reason_missing"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(elder, changes, code):
    refused(code, corrected, elder, **changes)
    assert Person.rows.get(county=COUNTY, id=elder.id).version == 1


def test_a_correction_does_not_take_somebody_elses_number(elder):
    other = registered("李桂兰", id_number=id_number(sequence=4)).person
    refused("person.already_registered", corrected, other, id_number=id_number())
    assert number_of(Person.rows.get(county=COUNTY, id=other.id)) == id_number(sequence=4)


def test_a_place_that_was_given_up_does_not_stop_other_corrections(elder):
    from songhe.place.division import end_division

    end_division(code=VILLAGE, last_day=date(2026, 1, 31))
    assert corrected(elder, phone="13900009999").phone == "13900009999"


def test_a_closed_file_is_not_corrected(elder):
    Person.rows.filter(county=COUNTY, id=elder.id).update(closed_on=ON)
    refused("person.file_closed", corrected, elder, phone="")
    assert registered().person.identity == elder.identity
