"""Credits and rates are asked for by one person and decided by another."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.credit.models import Rate, Scheme
from songhe.credit.propose import PROPOSALS, propose_rate, propose_scheme
from songhe.credit.tests import world
from songhe.proposal.models import Proposal
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db


def approve(row, by="head"):
    return PROPOSALS.approve(proposal=row, at=at(world.TENTH), on=world.TENTH, by=by)


def decline(row, because="没有经费", by="head"):
    return PROPOSALS.decline(proposal=row, because=because, at=at(world.TENTH), by=by)


def asked(**differently):
    told = {"code": "veg", "name": "以菜换餐", "place": COUNTY, "unit": "ticket", "ticket_fen": 642, "helps": ["meals"]}
    return propose_scheme(county=COUNTY, at=at(world.FIRST), by="clerk", **(told | differently))


def priced(scheme, **differently):
    told = {"code": "greens", "name": "蔬菜", "name_en": "Vegetables", "measure": "gram", "units": 300, "per": 500}
    first = date(2026, 3, 20)
    return propose_rate(scheme=scheme, valid_from=first, at=at(world.TENTH), by="clerk", **(told | differently))


def test_another_person_opens_what_one_asked_for():
    row = asked(ceiling=500)
    assert PROPOSALS.waiting(COUNTY) == [row]
    assert not Scheme.objects.exists()
    made = approve(row)
    assert (made.opened_by, made.approved_by, made.ticket_fen, made.inflow.floor) == ("clerk", "head", 642, -500)
    assert PROPOSALS.waiting(COUNTY) == []


def test_a_rate_holds_once_another_agreed():
    scheme = world.scheme()
    world.rate(scheme)
    row = priced(scheme, units=350)
    approve(row)
    before, after = Rate.objects.filter(scheme=scheme).order_by("valid_from")
    assert (before.valid_to, after.units, after.valid_to) == (date(2026, 3, 19), 350, None)


def test_nobody_decides_about_what_they_asked_for():
    row = asked()
    refused("credit.same_person", lambda: approve(row, by="clerk"))
    refused("credit.same_person", lambda: decline(row, by="clerk"))
    assert not Scheme.objects.exists()


def test_a_refusal_says_why_and_ends_it():
    row = asked()
    refused("credit.say_why", lambda: decline(row, " "))
    assert decline(row).because == "没有经费"
    refused("credit.wrong_state", lambda: approve(row))


def test_what_cannot_be_is_refused_at_once():
    refused("credit.ticket_worth", lambda: asked(ticket_fen=None))
    refused("credit.helps_missing", lambda: asked(helps=[]))
    refused("credit.unknown_proposal", lambda: approve(Proposal(county=COUNTY)))
