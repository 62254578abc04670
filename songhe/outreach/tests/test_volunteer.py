"""Volunteers' minutes count once another person confirms them; elders who help earn charity credits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.credit.models import Deed
from songhe.credit.spend import held
from songhe.credit.tests import world as credits
from songhe.outreach.models import Stint, Volunteer
from songhe.outreach.tests import world
from songhe.outreach.volunteer import confirm, discharge, disown, minutes_given, volunteers_on
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

TOLD = {"at": at(world.TENTH), "on": world.TENTH, "by": "elder"}


def test_minutes_count_once_another_person_confirmed_them(django_assert_num_queries):
    volunteer = world.enlisted(team=world.formed(kind="volunteer"))
    stint = world.told(volunteer, person_id=elder().id)
    span = {"county": COUNTY, "first": world.FIRST, "last": world.TENTH}
    assert minutes_given(**span) == {}
    refused("outreach.same_person", confirm, stint=stint, **(TOLD | {"by": "leader"}))
    assert confirm(stint=stint, **TOLD).decided_by == "elder"
    with django_assert_num_queries(1):
        assert minutes_given(**span) == {volunteer.id: 90}
    with django_assert_num_queries(1):
        assert [one.team.name for one in volunteers_on(COUNTY, world.TENTH)] == [volunteer.team.name]
    refused("outreach.wrong_state", confirm, stint=stint, **TOLD)
    assert [entry.act for entry in Entry.objects.filter(subject="volunteer").order_by("id")] == [
        "outreach.enlist",
        "outreach.tell",
        "outreach.confirm",
    ]


def test_an_elder_who_helps_earns_charity_credits():
    scheme = credits.scheme(helps=["meals", "goods"])
    credits.cleaning(scheme, measure="minute", units=500, per=60, helpers_only=True)
    helper = credits.volunteer()
    stint = confirm(stint=world.told(world.enlisted(helper)), scheme=scheme, rate="clean", **TOLD)
    assert [one.units for one in held(county=COUNTY, person_id=helper.id, on=world.TENTH)] == [750]
    deed = Deed.objects.get(county=COUNTY, id=stint.deed)
    assert (deed.told_by, deed.witness, deed.quantity) == ("leader", "elder", 90)


def test_who_is_no_helper_of_class_four_earns_none_and_nothing_is_confirmed():
    scheme = credits.scheme()
    credits.cleaning(scheme, measure="minute", units=500, per=60, helpers_only=True)
    stint = world.told(world.enlisted(elder()))
    refused("credit.not_a_helper", confirm, stint=stint, scheme=scheme, rate="clean", **TOLD)
    stint.refresh_from_db()
    assert stint.state == "told"
    assert confirm(stint=world.told(world.enlisted()), scheme=scheme, rate="clean", **TOLD).deed is None


def test_what_was_not_so_counts_for_nothing():
    stint = world.told(world.enlisted())
    refused("outreach.same_person", disown, stint=stint, at=at(world.TENTH), by="leader")
    assert disown(stint=stint, at=at(world.TENTH), by="elder").state == "declined"
    refused("outreach.wrong_state", disown, stint=stint, at=at(world.TENTH), by="elder")
    assert minutes_given(county=COUNTY, first=world.FIRST, last=world.TENTH) == {}
    stint.id = new_id()
    refused("outreach.unknown_stint", confirm, stint=stint, **TOLD)


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"name": " "}, "provider.name_missing"),
        ({"phone": ""}, "outreach.phone_missing"),
        ({"phone": "12"}, "person.phone_invalid"),
        ({"helps": ["gold"]}, "provider.unknown_help"),
        ({"person_id": new_id()}, "outreach.unknown_person"),
    ],
)
def test_a_volunteer_that_cannot_be_is_refused(differently, code):
    refused(code, world.enlisted, **differently)
    assert not Volunteer.objects.exists()


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"help": "gold"}, "provider.unknown_help"),
        ({"minutes": 0}, "input.too_small"),
        ({"minutes": 1_441}, "outreach.too_many_minutes"),
        ({"done_on": world.TENTH + timedelta(days=1)}, "outreach.in_the_future"),
        ({"done_on": world.FIRST - timedelta(days=1)}, "outreach.volunteer_not_in_service"),
        ({"person_id": new_id()}, "outreach.unknown_person"),
    ],
)
def test_a_stint_that_cannot_be_is_refused(differently, code):
    refused(code, world.told, world.enlisted(), **differently)
    assert not Stint.objects.exists()


def test_a_volunteer_is_registered_once_and_leaves_once():
    volunteer = world.enlisted()
    refused("outreach.volunteer_twice", world.enlisted, name=volunteer.name)
    discharge(volunteer=volunteer, last_day=world.TENTH, at=at(world.TENTH), by="clerk")
    late = world.TENTH + timedelta(days=1)
    refused("outreach.volunteer_not_in_service", world.told, volunteer, done_on=late, on=late)
    refused(
        "outreach.volunteer_left",
        discharge,
        volunteer=volunteer,
        last_day=world.TENTH,
        at=at(world.TENTH),
        by="clerk",
    )
