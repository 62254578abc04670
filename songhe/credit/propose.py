"""Credits are opened and rates are set by two people: one proposes, another approves or declines. 提议与审批"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.credit.earn import SAY_WHY
from songhe.credit.models import Proposal, Rate, Scheme
from songhe.credit.scheme import SAME_PERSON, lock, open_scheme, refuse_impossible, set_rate
from songhe.credit.states import PROPOSAL
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.trail.note import note

UNKNOWN_PROPOSAL = reason("credit.unknown_proposal", zh="没有这项提议。", en="There is no such proposal.", status=404)


def propose_scheme(
    *,
    county: str,
    code: str,
    name: str,
    place: str,
    unit: str,
    helps: Collection[str],
    at: datetime,
    by: str,
    ceiling: int | None = None,
    ticket_fen: int | None = None,
) -> Proposal:
    """Ask for credits of a place. What cannot be is refused at once, as ``open_scheme`` does; the rest is looked at
    when it is approved."""
    refuse_impossible(county, code, name, place, unit, ticket_fen, helps)
    told = {
        "code": code,
        "name": name.strip(),
        "place": place,
        "unit": unit,
        "helps": list(helps),
        "ceiling": ceiling,
        "ticket_fen": ticket_fen,
    }
    return _ask(county, Proposal.Kind.SCHEME, told, at=at, by=by)


def propose_rate(
    *,
    scheme: Scheme,
    code: str,
    name: str,
    name_en: str,
    measure: str,
    units: int,
    per: int,
    valid_from: date,
    at: datetime,
    by: str,
    helpers_only: bool = False,
    source: str = "",
) -> Proposal:
    """Ask for what a thing or a work earns from a day on; looked at when it is approved, as ``set_rate`` does."""
    told = {
        "scheme": scheme.code,
        "code": code,
        "name": name.strip(),
        "name_en": name_en.strip(),
        "measure": measure,
        "units": units,
        "per": per,
        "valid_from": valid_from.isoformat(),
        "helpers_only": helpers_only,
        "source": source.strip()[:80],
    }
    return _ask(scheme.county, Proposal.Kind.RATE, told, at=at, by=by)


def approve(*, proposal: Proposal, at: datetime, by: str) -> Scheme | Rate:
    """Another person than the one who asked agrees, and it is so. Refuses with ``credit.unknown_proposal``,
    ``credit.wrong_state``, ``credit.same_person``, or as ``open_scheme`` and ``set_rate`` do."""
    with transaction.atomic():
        row = _lock(proposal)
        PROPOSAL.move(row, "approve")
        _decide(row, at=at, by=by)
        told = dict(row.told)
        made: Scheme | Rate
        if row.kind == Proposal.Kind.SCHEME:
            made = open_scheme(county=row.county, opened_by=row.proposed_by, approved_by=by, at=at, **told)
        else:
            scheme = lock(county=row.county, code=told.pop("scheme"))
            first = parse_date(told.pop("valid_from"), "valid_from")
            made = set_rate(scheme=scheme, valid_from=first, set_by=row.proposed_by, approved_by=by, at=at, **told)
        _note("credit.approve", row, at=at, by=by, made=str(made.id))
    return made


def decline(*, proposal: Proposal, because: str, at: datetime, by: str) -> Proposal:
    """Another person does not agree, and says why. Refuses with ``credit.say_why``, ``credit.unknown_proposal``,
    ``credit.wrong_state`` or ``credit.same_person``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        row = _lock(proposal)
        PROPOSAL.move(row, "decline")
        row.because = because.strip()[:300]
        _decide(row, at=at, by=by)
        _note("credit.decline_proposal", row, at=at, by=by, reason=because)
    return row


def waiting(county: str) -> list[Proposal]:
    """What waits for a second person, the oldest first; one statement."""
    rows = Proposal.objects.filter(county=county, state=Proposal.State.ASKED)
    return list(rows.order_by("proposed_at", "id")[:100])


def _ask(county: str, kind: str, told: Mapping[str, Any], *, at: datetime, by: str) -> Proposal:
    with transaction.atomic():
        row = Proposal.objects.create(county=county, kind=kind, told=dict(told), proposed_by=by, proposed_at=at)
        _note("credit.propose", row, at=at, by=by)
    return row


def _lock(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update().filter(county=proposal.county, id=proposal.id).first()
    if found is None:
        raise UNKNOWN_PROPOSAL("proposal")
    return found


def _decide(row: Proposal, *, at: datetime, by: str) -> None:
    if by == row.proposed_by:
        raise SAME_PERSON("by")
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["state", "decided_by", "decided_at", "because"])


def _note(act: str, row: Proposal, *, at: datetime, by: str, reason: str = "", made: str = "") -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="credit_proposal",
        subject_id=row.id,
        reason=reason,
        kind=row.kind,
        made=made,
    )
