"""Statements over HTTP: those of several funds are confirmed at once, under one invoice."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI, MARCH, made_fund, top_up
from songhe.doors.api.tests.conftest import problem, read
from songhe.redemption.tests.test_card import bought, canteen, funded, pay
from songhe.settlement import gather
from songhe.settlement.models import Statement

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 5)


@pytest.fixture
def funds():
    family = made_fund(source="family", expiry="never")
    fund, card = funded(500)
    top_up(card, 400)
    who = canteen()
    pay(card, who, bought("lunch"))
    for each in (fund, family):
        gather.gather(county=LISHUI, programme=f"card:{each.code}", month=MARCH, at=at(APRIL), by="run")
    return who


def named():
    return [{"no": row.no, "version": row.version} for row in Statement.objects.order_by("no")]


def test_one_invoice_for_the_funds_of_a_month(machine, funds):
    till = machine("provider_manager", place=LISHUI, provider=funds.id)
    told = {"statements": named(), "invoice_no": "FP-1", "budget_line": "2080201", "fund_year": 2026}
    late = [told["statements"][0], {**told["statements"][1], "version": 9}]
    assert problem(till.post("/statement-confirmations", told | {"statements": late}))["type"] == "settlement.changed"
    assert set(Statement.objects.values_list("state", flat=True)) == {"gathered"}
    items = read(till.post("/statement-confirmations", told))["items"]
    assert [(one["state"], one["invoice_no"]) for one in items] == [("confirmed", "FP-1")] * 2


def test_another_provider_s_statements_are_not_there(machine, funds):
    other = machine("provider_manager", place=LISHUI, provider=canteen().id)
    told = {"statements": named(), "invoice_no": "FP-1", "budget_line": "2080201", "fund_year": 2026}
    assert problem(other.post("/statement-confirmations", told))["type"] == "settlement.unknown"
