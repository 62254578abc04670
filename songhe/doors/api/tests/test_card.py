"""Love cards over HTTP: read by who may, topped up once for a key, refunded with what goes back."""

from __future__ import annotations

import pytest

from songhe.card.models import Refund, TopUp
from songhe.card.ports import payments
from songhe.card.tests import world
from songhe.card.tests.world import JINDONG, TENTH, at
from songhe.card.topup import take
from songhe.doors.api.tests.conftest import problem, read
from songhe.person.models import Mandate
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

KEY = "5f0c2a9e-7d0b-4b0e-9a67-3a1d6f1f6c55"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def funds(practice):
    own = world.made_fund(county=JINDONG, source="family", expiry="never")
    charity = world.made_fund(county=JINDONG, source="charity", expiry="never", matches=True)
    meals = world.made_fund(county=JINDONG, allowed=("meals",), rates={"card_class_2_old": 2_000})
    return own, charity, meals


@pytest.fixture
def card(funds):
    made = world.made_card("card_class_2_old", county=JINDONG, card_class=2)
    world.run_charge(funds[2])
    return made


@pytest.fixture
def granny(machine, card):
    return machine("citizen", place=JINDONG, person=card.person_id, username="granny")


def paid(no):
    body, headers = payments().pay(no, at=at(TENTH))
    take(paid=payments().read(body, headers), at=at(TENTH), on=TENTH)


def test_a_card_is_read_with_its_purses_in_the_order_in_which_they_pay(granny, card):
    world.top_up(card, 5_000)
    found = read(granny.get(f"/cards/{card.no}"))
    assert found["balance_fen"] == 10_000
    assert [(one["source"], one["balance_fen"], one["because"]) for one in found["purses"]] == [
        ("finance", 2_000, "lapses"),
        ("charity", 3_000, "open"),
        ("family", 5_000, "family_last"),
    ]
    assert found["purses"][0]["allowed"] == ["meals"]
    assert found["number"].startswith("*")
    assert [one["no"] for one in read(granny.get("/cards"))["items"]] == [card.no]


def test_the_movements_of_a_month_add_up(granny, card):
    world.top_up(card, 5_000)
    found = read(granny.get(f"/cards/{card.no}/movements?month=2026-03"))
    assert (found["before_fen"], found["in_fen"], found["out_fen"], found["after_fen"]) == (0, 10_000, 0, 10_000)
    assert {one["kind"] for one in found["movements"]} == {"charge", "topup", "match"}
    assert read(granny.get(f"/cards/{card.no}/movements"))["month"] == "2026-03"
    assert granny.get(f"/cards/{card.no}/movements?month=x").status_code == 422
    assert problem(granny.get(f"/cards/{card.no}/movements?colour=x"))["type"] == "input.unknown_field"


def test_a_top_up_is_made_once_for_its_key_and_says_where_to_pay(granny, card):
    assert granny.post(f"/cards/{card.no}/top-ups", {"amount_fen": 5_000}).status_code == 400
    first, second = (read(granny.post(f"/cards/{card.no}/top-ups", {"amount_fen": 5_000}, key=KEY)) for _ in range(2))
    assert first == second
    assert TopUp.objects.filter(county=JINDONG).count() == 1
    waits = read(granny.get(f"/top-ups/{first['no']}"))
    assert (waits["state"], waits["matched_fen"], waits["pay_at"]) == (
        "waiting",
        3_000,
        f"/practice/payment/{first['no']}",
    )
    paid(first["no"])
    done = read(granny.get(f"/top-ups/{first['no']}"))
    assert (done["state"], done["matched_fen"], done["refundable_fen"], done["pay_at"]) == ("paid", 3_000, 5_000, None)
    assert [one["no"] for one in read(granny.get(f"/cards/{card.no}/top-ups?state=paid"))["items"]] == [first["no"]]


@pytest.mark.parametrize("fen", [0, 99, 1_000_001, 10**13, "100", True, 1.5, None])
def test_an_amount_that_does_not_do_is_refused(granny, card, fen):
    assert granny.post(f"/cards/{card.no}/top-ups", {"amount_fen": fen}, key=True).status_code == 422
    assert not TopUp.objects.filter(county=JINDONG).exists()


def test_a_top_up_is_cancelled_while_it_waits(granny, card):
    no = read(granny.post(f"/cards/{card.no}/top-ups", {"amount_fen": 5_000}, key=True))["no"]
    assert read(granny.post(f"/top-ups/{no}/cancel"))["state"] == "cancelled"
    assert problem(granny.post(f"/top-ups/{no}/cancel"))["type"] == "card.wrong_state"


def test_a_refund_takes_its_match_along_and_is_done_once(granny, card):
    row = world.top_up(card, 5_000)
    body = {"amount_fen": 2_500, "reason": "不用了"}
    for _ in range(2):
        made = read(granny.post(f"/top-ups/{row.no}/refunds", body, key=KEY))
        assert (made["amount_fen"], made["back_fen"]) == (2_500, 500)
    assert Refund.objects.filter(county=JINDONG).count() == 1
    refused = granny.post(f"/top-ups/{row.no}/refunds", {"amount_fen": 2_501, "reason": "x"}, key=True)
    assert problem(refused)["type"] == "card.refund_too_large"


def test_a_proxy_refunds_what_they_paid_and_with_a_mandate_for_the_card_the_rest(machine, card):
    from songhe.assessment.tests.world import elder, mandate

    page = machine("citizen", place=JINDONG, person=elder(county=JINDONG).id, username="cousin")
    held = mandate(card.person, account="cousin", acts=["apply"])
    theirs = world.top_up(card, 2_000)
    body = {"amount_fen": 100, "reason": "x"}
    assert problem(page.post(f"/top-ups/{theirs.no}/refunds", body, key=True))["type"] == "person.no_mandate"
    own = read(page.post(f"/cards/{card.no}/top-ups", {"amount_fen": 1_000}, key=True))["no"]
    read(page.get(f"/top-ups/{own}"))
    paid(own)
    assert page.post(f"/top-ups/{own}/refunds", body, key=True).status_code == 201
    Mandate.objects.filter(id=held.id).update(acts=["card"])
    assert page.post(f"/top-ups/{theirs.no}/refunds", body, key=True).status_code == 201


def test_another_countys_card_is_not_found_and_the_look_is_noted_there(machine, card):
    row = world.top_up(card, 5_000)
    desk = machine("county_clerk", place="370702")
    for answer in (
        desk.get(f"/cards/{card.no}"),
        desk.get(f"/cards/{card.no}/movements"),
        desk.get(f"/cards/{card.no}/top-ups"),
        desk.post(f"/cards/{card.no}/top-ups", {"amount_fen": 100}, key=True),
    ):
        assert problem(answer)["type"] == "card.unknown"
    for answer in (
        desk.get(f"/top-ups/{row.no}"),
        desk.post(f"/top-ups/{row.no}/refunds", {"amount_fen": 100, "reason": "x"}, key=True),
        desk.get("/top-ups/x"),
    ):
        assert problem(answer)["type"] == "card.unknown_topup"
    assert {each.county for each in Entry.objects.filter(act="door.out_of_reach")} == {JINDONG}
