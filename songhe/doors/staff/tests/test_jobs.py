"""What the worker could not do, and the system administrator who has it tried again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.county.key import new_id
from songhe.doors.staff.tests.conftest import AT, COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.jobs.again import try_again
from songhe.jobs.models import Outgoing, Run
from songhe.jobs.outbox import MOST_TRIES, deliver, put
from songhe.kernel.refusal import Refusal
from songhe.trail.models import Entry

PAGE = "/staff/jobs/"


@pytest.fixture
def system(enter):
    return enter("system", "system_admin")


def stopped(county=COUNTY):
    """An entry that was tried often enough."""
    about = new_id()
    put(county=county, topic="settlement.bank_file", about=about, payload={}, at=AT)

    def breaks(entry, at):
        raise ConnectionError("no line")

    for number in range(MOST_TRIES):
        deliver(handlers={"settlement.bank_file": breaks}, at=AT + timedelta(days=number))
    return Outgoing.objects.get(about=about)


def test_what_was_tried_often_enough_is_listed_and_tried_again(system):
    row = stopped()
    page = text(system.get(PAGE))
    assert "付款文件送银行" in page
    assert "已停下，等人处理" in page
    assert "ConnectionError: no line" in page
    send(system, PAGE, f"/{row.id}/again/")
    row.refresh_from_db()
    assert row.tries == 0
    done = []
    handlers = {"settlement.bank_file": lambda entry, at: done.append(entry.id)}
    assert deliver(handlers=handlers, at=AT + timedelta(days=400)) == 1
    assert done == [row.id]
    assert "后台一切正常" in text(system.get(PAGE))
    note = Entry.objects.get(act="jobs.try_again")
    assert (note.county, note.actor, note.detail["tries"]) == (COUNTY, "system", MOST_TRIES)


def test_runs_that_failed_or_stopped_are_listed(system):
    Run.objects.create(county=COUNTY, job="daily:bank", period="2026-03-09", state="failed", problem="x: broken")
    Run.objects.create(county=COUNTY, job="redeem", period="2026-03", state="running", started_at=AT, beat_at=AT)
    Run.objects.create(county=COUNTY, job="expire:x", period="2026-03", state="done")
    page = text(system.get(PAGE))
    assert "daily:bank" in page
    assert "x: broken" in page
    assert "redeem" in page
    assert "expire:x" not in page


def test_an_approver_looks_and_does_not_try(approver):
    row = stopped()
    page = approver.get(PAGE)
    assert "付款文件送银行" in text(page)
    assert not any(str(row.id) in one for one in forms(page))
    assert approver.post(f"{PAGE}{row.id}/again/", {}).status_code == 403


@pytest.mark.parametrize("role", ["county_clerk", "finance", "security_admin"])
def test_others_do_not_look(enter, role):
    assert enter("other", role).get(PAGE).status_code == 403


def test_what_was_done_meanwhile_is_not_done_again(system):
    row = stopped()
    where, key = form_for(system.get(PAGE), f"/{row.id}/again/")
    Outgoing.objects.filter(id=row.id).update(done_at=AT)
    answer = system.post(where, key)
    assert answer.status_code == 409
    assert "已经完成" in text(answer)


def test_an_entry_that_is_not_there_is_refused():
    with pytest.raises(Refusal) as refused:
        try_again(county=COUNTY, entry_id=new_id(), at=AT, by="system")
    assert refused.value.code == "jobs.unknown_entry"


def test_another_county_s_jobs_are_not_there_and_the_asking_is_noted(enter):
    row = stopped()
    far = enter("far", "system_admin", place=ELSEWHERE)
    assert "付款文件送银行" not in text(far.get(PAGE))
    assert far.post(f"{PAGE}{row.id}/again/", {}).status_code == 404
    note = Entry.objects.get(act="door.out_of_reach")
    assert (note.county, note.subject_id) == (COUNTY, str(row.id))


def test_a_thousand_entries_take_as_many_questions_as_one(system):
    stopped()
    system.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        system.get(PAGE)
    Outgoing.objects.bulk_create(
        Outgoing(county=COUNTY, topic="month.run", about=new_id(), at=AT, not_before=AT, tries=8) for _ in range(1_000)
    )
    with CaptureQueriesContext(connection) as many:
        page = system.get(PAGE)
    assert len(many) <= len(few)
    assert text(page).count("已停下") == 100
