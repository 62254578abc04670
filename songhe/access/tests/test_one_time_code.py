from datetime import datetime, timedelta, timezone

import pytest

from songhe.access.models import OneTimeCode
from songhe.access.one_time_code import AGAIN_AFTER, GOOD_FOR, MOST_A_PHONE, MOST_AN_ADDRESS, TRIES, ask, check
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)
PHONE = "13800001234"


@pytest.fixture
def sent():
    """Asks for a code and gives it as it was sent."""
    codes = []

    def make(phone=PHONE, purpose="sign-in", at=AT, **more):
        ask(phone=phone, purpose=purpose, at=at, send=codes.append, **more)
        return codes[-1]

    return make


def refused(code, do, /, **values):
    with pytest.raises(Refusal) as caught:
        do(**values)
    assert caught.value.code == code
    return caught.value


def read(code, *, at=AT, **more):
    check(**({"phone": PHONE, "given": code, "purpose": "sign-in", "at": at} | more))


def test_the_code_is_six_digits_and_good_once(sent):
    code = sent()
    assert (len(code), code.isdigit()) == (6, True)
    read(code)
    refused("access.phone_code_wrong", read, code=code)


def test_it_is_good_for_five_minutes(sent):
    code = sent()
    refused("access.phone_code_wrong", read, code=code, at=AT + GOOD_FOR)
    read(code, at=AT + GOOD_FOR - timedelta(seconds=1))


@pytest.mark.parametrize("other", [{"phone": "13800009999"}, {"purpose": "bind"}, {"about": "another elder"}])
def test_it_opens_nothing_else(sent, other):
    code = sent()
    refused("access.phone_code_wrong", read, code=code, **other)


def test_a_later_code_kills_the_one_before(sent):
    first = sent()
    second = sent(at=AT + AGAIN_AFTER)
    if first != second:
        refused("access.phone_code_wrong", read, code=first, at=AT + AGAIN_AFTER)
    read(second, at=AT + AGAIN_AFTER)


def test_five_wrong_tries_kill_it(sent):
    code = sent()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(TRIES):
        refused("access.phone_code_wrong", read, code=wrong)
    refused("access.phone_code_wrong", read, code=code)


def test_another_is_sent_after_a_minute(sent):
    sent()
    told = refused("access.phone_code_too_soon", sent, at=AT + timedelta(seconds=59))
    assert told.values["seconds"] == 1
    sent(at=AT + AGAIN_AFTER)


def test_ten_a_day_for_a_telephone(sent):
    for number in range(MOST_A_PHONE):
        sent(at=AT + number * AGAIN_AFTER)
    refused("access.phone_code_too_many", sent, at=AT + MOST_A_PHONE * AGAIN_AFTER)
    sent(at=AT + timedelta(days=1, minutes=1))


def test_sixty_a_day_from_an_address(sent):
    for number in range(MOST_AN_ADDRESS):
        sent(phone=f"1390000{number:04d}", address="198.51.100.7")
    refused("access.phone_code_too_many", sent, phone="13911110000", address="198.51.100.7")
    sent(phone="13911110000", address="198.51.100.8")


def test_what_could_not_be_sent_counts_for_nothing():
    def fails(_code):
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ask(phone=PHONE, purpose="sign-in", at=AT, send=fails)
    assert not OneTimeCode.objects.exists()


def test_old_codes_are_thrown_away(sent):
    sent()
    sent(phone="13911110000", at=AT + timedelta(days=3))
    assert OneTimeCode.objects.count() == 1
