"""What is shown at the till beside cards and telephones: paper with a PIN, a face; one flow, one bill."""

from __future__ import annotations

import re

import pytest

from songhe.assessment.tests.world import at
from songhe.card import face, pin
from songhe.card.models import Pin
from songhe.card.ports import faces
from songhe.card.tests.world import left, made_card
from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.provider.tests.test_till_card import TILL, carer, family, holder, menu, queue, seller
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.reading import form_for, text
from songhe.meal.tests import world as meals
from songhe.person import code
from songhe.redemption.models import Bill

pytestmark = pytest.mark.django_db

__all__ = ["carer", "family", "menu", "seller"]

PIN = "836195"


REDEEM = "/provider/redeem/"


def paper(card, secret=PIN):
    return pin.print_code(card=card, pin=secret, at=at(DAY), on=DAY, by="clerk")


def swiped(client, menu, given, **more):
    where, hidden = form_for(client.get(queue(menu)), queue(menu))
    return client.post(where, {**hidden, "given": given, **more}, follow=True)


def test_paper_in_the_queue_asks_for_the_pin_and_then_serves_and_charges(carer, family, menu):
    card = holder(name="王秀兰")
    given = code.printed(paper(card))
    meals.serving(menu)
    answer = swiped(carer, menu, given)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "要老人自己按密码" in text(answer)
    assert 'name="pin"' in page
    assert f'value="{given}"' in page
    assert not Bill.objects.exists()
    where, hidden = form_for(answer, queue(menu))
    done = carer.post(where, {**hidden, "given": given, "pin": PIN}, follow=True)
    assert "王*兰" in text(done)
    assert 'name="pin"' not in done.content.decode()
    assert left(card, family) == 4_600
    assert Bill.objects.get().identified_by == "medium"


def test_a_wrong_pin_is_counted_though_nothing_is_booked(carer, family, menu):
    medium = paper(holder())
    meals.serving(menu)
    answer = swiped(carer, menu, code.printed(medium), pin="492716")
    assert "还可以试4次" in text(answer)
    assert 'name="pin"' in answer.content.decode()
    assert "492716" not in answer.content.decode()
    assert (Pin.objects.get(medium=medium).wrong, Bill.objects.count()) == (1, 0)
    for _ in range(4):
        answer = swiped(carer, menu, code.printed(medium), pin="492716")
    assert "已锁住" in text(answer)
    assert 'name="pin"' not in answer.content.decode()
    assert "已锁住" in text(swiped(carer, menu, code.printed(medium), pin=PIN))
    assert not Bill.objects.exists()


def test_a_second_post_of_the_same_form_finds_the_first_ones_meal(carer, family, menu):
    medium = paper(holder())
    meals.serving(menu)
    where, hidden = form_for(carer.get(queue(menu)), queue(menu))
    told = {**hidden, "given": code.printed(medium), "pin": PIN}
    first, second = carer.post(where, told), carer.post(where, told)
    assert first.headers["Location"] == second.headers["Location"]
    assert Bill.objects.count() == 1


def test_a_plain_card_is_not_asked_for_a_pin(carer, family, menu):
    card = holder()
    meals.serving(menu)
    assert "不用收钱" in text(swiped(carer, menu, card.medium.number, pin="492716"))


def test_the_terminal_keeps_amount_and_paper_while_the_elder_enters_the_pin(seller, family):
    client, _who = seller
    card = holder(5_000)
    given = code.printed(paper(card))
    where, hidden = form_for(client.get(TILL), TILL)
    asked = client.post(where, {**hidden, "item": "goods", "amount": "50", "step": "amount"})
    where, hidden = form_for(asked, TILL)
    refused = client.post(where, {**hidden, "given": given, "step": "pay"})
    assert "要老人自己按密码" in text(refused)
    assert f'value="{given}"' in refused.content.decode()
    where, hidden = form_for(refused, TILL)
    done = client.post(where, {**hidden, "given": given, "pin": PIN, "step": "pay"}, follow=True)
    assert "不用收钱" in text(done)
    assert left(card, family) == 500


def test_the_quote_carries_the_code_of_now_and_never_the_pin(seller, family):
    client, _who = seller
    card = holder(5_000)
    given = code.printed(paper(card))
    where, hidden = form_for(client.get(REDEEM), REDEEM)
    told = {"given": given, "item_1": "goods", "fee_1": "50", "quantity_1": "1", "service_on": str(DAY)}
    refused = client.post(where, {**hidden, **told, "step": "quote"})
    assert 'name="pin"' in refused.content.decode()
    where, hidden = form_for(refused, REDEEM)
    quote = client.post(where, {**hidden, **told, "pin": PIN, "step": "quote"})
    assert "现在还没有入账" in text(quote)
    where, hidden = form_for(quote, REDEEM)
    assert hidden["given"] != given
    assert PIN not in quote.content.decode()
    assert "爱心卡上还剩 ¥5.00" in text(client.post(where, {**hidden, "step": "book"}, follow=True))
    assert left(card, family) == 500


def test_a_paper_of_a_county_that_is_not_served_here_is_not_tried(seller, family):
    from songhe.card.tests.world import JINDONG

    client, _who = seller
    made = made_card(county=JINDONG)
    medium = paper(made)
    where, hidden = form_for(client.get(TILL), TILL)
    asked = client.post(where, {**hidden, "item": "goods", "amount": "50", "step": "amount"})
    where, hidden = form_for(asked, TILL)
    answer = client.post(where, {**hidden, "given": code.printed(medium), "pin": "492716", "step": "pay"})
    assert "没有扣款" in text(answer)
    assert Pin.objects.get(medium=medium).wrong == 0


# --- a face ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def enrolled(card):
    row = face.agree(card=card, at=at(DAY), on=DAY, by="elder")
    faces().take(row.reference, at=read_clock().at)
    return face.make_ready(card=card, faces=faces(), at=at(DAY), on=DAY, by="elder")


def looked(client, reference, sure="990"):
    answer = client.post(f"{TILL}face/", {"who": reference or "", "sure": sure})
    return re.search(r"data-ticket>([^<]+)<", answer.content.decode())[1]


def test_a_look_at_the_terminal_serves_and_charges(carer, family, menu, own_folder):
    card = holder(name="王秀兰")
    row = enrolled(card)
    meals.serving(menu)
    assert "王*兰" in carer.get(f"{TILL}face/").content.decode()
    answer = swiped(carer, menu, looked(carer, row.reference))
    assert "王*兰" in text(answer)
    assert left(card, family) == 4_600
    assert Bill.objects.get().identified_by == "medium"


def test_a_look_that_is_not_sure_charges_nothing_and_says_what_to_do(carer, family, menu, own_folder):
    row = enrolled(holder())
    meals.serving(menu)
    assert "没有认准是谁，没有扣款" in text(swiped(carer, menu, looked(carer, row.reference, "700")))
    assert "没有认出是谁" in text(swiped(carer, menu, looked(carer, None)))
    assert "请重新刷脸" in text(swiped(carer, menu, "F1.0000"))
    assert not Bill.objects.exists()


def test_the_terminal_of_practice_is_in_practice_only(carer, family, menu, own_folder, settings):
    settings.FACES = "songhe.doors.provider.tests.test_till_media.Real"
    assert carer.get(f"{TILL}face/").status_code == 404


class Real:
    """A service whose terminal takes no orders."""
