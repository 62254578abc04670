"""The whole way of one voucher, walked in the browser by everybody whose hands it passes through.

A daughter applies for her mother; assessors, clerk and approver decide; the provider serves and redeems the code;
the daughter reads the receipt and rates; the statement is paid; the auditor follows the yuan back. In Chinese, each
on the screen they have. With ``SONGHE_PICTURES=<folder>`` the pictures of the guides are taken on the way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import TimeoutError

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.on_both]

MOTHER, PROVIDER = "孟淑贞", "样例康乐居家照料公司"
PHONE, TABLET, DESK = (390, 844), (1024, 1366), (1280, 900)
SERVED_ON = date(2026, 3, 4)
BATH = "上门助浴"


@pytest.fixture
def sample(own_database: Any) -> SimpleNamespace:
    """A small sample county on its first working day of March, its vouchers issued; ``turn()`` is the worker's."""
    from songhe.doors.cli.demo import people_a_county
    from songhe.doors.cli.month import calendars
    from songhe.doors.shell.clock import read_clock, set_practice_day
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.kernel.month import Month
    from songhe.month.sample.plan import Plan
    from songhe.month.schedule import tick
    from songhe.month.steps import run_month
    from songhe.person.models import Person

    compile_catalogues()
    march = Month.parse("2026-03")
    plan = Plan(3, 300, march)
    people_a_county(plan)
    calendar, people = calendars(practice=True)
    run_month(county="370799", month=march, calendar=calendar, until="issue", people=people)

    def turn() -> None:
        tick(on=read_clock().on, clock=lambda: read_clock().at, calendar=calendar, people=people, daily=False)

    mother = Person.rows.get(county="370799", name=MOTHER)
    return SimpleNamespace(turn=turn, be_on=set_practice_day, mother=mother)


@pytest.fixture
def walk(sample: SimpleNamespace, served: str, chromium: Any) -> Iterator[Walk]:
    made = Walk(served, chromium, sample)
    yield made
    made.leave()
    assert made.faults == []


class Walk:
    """``enter("clerk", DESK)`` signs somebody of the cast in; everybody keeps their own browser window."""

    def __init__(self, at: str, chromium: Any, sample: SimpleNamespace) -> None:
        self.at, self.chromium, self.sample = at, chromium, sample
        self.pages: dict[str, Any] = {}
        self.faults: list[str] = []
        self.folder = os.environ.get("SONGHE_PICTURES")

    def enter(self, who: str, screen: tuple[int, int] = DESK) -> Any:
        if who in self.pages:
            return self.pages[who]
        home = self.sample.mother
        context = self.chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": screen[0], "height": screen[1]},
            permissions=["geolocation"],
            geolocation={"latitude": home.latitude, "longitude": home.longitude, "accuracy": 20},
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.faults.append(f"script error of {who}: {error}"))
        page.on("response", lambda answer: self._watch(who, answer))
        page.goto(self.at)
        page.locator(f'form:has(input[value="{who}"]) button').click()
        page.wait_for_url(re.compile(r"/(staff|provider|assessor|my|audit)/"))
        self.pages[who] = page
        return page

    def _watch(self, who: str, answer: Any) -> None:
        if answer.status >= 400 and not answer.url.endswith("favicon.ico"):
            self.faults.append(f"{who}: {answer.status} {answer.url}")

    def go(self, who: str, path: str) -> Any:
        page = self.pages[who]
        page.goto(self.at + path)
        return page

    def picture(self, page: Any, name: str) -> None:
        if self.folder:
            page.evaluate("document.activeElement && document.activeElement.blur(), scrollTo(0, 0)")
            page.screenshot(path=Path(self.folder) / f"walk-{name}.png")

    def leave(self) -> None:
        for page in self.pages.values():
            page.context.close()


def press(page: Any, name: str) -> None:
    """Press the last button of this name and wait for the page that answers."""
    page.get_by_role("button", name=name).last.click()
    page.wait_for_load_state("networkidle")


def says(page: Any, *words: str) -> None:
    """Wait until the page shows each of the words; a page that does not is quoted."""
    for word in words:
        try:
            page.locator("main").get_by_text(word).locator("visible=true").first.wait_for()
        except TimeoutError:
            pytest.fail(f"{page.url} does not say {word}: {page.locator('main').inner_text()}")


def choose_each(page: Any, place: int) -> None:
    """Answer every question of a step with its ``place``-th option, or its last."""
    names = page.eval_on_selector_all("main input[type=radio]", "all => [...new Set(all.map(one => one.name))]")
    for name in names:
        options = page.locator(f'main input[type=radio][name="{name}"]')
        options.nth(min(place, options.count() - 1)).evaluate("one => one.checked || one.click()")


def onward(page: Any) -> None:
    """The next step of the assessment form."""
    before = page.evaluate("location.pathname")
    page.get_by_role("button", name="下一步").or_(page.get_by_role("button", name="核对")).last.click()
    page.wait_for_function("path => location.pathname != path", arg=before)
    page.wait_for_load_state()


