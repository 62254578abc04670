from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from songhe.access.role import ADMINISTRATORS, OF_A_PLACE, Role
from songhe.doors.may import ACTS, RULES, as_markdown, may, require, roles

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "permissions.md"
DECISIONS = {"application.approve", "statement.approve", "provider.admit", "entitlement.stop", "grant.revoke"}


def test_the_document_says_what_the_index_says():
    assert DOCUMENT.read_text(encoding="utf-8") == as_markdown()


def test_every_act_is_somebodys_and_every_role_may_do_something():
    assert all(RULES.values())
    assert set().union(*RULES.values()) == set(Role)


def test_who_makes_does_not_approve():
    for act in DECISIONS:
        assert Role.COUNTY_CLERK not in RULES[act]
    for made, decided in (
        ("payout.make", "statement.approve"),
        ("application.review", "application.approve"),
        ("account.write", "account.appoint"),
        ("provider.bank_account", "provider.bank_confirm"),
    ):
        assert RULES[made].isdisjoint(RULES[decided])


def test_administrators_see_no_people():
    for name, act in ACTS.items():
        if name.split(".")[0] in {"person", "application", "assessment", "grant", "service", "redemption"}:
            assert act.roles.isdisjoint(ADMINISTRATORS), name


def test_who_watches_changes_nothing():
    watching = {Role.CITY_OVERSEER, Role.AUDITOR}
    for name, act in ACTS.items():
        reads = name.endswith((".read", ".search", ".reveal", ".export", ".simulate", ".outbox"))
        if not reads and not name.startswith("audit."):
            assert act.roles.isdisjoint(watching), name
    assert watching <= OF_A_PLACE


@pytest.mark.django_db
def test_a_role_counts_from_its_first_day(open_account):
    account = open_account("clerk")
    assert may(account, "application.review", date(2026, 4, 8))
    assert not may(account, "application.approve", date(2026, 4, 8))
    assert not may(account, "application.review", date(2025, 12, 31))


@pytest.mark.django_db
def test_a_locked_account_may_do_nothing(open_account):
    account = open_account("clerk")
    account.is_active = False
    assert roles(account, date(2026, 4, 8)) == frozenset()


def test_a_stranger_may_do_nothing():
    assert not any(may(AnonymousUser(), act, date(2026, 4, 8)) for act in RULES)


def test_an_act_that_is_not_in_the_index_is_a_fault():
    with pytest.raises(KeyError):
        may(AnonymousUser(), "no.such_act", date(2026, 4, 8))
    with pytest.raises(KeyError):
        require("no.such_act")
