"""Whatever devices do to a card, and in whatever order it comes in: the county never loses more than is stated."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import permutations

import pytest
from django.db import transaction

from songhe.card import open as cards
from songhe.card.models import Card
from songhe.card.tests.world import left
from songhe.kernel.refusal import Refusal
from songhe.offline import guarantee
from songhe.offline.decide import decide
from songhe.offline.device import bound
from songhe.offline.models import Slip, Trouble
from songhe.offline.signed import Sent
from songhe.offline.tests.world import LISHUI, NOON, TENTH, Till, canteen, endowed, funded, later, till
from songhe.redemption.models import Bill

pytestmark = pytest.mark.django_db
PUT_IN, ON_CARD = 10_000_000, 3_000


class Over(Exception):
    """The world was looked at and is undone."""


@contextmanager
def undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Over
    except Over:
        pass


def all_on_the_county() -> int:
    """Have the county bear whatever it may; answers what it lost."""
    for row in Trouble.objects.filter(county=LISHUI, state="open").order_by("id"):
        told = {"county": LISHUI, "trouble_id": row.id, "because": "最坏", "at": later(hours=90), "on": TENTH}
        for bearer in ("county", "merchant"):
            try:
                decide(**told, bearer=bearer, by="clerk")
                break
            except Refusal as refusal:
                assert refusal.code in ("offline.not_guaranteed", "offline.wrong_state")
    return PUT_IN - guarantee.standing(LISHUI).balance


def conserved(card: Card, fund, tills: Sequence[Till]) -> None:
    booked = Slip.objects.filter(county=LISHUI, state="booked")
    bills = Bill.objects.filter(county=LISHUI)
    assert sorted(booked.values_list("bill_id", flat=True)) == sorted(bills.values_list("id", flat=True))
    assert sum(bills.values_list("purse_fen", flat=True)) + left(card, fund) == ON_CARD
    for one in tills:
        mine = Slip.objects.filter(county=LISHUI, device=one.device)
        counters = list(mine.values_list("counter", flat=True))
        assert len(counters) == len(set(counters))


def test_two_devices_and_one_card_in_every_order():
    endowed(PUT_IN)
    who = canteen()
    fund, card = funded(ON_CARD)
    one, two = two_tills(who)
    slips = [(one, one.slip(card)), (two, two.slip(card)), (one, one.slip(card)), (two, two.slip(card, 900))]
    for order in permutations(slips):
        with undone():
            for sender, slip in order:
                sender.send(slip)
                sender.send(slip)
            conserved(card, fund, (one, two))
            assert Slip.objects.filter(state="waiting").count() == 0
            assert all_on_the_county() <= min(2_500, bound(one.device).day_fen + bound(two.device).day_fen)


def two_tills(who) -> tuple[Till, Till]:
    return till(who, card_fen=2_500, day_fen=2_500), till(who, card_fen=2_500, day_fen=2_500)


def written(chance: random.Random, tills: Sequence[Till], card: Card) -> list[tuple[Till, Sent]]:
    """A day and a half of two tills: honest slips, spoiled ones, other keys, clocks that lie, numbers used twice."""
    sent = []
    for _ in range(14):
        one = chance.choice(tills)
        made = NOON + timedelta(minutes=chance.choice([0, 0, 5, 60, 900, 1_500, -4_000, 20_000]))
        slip = one.slip(card, chance.choice([100, 700, 1_200]), made=made)
        match chance.randrange(8):
            case 0:
                slip = Sent(slip.text.replace("|lunch|1|", "|lunch|2|"), slip.signature)
            case 1:
                slip = Sent(slip.text, chance.choice(tills).sign(slip.text).signature)
            case 2:
                one.counter -= 1
            case 3:
                one.previous = "ab" * 32
        sent.append((one, slip))
    return sent


@pytest.mark.parametrize("seed", range(12))
def test_liars_thieves_and_bad_luck_never_cost_more_than_the_stated_bound(seed):
    chance = random.Random(seed)
    endowed(PUT_IN)
    fund, card = funded(ON_CARD)
    tills = two_tills(canteen())
    sent = written(chance, tills, card) * 2
    chance.shuffle(sent)
    happens = chance.randrange(len(sent))
    for place, (one, slip) in enumerate(sent):
        if place == happens and chance.random() < 0.5:
            cards.freeze(card=card, because="查", at=later(hours=1), by="clerk")
        one.send(slip, when=later(hours=chance.choice([1, 2, 26, 40])))
    conserved(card, fund, tills)
    lost = all_on_the_county()
    days = bound(tills[0].device).days
    assert lost <= sum(bound(one.device).until_deadline_fen for one in tills)
    assert lost <= 2_500 * days, "one card at one merchant: its guarantee, day by day"


def test_the_worst_day_costs_what_is_stated_and_not_a_fen_more():
    """The stated bound is reached: a device that sells all day to cards that were emptied meanwhile."""
    endowed(PUT_IN)
    one = till(card_fen=1_200, day_fen=3_600)
    empty = [funded(1)[1] for _ in range(5)]
    for card in empty:
        cards.freeze(card=card, because="查", at=NOON, by="clerk")
    one.send(*[one.slip(card) for card in empty])
    assert all_on_the_county() == bound(one.device).day_fen == 3_600
