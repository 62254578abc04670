"""How a deed that earns credits moves."""

from __future__ import annotations

from songhe.credit.models import Deed
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
