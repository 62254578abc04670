"""How statements, pay-outs and payments move."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.settlement.models import Batch, Net, Payment, Statement

WRONG_STATE = wrong_state("settlement")

_S = Statement.State
STATEMENT = Table(
    {
        "confirm": ({_S.GATHERED}, _S.CONFIRMED),
        "dispute": ({_S.GATHERED}, _S.DISPUTED),
        "resolve": ({_S.DISPUTED}, _S.GATHERED),
        "send_back": ({_S.CONFIRMED}, _S.GATHERED),
        "approve": ({_S.CONFIRMED}, _S.APPROVED),
        "carry": ({_S.CONFIRMED}, _S.CARRIED),
        "pay": ({_S.APPROVED}, _S.PAID),
        "bank_return": ({_S.PAID}, _S.APPROVED),
        "recover": ({_S.CARRIED}, _S.PAID),
    },
    labels=dict(_S.choices),
    refuses=WRONG_STATE,
)

BATCH = Table(
    {
        "release": ({Batch.State.MADE}, Batch.State.RELEASED),
        "match": ({Batch.State.RELEASED}, Batch.State.MATCHED),
    },
    labels=dict(Batch.State.choices),
    refuses=WRONG_STATE,
)

_P = Payment.State
PAYMENT = Table(
    {
        "take_out": ({_P.WAITING}, _P.RETURNED),
        "send": ({_P.WAITING}, _P.SENT),
        "pay": ({_P.SENT}, _P.PAID),
        "return": ({_P.SENT, _P.PAID}, _P.RETURNED),
    },
    labels=dict(_P.choices),
    refuses=WRONG_STATE,
)

_N = Net.State
NET = Table(
    {
        "draw": ({_N.DRAWN, _N.DIFFERS}, _N.DRAWN),
        "propose": ({_N.DRAWN}, _N.PROPOSED),
        "agree": ({_N.PROPOSED, _N.ASKED}, _N.AGREED),
        "dispute": ({_N.PROPOSED, _N.ASKED}, _N.DIFFERS),
        "settle": ({_N.AGREED}, _N.SETTLED),
    },
    labels=dict(_N.choices),
    refuses=WRONG_STATE,
)

#: States in which a statement still waits for somebody.
WAITING = (_S.GATHERED, _S.DISPUTED, _S.CONFIRMED, _S.APPROVED)
