"""The life of an assessment. 评估的状态"""

from __future__ import annotations

from songhe.assessment.models import Assessment
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("assessment")

_S = Assessment.State

#: An elder has at most one of these at a time.
OPEN = (_S.REQUESTED, _S.ASSIGNED, _S.SUBMITTED)
#: An elder has at most one of these at a time; a disputed result stands until another takes its place.
STANDING = (_S.EFFECTIVE, _S.DISPUTED)
#: What counted, or counts, for some days.
COUNTING = (*STANDING, _S.REPLACED)

TRANSITIONS = Table(
    {
        "assign": ([_S.REQUESTED, _S.ASSIGNED], _S.ASSIGNED),
        "submit": ([_S.ASSIGNED], _S.SUBMITTED),
        "send_back": ([_S.SUBMITTED], _S.ASSIGNED),
        "accept": ([_S.SUBMITTED], _S.EFFECTIVE),
        "dispute": ([_S.EFFECTIVE], _S.DISPUTED),
        "uphold": ([_S.DISPUTED], _S.EFFECTIVE),
        "replace": ([_S.EFFECTIVE, _S.DISPUTED], _S.REPLACED),
        "restore": ([_S.REPLACED], _S.EFFECTIVE),
        "reopen": ([_S.REPLACED], _S.DISPUTED),
        "void": ([*OPEN, *STANDING], _S.VOID),
    },
    labels={state: state.label for state in _S},
    refuses=WRONG_STATE,
)
move = TRANSITIONS.move
