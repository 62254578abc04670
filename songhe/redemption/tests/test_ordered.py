"""An order sets money aside, is paid when it is handed over, and gives back what it does not need; no fen is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from songhe.assessment.tests.world import at
from songhe.card import hold as holds
from songhe.card import open as cards
from songhe.card import pin
from songhe.card.hold_queries import by_provider, held_fen, on_card
from songhe.card.models import Hold, HoldPart, ItemOrder
from songhe.card.tests.world import LISHUI, TENTH, left, made_card, made_fund, top_up
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.person import code
from songhe.redemption import ordered
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import bought, canteen, funded, pay, shop
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

LATER = TENTH + timedelta(days=10)


@pytest.fixture
def family():
    return made_fund(source="family", expiry="never")


@pytest.fixture
def optician(family):
    return shop("goods")[0]


def holder(fen=50_000):
    card = made_card()
    top_up(card, fen)
    return card


def place(card, who, fee_fen=20_000, *, last_day=LATER, shown="", **more):
    told = {"charge": bought("goods", fee_fen=fee_fen), "words": "双光老花镜", "confirmed_by": "staff"}
    told |= {"shown": shown or card.medium.number, "at": at(TENTH), "on": TENTH, "by": "till"}
    return ordered.order(county=LISHUI, provider=who, last_day=last_day, **told | more)


def fetch(row, card, who, *, on=TENTH, shown=""):
    return ordered.hand_over(
        county=LISHUI,
        no=row.no,
        provider_id=who.id,
        shown=shown or card.medium.number,
        confirmed_by="staff",
        at=at(on),
        on=on,
        by="till",
    )


def drop(row, because="不要了", **more):
    return ordered.give_up(county=LISHUI, no=row.no, because=because, at=at(TENTH), on=TENTH, by="till", **more)


def refused(call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    return refusal.value.code


def beside():
    return sum(Account.objects.filter(county=LISHUI, kind="card_hold").values_list("balance", flat=True))


def test_what_is_ordered_is_set_aside_and_nothing_else_spends_it(family, optician):
    card = holder()
    row = place(card, optician)
    assert (left(card, family), beside(), held_fen(card)) == (30_000, 20_000, 20_000)
    assert (row.fee_fen, row.last_day, row.words, row.hold.help) == (20_000, LATER, "双光老花镜", "goods")
    assert pay(card, optician, bought("goods", fee_fen=40_000, quantity=2)).self_fen == 10_000
    assert Bill.objects.count() == 1
    assert Entry.objects.get(county=LISHUI, act="redemption.order").detail["order"] == row.no


def test_it_is_paid_when_it_is_handed_over_by_the_one_redemption(family, optician):
    card = holder()
    row = place(card, optician)
    bill = fetch(row, card, optician, on=LATER)
    assert (bill.purse_fen, bill.self_fen, bill.provider_id) == (20_000, 0, optician.id)
    assert (left(card, family), beside()) == (30_000, 0)
    row.refresh_from_db()
    assert (row.bill_no, Hold.objects.get(id=row.hold_id).state) == (bill.no, "captured")
    assert refused(fetch, row, card, optician) == "card.order_over"
    assert Bill.objects.count() == 1


def test_only_what_the_card_would_pay_is_set_aside_and_the_rest_is_paid_in_cash(family, optician):
    card = holder(5_000)
    row = place(card, optician)
    assert row.hold.amount_fen == 5_000
    bill = fetch(row, card, optician)
    assert (bill.purse_fen, bill.self_fen) == (5_000, 15_000)


def test_a_card_with_nothing_for_it_orders_nothing(family, optician):
    assert refused(place, made_card(), optician) == "card.order_nothing_held"
    assert not ItemOrder.objects.exists()


def test_whatever_its_bill_would_be_refused_for_refuses_the_order(family, optician):
    card = holder()
    assert refused(place, card, canteen(), 100, charge=bought("nothing")).startswith("redemption.")
    stranger = shop("meals")[0]
    assert refused(place, card, stranger).startswith("provider.")
    cards.freeze(card=card, because="查", at=at(TENTH), by="clerk")
    assert refused(place, card, optician) == "card.frozen"
    assert (left(card, family), beside(), Bill.objects.count()) == (50_000, 0, 0)


@pytest.mark.parametrize(("days", "why"), [(-1, "card.order_day_past"), (61, "card.order_too_long")])
def test_its_last_day_is_neither_past_nor_far(family, optician, days, why):
    assert refused(place, holder(), optician, last_day=TENTH + timedelta(days=days)) == why


def test_money_that_lapses_before_the_last_day_is_not_set_aside(db):
    fund, card = funded(20_000, allowed=("goods",))
    who = shop("goods")[0]
    april = date(2026, 4, 5)
    assert refused(place, card, who, last_day=april) == "card.hold_too_little"
    assert place(card, who, last_day=date(2026, 3, 31)).hold.amount_fen == 20_000
    assert left(card, fund) == 0


def test_given_up_by_either_it_is_on_the_card_again(family, optician):
    card = holder()
    row = place(card, optician)
    assert refused(drop, row, " ") == "card.say_why"
    assert refused(drop, row, provider_id=optician.id + 1) == "card.order_unknown"
    drop(row, provider_id=optician.id)
    assert (left(card, family), beside(), Hold.objects.get().state) == (50_000, 0, "released")
    assert refused(drop, row) == "card.order_over"
    assert refused(fetch, row, card, optician) == "card.order_over"


def test_when_its_time_is_up_it_is_on_the_card_again_by_itself(family, optician):
    card = holder()
    row = place(card, optician)
    assert holds.release_overdue(county=LISHUI, at=row.hold.until - timedelta(seconds=1), on=LATER) == 0
    assert holds.release_overdue(county=LISHUI, at=row.hold.until, on=LATER) == 1
    assert (left(card, family), beside()) == (50_000, 0)
    assert refused(fetch, row, card, optician, on=LATER + timedelta(days=1)) == "card.order_over"


def test_only_who_ordered_fetches_it_and_only_where(family, optician):
    card, other = holder(), holder()
    row = place(card, optician)
    assert refused(fetch, row, other, optician) == "card.order_somebody_elses"
    assert refused(fetch, row, card, shop("goods")[0]) == "card.order_unknown"
    assert (beside(), Bill.objects.count()) == (20_000, 0)


def test_what_is_refused_when_it_is_handed_over_stays_set_aside(family, optician):
    card = holder()
    row = place(card, optician)
    cards.freeze(card=card, because="查", at=at(TENTH), by="clerk")
    assert refused(fetch, row, card, optician) == "card.frozen"
    assert (beside(), Hold.objects.get().state) == (20_000, "held")


def test_it_is_ordered_and_fetched_with_paper_and_pin_and_each_code_counts_once(family, optician):
    card = holder()
    medium = pin.print_code(card=card, pin="836195", at=at(TENTH), on=TENTH, by="clerk")
    assert refused(place, card, optician, shown=code.printed(medium)) == "person.pin_needed"

    def shown(on):
        given = code.printed(medium)
        return pin.unlock(county=LISHUI, given=given, pin="836195", at=at(on), reader="provider:1", by="till")

    now = shown(TENTH)
    row = place(card, optician, shown=now)
    assert refused(place, card, optician, shown=now) == "person.code_used"
    assert fetch(row, card, optician, on=LATER, shown=shown(LATER)).purse_fen == 20_000


def test_pages_read_it_in_few_statements(family, optician, django_assert_num_queries):
    card = holder(60_000)
    first = place(card, optician, 10_000)
    place(card, optician, 10_000, last_day=TENTH)
    drop(place(card, optician, 10_000))
    with django_assert_num_queries(3):
        found = on_card(card)
    assert [one.hold.state for one in found] == ["held", "held", "released"]
    assert [one.open_fen for one in found] == [10_000, 10_000, 0]
    assert found[1].order == first
    assert [(one["provider_id"], one["holds"], one["fen"]) for one in by_provider(LISHUI)] == [(optician.id, 2, 20_000)]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    some.lists(
        some.tuples(some.sampled_from(["order", "fetch", "drop", "expire", "buy"]), some.integers(1, 9_000)), max_size=9
    )
)
def test_whatever_happens_no_fen_is_made_or_lost(db, steps):
    from django.db import transaction

    with transaction.atomic():
        fund = made_fund(source="family", expiry="never")
        who = shop("goods")[0]
        card = holder(30_000)
        rows, spent = [], 0
        for what, fen in steps:
            try:
                if what == "order":
                    rows.append(place(card, who, fen))
                elif what == "buy":
                    spent += pay(card, who, bought("goods", fee_fen=fen)).purse_fen
                elif what == "expire":
                    holds.release_overdue(county=LISHUI, at=at(LATER + timedelta(days=1)), on=TENTH)
                elif rows and what == "fetch":
                    spent += fetch(rows[fen % len(rows)], card, who).purse_fen
                elif rows:
                    drop(rows[fen % len(rows)])
            except Refusal:
                pass
            parts = HoldPart.objects.filter(county=LISHUI)
            assert beside() == sum(part.amount_fen - part.back_fen for part in parts) == held_fen(card)
            assert left(card, fund) + beside() + spent == 30_000
        transaction.set_rollback(True)
