"""What somebody asks of a person's file and somebody else decides: seen alone, said no to, taken back. 申请与核实"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction

from songhe.kernel.refusal import Reason
from songhe.kernel.states import Table
from songhe.person.models import Correction, MandateAsk, Person
from songhe.person.register import REASON_MISSING, locked
from songhe.trail.note import note

Row = TypeVar("Row", Correction, MandateAsk)


@dataclass(frozen=True)
class Asked(Generic[Row]):
    """One kind of request: its states, who asked (a field of it), the refusal for who decides their own, its acts."""

    model: type[Row]
    states: Table
    asker: str
    own: Reason
    refused: str
    withdrawn: str
    told: Callable[[Row], dict[str, Any]]

    def locked(self, row: Row, by: str) -> Row:
        """The request in hand, its person's file first; who asked does not decide."""
        locked(Person.rows.get(county=row.county, id=row.person_id))
        found = self._again(row)
        if getattr(found, self.asker) == by:
            raise self.own("by")
        return found

    def refuse(self, *, asked: Row, because: str, at: datetime, by: str) -> Row:
        """A clerk says no, and why. Refuses with ``person.reason_missing``, ``.wrong_state`` or ``own``."""
        if not because.strip():
            raise REASON_MISSING("because")
        with transaction.atomic():
            found = self.locked(asked, by)
            self.states.move(found, "refuse")
            self.decided(found, self.refused, because, at=at, by=by)
        return found

    def withdraw(self, *, asked: Row, at: datetime, by: str) -> Row:
        """Who asked takes it back. Refuses with ``person.wrong_state``."""
        with transaction.atomic():
            found = self._again(asked)
            self.states.move(found, "withdraw")
            found.save(update_fields=["state"])
            self.note(found, self.withdrawn, at=at, by=by)
        return found

    def decided(
        self, found: Row, act: str, decision: str, *, at: datetime, by: str, also: tuple[str, ...] = ()
    ) -> None:
        found.decided_by, found.decided_at, found.decision = by, at, decision.strip()[:300]
        found.save(update_fields=["state", "decided_by", "decided_at", "decision", *also])
        self.note(found, act, at=at, by=by, because=found.decision)

    def note(self, row: Row, act: str, *, at: datetime, by: str, because: str = "") -> None:
        note(
            county=row.county,
            at=at,
            actor=by,
            act=act,
            subject="person",
            subject_id=row.person_id,
            reason=because,
            **self.told(row),
        )

    def _again(self, row: Row) -> Row:
        found: Row = self.model.objects.select_for_update().get(county=row.county, id=row.id)
        return found
