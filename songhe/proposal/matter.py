"""A matter that takes two people: what may be proposed in it, and which verb carries out each kind. 提议与审批"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import models, transaction

from songhe.kernel.refusal import Reason
from songhe.kernel.states import Table
from songhe.proposal.models import Proposal
from songhe.trail.note import note

#: Proposals that wait are shown up to so many, the oldest first.
MOST = 100

_S = Proposal.State
Made = TypeVar("Made", bound=models.Model)


@dataclass(frozen=True)
class Acts:
    """What the trail calls proposing, saying yes and saying no."""

    propose: str
    approve: str
    decline: str


@dataclass(frozen=True)
class Decider:
    """The second person, and when they agreed."""

    by: str
    at: datetime
    on: date


@dataclass(frozen=True, kw_only=True)
class Matter(Generic[Made]):
    """What a package lets one person propose and another decide.

    ``kinds`` gives each kind its verb, ``noted`` what of ``told`` the trail keeps: codes, dates and amounts. The four
    refusals are the package's own: for a proposal that is not there, that is decided already, of whoever proposed it,
    and for a no without a reason.
    """

    subject: str
    acts: Acts
    kinds: Mapping[str, Callable[[Proposal, Decider], Made]]
    unknown: Reason
    decided: Reason
    own: Reason
    why: Reason
    noted: tuple[str, ...] = ()

    @cached_property
    def states(self) -> Table:
        return Table(
            {"approve": ({_S.OPEN}, _S.APPROVED), "decline": ({_S.OPEN}, _S.DECLINED)},
            labels=dict(_S.choices),
            refuses=self.decided,
        )

    def propose(self, *, county: str, kind: str, told: Mapping[str, Any], at: datetime, by: str) -> Proposal:
        """Put something before somebody else; what the verb behind it refuses, it refuses when it is approved."""
        if kind not in self.kinds:
            raise ValueError(f"no such kind of proposal: {kind}")
        with transaction.atomic():
            row = Proposal.objects.create(county=county, kind=kind, told=dict(told), proposed_by=by, proposed_at=at)
            self._note(self.acts.propose, row, at=at, by=by)
        return row

    def approve(self, *, proposal: Proposal, at: datetime, on: date, by: str) -> Made:
        """Another person agrees, and it is done, once. Refuses with ``unknown``, ``decided`` or ``own``, or as the
        verb behind it does."""
        with transaction.atomic():
            row = self._decide(proposal, "approve", at=at, by=by)
            made = self.kinds[row.kind](row, Decider(by, at, on))
            row.made = str(made.pk)
            self._save(row)
            self._note(self.acts.approve, row, at=at, by=by)
        return made

    def decline(self, *, proposal: Proposal, because: str, at: datetime, by: str) -> Proposal:
        """Another person does not agree, and says why. Refuses with ``why``, ``unknown``, ``decided`` or ``own``."""
        if not because.strip():
            raise self.why("because")
        with transaction.atomic():
            row = self._decide(proposal, "decline", at=at, by=by)
            row.because = because.strip()[:300]
            self._save(row)
            self._note(self.acts.decline, row, at=at, by=by)
        return row

    def rows(self) -> models.QuerySet[Proposal]:
        """Every proposal of every county, decided or not; the door looks whose it is."""
        return Proposal.objects.filter(kind__in=self.kinds)

    def newest(self, county: str, most: int) -> list[Proposal]:
        """The newest proposals, decided or not; one statement."""
        return list(self.rows().filter(county=county).order_by("-proposed_at", "-id")[:most])

    def waiting(self, county: str, *kinds: str) -> list[Proposal]:
        """What waits for a second person, of these kinds or of all, the oldest first; one statement."""
        rows = Proposal.objects.filter(county=county, kind__in=kinds or self.kinds, state=_S.OPEN)
        return list(rows.order_by("proposed_at", "id")[:MOST])

    def _decide(self, proposal: Proposal, verb: str, *, at: datetime, by: str) -> Proposal:
        """Two who decide at once come one after the other, and the second is told."""
        row = self.rows().select_for_update().filter(county=proposal.county, id=proposal.id).first()
        if row is None:
            raise self.unknown("proposal")
        self.states.move(row, verb)
        if by == row.proposed_by:
            raise self.own("by")
        row.decided_by, row.decided_at = by, at
        return row

    def _save(self, row: Proposal) -> None:
        row.save(update_fields=["state", "decided_by", "decided_at", "because", "made"])

    def _note(self, act: str, row: Proposal, *, at: datetime, by: str) -> None:
        note(
            county=row.county,
            at=at,
            actor=by,
            act=act,
            subject=self.subject,
            subject_id=row.id,
            reason=row.because,
            kind=row.kind,
            made=row.made,
            **{name: row.told[name] for name in self.noted if name in row.told},
        )
