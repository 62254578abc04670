"""What holds for every operation: who may, what is declared, how one signs in, what an error looks like."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import product
from uuid import uuid4

import pytest
from django.test import Client

from songhe.access import token
from songhe.access.login import lock_account
from songhe.access.models import Account, Token
from songhe.access.role import Role
from songhe.doors.api import limit
from songhe.doors.api.interface import api
from songhe.doors.api.operation import OPERATIONS, REFUSALS, Key
from songhe.doors.api.tests.conftest import AT, COUNTY, Machine, problem, read, secret_of
from songhe.doors.may import ACTS, RULES
from songhe.doors.shell.limit import Limit
from songhe.doors.shell.models import Tries
from songhe.grant.tests.world import voucher
from songhe.trail.models import Entry
from tests.source import ROOT

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")
#: All but what is public on a page too.
GUARDED = [each for each in OPERATIONS if each.path not in {"/scores", "/scores/{county}/{month}"}]
EVERY_GUARDED = pytest.mark.parametrize("operation", GUARDED, ids=lambda each: f"{each.method} {each.path}")
MONEY = re.compile(r".*_fen$")


def path_of(operation):
    filled = re.sub(r"{uuid:\w+}", str(uuid4()), operation.path)
    filled = re.sub(r"{int:\w+}", "1", filled)
    return re.sub(r"{\w+}", f"{COUNTY}202603000000000", filled)


@pytest.fixture(scope="module")
def schema():
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="")))


@pytest.fixture
def machines(account):
    """A machine of every role, all in one county."""
    made = {}
    for role in Role:
        place = {"city_overseer": "370700", "province_overseer": "370000"}.get(role, COUNTY)
        login = account(f"walk-{role}", role, place=place, person=uuid4() if role == Role.CITIZEN else None)
        made[role] = Machine(login, secret=secret_of(login, places=["000000"]))
    return made


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_role_may_call_what_the_index_says_and_nothing_else(machines):
    wrong = []
    for operation, role in product(GUARDED, Role):
        Tries.objects.all().delete()
        answer = machines[role](operation.method, path_of(operation), {} if operation.method != "GET" else None)
        kept_out = answer.status_code == 403 and problem(answer)["type"] == "door.not_allowed"
        if kept_out == (role in RULES[operation.act]):
            wrong.append(f"{role} {operation.method} {operation.path}: {answer.status_code}")
    assert wrong == []


def test_a_token_may_only_what_its_acts_say(account):
    login = account("narrow", *(Role.COUNTY_CLERK, Role.COUNTY_APPROVER, Role.FINANCE))
    for operation in GUARDED:
        narrow = Machine(login, secret=secret_of(login, acts=[act for act in ACTS if act != operation.act]))
        Tries.objects.all().delete()
        refused = narrow(operation.method, path_of(operation))
        assert refused.status_code == 403
        assert problem(refused)["type"] == "api.not_in_token"


@EVERY_GUARDED
def test_a_stranger_is_asked_to_sign_in(operation):
    answer = Client().generic(operation.method, f"/api/v1{path_of(operation)}", b"{}", "application/json")
    assert answer.status_code == 401
    assert problem(answer)["type"] == "door.not_signed_in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@EVERY_GUARDED
def test_no_operation_is_without_its_act(operation):
    assert operation.act in ACTS


def test_what_is_public_is_read_without_an_act_and_nothing_public_is_written():
    public = [each for each in OPERATIONS if each.act is None]
    assert [each for each in OPERATIONS if each not in GUARDED] == public
    assert {each.method for each in public} == {"GET"}
    for operation in public:
        assert Client().get(f"/api/v1{path_of(operation)}").status_code in {200, 422}


# --- the description -------------------------------------------------------------------------------------------------


def test_the_description_is_served():
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_the_description_lists_every_operation_with_every_refusal(schema):
    for operation in OPERATIONS:
        path = "/" + re.sub(r"{\w+:", "{", operation.path).lstrip("/")
        told = schema["paths"][path][operation.method.lower()]
        assert set(told["responses"]) >= {str(status) for status in (operation.status, *REFUSALS)}
        for status in REFUSALS:
            assert "application/problem+json" in told["responses"][str(status)]["content"]
        assert told.get("x-act") == operation.act
        assert re.search("[\u4e00-\u9fff]", told["summary"])
        assert re.search("[\u4e00-\u9fff]", told["description"])
        assert told["security"] == ([{"Bearer": []}, {"Session": []}] if operation in GUARDED else [])
        headers = {each["name"]: each["required"] for each in told["parameters"] if each["in"] == "header"}
        assert headers.get("Idempotency-Key") == {Key.NONE: None, Key.MAY: False, Key.MUST: True}[operation.key]
    count = sum(len(methods) for methods in schema["paths"].values())
    assert count == len(OPERATIONS)


def test_every_unsafe_operation_takes_a_key():
    without = {each.path for each in OPERATIONS if each.method != "GET" and each.key is Key.NONE}
    # These two write nothing.
    assert without == {"/quotes", "/persons/search"}


def test_money_is_whole_fen_and_names_are_english(schema):
    for name, shape in schema["components"]["schemas"].items():
        for field, told in shape.get("properties", {}).items():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", field), f"{name}.{field}"
            if MONEY.match(field):
                kinds = {each.get("type") for each in told.get("anyOf", [told])}
                assert kinds <= {"integer", "null"}, f"{name}.{field}"


def test_bodies_take_no_unknown_field(schema):
    for operation in OPERATIONS:
        path = re.sub(r"{\w+:", "{", operation.path)
        body = schema["paths"][path][operation.method.lower()].get("requestBody")
        if body is None or operation.path in {"/quotes", "/imports"}:
            continue
        shape = body["content"]["application/json"]["schema"]
        name = re.search(r"schemas/(\w+)", json.dumps(shape))[1]
        assert schema["components"]["schemas"][name]["additionalProperties"] is False


def test_no_number_of_a_person_stands_in_an_address(schema):
    for path, methods in schema["paths"].items():
        names = [each["name"] for told in methods.values() for each in told["parameters"]]
        assert not {"id_number", "id_card"} & set(names), path


# --- signing in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Bearer", "Bearer songhe_x", "Basic eDp5", "songhe_x", "Bearer 令牌", ""])
def test_a_wrong_token_is_refused_though_the_cookie_would_do(page, header):
    desk = page("county_clerk")
    refused = desk.get("/persons", Authorization=header)
    assert refused.status_code == 401
    assert problem(refused)["type"] == "access.token_refused"


def test_a_token_ends(account):
    login = account("desk", "county_clerk")
    desk = Machine(login, secret=secret_of(login))
    assert desk.get("/persons").status_code == 200
    token.revoke(token=Token.objects.get(), because="更换", at=AT, by=None)
    assert problem(desk.get("/persons"))["type"] == "access.token_refused"


def test_a_token_ends_with_its_account(account):
    login = account("desk", "county_clerk")
    desk = Machine(login, secret=secret_of(login))
    lock_account(account=login, because="停用", by=None, at=AT)
    assert problem(desk.get("/persons"))["type"] == "access.token_refused"


def test_a_page_signs_in_with_its_cookie(page):
    assert page("county_clerk").get("/persons").status_code == 200


def test_a_page_that_changes_something_shows_its_token(account, client):
    grant = voucher()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account("desk", "county_clerk"))
    call = [f"/api/v1/grants/{grant.no}/choose", b'{"category": "home"}']
    refused = strict.generic("POST", *call, "application/json")
    assert refused.status_code == 403
    assert problem(refused)["type"] == "api.csrf_failed"
    secret = "a" * 32
    strict.cookies["csrftoken"] = secret
    answer = strict.generic("POST", *call, "application/json", headers={"X-CSRFToken": secret})
    assert answer.status_code == 200, answer.content
    assert strict.get("/api/v1/persons").status_code == 200


def test_a_token_needs_no_csrf_token(account):
    grant, login = voucher(), account("desk", "county_clerk")
    strict = Client(enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {secret_of(login)}"}
    answer = strict.generic(
        "POST", f"/api/v1/grants/{grant.no}/choose", b'{"category": "home"}', "application/json", headers=headers
    )
    assert answer.status_code == 200


def test_a_call_with_a_token_asks_the_database_four_times_before_its_own_business(
    machine, django_assert_num_queries, practice
):
    desk = machine("county_clerk")
    desk.post("/quotes", {})
    with django_assert_num_queries(4):
        desk.post("/quotes", {})


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "api.not_json"),
        (b"\xff", 400, "api.not_json"),
        (b'{"a": NaN}', 400, "api.not_json"),
        (b"[" * 100_000, 400, "api.not_json"),
        (b'{"policy": "x", "policy": "y"}', 422, "input.repeated_field"),
        (b'{"policy": "\\u0000"}', 422, "api.bad_character"),
        (b'{"policy": "\\ud800"}', 422, "api.bad_character"),
        (b"[]", 422, "input.wrong_type"),
        (b"", 422, "input.missing"),
    ],
)
def test_what_is_no_body_is_refused(machine, content, status, code):
    refused = machine("county_clerk")("POST", "/quotes", raw=content)
    assert refused.status_code == status
    assert problem(refused)["type"] == code


def test_a_body_that_is_too_large_is_refused(machine, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused = machine("county_clerk")("POST", "/quotes", raw=b" " * 2000)
    assert refused.status_code == 413
    assert problem(refused)["type"] == "api.body_too_large"


def test_an_address_or_a_method_that_is_not_there_is_a_problem_too(machine):
    desk = machine("county_clerk")
    assert problem(desk.get("/nothing"))["status"] == 404
    refused = desk("DELETE", "/persons")
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}
    assert problem(refused)["type"] == "http.405"


def test_an_error_is_in_chinese_unless_english_is_asked_for(machine):
    desk = machine("county_clerk")
    assert "没有这张券" in problem(desk.get("/grants/1"))["detail"]
    english = problem(desk.get("/grants/1", Accept_Language="en"))
    assert english["detail"] == "There is no such voucher."
    assert english["title"] == "没有找到"


def test_who_tries_number_after_number_is_stopped_for_a_while(machine, monkeypatch):
    monkeypatch.setattr(limit, "MISSES", Limit("test", most=5, seconds=3600))
    desk, other = machine("county_clerk"), machine("county_approver")
    for number in range(5):
        assert desk.get(f"/grants/{number}").status_code == 404
    refused = desk.get("/grants/9")
    assert refused.status_code == 429
    assert problem(refused)["type"] == "api.too_many_misses"
    assert int(refused.headers["Retry-After"]) > 0
    assert other.get("/grants").status_code == 200


def test_who_tries_token_after_token_is_stopped_but_nobody_else_behind_the_address(machine, monkeypatch):
    monkeypatch.setattr(limit, "MISSES", Limit("test", most=5, seconds=3600))
    desk = machine("county_clerk")
    for number in range(5):
        assert desk.get("/grants", Authorization=f"Bearer songhe_{number}").status_code == 401
    assert desk.get("/grants", Authorization="Bearer songhe_9").status_code == 429
    assert desk.get("/grants").status_code == 200


def test_a_constraint_that_catches_what_a_lock_should_have_is_a_conflict(machine, monkeypatch):
    from django.db import IntegrityError

    from songhe.doors.api import quote

    def broken(*_, **__):
        raise IntegrityError("x")

    monkeypatch.setattr(quote, "answer", broken)
    refused = machine("county_clerk").post("/quotes", {})
    assert refused.status_code == 409
    assert problem(refused)["type"] == "api.conflict"


def test_a_lock_that_is_not_to_be_had_says_when_to_come_back(machine, monkeypatch):
    from django.db import OperationalError

    from songhe.doors.api import quote

    def busy(*_, **__):
        raise OperationalError("lock timeout")

    monkeypatch.setattr(quote, "answer", busy)
    refused = machine("county_clerk").post("/quotes", {})
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"


# --- quotes ----------------------------------------------------------------------------------------------------------

ASKED = {
    "policy": "consumption-voucher",
    "place": "650000",
    "on": "2026-03-10",
    "category": "home",
    "fees_fen": [33333, 48001, 99999],
    "ltci_fen": 0,
    "used_fen": 0,
}


def test_a_quote_is_that_of_the_command_line_and_writes_nothing(machine):
    from songhe.policy.quote import answer

    desk = machine("county_clerk")
    before = Entry.objects.count()
    found = read(desk.post("/quotes", ASKED))
    assert found == answer(ASKED)
    assert (found["voucher_fen"], found["self_fen"]) == (80_000, 101_333)
    assert Entry.objects.count() == before
    assert read(desk.post("/quotes", ASKED, Accept_Language="en")) == answer(ASKED, language="en")


@pytest.mark.parametrize(
    ("wrong", "code", "loc"),
    [
        ({"colour": "red"}, "input.unknown_field", ["body", "colour"]),
        ({"fees_fen": [True]}, "input.not_an_integer", ["body", "fees_fen", 0]),
        ({"fees_fen": [1.5]}, "input.not_an_integer", ["body", "fees_fen", 0]),
        ({"ltci_fen": 10**9}, "quote.ltci_over_fees", ["body", "ltci_fen"]),
        ({"on": "2030-01-01"}, "policy.not_in_force", ["body", "on"]),
        ({"category": "day_care", "place": "370799"}, "policy.value_not_set", ["body", "category"]),
    ],
)
def test_a_quote_is_refused_as_the_command_line_does(machine, wrong, code, loc):
    told = problem(machine("county_clerk").post("/quotes", ASKED | wrong))
    assert told["type"] == code
    assert told["errors"][0]["loc"] == loc


# --- tokens ----------------------------------------------------------------------------------------------------------


def new_token(**more):
    wanted = {"account": "till", "name": "收银系统", "acts": ["redemption.make"], "places": [COUNTY]}
    return wanted | {"valid_to": "2026-12-31"} | more


def test_a_security_administrator_issues_and_revokes_a_token(account, page):
    till, security = account("till", "provider_manager"), page("security_admin")
    made = read(security.post("/tokens", new_token()))
    caller = Machine(till, secret=made["secret"])
    assert caller.post("/redemptions", {}, key=True).status_code == 422
    assert [each["hint"] for each in read(security.get("/tokens"))["items"]] == [made["hint"]]
    gone = read(security.post(f"/tokens/{made['id']}/revoke", {"because": "更换"}))
    assert gone["revoked_at"]
    assert caller.post("/redemptions", {}, key=True).status_code == 401


def test_a_secret_is_told_once_and_kept_nowhere(account, page):
    from songhe.jobs.models import Once

    account("till", "provider_manager")
    security, key = page("security_admin"), uuid4()
    made, again = (read(security.post("/tokens", new_token(), key=key)) for _ in range(2))
    assert again == {name: value for name, value in made.items() if name != "secret"}
    assert Token.objects.count() == 1
    assert made["secret"] not in json.dumps(list(Once.objects.values_list("answer", flat=True)))


def test_a_token_issues_no_tokens(account, machine):
    account("till", "provider_manager")
    assert problem(machine("security_admin").post("/tokens", new_token()))["type"] == "api.not_in_token"


def test_a_token_is_issued_inside_ones_own_places(account, page):
    account("till", "provider_manager")
    security = page("security_admin")
    for places in (["370702"], ["000000"], ["370700"]):
        refused = security.post("/tokens", new_token(places=places))
        assert problem(refused)["type"] == "api.place_out_of_reach"
    far = page("security_admin", place="650000")
    made = read(security.post("/tokens", new_token()))
    assert far.post(f"/tokens/{made['id']}/revoke", {"because": "x"}).status_code == 404
    assert read(far.get("/tokens"))["items"] == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"account": "nobody"}, "api.unknown_account"),
        ({"acts": ["x"]}, "access.token_act_unknown"),
        ({"valid_to": "2029-01-01"}, "access.token_too_long"),
        ({"valid_to": "2026-01-01"}, "access.token_ends_too_early"),
    ],
)
def test_a_token_is_not_issued_when(account, page, wrong, code):
    account("till", "provider_manager")
    assert problem(page("security_admin").post("/tokens", new_token(**wrong)))["type"] == code


def test_the_day_of_a_call_is_the_practice_day(machine):
    desk = machine("county_clerk")
    desk.get("/persons")
    assert Token.objects.get().used_on == date(2026, 3, 10)
    assert Account.objects.count() == 1


def test_the_document_lists_every_operation_with_its_act(schema):
    rows = []
    for each in OPERATIONS:
        path = re.sub(r"{\w+:", "{", each.path)
        title = schema["paths"][path][each.method.lower()]["summary"]
        rows.append(
            f"| `{each.method} {path}` | {title} | {f'`{each.act}`' if each.act else 'everybody'} | {each.key.value} |"
        )
    written = (ROOT / "docs" / "api.md").read_text().splitlines()
    assert [line for line in written if re.match(r"\| `(GET|POST|PATCH) ", line)] == rows
