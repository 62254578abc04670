"""``songhe card``: a county's cards classified, charged, expired and counted from the command line."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from songhe.assessment.tests.world import at, elder
from songhe.card.models import Card
from songhe.card.open import Attributes, open_card
from songhe.card.tests.world import FIRST, JINDONG, made_fund
from songhe.doors.cli import main
from songhe.doors.shell import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march(db):
    clock.set_practice_day(date(2026, 3, 10))


def run(*told):
    return CliRunner().invoke(main, ["card", *told, "--county", JINDONG, "--json"])


def old_card() -> Card:
    person = elder(county=JINDONG, born=date(1935, 1, 1))
    return open_card(person=person, attributes=Attributes(), at=at(FIRST), on=FIRST, by="clerk")


def test_cards_are_classified_charged_counted_and_expired():
    old_card()
    fund = made_fund(county=JINDONG, rates={"card_class_2_old": 3_000}, amount_fen=5_000)
    assert json.loads(run("classify").stdout)["begun"] == 1
    answer = run("charge", "2026-03")
    assert json.loads(answer.stdout) == {fund.code: {"purses": 1, "fen": 3_000, "waiting": 0}}
    assert answer.exit_code == 0
    total = json.loads(run("holders").stdout)["total"]
    assert (total["eligible"], total["held"], total["class_2"]) == (1, 1, 1)
    clock.set_practice_day(date(2026, 4, 2))
    assert json.loads(run("expire").stdout) == {fund.code: {"purses": 1, "fen": 3_000}}


def test_cards_that_wait_for_money_are_said_by_the_exit_status():
    old_card(), old_card()
    made_fund(county=JINDONG, rates={"card_class_2_old": 3_000}, amount_fen=5_000)
    run("classify")
    assert run("charge").exit_code == 3


def test_another_month_is_refused():
    answer = run("classify", "2026-04")
    assert answer.exit_code == 1
    assert "card.not_that_month" in answer.stderr


def test_what_is_set_aside_is_said_by_provider():
    from datetime import timedelta

    from songhe.assessment.tests.world import body
    from songhe.card.hold import hold
    from songhe.card.tests.world import TENTH, made_card, top_up

    made_fund(county=JINDONG, source="family", expiry="never")
    card = made_card(county=JINDONG)
    top_up(card, 5_000)
    shop = body(county=JINDONG)
    told = {"provider": shop, "help": "goods", "day": TENTH, "at": at(TENTH), "on": TENTH, "by": "till"}
    for fen in (1_000, 2_000):
        hold(card=card, amount_fen=fen, until=at(TENTH) + timedelta(days=1), **told)
    found = json.loads(run("holds").stdout)
    assert (found[str(shop.id)]["holds"], found[str(shop.id)]["fen"]) == (2, 3_000)
    assert found["total"] == {"holds": 2, "fen": 3_000}
