"""Slips of a till without a network are booked once, or wait for a person with what is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.card import hold as holds
from songhe.card import open as cards
from songhe.card.hold_models import Hold
from songhe.card.tests.world import left
from songhe.kernel.refusal import Refusal
from songhe.offline import device as devices
from songhe.offline.models import CardDay, DeviceDay, Slip, Trouble
from songhe.offline.signed import NONE_BEFORE, Sent
from songhe.offline.tests.world import FIRST, LISHUI, NOON, TENTH, at, canteen, funded, later, till
from songhe.person import event
from songhe.redemption.models import Bill

pytestmark = pytest.mark.django_db


def refused(code, call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    assert refusal.value.code == code


def said(answers):
    return [(each.state, each.code) for each in answers]


def troubles():
    return dict(Trouble.objects.order_by("id").values_list("code", "most_fen"))


def test_a_slip_is_booked_when_the_network_is_back_and_the_card_pays_it():
    fund, card = funded()
    one = till()
    (answer,) = one.send(one.slip(card))
    bill = Bill.objects.get()
    assert (answer.state, answer.code, answer.bill_no) == ("booked", "", bill.no)
    assert (bill.purse_fen, bill.self_fen, left(card, fund)) == (1_200, 0, 800)
    assert Slip.objects.get().guaranteed_fen == 1_200
    assert not Trouble.objects.exists()


def test_a_whole_upload_sent_again_books_nothing_and_answers_as_before():
    fund, card = funded(5_000)
    one = till(card_fen=5_000)
    slips = [one.slip(card) for _ in range(3)]
    first = one.send(*slips)
    assert one.send(*reversed(slips)) == first
    assert (Bill.objects.count(), left(card, fund)) == (3, 1_400)


def test_what_was_held_pays_and_uses_up_no_guarantee():
    fund, card = funded(4_000)
    one = till(card_fen=1_000)
    row = holds.hold(
        card=card,
        provider=one.device.provider,
        help="meals",
        amount_fen=3_000,
        day=TENTH,
        until=later(hours=30),
        at=NOON,
        on=TENTH,
        by="till",
    )
    assert said(one.send(one.slip(card), one.slip(card))) == [("booked", "")] * 2
    assert (left(card, fund), Hold.objects.get(id=row.id).taken_fen) == (1_000, 2_400)
    assert not DeviceDay.objects.exists()
    assert said(one.send(one.slip(card))) == [("troubled", "offline.over_card")]


def test_a_hold_whose_card_is_lost_falls_back_on_the_guarantee():
    _, card = funded(4_000)
    one = till()
    row = holds.hold(
        card=card,
        provider=one.device.provider,
        help="meals",
        amount_fen=3_000,
        day=TENTH,
        until=later(hours=30),
        at=NOON,
        on=TENTH,
        by="till",
    )
    slip = one.slip(card)
    cards.report_lost(card=card, because="丢失", at=later(minutes=10), by="clerk")
    assert said(one.send(slip)) == [("troubled", "person.medium_ended")]
    assert (Hold.objects.get(id=row.id).taken_fen, troubles()) == (0, {"person.medium_ended": 1_200})


def test_what_the_card_has_not_is_short_and_the_rest_is_paid():
    fund, card = funded(500)
    one = till()
    (answer,) = one.send(one.slip(card))
    assert (answer.state, answer.code) == ("booked", "offline.short")
    assert (left(card, fund), Slip.objects.get().short_fen, troubles()) == (0, 700, {"offline.short": 700})


def test_lost_frozen_and_dead_cards_are_guaranteed_within_the_limits():
    one = till()
    _, lost = funded()
    _, frozen = funded()
    _, dead = funded()
    slips = [one.slip(card) for card in (lost, frozen, dead)]
    cards.report_lost(card=lost, because="丢失", at=NOON, by="clerk")
    cards.freeze(card=frozen, because="查", at=NOON, by="clerk")
    died = TENTH - timedelta(days=1)
    told = event.report(person=dead.person, kind="death", happened_on=died, source="家属", on=TENTH, at=NOON, by="kin")
    event.verify(event=told, on=TENTH, at=NOON, by="clerk")
    assert [each.code for each in one.send(*slips)] == ["person.medium_ended", "card.frozen", "person.medium_ended"]
    assert not Bill.objects.exists()
    assert sum(Trouble.objects.values_list("most_fen", flat=True)) == 3_600


@pytest.mark.parametrize(
    ("hours", "code"), [(24, ""), (24.01, "offline.late"), (-0.05, ""), (-0.1, "offline.clock_ahead")]
)
def test_what_comes_late_or_says_a_time_to_come_is_not_guaranteed(hours, code):
    _, card = funded()
    one = till()
    (answer,) = one.send(one.slip(card), when=later(hours=hours))
    assert answer.code == code
    assert set(troubles().values()) <= {0}


def test_a_clock_that_goes_back_is_found():
    _, card = funded()
    one = till()
    first, second = one.slip(card, 500), one.slip(card, 500, made=NOON - timedelta(minutes=3))
    assert said(one.send(first, second)) == [("booked", ""), ("troubled", "offline.clock_back")]
    other = till()
    early = other.slip(card, 500, made=at(FIRST) - timedelta(hours=1))
    assert other.send(early, when=at(FIRST) + timedelta(hours=1))[0].code == "offline.clock_back"


def test_the_limits_of_card_and_device_hold_over_all_devices_of_the_merchant():
    who = canteen()
    _, card = funded(10_000)
    _, other = funded(10_000)
    one, two = till(who), till(who, day_fen=3_000)
    assert said(one.send(one.slip(card))) == [("booked", "")]
    answers = two.send(two.slip(card), two.slip(card, 600), two.slip(other), two.slip(other))
    assert said(answers) == [
        ("booked", ""),
        ("booked", ""),
        ("booked", ""),
        ("troubled", "offline.over_device"),
    ]
    assert said(one.send(one.slip(card, 1))) == [("troubled", "offline.over_card")]
    assert CardDay.objects.get(card=card).promised_fen == 3_000
    assert DeviceDay.objects.get(device=two.device).promised_fen == 3_000
    elsewhere = till()
    assert said(elsewhere.send(elsewhere.slip(card))) == [("booked", "")]


def test_a_slip_over_the_limit_of_a_card_is_not_guaranteed_at_all():
    _, card = funded(10_000)
    one = till(card_fen=1_000)
    assert said(one.send(one.slip(card))) == [("troubled", "offline.over_card")]
    assert troubles() == {"offline.over_card": 0}


def test_a_forged_slip_takes_no_number_away_and_is_kept_once():
    _, card = funded()
    one = till()
    true = one.slip(card)
    forged = Sent(true.text.replace("|1200|", "|2900|"), true.signature)
    assert said(one.send(forged, forged)) == [("refused", "offline.forged")] * 2
    assert (Slip.objects.count(), Trouble.objects.count(), Trouble.objects.get().most_fen) == (0, 1, 0)
    assert said(one.send(true)) == [("booked", "")]


@pytest.mark.parametrize("spoil", ["x", "", "SO1|1", "SO1|" + "|".join("a" * 7)])
def test_what_is_no_slip_is_kept_as_such(spoil):
    one = till()
    assert said(one.send(one.sign(spoil))) == [("refused", "offline.unreadable")]


def test_the_slip_of_another_device_is_none_of_this_one():
    _, card = funded()
    one, two = till(), till()
    assert said(one.send(two.slip(card))) == [("refused", "offline.unreadable")]


def test_one_number_with_two_slips_books_the_first_and_tells_of_the_second():
    _, card = funded()
    one = till()
    first = one.slip(card, 500)
    one.counter, one.previous = 0, NONE_BEFORE
    second = one.slip(card, 600)
    assert said(one.send(first, second)) == [("booked", ""), ("refused", "offline.counter_twice")]
    assert Bill.objects.count() == 1


def test_a_gap_holds_back_what_comes_after_it_until_the_rest_comes():
    fund, card = funded(5_000)
    one = till(card_fen=5_000)
    slips = [one.slip(card, 1_000) for _ in range(4)]
    assert said(one.send(slips[3], slips[1])) == [("waiting", "offline.gap")] * 2
    assert (Bill.objects.count(), Trouble.objects.get().said["last"]) == (0, 1)
    assert said(one.send(slips[0])) == [("booked", "")]
    assert (Bill.objects.count(), Trouble.objects.filter(state="open").get().said["last"]) == (2, 3)
    one.send(slips[2])
    assert (Bill.objects.count(), left(card, fund)) == (4, 1_000)
    assert set(Trouble.objects.values_list("state", "bearer", "decided_by")) == {("decided", "nobody", "run:offline")}


def test_a_slip_held_back_in_time_is_in_time_when_its_turn_comes():
    _, card = funded(5_000)
    one = till()
    slips = [one.slip(card, 1_000) for _ in range(2)]
    one.send(slips[1])
    assert said(one.send(slips[0], when=later(hours=30))) == [("troubled", "offline.late")]
    assert Slip.objects.get(counter=2).state == "booked"


def test_a_slip_that_follows_another_than_the_last_is_told():
    _, card = funded()
    one = till()
    one.send(one.slip(card, 100))
    strange = one.slip(card, 100, previous="ab" * 32)
    assert said(one.send(strange)) == [("troubled", "offline.chain_broken")]
    assert said(one.send(one.slip(card, 100))) == [("booked", "")]


def test_a_device_that_was_stopped_books_nothing_more():
    _, card = funded()
    one = till()
    slip = one.slip(card)
    devices.end(county=LISHUI, device_id=one.device.id, because="被盗", at=later(minutes=5), by="clerk")
    assert said(one.send(slip)) == [("troubled", "offline.device_ended")]


def test_a_device_sells_without_a_network_only_what_it_is_admitted_for():
    _, card = funded()
    one = till(helps=("meals",))
    assert said(one.send(one.slip(card, 4_000, item="soak"))) == [("troubled", "offline.not_this_help")]
    assert said(one.send(one.slip(card, item="gold"))) == [("troubled", "redemption.unknown_item")]


def test_a_card_that_nobody_has_is_told():
    _, card = funded()
    one = till()
    assert said(one.send(one.slip(card, card_no="999999999"))) == [("troubled", "offline.card_unknown")]


def test_a_price_above_the_published_one_is_not_paid():
    _, card = funded()
    one = till()
    assert said(one.send(one.slip(card, 1_300))) == [("troubled", "redemption.above_price")]


def test_the_whole_upload_is_refused_of_a_device_that_is_not_admitted():
    _, card = funded()
    one = till(admitted=False)
    refused("offline.not_admitted", one.send, one.slip(card))
    one.device.id = card.id
    refused("offline.unknown_device", one.send)
    refused("offline.too_many", till().send, *[Sent("x", "y")] * 201)
