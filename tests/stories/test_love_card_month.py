"""The two counties in a database: loaded, their month lived, and every fen accounted for."""

from __future__ import annotations

import pytest
from django.db.models import F, Sum

from songhe.access.models import Account
from songhe.aid.models import Rent
from songhe.card.hold_order_models import ItemOrder
from songhe.card.models import (
    Allotment,
    Card,
    Charge,
    Decision,
    Draw,
    Fund,
    HeirPayment,
    Match,
    Pin,
    Purse,
    Standing,
    TopUp,
)
from songhe.card.queries import stands
from songhe.doors.cli.init import lay_ground
from songhe.examine.models import Examination
from songhe.ledger.check import check
from songhe.ledger.models import Account as LedgerAccount
from songhe.meal.models import Line as MealLine
from songhe.month.audit import findings
from songhe.month.sample.card.act import scenes_of
from songhe.month.sample.card.cast import NAMED
from songhe.month.sample.card.load import load, loaded_plan, what_is_there
from songhe.month.sample.card.logins import AT
from songhe.month.sample.card.month import live
from songhe.month.sample.card.people import MOTHER
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.script import TopUp as ToldTopUp
from songhe.month.sample.card.script import counted, script
from songhe.month.sample.card.shape import COUNTIES, HOME, OTHER, figures
from songhe.offline.guarantee import standing
from songhe.offline.models import Slip, Trouble
from songhe.person.models import Person
from songhe.redemption.models import Bill
from songhe.settlement.models import BorneLine, Claim, Statement
from songhe.settlement.share import GUARANTEE

PLAN = CardPlan(elders=48, seed=7)


@pytest.fixture
def lived(db):
    lay_ground(at=AT, sample=False)
    loaded = load(PLAN)
    assert what_is_there() == "cut_off"
    return loaded, live(PLAN)


def test_a_small_county_lives_its_month_and_every_fen_is_accounted_for(lived):
    loaded, month = lived
    told = counted(script(PLAN))
    assert (what_is_there(), loaded_plan()) == ("whole", PLAN)
    assert (loaded.cards, loaded.cards_of_neighbour) == (48, 8)
    assert Person.rows.filter(synthetic=False).count() == 0
    assert set(NAMED) <= set(Account.objects.filter(practice=True).values_list("username", flat=True))
    _classes()
    _funds()
    _money(month, told)
    _bills(month, told)
    _besides(month, told)
    assert [finding.line("en") for finding in findings()] == []
    assert list(check()) == []


def _classes():
    """Every card is in the class that its holder's marks give."""
    found = dict(Card.objects.filter(county__in=COUNTIES.values()).values_list("id", "card_class"))
    for scene in scenes_of(PLAN).values():
        assert found[scene.card_id] == met_by(PLAN, scene.holder).in_class
    assert Standing.objects.filter(county=HOME).exists()


def _funds():
    """Collectives stand on a vote, charities on gifts, and everything was proposed by one and approved by another."""
    assert set(Fund.objects.values_list("source", flat=True)) == {
        "finance",
        "disabled",
        "collective",
        "charity",
        "family",
    }
    assert set(Fund.objects.filter(county=HOME, source="finance").values_list("level", flat=True)) == {
        "province",
        "city",
        "county",
    }
    assert not Decision.objects.filter(votes_for__lte=F("attended") / 2).exists()
    assert not Allotment.objects.filter(decided_by=F("proposed_by")).exists()
    for county in COUNTIES.values():
        for each in stands(county):
            assert each.put_in_fen == each.there_fen + each.in_purses_fen + each.paid_fen, each.fund.code


def _money(month, told):
    charged = Charge.objects.filter(month=str(PLAN.month)).aggregate(fen=Sum("amount_fen"))["fen"]
    assert month.charged_fen == charged > 0
    assert month.topups == told["TopUp"]
    mother = next(iter(PLAN.people("home")))
    assert mother.number == MOTHER
    first = TopUp.objects.get(county=HOME, asked_by="card-daughter")
    assert Match.objects.get(county=HOME, topup_id=first.id).amount_fen == 3_000
    matched = Match.objects.values("purse__card").annotate(fen=Sum("amount_fen"))
    assert max(each["fen"] for each in matched) <= 3_000
    assert not Purse.objects.filter(state="expired").exclude(account__balance=0).exists()
    assert month.expired_fen > 0


def _bills(month, told):
    rents = Rent.objects.exclude(billed_line=None).count()
    slips = Slip.objects.filter(state="booked").count()
    besides = slips + rents + told["ByCode"] + told["HandOver"]
    assert month.bills == told["Meal"] + told["Visit"] + told["Sale"] + besides
    assert month.reversed == told.get("Undo", 0)
    sums = Bill.objects.aggregate(
        fee=Sum("fee_fen"), other=Sum("other_fen"), purse=Sum("purse_fen"), own=Sum("self_fen")
    )
    assert sums["fee"] == sums["other"] + sums["purse"] + sums["own"]
    assert Draw.objects.count() > 0
    assert set(Bill.objects.values_list("county", flat=True)) == {HOME, OTHER}
    away = Bill.objects.filter(county=HOME, served_in=OTHER)
    claimed = sum(Claim.objects.filter(county=HOME, serving=OTHER).values_list("amount_fen", flat=True))
    assert claimed == sum(away.values_list("purse_fen", flat=True)) > 0
    assert Statement.objects.filter(county=OTHER).exists()
    assert Card.objects.filter(county=HOME, state="closed").count() == told["Verify"]
    family = Purse.objects.filter(county=HOME, fund__source="family", state="for_heirs")
    assert not HeirPayment.objects.exists() or family.exists()
    assert LedgerAccount.objects.filter(kind="card_purse", balance__lt=0).count() == 0


def _besides(month, told):
    """Tills without a network, meals' parts, rent, orders and scores: some of each, every amount where it belongs."""
    assert month.slips == told["Slip"] > 1
    (lost,) = Trouble.objects.filter(borne_fen__gt=0)
    assert (lost.bearer, lost.borne_fen, lost.code) == ("county", month.borne_fen, "person.medium_ended")
    assert BorneLine.objects.get().amount_fen == lost.borne_fen == Statement.objects.get(programme=GUARANTEE).net_fen
    assert standing(HOME).balance == figures()["no_network"]["guarantee_fen"] - lost.borne_fen
    paid = Statement.objects.filter(programme="card:meal-parts").aggregate(fen=Sum("net_fen"))["fen"]
    assert month.parts_fen == paid > 0
    assert not MealLine.objects.filter(funds_due=True).exclude(billed_line=None).exists()
    assert month.rent_fen > 0
    assert Rent.objects.filter(billed_line=None).count() == 1
    assert sorted(ItemOrder.objects.values_list("hold__state", flat=True)) == ["captured", "held", "released"]
    assert Pin.objects.get().card.person == TopUp.objects.get(asked_by="card-daughter").card.person
    assert month.scored >= 2
    assert Examination.objects.get(county=HOME).state == "published"


def test_the_script_tops_up_the_mothers_card_on_the_fifth():
    steps = [step for step in script(PLAN) if step.number == MOTHER and step.which == "home"]
    topups = [step.event for step in steps if isinstance(step.event, ToldTopUp)]
    assert [(each.amount_fen, each.at.day) for each in topups] == [(5_000, 5)]
