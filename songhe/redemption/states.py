"""How a bill moves: handed in, booked, perhaps provisionally, and undone only by its reversal."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.redemption.models import Bill

WRONG_STATE = wrong_state("redemption")

_B = Bill.State
BILL = Table(
    {
        "book": ({_B.HANDED_IN}, _B.BOOKED),
        "book_provisionally": ({_B.HANDED_IN}, _B.PROVISIONAL),
        "refuse": ({_B.HANDED_IN}, _B.REFUSED),
        "true_up": ({_B.PROVISIONAL}, _B.BOOKED),
        "reverse": ({_B.BOOKED, _B.PROVISIONAL}, _B.REVERSED),
    },
    labels=dict(_B.choices),
    refuses=WRONG_STATE,
)
