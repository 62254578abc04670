"""What follows an examination: warnings with a day, a provider that leaves and strands nobody, the county's scheme."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.examine import scheme
from songhe.examine.models import Caution, Edition, Exit, Placement
from songhe.examine.tests import world
from songhe.examine.warn import mend
from songhe.kernel.month import Month
from songhe.service.models import Stay
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

WARNINGS, EXITS, SCHEMES = "/staff/examination/warnings/", "/staff/examination/exits/", "/staff/examination/schemes/"
FEBRUARY = Month(2026, 2)
#: The practice day.
TODAY = date(2026, 3, 10)
LATER = TODAY + timedelta(days=20)


@pytest.fixture
def shops(practice):
    return [world.provider() for _ in range(3)]


@pytest.fixture
def low(shops):
    """Below the line in February."""
    world.visits(shops[0], passed=20, failed=20, month=FEBRUARY)
    world.handed_in(shops[0], good=20, refused=20, month=FEBRUARY)
    return shops[0]


@pytest.fixture
def late(low):
    return Caution.objects.create(
        county=COUNTY,
        provider=low,
        cause="finding",
        mend="补齐消防器材",
        due_on=TODAY - timedelta(days=1),
        given_by="somebody",
        given_at=at(date(2026, 2, 1)),
    )


@pytest.fixture
def resident(shops):
    person = elder(name="王秀兰")
    return Stay.objects.create(
        county=COUNTY,
        person=person,
        provider=shops[0],
        admitted_on=date(2026, 1, 1),
        recorded_by="m",
        recorded_at=at(TODAY),
    )


def test_whoever_is_below_the_line_stands_on_the_page_with_what_pulled_it_down(clerk, low):
    world.published(month=FEBRUARY, on=TODAY)
    page = text(clerk.get(WARNINGS))
    assert low.name in page
    assert "考核得分低于底线 · 2026-02" in page
    assert "扣掉总分" in page


def test_a_warning_is_mended_and_another_person_lifts_it(clerk, approver, low):
    done = send(clerk, WARNINGS, "/warn/", provider=low.pk, ground="finding:", mend="补齐消防器材", due_on=str(LATER))
    assert done.status_code == 302
    row = Caution.objects.get()
    assert (row.provider, row.mend, row.due_on) == (low, "补齐消防器材", LATER)
    assert not any("/lift/" in one for one in forms(clerk.get(WARNINGS)))
    mend(caution=row, words="买了六个灭火器", at=at(TODAY), by="manager")
    assert "买了六个灭火器" in text(approver.get(WARNINGS))
    sent = send(approver, WARNINGS, "/send-back/", because="还差一个", due_on="")
    assert sent.status_code == 302
    assert send(approver, WARNINGS, "/lift/", because="复查合格").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.because) == ("lifted", "复查合格")


def test_a_warning_names_what_and_gives_time(clerk, low):
    told = {"provider": low.pk, "ground": "finding:", "due_on": str(LATER)}
    assert send(clerk, WARNINGS, "/warn/", **told, mend="").status_code == 422
    assert send(clerk, WARNINGS, "/warn/", **{**told, "due_on": str(TODAY)}, mend="改").status_code == 422


def test_what_is_overdue_stands_on_the_inbox_and_is_decided_by_another(clerk, late):
    assert "1 家机构的整改过了期限" in text(clerk.get("/staff/"))
    assert "已过期" in text(clerk.get(WARNINGS))
    assert send(clerk, WARNINGS, "/fail/", because="没有整改").status_code == 302
    assert Caution.objects.get(id=late.id).state == "failed"
    assert "整改过了期限" not in text(clerk.get("/staff/"))


def test_a_provider_leaves_once_everybody_has_a_new_place(clerk, approver, shops, resident):
    home, other = shops[0], shops[1]
    told = {"provider": home.pk, "because": "逾期没有整改", "since": str(TODAY), "residents_until": str(LATER)}
    assert send(clerk, EXITS, "/propose/", **told).status_code == 302
    row = Exit.objects.get()
    page = f"{EXITS}{row.id}/"
    assert "王秀兰" in text(clerk.get(page))
    assert not any("/approve/" in one for one in forms(clerk.get(page)))
    assert send(approver, page, "/approve/").status_code == 302
    assert not any("/finish/" in one for one in forms(approver.get(page)))
    ending = f"/stay/{resident.id}/"
    assert send(clerk, page, ending, to=other.pk, way="elder", chosen="").status_code == 422
    assert send(clerk, page, ending, to=other.pk, way="elder", chosen="去女儿家旁边那家").status_code == 302
    made = Placement.objects.get()
    assert (made.to, made.by_elder, made.chosen) == (other, True, "去女儿家旁边那家")
    assert send(approver, page, "/finish/").status_code == 302
    row.refresh_from_db()
    assert row.state == "finished"
    assert Entry.objects.filter(act="examine.read_exit", subject_id=str(row.id)).exists()


def test_the_first_that_is_proposed_is_said(clerk, approver, shops, resident):
    row = Exit.objects.create(
        county=COUNTY,
        provider=shops[0],
        because="不合格",
        since=TODAY,
        residents_until=LATER,
        begun_by="somebody",
        begun_at=at(TODAY),
    )
    page = f"{EXITS}{row.id}/"
    assert send(approver, page, "/approve/").status_code == 302
    assert "建议转到" in text(clerk.get(page))
    sent = send(clerk, page, f"/stay/{resident.id}/", to="", way="agreed", chosen="都行")
    assert (sent.status_code, "没有新的去处" in text(sent)) == (422, True)


def test_a_page_of_warnings_asks_no_more_of_many_than_of_few(clerk, low, shops, django_assert_num_queries):
    world.published(month=FEBRUARY, on=TODAY)
    clerk.get(WARNINGS)
    with CaptureQueriesContext(connection) as of_one:
        assert text(clerk.get(WARNINGS)).count("考核得分低于底线 · 2026-02") == 1
    for each in (*shops[1:], *(world.provider() for _ in range(3))):
        world.visits(each, passed=20, failed=20, month=FEBRUARY)
        world.handed_in(each, good=20, refused=20, month=FEBRUARY)
    world.published(month=FEBRUARY, on=TODAY, because="补报")
    of_another_examination = 3
    with django_assert_num_queries(len(of_one) + of_another_examination):
        assert text(clerk.get(WARNINGS)).count("考核得分低于底线 · 2026-02") == 6


def test_a_page_of_an_exit_asks_no_more_of_many_than_of_few(clerk, approver, shops, django_assert_max_num_queries):
    row = Exit.objects.create(
        county=COUNTY,
        provider=shops[0],
        because="不合格",
        since=TODAY,
        residents_until=LATER,
        begun_by="somebody",
        begun_at=at(TODAY),
    )
    people = [elder() for _ in range(30)]
    Stay.objects.bulk_create(
        Stay(county=COUNTY, person=one, provider=shops[0], admitted_on=TODAY, recorded_by="m", recorded_at=at(TODAY))
        for one in people
    )
    send(approver, f"{EXITS}{row.id}/", "/approve/")
    with django_assert_max_num_queries(60):
        shown = clerk.get(f"{EXITS}{row.id}/")
    assert text(shown).count("住在这里") >= 20


def test_a_scheme_is_proposed_tried_and_decided_by_another(clerk, approver, low):
    own = yaml.safe_load(scheme.written(scheme.shipped()))
    own["line"] = 90
    told = {"document_no": "民〔2026〕5号", "valid_from": "2026-03", "text": yaml.safe_dump(own, allow_unicode=True)}
    assert send(clerk, SCHEMES, "/propose/", **{**told, "text": "["}).status_code == 422
    assert send(clerk, SCHEMES, "/propose/", **told).status_code == 302
    row = Edition.objects.get()
    page = f"{SCHEMES}{row.id}/"
    shown = text(clerk.get(page))
    assert "现在的办法有 1 家低于底线" in shown
    assert low.name in shown
    assert not any("/approve/" in one for one in forms(clerk.get(page)))
    assert send(approver, page, "/approve/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.line) == ("in_force", 90)
    assert "底线 90 分" in text(clerk.get(SCHEMES))


def test_another_countys_rows_are_not_there_and_the_asking_is_noted(enter, late, resident):
    row = Exit.objects.create(
        county=COUNTY,
        provider=late.provider,
        because="不合格",
        since=TODAY,
        residents_until=LATER,
        begun_by="somebody",
        begun_at=at(TODAY),
    )
    stranger = enter("stranger", "county_clerk", place="370703")
    assert stranger.get(f"{EXITS}{row.id}/").status_code == 404
    assert stranger.get(f"{WARNINGS}?county={COUNTY}").status_code == 404
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach").exists()


def test_it_reads_in_english(clerk, late, resident):
    row = Exit.objects.create(
        county=COUNTY,
        provider=late.provider,
        because="x",
        since=TODAY,
        residents_until=LATER,
        begun_by="somebody",
        begun_at=at(TODAY),
    )
    edition = scheme.propose(
        county=COUNTY,
        text=scheme.written(scheme.shipped()),
        valid_from=Month(2026, 3),
        document_no="5",
        at=at(TODAY),
        by="somebody",
    )
    names = [one.name for one in world.Provider.objects.all()]
    clerk.cookies["django_language"] = "en"
    known = (
        *names,
        "样例县",
        "潍坊市",
        "山东省",
        "clerk的名字",
        "王秀兰",
        "补齐消防器材",
        "服务机构考核办法（系统默认）",
    )
    for page in (WARNINGS, EXITS, f"{EXITS}{row.id}/", SCHEMES, f"{SCHEMES}{edition.id}/"):
        assert left_in_chinese(clerk.get(page), *known) == [], page
