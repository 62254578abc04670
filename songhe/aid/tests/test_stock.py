"""Pieces come into stock, are cleaned, repaired, retired and called back."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.aid import catalogue, stock
from songhe.aid.models import Cleaning, Offer, Piece
from songhe.aid.tests import world
from songhe.aid.tests.world import TENTH, at
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db
WHEN = {"at": at(TENTH), "by": "manager"}


@pytest.fixture
def shop():
    return world.provider()


def state(piece):
    return Piece.objects.get(county=piece.county, id=piece.id).state


def test_the_catalogue_is_loaded_once_and_a_county_may_have_its_own(shop):
    assert catalogue.load_catalogue() == 0
    assert [one.code for one in catalogue.aids_on("370799", TENTH)][:2] == ["wheelchair", "wheelchair-electric"]
    own = world.aid()
    own.pk, own.place, own.name = None, "370799", "本县轮椅"
    own.save(force_insert=True)
    assert catalogue.aid_on("370799", "wheelchair", TENTH).name == "本县轮椅"
    refused("aid.unknown_aid", catalogue.aid_on, "370799", "ladder", TENTH)


def test_another_price_ends_the_one_before_it(shop):
    given = {"provider": shop, "aid": world.aid(), "day_fen": 400, "deposit_fen": 0, **WHEN}
    catalogue.set_offer(valid_from=date(2026, 4, 1), **given)
    first = Offer.objects.order_by("valid_from").filter(aid=world.aid()).first()
    assert first.valid_to == date(2026, 3, 31)
    assert catalogue.require_offer(shop, world.aid(), TENTH).day_fen == world.DAY_FEN
    refused("aid.offer_in_the_past", catalogue.set_offer, valid_from=date(2026, 4, 1), **given)
    refused("input.too_small", catalogue.set_offer, valid_from=date(2026, 5, 1), **{**given, "day_fen": 0})
    refused("aid.no_offer", catalogue.require_offer, shop, world.aid("walker"), TENTH)


def test_a_piece_is_known_by_its_serial_number_and_has_a_size(shop):
    made = world.piece(shop, serial="W-1")
    assert made.state == Piece.State.IN_STOCK
    refused("aid.serial_taken", world.piece, shop, serial="W-1")
    refused("aid.serial_missing", world.piece, shop, serial=" ")
    refused("aid.no_such_size", world.piece, shop, size="特大")
    refused("aid.no_such_size", world.piece, shop, size="")
    refused("aid.no_such_size", world.piece, shop, code="care-bed", size="标准")


def test_what_came_back_is_cleaned_before_the_next_user(shop):
    loan = world.lent(shop)
    world.back(loan)
    assert state(loan.piece) == Piece.State.CLEANING
    refused("aid.wrong_state", world.lent, shop, with_piece=loan.piece, on=TENTH)
    refused("aid.say_how", stock.clean, piece=loan.piece, method=" ", on=TENTH, **WHEN)
    world.cleaned(loan.piece)
    assert Cleaning.objects.get(piece=loan.piece).by == "manager"
    assert world.lent(shop, with_piece=loan.piece, on=TENTH).piece == loan.piece
    refused("aid.wrong_state", world.cleaned, loan.piece)


def test_repair_and_retirement_say_why(shop):
    made = world.piece(shop)
    refused("aid.say_why", stock.send_to_repair, piece=made, because="", **WHEN)
    stock.send_to_repair(piece=made, because="刹车松", **WHEN)
    refused("aid.wrong_state", stock.send_to_repair, piece=made, because="刹车松", **WHEN)
    refused("aid.say_why", stock.repaired, piece=made, what="", **WHEN)
    stock.repaired(piece=made, what="换刹车", **WHEN)
    assert state(made) == Piece.State.CLEANING
    refused("aid.say_why", stock.retire, piece=made, because="", on=TENTH, **WHEN)
    stock.retire(piece=made, because="架子裂", on=TENTH, **WHEN)
    refused("aid.wrong_state", stock.repaired, piece=made, what="x", **WHEN)
    made.id = world.elder().id
    refused("aid.unknown_piece", stock.clean, piece=made, method="x", on=TENTH, **WHEN)


def recalled(**given):
    told = {"county": "370799", "aid": world.aid(), "because": "轮轴断裂", "notice_no": "召2026-1", "on": TENTH}
    return stock.recall(**{**told, **WHEN, **given})


def test_a_recall_takes_pieces_out_of_stock_and_says_who_has_one(shop):
    here, lent, other = world.piece(shop), world.lent(shop), world.piece(shop, code="care-bed", size="")
    _made, loans = recalled()
    assert loans == [lent]
    assert (state(here), state(lent.piece), state(other)) == ("repair", "out", "in_stock")
    world.back(lent)
    assert state(lent.piece) == Piece.State.REPAIR
    stock.repaired(piece=lent.piece, what="换轮轴", **WHEN)
    world.cleaned(lent.piece)
    assert state(lent.piece) == Piece.State.IN_STOCK


def test_a_recall_of_some_numbers_leaves_the_others(shop):
    one, other = world.piece(shop, serial="A1"), world.piece(shop, serial="A2")
    recalled(serials=["A1"])
    assert (state(one), state(other)) == ("repair", "in_stock")
    refused("aid.recalled_before", recalled)
    refused("aid.say_why", recalled, because=" ", notice_no="召2026-2")
    refused("aid.notice_missing", recalled, notice_no=" ")
