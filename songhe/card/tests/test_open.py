import pytest

from songhe.assessment.tests.world import elder, mandate
from songhe.card import open
from songhe.card.models import Card
from songhe.card.tests.test_fund import code_of
from songhe.card.tests.world import (
    FIRST,
    LISHUI,
    TENTH,
    at,
    left,
    made_card,
    made_fund,
    run_charge,
    spend,
)
from songhe.person import medium as media
from songhe.person.models import Medium, Person

pytestmark = pytest.mark.django_db

BUS = open.Attributes(elder=True, bus=True)


def because(**more):
    return {"because": "遗失", "at": at(TENTH), "by": "clerk", **more}


def opened(**given):
    person = given.pop("person", None) or elder(county=LISHUI)
    fields = {"attributes": BUS, "at": at(FIRST), "on": FIRST, "by": "clerk", **given}
    return open.open_card(person=person, **fields)


def test_a_card_is_authorised_by_the_elder_on_the_number_of_the_social_security_card():
    card = opened(number="A12345678")
    assert (card.state, card.authorised, card.medium.number) == ("active", "elder", "A12345678")
    assert len(card.no) == 24
    assert media.resolve("A12345678", LISHUI) == card.person


def test_an_agent_needs_a_mandate_for_the_card():
    person = elder(county=LISHUI)
    assert code_of(lambda: opened(person=person, mandate=mandate(person, acts=["apply"]))) == "card.no_mandate"
    assert code_of(lambda: opened(person=person, mandate=mandate(elder(county=LISHUI), acts=["card"]))) == (
        "card.no_mandate"
    )
    card = opened(person=person, mandate=mandate(person, acts=["card"]))
    assert (card.authorised, len(card.medium.number)) == ("agent", 22)


def test_a_person_has_one_card_and_the_dead_get_none():
    card = opened()
    assert code_of(lambda: opened(person=card.person)) == "card.has_one"
    dead = elder(county=LISHUI, died_on=FIRST)
    assert code_of(lambda: opened(person=dead, on=TENTH)) == "person.after_death"


def test_a_lost_card_is_dead_at_once_and_the_new_one_has_all_the_money():
    fund = made_fund(rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    old = card.medium.number
    printed = media.issue(person=card.person, kind=Medium.Kind.PRINTED, on=FIRST, at=at(FIRST), by="clerk")
    run_charge(fund)
    open.report_lost(card=card, **because())
    for number in (old, printed.number):
        assert code_of(lambda dead=number: media.resolve(dead, LISHUI)) == "person.medium_ended"
    assert code_of(lambda: spend(card, fund, 100)) == "card.lost"
    new = open.replace(card=card, **because(on=TENTH, number="B7654321"))
    assert (new.id, new.no, new.state) == (card.id, card.no, "active")
    assert media.resolve("B7654321", LISHUI) == card.person
    assert left(card, fund) == 1_000
    spend(card, fund, 100)
    worn = open.replace(card=new, **because(on=TENTH))
    assert worn.medium.number != "B7654321"


def test_a_frozen_card_pays_nothing_and_goes_on_being_charged():
    fund = made_fund(rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    open.freeze(card=card, **because())
    assert run_charge(fund).purses == 1
    assert code_of(lambda: spend(card, fund, 100)) == "card.frozen"
    assert code_of(lambda: open.freeze(card=card, **because())) == "card.wrong_state"
    assert code_of(lambda: open.unfreeze(card=card, **because(because=" "))) == "card.say_why"
    open.unfreeze(card=card, **because())
    spend(card, fund, 100)


def test_the_gate_of_a_bus_gets_yes_or_no():
    card, other = opened(), opened(attributes=open.Attributes(elder=True))

    def rides(which):
        return open.may_ride(county=LISHUI, number=which.medium.number, at=at(TENTH))

    assert (rides(card), rides(other)) == (True, False)
    assert not open.may_ride(county=LISHUI, number="nobody's", at=at(TENTH))
    open.set_attributes(card=other, attributes=BUS, at=at(TENTH), by="clerk")
    assert rides(other)
    Person.rows.filter(county=LISHUI, id=other.person_id).update(died_on=FIRST)
    assert not rides(other)
    open.freeze(card=card, **because())
    assert not rides(card)
    assert Card.objects.filter(county=LISHUI).count() == 2
