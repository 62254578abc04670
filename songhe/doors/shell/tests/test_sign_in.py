import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client

from songhe.doors.shell.models import FailedSignIn, SignIn
from songhe.doors.shell.request import POLL_HEADER
from songhe.doors.shell.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def try_with(client, password=PASSWORD, username="clerk", **extra):
    return client.post("/sign-in/", {"username": username, "password": password}, **extra)


def is_signed_in(client):
    return SESSION_KEY in client.session


def test_name_and_password_open_the_desk(client, open_account):
    account = open_account("clerk")
    response = try_with(client)
    assert (response.status_code, response["Location"]) == (302, "/staff/")
    assert is_signed_in(client)
    assert SignIn.objects.get().account_id == account.pk
    account.refresh_from_db()
    assert account.last_login == SignIn.objects.get().at


def test_one_goes_back_to_where_one_was_but_never_to_another_site(client, open_account):
    open_account("clerk")
    assert try_with(client, QUERY_STRING="next=/staff/people/")["Location"] == "/staff/people/"
    assert try_with(Client(), QUERY_STRING="next=https://elsewhere.example/")["Location"] == "/staff/"


def test_a_wrong_password_and_a_wrong_name_read_the_same(client, open_account):
    open_account("clerk")
    wrong = try_with(client, "wrong")
    nobody = try_with(client, "wrong", username="nobody")
    assert wrong.status_code == nobody.status_code == 422
    assert "用户名或密码不正确" in wrong.content.decode()
    assert "用户名或密码不正确" in nobody.content.decode()
    assert not is_signed_in(client)


def test_empty_fields_are_named(client, db):
    page = client.post("/sign-in/", {}).content.decode()
    assert "请填写用户名。" in page
    assert 'href="#id_password"' in page


@pytest.mark.parametrize("username", ["clerk", "nobody"])
def test_the_fifth_wrong_try_locks_a_name_at_an_address_even_if_there_is_no_such_name(client, open_account, username):
    open_account("clerk")
    assert [try_with(client, "wrong", username).status_code for _ in range(5)] == [422, 422, 422, 422, 429]
    assert try_with(client, PASSWORD, username).status_code == 429
    assert "15 分钟" in try_with(client, "wrong", username).content.decode()


def test_the_lock_opens_after_fifteen_minutes(client, open_account, server_clock):
    open_account("clerk")
    for _ in range(5):
        try_with(client, "wrong")
    server_clock.forward(minutes=14, seconds=59)
    assert try_with(client).status_code == 429
    server_clock.forward(seconds=2)
    assert try_with(client).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, open_account):
    open_account("clerk")
    for _ in range(4):
        try_with(client, "wrong")
    assert try_with(client).status_code == 302
    assert not FailedSignIn.objects.exists()


def test_one_name_locked_leaves_the_others_alone(client, open_account):
    open_account("clerk")
    for _ in range(5):
        try_with(client, "wrong", "someone")
    assert try_with(client).status_code == 302


def test_wrong_tries_older_than_a_day_do_not_count(client, open_account, server_clock):
    open_account("clerk")
    for _ in range(4):
        try_with(client, "wrong", "someone")
    server_clock.forward(days=1, minutes=1)
    assert try_with(client, "wrong", "someone").status_code == 422


def test_signing_out_takes_a_post(client, open_account):
    open_account("clerk")
    try_with(client)
    assert client.get("/sign-out/").status_code == 405
    answer = client.post("/sign-out/")
    assert answer.status_code == 302
    assert "Clear-Site-Data" not in answer.headers
    assert not is_signed_in(client)


def test_the_browser_forgets_what_it_stored_where_nothing_waits_to_be_sent(client, open_account):
    open_account("clerk")
    try_with(client)
    assert client.post("/sign-out/", {"empty": "1"})["Clear-Site-Data"] == '"storage"'


def test_staff_are_signed_out_after_fifteen_idle_minutes(client, open_account, server_clock):
    open_account("clerk")
    try_with(client)
    server_clock.forward(minutes=14)
    assert client.get("/").status_code == 200
    server_clock.forward(minutes=15)
    response = client.get("/?month=2026-04")
    assert response["Location"] == "/sign-in/?next=%2F%3Fmonth%3D2026-04"
    assert not is_signed_in(client)
    assert "请重新登录" in client.get("/sign-in/").content.decode()


def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(client, open_account, server_clock):
    open_account("clerk")
    try_with(client)
    for _ in range(2):
        server_clock.forward(minutes=7)
        assert client.get("/", headers={POLL_HEADER: "1"}).status_code == 200
    server_clock.forward(minutes=2)
    assert client.get("/", headers={POLL_HEADER: "1"}).status_code == 302


def test_a_part_of_a_page_takes_the_whole_page_to_the_sign_in(client, open_account, server_clock):
    open_account("clerk")
    try_with(client)
    server_clock.forward(minutes=16)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/people/?q=zs"}
    assert client.get("/", headers=headers)["HX-Redirect"] == "/sign-in/?next=%2Fstaff%2Fpeople%2F%3Fq%3Dzs"


def test_nobody_stays_signed_in_longer_than_eight_hours(client, open_account, server_clock):
    open_account("clerk")
    try_with(client)
    for _ in range(47):
        server_clock.forward(minutes=10)
        assert client.get("/").status_code == 200
    server_clock.forward(minutes=11)
    assert client.get("/").status_code == 302


def test_the_last_sign_in_is_shown_to_its_owner(client, open_account, server_clock):
    open_account("clerk")
    try_with(client)
    assert "上次登录" not in client.get("/").content.decode()
    client.post("/sign-out/")
    server_clock.forward(hours=1)
    try_with(client)
    page = client.get("/").content.decode()
    assert "上次登录" in page
    assert "2026年11月22日 09:30" in page


def test_one_click_signs_a_practice_account_in(client, practice, open_account):
    open_account("clerk", practice=True)
    page = client.get("/").content.decode()
    assert 'value="clerk"' in page
    assert client.post("/sign-in/practice/", {"username": "clerk"})["Location"] == "/staff/"
    assert is_signed_in(client)


def test_one_click_is_refused_in_a_real_database_and_for_a_real_account(client, open_account):
    open_account("clerk", practice=True)
    assert client.post("/sign-in/practice/", {"username": "clerk"}).status_code == 403
    assert not is_signed_in(client)


def test_one_click_is_refused_for_an_account_that_is_not_for_practice(client, practice, open_account):
    open_account("clerk")
    response = client.post("/sign-in/practice/", {"username": "clerk"})
    assert response.status_code == 403
    assert "sign_in.only_for_practice" in response.content.decode()
    assert not is_signed_in(client)


def test_one_click_takes_a_post(client, practice):
    assert client.get("/sign-in/practice/").status_code == 405


def test_without_the_csrf_token_nothing_is_done_and_the_page_is_ours(open_account, server_clock):
    open_account("clerk")
    response = try_with(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "这一页放得太久了" in response.content.decode()
