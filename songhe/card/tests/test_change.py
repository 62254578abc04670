"""What one proposes about a fund another decides, once."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from songhe.assessment.tests.world import at
from songhe.card import change
from songhe.card.fund import Terms, inflow_of
from songhe.card.models import Allowed, Fund
from songhe.card.tests.test_fund import code_of
from songhe.card.tests.world import FIRST, LISHUI, TENTH, made_fund
from songhe.proposal.models import Proposal

pytestmark = pytest.mark.django_db

TERMS = Terms(
    source="finance",
    level="county",
    place=LISHUI,
    expiry="month_end",
    allowed=("meals", "bathing"),
    rates={"card_service_low_income": "1/2"},
    classes=(1, 2),
    ceiling_fen=1_000_000,
)


def proposed(**given):
    told = {"code": "new", "name": "新资金", "terms": TERMS, "document_no": "文1", **given}
    return change.propose_fund(county=LISHUI, at=at(FIRST), by="clerk", **told)


def approve(which, by="head"):
    return change.CHANGES.approve(proposal=which, at=at(TENTH), on=TENTH, by=by)


def waiting():
    return change.CHANGES.waiting(LISHUI)


def test_a_new_fund_is_opened_when_another_approves_it():
    which = proposed()
    assert not Fund.objects.exists()
    assert [(each.kind, each.proposed_by, each.told["code"]) for each in waiting()] == [("card.open", "clerk", "new")]
    made = approve(which)
    assert (made.opened_by, made.approved_by, made.classes, made.rates) == ("clerk", "head", [1, 2], TERMS.rates)
    assert inflow_of(made).floor == -1_000_000
    assert waiting() == []
    assert code_of(lambda: approve(which)) == "card.change_decided"


def test_what_a_fund_may_buy_and_its_ceiling_change_by_two_people():
    fund = made_fund(allowed=("meals",))
    for what, told in (
        (change.ALLOW, {"category": "aids"}),
        (change.DISALLOW, {"category": "meals", "until": "2026-03-31"}),
        (change.CEILING, {"ceiling_fen": 90_000_000}),
    ):
        approve(change.propose_change(of=fund, what=what, told=told, document_no="文2", at=at(FIRST), by="clerk"))
    rows = Allowed.objects.filter(fund=fund).order_by("category")
    assert list(rows.values_list("category", "until")) == [("aids", None), ("meals", date(2026, 3, 31))]
    assert inflow_of(fund).floor == -90_000_000


def test_it_is_declined_with_a_reason_by_another_and_stays_declined():
    which = proposed()

    def decline(because="不行", by="head"):
        return change.CHANGES.decline(proposal=which, because=because, at=at(TENTH), by=by)

    assert code_of(lambda: decline(" ")) == "card.needs_reason"
    assert code_of(lambda: decline(by="clerk")) == "card.same_person"
    assert decline().because == "不行"
    assert code_of(lambda: approve(which)) == "card.change_decided"
    assert waiting() == []


def test_refuses_wrong_terms_a_taken_code_no_document_and_what_is_not_there():
    assert code_of(lambda: proposed(terms=Terms(**{**vars(TERMS), "allowed": ()}))) == "card.nothing_allowed"
    assert code_of(lambda: proposed(document_no=" ")) == "card.needs_document"
    assert code_of(lambda: approve(Proposal(county=LISHUI, id=uuid4()))) == "card.unknown_change"
    which = proposed()
    assert code_of(lambda: approve(which, by="clerk")) == "card.same_person"
    approve(which)
    assert code_of(proposed) == "card.fund_code_taken"
