"""People in bulk on the page: upload, columns, preview, load, the same workbook back, and the whole taken back."""

import io
import zipfile
from uuid import uuid4

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import WHOLE, number
from songhe.jobs.models import Outgoing, Run
from songhe.month.importing import import_people
from songhe.person.models import Person
from songhe.place.models import Division

IMPORTS, UPLOAD = "/staff/people/imports/", "/staff/people/imports/upload/"
OTHER = number("37079919500101002")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def village(practice):
    return Division.objects.filter(level="village", code__startswith=COUNTY).order_by("code").first().code


def workbook(*rows):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("名单")
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            page.write_string(place, column, cell)
    book.close()
    return target.getvalue()


def table(village):
    return workbook(
        ["姓名", "身份证号", "居住地代码", "联系电话"],
        ["王秀兰", WHOLE, village, "13800001234"],
        ["李四", OTHER[:-1] + "0" if OTHER[-1] != "0" else OTHER[:-1] + "1", village, ""],
        ["赵六", OTHER, village, ""],
    )


def upload(client, content, called="people.xlsx", **more):
    return client.post(UPLOAD, {"key": str(uuid4()), "file": SimpleUploadedFile(called, content), **more})


def draft(client, content):
    return upload(client, content).headers["Location"]


def load(client, address, **more):
    page = client.get(address)
    columns = {f"c{heading.place}": heading.field for heading in page.context["headings"]}
    return client.post(address + "load/", {"key": str(uuid4()), **columns, **more})


def work():
    """What the worker does with the tables that wait."""
    for entry in Outgoing.objects.filter(topic="person.import", done_at=None):
        import_people(entry, world.at(DAY))
        Outgoing.objects.filter(county=entry.county, id=entry.id).update(done_at=world.at(DAY))


def sheet(response):
    return CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_a_table_is_read_and_what_it_would_do_is_said_before_anything_is_done(clerk, village):
    page = clerk.get(draft(clerk, table(village)))
    assert [heading.field for heading in page.context["headings"]] == ["name", "id_number", "place", "phone"]
    assert "新建档案" in text(page)
    assert "有错误，未导入" in text(page)
    assert WHOLE not in page.content.decode()
    assert not Person.rows.exists()


def test_rows_that_are_right_go_in_alone_and_the_table_comes_back_with_what_is_wrong(clerk, village):
    answer = load(clerk, draft(clerk, table(village)))
    work()
    page = clerk.get(answer.headers["Location"])
    assert sorted(Person.rows.values_list("name", flat=True)) == ["王秀兰", "赵六"]
    assert "新建档案 2" in text(page)
    rows = sheet(clerk.get(page.context["report"]))
    assert rows[0][:6] == ["姓名", "身份证号", "居住地代码", "联系电话", "结果", "错误说明"]
    assert rows[1][4:6] == ["", ""]
    assert rows[2][0] == "李四"
    assert rows[2][4] == "有错误，未导入"
    assert rows[2][5]


def test_the_same_table_again_changes_nothing(clerk, village):
    for _ in range(2):
        load(clerk, draft(clerk, table(village)))
        work()
    assert Person.rows.count() == 2
    assert Run.objects.get(county=COUNTY, job="person.import").result["counts"]["same"] == 2


def test_columns_are_read_as_somebody_says(clerk, village):
    address = draft(clerk, workbook(["谁", "号", "村"], ["王秀兰", WHOLE, village]))
    assert "还没有对应这些必填的列" in text(clerk.get(address))
    page = clerk.get(address, {"c0": "name", "c1": "id_number", "c2": "place"})
    assert page.context["form"]
    clerk.post(address + "load/", {"key": str(uuid4()), "c0": "name", "c1": "id_number", "c2": "place"})
    work()
    assert Person.rows.get().name == "王秀兰"


def test_an_import_is_taken_back_whole(clerk, village):
    where = load(clerk, draft(clerk, table(village))).headers["Location"]
    work()
    refused = clerk.post(where + "undo/", {"key": str(uuid4()), "because": ""})
    assert refused.status_code == 422
    answer = clerk.post(where + "undo/", {"key": str(uuid4()), "because": "传错了表"}, follow=True)
    assert "已撤销 2 份档案" in text(answer)
    assert not Person.rows.exists()


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row>" + b" " * 400_000_000)
    return target.getvalue()


def macros():
    target = io.BytesIO(table("370799001001"))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "called", "status"),
    [
        (b"%PDF-1.7 ...", "people.pdf", 415),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "people.xlsx", 415),
        (macros(), "people.xlsm", 415),
        (b"PK\x03\x04 damaged", "people.xlsx", 415),
        ("姓名\n".encode(), "people.csv", 422),
    ],
    ids=["pdf", "picture", "macros", "damaged", "empty"],
)
def test_what_is_no_table_of_people_is_refused_with_words(clerk, content, called, status):
    refused = upload(clerk, content, called)
    assert refused.status_code == status
    assert "没有办成" in text(refused)
    assert not Run.objects.exists()


@pytest.mark.slow
def test_a_bomb_is_refused(clerk):
    assert upload(clerk, bomb()).status_code == 413


def test_a_number_that_a_spreadsheet_spoilt_is_explained(clerk, village):
    address = draft(clerk, workbook(["姓名", "身份证号", "居住地代码"], ["王秀兰", "3.70799E+17", village]))
    assert "科学计数" in text(clerk.get(address))


def test_the_template_names_every_column(clerk):
    rows = sheet(clerk.get(IMPORTS + "template.xlsx"))
    assert {"姓名", "证件号码", "居住地代码"} <= set(rows[0])


def test_a_table_is_shown_to_who_handed_it_in_alone(clerk, enter, village):
    address = draft(clerk, table(village))
    assert enter("second", "county_clerk").get(address).status_code == 404
    assert enter("far", "county_clerk", place=ELSEWHERE).get(address).status_code == 404
    assert enter("approver", "county_approver").get(address).status_code == 403


def test_another_countys_import_is_not_there(clerk, enter, village):
    where = load(clerk, draft(clerk, table(village))).headers["Location"]
    assert enter("far", "county_clerk", place=ELSEWHERE).get(where).status_code == 404
    assert clerk.get(where).status_code == 200
    assert clerk.get(reverse("staff:imports")).status_code == 200
