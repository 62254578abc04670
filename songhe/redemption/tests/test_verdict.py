"""What is billed for days after a death is never settled."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.grant.tests.world import TENTH, voucher
from songhe.person.models import Person
from songhe.redemption.models import Verdict
from songhe.redemption.tests.world import COUNTY, bath, pay, provider, visit_of
from songhe.redemption.verdict import fail_after_death
from songhe.service.tests.world import at
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def failed(grant) -> int:
    return fail_after_death(county=COUNTY, person_id=grant.person_id, at=at(TENTH), by="clerk")


def outcomes() -> list[tuple[date, str]]:
    return list(Verdict.objects.order_by("line__service_on").values_list("line__service_on", "outcome"))


def billed(grant, *days: int) -> None:
    who = provider()
    for day in days:
        pay(grant, who, bath(20_000, day=day, visit=visit_of(grant, who, day=day).id))


def test_lines_after_the_death_fail_once_and_earlier_ones_stay():
    grant = voucher()
    billed(grant, 7, 8, 9)
    Person.rows.filter(id=grant.person_id).update(died_on=date(2026, 3, 8))
    assert (failed(grant), failed(grant)) == (1, 0)
    assert outcomes() == [
        (date(2026, 3, 7), "pass"),
        (date(2026, 3, 8), "pass"),
        (date(2026, 3, 9), "fail"),
    ]
    assert Verdict.objects.get(outcome="fail").reasons == ["after_death"]
    assert Entry.objects.get(act="redemption.fail_after_death").detail["lines"] == 1


def test_what_is_settled_stays_settled():
    grant = voucher()
    billed(grant, 9)
    Verdict.objects.filter(county=COUNTY).update(settled=True)
    Person.rows.filter(id=grant.person_id).update(died_on=date(2026, 3, 8))
    assert (failed(grant), outcomes()) == (0, [(date(2026, 3, 9), "pass")])


def test_the_living_are_left_alone():
    grant = voucher()
    billed(grant, 9)
    assert (failed(grant), outcomes()) == (0, [(date(2026, 3, 9), "pass")])
