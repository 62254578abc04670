from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from songhe.assessment.tests.world import COUNTY, at
from songhe.document.number import of_id
from songhe.grant.fund import payable
from songhe.grant.hold import hold
from songhe.grant.models import Grant, Hold
from songhe.grant.tests.world import PROGRAMME, TENTH, left, voucher
from songhe.kernel.refusal import Refusal
from songhe.ledger.balance import balance
from songhe.ledger.check import check
from songhe.person.code import show
from songhe.person.medium import issue
from songhe.person.models import Event, Person
from songhe.provider.models import Kind, Listing, Suspension
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Line, Verdict
from songhe.redemption.redeem import book_handed_in, hand_in, redeem
from songhe.redemption.tests.world import bath, card_of, item, pay, provider, stay_of, visit_of

pytestmark = pytest.mark.django_db


def refused_with(code, act, field=...):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code
    if field is not ...:
        assert refused.value.field == field


def test_pays_half_of_a_home_bill_and_the_person_pays_the_rest():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000, visit=visit_of(grant, who).id))
    assert (bill.fee_fen, bill.ltci_fen, bill.voucher_fen, bill.self_fen) == (100_000, 0, 50_000, 50_000)
    assert (bill.state, bill.category) == ("booked", "home")
    assert left(grant) == 30_000
    assert balance(payable(county=COUNTY, programme=PROGRAMME, year=2026, provider_id=who.id)) == 50_000
    line = Line.objects.get(county=COUNTY, bill=bill)
    assert (line.ratio, line.cap_fen, line.base_fen) == ("1/2", 80_000, 100_000)
    assert [step["name"] for step in line.steps] == ["fee", "base", "ratio", "voucher"]
    assert Verdict.objects.get(county=COUNTY, line=line).outcome == "pass"
    assert list(check()) == []


def test_rounds_each_order_half_up_and_caps_the_running_sum():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(33_333), bath(48_001), bath(99_999))
    assert [line.voucher_fen for line in Line.objects.filter(county=COUNTY, bill=bill).order_by("number")] == [
        16_667,
        24_001,
        39_332,
    ]
    assert (bill.voucher_fen, bill.self_fen) == (80_000, 101_333)


def test_long_term_care_insurance_pays_first():
    grant, who = voucher(), provider(prices={"bath": 200_000})
    bill = pay(grant, who, bath(60_000), bath(54_000), ltci_fen=60_000)
    assert (bill.ltci_fen, bill.voucher_fen, bill.self_fen) == (60_000, 27_000, 27_000)


def test_other_public_money_on_a_line_cuts_the_base():
    grant, who = voucher(), provider()
    bill = pay(grant, who, bath(100_000, other_fen=40_000))
    assert (bill.other_fen, bill.voucher_fen, bill.self_fen) == (40_000, 30_000, 30_000)


def test_out_of_scope_lines_stand_on_the_same_bill_as_own_pay():
    grant = voucher()
    item("haircut", in_scope=False)
    who = provider(prices={"bath": 100_000, "haircut": 3_000})
    bill = pay(grant, who, bath(100_000), Charge("haircut", date(2026, 3, 9)))
    assert (bill.fee_fen, bill.voucher_fen, bill.self_fen) == (103_000, 50_000, 53_000)


def test_a_stay_of_more_than_thirty_days_is_long_term_care_at_two_fifths():
    item("bed", category="institution_long", evidence="stay")
    grant, who = voucher(category=""), provider(kind=Kind.INSTITUTION, prices={"bed": 356_000})
    stay_of(grant, who)
    bill = pay(grant, who, Charge("bed", date(2026, 3, 9)), ltci_fen=180_000)
    assert (bill.category, bill.voucher_fen, bill.self_fen) == ("institution_long", 70_400, 105_600)
    assert Verdict.objects.get(county=COUNTY).outcome == "pass"


def test_the_first_use_chooses_the_group_and_the_next_bill_must_match():
    item("bed", category="institution_long", evidence="stay")
    grant = voucher(category="")
    who = provider(prices={"bath": 1_000, "bed": 100_000})
    pay(grant, who, bath())
    stay_of(grant, who)
    assert Grant.objects.get(county=COUNTY).category == "home"
    refused_with("grant.other_group", lambda: pay(grant, who, Charge("bed", date(2026, 3, 9))))


def test_a_card_names_the_person_and_finds_the_voucher_of_the_service_month():
    grant, who = voucher(), provider()
    request = Request(provider_id=who.id, charges=(bath(10_000),), medium=card_of(grant), confirmed_by="elder")
    assert redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager").grant_id == grant.id
    refused_with(
        "person.medium_unknown",
        lambda: redeem(county=COUNTY, request=replace(request, medium="C404"), at=at(TENTH), on=TENTH, by="manager"),
    )
    early = replace(request, charges=(replace(bath(), service_on=date(2026, 2, 9)),))
    refused_with(
        "redemption.no_voucher", lambda: redeem(county=COUNTY, request=early, at=at(TENTH), on=TENTH, by="manager")
    )


