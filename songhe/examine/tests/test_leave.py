"""A provider leaves by the decision of two people, and not before everybody whom it serves has a new place."""

from datetime import date

import pytest

from songhe.aid.models import Fitting
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.examine.hand_over import Destinations, held, place, placements, unplaced
from songhe.examine.leave import approve, decline, finish, propose
from songhe.examine.models import Caution, Exit
from songhe.examine.tests import world
from songhe.examine.tests.world import provider
from songhe.kernel.refusal import Refusal
from songhe.meal.models import Booking, Point
from songhe.meal.tests import world as meals
from songhe.outreach import need as needs
from songhe.outreach.tests import world as outreach
from songhe.provider.models import Item, Listing, Partner, Price
from songhe.provider.suspend import is_suspended
from songhe.service.models import Stay

pytestmark = pytest.mark.django_db

DAY, LAST = date(2026, 3, 8), date(2026, 5, 31)
NOW = {"at": at(DAY), "on": DAY}


def resident(home):
    person = elder()
    return Stay.objects.create(
        county=COUNTY, person=person, provider=home, admitted_on=date(2026, 1, 1), recorded_by="m", recorded_at=at(DAY)
    )


def proposed(home, **differently):
    told = {"because": "考核不合格", "since": DAY, "residents_until": LAST, "by": "clerk"}
    return propose(county=COUNTY, provider=home, **NOW, **{**told, **differently})


def leaving(home):
    return approve(leaving=proposed(home), **NOW, by="head")


def moved(row, what, to=None, *, by_elder=True, chosen="就去那家"):
    return place(leaving=row, what=what, chosen=chosen, by_elder=by_elder, to=to, **NOW, by="clerk")


def refused(code, do):
    with pytest.raises(Refusal) as refusal:
        do()
    assert refusal.value.code == code


def test_one_proposes_and_another_decides():
    home = provider()
    row = proposed(home)
    assert not is_suspended(home, COUNTY, DAY)
    refused("examine.same_person", lambda: approve(leaving=row, **NOW, by="clerk"))
    approve(leaving=row, **NOW, by="head")
    assert is_suspended(home, COUNTY, DAY)
    assert not is_suspended(home, COUNTY, LAST, resident=True)
    refused("examine.wrong_state", lambda: decline(leaving=row, because="改好了", at=at(DAY), by="head"))


def test_what_is_declined_says_why_and_leaves_room_for_another():
    home = provider()
    row = proposed(home)
    refused("examine.exit_open", lambda: proposed(home))
    refused("examine.reason_missing", lambda: decline(leaving=row, because=" ", at=at(DAY), by="head"))
    decline(leaving=row, because="改好了", at=at(DAY), by="head")
    assert not is_suspended(home, COUNTY, DAY)
    assert proposed(home).state == "proposed"


def test_an_exit_has_a_reason_a_day_to_come_and_a_warning_of_its_own():
    home = provider()
    refused("examine.reason_missing", lambda: proposed(home, because=" "))
    refused("examine.exit_in_the_past", lambda: proposed(home, since=date(2026, 3, 1)))
    refused("period.ends_before_it_begins", lambda: proposed(home, residents_until=date(2026, 3, 1)))
    other = Caution(county=COUNTY, provider=provider())
    refused("examine.other_provider", lambda: proposed(home, caution=other))
    assert not Exit.objects.exists()


def test_nobody_is_stranded():
    home, other = provider(), provider()
    stay = resident(home)
    loan = aids.lent(aids.provider(of=home))
    aids.piece(aids.provider(of=other))
    row = leaving(home)
    assert [one.key for one in held(county=COUNTY, provider=home, on=DAY)] == [("stay", stay.id), ("loan", loan.id)]
    refused("examine.unplaced", lambda: finish(leaving=row, **NOW, by="head"))
    for what in unplaced(leaving=row, on=DAY):
        assert Destinations(row, DAY).of(what)[0].provider == other
        moved(row, what, other)
        refused("examine.not_served", lambda what=what: moved(row, what, other))
    refused("examine.same_person", lambda: finish(leaving=row, **NOW, by="clerk"))
    partner = Partner.objects.create(
        provider=home,
        county=COUNTY,
        helps=["goods"],
        valid_from=date(2026, 1, 1),
        state="admitted",
        proposed_by="a",
        proposed_at=at(DAY),
        decided_by="b",
        decided_at=at(DAY),
    )
    point = meals.point(of=home)
    assert finish(leaving=row, **NOW, by="head").state == "finished"
    assert Listing.objects.get(provider=home).valid_to == LAST
    assert Partner.objects.get(pk=partner.pk).last_day == LAST
    assert Point.objects.get(pk=point.pk).last_day == LAST
    refused("examine.wrong_state", lambda: finish(leaving=row, **NOW, by="head"))


