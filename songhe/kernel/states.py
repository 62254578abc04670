"""A noun's life as a table: which verb moves it from which states to which one. 状态转换表"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from songhe.kernel.refusal import Reason, reason


class Stateful(Protocol):
    state: str


class Table:
    """The transitions of one noun: ``verb → (from these states, to that one)``.

    ``move`` refuses with ``<package>.wrong_state`` (409). A package makes one reason and gives it to all its tables.
    """

    def __init__(
        self, transitions: Mapping[str, tuple[Iterable[str], str]], *, labels: Mapping[str, str], refuses: Reason
    ) -> None:
        self.transitions: dict[str, tuple[frozenset[str], str]] = {
            verb: (frozenset(str(state) for state in before), str(after))
            for verb, (before, after) in transitions.items()
        }
        self.labels = {str(state): str(label) for state, label in labels.items()}
        self.refuses = refuses
        unknown = {state for before, after in self.transitions.values() for state in {*before, after}} - set(
            self.labels
        )
        if unknown:
            raise ValueError(f"states without a label: {sorted(unknown)}")

    def allows(self, state: str, verb: str) -> bool:
        return state in self.transitions[verb][0]

    def verbs(self, state: str) -> tuple[str, ...]:
        """What may be done in a state, in the order of the table."""
        return tuple(verb for verb, (before, _) in self.transitions.items() if state in before)

    def check(self, state: str, verb: str) -> None:
        """Refuses with ``<package>.wrong_state``, naming the state it is in."""
        if not self.allows(state, verb):
            raise self.refuses("state", state=self.labels[state], state_en=state)

    def move(self, row: Stateful, verb: str) -> str:
        """Put the row into the state that the verb leads to and say which it left. It is not saved here."""
        self.check(row.state, verb)
        left, row.state = row.state, self.transitions[verb][1]
        return left

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for state, label in self.labels.items():
            lines.append(f"    {state}: {label} {state}")
        for verb, (before, after) in self.transitions.items():
            lines.extend(f"    {state} --> {after}: {verb}" for state in self.labels if state in before)
        return "\n".join(lines)


def wrong_state(package: str) -> Reason:
    """The reason that a package's tables refuse with."""
    return reason(
        f"{package}.wrong_state",
        zh="现在的状态是“{state}”，不能这样办理。",
        en="This cannot be done in the state {state_en}.",
        status=409,
    )
