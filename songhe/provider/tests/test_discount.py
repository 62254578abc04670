"""Discounts are data, and take off what they say: never more than the price."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.provider.discount import Terms, end_discount, reduce, set_discount, terms_on
from songhe.provider.models import Discount
from songhe.provider.tests.conftest import AT, COUNTY, ON, admitted
from songhe.provider.tests.test_admit import refused
from songhe.provider.tests.test_partner import listed, proposed
from songhe.trail.models import Entry

PRICE = st.integers(0, 10**8)
TERMS = st.builds(
    Terms, key=st.integers(1, 9), per_cent=st.integers(1, 100), least_fen=st.integers(0, 10**6)
) | st.builds(Terms, key=st.integers(1, 9), off_fen=st.integers(1, 10**6), least_fen=st.integers(0, 10**6))


@pytest.fixture
def shop(county):
    return listed(admitted("merchant", 9, longitude=119.1, latitude=36.7))


def discount(partner, help="goods", **differently):
    told = {"per_cent": 10, "valid_from": ON, "at": AT, "by": "manager"}
    return set_discount(partner=partner, help=help, **(told | differently))


@given(price=PRICE, terms=st.lists(TERMS, max_size=5))
def test_what_is_taken_off_and_what_is_paid_are_the_price(price, terms):
    sale = reduce(price, terms)
    assert sale.off_fen + sale.pays_fen == sale.price_fen == price
    assert 0 <= sale.off_fen <= price
    assert sale.off_fen == max((one.off(price) for one in terms), default=0)
    assert (sale.key is None) == (sale.off_fen == 0)
    assert sale == reduce(price, list(reversed(terms))) or len({one.key for one in terms}) < len(terms)


def test_the_receipt_says_what_was_taken_off():
    sale = reduce(1_005, [Terms(1, per_cent=10), Terms(2, off_fen=50)])
    assert (sale.off_fen, sale.pays_fen, sale.key) == (101, 904, 1)
    assert "10%" in sale.zh
    assert "10 %" in sale.en
    assert reduce(400, [Terms(2, off_fen=50, least_fen=500)]).off_fen == 0


def test_a_discount_is_read_by_kind_and_day(shop, django_assert_num_queries):
    row = discount(shop, valid_to=date(2026, 3, 31))
    discount(shop, "*", per_cent=None, off_fen=100, least_fen=2_000)
    with django_assert_num_queries(1):
        terms = terms_on(shop, ON)
    assert [one.key for one in terms["goods"]] == [row.pk, row.pk + 1]
    assert len(terms["meals"]) == 1
    assert [one.off_fen for one in terms_on(shop, date(2026, 4, 1))["goods"]] == [100]
    assert Entry.objects.filter(act="provider.set_discount", county=COUNTY).count() == 2


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"help": "gold"}, "provider.unknown_help"),
        ({"per_cent": 0}, "provider.discount_one_way"),
        ({"per_cent": 101}, "provider.discount_one_way"),
        ({"per_cent": None}, "provider.discount_one_way"),
        ({"off_fen": 5}, "provider.discount_one_way"),
        ({"per_cent": None, "off_fen": 0}, "input.too_small"),
        ({"least_fen": -1}, "input.too_small"),
        ({"valid_to": date(2026, 3, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_a_discount_that_cannot_be_is_refused(shop, differently, code):
    refused(code, discount, shop, **differently)
    assert not Discount.objects.exists()


def test_discounts_of_a_kind_do_not_overlap_and_end_once(shop):
    row = discount(shop)
    refused("provider.discount_overlaps", discount, shop, valid_from=date(2026, 5, 1))
    last = date(2026, 3, 31)
    end_discount(discount=row, last_day=last, at=AT, by="manager")
    refused("provider.discount_ended", end_discount, discount=row, last_day=last, at=AT, by="manager")
    assert discount(shop, valid_from=date(2026, 5, 1))
    assert Entry.objects.filter(act="provider.end_discount").count() == 1


def test_only_who_is_on_the_list_has_discounts(county):
    waiting = proposed(admitted("merchant", 11, longitude=119.1, latitude=36.7))
    refused("provider.wrong_state", discount, waiting)
