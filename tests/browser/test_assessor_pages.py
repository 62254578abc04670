"""The tablet in a real browser: the walk of two assessors, with and without a network, and every page in every skin."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INFORMATION = ("A.2.14.1", "A.2.14.2", "A.2.14.3", "A.2.14.4", "A.2.14.5")
#: The worker has taken over and keeps the page for no network.
KEPT = (
    """async () => navigator.serviceWorker.controller !== null && Boolean(await caches.match("/assessor/offline/"))"""
)


@pytest.fixture
def story(own_database: Any) -> SimpleNamespace:
    """A body with two assessors who are to see an elder today, and another request that waits to be assigned."""
    from songhe.assessment.tests import world
    from songhe.doors.assessor.tests.conftest import assessor, named
    from songhe.doors.shell.clock import set_practice_day
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.doors.staff.tests.conftest import account
    from songhe.place.calendar import load_shipped_calendars
    from songhe.place.division import load_sample_county

    compile_catalogues()
    set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()
    body = world.body()
    first, second = assessor(body, "li", name="李评估"), assessor(body, "wang", name="王评估")
    row = named(body, first, second, phone="13800000000", address="幸福路8号")
    waiting = world.requested(world.elder(name="陈桂英"), on=DAY, of=body)
    account("body", "provider_manager", provider=body.pk)
    account("clerk", "county_clerk")
    return SimpleNamespace(body=body, first=first, second=second, row=row, waiting=waiting)


@pytest.fixture
def tablet(story: SimpleNamespace, served: str, page: Any) -> SimpleNamespace:
    page.set_viewport_size({"width": 768, "height": 1024})
    page.set_default_timeout(45_000)
    return hand(story, served, page)


def hand(story: SimpleNamespace, served: str, page: Any) -> SimpleNamespace:
    at = f"{served}/assessor/visits/{story.row.no}/"

    def enter(username: str, then: str = "/assessor/") -> None:
        page.goto(f"{served}/")
        page.locator(f'form:has(input[value="{username}"]) button').click()
        page.wait_for_load_state()
        page.goto(f"{served}{then}")

    def ready() -> None:
        page.locator("html[data-device=ready]").wait_for(state="attached")

    def choose(code: str, value: str) -> None:
        page.locator(f'[data-code="{code}"] input[value="{value}"]').check()

    def go(rest: str) -> None:
        page.goto(at + rest)
        ready()

    def sent() -> None:
        page.locator(".device-line[data-state=saved]").wait_for()

    def skin(**chosen: str) -> None:
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    return SimpleNamespace(
        page=page,
        at=at,
        served=served,
        story=story,
        enter=enter,
        ready=ready,
        choose=choose,
        go=go,
        sent=sent,
        skin=skin,
    )


def held(story: SimpleNamespace) -> Any:
    from songhe.assessment.models import Draft

    return Draft.rows.filter(county=story.row.county, assessment=story.row).first()


def now(story: SimpleNamespace) -> Any:
    from songhe.assessment.models import Assessment

    return Assessment.rows.get(county=story.row.county, id=story.row.id)


def answer_all(tablet: SimpleNamespace, level: str = "2") -> None:
    """Every question that must be answered on the open step."""
    for one in tablet.page.locator("[data-code][data-needed]:visible").all():
        none = one.locator("[data-none]")
        if none.count():
            none.check()
            continue
        options = one.locator("input")
        wanted = one.locator(f'input[value="{level}"]')
        (wanted if wanted.count() else options.first).check()


def draw(page: Any) -> None:
    box = page.locator("canvas")
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    page.mouse.move(at["x"] + 40, at["y"] + 120)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(at["x"] + 40 + step * 25, at["y"] + (60 if step % 2 else 130))
    page.mouse.up()


def test_two_assessors_assess_and_the_county_gets_the_result(tablet, tmp_path):
    from songhe.assessment.tests.paper import photo

    page, story = tablet.page, tablet.story
    tablet.enter("li")
    page.get_by_role("link", name="王秀兰").click()
    page.get_by_role("button", name="开始评估").click()
    page.wait_for_url("**/form/information/")
    tablet.ready()
    for code in INFORMATION:
        tablet.choose(code, "none")
    tablet.choose("A.5.11", "absent")
    tablet.choose("A.5.4", "gastric_tube")
    page.locator('[data-code="A.4.1"] [data-none]').check()
    page.get_by_label("照护提示").fill("夜里要人看着")
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url("**/form/1/")
    tablet.ready()
    tablet.choose("B.1.1", "2")
    page.get_by_text("A.5.4 登记了胃管").first.wait_for()
    for step in ("2", "3", "4", "check"):
        answer_all(tablet)
        page.locator(f'button[name=go][value="{step}"]').click()
        page.wait_for_url("**/check/" if step == "check" else f"**/form/{step}/")
        tablet.ready()
    page.get_by_text("预计等级").wait_for()
    picture = tmp_path / "photo.jpg"
    picture.write_bytes(photo((2400, 1800)))
    page.locator("#photo-file").set_input_files(picture)
    page.get_by_text("照片已保存。").wait_for()
    draw(page)
    page.get_by_role("button", name="签名", exact=True).click()
    page.get_by_text("您已签名。请王评估").wait_for()
    assert now(story).state == "assigned"

    tablet.enter("wang")
    page.get_by_text("等您签名").wait_for()
    tablet.go("check/")
    page.get_by_text("不便手写，输入姓名").click()
    page.get_by_label("您的姓名").fill("王评估")
    page.get_by_role("button", name="确认无误，签名并提交").click()
    page.get_by_role("heading", name="老年人能力评估报告").wait_for()
    row = now(story)
    assert (row.state, len(row.answers["scores"]), row.warnings[0]["code"]) == (
        "submitted", 26, "assessment.tube_fed_but_eats",
    )  # fmt: skip
    assert held(story).photo.size < 2 * 1024 * 1024


def test_without_a_network_nothing_is_lost_and_it_is_sent_when_there_is_one(tablet):
    page, story = tablet.page, tablet.story
    tablet.enter("li")
    tablet.go("")
    page.get_by_role("button", name="存到设备上").click()
    page.get_by_role("button", name="不再存在设备上").wait_for()
    for _moment in range(100):
        if page.evaluate(KEPT):
            break
        page.wait_for_timeout(200)

    page.context.set_offline(True)
    page.goto(f"{tablet.served}/assessor/")
    tablet.ready()
    page.get_by_role("link", name="王秀兰").click()
    page.wait_for_url(tablet.at)
    tablet.ready()
    page.get_by_text("幸福路8号").wait_for()
    page.get_by_role("link", name="填写").click()
    page.wait_for_url("**/form/information/")
    tablet.ready()
    answer_all(tablet)
    page.get_by_label("照护提示").fill("怕生人")
    page.get_by_label("照护提示").blur()
    for step in ("1", "2", "3", "4"):
        page.locator("[data-next]:visible").click()
        page.wait_for_url(f"**/form/{step}/")
        tablet.ready()
        answer_all(tablet)
    page.wait_for_timeout(1_000)
    page.reload()
    tablet.ready()
    assert page.locator('[data-code="B.4.5"] input:checked').count() == 1
    page.get_by_text("还没有送出").wait_for()
    page.locator("[data-next]:visible").click()
    page.wait_for_url("**/check/")
    tablet.ready()
    page.get_by_text("都已填写").first.wait_for()
    draw(page)
    page.get_by_role("button", name="签名", exact=True).click()
    page.get_by_text("签名已存在这台设备上").wait_for()
    assert held(story) is None
    kept = page.evaluate(
        "indexedDB.databases().then(all => new Promise(give => { const open = indexedDB.open(all[0].name);"
        "open.onsuccess = () => { const ask = open.result.transaction('forms').objectStore('forms').getAll();"
        "ask.onsuccess = () => give(Object.keys(ask.result[0]).sort().join()) } }))"
    )
    assert kept == "data,iv", "what the device keeps is encrypted"

    page.context.set_offline(False)
    page.goto(f"{tablet.served}/assessor/")
    tablet.ready()
    tablet.sent()
    page.reload()
    form = held(story)
    assert len(form.scores) == 26
    assert (form.care_notes, form.began_by, form.began_by_device is not None) == ("怕生人", "li", True)
    page.get_by_text("等另一位签名").wait_for()


def test_a_change_on_both_devices_is_told_and_one_chooses(tablet):
    from songhe.assessment import draft
    from songhe.assessment.tests.world import at

    page, story = tablet.page, tablet.story
    form = draft.begin(assessment=story.row, at=at(DAY), on=DAY, by="li")
    tablet.enter("li")
    tablet.go("form/1/")
    page.context.set_offline(True)
    tablet.choose("B.1.1", "1")
    page.get_by_text("还没有送出").wait_for()
    draft.save(assessment=story.row, changes={"B.1.1": 4}, base=form.version, at=at(DAY), by="wang")
    page.context.set_offline(False)
    page.get_by_text("另一台设备也改了这一项").wait_for()
    page.get_by_role("button", name="用这里填的").click()
    tablet.sent()
    assert held(story).scores == {"B.1.1": 1}


def test_a_token_of_before_the_last_sign_in_is_renewed(tablet):
    from songhe.assessment import draft
    from songhe.assessment.tests.world import at

    page, story = tablet.page, tablet.story
    draft.begin(assessment=story.row, at=at(DAY), on=DAY, by="li")
    tablet.enter("li")
    tablet.go("form/1/")
    page.context.add_cookies([{"name": "csrftoken", "value": "x" * 32, "url": tablet.served}])
    tablet.choose("B.1.1", "1")
    page.locator(".device-line[data-state=saved][data-count='0']").wait_for()
    page.wait_for_timeout(1_500)
    tablet.sent()
    assert held(story).scores == {"B.1.1": 1}


def test_signing_out_deletes_what_the_device_keeps_and_asks_first(tablet):
    from songhe.assessment import draft
    from songhe.assessment.tests.world import at

    page, story = tablet.page, tablet.story
    draft.begin(assessment=story.row, at=at(DAY), on=DAY, by="li")
    tablet.enter("li")
    tablet.go("form/1/")
    page.route("**/form/1/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    tablet.choose("B.1.1", "1")
    page.get_by_text("还没有送出").wait_for()
    page.locator("summary", has_text="li的名字").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_text("现在退出，它们会从这台设备上删除").wait_for()
    page.get_by_role("button", name="删除并退出").click()
    page.get_by_text("您已退出登录").wait_for()
    left = page.evaluate("indexedDB.databases().then(all => all.length)")
    assert (left, page.evaluate("sessionStorage.length")) == (0, 0)


def leave_from_elsewhere(tablet: SimpleNamespace) -> Any:
    """A page of another door in another tab, where the tablet's own script does not run."""
    other = tablet.page.context.new_page()
    other.goto(f"{tablet.served}/security/")
    other.locator("summary", has_text="li的名字").click()
    other.get_by_role("button", name="退出登录").click()
    return other


