"""Two counties whose elders eat in each other's canteens, over months in which letters are lost, come twice and out of
order, and bills are reversed in between: in the end both ledgers say the same, and every fen is accounted for.

``SONGHE_MODEL_EXAMPLES`` and ``SONGHE_MODEL_STEPS`` make it longer.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from songhe.assessment.tests.world import at
from songhe.card.models import Draw, GivenBack
from songhe.card.tests.world import LISHUI, made_card, made_fund, run_charge
from songhe.jobs.models import Outgoing
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill, Line
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.test_card import HELPS, STANDARD, bought, pay
from songhe.settlement import gather, net
from songhe.settlement.clear import by_level, clear, resend
from songhe.settlement.differ import compare, look, resolve
from songhe.settlement.letters import HANDLERS
from songhe.settlement.models import Claim, Difference, Net, ReceivedLine
from songhe.settlement.tests.clearing import NEXT_DOOR, agreed, balance, canteen_there
from tests.race.together import sound

pytestmark = [pytest.mark.race, pytest.mark.slow]

EXAMPLES = int(os.environ.get("SONGHE_MODEL_EXAMPLES", "6"))
STEPS = int(os.environ.get("SONGHE_MODEL_STEPS", "40"))
TALLY: Counter[str] = Counter()

PAIRS = ((LISHUI, NEXT_DOOR), (NEXT_DOOR, LISHUI))
COUNTIES = st.sampled_from([LISHUI, NEXT_DOOR])
PLACES = st.integers(0, 11)


class Months(RuleBasedStateMachine):
    """Each county has a card with money of two levels, and a canteen; the post between them may do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.month = Month(2026, 3)
        self.funds: dict[str, list[Any]] = {}
        self.cards: dict[str, Any] = {}
        self.canteens: dict[str, Any] = {}
        for home, serving in PAIRS:
            agreed(home, serving)
            self.canteens[home] = canteen_there(home)
            self.funds[home] = [
                made_fund(county=home, level=level, rates={STANDARD: fen}, allowed=HELPS, expiry="never")
                for level, fen in (("province", 700), ("county", 6_000))
            ]
            self.cards[home] = made_card(STANDARD, county=home)
        self._charge()

    def teardown(self) -> None:
        try:
            self._in_the_end()
            sound()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @property
    def today(self) -> date:
        return date(self.month.year, self.month.number, 20)

    def tried(self, what: str, act: Any) -> Any:
        try:
            with transaction.atomic():
                answer = act()
        except Refusal as refusal:
            TALLY[f"{what} {refusal.code}"] += 1
            return None
        TALLY[f"{what} done"] += 1
        return answer

    @rule(home=COUNTIES, code=st.sampled_from(["lunch", "soak"]))
    def eats_next_door(self, home: str, code: str) -> None:
        charge = bought(code, day=self.today)
        where = self.canteens[dict(PAIRS)[home]]
        self.tried("meal", lambda: pay(self.cards[home], where, charge, on=self.today))

    @rule(home=COUNTIES, place=PLACES)
    def takes_it_back(self, home: str, place: int) -> None:
        bills = list(Bill.objects.filter(county=home, state="booked").order_by("id"))
        if bills:
            no = bills[place % len(bills)].no
            told = {"because": "退", "at": at(self.today), "on": self.today, "by": "till"}
            self.tried("back", lambda: reverse(county=home, bill_no=no, **told))

    @precondition(lambda self: self.month < Month(2026, 9))
    @rule()
    def month_ends(self) -> None:
        for home, _ in PAIRS:
            clear(county=home, month=self.month, at=at(self.today), on=self.today, by="run")
        self._gather()
        self.month = self.month.plus(1)
        self._charge()

    @rule(place=PLACES, again=st.booleans())
    def a_letter_comes(self, place: int, again: bool) -> None:
        letters = self._letters()
        if letters:
            self._deliver(letters[place % len(letters)], keep=again)

    @rule(place=PLACES)
    def a_letter_is_lost(self, place: int) -> None:
        letters = self._letters()
        if letters and place % 3 == 0:
            letters[place % len(letters)].delete()
            TALLY["lost"] += 1

    @rule(what=st.sampled_from(["draw", "confirm", "dispute", "tell", "settle"]), county=COUNTIES)
    def people_act(self, what: str, county: str) -> None:
        self._act(what, county)

    @rule(home=COUNTIES)
    def people_compare(self, home: str) -> None:
        self._compare(home)

    @invariant()
    def nobody_owes_more_than_was_eaten(self) -> None:
        for home, serving in PAIRS:
            for fund in self.funds[home]:
                stands = sum(
                    balance(home, f"card:{fund.code}", account)
                    for account in (
                        f"payable:{self.canteens[serving].id}",
                        f"clearing:{serving}",
                        f"cleared:{serving}",
                    )
                )
                assert stands == self._eaten(home, fund)

    @invariant()
    def agreed_nets_are_the_same_on_both_sides(self) -> None:
        rows = {(row.county, row.month): row for row in Net.objects.filter(state__in=["agreed", "settled"])}
        for (county, month), row in rows.items():
            other = rows.get((row.other, month))
            if other is not None:
                assert (row.out_fen, row.in_fen, row.word) == (other.in_fen, other.out_fen, other.word), county

    def _in_the_end(self) -> None:
        """Faults stop; letters are sent again until nothing differs, and all that was eaten is cleared and paid.

        Whatever came before, each card has eaten next door once more, so that every run ends with a net drawn, agreed
        and settled on both sides.
        """
        self.month_ends()
        for (home, serving), code in zip(PAIRS, ("lunch", "soak"), strict=True):
            bill = pay(self.cards[home], self.canteens[serving], bought(code, day=self.today), on=self.today)
            assert bill.purse_fen == bill.fee_fen
        self.month_ends()
        for _ in range(8):
            for home, _ in PAIRS:
                self._compare(home)
            self._post()
            for what in ("draw", "confirm", "confirm", "tell", "settle", "tell", "settle"):
                for county, _ in PAIRS:
                    self._act(what, county)
                self._post()
            if self._is_quiet():
                break
            self._act("dispute", LISHUI, last=True)
            self._post()
        assert self._is_quiet()
        self._gather()
        for home, serving in PAIRS:
            eaten = sum(self._eaten(home, fund) for fund in self.funds[home])
            books = f"clearing:{home}"
            cleared = sum(balance(home, f"card:{fund.code}", f"cleared:{serving}") for fund in self.funds[home])
            assert cleared == eaten == -balance(serving, books, f"cleared:{home}")
            assert all(not balance(home, f"card:{fund.code}", f"clearing:{serving}") for fund in self.funds[home])
            assert balance(serving, books, f"receivable:{home}") == 0
            assert balance(serving, books, f"payable:{self.canteens[serving].id}") == eaten
            claims = list(Claim.objects.filter(county=home).order_by("no"))
            assert all(compare(claim).agrees for claim in claims)
            told = by_level(county=home, claim_ids=[claim.id for claim in claims])
            assert sum(fen for _, fen in told.values()) == eaten
            on_statements = ReceivedLine.objects.filter(county=serving).exclude(statement_id__isnull=True)
            assert (on_statements.aggregate(fen=Sum("amount_fen"))["fen"] or 0) == eaten
        nets = Net.objects.order_by("county")
        assert {(row.county, row.state) for row in nets} == {(county, "settled") for county, _ in PAIRS}
        assert nets.aggregate(fen=Sum("net_fen", default=0))["fen"] == 0

    def _is_quiet(self) -> bool:
        """Nothing waits to be cleared or paid, and both sides have settled the same months."""
        waiting = Claim.objects.filter(settled_month="").exists() or Net.objects.exclude(state="settled").exists()
        settled = [set(Net.objects.filter(county=county).values_list("month", flat=True)) for county, _ in PAIRS]
        return not waiting and settled[0] == settled[1]

    def _charge(self) -> None:
        for home, _ in PAIRS:
            for fund in self.funds[home]:
                run_charge(fund, month=self.month)

    def _gather(self) -> None:
        for home, serving in PAIRS:
            programme = f"clearing:{home}"
            gather.gather(county=serving, programme=programme, month=self.month, at=at(self.today), by="run")

    def _eaten(self, home: str, fund: Any) -> int:
        away = Line.objects.filter(county=home, bill__served_in__gt="").values("id")
        rows = Draw.objects.filter(county=home, fund_id=fund.id, about__in=away)
        back = GivenBack.objects.filter(county=home).values("draw_id")
        return int(rows.exclude(id__in=back).aggregate(fen=Sum("amount_fen", default=0))["fen"])

    def _letters(self) -> list[Outgoing]:
        return list(Outgoing.objects.filter(done_at=None, topic__in=list(HANDLERS)).order_by("id"))

    def _deliver(self, letter: Outgoing, *, keep: bool) -> bool:
        def come() -> bool:
            HANDLERS[letter.topic](letter, at(self.today))
            return True

        done = self.tried("letter", come)
        if done and not keep:
            letter.delete()
        return bool(done)

    def _post(self) -> None:
        for letter in self._letters():
            self._deliver(letter, keep=False)

    def _compare(self, home: str) -> None:
        told = {"county": home, "at": at(self.today), "by": "clerk"}
        for claim in Claim.objects.filter(county=home).order_by("no"):
            look(claim_id=claim.id, **told)
            if Difference.objects.filter(county=home, claim=claim, code="missing_there", how="").exists():
                self.tried("resend", lambda claim=claim: resend(claim_id=claim.id, because="没有收到", **told))
        for row in Difference.objects.filter(county=home, how="", code="reversed_since"):
            self.tried("accept", lambda row=row: resolve(difference_id=row.id, how="accept", because="下期", **told))

    def _act(self, what: str, county: str, *, last: bool = False) -> None:
        other = dict(PAIRS)[county]
        when = {"at": at(self.today)}
        if what == "draw":
            return self.tried(
                "draw", lambda: net.draw(county=county, other=other, month=self.month, by="clerk", **when)
            )
        for row in Net.objects.filter(county=county).order_by("month"):
            named = {"county": county, "net_id": row.id, **when}
            if what == "confirm":
                self.tried("confirm", lambda named=named: net.confirm(by="head", **named))
            elif what == "dispute" and (not last or row.state == "asked"):
                self.tried("dispute", lambda named=named: net.dispute(because="不符", by="head", **named))
            elif what == "tell":
                self.tried("tell", lambda named=named: net.tell_again(by="clerk", **named))
            elif what == "settle":
                paid = row.their_reference or f"B{row.month}"
                told = {"reference": paid, "on": self.today, "by": "cashier"}
                self.tried("settle", lambda named=named, told=told: net.settle(**told, **named))
        return None


@pytest.mark.django_db
def test_months_between_two_counties_balance_on_both_sides_whatever_the_post_does():
    TALLY.clear()
    run_state_machine_as_test(
        Months,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    always = ("letter", "draw", "confirm", "settle")
    assert all(TALLY[f"{what} done"] >= EXAMPLES for what in always), dict(TALLY)
