"""Whatever is done to an elder's rights or money is told, or is left out for a reason that is written down."""

from __future__ import annotations

import pytest

from songhe.month.notify import (
    APPLICATION_ACTS,
    ASSESSMENT_ACTS,
    BILL_ACTS,
    CARD_ACTS,
    ENTITLEMENT_ACTS,
    GRANT_ACTS,
    OF_A_CARD,
    PERSON_ACTS,
    READERS,
    STAY_ACTS,
)
from songhe.month.untold import NOT_TOLD
from songhe.notice.template import templates
from tests.acts import acts_of

#: The packages whose acts are done to people. Settlements concern providers, policies and months nobody in particular.
OF_PEOPLE = (
    "person",
    "assessment",
    "eligibility",
    "entitlement",
    "grant",
    "service",
    "redemption",
    "card",
    "meal",
    "aid",
    "feedback",
)


def test_every_act_that_concerns_an_elder_is_told_or_left_out_for_a_reason():
    acts = set().union(*(acts_of(package) for package in OF_PEOPLE))
    assert len(acts) > 90
    assert acts - set(READERS) - set(NOT_TOLD) == set(), "give it a template in notify.py, or a reason in untold.py"
    assert set(NOT_TOLD) - acts == set(), "no verb writes these any more"
    assert set(READERS) - acts == set(), "no verb writes these any more"
    assert set(READERS) & set(NOT_TOLD) == set()


@pytest.mark.parametrize("package", OF_PEOPLE)
def test_the_acts_of_a_package_are_its_own(package):
    assert {act for act in acts_of(package) if not act.startswith(f"{package}.")} == set()


def test_every_act_that_is_told_has_its_template():
    tables = (
        APPLICATION_ACTS,
        ASSESSMENT_ACTS,
        BILL_ACTS,
        CARD_ACTS,
        ENTITLEMENT_ACTS,
        GRANT_ACTS,
        OF_A_CARD,
        PERSON_ACTS,
        STAY_ACTS,
    )
    assert {name for table in tables for name in table.values()} - set(templates()) == set()
