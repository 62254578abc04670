"""Merchants come onto the white list by two people, and leave it without losing what they sold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.provider.models import Partner
from songhe.provider.partner import (
    admit_partner,
    decline_partner,
    leave_partner,
    partners_on,
    propose_partner,
    require_partner,
)
from songhe.provider.suspend import lift, suspend
from songhe.provider.tests.conftest import AT, COUNTY, ON, admitted
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry


@pytest.fixture
def shop(county):
    return admitted("merchant", 9, longitude=119.1, latitude=36.7)


def proposed(provider, **differently):
    told = {"county": COUNTY, "helps": ["goods", "meals"], "valid_from": ON, "at": AT, "by": "clerk"}
    return propose_partner(provider=provider, **(told | differently))


def listed(provider, **differently):
    return admit_partner(partner=proposed(provider, **differently), at=AT, by="head")


def test_a_merchant_takes_the_card_once_another_person_agreed(shop):
    waiting = proposed(shop)
    refused("provider.not_a_partner", require_partner, shop, COUNTY, ON)
    refused("provider.same_person", admit_partner, partner=waiting, at=AT, by="clerk")
    held = admit_partner(partner=waiting, at=AT, by="head")
    assert held.helps == ["meals", "goods"]
    assert require_partner(shop, COUNTY, ON, help="goods") == held
    assert [entry.act for entry in Entry.objects.filter(subject="partner").order_by("id")] == [
        "provider.propose_partner",
        "provider.admit_partner",
    ]


def test_what_it_was_not_admitted_for_it_does_not_sell(shop):
    listed(shop)
    refused("provider.partner_not_for_this", require_partner, shop, COUNTY, ON, help="urgent")
    refused("provider.not_a_partner", require_partner, shop, COUNTY, ON - timedelta(days=1))
    refused("provider.not_a_partner", require_partner, shop, "370702", ON)


def test_who_was_declined_may_be_put_forward_again(shop):
    first = proposed(shop)
    refused("provider.reason_missing", decline_partner, partner=first, because=" ", at=AT, by="head")
    decline_partner(partner=first, because="营业执照过期", at=AT, by="head")
    refused("provider.wrong_state", admit_partner, partner=first, at=AT, by="head")
    assert listed(shop).state == Partner.State.ADMITTED


def test_the_map_shows_who_takes_the_card_today(shop, django_assert_num_queries):
    listed(shop)
    with django_assert_num_queries(1):
        assert [(one.provider.name, one.provider.longitude) for one in partners_on(COUNTY, ON)] == [
            ("样例机构9", 119.1)
        ]
    assert [one.provider for one in partners_on(COUNTY, ON, help="meals")] == [shop]
    assert not partners_on(COUNTY, ON, help="bathing")


def test_while_it_is_suspended_it_takes_no_card(shop):
    listed(shop)
    held = suspend(provider=shop, county=COUNTY, since=ON, because="价格欺诈", at=AT, by="head")
    assert not partners_on(COUNTY, ON)
    refused("provider.suspended", require_partner, shop, COUNTY, ON)
    lift(suspension=held, last_day=ON, because="已整改", at=AT, by="head")
    assert require_partner(shop, COUNTY, ON + timedelta(days=1))


def test_until_its_last_day_it_takes_the_card_and_then_may_come_back(shop):
    held = listed(shop)
    last = date(2026, 3, 31)
    refused("provider.reason_missing", leave_partner, partner=held, last_day=last, because="", at=AT, by="head")
    early = ON - timedelta(days=1)
    refused(
        "period.ends_before_it_begins", leave_partner, partner=held, last_day=early, because="停业", at=AT, by="head"
    )
    gone = leave_partner(partner=held, last_day=last, because="停业", at=AT, by="head")
    assert require_partner(shop, COUNTY, last) == gone
    refused("provider.not_a_partner", require_partner, shop, COUNTY, date(2026, 4, 1))
    refused("provider.wrong_state", leave_partner, partner=gone, last_day=last, because="停业", at=AT, by="head")
    again = listed(shop, valid_from=date(2026, 4, 1))
    assert require_partner(shop, COUNTY, date(2026, 4, 1)) == again


@pytest.mark.parametrize(
    ("differently", "code"),
    [({"helps": []}, "provider.helps_missing"), ({"helps": ["gold"]}, "provider.unknown_help")],
)
def test_a_proposal_that_cannot_be_is_refused(shop, differently, code):
    refused(code, proposed, shop, **differently)
    assert not Partner.objects.exists()


def test_a_merchant_stands_once_on_the_map(shop, body):
    proposed(shop)
    refused("provider.partner_already", proposed, shop)
    refused("provider.assessment_body_sells", proposed, body)
    refused("provider.no_position", proposed, admitted("merchant", 10))
