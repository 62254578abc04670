"""Let callers begin at one moment, each on a connection of its own, and keep what became of each."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from songhe.kernel.refusal import Refusal
from songhe.month.audit import findings

PATIENCE = 120


@dataclass
class Outcome:
    """What a caller got: an answer, a refusal by its code, or an error that nobody should ever see."""

    answer: Any = None
    refused: str = ""
    error: BaseException | None = None

    @property
    def won(self) -> bool:
        return not self.refused and self.error is None


def together(*acts: Callable[[], Any]) -> list[Outcome]:
    """Run the acts at once; the outcomes stand in their order. An error of any kind is raised when all have ended."""
    outcomes = attempts(*acts)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return outcomes


def attempts(*acts: Callable[[], Any]) -> list[Outcome]:
    """The same for canaries, which expect errors."""
    outcomes = [Outcome() for _ in acts]
    barrier = threading.Barrier(len(acts))

    def call(act: Callable[[], Any], outcome: Outcome) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            outcome.answer = act()
        except Refusal as refusal:
            outcome.refused = refusal.code
        except BaseException as error:  # noqa: BLE001 (the caller of the race raises it)
            outcome.error = error
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=pair, daemon=True) for pair in zip(acts, outcomes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "a caller never came back"
    return outcomes


def refusals(outcomes: Iterable[Outcome]) -> Counter[str]:
    return Counter(outcome.refused for outcome in outcomes if outcome.refused)


def sound() -> None:
    """After every race the auditor has nothing to say."""
    assert [str(finding) for finding in findings()] == []
