"""Bills over HTTP."""

from __future__ import annotations

from uuid import uuid4

import pytest

from songhe.doors.api.tests.conftest import AT, COUNTY, DAY, problem, read
from songhe.doors.shell.clock import read_clock
from songhe.grant.tests.world import left, voucher
from songhe.jobs.models import Once
from songhe.ledger.models import Transfer
from songhe.person.code import show
from songhe.person.medium import issue
from songhe.redemption.models import Bill
from songhe.redemption.tests.world import card_of, provider, visit_of
from songhe.trail.models import Entry

ELSEWHERE = "370702"


def now():
    return read_clock().at


def bill(grant, **more):
    return {"grant_no": grant.no, "lines": [{"item": "bath", "service_on": "2026-03-09"}], **more}


@pytest.fixture
def grant():
    return voucher()


@pytest.fixture
def shop():
    return provider()


@pytest.fixture
def till(machine, shop):
    return machine("provider_manager", provider=shop.id)


def test_a_bill_is_redeemed_by_the_number_of_the_voucher(till, grant, shop):
    made = read(till.post("/redemptions", bill(grant), key=True))
    assert made["state"] == "booked"
    assert made["fee_fen"] == 100_000
    assert made["voucher_fen"] == 50_000
    assert made["self_fen"] == 50_000
    assert made["provider"] == shop.id
    assert made["grant_no"] == grant.no
    assert left(grant) == 0 or left(grant) == grant.terms["home"][1] - 50_000
    assert Entry.objects.filter(county=COUNTY, act="redemption.redeem").get().actor == till.account.username


def test_a_bill_is_redeemed_by_the_card_of_the_person(till, grant):
    shown = {"grant_no": None, "medium": card_of(grant, "C00001"), "confirmed_by": "elder"}
    assert read(till.post("/redemptions", bill(grant, **shown), key=True))["grant_no"] == grant.no


def test_a_card_alone_pays_nothing(till, grant):
    shown = {"grant_no": None, "medium": card_of(grant, "C00001")}
    assert problem(till.post("/redemptions", bill(grant, **shown), key=True))["type"] == "person.medium_not_confirmed"


def test_a_code_on_a_telephone_pays_once(till, grant):
    phone = issue(person=grant.person, kind="phone", on=DAY, at=AT, by="clerk")
    code = show(medium=phone, at=now()).payload
    key = uuid4()
    shown = bill(grant, grant_no=None, medium=code)
    made = read(till.post("/redemptions", shown, key=key))
    assert read(till.post("/redemptions", shown, key=key)) == made
    assert problem(till.post("/redemptions", shown, key=True))["type"] == "person.code_used"
    typed = problem(till.post("/redemptions", shown | {"medium": phone.number}, key=True))
    assert typed["type"] == "person.code_forged"


def test_the_number_on_a_telephone_may_be_read_out_instead(till, grant):
    phone = issue(person=grant.person, kind="phone", on=DAY, at=AT, by="clerk")
    number = show(medium=phone, at=now()).number
    heard = bill(grant, grant_no=None, medium=f"{number[:4]} {number[4:8]} {number[8:]}", county=COUNTY)
    assert read(till.post("/redemptions", heard, key=True))["grant_no"] == grant.no
    assert problem(till.post("/redemptions", heard, key=True))["type"] == "person.code_used"


def test_a_code_of_another_county_is_not_found_and_the_try_is_noted_there(machine, grant, shop):
    phone = issue(person=grant.person, kind="phone", on=DAY, at=AT, by="clerk")
    till = machine("provider_manager", provider=shop.id, place=ELSEWHERE)
    shown = bill(grant, grant_no=None, medium=show(medium=phone, at=now()).payload)
    assert problem(till.post("/redemptions", shown, key=True))["type"] == "person.medium_unknown"
    assert Entry.objects.get(act="door.out_of_reach").subject_id == str(phone.id)


def test_a_number_may_be_typed_with_spaces(till, grant):
    spaced = " ".join(grant.no[start : start + 4] for start in range(0, len(grant.no), 4))
    assert read(till.post("/redemptions", bill(grant, grant_no=spaced), key=True))["grant_no"] == grant.no


def test_a_slip_in_the_number_is_said(till, grant):
    slipped = grant.no[:-1] + str((int(grant.no[-1]) + 1) % 10)
    refused = problem(till.post("/redemptions", bill(grant, grant_no=slipped), key=True))
    assert refused["type"] == "document.wrong_check_digits"
    assert refused["errors"][0]["loc"] == ["body", "grant_no"]


def test_a_bill_of_which_ltci_is_not_known_is_provisional_until_it_is_trued_up(till, grant):
    made = read(till.post("/redemptions", bill(grant, ltci_fen=None), key=True))
    assert made["state"] == "provisional"
    final = read(till.post(f"/redemptions/{made['no']}/true-up", {"ltci_fen": 40_000}, key=True))
    assert (final["state"], final["ltci_fen"], final["voucher_fen"]) == ("booked", 40_000, 30_000)
    assert read(till.get(f"/redemptions/{final['no']}"))["replaces"] == made["no"]
    assert read(till.get(f"/redemptions/{made['no']}"))["state"] == "reversed"


