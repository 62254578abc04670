"""A table is loaded row by row, chunk by chunk, and once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from songhe.person.identity import number_of
from songhe.person.importing import CHUNK, COLUMNS, load, preview, register_many
from songhe.person.models import Duplicate, Identity, Person, Provenance
from songhe.person.register import correct
from songhe.person.tests.conftest import AT, BORN, COUNTY, ON, OTHER_VILLAGE, VILLAGE, id_number, refused, registered
from songhe.trail.models import Entry


def row(sequence=2, **differently):
    """A row as a workbook gives it: Chinese headings, text."""
    told = {
        "姓名": f"王秀{chr(0x4E00 + sequence)}",
        "证件号码": id_number(sequence=sequence),
        "居住地": f"{VILLAGE} 东泉眼村",
        "民族": "汉族",
        "联系电话": "",
    }
    return told | differently


def loaded(table, **more):
    told = {"source": "镇街名册", "document": "名册.xlsx", "at": AT, "by": "clerk"}
    return load(county=COUNTY, table=table, on=ON, **(told | more))


def states(report):
    return [each.state for each in report.rows]


def codes(found):
    return [finding.code for finding in found.findings]


def test_good_rows_are_loaded_with_the_source_of_every_field(county):
    report = loaded([row(2), row(4, 性别="女"), row(6, 联系电话="138 0000 1234")])
    assert states(report) == ["new"] * 3
    assert report.counts["new"] == 3
    person = Person.rows.get(county=COUNTY, id=report.rows[2].person_id)
    assert (person.phone, person.ethnic, person.birth_date, person.place) == ("13800001234", "01", BORN, VILLAGE)
    assert number_of(person) == id_number(sequence=6)
    source = Provenance.objects.get(county=COUNTY, person=person, field="phone")
    assert (source.source, source.document, source.by) == ("镇街名册", "名册.xlsx", "clerk")
    assert Entry.objects.get(act="person.import").detail["new"] == 3


def test_the_same_table_again_changes_nothing(county):
    table = [row(2), row(4), row(6, 证件号码="", 证件种类="暂无证件号码", 出生日期="1943年5月6日")]
    first = loaded(table)
    before = list(Person.rows.order_by("id").values())
    again = loaded(table)
    assert states(first) == ["new"] * 3
    assert states(again) == ["same"] * 3
    assert list(Person.rows.order_by("id").values()) == before
    assert [each.person_id for each in again.rows] == [each.person_id for each in first.rows]


def test_bad_rows_are_named_and_good_rows_go_in_alone(county):
    number = id_number(sequence=4)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    report = loaded(
        [
            row(2),
            row(4, 证件号码=wrong),
            row(6, 证件号码="3.70799E+17"),
            row(8, 姓名="", 居住地="370799999999"),
            row(10, 出生日期="1943-02-30"),
        ]
    )
    assert states(report) == ["new", "error", "error", "error", "error"]
    assert codes(report.rows[1]) == ["id_number.check_digit"]
    assert codes(report.rows[2]) == ["id_number.scientific_notation"]
    assert codes(report.rows[3]) == ["person.name_missing", "person.unknown_place"]
    assert codes(report.rows[4]) == ["input.not_a_date"]
    finding = report.rows[2].findings[0]
    assert (finding.kind, finding.field) == ("error", "id_number")
    assert "科学计数法" in finding.zh
    assert "spreadsheet" in finding.en
    assert Person.rows.count() == 1


def test_a_preview_writes_nothing(county):
    report = preview(county=COUNTY, table=[row(2), row(2), row(4, 姓名="王*")], on=ON)
    assert report.counts == {"new": 1, "changed": 0, "same": 0, "duplicate": 1, "waiting": 0, "error": 1}
    assert not Person.rows.exists()
    assert not Identity.objects.exists()
    assert not Entry.objects.exists()


def test_a_person_twice_in_the_table_is_loaded_once(county):
    born = BORN
    table = [row(2), row(2, 姓名="王秀丁", 证件号码=f"370799{born:%y%m%d}002"), row(4)]
    report = loaded(table, chunk=1)
    assert states(report) == ["new", "duplicate", "new"]
    assert codes(report.rows[1]) == ["person.import_row_twice"]
    assert Person.rows.count() == 2


def test_odd_rows_wait_until_somebody_looked(elder):
    lookalike = row(4, 姓名=elder.name)
    waiting = loaded([lookalike])
    assert states(waiting) == ["waiting"]
    assert codes(waiting.rows[0]) == ["person.same_name_and_birth_date"]
    assert Person.rows.count() == 1
    assert states(loaded([lookalike], accept_warnings=True)) == ["new"]
    assert Duplicate.objects.count() == 1


def test_what_a_table_says_differently_waits_and_is_then_written(elder):
    table = [row(2, 姓名=elder.name, 居住地=OTHER_VILLAGE, 联系电话="13900009999")]
    waiting = loaded(table)
    assert states(waiting) == ["waiting"]
    assert codes(waiting.rows[0]) == ["person.import_changes_file"]
    assert "居住地代码、联系电话" in waiting.rows[0].findings[0].zh
    changed = loaded(table, accept_warnings=True)
    assert states(changed) == ["changed"]
    person = Person.rows.get(county=COUNTY, id=elder.id)
    assert (person.place, person.phone, person.ethnic, person.version) == (OTHER_VILLAGE, "13900009999", "01", 2)
    history = Provenance.objects.filter(county=COUNTY, person=elder, field="phone").order_by("id")
    assert [each.value for each in history] == ["13800001234", "13900009999"]
    assert states(loaded(table, accept_warnings=True)) == ["same"]


def test_empty_cells_erase_nothing(elder):
    assert states(loaded([row(2, 姓名=elder.name, 民族="")])) == ["same"]
    assert Person.rows.get(county=COUNTY, id=elder.id).phone == "13800001234"


def test_a_chunk_is_loaded_whole_or_not_at_all(county, monkeypatch):
    from songhe.person import importing

    done = []

    def stop(done_rows, total):
        done.append(done_rows)
        if done_rows == 4:
            raise KeyboardInterrupt

    table = [row(sequence) for sequence in range(2, 18, 2)]
    with pytest.raises(KeyboardInterrupt):
        loaded(table, chunk=2, progress=stop)
    assert Person.rows.count() == 4
    monkeypatch.setattr(importing, "provenance_of", None)
    assert states(loaded(table, chunk=2)) == ["same"] * 4 + ["new"] * 4


def test_the_number_of_statements_does_not_grow_with_the_rows(county, django_assert_max_num_queries):
    table = [row(sequence) for sequence in range(2, 202, 2)]
    with django_assert_max_num_queries(25):
        loaded(table)
    with django_assert_max_num_queries(25):
        loaded([each | {"联系电话": "13800001234"} for each in table], accept_warnings=True)


def test_english_headings_and_field_names_are_read_as_well(county):
    english = {"name": "王秀英", "ID number": id_number(), "place of residence": VILLAGE}
    assert states(loaded([english])) == ["new"]
    assert states(loaded([{"name": "王秀英", "id_number": id_number(), "place": VILLAGE}])) == ["same"]


def test_unknown_columns_are_said_and_missing_ones_stop_the_table(county):
    report = loaded([row(2, 备注="无")])
    assert [(hint.kind, hint.field) for hint in report.hints] == [("hint", "备注")]
    refused("person.import_column_missing", loaded, [{"姓名": "王秀英", "居住地": VILLAGE}])
    refused("person.import_column_twice", loaded, [row(4, name="王")])
    assert Person.rows.count() == 1


def test_an_empty_table_and_empty_rows_are_nothing(county):
    assert loaded([]).rows == []
    empty = dict.fromkeys(row(2), "")
    assert [each.number for each in loaded([empty, row(4), empty]).rows] == [2]


def test_every_field_has_a_heading_in_both_languages():
    headings = [heading for each in COLUMNS.values() for heading in each]
    assert len(headings) == len(set(headings))
    assert all(len(each) >= 2 for each in COLUMNS.values())
    assert CHUNK == 500


def many(count, first=2):
    for sequence in range(first, first + count):
        yield {
            "name": f"王秀{chr(0x4E00 + sequence)}",
            "birth_date": BORN,
            "sex": "2",
            "id_number": id_number(sequence=sequence),
            "place": VILLAGE,
        }


def registered_many(people, **more):
    told = {"source": "虚构", "document": "样例", "at": AT, "by": "run:demo", "synthetic": True}
    return register_many(county=COUNTY, people=people, on=ON, **(told | more))


def test_many_people_are_registered_in_a_few_statements(county, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        people = registered_many(many(300))
    kept = Person.rows.get(county=COUNTY, id=people[7].id)
    assert (kept.synthetic, kept.version, kept.opened_on, kept.identity) == (True, 1, ON, people[7].identity)
    assert number_of(kept) == id_number(sequence=9)
    assert Identity.objects.count() == Person.rows.count() == Provenance.objects.count() == 300
    refused("person.already_registered", registered, id_number=id_number(sequence=9))


def test_many_without_a_number_and_with_other_papers(county):
    told = {"birth_date": date(1940, 1, 1), "place": VILLAGE}
    nobody, visitor = registered_many(
        [
            told | {"name": "无名氏", "id_kind": "none"},
            told | {"name": "Karim", "id_kind": "passport", "id_number": "E12345678"},
        ]
    )
    assert (nobody.identity, nobody.id_last4) == (None, "")
    assert (number_of(visitor), visitor.id_kind) == ("E12345678", "passport")


def test_many_people_are_registered_whole_or_not_at_all(county):
    registered(id_number=id_number(sequence=5))
    with pytest.raises(IntegrityError):
        registered_many(many(10))


def test_a_correction_writes_out_what_the_whole_files_source_said(county):
    (person,) = registered_many(many(1))
    for version, phone in ((1, "13800001234"), (2, "13900009999")):
        correct(
            person=person,
            changes={"phone": phone, "name": f"王秀{version}号".replace(str(version), "甲乙"[version - 1])},
            version=version,
            because="核对",
            on=ON,
            at=AT,
            by="clerk",
        )
    names = Provenance.objects.filter(county=COUNTY, person=person, field="name").order_by("id")
    assert [(each.value, each.source) for each in names] == [
        (person.name, "虚构"),
        ("王秀甲号", "counter"),
        ("王秀乙号", "counter"),
    ]
