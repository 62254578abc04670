"""A statement says its programme by name: a voucher's, or that of a fund of the love card."""

from __future__ import annotations

import pytest

from songhe.card.tests.world import LISHUI, made_fund
from songhe.settlement.programme import programme_name, programme_names

pytestmark = pytest.mark.django_db


def test_a_fund_of_the_card_is_called_by_its_name():
    fund = made_fund(amount_fen=0)
    assert programme_name(county=LISHUI, programme=f"card:{fund.code}") == (
        f"爱心卡·{fund.name}",
        f"Love card · {fund.name}",
    )


def test_vouchers_and_what_has_no_name(django_assert_num_queries):
    with django_assert_num_queries(0):
        found = programme_names({(LISHUI, "consumption-voucher"), (LISHUI, "other")})
    assert found[(LISHUI, "consumption-voucher")][0] == "养老服务消费补贴"
    assert found[(LISHUI, "other")] == ("other", "other")


def test_a_fund_of_another_county_lends_no_name():
    fund = made_fund(amount_fen=0)
    assert programme_name(county="330703", programme=f"card:{fund.code}")[0] == f"爱心卡·{fund.code}"
