"""What one person wants changed in a fund's terms, and another decides: a new fund, what it may buy, its ceiling. 变更

A proposal is an entry of the trail, as a provider's admission is: it is kept as it was written, and so is its answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from songhe.card import fund
from songhe.card.allot import NEEDS_DOCUMENT, NEEDS_REASON, set_ceiling
from songhe.card.models import Fund
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.provider.help import require_help
from songhe.trail.models import Entry
from songhe.trail.note import note

UNKNOWN_CHANGE = reason(
    "card.unknown_change", zh="没有这份资金池申请。", en="There is no such proposal about a fund.", status=404
)
DECIDED_ALREADY = reason(
    "card.change_decided", zh="这份申请已有人决定。", en="Somebody decided on this proposal already.", status=409
)

PROPOSE, APPROVE, DECLINE = "card.propose_change", "card.approve_change", "card.decline_change"
SUBJECT = "card_change"
#: Under this id the trail keeps every proposal; its answer stands under the proposal's own.
NEW = "proposal"
OPEN, ALLOW, DISALLOW, CEILING = "open", "allow", "disallow", "ceiling"
#: Proposals and answers that are looked through for those that wait, the newest.
LOOKED_THROUGH = 1_000


@dataclass(frozen=True)
class Change:
    """A proposal that waits: ``what`` of the four it is, about which fund (None: a new one), in which words."""

    id: UUID
    what: str
    fund_id: UUID | None
    told: Mapping[str, Any]
    document_no: str
    by: str
    at: datetime
    county: str = ""


def propose_fund(
    *, county: str, code: str, name: str, terms: fund.Terms, document_no: str, at: datetime, by: str
) -> UUID:
    """Put a new fund before somebody else. Refuses as ``open_fund`` does of its terms, or ``card.needs_document``."""
    fund.check_terms(county, terms)
    told = {"code": code.strip(), "name": name.strip(), "terms": asdict(terms)}
    if Fund.objects.filter(county=county, code=told["code"]).exists():
        raise fund.CODE_TAKEN("code", code=code)
    return _propose(county, OPEN, None, told, document_no, at, by)


def propose_change(*, of: Fund, what: str, told: Mapping[str, Any], document_no: str, at: datetime, by: str) -> UUID:
    """Put before somebody else: ``allow`` {category}, ``disallow`` {category, until} or ``ceiling`` {ceiling_fen}.

    Refuses with ``card.needs_document`` or ``provider.unknown_help``.
    """
    if what not in (ALLOW, DISALLOW, CEILING):
        raise ValueError(f"no such change: {what}")
    if "category" in told:
        require_help(told["category"], field="category", everything=True)
    return _propose(of.county, what, of, told, document_no, at, by)


def waiting(county: str) -> list[Change]:
    """The proposals that nobody has decided, the oldest first; one statement."""
    rows = Entry.objects.filter(county=county, subject=SUBJECT).order_by("-at", "-id")[:LOOKED_THROUGH]
    found = list(rows)
    decided = {row.subject_id for row in found}
    return [read(row) for row in reversed(found) if row.act == PROPOSE and str(row.id) not in decided]


def proposals() -> QuerySet[Entry]:
    """Every proposal of every county, decided or not; the door looks whose it is."""
    return Entry.objects.filter(subject=SUBJECT, act=PROPOSE)


def approve_change(*, county: str, change_id: UUID, at: datetime, on: date, by: str) -> Fund:
    """Another person says yes, and it is done.

    Refuses with ``card.unknown_change``, ``card.change_decided``, ``card.same_person`` or as the verb behind it does.
    """
    with transaction.atomic():
        change = _locked(county, change_id, by)
        found = _open(county, change, at, on, by) if change.what == OPEN else _alter(county, change, at, by)
        _answer(APPROVE, county, change, at=at, by=by)
    return found


def decline_change(*, county: str, change_id: UUID, because: str, at: datetime, by: str) -> None:
    """Another person says no, and why.

    Refuses with ``card.needs_reason``, ``card.unknown_change``, ``card.change_decided`` or ``card.same_person``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        _answer(DECLINE, county, _locked(county, change_id, by), at=at, by=by, because=because.strip()[:300])


def _open(county: str, change: Change, at: datetime, on: date, by: str) -> Fund:
    terms = {**change.told["terms"]}
    terms["allowed"], terms["classes"] = tuple(terms["allowed"]), tuple(terms["classes"])
    return fund.open_fund(
        county=county,
        code=change.told["code"],
        name=change.told["name"],
        terms=fund.Terms(**terms),
        by=change.by,
        approved_by=by,
        at=at,
        on=on,
    )


def _alter(county: str, change: Change, at: datetime, by: str) -> Fund:
    assert change.fund_id is not None
    found = Fund.objects.get(county=county, id=change.fund_id)
    people: dict[str, Any] = {"at": at, "by": change.by, "approved_by": by}
    if change.what == ALLOW:
        fund.allow(fund=found, category=change.told["category"], **people)
    elif change.what == DISALLOW:
        until = parse_date(change.told["until"], "until")
        fund.disallow(fund=found, category=change.told["category"], until=until, **people)
    else:
        set_ceiling(fund=found, ceiling_fen=change.told["ceiling_fen"], document_no=change.document_no, **people)
    return found


def _propose(
    county: str, what: str, of: Fund | None, told: Mapping[str, Any], document_no: str, at: datetime, by: str
) -> UUID:
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    with transaction.atomic():
        row = note(
            county=county,
            at=at,
            actor=by,
            act=PROPOSE,
            subject=SUBJECT,
            subject_id=NEW,
            what=what,
            fund=str(of.id) if of else "",
            told=dict(told),
            document_no=document_no.strip()[:80],
        )
    return row.id


def _locked(county: str, change_id: UUID, by: str) -> Change:
    """Two who decide at once come one after the other, and the second is told."""
    row = Entry.objects.select_for_update().filter(county=county, id=change_id, act=PROPOSE).first()
    if row is None:
        raise UNKNOWN_CHANGE("change")
    if Entry.objects.filter(county=county, subject=SUBJECT, subject_id=str(change_id)).exists():
        raise DECIDED_ALREADY("change")
    if row.actor == by:
        raise fund.SAME_PERSON("by")
    return read(row)


def read(row: Entry) -> Change:
    """A proposal out of its entry."""
    told = row.detail
    fund_id = UUID(told["fund"]) if told["fund"] else None
    return Change(row.id, told["what"], fund_id, told["told"], told["document_no"], row.actor, row.at, row.county)


def _answer(act: str, county: str, change: Change, *, at: datetime, by: str, because: str = "") -> None:
    note(
        county=county,
        at=at,
        actor=by,
        act=act,
        subject=SUBJECT,
        subject_id=change.id,
        reason=because,
        what=change.what,
        fund=str(change.fund_id or ""),
    )
