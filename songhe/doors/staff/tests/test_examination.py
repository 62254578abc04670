"""A county examines its providers: the clerk draws it up, the approver publishes it, a third person answers."""

from __future__ import annotations

import pytest

from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, text
from songhe.examine.models import Examination, Objection
from songhe.examine.tests import world
from songhe.examine.tests.test_draw import objected
from songhe.kernel.month import Month
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/staff/examination/"
FEBRUARY = Month(2026, 2)


def fill(client, page, ending, **told):
    address, hidden = form_for(client.get(page), ending)
    return client.post(address, {**hidden, **told}, follow=True)


@pytest.fixture
def shop(practice):
    made = world.provider()
    world.visits(made, passed=30, failed=1, month=FEBRUARY)
    world.handed_in(made, good=30, month=FEBRUARY)
    return made


def only():
    return Examination.objects.get(county="370799", state__in=["drawn", "published"])


def test_one_draws_up_and_another_publishes(clerk, approver, shop):
    done = fill(clerk, PAGE, "/draw/", month="2026-02", because="")
    assert "考核作出来了" in text(done)
    assert shop.name in text(done)
    page = f"{PAGE}{only().id}/"
    assert "/publish/" not in text(clerk.get(page))
    assert "公布了" in text(fill(approver, page, "/publish/"))
    assert only().state == "published"
    again = fill(clerk, PAGE, "/draw/", month="2026-02", because="")
    assert (again.status_code, "写明原因" in text(again)) == (409, True)


def test_a_month_that_runs_is_refused_in_words(clerk, shop):
    assert "还没有过完" in text(fill(clerk, PAGE, "/draw/", month="2026-03", because=""))
    assert fill(clerk, PAGE, "/draw/", month="spring", because="").status_code == 422


def test_what_is_not_published_says_why(clerk, approver, shop):
    world.drawn(month=FEBRUARY)
    page = f"{PAGE}{only().id}/"
    assert fill(approver, page, "/drop/", because="").status_code == 422
    assert "不公布" in text(fill(approver, page, "/drop/", because="数据不全"))


def test_figures_that_changed_since_are_shown(clerk, shop):
    made = world.published(month=FEBRUARY)
    assert "现在重新取数不一样的" not in text(clerk.get(f"{PAGE}{made.id}/"))
    world.visits(shop, passed=1, month=FEBRUARY)
    assert "现在重新取数不一样的" in text(clerk.get(f"{PAGE}{made.id}/"))


def test_an_objection_is_answered_by_who_had_no_part_in_it(clerk, enter, shop):
    row = objected(world.published(month=FEBRUARY), shop)
    assert "不能是同一人" in text(fill(clerk, PAGE, f"{row.id}/answer/", upheld="yes", words="会更正"))
    third = enter("third", "county_approver")
    assert "答复好了" in text(fill(third, PAGE, f"{row.id}/answer/", upheld="yes", words="会更正"))
    assert Objection.objects.get().state == "upheld"


def test_another_county_is_not_there_and_the_asking_is_noted(enter, shop):
    made = world.published(month=FEBRUARY)
    stranger = enter("stranger", "county_clerk", place="370703")
    assert stranger.get(f"{PAGE}{made.id}/").status_code == 404
    assert Entry.objects.filter(county="370799", act="door.out_of_reach").exists()


def test_nobody_else_is_let_in(enter, shop):
    assert enter("m", "provider_manager", provider=shop.pk).get(PAGE).status_code == 403


def test_it_reads_in_english(clerk, shop):
    made = world.published(month=FEBRUARY)
    objected(made, shop, because="x")
    clerk.cookies["django_language"] = "en"
    for page in (PAGE, f"{PAGE}{made.id}/"):
        left = left_in_chinese(clerk.get(page), shop.name, "样例县", "潍坊市", "山东省", "clerk的名字")
        assert left == [], page
