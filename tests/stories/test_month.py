"""A month told to its end leaves sound books, and nothing that is done twice is done twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.db import transaction

from songhe.grant.models import Grant
from songhe.ledger.balance import balance
from songhe.ledger.check import check as books
from songhe.ledger.models import Account, Period
from songhe.month.audit import findings
from songhe.month.steps import STEPS, Stage
from songhe.person.models import Person
from songhe.redemption.models import Bill, Verdict
from songhe.service.check import check as services
from songhe.settlement.check import check as statements
from songhe.settlement.close import close
from songhe.settlement.close import report as close_report
from tests.stories import cast
from tests.stories.cast import at
from tests.stories.march import APRIL, COUNTY, FIFTH, MARCH, run, tell

pytestmark = pytest.mark.django_db


# --- what must be true -----------------------------------------------------------------------------------------------


def balances(fund: str) -> dict[str, int]:
    """What stands on the accounts of a fund, those of one kind together; what is nothing is left out."""
    found: dict[str, int] = {}
    for account in Account.objects.filter(county=COUNTY, fund__code=fund).order_by("id"):
        name = account.code if account.kind in {"paid", "budget"} else account.kind
        found[name] = found.get(name, 0) + balance(account)
    return {name: units for name, units in found.items() if units}


def faults() -> list[object]:
    return [*books(), *services(), *statements(), *map(str, findings())]


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the record of the runs themselves."""
    return {
        model._meta.label: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models()
        if model.__module__.startswith("songhe.") and model._meta.label != "jobs.Run"
    }


@pytest.mark.slow
def test_the_month_to_the_end_and_the_next():
    told = tell()
    assert balances("consumption-voucher-2026") == {
        "source": -2_000_000,
        "budget:2026-03": 1_000_000 - 480_000,
        "budget:2026-04": 1_000_000 - 400_000,
        "lapsed": 266_449 + 6_000 + 385_000,
        "paid:central": 181_518 + 7_650,
        "paid:local": 32_033 + 1_350,
    }
    assert balances("assessment-voucher-2026") == {
        "source": -50_000,
        "budget:2026-03": 40_000,
        "paid:unsplit": 10_000,
    }
    assert set(Verdict.objects.values_list("outcome", flat=True)) == {"pass"}
    assert sorted(Bill.objects.values_list("state", flat=True)) == ["booked"] * 10 + ["reversed"] * 3
    assert told.people["李守义"].id not in set(Grant.objects.values_list("person_id", flat=True))
    assert Person.rows.get(name="孙桂珍").died_on == date(2026, 3, 10)
    assert faults() == []


@pytest.mark.slow
def test_running_any_step_of_a_closed_month_again_changes_nothing():
    tell()
    before = everything()
    for month in (MARCH, APRIL):
        for step in STEPS:
            on, clock = cast.calendar(not_before=FIFTH)(step.natural_day(month, 0))
            step.run(Stage(COUNTY, month, on, clock))
            assert everything() == before, step.name
        run(month, "close")
        assert everything() == before


@pytest.mark.slow
def test_running_any_step_of_an_open_month_twice_changes_nothing():
    tell(until="bills")
    for step in STEPS:
        on, clock = cast.calendar(not_before=FIFTH)(step.natural_day(MARCH, 0))
        stage = Stage(COUNTY, MARCH, on, clock)
        step.run(stage)
        before = everything()
        step.run(stage)
        assert everything() == before, step.name
    assert faults() == []


@pytest.mark.slow
def test_the_report_of_a_closed_month_is_the_same_whenever_and_wherever_it_is_told():
    digests = []
    for _ in range(2):
        with transaction.atomic():
            tell()
            for month in (MARCH, APRIL):
                period = Period.objects.get(county=COUNTY, month=str(month))
                assert (
                    close(county=COUNTY, month=month, at=at(date(2026, 6, 1)), by="run:close").digest == period.digest
                )
                assert close_report(county=COUNTY, month=month) == period.report
                digests.append(period.digest)
            transaction.set_rollback(True)
    assert digests[:2] == digests[2:]
    assert len(set(digests)) == 2
