"""The life of a complaint. 投诉的状态"""

from __future__ import annotations

from songhe.feedback.models import Complaint
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("feedback")

_C = Complaint.State

#: Somebody is waiting for an answer.
OPEN = (_C.RECEIVED, _C.CONTESTED)

COMPLAINT = Table(
    {
        "answer": ([_C.RECEIVED], _C.ANSWERED),
        "contest": ([_C.ANSWERED], _C.CONTESTED),
        "review": ([_C.CONTESTED], _C.CLOSED),
        "transfer": (OPEN, _C.TRANSFERRED),
        "withdraw": (OPEN, _C.WITHDRAWN),
    },
    labels={state: state.label for state in _C},
    refuses=WRONG_STATE,
)