def the_daughter_answers_six_questions_and_applies(walk: Walk) -> str:
    page = walk.enter("daughter", PHONE)
    walk.picture(page, "1-daughter")
    walk.go("daughter", "/my/rating/1/")
    while page.get_by_role("button", name="要人帮").count():
        press(page, "要人帮")
    says(page, "看起来可能符合")
    walk.go("daughter", "/my/apply/")
    page.locator("main form button").first.click()
    page.locator('input[type=radio][value="home"]').check(force=True)
    press(page, "继续")
    press(page, "继续")
    page.get_by_label("样例明衡评估中心").check(force=True)
    press(page, "继续")
    page.get_by_label("评估员到家里来").check(force=True)
    page.get_by_label("3月4日").check(force=True)
    press(page, "继续")
    press(page, "继续")
    page.get_by_label("我承诺").check(force=True)
    press(page, "提交申请")
    page.wait_for_url("**/my/cases/*/")
    walk.picture(page, "2-applied")
    return page.url.rstrip("/").rpartition("/")[2]


def the_body_sends_two_assessors_who_find_her_severely_disabled(walk: Walk, no: str) -> None:
    page = walk.enter("body")
    walk.go("body", f"/assessor/body/requests/{no}/")
    page.get_by_label("评估员", exact=True).select_option(index=1)
    page.get_by_label("另一名评估员").select_option(index=2)
    page.get_by_label("上门日期").fill("2026-03-02")
    press(page, "派出")
    page = walk.enter("assessor", TABLET)
    walk.go("assessor", f"/assessor/visits/{no}/")
    page.get_by_role("button", name="开始").or_(page.get_by_role("link", name="开始")).first.click()
    page.wait_for_url("**/form/**")
    walk.go("assessor", f"/assessor/visits/{no}/form/information/")
    choose_each(page, 0)
    for box in page.locator('main input[type=checkbox]:is([value="none"], [name$=".none"])').all():
        box.evaluate("one => one.checked || one.click()")
    onward(page)
    for step in range(1, 5):
        choose_each(page, 2)
        if step == 3:  # She is awake: whoever is not is completely disabled, whatever else was found.
            page.locator('main input[type=radio][name="B.3.9"]').first.evaluate("one => one.click()")
        if step == 1:
            walk.picture(page, "3-assessment")
        onward(page)
    says(page, "重度失能", "总分")
    signs(walk, "assessor", no)
    walk.enter("assessor2", TABLET)
    signs(walk, "assessor2", no)


def signs(walk: Walk, who: str, no: str) -> None:
    from songhe.access.models import Account

    page = walk.go(who, f"/assessor/visits/{no}/check/")
    page.get_by_text("不便手写，输入姓名").click()
    mine = page.locator("main").inner_text()
    name = next(found for found in re.findall(r"(\S+) （您）", mine))
    assert Account.objects.filter(username=who).exists()
    page.locator("input[name=typed]").first.fill(name)
    page.locator('form[action$="/sign/"] button').last.click()
    page.wait_for_function("() => !document.querySelector('main form[action$=\"/sign/\"]')")


def the_clerk_reviews_and_another_person_approves(walk: Walk, no: str) -> None:
    page = walk.enter("clerk")
    walk.go("clerk", f"/assessor/reports/{no}/")
    press(page, "采用结果")
    says(page, "结果已采用")
    walk.go("clerk", "/staff/")
    page.get_by_role("link", name=MOTHER).click()
    says(page, "待初审", "重度失能")
    walk.picture(page, "4-clerk")
    press(page, "初审通过")
    says(page, "待审批")
    page = walk.enter("approver")
    walk.go("approver", f"/staff/applications/{no}/")
    page.get_by_role("button", name="批准", exact=True).click()
    says(page, "已批准")
    walk.sample.turn()


def the_daughter_holds_the_code_out(walk: Walk) -> tuple[str, bytes]:
    page = walk.go("daughter", "/my/vouchers/")
    says(page, "¥800.00", "还可以用")
    walk.picture(page, "5-voucher")
    no = re.search(r"/vouchers/(\d{21})/", page.content())
    assert no is not None
    walk.go("daughter", "/my/code/")
    press(page, "开通消费码")
    page.locator(".qr").wait_for()
    walk.picture(page, "6-code")
    return no[1], page.locator(".qr").screenshot()


