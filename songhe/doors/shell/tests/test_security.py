"""Two factors at the door, sessions that their owner ends, and a step that matters."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from songhe.access import second_factor
from songhe.access.login import lock_account
from songhe.access.models import Factor
from songhe.access.tests.soft_key import SoftKey
from songhe.access.tests.test_second_factor import code_of
from songhe.doors.may import require
from songhe.doors.shell.models import SignIn
from songhe.doors.shell.tests.conftest import PASSWORD
from songhe.notice.models import Notice

pytestmark = pytest.mark.django_db


@require("person.reveal")
def reveal(request):
    return HttpResponse("revealed")


@require("application.read")
def desk(request):
    return HttpResponse("the desk")


urlpatterns = [path("probe/reveal/", reveal), path("probe/desk/", desk), path("", include("songhe.urls"))]
handler404 = "songhe.doors.shell.errors.not_found"


@pytest.fixture(autouse=True)
def two_factors(settings):
    settings.SECOND_FACTOR = "required"
    settings.ROOT_URLCONF = __name__


def password(client, username="clerk", **more):
    return client.post("/sign-in/", {"username": username, "password": PASSWORD, **more})


def is_signed_in(client):
    return SESSION_KEY in client.session


def enrol(client, clock, username="clerk"):
    """Sign in for the first time and register an app; gives its secret."""
    assert password(client, username)["Location"] == "/sign-in/enrol/"
    page = client.get("/sign-in/enrol/").content.decode()
    secret = re.search(r'enrol-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert client.post("/sign-in/enrol/", {"code": "000000"}).status_code == 422
    done = client.post("/sign-in/enrol/", {"code": code_of(secret, clock.now)})
    assert done["Location"] == "/security/recovery-codes/"
    return secret


def code(clock, secret):
    clock.forward(seconds=30)
    return code_of(secret, clock.now)


def test_the_first_time_an_app_is_registered_and_codes_on_paper_are_shown_once(client, open_account, server_clock):
    open_account("clerk")
    enrol(client, server_clock)
    page = client.get("/security/recovery-codes/").content.decode()
    assert len(re.findall(r'<li class="code">', page)) == 10
    assert client.get("/security/recovery-codes/")["Location"] == "/security/"
    assert client.get("/probe/desk/").content == b"the desk"
    assert SignIn.objects.get().means == "app"


def test_with_the_password_alone_no_page_opens(client, open_account, server_clock):
    open_account("clerk")
    password(client)
    assert not is_signed_in(client)
    for address in ("/probe/desk/", "/staff/", "/security/"):
        assert client.get(address)["Location"].startswith("/sign-in/")


def test_afterwards_a_code_is_asked_and_leads_to_where_one_wanted_to_go(client, open_account, server_clock):
    open_account("clerk")
    secret = enrol(client, server_clock)
    other = Client()
    asked = password(other, next="/probe/desk/")
    assert asked["Location"] == "/sign-in/second/?next=%2Fprobe%2Fdesk%2F"
    wrong = other.post("/sign-in/second/", {"code": "123456", "next": "/probe/desk/"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.content.decode()
    right = other.post("/sign-in/second/", {"code": code(server_clock, secret), "next": "/probe/desk/"})
    assert right["Location"] == "/probe/desk/"
    assert is_signed_in(other)


def test_a_code_is_no_use_without_the_password_before_it(client, open_account, server_clock):
    open_account("clerk")
    secret = enrol(client, server_clock)
    stranger = Client()
    assert stranger.post("/sign-in/second/", {"code": code(server_clock, secret)})["Location"] == "/sign-in/"
    password(stranger)
    server_clock.forward(minutes=11)
    assert stranger.post("/sign-in/second/", {"code": code(server_clock, secret)})["Location"] == "/sign-in/"
    assert not is_signed_in(stranger)


def test_five_wrong_codes_bar(client, open_account, server_clock):
    open_account("clerk")
    secret = enrol(client, server_clock)
    other = Client()
    password(other)
    assert [other.post("/sign-in/second/", {"code": "123456"}).status_code for _ in range(5)] == [422] * 5
    barred = other.post("/sign-in/second/", {"code": code(server_clock, secret)})
    assert barred.status_code == 429
    assert "15分钟" in barred.content.decode()


def test_a_code_on_paper_stands_in_and_says_when_few_are_left(client, open_account, server_clock):
    account = open_account("clerk")
    enrol(client, server_clock)
    codes = second_factor.make_recovery_codes(account=account, at=server_clock.now)
    for used in codes[:8]:
        other = Client()
        password(other)
        assert other.post("/sign-in/second/", {"code": used}).status_code == 302
    assert "恢复码只剩 2 个" in other.get("/security/").content.decode()


def test_a_key_is_registered_and_signs_in(client, open_account, server_clock):
    open_account("clerk")
    enrol(client, server_clock)
    key = SoftKey("localhost", "http://localhost")
    more = {"headers": {"host": "localhost"}}
    # The cookies of the test's browser know no host, so the session is the same.
    question = client.post("/security/key/question/", **more).json()
    kept = client.post(
        "/security/key/answer/", {"answer": json.dumps(key.register(question)), "name": "蓝色钥匙"}, **more
    )
    assert kept.json() == {"next": "/security/"}
    assert "蓝色钥匙" in client.get("/security/", **more).content.decode()
    other = Client()
    password(other, next="/probe/desk/")
    assert "js/keys.js" in other.get("/sign-in/second/", **more).content.decode()
    question = other.post("/sign-in/key/question/", **more).json()
    body = {"answer": json.dumps(key.sign(question)), "next": "/probe/desk/"}
    assert other.post("/sign-in/key/answer/", body, **more).json() == {"next": "/probe/desk/"}
    assert is_signed_in(other)
    assert SignIn.objects.order_by("-pk").first().means == "key"


def test_a_key_answers_a_question_once(client, open_account, server_clock):
    account = open_account("clerk")
    enrol(client, server_clock)
    key = SoftKey("localhost", "http://localhost")
    more = {"headers": {"host": "localhost"}}
    question = client.post("/security/key/question/", **more).json()
    answer = {"answer": json.dumps(key.register(question)), "name": "x"}
    assert client.post("/security/key/answer/", answer, **more).status_code == 200
    again = client.post("/security/key/answer/", answer, **more)
    assert again.status_code == 422
    assert Factor.objects.filter(account=account, kind="key").count() == 1
    for torn in ("", "[]", "{}", "{"):
        client.post("/security/key/question/", **more)
        assert client.post("/security/key/answer/", {"answer": torn}, **more).status_code == 422


def test_at_an_address_of_figures_no_key_is_offered(client, open_account, server_clock):
    open_account("clerk")
    enrol(client, server_clock)
    page = client.get("/security/", headers={"host": "127.0.0.1"}).content.decode()
    assert "js/keys.js" not in page


def test_a_practice_account_needs_no_second_factor_in_a_practice_database_unless_it_has_one(
    client, practice, open_account, server_clock
):
    account = open_account("clerk", practice=True)
    assert password(client)["Location"] == "/staff/"
    assert client.post("/security/remove/1/").status_code == 302
    begun = second_factor.begin_app(account=account, name="手机", at=server_clock.now)
    now = server_clock.now
    second_factor.confirm_app(account=account, code=code_of(begun.secret, now), at=now, now=now)
    other = Client()
    assert password(other)["Location"] == "/sign-in/second/"
    assert other.post("/sign-in/practice/", {"username": "clerk"})["Location"] == "/staff/"


def test_an_account_that_is_not_for_practice_needs_one_even_there(client, practice, open_account):
    open_account("clerk")
    assert password(client)["Location"] == "/sign-in/enrol/"


def test_citizens_need_none_until_they_become_staff(client, db, server_clock):
    from datetime import date
    from uuid import uuid4

    from songhe.access import login

    at = server_clock.now
    account = login.open_account(username="daughter", display_name="女儿", password=PASSWORD, at=at)
    more = {"account": account, "place": "370799", "valid_from": date(2026, 1, 1), "by": None, "at": at}
    login.appoint(role="citizen", person_id=uuid4(), **more)
    password(client, "daughter")
    assert is_signed_in(client)
    assert client.get("/").status_code == 200
    login.appoint(role="county_clerk", **more)
    assert client.get("/probe/desk/")["Location"].startswith("/sign-in/")
    assert not is_signed_in(client)


# --- a step that matters ---------------------------------------------------------------------------------------------


def test_a_step_that_matters_asks_again_after_five_minutes(client, open_account, server_clock):
    open_account("clerk")
    secret = enrol(client, server_clock)
    assert client.post("/probe/reveal/").content == b"revealed"
    server_clock.forward(minutes=5, seconds=1)
    asked = client.post("/probe/reveal/", {"reason": "核对"}, headers={"referer": "http://testserver/probe/desk/"})
    assert asked["Location"].startswith("/sign-in/again/?next=%2Fprobe%2Fdesk%2F%3Fkept%3D")
    assert client.get("/probe/desk/").content == b"the desk"
    on_to = asked["Location"].partition("next=")[2].replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    page = client.get(asked["Location"]).content.decode()
    assert "再验证一次" in page
    given = client.post("/sign-in/again/", {"code": code(server_clock, secret), "next": on_to})
    assert given["Location"] == on_to
    assert client.post("/probe/reveal/").content == b"revealed"


def test_looking_at_the_page_of_such_a_step_asks_nothing(client, open_account, server_clock):
    open_account("clerk")
    enrol(client, server_clock)
    server_clock.forward(minutes=6)
    assert client.get("/probe/reveal/").content == b"revealed"


def test_changing_how_one_is_known_asks_again(client, open_account, server_clock):
    account = open_account("clerk")
    secret = enrol(client, server_clock)
    server_clock.forward(minutes=6)
    for address in ("/security/recovery-codes/", "/security/key/question/", "/security/remove/1/"):
        assert client.post(address)["Location"].startswith("/sign-in/again/")
    assert client.get("/security/app/")["Location"] == "/sign-in/again/?next=%2Fsecurity%2Fapp%2F"
    client.post("/sign-in/again/", {"code": code(server_clock, secret)})
    assert client.post("/security/recovery-codes/")["Location"] == "/security/recovery-codes/"
    (factor,) = second_factor.factors(account)
    page = client.post(f"/security/remove/{factor.pk}/", follow=True).content.decode()
    assert "这是最后一个验证方式" in page
    assert Notice.rows.filter(account="clerk", template="sign_in.factor_changed").count() == 1


def test_a_security_administrator_resets_somebody_who_lost_everything(client, open_account, server_clock):
    open_account("clerk")
    open_account("warden", "security_admin", place="370799")
    enrol(client, server_clock)
    warden = Client()
    enrol(warden, server_clock, "warden")
    assert client.get("/security/reset/").status_code == 403
    sent = {"username": "clerk", "because": "手机丢失，已电话核实"}
    assert warden.post("/security/reset/", {"username": "nobody", "because": "x"}).status_code == 404
    assert warden.post("/security/reset/", {**sent, "username": "warden"}).status_code == 403
    assert warden.post("/security/reset/", {"username": "clerk"}).status_code == 422
    assert warden.post("/security/reset/", sent)["Location"] == "/security/reset/"
    assert not is_signed_in(client)
    assert password(Client())["Location"] == "/sign-in/enrol/"
    server_clock.forward(minutes=6)
    assert warden.post("/security/reset/", sent)["Location"].startswith("/sign-in/again/")


# --- sessions --------------------------------------------------------------------------------------------------------


def test_the_owner_sees_where_they_are_signed_in_and_ends_the_others(client, open_account, server_clock, settings):
    settings.SECOND_FACTOR = "optional"
    open_account("clerk")
    other = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/149.0"})
    password(other)
    password(client)
    page = client.get("/security/").content.decode()
    assert "Firefox · Windows" in page
    assert "就是这里" in page
    assert "退出其他 1 个登录" in page
    assert client.post("/security/sessions/end/")["Location"] == "/security/"
    assert not is_signed_in(other)
    assert is_signed_in(client)
    assert "登录中" not in client.get("/security/").content.decode()


def test_a_locked_login_ends_with_its_next_request(client, open_account, server_clock, settings):
    settings.SECOND_FACTOR = "optional"
    account = open_account("clerk")
    password(client)
    assert client.get("/probe/desk/").status_code == 200
    lock_account(account=account, because="离职", by=None, at=server_clock.now)
    assert client.get("/probe/desk/")["Location"].startswith("/sign-in/")


def test_a_new_device_is_told_to_the_owner_a_known_one_is_not(client, open_account, server_clock, settings):
    settings.SECOND_FACTOR = "optional"
    open_account("clerk")
    password(client)
    client.post("/sign-out/")
    password(client)
    assert Notice.rows.count() == 0
    password(Client())
    assert Notice.rows.get().template == "sign_in.new_device"
    assert SignIn.objects.filter(ended_at=None).count() == 2


def test_the_page_is_for_who_is_signed_in(client):
    for address in ("/security/", "/security/app/", "/sign-in/again/"):
        assert client.get(address)["Location"].startswith("/sign-in/")
    for address in ("/sign-in/second/", "/sign-in/enrol/"):
        assert client.get(address)["Location"] == "/sign-in/"
    assert client.post("/sign-in/key/question/").status_code == 302
