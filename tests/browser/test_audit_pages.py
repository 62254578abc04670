"""The auditor in a real browser: every page in every skin, and the way from a sample to the evidence of a yuan."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLE = "/audit/samples/?stratum=bills&month=2026-03&size=5&seed=2026-1"


@pytest.fixture
def audit(desk):
    from songhe.doors.staff.tests.conftest import account
    from songhe.redemption.models import Line

    account("auditor", "auditor")
    desk.enter("auditor")
    line = Line.objects.select_related("bill").filter(grant_id=desk.county.grant.id).first()
    desk.pages = (
        "/audit/",
        SAMPLE,
        "/audit/trace/",
        f"/audit/trace/{line.bill.no}/{line.number}/",
        "/audit/trail/",
        "/audit/reads/",
        "/audit/chain/",
        "/audit/findings/",
    )
    return desk


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_auditor_is_open_to_everybody_and_fits_every_screen(audit, look, language):
    audit.skin(language=language)
    found = []
    for path in audit.pages:
        audit.page.goto(audit.at + path)
        found += look(audit.page, path)
    assert found == []


def test_from_a_sample_to_the_evidence(audit):
    page = audit.page
    page.goto(f"{audit.at}/audit/")
    page.get_by_role("link", name="抽样").first.click()
    page.get_by_label("抽什么").select_option("vouchers")
    page.get_by_label("哪个月").select_option("2026-03")
    page.get_by_label("抽多少件").fill("10")
    page.get_by_label("种子").fill("2026-1")
    page.get_by_role("button", name="抽取").click()
    page.get_by_role("link", name=audit.county.grant.no).click()
    page.get_by_role("heading", name="账上的每一笔").wait_for()
    assert page.get_by_text("就是这一行").count() == 1
    assert page.get_by_role("heading", name="能力评估").count() == 1


def test_the_chain_and_the_books_are_checked_at_the_press_of_a_button(audit, accessibility):
    from songhe.trail.seal import seal

    seal(county="370799")
    page = audit.page
    page.goto(f"{audit.at}/audit/chain/")
    page.get_by_role("button", name="开始校验").click()
    page.get_by_text("链是完整的").wait_for()
    assert accessibility(page) == []
    page.goto(f"{audit.at}/audit/findings/")
    page.get_by_role("button", name="现在运行").click()
    page.get_by_role("table").wait_for()
    assert accessibility(page) == []
