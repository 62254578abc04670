"""The life of an application and of the right it ends in. 申请与待遇的状态"""

from __future__ import annotations

from songhe.entitlement.models import Application, Entitlement
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("entitlement")

_A = Application.State
_E = Entitlement.State

#: A person has at most one application in these states for a programme.
OPEN = (_A.DRAFT, _A.SUBMITTED, _A.CLARIFYING, _A.ASSESSING, _A.DETERMINED, _A.REVIEWED, _A.PUBLISHED)

APPLICATION = Table(
    {
        "submit": ([_A.DRAFT], _A.SUBMITTED),
        "ask": ([_A.SUBMITTED, _A.ASSESSING, _A.DETERMINED], _A.CLARIFYING),
        "answer": ([_A.CLARIFYING], _A.SUBMITTED),
        "assess": ([_A.SUBMITTED, _A.ASSESSING], _A.ASSESSING),
        "determine": ([_A.SUBMITTED, _A.ASSESSING, _A.DETERMINED], _A.DETERMINED),
        "review": ([_A.DETERMINED], _A.REVIEWED),
        "publish": ([_A.REVIEWED], _A.PUBLISHED),
        "send_back": ([_A.REVIEWED, _A.PUBLISHED], _A.DETERMINED),
        "approve": ([_A.REVIEWED, _A.PUBLISHED], _A.APPROVED),
        "refuse": ([_A.REVIEWED, _A.PUBLISHED], _A.REFUSED),
        "withdraw": (OPEN, _A.WITHDRAWN),
        "lapse": (OPEN, _A.LAPSED),
        "reopen": ([_A.REFUSED], _A.DETERMINED),
    },
    labels={state: state.label for state in _A},
    refuses=WRONG_STATE,
)

ENTITLEMENT = Table(
    {
        "suspend": ([_E.ACTIVE], _E.SUSPENDED),
        "resume": ([_E.SUSPENDED], _E.ACTIVE),
        "stop": ([_E.ACTIVE, _E.SUSPENDED], _E.STOPPED),
        "reinstate": ([_E.STOPPED], _E.ACTIVE),
    },
    labels={state: state.label for state in _E},
    refuses=WRONG_STATE,
)