def kept_on(page: Any) -> tuple[int, int]:
    return page.evaluate("indexedDB.databases().then(all => all.length)"), page.evaluate("sessionStorage.length")


def test_signing_out_on_any_page_deletes_what_was_sent(tablet):
    tablet.enter("li")
    tablet.page.get_by_role("link", name="王秀兰").click()
    tablet.page.get_by_role("button", name="存到设备上").click()
    tablet.page.get_by_role("button", name="不再存在设备上").wait_for()
    other = leave_from_elsewhere(tablet)
    other.get_by_text("您已退出登录").wait_for()
    assert kept_on(other) == (0, 0)
    assert tablet.page.evaluate("sessionStorage.getItem('songhe-assessor-key')") is None


def test_signing_out_on_any_page_asks_about_what_was_not_sent(tablet):
    from songhe.assessment import draft
    from songhe.assessment.tests.world import at

    page, story = tablet.page, tablet.story
    draft.begin(assessment=story.row, at=at(DAY), on=DAY, by="li")
    tablet.enter("li")
    tablet.go("form/1/")
    page.route("**/form/1/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    tablet.choose("B.1.1", "1")
    page.get_by_text("还没有送出").wait_for()
    other = leave_from_elsewhere(tablet)
    other.get_by_text("还有 1 条没有送出。现在退出，它们会从这台设备上删除").wait_for()
    assert kept_on(other)[0] == 1
    other.get_by_role("button", name="先不退出").click()
    other.get_by_role("button", name="退出登录").click()
    other.get_by_role("button", name="删除并退出").click()
    other.get_by_text("您已退出登录").wait_for()
    assert kept_on(other) == (0, 0)


def test_without_scripts_the_form_is_a_form(story, served, chromium):
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    tablet = hand(story, served, page)
    tablet.enter("li")
    page.get_by_role("link", name="王秀兰").click()
    page.get_by_role("button", name="开始评估").click()
    answer_all(tablet)
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("“情况与风险”已保存。").wait_for()
    for _step in range(4):
        answer_all(tablet)
        page.locator("button.main[name=go]").click()
    page.get_by_text("预计等级").wait_for()
    page.get_by_text("不便手写，输入姓名").click()
    page.get_by_label("您的姓名").fill("李评估")
    page.get_by_role("button", name="签名", exact=True).click()
    page.get_by_text("等王评估确认签名").wait_for()
    assert len(held(story).scores) == 26
    context.close()


@pytest.fixture
def pages(tablet: SimpleNamespace) -> list[tuple[str, str]]:
    """Every page with its reader, the form half-way and signed by one."""
    from songhe.assessment.tests import paper
    from songhe.doors.assessor.tests.conftest import named

    story = tablet.story
    found, form = paper.filled(story.row, on=DAY, **{"A.5.4": ["gastric_tube"]})
    paper.signs(found, form, story.second, on=DAY)
    done = named(story.body, story.first, story.second)
    found, form = paper.filled(done, on=DAY)
    for worker in (story.first, story.second):
        paper.signs(found, form, worker, on=DAY, drawing=paper.drawn())
    at = f"/assessor/visits/{story.row.no}/"
    return [
        ("li", "/assessor/"),
        ("li", at),
        ("li", f"{at}form/information/"),
        ("li", f"{at}form/1/"),
        ("li", f"{at}check/"),
        ("li", "/assessor/offline/"),
        ("li", f"/assessor/reports/{done.no}/"),
        ("body", "/assessor/body/"),
        ("body", f"/assessor/body/requests/{story.waiting.no}/"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(tablet, pages, look, language):
    found, entered = [], ""
    for username, address in pages:
        if entered != username:
            tablet.page.context.clear_cookies()
            tablet.enter(username, address)
            tablet.skin(language=language)
            entered = username
        tablet.page.goto(f"{tablet.served}{address}")
        found += look(tablet.page, address)
    assert found == []
