"""Signing in with two factors in a real browser: an app, a key, codes on paper; and a form that a session cut short."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a long pass phrase"


@pytest.fixture
def people(own_database):
    """A real clerk, who has to have a second factor, in a practice database."""
    from songhe.access import login
    from songhe.doors.shell.clock import set_practice_day
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.place.division import load_sample_county

    compile_catalogues()
    set_practice_day(DAY)
    load_sample_county()
    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    made = login.open_account(username="clerk", display_name="林书记员", password=PASSWORD, at=at)
    login.appoint(account=made, role="county_clerk", place="370799", valid_from=date(2026, 1, 1), by=None, at=at)
    return made


@pytest.fixture
def at_home(people, served, chromium):
    """A page at a name, as security keys want it, watched like every other."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    faults = []
    opened.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda one: None if "//localhost:" in one.url else faults.append(one.url))
    opened.base = served.replace("127.0.0.1", "localhost")
    yield opened
    context.close()
    assert faults == []


def code_now(secret: str, later: int = 0) -> str:
    from songhe.access.tests.test_second_factor import code_of

    return code_of(secret, datetime.now(timezone.utc) + timedelta(seconds=later))


def give_password(page):
    page.goto(f"{page.base}/sign-in/")
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def enrol(page) -> str:
    give_password(page)
    page.get_by_role("heading", name="登记验证器").wait_for()
    page.get_by_text("扫不了码，手工输入").click()
    secret = page.locator(".enrol-secret").inner_text().replace(" ", "")
    page.get_by_label("应用上显示的 6 位数字").fill(code_now(secret))
    page.get_by_role("button", name="完成登记").click()
    page.get_by_role("heading", name="恢复码").wait_for()
    return secret


def virtual_key(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_a_clerk_registers_an_app_and_a_key_and_signs_in_with_the_key(at_home):
    page = at_home
    enrol(page)
    assert page.locator(".recovery-codes li").count() == 10
    page.get_by_role("link", name="我已保存好").click()
    session, authenticator = virtual_key(page)
    page.get_by_label("给它起个名字").fill("蓝色钥匙")
    page.get_by_role("button", name="登记安全密钥").click()
    page.get_by_text("安全密钥已登记").wait_for()
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1
    page.get_by_role("strong").filter(has_text="蓝色钥匙").wait_for()
    page.locator("details.menu summary", has_text="我的账号").click()
    page.get_by_role("button", name="退出登录").click()
    # Leaving sweeps the device first and goes on by itself.
    page.wait_for_url(lambda url: "/security/" not in url)
    give_password(page)
    page.get_by_role("button", name="使用安全密钥").click()
    page.wait_for_url(re.compile("/staff/"))


def test_a_key_of_somebody_else_opens_nothing(at_home):
    page = at_home
    enrol(page)
    page.get_by_role("link", name="我已保存好").click()
    session, authenticator = virtual_key(page)
    page.get_by_role("button", name="登记安全密钥").click()
    page.get_by_text("安全密钥已登记").wait_for()
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    virtual_key(page)
    page.context.clear_cookies()
    give_password(page)
    page.get_by_role("button", name="使用安全密钥").click()
    page.get_by_text("安全密钥没有通过验证").wait_for()
    assert "/sign-in/second/" in page.url


def test_without_scripts_a_code_of_the_app_serves(people, served, chromium):
    context = chromium.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.base = served
    secret = enrol(page)
    page.get_by_role("link", name="我已保存好").click()
    page.get_by_role("heading", name="登录和安全").wait_for()
    context.clear_cookies()
    give_password(page)
    page.get_by_label("6 位验证码").fill(code_now(secret, 30))
    page.get_by_role("button", name="验证", exact=True).click()
    page.wait_for_url(re.compile("/staff/"))
    context.close()


def test_the_shells_own_pages_are_open_to_everybody_and_fit_every_screen(at_home, look):
    page = at_home
    found = []

    def see(name):
        for language in LANGUAGES:
            page.context.add_cookies([{"name": "django_language", "value": language, "url": page.base}])
            page.reload()
            found.extend(look(page, name))
        page.context.clear_cookies(name="django_language")
        page.reload()

    page.goto(f"{page.base}/sign-in/")
    see("sign-in")
    give_password(page)
    page.get_by_role("heading", name="登记验证器").wait_for()
    see("enrol")
    page.get_by_text("扫不了码，手工输入").click()
    secret = page.locator(".enrol-secret").inner_text().replace(" ", "")
    page.get_by_label("应用上显示的 6 位数字").fill(code_now(secret))
    page.get_by_role("button", name="完成登记").click()
    page.get_by_role("heading", name="恢复码").wait_for()
    found.extend(look(page, "recovery"))
    page.get_by_role("link", name="我已保存好").click()
    see("security")
    page.goto(f"{page.base}/staff/notices/")
    see("notices")
    page.goto(f"{page.base}/staff/notices/sandbox/")
    see("sandbox")
    page.goto(f"{page.base}/sign-in/again/")
    see("again")
    assert found == []


def test_what_was_typed_when_the_session_ended_stands_in_the_form_again(desk):
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    desk.enter("clerk")
    desk.go("to review")
    area = desk.page.get_by_label("意见").first
    area.fill("材料齐全，\n同意上报")
    for row in Session.objects.all():
        kept = SessionStore(session_key=row.session_key)
        if "seen_at" in kept:
            kept["seen_at"] -= 3_600
            kept.save()
    desk.page.get_by_role("button", name="初审通过").click()
    desk.page.get_by_text("您填写的内容已经保留").wait_for()
    desk.page.get_by_role("link", name="练习：选一个角色直接进入").click()
    desk.page.locator('form:has(input[value="clerk"]) button').click()
    desk.page.get_by_text("还没有提交").wait_for()
    assert desk.page.get_by_label("意见").first.input_value() == "材料齐全，\n同意上报"
    desk.page.get_by_role("button", name="初审通过").click()
    desk.page.get_by_text("已转审批。").wait_for()


def test_a_double_click_sends_a_form_once(desk):
    desk.enter("clerk")
    desk.go("to review")
    sent = []
    desk.page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    desk.page.get_by_role("button", name="初审通过").dblclick()
    desk.page.get_by_text("已转审批。").wait_for()
    assert len([one for one in sent if "/review/" in one or "applications" in one]) <= 2
    from songhe.trail.models import Entry

    assert Entry.objects.filter(act="entitlement.review", subject_id=str(desk.county.determined.id)).count() == 1
