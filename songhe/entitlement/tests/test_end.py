from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement import end, queries, suspend
from songhe.entitlement.models import Ending
from songhe.entitlement.tests import story
from songhe.entitlement.tests.test_apply import refused

REPORTED = date(2026, 4, 20)
VERIFIED = date(2026, 5, 6)
pytestmark = pytest.mark.django_db


@pytest.fixture
def right(db):
    return story.approved(world.elder())


def report(right, because="recovery", **fields):
    given = {"happened_on": date(2026, 4, 15), "at": at(REPORTED), "on": REPORTED, "by": "daughter"} | fields
    return end.report(entitlement=right, because=because, **given)


def verify(ending, by="clerk", on=VERIFIED):
    return end.verify(ending=ending, at=at(on), on=on, by=by)


def test_a_report_holds_nothing_until_it_is_verified(right):
    ending = report(right)
    right.refresh_from_db()
    assert (right.state, right.last_month, ending.made_at) == ("active", "", None)
    assert list(queries.reported_endings(world.COUNTY)) == [ending]


def test_the_month_of_verification_is_the_last(right):
    made = verify(report(right))
    right.refresh_from_db()
    assert (right.state, right.last_month, right.stopped_because) == ("stopped", "2026-05", "recovery")
    assert (made.last_month, made.verified_by) == ("2026-05", "clerk")
    assert list(queries.reported_endings(world.COUNTY)) == []
    letter = queries.letters(right.application).last()
    assert (letter.kind, letter.body["last_month"]) == ("stopped", "2026-05")


def test_it_is_never_backwards(right):
    made = verify(report(right, because="death", happened_on=date(2026, 3, 11)), on=date(2026, 7, 1))
    assert made.last_month == "2026-07"


def test_another_person_verifies(right):
    ending = report(right, by="clerk")
    refused("same_person", verify, ending)
    ending.verified_by = "clerk"
    with pytest.raises(IntegrityError), transaction.atomic():
        ending.save()


def test_a_refuted_report_changes_nothing_and_is_closed(right):
    ending = report(right)
    refused("same_person", end.refute, ending=ending, because="x", at=at(VERIFIED), by="daughter")
    done = end.refute(ending=ending, because="复评仍为中度", at=at(VERIFIED), by="clerk")
    right.refresh_from_db()
    assert (right.state, done.note) == ("active", "复评仍为中度")
    refused("ending_not_open", verify, ending)
    assert report(right).made_at is None


def test_one_report_of_a_kind_waits_at_a_time(right):
    report(right)
    refused("already_reported", report, right)
    assert report(right, because="wish").because == "wish"


def test_odd_reports_are_refused(right):
    refused("unknown_reason_to_end", report, right, because="bored")
    refused("in_the_future", report, right, happened_on=date(2026, 4, 21))
    assert not Ending.objects.exists()


def test_what_has_ended_does_not_end_again(right):
    first, second = report(right), report(right, because="wish")
    verify(first)
    refused("wrong_state", report, right, because="move")
    refused("wrong_state", verify, second)


def test_a_suspended_right_may_end(right):
    suspend.suspend(entitlement=right, because="住院核查", at=at(REPORTED), by="clerk")
    assert verify(report(right)).made_at is not None


def test_a_right_rests_and_goes_on(right):
    rests = suspend.suspend(entitlement=right, because="住院核查", at=at(REPORTED), by="clerk")
    assert (rests.state, rests.suspended_because) == ("suspended", "住院核查")
    refused("wrong_state", suspend.suspend, entitlement=right, because="x", at=at(REPORTED), by="clerk")
    goes_on = suspend.resume(entitlement=right, because="已核实", at=at(VERIFIED), by="clerk")
    assert (goes_on.state, goes_on.suspended_because) == ("active", "")
    refused("wrong_state", suspend.resume, entitlement=right, because="x", at=at(VERIFIED), by="clerk")
    refused("input.missing", suspend.suspend, entitlement=right, because="", at=at(VERIFIED), by="clerk")


def test_the_right_of_the_dead_does_not_go_on(right):
    suspend.suspend(entitlement=right, because="失联", at=at(REPORTED), by="clerk")
    right.person.died_on = date(2026, 4, 15)
    right.person.save()
    refused("person_died", suspend.resume, entitlement=right, because="x", at=at(VERIFIED), by="clerk")


def test_an_ending_made_by_mistake_is_undone_by_another_person(right):
    verify(report(right))
    given = {"entitlement": right, "because": "同名误报", "at": at(VERIFIED)}
    refused("same_person", end.reinstate, by="clerk", **given)
    back = end.reinstate(by="approver", **given)
    assert (back.state, back.last_month, back.stopped_because) == ("active", "", "")
    refused("wrong_state", end.reinstate, by="approver", **given)
    assert verify(report(right, because="wish")).made_at is not None


def test_an_old_right_does_not_come_back_beside_a_new_one(right):
    verify(report(right))
    new = story.approved(right.person, on=date(2026, 5, 11))
    found = refused("already_entitled", end.reinstate, entitlement=right, because="x", at=at(VERIFIED), by="approver")
    assert found.values["no"] == new.no


def test_after_an_ending_one_may_apply_again(right):
    verify(report(right))
    assert story.draft(right.person, on=date(2026, 5, 11)).state == "draft"
