"""Where the love card's sample may be loaded, and that its people are offered on the start page."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

from songhe.doors.cli import FAILED, main
from songhe.doors.shell.clock import declare_real, set_practice_day
from songhe.jobs.models import Run, RunState
from songhe.month.sample.card.cast import NAMED
from songhe.month.sample.card.load import load_divisions
from songhe.month.sample.card.logins import open_bureaus
from songhe.month.sample.load import JOB

pytestmark = pytest.mark.django_db


def refused():
    done = CliRunner().invoke(main, ["demo", "--card", "--elders", "60"])
    assert done.exit_code == FAILED
    return done.stderr.partition(":")[0]


def practise(day, *, sample=True):
    set_practice_day(day)
    if sample:
        Run.objects.create(county="370799", job=JOB, period="2026-03", state=RunState.DONE, result={}, attempts=1)


def test_never_where_real_people_live():
    declare_real()
    assert refused() == "init.real_database"


def test_not_before_the_months_of_the_sample_county_have_been_run():
    practise(date(2026, 3, 2))
    assert refused() == "card_sample.day_too_early"


def test_not_twice_nor_over_the_remains_of_one_that_was_cut_off():
    practise(date(2026, 4, 9))
    load_divisions()
    assert refused() == "init.sample_cut_off"
    Run.objects.create(county="331199", job="card-sample", period="2026-03", state=RunState.DONE, attempts=1)
    assert refused() == "init.sample_there"


def test_a_sample_with_too_few_cards_is_refused():
    done = CliRunner().invoke(main, ["demo", "--card", "--elders", "5"])
    assert "card_sample.too_small" in done.stderr


def test_the_start_page_offers_its_people(client):
    practise(date(2026, 4, 8), sample=False)
    open_bureaus()
    said = client.get("/").content.decode()
    offered = {name for name in NAMED if f'value="{name}"' in said}
    assert offered == {
        "card-clerk",
        "card-approver",
        "card-finance",
        "card-cashier",
        "card-auditor",
        "card-clerk-2",
        "card-approver-2",
    }
