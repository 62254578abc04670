"""People in bulk: a table comes in, the worker loads it, its findings are read."""

from __future__ import annotations

import io
import json

import pytest
import xlsxwriter

from songhe.doors.api.tests.conftest import COUNTY, problem, read
from songhe.doors.shell.clock import read_clock
from songhe.jobs.outbox import deliver
from songhe.month.importing import TOPIC, import_people
from songhe.person.models import Person
from songhe.person.tests.conftest import VILLAGE, id_number
from songhe.place.division import load_sample_county

pytestmark = pytest.mark.django_db
NDJSON = "application/x-ndjson"


@pytest.fixture(autouse=True)
def villages():
    load_sample_county()


@pytest.fixture
def desk(machine):
    return machine("county_clerk")


def work():
    return deliver(handlers={TOPIC: import_people}, at=read_clock().at, long_running={TOPIC})


def lines(*rows):
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def row(sequence=2, **more):
    return {"name": "王秀英", "place": VILLAGE, "id_number": id_number(sequence=sequence), **more}


def workbook(*rows):
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell)
    return kept.getvalue()


def test_lines_of_json_become_a_job_and_the_job_becomes_people(desk):
    content = lines(row(2, name="王秀甲"), row(4, name="王秀乙"))
    started = read(desk("POST", "/imports", raw=content, content_type=NDJSON, key=True))
    assert (started["state"], started["done"]) == ("waiting", 0)
    assert not Person.rows.exists()
    assert work() == 1
    job = read(desk.get(f"/jobs/{started['id']}"))
    assert (job["state"], job["done"], job["total"], job["counts"]["new"]) == ("done", 2, 2, 2)
    assert Person.rows.filter(county=COUNTY).count() == 2
    assert read(desk.get(f"/jobs/{started['id']}/errors"))["items"] == []


def test_a_workbook_with_chinese_headings_is_read(desk):
    content = workbook(["姓名", "证件号码", "居住地代码"], ["王秀英", id_number(), VILLAGE])
    started = read(desk("POST", "/imports", raw=content, content_type="application/octet-stream"))
    work()
    assert read(desk.get(f"/jobs/{started['id']}"))["counts"]["new"] == 1


def test_what_is_wrong_is_said_row_by_row_and_in_pages(desk):
    rows = [row(2), row(4, id_number="3.30783E+17"), row(6, name=""), row(2)]
    started = read(desk("POST", "/imports", raw=lines(*rows), content_type=NDJSON))
    work()
    job = read(desk.get(f"/jobs/{started['id']}"))
    assert (job["state"], job["counts"]["error"], job["counts"]["duplicate"]) == ("partly", 2, 1)
    path = job["errors_url"].removeprefix("/api/v1")
    found = read(desk.get(path))["items"]
    assert [(each["row"], each["code"]) for each in found if each["kind"] == "error"] == [
        (2, "id_number.scientific_notation"),
        (3, "person.name_missing"),
        (4, "person.import_row_twice"),
    ]
    first = read(desk.get(f"{path}?limit=1"))
    assert first["next_cursor"]
    rest = read(desk.get(f"{path}?cursor={first['next_cursor']}"))
    assert first["items"] + rest["items"] == found
    assert problem(desk.get(f"{path}?cursor=x"))["type"] == "api.bad_cursor"


def test_rows_with_warnings_wait_unless_they_are_accepted(desk):
    content = lines(row(2), row(4))
    started = read(desk("POST", "/imports", raw=content, content_type=NDJSON))
    work()
    assert read(desk.get(f"/jobs/{started['id']}"))["counts"]["waiting"] == 0
    odd = lines(row(6))
    started = read(desk("POST", "/imports", raw=odd, content_type=NDJSON))
    work()
    assert read(desk.get(f"/jobs/{started['id']}"))["counts"]["waiting"] == 1
    again = read(desk("POST", "/imports?accept_warnings=true", raw=odd, content_type=NDJSON))
    assert again["id"] == started["id"]
    work()
    assert read(desk.get(f"/jobs/{started['id']}"))["counts"]["new"] == 1


def test_the_same_table_again_changes_nothing(desk):
    content = lines(row(2))
    for _ in range(2):
        started = read(desk("POST", "/imports", raw=content, content_type=NDJSON))
        work()
    assert read(desk.get(f"/jobs/{started['id']}"))["counts"]["same"] == 1
    assert Person.rows.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document.sheet_empty"),
        (b"%PDF-1.7", "document.sheet_kind"),
        (b"{}\nnothing", "import.no_json_line"),
        (b"{}\n[]", "import.no_json_line"),
        (b'{"name"', "import.no_json_line"),
        (b"name,place\n", "import.no_rows"),
        (b"PK\x03\x04 no workbook", "document.sheet_kind"),
    ],
)
def test_what_is_no_table_is_refused_at_once(desk, content, code):
    refused = desk("POST", "/imports", raw=content, content_type=NDJSON)
    assert refused.status_code in {415, 422}
    assert problem(refused)["type"] == code


def test_a_table_without_a_needed_column_fails_with_the_reason(desk):
    refused = desk("POST", "/imports", raw=lines({"name": "王秀英"}), content_type=NDJSON)
    assert problem(refused)["type"] == "person.import_column_missing"


def test_another_countys_job_is_not_found(desk, machine):
    started = read(desk("POST", "/imports", raw=lines(row()), content_type=NDJSON))
    other = machine("county_clerk", place="370702")
    assert other.get(f"/jobs/{started['id']}").status_code == 404
    assert other.get(f"/jobs/{started['id']}/errors").status_code == 404
    refused = other("POST", f"/imports?county={COUNTY}", raw=lines(row()), content_type=NDJSON)
    assert problem(refused)["type"] == "api.county_out_of_reach"
