import subprocess
import sys
from datetime import datetime, timedelta, timezone

import pytest

from songhe.jobs.holder import is_gone, this_process
from songhe.jobs.models import Run, RunState
from songhe.jobs.run import STUCK_AFTER, held, running, stuck
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db

COUNTY = "370799"
AT = datetime(2026, 3, 1, 1, tzinfo=timezone.utc)


class Clock:
    def __init__(self, at=AT):
        self.at = at

    def __call__(self):
        return self.at

    def pass_by(self, span):
        self.at += span


def take(clock=None, **more):
    return running(county=COUNTY, job="issue", period="2026-03", clock=clock or Clock(), **more)


def the_run():
    return Run.objects.get(county=COUNTY, job="issue", period="2026-03")


def somewhere_else(run):
    """As if another machine held the run."""
    Run.objects.filter(county=COUNTY, id=run.id).update(holder="elsewhere 17 12345")


def test_a_run_keeps_its_progress_and_what_came_of_it():
    seen = []
    with take(watch=lambda run: seen.append((run.done, run.total))) as progress:
        progress.expect(5)
        progress.advance(2, issued=2, fen=160_000)
        progress.advance(3, issued=1, fen=80_000)
    run = the_run()
    assert (run.state, run.done, run.total, run.attempts) == (RunState.DONE, 5, 5, 1)
    assert run.result == {"issued": 3, "fen": 240_000}
    assert run.finished_at == AT
    assert seen == [(0, 5), (2, 5), (5, 5)]


def test_a_run_that_leaves_somebody_waiting_is_partly_done():
    with take() as progress:
        progress.result["waits"] = 3
    assert the_run().state == RunState.PARTLY


def test_a_run_that_failed_says_why_and_may_be_run_again():
    with pytest.raises(ZeroDivisionError), take() as progress:
        progress.advance(1)
        raise ZeroDivisionError("nothing to share")
    run = the_run()
    assert (run.state, run.problem, run.done) == (RunState.FAILED, "ZeroDivisionError: nothing to share", 1)
    with take() as progress:
        progress.advance(2)
    run = the_run()
    assert (run.state, run.problem, run.done, run.attempts) == (RunState.DONE, "", 2, 2)


def test_a_run_is_held_by_one_process_at_a_time():
    with take():
        with pytest.raises(Refusal) as refused, take():
            pass
        assert refused.value.code == "jobs.running"
        assert the_run().attempts == 1


def test_runs_of_other_months_and_counties_do_not_meet():
    there = running(county="370798", job="issue", period="2026-03", clock=Clock())
    later = running(county=COUNTY, job="issue", period="2026-04", clock=Clock())
    with take(), there, later:
        pass
    assert Run.objects.filter(state=RunState.DONE).count() == 3


def test_a_run_without_progress_is_shown_as_stuck_and_may_be_taken_over():
    clock = Clock()
    with take(clock) as first:
        somewhere_else(first.run)
        clock.pass_by(STUCK_AFTER)
        assert stuck(at=clock()) == []
        clock.pass_by(timedelta(seconds=1))
        assert stuck(at=clock()) == [the_run()]
        with take(clock) as second:
            second.advance(1)
            assert stuck(at=clock()) == []
    assert (the_run().attempts, the_run().done) == (2, 1)


def test_whoever_lost_a_run_stops_and_changes_nothing():
    clock = Clock()
    with pytest.raises(Refusal) as refused, take(clock) as first:
        clock.pass_by(STUCK_AFTER + timedelta(seconds=1))
        with take(clock) as second:
            second.advance(7, issued=7)
        first.advance(1, issued=1)
    assert refused.value.code == "jobs.taken_over"
    run = the_run()
    assert (run.state, run.done, run.result) == (RunState.DONE, 7, {"issued": 7})


def killed():
    """A process of this machine that took a run and was killed."""
    script = "from songhe.jobs.holder import this_process; print(this_process())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_killed_run_is_free_at_once_on_the_machine_where_it_ran():
    Run.objects.create(county=COUNTY, job="issue", period="2026-03", state="running", beat_at=AT, holder=killed())
    with take() as progress:
        assert progress.run.attempts == 1
        assert progress.run.holder == this_process()
    assert the_run().state == RunState.DONE


def test_a_run_on_another_machine_is_left_alone_while_it_moves():
    Run.objects.create(county=COUNTY, job="issue", period="2026-03", state="running", beat_at=AT, holder="other 1 1")
    with pytest.raises(Refusal) as refused, take():
        pass
    assert refused.value.code == "jobs.running"


def test_this_process_is_not_gone_and_of_other_machines_nothing_is_known():
    host, pid, began = this_process().rsplit(" ", 2)
    assert not is_gone(this_process())
    assert is_gone(f"{host} {pid} {int(began) - 1}"), "the same number, another process"
    assert not is_gone(f"elsewhere {pid} {began}")
    assert not is_gone("")


def test_a_done_run_is_not_held():
    with take() as progress:
        assert held(progress.run).exists()
    assert not held(progress.run).exists()
