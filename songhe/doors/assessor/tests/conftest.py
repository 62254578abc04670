"""An assessment on a tablet: the practice day of the desk's stories, a body with two assessors, and a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from songhe.access.models import Account
from songhe.assessment import request
from songhe.assessment.models import Assessment, Draft
from songhe.assessment.tests import paper, world
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.staff.tests.conftest import DAY, account, clerk, enter, practice
from songhe.entitlement.models import Application
from songhe.provider.models import Provider, Worker

__all__ = ["clerk", "enter", "no_language_stays_behind", "practice", "unknown_variables_fail"]

ASKED = date(2026, 3, 9)
JSON = {"Accept": "application/json"}


@dataclass
class Round:
    """Two assessors of one body, each signed in, and an assessment that is theirs."""

    body: Provider
    first: Worker
    second: Worker
    one: Client
    two: Client
    row: Assessment

    @property
    def at(self) -> str:
        return f"/assessor/visits/{self.row.no}/"

    @property
    def held(self) -> Draft:
        return Draft.rows.get(county=self.row.county, assessment=self.row)

    def now(self) -> Assessment:
        return Assessment.rows.get(county=self.row.county, id=self.row.id)

    def begin(self) -> None:
        assert self.one.post(f"{self.at}begin/", {"key": uuid4()}).status_code == 302

    def fill(self, **changes: Any) -> None:
        """Fill in the whole form, as the second half of the story needs it."""
        paper.filled(self.row, on=DAY, **changes)

    def sign(self, who: Client, worker: Worker, **more: Any) -> Any:
        seen = self.seen(who)
        return who.post(f"{self.at}sign/", {"key": uuid4(), "seen": seen, "typed": worker.name, **more})

    def seen(self, who: Client) -> str:
        return who.get(f"{self.at}kept/", headers=JSON).json()["state"]["content"]


def assessor(body: Provider, username: str, **fields: Any) -> Worker:
    account(username, "assessor", provider=body.pk)
    return world.assessor(body, account=username, **fields)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=username))
    return client


def named(body: Provider, first: Worker, second: Worker, *, at: datetime | None = None, **of: Any) -> Assessment:
    asked = world.requested(of.pop("person", None) or world.elder(name="王秀兰", **of), on=ASKED, of=body)
    return request.assign(
        assessment=asked,
        first=first,
        second=second,
        serving=(),
        scheduled_at=at or world.at(DAY, 9),
        at=world.at(ASKED),
        on=ASKED,
        by="manager",
    )


def wished(row: Assessment, *days: str, words: str = "下午精神好一些") -> Application:
    """The application that was handed in with the request, with the days that suit the family."""
    return Application.rows.create(
        county=row.county,
        no=row.no[:-4] + "9001",
        person=row.person,
        policy="consumption-voucher",
        state=Application.State.ASSESSING,
        channel=Application.Channel.ONLINE,
        assessment_wish={"body": row.body_id, "where": row.where, "days": list(days), "words": words},
        opened_by="elder",
        opened_at=row.requested_at,
        submitted_at=row.requested_at,
        submitted_on=ASKED,
    )


@pytest.fixture
def tablet() -> Callable[..., Round]:
    def make(**of: Any) -> Round:
        body = world.body()
        first, second = assessor(body, "li", name="李评估"), assessor(body, "wang", name="王评估")
        row = named(body, first, second, **of)
        return Round(body, first, second, signed_in("li"), signed_in("wang"), row)

    return make
