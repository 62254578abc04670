"""Tokens: issued once in clear, narrowed, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from songhe.access.login import lock_account, open_account
from songhe.access.models import Account, Token
from songhe.access.token import LONGEST, PREFIX, TOKEN_REFUSED, find, issue, revoke
from songhe.kernel.refusal import Refusal
from songhe.trail.models import Entry

AT = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
ON = date(2026, 3, 1)
KNOWN = ("redemption.make", "redemption.read")

pytestmark = pytest.mark.django_db


def opened(username="till") -> Account:
    return open_account(username=username, display_name="收银系统", password=None, at=AT)


def issued(account=None, **more):
    values = {
        "account": account or opened(),
        "name": "收银系统",
        "acts": ["redemption.make"],
        "known_acts": KNOWN,
        "places": ["370799"],
        "valid_to": date(2026, 12, 31),
        "at": AT,
        "on": ON,
        "by": None,
    }
    return issue(**{**values, **more})


def refusal_of(act) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    refused.value.message("zh"), refused.value.message("en")
    return refused.value.code


def test_its_secret_finds_it_with_its_account_in_one_query(django_assert_num_queries):
    token, secret = issued()
    Token.objects.update(used_on=ON)
    with django_assert_num_queries(1):
        found = find(secret, on=ON)
        assert found.account.username == "till"
    assert found == token
    assert found.acts == ["redemption.make"]
    assert found.places == ["370799"]


def test_its_secret_is_kept_nowhere():
    token, secret = issued()
    token.refresh_from_db()
    assert secret.startswith(PREFIX)
    assert len(secret) > 40
    kept = " ".join(str(getattr(token, field.attname)) for field in Token._meta.fields)
    noted = str(Entry.objects.values_list("detail", "subject_id", "reason"))
    assert secret not in kept + noted
    assert secret.startswith(token.hint)


def test_no_two_have_the_same_secret():
    account = opened()
    assert issued(account).secret != issued(account).secret


def test_issuing_and_revoking_leave_a_trail():
    admin = opened("admin")
    token, _ = issued(by=admin)
    revoke(token=token, because="更换系统", at=AT, by=admin)
    acts = Entry.objects.filter(county="370799", subject="token").order_by("id")
    assert [(entry.act, entry.actor) for entry in acts] == [("token.issued", "admin"), ("token.revoked", "admin")]


def test_it_is_noted_for_the_nation_when_it_is_for_several_places():
    issued(places=["370799", "370702"])
    assert Entry.objects.get(subject="token").county == "000000"


def test_its_last_day_counts():
    _, secret = issued(valid_to=date(2026, 3, 31))
    assert find(secret, on=date(2026, 3, 31))
    assert refusal_of(lambda: find(secret, on=date(2026, 4, 1))) == "access.token_refused"


def test_the_day_of_its_latest_use_is_written_down():
    token, secret = issued()
    find(secret, on=date(2026, 3, 5))
    token.refresh_from_db()
    assert token.used_on == date(2026, 3, 5)


def test_a_revoked_one_is_refused():
    token, secret = issued()
    revoke(token=token, because="泄露", at=AT, by=None)
    assert refusal_of(lambda: find(secret, on=ON)) == "access.token_refused"
    assert refusal_of(lambda: revoke(token=token, because="泄露", at=AT, by=None)) == "access.token_already_revoked"


def test_one_of_a_locked_account_is_refused():
    account = opened()
    _, secret = issued(account)
    lock_account(account=account, because="停用", by=None, at=AT)
    assert refusal_of(lambda: find(secret, on=ON)) == "access.token_refused"
    assert refusal_of(lambda: issued(account)) == "access.token_of_a_locked_account"


@pytest.mark.parametrize("secret", ["", "songhe_", "songhe_x", "不是令牌", "\ud800", "x" * 10_000])
def test_what_is_no_secret_is_refused(secret):
    assert refusal_of(lambda: find(secret, on=ON)) == TOKEN_REFUSED.code


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "access.token_name_missing"),
        ({"acts": []}, "access.token_without_acts"),
        ({"acts": ["redemption.fly"]}, "access.token_act_unknown"),
        ({"places": []}, "access.token_without_places"),
        ({"places": ["37"]}, "place_code.not_a_code"),
        ({"valid_to": ON - timedelta(days=1)}, "access.token_ends_too_early"),
        ({"valid_to": ON + LONGEST + timedelta(days=1)}, "access.token_too_long"),
    ],
)
def test_it_is_not_issued_when(more, code):
    account = opened()
    assert refusal_of(lambda: issued(account, **more)) == code
    assert not Token.objects.exists()


def test_nobody_issues_one_for_their_own_account():
    account = opened()
    assert refusal_of(lambda: issued(account, by=account)) == "access.token_of_oneself"


def test_it_is_not_revoked_without_a_reason():
    token, _ = issued()
    assert refusal_of(lambda: revoke(token=token, because=" ", at=AT, by=None)) == "access.token_reason_missing"
