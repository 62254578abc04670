"""A month as a game of chance, played in the database and in a few lines of Python: both must say the same.

``SONGHE_MODEL_EXAMPLES`` and ``SONGHE_MODEL_STEPS`` make it longer. Hypothesis prints the shortest program that fails.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant.choose import choose
from songhe.grant.expire import expire
from songhe.grant.fund import accounts, payable
from songhe.grant.hold import hold, release
from songhe.grant.models import Grant
from songhe.grant.tests.world import MARCH, PROGRAMME, budget, entitled, left, run_issue
from songhe.jobs.once import once
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.models import Period
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.tests.world import item, provider
from songhe.settlement.close import close
from tests.race.together import sound

pytestmark = [pytest.mark.race, pytest.mark.slow]

EXAMPLES = int(os.environ.get("SONGHE_MODEL_EXAMPLES", "8"))
STEPS = int(os.environ.get("SONGHE_MODEL_STEPS", "40"))

#: What each step came to, over all examples of a run.
TALLY: Counter[str] = Counter()

ITEMS = {"home": ("bath", Fraction(1, 2)), "institution_short": ("respite", Fraction(2, 5))}
FACE = 80_000
LAST = date(2026, 3, 31)


def half_up(ratio: Fraction, base: int) -> int:
    return (2 * ratio.numerator * base + ratio.denominator) // (2 * ratio.denominator)


@dataclass
class ModelBill:
    no: str
    fee: int
    ltci: int | None
    paid: int
    state: str = "booked"


@dataclass
class ModelVoucher:
    row: Grant
    left: int = FACE
    group: str | None = None
    used: bool = False
    expired: bool = False
    holds: dict[Any, tuple[int, str]] = field(default_factory=dict)
    bills: list[ModelBill] = field(default_factory=list)

    @property
    def held(self) -> int:
        return sum(amount for amount, state in self.holds.values() if state == "held")


class Play(RuleBasedStateMachine):
    """Each rule says what must come of it, by the model, before it asks the database."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        item("respite", category="institution_short", evidence="visit")
        self.who = provider(prices={"bath": 100_000, "respite": 100_000})
        self.today = date(2026, 3, 27)
        self.vouchers: list[ModelVoucher] = []
        self.owed = self.lapsed = self.issued = 0
        self.closed = False
        self.keys = count(1)
        self.last_call: tuple[Any, dict[str, Any]] | None = None
        budget(FACE * 8)
        self.issue(2)

    def teardown(self) -> None:
        try:
            self.agree()
            sound()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    # --- what both say ---

    def expect(self, act: Any, refused: str = "", *, what: str) -> Any:
        """Do it, and see that it is refused for just the reason that the model gives, or not at all."""
        try:
            with transaction.atomic():
                answer = act()
        except Refusal as refusal:
            assert refusal.code == refused, f"{what}: {refusal.code} instead of {refused or 'an answer'}"
            TALLY[f"{what} refused"] += 1
            return None
        assert not refused, f"{what}: answered instead of {refused}"
        TALLY[f"{what} done"] += 1
        return answer

    def now(self, hour: int = 9):
        return at(self.today, hour)

    def voucher(self, data: st.DataObject) -> ModelVoucher:
        return data.draw(st.sampled_from(self.vouchers), label="voucher")

    def unusable(self, voucher: ModelVoucher) -> str:
        return "grant.expired" if voucher.expired or self.today > LAST else ""

    # --- the month ---

    @precondition(lambda self: self.today <= LAST and len(self.vouchers) < 8)
    @rule(people=st.integers(1, 2))
    def issue(self, people: int = 1) -> None:
        people = min(people, 8 - len(self.vouchers))
        for _ in range(people):
            entitled()
        done = self.expect(lambda: run_issue(on=self.today), what="issue")
        assert done.grants == people
        known = {voucher.row.id for voucher in self.vouchers}
        for row in Grant.objects.filter(county=COUNTY).exclude(id__in=known).order_by("no"):
            self.vouchers.append(ModelVoucher(row))
        self.issued += people * FACE

    @rule(data=st.data(), group=st.sampled_from([*ITEMS, "day_care"]))
    def choose(self, data: st.DataObject, group: str) -> None:
        voucher = self.voucher(data)
        refused = self.unusable(voucher)
        if not refused and group != voucher.group:
            if group == "day_care":
                refused = "grant.group_not_open"
            elif voucher.used or voucher.held:
                refused = "grant.already_used"
        self.expect(
            lambda: choose(
                county=COUNTY, grant_id=voucher.row.id, category=group, at=self.now(), on=self.today, by="elder"
            ),
            refused,
            what="choose",
        )
        if not refused:
            voucher.group = group

    def group_of(self, voucher: ModelVoucher, data: st.DataObject) -> str:
        """Mostly the group that the voucher is in, for a game of refusals tests little else."""
        if voucher.group and data.draw(st.integers(0, 9), label="other group if 0"):
            return voucher.group
        return data.draw(st.sampled_from(list(ITEMS)), label="group")

    @rule(data=st.data(), fee=st.integers(1, 60_000), ltci=st.none() | st.integers(0, 20_000))
    def redeem(self, data: st.DataObject, fee: int, ltci: int | None) -> None:
        voucher = self.voucher(data)
        self._redeem(voucher, self.group_of(voucher, data), fee, ltci)

    @precondition(lambda self: any(voucher.holds for voucher in self.vouchers))
    @rule(data=st.data(), fee=st.integers(1, 60_000))
    def capture(self, data: st.DataObject, fee: int) -> None:
        voucher = data.draw(st.sampled_from([each for each in self.vouchers if each.holds]), label="voucher")
        row = data.draw(st.sampled_from(list(voucher.holds)), label="hold")
        self._redeem(voucher, voucher.group or "home", fee, 0, row)

    def _redeem(self, voucher: ModelVoucher, group: str, fee: int, ltci: int | None, row: Any = None) -> None:
        code, ratio = ITEMS[group]
        amount, state = voucher.holds.get(row, (0, "held"))
        refused = self.unusable(voucher)
        if not refused and state != "held":
            refused = "grant.wrong_state"
        if not refused and voucher.group not in {None, group}:
            refused = "grant.other_group"
        if not refused and (ltci or 0) > fee:
            refused = "quote.ltci_over_fees"
        request = Request(
            provider_id=self.who.id,
            charges=(Charge(item=code, service_on=min(self.today, LAST), fee_fen=fee),),
            grant_no=voucher.row.no,
            ltci_fen=ltci,
            hold=row,
        )
        key = f"k{next(self.keys)}"

        def call() -> dict[str, Any]:
            return once(
                county=COUNTY,
                client="till",
                key=key,
                body=request.as_dict(),
                at=self.now(),
                do=lambda: self._answer(request),
            )

        answer = self.expect(call, refused, what="redeem")
        if refused:
            return
        room = voucher.left + amount
        paid = min(half_up(ratio, fee - (ltci or 0)), room)
        assert answer["voucher_fen"] == paid
        if row is not None:
            voucher.holds[row] = (amount, "captured")
        voucher.left, voucher.group, voucher.used = room - paid, group, True
        voucher.bills.append(ModelBill(answer["no"], fee, ltci, paid, "provisional" if ltci is None else "booked"))
        self.owed += paid
        self.last_call = call, answer

    def _answer(self, request: Request) -> dict[str, Any]:
        bill = redeem(county=COUNTY, request=request, at=self.now(), on=self.today, by="manager")
        return {"no": bill.no, "voucher_fen": bill.voucher_fen}

    @precondition(lambda self: self.last_call)
    @rule()
    def replay(self) -> None:
        call, answer = self.last_call
        assert self.expect(call, what="replay") == answer

    @rule(data=st.data(), amount=st.integers(1, 50_000))
    def hold(self, data: st.DataObject, amount: int) -> None:
        voucher = self.voucher(data)
        group = voucher.group or "home"
        refused = self.unusable(voucher) or ("ledger.insufficient" if amount > voucher.left else "")
        row = self.expect(
            lambda: hold(
                county=COUNTY,
                grant_id=voucher.row.id,
                provider_id=self.who.id,
                category=group,
                amount_fen=amount,
                at=self.now(),
                on=self.today,
                until=self.now() + timedelta(days=60),
                by="manager",
            ),
            refused,
            what="hold",
        )
        if not refused:
            voucher.left, voucher.group = voucher.left - amount, group
            voucher.holds[row.id] = (amount, "held")

    @precondition(lambda self: any(voucher.holds for voucher in self.vouchers))
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        voucher = data.draw(st.sampled_from([each for each in self.vouchers if each.holds]), label="voucher")
        row = data.draw(st.sampled_from(list(voucher.holds)), label="hold")
        amount, state = voucher.holds[row]
        self.expect(
            lambda: release(county=COUNTY, hold_id=row, at=self.now(), on=self.today, by="manager"),
            "grant.wrong_state" if state == "captured" else "",
            what="release",
        )
        if state == "held":
            voucher.holds[row] = (amount, "released")
            voucher.left += amount

    def _give_back(self, voucher: ModelVoucher, fen: int) -> None:
        self.owed -= fen
        if voucher.expired or self.today > LAST:
            self.lapsed += fen
        else:
            voucher.left += fen

    def bill(self, data: st.DataObject, **where: str) -> tuple[ModelVoucher, ModelBill]:
        pairs = [
            (voucher, bill)
            for voucher in self.vouchers
            for bill in voucher.bills
            if all(getattr(bill, name) == value for name, value in where.items())
        ]
        return data.draw(st.sampled_from(pairs), label="bill")

    @precondition(lambda self: any(voucher.bills for voucher in self.vouchers))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        voucher, bill = self.bill(data)
        self.expect(
            lambda: reverse(
                county=COUNTY, bill_no=bill.no, because="录错", at=self.now(10), on=self.today, by="manager"
            ),
            what="reverse",
        )
        if bill.state != "reversed":
            self._give_back(voucher, bill.paid)
            bill.state = "reversed"

    @precondition(lambda self: any(voucher.bills for voucher in self.vouchers))
    @rule(data=st.data(), fee=st.integers(1, 40_000))
    def amend(self, data: st.DataObject, fee: int) -> None:
        voucher, bill = self.bill(data)
        refused = ""
        if bill.state == "reversed":
            refused = "redemption.already_reversed"
        elif fee >= bill.fee:
            refused = "redemption.not_smaller"
        new = self.expect(
            lambda: amend(
                county=COUNTY,
                bill_no=bill.no,
                number=1,
                fee_fen=fee,
                because="多记",
                at=self.now(10),
                on=self.today,
                by="manager",
            ),
            refused,
            what="amend",
        )
        if not refused:
            self._rebook(voucher, bill, new, fee, min(bill.ltci or 0, fee))

    @precondition(lambda self: any(bill.state == "provisional" for each in self.vouchers for bill in each.bills))
    @rule(data=st.data(), ltci=st.integers(0, 30_000))
    def true_up(self, data: st.DataObject, ltci: int) -> None:
        voucher, bill = self.bill(data, state="provisional")
        refused = "quote.ltci_over_fees" if ltci > bill.fee else ""
        new = self.expect(
            lambda: true_up(
                county=COUNTY, bill_no=bill.no, ltci_fen=ltci, at=self.now(10), on=self.today, by="insurer"
            ),
            refused,
            what="true up",
        )
        if refused:
            return
        if ltci == 0:
            bill.state, bill.ltci = "booked", 0
        else:
            self._rebook(voucher, bill, new, bill.fee, ltci)

    def _rebook(self, voucher: ModelVoucher, bill: ModelBill, new: Any, fee: int, ltci: int) -> None:
        """The old part goes back where it went in its month or later; the new part comes from there."""
        ratio = ITEMS[voucher.group][1]
        self._give_back(voucher, bill.paid)
        restored = not (voucher.expired or self.today > LAST)
        paid = min(half_up(ratio, fee - ltci), voucher.left if restored else bill.paid)
        self._give_back(voucher, -paid)
        assert new.voucher_fen == paid
        bill.state = "reversed"
        voucher.bills.append(ModelBill(new.no, fee, ltci, paid))

    # --- time ---

    @rule(days=st.integers(1, 3))
    def pass_days(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2026, 4, 20))

    @precondition(lambda self: self.today > LAST)
    @rule()
    def expire(self) -> None:
        due = [voucher for voucher in self.vouchers if not voucher.expired]
        done = self.expect(
            lambda: expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=self.today, clock=self.now),
            what="expire",
        )
        assert done.grants == len(due)
        assert done.fen == sum(voucher.left + voucher.held for voucher in due)
        self.lapsed += done.fen
        for voucher in due:
            voucher.holds = {
                row: (amount, "released" if state == "held" else state)
                for row, (amount, state) in voucher.holds.items()
            }
            voucher.left, voucher.expired = 0, True

    @precondition(lambda self: self.today > LAST)
    @rule()
    def close(self) -> None:
        self.expect(lambda: close(county=COUNTY, month=MARCH, at=self.now(), by="head"), what="close")
        self.closed = True

    # --- what always holds ---

    @invariant()
    def agree(self) -> None:
        """Each purse, what is owed and what lapsed stand as the model has them, and nothing is made or lost."""
        for voucher in self.vouchers:
            assert left(voucher.row) == voucher.left
        books = accounts(county=COUNTY, programme=PROGRAMME, month=MARCH)
        assert balance(books.lapsed) == self.lapsed
        assert balance(payable(county=COUNTY, programme=PROGRAMME, year=2026, provider_id=self.who.id)) == self.owed
        assert balance(books.budget) == FACE * 8 - self.issued
        held = sum(voucher.held for voucher in self.vouchers)
        assert sum(voucher.left for voucher in self.vouchers) + held + self.owed + self.lapsed == self.issued
        if self.closed:
            assert Period.objects.get(county=COUNTY, month="2026-03").closed_at is not None

    @invariant()
    def audit(self) -> None:
        """The auditor has nothing to say, at every tenth step and at the end."""
        TALLY["looks"] += 1
        if TALLY["looks"] % 10 == 0:
            sound()


@pytest.mark.django_db
def test_a_month_of_chance_is_the_same_in_the_model_and_in_the_books(capsys):
    TALLY.clear()
    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    done = sum(times for what, times in TALLY.items() if what.endswith("done"))
    refused = sum(times for what, times in TALLY.items() if what.endswith("refused"))
    with capsys.disabled():
        share = 100 * done // (done + refused)
        print(f"\nmonths of chance: {done + refused} acts, {share} % accepted; {dict(sorted(TALLY.items()))}")
    assert done >= 0.3 * (done + refused), "a game of refusals tests little else"
