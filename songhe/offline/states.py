"""How a device, a slip, what went wrong with it, and money for the guarantee move."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.offline.models import Device, Endowment, Slip, Trouble

WRONG_STATE = wrong_state("offline")

_D = Device.State

DEVICE = Table(
    {
        "propose": ({_D.ASKED}, _D.PROPOSED),
        "admit": ({_D.PROPOSED}, _D.ADMITTED),
        "decline": ({_D.ASKED, _D.PROPOSED}, _D.DECLINED),
        "end": ({_D.ADMITTED}, _D.ENDED),
    },
    labels=dict(_D.choices),
    refuses=WRONG_STATE,
)

SLIP = Table(
    {
        "book": ({Slip.State.WAITING, Slip.State.TROUBLED}, Slip.State.BOOKED),
        "trouble": ({Slip.State.WAITING}, Slip.State.TROUBLED),
    },
    labels=dict(Slip.State.choices),
    refuses=WRONG_STATE,
)

TROUBLE = Table(
    {"decide": ({Trouble.State.OPEN}, Trouble.State.DECIDED)},
    labels=dict(Trouble.State.choices),
    refuses=WRONG_STATE,
)

ENDOWMENT = Table(
    {
        "approve": ({Endowment.State.OPEN}, Endowment.State.APPROVED),
        "decline": ({Endowment.State.OPEN}, Endowment.State.DECLINED),
    },
    labels=dict(Endowment.State.choices),
    refuses=WRONG_STATE,
)
