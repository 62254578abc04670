from datetime import datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, transaction

from songhe.county.key import new_id
from songhe.jobs.models import Outgoing
from songhe.jobs.outbox import MOST_TRIES, deliver, left_for_people, put
from songhe.ledger.fund import open_fund
from songhe.ledger.models import Fund

pytestmark = pytest.mark.django_db

COUNTY = "370799"
AT = datetime(2026, 3, 10, 2, tzinfo=timezone.utc)


class Handler:
    def __init__(self, fails=0):
        self.fails, self.seen = fails, []

    def __call__(self, entry, at):
        open_fund(county=entry.county, code=f"effect-{len(self.seen)}", name="f")
        self.seen.append((entry.about, entry.payload, at))
        if len(self.seen) <= self.fails:
            raise ConnectionError("the bank does not answer")


def write(about=None, topic="letter", **more):
    about = about or new_id()
    put(county=COUNTY, topic=topic, about=about, payload={"n": 1}, at=AT, **more)
    return about


def test_an_entry_is_handled_once():
    handler, about = Handler(), write()
    assert deliver(handlers={"letter": handler}, at=AT) == 1
    assert deliver(handlers={"letter": handler}, at=AT + timedelta(days=1)) == 0
    assert handler.seen == [(about, {"n": 1}, AT)]


def test_the_same_topic_about_the_same_thing_is_written_once():
    about = write()
    write(about)
    write(about, topic="text_message")
    assert Outgoing.objects.filter(county=COUNTY).count() == 2


def test_an_entry_goes_with_the_transaction_that_wrote_it():
    class Never(Exception):
        pass

    with pytest.raises(Never), transaction.atomic():
        write()
        raise Never
    assert not Outgoing.objects.filter(county=COUNTY).exists()


def test_an_entry_waits_for_its_time():
    handler = Handler()
    write(not_before=AT + timedelta(hours=1))
    assert deliver(handlers={"letter": handler}, at=AT) == 0
    assert deliver(handlers={"letter": handler}, at=AT + timedelta(hours=1)) == 1


def test_entries_without_a_handler_here_are_left_for_who_has_one():
    write(topic="fax")
    assert deliver(handlers={"letter": Handler()}, at=AT) == 0
    assert Outgoing.objects.get(county=COUNTY).tries == 0


def test_a_failed_one_leaves_no_effect_and_is_tried_again_after_growing_pauses():
    handler = Handler(fails=3)
    write()
    at, pauses = AT, []
    while not Outgoing.objects.filter(county=COUNTY, done_at__isnull=False).exists():
        deliver(handlers={"letter": handler}, at=at)
        entry = Outgoing.objects.get(county=COUNTY)
        if entry.done_at is None:
            assert not Fund.objects.filter(county=COUNTY).exists()
            assert entry.problem == "ConnectionError: the bank does not answer"
            pauses.append((entry.not_before - at) // timedelta(minutes=1))
            at = entry.not_before
    assert pauses == [1, 2, 4]
    assert Fund.objects.filter(county=COUNTY).count() == 1


def test_one_that_fails_does_not_keep_the_others():
    write(topic="broken")
    write()
    done = deliver(handlers={"broken": Handler(fails=9), "letter": Handler()}, at=AT)
    assert done == 1


def test_one_that_breaks_the_database_is_undone_and_counted():
    def breaks(entry, at):
        Outgoing.objects.create(county=COUNTY, topic=entry.topic, about=entry.about, at=at, not_before=at)

    write()
    assert deliver(handlers={"letter": breaks}, at=AT) == 0
    assert Outgoing.objects.get(county=COUNTY).tries == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        breaks(Outgoing.objects.get(county=COUNTY), AT)


def test_one_that_failed_often_enough_is_left_for_people():
    handler, at = Handler(fails=99), AT
    write()
    for _ in range(MOST_TRIES + 3):
        deliver(handlers={"letter": handler}, at=at)
        at += timedelta(days=1)
    assert len(handler.seen) == MOST_TRIES
    assert [entry.topic for entry in left_for_people()] == ["letter"]
