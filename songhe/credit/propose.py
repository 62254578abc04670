"""Credits are opened and rates are set by two people: one proposes, another approves or declines. 提议与审批"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from songhe.credit.earn import SAY_WHY
from songhe.credit.models import Rate, Scheme
from songhe.credit.scheme import SAME_PERSON, lock, open_scheme, refuse_impossible, set_rate
from songhe.credit.states import WRONG_STATE
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.proposal.matter import Acts, Decider, Matter
from songhe.proposal.models import Proposal

SCHEME, RATE = "credit.scheme", "credit.rate"

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
    return PROPOSALS.propose(county=county, kind=SCHEME, told=told, at=at, by=by)


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
    return PROPOSALS.propose(county=scheme.county, kind=RATE, told=told, at=at, by=by)


def _open(row: Proposal, decider: Decider) -> Scheme:
    """Refuses as ``open_scheme`` does."""
    return open_scheme(county=row.county, opened_by=row.proposed_by, approved_by=decider.by, at=decider.at, **row.told)


def _set(row: Proposal, decider: Decider) -> Rate:
    """Refuses as ``set_rate`` does."""
    told = dict(row.told)
    return set_rate(
        scheme=lock(county=row.county, code=told.pop("scheme")),
        valid_from=parse_date(told.pop("valid_from"), "valid_from"),
        set_by=row.proposed_by,
        approved_by=decider.by,
        at=decider.at,
        **told,
    )


#: Credits and rates that wait for somebody else.
PROPOSALS: Matter[Scheme | Rate] = Matter(
    subject="credit_proposal",
    acts=Acts("credit.propose", "credit.approve", "credit.decline_proposal"),
    kinds={SCHEME: _open, RATE: _set},
    unknown=UNKNOWN_PROPOSAL,
    decided=WRONG_STATE,
    own=SAME_PERSON,
    why=SAY_WHY,
    noted=("scheme", "code", "units", "per", "valid_from", "ceiling"),
)
