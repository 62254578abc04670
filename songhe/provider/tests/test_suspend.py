"""A suspension stops new elders and bills; whoever lives there stays until there is another place."""

from __future__ import annotations

from datetime import date

from songhe.provider.models import Suspension
from songhe.provider.suspend import is_suspended, lift, require_open, suspend
from songhe.provider.tests.conftest import AT, COUNTY, ON
from songhe.provider.tests.test_admit import listed, refused


def suspended(provider, since=ON, **more):
    told = {"county": COUNTY, "because": "消防整改", "at": AT, "by": "supervisor"}
    return suspend(provider=provider, since=since, **(told | more))


def test_nobody_new_comes_and_residents_stay(institution):
    suspended(institution)
    assert is_suspended(institution, COUNTY, ON)
    assert not is_suspended(institution, COUNTY, date(2026, 3, 1))
    assert not is_suspended(institution, COUNTY, ON, resident=True)
    assert not is_suspended(institution, "370702", ON)


def test_residents_stay_until_the_day_that_was_set(institution):
    suspended(institution, residents_until=date(2026, 4, 30))
    assert not is_suspended(institution, COUNTY, date(2026, 4, 30), resident=True)
    assert is_suspended(institution, COUNTY, date(2026, 5, 1), resident=True)


def test_a_suspension_is_lifted_and_may_come_again(institution):
    first = suspended(institution)
    lift(suspension=first, last_day=date(2026, 3, 31), because="整改合格", at=AT, by="supervisor")
    assert is_suspended(institution, COUNTY, date(2026, 3, 31))
    assert not is_suspended(institution, COUNTY, date(2026, 4, 1))
    refused(
        "provider.not_suspended",
        lift,
        suspension=first,
        last_day=date(2026, 4, 1),
        because="再",
        at=AT,
        by="supervisor",
    )
    suspended(institution, date(2026, 4, 1))


def test_a_suspension_says_why_and_stands_once(institution):
    refused("provider.reason_missing", suspended, institution, because=" ")
    refused("period.ends_before_it_begins", suspended, institution, residents_until=date(2026, 3, 1))
    assert not Suspension.objects.exists()
    standing = suspended(institution)
    refused("provider.already_suspended", suspended, institution)
    refused("provider.already_suspended", suspended, institution, date(2026, 2, 1))
    refused("provider.reason_missing", lift, suspension=standing, last_day=ON, because="", at=AT, by="supervisor")
    refused(
        "period.ends_before_it_begins",
        lift,
        suspension=standing,
        last_day=date(2026, 3, 1),
        because="误",
        at=AT,
        by="supervisor",
    )


def test_a_body_serves_where_it_is_listed_and_not_suspended(institution):
    refused("provider.not_listed", require_open, institution, COUNTY, "institution_long", ON)
    listed(institution, ["institution_long"])
    require_open(institution, COUNTY, "institution_long", ON)
    refused("provider.not_listed", require_open, institution, COUNTY, "home", ON)
    suspended(institution)
    refused("provider.suspended", require_open, institution, COUNTY, "institution_long", ON)
    require_open(institution, COUNTY, "institution_long", ON, resident=True)
