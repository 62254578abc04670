from datetime import date

import pytest

from songhe.assessment import request
from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.document import number
from songhe.kernel.refusal import Refusal
from songhe.person.models import Mandate
from songhe.provider.models import Kind, Suspension
from songhe.trail.models import Entry

ON = date(2026, 2, 9)
pytestmark = pytest.mark.django_db


def ask(person, of, **changes):
    given = {"where": "home", "occasion": "first", "at": at(ON), "on": ON, "by": "elder"} | changes
    return request.request(person=person, body=of, **given)


def name(asked, first, second, serving=(), on=ON):
    return request.assign(assessment=asked, first=first, second=second, serving=serving, at=at(on), on=on, by="manager")


def refused(code, call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    assert caught.value.code == f"assessment.{code}"
    return caught.value


def test_the_elder_picks_a_body_and_the_body_names_two():
    body = world.body()
    asked = ask(world.elder(), body)
    assert (asked.state, asked.standard, asked.body) == ("requested", "gbt-42195-2022", body)
    assert number.check(asked.no) == asked.no
    named = name(asked, world.assessor(body), world.assessor(body))
    assert named.state == "assigned"
    acts = Entry.objects.filter(subject_id=str(asked.id)).order_by("at", "id").values_list("act", flat=True)
    assert set(acts) == {"assessment.request", "assessment.assign"}


def test_the_body_may_name_others_before_the_work():
    body = world.body()
    named = name(ask(world.elder(), body), world.assessor(body), world.assessor(body))
    other = world.assessor(body)
    assert name(named, named.first_assessor, other).second_assessor == other


def test_nobody_is_assessed_twice_at_once():
    elder, body = world.elder(), world.body()
    asked = ask(elder, body)
    assert refused("already_open", ask, elder, body).values["no"] == asked.no


def test_the_dead_and_those_who_moved_are_not_assessed():
    refused("person_died", ask, world.elder(died_on=date(2026, 1, 3)), world.body())
    refused("file_closed", ask, world.elder(closed_on=date(2026, 1, 3)), world.body())


def test_a_body_must_be_entrusted_on_the_day():
    elder = world.elder()
    refused("not_a_body", ask, elder, world.body(kind=Kind.COMMUNITY))
    refused("not_a_body", ask, elder, world.body(listed_to=date(2026, 2, 8)))
    refused("not_a_body", ask, elder, world.body(listed_from=date(2026, 2, 10)))
    refused("not_a_body", ask, elder, world.body(county="370798"))
    assert ask(elder, world.body(listed_to=ON)).state == "requested"


def test_a_suspended_body_gets_no_new_elders():
    body = world.body()
    Suspension.objects.create(
        provider=body, county=world.COUNTY, since=ON, because="核查", by="head", at=at(ON), residents_until=None
    )
    refused("body_suspended", ask, world.elder(), body)


def test_unknown_words_are_refused():
    elder, body = world.elder(), world.body()
    refused("unknown_where", ask, elder, body, where="by_phone")
    refused("unknown_occasion", ask, elder, body, occasion="yearly")
    refused("review_needs_a_dispute", ask, elder, body, occasion="review")
    assert not Assessment.rows.exists()


def test_assessors_are_two_different_people_of_the_body():
    body = world.body()
    asked, first = ask(world.elder(), body), world.assessor(body)
    refused("same_assessor", name, asked, first, first)
    refused("same_assessor", name, asked, first, world.assessor(body, account=first.account))
    refused("not_an_assessor", name, asked, first, world.assessor(world.body()))
    refused("not_an_assessor", name, asked, first, world.assessor(body, job="carer"))
    refused("not_an_assessor", name, asked, first, world.assessor(body, valid_to=date(2026, 2, 8)))


@pytest.mark.parametrize(
    "lacking",
    [
        {"practising_since": date(2021, 2, 10)},
        {"practising_since": None},
        {"education": "junior_secondary"},
        {"trained_on": None},
        {"examined_on": date(2026, 2, 10)},
    ],
)
def test_assessors_qualify_on_the_day(lacking):
    body = world.body()
    refused("not_qualified", name, ask(world.elder(), body), world.assessor(body), world.assessor(body, **lacking))


def test_five_years_are_enough_on_the_anniversary():
    body = world.body()
    second = world.assessor(body, practising_since=date(2021, 2, 9))
    assert name(ask(world.elder(), body), world.assessor(body), second).state == "assigned"


def test_kin_and_proxies_stand_aside():
    body, elder = world.body(), world.elder()
    child, neighbour = world.assessor(body), world.assessor(body)
    world.mandate(elder, account=child.account, ended_on=date(2026, 1, 15))
    world.mandate(elder, account=neighbour.account, relation=Mandate.Relation.OTHER)
    namesake = world.mandate(elder, relation=Mandate.Relation.SPOUSE).proxy_name
    asked, first = ask(elder, body), world.assessor(body)
    assert "亲属" in refused("must_recuse", name, asked, first, child).message()
    assert "代办人" in refused("must_recuse", name, asked, first, neighbour).message()
    refused("must_recuse", name, asked, first, world.assessor(body, name=namesake))


def test_whoever_works_for_the_elders_provider_stands_aside():
    body, home = world.body(), world.body(kind=Kind.INSTITUTION)
    asked, first, second = ask(world.elder(), body), world.assessor(body), world.assessor(body)
    world.assessor(home, job="carer", account=second.account)
    refused("must_recuse", name, asked, first, second, serving=[home.pk])
    assert name(asked, first, second).state == "assigned"


def test_a_review_is_done_by_others():
    elder = world.elder()
    first_time = world.disputed(elder)
    body = first_time.body
    again = request.reassess(disputed=first_time, body=body, where="home", at=at(ON), on=ON, by="elder")
    assert (again.occasion, again.disputes) == ("review", first_time)
    fresh = world.assessor(body)
    refused("must_recuse", name, again, fresh, first_time.second_assessor)
    elsewhere = world.body()
    again.body = elsewhere
    again.save(update_fields=["body"])
    moved = world.assessor(elsewhere, account=first_time.first_assessor.account)
    refused("must_recuse", name, again, world.assessor(elsewhere), moved)
    assert name(again, world.assessor(elsewhere), world.assessor(elsewhere)).state == "assigned"


def test_only_what_is_disputed_is_reviewed():
    stands = world.effective(world.elder())
    refused("not_disputed", request.reassess, disputed=stands, body=stands.body, where="home", at=at(ON), on=ON, by="e")


def test_what_is_submitted_is_not_assigned_again():
    done = world.submitted(world.elder())
    refused("wrong_state", name, done, done.first_assessor, done.second_assessor)
