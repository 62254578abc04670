"""A listing is proposed by one person and decided by another, one at a time."""

from __future__ import annotations

import pytest

from songhe.proposal.models import Proposal
from songhe.provider.admit import is_listed
from songhe.provider.listing import LISTINGS, proposals_of, propose_listing
from songhe.provider.models import Listing
from songhe.provider.tests.conftest import AT, COUNTY, ON
from songhe.provider.tests.test_admit import refused

pytestmark = pytest.mark.django_db


def proposed(provider, **differently):
    told = {"categories": ["home"], "contract_no": " XY-1 ", "valid_from": ON, "valid_to": None, "checks": ["fire"]}
    return propose_listing(provider=provider, **({"county": COUNTY, "at": AT, "by": "clerk"} | told | differently))


def approved(row, by="head"):
    return LISTINGS.approve(proposal=row, at=AT, on=ON, by=by)


def test_another_person_lists_what_one_proposed(community):
    row = proposed(community)
    assert not is_listed(community, COUNTY, "home", ON)
    made = approved(row)
    assert (made.listed_by, made.approved_by, made.contract_no, made.valid_to) == ("clerk", "head", "XY-1", None)
    assert is_listed(community, COUNTY, "home", ON)
    refused("provider.wrong_state", approved, row)


def test_one_waits_at_a_time_and_what_was_sent_back_may_be_proposed_again(community):
    first = proposed(community)
    refused("provider.listing_proposed", proposed, community)
    proposed(community, county="370702")
    refused("provider.reason_missing", LISTINGS.decline, proposal=first, because=" ", at=AT, by="head")
    assert LISTINGS.decline(proposal=first, because="缺消防验收", at=AT, by="head").state == "declined"
    proposed(community)
    assert proposals_of(community, COUNTY).count() == 2
    assert not Listing.objects.exists()


def test_nobody_lists_what_they_proposed_nor_what_is_not_there(community):
    refused("provider.same_person", approved, proposed(community), by="clerk")
    refused("provider.unknown_proposal", approved, Proposal(county=COUNTY))


def test_what_cannot_be_listed_is_told_when_it_is_approved_and_waits_on(community):
    row = proposed(community, categories=["institution_long"])
    refused("provider.category_not_of_kind", approved, row)
    assert [one.id for one in LISTINGS.waiting(COUNTY)] == [row.id]
