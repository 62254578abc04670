"""The clock of the tests, accounts, and templates that fail on what they do not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from songhe.doors.shell import clock, request
from songhe.doors.shell.translate import compile_catalogues

compile_catalogues()

DAY = date(2026, 4, 8)
PASSWORD = "a long pass phrase"


class Unknown(str):
    """What an unknown variable becomes: an error."""

    def __contains__(self, other: object) -> bool:
        return True

    def __mod__(self, other: object) -> str:
        raise AssertionError(f"a template names {other!r}, which its context lacks")


@pytest.fixture(autouse=True)
def unknown_variables_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Unknown("unknown"))


@pytest.fixture(autouse=True)
def passwords_are_checked_fast(settings: Any) -> None:
    """The real hash takes its time on purpose; what is tested here is what comes before and after it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_factor_is_enough(settings: Any) -> None:
    """The second factor has tests of its own, which ask for it."""
    settings.SECOND_FACTOR = "optional"


@pytest.fixture(autouse=True)
def no_language_stays_behind() -> Iterator[None]:
    yield
    translation.deactivate()


class ServerClock:
    """The server's time, as the test sets it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 1, 30, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **of: int) -> None:
        self.now += timedelta(**of)


@pytest.fixture
def server_clock(monkeypatch: pytest.MonkeyPatch) -> ServerClock:
    made = ServerClock()
    monkeypatch.setattr(clock, "server_now", made)
    monkeypatch.setattr(request, "server_now", made)
    return made


@pytest.fixture
def practice(db: None) -> date:
    clock.set_practice_day(DAY)
    return DAY


@pytest.fixture
def open_account(db: None) -> Callable[..., Any]:
    from songhe.access import login

    at = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def make(username: str, role: str = "county_clerk", *, place: str = "370799", practice: bool = False) -> Any:
        account = login.open_account(
            username=username, display_name=f"{username} 的名字", password=PASSWORD, at=at, practice=practice
        )
        login.appoint(
            account=account,
            role=role,
            place=place,
            valid_from=date(2026, 1, 1),
            provider_id=1 if role in {"provider_manager", "carer", "assessor"} else None,
            by=None,
            at=at,
        )
        return account

    return make


@pytest.fixture
def client(server_clock: ServerClock) -> Client:
    return Client()
