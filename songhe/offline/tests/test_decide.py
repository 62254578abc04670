"""A person decides who bears what could not be paid; the county never bears more than it promised and put in."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from songhe.card import open as cards
from songhe.card.tests.world import left
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.offline import decide as decisions
from songhe.offline import device as devices
from songhe.offline import guarantee
from songhe.offline.device import Limits, bound
from songhe.offline.models import DeviceDay, Slip, Trouble
from songhe.offline.tests.world import FIRST, LISHUI, NOON, TENTH, at, endowed, funded, later, till
from songhe.redemption.models import Bill

pytestmark = pytest.mark.django_db
TOLD = {"county": LISHUI, "at": later(hours=2), "on": TENTH, "by": "clerk"}


def refused(code, call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    assert refusal.value.code == code


def decide(row, bearer="county", because="查实"):
    return decisions.decide(trouble_id=row.id, bearer=bearer, because=because, **TOLD)


def owed():
    return guarantee.standing(LISHUI).balance


def short(fen=500):
    """A slip of 12 yuan on a card with so much."""
    _, card = funded(fen)
    one = till()
    one.send(one.slip(card))
    return card, one, Trouble.objects.get(code="offline.short")


def test_the_county_bears_what_it_guaranteed():
    endowed(1_000)
    _, one, row = short()
    row = decide(row)
    assert (row.state, row.bearer, row.borne_fen, owed()) == ("decided", "county", 700, 300)
    payable = Account.objects.get(county=LISHUI, code=f"payable:{one.device.provider_id}", fund__code=guarantee.FUND)
    assert payable.kind == "payable"
    assert DeviceDay.objects.get().borne_fen == 700
    refused("offline.wrong_state", decide, row)


def test_the_merchant_bears_it_and_nothing_moves():
    endowed(1_000)
    row = decide(short()[2], "merchant")
    assert (row.bearer, row.borne_fen, owed()) == ("merchant", 0, 1_000)


def test_the_guarantee_never_owes_more_than_was_put_in():
    endowed(100)
    _, _, row = short()
    refused("ledger.insufficient", decide, row)
    assert (Trouble.objects.get(id=row.id).state, DeviceDay.objects.get().borne_fen) == ("open", 0)


def test_what_is_not_guaranteed_the_county_cannot_bear():
    endowed()
    _, card = funded()
    one = till()
    one.send(one.slip(card), when=later(hours=48))
    refused("offline.not_guaranteed", decide, Trouble.objects.get())


def test_a_decision_says_who_and_why():
    _, _, row = short()
    refused("offline.who_bears", decide, row, "nobody")
    refused("offline.say_why", decide, row, because=" ")
    row.id = row.device_id
    refused("offline.unknown_trouble", decide, row)


def test_a_late_slip_is_booked_after_all_when_the_card_pays():
    fund, card = funded()
    one = till()
    one.send(one.slip(card), when=later(hours=48))
    row = Trouble.objects.get()
    refused("offline.say_why", decisions.book_after_all, trouble_id=row.id, because="", **TOLD)
    row = decisions.book_after_all(trouble_id=row.id, because="停电三天", **TOLD)
    assert (row.bearer, left(card, fund), Slip.objects.get().state, Bill.objects.count()) == ("card", 800, "booked", 1)
    refused("offline.wrong_state", decisions.book_after_all, trouble_id=row.id, because="再来", **TOLD)


def test_what_the_card_does_not_pay_after_all_is_the_merchant_s():
    _, card = funded(500)
    one = till()
    one.send(one.slip(card), when=later(hours=48))
    row = decisions.book_after_all(trouble_id=Trouble.objects.get().id, because="停电三天", **TOLD)
    assert (row.bearer, row.borne_fen, Slip.objects.get().short_fen) == ("merchant", 0, 700)


def test_a_card_still_lost_is_not_paid_after_all():
    _, card = funded()
    one = till()
    slip = one.slip(card)
    cards.freeze(card=card, because="查", at=NOON, by="clerk")
    one.send(slip)
    row = Trouble.objects.get()
    refused("card.frozen", decisions.book_after_all, trouble_id=row.id, because="再试", **TOLD)
    assert Trouble.objects.get(id=row.id).state == "open"


def test_what_is_booked_already_is_not_booked_again():
    _, _, row = short()
    refused("offline.no_slip", decisions.book_after_all, trouble_id=row.id, because="再试", **TOLD)


def test_a_gap_that_is_given_up_lets_the_rest_go_on_and_what_comes_later_waits_for_a_person():
    _, card = funded(5_000)
    one = till(card_fen=5_000)
    slips = [one.slip(card, 1_000) for _ in range(3)]
    one.send(slips[2])
    decide(Trouble.objects.get(code="offline.gap"), "merchant", "设备摔坏，数据丢失")
    assert list(Slip.objects.values_list("counter", "state")) == [(3, "booked")]
    (answer, _) = one.send(slips[0], slips[2])
    assert (answer.state, answer.code) == ("troubled", "offline.counter_passed")
    row = Trouble.objects.get(code="offline.counter_passed")
    assert row.most_fen == 0
    decisions.book_after_all(trouble_id=row.id, because="找到了", **TOLD)
    assert Bill.objects.count() == 2


# --- devices and the guarantee ---------------------------------------------------------------------------------------


def test_a_device_is_admitted_by_two_people_and_its_greatest_loss_is_said():
    one = till(card_fen=3_000, day_fen=60_000, hours=24)
    assert (bound(one.device).day_fen, bound(one.device).days, bound(one.device).until_deadline_fen) == (
        60_000,
        2,
        120_000,
    )
    assert bound(till(hours=36).device).days == 3


def test_devices_are_refused():
    told = {"county": LISHUI, "at": at(FIRST)}
    one = till(admitted=False)
    asked = {**told, "provider": one.device.provider, "by": "till"}
    refused("offline.key_taken", devices.ask, **asked, name="二", public_key=one.device.public_key)
    refused("offline.not_a_key", devices.ask, **asked, name="二", public_key="zz")
    refused("offline.name_missing", devices.ask, **asked, name=" ", public_key="ab" * 32)
    told["device_id"] = one.device.id
    for limits in (Limits(5_001), Limits(3_000, 2_000), Limits(3_000, 200_001), Limits(3_000, 60_000, 73)):
        refused("offline.limits", devices.propose, **told, limits=limits, by="clerk")
    refused("input.too_small", devices.propose, **told, limits=Limits(0), by="clerk")
    refused("provider.unknown_help", devices.propose, **told, limits=Limits(), helps=("gold",), by="clerk")
    refused("offline.wrong_state", devices.admit, **told, by="head")
    devices.propose(**told, limits=Limits(), by="clerk")
    refused("offline.same_person", devices.admit, **told, by="clerk")
    refused("offline.same_person", devices.decline, **told, because="不妥", by="clerk")
    refused("offline.say_why", devices.decline, **told, because="", by="head")
    refused("offline.wrong_state", devices.end, **told, because="停", by="head")
    assert devices.decline(**told, because="不妥", by="head").state == "declined"
    refused("offline.say_why", devices.end, **told, because="", by="head")


def test_money_for_the_guarantee_needs_two_people_and_a_document():
    told = {"county": LISHUI, "at": at(FIRST)}
    refused("offline.document_missing", guarantee.propose_endowment, **told, amount_fen=1, document_no="", by="clerk")
    row = guarantee.propose_endowment(**told, amount_fen=500, document_no="文2", by="clerk")
    named = {**told, "endowment_id": row.id}
    refused("offline.same_person", guarantee.approve_endowment, **named, on=FIRST, by="clerk")
    guarantee.approve_endowment(**named, on=FIRST, by="head")
    assert owed() == 500
    refused("offline.wrong_state", guarantee.decline_endowment, **named, by="head")
    other = guarantee.propose_endowment(**told, amount_fen=700, document_no="文3", by="clerk")
    assert guarantee.decline_endowment(**told, endowment_id=other.id, by="head").state == "declined"
    refused("offline.unknown_endowment", guarantee.decline_endowment, **told, endowment_id=TENTH_ID, by="head")
    assert owed() == 500


TENTH_ID = "01a203e8-c572-716f-9837-24357c110000"


def test_the_database_itself_holds_the_bounds():
    endowed()
    short()
    days = DeviceDay.objects.filter(county=LISHUI)
    for change in ({"promised_fen": 60_001}, {"borne_fen": 1_201}):
        with pytest.raises(IntegrityError), transaction.atomic():
            days.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Trouble.objects.filter(county=LISHUI).update(borne_fen=701, bearer="county", state="decided")
