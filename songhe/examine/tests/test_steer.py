"""A score steers only where the elder chose nobody, and hides no provider."""

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.examine.steer import suggest
from songhe.examine.tests.world import APRIL_5, handed_in, provider, published, visits
from songhe.provider.models import Provider
from songhe.provider.suspend import suspend
from songhe.redemption.tests.world import item

pytestmark = pytest.mark.django_db


def examined(*, passed, failed=0):
    made = provider()
    visits(made, passed=passed, failed=failed)
    handed_in(made, good=30)
    return made


def offered(person, *, on=APRIL_5, chosen=None):
    return [
        one.provider for one in suggest(county=COUNTY, item=item("bath"), person_id=person.id, on=on, chosen=chosen)
    ]


def test_the_better_is_offered_first_and_nobody_is_left_out():
    bad, good, middling = examined(passed=20, failed=20), examined(passed=40), examined(passed=36, failed=4)
    published()
    assert offered(elder()) == [good, middling, bad]
    newcomer = provider()
    assert set(offered(elder())) == {good, middling, bad, newcomer}


def test_what_the_elder_chose_stands_whatever_its_score():
    bad, good, middling = examined(passed=20, failed=20), examined(passed=40), examined(passed=36, failed=4)
    published()
    assert offered(elder(), chosen=bad.pk) == [bad, good, middling]


def test_of_equals_the_nearer_comes_first():
    far, near = provider(), provider()
    Provider.objects.filter(pk=far.pk).update(longitude=122.9, latitude=36.3)
    Provider.objects.filter(pk=near.pk).update(longitude=122.81, latitude=36.2)
    assert offered(elder(longitude=122.8, latitude=36.2)) == [near, far]


def test_of_equals_at_no_distance_everybody_has_a_turn():
    for _ in range(3):
        provider()
    person = elder()
    first = {offered(person, on=APRIL_5 + timedelta(days=day))[0].pk for day in range(30)}
    assert len(first) == 3


def test_who_is_suspended_may_not_serve():
    one, other = provider(), provider()
    suspend(provider=one, county=COUNTY, since=APRIL_5, because="检查", at=at(APRIL_5), by="head")
    assert offered(elder()) == [other]