def test_a_bill_that_is_handed_in_waits_for_the_month(till, grant):
    made = read(till.post("/redemptions", bill(grant, hand_in=True), key=True))
    assert (made["state"], made["voucher_fen"], made["booked_at"]) == ("handed_in", 0, None)
    assert not Transfer.objects.filter(kind="redeem").exists()


def test_a_bill_is_read_with_its_lines_and_every_step(till, grant, shop):
    visit = visit_of(grant, shop)
    lines = [{"item": "bath", "service_on": "2026-03-09", "visit": str(visit.id)}]
    made = read(till.post("/redemptions", bill(grant, lines=lines), key=True))
    found = read(till.get(f"/redemptions/{made['no']}"))
    assert found["lines"][0]["voucher_fen"] == 50_000
    assert found["lines"][0]["ratio"] == "1/2"
    assert found["lines"][0]["steps"]
    assert found["lines"][0]["reversed"] is False


def test_it_needs_a_key(till, grant):
    refused = till.post("/redemptions", bill(grant))
    assert refused.status_code == 400
    assert problem(refused)["type"] == "api.idempotency_key_missing"
    assert problem(till.post("/redemptions", bill(grant), key="seven"))["type"] == "api.idempotency_key_not_a_uuid"


def test_the_same_key_gives_the_same_answer_and_one_effect(till, grant):
    key = uuid4()
    first = till.post("/redemptions", bill(grant), key=key)
    again = till.post("/redemptions", bill(grant), key=key)
    assert again.status_code == first.status_code == 201
    assert read(again) == read(first)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Bill.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(till, grant):
    key = uuid4()
    read(till.post("/redemptions", bill(grant), key=key))
    refused = till.post("/redemptions", bill(grant, confirmed_by="elder"), key=key)
    assert refused.status_code == 422
    assert problem(refused)["type"] == "once.other_body"
    assert problem(refused)["errors"][0]["loc"] == ["header", "Idempotency-Key"]


def test_the_same_key_for_another_call_is_refused(till, grant):
    key = uuid4()
    made = read(till.post("/redemptions", bill(grant, ltci_fen=None), key=key))
    refused = till.post(f"/redemptions/{made['no']}/true-up", {"ltci_fen": 0}, key=key)
    assert problem(refused)["type"] == "once.other_body"


def test_a_key_is_its_clients_own(till, grant, page, shop):
    key = uuid4()
    read(till.post("/redemptions", bill(grant), key=key))
    manager = page("provider_manager", provider=shop.id)
    lines = [{"item": "bath", "service_on": "2026-03-08"}]
    read(manager.post("/redemptions", bill(grant, lines=lines), key=key))
    assert Bill.objects.count() == 2


def test_a_refused_call_leaves_no_key_and_may_be_tried_again(till, grant):
    key = uuid4()
    refused = till.post("/redemptions", bill(grant, lines=[]), key=key)
    assert problem(refused)["type"] == "redemption.no_lines"
    assert not Once.objects.exists()
    read(till.post("/redemptions", bill(grant), key=key))


def test_the_whole_bill_is_reversed(till, grant):
    before = left(grant)
    made = read(till.post("/redemptions", bill(grant), key=True))
    undone = read(till.post(f"/redemptions/{made['no']}/reversals", {"reason": "重复录入"}, key=True))
    assert undone["bill"]["state"] == "reversed"
    assert undone["reversals"] == [
        {"line": 1, "voucher_fen": 50_000, "restored": True, "month": "2026-03", "on": "2026-03-10"}
    ]
    assert undone["again"] is None
    assert left(grant) == before


def test_one_line_is_booked_anew_with_a_smaller_fee(till, grant):
    made = read(till.post("/redemptions", bill(grant), key=True))
    body = {"reason": "多收", "lines": [1], "fee_fen": 60_000}
    undone = read(till.post(f"/redemptions/{made['no']}/reversals", body, key=True))
    assert undone["again"]["voucher_fen"] == 30_000
    assert [each["line"] for each in undone["reversals"]] == [1]


def test_a_smaller_fee_is_for_one_line(till, grant):
    made = read(till.post("/redemptions", bill(grant), key=True))
    body = {"reason": "多收", "fee_fen": 60_000}
    assert problem(till.post(f"/redemptions/{made['no']}/reversals", body))["type"] == "api.amend_one_line"


def test_a_reversal_needs_a_reason(till, grant):
    made = read(till.post("/redemptions", bill(grant), key=True))
    refused = till.post(f"/redemptions/{made['no']}/reversals", {"reason": " "})
    assert problem(refused)["type"] == "redemption.reversal_needs_reason"


