"""A steward's week on a telephone, a need on its way to an answer, the county's figures, volunteers."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, elder
from songhe.credit.models import Deed
from songhe.credit.tests import world as credits
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.examine.steer import suggest
from songhe.outreach.models import Need, Round, Steward, Stint, Visit, Volunteer
from songhe.outreach.tests import world
from songhe.person.search import lay
from songhe.place.models import Division
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

MINE, COUNTYS, VOLUNTEERS = "/staff/rounds/", "/staff/rounds/county/", "/staff/volunteers/"


@pytest.fixture
def granny(practice):
    made = elder(name="王秀兰")
    lay([made])
    return made


@pytest.fixture
def shop(practice):
    return world.seller(world.item())


@pytest.fixture
def walker(enter, shop):
    """A carer who is a steward, with nobody to look in on yet."""
    client = enter("walker", "carer", provider=shop.pk)
    world.steward(account="walker", name="李管家")
    return client


@pytest.fixture
def hers(walker, granny):
    """Granny's round on Tuesdays, which the practice day is."""
    return world.planned(Steward.objects.get(account="walker"), granny, why="独居")


def told(**differently):
    return {"means": "door", "outcome": "well", "words": "", "help": "", "need": "", "day": "2026-03-10"} | differently


def test_all_is_well_takes_one_tap(walker, hers):
    page = walker.get(MINE)
    assert "王秀兰" in text(page)
    assert "独居" in text(page)
    assert "已去 0 位" in text(page)
    key = page.content.decode().partition(f'action="{MINE}{hers.id}/"')[2].partition('name="key" value="')[2][:36]
    assert walker.post(f"{MINE}{hers.id}/", {"key": key, "means": "door"}).status_code == 302
    made = Visit.objects.get()
    assert (made.outcome, made.means, made.by) == ("well", "door", "walker")
    assert "已去 1 位" in text(walker.get(MINE))
    walker.post(f"{MINE}{hers.id}/", {"key": key, "means": "door"})
    assert Visit.objects.count() == 1


