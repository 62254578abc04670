"""Bad input is refused with a code and a field in both languages, and leaves nothing half-written."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world as assessments
from songhe.grant.choose import choose
from songhe.grant.fund import set_budget
from songhe.grant.hold import hold
from songhe.grant.models import Grant
from songhe.grant.tests.world import FIRST, MARCH, TENTH, voucher
from songhe.jobs.once import once
from songhe.kernel.refusal import Refusal
from songhe.person.event import report, verify
from songhe.person.importing import load as load_people
from songhe.person.models import Person
from songhe.person.register import register
from songhe.place.division import load_sample_county
from songhe.policy.load import load as load_packs
from songhe.policy.models import PackRelease
from songhe.policy.problem import Problem
from songhe.policy.quote import answer
from songhe.policy.resolve import Library, shipped
from songhe.provider.models import Item, Provider
from songhe.provider.price import set_price
from songhe.redemption.assessment_fee import pay_assessment
from songhe.redemption.bill import Charge
from songhe.redemption.models import Bill
from songhe.redemption.reverse import amend
from songhe.redemption.tests.world import bath, item, pay, provider
from songhe.settlement.confirm import confirm
from songhe.settlement.tests import make
from tests.stories import cast
from tests.stories.cast import COUNTY, at
from tests.stories.test_month import everything

CHINESE = re.compile(r"[\u4e00-\u9fff]")
BORN = date(1942, 3, 7)


def told(refusal: Refusal | Problem) -> None:
    """Both sentences are whole, with every placeholder filled in."""
    zh, en = refusal.message("zh"), refusal.message("en")
    assert CHINESE.search(zh)
    assert re.search(r"[a-z]{2} [a-z]", en)
    assert not {"{", "}"} & {*zh, *en}


def refused(code: str, field: str, act, **arguments) -> None:
    """It is refused with code and field, and every table stands as it did before."""
    before = everything()
    with pytest.raises(Refusal) as caught:
        act(**arguments)
    assert (caught.value.code, caught.value.field) == (code, field)
    told(caught.value)
    assert set(caught.value.as_dict("en")) == {"code", "message", "field"}
    assert everything() == before, "something was half-written"


# --- people ----------------------------------------------------------------------------------------------------------


def wrong_check_digit() -> str:
    right = cast.number(BORN, 2)
    return right[:17] + ("0" if right[17] != "0" else "1")


PEOPLE = {
    "wrong check digit": (wrong_check_digit(), "id_number.check_digit"),
    "impossible birth date": ("370799194202300025", "id_number.impossible_birth_date"),
    "born tomorrow": (cast.number(date(2026, 3, 11), 2), "id_number.impossible_birth_date"),
    "scientific notation": ("3.70799E+17", "id_number.scientific_notation"),
    "too short": ("37079919420307002", "id_number.wrong_length"),
    "a letter": ("37079919420307A021", "id_number.bad_character"),
    "nothing": ("", "input.missing"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", PEOPLE)
def test_an_id_number_that_is_none(what):
    number, code = PEOPLE[what]
    load_sample_county()
    refused(
        code,
        "id_number",
        register,
        county=COUNTY,
        name="王秀兰",
        place=cast.village(TENTH),
        id_number=number,
        on=TENTH,
        at=at(TENTH),
        by="desk",
    )


@pytest.mark.django_db
def test_a_row_of_a_table_with_an_id_number_in_scientific_notation_stops_no_other():
    load_sample_county()
    good = {"姓名": "王秀兰", "证件号码": cast.number(BORN, 2), "居住地": cast.village(TENTH)}
    bad = good | {"姓名": "赵德福", "证件号码": "3.70799E+17"}
    done = load_people(
        county=COUNTY, table=[bad, good], on=TENTH, source="名册", document="名册.xlsx", at=at(TENTH), by="desk"
    )
    first, second = done.rows
    (found,) = first.findings
    assert (first.state, found.kind, found.code, found.field) == (
        "error",
        "error",
        "id_number.scientific_notation",
        "id_number",
    )
    assert CHINESE.search(found.zh)
    assert "text" in found.en
    assert (second.state, list(Person.rows.values_list("name", flat=True))) == ("new", ["王秀兰"])


# --- assessments -----------------------------------------------------------------------------------------------------

SCORES = {
    "score out of range": ("9" + assessments.MODERATE[1:], "assessment.score_out_of_range", "B.1.1"),
    "missing item": ([None, *[0] * 25], "assessment.missing_item", "B.1.1"),
    "one score too few": (assessments.MODERATE[:-1], "assessment.wrong_count", "scores"),
    "no scores": (None, "input.missing", "scores"),
    "half a point": ([3.5, *[0] * 25], "input.not_an_integer", "B.1.1"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", SCORES)
def test_scores_that_are_none(what):
    scores, code, field = SCORES[what]
    found = assessments.assigned(assessments.elder(), on=date(2026, 2, 9))
    refused(code, field, assessments.hand_in, found=found, on=date(2026, 2, 9), scores=scores)
    assert Assessment.rows.get(id=found.id).state == "assigned"


# --- vouchers and money ----------------------------------------------------------------------------------------------


@pytest.fixture
def grant(db) -> Grant:
    return voucher(category="home")


@pytest.fixture
def who(db) -> Provider:
    return provider()


def chosen(grant: Grant, category: str):
    return choose(county=COUNTY, grant_id=grant.id, category=category, at=at(TENTH), on=TENTH, by="elder")


def test_a_group_that_nobody_knows_and_one_without_a_ratio(grant):
    refused("grant.unknown_group", "category", chosen, grant=grant, category="hotel")
    refused("grant.group_not_open", "category", chosen, grant=grant, category="day_care")


def paid(grant: Grant, who: Provider, **charge):
    return pay(grant, who, bath(**charge))


def test_a_service_outside_the_month(grant, who):
    def in_april():
        return pay(grant, who, Charge(item="bath", service_on=date(2026, 4, 1)), on=TENTH)

    refused("redemption.outside_month", "service_on", in_april)
    refused("redemption.in_the_future", "service_on", paid, grant=grant, who=who, day=11)


def test_a_service_after_death(grant, who):
    person = Person.rows.get(id=grant.person_id)
    event = report(
        person=person,
        kind="death",
        happened_on=date(2026, 3, 5),
        source="村委会",
        on=TENTH,
        at=at(TENTH),
        by="village",
    )
    refused("redemption.death_reported", "service_on", paid, grant=grant, who=who, fee_fen=100)
    verify(event=event, on=TENTH, at=at(TENTH), by="clerk")
    refused("redemption.after_death", "service_on", paid, grant=grant, who=who, fee_fen=100)


AMOUNTS = {0: "input.too_small", -1: "input.too_small", 99.5: "input.not_an_integer", True: "input.not_an_integer"}


@pytest.mark.parametrize("amount", AMOUNTS)
def test_amounts_that_are_none(amount, grant, who):
    code, home = AMOUNTS[amount], {"county": COUNTY, "at": at(TENTH), "on": TENTH, "by": "manager"}
    refused(code, "fee_fen", paid, grant=grant, who=who, fee_fen=amount)
    refused(
        code,
        "amount_fen",
        hold,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=amount,
        until=at(date(2026, 3, 20)),
        **home,
    )
    bill = pay(grant, who, bath(20_000))
    refused(code, "fee_fen", amend, bill_no=bill.no, number=1, fee_fen=amount, because="多收", **home)
    refused(code, "fee_fen", pay_assessment, assessment_id=grant.id, fee_fen=amount, **home)
    refused(
        code,
        "price_fen",
        set_price,
        provider=who,
        item=item("cleaning"),
        price_fen=amount,
        valid_from=TENTH,
        at=at(TENTH),
        by="manager",
    )
    asked = {"policy": "consumption-voucher", "place": COUNTY, "on": "2026-03-10", "category": "home"}
    if amount:
        refused(code, "fees_fen[0]", lambda: answer(asked | {"fees_fen": [amount]}))


@pytest.mark.parametrize(("field", "value"), [("quantity", 0), ("quantity", 1.5), ("other_fen", -1)])
def test_counts_that_are_none(field, value, grant, who):
    code = "input.not_an_integer" if value == 1.5 else "input.too_small"
    refused(code, field, paid, grant=grant, who=who, fee_fen=100, **{field: value})


@pytest.mark.django_db
def test_a_budget_of_nothing_of_half_a_fen_or_of_an_unknown_fund():
    given = {
        "county": COUNTY,
        "month": MARCH,
        "by": "finance",
        "approved_by": "head",
        "at": at(FIRST),
        "on": FIRST,
        "programme": "consumption-voucher",
    }
    refused("grant.budget_zero", "amount_fen", set_budget, **given, amount_fen=0)
    refused("input.not_an_integer", "amount_fen", set_budget, **given, amount_fen=0.5)
    refused(
        "ledger.unknown_fund", "programme", set_budget, **{**given, "programme": "no-such-programme"}, amount_fen=100
    )


@pytest.mark.django_db
def test_a_statement_out_of_a_fund_that_is_not_there():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    refused(
        "ledger.unknown_fund",
        "fund_year",
        confirm,
        county=COUNTY,
        statement_id=make.statement(of).id,
        invoice_no="FP-1",
        budget_line="2081006",
        fund_year=2031,
        at=at(date(2026, 4, 5)),
        by="manager",
    )


def test_one_key_with_two_bodies(grant, who):
    def booked(fee_fen: int):
        body = {"grant_no": grant.no, "fee_fen": fee_fen}
        return once(
            county=COUNTY,
            client="manager",
            key="K-1",
            body=body,
            at=at(TENTH),
            do=lambda: {"no": paid(grant, who, fee_fen=fee_fen).no},
        )

    first = booked(20_000)
    assert booked(20_000) == first
    refused("once.other_body", "Idempotency-Key", booked, fee_fen=30_000)
    assert Bill.objects.get().no == first["no"]


# --- packs -----------------------------------------------------------------------------------------------------------

N26 = "000000/consumption-voucher/national-2026"
MARKIT, XINJIANG = "653127/consumption-voucher/2026", "650000/consumption-voucher/2026"
PACKS = {
    "a gap in its dates": (f"{N26}/values.yaml", "value: 60,", "value: 60, until: 2026-06-30,", "policy.gap"),
    "a ring of packs": (f"{XINJIANG}/pack.yaml", f"extends: {N26}", f"extends: {MARKIT}", "policy.cycle"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", PACKS)
def test_packs_that_do_not_hold_together(what, tmp_path: Path):
    file, old, new, code = PACKS[what]
    root = tmp_path / "policies"
    shutil.copytree(shipped(), root)
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new, 1))
    packs = Library(root)
    problem = next(each for each in packs.problems if each.code == code)
    assert (problem.file in {file, f"{MARKIT}/pack.yaml"}, problem.line > 0) == (True, True)
    told(problem)
    refused("policy.packs_have_problems", "pack", load_packs, approver="province", at=at(TENTH), packs=packs)
    assert not PackRelease.objects.exists()


def test_the_catalogue_is_no_place_for_typing_errors(grant, who):
    """A code that is in no catalogue, and a price above the published one."""

    def charged(of: str, fee_fen: int):
        return pay(grant, who, Charge(item=of, service_on=date(2026, 3, 9), fee_fen=fee_fen))

    assert Item.objects.filter(code="bath").exists()
    refused("redemption.unknown_item", "item", charged, of="bat", fee_fen=100)
    refused("redemption.above_price", "fee_fen", charged, of="bath", fee_fen=100_001)
