"""A telephone of one's own stays signed in for thirty days; what gives power asks for its code again."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from songhe.access import login
from songhe.access.models import Account
from songhe.doors.elder.tests.case.conftest import (
    AT,
    COUNTY,
    citizen,
    clerk,
    code_sent_to,
    daughter,
    fill,
    granny,
    text,
)
from songhe.doors.shell.models import SignIn
from songhe.notice.models import Notice
from songhe.trail.models import Entry

PHONE = "13911112222"
HOME, DEVICES = "/my/", "/my/devices/"


@pytest.fixture(autouse=True)
def clocks(server_clock):
    """The browser's cookies end by the real clock, so the server's begins there."""
    server_clock.now = datetime.now(timezone.utc)


def known(username="granny", phone=PHONE):
    citizen(granny(), username, phone=phone)
    return Account.objects.get(username=username)


def sign_in(client=None, *, stays=True, phone=PHONE, **more):
    client = client or Client()
    fill(client, reverse("elder:sign-in"), phone=phone)
    ticked = {"stays": "on"} if stays else {}
    done = fill(client, reverse("elder:sign-in-code"), code=code_sent_to(phone), **ticked)
    assert done.status_code == 302
    return client


def is_in(client):
    return client.get(HOME).status_code == 200


def test_a_telephone_of_ones_own_stays_for_thirty_days_and_no_longer(server_clock):
    known()
    phone = sign_in()
    for _ in range(29):
        server_clock.forward(days=1)
        assert is_in(phone)
    server_clock.forward(days=1)
    answer = phone.get(HOME)
    assert answer["Location"] == "/my/sign-in/?next=%2Fmy%2F"
    assert SESSION_KEY not in phone.session
    assert "30 天到了" in text(phone.get("/my/sign-in/"))


def test_without_the_tick_it_ends_after_eight_hours_as_ever(server_clock):
    known()
    phone = sign_in(stays=False)
    server_clock.forward(hours=7)
    assert is_in(phone)
    server_clock.forward(hours=1)
    assert not is_in(phone)


def test_the_tick_is_off_until_somebody_sets_it():
    known()
    client = Client()
    fill(client, reverse("elder:sign-in"), phone=PHONE)
    page = client.get(reverse("elder:sign-in-code"))
    assert "30 天内不用再登录" in text(page)
    assert 'type="checkbox"' in page.content.decode()
    assert "checked" not in page.content.decode().partition("<form")[2].partition("</form>")[0]


def test_the_owner_is_told_and_finds_it_in_the_trail():
    account = known()
    sign_in()
    assert Notice.rows.get(account="granny", template="sign_in.stays").county == COUNTY
    noted = Entry.objects.get(act="account.keep_device")
    assert (noted.county, noted.actor, noted.subject_id) == (COUNTY, "granny", str(account.pk))


def test_where_staff_sign_in_it_is_not_offered_and_not_taken():
    known()
    desk = clerk()
    counter = Client()
    counter.cookies["songhe_device"] = "c" * 43
    from songhe.doors.shell.sessions import _hashed

    SignIn.objects.create(account=Account.objects.get(username="clerk"), at=AT, device=_hashed("c" * 43))
    fill(counter, reverse("elder:sign-in"), phone=PHONE)
    assert "30 天内不用再登录" not in text(counter.get(reverse("elder:sign-in-code")))
    fill(counter, reverse("elder:sign-in-code"), code=code_sent_to(PHONE))
    counter.post(reverse("elder:sign-in-code"), {"code": "1", "stays": "on"})
    assert SignIn.objects.get(account__username="granny").stays_until is None
    assert desk.get(DEVICES).status_code == 403


def test_one_click_for_practice_never_stays(client):
    known()
    client.post("/sign-in/practice/", {"username": "granny"})
    assert SignIn.objects.get().stays_until is None


def test_an_office_ends_it(server_clock):
    account = known()
    phone = sign_in()
    login.appoint(account=account, role="county_clerk", place=COUNTY, valid_from=date(2026, 1, 1), by=None, at=AT)
    server_clock.forward(minutes=16)
    assert not is_in(phone)


def test_a_device_is_signed_out_from_another(server_clock):
    known()
    lost = sign_in()
    server_clock.forward(minutes=2)
    new = sign_in(stays=False)
    page = text(new.get(DEVICES))
    assert ("就是这里" in page, "不用再登录，到" in page) == (True, True)
    row = SignIn.objects.get(stays_until__isnull=False)
    fill(new, DEVICES, to=reverse("elder:device-end", args=[row.pk]))
    assert (is_in(lost), is_in(new)) == (False, True)
    assert Entry.objects.get(act="account.end_device").actor == "granny"
    assert new.post(reverse("elder:device-end", args=[row.pk])).status_code == 302
    assert Entry.objects.filter(act="account.end_device").count() == 1


def test_all_others_are_signed_out_at_once(server_clock):
    known()
    others = []
    for _ in range(2):
        others.append(sign_in())
        server_clock.forward(minutes=2)
    here = sign_in()
    fill(here, DEVICES, to=reverse("elder:devices-end-others"))
    assert [is_in(one) for one in (*others, here)] == [False, False, True]


def test_signing_out_here_leads_to_the_first_page():
    known()
    here = sign_in()
    row = SignIn.objects.get()
    assert fill(here, DEVICES, to=reverse("elder:device-end", args=[row.pk]))["Location"] == "/"
    assert not is_in(here)


def test_somebody_elses_device_is_not_there_and_the_asking_is_noted():
    known()
    sign_in()
    row = SignIn.objects.get()
    other = citizen(daughter(), "mei")
    assert other.post(reverse("elder:device-end", args=[row.pk])).status_code == 404
    noted = Entry.objects.get(act="door.out_of_reach")
    assert (noted.county, noted.actor, noted.subject_id) == (COUNTY, "mei", str(row.pk))
    assert other.post(reverse("elder:device-end", args=[row.pk + 1])).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach").count() == 1
    row.refresh_from_db()
    assert row.ended_at is None


@pytest.mark.parametrize("page", ["/my/people/bind/", "/my/file/correct/phone/"])
def test_what_gives_power_asks_for_the_code_again_after_four_hours(page, server_clock):
    known()
    phone = sign_in()
    server_clock.forward(hours=4)
    assert phone.get(page).status_code == 200
    server_clock.forward(seconds=1)
    asked = phone.get(page)
    assert asked["Location"].startswith("/my/sign-in/again/?next=")
    again = asked["Location"]
    assert "139****2222" in text(phone.get(again))
    fill(phone, again, to="", send="1")
    wrong = phone.post(again, {"code": "000000", "next": page})
    assert wrong.status_code == 422
    done = phone.post(again, {"code": code_sent_to(PHONE), "next": page})
    assert done["Location"] == page
    assert phone.get(page).status_code == 200


def test_a_new_code_that_pays_asks_too_and_showing_it_does_not(server_clock):
    known()
    phone = sign_in()
    fill(phone, "/my/code/", to="/my/code/open/")
    server_clock.forward(days=3)
    assert phone.get("/my/code/").status_code == 200
    asked = fill(phone, "/my/code/", to="/my/code/replace/")
    assert asked["Location"].startswith("/my/sign-in/again/")


def test_a_code_for_signing_in_does_not_prove_the_telephone_anew(server_clock):
    known()
    phone = sign_in()
    server_clock.forward(hours=5)
    phone.post("/my/sign-in/again/", {"send": "1", "next": HOME})
    code = code_sent_to(PHONE)
    stranger = Client()
    session = stranger.session
    session["elder_phone_asked"] = PHONE
    session.save()
    assert stranger.post(reverse("elder:sign-in-code"), {"code": code}).status_code == 422


def test_who_came_without_a_telephone_is_not_asked_for_its_code(server_clock):
    browser = citizen(granny(), "granny", phone=PHONE)
    server_clock.forward(hours=5)
    assert browser.get("/my/people/bind/").status_code == 200
    assert browser.get("/my/sign-in/again/")["Location"] == HOME


def test_devices_cost_the_same_queries_for_one_and_for_many(django_assert_max_num_queries):
    account = known()
    here = sign_in()
    with django_assert_max_num_queries(12):
        here.get(DEVICES)
    SignIn.objects.bulk_create(
        SignIn(account=account, at=AT + timedelta(minutes=one), session=f"old-{one}") for one in range(1_000)
    )
    with django_assert_max_num_queries(12):
        assert here.get(DEVICES).status_code == 200
