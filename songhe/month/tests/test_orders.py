"""Orders from home of every end, and what the auditor says of them."""

from __future__ import annotations

import pytest

from songhe.card import hold as holds
from songhe.card.tests.world import LISHUI, TENTH
from songhe.month.audit import findings
from songhe.redemption.tests.test_asked import (
    accept,
    ask,
    cleaner,
    decline,
    family,
    hand_over,
    holder,
    take_back,
    visited,
)

__all__ = ["cleaner", "family"]

pytestmark = pytest.mark.django_db


def test_the_auditor_has_nothing_to_say_of_orders_of_every_end(family, cleaner):
    before = {str(each) for each in findings()}
    card = holder()
    paid = ask(card, cleaner)
    accept(paid)
    hand_over(paid, visited(paid))
    decline(ask(card, cleaner))
    take_back(ask(card, cleaner))
    accept(ask(card, cleaner))
    silent = ask(card, cleaner)
    holds.release_overdue(county=LISHUI, at=silent.hold.until, on=TENTH)
    assert {str(each) for each in findings()} - before == set()
