"""The worker turns when there is something to do, and otherwise hardly at all."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from songhe.grant.tests.world import COUNTY, TENTH
from songhe.jobs.outbox import put
from songhe.month.worker import FAR_BACK_EVERY, LONGEST, TRY_AGAIN, Turns
from songhe.notice.models import Channel, Notice
from songhe.service.tests.world import at
from songhe.trail.note import note

pytestmark = pytest.mark.django_db


def act() -> None:
    note(county=COUNTY, at=at(TENTH), actor="clerk", act="test.act", subject="test", subject_id="1")


def ask(not_before: timedelta = timedelta()) -> None:
    put(
        county=COUNTY,
        topic="month.run",
        about=uuid4(),
        payload={},
        at=at(TENTH),
        not_before=at(TENTH) + not_before,
    )


def quiet() -> Turns:
    """A worker whose last turn found nothing to do."""
    turns = Turns()
    assert turns.is_wanted(at=at(TENTH), on=TENTH, now=0.0)
    turns.over(0)
    return turns


def wants(turns: Turns, seconds: float, later: timedelta = timedelta()) -> bool:
    return turns.is_wanted(at=at(TENTH) + later, on=TENTH, now=seconds)


def test_the_first_look_makes_a_turn_and_nothing_new_makes_none():
    turns = quiet()
    assert not any(wants(turns, second) for second in range(1, int(LONGEST)))
    assert wants(turns, LONGEST)
    turns.over(0)
    assert not wants(turns, LONGEST + 1)


def test_an_idle_look_is_one_statement(django_assert_num_queries):
    turns = quiet()
    with django_assert_num_queries(1):
        assert not wants(turns, 1)


def test_what_happened_makes_a_turn_and_what_it_leaves_another():
    turns = quiet()
    act()
    assert wants(turns, 1)
    turns.over(3)
    assert wants(turns, 2)
    turns.over(0)
    assert not wants(turns, 3)


def test_a_new_day_makes_a_turn():
    turns = quiet()
    assert turns.is_wanted(at=at(TENTH), on=TENTH + timedelta(days=1), now=1)


def test_what_was_asked_for_makes_a_turn_when_it_is_due():
    turns = quiet()
    ask(timedelta(minutes=2))
    assert not wants(turns, 1)
    assert wants(turns, 2, timedelta(minutes=2))


def test_what_is_due_and_cannot_be_done_is_tried_again_after_a_while():
    turns = quiet()
    ask()
    assert wants(turns, 1)
    turns.over(0)
    assert not wants(turns, 2)
    assert wants(turns, 1 + TRY_AGAIN)


@pytest.mark.parametrize(
    ("channel", "spread", "state"), [(Channel.INBOX, False, "sent"), (Channel.SMS, True, "queued")]
)
def test_a_notice_on_its_way_makes_a_turn(channel, spread, state):
    turns = quiet()
    instant = at(TENTH)
    Notice.rows.create(
        county=COUNTY,
        account="clerk",
        template="voucher.issued",
        about="test",
        channel=channel,
        state=state,
        at=instant,
        due_at=instant,
        spread_at=instant if spread else None,
    )
    assert wants(turns, 1)


def test_one_turn_in_many_looks_far_back():
    turns = Turns()
    found = [turns.is_far_back() for _ in range(2 * FAR_BACK_EVERY)]
    assert found[0]
    assert found.count(True) == 2
