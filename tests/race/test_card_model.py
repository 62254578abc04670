"""Top-ups, matches, meals, reversals and refunds in any order, in two places: no cycle ever makes money.

``SONGHE_MODEL_EXAMPLES`` and ``SONGHE_MODEL_STEPS`` make it longer.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from songhe.card import draw, refund
from songhe.card.models import Draw, GivenBack, Match, MatchCount, Refund, TopUp
from songhe.card.open import lock
from songhe.card.tests.world import JINDONG, TENTH, at, canteen, in_fund, left, made_card, made_fund, top_up
from songhe.county.key import new_id
from songhe.kernel.integer import ratio
from songhe.kernel.refusal import Refusal
from tests.race.together import sound

pytestmark = [pytest.mark.race, pytest.mark.slow]

EXAMPLES = int(os.environ.get("SONGHE_MODEL_EXAMPLES", "8"))
STEPS = int(os.environ.get("SONGHE_MODEL_STEPS", "40"))
TALLY: Counter[str] = Counter()

JIANGYAN = "321204"
CHARITY = 30_000


class Cycles(RuleBasedStateMachine):
    """A family and a charity that is not deep; what each has put in is told by Python alone."""

    county, share, cap = JINDONG, "1/1", 3_000

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.family = made_fund(county=self.county, source="family", expiry="never")
        self.charity = made_fund(county=self.county, source="charity", expiry="never", matches=True, amount_fen=CHARITY)
        self.who = canteen(self.county)
        self.card = made_card(county=self.county)
        self.today = TENTH
        self.cash_in = self.cash_out = self.eaten = 0
        self.topups: list[str] = []
        self.meals: dict[Any, int] = {}

    def teardown(self) -> None:
        try:
            sound()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def tried(self, what: str, act: Any) -> Any:
        try:
            with transaction.atomic():
                answer = act()
        except Refusal as refusal:
            TALLY[f"{what} {refusal.code}"] += 1
            return None
        TALLY[f"{what} done"] += 1
        return answer

    @precondition(lambda self: len(self.topups) < 12)
    @rule(fen=st.integers(100, 6_000))
    def puts_in(self, fen: int) -> None:
        row = self.tried("top-up", lambda: top_up(self.card, fen, on=self.today))
        self.topups.append(row.no)
        self.cash_in += fen

    @precondition(lambda self: self.topups)
    @rule(data=st.data(), everything=st.booleans())
    def asks_back(self, data: st.DataObject, everything: bool) -> None:
        row = TopUp.objects.get(county=self.county, no=data.draw(st.sampled_from(self.topups)))
        most = refund.possible(topup=row).most_fen
        fen = most if everything else data.draw(st.integers(1, 6_000))
        if not fen:
            return
        done = self.tried(
            "refund",
            lambda: refund.refund(
                county=self.county,
                no=row.no,
                amount_fen=fen,
                because="退",
                at=at(self.today),
                on=self.today,
                by="clerk",
            ),
        )
        assert done is None or fen <= most
        self.cash_out += fen if done else 0

    @rule(fen=st.integers(1, 4_000))
    def eats(self, fen: int) -> None:
        about = new_id()

        def meal() -> int:
            card = lock(county=self.county, card_id=self.card.id)
            owed = draw.Owed(about, "meals", fen, self.today)
            found = draw.plan(card=card, owed=[owed], on=self.today)
            draw.draw(
                card=card,
                takings=found,
                provider_id=self.who.id,
                at=at(self.today),
                on=self.today,
                by="till",
            )
            return sum(each.amount_fen for each in found)

        paid = self.tried("meal", meal)
        if paid:
            self.meals[about] = paid
            self.eaten += paid

    @precondition(lambda self: self.meals)
    @rule(data=st.data())
    def sends_a_meal_back(self, data: st.DataObject) -> None:
        about = data.draw(st.sampled_from(sorted(self.meals)))
        card = lock(county=self.county, card_id=self.card.id)
        draw.give_back(card=card, about=[about], at=at(self.today), on=self.today, by="manager")
        TALLY["back done"] += 1
        self.eaten -= self.meals.pop(about)

    @rule()
    def time_goes_on(self) -> None:
        self.today = min(self.today + timedelta(days=12), date(2026, 6, 30))

    @invariant()
    def nobody_makes_money(self) -> None:
        held, given = left(self.card, self.family), left(self.card, self.charity)
        eaten = {fund: self._eaten(fund) for fund in (self.family, self.charity)}
        assert sum(eaten.values()) == self.eaten
        assert self.cash_in - self.cash_out == held + eaten[self.family]
        assert in_fund(self.charity) + given + eaten[self.charity] == CHARITY
        assert eaten[self.charity] <= self.cash_in - self.cash_out, "charity pays beside money that stayed"

    @invariant()
    def every_match_stands_on_its_top_up(self) -> None:
        by_month: Counter[str] = Counter()
        for row in Match.objects.filter(county=self.county):
            of = TopUp.objects.get(county=self.county, id=row.topup_id)
            stays = row.amount_fen - row.back_fen
            assert stays <= (of.amount_fen - of.refunded_fen) * ratio(self.share)
            by_month[row.month] += stays
        for count in MatchCount.objects.filter(county=self.county):
            assert count.matched_fen == by_month[count.month]
            assert self.cap is None or count.matched_fen <= self.cap
        refunded = sum(Refund.objects.filter(county=self.county).values_list("amount_fen", flat=True))
        assert refunded == self.cash_out

    def _eaten(self, fund: Any) -> int:
        back = set(GivenBack.objects.filter(county=self.county).values_list("draw_id", flat=True))
        rows = Draw.objects.filter(county=self.county, fund_id=fund.id).values_list("id", "amount_fen")
        return sum(fen for row, fen in rows if row not in back)


class HalfAsMuch(Cycles):
    county, share, cap = JIANGYAN, "1/2", None


@pytest.mark.parametrize("machine", [Cycles, HalfAsMuch], ids=["one-to-one", "half"])
@pytest.mark.django_db
def test_no_cycle_of_top_up_match_meal_and_refund_makes_money(machine):
    TALLY.clear()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = sum(count for what, count in TALLY.items() if what.endswith(" done"))
    assert done >= 0.3 * sum(TALLY.values()), dict(TALLY)
    assert all(TALLY[f"{what} done"] for what in ("top-up", "refund", "meal", "back")), dict(TALLY)
