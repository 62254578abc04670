"""Logins: opened, appointed, signed in with, locked."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from itertools import combinations
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from songhe.access.login import (
    BARRED_FOR,
    appoint,
    end_appointment,
    lock_account,
    open_account,
    sign_in,
    unlock_account,
)
from songhe.access.models import Account, Appointment
from songhe.access.role import NAMES_IN_ENGLISH, Role, may_combine, name
from songhe.kernel.refusal import Refusal
from songhe.trail.models import Entry

AT = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
FROM = date(2026, 1, 1)
PASSWORD = "柳泉镇村口的第三棵槐树"
ELDER = UUID("0198a1c2-0000-7000-8000-0000000000a1")

pytestmark = pytest.mark.django_db


def opened(username="zhang", **more) -> Account:
    values = {"display_name": "张经办", "password": None, "at": AT, **more}
    return open_account(username=username, **values)


def give(account, role=Role.COUNTY_CLERK, place="370799", **more) -> Appointment:
    values = {"valid_from": FROM, "by": None, "at": AT, **more}
    return appoint(account=account, role=role, place=place, **values)


def refusal_of(act) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    refused.value.message("zh"), refused.value.message("en")
    return refused.value.code


def test_an_opened_login_signs_in_and_the_trail_knows_who_opened_it():
    head = opened("head")
    account = opened("clerk", password=PASSWORD, by=head)
    assert sign_in(username=" clerk ", password=PASSWORD, at=AT).pk == account.pk
    assert Account.objects.get(pk=account.pk).last_login == AT
    entry = Entry.objects.get(act="account.opened", subject_id=str(account.pk))
    assert (entry.county, entry.actor) == ("000000", "head")


def test_a_user_name_in_full_width_letters_is_the_same_name():
    opened("ｚｈａｎｇ")
    assert refusal_of(lambda: opened("zhang")) == "access.username_taken"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"username": ""}, "access.username_invalid"),
        ({"username": "a b"}, "access.username_invalid"),
        ({"username": "x" * 65}, "access.username_invalid"),
        ({"display_name": " "}, "access.display_name_missing"),
        ({"password": "short"}, "access.password_too_short"),
        ({"username": "zhang.xiaoming", "password": "zhang.xiaoming1"}, "access.password_too_similar"),
        ({"password": "password1234"}, "access.password_too_common"),
    ],
)
def test_a_login_that_cannot_be_is_refused_and_nothing_is_written(given, code):
    assert refusal_of(lambda: opened(**{"username": "li", **given})) == code
    assert not Account.objects.exists()
    assert not Entry.objects.exists()


def test_a_practice_login_may_have_an_easy_password():
    opened("demo", password="demo", practice=True)
    assert sign_in(username="demo", password="demo", at=AT).practice


def test_the_fifth_wrong_password_bars_the_login_for_a_quarter_of_an_hour():
    opened("clerk", password=PASSWORD)
    for _ in range(5):
        assert refusal_of(lambda: sign_in(username="clerk", password="wrong", at=AT)) == "access.sign_in_refused"
    for late in (timedelta(0), BARRED_FOR - timedelta(seconds=1)):
        assert refusal_of(lambda: sign_in(username="clerk", password=PASSWORD, at=AT + late)) == "access.barred"  # noqa: B023
    assert sign_in(username="clerk", password=PASSWORD, at=AT + BARRED_FOR).failed_sign_ins == 0
    assert Entry.objects.filter(act="account.barred", actor="clerk").count() == 1


def test_the_right_password_forgets_the_wrong_ones():
    opened("clerk", password=PASSWORD)
    for _ in range(3):
        for _ in range(4):
            refusal_of(lambda: sign_in(username="clerk", password="wrong", at=AT))
        sign_in(username="clerk", password=PASSWORD, at=AT)


@pytest.mark.parametrize("username", ["nobody", "clerk"])
def test_a_wrong_name_reads_like_a_wrong_password(username):
    opened("clerk", password=PASSWORD)
    assert refusal_of(lambda: sign_in(username=username, password="wrong", at=AT)) == "access.sign_in_refused"


def test_a_login_without_a_password_cannot_sign_in_by_one():
    opened("machine")
    assert refusal_of(lambda: sign_in(username="machine", password="", at=AT)) == "access.sign_in_refused"


def test_a_locked_login_cannot_sign_in_until_it_is_unlocked():
    account = lock_account(account=opened("clerk", password=PASSWORD), because="离岗", by=None, at=AT)
    assert not account.is_active
    assert refusal_of(lambda: sign_in(username="clerk", password=PASSWORD, at=AT)) == "access.sign_in_refused"
    assert authenticate(username="clerk", password=PASSWORD) is None
    assert refusal_of(lambda: lock_account(account=account, because="again", by=None, at=AT)) == "access.already_locked"
    unlock_account(account=account, by=None, at=AT)
    assert sign_in(username="clerk", password=PASSWORD, at=AT).pk == account.pk
    assert refusal_of(lambda: unlock_account(account=account, by=None, at=AT)) == "access.not_locked"


def test_locking_needs_a_reason():
    account = opened()
    assert refusal_of(lambda: lock_account(account=account, because=" ", by=None, at=AT)) == "access.reason_missing"


def test_a_barred_login_can_be_unlocked_early():
    account = opened("clerk", password=PASSWORD)
    for _ in range(5):
        refusal_of(lambda: sign_in(username="clerk", password="wrong", at=AT))
    unlock_account(account=account, by=None, at=AT)
    assert sign_in(username="clerk", password=PASSWORD, at=AT)


def test_an_appointment_names_who_made_it():
    head = opened("head")
    made = give(opened("clerk"), by=head)
    assert (made.role, made.place, made.appointed_by) == (Role.COUNTY_CLERK, "370799", head)
    entry = Entry.objects.get(act="account.appointed")
    assert (entry.county, entry.actor, entry.detail["role"]) == ("370799", "head", "county_clerk")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"role": "king"}, "access.role_unknown"),
        ({"place": "3707"}, "place_code.not_a_code"),
        ({"place": "370000"}, "access.place_of_wrong_level"),
        ({"role": Role.CITY_OVERSEER, "place": "370799"}, "access.place_of_wrong_level"),
        ({"role": Role.PROVINCE_OVERSEER, "place": "370700"}, "access.place_of_wrong_level"),
        ({"role": Role.CARER}, "access.provider_missing"),
        ({"role": Role.ASSESSOR}, "access.provider_missing"),
        ({"role": Role.CITIZEN}, "access.person_missing"),
        ({"person_id": ELDER}, "access.person_not_expected"),
        ({"valid_to": date(2025, 12, 31)}, "period.ends_before_it_begins"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(given, code):
    account = opened()
    assert refusal_of(lambda: give(account, **given)) == code
    assert not Appointment.objects.exists()


def test_nobody_appoints_or_dismisses_themselves():
    account = opened()
    assert refusal_of(lambda: give(account, by=account)) == "access.appoints_itself"
    made = give(account)
    dismiss = lambda: end_appointment(appointment=made, last_day=FROM, by=account, at=AT)  # noqa: E731
    assert refusal_of(dismiss) == "access.appoints_itself"


def test_the_three_administrators_are_three_people():
    for one, other in combinations([Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN], 2):
        account = opened(f"{one}-{other}")
        give(account, one, "000000")
        assert refusal_of(lambda: give(account, other, "000000")) == "access.roles_may_not_combine"  # noqa: B023


@pytest.mark.parametrize(
    ("one", "other", "allowed"),
    [
        (Role.COUNTY_CLERK, Role.COUNTY_APPROVER, True),
        (Role.COUNTY_CLERK, Role.CITIZEN, True),
        (Role.SECURITY_ADMIN, Role.CITIZEN, True),
        (Role.SYSTEM_ADMIN, Role.COUNTY_APPROVER, False),
        (Role.AUDITOR, Role.FINANCE, False),
        (Role.AUDITOR, Role.CITY_OVERSEER, True),
        (Role.ASSESSOR, Role.CARER, False),
        (Role.ASSESSOR, Role.PROVIDER_MANAGER, False),
        (Role.COUNTY_APPROVER, Role.PROVIDER_MANAGER, False),
        (Role.WALL_SCREEN, Role.COUNTY_CLERK, False),
        (Role.WALL_SCREEN, Role.CITIZEN, False),
        (Role.PROVIDER_MANAGER, Role.CARER, True),
    ],
)
def test_roles_that_watch_each_other_do_not_combine(one, other, allowed):
    assert may_combine(one, other) is may_combine(other, one) is allowed


def test_incompatible_roles_may_follow_each_other():
    account = opened()
    give(account, Role.FINANCE, valid_to=date(2026, 2, 28))
    give(account, Role.AUDITOR, valid_from=date(2026, 3, 1))
    assert Appointment.objects.filter(account=account).count() == 2


def test_the_same_role_at_the_same_place_is_held_once_at_a_time():
    account = opened()
    give(account)
    assert refusal_of(lambda: give(account, valid_from=date(2026, 2, 1))) == "access.already_appointed"
    give(account, place="370702")


def test_an_appointment_ends_on_its_last_day_and_only_once():
    head, account = opened("head"), opened("clerk")
    made = end_appointment(appointment=give(account), last_day=date(2026, 3, 31), by=head, at=AT)
    assert Appointment.objects.get(pk=made.pk).valid_to == date(2026, 3, 31)
    again = lambda day: refusal_of(lambda: end_appointment(appointment=made, last_day=day, by=head, at=AT))  # noqa: E731
    assert again(date(2026, 4, 30)) == "access.already_ended"
    assert again(date(2025, 12, 31)) == "access.ends_before_it_begins"
    end_appointment(appointment=made, last_day=date(2026, 3, 15), by=head, at=AT)
    assert Appointment.objects.get(pk=made.pk).valid_to == date(2026, 3, 15)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"place": "3707"},
        {"valid_to": date(2025, 1, 1)},
        {"role": Role.CARER},
        {"role": Role.CITIZEN},
        {"person_id": ELDER},
    ],
)
def test_the_database_refuses_what_the_verb_would(wrong):
    row = {"account": opened(), "role": Role.COUNTY_CLERK, "place": "370799", "valid_from": FROM, "appointed_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(**{**row, **wrong})


def test_every_role_has_a_name_in_both_languages():
    assert set(NAMES_IN_ENGLISH) == set(Role.values)
    assert name("carer") == "护理员"
    assert name("carer", "en") == "Carer"
