"""Callers of every role, with sessions and tokens, and a client that holds every answer against its description."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from pydantic import TypeAdapter

from songhe.access import login, token
from songhe.access.models import Account
from songhe.doors.api.operation import OPERATIONS, Declared, Problem
from songhe.doors.may import ACTS
from songhe.doors.shell import clock
from songhe.doors.shell.translate import compile_catalogues

compile_catalogues()

COUNTY = "370799"
DAY = date(2026, 3, 10)
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
BASE = "/api/v1"


def declared(method: str, path: str) -> Declared:
    """The operation that answers a call."""
    route = resolve(path.partition("?")[0]).route.replace("<uuidstr:", "<uuid:")
    for each in OPERATIONS:
        if (each.method, f"api/v1{each.path}".replace("{", "<").replace("}", ">")) == (method, route):
            return each
    raise LookupError(f"{method} {route} is not declared")


@pytest.fixture(autouse=True)
def practice(request: pytest.FixtureRequest) -> date:
    """Every call of these tests comes on the tenth of March 2026."""
    request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")
    clock.set_practice_day(DAY)
    return DAY


class Machine:
    """Calls the API as one account, and checks that what comes back is what the description says."""

    def __init__(self, account: Account, *, secret: str | None = None) -> None:
        self.account = account
        self.client = Client()
        self.headers: dict[str, str] = {}
        if secret is None:
            self.client.force_login(account)
        else:
            self.headers["Authorization"] = f"Bearer {secret}"

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: Any = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> HttpResponse:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["Idempotency-Key"] = str(uuid4() if key is True else key)
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode("utf-8", "surrogatepass")
        answer = self.client.generic(method, BASE + path, content, content_type, headers=sent)
        hold_to_its_word(method, BASE + path, answer)
        return answer

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **more: Any) -> HttpResponse:
        return self("POST", path, body, **more)


def hold_to_its_word(method: str, path: str, answer: HttpResponse) -> None:
    """The answer has a status that the operation declares, and the shape that it declares for it."""
    assert answer.headers["X-Request-ID"]
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", answer.content
        told = Problem.model_validate_json(answer.content, strict=True)
        assert told.status == answer.status_code
        assert unquote(told.instance) == unquote(path.partition("?")[0])
        assert told.request_id == answer.headers["X-Request-ID"]
        assert any("\u4e00" <= character <= "\u9fff" for character in told.title)
        return
    operation = declared(method, path)
    assert answer.status_code == operation.status
    if "fields=" not in path:
        TypeAdapter(operation.gives).validate_json(answer.content, strict=True)


@pytest.fixture
def account(practice: date) -> Callable[..., Account]:
    def make(username: str, *roles: str, place: str = COUNTY, provider: int | None = None, person: Any = None) -> Any:
        made = Account.objects.filter(username=username).first() or login.open_account(
            username=username, display_name=username, password=None, at=AT
        )
        for role in roles:
            login.appoint(
                account=made,
                role=role,
                place=place,
                valid_from=date(2026, 1, 1),
                provider_id=(provider or 1) if role in {"provider_manager", "carer", "assessor"} else None,
                person_id=person if role == "citizen" else None,
                by=None,
                at=AT,
            )
        return made

    return make


@pytest.fixture
def machine(account: Callable[..., Account]) -> Callable[..., Machine]:
    """A machine with a token for all acts of its account's role, in its place."""

    def make(
        role: str, *, username: str = "", place: str = COUNTY, acts: Any = None, places: Any = None, **of: Any
    ) -> Machine:
        made = account(username or f"{role}-{place}", role, place=place, **of)
        return Machine(made, secret=secret_of(made, acts=acts, places=places or [place]))

    return make


def secret_of(account: Account, *, acts: Any = None, places: Any = (COUNTY,)) -> str:
    return token.issue(
        account=account,
        name="测试系统",
        acts=list(acts or ACTS),
        known_acts=ACTS,
        places=places,
        valid_to=date(2026, 12, 31),
        at=AT,
        on=DAY,
        by=None,
    ).secret


@pytest.fixture
def page(account: Callable[..., Account]) -> Callable[..., Machine]:
    """A page of somebody who signed in with a password: cookie and CSRF token."""

    def make(role: str, *, place: str = COUNTY, **of: Any) -> Machine:
        return Machine(account(f"page-{role}-{place}", role, place=place, **of))

    return make


def problem(answer: HttpResponse) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.content
    return json.loads(answer.content)


def read(answer: HttpResponse) -> dict[str, Any]:
    assert answer.status_code < 300, answer.content.decode()
    return json.loads(answer.content)