def test_a_need_heard_becomes_an_order_and_has_an_answer(walker, hers, shop, granny):
    page = f"{MINE}{hers.id}/"
    _address, hidden = form_for(walker.get(page), page)
    sent = walker.post(page, {**hidden, **told(outcome="need", help="bathing", need="想洗个澡")})
    row = Need.objects.get()
    assert sent.url == f"{MINE}needs/{row.id}/"
    assert row.visit_id == Visit.objects.get().id
    assert shop.name in text(walker.get(sent.url))
    item = world.Price.objects.get(provider=shop).item
    assert send(walker, sent.url, "order/", seller=f"{shop.pk}-{item.pk}", named="no").status_code == 302
    assert send(walker, sent.url, "accept/", answer="").status_code == 422
    assert send(walker, sent.url, "accept/", answer="周四上午来").status_code == 302
    assert send(walker, sent.url, "meet/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.provider_id, row.answer) == ("met", shop.pk, "周四上午来")


def test_what_nobody_sells_is_referred(walker, hers, granny):
    row = world.heard(granny, help="medical", words="腿疼", by="walker")
    page = f"{MINE}needs/{row.id}/"
    assert not any(one.endswith("order/") for one in forms(walker.get(page)))
    assert send(walker, page, "refer/", to="村医老张").status_code == 302
    assert send(walker, page, "decline/", answer="村医本周不在").status_code == 302
    assert send(walker, page, "give-up/", answer="请家人陪去镇医院").status_code == 302
    assert Need.objects.get().state == "unmet"


def test_a_need_without_its_words_is_no_need(walker, hers):
    page = f"{MINE}{hers.id}/"
    _address, hidden = form_for(walker.get(page), page)
    assert walker.post(page, {**hidden, **told(outcome="need")}).status_code == 422
    assert walker.post(page, {**hidden, **told(outcome="absent")}).status_code == 422
    assert not Visit.objects.exists()


def test_anothers_round_and_need_are_not_there(enter, walker, hers, granny):
    row = world.heard(granny, by="walker")
    other = enter("other", "carer", provider=world.seller(world.item()).pk)
    assert "还没有走访的老人" in text(other.get(MINE))
    assert other.get(f"{MINE}{hers.id}/").status_code == 404
    assert other.get(f"{MINE}needs/{row.id}/").status_code == 404
    foreign = enter("elsewhere", "county_clerk", place="370703")
    assert foreign.get(f"{MINE}needs/{row.id}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach").count() == 3


def test_the_county_sees_rounds_made_against_planned_and_needs_by_age(clerk, walker, granny):
    steward = Steward.objects.get(account="walker")
    world.visited(world.planned(steward))
    world.planned(steward, granny, weekday=1)
    world.heard(granny, on=date(2026, 3, 2))
    page = text(clerk.get(COUNTYS))
    for words in ("李管家", "等了 8 天", "已过答复期限", "王秀兰", "助浴"):
        assert words in page, words


def test_the_county_appoints_and_plans(clerk, enter, granny, shop):
    enter("walker", "carer", provider=shop.pk)
    sent = send(clerk, COUNTYS, "stewards/", account="walker", place=world.PLACE)
    assert sent.status_code == 302
    steward = Steward.objects.get()
    assert steward.name == "walker的名字"
    plan = {"typed": "王秀兰", "steward": str(steward.id), "weekday": "2", "why": "高龄"}
    assert send(clerk, COUNTYS, "plan/", **{**plan, "typed": "没有的人"}).status_code >= 400
    assert send(clerk, COUNTYS, "plan/", **plan).status_code == 302
    assert Round.objects.get().person_id == granny.id
    finance = enter("finance", "finance")
    assert not [one for one in forms(finance.get(COUNTYS)) if one.startswith(MINE)]


def test_minutes_of_an_elder_who_helps_become_credits(clerk, approver, granny):
    credits.volunteer(granny)
    scheme = credits.scheme()
    minutes = credits.rate(scheme, "minutes", measure="minute", units=1, per=1, helpers_only=True)
    sent = send(clerk, VOLUNTEERS, "enlist/", name="王秀兰", phone="13800000000", helps=["company"], is_elder="on")
    assert sent.status_code == 302
    row = Volunteer.objects.get()
    assert row.person_id == granny.id
    stint = {"volunteer": str(row.id), "help": "company", "minutes": "90", "done_on": "2026-03-10", "words": "聊天"}
    assert send(clerk, VOLUNTEERS, "tell/", **stint).status_code == 302
    assert not any(one.endswith("confirm/") for one in forms(clerk.get(VOLUNTEERS)))
    assert send(approver, VOLUNTEERS, "confirm/", rate=str(minutes.id)).status_code == 302
    assert (Deed.objects.get().units, Stint.objects.get().state) == (90, "confirmed")
    assert "90 分钟" in text(clerk.get(VOLUNTEERS))


def test_in_english_no_chinese_is_left_but_names(clerk, approver, walker, hers, granny, shop):
    row = world.heard(granny, by="walker")
    world.told(world.enlisted(granny))
    names = ["王秀兰", "独居", "李管家", "想洗个澡", shop.name, "山东省", "潍坊市", "clerk的名字", "walker的名字"]
    names += ["approver的名字", Volunteer.objects.get().name, world.Price.objects.get().item.name]
    names += Division.objects.filter(code__startswith=COUNTY).values_list("name", flat=True)
    pages = [(walker, MINE), (walker, f"{MINE}{hers.id}/"), (walker, f"{MINE}needs/{row.id}/")]
    pages += [(clerk, COUNTYS), (clerk, MINE), (clerk, VOLUNTEERS), (approver, VOLUNTEERS)]
    for client, page in pages:
        client.cookies["django_language"] = "en"
        assert left_in_chinese(client.get(page), *names) == [], page


def test_queries_do_not_grow_with_people(clerk, walker, django_assert_max_num_queries):
    steward = Steward.objects.get(account="walker")
    for more in (2, 30):
        for _ in range(more):
            row = world.planned(steward)
            world.heard(row.person)
            world.visited(row) if more == 2 else None
        with django_assert_max_num_queries(25):
            walker.get(MINE)
        with django_assert_max_num_queries(36):
            clerk.get(COUNTYS)


def test_where_the_elder_named_nobody_the_first_offered_has_the_order_or_it_is_said_why(walker, hers, shop, granny):
    bath = world.Price.objects.get(provider=shop).item
    other = world.seller(world.item())
    world.Price.objects.filter(provider=other).update(item=bath)
    row = world.heard(granny, by="walker")
    page = f"{MINE}needs/{row.id}/"
    first, second = (
        one.provider for one in suggest(county=COUNTY, item=bath, person_id=granny.id, on=date(2026, 3, 10))
    )
    assert "建议" in text(walker.get(page))
    refused = send(walker, page, "order/", seller=f"{second.pk}-{bath.pk}", named="no", because="")
    assert (refused.status_code, first.name in text(refused)) == (422, True)
    assert Need.objects.get().state == "heard"
    assert send(walker, page, "order/", seller=f"{first.pk}-{bath.pk}", named="no", because="").status_code == 302
    assert "按建议派的" in text(walker.get(page))


def test_whom_the_elder_named_is_asked_without_a_reason(walker, hers, shop, granny):
    bath = world.Price.objects.get(provider=shop).item
    other = world.seller(world.item())
    world.Price.objects.filter(provider=other).update(item=bath)
    row = world.heard(granny, by="walker")
    page = f"{MINE}needs/{row.id}/"
    offers = suggest(county=COUNTY, item=bath, person_id=granny.id, on=date(2026, 3, 10))
    last = offers[-1].provider
    assert send(walker, page, "order/", seller=f"{last.pk}-{bath.pk}", named="yes", because="").status_code == 302
    assert "老人自己选的这家" in text(walker.get(page))
