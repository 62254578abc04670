import pytest
from django.test import Client

from songhe.doors.shell.models import Preference
from songhe.doors.shell.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_a_switch_stays_on_the_device_without_an_account(client):
    response = client.post("/preferences/", {"size": "xl", "next": "/sign-in/"})
    assert response["Location"] == "/sign-in/"
    assert 'data-size="xl"' in client.get("/").content.decode()
    client.post("/preferences/", {"theme": "contrast"})
    assert 'data-size="xl" data-theme="contrast"' in client.get("/").content.decode()


def test_the_language_changes(client):
    client.post("/preferences/", {"language": "en"})
    assert '<html lang="en"' in client.get("/").content.decode()


def test_a_script_gets_no_page_back(client):
    assert client.post("/preferences/", {"size": "large"}, headers={"X-Songhe-Quiet": "1"}).status_code == 204


def test_the_account_takes_its_switches_to_a_new_device(client, open_account):
    account = open_account("clerk")
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    client.post("/preferences/", {"size": "large"})
    client.post("/preferences/", {"theme": "dark"})
    assert Preference.objects.values_list("size", "theme").get(account=account) == ("large", "dark")
    other = Client()
    other.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert 'data-size="large" data-theme="dark"' in other.get("/").content.decode()


def test_a_device_with_a_choice_of_its_own_keeps_it(client, open_account):
    account = open_account("clerk")
    Preference.objects.create(account=account, size="large")
    client.post("/preferences/", {"size": "xl"})
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert 'data-size="xl"' in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["size", "theme", "language"])
def test_a_choice_that_does_not_exist_is_refused(client, name):
    response = client.post("/preferences/", {name: "<b>"})
    assert response.status_code == 400
    assert "preference.no_such_choice" in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_a_meddled_cookie_changes_nothing(client):
    client.cookies["songhe_size"] = '"><script>'
    assert 'data-size="std"' in client.get("/").content.decode()
