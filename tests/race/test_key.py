"""One key, one effect: the same call sent sixty-four times at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant.tests.world import TENTH, left, voucher
from songhe.jobs.models import Once
from songhe.jobs.once import fingerprint, once
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill
from songhe.redemption.tests.world import bath, pay, provider
from tests.race.together import Outcome, attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

CALLERS = 64


def paying(*, through: Callable[..., dict[str, Any]] = once, fee_fen: int = 10_000, body: Any = None):
    """A call that pays a bill under one key, and the voucher that it pays from."""
    grant, who = voucher(), provider()

    def do() -> dict[str, Any]:
        bill = pay(grant, who, bath(fee_fen))
        return {"no": bill.no, "voucher_fen": bill.voucher_fen}

    def call() -> dict[str, Any]:
        return through(
            county=COUNTY, client="provider-7", key="till-1", body=body or {"fee_fen": fee_fen}, at=at(TENTH), do=do
        )

    return grant, call


def one_effect(outcomes: list[Outcome]) -> None:
    """What the race is about: one bill, one key, and everybody has the same answer."""
    assert Bill.objects.filter(county=COUNTY).count() == 1
    assert Once.objects.filter(county=COUNTY).count() == 1
    assert all(outcome.won for outcome in outcomes)
    assert all(outcome.answer == outcomes[0].answer for outcome in outcomes)


def test_sixty_four_calls_with_one_key_pay_once_and_get_one_answer():
    grant, call = paying()
    outcomes = together(*[call] * CALLERS)
    one_effect(outcomes)
    assert left(grant) == 75_000
    sound()


def test_a_call_that_is_refused_leaves_the_key_to_those_who_come_after():
    grant, who = voucher(), provider()
    said = []

    def do() -> dict[str, Any]:
        said.append(1)
        if len(said) == 1:
            pay(grant, who, bath(10_000))
            raise Refusal_
        return {"no": pay(grant, who, bath(10_000)).no}

    def call() -> dict[str, Any]:
        return once(county=COUNTY, client="provider-7", key="till-1", body={}, at=at(TENTH), do=do)

    outcomes = together(*[call] * 8)
    assert refusals(outcomes) == {"grant.expired": 1}
    assert Bill.objects.filter(county=COUNTY).count() == 1
    assert left(grant) == 75_000
    sound()


def test_two_bodies_under_one_key_one_is_done_and_the_other_is_told():
    grant, who = voucher(), provider()

    def calling(fee_fen: int) -> Callable[[], dict[str, Any]]:
        return lambda: once(
            county=COUNTY,
            client="provider-7",
            key="till-1",
            body={"fee_fen": fee_fen},
            at=at(TENTH),
            do=lambda: {"no": pay(grant, who, bath(fee_fen)).no},
        )

    outcomes = together(*[calling(10_000), calling(20_000)] * 4)
    assert refusals(outcomes) == {"once.other_body": 4}
    assert Bill.objects.filter(county=COUNTY).count() == 1
    sound()


def careless_once(
    meeting: threading.Barrier,
    *,
    county: str,
    client: str,
    key: str,
    body: Any,
    at: Any,
    do: Callable[[], dict[str, Any]],
) -> Any:
    """Look, pay, write the key, each in its own transaction. Everybody has looked before anybody pays."""
    kept = Once.objects.filter(county=county, client=client, key=key).first()
    with suppress(threading.BrokenBarrierError):
        meeting.wait(20)
    if kept is not None:
        return kept.answer
    with transaction.atomic():
        answer = do()
    with transaction.atomic():
        Once.objects.create(county=county, client=client, key=key, fingerprint=fingerprint(body), answer=answer, at=at)
    return answer


def test_canary_a_key_outside_the_transaction_pays_more_than_once():
    grant, call = paying(through=partial(careless_once, threading.Barrier(8)))
    outcomes = attempts(*[call] * 8)
    with pytest.raises(AssertionError):
        one_effect(outcomes)
    assert Bill.objects.filter(county=COUNTY).count() > 1
    assert left(grant) < 75_000
    assert any(isinstance(outcome.error, IntegrityError) for outcome in outcomes), "the key is taken, the money is gone"


def _refusal() -> Refusal:
    from songhe.grant.choose import EXPIRED

    return EXPIRED("grant", day=TENTH)


Refusal_ = _refusal()
