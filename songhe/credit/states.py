"""How a deed that earns credits, and what one person proposes, move."""

from __future__ import annotations

from songhe.credit.models import Deed, Proposal
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("credit")

DEED = Table(
    {
        "witness": ({Deed.State.TOLD}, Deed.State.CREDITED),
        "decline": ({Deed.State.TOLD}, Deed.State.DECLINED),
        "undo": ({Deed.State.CREDITED}, Deed.State.UNDONE),
    },
    labels=dict(Deed.State.choices),
    refuses=WRONG_STATE,
)

PROPOSAL = Table(
    {
        "approve": ({Proposal.State.ASKED}, Proposal.State.APPROVED),
        "decline": ({Proposal.State.ASKED}, Proposal.State.DECLINED),
    },
    labels=dict(Proposal.State.choices),
    refuses=WRONG_STATE,
)
