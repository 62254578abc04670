"""A practice county with somebody on its list, and browsers that nobody has signed in to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.staff.tests.conftest import practice
from songhe.provider.models import Kind, Listing, Provider
from songhe.redemption.tests import world

__all__ = ["no_language_stays_behind", "practice", "unknown_variables_fail"]


@pytest.fixture
def anybody() -> Client:
    return Client()


@pytest.fixture
def home() -> Provider:
    """A care company of the sample county with a bath at 1,000 yuan, in 望湖街道."""
    made = world.provider()
    Provider.objects.filter(pk=made.pk).update(name="样例康乐居家照料公司", longitude=122.845, latitude=36.21)
    Listing.objects.filter(provider=made).update(categories=["home", "day_care"])
    made.refresh_from_db()
    return made


@pytest.fixture
def body() -> Provider:
    """An assessment body, in 松鹤街道."""
    made = world.body(kind=Kind.ASSESSMENT_BODY)
    Provider.objects.filter(pk=made.pk).update(name="样例明衡评估中心", longitude=122.845, latitude=36.1)
    made.refresh_from_db()
    return made


def text(response: Any) -> str:
    return str(response.content.decode())
