"""A score steers only where the elder chose nobody, and hides no provider."""

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.examine.models import Offered
from songhe.examine.steer import canteens, direct, steering_of, suggest
from songhe.examine.tests.world import APRIL_5, handed_in, provider, published, visits
from songhe.kernel.refusal import Refusal
from songhe.meal.tests import world as meals
from songhe.outreach.tests import world as outreach
from songhe.provider.models import Item, Listing, Provider
from songhe.provider.suspend import suspend
from songhe.redemption.tests.world import item
from songhe.trail.models import Entry

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


def needed(bath):
    need = outreach.heard()
    Item.objects.filter(pk=bath.pk).update(help=need.help)
    return need


def ordered(need, to, *, by_elder=False, because=""):
    when = {"at": at(APRIL_5), "on": APRIL_5, "by": "clerk"}
    return direct(need=need, provider=to, item=item("bath"), by_elder=by_elder, because=because, **when)


def test_where_nobody_is_named_the_first_has_the_order_and_it_is_kept_why():
    bad, good, middling = examined(passed=20, failed=20), examined(passed=40), examined(passed=36, failed=4)
    made = published()
    row = ordered(needed(item("bath")), good)
    assert (row.way, row.examination_id) == ("first", made.id)
    told = Offered.objects.filter(steering=row).order_by("place").values_list("provider_id", "place")
    assert list(told) == [(good.pk, 1), (middling.pk, 2), (bad.pk, 3)]
    assert Entry.objects.get(act="examine.direct").detail["way"] == "first"
    assert steering_of(row.need) == row


def test_whoever_takes_another_than_the_first_says_why():
    bad, *_better = examined(passed=20, failed=20), examined(passed=40), examined(passed=40)
    published()
    need = needed(item("bath"))
    with pytest.raises(Refusal) as refusal:
        ordered(need, bad)
    assert refusal.value.code == "examine.not_first"
    need.refresh_from_db()
    assert need.state == "heard"
    row = ordered(need, bad, because="只有这家会说方言")
    assert (row.way, row.because) == ("other", "只有这家会说方言")


def test_whom_the_elder_named_has_the_order_whatever_its_score():
    bad, *_better = examined(passed=20, failed=20), examined(passed=40), examined(passed=40)
    published()
    assert ordered(needed(item("bath")), bad, by_elder=True).way == "elder"


def test_who_takes_no_voucher_and_no_card_comes_after_who_does():
    examined(passed=20, failed=20)
    stranger = examined(passed=40)
    published()
    Listing.objects.filter(provider=stranger).delete()
    assert offered(elder())[-1] == stranger


def test_meals_of_a_point_that_closes_are_proposed_the_better_and_nearer_point():
    bad, good, middling = examined(passed=20, failed=20), examined(passed=40), examined(passed=36, failed=4)
    published()
    points = [meals.point(of=one) for one in (bad, good, middling)]
    shut = meals.point(of=provider())
    suspend(provider=shut.provider, county=COUNTY, since=APRIL_5, because="检查", at=at(APRIL_5), by="head")
    offers = canteens(closing=meals.point(), others=[*points, shut], on=APRIL_5)
    assert [one.provider for one, _offer in offers] == [good, middling, bad]
