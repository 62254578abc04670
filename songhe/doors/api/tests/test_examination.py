"""Examination of providers over HTTP: public scores, objections, warnings with a day, and exits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.doors.api.tests.conftest import BASE, DAY, Machine, hold_to_its_word, problem, read
from songhe.examine.models import Caution, Exit, Objection, Placement
from songhe.examine.tests import world
from songhe.kernel.month import Month
from songhe.service.models import Stay
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

FEBRUARY = Month(2026, 2)
LATER = str(DAY + timedelta(days=20))


@pytest.fixture
def shops(practice):
    return [world.provider() for _ in range(3)]


@pytest.fixture
def low(shops):
    """Below the line in February."""
    world.visits(shops[0], passed=20, failed=20, month=FEBRUARY)
    world.handed_in(shops[0], good=20, refused=20, month=FEBRUARY)
    return shops[0]


@pytest.fixture
def manager(machine, low):
    return machine("provider_manager", provider=low.id)


@pytest.fixture
def clerk(machine):
    return machine("county_clerk")


@pytest.fixture
def approver(machine):
    return machine("county_approver")


def anybody(path):
    answer = Client().get(f"{BASE}{path}")
    hold_to_its_word("GET", f"{BASE}{path}", answer)
    return answer


def test_a_month_is_drawn_up_by_one_published_by_another_and_read_by_everybody(clerk, approver, low):
    drawn = read(clerk.post("/examinations", {"month": "2026-02"}))
    assert (drawn["state"], drawn["number"]) == ("drawn", 1)
    assert problem(anybody(f"/scores/{COUNTY}/2026-02"))["type"] == "api.unknown_scores"
    told = read(approver.post(f"/examinations/{drawn['id']}/publish"))
    assert (told["state"], told["published_on"]) == ("published", str(DAY))
    (shown,) = read(anybody(f"/scores?county={COUNTY}"))["items"]
    assert (shown["month"], shown["number"]) == ("2026-02", 1)
    whole = read(anybody(f"/scores/{COUNTY}/2026-02"))
    (mine,) = [each for each in whole["providers"] if each["credit_code"] == low.credit_code]
    assert mine["score"] < whole["line"]
    evidence = mine["indicators"]["evidence"]
    assert (evidence["num"], evidence["den"], evidence["value"], evidence["points"]) == (20, 40, 5_000, 0)
    assert evidence["lost_tenths"] > 0
    assert mine["indicators"]["rating"] == {
        "num": None, "den": None, "value": None, "weight": 10, "points": None, "lost_tenths": None,
    }  # fmt: skip
    (alone,) = read(anybody(f"/scores/{COUNTY}/2026-02?credit_code={low.credit_code}"))["providers"]
    assert alone == mine


def test_a_correction_is_the_next_version_and_says_why(clerk, approver, low):
    first = read(clerk.post("/examinations", {"month": "2026-02"}))
    read(approver.post(f"/examinations/{first['id']}/publish"))
    assert problem(clerk.post("/examinations", {"month": "2026-02"}))["type"] == "examine.already_drawn"
    second = read(clerk.post("/examinations", {"month": "2026-02", "because": "漏了两张账单"}))
    read(approver.post(f"/examinations/{second['id']}/publish"))
    public = read(anybody(f"/scores/{COUNTY}/2026-02"))
    assert (public["number"], public["because"]) == (2, "漏了两张账单")
    rows = read(clerk.get(f"/examinations?county={COUNTY}"))["items"]
    assert [(each["number"], each["state"]) for each in rows] == [(1, "replaced"), (2, "published")]
    assert read(clerk.get(f"/examinations/{first['id']}"))["state"] == "replaced"


def test_what_is_not_right_is_dropped_with_a_reason(clerk, approver, low):
    drawn = read(clerk.post("/examinations", {"month": "2026-02"}))
    dropped = read(approver.post(f"/examinations/{drawn['id']}/drop", {"because": "数据没有齐"}))
    assert (dropped["state"], dropped["decided_because"]) == ("dropped", "数据没有齐")
    assert problem(clerk.post("/examinations", {"month": "2026-03"}))["type"] == "examine.month_not_over"


def test_a_provider_reads_why_it_lost_points_and_objects_once(manager, machine, low):
    world.published(month=FEBRUARY, on=DAY)
    (own,) = read(manager.get("/provider-scores"))["items"]
    assert (own["provider"], own["month"], own["object_until"]) == (low.id, "2026-02", "2026-03-25")
    path = f"/provider-scores/{own['examination']}/objections"
    made = read(manager.post(path, {"indicator": "evidence", "because": "二十次都有签到"}))
    assert made["state"] == "made"
    again = manager.post(path, {"indicator": "evidence", "because": "二十次都有签到"})
    assert problem(again)["type"] == "examine.already_objected"
    assert read(manager.get("/provider-scores"))["items"][0]["objections"] == [made]
    other = machine("county_clerk", username="other")
    assert read(other.get("/score-objections?state=made"))["items"] == [made]
    done = read(other.post(f"/score-objections/{made['id']}/answer", {"upheld": False, "words": "签到地点不在老人家"}))
    assert (done["state"], done["answer"]) == ("rejected", "签到地点不在老人家")
    assert Objection.objects.get().answered_by == "other"


def test_a_provider_sees_no_other_provider(machine, low, shops):
    row = world.published(month=FEBRUARY, on=DAY)
    other = machine("provider_manager", provider=shops[1].id)
    assert [each["provider"] for each in read(other.get("/provider-scores"))["items"]] == [shops[1].id]
    assert read(other.get("/provider-warnings"))["items"] == []
    caution = Caution.objects.get()
    told = problem(other.post(f"/provider-warnings/{caution.id}/mend", {"words": "改好了"}))
    assert told["type"] == "api.unknown_warning"
    assert Entry.objects.filter(act="door.out_of_reach", subject_id=str(caution.id)).exists()
    far = machine("provider_manager", username="far", place="650102", provider=shops[1].id)
    told = problem(far.post(f"/provider-scores/{row.id}/objections", {"indicator": "evidence", "because": "x"}))
    assert told["type"] == "examine.not_examined"
    assert Entry.objects.filter(act="door.out_of_reach", subject_id=str(row.id)).exists()


def test_a_warning_is_mended_sent_back_and_lifted_by_another(clerk, approver, manager, low):
    told = {"provider": low.id, "mend": "补齐消防器材", "due_on": LATER}
    given = read(clerk.post("/warnings", told))
    assert (given["state"], given["due_on"], given["overdue"]) == ("given", LATER, False)
    lifting = {"because": "复查合格"}
    assert problem(clerk.post(f"/warnings/{given['id']}/lift", lifting))["type"] == "examine.same_person"
    assert [each["id"] for each in read(manager.get("/provider-warnings"))["items"]] == [given["id"]]
    assert read(manager.post(f"/provider-warnings/{given['id']}/mend", {"words": "买了"}))["state"] == "mended"
    back = read(approver.post(f"/warnings/{given['id']}/send-back", {"because": "还差一个"}))
    assert (back["state"], back["because"]) == ("given", "还差一个")
    assert read(approver.post(f"/warnings/{given['id']}/lift", lifting))["state"] == "lifted"
    assert problem(approver.post(f"/warnings/{given['id']}/lift", lifting))["type"] == "examine.wrong_state"


def test_what_is_overdue_is_found_and_failed_no_sooner(clerk, approver, low):
    world.published(month=FEBRUARY, on=DAY)
    row = Caution.objects.get()
    assert problem(clerk.post(f"/warnings/{row.id}/fail", {"because": "没有改"}))["type"] == "examine.not_due"
    assert read(clerk.get("/warnings?overdue=true"))["items"] == []
    Caution.objects.update(due_on=date(2026, 3, 1))
    (late,) = read(clerk.get("/warnings?overdue=true"))["items"]
    assert (late["cause"], late["month"], late["overdue"]) == ("score", "2026-02", True)
    assert read(approver.post(f"/warnings/{row.id}/fail", {"because": "没有改"}))["state"] == "failed"


def test_a_ground_that_is_none_warns_nobody(clerk, low):
    assert read(clerk.get("/warning-grounds"))["items"] == []
    told = {"provider": low.id, "cause": "complaint", "about": "1", "mend": "改", "due_on": LATER}
    assert problem(clerk.post("/warnings", told))["type"] == "examine.no_ground"
    assert problem(clerk.post("/warnings", told | {"provider": 10**9}))["type"] == "redemption.unknown_provider"


def test_a_provider_leaves_once_everybody_has_a_new_place(clerk, approver, shops):
    home, other = shops[0], shops[1]
    person = elder(name="王秀兰")
    stay = Stay.objects.create(
        county=COUNTY, person=person, provider=home, admitted_on=date(2026, 1, 1), recorded_by="m", recorded_at=at(DAY)
    )
    told = {"provider": home.id, "because": "逾期没有整改", "since": str(DAY), "residents_until": LATER}
    row = read(clerk.post("/exits", told))
    assert row["state"] == "proposed"
    path = f"/exits/{row['id']}"
    assert [each["person"] for each in read(clerk.get(path))["waiting"]] == [str(person.id)]
    assert read(approver.post(f"{path}/approve"))["state"] == "running"
    assert problem(approver.post(f"{path}/finish"))["type"] == "examine.unplaced"
    offers = read(clerk.get(f"{path}/offers/stay/{stay.id}"))["items"]
    assert other.id in [each["provider"] for each in offers]
    assert home.id not in [each["provider"] for each in offers]
    wanted = {"kind": "stay", "subject": str(stay.id), "to": other.id, "by_elder": True, "chosen": "去女儿家旁边那家"}
    placed = read(clerk.post(f"{path}/placements", wanted))
    assert (placed["to"], placed["by_elder"]) == (other.id, True)
    assert problem(clerk.post(f"{path}/placements", wanted))["type"] == "examine.not_served"
    shown = read(clerk.get(path))
    assert (shown["waiting"], shown["placed"]) == ([], [placed])
    assert read(approver.post(f"{path}/finish"))["state"] == "finished"
    assert Placement.objects.get().chosen == "去女儿家旁边那家"
    assert Entry.objects.filter(act="examine.read_exit", subject_id=row["id"]).count() == 2


def test_an_exit_is_declined_with_a_reason(clerk, approver, shops):
    told = {"provider": shops[0].id, "because": "x", "since": str(DAY), "residents_until": LATER}
    row = read(clerk.post("/exits", told))
    assert problem(clerk.post("/exits", told))["type"] == "examine.exit_open"
    done = read(approver.post(f"/exits/{row['id']}/decline", {"because": "先整改"}))
    assert (done["state"], done["decided_because"]) == ("declined", "先整改")
    assert [each["state"] for each in read(clerk.get("/exits?state=declined"))["items"]] == ["declined"]


def test_another_countys_rounds_warnings_and_exits_are_not_there(account, machine, clerk, low):
    row = world.published(month=FEBRUARY, on=DAY)
    leaving = read(
        clerk.post("/exits", {"provider": low.id, "because": "x", "since": str(DAY), "residents_until": LATER})
    )
    far = machine("county_clerk", place="650102")
    assert isinstance(far, Machine)
    for path, code in (
        (f"/examinations/{row.id}", "api.unknown_examination"),
        (f"/exits/{leaving['id']}", "api.unknown_exit"),
    ):
        assert problem(far.get(path))["type"] == code
    lifting = far.post(f"/warnings/{Caution.objects.get().id}/lift", {"because": "x"})
    assert problem(lifting)["type"] == "api.unknown_warning"
    assert [read(far.get(path))["items"] for path in ("/examinations", "/warnings", "/exits")] == [[], [], []]
    assert problem(far.post("/examinations", {"county": COUNTY, "month": "2026-02"}))["type"] == (
        "api.county_out_of_reach"
    )
    assert Exit.objects.get().state == "proposed"
