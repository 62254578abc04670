"""Staff at their desk, in a real browser: what they press, what they see, and what goes over the wire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.conftest import DAY

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def application(row):
    from songhe.entitlement.models import Application

    return Application.rows.get(county=row.county, id=row.id)


def test_an_approver_approves_and_the_case_is_gone_from_the_inbox(desk):
    desk.enter("approver")
    desk.page.get_by_role("link", name="欧阳建国").click()
    desk.page.get_by_label("意见").fill("同意")
    desk.page.get_by_role("button", name="批准", exact=True).click()
    desk.page.get_by_text("已批准，决定书已生成。").wait_for()
    assert application(desk.county.reviewed).state == "approved"
    desk.page.get_by_role("link", name="查看决定书").click()
    desk.page.get_by_role("heading", name="决定书").wait_for()
    desk.go("inbox")
    assert desk.page.get_by_role("link", name="欧阳建国").count() == 0


def test_without_scripts_the_same_is_done_by_plain_forms(county, served, without_scripts):
    page = without_scripts
    page.goto(f"{served}/")
    page.locator('form:has(input[value="clerk"]) button').click()
    page.get_by_role("link", name="陈桂英").click()
    page.get_by_role("button", name="初审通过").click()
    page.get_by_text("已转审批。").wait_for()
    assert application(county.determined).state == "reviewed"
    page.goto(f"{served}/staff/people/")
    page.get_by_role("searchbox").fill("买买提")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="买买提·依明").click()
    page.get_by_role("heading", name="为什么").wait_for()


def test_a_post_of_htmx_carries_the_token_in_its_header(desk):
    """The hidden field is taken out, so that the header alone stands between the form and a refusal."""
    desk.enter("clerk")
    desk.go("to review")
    desk.page.evaluate("document.querySelectorAll('main [name=csrfmiddlewaretoken]').forEach(e => e.remove())")
    with desk.page.expect_request(lambda one: one.method == "POST") as sent:
        desk.page.get_by_role("button", name="初审通过").click()
    assert sent.value.headers["x-csrftoken"]
    assert sent.value.headers["hx-request"] == "true"
    desk.page.get_by_text("已转审批。").wait_for()
    assert application(desk.county.determined).state == "reviewed"


def test_a_post_that_lost_the_header_is_refused(desk):
    desk.enter("clerk")
    desk.go("to review")
    desk.page.evaluate(
        "document.querySelectorAll('main [name=csrfmiddlewaretoken]').forEach(e => e.remove());"
        "document.body.removeAttribute('hx-headers:inherited')"
    )
    with desk.page.expect_response(lambda one: one.request.method == "POST") as answered:
        desk.page.get_by_role("button", name="初审通过").click()
    # Nothing is done; the page comes again, filled as it was, with a token that counts.
    assert answered.value.headers["hx-redirect"].startswith("/staff/applications/")
    desk.page.get_by_role("button", name="初审通过").wait_for()
    assert application(desk.county.determined).state == "determined"


def test_a_reason_that_is_missing_takes_the_focus(desk):
    desk.enter("approver")
    desk.go("case")
    desk.page.locator("summary", has_text="退回初审").click()
    desk.page.get_by_role("button", name="退回初审").click()
    desk.page.get_by_role("alert").wait_for()
    assert desk.page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    desk.page.get_by_label("退回理由").fill("请核对评估日期")
    desk.page.get_by_role("button", name="退回初审").click()
    desk.page.get_by_text("已退回初审。").wait_for()
    assert application(desk.county.reviewed).state == "determined"


def test_the_second_person_is_told_on_the_page(desk):
    from songhe.assessment.tests.world import at
    from songhe.entitlement import review

    desk.enter("clerk")
    desk.go("to review")
    review.review(application=desk.county.determined, at=at(DAY), on=DAY, by="clerk2")
    desk.page.get_by_role("button", name="初审通过").click()
    desk.page.get_by_text("这一件在您打开之后已由别人办理").wait_for()
    assert desk.page.locator(".badge", has_text="待审批").count()


def test_the_month_moves_on_before_ones_eyes(desk):
    from songhe.doors.shell.clock import read_clock
    from songhe.jobs.models import Run

    # What ran in the county ran the day before, whatever the hour at which this is tried.
    Run.objects.filter(county="370799").update(finished_at=read_clock().at - timedelta(days=1))
    desk.enter("approver")
    desk.go("month")
    desk.page.get_by_role("button", name="开始运行").click()
    desk.page.get_by_text("已排队，等后台处理").wait_for()
    at = read_clock().at
    run = Run.objects.create(
        county="370799", job="redeem", period="2026-03", state="running", done=20, total=200, started_at=at, beat_at=at
    )
    desk.page.get_by_text("20 / 200").wait_for()
    Run.objects.filter(county=run.county, id=run.id).update(done=200, state="done", finished_at=read_clock().at)
    desk.page.get_by_text("200 / 200").wait_for()


def test_a_part_that_renews_itself_leaves_the_reader_where_they_are(desk):
    from songhe.doors.shell.clock import read_clock
    from songhe.jobs.models import Run

    at = read_clock().at
    run = Run.objects.create(
        county="370799", job="redeem", period="2026-03", state="running", done=20, total=200, started_at=at, beat_at=at
    )
    desk.enter("approver")
    desk.go("month")
    desk.page.evaluate("window.scrollTo(0, 300)")
    Run.objects.filter(county=run.county, id=run.id).update(done=120)
    desk.page.get_by_text("120 / 200").wait_for()
    assert desk.page.evaluate("window.scrollY") == 300
    assert desk.page.evaluate("document.activeElement.id") != "main"


def test_polling_is_no_sign_of_life(desk):
    """A page that refreshes itself says so, and the session ends although it does."""
    from songhe.doors.shell.clock import read_clock
    from songhe.jobs.models import Run

    at = read_clock().at
    Run.objects.create(
        county="370799", job="redeem", period="2026-03", state="running", done=2, total=9, started_at=at, beat_at=at
    )
    desk.enter("approver")
    with desk.page.expect_request("**/progress/") as asked:
        desk.go("month")
    assert asked.value.headers["x-songhe-poll"] == "1"


def test_typing_a_name_finds_it_and_an_id_number_stays_out_of_the_address(desk):
    from songhe.doors.staff.tests.test_people import WHOLE, known

    known()
    desk.enter("clerk")
    desk.go("people")
    desk.page.wait_for_load_state("networkidle")
    desk.page.keyboard.press("/")
    desk.page.wait_for_function("() => document.activeElement.type === 'search'")
    desk.page.keyboard.type("买买提")
    desk.page.wait_for_url("**/people/?q=**")
    assert desk.page.locator("#found tbody tr").count() == 1
    desk.page.get_by_role("searchbox").fill(WHOLE)
    desk.page.get_by_role("link", name="王秀兰").wait_for()
    assert WHOLE not in desk.page.url
    desk.page.get_by_role("searchbox").press("Enter")
    desk.page.get_by_role("heading", name="王秀兰").wait_for()
    assert WHOLE not in desk.page.url


def test_a_provider_confirms_its_statement(desk):
    from songhe.settlement.models import Statement

    desk.enter("manager")
    desk.go("statement")
    desk.page.get_by_label("发票号码").fill("25372000000012345678")
    desk.page.get_by_label("预算科目").fill("2081005")
    desk.page.get_by_role("button", name="确认结算单").click()
    desk.page.get_by_text("已确认，转县区审批。").wait_for()
    assert Statement.objects.get(county="370799", id=desk.county.statement.id).state == "confirmed"


def test_a_list_is_walked_with_the_keyboard(desk):
    desk.enter("approver")
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**/applications/**")
