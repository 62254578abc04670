"""An order from home in which the elder names nobody goes to the first, and how it came there is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card.hold_queries import held_fen
from songhe.card.models import ItemOrder
from songhe.card.tests.world import LISHUI, TENTH, made_card, made_fund, top_up
from songhe.examine import steer
from songhe.examine.models import Offered, Steering
from songhe.examine.steer import Public, ask_the_first
from songhe.kernel.refusal import Refusal
from songhe.provider.suspend import suspend
from songhe.redemption import asked
from songhe.redemption.tests.test_card import shop
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

WHEN = {"at": at(TENTH), "on": TENTH, "by": "granny"}


@pytest.fixture
def card():
    made_fund(source="family", expiry="never")
    made = made_card()
    top_up(made, 500_000)
    return made


@pytest.fixture
def shops(monkeypatch):
    """Two that bathe; the second has the better published score."""
    bad, good = shop("bathing")[0], shop("bathing")[0]
    monkeypatch.setattr(steer, "public_scores", lambda county: Public(None, {bad.pk: 40, good.pk: 90}))
    return bad, good


def ask(card, **more):
    wish = asked.Wish("soak", TENTH + timedelta(days=2), address="松鹤路 1 号")
    return ask_the_first(**{"county": LISHUI, "person_id": card.person_id, "wish": wish} | WHEN | more)


def decline(row):
    provider_id = row.hold.provider_id
    return asked.decline(county=LISHUI, no=row.no, provider_id=provider_id, because="没有人手", **WHEN)


def test_the_better_score_gets_it_and_what_was_offered_is_kept(card, shops):
    bad, good = shops
    row = ask(card)
    assert (row.hold.provider, row.made_by, held_fen(card)) == (good, ItemOrder.Made.COUNTY, 4_000)
    kept = Steering.objects.get(order__id=row.id, county=LISHUI)
    assert (kept.way, kept.need_id, kept.because) == ("first", None, "")
    told = Offered.objects.filter(steering=kept).order_by("place").values_list("provider_id", flat=True)
    assert list(told) == [good.pk, bad.pk]
    assert Entry.objects.get(county=LISHUI, act="examine.direct").subject_id == str(row.id)


def test_who_declined_is_passed_over_with_the_reason_and_then_nobody_is_left(card, shops):
    bad, good = shops
    decline(ask(card))
    second = ask(card)
    assert second.hold.provider == bad
    kept = Steering.objects.get(order__id=second.id, county=LISHUI)
    assert (kept.way, kept.because) == ("other", f"{good.name}：没有人手")
    decline(second)
    with pytest.raises(Refusal) as refusal:
        ask(card)
    assert refusal.value.code == "examine.nobody"
    assert held_fen(card) == 0


def test_who_is_suspended_is_not_asked_and_without_anybody_nothing_is_kept(card):
    one = shop("bathing")[0]
    suspend(provider=one, county=LISHUI, since=TENTH, because="检查", at=at(TENTH), by="head")
    with pytest.raises(Refusal) as refusal:
        ask(card)
    assert refusal.value.code == "examine.nobody"
    assert not Steering.objects.exists()


def test_what_the_card_does_not_pay_leaves_no_trace_of_steering(card, shops):
    with pytest.raises(Refusal) as refusal:
        ask(card, seen=(1, 1))
    assert refusal.value.code == "card.order_changed"
    assert not Steering.objects.exists()
    assert held_fen(card) == 0
