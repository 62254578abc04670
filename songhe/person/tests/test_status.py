"""Statuses hold from a day to a day, and give the policies their facts."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.person.models import Status
from songhe.person.status import (
    KINDS,
    end_status,
    facts_of,
    facts_on,
    kinds_of_fact,
    record_status,
    statuses_on,
    strike_status,
)
from songhe.person.tests.conftest import AT, COUNTY, ON, id_number, refused, registered
from songhe.policy.facts import FACTS


def recorded(person, kind="tekun", valid_from=date(2026, 1, 1), **differently):
    told = {"source": "社会救助系统", "at": AT, "by": "clerk"}
    return record_status(person=person, kind=kind, valid_from=valid_from, **(told | differently))


def test_a_status_holds_on_its_first_and_last_day(elder):
    recorded(elder, valid_to=date(2026, 3, 31), detail={"no": "T-1"})
    assert [held.kind for held in statuses_on(elder, date(2026, 1, 1))] == ["tekun"]
    assert [held.kind for held in statuses_on(elder, date(2026, 3, 31))] == ["tekun"]
    assert statuses_on(elder, date(2025, 12, 31)) == statuses_on(elder, date(2026, 4, 1)) == []


def test_every_fact_is_one_that_policies_know():
    assert {kind.fact for kind in KINDS.values() if kind.fact} <= set(FACTS)
    assert all(len(code) <= 32 for code in KINDS)


def test_the_regions_own_action_counts_in_the_region_alone():
    assert facts_of(["improvement_action_region"], "653127") == {"in_improvement_action"}
    assert facts_of(["improvement_action_region"], COUNTY) == frozenset()
    assert kinds_of_fact("in_improvement_action", "653127") == ["improvement_action", "improvement_action_region"]
    assert kinds_of_fact("in_improvement_action", COUNTY) == ["improvement_action"]
    assert kinds_of_fact("age", COUNTY) == []


def test_the_facts_of_many_people_are_read_at_once(elder, django_assert_num_queries):
    other = registered("李桂兰", id_number=id_number(sequence=4)).person
    recorded(elder)
    recorded(elder, "low_income")
    recorded(other, "family_bed", valid_to=date(2026, 2, 28))
    with django_assert_num_queries(1):
        assert facts_on(COUNTY, [elder.id, other.id], ON) == {elder.id: {"in_tekun_support", "in_low_income"}}
    assert facts_on(COUNTY, [other.id], date(2026, 2, 28)) == {other.id: {"in_family_bed"}}


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"kind": "rich"}, "person.unknown_status"),
        ({"source": " "}, "person.source_missing"),
        ({"valid_from": date(1940, 1, 1)}, "person.status_before_birth"),
        ({"valid_to": date(2025, 12, 31)}, "period.ends_before_it_begins"),
    ],
)
def test_a_status_that_cannot_be_is_refused(elder, differently, code):
    refused(code, recorded, elder, **differently)
    assert not Status.objects.exists()


def test_spans_of_one_kind_do_not_overlap(elder):
    recorded(elder, valid_to=date(2026, 1, 31))
    refused("person.status_overlaps", recorded, elder, valid_from=date(2026, 1, 31))
    refused("person.status_overlaps", recorded, elder, valid_from=date(2025, 12, 1))
    recorded(elder, valid_from=date(2026, 2, 1))
    recorded(elder, "low_income")


def test_a_status_ends(elder):
    status = recorded(elder)
    told = {"because": "退出", "at": AT, "by": "clerk"}
    refused("person.reason_missing", end_status, status=status, last_day=ON, **(told | {"because": ""}))
    refused("period.ends_before_it_begins", end_status, status=status, last_day=date(2025, 12, 31), **told)
    end_status(status=status, last_day=ON, **told)
    assert statuses_on(elder, date(2026, 3, 11)) == []
    refused("person.status_ended", end_status, status=status, last_day=date(2026, 5, 1), **told)


def test_a_status_that_never_was_so_goes_and_the_trail_keeps_it(elder):
    from songhe.trail.models import Entry

    status = recorded(elder)
    refused("person.reason_missing", strike_status, status=status, because=" ", at=AT, by="clerk")
    strike_status(status=status, because="录错人", at=AT, by="clerk")
    assert statuses_on(elder, ON) == []
    assert Entry.objects.get(act="person.strike_status").detail["kind"] == "tekun"
