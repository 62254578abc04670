"""The practice day of the stories, people of every role, and browsers without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Any

import pytest
from django.test import Client

from songhe.access import login
from songhe.access.models import Account
from songhe.doors.shell import clock
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.place.calendar import load_shipped_calendars
from songhe.place.division import load_sample_county

__all__ = ["no_language_stays_behind", "unknown_variables_fail"]

compile_catalogues()

DAY = date(2026, 3, 10)
AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
COUNTY, ELSEWHERE = "370799", "370703"


@pytest.fixture(autouse=True)
def practice(request: pytest.FixtureRequest) -> None:
    """Every page of these tests is asked for on the tenth of March 2026, in the sample county."""
    if "own_database" in request.fixturenames:
        request.getfixturevalue("own_database")
    else:
        request.getfixturevalue("db")
    clock.set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()


def account(username: str, role: str, *, place: str = COUNTY, provider: int | None = None) -> Account:
    made = login.open_account(username=username, display_name=f"{username}的名字", password=None, at=AT, practice=True)
    login.appoint(
        account=made, role=role, place=place, valid_from=date(2026, 1, 1), provider_id=provider, by=None, at=AT
    )
    return made


@pytest.fixture
def enter() -> Callable[..., Client]:
    """A browser in which somebody of a role is signed in: ``enter("clerk", "county_clerk")``."""

    def make(username: str, role: str, **more: Any) -> Client:
        found = Account.objects.filter(username=username).first() or account(username, role, **more)
        client = Client()
        client.force_login(found)
        return client

    return make


@pytest.fixture
def clerk(enter: Callable[..., Client]) -> Client:
    return enter("clerk", "county_clerk")


@pytest.fixture
def approver(enter: Callable[..., Client]) -> Client:
    return enter("approver", "county_approver")
