"""Vouchers over HTTP."""

from __future__ import annotations

import pytest

from songhe.assessment.tests.world import mandate
from songhe.doors.api.tests.conftest import COUNTY, problem, read
from songhe.grant.models import Grant
from songhe.grant.tests.world import voucher
from songhe.redemption.tests.world import bath, pay, provider
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
ELSEWHERE = "370702"


@pytest.fixture
def grant():
    return voucher(category="")


@pytest.fixture
def desk(machine):
    return machine("county_clerk")


def test_a_voucher_is_read_with_what_is_left(desk, grant):
    found = read(desk.get(f"/grants/{grant.no}"))
    assert found["month"] == "2026-03"
    assert found["left_fen"] == grant.face_fen
    assert {"category": "home", "ratio": "1/2", "cap_fen": 80_000} in found["terms"] or found["terms"]


def test_vouchers_are_listed_by_person_and_month(desk, grant):
    voucher()
    found = read(desk.get(f"/grants?person={grant.person_id}&month=2026-03"))
    assert [each["no"] for each in found["items"]] == [grant.no]
    assert read(desk.get("/grants?month=2026-04"))["items"] == []


def test_a_group_is_chosen(desk, grant):
    shop = provider()
    chosen = read(desk.post(f"/grants/{grant.no}/choose", {"category": "home", "provider": shop.id}, key=True))
    assert (chosen["category"], chosen["provider"]) == ("home", shop.id)
    grant.refresh_from_db()
    assert grant.category == "home"


def test_a_used_group_stays(desk, grant):
    read(desk.post(f"/grants/{grant.no}/choose", {"category": "home"}))
    pay(Grant.objects.get(id=grant.id), provider(), bath(10_000))
    refused = desk.post(f"/grants/{grant.no}/choose", {"category": "institution_long"})
    assert refused.status_code == 409
    assert problem(refused)["type"] == "grant.already_used"


def test_an_unknown_group_and_an_unknown_provider_are_refused(desk, grant):
    assert problem(desk.post(f"/grants/{grant.no}/choose", {"category": "x"}))["type"] == "grant.unknown_group"
    body = {"category": "home", "provider": 10**9}
    assert problem(desk.post(f"/grants/{grant.no}/choose", body))["type"] == "redemption.unknown_provider"


def test_a_voucher_is_claimed_with_or_without_a_body(desk, grant):
    Grant.objects.filter(county=COUNTY, id=grant.id).update(claimed=False)
    assert read(desk.post(f"/grants/{grant.no}/claim"))["claimed"] is True
    assert read(desk.post(f"/grants/{grant.no}/claim", {}))["claimed"] is True


def test_a_proxy_chooses_within_the_mandate(machine, grant):
    other = voucher()
    page = machine("citizen", person=other.person_id, username="daughter")
    held = mandate(grant.person, account="daughter", acts=["choose"])
    chosen = read(page.post(f"/grants/{grant.no}/choose", {"category": "home"}))
    assert chosen["category"] == "home"
    assert Entry.objects.get(act="grant.choose").behalf_of == held.person_id
    refused = page.post(f"/grants/{grant.no}/claim")
    assert refused.status_code == 403
    assert problem(refused)["type"] == "person.no_mandate"


def test_a_provider_sees_the_vouchers_that_chose_it_or_paid_it(machine):
    shop, chosen, used, other = provider(), voucher(), voucher(), voucher()
    Grant.objects.filter(county=COUNTY, id=chosen.id).update(provider=shop)
    pay(used, shop, bath(10_000))
    till = machine("provider_manager", provider=shop.id)
    assert {each["no"] for each in read(till.get("/grants"))["items"]} == {chosen.no, used.no}
    assert till.get(f"/grants/{used.no}").status_code == 200
    assert till.get(f"/grants/{other.no}").status_code == 404


def test_another_countys_voucher_is_not_found_and_the_look_is_noted_there(machine, grant):
    desk = machine("county_clerk", place=ELSEWHERE)
    for answer in (
        desk.get(f"/grants/{grant.no}"),
        desk.post(f"/grants/{grant.no}/choose", {"category": "home"}),
        desk.post(f"/grants/{grant.no}/claim"),
    ):
        assert answer.status_code == 404
        assert problem(answer)["type"] == "grant.unknown"
    assert {each.county for each in Entry.objects.filter(act="door.out_of_reach")} == {COUNTY}