def the_company_records_a_bath_and_redeems(walk: Walk, grant_no: str) -> None:
    page = walk.enter("homecare")
    walk.go("homecare", "/provider/services/new/")
    page.get_by_label("老人的证件号码、券号或卡号").fill(grant_no)
    page.get_by_label("老人姓名").fill(MOTHER)
    page.get_by_label("服务项目").select_option(label=BATH)
    page.get_by_label("服务人员").select_option(index=1)
    page.get_by_label("服务日期").fill(SERVED_ON.isoformat())
    page.get_by_label("开始时间").fill("09:00")
    page.get_by_label("结束时间").fill("10:10")
    page.get_by_label("老人当面确认了这次服务").check()
    page.get_by_role("button", name="记下现在的位置").click()
    says(page, "已记下位置")
    press(page, "登记")
    says(page, "已登记")


def scan(walk: Walk, picture: bytes) -> Any:
    page = walk.go("homecare", "/provider/redeem/")
    page.get_by_label("服务项目").first.select_option(index=1)
    page.get_by_label("服务日期").fill(SERVED_ON.isoformat())
    page.locator("#scan-photo").set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": picture})
    return page


def the_daughter_reads_the_receipt_and_rates(walk: Walk) -> None:
    page = walk.go("daughter", "/my/bills/")
    page.get_by_role("link", name=PROVIDER).click()
    says(page, BATH, "¥126.00", "¥63.00")
    page.get_by_label("想说的话").fill("洗得很仔细，妈妈很高兴。")
    page.get_by_role("button", name="很满意").first.click()
    says(page, "您的评价", "洗得很仔细，妈妈很高兴。")
    walk.picture(page, "8-receipt")


def the_month_is_run_to_the_statements(walk: Walk) -> None:
    page = walk.go("approver", "/staff/month/2026-03/")
    page.get_by_label("运行到").select_option("gather")
    press(page, "开始运行")
    walk.sample.turn()
    walk.go("approver", "/staff/month/2026-03/")
    says(page, "结算单：待机构确认")
    walk.picture(page, "9-month")


def the_company_confirms_its_statement_and_another_person_approves(walk: Walk) -> str:
    page = walk.go("homecare", "/provider/statements/")
    page.get_by_role("link", name="2026年3月").click()
    says(page, "待机构确认", BATH, "通过")
    no = page.url.rstrip("/").rpartition("/")[2]
    page.get_by_label("发票号码").fill("26372000000012345678")
    page.get_by_label("预算科目").fill("2080201")
    press(page, "确认结算单")
    says(page, "已确认，转县区审批。")
    page = walk.go("approver", f"/staff/statements/{no}/")
    press(page, "批准付款")
    says(page, "待付款")
    return no


def finance_pays_and_the_bank_answers(walk: Walk, no: str) -> None:
    page = walk.enter("finance")
    walk.go("finance", "/staff/statements/?month=2026-03")
    press(page, "生成付款批次")
    says(page, "请另一人放行")
    page = walk.enter("cashier")
    walk.go("cashier", "/staff/statements/?month=2026-03")
    press(page, "放行")
    says(page, "已放行")
    walk.sample.turn()
    walk.go("cashier", "/staff/statements/?month=2026-03")
    press(page, "读取银行回单")
    walk.go("cashier", f"/staff/statements/{no}/")
    says(page, "已付款")
    page = walk.go("homecare", f"/provider/statements/{no}/")
    says(page, "银行到账", "¥63.00")
    walk.picture(page, "10-paid")


def the_auditor_follows_the_yuan_back(walk: Walk, bill_no: str, no: str) -> None:
    page = walk.enter("auditor")
    walk.go("auditor", "/audit/trace/")
    page.get_by_label("编号").fill(bill_no)
    press(page, "追溯")
    if "?no=" in page.url:
        page.locator("main").get_by_role("link", name=f"{bill_no} · 1").click()
    says(page, "消费券支付", "¥63.00", BATH, "服务凭据", "资格认定", "能力评估", "样例 审批人", no)
    walk.picture(page, "11-trace")


def test_a_daughter_applies_for_her_mother_and_every_yuan_can_be_followed_to_the_end(walk: Walk):
    no = the_daughter_answers_six_questions_and_applies(walk)
    the_body_sends_two_assessors_who_find_her_severely_disabled(walk, no)
    the_clerk_reviews_and_another_person_approves(walk, no)
    walk.sample.be_on(date(2026, 3, 5))
    grant_no, picture = the_daughter_holds_the_code_out(walk)
    the_company_records_a_bath_and_redeems(walk, grant_no)
    page = scan(walk, picture)
    says(page, "现在还没有入账")
    press(page, "确认核销")
    says(page, "已入账", "¥63.00")
    walk.picture(page, "7-redeemed")
    bill_no = page.url.rstrip("/").rpartition("/")[2]
    page = scan(walk, picture)
    says(page, "这个消费码已用过，请出示新的码。")
    walk.faults.clear()
    the_daughter_reads_the_receipt_and_rates(walk)
    the_month_is_run_to_the_statements(walk)
    statement_no = the_company_confirms_its_statement_and_another_person_approves(walk)
    finance_pays_and_the_bank_answers(walk, statement_no)
    the_auditor_follows_the_yuan_back(walk, bill_no, statement_no)
