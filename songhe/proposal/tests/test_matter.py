"""One proposes, another decides, once; what was written stays as it was written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from songhe.county.key import new_id
from songhe.kernel.refusal import Reason, Refusal
from songhe.proposal.matter import MOST, Acts, Decider, Matter
from songhe.proposal.models import Proposal
from songhe.trail.models import Entry
from songhe.trail.note import note

pytestmark = pytest.mark.django_db

COUNTY, DAY = "370799", date(2026, 3, 10)
AT = datetime(2026, 3, 10, 1, tzinfo=UTC)
FULL = Reason("test.full", "满了", "It is full.", 409)


def hang(row: Proposal, decider: Decider) -> Entry:
    """The verb of the matter: it hangs up a lamp, unless there is no room."""
    if row.told["lamps"] > 3:
        raise FULL("lamps")
    return note(county=row.county, at=decider.at, actor=row.proposed_by, act="hang", subject="lamp", subject_id="1")


LAMPS = Matter(
    subject="lamp_proposal",
    acts=Acts("lamp.propose", "lamp.approve", "lamp.decline"),
    kinds={"lamp.hang": hang, "lamp.paint": hang},
    unknown=Reason("test.unknown", "没有", "There is none.", 404),
    decided=Reason("test.decided", "已是{state}", "It is {state_en}.", 409),
    own=Reason("test.own", "自己的", "It is your own.", 403),
    why=Reason("test.why", "为什么", "Why?", 422),
    noted=("lamps",),
)


def proposed(lamps=1, *, kind="lamp.hang", county=COUNTY) -> Proposal:
    return LAMPS.propose(county=county, kind=kind, told={"lamps": lamps, "name": "灯"}, at=AT, by="clerk")


def approved(row, by="head"):
    return LAMPS.approve(proposal=row, at=AT, on=DAY, by=by)


def declined(row, because="太亮", by="head"):
    return LAMPS.decline(proposal=row, because=because, at=AT, by=by)


def refuses(code, call, *told, **more):
    with pytest.raises(Refusal) as refused:
        call(*told, **more)
    assert refused.value.code == code


def test_another_person_says_yes_and_it_is_done_once():
    row = proposed()
    made = approved(row)
    assert made.actor == "clerk"
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.decided_at, row.made) == ("approved", "head", AT, str(made.id))
    refuses("test.decided", approved, row)
    refuses("test.decided", declined, row)


def test_another_person_says_no_and_why():
    row = proposed()
    refuses("test.why", declined, row, " ")
    assert declined(row).because == "太亮"
    refuses("test.decided", approved, row)
    assert not Entry.objects.filter(act="hang").exists()


def test_nobody_decides_what_they_proposed():
    row = proposed()
    refuses("test.own", approved, row, by="clerk")
    refuses("test.own", declined, row, by="clerk")
    assert Proposal.objects.get().state == "open"


def test_what_the_verb_refuses_leaves_the_proposal_open():
    row = proposed(lamps=4)
    refuses("test.full", approved, row)
    assert (Proposal.objects.get().state, Proposal.objects.get().decided_by) == ("open", "")


def test_the_trail_says_who_and_of_what_is_told_only_what_may_stand_there():
    row = proposed()
    approved(row)
    asked, answer = Entry.objects.filter(subject="lamp_proposal").order_by("id")
    assert (asked.act, asked.actor, asked.detail) == (
        "lamp.propose",
        "clerk",
        {"kind": "lamp.hang", "made": "", "lamps": 1},
    )
    assert (answer.act, answer.actor, answer.detail["made"]) == ("lamp.approve", "head", Proposal.objects.get().made)
    assert answer.subject_id == asked.subject_id == str(row.id)


def test_a_proposal_of_another_county_or_matter_is_not_there():
    row = proposed()
    refuses("test.unknown", approved, Proposal(county="370703", id=row.id))
    refuses("test.unknown", approved, Proposal(county=COUNTY, id=new_id()))
    other = Proposal.objects.create(county=COUNTY, kind="fan.hang", told={}, proposed_by="clerk", proposed_at=AT)
    refuses("test.unknown", declined, other)
    with pytest.raises(ValueError, match=r"fan\.hang"):
        proposed(kind="fan.hang")


def test_what_waits_stands_in_the_order_in_which_it_was_proposed():
    first, second = proposed(), proposed(kind="lamp.paint")
    proposed(county="370703")
    approved(proposed())
    assert LAMPS.waiting(COUNTY) == [first, second]
    assert LAMPS.waiting(COUNTY, "lamp.paint") == [second]
    assert len(LAMPS.newest(COUNTY, MOST)) == 3
    assert LAMPS.rows().count() == 4


@pytest.mark.parametrize(
    "change",
    [
        {"told": {"lamps": 2}},
        {"proposed_by": "head"},
        {"state": "approved"},
        {"state": "approved", "decided_by": "clerk", "decided_at": AT, "made": "1"},
        {"state": "approved", "decided_by": "head", "decided_at": AT},
        {"state": "declined", "decided_by": "head", "decided_at": AT},
        {"decided_by": "head"},
    ],
)
def test_the_database_itself_keeps_it_so(change):
    proposed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.update(**change)


def test_the_database_deletes_none():
    proposed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.all().delete()
