"""Tills without a network that come back at one moment: each slip once, what is held once, and never more lost than the
merchant's page says."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet, Sum

from songhe.card import hold as holds
from songhe.card import open as cards
from songhe.card.models import Card, Hold
from songhe.card.open import lock as lock_card
from songhe.card.tests.world import left
from songhe.county.key import new_id
from songhe.kernel.refusal import Refusal
from songhe.offline import book as book_module
from songhe.offline import decide as decide_module
from songhe.offline import guarantee, queries
from songhe.offline import promise as promise_module
from songhe.offline import sync as sync_module
from songhe.offline.book import book
from songhe.offline.decide import decide
from songhe.offline.models import CardDay, Device, DeviceDay, Slip, Trouble
from songhe.offline.signed import Sent
from songhe.offline.sync import Answer
from songhe.offline.tests.test_bound import conserved, written
from songhe.offline.tests.world import LISHUI, NOON, TENTH, Till, canteen, endowed, funded, later, till
from songhe.provider.models import Provider
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import bought, pay
from tests.race.together import Outcome, attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

PUT_IN, LUNCH, CALLERS = 10_000_000, 1_200, 12


def uploading(one: Till, *sent: Sent, hours: float = 1) -> Callable[[], list[Answer]]:
    return lambda: one.send(*sent, when=later(hours=hours))


def stopped(count: int) -> list[Card]:
    """Cards that were stopped while no merchant could know: whatever is sold to them is a loss."""
    made = [funded(1)[1] for _ in range(count)]
    for card in made:
        cards.freeze(card=card, because="查", at=NOON, by="clerk")
    return made


def stated(who: Provider) -> list[Any]:
    """The bounds of a merchant's devices, as its page shows them."""
    return [one.bound for one in queries.devices(counties=[LISHUI], on=TENTH, provider_id=who.id)]


def all_on_the_county(clerk: int) -> None:
    """A clerk who has the county bear whatever it may, in an order of his own."""
    rows = list(Trouble.objects.filter(county=LISHUI, state="open").order_by("id").values_list("id", flat=True))
    random.Random(clerk).shuffle(rows)
    for row in rows:
        with suppress(Refusal):
            told = {"county": LISHUI, "because": "最坏", "at": later(hours=90), "on": TENTH}
            decide(trouble_id=row, bearer="county", by=f"clerk{clerk}", **told)


def lost(clerks: int = 4) -> int:
    """What the county has lost when several clerks have decided everything against it, all at once."""
    attempts(*[lambda clerk=clerk: all_on_the_county(clerk) for clerk in range(clerks)])
    return PUT_IN - guarantee.standing(LISHUI).balance


def guaranteed() -> int:
    return Slip.objects.filter(county=LISHUI).aggregate(fen=Sum("guaranteed_fen", default=0))["fen"]


# --- the greatest loss that the page states ---------------------------------------------------------------------------


def test_the_worst_day_of_three_devices_at_once_costs_what_the_page_states_and_not_a_fen_more():
    endowed(PUT_IN)
    who = canteen()
    tills = [till(who, card_fen=LUNCH, day_fen=3 * LUNCH) for _ in range(3)]
    out = stopped(12)
    acts = []
    for place, one in enumerate(tills):
        slips = [one.slip(card) for card in out[4 * place :] + out[: 4 * place]]
        acts += [uploading(one, *slips[:7]), uploading(one, *slips[5:]), uploading(one, *reversed(slips))]
    together(*acts)
    assert not Slip.objects.filter(county=LISHUI, state="waiting").exists()
    assert lost() == sum(one.day_fen for one in stated(who)) == 9 * LUNCH
    sound()


