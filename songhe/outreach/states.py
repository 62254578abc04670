"""How a need that was heard, and what a volunteer tells, move."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.outreach.models import Need, Stint

WRONG_STATE = wrong_state("outreach")

_OPEN = (Need.State.HEARD, Need.State.DECLINED)
_SENT = (Need.State.ORDERED, Need.State.REFERRED)

NEED = Table(
    {
        "order": (_OPEN, Need.State.ORDERED),
        "refer": (_OPEN, Need.State.REFERRED),
        "accept": (_SENT, Need.State.ACCEPTED),
        "decline": ((*_SENT, Need.State.ACCEPTED), Need.State.DECLINED),
        "meet": ({Need.State.ACCEPTED}, Need.State.MET),
        "give_up": ({Need.State.HEARD, Need.State.DECLINED, Need.State.ACCEPTED}, Need.State.UNMET),
    },
    labels=dict(Need.State.choices),
    refuses=WRONG_STATE,
)

STINT = Table(
    {
        "confirm": ({Stint.State.TOLD}, Stint.State.CONFIRMED),
        "decline": ({Stint.State.TOLD}, Stint.State.DECLINED),
    },
    labels=dict(Stint.State.choices),
    refuses=WRONG_STATE,
)
