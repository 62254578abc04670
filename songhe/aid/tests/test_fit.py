"""A fitting goes from a wish to an aid that was tried and chosen."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.aid import fit
from songhe.aid.models import Fitting
from songhe.aid.tests import world
from songhe.aid.tests.world import FIRST, TENTH, at
from songhe.person.models import Person
from songhe.provider.models import Suspension
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db
WHEN = {"at": at(TENTH), "on": TENTH}


@pytest.fixture
def shop():
    return world.provider()


def test_a_wish_becomes_an_aid_that_was_tried_and_chosen(shop):
    row = world.accepted(shop)
    assert (row.state, row.size, row.fitter, row.decided_by) == ("accepted", "标准", "fitter", "daughter")
    assert row.home == "门口加一块坡道板"


def test_one_asks_once_at_a_time_and_says_what_for(shop):
    row = world.asked(shop)
    given = {"county": row.county, "provider": shop, "by": "daughter", **WHEN}
    refused("aid.asked_already", fit.ask, person_id=row.person_id, wish="还要", **given)
    refused("aid.wish_missing", fit.ask, person_id=row.person_id, wish=" ", **given)
    refused("aid.unknown_person", fit.ask, person_id=row.id, wish="要", **given)
    gone = world.elder()
    Person.rows.filter(id=gone.id).update(closed_on=FIRST)
    refused("aid.file_closed", fit.ask, person_id=gone.id, wish="要", **given)
    dead = world.elder()
    world.dies(dead, date(2026, 3, 2))
    refused("person.after_death", fit.ask, person_id=dead.id, wish="要", **given)
    Suspension.objects.create(provider=shop, county=row.county, since=FIRST, because="整改", by="head", at=at(FIRST))
    refused("aid.provider_suspended", fit.ask, person_id=world.elder().id, wish="要", **given)


def test_a_fitter_says_why_and_takes_a_size_that_there_is(shop):
    row = world.asked(shop)
    given = {"fitting": row, "by": "fitter", **WHEN}
    refused("aid.need_missing", fit.assess, advice=fit.Advice(world.aid(), " ", size="标准"), **given)
    refused("aid.no_such_size", fit.assess, advice=fit.Advice(world.aid(), "走不远", size="特大"), **given)
    fit.assess(advice=fit.Advice(world.aid(), "走不远", size="宽"), **given)
    refused("aid.wrong_state", fit.assess, advice=fit.Advice(world.aid(), "走不远", size="宽"), **given)
    row.id = row.person_id
    refused("aid.unknown_fitting", fit.assess, advice=fit.Advice(world.aid(), "走不远", size="宽"), **given)


def test_it_is_tried_before_it_is_chosen_and_not_by_who_fitted_it(shop):
    row = world.assessed(shop)
    refused("aid.wrong_state", fit.accept, fitting=row, by="daughter", **WHEN)
    refused("aid.trial_missing", fit.try_out, fitting=row, trial="", by="fitter", **WHEN)
    fit.try_out(fitting=row, trial="坐得稳", by="fitter", **WHEN)
    refused("aid.fitter_decides", fit.accept, fitting=row, by="fitter", **WHEN)
    fit.accept(fitting=row, by="daughter", **WHEN)


def test_it_may_be_declined_until_it_is_handed_over(shop):
    row = world.accepted(shop)
    refused("aid.say_why", fit.decline, fitting=row, because="", by="daughter", **WHEN)
    assert fit.decline(fitting=row, because="住院了", by="daughter", **WHEN).state == Fitting.State.DECLINED
    lent = world.lent(shop)
    refused("aid.wrong_state", fit.decline, fitting=lent.fitting, because="不要了", by="daughter", **WHEN)


def test_nothing_is_fitted_to_the_dead(shop):
    person = world.elder()
    row = world.assessed(shop, person)
    world.dies(person, date(2026, 3, 5))
    refused("person.after_death", fit.try_out, fitting=row, trial="x", by="fitter", **WHEN)
