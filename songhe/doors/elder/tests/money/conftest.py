"""An elder with a voucher of March, her daughter who acts for her, and somebody who has nothing to do with either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from songhe.access import login
from songhe.access.models import Account
from songhe.assessment.tests import world
from songhe.county.key import new_id
from songhe.doors.shell import clock
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.person import code
from songhe.person.mandate import ACTS
from songhe.person.models import Mandate, Person
from songhe.place.calendar import load_shipped_calendars
from songhe.place.division import load_sample_county

__all__ = ["no_language_stays_behind", "unknown_variables_fail"]

compile_catalogues()

DAY = date(2026, 3, 10)
COUNTY = world.COUNTY


@pytest.fixture(autouse=True)
def practice(db: None) -> None:
    """Every page of these tests is asked for on the tenth of March 2026, in the sample county."""
    clock.set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()
    code.forget_wrong()


def citizen(username: str, person: Person) -> Client:
    """A browser in which somebody is signed in with a login of their own file."""
    made = login.open_account(
        username=username, display_name=f"{username}的名字", password=None, at=world.at(date(2026, 1, 1)), practice=True
    )
    login.appoint(
        account=made,
        role="citizen",
        place=COUNTY,
        person_id=person.id,
        valid_from=date(2026, 1, 1),
        by=None,
        at=world.at(date(2026, 1, 1)),
    )
    return browser(made)


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def mandate(person: Person, username: str, acts: list[str] | None = None) -> Mandate:
    return Mandate.objects.create(
        county=person.county,
        person=person,
        proxy_identity=new_id(),
        proxy_name="女儿",
        account=username,
        relation="child",
        acts=list(ACTS) if acts is None else acts,
        evidence="户口簿",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        given_by="clerk",
        at=world.at(date(2026, 1, 1)),
    )


@dataclass
class Family:
    grant: Grant
    granny: Client
    daughter: Client
    stranger: Client

    @property
    def person(self) -> Person:
        return self.grant.person

    def holds(self) -> Grant:
        return Grant.objects.get(county=self.grant.county, id=self.grant.id)


@pytest.fixture
def family() -> Family:
    right = vouchers.entitled(category="home", person=world.elder(name="王秀兰"))
    vouchers.budget()
    vouchers.run_issue()
    grant = Grant.objects.get(county=right.county, entitlement=right)
    granny = citizen("granny", grant.person)
    daughter = citizen("daughter", world.elder(name="王芳", born=date(1975, 4, 3)))
    mandate(grant.person, "daughter")
    stranger = citizen("stranger", world.elder(name="过路人"))
    return Family(grant, granny, daughter, stranger)


@pytest.fixture
def english() -> Callable[[Client], Client]:
    def turn(client: Client) -> Client:
        client.cookies["django_language"] = "en"
        return client

    return turn


def said(client: Client, address: str, **more: Any) -> str:
    from songhe.doors.staff.tests.reading import text

    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.status_code
    return text(answer)
