"""What is held on a card is spent by nobody else, and comes back when its time is up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from songhe.assessment.tests.world import at, body
from songhe.card import hold as holds
from songhe.card import open as cards
from songhe.card.close import close_after_death, close_by_wish
from songhe.card.hold_models import Hold, HoldPart
from songhe.card.models import Purse
from songhe.card.queries import stands
from songhe.card.tests.world import (
    FIRST,
    LISHUI,
    TENTH,
    in_fund,
    left,
    made_card,
    made_fund,
    run_charge,
    run_expire,
    spend,
    top_up,
)
from songhe.county.key import new_id
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.person import event
from songhe.provider.models import Kind

STANDARD = "card_service_low_income"


def funded(fen=2_000, *, allowed=("meals",), **terms):
    fund = made_fund(rates={STANDARD: fen}, allowed=allowed, **terms)
    card = made_card(STANDARD)
    run_charge(fund)
    return fund, card


def held(card, fen=1_500, **more):
    told = {"provider": body(kind=Kind.COMMUNITY, county=LISHUI), "help": "meals", "day": TENTH}
    told |= {"until": at(TENTH) + timedelta(hours=12), "at": at(TENTH), "on": TENTH, "by": "till"}
    return holds.hold(card=card, amount_fen=fen, **told | more)


def refused(code, call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    assert refusal.value.code == code


def taken(row, fen):
    with transaction.atomic():
        cards.lock(county=row.county, card_id=row.card_id)
        return holds.capture(hold=row, amount_fen=fen, about=new_id(), at=at(TENTH), on=TENTH, by="till")


def beside(row):
    ids = HoldPart.objects.filter(county=row.county, hold=row).values_list("account_id", flat=True)
    return sum(Account.objects.filter(county=row.county, id__in=list(ids)).values_list("balance", flat=True))


def sound():
    """What stands beside the purses is what is held of them, part by part, and hold by hold."""
    for row in Hold.objects.filter(county=LISHUI):
        parts = HoldPart.objects.filter(county=LISHUI, hold=row)
        open_fen = sum(part.amount_fen - part.back_fen for part in parts)
        assert open_fen == (row.amount_fen - row.taken_fen if row.state == "held" else 0)
    for account in Account.objects.filter(county=LISHUI, kind="card_hold"):
        parts = HoldPart.objects.filter(county=LISHUI, account=account)
        assert account.balance == sum(part.amount_fen - part.back_fen for part in parts)


def test_what_is_held_stands_beside_the_purse_and_nothing_else_spends_it(db):
    fund, card = funded()
    row = held(card)
    assert (left(card, fund), beside(row)) == (500, 1_500)
    refused("ledger.insufficient", spend, card, fund, 600)
    refused("card.hold_too_little", held, card, 501)
    sound()
    (stand,) = stands(LISHUI)
    assert stand.in_purses_fen == 2_000
    assert stand.put_in_fen == stand.there_fen + stand.in_purses_fen + stand.paid_fen


def test_it_is_held_out_of_several_purses_in_the_order_of_payment(db):
    family = made_fund(source="family", expiry="never")
    fund, card = funded(1_000)
    top_up(card, 800)
    row = held(card, 1_200)
    assert (left(card, fund), left(card, family)) == (0, 600)
    assert list(HoldPart.objects.filter(hold=row).order_by("id").values_list("amount_fen", flat=True)) == [1_000, 200]
    holds.release(county=LISHUI, hold_id=row.id, at=at(TENTH), on=TENTH, by="till")
    assert (left(card, fund), left(card, family)) == (1_000, 800)
    sound()


def test_it_is_captured_in_parts_and_the_rest_is_let_go_once(db):
    fund, card = funded()
    row = held(card)
    row = taken(row, 1_000)
    assert (row.state, row.taken_fen, left(card, fund), beside(row)) == ("held", 1_000, 1_500, 500)
    refused("card.hold_smaller", taken, row, 501)
    for _ in range(2):
        row = holds.release(county=LISHUI, hold_id=row.id, at=at(TENTH), on=TENTH, by="till")
    assert (row.state, left(card, fund), beside(row)) == ("released", 2_000, 0)
    refused("card.wrong_state", taken, row, 1)
    sound()


def test_a_hold_used_up_is_over(db):
    fund, card = funded()
    row = taken(held(card), 1_500)
    assert (row.state, left(card, fund)) == ("captured", 2_000)
    refused("card.wrong_state", holds.release, county=LISHUI, hold_id=row.id, at=at(TENTH), on=TENTH, by="till")


def test_overdue_holds_are_let_go_together(db):
    fund, card = funded()
    rows = [held(card, 400) for _ in range(3)]
    later = held(card, 400, until=at(TENTH) + timedelta(hours=13))
    moment = at(TENTH) + timedelta(hours=12)
    assert holds.release_overdue(county=LISHUI, at=moment, on=TENTH, most=2) == 3
    assert set(Hold.objects.filter(id__in=[row.id for row in rows]).values_list("state", flat=True)) == {"released"}
    assert (left(card, fund), Hold.objects.get(id=later.id).state) == (1_600, "held")
    sound()


def test_what_a_purse_that_has_ended_had_held_returns_to_its_fund(db):
    fund, card = funded()
    before = in_fund(fund)
    last = Purse.objects.get(card=card, fund=fund).book_until
    row = held(card, until=at(last) + timedelta(hours=1))
    after = last + timedelta(days=1)
    run_expire(fund, after)
    assert (left(card, fund), in_fund(fund)) == (0, before + 500)
    holds.release_overdue(county=LISHUI, at=at(after), on=after)
    assert (in_fund(fund), beside(row)) == (before + 2_000, 0)
    sound()


def test_a_death_lets_the_holds_go_before_the_card_closes(db):
    fund, card = funded()
    row = held(card)
    told = event.report(
        person=card.person, kind="death", happened_on=TENTH, source="家属", on=TENTH, at=at(TENTH), by="family"
    )
    told_by = {"at": at(TENTH), "on": TENTH, "by": "clerk"}
    assert holds.release_after_death(county=LISHUI, person_id=card.person_id, **told_by) == 0
    event.verify(event=told, **told_by)
    assert holds.release_after_death(county=LISHUI, person_id=card.person_id, **told_by) == 1
    close_after_death(county=LISHUI, person_id=card.person_id, **told_by)
    assert (left(card, fund), beside(row)) == (2_000, 0)
    sound()


def test_a_hold_is_refused_where_it_could_not_be_used(db):
    fund, card = funded()
    refused("card.hold_too_little", held, card, 100, help="bathing")
    refused("card.hold_until_past", held, card, until=at(TENTH))
    refused("card.hold_too_long", held, card, until=at(date(2026, 6, 1)))
    refused("input.too_small", held, card, 0)
    refused("provider.unknown_help", held, card, help="gold")
    lost = cards.report_lost(card=card, because="丢失", at=at(FIRST), by="clerk")
    refused("card.lost", held, lost)
    refused("card.hold_unknown", holds.release, county=LISHUI, hold_id=fund.id, at=at(TENTH), on=TENTH, by="till")


def test_a_card_closed_by_wish_gives_back_what_was_held_first(db):
    made_fund(source="family", expiry="never")
    fund, card = funded()
    held(card)
    top_up(card, 500)
    refused("card.family_money_left", close_by_wish, card=card, because="搬走", at=at(TENTH), on=TENTH, by="clerk")
    assert Hold.objects.get().state == Hold.State.HELD
    other_fund, other = funded()
    held(other)
    before = in_fund(other_fund)
    close_by_wish(card=other, because="搬走", at=at(TENTH), on=TENTH, by="clerk")
    assert Hold.objects.get(card=other).state == Hold.State.RELEASED
    assert in_fund(other_fund) - before == 2_000
    assert left(card, fund) == 500
