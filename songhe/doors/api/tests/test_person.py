"""The registry of people over HTTP."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from songhe.doors.api.tests.conftest import COUNTY, problem, read
from songhe.jobs.models import Once
from songhe.person.models import Event, Person, Provenance
from songhe.person.tests.conftest import VILLAGE, id_number
from songhe.place.division import load_sample_county
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
ELSEWHERE = "370702"


@pytest.fixture(autouse=True)
def villages():
    load_sample_county()


@pytest.fixture
def desk(machine):
    return machine("county_clerk")


def told(**more):
    return {"name": "王秀英", "place": VILLAGE, "id_number": id_number(), "phone": "13800001234", **more}


def registered(desk, **more):
    return read(desk.post("/persons", told(**more)))


def test_a_person_is_registered_and_read_masked(desk):
    made = registered(desk)
    assert made["id_number"] == "*" * 14 + id_number()[-4:]
    assert made["phone"] == "138****1234"
    found = desk.get(f"/persons/{made['id']}")
    assert read(found)["name"] == "王秀英"
    assert found.headers["ETag"] == '"1"'
    assert id_number() not in found.content.decode()
    assert Entry.objects.filter(county=COUNTY, act="person.read", subject_id=made["id"]).exists()


def test_what_should_be_looked_at_is_said(desk):
    registered(desk)
    again = registered(desk, id_number=id_number(sequence=4))
    assert [each["code"] for each in again["warnings"]] == ["person.same_name_and_birth_date"]


def test_nothing_kept_of_a_call_says_who_was_registered(desk):
    key, sent = uuid4(), told(address="柳泉镇1号")
    first = desk.post("/persons", sent, key=key)
    kept = Once.objects.get()
    assert list(kept.answer) == ["sealed"]
    assert id_number() not in kept.fingerprint
    again = desk.post("/persons", sent, key=key)
    assert read(first) == read(again)
    assert again.content == first.content
    assert read(again)["address"] == "柳泉镇1号"
    assert all(id_number() not in json.dumps(entry.detail) for entry in Entry.objects.all())


def test_the_same_key_registers_once(desk):
    key = uuid4()
    first, again = (desk.post("/persons", told(), key=key) for _ in range(2))
    assert read(first) == read(again)
    assert Person.rows.count() == 1
    assert problem(desk.post("/persons", told()))["type"] == "person.already_registered"


def test_a_person_is_found_by_number_in_the_body_alone(desk):
    made = registered(desk)
    assert [each["id"] for each in read(desk.post("/persons/search", {"id_number": id_number()}))["items"]] == [
        made["id"]
    ]
    assert read(desk.post("/persons/search", {"id_number": id_number(sequence=6)}))["items"] == []
    assert problem(desk.post("/persons/search", {"id_number": "12"}))["type"] == "id_number.wrong_length"
    assert problem(desk.get(f"/persons?id_number={id_number()}"))["type"] == "input.unknown_field"


def test_a_field_is_corrected_by_who_saw_the_version(desk):
    made = registered(desk)
    path = f"/persons/{made['id']}"
    changed = desk("PATCH", path, {"because": "更正", "address": "柳泉镇1号"}, If_Match='"1"')
    assert read(changed)["address"] == "柳泉镇1号"
    assert changed.headers["ETag"] == '"2"'
    assert Provenance.objects.filter(field="address", value="柳泉镇1号", source="api").exists()
    stale = desk("PATCH", path, {"because": "更正", "address": "2号"}, If_Match='"1"')
    assert stale.status_code == 409
    assert stale.headers["ETag"] == '"2"'
    assert problem(stale)["type"] == "person.changed_meanwhile"
    for header in ({}, {"If_Match": "*"}):
        lacking = desk("PATCH", path, {"because": "更正", "address": "2号"}, **header)
        assert problem(lacking)["type"] == "api.if_match_missing"
    assert problem(desk("PATCH", path, {"because": "x"}, If_Match="two"))["type"] == "api.if_match_not_read"


def test_a_correction_that_was_made_is_repeated_though_the_version_has_moved_on(desk):
    made, key = registered(desk), uuid4()
    send = [f"/persons/{made['id']}", {"because": "更正", "address": "1号"}]
    first, again = (desk("PATCH", *send, key=key, If_Match='"1"') for _ in range(2))
    assert read(first) == read(again)
    assert again.headers["ETag"] == '"2"'


def test_a_death_is_reported(desk):
    made = registered(desk)
    body = {"kind": "death", "happened_on": "2026-03-09", "source": "村委会"}
    reported = read(desk.post(f"/persons/{made['id']}/events", body))
    assert (reported["kind"], reported["state"]) == ("death", "reported")
    assert Event.objects.get().reported_by == desk.account.username
    assert problem(desk.post(f"/persons/{made['id']}/events", body))["type"] == "person.already_reported"
    future = problem(desk.post(f"/persons/{made['id']}/events", body | {"happened_on": "2026-03-11"}))
    assert future["type"] == "person.event_in_future"


def test_a_move_says_where_to(desk):
    made = registered(desk)
    body = {"kind": "move", "happened_on": "2026-03-01", "to_place": "370702001001"}
    read(desk.post(f"/persons/{made['id']}/events", body))
    assert Event.objects.get().detail["to_place"] == "370702001001"


def test_a_clerk_of_two_counties_says_which(account, machine):
    account("both", "county_clerk", place=ELSEWHERE)
    desk = machine("county_clerk", username="both", place=COUNTY, places=[COUNTY, ELSEWHERE])
    assert problem(desk.post("/persons", told()))["type"] == "api.county_out_of_reach"
    assert read(desk.post("/persons", told(county=COUNTY)))["county"] == COUNTY


def test_a_county_out_of_reach_is_no_county(desk):
    refused = desk.post("/persons", told(county=ELSEWHERE))
    assert refused.status_code == 404
    assert problem(refused)["type"] == "api.county_out_of_reach"


def test_another_countys_person_is_not_found_and_the_look_is_noted_there(desk, machine):
    made = registered(desk)
    other = machine("county_clerk", place=ELSEWHERE)
    path = f"/persons/{made['id']}"
    for answer in (
        other.get(path),
        other("PATCH", path, {"because": "x", "address": "1"}, If_Match='"1"'),
        other.post(f"{path}/events", {"kind": "death", "happened_on": "2026-03-09"}),
    ):
        assert answer.status_code == 404
        assert problem(answer)["type"] == "api.unknown_person"
    assert other.get(f"/persons/{uuid4()}").status_code == 404
    noted = Entry.objects.filter(act="door.out_of_reach")
    assert {(each.county, each.subject_id) for each in noted} == {(COUNTY, made["id"])}
    assert noted.count() == 3
    assert read(other.get("/persons"))["items"] == []
    assert read(other.post("/persons/search", {"id_number": id_number()}))["items"] == []


def test_a_citizen_sees_their_own_file_and_those_they_act_for(desk, machine):
    from songhe.assessment.tests.world import mandate

    own, elder, other = (
        registered(desk, id_number=id_number(sequence=n), name="王秀" + "甲乙丙"[n // 2 - 1]) for n in (2, 4, 6)
    )
    page = machine("citizen", person=own["id"], username="daughter")
    mandate(Person.rows.get(id=elder["id"]), account="daughter")
    assert page.get(f"/persons/{own['id']}").status_code == 200
    assert page.get(f"/persons/{elder['id']}").status_code == 200
    assert page.get(f"/persons/{other['id']}").status_code == 404


class TestLists:
    @pytest.fixture(autouse=True)
    def people(self, desk):
        days = ("1943-05-06", "1943-05-07", "1943-05-07", "1943-05-08", "1950-01-01")
        self.desk = desk
        self.ids = [
            registered(desk, name="样例" + "甲乙丙丁戊"[n], id_kind="none", id_number="", birth_date=day)["id"]
            for n, day in enumerate(days)
        ]

    def walk(self, query):
        found, cursor = [], ""
        while True:
            part = read(self.desk.get(f"/persons?{query}{cursor}"))
            found += [each["id"] for each in part["items"]]
            if part["next_cursor"] is None:
                return found
            cursor = f"&cursor={part['next_cursor']}"

    @pytest.mark.parametrize("sort", ["created_at", "birth_date", "place"])
    def test_pages_follow_each_other_without_gap_or_repetition(self, sort):
        whole = self.walk(f"limit=200&sort={sort}")
        assert sorted(whole) == sorted(self.ids)
        for limit in (1, 2, 3, 5):
            assert self.walk(f"limit={limit}&sort={sort}") == whole
            assert self.walk(f"limit={limit}&sort=-{sort}") == whole[::-1]

    def test_a_row_that_comes_in_between_moves_nothing(self):
        first = read(self.desk.get("/persons?limit=2"))
        registered(self.desk, name="后来", id_kind="none", id_number="", birth_date="1940-01-01")
        second = read(self.desk.get(f"/persons?limit=3&cursor={first['next_cursor']}"))
        assert [each["id"] for each in (*first["items"], *second["items"])] == self.ids

    def test_they_are_narrowed_by_plain_fields(self):
        assert self.walk("birth_date=1943-05-07") == self.ids[1:3]
        assert self.walk("name=%E6%A0%B7%E4%BE%8B%E4%B8%81") == [self.ids[3]]
        assert self.walk(f"place={VILLAGE[:9]}&county={COUNTY}&open=true") == self.ids
        assert self.walk("open=false") == []

    def test_the_total_is_counted_when_asked(self):
        assert "total" not in read(self.desk.get("/persons?limit=1"))
        assert read(self.desk.get("/persons?limit=1&total=true"))["total"] == 5

    def test_fields_cut_the_items(self):
        found = read(self.desk.get("/persons?fields=id,birth_date&limit=1"))
        assert found["items"] == [{"id": self.ids[0], "birth_date": "1943-05-06"}]

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("cursor=x", "api.bad_cursor"),
            ("cursor=W10", "api.bad_cursor"),
            ("sort=name", "input.not_a_choice"),
            ("fields=id,cipher", "input.unknown_field"),
            ("colour=red", "input.unknown_field"),
            ("limit=0", "input.too_small"),
            ("limit=201", "input.too_large"),
            ("limit=many", "input.not_an_integer"),
            ("birth_date=1943", "input.not_a_date"),
            ("name=%00", "api.bad_character"),
        ],
    )
    def test_what_is_wrong_with_a_query_is_said(self, query, code):
        refused = self.desk.get(f"/persons?{query}")
        assert refused.status_code == 422
        assert problem(refused)["type"] == code
        assert problem(refused)["errors"][0]["loc"][0] == "query"

    def test_a_cursor_of_another_sort_is_refused(self):
        cursor = read(self.desk.get("/persons?limit=1"))["next_cursor"]
        assert problem(self.desk.get(f"/persons?sort=birth_date&cursor={cursor}"))["type"] == "api.bad_cursor"
