from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment import queries, request, review
from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.assessment.validity import months_after, within_look_back
from songhe.kernel.refusal import Refusal

ON = date(2026, 2, 9)
LATER = date(2026, 3, 9)
pytestmark = pytest.mark.django_db


def level(elder, on):
    counts = queries.effective_level(elder, on)
    return counts.final_level if counts else None


def reviewed_again(first, *, on=LATER, scores=world.SEVERE):
    again = request.reassess(disputed=first, body=world.body(), where="home", at=at(on), on=on, by="elder")
    one, two = world.assessor(again.body), world.assessor(again.body)
    again = request.assign(assessment=again, first=one, second=two, serving=(), at=at(on), on=on, by="manager")
    again = world.hand_in(again, on=on, scores=scores)
    return review.accept(assessment=again, policy=None, at=at(on), on=on, by="clerk")


def test_an_accepted_result_counts_from_its_day_and_without_end_where_none_is_set():
    elder = world.elder()
    found = world.effective(elder, on=ON)
    assert (found.state, found.valid_until) == ("effective", None)
    assert (level(elder, date(2026, 2, 8)), level(elder, ON), level(elder, date(2031, 1, 1))) == (None, 2, 2)


def test_a_result_counts_for_the_months_that_the_place_sets():
    elder = world.elder()
    found = world.effective(elder, on=ON, rules=world.policy(assessment_valid_months=12))
    assert found.valid_until == date(2027, 2, 9)
    assert (level(elder, date(2027, 2, 9)), level(elder, date(2027, 2, 10))) == (2, None)


def test_a_place_may_set_months_by_level():
    table = world.policy(assessment_valid_months={"2": 12, "3": 6})
    assert world.effective(world.elder(), rules=table).valid_until == date(2027, 2, 9)
    assert world.effective(world.elder(), rules=table, scores=world.MILD).valid_until is None


def test_months_end_with_the_month():
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 3, 31), -13) == date(2025, 2, 28)


def test_look_back_is_by_months_or_by_a_first_day():
    months, since = world.policy(assessment_lookback_months=12, assessment_accepted_since=None), world.policy()
    unset = world.policy(assessment_accepted_since=None)
    assert within_look_back(policy=months, assessed_on=date(2025, 3, 9), on=LATER)
    assert not within_look_back(policy=months, assessed_on=date(2025, 3, 8), on=LATER)
    assert within_look_back(policy=since, assessed_on=date(2024, 7, 1), on=LATER)
    assert not within_look_back(policy=since, assessed_on=date(2024, 6, 30), on=LATER)
    assert not within_look_back(policy=unset, assessed_on=ON, on=LATER)
    assert not within_look_back(policy=None, assessed_on=ON, on=LATER)


def test_a_later_result_takes_the_place_of_an_earlier_one():
    elder = world.elder()
    first = world.effective(elder, on=ON)
    second = world.effective(elder, on=LATER, scores=world.SEVERE)
    first.refresh_from_db()
    assert (first.state, first.replaced_by, first.counts_until) == ("replaced", second, date(2026, 3, 8))
    assert (level(elder, ON), level(elder, date(2026, 3, 8)), level(elder, LATER)) == (2, 2, 3)


def test_a_result_that_comes_in_late_counts_only_for_its_own_days():
    elder = world.elder()
    early = world.submitted(elder, on=ON)
    early.state = "kept"
    early.save()
    world.effective(elder, on=LATER, scores=world.SEVERE)
    early.state = "submitted"
    early.save()
    early = review.accept(assessment=early, policy=None, at=at(LATER), on=LATER, by="clerk")
    assert (early.state, early.counts_until) == ("replaced", date(2026, 3, 8))
    assert (level(elder, ON), level(elder, LATER)) == (2, 3)


def test_assessors_do_not_accept_their_own():
    found = world.submitted(world.elder())
    account = found.second_assessor.account
    refused("same_person", review.accept, assessment=found, policy=None, at=at(ON), on=ON, by=account)


def test_a_result_goes_back_with_what_to_look_at():
    found = world.submitted(world.elder())
    back = review.send_back(assessment=found, because="B.1.1 与胃管不符", at=at(ON), by="clerk")
    assert (back.state, back.note) == ("assigned", "B.1.1 与胃管不符")
    assert world.hand_in(back, on=ON).state == "submitted"


def test_a_disputed_result_stands_until_others_have_looked():
    elder = world.elder()
    first = world.disputed(elder, on=ON)
    assert (first.state, first.dispute_grounds, level(elder, LATER)) == ("disputed", "等级偏轻", 2)
    second = reviewed_again(first)
    first.refresh_from_db()
    assert (first.state, first.replaced_by, second.state) == ("replaced", second, "effective")
    assert (level(elder, date(2026, 3, 8)), level(elder, LATER)) == (2, 3)


def test_a_dispute_has_the_days_that_the_place_sets_and_no_limit_without():
    limited = world.policy(assessment_dispute_days=10)
    in_time, late, unset = (world.effective(world.elder(), on=ON) for _ in range(3))
    given = {"grounds": "不服", "by": "elder"}
    on = date(2026, 2, 19)
    assert review.dispute(assessment=in_time, policy=limited, at=at(on), on=on, **given).state == "disputed"
    on = date(2026, 2, 20)
    refused("disputed_too_late", review.dispute, assessment=late, policy=limited, at=at(on), on=on, **given)
    on = date(2027, 2, 20)
    assert review.dispute(assessment=unset, policy=None, at=at(on), on=on, **given).state == "disputed"


