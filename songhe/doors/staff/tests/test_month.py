from datetime import timedelta

import pytest
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.entitlement.tests import story
from songhe.grant.tests.world import PROGRAMME, budget, run_issue
from songhe.jobs.models import Outgoing, Run
from songhe.jobs.outbox import deliver
from songhe.kernel.month import Month
from songhe.month.audit.run import ask
from songhe.month.steps import STEPS
from songhe.trail.models import Entry

MARCH = Month(2026, 3)
MONTH = "/staff/month/2026-03/"
PROGRESS = f"{MONTH}progress/"


def running(**fields):
    at = read_clock().at
    given = {
        "job": f"issue:{PROGRAMME}",
        "period": "2026-03",
        "state": "running",
        "done": 400,
        "total": 1000,
        "started_at": at - timedelta(seconds=4),
        "beat_at": at,
    }
    return Run.objects.create(county=COUNTY, **{**given, **fields})


def polls(response):
    return "every 2s" in response.content.decode()


def test_the_months_are_listed_with_their_budget_and_how_far_they_are(approver):
    budget(5_000_000)
    page = text(approver.get("/staff/month/"))
    assert "2026年3月 本月" in page
    assert "¥50,000.00" in page


def test_every_step_of_the_month_stands_on_its_page(approver):
    page = text(approver.get(MONTH))
    for step in STEPS:
        assert step.zh in page
    assert "本月预算还没有下达" in page


def test_a_running_step_shows_how_far_it_is_and_how_fast_and_asks_again(approver):
    running()
    page = approver.get(PROGRESS)
    assert "400 / 1,000 · 40%" in text(page)
    assert "每秒约 100 项" in text(page)
    assert polls(page)
    assert '"X-Songhe-Poll": "1"' in page.content.decode()


def test_a_step_that_does_not_move_is_said_to_be_stuck_and_is_not_asked_again(approver):
    running(beat_at=read_clock().at - timedelta(minutes=11))
    page = approver.get(PROGRESS)
    assert "卡住了" in text(page)
    assert "十分钟没有进展" in text(page)
    assert not polls(page)


def test_a_failed_step_says_what_went_wrong(approver):
    running(state="failed", problem="Refusal: grant.budget_not_set")
    page = approver.get(PROGRESS)
    assert "grant.budget_not_set" in text(page)
    assert not polls(page)


def test_the_button_hands_the_month_to_the_worker(approver):
    answer = send(approver, MONTH, "/run/", until="issue")
    assert answer.headers["Location"] == MONTH
    entry = Outgoing.objects.get(county=COUNTY, topic="month.run")
    assert entry.payload == {"month": "2026-03", "until": "issue"}
    assert Entry.objects.get(county=COUNTY, act="month.run").actor == "approver"
    page = approver.get(MONTH)
    assert "已排队，等后台处理" in text(page)
    assert polls(page)


def test_once_the_worker_is_at_it_the_page_says_so(approver):
    send(approver, MONTH, "/run/", until="issue")
    running(state="done", finished_at=read_clock().at)
    page = approver.get(PROGRESS)
    assert "后台正在运行" in text(page)
    assert polls(page)


def test_the_worker_finds_what_was_asked_for(approver):
    send(approver, MONTH, "/run/", until="issue")
    asked = []
    at = read_clock().at
    assert deliver(handlers={"month.run": lambda entry, at: asked.append(entry.payload)}, at=at) == 1
    assert asked == [{"month": "2026-03", "until": "issue"}]
    assert not polls(approver.get(PROGRESS))


def test_a_double_click_asks_once_and_a_second_wish_is_refused(approver):
    where, hidden = form_for(approver.get(MONTH), "/run/")
    other = form_for(approver.get(MONTH), "/run/")[1]
    assert [approver.post(where, {**hidden, "until": "issue"}).status_code for _ in range(2)] == [302, 302]
    assert Outgoing.objects.filter(county=COUNTY).count() == 1
    answer = approver.post(where, {**other, "until": "issue"})
    assert answer.status_code == 409
    assert "staff.month_queued" in text(answer)


def test_a_wish_that_failed_too_often_says_so(approver):
    send(approver, MONTH, "/run/", until="issue")
    Outgoing.objects.filter(county=COUNTY).update(tries=8, problem="OperationalError: locked")
    page = approver.get(PROGRESS)
    assert "请系统管理员查看" in text(page)
    assert not polls(page)


def test_an_unknown_step_is_refused(approver):
    assert send(approver, MONTH, "/run/", until="nonsense").status_code == 422


@pytest.mark.parametrize("role", ["county_clerk", "finance", "auditor"])
def test_others_watch_and_do_not_run(enter, role):
    client = enter(role, role)
    page = client.get(MONTH)
    assert page.status_code == 200
    assert not any(one.endswith("/run/") for one in forms(page))
    assert client.post(f"{MONTH}run/", {}).status_code == 403


def test_what_waits_for_people_leads_there(approver):
    story.reviewed(world.elder())
    page = approver.get(MONTH)
    assert "申请待审批" in text(page)
    assert "/staff/?state=reviewed" in page.content.decode()


def test_the_figures_come_as_a_part_and_as_a_page(approver):
    from songhe.grant.tests.world import entitled

    entitled()
    budget()
    run_issue()
    part = approver.get(f"{MONTH}figures/", headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="figures"')
    assert "¥800.00" in text(part)
    assert "还没有审计过" in text(part)
    assert "<html" in approver.get(f"{MONTH}figures/").content.decode()


def test_the_figures_say_what_the_last_audit_found(approver):
    ask(county=COUNTY, on=DAY, clock=lambda: read_clock().at)
    assert "没有发现问题" in text(approver.get(f"{MONTH}figures/"))


def test_another_countys_month_is_not_there_and_an_overseer_chooses(enter):
    budget()
    assert enter("far", "county_approver", place=ELSEWHERE).get(MONTH, {"county": COUNTY}).status_code == 404
    city = enter("city", "city_overseer", place="370700")
    assert city.get(MONTH, {"county": COUNTY}).status_code == 200
    assert "样例县" in text(city.get("/staff/month/"))


def test_a_month_that_is_none_is_not_there(approver):
    assert approver.get("/staff/month/2026-13/").status_code == 404
    assert reverse("staff:month-of", args=[MARCH]) == MONTH
    assert DAY in MARCH