def test_a_meal_is_booked_elsewhere_for_the_same_day():
    here, there = meals.point(), meals.point()
    menu, other = meals.menu(here), meals.menu(there)
    booking = meals.booked(menu, at=at(DAY), on=DAY)
    row = leaving(here.provider)
    (what,) = unplaced(leaving=row, on=DAY)
    refused("examine.not_there", lambda: moved(row, what, provider()))
    made = moved(row, what, there.provider, by_elder=False, chosen="同意去近的那家")
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELLED
    new = Booking.objects.get(id=made.became)
    assert (new.menu_id, new.person_id, new.state) == (other.id, booking.person_id, "booked")
    assert unplaced(leaving=row, on=DAY) == []
    assert [one.chosen for one in placements(row)] == ["同意去近的那家"]


def test_without_a_new_place_it_is_the_elders_own_wish():
    here = meals.point()
    meals.booked(meals.menu(here), at=at(DAY), on=DAY)
    row = leaving(here.provider)
    (what,) = unplaced(leaving=row, on=DAY)
    refused("examine.nowhere", lambda: moved(row, what, by_elder=False))
    refused("examine.reason_missing", lambda: moved(row, what, chosen=" "))
    moved(row, what, chosen="那天女儿接我回家吃")
    assert not Booking.objects.exclude(state="cancelled").exists()


def test_what_was_ordered_goes_to_another_who_sells_it_even_where_the_first_said_yes():
    bath = outreach.item()
    here, there = outreach.seller(bath), outreach.seller(bath)
    need = needs.order(need=outreach.heard(), provider=here, item=bath, at=at(DAY), on=DAY, by="clerk")
    needs.accept(need=need, answer="周四来", at=at(DAY), on=DAY, by="m")
    row = leaving(here)
    (what,) = unplaced(leaving=row, on=DAY)
    moved(row, what, there)
    need.refresh_from_db()
    assert (need.state, need.provider_id) == ("ordered", there.pk)


def test_a_fitting_begins_anew_at_another():
    here, there = aids.provider(), aids.provider()
    aids.piece(there)
    aids.asked(here)
    row = leaving(here)
    (what,) = unplaced(leaving=row, on=DAY)
    made = moved(row, what, there)
    assert Fitting.objects.get(id=made.became).provider == there


def test_nobody_goes_to_who_leaves_or_is_suspended():
    home, shut = provider(), provider()
    resident(home)
    row = leaving(home)
    leaving(shut)
    (what,) = unplaced(leaving=row, on=DAY)
    refused("examine.not_there", lambda: moved(row, what, home))
    refused("examine.not_there", lambda: moved(row, what, shut))


def test_what_another_provider_has_is_not_handed_over():
    row = leaving(provider())
    (what,) = held(county=COUNTY, provider=resident(provider()).provider, on=DAY)
    refused("examine.not_served", lambda: moved(row, what))


def test_the_better_of_those_who_can_is_proposed():
    bath = Item.objects.get(pk=Price.objects.filter(provider=world.provider()).first().item_id)
    home = world.provider()
    need = outreach.heard()
    type(bath).objects.filter(pk=bath.pk).update(help=need.help)
    bath.refresh_from_db()
    good, bad = world.provider(), world.provider()
    for who, failed in ((good, 0), (bad, 20)):
        world.visits(who, passed=30, failed=failed)
        world.handed_in(who, good=30)
    world.published()
    needs.order(need=need, provider=home, item=bath, at=at(DAY), on=DAY, by="clerk")
    row = leaving(home)
    (what,) = unplaced(leaving=row, on=DAY)
    offers = [one.provider for one in Destinations(row, DAY).of(what)]
    assert offers[0] == good
    assert offers[-1] == bad


def test_before_its_day_somebody_new_may_come_and_nothing_is_finished():
    later = date(2026, 4, 1)
    row = approve(leaving=proposed(provider(), since=later), **NOW, by="head")
    refused("examine.exit_not_begun", lambda: finish(leaving=row, **NOW, by="head"))
    assert finish(leaving=row, at=at(later), on=later, by="head").state == "finished"
