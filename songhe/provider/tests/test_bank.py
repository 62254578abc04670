"""A bank account changes by two people and three days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.kernel.cipher import Unreadable
from songhe.provider import bank
from songhe.provider.models import BankAccount
from songhe.provider.tests.conftest import AT
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

NUMBER = "6222 0000 1111 2222 333"


def proposed(provider, number=NUMBER, by="manager", at=AT, **more):
    told = {"holder": "样例机构", "bank": "样例银行", "number": number}
    return bank.propose(provider=provider, at=at, by=by, **(told | more))


def test_money_goes_to_the_new_account_72_hours_after_approval(community):
    first = proposed(community)
    refused("provider.no_bank_account", bank.account_on, community, AT)
    bank.approve(account=first, at=AT, by="clerk")
    refused("provider.no_bank_account", bank.account_on, community, AT + timedelta(hours=71, minutes=59))
    assert bank.account_on(community, AT + timedelta(hours=72)) == first

    later = AT + timedelta(days=30)
    second = proposed(community, "12345678", at=later)
    bank.approve(account=second, at=later, by="clerk")
    assert bank.account_on(community, later + timedelta(hours=71)) == first
    assert bank.account_on(community, later + timedelta(hours=72)) == second


def test_the_number_stands_encrypted_and_only_its_tail_in_clear(community):
    account = proposed(community)
    account.refresh_from_db()
    assert account.last4 == "2333"
    assert b"6222000011112222333" not in bytes(account.number_cipher)
    assert bank.number_of(account) == "6222000011112222333"
    assert all("6222000011112222333" not in str(entry.detail) for entry in Entry.objects.all())


def test_a_number_copied_to_another_provider_does_not_open(community, institution):
    account = proposed(community)
    BankAccount.objects.filter(pk=account.pk).update(provider=institution)
    with pytest.raises(Unreadable):
        bank.number_of(BankAccount.objects.get(pk=account.pk))


def test_who_proposes_does_not_approve(community):
    refused("provider.same_person", bank.approve, account=proposed(community), at=AT, by="manager")


def test_an_account_is_approved_once(community):
    account = bank.approve(account=proposed(community), at=AT, by="clerk")
    refused("provider.bank_already_approved", bank.approve, account=account, at=AT, by="other")


def test_an_older_proposal_gives_way_to_a_newer(community):
    older = proposed(community)
    proposed(community, "87654321")
    refused("provider.bank_superseded", bank.approve, account=older, at=AT, by="clerk")


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"number": "1234567"}, "provider.bank_number_invalid"),
        ({"number": "6.222E+18"}, "provider.bank_number_invalid"),
        ({"holder": ""}, "provider.bank_holder_missing"),
        ({"bank": " "}, "provider.bank_holder_missing"),
    ],
)
def test_an_account_that_cannot_be_is_refused(community, differently, code):
    refused(code, proposed, community, **differently)
    assert not BankAccount.objects.exists()
