"""A need that was heard has an answer within its limit: an order, a referral, or why not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.outreach import need as needs
from songhe.outreach.models import Need
from songhe.outreach.need import limits, needs_of, overdue, waiting_at
from songhe.outreach.tests import world
from songhe.provider.help import HELPS
from songhe.provider.suspend import suspend
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

TOLD = {"at": at(world.TENTH), "on": world.TENTH, "by": "clerk"}


def ordered(need=None, bath=None, of=None):
    bath = bath or world.item()
    return needs.order(need=need or world.heard(), provider=of or world.seller(bath), item=bath, **TOLD)


def test_a_need_becomes_an_order_that_the_provider_answers(django_assert_num_queries):
    row = world.planned()
    visit = world.visited(row, outcome="need", words="想洗个澡")
    need = world.heard(row.person, visit=visit)
    assert need.due_on == world.TENTH + timedelta(days=limits()["bathing"])
    need = ordered(need)
    with django_assert_num_queries(1):
        assert [(one.id, one.item.name) for one in waiting_at(county=COUNTY, provider=need.provider)] == [
            (need.id, need.item.name)
        ]
    need = needs.accept(need=need, answer="周四上午十点来", **TOLD)
    assert (need.answer, need.answered_by, need.answered_on) == ("周四上午十点来", "clerk", world.TENTH)
    assert needs.meet(need=need, **TOLD).state == "met"
    with django_assert_num_queries(1):
        assert [one.state for one in needs_of(county=COUNTY, person_id=row.person_id)] == ["met"]
    assert [entry.act for entry in Entry.objects.filter(subject="need").order_by("id")] == [
        "outreach.hear",
        "outreach.order",
        "outreach.accept",
        "outreach.meet",
    ]


def test_who_is_declined_goes_another_way():
    need = needs.decline(need=ordered(), answer="这周排满了", **TOLD)
    need = needs.refer(need=need, to="街道卫生服务中心", at=at(world.TENTH), by="clerk")
    assert (need.state, need.provider, need.item, need.referred_to) == ("referred", None, None, "街道卫生服务中心")
    need = needs.decline(need=need, answer="不在服务范围", **TOLD)
    refused("outreach.no_answer", needs.give_up, need=need, answer=" ", **TOLD)
    assert needs.give_up(need=need, answer="本地没有这项服务", **TOLD).ended_on == world.TENTH
    refused("outreach.wrong_state", needs.meet, need=need, **TOLD)


def test_what_has_no_answer_after_its_limit_is_listed(django_assert_num_queries):
    early = world.heard(within_days=1)
    sent = ordered(world.heard(within_days=2))
    world.heard(within_days=9)
    answered = needs.accept(need=ordered(world.heard(within_days=1)), answer="明天来", **TOLD)
    with django_assert_num_queries(1):
        rows = [(one.id, one.person.name) for one in overdue(county=COUNTY, on=date(2026, 3, 15))]
    assert [one for one, _ in rows] == [early.id, sent.id]
    assert answered.id not in dict(rows)
    assert not overdue(county=COUNTY, on=early.due_on)
    late = needs.accept(need=sent, answer="今天来", at=at(world.TENTH), on=date(2026, 3, 15), by="clerk")
    assert Entry.objects.filter(act="outreach.accept", subject_id=str(late.id)).get().detail["late"] == "yes"


def test_every_help_has_a_limit():
    assert set(limits()) == set(HELPS)
    assert min(limits().values()) >= 1


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"help": "gold"}, "provider.unknown_help"),
        ({"words": " "}, "outreach.say_what"),
        ({"person_id": new_id()}, "outreach.unknown_person"),
    ],
)
def test_a_need_that_cannot_be_is_refused(differently, code):
    refused(code, world.heard, **differently)
    assert not Need.objects.exists()


def test_a_need_is_that_of_the_person_who_was_visited():
    visit = world.visited(world.planned())
    refused("outreach.other_visit", world.heard, visit=visit)
    refused("person.after_death", world.heard, world.reported_dead(elder()))


def test_an_order_goes_to_somebody_who_gives_that_help():
    need, bath, meal = world.heard(), world.item(), world.item("meals")
    seller = world.seller(bath)
    refused("outreach.other_help", ordered, need, meal, world.seller(meal))
    refused("provider.no_price", ordered, need, world.item(), seller)
    unknown = world.item()
    unknown.code = "nothing"
    refused("provider.unknown_item", ordered, need, unknown, seller)
    suspend(provider=seller, county=COUNTY, since=world.TENTH, because="抽查", at=at(world.TENTH), by="head")
    refused("provider.suspended", ordered, need, bath, seller)
    need.refresh_from_db()
    assert need.state == "heard"


def test_who_said_yes_may_find_that_they_cannot():
    need = needs.accept(need=ordered(), answer="明天来", **TOLD)
    assert needs.decline(need=need, answer="车坏了", **TOLD).state == "declined"


def test_an_answer_has_words_and_comes_once():
    need = ordered()
    refused("outreach.no_answer", needs.accept, need=need, answer="", **TOLD)
    needs.accept(need=need, answer="明天来", **TOLD)
    refused("outreach.wrong_state", needs.accept, need=need, answer="后天来", **TOLD)
    refused("outreach.wrong_state", needs.refer, need=need, to="街道", at=at(world.TENTH), by="clerk")
    refused("outreach.to_whom", needs.refer, need=need, to=" ", at=at(world.TENTH), by="clerk")
    need.id = new_id()
    refused("outreach.unknown_need", needs.meet, need=need, **TOLD)
