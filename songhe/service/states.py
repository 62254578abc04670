"""How an evidence verdict and a wish to set it aside move."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.service.models import Override, Visit

WRONG_STATE = wrong_state("service")

VERDICT = Table(
    {
        "pass": ({Visit.Verdict.PENDING}, Visit.Verdict.PASS),
        "fail": ({Visit.Verdict.PENDING}, Visit.Verdict.FAIL),
        "override_to_pass": ({Visit.Verdict.FAIL}, Visit.Verdict.PASS),
        "override_to_fail": ({Visit.Verdict.PASS}, Visit.Verdict.FAIL),
        "fail_after_death": ({Visit.Verdict.PENDING, Visit.Verdict.PASS}, Visit.Verdict.FAIL),
    },
    labels=dict(Visit.Verdict.choices),
    refuses=WRONG_STATE,
)

OVERRIDE = Table(
    {
        "grant": ({Override.State.ASKED}, Override.State.GRANTED),
        "decline": ({Override.State.ASKED}, Override.State.DECLINED),
    },
    labels=dict(Override.State.choices),
    refuses=WRONG_STATE,
)