def test_a_refusal_of_the_rule_comes_with_its_code_and_its_field(till, grant):
    refused = till.post("/redemptions", bill(grant, ltci_fen=200_000), key=True)
    assert refused.status_code == 422
    told = problem(refused)
    assert told["type"] == "quote.ltci_over_fees"
    assert told["title"] == "内容不符合要求"
    assert told["errors"][0]["code"] == "quote.ltci_over_fees"


def test_bills_are_listed(till, grant):
    for day in ("2026-03-07", "2026-03-08"):
        lines = [{"item": "bath", "service_on": day, "fee_fen": 1_000}]
        read(till.post("/redemptions", bill(grant, lines=lines), key=True))
    found = read(till.get(f"/redemptions?month=2026-03&state=booked&total=true&grant_no={grant.no}&limit=1"))
    assert found["total"] == 2
    assert len(found["items"]) == 1
    assert found["next_cursor"]


def test_a_provider_acts_for_itself_alone(till, grant):
    refused = till.post("/redemptions", bill(grant, provider=provider().id), key=True)
    assert refused.status_code == 404
    assert problem(refused)["type"] == "redemption.unknown_provider"


def test_another_providers_bill_is_not_found(machine, till, grant):
    made = read(till.post("/redemptions", bill(grant), key=True))
    other = machine("provider_manager", provider=provider().id, username="other")
    for answer in (
        other.get(f"/redemptions/{made['no']}"),
        other.post(f"/redemptions/{made['no']}/reversals", {"reason": "x"}),
        other.post(f"/redemptions/{made['no']}/true-up", {"ltci_fen": 0}),
    ):
        assert answer.status_code == 404
        assert problem(answer)["type"] == "redemption.unknown_bill"
    assert read(other.get("/redemptions"))["items"] == []


def test_a_voucher_of_another_county_is_not_found_and_the_try_is_noted_there(machine, grant, shop):
    till = machine("provider_manager", provider=shop.id, place=ELSEWHERE)
    refused = till.post("/redemptions", bill(grant), key=True)
    assert refused.status_code == 404
    assert problem(refused)["type"] == "grant.unknown"
    tried = Entry.objects.get(act="door.out_of_reach")
    assert (tried.county, tried.subject_id, tried.actor) == (COUNTY, str(grant.id), till.account.username)
    assert not Bill.objects.exists()


def test_a_token_reaches_no_further_than_its_places(machine, grant, shop):
    till = machine("provider_manager", provider=shop.id, place=COUNTY, places=[ELSEWHERE])
    assert till.post("/redemptions", bill(grant), key=True).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "code", "loc"),
    [
        ({"ltci_fen": True}, "input.not_an_integer", ["body", "ltci_fen"]),
        ({"ltci_fen": "100"}, "input.not_an_integer", ["body", "ltci_fen"]),
        ({"ltci_fen": 1.0}, "input.not_an_integer", ["body", "ltci_fen"]),
        ({"ltci_fen": -1}, "input.too_small", ["body", "ltci_fen"]),
        ({"ltci_fen": 10**30}, "input.too_large", ["body", "ltci_fen"]),
        ({"state": "booked"}, "input.unknown_field", ["body", "state"]),
        ({"lines": "bath"}, "input.wrong_type", ["body", "lines"]),
        ({"lines": [{"item": "bath"}]}, "input.missing", ["body", "lines", 0, "service_on"]),
        (
            {"lines": [{"item": "bath", "service_on": "9 March"}]},
            "input.not_a_date",
            ["body", "lines", 0, "service_on"],
        ),
        ({"lines": [{"item": "bath", "service_on": 0}]}, "input.not_a_date", ["body", "lines", 0, "service_on"]),
        ({"confirmed_by": "cat"}, "input.not_a_choice", ["body", "confirmed_by"]),
        ({"hold": "x"}, "input.wrong_type", ["body", "hold"]),
        ({"medium": ""}, "input.too_short", ["body", "medium"]),
        ({"medium": "x" * 101}, "input.too_long", ["body", "medium"]),
        ({"county": "37079"}, "input.wrong_form", ["body", "county"]),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_chinese(till, grant, wrong, code, loc):
    refused = till.post("/redemptions", bill(grant) | wrong, key=True)
    assert refused.status_code == 422
    told = problem(refused)
    assert told["type"] == code
    assert told["errors"][0]["code"] == code
    assert told["errors"][0]["loc"] == loc
    assert any("\u4e00" <= character <= "\u9fff" for character in told["errors"][0]["message"])


def test_all_that_is_wrong_is_said_at_once_and_in_english_to_who_asks_for_it(till, grant):
    wrong = bill(grant, ltci_fen=True, colour="red")
    told = problem(till.post("/redemptions", wrong, key=True, Accept_Language="en"))
    assert {each["code"] for each in told["errors"]} == {"input.not_an_integer", "input.unknown_field"}
    assert "whole number" in told["errors"][0]["message"] + told["errors"][1]["message"]
