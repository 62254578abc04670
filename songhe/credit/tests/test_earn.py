"""Produce and work count once two people saw them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.credit import earn
from songhe.credit.models import Deed, Holder
from songhe.credit.spend import held
from songhe.credit.tests import world
from songhe.ledger.models import Transfer
from songhe.person.models import Event
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme():
    made = world.scheme()
    world.rate(made)
    return made


def units_of(person, on=world.TENTH):
    return [one.units for one in held(county=COUNTY, person_id=person.id, on=on)]


def test_produce_counts_once_a_witness_saw_it(scheme):
    person = elder()
    deed = world.weighed(scheme, person)
    assert units_of(person) == []
    deed = world.seen(deed)
    assert (deed.state, deed.units, deed.witness) == ("credited", 4_500, "witness")
    assert units_of(person) == [4_500]
    assert Transfer.objects.get(id=deed.transfer).about == deed.id
    told, credited = Entry.objects.filter(subject="deed").order_by("id")
    assert (told.act, told.actor, told.behalf_of) == ("credit.weigh", "weigher", person.id)
    assert (credited.act, credited.actor, credited.detail["units"]) == ("credit.witness", "witness", 4_500)


def test_who_weighs_is_not_the_witness(scheme):
    deed = world.weighed(scheme)
    refused("credit.same_person", world.seen, deed, by="weigher")
    refused("credit.same_person", earn.decline, deed=deed, because="没看见", at=at(world.TENTH), by="weigher")
    with pytest.raises(IntegrityError), transaction.atomic():
        Deed.objects.filter(county=COUNTY, id=deed.id).update(witness="weigher")


def test_what_nobody_saw_counts_for_nothing(scheme):
    person = elder()
    deed = world.weighed(scheme, person)
    refused("credit.say_why", earn.decline, deed=deed, because=" ", at=at(world.TENTH), by="witness")
    earn.decline(deed=deed, because="没有称", at=at(world.TENTH), by="witness")
    refused("credit.wrong_state", world.seen, deed)
    assert units_of(person) == []
    assert Entry.objects.get(act="credit.decline").reason == "没有称"


def test_a_mistake_is_taken_back_while_the_credits_are_there(scheme):
    person = elder()
    deed = world.seen(world.weighed(scheme, person))
    refused("credit.say_why", earn.undo, deed=deed, because="", at=at(world.TENTH), on=world.TENTH, by="head")
    undone = earn.undo(deed=deed, because="称错", at=at(world.TENTH), on=world.TENTH, by="head")
    assert undone.state == "undone"
    assert Transfer.objects.get(id=undone.undone).reverses == deed.transfer
    assert units_of(person) == []
    refused("credit.wrong_state", earn.undo, deed=deed, because="称错", at=at(world.TENTH), on=world.TENTH, by="head")


def test_work_earns_tickets_and_a_helper_charity_credits():
    scheme = world.scheme(unit="ticket")
    world.cleaning(scheme)
    person = elder()
    world.seen(world.worked(scheme, person))
    assert units_of(person) == [1]
    charity = world.scheme(helps=["meals", "goods"])
    world.cleaning(charity, measure="minute", units=500, per=60, helpers_only=True)
    refused("credit.not_a_helper", world.worked, charity, person, 120)
    helper = world.volunteer()
    world.seen(world.worked(charity, helper, 150))
    assert units_of(helper) == [1_250]


def test_no_more_is_given_than_the_ceiling():
    scheme = world.scheme(ceiling=5_000)
    world.rate(scheme)
    world.seen(world.weighed(scheme))
    late = world.weighed(scheme)
    refused("credit.ceiling", world.seen, late)
    late.refresh_from_db()
    assert late.state == "told"


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"grams": 0}, "input.too_small"),
        ({"grams": 1}, "credit.too_little"),
        ({"rate": "gold"}, "credit.unknown_rate"),
        ({"rate": "clean"}, "credit.not_weighed"),
        ({"done_on": world.TENTH + timedelta(days=1)}, "credit.in_the_future"),
        ({"done_on": world.FIRST - timedelta(days=1)}, "credit.scheme_ended"),
    ],
)
def test_a_weighing_that_cannot_be_is_refused(scheme, differently, code):
    world.cleaning(scheme)
    refused(code, world.weighed, scheme, **differently)
    assert not Deed.objects.exists()
    assert not Holder.objects.exists()


def test_people_who_are_not_there_bring_nothing(scheme):
    refused("credit.not_work", world.worked, scheme, rate="greens")
    refused(
        "credit.unknown_person",
        earn.weigh,
        scheme=scheme,
        person_id=new_id(),
        rate="greens",
        grams=500,
        done_on=world.TENTH,
        at=at(world.TENTH),
        on=world.TENTH,
        by="weigher",
    )
    village = world.scheme(place=f"{COUNTY}002001")
    world.rate(village)
    refused("credit.other_place", world.weighed, village)
    gone = elder()
    Event.objects.create(
        county=COUNTY,
        person=gone,
        kind="death",
        happened_on=world.FIRST,
        reported_by="village",
        reported_at=at(world.FIRST),
        source="村委会",
    )
    refused("person.after_death", world.weighed, scheme, gone)
    deed = world.weighed(scheme)
    deed.id = new_id()
    refused("credit.unknown_deed", world.seen, deed)
