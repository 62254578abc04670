"""The desk's pages of money, logins and what waits for a second person, in a real browser."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AT = datetime(2026, 3, 9, 1, tzinfo=timezone.utc)
PAGES = {
    "finance": ("/staff/statements/?month=2026-03", "/staff/budgets/"),
    "approver": ("/staff/budgets/", "/staff/overrides/", "/staff/people/duplicates/"),
    "sysadmin": ("/staff/accounts/", "/staff/accounts/new/", "account", "/staff/jobs/"),
    "secadmin": ("account",),
}


@pytest.fixture
def office(desk, settings, tmp_path):
    """Something on every one of these pages, and a pay-out that the bank has."""
    from songhe.assessment.tests.world import elder
    from songhe.county.key import new_id
    from songhe.doors.staff.tests.conftest import COUNTY, account
    from songhe.grant.budget import propose_budget
    from songhe.jobs.models import Outgoing, Run
    from songhe.kernel.month import Month
    from songhe.person.duplicate import note_pairs
    from songhe.service.models import Visit
    from songhe.service.tests import world
    from songhe.service.visit import ask_override
    from songhe.settlement.tests import make

    settings.MEDIA_ROOT = tmp_path
    for username, role in (("cashier", "finance"), ("sysadmin", "system_admin"), ("secadmin", "security_admin")):
        account(username, role)
    desk.login = account("newcomer", "finance")
    propose_budget(
        county=COUNTY,
        programme="consumption-voucher",
        month=Month(2026, 3),
        amount_fen=5_000_000,
        document_no="样财社〔2026〕3号",
        at=AT,
        on=date(2026, 3, 9),
        by="cashier",
    )
    first = elder(name="王秀英")
    note_pairs(COUNTY, [(first, elder(name="王秀英", birth_date=first.birth_date))], at=AT)
    visit = world.visit()
    Visit.objects.filter(county=COUNTY, id=visit.id).update(verdict="fail", verdict_reasons=["position_absent"])
    told = "定位设备故障，有入户照片"
    ask_override(county=COUNTY, visit_id=visit.id, verdict="pass", because=told, at=AT, by="manager")
    Outgoing.objects.create(
        county=COUNTY, topic="month.run", about=new_id(), at=AT, not_before=AT, tries=8, problem="ValueError: broken"
    )
    Run.objects.create(county=COUNTY, job="daily:holds", period="2026-03-09", state="failed", problem="x: broken")
    make.approved(desk.county.provider)
    make.released(on=date(2026, 3, 10))
    delivered()
    return desk


def delivered():
    from songhe.jobs.outbox import deliver
    from songhe.month import wiring

    handlers = wiring.handlers(calendar=lambda day: (day, lambda: AT), people=None)
    long_running = wiring.LONG_RUNNING
    assert deliver(handlers=handlers, at=datetime(2026, 3, 11, tzinfo=timezone.utc), long_running=long_running)


def every_page(office, **skin):
    for username, pages in PAGES.items():
        office.page.context.clear_cookies()
        office.enter(username)
        office.skin(**skin)
        for name in pages:
            office.page.goto(office.at + (f"/staff/accounts/{office.login.pk}/" if name == "account" else name))
            yield name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_office_is_open_to_everybody_and_fits_every_screen(office, look, language):
    found = []
    for name in every_page(office, language=language):
        found += look(office.page, name)
    assert found == []


def test_finance_begins_with_the_statements_and_reads_the_bank_s_answers(office):
    office.enter("cashier")
    office.page.wait_for_url("**/staff/statements/")
    office.go("statements")
    office.page.get_by_role("button", name="读取银行回单").click()
    office.page.get_by_text("1 笔已到账，共 ¥704.00").wait_for()
    office.page.get_by_text("已对上").wait_for()
    office.page.goto(office.at + office.county.address("statement"))
    office.page.get_by_text("已付款").first.wait_for()
    assert office.page.get_by_role("button", name="读取银行回单").count() == 0
