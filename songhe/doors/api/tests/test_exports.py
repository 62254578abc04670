"""Long lists over HTTP: asked for, made by the worker, fetched by the account that asked."""

from __future__ import annotations

import hashlib

import pytest

from songhe.assessment.tests import world
from songhe.document.download import TOPIC
from songhe.document.sheet import read_sheet
from songhe.doors.api.tests.conftest import COUNTY, problem, read
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.lists import make_download
from songhe.jobs.outbox import deliver
from songhe.place.division import load_sample_county
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    load_sample_county()


def work():
    return deliver(handlers={TOPIC: make_download}, at=read_clock().at, long_running={TOPIC})


def test_a_list_is_asked_for_made_and_fetched(machine):
    world.elder(name="张三")
    desk = machine("county_clerk")
    asked = read(desk.post("/exports", {"listing": "people"}, key=True))
    assert (asked["state"], asked["file_url"]) == ("waiting", "")
    early = desk.client.get(f"/api/v1/exports/{asked['id']}/file", headers=desk.headers)
    assert problem(early)["type"] == "document.download_not_made"
    assert work() == 1
    made = read(desk.get(f"/exports/{asked['id']}"))
    assert (made["state"], made["rows"]) == ("done", 1)
    answer = desk.client.get(made["file_url"], headers=desk.headers)
    content = b"".join(answer.streaming_content)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (made["size"], made["sha256"])
    assert read_sheet(content).rows[1][0] == "张三"
    assert Entry.objects.get(county=COUNTY, act="staff.export").detail["download"] == asked["id"]


def test_another_s_list_is_not_there_and_it_is_noted(machine):
    asked = read(machine("county_clerk").post("/exports", {"listing": "people"}))
    beside = machine("county_clerk", username="beside")
    assert problem(beside.get(f"/exports/{asked['id']}"))["type"] == "api.unknown_export"
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach").exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"listing": "everything"}, "api.unknown_list"),
        ({"listing": "figure-people"}, "api.unknown_list"),
        ({"listing": "bills"}, "api.list_needs_month"),
        ({"listing": "people", "county": "370703"}, "api.county_out_of_reach"),
        ({"listing": "trail"}, "door.not_allowed"),
    ],
)
def test_a_list_is_refused_when(machine, body, code):
    assert problem(machine("county_clerk").post("/exports", body))["type"] == code
