"""Orders at the desk: set aside by whoever shows a card, paid at the handing over, given back when given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card import pin
from songhe.card.hold import release_overdue
from songhe.card.models import Hold, ItemOrder
from songhe.card.tests.world import LISHUI, left
from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.provider.tests.test_till_card import family, holder, seller
from songhe.doors.staff.tests.reading import form_for, text
from songhe.person import code
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import shop
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

__all__ = ["family", "seller"]

QUEUE = "/provider/orders/"
PIN = "836195"


def place(client, given, **more):
    where, hidden = form_for(client.get(QUEUE), QUEUE)
    told = {"item": "goods", "quantity": "1", "fee": "200", "words": "双光老花镜", "given": given}
    told |= {"last_day": str(DAY + timedelta(days=10))}
    return client.post(where, {**hidden, **told, **more}, follow=True)


def page_of(row):
    return f"{QUEUE}{row.no}/"


def fetch(client, row, given, **more):
    where, hidden = form_for(client.get(page_of(row)), "/hand-over/")
    return client.post(where, {**hidden, "given": given, **more}, follow=True)


def test_the_queue_is_empty_then_holds_what_was_ordered_with_until_when(seller, family):
    client, _who = seller
    assert "现在没有预订" in text(client.get(QUEUE))
    card = holder(15_000, name="王秀兰")
    shown = text(place(client, card.medium.number))
    for words in ("王*兰", "双光老花镜", "价钱 ¥180.00", "卡里留着 ¥150.00", "待交付", "2026年3月20日"):
        assert words in shown
    queue = text(client.get(QUEUE))
    for words in ("留着 ¥150.00", "2026年3月20日", "交付时另收 ¥30.00"):
        assert words in queue
    assert left(card, family) == 0


def test_it_is_handed_over_to_whoever_ordered_and_the_bill_stands_there(seller, family):
    client, _who = seller
    card, other = holder(30_000), holder(30_000)
    place(client, card.medium.number)
    row = ItemOrder.objects.get()
    assert "不是预订人的卡或码" in text(fetch(client, row, other.medium.number))
    assert not Bill.objects.exists()
    shown = text(fetch(client, row, card.medium.number))
    bill = Bill.objects.get()
    assert "已交付" in shown
    assert bill.no.replace(" ", "") in shown.replace(" ", "")
    assert (Hold.objects.get().state, bill.identified_by) == ("captured", "medium")
    assert (bill.fee_fen, ItemOrder.objects.get().price_fen) == (18_000, 20_000)
    assert "办完的" in text(client.get(QUEUE))


def test_two_presses_order_once_and_hand_over_once(seller, family):
    client, _who = seller
    card = holder(60_000)
    where, hidden = form_for(client.get(QUEUE), QUEUE)
    told = {**hidden, "item": "goods", "quantity": "1", "given": card.medium.number, "last_day": str(DAY)}
    assert client.post(where, told).headers["Location"] == client.post(where, told).headers["Location"]
    row = ItemOrder.objects.get()
    where, hidden = form_for(client.get(page_of(row)), "/hand-over/")
    for _ in range(2):
        assert client.post(where, {**hidden, "given": card.medium.number}).status_code == 302
    assert Bill.objects.count() == 1


def test_paper_asks_for_its_pin_both_times_and_keeps_what_was_typed(seller, family):
    client, _who = seller
    card = holder(30_000)
    given = code.printed(pin.print_code(card=card, pin=PIN, at=at(DAY), on=DAY, by="clerk"))
    refused = place(client, given)
    assert 'name="pin"' in refused.content.decode()
    assert "双光老花镜" in refused.content.decode()
    where, hidden = form_for(refused, QUEUE)
    told = {"item": "goods", "quantity": "1", "fee": "200", "words": "", "last_day": str(DAY), "given": given}
    client.post(where, {**hidden, **told, "pin": PIN})
    row = ItemOrder.objects.get()
    asked = fetch(client, row, given)
    assert 'name="pin"' in asked.content.decode()
    assert (row.words, Hold.objects.get().state) == ("", "held")


def test_what_is_given_up_or_has_run_out_is_on_the_card_again_and_says_so(seller, family):
    client, _who = seller
    card = holder(60_000)
    place(client, card.medium.number)
    row = ItemOrder.objects.get()
    where, hidden = form_for(client.get(page_of(row)), "/give-up/")
    assert client.post(where, hidden).status_code == 422
    assert "回到卡里" in text(client.post(where, {**hidden, "because": "到不了货"}, follow=True))
    assert left(card, family) == 60_000
    assert "到不了货" in text(client.get(page_of(row)))
    place(client, card.medium.number)
    late = Hold.objects.get(state="held").until
    release_overdue(county=LISHUI, at=late, on=DAY)
    assert "到期放回" in text(client.get(QUEUE))
    assert left(card, family) == 60_000


def test_what_is_wrong_is_said_and_nothing_is_set_aside(seller, family):
    client, _who = seller
    assert "没有能付这一项的钱" in text(place(client, holder(0).medium.number))
    assert "最多预留60天" in text(place(client, holder(500).medium.number, last_day=str(DAY + timedelta(days=61))))
    assert place(client, "", fee="x").status_code == 422
    assert not ItemOrder.objects.exists()


def test_another_providers_order_is_not_there_and_the_asking_is_noted(seller, family, enter):
    client, _who = seller
    card = holder(60_000)
    place(client, card.medium.number)
    row = ItemOrder.objects.get()
    other = enter("optician", "provider_manager", provider=shop("goods")[0].id)
    assert other.get(page_of(row)).status_code == 404
    for tail in ("hand-over/", "give-up/"):
        assert other.post(f"{page_of(row)}{tail}", {}).status_code == 404
    assert Entry.objects.filter(county=LISHUI, act="door.out_of_reach", subject="order").count() == 3
    assert Hold.objects.get().state == "held"


def test_the_queue_asks_as_much_of_the_database_for_many_as_for_few(seller, family, django_assert_max_num_queries):
    client, _who = seller
    card = holder(200_000)
    for _ in range(4):
        place(client, card.medium.number)
    with django_assert_max_num_queries(40):
        client.get(QUEUE)
