from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.document import number
from songhe.entitlement import apply, clarify, withdraw
from songhe.entitlement.models import Application
from songhe.entitlement.tests import story
from songhe.entitlement.tests.story import ON
from songhe.kernel.refusal import Refusal
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def refused(code, call, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)
    assert caught.value.code == (code if "." in code else f"entitlement.{code}")
    return caught.value


def test_an_elder_applies_online_after_a_first_look():
    draft = story.draft(world.elder(), category="home")
    rated = apply.rate_self(application=draft, dependent=["eating", "bathing", "dressing"], at=at(ON), by="elder")
    assert rated.self_rating["grade"] in "ABCDEFG"
    sent = apply.submit(application=draft, pledge_signed_on=ON, at=at(ON), on=ON, by="elder")
    assert (sent.state, sent.submitted_on, sent.category) == ("submitted", ON, "home")
    assert sent.self_rating == rated.self_rating
    assert number.check(sent.no) == sent.no
    assert list(Entry.objects.filter(subject_id=str(sent.id)).order_by("at", "id").values_list("act", flat=True)) == [
        "entitlement.open",
        "entitlement.rate_self",
        "entitlement.submit",
    ]


def test_a_self_rating_decides_nothing():
    draft = story.draft(world.elder())
    rated = apply.rate_self(application=draft, dependent=[], at=at(ON), by="elder")
    assert rated.self_rating["may_apply"] is False
    assert apply.submit(application=draft, pledge_signed_on=ON, at=at(ON), on=ON, by="elder").state == "submitted"
    refused(
        "assessment.unknown_item",
        apply.rate_self,
        application=story.draft(world.elder()),
        dependent=["flying"],
        at=at(ON),
        by="elder",
    )
    refused("wrong_state", apply.rate_self, application=draft, dependent=[], at=at(ON), by="elder")


def test_a_proxy_needs_a_mandate_to_apply_in_force_under_the_same_login():
    elder, stranger = world.elder(), world.elder()
    held = world.mandate(elder)
    as_proxy = {"channel": "proxy", "by": held.account}
    refused("input.missing", story.draft, elder, **as_proxy)
    refused("no_mandate", story.draft, elder, mandate=world.mandate(stranger), **as_proxy)
    refused("no_mandate", story.draft, elder, channel="proxy", by="somebody", mandate=held)
    for lacking in ({"acts": ["confirm"]}, {"valid_to": date(2026, 3, 9)}, {"ended_on": date(2026, 3, 1)}):
        other = world.mandate(elder, **lacking)
        refused("no_mandate", story.draft, elder, channel="proxy", by=other.account, mandate=other)
    draft = story.draft(elder, mandate=held, **as_proxy)
    assert draft.mandate == held
    assert Entry.objects.get(act="entitlement.open").behalf_of == elder.id


def test_a_mandate_that_ends_meanwhile_ends_the_proxys_part():
    elder = world.elder()
    held = world.mandate(elder)
    draft = story.draft(elder, channel="proxy", by=held.account, mandate=held)
    held.ended_on = ON
    held.save()
    refused("no_mandate", apply.submit, application=draft, pledge_signed_on=ON, at=at(ON), on=ON, by=held.account)


def test_a_clerk_writes_it_down_at_the_counter():
    elder = world.elder()
    assert story.draft(elder, channel="counter", by="clerk", mandate=world.mandate(elder)).state == "draft"
    refused("unknown_channel", story.draft, world.elder(), channel="letter")


def test_one_application_at_a_time_and_none_beside_a_right():
    elder = world.elder()
    first = story.draft(elder)
    assert refused("already_open", story.draft, elder).values["no"] == first.no
    withdraw.withdraw(application=first, because="改日再办", at=at(ON), by="elder")
    right = story.approved(elder)
    assert refused("already_entitled", story.draft, elder).values["no"] == right.no


def test_the_database_keeps_one_open_application():
    first = story.draft(world.elder())
    first.pk, first.no = None, "other"
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.rows.create(
            county=first.county,
            no="other",
            person=first.person,
            policy=first.policy,
            state="submitted",
            channel="online",
            opened_by="x",
            opened_at=at(ON),
        )


def test_nobody_applies_for_the_dead_or_for_those_who_moved():
    refused("person_died", story.draft, world.elder(died_on=date(2026, 3, 1)))
    refused("file_closed", story.draft, world.elder(closed_on=date(2026, 3, 1)))


def test_a_programme_is_applied_for_while_it_is_in_force():
    refused("policy.not_in_force", story.draft, world.elder(), on=date(2027, 1, 1))
    refused("policy.unknown", story.draft, world.elder(), policy="free-lunch")


def test_a_group_without_a_ratio_cannot_be_wished_for():
    elder = world.elder()
    refused("category_closed", story.draft, elder, category="day_care")
    refused("category_closed", story.draft, elder, category="swimming")
    draft = story.draft(elder)
    chosen = apply.choose(application=draft, category="institution_long", provider=None, at=at(ON), on=ON, by="elder")
    assert chosen.category == "institution_long"
    refused(
        "category_closed",
        apply.choose,
        application=draft,
        category="day_care",
        provider=None,
        at=at(ON),
        on=ON,
        by="elder",
    )


def test_the_pledge_is_signed_by_the_day():
    draft = story.draft(world.elder())
    for signed in (None, date(2026, 3, 11)):
        refused("pledge_missing", apply.submit, application=draft, pledge_signed_on=signed, at=at(ON), on=ON, by="e")


def test_the_county_asks_and_the_applicant_answers():
    asked = story.clarifying(world.elder())
    assert (asked.state, asked.question) == ("clarifying", "请补照片")
    answered = clarify.answer(application=asked, text="已补", at=at(ON), by="elder")
    assert (answered.state, answered.answer, answered.version) == ("submitted", "已补", 4)
    refused("wrong_state", clarify.answer, application=answered, text="再补", at=at(ON), by="elder")
    refused("input.missing", clarify.ask, application=answered, question=" ", at=at(ON), by="clerk")


def test_a_decided_application_is_not_withdrawn():
    right = story.approved(world.elder())
    refused("wrong_state", withdraw.withdraw, application=right.application, because="x", at=at(ON), by="elder")