def test_a_code_is_burnt_with_the_bill_and_comes_back_with_a_refused_one():
    grant, who = voucher(), provider()
    phone = issue(person=grant.person, kind="phone", on=TENTH, at=at(TENTH), by="daughter")
    code = show(medium=phone, at=at(TENTH)).payload
    request = Request(provider_id=who.id, charges=(bath(10_000),), medium=code)

    def book(**otherwise):
        return redeem(county=COUNTY, request=replace(request, **otherwise), at=at(TENTH), on=TENTH, by="manager")

    refused_with("redemption.in_the_future", lambda: book(charges=(bath(day=30),)))
    assert book().identified_by == "medium"
    refused_with("person.code_used", book)
    refused_with("person.code_used", lambda: book(medium=show(medium=phone, at=at(TENTH)).number))
    refused_with("person.code_forged", lambda: book(medium=phone.number))


def test_a_card_alone_pays_nothing():
    grant, who = voucher(), provider()
    request = Request(provider_id=who.id, charges=(bath(10_000),), medium=card_of(grant))
    refused_with(
        "person.medium_not_confirmed",
        lambda: redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager"),
    )


def test_a_stolen_photograph_of_a_code_is_worth_nothing_after_its_step():
    grant, who = voucher(), provider()
    phone = issue(person=grant.person, kind="phone", on=TENTH, at=at(TENTH), by="daughter")
    stolen = show(medium=phone, at=at(TENTH) - timedelta(seconds=90))
    for given in (stolen.payload, stolen.number):
        request = Request(provider_id=who.id, charges=(bath(10_000),), medium=given)
        refused_with(
            "person.code_stale",
            lambda request=request: redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager"),
        )


def test_captures_a_hold_and_gives_back_what_was_held_too_much():
    grant, who = voucher(), provider()
    row = hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=60_000,
        at=at(TENTH),
        on=TENTH,
        until=at(date(2026, 3, 12)),
        by="manager",
    )
    bill = pay(grant, who, bath(100_000), hold=row.id)
    assert (bill.voucher_fen, left(grant)) == (50_000, 30_000)
    assert Hold.objects.get(county=COUNTY).state == "captured"
    assert list(check()) == []


def test_a_bill_without_an_answer_from_insurance_is_provisional():
    grant, who = voucher(), provider()
    assert pay(grant, who, bath(10_000), ltci_fen=None).state == "provisional"


def test_a_voucher_that_is_used_up_pays_nothing_more():
    grant, who = voucher(), provider(prices={"bath": 160_000})
    assert pay(grant, who, bath()).voucher_fen == 80_000
    assert pay(grant, who, bath()).voucher_fen == 0


def test_a_visit_is_billed_once():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    pay(grant, who, bath(1_000, visit=visit.id))
    refused_with("redemption.visit_billed", lambda: pay(grant, who, bath(1_000, visit=visit.id)))


