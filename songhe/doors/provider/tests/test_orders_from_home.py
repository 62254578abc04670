"""Orders from home at the desk: answered, private until then, charged by the record of the service, or declined."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card.hold_queries import held_fen
from songhe.card.models import Hold, ItemOrder
from songhe.card.tests.world import LISHUI, left
from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.provider.tests.test_till_card import family, holder
from songhe.doors.staff.tests.reading import form_for, text
from songhe.person.models import Person
from songhe.provider.models import Price
from songhe.redemption import asked
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import shop, sold
from songhe.service.models import Visit
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

__all__ = ["family"]

QUEUE = "/provider/orders/"


@pytest.fixture
def cleaner(enter, practice):
    who, item = shop("cleaning", "goods")[0], sold("clean-room", "cleaning", "visit")
    Price.objects.create(provider=who, item=item, price_fen=4_000, valid_from=date(2025, 1, 1))
    return enter("cleaner", "provider_manager", provider=who.id), who


def asked_of(who, card, item="clean-room", days=1):
    wish = asked.Wish(item, DAY + timedelta(days=days), 1, "带吸尘器", "松鹤路 1 号")
    when = {"at": at(DAY), "on": DAY, "by": "granny"}
    return asked.ask(
        county=LISHUI, person_id=card.person_id, provider=who, wish=wish, made_by=ItemOrder.Made.ELDER, **when
    )


def page_of(row):
    return f"{QUEUE}{row.no}/"


def press(client, row, tail, **more):
    where, hidden = form_for(client.get(page_of(row)), tail)
    return client.post(where, {**hidden, **more}, follow=True)


def test_it_waits_on_the_first_page_and_names_nobody_until_it_is_accepted(cleaner, family):
    client, who = cleaner
    card = holder(10_000, name="王秀兰")
    Person.rows.filter(id=card.person_id).update(phone="13800138000")
    row = asked_of(who, card)
    assert "1 份预订等您答复" in text(client.get("/provider/"))
    assert "等您答复" in text(client.get(QUEUE))
    before = text(client.get(page_of(row)))
    for words in ("王*兰", "带吸尘器", "松鹤路 1 号", "2026年3月11日", "¥40.00", "最晚哪天答复"):
        assert words in before
    assert "13800138000" not in before
    assert "王秀兰" not in before
    after = text(press(client, row, "/accept/"))
    for words in ("接了，已通知老人", "王秀兰", "13800138000", "待交付", "记一次服务"):
        assert words in after
    assert client.get(f"/provider/services/new/?person={card.person_id}").status_code == 200
    assert "份预订等您答复" not in text(client.get("/provider/"))


def test_what_was_given_at_home_is_charged_by_its_record(cleaner, family):
    client, who = cleaner
    card = holder(10_000)
    row = asked_of(who, card, days=0)
    press(client, row, "/accept/")
    told = {"county": LISHUI, "person_id": card.person_id, "provider": who, "kind": "visit", "verdict": "pass"}
    told |= {"item": sold("clean-room", "cleaning"), "service_on": DAY, "recorded_by": "carer", "recorded_at": at(DAY)}
    visit = Visit.objects.create(**told)
    done = press(client, row, f"/charge/{visit.id}/")
    bill = Bill.objects.get()
    assert "交付好了，已扣款" in text(done)
    assert (bill.purse_fen, bill.self_fen, held_fen(card)) == (4_000, 0, 0)
    assert client.get(f"/provider/bills/{bill.no}/").status_code == 200


def test_what_is_fetched_is_charged_by_the_card(cleaner, family):
    client, who = cleaner
    card = holder(30_000)
    row = asked_of(who, card, "goods")
    press(client, row, "/accept/")
    press(client, row, "/hand-over/", given=card.medium.number)
    assert Bill.objects.get().purse_fen == 20_000


def test_it_is_declined_with_a_reason_and_the_money_is_back(cleaner, family):
    client, who = cleaner
    card = holder(10_000)
    row = asked_of(who, card)
    assert press(client, row, "/give-up/", because=" ").status_code == 422
    assert "回了老人" in text(press(client, row, "/give-up/", because="那天没有人手"))
    row.refresh_from_db()
    assert (row.declined, row.because, left(card, family)) == (True, "那天没有人手", 10_000)
    assert "没有接" in text(client.get(QUEUE))
    assert "松鹤路" not in text(client.get(page_of(row)))


def test_what_is_over_is_refused_and_said(cleaner, family):
    client, who = cleaner
    row = asked_of(who, holder(10_000))
    where, hidden = form_for(client.get(page_of(row)), "/accept/")
    asked.decline(county=LISHUI, no=row.no, provider_id=who.id, because="没有人手", at=at(DAY), on=DAY, by="colleague")
    again = client.post(where, hidden)
    assert again.status_code == 409
    assert "已经交付、放弃或到期" in text(again)


def test_another_provider_reads_and_answers_nothing(cleaner, family, enter):
    _client, who = cleaner
    row = asked_of(who, holder(10_000))
    other = enter("rival", "provider_manager", provider=shop("cleaning")[0].id)
    assert other.get(page_of(row)).status_code == 404
    visit = "018f0000-0000-7000-8000-000000000000"
    for tail in ("accept/", "give-up/", f"charge/{visit}/"):
        assert other.post(f"{page_of(row)}{tail}", {}).status_code == 404
    assert Entry.objects.filter(county=LISHUI, act="door.out_of_reach", subject="order").count() == 4
    assert Hold.objects.get().state == "held"
