"""A person by hand: what is typed is looked up while it is typed, the same number blocks, the same name warns."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import WHOLE, known, number
from songhe.person.models import Person
from songhe.place.models import Division

REGISTER, TYPING = "/staff/people/register/", "/staff/people/register/typing/"


@pytest.fixture
def village(practice):
    return Division.objects.filter(level="village", code__startswith=COUNTY).order_by("code").first().code


def told(village, **more):
    return {
        "key": str(uuid4()),
        "name": "王秀兰",
        "id_kind": "resident",
        "id_number": WHOLE,
        "place": village,
        **more,
    }


def test_a_file_is_opened_and_found_at_once(clerk, village):
    answer = clerk.post(REGISTER, told(village, phone="138 0000 1234", document="居民身份证原件"))
    person = Person.rows.get(county=COUNTY)
    assert answer.headers["Location"] == reverse("staff:person", args=[person.id])
    assert (person.birth_date, person.sex) == (date(1942, 3, 7), "2")
    assert person.phone == "13800001234"
    page = clerk.post("/staff/people/", {"q": "wxl"}, follow=True)
    assert [row.name for row in page.context["rows"]] == ["王秀兰"]


@pytest.mark.parametrize("written", ["1942-03-07", "19420307", "1942年3月7日", "1942.03.07", "１９４２-０３-０７"])
def test_dates_are_taken_as_people_write_them(clerk, village, written):
    clerk.post(REGISTER, told(village, id_number="", id_kind="none", birth_date=written))
    assert Person.rows.get(county=COUNTY).birth_date == date(1942, 3, 7)


@pytest.mark.parametrize(
    "typed", [WHOLE.lower(), " ".join(WHOLE), WHOLE.translate({48 + i: 0xFF10 + i for i in range(10)})]
)
def test_numbers_are_taken_as_people_type_them(clerk, village, typed):
    clerk.post(REGISTER, told(village, id_number=typed))
    assert Person.rows.filter(county=COUNTY).count() == 1


def test_a_double_click_opens_one_file(clerk, village):
    form = told(village)
    first, second = clerk.post(REGISTER, form), clerk.post(REGISTER, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Person.rows.filter(county=COUNTY).count() == 1


def test_the_same_number_blocks_and_leads_to_the_file(clerk, village):
    person = known()
    refused = clerk.post(REGISTER, told(village, name="王秀英"))
    assert refused.status_code == 409
    assert reverse("staff:person", args=[person.id]) in refused.content.decode()
    assert Person.rows.filter(county=COUNTY).count() == 1


def test_while_typing_the_same_number_is_said(clerk, village):
    known()
    part = clerk.post(TYPING, told(village), headers={"HX-Request": "true"})
    assert "已有档案" in text(part)
    assert WHOLE not in part.content.decode()


def test_while_typing_what_is_missing_still_is_not_said(clerk, village):
    part = clerk.post(TYPING, {"key": str(uuid4()), "name": "王", "id_kind": "resident", "id_number": ""})
    assert "请填写" not in text(part)


def test_the_same_name_and_birth_date_asks_to_look_first(clerk, village):
    known(name="王秀兰")
    other = told(village, id_number="", id_kind="none", birth_date="1942-03-07")
    asked = clerk.post(REGISTER, other)
    assert asked.status_code == 422
    assert "同名且同日出生" in text(asked)
    assert Person.rows.filter(county=COUNTY).count() == 1
    assert clerk.post(REGISTER, other | {"looked": "on"}).status_code == 302
    assert Person.rows.filter(county=COUNTY).count() == 2


def test_what_is_wrong_is_said_and_what_was_typed_stays(clerk, village):
    refused = clerk.post(REGISTER, told(village, id_number=WHOLE[:-1] + "0"))
    assert refused.status_code == 422
    assert 'value="王秀兰"' in refused.content.decode()
    missing = clerk.post(REGISTER, told(""))
    assert missing.status_code == 422


def test_an_unknown_number_stays_unregistered_for_others(enter, village):
    for role in ("county_approver", "finance", "auditor"):
        assert enter(role, role).get(REGISTER).status_code == 403
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.post(REGISTER, told(village, county=COUNTY)).status_code == 404
    assert not Person.rows.filter(identity__isnull=False).exists()


def test_another_number_of_the_same_name_elsewhere_is_another_human(clerk, village):
    known()
    answer = clerk.post(REGISTER, told(village, id_number=number("37079919500101002")))
    assert answer.status_code == 302
