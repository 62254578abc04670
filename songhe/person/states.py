"""What may become of a report about a person, and of what somebody asks of the registry. 事件与申请的状态"""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.person.models import Correction, Event, MandateAsk

WRONG_STATE = wrong_state("person")

#: A verified event is refuted only as a death that was none, by two people.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "verify": (frozenset({Event.State.REPORTED}), Event.State.VERIFIED),
    "refute": (frozenset({Event.State.REPORTED}), Event.State.REFUTED),
    "undo": (frozenset({Event.State.VERIFIED}), Event.State.REFUTED),
}

EVENT = Table(TRANSITIONS, labels=dict(Event.State.choices), refuses=WRONG_STATE)

MANDATE_ASK = Table(
    {
        "grant": ([MandateAsk.State.WAITING], MandateAsk.State.GRANTED),
        "refuse": ([MandateAsk.State.WAITING], MandateAsk.State.REFUSED),
        "withdraw": ([MandateAsk.State.WAITING], MandateAsk.State.WITHDRAWN),
    },
    labels=dict(MandateAsk.State.choices),
    refuses=WRONG_STATE,
)

CORRECTION = Table(
    {
        "make": ([Correction.State.WAITING], Correction.State.MADE),
        "refuse": ([Correction.State.WAITING], Correction.State.REFUSED),
        "withdraw": ([Correction.State.WAITING], Correction.State.WITHDRAWN),
    },
    labels=dict(Correction.State.choices),
    refuses=WRONG_STATE,
)
