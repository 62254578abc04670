"""Cards at the counter: opened, lost, replaced, frozen, closed; heirs by two people; classes; holders; merchants."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, body, elder
from songhe.card import close
from songhe.card.models import Card, HeirPayment, Standing
from songhe.card.tests.world import JINDONG, made_card, made_fund, run_charge, top_up
from songhe.doors.staff.tests.conftest import ELSEWHERE
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.person import event
from songhe.person.models import Medium
from songhe.person.search import rebuild
from songhe.provider.models import Discount, Kind, Partner, Provider
from songhe.trail.models import Entry

CARDS, CLASSES, HOLDERS, MERCHANTS = (f"/staff/card/{page}/" for page in ("cards", "classes", "holders", "merchants"))


@pytest.fixture
def people(enter):
    return {
        "clerk": enter("c1", "county_clerk", place=JINDONG),
        "finance": enter("f1", "finance", place=JINDONG),
        "approver": enter("a1", "county_approver", place=JINDONG),
    }


def page_of(card):
    return f"{CARDS}{card.id}/"


def test_a_card_is_opened_at_the_counter_classified_and_shown(people):
    person = elder(county=JINDONG, born=date(1935, 1, 1), place=f"{JINDONG}001001")
    where = f"{CARDS}open/{person.id}/"
    answer = send(people["clerk"], where, "/open/", attributes=["elder", "bus"], number="", mandate="")
    assert answer.status_code == 302, text(answer)
    made = Card.objects.get()
    assert (made.card_class, made.elder, made.bus, made.veteran) == (2, True, True, False)
    assert people["clerk"].get(where).headers["Location"] == page_of(made)
    page = text(people["clerk"].get(page_of(made)))
    assert "高龄老年人" in page
    assert Entry.objects.filter(act="card.read", subject_id=str(made.id)).exists()


def test_a_lost_card_is_replaced_frozen_let_go_and_closed(people):
    card = made_card(county=JINDONG)
    old = card.medium_id
    for verb, state in (("lost", "lost"), ("replace", "active"), ("freeze", "frozen"), ("unfreeze", "active")):
        send(people["clerk"], page_of(card), f"/{verb}/", because="本人来办")
        assert Card.objects.get().state == state
    assert Medium.objects.get(id=old).ended_at is not None
    answer = send(people["clerk"], page_of(card), "/close/", because="")
    assert answer.status_code == 422
    send(people["clerk"], page_of(card), "/close/", because="搬走了")
    assert Card.objects.get().state == "closed"
    assert not any(one.startswith(page_of(card)) for one in forms(people["clerk"].get(page_of(card))))


def test_cards_are_searched_by_name_number_state_and_class(people):
    first, second = made_card(county=JINDONG, name="王小二"), made_card(county=JINDONG, name="李三", card_class=3)
    rebuild(county=JINDONG)
    clerk = people["clerk"]
    assert "李三" not in text(clerk.get(CARDS, {"q": "王小二"}))
    assert "王小二" in text(clerk.get(CARDS, {"q": "王小二"}))
    assert "李三" in text(clerk.get(CARDS, {"q": second.no}))
    assert "王小二" not in text(clerk.get(CARDS, {"class": "3"}))
    assert "没有找到卡" in text(clerk.get(CARDS, {"state": "lost"}))
    assert first.no in text(clerk.get(CARDS))
    none = elder(county=JINDONG, name="赵无卡")
    rebuild(county=JINDONG)
    assert f"{CARDS}open/{none.id}/" in clerk.get(CARDS, {"q": "赵无卡"}).content.decode()
    assert f"{CARDS}open/" not in people["finance"].get(CARDS, {"q": "赵无卡"}).content.decode()


def test_family_money_goes_to_an_heir_by_two_people(people):
    made_fund(county=JINDONG, source="family", expiry="never")
    card = made_card(county=JINDONG)
    top_up(card, 3_000, on=date(2026, 3, 2))
    day = date(2026, 3, 5)
    told = event.report(
        person=card.person, kind="death", happened_on=day, source="家属", on=day, at=at(day), by="family"
    )
    event.verify(event=told, on=day, at=at(day), by="clerk")
    close.close_after_death(county=JINDONG, person_id=card.person_id, at=at(day), on=day, by="clerk")
    purse = card_purse(card)
    send(
        people["clerk"],
        page_of(card),
        "/heir/",
        purse=str(purse.id),
        amount="30",
        name="王大",
        relation="儿子",
        evidence="公证书1号",
    )
    row = HeirPayment.objects.get()
    assert (row.amount_fen, row.state) == (3_000, "open")
    assert "¥30.00" in text(people["approver"].get(CARDS))
    send(people["approver"], page_of(card), f"/{row.id}/approve/")
    assert HeirPayment.objects.get().state == "paid"
    assert people["clerk"].post(f"/staff/card/heirs/{row.id}/approve/", {}).status_code == 403


def card_purse(card):
    from songhe.card.models import Purse

    return Purse.objects.get(card=card)


def test_all_cards_are_put_into_class_from_the_page(people):
    person = elder(county=JINDONG, born=date(1935, 1, 1))
    send(people["clerk"], f"{CARDS}open/{person.id}/", "/open/", number="", mandate="")
    Standing.objects.all().delete()
    Card.objects.update(card_class=3)
    answer = send(people["approver"], CLASSES, "/run/", county=JINDONG)
    page = text(people["approver"].get(answer.headers["Location"]))
    assert "看了 1 张卡，变动 1 张" in page
    assert Card.objects.get().card_class == 2
    page = text(people["finance"].get(CLASSES))
    assert "高龄老年人" in page
    assert not any(one.endswith("/run/") for one in forms(people["finance"].get(CLASSES)))
    assert people["finance"].post(f"{CLASSES}run/", {"county": JINDONG}).status_code == 403


def test_holders_stand_beside_those_who_might_hold_a_card(people):
    made_card(county=JINDONG, place=f"{JINDONG}001001", card_class=3)
    elder(county=JINDONG, place=f"{JINDONG}001001")
    page = text(people["clerk"].get(HOLDERS))
    assert "50%" in page
    assert "2,000,000" in page


def test_a_county_without_love_cards_says_so(clerk):
    assert clerk.get(CLASSES).status_code == 200
    assert clerk.get(HOLDERS).status_code == 200


def merchant():
    row = body(kind=Kind.COMMUNITY, county=JINDONG)
    Provider.objects.filter(pk=row.pk).update(longitude=119.7, latitude=29.1)
    return row


def test_a_merchant_is_put_forward_admitted_gives_a_discount_and_leaves(people):
    row = merchant()
    told = {"provider": str(row.pk), "helps": ["meals", "goods"], "valid_from": "2026-03-01"}
    answer = send(people["clerk"], MERCHANTS, "/propose/", **told)
    assert answer.status_code == 302, text(answer)
    made = Partner.objects.get()
    where = f"{MERCHANTS}{made.pk}/"
    send(people["approver"], where, "/admit/")
    assert Partner.objects.get().state == "admitted"
    send(people["clerk"], where, "/discount/", help="meals", per_cent="10", valid_from="2026-03-10")
    assert "减 10%" in text(people["clerk"].get(where))
    answer = send(people["clerk"], where, "/discount/", help="meals", valid_from="2026-03-10")
    assert "二者选一" in text(answer)
    send(people["clerk"], where, "/end-discount/", discount=str(Discount.objects.get().pk), last_day="2026-03-20")
    assert Discount.objects.get().valid_to == date(2026, 3, 20)
    send(people["clerk"], where, "/leave/", last_day="2026-03-31", because="停业")
    assert (Partner.objects.get().state, Partner.objects.get().last_day) == ("left", date(2026, 3, 31))


def test_what_one_proposed_is_left_to_another_and_may_be_declined(people, enter):
    merchant()
    told = {"provider": str(Provider.objects.order_by("-pk")[0].pk), "helps": ["goods"], "valid_from": "2026-03-01"}
    send(people["clerk"], MERCHANTS, "/propose/", **told)
    made = Partner.objects.get()
    where = f"{MERCHANTS}{made.pk}/"
    assert people["clerk"].post(f"{where}admit/", {}).status_code == 403
    send(people["approver"], where, "/decline/", because="没有证照")
    assert "没有证照" in text(people["clerk"].get(where))
    assert enter("e1", "county_clerk", place=ELSEWHERE).get(where).status_code == 404


def test_another_county_s_cards_are_not_there(people, enter):
    card = made_card(county=JINDONG)
    elsewhere = enter("e1", "county_clerk", place=ELSEWHERE)
    assert elsewhere.get(page_of(card)).status_code == 404
    assert elsewhere.get(f"{CARDS}open/{card.person_id}/").status_code == 404
    assert elsewhere.get(f"{CARDS}open/{uuid4()}/").status_code == 404
    assert elsewhere.post(f"{CLASSES}run/", {"county": JINDONG}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", county=JINDONG).count() == 2
    assert enter("w1", "auditor", place=JINDONG).get(page_of(card)).status_code == 200


def test_the_pages_ask_as_much_for_many_cards_as_for_few(people):
    fund = made_fund(county=JINDONG, rates={"card_class_2_old": 100})
    cards = [made_card("card_class_2_old", county=JINDONG) for _ in range(3)]
    run_charge(fund)

    def asked(page):
        people["clerk"].get(page)
        with CaptureQueriesContext(connection) as told:
            assert people["clerk"].get(page).status_code == 200
        return len(told)

    pages = (CARDS, CLASSES, HOLDERS, MERCHANTS, page_of(cards[0]))
    few = [asked(page) for page in pages]
    for number in range(20):
        made_card("card_class_2_old", county=JINDONG, place=f"{JINDONG}{number:03}001")
    run_charge(fund)
    assert [asked(page) for page in pages] == few
