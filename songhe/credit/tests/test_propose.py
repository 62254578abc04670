"""Credits and rates are asked for by one person and decided by another."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.credit.models import Rate, Scheme
from songhe.credit.propose import approve, decline, propose_rate, propose_scheme, waiting
from songhe.credit.tests import world
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db


def asked(**differently):
    told = {"code": "veg", "name": "以菜换餐", "place": COUNTY, "unit": "ticket", "ticket_fen": 642, "helps": ["meals"]}
    return propose_scheme(county=COUNTY, at=at(world.FIRST), by="clerk", **(told | differently))


def priced(scheme, **differently):
    told = {"code": "greens", "name": "蔬菜", "name_en": "Vegetables", "measure": "gram", "units": 300, "per": 500}
    first = date(2026, 3, 20)
    return propose_rate(scheme=scheme, valid_from=first, at=at(world.TENTH), by="clerk", **(told | differently))


def test_another_person_opens_what_one_asked_for():
    row = asked(ceiling=500)
    assert waiting(COUNTY) == [row]
    assert not Scheme.objects.exists()
    made = approve(proposal=row, at=at(world.FIRST), by="head")
    assert (made.opened_by, made.approved_by, made.ticket_fen, made.inflow.floor) == ("clerk", "head", 642, -500)
    assert waiting(COUNTY) == []


def test_a_rate_holds_once_another_agreed():
    scheme = world.scheme()
    world.rate(scheme)
    row = priced(scheme, units=350)
    approve(proposal=row, at=at(world.TENTH), by="head")
    before, after = Rate.objects.filter(scheme=scheme).order_by("valid_from")
    assert (before.valid_to, after.units, after.valid_to) == (date(2026, 3, 19), 350, None)


def test_nobody_decides_about_what_they_asked_for():
    row = asked()
    refused("credit.same_person", lambda: approve(proposal=row, at=at(world.FIRST), by="clerk"))
    refused("credit.same_person", lambda: decline(proposal=row, because="不需要", at=at(world.FIRST), by="clerk"))
    assert not Scheme.objects.exists()


def test_a_refusal_says_why_and_ends_it():
    row = asked()
    refused("credit.say_why", lambda: decline(proposal=row, because=" ", at=at(world.FIRST), by="head"))
    assert decline(proposal=row, because="没有经费", at=at(world.FIRST), by="head").because == "没有经费"
    refused("credit.wrong_state", lambda: approve(proposal=row, at=at(world.FIRST), by="head"))


def test_what_cannot_be_is_refused_at_once():
    refused("credit.ticket_worth", lambda: asked(ticket_fen=None))
    refused("credit.helps_missing", lambda: asked(helps=[]))
