"""The sample's people act: before each step of a month, each under their own login, through the verbs of everybody."""

from __future__ import annotations

from songhe.grant.issue import issue
from songhe.month.sample import applying, feedback, living, settling, waiting
from songhe.month.sample.behaviour import script
from songhe.month.sample.load import loaded_plan
from songhe.month.sample.mark import once
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.shape import COUNTY
from songhe.month.steps import Stage

#: Elders whose month is lived in one transaction.
CHUNK = 50


def act(step: str, stage: Stage) -> None:
    """What people do before a step of the month; steps that nobody has a part in pass by.

    ``redeem``: apply, choose, serve, hand in bills, report. ``judge``: undo and amend bills, tell what LTCI paid.
    ``gather``: the rest of LTCI's answers, doubts about verdicts. ``settle``: confirm, approve, pay, read the bank.
    ``close``, in the first month: families rate and complain, others apply, and it is left as it then stands.
    """
    if stage.county != COUNTY:
        return
    plan = loaded_plan(stage.county)
    if stage.month < plan.month:
        return
    if step == "redeem":
        _live(plan, stage)
    elif step == "judge":
        settling.undo(plan, stage)
        settling.tell_ltci(plan, stage, late=False)
    elif step == "gather":
        settling.tell_ltci(plan, stage, late=True)
        settling.doubt(stage)
    elif step == "settle":
        settling.settle(plan, stage)
    elif step == "close" and stage.month == plan.month:
        asking = waiting.under_way(plan, stage.on)
        once(stage, "wait", asking, lambda chunk: waiting.leave(plan, chunk), size=20)
        rated = feedback.who_rates(plan, stage.month)
        once(stage, "rate", rated, lambda chunk: feedback.rate_bills(plan, stage.month, stage.on, chunk), size=CHUNK)
        said = feedback.voices(stage.on)
        once(stage, "complain", said, lambda chunk: feedback.complain_all(plan, stage.month, chunk), size=CHUNK)


def _live(plan: Plan, stage: Stage) -> None:
    """The month itself, up to its last day."""
    if stage.month == plan.month:
        asking = (elder for elder in plan.acting() if elder.applies == "in_month")
        once(stage, "apply", asking, lambda chunk: applying.apply(plan, chunk), size=20)
        issued_on = applying.issue_on(plan)
        issue(
            county=stage.county,
            programme=stage.programme,
            month=stage.month,
            on=issued_on,
            clock=lambda: moment(issued_on, 6),
        )
    cast = living.Company.of(plan, stage.month)
    once(stage, "roll", cast.roll_calls(), cast.call_roll, size=1)
    once(stage, "live", script(plan, stage.month), cast.live, size=CHUNK)
    if stage.month > plan.month:
        late = (each for each in script(plan, stage.month.previous) if settling.undone_later(each))
        once(stage, "undo", late, lambda chunk: settling.undo_later(stage, chunk), size=CHUNK)