def test_a_withdrawn_dispute_lets_the_result_stand():
    first = world.disputed(world.elder())
    assert review.uphold(assessment=first, because="撤回异议", at=at(ON), by="elder").state == "effective"


def test_a_dispute_under_review_is_not_dropped():
    first = world.disputed(world.elder())
    request.reassess(disputed=first, body=world.body(), where="home", at=at(ON), on=ON, by="elder")
    refused("review_under_way", review.uphold, assessment=first, because="撤回", at=at(ON), by="elder")


def test_a_void_result_never_counts_and_the_one_before_it_does_again():
    elder = world.elder()
    first = world.effective(elder, on=ON)
    second = world.effective(elder, on=LATER, scores=world.SEVERE)
    gone = review.void(assessment=second, because="冒名顶替", at=at(LATER), by="clerk")
    first.refresh_from_db()
    assert (gone.state, gone.note) == ("void", "冒名顶替")
    assert (first.state, first.counts_until, first.replaced_by) == ("effective", None, None)
    assert level(elder, LATER) == 2


def test_a_void_review_leaves_the_dispute_open():
    first = world.disputed(world.elder())
    again = reviewed_again(first)
    review.void(assessment=again, because="评估师不具资格", at=at(LATER), by="clerk")
    first.refresh_from_db()
    assert first.state == "disputed"


def test_what_was_never_accepted_is_voided_quietly():
    asked = world.requested(world.elder())
    assert review.void(assessment=asked, because="重复申请", at=at(ON), by="clerk").state == "void"


@pytest.mark.parametrize("verb", ["send_back", "void", "uphold"])
def test_reasons_must_be_given(verb):
    found = world.submitted(world.elder())
    with pytest.raises(Refusal) as caught:
        getattr(review, verb)(assessment=found, because=" ", at=at(ON), by="clerk")
    assert caught.value.code == "input.missing"


def test_wrong_states_are_refused():
    asked, stands = world.requested(world.elder()), world.effective(world.elder())
    refused("wrong_state", review.accept, assessment=asked, policy=None, at=at(ON), on=ON, by="clerk")
    refused("wrong_state", review.dispute, assessment=asked, grounds="x", policy=None, at=at(ON), on=ON, by="e")
    refused("wrong_state", review.uphold, assessment=stands, because="x", at=at(ON), by="e")


def test_the_database_keeps_one_standing_result_and_one_open_assessment():
    elder = world.elder()
    stands = world.effective(elder)
    world.requested(elder)
    for state in ("effective", "requested"):
        stands.pk, stands.no, stands.state = None, f"X-{state}", state
        with pytest.raises(IntegrityError), transaction.atomic():
            Assessment.rows.create(
                county=elder.county,
                no=f"X-{state}",
                person=elder,
                origin="assessed",
                state=state,
                standard="gbt-42195-2022",
                assessed_on=ON,
                final_level=2,
                requested_at=at(ON),
                requested_by="x",
            )


DEATHS = {
    "requested": (world.requested, "void"),
    "assigned": (world.assigned, "assigned"),
    "submitted": (world.submitted, "submitted"),
    "effective": (world.effective, "effective"),
    "disputed": (world.disputed, "effective"),
}


@pytest.mark.parametrize("known_on", [date(2026, 2, 12), date(2026, 5, 12)], ids=["at_once", "three_months_late"])
@pytest.mark.parametrize("state", DEATHS)
def test_death_in_every_state(state, known_on):
    reach, expected = DEATHS[state]
    elder = world.elder()
    found = reach(elder)
    elder.died_on = date(2026, 2, 11)
    elder.save()
    for _ in range(2):
        review.follow_death(county=elder.county, person_id=elder.id, at=at(known_on), by="clerk")
    found.refresh_from_db()
    assert found.state == expected


@pytest.mark.parametrize("state", ["replaced", "void", "kept"])
def test_death_changes_nothing_of_what_is_over(state):
    elder = world.elder()
    over = world.effective(elder)
    over.state = state
    over.save()
    assert review.follow_death(county=elder.county, person_id=elder.id, at=at(LATER), by="clerk") == []
    over.refresh_from_db()
    assert over.state == state


def test_work_done_before_the_death_is_still_taken_over():
    elder = world.elder()
    found = world.submitted(elder, on=ON)
    elder.died_on = date(2026, 2, 11)
    elder.save()
    accepted = review.accept(assessment=found, policy=None, at=at(LATER), on=LATER, by="clerk")
    assert accepted.state == "effective"


def test_a_dispute_that_others_have_begun_to_look_at_goes_on_after_death():
    elder = world.elder()
    first = world.disputed(elder, on=ON)
    again = request.reassess(disputed=first, body=world.body(), where="home", at=at(ON), on=ON, by="elder")
    one, two = world.assessor(again.body), world.assessor(again.body)
    request.assign(assessment=again, first=one, second=two, serving=(), at=at(ON), on=ON, by="manager")
    elder.died_on = date(2026, 2, 11)
    elder.save()
    assert review.follow_death(county=elder.county, person_id=elder.id, at=at(LATER), by="clerk") == []
