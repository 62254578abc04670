"""A printed code pays with the elder's own PIN and with nothing else; wrong tries end it, and so does a new print."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card import open as cards
from songhe.card import pin
from songhe.card.close import close_by_wish
from songhe.card.models import Pin
from songhe.card.tests.world import FIRST, LISHUI, TENTH, made_card
from songhe.kernel.refusal import Refusal
from songhe.person import code, event
from songhe.person.models import Medium
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PIN, OTHER = "836195", "492716"
DONE = {"at": at(TENTH), "by": "clerk"}


def printed(card, secret=PIN):
    return pin.print_code(card=card, pin=secret, on=TENTH, **DONE)


def unlocked(medium, secret=PIN, *, moment=None, given=None):
    return pin.unlock(
        county=medium.county,
        given=given or code.printed(medium),
        pin=secret,
        at=moment or at(TENTH),
        reader="provider:1",
        by="till",
    )


def served(given, moment=None):
    return code.who(county=LISHUI, given=given, confirmed_by="staff", at=moment or at(TENTH), reader="provider:1")


def refused(call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    return refusal.value.code


def test_the_paper_alone_serves_nobody_whoever_confirms():
    medium = printed(made_card())
    for given in (code.printed(medium), medium.number):
        assert refused(served, given) == "person.pin_needed"
    assert refused(code.read, county=LISHUI, given=code.printed(medium), at=at(TENTH)) == "person.pin_needed"


def test_paper_and_pin_give_the_code_of_now_which_counts_once():
    card = made_card()
    medium = printed(card)
    shown = unlocked(medium)
    found = served(shown)
    assert (found.medium.person_id, found.needs_second_factor) == (card.person_id, False)
    code.burn(found)
    assert refused(code.burn, served(shown)) == "person.code_used"
    assert refused(served, shown, at(TENTH) + timedelta(minutes=2)) == "person.code_stale"
    assert served(unlocked(medium, given=medium.number)).medium == medium


def test_what_is_not_such_a_paper_is_left_as_it_is():
    card = made_card()
    phone = Medium.objects.get(id=card.medium_id)
    assert unlocked(phone, given=card.medium.number) == card.medium.number


def test_the_pin_is_kept_hashed_and_said_nowhere():
    medium = printed(made_card())
    row = Pin.objects.get(medium=medium)
    assert PIN not in row.secret
    assert all(PIN not in str(each.detail) for each in Entry.objects.filter(county=LISHUI))
    assert refused(unlocked, printed(made_card(), OTHER)) == "card.pin_wrong"


@pytest.mark.parametrize("weak", ["000000", "123456", "987654", "400101", "12345", "1234567", "12a456", ""])
def test_a_pin_that_is_easy_to_guess_or_has_not_six_digits_is_not_taken(weak):
    card = made_card(born=date(1940, 1, 1))
    assert refused(printed, card, weak) in {"card.pin_form", "card.pin_too_easy"}
    assert not Medium.objects.filter(kind="pin").exists()


def test_full_width_digits_are_digits():
    assert unlocked(printed(made_card(), "８３６１９５"))


def test_five_wrong_tries_block_the_code_until_another_pin_is_set():
    card = made_card()
    medium = printed(card)
    for left in (4, 3, 2, 1):
        with pytest.raises(Refusal) as refusal:
            unlocked(medium, OTHER)
        assert (refusal.value.code, f"还可以试{left}次" in refusal.value.message("zh")) == ("card.pin_wrong", True)
    assert refused(unlocked, medium, OTHER) == "card.pin_blocked"
    assert refused(unlocked, medium, PIN) == "card.pin_blocked"
    acts = Entry.objects.filter(county=LISHUI, subject_id=str(card.id), actor="till").order_by("at")
    assert sorted(acts.values_list("act", flat=True)) == ["card.block_code", *["card.wrong_pin"] * 4]
    pin.set_pin(card=card, pin=OTHER, on=TENTH, **DONE)
    assert served(unlocked(medium, OTHER))


def test_a_right_pin_begins_the_count_anew_and_six_letters_are_no_try():
    medium = printed(made_card())
    for _ in range(3):
        for _ in range(4):
            assert refused(unlocked, medium, OTHER) == "card.pin_wrong"
        assert refused(unlocked, medium, "abc") == "card.pin_form"
        unlocked(medium)
    assert Pin.objects.get(medium=medium).wrong == 0


def test_a_new_print_kills_the_old_one_at_once():
    card = made_card()
    old = printed(card)
    new = printed(card, OTHER)
    assert refused(unlocked, old) == "person.medium_ended"
    assert served(unlocked(new, OTHER)).medium == new
    assert Medium.objects.filter(person=card.person_id, kind="pin", ended_at=None).count() == 1


def test_what_was_unlocked_before_the_new_print_is_dead_too():
    card = made_card()
    shown = unlocked(printed(card))
    printed(card)
    assert refused(served, shown) == "person.medium_ended"


def lost(card):
    cards.report_lost(card=card, because="丢了", **DONE)


def replaced(card):
    cards.replace(card=card, because="换卡", on=TENTH, **DONE)


def frozen(card):
    cards.freeze(card=card, because="查", **DONE)


def closed(card):
    close_by_wish(card=card, because="不用了", on=TENTH, **DONE)


def dead(card):
    told = event.report(
        person=card.person, kind="death", happened_on=TENTH, source="家属", on=TENTH, at=at(TENTH), by="family"
    )
    event.verify(event=told, on=TENTH, **DONE)


def ended(card):
    pin.end_code(card=card, because="不用了", **DONE)


@pytest.mark.parametrize("what", [lost, replaced, frozen, closed, dead, ended])
def test_it_dies_with(what):
    card = made_card()
    medium = printed(card)
    shown = unlocked(medium)
    what(card)
    assert refused(unlocked, medium) == "person.medium_ended"
    assert refused(served, shown) == "person.medium_ended"


def test_loss_leaves_the_telephone_alone():
    from songhe.person.medium import issue

    card = made_card()
    phone = issue(person=card.person, kind="phone", on=FIRST, at=at(FIRST), by="clerk")
    lost(card)
    assert Medium.objects.get(id=phone.id).ended_at is None


@pytest.mark.parametrize(
    ("what", "why"), [(lost, "card.lost"), (frozen, "card.frozen"), (closed, "card.closed_card"), (dead, None)]
)
def test_nothing_is_printed_for_a_card_that_does_not_pay(what, why):
    card = made_card()
    what(card)
    assert refused(printed, card) == (why or "person.already_dead")


def test_a_card_without_a_printed_code_has_no_pin_to_change():
    card = made_card()
    assert refused(pin.set_pin, card=card, pin=PIN, on=TENTH, **DONE) == "card.no_printed_code"
    assert refused(pin.end_code, card=card, because="x", **DONE) == "card.no_printed_code"
    assert pin.printed(card) is None
    medium = printed(card)
    assert pin.printed(card).medium == medium
