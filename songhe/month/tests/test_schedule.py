"""What the worker does from day to day, each day's jobs once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from songhe.card import topup
from songhe.card.tests.world import left as on_card
from songhe.card.tests.world import made_card, made_fund
from songhe.grant.models import Grant
from songhe.grant.tests.world import COUNTY, TENTH, left, voucher
from songhe.jobs.models import Run
from songhe.month.schedule import due, tick
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import hand_in
from songhe.redemption.tests.world import bath, provider
from songhe.service.tests.world import at

pytestmark = pytest.mark.django_db
LAST, FIRST_OF_APRIL = date(2026, 3, 31), date(2026, 4, 1)


def handed_in(grant: Grant) -> Bill:
    request = Request(provider_id=provider().id, charges=(bath(20_000),), grant_no=grant.no)
    return hand_in(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")


def day(on: date) -> int:
    def calendar(_natural: date):
        return on, lambda: at(on)

    return tick(on=on, clock=lambda: at(on), calendar=calendar)


def jobs(on: date) -> list[str]:
    found = due(on=on, clock=lambda: at(on), calendar=lambda natural: (natural, lambda: at(on)), people=None)
    return [each.name for each in found]


def test_bills_handed_in_are_booked_before_their_vouchers_lapse():
    grant = voucher(category="home")
    bill = handed_in(grant)
    assert jobs(FIRST_OF_APRIL) == ["daily:redeem:2026-03", "daily:expire:2026-03", "daily:holds"]
    day(LAST)
    bill.refresh_from_db()
    assert (bill.state, left(grant)) == ("booked", 70_000)
    day(FIRST_OF_APRIL)
    grant.refresh_from_db()
    assert (grant.state, left(grant)) == ("expired", 0)


def test_a_top_up_of_which_nothing_was_heard_is_asked_about_every_hour(settings):
    family = made_fund(source="family", expiry="never")
    card = made_card()
    row = topup.ask(card=card, amount_fen=1_000, at=at(TENTH) - timedelta(hours=1), on=TENTH, by="daughter")
    assert "hourly:topups" in jobs(TENTH)
    day(TENTH)
    row.refresh_from_db()
    assert (row.state, on_card(card, family)) == ("waiting", 0)
    assert Run.objects.get(job="hourly:topups").state == "done"


def test_a_day_s_jobs_are_done_once():
    handed_in(voucher(category="home"))
    assert day(LAST) > 0
    before = Run.objects.count()
    day(LAST)
    assert Run.objects.count() == before
    assert jobs(LAST) == ["daily:issue", "daily:holds"]
