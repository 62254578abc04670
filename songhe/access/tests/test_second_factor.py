"""The second factor: each code once, five wrong ones bar, paper codes once, keys that copy themselves are refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from songhe.access import second_factor
from songhe.access.login import appoint, open_account
from songhe.access.models import Factor, RecoveryCode
from songhe.access.tests.soft_key import SoftKey
from songhe.kernel.refusal import Refusal
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 2, 0, 10, tzinfo=timezone.utc)


def account(username="clerk"):
    made = open_account(username=username, display_name="经办", password=None, at=AT)
    appoint(account=made, role="county_clerk", place="370799", valid_from=date(2026, 1, 1), by=None, at=AT)
    return made


def code_of(secret: str, at: datetime) -> str:
    import base64

    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(raw, 6, SHA1(), 30, enforce_key_length=False).generate(int(at.timestamp())).decode()


def enrolled(owner):
    begun = second_factor.begin_app(account=owner, name="手机", at=AT)
    second_factor.confirm_app(account=owner, code=code_of(begun.secret, AT), at=AT, now=AT)
    return begun.secret


def refusal(act, *args, **more) -> str:
    with pytest.raises(Refusal) as refused:
        act(*args, **more)
    return refused.value.code


def check(owner, code, at):
    second_factor.check_code(account=owner, code=code, at=at, now=at)


def test_an_app_counts_once_its_first_code_was_seen():
    owner = account()
    begun = second_factor.begin_app(account=owner, name="手机", at=AT)
    assert begun.address.startswith("otpauth://totp/")
    assert not second_factor.has_factor(owner)
    assert second_factor.begun(owner).secret == begun.secret
    assert refusal(second_factor.confirm_app, account=owner, code="000000", at=AT, now=AT) == "access.code_wrong"
    second_factor.confirm_app(account=owner, code=code_of(begun.secret, AT), at=AT, now=AT)
    assert second_factor.has_factor(owner)
    assert second_factor.begun(owner) is None


def test_the_secret_stands_in_the_database_sealed_and_for_this_account_alone():
    owner, other = account(), account("other")
    secret = enrolled(owner)
    kept = Factor.objects.get(account=owner)
    assert secret.encode() not in bytes(kept.secret)
    Factor.objects.filter(pk=kept.pk).update(account=other)
    with pytest.raises(RuntimeError):
        check(other, code_of(secret, AT + timedelta(minutes=2)), AT + timedelta(minutes=2))


def test_each_half_minute_counts_once():
    owner = account()
    secret = enrolled(owner)
    later = AT + timedelta(minutes=2)
    check(owner, code_of(secret, later), later)
    assert refusal(check, owner, code_of(secret, later), later + timedelta(seconds=5)) == "access.code_wrong"
    assert refusal(check, owner, code_of(secret, AT), AT) == "access.code_wrong"
    check(owner, code_of(secret, later + timedelta(seconds=30)), later + timedelta(seconds=30))


@pytest.mark.parametrize(("seconds", "taken"), [(-30, True), (30, True), (-70, False), (70, False)])
def test_clocks_may_differ_by_one_step(seconds, taken):
    owner = account()
    secret = enrolled(owner)
    later = AT + timedelta(minutes=5)
    code = code_of(secret, later + timedelta(seconds=seconds))
    if taken:
        check(owner, code, later)
    else:
        assert refusal(check, owner, code, later) == "access.code_wrong"


def test_five_wrong_codes_bar_the_right_one_for_fifteen_minutes():
    owner = account()
    secret = enrolled(owner)
    later = AT + timedelta(minutes=2)
    for _ in range(5):
        assert refusal(check, owner, "000000", later) == "access.code_wrong"
    assert refusal(check, owner, code_of(secret, later), later) == "access.factor_barred"
    assert Entry.objects.filter(county="370799", act="account.factor_barred").count() == 1
    after = later + timedelta(minutes=15, seconds=1)
    check(owner, code_of(secret, after), after)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_wrong(code):
    owner = account()
    enrolled(owner)
    assert refusal(check, owner, code, AT) == "access.code_wrong"


def test_a_code_on_paper_stands_in_once_and_is_kept_as_a_hash():
    owner = account()
    enrolled(owner)
    codes = second_factor.make_recovery_codes(account=owner, at=AT)
    assert len(set(codes)) == 10
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    check(owner, codes[0].lower().replace("-", " "), AT)
    assert second_factor.recovery_codes_left(owner) == 9
    assert refusal(check, owner, codes[0], AT) == "access.code_wrong"
    second_factor.make_recovery_codes(account=owner, at=AT)
    assert refusal(check, owner, codes[1], AT) == "access.code_wrong"


def test_codes_on_paper_are_of_one_account():
    owner, other = account(), account("other")
    codes = second_factor.make_recovery_codes(account=owner, at=AT)
    assert refusal(check, other, codes[0], AT) == "access.code_wrong"


def test_a_key_is_registered_and_signs():
    owner = account()
    key = SoftKey("localhost", "http://localhost:8107")
    options, state = second_factor.begin_key(account=owner, host="localhost")
    second_factor.register_key(
        account=owner, host="localhost", state=state, answer=key.register(options), name="钥匙", at=AT
    )
    options, state = second_factor.ask_key(account=owner, host="localhost")
    used = second_factor.check_key(
        account=owner, host="localhost", state=state, answer=key.sign(options), at=AT, now=AT
    )
    assert used.counter == 1


def test_an_answer_to_another_question_of_another_key_or_from_another_place_is_refused():
    owner = account()
    key = SoftKey("localhost", "http://localhost:8107")
    options, state = second_factor.begin_key(account=owner, host="localhost")
    second_factor.register_key(
        account=owner, host="localhost", state=state, answer=key.register(options), name="钥匙", at=AT
    )

    def refused(answer, state):
        return refusal(
            second_factor.check_key, account=owner, host="localhost", state=state, answer=answer, at=AT, now=AT
        )

    options, state = second_factor.ask_key(account=owner, host="localhost")
    _, other_state = second_factor.ask_key(account=owner, host="localhost")
    assert refused(key.sign(options), other_state) == "access.key_refused"
    assert refused(SoftKey("localhost", "http://localhost:8107").sign(options), state) == "access.key_refused"
    key.origin = "https://elsewhere.example"
    assert refused(key.sign(options), state) == "access.key_refused"
    assert refused({"id": "x"}, state) == "access.key_refused"


def test_a_key_whose_counter_goes_back_is_a_copy():
    owner = account()
    key = SoftKey("localhost", "http://localhost:8107")
    options, state = second_factor.begin_key(account=owner, host="localhost")
    second_factor.register_key(
        account=owner, host="localhost", state=state, answer=key.register(options), name="钥匙", at=AT
    )

    def sign():
        options, state = second_factor.ask_key(account=owner, host="localhost")
        second_factor.check_key(account=owner, host="localhost", state=state, answer=key.sign(options), at=AT, now=AT)

    sign()
    sign()
    key.counter = 0
    assert refusal(sign) == "access.key_refused"


def test_a_key_is_registered_once():
    owner = account()
    key = SoftKey("localhost", "http://localhost:8107")
    for expected in (None, "access.key_known"):
        options, state = second_factor.begin_key(account=owner, host="localhost")
        more = {"account": owner, "host": "localhost", "state": state, "answer": key.register(options), "at": AT}
        if expected is None:
            second_factor.register_key(name="钥匙", **more)
        else:
            assert refusal(second_factor.register_key, name="钥匙", **more) == expected
    assert refusal(second_factor.register_key, name=" ", **more) == "access.factor_name_missing"


def test_without_a_key_none_is_asked():
    assert refusal(second_factor.ask_key, account=account(), host="localhost") == "access.no_such_factor"


def test_the_last_factor_stays_where_one_is_required():
    owner = account()
    enrolled(owner)
    (factor,) = second_factor.factors(owner)
    more = {"account": owner, "factor_id": factor.pk, "at": AT}
    assert refusal(second_factor.remove_factor, required=True, **more) == "access.last_factor"
    assert refusal(second_factor.remove_factor, required=True, **{**more, "factor_id": 0}) == "access.no_such_factor"
    second_factor.make_recovery_codes(account=owner, at=AT)
    second_factor.remove_factor(required=False, **more)
    assert not second_factor.has_factor(owner)
    assert second_factor.recovery_codes_left(owner) == 0


def test_nobody_registers_without_end(monkeypatch):
    monkeypatch.setattr(second_factor, "MOST_FACTORS", 1)
    owner = account()
    enrolled(owner)
    assert refusal(second_factor.begin_app, account=owner, name="x", at=AT) == "access.too_many_factors"


def test_an_administrator_resets_somebody_elses_with_a_reason():
    owner, admin = account(), account("admin")
    enrolled(owner)
    more = {"account": owner, "at": AT}
    assert refusal(second_factor.reset_factors, by=admin, because=" ", **more) == "access.reason_missing"
    assert refusal(second_factor.reset_factors, by=owner, because="丢了", **more) == "access.appoints_itself"
    assert second_factor.reset_factors(by=admin, because="手机丢了", **more) == 1
    assert not second_factor.has_factor(owner)
    assert Entry.objects.get(act="account.factors_reset").actor == "admin"
