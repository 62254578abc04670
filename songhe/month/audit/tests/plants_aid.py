"""Faults of aids: each makes a sound loan of its own and spoils one thing of it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F

from songhe.aid.models import Deposit, Inspection, Loan, Piece, Recall, Rent
from songhe.aid.rent import draw_up
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import at, elder
from songhe.card.tests.world import LISHUI
from songhe.kernel.month import Month
from songhe.month.audit.tests.plants import change, plant
from songhe.provider.models import Listing
from songhe.redemption.models import Line
from songhe.redemption.rent import charge_rent
from songhe.redemption.tests.test_card import funded

APRIL, MAY = date(2026, 4, 2), date(2026, 5, 1)


def lent() -> Loan:
    return aids.lent(aids.provider())


@plant("aid.out_differs")
def a_piece_in_stock_that_is_out():
    change(Piece.objects.get(id=lent().piece_id), state="in_stock")


def lent_again(first: Loan) -> Loan:
    """The same piece to the next user, on the day on which it came back."""
    return aids.lent(first.provider, with_piece=first.piece, on=aids.TENTH)


@plant("aid.lent_twice")
def two_people_with_one_piece():
    loan = lent()
    aids.back(loan, on=aids.TENTH)
    aids.cleaned(loan.piece, on=aids.TENTH)
    lent_again(loan)
    change(loan, returned_on=aids.TENTH + timedelta(days=5))


@plant("aid.not_disinfected")
def a_next_user_without_cleaning():
    loan = lent()
    aids.back(loan, on=aids.TENTH)
    change(Piece.objects.get(id=loan.piece_id), state="in_stock")
    lent_again(loan)


@plant("aid.rent_outside_loan")
def rent_before_it_was_there():
    loan = lent()
    aids.back(loan, on=aids.TENTH)
    change(Rent.objects.get(loan_id=loan.id), first=aids.FIRST - timedelta(days=1))


@plant("redemption.above_price", held=True)
def rent_dearer_than_was_agreed():
    lender = aids.provider(county=LISHUI)
    Listing.objects.filter(provider=lender).update(categories=["home"])
    _, card = funded(5_000, allowed=("aids",), late_days=40)
    aids.lent(lender, card.person, with_piece=aids.piece(lender, county=LISHUI))
    told = {"county": LISHUI, "at": at(APRIL), "on": APRIL, "by": "manager", "provider": lender}
    draw_up(month=Month(2026, 3), **told)
    (bill,) = charge_rent(person_id=card.person_id, **told)
    change(Line.objects.get(bill=bill), price_fen=F("price_fen") + 1)


@plant("aid.rent_after_death")
def rent_of_the_dead():
    person = elder()
    loan = aids.lent(aids.provider(), person)
    draw_up(
        county=loan.county,
        month=Month(2026, 3),
        at=at(MAY),
        on=MAY,
        by="manager",
        provider=loan.provider,
    )
    aids.dies(person, aids.TENTH)


@plant("aid.deposit_kept")
def a_deposit_kept_for_nothing():
    loan = lent()
    aids.back(loan)
    change(aids.settled(loan), kept_fen=100, back_fen=aids.DEPOSIT_FEN - 100, kept_because="欠租")


@plant("aid.deposit_back_early")
def a_deposit_given_back_while_it_is_out():
    row = Deposit.objects.get(loan=lent())
    change(row, state="settled", back_fen=row.amount_fen, settled_on=aids.TENTH)


@plant("aid.damage_one_person", held=True)
def a_damage_decided_by_who_claims_it():
    loan = lent()
    aids.back(loan, condition="damaged", claimed_fen=100, witness="邻居")
    change(Inspection.objects.get(loan=loan), state="decided", decided_by="manager")


@plant("aid.recalled_lent")
def a_piece_called_back_in_new_hands():
    loan = lent()
    made = Recall.objects.create(
        county=loan.county,
        aid=loan.piece.aid,
        because="轮轴断裂",
        notice_no="召2026-9",
        on=aids.FIRST - timedelta(days=1),
        by="clerk",
        at=at(aids.FIRST),
    )
    change(Piece.objects.get(id=loan.piece_id), recall_id=made.id)
