"""The desk's other pages in a real browser: the search box, the eye, the batch, papers, imports, providers."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "clerk": (
        "/staff/people/register/",
        "/staff/people/imports/",
        "/staff/downloads/",
        "/staff/?state=overdue",
        "/staff/providers/",
        "/staff/providers/new/",
        "provider",
        "/staff/publications/?kind=providers",
        "/staff/publications/?kind=holders&month=2026-03",
        "timeline",
    ),
    "approver": ("/staff/?state=reviewed", "batch", "provider"),
}


def address(county, name):
    if name == "provider":
        return f"/staff/providers/{county.provider.id}/?county={county.right.county}"
    if name == "timeline":
        return f"/staff/people/{county.grant.person_id}/timeline/"
    if name == "batch":
        return f"/staff/batch/?no={county.reviewed.no}"
    return name


def every_page(desk, **skin):
    for username, pages in PAGES.items():
        desk.page.context.clear_cookies()
        desk.enter(username)
        desk.skin(**skin)
        for name in pages:
            desk.page.goto(desk.at + address(desk.county, name))
            yield name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_other_page_of_the_desk_is_open_to_everybody_and_fits_every_screen(desk, look, language):
    found = []
    for name in every_page(desk, language=language):
        found += look(desk.page, name)
    assert found == []


def test_typing_pinyin_finds_somebody_and_the_end_of_a_number_stays_out_of_the_address(desk):
    desk.enter("clerk")
    desk.go("people")
    desk.page.keyboard.press("/")
    desk.page.keyboard.type("oyjg")
    desk.page.get_by_role("link", name="欧阳建国").wait_for()
    desk.page.wait_for_url("**/people/?q=oyjg")
    desk.page.get_by_role("searchbox").fill("0028")
    desk.page.wait_for_url(re.compile(r"/people/$"))


def test_an_eye_shows_the_number_for_a_reason_and_hides_it_again(desk):
    from songhe.person.register import correct
    from songhe.trail.models import Entry

    person = desk.county.reviewed.person
    correct(
        person=person,
        changes={"phone": "13800001234"},
        version=person.version,
        because="本人来电",
        on=desk.county.reviewed.submitted_on,
        at=desk.county.reviewed.submitted_at,
        by="clerk",
    )
    desk.enter("clerk")
    desk.page.clock.install()
    desk.page.goto(f"{desk.at}/staff/people/{person.id}/")
    desk.page.locator(".masked summary").last.click()
    desk.page.get_by_label("用途").last.select_option("call")
    desk.page.get_by_role("button", name="查看 30 秒").last.click()
    desk.page.get_by_text("13800001234").wait_for()
    desk.page.clock.fast_forward(31_000)
    desk.page.get_by_text("138****1234").wait_for()
    assert desk.page.get_by_text("13800001234").count() == 0
    assert Entry.objects.get(act="person.reveal").reason == "call"


def test_a_batch_is_approved_once_its_sample_was_opened_and_ticked(desk):
    from songhe.entitlement.models import Application

    desk.enter("approver")
    desk.page.goto(f"{desk.at}/staff/?state=reviewed")
    desk.page.locator("[data-all]").check()
    desk.page.get_by_role("button", name="批量审批所选").click()
    assert desk.page.get_by_role("button", name=re.compile("^批准这")).count() == 0
    desk.page.get_by_role("link", name="打开核对").click()
    desk.page.get_by_role("heading", name="现在要办").wait_for()
    desk.page.go_back()
    desk.page.reload()
    desk.page.get_by_label("已核对，可以批准").check()
    desk.page.get_by_role("button", name=re.compile("^批准这")).click()
    desk.page.get_by_text("已批准 1 件。").wait_for()
    row = desk.county.reviewed
    assert Application.rows.get(county=row.county, id=row.id).state == "approved"


def test_registering_warns_while_somebody_types(desk):
    from songhe.kernel.id_number import check_character
    from songhe.person.register import register

    first17 = "37079919420307002"
    whole = first17 + check_character(first17)
    register(
        county="370799",
        name="王秀兰",
        place="370799001001",
        id_number=whole,
        on=desk.county.reviewed.submitted_on,
        at=desk.county.reviewed.submitted_at,
        by="clerk",
    )
    desk.enter("clerk")
    desk.page.goto(f"{desk.at}/staff/people/register/")
    desk.page.get_by_label("姓名").fill("王秀兰")
    desk.page.get_by_label("居住地").select_option(index=1)
    desk.page.get_by_label("证件号码").fill(whole)
    desk.page.get_by_label("姓名").focus()
    desk.page.get_by_text("这个号码已有档案").wait_for()


def test_without_scripts_a_number_is_shown_and_a_table_is_handed_in(county, served, without_scripts):
    page = without_scripts
    page.goto(f"{served}/")
    page.locator('form:has(input[value="clerk"]) button').click()
    page.goto(f"{served}/staff/people/imports/")
    page.set_input_files(
        "input[type=file]",
        {"name": "people.csv", "mimeType": "text/csv", "buffer": "姓名,居住地代码,证件号码\n李四,1,2\n".encode()},
    )
    page.get_by_role("button", name="上传").click()
    page.get_by_role("heading", name="核对表格").wait_for()
    page.get_by_text("有错误，未导入").first.wait_for()


def test_a_list_is_ticked_by_keys_and_the_keys_are_told(desk):
    desk.enter("approver")
    desk.page.goto(f"{desk.at}/staff/?state=reviewed")
    desk.page.keyboard.press("j")
    desk.page.keyboard.press("x")
    assert desk.page.locator('input[name="no"]').first.is_checked()
    desk.page.get_by_text("1 / 1").wait_for()
    desk.page.keyboard.press("?")
    desk.page.get_by_role("heading", name="按键").wait_for()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("heading", name="按键").wait_for(state="hidden")
