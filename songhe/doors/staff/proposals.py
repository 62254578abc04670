"""What one person proposed and another decides 提议: shown alike and answered alike on every page that has any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.reach import account_of
from songhe.doors.staff.verbs import Offered, Verb, Wrong, by_whom, decided_by_another, find, offers, perform
from songhe.doors.staff.words import Word, word
from songhe.proposal.matter import Matter
from songhe.proposal.models import Proposal

STATES: dict[str, Word] = {
    Proposal.State.OPEN: Word(gettext_lazy("待批准"), "warn"),
    Proposal.State.APPROVED: Word(gettext_lazy("已批准"), "ok"),
    Proposal.State.DECLINED: Word(gettext_lazy("未批准"), "bad"),
}


@dataclass(frozen=True)
class Said:
    """A proposal in words: what it comes to, and its particulars."""

    title: str
    facts: Sequence[Fact] = ()


@dataclass(frozen=True)
class Shown:
    """A proposal as a page shows it, with the answers that this person may give."""

    row: Proposal
    said: Said
    state: Word
    by: str
    decided_by: str
    own: bool
    offered: list[Offered]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a matter is decided: by which act, under which address, and how its kinds are said.

    ``say`` puts all the rows of a page into words at once, so that it asks as little for many as for one.
    """

    matter: Matter[Any]
    act: str
    address: str
    hint: Any
    done: Any
    say: Callable[[Sequence[Proposal], DoorRequest], Mapping[UUID, Said]]

    @cached_property
    def verbs(self) -> tuple[Verb, Verb]:
        return decided_by_another(self.act, self._approve, self._decline, self.hint, self.done)

    def _approve(self, row: Proposal, told: Mapping[str, Any], request: DoorRequest) -> None:
        self.matter.approve(proposal=row, on=request.on, **by_whom(request))

    def _decline(self, row: Proposal, told: Mapping[str, Any], request: DoorRequest) -> None:
        self.matter.decline(proposal=row, because=told["because"], **by_whom(request))


def shown(
    request: DoorRequest, desk: Desk, county: str, rows: Iterable[Proposal], wrong: Wrong | None = None
) -> list[Shown]:
    """Proposals of one county, those that wait first."""
    found = sorted(rows, key=lambda row: row.state != Proposal.State.OPEN)
    names = naming.accounts(name for row in found for name in (row.proposed_by, row.decided_by))
    said = desk.say(found, request)
    username = account_of(request).username
    return [
        Shown(
            row,
            said[row.id],
            word(STATES, row.state),
            names.get(row.proposed_by, ""),
            names.get(row.decided_by, ""),
            row.state == Proposal.State.OPEN and row.proposed_by == username,
            offers(request, row, desk.verbs, page=desk.address, wrong=wrong),
        )
        for row in found
    ]


def answered(
    request: DoorRequest,
    desk: Desk,
    proposal_id: UUID,
    answer: str,
    *,
    page: Callable[[Proposal, Wrong, int], HttpResponse],
    after: Callable[[Proposal], str],
) -> HttpResponse:
    """One answer to a proposal, once; a refusal shows the page as it stands now, and says why."""
    row: Proposal = find(request, desk.matter.rows(), desk.act, desk.matter.subject, proposal_id)
    return perform(
        request,
        row,
        desk.verbs,
        answer,
        shown=lambda wrong, status: page(row, wrong, status),
        after=after(row),
    )
