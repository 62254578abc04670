"""Signing in, binding, applying, following and reporting as a daughter does it on her telephone."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace

import pytest

from tests.browser.conftest import DAY, LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SINCE = date(2026, 1, 1)
PHONE = "13800001234"


@pytest.fixture
def family(county, served, page):
    """A daughter who acts for four elders: one entitled, one drafting, one asked for papers, one to be decided."""
    from songhe.access.login import appoint, open_account
    from songhe.assessment.tests import world
    from songhe.entitlement.models import Letter
    from songhe.entitlement.tests import story
    from songhe.person.register import register
    from songhe.person.tests.conftest import VILLAGE, id_number

    told = {"county": world.COUNTY, "place": VILLAGE, "on": DAY, "at": world.at(DAY), "by": "clerk"}
    me = register(name="李梅", id_number=id_number(date(1975, 3, 3), 12), **told).person
    elder = register(name="王秀兰", id_number=id_number(date(1950, 5, 5), 2), phone=PHONE, **told).person
    opened = open_account(
        username="mei", display_name="李梅", password=None, practice=True, at=world.at(SINCE), by=None
    )
    appoint(
        account=opened,
        role="citizen",
        place=world.COUNTY,
        person_id=me.id,
        valid_from=SINCE,
        by=None,
        at=world.at(SINCE),
    )
    body = world.body()
    world.assessor(body)
    draft = story.draft(elder)
    asked = story.clarifying(world.elder(name="张建国"))
    entitled = county.right.application
    right = county.right
    acts = ["apply", "choose", "claim", "show_code", "confirm", "complain", "settle"]
    for one in (elder, asked.person, right.person, county.determined.person):
        world.mandate(one, account="mei", acts=acts)
    letter = Letter.objects.filter(county=right.county, application=entitled).first()
    assert letter is not None
    pages = {
        "home": (right.person, "/my/"),
        "people": (right.person, "/my/people/"),
        "bind": (right.person, "/my/people/bind/"),
        "rating": (elder, "/my/rating/"),
        "question": (elder, "/my/rating/1/"),
        "start": (me, "/my/apply/"),
        "group": (elder, f"/my/apply/{draft.no}/group/"),
        "body": (elder, f"/my/apply/{draft.no}/body/"),
        "papers": (elder, f"/my/apply/{draft.no}/papers/"),
        "check": (elder, f"/my/apply/{draft.no}/check/"),
        "paper form": (elder, f"/my/apply/{draft.no}/paper-form/"),
        "cases": (elder, "/my/cases/"),
        "clarify": (asked.person, f"/my/cases/{asked.no}/"),
        "approved": (right.person, f"/my/cases/{entitled.no}/"),
        "dispute": (county.determined.person, f"/my/cases/{county.determined.no}/dispute/"),
        "appeal": (right.person, f"/my/cases/{entitled.no}/appeal/"),
        "letter": (right.person, f"/my/letters/{letter.no}/"),
        "report": (elder, "/my/report/"),
        "tell": (elder, "/my/report/move/"),
        "file": (right.person, "/my/file/"),
        "correct": (elder, "/my/file/correct/address/"),
        "looks": (elder, "/my/file/looks/"),
        "notices": (elder, "/my/notices/"),
        "devices": (elder, "/my/devices/"),
    }

    def enter(page, who="mei"):
        page.goto(f"{served}/")
        page.locator(f'form:has(input[value="{who}"]) button').click()
        page.wait_for_url(re.compile(r"/(my|staff)/"))

    def open_pages_of(page, person):
        page.goto(f"{served}/my/people/")
        page.locator(f'form[action="/my/people/{person.id}/open/"] button').click()
        page.wait_for_url(re.compile(r"/my/$"))

    def go(name):
        person, address = pages[name]
        if state.open != person.id:
            open_pages_of(page, person)
            state.open = person.id
        page.goto(served + address)

    def skin(**chosen):
        names = {"size": "songhe_size", "theme": "songhe_theme", "language": "django_language"}
        page.context.add_cookies([{"name": names[one], "value": value, "url": served} for one, value in chosen.items()])

    page.set_viewport_size({"width": 390, "height": 844})
    state = SimpleNamespace(open=None)
    return SimpleNamespace(
        page=page, at=served, pages=pages, enter=enter, go=go, skin=skin, elder=elder, draft=draft, body=body
    )


def code_for(phone: str) -> str:
    from songhe.notice.models import SandboxMessage

    words = SandboxMessage.objects.filter(phone=phone).order_by("-at", "-pk").first()
    assert words is not None
    found = re.search(r"\d{6}", words.text)
    assert found
    return found[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_open_to_everybody_and_fits_every_screen(family, look, language):
    family.skin(language=language)
    family.page.goto(f"{family.at}/my/sign-in/")
    found = look(family.page, "sign-in")
    family.enter(family.page)
    for name in family.pages:
        family.go(name)
        found += look(family.page, name, thumb=True)
    assert found == []


def test_every_page_offers_five_ways_on_at_most_a_way_back_and_a_telephone(family):
    family.enter(family.page)
    for name in family.pages:
        family.go(name)
        assert family.page.locator("main nav.choices > *").count() <= 5, name
        assert family.page.locator('footer a[href="tel:12345"]').count() == 1, name
        assert name == "home" or family.page.locator("main .back a").count() == 1, name


def test_without_scripts_a_daughter_applies_for_her_mother(family, without_scripts):
    page, at = without_scripts, family.at
    page.set_viewport_size({"width": 390, "height": 844})
    family.enter(page)
    page.goto(f"{at}/my/people/")
    page.locator(f'form[action="/my/people/{family.elder.id}/open/"] button').click()
    page.get_by_role("link", name="接着填写").click()
    page.locator("label", has_text="居家和社区服务").click()
    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="继续").click()
    page.locator("label", has_text=family.body.name).click()
    page.get_by_role("button", name="继续").click()
    page.locator("label", has_text="评估员到家里来").click()
    page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="先不传，继续").click()
    page.get_by_label("我承诺").check()
    page.get_by_role("button", name="提交申请").click()
    assert "申请已经提交" in page.inner_text("main")
    assert "评估机构已经收到" in page.inner_text("main")


def test_signing_in_with_a_code_and_ones_real_name(family):
    page, at = family.page, family.at
    page.goto(f"{at}/my/sign-in/")
    page.get_by_label("手机号").fill("139 1111 2222")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/sign-in/code/"))
    page.get_by_label("短信里的 6 位数字").fill(code_for("13911112222"))
    page.keyboard.press("Enter")
    from songhe.person.tests.conftest import id_number

    page.get_by_label("您的姓名").fill("李梅")
    page.get_by_label("您的身份证号码").fill(id_number(date(1975, 3, 3), 12))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/my/$"))
    assert "换一位" in page.inner_text("main")


def test_a_telephone_of_ones_own_stays_and_proves_itself_anew(family, accessibility):
    """The tick, the page of devices, and the page that asks for another code, each clean and within the screen."""
    from datetime import timedelta

    from django.contrib.sessions.backends.db import SessionStore

    from songhe.access.models import Account, OneTimeCode
    from songhe.doors.may import PHONE_AT

    phone = "13911112222"
    Account.objects.filter(username="mei").update(phone=phone)
    page, found = family.page, []
    family.skin(size="large", theme="light")
    page.goto(f"{family.at}/my/sign-in/")
    page.fill("#id_phone_phone", phone)
    page.click("main form button.main")
    page.wait_for_url(re.compile(r"/code/"))
    found += [f"code: {fault}" for fault in accessibility(page)]
    page.check("#id_code_stays")
    page.fill("#id_code_code", code_for(phone))
    page.click("main form button.main")
    page.wait_for_url(re.compile(r"/my/$"))
    page.goto(f"{family.at}/my/devices/")
    assert "不用再登录，到" in page.inner_text("main")
    found += [f"devices: {fault}" for fault in accessibility(page)]
    key = next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")
    session = SessionStore(key)
    session[PHONE_AT] -= timedelta(hours=5).total_seconds()
    session.save()
    OneTimeCode.objects.all().delete()
    page.goto(f"{family.at}/my/people/bind/")
    assert "/my/sign-in/again/" in page.url
    found += [f"again: {fault}" for fault in accessibility(page)]
    page.click("main form button.main")
    page.wait_for_selector("#id_code_code")
    found += [f"again, sent: {fault}" for fault in accessibility(page)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.fill("#id_code_code", code_for(phone))
    page.click("main form button.main")
    page.wait_for_url(re.compile(r"/my/people/bind/$"))
    assert found == []