@pytest.mark.parametrize("seed", range(3))
def test_liars_who_upload_everything_at_once_never_cost_more_than_the_page_states(seed):
    chance = random.Random(seed)
    endowed(PUT_IN)
    fund, card = funded(3_000)
    who = canteen()
    tills = (till(who, card_fen=2_500, day_fen=2_500), till(who, card_fen=2_500, day_fen=2_500))
    sent = written(chance, tills, card) * 2
    chance.shuffle(sent)
    acts = [uploading(one, slip, hours=chance.choice([1, 2, 26, 40])) for one, slip in sent]
    freezing = lambda: cards.freeze(card=card, because="查", at=later(hours=1), by="clerk")  # noqa: E731
    together(*acts[: len(acts) // 2], freezing, *acts[len(acts) // 2 :])
    conserved(card, fund, tills)
    cost = lost()
    assert cost <= sum(one.until_deadline_fen for one in stated(who))
    assert cost <= 2_500 * stated(who)[0].days, "one card at one merchant: its guarantee, day by day"
    sound()


def test_a_card_at_twelve_devices_of_a_merchant_is_guaranteed_by_its_own_limit():
    endowed(PUT_IN)
    who, (card,) = canteen(), stopped(1)
    tills = [till(who, card_fen=3_000) for _ in range(CALLERS)]
    together(*[uploading(one, one.slip(card, 700)) for one in tills])
    assert (guaranteed(), lost()) == (2_800, 2_800)
    sound()


def test_a_card_that_pays_at_many_devices_at_once_pays_what_is_on_it():
    who = canteen()
    fund, card = funded(3_000)
    tills = [till(who, card_fen=5_000) for _ in range(6)]
    together(*[uploading(one, one.slip(card)) for one in tills])
    booked = Slip.objects.filter(county=LISHUI, state="booked")
    assert (booked.count(), guaranteed(), left(card, fund)) == (4, 4 * LUNCH, 0)
    assert booked.aggregate(fen=Sum("short_fen"))["fen"] == 4 * LUNCH - 3_000
    assert Bill.objects.filter(county=LISHUI).aggregate(fen=Sum("purse_fen"))["fen"] == 3_000
    sound()


# --- canaries: what the bound stands on -------------------------------------------------------------------------------


class Nothing:
    @staticmethod
    def atomic() -> Any:
        return nullcontext()


@pytest.fixture
def no_locks(monkeypatch):
    """Neither the rows' locks nor, on SQLite, the one writer: every statement on its own."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(promise_module, "transaction", Nothing)


@pytest.fixture(params=["device", "card"])
def shared(request) -> list[tuple[Till, Card]]:
    """Twelve lunches of which three are guaranteed: of one device to twelve cards, or at twelve devices to one."""
    endowed(PUT_IN)
    who = canteen()
    if request.param == "device":
        one = till(who, card_fen=LUNCH, day_fen=3 * LUNCH)
        return [(one, card) for card in stopped(CALLERS)]
    (card,) = stopped(1)
    return [(till(who, card_fen=3 * LUNCH), card) for _ in range(CALLERS)]


def promising(one: Till, card: Card) -> Callable[[], None]:
    return lambda: promise_module.promise(device=one.device, card=card, day=TENTH, amount_fen=LUNCH)


def days(device: Device, card: Card) -> list[QuerySet[Any]]:
    """The two counters of a sale, opened."""
    mine = {"county": LISHUI, "card": card, "provider_id": device.provider_id, "on": TENTH}
    CardDay.objects.get_or_create(**mine, defaults={"most_fen": device.card_fen})
    ours = {"county": LISHUI, "device": device, "on": TENTH}
    DeviceDay.objects.get_or_create(**ours, defaults={"most_fen": device.day_fen})
    return [CardDay.objects.filter(**mine), DeviceDay.objects.filter(**ours)]


@pytest.mark.usefixtures("no_locks")
def test_without_locks_the_conditional_update_still_holds_the_bound(shared):
    outcomes = together(*[promising(*pair) for pair in shared])
    assert sum(outcome.won for outcome in outcomes) == 3
    assert set(refusals(outcomes)) <= {"offline.over_card", "offline.over_device"}


@pytest.mark.usefixtures("no_locks")
def test_canary_reading_before_writing_guarantees_more_than_the_bound(shared, monkeypatch):
    meeting = threading.Barrier(CALLERS)

    def careless(*, device: Device, card: Card, day: object, amount_fen: int) -> None:
        counters = days(device, card)
        stood = [rows.get() for rows in counters]
        if any(row.promised_fen + amount_fen > row.most_fen for row in stood):
            raise promise_module.OVER_CARD("amount_fen", most_fen=0)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(20)
        for rows, row in zip(counters, stood, strict=True):
            rows.update(promised_fen=row.promised_fen + amount_fen)

    monkeypatch.setattr(promise_module, "promise", careless)
    outcomes = attempts(*[promising(*pair) for pair in shared])
    assert sum(outcome.won for outcome in outcomes) > 3
    with pytest.raises(AssertionError):
        sound()


def unconditional(*, device: Device, card: Card, day: object, amount_fen: int) -> None:
    """The updates without their conditions."""
    for rows in days(device, card):
        rows.update(promised_fen=F("promised_fen") + amount_fen)


@pytest.mark.usefixtures("no_locks")
def test_without_the_condition_the_check_still_holds_the_bound(shared, monkeypatch):
    monkeypatch.setattr(promise_module, "promise", unconditional)
    outcomes = attempts(*[promising(*pair) for pair in shared])
    assert sum(outcome.won for outcome in outcomes) == 3
    assert all(isinstance(outcome.error, IntegrityError) for outcome in outcomes if not outcome.won)


def without_check(monkeypatch: Any, model: type[Any], name: str) -> None:
    (check,) = [each for each in model._meta.constraints if each.name == name]
    monkeypatch.setattr(model._meta, "constraints", [each for each in model._meta.constraints if each is not check])
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, check)


def test_canary_without_the_check_either_the_county_loses_more_than_the_page_states(shared, monkeypatch):
    without_check(monkeypatch, DeviceDay, "offline_device_day_bound")
    without_check(monkeypatch, CardDay, "offline_card_day_bound")
    monkeypatch.setattr(book_module, "promise", unconditional)
    together(*[uploading(one, one.slip(card)) for one, card in shared])
    assert lost() > 3 * LUNCH
    with pytest.raises(AssertionError):
        sound()


# --- one upload, many times at once -----------------------------------------------------------------------------------


def test_one_upload_sent_twelve_times_at_once_is_booked_once_and_answered_alike():
    fund, card = funded(5_000)
    one = till(card_fen=5_000)
    slips = [one.slip(card, 1_000) for _ in range(3)]
    outcomes = together(*[uploading(one, *slips), uploading(one, *reversed(slips))] * (CALLERS // 2))
    answers = [[(answer.counter, answer.state, answer.bill_no) for answer in each.answer] for each in outcomes]
    assert all(answer == answers[0] for answer in answers)
    assert {state for _, state, _ in answers[0]} == {"booked"}
    assert (Bill.objects.filter(county=LISHUI).count(), left(card, fund), guaranteed()) == (3, 2_000, 3_000)
    assert not Trouble.objects.filter(county=LISHUI).exists()
    sound()


def test_slips_that_come_one_by_one_at_once_are_booked_in_their_order():
    fund, card = funded(5_000)
    one = till(card_fen=5_000)
    slips = [one.slip(card, 400) for _ in range(CALLERS)]
    together(*[uploading(one, slip) for slip in random.Random(1).sample(slips, CALLERS)])
    assert set(Slip.objects.filter(county=LISHUI).values_list("state", flat=True)) == {"booked"}
    assert left(card, fund) == 5_000 - CALLERS * 400
    assert not Trouble.objects.filter(county=LISHUI, state="open").exists(), "a gap that was told is closed again"
    sound()


def test_canary_looking_at_a_slip_before_the_device_is_locked_books_it_twice(monkeypatch):
    meeting = threading.Barrier(4)

    def careless(county: str, device_id: object, *, at: Any, by: str) -> bool:
        device = Device.objects.select_related("provider").get(county=county, id=device_id)
        slip = Slip.objects.filter(county=county, device=device, counter=device.last_counter + 1).first()
        if slip is None or slip.state != Slip.State.WAITING:
            return False
        with suppress(threading.BrokenBarrierError):
            meeting.wait(20)
        with transaction.atomic():
            book(device=device, slip=slip, at=at, on=TENTH, by=by)
            device.last_counter, device.last_digest = slip.counter, slip.digest
            device.save(update_fields=["last_counter", "last_digest"])
        return True

    monkeypatch.setattr(sync_module, "_next", careless)
    _, card = funded(10_000)
    one = till()
    attempts(*[uploading(one, one.slip(card, 700))] * 4)
    assert (Slip.objects.count(), Bill.objects.filter(county=LISHUI).count()) == (1, 4)
    with pytest.raises(AssertionError):
        sound()


# --- what is held -----------------------------------------------------------------------------------------------------


def holding(card: Card, who: Provider, amount_fen: int) -> Hold:
    return holds.hold(
        card=card,
        provider=who,
        help="meals",
        amount_fen=amount_fen,
        day=TENTH,
        until=later(hours=30),
        at=NOON,
        on=TENTH,
        by="till",
    )


def test_what_is_held_for_a_till_is_never_paid_out_on_line_meanwhile():
    who = canteen()
    fund, card = funded(3 * LUNCH + 500)
    holding(card, who, 3 * LUNCH)
    tills = [till(who, card_fen=100) for _ in range(3)]
    slips = [uploading(one, one.slip(card)) for one in tills]
    online = [lambda: pay(card, who, bought("lunch")) for _ in range(6)]
    outcomes = together(*online[:3], *slips, *online[3:])
    assert refusals(outcomes) == {}
    booked = Slip.objects.filter(county=LISHUI, state="booked")
    assert (booked.count(), booked.aggregate(fen=Sum("short_fen"))["fen"], guaranteed()) == (3, 0, 0)
    bills = Bill.objects.filter(county=LISHUI).exclude(id__in=booked.values("bill_id"))
    assert bills.aggregate(fen=Sum("purse_fen"))["fen"] == 500
    assert (left(card, fund), Hold.objects.get(county=LISHUI).taken_fen) == (0, 3 * LUNCH)
    sound()


def test_canary_a_hold_given_back_before_its_bill_is_spent_by_somebody_else():
    who = canteen()
    fund, card = funded(LUNCH)
    hold = holding(card, who, LUNCH)
    free, spent = threading.Event(), threading.Event()

    def slip() -> Bill:
        with transaction.atomic():
            lock_card(county=LISHUI, card_id=card.id)
            holds.capture(hold=hold, amount_fen=LUNCH, about=new_id(), at=NOON, on=TENTH, by="till")
        free.set()
        spent.wait(20)
        return pay(card, who, bought("lunch"))

    def online() -> Bill:
        free.wait(20)
        try:
            return pay(card, who, bought("lunch"))
        finally:
            spent.set()

    held, other = together(slip, online)
    assert (held.answer.purse_fen, other.answer.purse_fen, left(card, fund)) == (0, LUNCH, 0)


def test_two_devices_want_the_last_of_a_hold_and_the_other_is_paid_by_the_card():
    who = canteen()
    fund, card = funded(6 * LUNCH)
    holding(card, who, 2 * LUNCH)
    tills = [till(who, card_fen=5_000) for _ in range(5)]
    together(*[uploading(one, one.slip(card)) for one in tills])
    booked = Slip.objects.filter(county=LISHUI, state="booked")
    assert (booked.count(), booked.filter(hold=None).count(), guaranteed()) == (5, 3, 3 * LUNCH)
    assert left(card, fund) == LUNCH
    assert not Trouble.objects.filter(county=LISHUI).exists()
    sound()


def at_the_deadline() -> tuple[list[tuple[Any, Card]], list[Callable[[], Any]]]:
    """Eight cards of which lunch is held, and their slips, sent at the moment at which the holds end."""
    who = canteen()
    pairs = [funded(2_000) for _ in range(8)]
    for _, card in pairs:
        holding(card, who, LUNCH)
    tills = [till(who, hours=48) for _ in pairs]
    return pairs, [uploading(one, one.slip(card), hours=30) for one, (_, card) in zip(tills, pairs, strict=True)]


def releasing() -> int:
    return holds.release_overdue(county=LISHUI, at=later(hours=30), on=TENTH + timedelta(days=1), most=3)


def test_the_end_of_holds_and_an_upload_one_comes_first_and_the_card_pays_once():
    pairs, acts = at_the_deadline()
    together(*acts[:4], releasing, *acts[4:], releasing)
    assert set(Slip.objects.filter(county=LISHUI).values_list("state", "short_fen")) == {("booked", 0)}
    assert not Trouble.objects.filter(county=LISHUI).exists()
    releasing()
    assert not Hold.objects.filter(county=LISHUI, state="held").exists()
    assert {left(card, fund) for fund, card in pairs} == {2_000 - LUNCH}
    out_of_holds = Slip.objects.filter(county=LISHUI).exclude(hold=None).count()
    assert guaranteed() == (8 - out_of_holds) * LUNCH
    sound()


def test_canary_a_hold_looked_at_without_its_lock_refuses_a_slip_whose_money_is_there(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: the holds end before the upload or after it")
    looked, ended = threading.Event(), threading.Event()

    def careless(device: Device, slip: Slip, card: Card, day: object) -> Hold | None:
        found = Hold.objects.filter(county=LISHUI, card=card, state="held").first()
        looked.set()
        ended.wait(20)
        return found

    def job() -> int:
        looked.wait(20)
        try:
            return releasing()
        finally:
            ended.set()

    monkeypatch.setattr(book_module, "_held", careless)
    fund, card = funded(2_000)
    who = canteen()
    holding(card, who, LUNCH)
    one = till(who, hours=48)
    together(uploading(one, one.slip(card), hours=30), job)
    assert (Slip.objects.get().state, left(card, fund)) == ("troubled", 2_000)


# --- what people decide -----------------------------------------------------------------------------------------------


def in_trouble() -> tuple[Till, list[Trouble]]:
    """Three lunches sold to cards that were stopped."""
    endowed(PUT_IN)
    one = till(card_fen=LUNCH, day_fen=3 * LUNCH)
    one.send(*[one.slip(card) for card in stopped(3)])
    return one, list(Trouble.objects.filter(county=LISHUI).order_by("id"))


def deciding(row: Trouble, bearer: str = "county") -> Callable[[], Trouble]:
    told = {"county": LISHUI, "because": "查实", "at": later(hours=2), "on": TENTH}
    return lambda: decide(trouble_id=row.id, bearer=bearer, by="clerk", **told)


def cost() -> int:
    return PUT_IN - guarantee.standing(LISHUI).balance


def test_twelve_clerks_decide_one_exception_and_one_of_them_has_decided():
    _, (row, *_) = in_trouble()
    outcomes = together(*[deciding(row), deciding(row, "merchant")] * (CALLERS // 2))
    assert refusals(outcomes) == {"offline.wrong_state": CALLERS - 1}
    row.refresh_from_db()
    assert cost() == row.borne_fen == (LUNCH if row.bearer == "county" else 0)
    sound()


def careless_lock(meeting: threading.Barrier) -> Callable[[str, Any], tuple[Device, Trouble]]:
    """Everybody looks before anybody decides."""

    def lock(county: str, trouble_id: Any) -> tuple[Device, Trouble]:
        row = Trouble.objects.select_related("device__provider", "slip").get(county=county, id=trouble_id)
        decide_module.TROUBLE.check(row.state, "decide")
        with suppress(threading.BrokenBarrierError):
            meeting.wait(20)
        return row.device, row

    return lock


@pytest.fixture
def looked_at_first(monkeypatch):
    if connection.vendor == "sqlite":
        monkeypatch.setattr(decide_module, "transaction", Nothing)
    monkeypatch.setattr(decide_module, "_lock", careless_lock(threading.Barrier(CALLERS)))


def decided_at_once() -> tuple[Till, list[Outcome]]:
    one, (row, *_) = in_trouble()
    return one, attempts(*[deciding(row)] * CALLERS)


@pytest.mark.usefixtures("looked_at_first")
def test_canary_an_exception_decided_without_its_lock_is_borne_again_but_within_the_bound():
    one, outcomes = decided_at_once()
    assert sum(outcome.won for outcome in outcomes) == 3
    assert LUNCH < cost() <= stated(one.device.provider)[0].day_fen
    with pytest.raises(AssertionError):
        sound()


def uncounted(device: Device, day: object, borne_fen: int) -> None:
    """The UPDATE without its condition."""
    mine = DeviceDay.objects.filter(county=device.county, device=device, on=day)
    mine.update(borne_fen=F("borne_fen") + borne_fen)


@pytest.mark.usefixtures("looked_at_first")
def test_without_the_condition_of_what_is_borne_the_check_still_holds_the_bound(monkeypatch):
    monkeypatch.setattr(decide_module, "_count", uncounted)
    one, outcomes = decided_at_once()
    assert cost() <= stated(one.device.provider)[0].day_fen
    assert all(isinstance(outcome.error, IntegrityError) for outcome in outcomes if not outcome.won)


@pytest.mark.usefixtures("looked_at_first")
def test_canary_without_that_check_either_the_county_bears_more_than_the_page_states(monkeypatch):
    without_check(monkeypatch, DeviceDay, "offline_device_day_borne")
    monkeypatch.setattr(decide_module, "_count", uncounted)
    one, _ = decided_at_once()
    assert cost() > stated(one.device.provider)[0].day_fen
    with pytest.raises(AssertionError):
        sound()


def test_a_guarantee_that_runs_out_pays_whom_it_reaches_and_no_fen_more():
    endowed(2 * LUNCH)
    one = till(card_fen=LUNCH, day_fen=10 * LUNCH)
    one.send(*[one.slip(card) for card in stopped(6)])
    outcomes = together(*[deciding(row) for row in Trouble.objects.filter(county=LISHUI).order_by("id")])
    assert refusals(outcomes) == {"ledger.insufficient": 4}
    assert guarantee.standing(LISHUI).balance == 0
    sound()
