import json
import re
from base64 import b64decode

import pytest
from django.contrib.staticfiles import finders

from songhe.assessment.draft import content
from songhe.doors.assessor.device import ASSETS, key_of
from songhe.doors.assessor.tests.conftest import JSON

pytestmark = pytest.mark.django_db


def test_the_key_is_the_accounts_own_and_the_same_tomorrow(tablet):
    story = tablet()
    one, again, two = (who.get("/assessor/device/").json() for who in (story.one, story.one, story.two))
    assert one["key"] == again["key"] != two["key"]
    assert b64decode(one["key"]) == key_of(one["account"])
    assert len(b64decode(one["key"])) == 32


def test_nobody_else_gets_a_key(enter, client):
    assert enter("clerk", "county_clerk").get("/assessor/device/").status_code == 403
    assert client.get("/assessor/device/").status_code == 302


def test_what_the_worker_keeps_is_there(client):
    answer = client.get("/assessor/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/assessor/"
    kept = json.loads(re.match(r"const KEPT = (.*);\n", answer.content.decode())[1])
    assert {"/static/js/assessor/offline.js", "/static/css/tokens.css"} <= set(kept["assets"])
    assert any("htmx" in one for one in kept["assets"])
    assert all(finders.find(name) for name in ASSETS)
    assert len(answer.content.decode().splitlines()) < 120


def test_the_page_without_a_network_names_nobody(tablet):
    story = tablet()
    story.fill()
    said = story.one.get("/assessor/offline/").content.decode()
    assert "王秀兰" not in said
    assert story.row.no not in said
    assert said.count('data-code="B.') == 26
    assert "checked" not in said


def test_what_the_device_keeps_has_no_id_number(tablet):
    story = tablet()
    story.fill()
    told = story.one.get(f"{story.at}kept/", headers=JSON)
    kept = told.json()
    assert (kept["name"], kept["state"]["content"]) == ("王秀兰", content(story.row, story.held))
    assert "证件" not in told.content.decode()
    assert told["Cache-Control"] == "no-store"
