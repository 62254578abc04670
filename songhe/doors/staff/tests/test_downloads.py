"""Long lists: handed to the worker, made in parts, fetched by whoever asked while they may, gone after some days."""

import tracemalloc
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from songhe.access.models import Appointment
from songhe.access.scope import Scope
from songhe.assessment.tests import world
from songhe.document import download
from songhe.document.download import TOPIC, address, remove_over
from songhe.document.models import Download
from songhe.doors.shell.clock import read_clock, set_practice_day
from songhe.doors.staff import export, lists
from songhe.doors.staff.lists import LISTS, Want, make_download
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.tests.test_people import WHOLE, elders, known
from songhe.entitlement.tests import story
from songhe.jobs.models import Outgoing, Run
from songhe.jobs.outbox import deliver
from songhe.person.models import Person
from songhe.trail.models import Entry

PEOPLE = "/staff/people/export/"
MINE = "/staff/downloads/"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def short(monkeypatch):
    """Two rows are too many to be answered at once, and are read one by one."""
    monkeypatch.setattr(export, "MOST", 1)
    monkeypatch.setattr(lists, "PART", 1)


def work():
    return deliver(handlers={TOPIC: make_download}, at=read_clock().at, long_running={TOPIC})


def the_list():
    return Download.objects.everywhere("a test").get()


