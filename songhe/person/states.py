"""What may become of a report about a person. 事件状态"""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.person.models import Event

WRONG_STATE = wrong_state("person")

#: A verified event is refuted only as a death that was none, by two people.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "verify": (frozenset({Event.State.REPORTED}), Event.State.VERIFIED),
    "refute": (frozenset({Event.State.REPORTED}), Event.State.REFUTED),
    "undo": (frozenset({Event.State.VERIFIED}), Event.State.REFUTED),
}

EVENT = Table(TRANSITIONS, labels=dict(Event.State.choices), refuses=WRONG_STATE)
