"""What one person wants changed in a fund's terms, and another decides: a fund, what it may buy, its ceiling. 变更"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from songhe.card import fund
from songhe.card.allot import NEEDS_DOCUMENT, NEEDS_REASON, set_ceiling
from songhe.card.models import Fund
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.proposal.matter import Acts, Decider, Matter
from songhe.proposal.models import Proposal
from songhe.provider.help import require_help

UNKNOWN_CHANGE = reason(
    "card.unknown_change", zh="没有这份资金池申请。", en="There is no such proposal about a fund.", status=404
)
DECIDED_ALREADY = reason(
    "card.change_decided", zh="这份申请已有人决定。", en="Somebody decided on this proposal already.", status=409
)

OPEN, ALLOW, DISALLOW, CEILING = "card.open", "card.allow", "card.disallow", "card.ceiling"


def propose_fund(
    *, county: str, code: str, name: str, terms: fund.Terms, document_no: str, at: datetime, by: str
) -> Proposal:
    """Put a new fund before somebody else. Refuses as ``open_fund`` does of its terms, or ``card.needs_document``."""
    fund.check_terms(county, terms)
    told = {"code": code.strip(), "name": name.strip(), "terms": asdict(terms)}
    if Fund.objects.filter(county=county, code=told["code"]).exists():
        raise fund.CODE_TAKEN("code", code=code)
    return _propose(county, OPEN, told, document_no, at, by)


def propose_change(
    *, of: Fund, what: str, told: Mapping[str, Any], document_no: str, at: datetime, by: str
) -> Proposal:
    """Put before somebody else: ``ALLOW`` {category}, ``DISALLOW`` {category, until} or ``CEILING`` {ceiling_fen}.

    Refuses with ``card.needs_document`` or ``provider.unknown_help``.
    """
    if "category" in told:
        require_help(told["category"], field="category", everything=True)
    return _propose(of.county, what, {"fund": str(of.id), **told}, document_no, at, by)


def _propose(county: str, what: str, told: Mapping[str, Any], document_no: str, at: datetime, by: str) -> Proposal:
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    told = {**told, "document_no": document_no.strip()[:80]}
    return CHANGES.propose(county=county, kind=what, told=told, at=at, by=by)


def fund_of(row: Proposal) -> Fund | None:
    """The fund that a proposal is about; none yet for a new one."""
    return Fund.objects.get(county=row.county, id=row.told["fund"]) if "fund" in row.told else None


def _open(row: Proposal, decider: Decider) -> Fund:
    terms = {**row.told["terms"]}
    terms["allowed"], terms["classes"] = tuple(terms["allowed"]), tuple(terms["classes"])
    return fund.open_fund(
        county=row.county,
        code=row.told["code"],
        name=row.told["name"],
        terms=fund.Terms(**terms),
        by=row.proposed_by,
        approved_by=decider.by,
        at=decider.at,
        on=decider.on,
    )


def _alter(row: Proposal, decider: Decider) -> Fund:
    found = Fund.objects.get(county=row.county, id=row.told["fund"])
    people: dict[str, Any] = {"at": decider.at, "by": row.proposed_by, "approved_by": decider.by}
    if row.kind == ALLOW:
        fund.allow(fund=found, category=row.told["category"], **people)
    elif row.kind == DISALLOW:
        until = parse_date(row.told["until"], "until")
        fund.disallow(fund=found, category=row.told["category"], until=until, **people)
    else:
        set_ceiling(fund=found, ceiling_fen=row.told["ceiling_fen"], document_no=row.told["document_no"], **people)
    return found


#: New funds and other terms that wait for somebody else.
CHANGES = Matter(
    subject="card_change",
    acts=Acts("card.propose_change", "card.approve_change", "card.decline_change"),
    kinds={OPEN: _open, ALLOW: _alter, DISALLOW: _alter, CEILING: _alter},
    unknown=UNKNOWN_CHANGE,
    decided=DECIDED_ALREADY,
    own=fund.SAME_PERSON,
    why=NEEDS_REASON,
    noted=("fund", "code", "category", "until", "ceiling_fen", "document_no"),
)
