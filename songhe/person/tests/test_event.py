"""A report acts when another person verified it; a wrong one is taken back, a wrong death by two people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from songhe.person.deceased import day_of_death, refuse_after_death
from songhe.person.event import ask_to_undo_death, refute, report, undo_death, verify
from songhe.person.models import Event, Mandate, Medium, Person, Provenance
from songhe.person.states import EVENT
from songhe.person.status import record_status, statuses_on
from songhe.person.tests.conftest import AT, BORN, COUNTY, ON, refused

DIED = date(2026, 3, 8)


def reported(person, kind="death", happened_on=DIED, by="neighbour", **differently):
    told = {"source": "村委会", "on": ON, "at": AT}
    return report(person=person, kind=kind, happened_on=happened_on, by=by, **(told | differently))


def verified(event, by="clerk", on=ON):
    return verify(event=event, on=on, at=AT + timedelta(hours=1), by=by)


def fresh(person):
    return Person.rows.get(county=COUNTY, id=person.id)


@pytest.fixture
def cared_for(elder):
    """An elder with a card and a daughter who acts."""
    Medium.objects.create(county=COUNTY, person=elder, kind="card", number="1", valid_from=ON)
    Mandate.objects.create(
        county=COUNTY,
        person=elder,
        proxy_identity=elder.id,
        proxy_name="女儿",
        relation="child",
        acts=["choose"],
        evidence="户口簿",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        given_by="clerk",
        at=AT,
    )
    return elder


def test_a_reported_death_holds_services_after_it_and_nothing_else(cared_for):
    reported(cared_for)
    assert fresh(cared_for).died_on is None
    assert day_of_death(cared_for) == DIED
    refuse_after_death(cared_for, DIED)
    caught = refused("person.after_death", refuse_after_death, cared_for, date(2026, 3, 9))
    assert caught.field == "service_on"
    assert Medium.objects.get().ended_at is None


def test_a_verified_death_ends_media_and_mandates(cared_for):
    event = verified(reported(cared_for))
    assert (event.state, event.verified_by) == ("verified", "clerk")
    assert fresh(cared_for).died_on == day_of_death(cared_for) == DIED
    assert Medium.objects.get().ended_because == "death"
    assert (Mandate.objects.get().ended_on, Mandate.objects.get().ended_because) == (DIED, "death")
    assert Provenance.objects.get(field="died_on").value == "2026-03-08"


def test_a_death_known_three_months_late_counts_from_its_day(cared_for):
    verified(reported(cared_for, happened_on=date(2025, 12, 10)))
    refused("person.after_death", refuse_after_death, fresh(cared_for), date(2025, 12, 11))


def test_a_refuted_death_holds_nothing(elder):
    event = reported(elder)
    refused("person.reason_missing", refute, event=event, because="", at=AT, by="clerk")
    assert refute(event=event, because="本人健在", at=AT, by="clerk").state == "refuted"
    assert day_of_death(elder) is None
    assert fresh(elder).died_on is None
    reported(elder)


def test_two_people_undo_a_death_that_was_none(cared_for):
    event = verified(reported(cared_for))
    refused("person.undo_not_asked", undo_death, event=event, at=AT, by="approver")
    refused("person.reason_missing", ask_to_undo_death, event=event, because=" ", at=AT, by="clerk")
    ask_to_undo_death(event=event, because="同名误报", at=AT, by="clerk")
    refused("person.same_person", undo_death, event=event, at=AT, by="clerk")
    assert fresh(cared_for).died_on == DIED
    assert undo_death(event=event, at=AT, by="approver").state == "refuted"
    assert fresh(cared_for).died_on is None
    assert Medium.objects.get().ended_at is None
    assert Mandate.objects.get().ended_on is None
    assert [row.value for row in Provenance.objects.filter(field="died_on").order_by("id")] == ["2026-03-08", ""]
    refused("person.wrong_state", undo_death, event=event, at=AT, by="approver")


def test_undoing_a_death_leaves_alone_what_ended_before_it(cared_for):
    Medium.objects.update(ended_at=AT, ended_because="lost")
    event = verified(reported(cared_for))
    ask_to_undo_death(event=event, because="误报", at=AT, by="clerk")
    undo_death(event=event, at=AT, by="approver")
    assert Medium.objects.get().ended_because == "lost"


def test_only_a_verified_death_is_undone(elder):
    refused("person.wrong_state", ask_to_undo_death, event=reported(elder), because="误", at=AT, by="clerk")
    wish = verified(reported(elder, "wish"))
    refused("person.not_a_death", ask_to_undo_death, event=wish, because="误", at=AT, by="clerk")


def test_who_reports_does_not_verify(elder):
    event = reported(elder)
    refused("person.same_person", verified, event, by="neighbour")
    assert fresh(elder).died_on is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(county=COUNTY, id=event.id).update(verified_by="neighbour")


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"kind": "holiday"}, "person.unknown_event"),
        ({"source": ""}, "person.source_missing"),
        ({"happened_on": date(2026, 3, 11)}, "person.event_in_future"),
        ({"kind": "recovery", "happened_on": date(2026, 3, 11)}, "person.event_in_future"),
        ({"happened_on": BORN - timedelta(days=1)}, "person.event_before_birth"),
        ({"kind": "excluded"}, "person.unknown_status"),
        ({"kind": "move", "detail": {"to_place": "37"}}, "place_code.not_a_code"),
    ],
)
def test_a_report_that_cannot_be_is_refused(elder, differently, code):
    refused(code, reported, elder, **differently)
    assert not Event.objects.exists()


def test_one_report_of_a_kind_waits_at_a_time(elder):
    reported(elder)
    refused("person.already_reported", reported, elder, happened_on=date(2026, 3, 7))
    reported(elder, "recovery")


def test_the_dead_have_no_further_events(elder):
    recovery = reported(elder, "recovery")
    verified(reported(elder))
    refused("person.already_dead", reported, elder)
    refused("person.already_dead", verified, recovery)


def test_a_report_is_decided_once(elder):
    event = verified(reported(elder, "recovery"))
    refused("person.wrong_state", verified, event)
    refused("person.wrong_state", refute, event=event, because="误", at=AT, by="clerk")


def test_a_wish_for_a_later_day_is_verified_when_the_day_has_come(elder):
    event = reported(elder, "wish", date(2026, 4, 1))
    refused("person.event_in_future", verified, event)
    assert verified(event, on=date(2026, 4, 1)).state == "verified"


def test_another_programme_becomes_a_status(elder):
    verified(reported(elder, "excluded", detail={"status": "tekun"}))
    assert [(held.kind, held.valid_from) for held in statuses_on(elder, ON)] == [("tekun", DIED)]


def test_another_programme_that_is_known_already_is_not_recorded_twice(elder):
    record_status(person=elder, kind="tekun", valid_from=date(2026, 1, 1), source="系统", at=AT, by="clerk")
    verified(reported(elder, "excluded", detail={"status": "tekun"}))
    assert [held.valid_from for held in statuses_on(elder, ON)] == [date(2026, 1, 1)]


def test_the_table_of_states_is_closed():
    assert EVENT.verbs("refuted") == ()
    assert set(EVENT.verbs("reported")) == {"verify", "refute"}
