"""How a piece, a fitting, a deposit and a check of what came back move."""

from __future__ import annotations

from songhe.aid.models import Deposit, Fitting, Inspection, Piece
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("aid")

PIECE = Table(
    {
        "hand_out": ({Piece.State.IN_STOCK}, Piece.State.OUT),
        "take_back": ({Piece.State.OUT}, Piece.State.CLEANING),
        "lose": ({Piece.State.OUT}, Piece.State.RETIRED),
        "clean": ({Piece.State.CLEANING}, Piece.State.IN_STOCK),
        "repair": ({Piece.State.IN_STOCK, Piece.State.CLEANING}, Piece.State.REPAIR),
        "repaired": ({Piece.State.REPAIR}, Piece.State.CLEANING),
        "retire": ({Piece.State.IN_STOCK, Piece.State.CLEANING, Piece.State.REPAIR}, Piece.State.RETIRED),
    },
    labels=dict(Piece.State.choices),
    refuses=WRONG_STATE,
)

FITTING = Table(
    {
        "assess": ({Fitting.State.ASKED}, Fitting.State.ASSESSED),
        "try": ({Fitting.State.ASSESSED}, Fitting.State.TRIED),
        "accept": ({Fitting.State.TRIED}, Fitting.State.ACCEPTED),
        "decline": (
            {Fitting.State.ASKED, Fitting.State.ASSESSED, Fitting.State.TRIED, Fitting.State.ACCEPTED},
            Fitting.State.DECLINED,
        ),
        "hand_out": ({Fitting.State.ACCEPTED}, Fitting.State.FITTED),
    },
    labels=dict(Fitting.State.choices),
    refuses=WRONG_STATE,
)

DEPOSIT = Table(
    {"settle": ({Deposit.State.HELD}, Deposit.State.SETTLED)},
    labels=dict(Deposit.State.choices),
    refuses=WRONG_STATE,
)

INSPECTION = Table(
    {"decide": ({Inspection.State.CLAIMED}, Inspection.State.DECIDED)},
    labels=dict(Inspection.State.choices),
    refuses=WRONG_STATE,
)
