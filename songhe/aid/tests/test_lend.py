"""A piece goes out against a deposit and comes back; the deposit is given back, less what was decided."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.aid import lend
from songhe.aid.models import Deposit, Inspection, Loan, Piece
from songhe.aid.tests import world
from songhe.aid.tests.world import DEPOSIT_FEN, FIRST, TENTH, at
from songhe.ledger.models import Account, Transfer
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db
WHEN = {"at": at(TENTH), "by": "head"}


@pytest.fixture
def shop():
    return world.provider()


def handing(shop, **given):
    told = {"fitting": world.accepted(shop), "deposit_fen": DEPOSIT_FEN, "means": "cash", "by": "manager"}
    return {**told, "at": at(FIRST), "on": FIRST, **given}


def test_a_deposit_is_no_money_of_any_fund(shop):
    loan = world.lent(shop)
    held = world.deposit(loan)
    assert (held.state, held.amount_fen, len(held.receipt_no)) == ("held", DEPOSIT_FEN, 24)
    assert not Transfer.objects.exists()
    assert not Account.objects.exists()
    world.back(loan)
    done = world.settled(loan)
    assert (done.back_fen, done.kept_fen, done.back_to) == (DEPOSIT_FEN, 0, "女儿")
    assert not Transfer.objects.exists()


def test_only_the_piece_that_was_fitted_is_handed_over(shop):
    given = handing(shop)
    refused("aid.does_not_fit", lend.hand_out, piece=world.piece(shop, size="宽"), **given)
    refused("aid.does_not_fit", lend.hand_out, piece=world.piece(shop, code="care-bed", size=""), **given)
    refused("aid.does_not_fit", lend.hand_out, piece=world.piece(world.provider()), **given)
    refused("aid.wrong_state", lend.hand_out, piece=world.lent(shop).piece, **given)
    lend.hand_out(piece=world.piece(shop), **given)
    refused("aid.wrong_state", lend.hand_out, piece=world.piece(shop), **given)


def test_the_deposit_comes_whole_and_one_says_how(shop):
    given = handing(shop, piece=world.piece(shop))
    refused("aid.deposit_differs", lend.hand_out, **{**given, "deposit_fen": DEPOSIT_FEN - 1})
    refused("aid.unknown_means", lend.hand_out, **{**given, "means": "promise"})
    refused("input.too_small", lend.hand_out, **{**given, "deposit_fen": -1})


def test_a_piece_that_is_out_then_or_called_back_goes_to_nobody(shop):
    loan = world.lent(shop)
    world.back(loan)
    world.cleaned(loan.piece)
    refused("aid.still_out_then", lend.hand_out, piece=loan.piece, **handing(shop))
    with pytest.raises(IntegrityError), transaction.atomic():
        Loan.objects.create(
            county=loan.county,
            no="x",
            fitting=world.accepted(shop),
            person=loan.person,
            provider=shop,
            piece=world.lent(shop).piece,
            item=loan.item,
            day_fen=1,
            out_on=FIRST,
            handed_by="x",
            at=at(FIRST),
        )


def test_nobody_dead_is_handed_anything(shop):
    person = world.elder()
    given = handing(shop, fitting=world.accepted(shop, person), piece=world.piece(shop))
    world.dies(person, FIRST)
    refused("person.after_death", lend.hand_out, **{**given, "on": TENTH})


def test_wear_is_free_and_a_damage_needs_evidence(shop):
    loan = world.lent(shop)
    refused("aid.wear_is_free", world.back, loan, condition="worn", claimed_fen=100)
    refused("aid.evidence_missing", world.back, loan, condition="damaged", claimed_fen=100)
    refused("aid.nothing_claimed", world.back, loan, condition="damaged", witness="邻居老李")
    refused("aid.unknown_condition", world.back, loan, condition="strange")
    refused("aid.before_it_went_out", world.back, loan, on=date(2026, 2, 1))
    found = world.back(loan, condition="worn", findings="坐垫磨旧")
    assert found.state == Inspection.State.DECIDED
    assert world.settled(loan).back_fen == DEPOSIT_FEN
    refused("aid.back_already", world.back, loan)


def test_another_person_decides_on_a_damage_and_that_much_is_kept(shop):
    loan = world.lent(shop)
    refused("aid.not_back", world.settled, loan)
    found = world.back(loan, condition="damaged", claimed_fen=20_000, witness="邻居老李", findings="靠背断")
    refused("aid.damage_undecided", world.settled, loan)
    given = {"inspection": found, "because": "撞断，按维修费"}
    refused("aid.same_person", lend.decide_damage, decided_fen=1, **given, at=at(TENTH), by="manager")
    refused("aid.over_the_claim", lend.decide_damage, decided_fen=20_001, **given, **WHEN)
    refused("aid.say_why", lend.decide_damage, decided_fen=1, inspection=found, because="", **WHEN)
    lend.decide_damage(decided_fen=15_000, **given, **WHEN)
    refused("aid.wrong_state", lend.decide_damage, decided_fen=1, **given, **WHEN)
    refused("aid.to_whom", lend.settle_deposit, deposit=world.deposit(loan), back_to="", on=TENTH, **WHEN)
    done = world.settled(loan)
    assert (done.back_fen, done.kept_fen, done.kept_because) == (35_000, 15_000, "撞断，按维修费")
    refused("aid.wrong_state", world.settled, loan)


def test_no_more_than_the_deposit_is_kept_and_a_lost_piece_is_gone(shop):
    loan = world.lent(shop)
    found = world.back(loan, condition="lost", claimed_fen=90_000, witness="派出所回执", findings="被盗")
    lend.decide_damage(inspection=found, decided_fen=90_000, because="丢失", **WHEN)
    done = lend.settle_deposit(deposit=world.deposit(loan), back_to="", on=TENTH, **WHEN)
    assert (done.back_fen, done.kept_fen) == (0, DEPOSIT_FEN)
    assert Piece.objects.get(id=loan.piece_id).state == Piece.State.RETIRED


def test_the_database_holds_that_what_goes_back_and_what_is_kept_is_the_whole(shop):
    loan = world.lent(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.filter(loan=loan).update(state="settled", settled_on=TENTH, back_fen=1, kept_fen=1)


def test_who_wants_it_fetched_says_so_once(shop):
    loan = world.lent(shop)
    lend.ask_back(loan=loan, on=FIRST, at=at(FIRST), by="daughter")
    assert lend.ask_back(loan=loan, on=TENTH, at=at(TENTH), by="daughter").back_asked_on == FIRST
    world.back(loan)
    refused("aid.back_already", lend.ask_back, loan=loan, on=TENTH, **WHEN)
    loan.id = loan.person_id
    refused("aid.unknown_loan", lend.ask_back, loan=loan, on=TENTH, **WHEN)
