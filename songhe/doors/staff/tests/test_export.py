"""Lists as workbooks: the filters in force, masked; whole numbers only with a permission, a reason and a mark."""

from io import BytesIO

from python_calamine import CalamineWorkbook

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.test_people import WHOLE, elders, known
from songhe.entitlement.tests import story
from songhe.trail.models import Entry

PEOPLE = "/staff/people/export/"


def sheet(response):
    assert response.status_code == 200
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_whom_the_search_found_is_taken_masked(clerk):
    known()
    elders("李四")
    rows = sheet(clerk.post(PEOPLE, {"q": "wxl"}))
    assert [row[0] for row in rows[1:-1]] == ["王秀兰"]
    assert rows[1][1] == f"370799********{WHOLE[-4:]}"
    assert "clerk的名字" in rows[-1][0]
    assert "已脱敏" in rows[-1][0]
    noted = Entry.objects.get(county=COUNTY, act="staff.export")
    assert noted.detail["rows"] == 1


def test_whole_numbers_need_the_permission_and_a_purpose(clerk, approver):
    known()
    assert clerk.post(PEOPLE, {"whole": "1", "purpose": "核对"}).status_code == 403
    assert approver.post(PEOPLE, {"whole": "1", "purpose": " "}).status_code == 422
    rows = sheet(approver.post(PEOPLE, {"whole": "1", "purpose": "与公安核对"}))
    assert rows[1][1] == WHOLE
    assert "与公安核对" in rows[-1][0]
    noted = Entry.objects.get(county=COUNTY, act="staff.export_whole")
    assert (noted.actor, noted.reason, noted.detail["rows"]) == ("approver", "与公安核对", 1)


def test_a_formula_in_a_name_does_not_run(clerk):
    world.elder(name="=1+1")
    rows = sheet(clerk.post(PEOPLE, {}))
    assert rows[1][0] == "'=1+1"


def test_the_inbox_is_taken_with_its_filter(clerk):
    story.submitted(world.elder(name="张三"))
    story.reviewed(world.elder(name="李四"))
    rows = sheet(clerk.get("/staff/export/?state=submitted"))
    assert [row[0] for row in rows[1:-1]] == ["张三"]


def test_another_countys_people_are_not_in_it(enter):
    known()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert len(sheet(far.post(PEOPLE, {}))) == 2


def test_a_provider_takes_no_list(enter):
    assert enter("manager", "provider_manager", provider=1).post(PEOPLE, {}).status_code == 403
