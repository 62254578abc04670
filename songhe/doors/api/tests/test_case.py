"""Assessments, applications and statements over HTTP: the same verbs, each step by its own role."""

from __future__ import annotations

import pytest

from songhe.access.login import appoint
from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.doors.api.tests.conftest import AT, COUNTY, problem, read
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.tests import story
from songhe.person.models import Person
from songhe.place.calendar import load_shipped_calendars
from songhe.settlement.models import Statement
from songhe.settlement.tests import make
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
ELSEWHERE = "370702"


@pytest.fixture
def person():
    return world.elder()


@pytest.fixture
def desk(machine):
    return machine("county_clerk")


def test_an_assessment_goes_from_the_request_to_the_level_that_counts(machine, desk, person):
    body = world.body()
    first, second = world.assessor(body), world.assessor(body)
    manager = machine("provider_manager", provider=body.id)
    assessor = machine("assessor", provider=body.id)
    asked = read(desk.post("/assessments", {"person": str(person.id), "body": body.id, "where": "home"}, key=True))
    path = f"/assessments/{asked['no']}"
    assert read(manager.post(f"{path}/assign", {"first": first.id, "second": second.id}))["state"] == "assigned"
    handed = {
        "answers": {"scores": world.MODERATE},
        "signatures": [first.id, second.id],
        "assessed_on": "2026-03-10",
        "fee_fen": 10_000,
    }
    submitted = read(assessor.post(f"{path}/submit", handed))
    assert (submitted["state"], submitted["final_level"]) == ("submitted", 2)
    assert read(desk.post(f"{path}/send-back", {"because": "请核对"}))["state"] == "assigned"
    read(assessor.post(f"{path}/submit", handed))
    assert read(desk.post(f"{path}/accept"))["state"] == "effective"
    assert read(desk.post(f"{path}/dispute", {"grounds": "等级偏轻"}))["state"] == "disputed"
    again = {"person": str(person.id), "body": body.id, "where": "home", "occasion": "review"}
    review = read(desk.post("/assessments", again | {"disputed": asked["no"]}))
    assert review["disputes"] == asked["no"]
    assert {each["no"] for each in read(manager.get("/assessments"))["items"]} == {asked["no"], review["no"]}


def test_the_level_is_not_taken_from_a_form(machine, person):
    found = world.assigned(person, on=story.ON)
    assessor = machine("assessor", provider=found.body_id)
    handed = {
        "answers": {"scores": world.MODERATE, "final_level": 4},
        "signatures": [found.first_assessor_id, found.second_assessor_id],
        "assessed_on": "2026-03-10",
    }
    refused = problem(assessor.post(f"/assessments/{found.no}/submit", handed))
    assert refused["type"] == "assessment.scored_here"


def test_assessors_are_the_bodys_own(machine, person):
    found = world.requested(person)
    manager = machine("provider_manager", provider=found.body_id)
    stranger = world.assessor(world.body())
    own = world.assessor(found.body)
    refused = problem(manager.post(f"/assessments/{found.no}/assign", {"first": own.id, "second": stranger.id}))
    assert refused["type"] == "api.unknown_worker"


def test_an_application_goes_from_the_draft_to_the_right(machine, desk, person):
    load_shipped_calendars()
    page = machine("citizen", person=person.id)
    approver = machine("county_approver")
    draft = page.post("/applications", {"person": str(person.id), "channel": "online", "category": "home"}, key=True)
    assert draft.status_code == 201
    assert draft.headers["ETag"] == '"1"'
    path = f"/applications/{read(draft)['no']}"
    assert problem(page.post(f"{path}/submit", {}))["type"] == "entitlement.pledge_missing"
    sent = page.post(f"{path}/submit", {"pledge_signed_on": "2026-03-10"}, If_Match='"1"')
    assert (read(sent)["state"], sent.headers["ETag"]) == ("submitted", '"2"')
    assert read(desk.post(f"{path}/ask", {"question": "请补照片"}))["state"] == "clarifying"
    assert read(page.post(f"{path}/answer", {"text": "已补"}))["state"] == "submitted"
    world.effective(person, on=story.ON)
    assert read(desk.post(f"{path}/determine"))["outcome"] == "entitled"
    assert read(desk.post(f"{path}/review", {"note": "同意"}))["state"] == "reviewed"
    assert read(approver.post(f"{path}/send-back", {"because": "请核对"}))["state"] == "determined"
    read(desk.post(f"{path}/review"))
    approved = read(approver.post(f"{path}/approve", {}))
    assert approved["state"] == "approved"
    assert approved["entitlement"] == Entitlement.objects.get().no
    assert read(page.get(path))["version"] == approved["version"]
    assert [each["no"] for each in read(desk.get("/applications?state=approved"))["items"]] == [approved["no"]]


def test_a_step_on_a_version_that_is_gone_is_refused(machine, person):
    page = machine("citizen", person=person.id)
    found = story.draft(person)
    body = {"pledge_signed_on": "2026-03-10"}
    refused = page.post(f"/applications/{found.no}/submit", body, If_Match='"7"')
    assert refused.status_code == 409
    assert problem(refused)["type"] == "api.changed_meanwhile"
    assert refused.headers["ETag"] == f'"{found.version}"'
    assert problem(refused)["errors"][0]["loc"] == ["header", "If-Match"]


