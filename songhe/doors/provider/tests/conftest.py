"""A home-care company, an institution and two elders with vouchers, on the tenth of March 2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from songhe.access.models import Account
from songhe.assessment.tests.world import elder
from songhe.doors.staff.tests import conftest as desk
from songhe.doors.staff.tests.conftest import account, no_language_stays_behind, practice, unknown_variables_fail
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.provider.models import Kind, Price, Provider
from songhe.redemption.tests import world

__all__ = ["account", "no_language_stays_behind", "practice", "unknown_variables_fail"]

DAY = desk.DAY
COUNTY = desk.COUNTY
START = date(2025, 1, 1)


@pytest.fixture
def company(practice: None) -> Provider:
    """A home-care company: baths at ¥1,000, and a haircut that is own pay."""
    made = world.provider(prices={"bath": 100_000})
    Price.objects.create(provider=made, item=world.item("haircut", in_scope=False), price_fen=3_000, valid_from=START)
    return made


@pytest.fixture
def house(practice: None) -> Provider:
    """An institution with a bed at ¥1,800."""
    world.item("bed", category="institution_long", evidence="stay")
    return world.provider(kind=Kind.INSTITUTION, prices={"bed": 180_000})


@pytest.fixture
def enter() -> Callable[..., Client]:
    def make(username: str, role: str, **more: Any) -> Client:
        found = Account.objects.filter(username=username).first() or account(username, role, **more)
        client = Client()
        client.force_login(found)
        return client

    return make


@pytest.fixture
def manager(enter: Callable[..., Client], company: Provider) -> Client:
    return enter("manager", "provider_manager", provider=company.id)


@pytest.fixture
def keeper(enter: Callable[..., Client], house: Provider) -> Client:
    """Who runs the institution."""
    return enter("keeper", "provider_manager", provider=house.id)


@pytest.fixture
def carer(enter: Callable[..., Client], company: Provider) -> Client:
    return enter("carer", "carer", provider=company.id)


def voucher(name: str = "王秀兰", *, category: str = "home", **fields: Any) -> Grant:
    """An elder with a voucher of March, worth ¥800."""
    return vouchers.voucher(person=elder(name=name, **fields), category=category)
