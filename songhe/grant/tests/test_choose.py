from datetime import date

import pytest

from songhe.assessment.tests.world import COUNTY, at, body, elder
from songhe.entitlement.models import Entitlement
from songhe.grant.choose import choose, claim
from songhe.grant.expire import expire
from songhe.grant.hold import hold, release, release_overdue
from songhe.grant.models import Grant, Hold
from songhe.grant.revoke import revoke
from songhe.grant.tests.world import MARCH, PROGRAMME, TENTH, budget, entitled, left, run_issue, voucher
from songhe.kernel.refusal import Refusal
from songhe.ledger.check import check

pytestmark = pytest.mark.django_db


def pick(grant, category, **more):
    return choose(county=COUNTY, grant_id=grant.id, category=category, at=at(TENTH), on=TENTH, by="daughter", **more)


def set_aside(grant, amount, category="home"):
    return hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=body().id,
        category=category,
        amount_fen=amount,
        at=at(TENTH),
        on=TENTH,
        until=at(date(2026, 3, 12)),
        by="manager",
    )


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code


def test_one_of_four_groups_is_chosen_for_the_month_and_repeats():
    grant = pick(voucher(category=""), "institution_long")
    assert grant.category == "institution_long"
    assert Entitlement.objects.get(county=COUNTY, id=grant.entitlement_id).category == "institution_long"


def test_the_group_may_change_until_the_voucher_is_used():
    grant = voucher(category="home")
    assert pick(grant, "institution_short").category == "institution_short"
    Grant.objects.filter(county=COUNTY, id=grant.id).update(used_on=TENTH)
    refused_with("grant.already_used", lambda: pick(grant, "home"))


def test_a_choice_for_one_month_leaves_the_standing_choice():
    grant = voucher(category="home")
    pick(grant, "institution_short", standing=False)
    assert Entitlement.objects.get(county=COUNTY, id=grant.entitlement_id).category == "home"


def test_refuses_a_group_that_does_not_exist_or_has_no_ratio_here():
    grant = voucher()
    refused_with("grant.unknown_group", lambda: pick(grant, "holiday"))
    refused_with("grant.group_not_open", lambda: pick(grant, "day_care"))


def test_a_voucher_that_must_be_claimed_is_claimed_once():
    grant = voucher()
    Grant.objects.filter(county=COUNTY, id=grant.id).update(claimed=False)
    refused_with("grant.not_claimed", lambda: set_aside(grant, 100))
    for _ in range(2):
        assert claim(county=COUNTY, grant_id=grant.id, at=at(TENTH), on=TENTH, by="daughter").claimed


def test_a_hold_sets_money_aside_and_gives_it_back():
    grant = voucher()
    row = set_aside(grant, 30_000)
    assert left(grant) == 50_000
    refused_with("grant.already_used", lambda: pick(grant, "institution_long"))
    for _ in range(2):
        release(county=COUNTY, hold_id=row.id, at=at(TENTH), on=TENTH, by="manager")
    assert left(grant) == 80_000
    assert list(check()) == []


def test_refuses_to_hold_more_than_is_left():
    grant = voucher()
    refused_with("ledger.insufficient", lambda: set_aside(grant, 80_001))


def test_no_hold_outlives_its_time():
    grant = voucher()
    row = set_aside(grant, 30_000)
    assert release_overdue(county=COUNTY, at=at(date(2026, 3, 13)), on=date(2026, 3, 13)) == 1
    assert Hold.objects.get(county=COUNTY, id=row.id).state == "released"


def expire_march(on=date(2026, 4, 1)):
    return expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=on, clock=lambda: at(on))


def test_what_is_not_used_lapses_after_the_month_with_its_holds():
    grant = voucher()
    set_aside(grant, 30_000)
    assert expire_march(on=date(2026, 3, 31)).grants == 0
    done = expire_march()
    assert (done.grants, done.fen) == (1, 80_000)
    assert left(grant) == 0
    assert Hold.objects.get(county=COUNTY).state == "released"
    assert expire_march().fen == 0
    refused_with("grant.expired", lambda: pick(grant, "institution_long"))
    assert list(check()) == []


def test_a_revoked_voucher_returns_its_money_to_the_budget():
    grant = voucher()
    for person in ("clerk", "approver"):
        act = {"by": "clerk", "approved_by": person, "at": at(TENTH), "on": TENTH}
        if person == "clerk":
            refused_with(
                "grant.revoke_same_person",
                lambda act=act: revoke(county=COUNTY, grant_id=grant.id, because="误发", **act),
            )
        else:
            revoke(county=COUNTY, grant_id=grant.id, because="误发", **act)
    assert left(grant) == 0
    refused_with("grant.revoked", lambda: pick(grant, "institution_long"))
    assert entitled() is not None
    assert list(check()) == []


def test_where_the_place_asks_for_it_a_voucher_waits_to_be_claimed_each_month():
    """Beijing and Hangzhou: what is issued there is taken by the elder or a proxy, month by month."""
    beijing = "110105"
    entitled(county=beijing, person=elder(county=beijing))
    budget(county=beijing)
    run_issue(county=beijing)
    grant = Grant.objects.get(county=beijing)
    assert not grant.claimed
    assert claim(county=beijing, grant_id=grant.id, at=at(TENTH), on=TENTH, by="daughter").claimed