def test_a_handed_in_bill_is_booked_by_the_run_or_kept_with_the_reason_against_it():
    grant, who = voucher(), provider()
    request = Request(provider_id=who.id, charges=(bath(10_000),), grant_no=grant.no)
    waits = hand_in(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")
    assert (waits.state, left(grant)) == ("handed_in", 80_000)
    for _ in range(2):
        done = book_handed_in(county=COUNTY, bill_id=waits.id, at=at(TENTH), on=TENTH, by="run:redeem")
        assert (done.state, left(grant)) == ("booked", 75_000)
    late = hand_in(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")
    on = date(2026, 4, 1)
    late = book_handed_in(county=COUNTY, bill_id=late.id, at=at(on), on=on, by="run:redeem")
    assert (late.state, late.refusal) == ("refused", "grant.expired")


REFUSALS = {
    "redemption.no_lines": (),
    "redemption.outside_month": (replace(bath(), service_on=date(2026, 2, 28)),),
    "redemption.in_the_future": (bath(day=11),),
    "redemption.unknown_item": (Charge("unknown", date(2026, 3, 9)),),
    "redemption.above_price": (bath(100_001),),
    "input.too_small": (bath(0),),
    "redemption.visit_differs": (bath(1, visit="visit of another day"),),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_refuses_a_bill_and_writes_nothing(code):
    grant, who = voucher(), provider()
    charges = tuple(
        replace(charge, visit=visit_of(grant, who, day=8).id) if charge.visit else charge for charge in REFUSALS[code]
    )
    refused_with(code, lambda: pay(grant, who, *charges))
    assert not Bill.objects.filter(county=COUNTY).exists()
    assert left(grant) == 80_000


def test_refuses_an_item_without_a_published_price_and_a_bill_with_nothing_in_scope():
    grant, who = voucher(), provider()
    item("cleaning")
    refused_with("redemption.no_price", lambda: pay(grant, who, Charge("cleaning", date(2026, 3, 9))))
    item("haircut", in_scope=False)
    other = provider(prices={"haircut": 100})
    refused_with("redemption.nothing_in_scope", lambda: pay(grant, other, Charge("haircut", date(2026, 3, 9))))


def test_refuses_insurance_that_is_more_than_the_fees():
    grant, who = voucher(), provider()
    refused_with("quote.ltci_over_fees", lambda: pay(grant, who, bath(100), ltci_fen=101), "ltci_fen")


def test_refuses_a_provider_that_was_not_listed_or_was_suspended_on_the_day():
    grant, who = voucher(), provider()
    Suspension.objects.create(
        provider=who, county=COUNTY, since=date(2026, 3, 9), because="查处", by="clerk", at=at(TENTH)
    )
    assert pay(grant, who, bath(100, day=8)).voucher_fen == 50
    refused_with("redemption.provider_suspended", lambda: pay(grant, who, bath(100)))
    Listing.objects.filter(provider=who).update(valid_to=date(2026, 3, 5))
    refused_with("redemption.provider_not_listed", lambda: pay(grant, who, bath(100)))


def test_a_resident_of_a_suspended_home_is_not_stranded():
    item("bed", category="institution_long", evidence="stay")
    grant, who = voucher(category=""), provider(kind=Kind.INSTITUTION, prices={"bed": 100_000})
    stay_of(grant, who)
    Suspension.objects.create(
        provider=who,
        county=COUNTY,
        since=date(2026, 3, 1),
        residents_until=date(2026, 4, 30),
        because="查处",
        by="clerk",
        at=at(TENTH),
    )
    assert pay(grant, who, Charge("bed", date(2026, 3, 9))).voucher_fen == 40_000


def test_refuses_services_after_death_and_holds_them_when_a_death_is_reported():
    grant, who = voucher(), provider()
    reported = Event.objects.create(
        county=COUNTY,
        person_id=grant.person_id,
        kind="death",
        happened_on=date(2026, 3, 8),
        reported_by="village",
        reported_at=at(TENTH),
        source="村委会",
    )
    assert pay(grant, who, bath(100, day=8)).voucher_fen == 50
    refused_with("redemption.death_reported", lambda: pay(grant, who, bath(100)))
    Event.objects.filter(county=COUNTY, id=reported.id).update(state="verified", verified_by="clerk")
    Person.rows.filter(county=COUNTY, id=grant.person_id).update(died_on=date(2026, 3, 8))
    refused_with("redemption.after_death", lambda: pay(grant, who, bath(100)))
    assert pay(grant, who, bath(100, day=7)).voucher_fen == 50


def test_refuses_an_expired_and_a_revoked_voucher():
    grant, who = voucher(), provider()
    refused_with("grant.expired", lambda: pay(grant, who, bath(100), on=date(2026, 4, 1)))
    Grant.objects.filter(county=COUNTY).update(state="revoked")
    refused_with("grant.revoked", lambda: pay(grant, who, bath(100)))


def test_refuses_to_guess_whose_voucher_it_is():
    _, who = voucher(), provider()
    request = Request(provider_id=who.id, charges=(bath(),))
    refused_with(
        "redemption.how_identified",
        lambda: redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager"),
    )
    refused_with("grant.unknown", lambda: pay(Grant(county=COUNTY, no="404"), who, bath()))


ATTACKS = {
    "the group of a used voucher is changed": lambda: Grant.objects.filter(county=COUNTY).update(
        category="institution_long"
    ),
    "a line is changed": lambda: Line.objects.filter(county=COUNTY).update(number=9),
    "a line is deleted": lambda: Line.objects.filter(county=COUNTY).delete(),
    "a bill does not sum": lambda: Bill.objects.filter(county=COUNTY).update(self_fen=F("self_fen") + 1),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_the_database_itself_refuses_that(attack):
    grant, who = voucher(), provider()
    pay(grant, who, bath(100))
    with pytest.raises(IntegrityError), transaction.atomic():
        attack()
        connection.check_constraints()


def test_a_bill_whose_number_is_taken_gets_another_and_its_lines_go_with_it(monkeypatch):
    grant, who = voucher(), provider()
    taken = pay(grant, who, bath(10_000)).no
    numbers = iter([taken])
    monkeypatch.setattr(
        "songhe.document.number.of_id", lambda county, month, made: next(numbers, None) or of_id(county, month, made)
    )
    bill = pay(grant, who, bath(20_000), bath(5_000))
    assert bill.no != taken
    assert Line.objects.filter(county=COUNTY, bill_id=bill.id).count() == 2
    assert Bill.objects.filter(county=COUNTY).count() == 2
    connection.check_constraints()
    assert list(check()) == []
