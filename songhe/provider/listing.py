"""That a body be listed is proposed by one person, every check ticked, and decided by another. 准入申请"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import models, transaction

from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.proposal.matter import Acts, Decider, Matter
from songhe.proposal.models import Proposal
from songhe.provider.admit import REASON_MISSING, SAME_PERSON, list_in_county
from songhe.provider.models import Listing, Provider
from songhe.provider.states import WRONG_STATE

LISTING = "provider.listing"

UNKNOWN_PROPOSAL = reason(
    "provider.unknown_proposal", zh="没有这份准入申请。", en="There is no such proposal of a listing.", status=404
)
PROPOSED_ALREADY = reason(
    "provider.listing_proposed",
    zh="这家机构的准入申请正等另一人审批。",
    en="A listing of this body waits for another person already.",
    status=409,
)


def propose_listing(
    *,
    provider: Provider,
    county: str,
    categories: Collection[str],
    contract_no: str,
    valid_from: date,
    valid_to: date | None,
    checks: Collection[str],
    at: datetime,
    by: str,
) -> Proposal:
    """Put a listing before somebody else, one at a time for a body in a county; ``checks`` are the points that the
    proposer has ticked. Refuses with ``provider.listing_proposed``; the rest is looked at when it is approved."""
    told = {
        "provider": provider.pk,
        "categories": list(categories),
        "contract_no": contract_no.strip(),
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat() if valid_to else "",
        "checks": list(checks),
    }
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if proposals_of(provider, county).filter(state=Proposal.State.OPEN).exists():
            raise PROPOSED_ALREADY("provider")
        return LISTINGS.propose(county=county, kind=LISTING, told=told, at=at, by=by)


def proposals_of(provider: Provider, county: str) -> models.QuerySet[Proposal]:
    """What was ever proposed for a body in a county."""
    return LISTINGS.rows().filter(county=county, told__provider=provider.pk)


def _list(row: Proposal, decider: Decider) -> Listing:
    """Refuses as ``list_in_county`` does."""
    told = row.told
    return list_in_county(
        provider=Provider.objects.get(pk=told["provider"]),
        county=row.county,
        categories=told["categories"],
        valid_from=parse_date(told["valid_from"], "valid_from"),
        valid_to=parse_date(told["valid_to"], "valid_to") if told["valid_to"] else None,
        contract_no=told["contract_no"],
        listed_by=row.proposed_by,
        approved_by=decider.by,
        at=decider.at,
    )


#: Listings that wait for somebody else.
LISTINGS = Matter(
    subject="listing_proposal",
    acts=Acts("provider.propose_listing", "provider.approve_listing", "provider.return_listing"),
    kinds={LISTING: _list},
    unknown=UNKNOWN_PROPOSAL,
    decided=WRONG_STATE,
    own=SAME_PERSON,
    why=REASON_MISSING,
    noted=("provider", "categories", "contract_no", "valid_from", "valid_to", "checks"),
)
