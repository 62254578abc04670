"""A bill may be paid by the purses of a card: alone, or after insurance and voucher."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import at, body, elder
from songhe.card import open as cards
from songhe.card.fund import family_fund
from songhe.card.models import Card, Draw, GivenBack
from songhe.card.tests.world import (
    FIRST,
    LISHUI,
    TENTH,
    in_fund,
    left,
    made_card,
    made_fund,
    purse,
    run_charge,
    run_expire,
    top_up,
)
from songhe.credit.spend import held
from songhe.credit.tests import world as credits
from songhe.grant.models import Grant
from songhe.grant.tests.world import left as on_voucher
from songhe.grant.tests.world import voucher
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.meal import serve
from songhe.meal.models import Line as MealLine
from songhe.meal.tests import world as meals
from songhe.person.models import Medium
from songhe.provider.discount import set_discount
from songhe.provider.models import Item, Kind, Listing, Partner, Price
from songhe.provider.partner import admit_partner, propose_partner
from songhe.provider.upgrade import define_upgrade
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import amend, reverse
from songhe.service.models import Visit

STANDARD = "card_service_low_income"
HELPS = ("meals", "bathing", "cleaning")


def sold(code, help, evidence="attendance", *, in_scope=True) -> Item:
    made, _ = Item.objects.get_or_create(
        place="000000",
        code=code,
        valid_from=date(2025, 1, 1),
        defaults={
            "name": code,
            "name_en": code,
            "category": "home",
            "help": help,
            "unit": "visit",
            "evidence": evidence,
            "in_scope": in_scope,
        },
    )
    return made


def canteen(county=LISHUI):
    made = body(kind=Kind.COMMUNITY, county=county)
    Listing.objects.filter(provider=made).update(categories=["home"])
    for code, help, fen in (("lunch", "meals", 1_200), ("soak", "bathing", 4_000), ("goods", "goods", 20_000)):
        evidence = "sale" if code == "goods" else "attendance"
        item = sold(code, help, evidence, in_scope=code != "goods")
        Price.objects.create(provider=made, item=item, price_fen=fen, valid_from=date(2025, 1, 1))
    return made


def shop(*helps, county=LISHUI):
    made = canteen(county)
    Listing.objects.filter(provider=made).delete()
    type(made).objects.filter(id=made.id).update(longitude=119.9, latitude=28.4)
    made.refresh_from_db()
    row = propose_partner(provider=made, county=county, helps=helps, valid_from=FIRST, at=at(FIRST), by="clerk")
    return made, admit_partner(partner=row, at=at(FIRST), by="head")


def bought(code, *, day=TENTH, **more) -> Charge:
    return Charge(item=code, service_on=day, **more)


def pay(card: Card, who, *charges, on=TENTH, **more) -> Bill:
    told = {"medium": card.medium.number, "confirmed_by": "elder"} if "card_no" not in more else {}
    request = Request(provider_id=who.id, charges=charges, **(told | more))
    return redeem(county=card.county, request=request, at=at(on), on=on, by="till")


def funded(card_fen=2_000, *, allowed=HELPS, county=LISHUI, **terms):
    """A fund and a card on which it has put so much for March."""
    fund = made_fund(rates={STANDARD: card_fen}, allowed=allowed, county=county, **terms)
    card = made_card(STANDARD, county=county)
    run_charge(fund)
    return fund, card


def refused(code, call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    assert refusal.value.code == code


def test_a_lunch_is_paid_by_the_purse_and_the_receipt_says_why(db):
    fund, card = funded()
    bill = pay(card, canteen(), bought("lunch"))
    line = Line.objects.get(bill=bill)
    assert (bill.fee_fen, bill.purse_fen, bill.self_fen, bill.grant_id) == (1_200, 1_200, 0, None)
    assert left(card, fund) == 800
    assert Draw.objects.get(about=line.id).amount_fen == 1_200
    assert [step["name"] for step in line.steps] == ["fee", "purse"]
    assert line.steps[-1]["zh"] == f"{fund.name}支付：先到期先用"
    assert Verdict.objects.get(line=line).outcome == "pass"
    owed = Account.objects.get(county=LISHUI, fund_id=fund.books_id, code=f"payable:{bill.provider_id}")
    assert owed.kind == "payable"


def test_public_money_pays_first_the_family_s_last_and_the_rest_is_the_elder_s(db):
    made_fund(source="family", expiry="never")
    fund, card = funded(500)
    family = made_fund_of(card)
    top_up(card, 400)
    bill = pay(card, canteen(), bought("lunch"))
    line = Line.objects.get(bill=bill)
    assert (bill.purse_fen, bill.self_fen) == (900, 300)
    assert [step["amount_fen"] for step in line.steps if step["name"] == "purse"] == [500, 400]
    assert (left(card, fund), left(card, family)) == (0, 0)


def made_fund_of(card):
    return family_fund(card.county)


def test_restricted_money_buys_nothing_else(db):
    fund, card = funded(allowed=("bathing",))
    bill = pay(card, canteen(), bought("lunch"), bought("soak"))
    assert [(line.purse_fen, line.self_fen) for line in Line.objects.filter(bill=bill).order_by("number")] == [
        (0, 1_200),
        (2_000, 2_000),
    ]
    assert left(card, fund) == 0


def test_services_of_several_days_share_one_purse_and_never_more_than_it_holds(db):
    fund, card = funded(2_000)
    bill = pay(card, canteen(), *(bought("lunch", day=date(2026, 3, day)) for day in (8, 9, 10)))
    assert [line.purse_fen for line in Line.objects.filter(bill=bill).order_by("number")] == [1_200, 800, 0]
    assert left(card, fund) == 0


def test_the_voucher_pays_its_part_and_the_purse_the_rest(db):
    grant = voucher(county=LISHUI)
    made_fund(source="family", expiry="never")
    card = cards.open_card(person=grant.person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    top_up(card, 5_000)
    who = canteen(grant.county)
    bill = pay(card, who, bought("soak"))
    ratio = bill.voucher_fen / 4_000
    assert (bill.grant_id, 0 < ratio < 1) == (grant.id, True)
    assert bill.purse_fen == 4_000 - bill.voucher_fen
    assert on_voucher(grant) == grant.face_fen - bill.voucher_fen
    only_card = pay(card, who, bought("soak"), card_only=True)
    assert (only_card.voucher_fen, only_card.grant_id) == (0, None)


def test_a_meal_alone_does_not_choose_the_group_of_the_voucher(db):
    grant = voucher(county=LISHUI)
    Grant.objects.filter(id=grant.id).update(category=None)
    made_fund(source="family", expiry="never")
    card = cards.open_card(person=grant.person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    top_up(card, 5_000)
    bill = pay(card, canteen(grant.county), bought("lunch"))
    grant.refresh_from_db()
    assert (bill.grant_id, bill.purse_fen, grant.category) == (None, 1_200, None)


def test_what_an_upgraded_item_costs_more_is_the_family_s_alone(db):
    made_fund(source="family", expiry="never")
    fund, card = funded(10_000)
    top_up(card, 300)
    who = canteen()
    define_upgrade(
        provider=who,
        base=sold("soak", "bathing"),
        code="soak-herbs",
        name="药浴",
        name_en="Herbal bath",
        more="加中药包",
        price_fen=5_000,
        valid_from=FIRST,
        at=at(FIRST),
        by="manager",
    )
    bill = pay(card, who, bought("soak-herbs"))
    base, more = Line.objects.filter(bill=bill).order_by("number")
    assert (base.fee_fen, base.purse_fen, base.upgrade_id) == (4_000, 4_000, None)
    assert (more.fee_fen, more.purse_fen, more.self_fen, more.in_scope) == (1_000, 300, 700, False)
    assert left(card, fund) == 6_000


def test_a_merchant_takes_its_discount_off_first(db):
    fund, card = funded(100_000, allowed=("*",))
    who, partner = shop("goods")
    set_discount(partner=partner, help="goods", per_cent=10, valid_from=FIRST, at=at(FIRST), by="manager")
    bill = pay(card, who, bought("goods", fee_fen=5_000))
    line = Line.objects.get(bill=bill)
    assert (line.fee_fen, line.off_fen, line.purse_fen) == (4_500, 500, 4_500)
    assert left(card, fund) == 95_500
    assert Verdict.objects.get(line=line).reasons == ["shown"]


def test_a_merchant_sells_what_it_is_admitted_for(db):
    _, card = funded(allowed=("*",))
    who, partner = shop("goods")
    refused("provider.partner_not_for_this", pay, card, who, bought("lunch"))
    Partner.objects.filter(id=partner.id).update(state="left", last_day=FIRST)
    refused("provider.not_a_partner", pay, card, who, bought("goods", fee_fen=500))
    assert not Bill.objects.exists()


def test_a_merchant_s_line_proves_itself_or_names_its_record(db):
    _, card = funded(100_000, allowed=("*",))
    who, _ = shop("cleaning", "travel")
    told = {"valid_from": date(2025, 1, 1)}
    for item in (
        sold("windows", "cleaning", "visit"),
        sold("outing", "travel", "escort"),
        sold("ride", "travel", "escort"),
    ):
        Price.objects.create(provider=who, item=item, price_fen=3_000, **told)
    Item.objects.filter(code="outing").update(least_minutes=30)
    refused("redemption.record_first", pay, card, who, bought("windows"))
    refused("redemption.record_first", pay, card, who, bought("outing"))
    ridden = pay(card, who, bought("ride"))
    assert Verdict.objects.get(line__bill=ridden).reasons == ["shown"]
    visit = Visit.objects.create(
        county=LISHUI,
        person_id=card.person_id,
        provider=who,
        item=Item.objects.get(code="windows"),
        kind="visit",
        service_on=TENTH,
        quantity=1,
        verdict="pass",
        recorded_by="manager",
        recorded_at=at(TENTH),
    )
    cleaned = pay(card, who, bought("windows", visit=visit.id))
    assert Verdict.objects.get(line__bill=cleaned).outcome == "pass"


def test_who_is_on_no_list_is_paid_by_no_card(db):
    _, card = funded()
    who = canteen()
    Listing.objects.filter(provider=who).delete()
    refused("redemption.provider_not_listed", pay, card, who, bought("lunch"))


def test_a_lost_or_frozen_card_pays_nothing_and_the_voucher_goes_on(db):
    fund, card = funded()
    cards.freeze(card=card, because="核实", at=at(FIRST), by="clerk")
    refused("card.frozen", pay, card, canteen(), bought("lunch"))
    assert left(card, fund) == 2_000
    grant = voucher(county=LISHUI)
    made_fund(source="family", expiry="never")
    other = cards.open_card(person=grant.person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    top_up(other, 5_000)
    cards.freeze(card=other, because="核实", at=at(FIRST), by="clerk")
    bill = pay(other, canteen(grant.county), bought("soak"))
    assert (bill.purse_fen, bill.card_id, bill.voucher_fen > 0) == (0, None, True)


def test_without_the_card_only_recorded_services_are_paid_by_it(db):
    _, card = funded()
    who = canteen()
    refused("redemption.show_the_card", pay, card, who, bought("lunch"), card_no=card.no)
    visit = Visit.objects.create(
        county=card.county,
        person_id=card.person_id,
        provider=who,
        item=sold("soak", "bathing"),
        kind="visit",
        service_on=TENTH,
        verdict="pass",
        recorded_by="carer",
        recorded_at=at(TENTH),
    )
    bill = pay(card, who, bought("soak", visit=visit.id), card_no=card.no)
    assert bill.purse_fen == 2_000
    refused("card.unknown", pay, card, who, bought("soak", visit=visit.id), card_no="no such")
    refused("redemption.how_identified", pay, card, who, bought("lunch"), grant_no="1")


def test_a_reversal_gives_each_purse_back_what_it_gave(db):
    made_fund(source="family", expiry="never")
    fund, card = funded(500)
    top_up(card, 400)
    bill = pay(card, canteen(), bought("lunch"))
    reverse(county=LISHUI, bill_no=bill.no, because="退餐", at=at(TENTH), on=TENTH, by="till")
    assert (left(card, fund), left(card, made_fund_of(card))) == (500, 400)
    assert GivenBack.objects.filter(restored=True).count() == 2
    assert Bill.objects.get(id=bill.id).state == "reversed"


def test_after_its_end_a_purse_s_part_goes_back_to_the_fund(db):
    fund, card = funded()
    bill = pay(card, canteen(), bought("lunch"))
    april = date(2026, 4, 3)
    run_expire(fund, april)
    before = in_fund(fund)
    reverse(county=LISHUI, bill_no=bill.no, because="多收", at=at(april), on=april, by="till")
    assert in_fund(fund) - before == 1_200


def test_a_smaller_bill_after_the_end_of_the_purse_costs_the_elder_nothing(db):
    fund, card = funded()
    bill = pay(card, canteen(), bought("lunch"))
    april = date(2026, 4, 3)
    run_expire(fund, april)
    before = in_fund(fund)
    again = amend(
        county=LISHUI, bill_no=bill.no, number=1, fee_fen=1_000, because="多收", at=at(april), on=april, by="till"
    )
    assert (again.purse_fen, again.self_fen) == (1_000, 0)
    assert in_fund(fund) - before == 200
    assert Draw.objects.get(from_fund=True).amount_fen == 1_000
    reverse(county=LISHUI, bill_no=again.no, because="退", at=at(april), on=april, by="till")
    assert in_fund(fund) - before == 1_200


def test_a_meal_that_was_served_is_charged_once_by_its_tariff(db, monkeypatch):
    monkeypatch.setattr(meals, "COUNTY", LISHUI)
    monkeypatch.setattr(meals, "PLACE", f"{LISHUI}001001")
    made_fund(source="family", expiry="never")
    person = meals.of_age(85, county=LISHUI)
    card = cards.open_card(person=person, attributes=cards.Attributes(), at=at(FIRST), on=FIRST, by="clerk")
    top_up(card, 5_000)
    menu = meals.serving(meals.menu())
    _, priced = serve.walk_in(menu=menu, person_id=person.id, means="card", at=at(TENTH, 12), on=TENTH, by="till")
    who = menu.point.provider
    Listing.objects.create(
        provider=who, county=LISHUI, categories=["home"], valid_from=FIRST, listed_by="a", approved_by="b"
    )
    charge = Charge(item=priced[0].item.code, service_on=TENTH, meal=priced[0].line_id)
    bill = pay(card, who, charge)
    line = Line.objects.get(bill=bill)
    assert (line.fee_fen, line.other_fen, line.purse_fen) == (1_000, 600, 400)
    assert Verdict.objects.get(line=line).reasons == ["meal"]
    assert MealLine.objects.get(id=priced[0].line_id).billed_line == line.id
    refused("redemption.meal_billed", pay, card, who, charge)
    reverse(county=LISHUI, bill_no=bill.no, because="错", at=at(TENTH), on=TENTH, by="till")
    assert MealLine.objects.get(id=priced[0].line_id).billed_line is None


def test_credits_pay_first_when_the_elder_asks(db):
    scheme = credits.scheme(county=LISHUI, place=LISHUI)
    credits.rate(scheme)
    fund, card = funded()
    credits.seen(credits.weighed(scheme, card.person, grams=1_000))
    (mine,) = held(county=LISHUI, person_id=card.person_id, on=TENTH)
    assert mine.units == 600
    bill = pay(card, canteen(), bought("lunch"), with_credits=True)
    assert (bill.credit_fen, bill.purse_fen, bill.self_fen) == (600, 600, 0)
    assert left(card, fund) == 1_400
    reverse(county=LISHUI, bill_no=bill.no, because="退", at=at(TENTH), on=TENTH, by="till")
    (mine,) = held(county=LISHUI, person_id=card.person_id, on=TENTH)
    assert (mine.units, left(card, fund)) == (600, 2_000)


def test_where_insurance_pays_professional_care_no_purse_does(db):
    county = "330421"
    fund, card = funded(allowed=("*",), county=county)
    who = canteen(county)
    Price.objects.create(provider=who, item=sold("nurse", "nursing"), price_fen=3_000, valid_from=date(2025, 1, 1))
    bill = pay(card, who, bought("nurse"))
    assert (bill.purse_fen, bill.self_fen, left(card, fund)) == (0, 3_000, 2_000)


def test_nothing_is_paid_after_a_death(db):
    fund, card = funded()
    type(card.person).rows.filter(id=card.person_id).update(died_on=date(2026, 3, 5))
    refused("redemption.after_death", pay, card, canteen(), bought("lunch"))
    assert left(card, fund) == 2_000


def test_somebody_without_voucher_and_card_is_told_so(db):
    person = elder(county=LISHUI)
    Medium.objects.create(county=LISHUI, person=person, kind="card", number="C77", valid_from=FIRST)
    request = Request(provider_id=canteen().id, charges=(bought("lunch"),), medium="C77", confirmed_by="elder")
    refused("redemption.no_voucher", redeem, county=LISHUI, request=request, at=at(TENTH), on=TENTH, by="till")


def test_a_lunch_asks_the_database_a_bounded_number_of_times(db, django_assert_max_num_queries):
    made_fund(source="family", expiry="never")
    _, card = funded(500)
    top_up(card, 1_000)
    who = canteen()
    pay(card, who, bought("lunch", fee_fen=100))
    assert purse(card, made_fund_of(card))
    with django_assert_max_num_queries(60):
        pay(card, who, bought("lunch", fee_fen=800))


def test_a_correction_does_not_ask_what_became_of_the_card(db):
    fund, card = funded()
    bill = pay(card, canteen(), bought("lunch"))
    cards.report_lost(card=card, because="丢失", at=at(TENTH), by="clerk")
    again = amend(
        county=LISHUI, bill_no=bill.no, number=1, fee_fen=900, because="多收", at=at(TENTH), on=TENTH, by="till"
    )
    assert (again.purse_fen, again.self_fen, left(card, fund)) == (900, 0, 1_100)
