import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.entitlement.tests import story
from songhe.kernel.id_number import check_character
from songhe.person.models import Person
from songhe.person.register import register
from songhe.person.search import rebuild
from songhe.trail.models import Entry

PEOPLE = "/staff/people/"


def number(first17):
    return first17 + check_character(first17)


WHOLE = number("37079919420307002")


def known(name="王秀兰", id_number=WHOLE):
    return register(
        county=COUNTY,
        name=name,
        place=f"{COUNTY}001001",
        id_number=id_number,
        on=DAY,
        at=world.at(DAY),
        by="clerk",
        synthetic=True,
    ).person


def names(response):
    return [row.name for row in response.context["rows"]]


def elders(*names):
    for name in names:
        world.elder(name=name)
    rebuild(county=COUNTY)


def test_a_name_is_found_by_how_it_begins(clerk):
    elders("王秀兰", "王秀英", "李秀兰", "买买提·依明")
    assert names(clerk.get(PEOPLE, {"q": "王秀"})) == ["王秀兰", "王秀英"]
    assert names(clerk.get(PEOPLE, {"q": " 买买提·"})) == ["买买提·依明"]
    assert names(clerk.get(PEOPLE, {"q": "秀兰"})) == []


@pytest.mark.parametrize("typed", ["wxl", "wangxiulan", "WANG XIULAN", "王秀兰", " 王 秀 兰"])
def test_pinyin_initials_and_name_hit_in_one_box(clerk, typed):
    elders("王秀兰", "李秀兰")
    page = clerk.post(PEOPLE, {"q": typed}, follow=True)
    assert names(page) == ["王秀兰"]


def test_the_last_four_of_an_id_number_find_it_and_never_stand_in_an_address(clerk):
    known()
    elders("李四")
    found = clerk.post(PEOPLE, {"q": WHOLE[-4:]})
    assert found.status_code == 200
    assert names(found) == ["王秀兰"]
    page = clerk.get(PEOPLE, {"q": WHOLE[-4:]})
    assert names(page) == []
    assert "不能写在地址里" in text(page)


def test_many_of_one_ending_are_leafed_through_without_an_address(clerk):
    Person.rows.bulk_create(
        Person(
            county=COUNTY,
            id_kind="none",
            id_last4="0028",
            name=f"钱{position:04d}",
            birth_date=DAY,
            place=f"{COUNTY}001001",
            opened_on=DAY,
        )
        for position in range(70)
    )
    first = clerk.post(PEOPLE, {"q": "0028"})
    assert len(names(first)) == 50
    second = clerk.post(PEOPLE, {"q": "0028", "skip": first.context["skip_next"]})
    assert len(set(names(first)) | set(names(second))) == 70
    assert second.context["skip_next"] == 0


@pytest.mark.parametrize(
    "typed", [WHOLE, f" {WHOLE[:6]} {WHOLE[6:]} ", WHOLE.translate({48 + i: 0xFF10 + i for i in range(10)})]
)
def test_a_whole_id_number_leads_to_the_file_and_never_into_an_address(clerk, typed):
    person = known()
    answer = clerk.post(PEOPLE, {"q": typed})
    assert answer.headers["Location"] == reverse("staff:person", args=[person.id])
    noted = Entry.objects.get(county=COUNTY, act="person.search")
    assert WHOLE not in str(vars(noted))


def test_an_id_number_in_an_address_is_not_looked_up(clerk):
    known()
    page = clerk.get(PEOPLE, {"q": WHOLE})
    assert names(page) == []
    assert "不能写在地址里" in text(page)


def test_a_slip_in_an_id_number_is_said(clerk):
    wrong = WHOLE[:-1] + ("1" if WHOLE[-1] != "1" else "2")
    assert "校验位不符" in text(clerk.post(PEOPLE, {"q": wrong}))


def test_the_number_of_a_case_or_a_right_finds_whose_it_is(clerk):
    right = story.approved(world.elder())
    world.elder()
    for no in (right.no, right.application.no):
        assert names(clerk.get(PEOPLE, {"q": no})) == [right.person.name]


def test_what_is_typed_by_post_stands_in_the_address_afterwards(clerk):
    assert clerk.post(PEOPLE, {"q": "王"}).headers["Location"] == "/staff/people/?q=%E7%8E%8B"


def test_typing_renews_the_list_alone(clerk):
    elders("王秀兰")
    part = clerk.post(PEOPLE, {"q": "王"}, headers={"HX-Request": "true", "HX-Target": "div#found"})
    assert part.content.decode().lstrip().startswith('<div id="found"')
    assert part.headers["HX-Replace-Url"] == "/staff/people/?q=%E7%8E%8B"
    part = clerk.post(PEOPLE, {"q": WHOLE}, headers={"HX-Request": "true", "HX-Target": "div#found"})
    assert part.headers["HX-Replace-Url"] == PEOPLE


def test_the_list_is_masked(clerk):
    known()
    page = clerk.get(PEOPLE).content.decode()
    assert WHOLE not in page
    assert "370799********" + WHOLE[-4:] in page


def test_another_countys_people_are_not_found(enter):
    person = known()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert names(far.get(PEOPLE, {"q": person.name})) == []
    assert names(far.post(PEOPLE, {"q": WHOLE})) == []


def test_pages_go_on_and_ask_as_much_of_the_database_for_many_as_for_few(clerk):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            page = clerk.get(address)
        return len(queries), page

    clerk.get(PEOPLE)
    for position in range(10):
        world.elder(name=f"赵{position:03d}")
    few, _ = asked(PEOPLE)
    Person.rows.bulk_create(
        Person(
            county=COUNTY,
            id_kind="none",
            name=f"钱{position:04d}",
            birth_date=DAY,
            place=f"{COUNTY}001001",
            opened_on=DAY,
        )
        for position in range(990)
    )
    many, page = asked(PEOPLE)
    assert many == few
    seen = names(page)
    while page.context["following"]:
        page = clerk.get(page.context["following"])
        seen += names(page)
    assert len(seen) == len(set(seen)) == 1000