def test_an_application_is_refused_or_withdrawn_with_a_reason(machine, person):
    found = story.reviewed(person, scores=world.MILD)
    approver, page = machine("county_approver"), machine("citizen", person=person.id)
    assert problem(approver.post(f"/applications/{found.no}/refuse", {}))["type"] == "input.missing"
    assert problem(approver.post(f"/applications/{found.no}/approve"))["type"] == "entitlement.not_entitled"
    refused = read(approver.post(f"/applications/{found.no}/refuse", {"because": "未达到中度失能"}))
    assert refused["state"] == "refused"
    other = story.submitted(world.elder())
    assert page.post(f"/applications/{other.no}/withdraw", {"because": "x"}).status_code == 404
    again = story.draft(person)
    assert read(page.post(f"/applications/{again.no}/withdraw", {"because": "不申请了"}))["state"] == "withdrawn"


def test_who_made_it_does_not_approve_it(machine, account, person):
    found = story.reviewed(person)
    approver = machine("county_approver", username="clerk")
    refused = approver.post(f"/applications/{found.no}/approve")
    assert problem(refused)["type"] == "entitlement.same_person"


def test_a_proxy_names_the_mandate(machine, desk, person):
    held = world.mandate(person, account="daughter", acts=["apply"])
    page = machine("citizen", person=world.elder().id, username="daughter")
    body = {"person": str(person.id), "channel": "proxy"}
    assert problem(page.post("/applications", body))["type"] == "input.missing"
    assert read(page.post("/applications", body | {"mandate": str(held.id)}))["channel"] == "proxy"


def test_a_statement_is_confirmed_by_its_provider_and_approved_by_another(machine, desk):
    shop = make.payee()
    make.bill(10_000, 20_000, of=shop)
    make.gathered()
    found = make.statement(shop)
    till, approver = machine("provider_manager", provider=shop.id), machine("county_approver")
    path = f"/statements/{found.no}"
    assert [each["no"] for each in read(till.get("/statements?month=2026-03"))["items"]] == [found.no]
    seen = till.get(path)
    assert (read(seen)["net_fen"], seen.headers["ETag"]) == (30_000, f'"{found.version}"')
    lines = read(till.get(f"{path}/lines?limit=1"))
    assert lines["items"][0]["amount_fen"] == 10_000
    rest = read(till.get(f"{path}/lines?limit=1&cursor={lines['next_cursor']}"))
    assert (rest["items"][0]["amount_fen"], rest["next_cursor"]) == (20_000, None)
    agreed = {"invoice_no": "FP1", "budget_line": "2081005", "fund_year": 2026}
    assert problem(till.post(f"{path}/confirm", agreed, If_Match='"99"'))["type"] == "settlement.changed"
    confirmed = till.post(f"{path}/confirm", agreed, If_Match=seen.headers["ETag"], key=True)
    assert read(confirmed)["state"] == "confirmed"
    assert till.post(f"{path}/approve").status_code == 403
    assert read(approver.post(f"{path}/approve", key=True))["state"] == "approved"


def test_a_statement_is_disputed(machine):
    shop = make.payee()
    make.bill(10_000, of=shop)
    make.gathered()
    found = make.statement(shop)
    till = machine("provider_manager", provider=shop.id)
    disputed = read(till.post(f"/statements/{found.no}/dispute", {"because": "少了一单"}))
    assert (disputed["state"], disputed["dispute"]) == ("disputed", "少了一单")


def test_what_is_another_countys_or_another_providers_is_not_found(machine, person):
    shop = make.payee()
    make.bill(10_000, of=shop)
    make.gathered()
    statement, application = make.statement(shop), story.draft(person)
    assessment = world.requested(person)
    county, body = machine("county_clerk", place=ELSEWHERE), machine("provider_manager", provider=make.payee().id)
    for caller, path in (
        (county, f"/statements/{statement.no}"),
        (body, f"/statements/{statement.no}"),
        (body, f"/statements/{statement.no}/lines"),
        (county, f"/applications/{application.no}"),
        (county, f"/assessments/{assessment.no}"),
        (body, f"/assessments/{assessment.no}"),
    ):
        assert caller.get(path).status_code == 404, path
    rows = {"settlement.Statement", "entitlement.Application", "assessment.Assessment"}
    noted = Entry.objects.filter(act="door.out_of_reach", county=COUNTY)
    assert set(noted.values_list("subject", flat=True)) == rows
    assert noted.count() == 6
    for path in ("/statements", "/applications", "/assessments"):
        assert read(county.get(path))["items"] == []


def test_a_city_sees_its_counties(machine, account, person):
    story.draft(person)
    city = machine("city_overseer", place="370700")
    assert len(read(city.get("/applications"))["items"]) == 1
    assert Application.rows.get().county == COUNTY
    narrow = machine("city_overseer", username="narrow", place="370700", places=[ELSEWHERE])
    assert read(narrow.get("/applications"))["items"] == []


def test_an_ended_appointment_reaches_nothing(machine, account, person):
    from datetime import date

    made = account("former")
    appoint(
        account=made,
        role="county_clerk",
        place=COUNTY,
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 3, 9),
        by=None,
        at=AT,
    )
    from songhe.doors.api.tests.conftest import Machine, secret_of

    former = Machine(made, secret=secret_of(made))
    refused = former.get(f"/persons/{person.id}")
    assert refused.status_code == 403
    assert problem(refused)["type"] == "door.not_allowed"
    assert Person.rows.count() == 1
    assert Assessment.rows.count() == 0
    assert Statement.objects.count() == 0
