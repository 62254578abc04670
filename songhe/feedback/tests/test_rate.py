"""Who had the service says how it was, once a bill, until the bill is gathered."""

from datetime import date

import pytest

from songhe.access import login
from songhe.assessment.tests.world import COUNTY, at, mandate
from songhe.feedback.models import Rating
from songhe.feedback.queries import LEAST_RATINGS, ratings_of, scores
from songhe.feedback.rate import rate
from songhe.grant.tests import world as vouchers
from songhe.grant.tests.world import TENTH
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill, Verdict
from songhe.redemption.tests import world
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def bill():
    grant = vouchers.voucher()
    server = world.provider()
    world.visit_of(grant, server)
    world.pay(grant, server, world.bath())
    return Bill.objects.get(county=COUNTY, person_id=grant.person_id)


def own_login(bill, username="elder"):
    made = login.open_account(username=username, display_name="本人", password=None, at=at(TENTH), practice=True)
    login.appoint(
        account=made,
        role="citizen",
        place=COUNTY,
        valid_from=date(2026, 1, 1),
        person_id=bill.person_id,
        by=None,
        at=at(TENTH),
    )
    return username


def stars(bill, number, *, by="elder", words="", on=TENTH):
    return rate(county=bill.county, bill_id=bill.id, stars=number, words=words, by=by, at=at(on), on=on)


def refused(code, bill, number=5, **more):
    with pytest.raises(Refusal) as refusal:
        stars(bill, number, **more)
    assert refusal.value.code == code


def test_the_elder_rates_the_bill_and_the_trail_says_so(bill):
    rated = stars(bill, 4, by=own_login(bill), words=" 师傅很细心 ")
    assert (rated.stars, rated.words, rated.provider_id) == (4, "师傅很细心", bill.provider_id)
    assert ratings_of(county=COUNTY, bill_ids=[bill.id]) == {bill.id: rated}
    noted = Entry.objects.get(county=COUNTY, act="feedback.rate")
    assert noted.detail == {"stars": 4}


def test_a_second_thought_takes_the_place_of_the_first(bill):
    own_login(bill)
    stars(bill, 2)
    again = stars(bill, 5, words="后来补做了")
    assert Rating.rows.filter(county=COUNTY).count() == 1
    assert (again.stars, again.changed_at) == (5, at(TENTH))


def test_a_proxy_who_may_confirm_rates_and_another_does_not(bill):
    daughter = mandate(bill.person, acts=["confirm"])
    neighbour = mandate(bill.person, acts=["apply"])
    assert stars(bill, 5, by=daughter.account).by == daughter.account
    refused("feedback.not_yours", bill, by=neighbour.account)


def test_the_staff_of_the_provider_never_rate(bill):
    carer = mandate(bill.person, acts=["confirm"], relation="provider_staff", provider_id=bill.provider_id)
    refused("feedback.not_yours", bill, by=carer.account)
    refused("feedback.not_yours", bill, by="somebody")


def test_a_rating_no_longer_changes_once_the_bill_is_in_a_statement(bill):
    own_login(bill)
    stars(bill, 3)
    Verdict.objects.filter(county=COUNTY, line__bill=bill).update(settled=True)
    refused("feedback.statement_gathered", bill)


def test_a_bill_that_was_undone_is_not_rated(bill):
    own_login(bill)
    Bill.objects.filter(county=COUNTY, id=bill.id).update(state=Bill.State.REVERSED)
    refused("feedback.bill_not_booked", bill)


@pytest.mark.parametrize("number", [0, 6, -1])
def test_there_are_one_to_five_stars(bill, number):
    refused("feedback.stars_out_of_range", bill, number, by=own_login(bill))


def test_words_have_an_end(bill):
    refused("feedback.too_long", bill, by=own_login(bill), words="好" * 301)


def test_a_bill_of_another_county_is_not_there(bill):
    with pytest.raises(Refusal) as refusal:
        rate(county="370703", bill_id=bill.id, stars=5, words="", by=own_login(bill), at=at(TENTH), on=TENTH)
    assert refusal.value.code == "feedback.no_such_bill"


def test_an_average_is_told_only_of_enough_ratings(bill):
    def more(count):
        Rating.rows.all().delete()
        for _ in range(count):
            copy = Bill.objects.get(county=COUNTY, id=bill.id)
            copy._state.adding, copy.pk, copy.no = True, new_id(), str(new_id())[:24]
            copy.save()
            Rating.rows.create(
                county=COUNTY,
                bill=copy,
                provider_id=bill.provider_id,
                person_id=bill.person_id,
                stars=4,
                by="elder",
                at=at(TENTH),
            )

    from songhe.county.key import new_id

    more(LEAST_RATINGS - 1)
    assert scores(county=COUNTY, provider_ids=[bill.provider_id])[bill.provider_id].tenths is None
    more(LEAST_RATINGS)
    found = scores(county=COUNTY, provider_ids=[bill.provider_id])[bill.provider_id]
    assert (found.count, found.tenths) == (LEAST_RATINGS, 40)
