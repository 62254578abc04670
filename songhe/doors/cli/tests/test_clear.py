"""``songhe clear``: claims of a month made and shown from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from songhe.card.tests.world import LISHUI
from songhe.doors.cli import main
from songhe.doors.shell import clock
from songhe.redemption.tests.test_card import bought, funded, pay
from songhe.settlement.models import Claim
from songhe.settlement.tests.clearing import APRIL, NEXT_DOOR, agreed, canteen_there, posted

pytestmark = pytest.mark.django_db


def run(*more):
    return CliRunner().invoke(main, ["clear", "2026-03", "--county", LISHUI, *more])


def test_a_months_claims_are_made_once_and_told_until_both_sides_agree():
    clock.set_practice_day(APRIL)
    assert "Nothing to claim" in run().stdout
    agreed()
    _, card = funded()
    pay(card, canteen_there(), bought("lunch"))
    assert "not the same there yet" in run().stdout
    posted()
    (told,) = json.loads(run("--json").stdout)["claims"]
    assert (told["serving"], told["amount_fen"], told["levels"]) == (NEXT_DOOR, 1_200, {"county": 1_200})
    assert told["agrees"]
    assert Claim.objects.count() == 1
