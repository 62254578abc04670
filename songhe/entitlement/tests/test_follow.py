from datetime import date

import pytest

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement import end, follow, suspend
from songhe.entitlement.models import Application, Ending, Entitlement
from songhe.entitlement.tests import story
from songhe.entitlement.tests.test_apply import refused
from songhe.person import event as person_event
from songhe.place.division import children, load_sample_county

DIED = date(2026, 3, 12)
KNOWN = {"at_once": date(2026, 3, 12), "three_months_late": date(2026, 6, 12)}
pytestmark = pytest.mark.django_db


def report(person, *, on, kind="death", happened_on=DIED, **fields):
    return person_event.report(
        person=person, kind=kind, happened_on=happened_on, source="村委会", on=on, at=at(on), by="village", **fields
    )


def verify(event, *, on):
    return follow.verify(event=event, on=on, at=at(on), by="clerk")


def suspended(person):
    return suspend.suspend(entitlement=story.approved(person), because="核查", at=at(story.ON), by="clerk")


#: How a story comes to each state, and where the elder's death leaves the application.
APPLICATIONS = {
    "draft": (story.draft, "lapsed"),
    "submitted": (story.submitted, "lapsed"),
    "clarifying": (story.clarifying, "lapsed"),
    "assessing": (story.assessing, "lapsed"),
    "determined": (story.determined, "lapsed"),
    "reviewed": (story.reviewed, "lapsed"),
    "published": (story.published, "lapsed"),
    "refused": (story.refused, "refused"),
    "withdrawn": (lambda person: ended(person, "withdrawn"), "withdrawn"),
    "lapsed": (lambda person: ended(person, "lapsed"), "lapsed"),
    "approved": (lambda person: story.approved(person).application, "approved"),
}


def ended(person, state):
    application = story.draft(person)
    application.state = state
    application.save()
    return application


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("state", Application.State.values)
def test_death_in_every_state_of_an_application(state, known, local_rules):
    if state == "published":
        local_rules(publication_days=3)
    reach, expected = APPLICATIONS[state]
    application = reach(world.elder())
    on = KNOWN[known]
    event = report(application.person, on=on)
    application.refresh_from_db()
    assert application.state == state, "a reported death holds no application"
    made = verify(event, on=on)
    application.refresh_from_db()
    assert application.state == expected
    assert len(made) == (1 if state == "approved" else 0)


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("state", Entitlement.State.values)
def test_death_in_every_state_of_a_right(state, known):
    on = KNOWN[known]
    elder = world.elder()
    right = suspended(elder) if state == "suspended" else story.approved(elder)
    if state == "stopped":
        wish = end.report(
            entitlement=right, because="wish", happened_on=story.ON, at=at(story.ON), on=story.ON, by="elder"
        )
        end.verify(ending=wish, at=at(story.ON), on=story.ON, by="clerk")
    event = report(elder, on=on)
    right.refresh_from_db()
    assert right.state == state, "a reported death stops nothing"
    verify(event, on=on)
    right.refresh_from_db()
    assert right.state == "stopped"
    if state == "stopped":
        assert (right.stopped_because, right.last_month) == ("wish", "2026-03")
    else:
        assert (right.stopped_because, right.last_month) == ("death", str(on)[:7])


def test_a_second_time_nothing_happens():
    elder = world.elder()
    story.approved(elder)
    event = report(elder, on=DIED)
    assert len(verify(event, on=DIED)) == 1
    assert follow.follow(event=event, at=at(DIED), by="clerk") == []
    assert follow.catch_up(county=world.COUNTY, at=at(DIED), by="run:month") == []
    assert Ending.objects.count() == 1


def test_the_two_people_of_the_ending_are_those_of_the_event():
    elder = world.elder()
    right = story.approved(elder)
    end.report(entitlement=right, because="death", happened_on=DIED, at=at(DIED), on=DIED, by="clerk")
    (made,) = verify(report(elder, on=DIED), on=DIED)
    assert (made.reported_by, made.verified_by, made.event.kind) == ("village", "clerk", "death")


def test_what_is_only_reported_is_not_carried_on():
    elder = world.elder()
    story.approved(elder)
    event = report(elder, on=DIED, kind="recovery")
    refused("event_not_verified", follow.follow, event=event, at=at(DIED), by="clerk")
    assert follow.catch_up(county=world.COUNTY, at=at(DIED), by="run:month") == []


@pytest.mark.parametrize("kind", ["recovery", "wish", "excluded"])
def test_other_events_end_the_right_from_the_next_month(kind):
    elder = world.elder()
    right = story.approved(elder)
    detail = {"status": "tekun"} if kind == "excluded" else None
    event = report(elder, on=date(2026, 4, 28), kind=kind, detail=detail)
    verify(event, on=date(2026, 5, 4))
    right.refresh_from_db()
    assert (right.state, right.stopped_because, right.last_month) == ("stopped", kind, "2026-05")


def test_what_was_known_before_the_approval_ends_nothing_after_it():
    elder = world.elder()
    event = report(elder, on=date(2026, 2, 1), kind="recovery", happened_on=date(2026, 1, 20))
    person_event.verify(event=event, on=date(2026, 2, 2), at=at(date(2026, 2, 2)), by="clerk")
    right = story.approved(elder)
    assert follow.catch_up(county=world.COUNTY, at=at(date(2026, 4, 1)), by="run:month") == []
    right.refresh_from_db()
    assert right.state == "active"


def test_a_reinstated_right_is_not_ended_by_the_same_event():
    elder = world.elder()
    right = story.approved(elder)
    verify(report(elder, on=DIED, kind="recovery"), on=DIED)
    end.reinstate(entitlement=right, because="误报", at=at(DIED), by="approver")
    assert follow.catch_up(county=world.COUNTY, at=at(date(2026, 4, 1)), by="run:month") == []


def test_events_that_nobody_carried_on_are_caught_up_with_before_the_month():
    elder = world.elder()
    right = story.approved(elder)
    event = report(elder, on=date(2026, 3, 20))
    person_event.verify(event=event, on=date(2026, 3, 30), at=at(date(2026, 3, 30)), by="clerk")
    (made,) = follow.catch_up(county=world.COUNTY, at=at(date(2026, 4, 1)), by="run:month")
    right.refresh_from_db()
    assert (made.last_month, right.state) == ("2026-03", "stopped")


def test_a_move_out_of_the_county_ends_right_and_applications():
    elder, applies = world.elder(), world.elder()
    right, application = story.approved(elder), story.submitted(applies)
    on = date(2026, 4, 10)
    for person in (elder, applies):
        verify(report(person, on=on, kind="move", happened_on=on), on=on)
    right.refresh_from_db()
    application.refresh_from_db()
    assert (right.state, right.stopped_because, right.last_month) == ("stopped", "move", "2026-04")
    assert application.state == "lapsed"


def test_a_move_inside_the_county_ends_nothing():
    load_sample_county()
    on = date(2026, 4, 10)
    town, *_ = children(world.COUNTY, on)
    first, second, *_ = children(town.code, on)
    elder = world.elder(place=first.code)
    right = story.approved(elder)
    event = report(elder, on=on, kind="move", happened_on=on, detail={"to_place": second.code})
    assert verify(event, on=on) == []
    right.refresh_from_db()
    elder.refresh_from_db()
    assert (right.state, elder.place) == ("active", second.code)
