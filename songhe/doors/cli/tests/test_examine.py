"""``songhe examine``: a month is drawn up from the command line, and looked at again."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from songhe.assessment.tests.world import at
from songhe.doors.cli import main
from songhe.doors.shell import clock
from songhe.examine.leave import decline, propose
from songhe.examine.models import Examination
from songhe.examine.scheme import DATA
from songhe.examine.tests.world import APRIL_5, COUNTY, MARCH, handed_in, provider, published, visits

pytestmark = pytest.mark.django_db


def run(*told):
    return CliRunner().invoke(main, ["examine", *told, "--county", COUNTY, "--json"])


def test_a_month_is_examined_and_looked_at_again(db):
    clock.set_practice_day(date(2026, 4, 5))
    who, *_others = provider(), provider(), provider()
    visits(who, passed=30)
    handed_in(who, good=30)
    done = json.loads(run("2026-03").stdout)
    assert (done["number"], done["rows"][0]) == (1, {"provider": who.pk, "name": who.name, "score": 100})
    assert [each["score"] for each in done["rows"][1:]] == [None, None]
    assert json.loads(run("2026-03", "--look").stdout)["rows"] == []
    visits(who, passed=1, month=MARCH)
    assert json.loads(run("2026-03", "--look").stdout)["rows"] == [
        {"provider": who.pk, "indicator": "evidence", "frozen": [30, 30], "now": [31, 31]}
    ]
    assert run("2026-03").exit_code == 1
    assert run("2026-02", "--look").exit_code == 2


def test_a_scheme_is_tried_and_warnings_are_listed_without_writing(db, tmp_path):
    clock.set_practice_day(date(2026, 4, 5))
    who, *_others = provider(), provider(), provider()
    visits(who, passed=20, failed=20)
    handed_in(who, good=20, refused=20)
    file = tmp_path / "scheme.yaml"
    file.write_text(DATA.read_text(encoding="utf-8").replace("weight: 25", "weight: 1"), encoding="utf-8")
    (row,) = [one for one in json.loads(run("2026-03", "--try", str(file)).stdout)["rows"] if one["now"] is not None]
    assert (row["provider"], row["now"], row["then"]) == (who.pk, 36, 65)
    assert not Examination.objects.exists()
    assert json.loads(run("2026-03", "--warnings").stdout)["rows"] == []
    published()
    assert [one["due_on"] for one in json.loads(run("2026-03", "--warnings").stdout)["rows"]] == ["2026-05-05"]


def test_who_leaves_stands_there_until_it_is_finished(db):
    clock.set_practice_day(date(2026, 4, 5))
    who = provider()
    told = {
        "county": COUNTY,
        "provider": who,
        "because": "逾期没有整改",
        "at": at(APRIL_5),
        "on": APRIL_5,
        "by": "clerk",
    }
    row = propose(since=APRIL_5, residents_until=date(2026, 5, 5), **told)
    (shown,) = json.loads(run("2026-03", "--exits").stdout)["rows"]
    assert shown == {"provider": who.pk, "name": who.name, "state": "proposed", "since": "2026-04-05", "unplaced": 0}
    decline(leaving=row, because="先整改", at=at(APRIL_5), by="head")
    assert json.loads(run("2026-03", "--exits").stdout)["rows"] == []
