"""Ordered from home: the money is set aside at once, the provider answers, and the bill pays; silence gives it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card import hold as holds
from songhe.card import open as cards
from songhe.card.hold_queries import held_fen
from songhe.card.models import Hold, ItemOrder
from songhe.card.tests.world import LISHUI, TENTH, left, made_card, made_fund, top_up
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Item, Price
from songhe.redemption import asked, ordered
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.tests.test_card import canteen, funded, shop, sold
from songhe.service.models import Visit
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

DAY = TENTH + timedelta(days=5)


@pytest.fixture
def family():
    return made_fund(source="family", expiry="never")


@pytest.fixture
def cleaner(family):
    who = shop("cleaning", "goods")[0]
    item = sold("clean-room", "cleaning", "visit")
    Price.objects.create(provider=who, item=item, price_fen=4_000, valid_from=date(2025, 1, 1))
    return who


def holder(fen=50_000):
    card = made_card()
    top_up(card, fen)
    return card


def wish(item="clean-room", wanted_on=DAY, **more):
    return asked.Wish(**{"item": item, "wanted_on": wanted_on, "quantity": 2, "address": "松鹤路 1 号"} | more)


def when(on=TENTH, by="granny"):
    return {"at": at(on), "on": on, "by": by}


def ask(card, who, what=None, **more):
    told = {"county": LISHUI, "person_id": card.person_id, "provider": who, "wish": what or wish(), "made_by": "elder"}
    return asked.ask(**told | when() | more)


def accept(row, on=TENTH, **more):
    return asked.accept(county=LISHUI, no=row.no, **{"provider_id": row.hold.provider_id} | when(on, "till") | more)


def decline(row, because="那天没有人手"):
    provider_id = row.hold.provider_id
    return asked.decline(county=LISHUI, no=row.no, provider_id=provider_id, because=because, **when(by="till"))


def take_back(row, on=TENTH):
    return ordered.give_up(county=LISHUI, no=row.no, because="老人不要了", **when(on))


def visited(row, on=DAY, **more):
    card, item = row.hold.card, sold("clean-room", "cleaning", "visit")
    told = {"person_id": card.person_id, "provider_id": row.hold.provider_id, "item": item, "kind": "visit"}
    told |= {"service_on": on, "quantity": 2, "verdict": "pass", "recorded_by": "carer", "recorded_at": at(on)}
    return Visit.objects.create(county=LISHUI, **told | more)


def hand_over(row, visit, on=DAY):
    told = {"county": LISHUI, "no": row.no, "provider_id": row.hold.provider_id}
    return ordered.hand_over(**told, visit=visit.id, **when(on, "till"))


def refused(call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    return refusal.value.code


def test_it_is_quoted_ordered_accepted_and_paid_by_the_record_of_the_visit(family, cleaner):
    card = holder()
    told = asked.quote(county=LISHUI, person_id=card.person_id, provider=cleaner, wish=wish(), **when())
    assert (told.fee_fen, told.held_fen, told.own_fen, told.parts) == (8_000, 8_000, 0, ((family.name, 8_000),))
    assert (ItemOrder.objects.count(), Visit.objects.count(), held_fen(card)) == (0, 0, 0)
    row = ask(card, cleaner, seen=(told.fee_fen, told.held_fen))
    assert (left(card, family), held_fen(card), row.is_accepted) == (42_000, 8_000, False)
    assert beijing_date(row.hold.until) == TENTH + timedelta(days=2) == beijing_date(told.answer_by)
    assert (Visit.objects.count(), Bill.objects.count()) == (0, 0)
    accept(row)
    row.refresh_from_db()
    assert (row.is_accepted, beijing_date(row.hold.until)) == (True, DAY + timedelta(days=3))
    seen = visited(row)
    assert asked.records_of(row) == [seen]
    bill = hand_over(row, seen, on=DAY + timedelta(days=1))
    assert (bill.purse_fen, bill.self_fen, held_fen(card)) == (8_000, 0, 0)
    assert Line.objects.get(bill=bill).service_on == DAY
    assert Verdict.objects.get(line__bill=bill).outcome == "pass"
    assert asked.records_of(row) == []
    acts = ["redemption.ask_order", "redemption.accept_order", "redemption.hand_over"]
    assert list(Entry.objects.filter(county=LISHUI, act__in=acts).order_by("id").values_list("act", flat=True)) == acts


def test_what_is_fetched_in_the_shop_is_paid_by_showing_the_card(family, cleaner):
    card = holder()
    row = ask(card, cleaner, wish("goods", quantity=1, address=""))
    told = {"county": LISHUI, "no": row.no, "provider_id": cleaner.id, "confirmed_by": "staff"}
    bill = ordered.hand_over(**told, shown=card.medium.number, **when(DAY, "till"))
    row.refresh_from_db()
    assert (bill.purse_fen, row.is_accepted, row.bill_no) == (20_000, True, bill.no)


def test_declined_it_is_on_the_card_again_with_the_reason(family, cleaner):
    card = holder()
    row = ask(card, cleaner)
    assert refused(decline, row, " ") == "card.say_why"
    decline(row)
    row.refresh_from_db()
    assert (left(card, family), row.declined, row.because) == (50_000, True, "那天没有人手")
    assert refused(accept, row) == "card.order_over"
    assert Entry.objects.get(county=LISHUI, act="redemption.decline_order").reason == "那天没有人手"


def test_silence_gives_the_money_back_and_is_no_yes(family, cleaner):
    card = holder()
    row = ask(card, cleaner)
    until = row.hold.until
    assert refused(accept, row, at=until + timedelta(seconds=1)) == "card.order_over"
    assert holds.release_overdue(county=LISHUI, at=until, on=TENTH) == 1
    assert (left(card, family), held_fen(card)) == (50_000, 0)
    assert refused(accept, row) == "card.order_over"


def test_it_is_taken_back_until_accepted_and_then_before_its_day(family, cleaner):
    card = holder()
    row = ask(card, cleaner, wish(wanted_on=TENTH))
    take_back(row)
    second = ask(card, cleaner)
    accept(second)
    assert refused(take_back, second, DAY) == "card.order_is_today"
    take_back(second, DAY - timedelta(days=1))
    assert (left(card, family), held_fen(card)) == (50_000, 0)
    third = ask(card, cleaner)
    accept(third)
    decline(third, "人病了")
    assert left(card, family) == 50_000


def test_it_is_accepted_once_and_only_by_whom_it_was_ordered_of(family, cleaner):
    row = ask(holder(), cleaner)
    assert refused(accept, row, provider_id=cleaner.id + 1) == "card.order_unknown"
    accept(row)
    assert refused(accept, row) == "card.order_accepted"


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"wanted_on": TENTH - timedelta(days=1)}, "card.order_wanted_past"),
        ({"wanted_on": TENTH + timedelta(days=31)}, "card.order_wanted_far"),
        ({"address": " "}, "card.order_where"),
        ({"item": "lunch"}, "card.order_not_from_home"),
        ({"item": "nothing"}, "provider.unknown_item"),
        ({"quantity": 0}, "input.too_small"),
    ],
)
def test_what_cannot_be_ordered_is_refused_and_nothing_is_set_aside(family, cleaner, what, why):
    sold("lunch", "meals")
    Item.objects.filter(code="lunch").update(evidence="meal")
    card = holder()
    assert refused(ask, card, cleaner, wish(**what)) == why
    assert (held_fen(card), ItemOrder.objects.count(), Visit.objects.count()) == (0, 0, 0)


def test_whatever_its_bill_would_be_refused_for_refuses_it(family, cleaner):
    card = holder()
    assert refused(ask, card, canteen()) == "redemption.no_price"
    stranger = shop("meals")[0]
    Price.objects.create(
        provider=stranger, item=sold("clean-room", "cleaning"), price_fen=1, valid_from=date(2025, 1, 1)
    )
    assert refused(ask, card, stranger).startswith("provider.")
    assert refused(ask, made_card(), cleaner) == "card.order_nothing_held"
    cards.report_lost(card=card, because="丢了", at=at(TENTH), by="granny")
    assert refused(ask, card, cleaner) == "card.lost"
    assert not Hold.objects.exists()


def test_without_a_card_nothing_is_ordered(family, cleaner):
    from songhe.assessment.tests.world import elder

    person = elder(county=LISHUI)
    told = {"county": LISHUI, "person_id": person.id, "provider": cleaner, "wish": wish(), "made_by": "elder"}
    assert refused(asked.ask, **told, **when()) == "card.unknown"


def test_a_price_that_changed_since_it_was_seen_is_said(family, cleaner):
    card = holder()
    assert refused(ask, card, cleaner, seen=(7_000, 7_000)) == "card.order_changed"
    assert held_fen(card) == 0


def test_only_money_that_is_still_valid_on_the_day_is_set_aside(db):
    _fund, card = funded(50_000, allowed=("cleaning",))
    who = shop("cleaning")[0]
    item = sold("clean-room", "cleaning", "visit")
    Price.objects.create(provider=who, item=item, price_fen=4_000, valid_from=date(2025, 1, 1))
    april = date(2026, 4, 5)
    assert refused(ask, card, who, wish(wanted_on=april)) == "card.order_nothing_held"
    family = made_fund(source="family", expiry="never")
    top_up(card, 3_000)
    row = ask(card, who, wish(wanted_on=april))
    assert (row.hold.amount_fen, row.fee_fen, left(card, family)) == (3_000, 8_000, 0)


def test_a_record_of_somebody_else_or_from_before_pays_nothing(family, cleaner):
    card = holder()
    row = ask(card, cleaner)
    accept(row)
    other = visited(row, person_id=made_card().person_id)
    before = visited(row, on=TENTH - timedelta(days=1))
    assert refused(hand_over, row, other) == "redemption.visit_differs"
    assert refused(hand_over, row, before) == "redemption.visit_differs"
    assert asked.records_of(row) == []
    assert (held_fen(card), Bill.objects.count()) == (8_000, 0)


def test_what_stands_before_it_is_accepted_has_no_bill_in_the_database(family, cleaner):
    from django.db import IntegrityError, transaction

    row = ask(holder(), cleaner)
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemOrder.objects.filter(id=row.id).update(bill_no="1")
