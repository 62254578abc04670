"""The rent that was drawn up is charged person by person: the card pays what it may, the family the rest."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.aid.rent import draw_up
from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import at, elder
from songhe.card.tests.world import LISHUI, left
from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.staff.tests.reading import form_for, forms, text
from songhe.kernel.month import Month
from songhe.provider.models import Listing
from songhe.redemption.models import Bill
from songhe.redemption.tests.test_card import funded
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/provider/aids/rent/"
FEBRUARY = Month(2026, 2)
OUT_ON = date(2026, 2, 1)


@pytest.fixture
def lender(practice):
    made = aids.provider(county=LISHUI)
    Listing.objects.filter(provider=made).update(categories=["home"])
    return made


def lent(lender, person):
    loan = aids.lent(lender, person, on=OUT_ON, with_piece=aids.piece(lender, county=LISHUI))
    draw_up(county=LISHUI, month=FEBRUARY, at=at(DAY), on=DAY, by="manager", provider=lender)
    return loan


@pytest.fixture
def manager(enter, lender):
    return enter("lender", "provider_manager", provider=lender.id)


def test_a_month_is_charged_once_and_the_bill_says_who_pays(manager, lender):
    fund, card = funded(5_000, allowed=("aids",), expiry="period_end", period_months=12)
    lent(lender, card.person)
    without = elder(county=LISHUI, name="李大爷")
    lent(lender, without)
    page = manager.get(PAGE)
    for words in (card.person.name, "28 天，每天 ¥3.00", "¥84.00", "¥168.00", "没有爱心卡的，租金由家庭向机构付"):
        assert words in text(page)
    where = f"{PAGE}charge/{card.person_id}/"
    assert f"{PAGE}charge/{without.id}/" not in forms(page)
    address, hidden = form_for(page, where)
    done = manager.post(address, hidden, follow=True)
    assert "租金已入账：爱心卡付¥50.00，向家庭收¥34.00" in text(done)
    assert left(card, fund) == 0
    again = manager.post(address, hidden, follow=True)
    assert (again.status_code, Bill.objects.count()) == (200, 1)
    assert card.person.name not in text(manager.get(PAGE))
    other = {**hidden, "key": "0190f5a0-0000-7000-8000-000000000001"}
    refused = manager.post(address, other)
    assert (refused.status_code, "没有要入账的租金" in text(refused)) == (409, True)


def test_another_lender_s_people_are_not_there(manager, lender):
    stranger = aids.provider(county=LISHUI)
    _, card = funded(5_000, allowed=("aids",))
    lent(stranger, card.person)
    assert manager.post(f"{PAGE}charge/{card.person_id}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", subject="aid_loan").exists()
