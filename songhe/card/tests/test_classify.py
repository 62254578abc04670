"""All cards of a county at once: the same as one by one, written once, and only where something changed."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.models import Assessment
from songhe.assessment.tests.world import at, elder
from songhe.card import open
from songhe.card.classify import classify_county
from songhe.card.models import Card, Standing
from songhe.card.standard import classify, rules_at
from songhe.card.tests.test_fund import code_of
from songhe.card.tests.world import FIRST, LISHUI, TENTH, made_fund, run_charge
from songhe.jobs.models import Run
from songhe.person.models import Person, Status
from songhe.person.status import KINDS
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

SERVICE = "card_service_low_income"
APRIL_2, MAY_4 = date(2026, 4, 2), date(2026, 5, 4)


def has(person, kind, since=date(2025, 1, 1), until=None):
    Status.objects.create(
        county=person.county,
        person=person,
        kind=kind,
        valid_from=since,
        valid_to=until,
        source="民政",
        known_at=at(since),
    )


def opened(*kinds, **fields) -> Card:
    person = elder(county=LISHUI, **fields)
    for kind in kinds:
        has(person, kind)
    return open.open_card(person=person, attributes=open.Attributes(elder=True), at=at(FIRST), on=FIRST, by="clerk")


def run(on=FIRST, **more):
    policy = rules_at(LISHUI, on)
    return classify_county(county=LISHUI, policy=policy, on=on, clock=lambda: at(on), **more)


def standings():
    rows = Standing.objects.filter(county=LISHUI).order_by("card_id", "standard", "first_month")
    return list(rows.values_list("card_id", "standard", "first_month", "last_month"))


def classes():
    return dict(Card.objects.filter(county=LISHUI).values_list("id", "card_class"))


def test_cards_are_put_under_what_their_holders_meet_and_charged_by_it():
    poor, old, plain = opened("low_income", "service_subsidy"), opened(born=date(1940, 1, 1)), opened()
    done = run()
    assert (done.cards, done.changed, done.begun, done.ended, done.other_class) == (3, 2, 2, 0, 2)
    assert classes() == {poor.id: 1, old.id: 2, plain.id: 3}
    assert (poor.id, SERVICE, "2026-03", "") in standings()
    assert run_charge(made_fund(rates={SERVICE: "1/1"})).fen == 12_500
    written = Entry.objects.get(act="card.classify_county")
    assert (written.actor, written.detail["begun"]) == ("run:classify", 2)


def test_a_second_run_changes_nothing_and_writes_no_note():
    opened("low_income", "service_subsidy"), opened("volunteer")
    run()
    before = standings()
    done = run(on=TENTH)
    assert (done.cards, done.changed, done.begun) == (2, 0, 0)
    assert standings() == before
    assert Entry.objects.filter(act="card.classify_county").count() == 1
    assert Run.objects.get(job="classify:love-card").state == "done"


def test_what_is_no_longer_met_ends_and_may_come_again():
    card = opened("low_income", "service_subsidy")
    run()
    Status.objects.filter(person=card.person, kind="low_income").update(valid_to=date(2026, 3, 31))
    assert run(on=APRIL_2).ended == 1
    assert [row[2:] for row in standings()] == [("2026-03", "2026-03")]
    assert classes()[card.id] == 3
    has(card.person, "low_income", since=date(2026, 5, 1))
    run(on=MAY_4)
    assert [row[2:] for row in standings()] == [("2026-03", "2026-03"), ("2026-05", "")]


def test_who_moved_away_meets_nothing_and_a_closed_card_is_left_alone():
    moved, closed = opened("low_income", "service_subsidy"), opened("low_income", "service_subsidy")
    run()
    Person.rows.filter(id=moved.person_id).update(closed_on=date(2026, 3, 20))
    Card.objects.filter(id=closed.id).update(state="closed", closed_on=TENTH)
    done = run(on=APRIL_2)
    assert (done.cards, done.ended) == (1, 1)
    one_by_one = classify(card=moved, on=APRIL_2, at=at(APRIL_2), by="clerk")
    assert one_by_one.card_class == classes()[moved.id] == 3


def test_a_killed_run_is_completed_by_the_next():
    for _ in range(5):
        opened("low_income", "service_subsidy")

    def killed(run):
        if run.done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(chunk=2, watch=killed)
    assert Run.objects.get(job="classify:love-card").state == "failed"
    done = run(chunk=2)
    assert done.cards == 5
    assert len(standings()) == 5


def test_refuses_a_place_whose_rules_have_no_monthly_amounts():
    from songhe.policy.resolve import library

    voucher = library().resolve(policy="consumption-voucher", place="370799", on=FIRST)
    refused = code_of(
        lambda: classify_county(county="370799", policy=voucher, on=FIRST, clock=lambda: at(FIRST)),
    )
    assert refused == "policy.not_monthly"


def anybody(chance: random.Random) -> Card:
    fields = {"born": date(chance.choice([1932, 1940, 1944, 1946, 1947, 1955, 1966]), chance.randint(1, 12), 28)}
    person = elder(county=LISHUI, **fields)
    for kind in chance.sample(sorted(KINDS), chance.randint(0, 6)):
        since = chance.choice([date(2025, 1, 1), date(2026, 3, 20), date(2026, 4, 1)])
        has(person, kind, since, chance.choice([None, None, date(2026, 4, 2), date(2026, 4, 30)]))
    if chance.random() < 0.6:
        day = date(2026, 1, 5)
        Assessment.rows.create(
            county=LISHUI,
            no=f"A{chance.getrandbits(40)}",
            person=person,
            origin="loaded",
            state="effective",
            standard="gbt-42195-2022",
            requested_at=at(day),
            requested_by="loader",
            assessed_on=day,
            valid_until=chance.choice([None, date(2026, 4, 15)]),
            final_level=chance.randint(0, 4),
        )
    card = open.open_card(person=person, attributes=open.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    if chance.random() < 0.1:
        Person.rows.filter(id=person.id).update(closed_on=date(2026, 4, 1))
    return card


@pytest.mark.parametrize("seed", [1, 2])
def test_it_agrees_with_one_by_one_on_people_at_random_from_month_to_month(seed):
    chance = random.Random(seed)
    cards = [anybody(chance) for _ in range(30)]
    for on in (FIRST, date(2026, 3, 25), APRIL_2, date(2026, 4, 20), MAY_4):
        before = standings(), classes()
        run(on=on, chunk=7)
        by_set = standings(), classes()
        _back_to(*before)
        for card in cards:
            classify(card=card, on=on, at=at(on), by="clerk")
        assert (standings(), classes()) == by_set


def _back_to(rows, in_class):
    Standing.objects.filter(county=LISHUI).delete()
    Standing.objects.bulk_create(
        Standing(
            county=LISHUI, card_id=card, standard=standard, first_month=first, last_month=last, pack="x", version="y"
        )
        for card, standard, first, last in rows
    )
    for card, number in in_class.items():
        Card.objects.filter(county=LISHUI, id=card).update(card_class=number)


def test_many_cards_take_as_many_statements_as_few():
    opened("low_income", "service_subsidy")
    with CaptureQueriesContext(connection) as few:
        run()
    for _ in range(12):
        opened("low_income", "service_subsidy")
    with CaptureQueriesContext(connection) as many:
        assert run().begun == 12
    assert len(many) <= len(few) + 1
