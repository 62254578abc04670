"""How a card, a purse, an allotment, a top-up and a payment to an heir move; what is closed never comes back."""

from __future__ import annotations

from songhe.card.face_models import Face
from songhe.card.hold_models import Hold
from songhe.card.models import Allotment, Card, HeirPayment, Purse, TopUp
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("card")

_S = Card.State

CARD = Table(
    {
        "report_lost": ({_S.ACTIVE, _S.FROZEN}, _S.LOST),
        "replace": ({_S.ACTIVE, _S.LOST}, _S.ACTIVE),
        "freeze": ({_S.ACTIVE, _S.LOST}, _S.FROZEN),
        "unfreeze": ({_S.FROZEN}, _S.ACTIVE),
        "close": ({_S.ACTIVE, _S.LOST, _S.FROZEN}, _S.CLOSED),
    },
    labels=dict(_S.choices),
    refuses=WRONG_STATE,
)

PURSE = Table(
    {
        "expire": ({Purse.State.ACTIVE}, Purse.State.EXPIRED),
        "leave_to_heirs": ({Purse.State.ACTIVE}, Purse.State.FOR_HEIRS),
        "pay_out": ({Purse.State.FOR_HEIRS}, Purse.State.CLOSED),
        "reopen": ({Purse.State.CLOSED}, Purse.State.FOR_HEIRS),
    },
    labels=dict(Purse.State.choices),
    refuses=WRONG_STATE,
)

ALLOTMENT = Table(
    {
        "approve": ({Allotment.State.OPEN}, Allotment.State.APPROVED),
        "decline": ({Allotment.State.OPEN}, Allotment.State.DECLINED),
    },
    labels=dict(Allotment.State.choices),
    refuses=WRONG_STATE,
)

TOP_UP = Table(
    {
        "pay": ({TopUp.State.WAITING, TopUp.State.CANCELLED}, TopUp.State.PAID),
        "cancel": ({TopUp.State.WAITING}, TopUp.State.CANCELLED),
    },
    labels=dict(TopUp.State.choices),
    refuses=WRONG_STATE,
)

HEIR_PAYMENT = Table(
    {
        "approve": ({HeirPayment.State.OPEN}, HeirPayment.State.PAID),
        "decline": ({HeirPayment.State.OPEN}, HeirPayment.State.DECLINED),
    },
    labels=dict(HeirPayment.State.choices),
    refuses=WRONG_STATE,
)

HOLD = Table(
    {
        "capture": ({Hold.State.HELD}, Hold.State.CAPTURED),
        "release": ({Hold.State.HELD}, Hold.State.RELEASED),
    },
    labels=dict(Hold.State.choices),
    refuses=WRONG_STATE,
)

FACE = Table(
    {
        "make_ready": ({Face.State.AGREED}, Face.State.READY),
        "withdraw": ({Face.State.AGREED, Face.State.READY}, Face.State.WITHDRAWN),
    },
    labels=dict(Face.State.choices),
    refuses=WRONG_STATE,
)