def fetched(client, row, method="get"):
    answer = getattr(client, method)(f"{MINE}{row.id}/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def rows_of(content):
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def test_a_long_list_is_made_by_the_worker_and_fetched_by_who_asked(clerk, short):
    known()
    elders("李四", "=1+1")
    page = clerk.post(PEOPLE, {}, follow=True)
    assert page.redirect_chain[0][0] == MINE
    assert "未开始" in text(page)
    assert work() == 1
    row = the_list()
    assert "下载" in text(clerk.get(MINE))
    assert row.sha256 in text(clerk.get(MINE))
    found = rows_of(fetched(clerk, row))
    assert [line[0] for line in found[1:-1]] == ["王秀兰", "李四", "'=1+1"]
    assert found[1][1] == f"370799********{WHOLE[-4:]}"
    assert "已脱敏" in found[-1][0]
    assert "3 行" in found[-1][0]
    assert (row.rows, row.expires_at - row.finished_at) == (3, timedelta(days=7))
    acts = Entry.objects.filter(county=COUNTY, detail__has_key="rows", act="staff.export")
    assert acts.get().detail["download"] == str(row.id)


def test_in_english_the_list_is_in_english(clerk, short):
    elders("张三", "李四")
    clerk.post("/display/", {"language": "en", "next": "/"})
    clerk.cookies["django_language"] = "en"
    clerk.post(PEOPLE, {})
    work()
    assert rows_of(fetched(clerk, the_list()))[0][0] == "Name"


def test_ten_thousand_and_one_people_take_a_bounded_number_of_statements_and_little_memory(clerk):
    first = world.elder(name="张三")
    alike = [field for field in Person._meta.concrete_fields if field.name not in {"id", "identity"}]
    told = {field.attname: getattr(first, field.attname) for field in alike}
    people = [Person(**told) for _ in range(export.MOST + 1)]
    Person.rows.bulk_create(people, batch_size=500)
    want = Want(COUNTY, scope=Scope(divisions=(COUNTY,)), on=DAY, at=world.at(DAY))
    assert clerk.post(PEOPLE, {}).status_code == 302
    with CaptureQueriesContext(connection) as queries:
        parts = sum(1 for _ in LISTS["people"].parts(want))
    assert (parts, len(queries) < 8 * parts) == (11, True)
    tracemalloc.start()
    assert work() == 1
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()
    assert the_list().rows == export.MOST + 2


def test_a_worker_killed_half_way_starts_over(clerk, short, monkeypatch):
    elders("张三", "李四", "王五")
    clerk.post(PEOPLE, {})
    advance, seen = download.Progress.advance, []

    def killed(progress, count, **figures):
        advance(progress, count, **figures)
        seen.append(count)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(download.Progress, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            work()
    row = the_list()
    assert row.finished_at is None
    assert address(row, "xlsx").with_suffix(".part").exists()
    assert work() == 1
    row = the_list()
    assert row.rows == 3
    assert len(rows_of(fetched(clerk, row))) == 5
    assert not address(row, "xlsx").with_suffix(".part").exists()
    assert Run.objects.get(job=row.job).attempts == 2


def test_a_list_that_was_made_is_not_made_twice(clerk, short):
    elders("张三", "李四")
    clerk.post(PEOPLE, {})
    work()
    made = the_list().finished_at
    Outgoing.objects.filter(topic=TOPIC).update(done_at=None)
    assert work() == 1
    assert the_list().finished_at == made


def test_another_s_list_is_not_there_and_who_asked_for_it_is_noted(clerk, enter, short):
    elders("张三", "李四")
    clerk.post(PEOPLE, {})
    work()
    row = the_list()
    far = enter("far", "county_clerk", place=ELSEWHERE)
    beside = enter("beside", "county_clerk")
    assert [each.get(f"{MINE}{row.id}/").status_code for each in (far, beside)] == [404, 404]
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach").count() == 2
    assert row.sha256 not in text(beside.get(MINE))


def test_who_has_left_the_office_fetches_nothing(clerk, short):
    elders("张三", "李四")
    clerk.post(PEOPLE, {})
    work()
    Appointment.objects.update(valid_to=DAY - timedelta(days=1))
    assert clerk.get(f"{MINE}{the_list().id}/").status_code == 403


def test_after_its_days_the_file_is_gone_and_the_row_stays(clerk, short):
    elders("张三", "李四")
    clerk.post(PEOPLE, {})
    work()
    row = the_list()
    assert remove_over(at=row.expires_at - timedelta(seconds=1)) == 0
    assert remove_over(at=row.expires_at) == 1
    assert not address(row, "xlsx").exists()
    page = clerk.get(f"{MINE}{row.id}/", follow=True)
    assert "保留期" in text(page)
    assert "已过期" in text(page)
    set_practice_day(DAY + timedelta(days=8))
    assert remove_over(at=read_clock().at) == 0


def test_an_altered_file_is_not_given_out(clerk, short):
    elders("张三", "李四")
    clerk.post(PEOPLE, {})
    work()
    address(the_list(), "xlsx").write_bytes(b"something else")
    assert clerk.get(f"{MINE}{the_list().id}/").status_code == 409


def test_whole_numbers_need_the_purpose_and_are_sent_for(approver, short):
    known()
    elders("李四")
    approver.post(PEOPLE, {"whole": "1", "purpose": "与公安核对"})
    work()
    row = the_list()
    assert row.expires_at - row.finished_at == timedelta(days=1)
    assert approver.get(f"{MINE}{row.id}/").status_code == 302
    assert rows_of(fetched(approver, row, "post"))[1][1] == WHOLE
    assert Entry.objects.get(act="staff.export_whole").reason == "与公安核对"


def test_the_inbox_is_handed_over_with_its_filter(clerk, short):
    story.submitted(world.elder(name="张三"))
    story.submitted(world.elder(name="李四"))
    story.reviewed(world.elder(name="王五"))
    assert clerk.get("/staff/export/?state=submitted").status_code == 302
    work()
    found = rows_of(fetched(clerk, the_list()))
    assert [line[0] for line in found[1:-1]] == ["张三", "李四"]
    assert "新提交" in text(clerk.get(MINE))


@pytest.mark.parametrize(
    "listing", ["people", "applications", "vouchers", "bills", "statements", "transfers", "figures"]
)
def test_every_list_can_be_asked_for_by_name(enter, listing):
    finance = enter("money", "finance")
    world.elder(name="张三")
    key = finance.get(MINE).context["form"]["key"].value()
    told = {"listing": listing, "month": "2026-03", "county": COUNTY, "key": key}
    assert finance.post(f"{MINE}ask/", told).status_code == 302
    assert finance.post(f"{MINE}ask/", told).status_code == 302
    assert work() == 1
    assert len(rows_of(fetched(finance, the_list()))) >= 2


def test_a_list_is_asked_for_only_by_who_may_read_its_rows(clerk):
    key = clerk.get(MINE).context["form"]["key"].value()
    told = {"listing": "trail", "month": "2026-03", "county": COUNTY, "key": key}
    assert clerk.post(f"{MINE}ask/", told).status_code == 422
    assert clerk.post(f"{MINE}ask/", {**told, "listing": "bills", "county": ELSEWHERE}).status_code == 422


def test_too_many_lists_at_once_wait(clerk, short):
    elders("张三", "李四")
    for _ in range(download.MOST_WAITING):
        assert clerk.post(PEOPLE, {}).status_code == 302
    assert clerk.post(PEOPLE, {}).status_code == 429


def test_the_page_takes_the_same_statements_for_one_list_and_for_many(clerk, short):
    elders("张三", "李四")

    def statements():
        with CaptureQueriesContext(connection) as queries:
            assert clerk.get(MINE).status_code == 200
        return len(queries)

    clerk.post(PEOPLE, {})
    one = statements()
    for _ in range(4):
        clerk.post(PEOPLE, {})
    assert statements() == one


def test_a_provider_has_no_downloads(enter):
    assert enter("manager", "provider_manager", provider=1).get(MINE).status_code == 403
