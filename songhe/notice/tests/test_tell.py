"""Telling people: once, in words of their language, never at night, codes at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from songhe.kernel.refusal import Refusal
from songhe.notice import quiet
from songhe.notice.models import Channel, Notice, SandboxMessage
from songhe.notice.tell import send_code, tell, tell_account
from songhe.notice.template import Broken, say, template, templates

COUNTY = "370799"
ON = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 2, 0, tzinfo=timezone.utc)
VALUES = {"month": "2026-03", "face_fen": 80000, "use_until": "2026-03-31"}


def told(person, **more):
    return tell(county=COUNTY, person_id=person, template="voucher.issued", values=VALUES, at=AT, on=ON, **more)


@pytest.mark.django_db
def test_what_happened_is_told_once():
    person = uuid4()
    assert told(person, about="grant:1") is not None
    assert told(person, about="grant:1") is None
    assert Notice.rows.filter(county=COUNTY, person=person).count() == 1


@pytest.mark.django_db
def test_without_a_name_for_it_each_telling_is_its_own():
    person = uuid4()
    told(person)
    told(person)
    assert Notice.rows.filter(county=COUNTY, person=person).count() == 2


@pytest.mark.django_db
def test_a_value_that_the_text_names_must_be_given():
    with pytest.raises(Broken):
        tell(county=COUNTY, person_id=uuid4(), template="voucher.issued", values={}, at=AT, on=ON)
    with pytest.raises(Broken):
        tell(county=COUNTY, person_id=uuid4(), template="no.such", values={}, at=AT, on=ON)


@pytest.mark.django_db
def test_a_login_is_told_by_its_name():
    tell_account(county=COUNTY, account="clerk", template="sign_in.new_device", values={"at": AT.isoformat()}, at=AT)
    kept = Notice.rows.get(county=COUNTY, account="clerk")
    assert (kept.person, kept.channel) == (None, Channel.INBOX)


@pytest.mark.django_db
def test_a_code_goes_out_at_night_too_and_stays_nowhere_but_in_the_sandbox():
    send_code(phone="13800001111", code="246810", at=AT + timedelta(hours=15))
    kept = SandboxMessage.objects.get(phone="13800001111")
    assert "246810" in kept.text
    assert Notice.rows.count() == 0


@pytest.mark.django_db
def test_a_code_to_a_number_that_does_not_exist_is_refused():
    with pytest.raises(Refusal) as refused:
        send_code(phone="13800000000", code="246810", at=AT)
    assert refused.value.code == "notice.code_not_sent"


@pytest.mark.parametrize(
    ("hour", "expected"),
    [(7, (10, 8)), (8, (10, 8)), (12, (10, 12)), (20, (10, 20)), (21, (11, 8)), (23, (11, 8)), (0, (10, 8))],
)
def test_nobodys_telephone_rings_at_night(hour, expected):
    at = datetime(2026, 3, 10, hour, 0, tzinfo=timezone(timedelta(hours=8)))
    due = quiet.due_at(at).astimezone(timezone(timedelta(hours=8)))
    assert (due.day, due.hour) == expected
    assert due >= at


def test_every_template_speaks_both_languages():
    assert len(templates()) >= 25
    for name, one in templates().items():
        given = {key: 1200 if key.endswith("_fen") else "2026-03-08" for key in one.names}
        given |= {"month": "2026-03"} if "month" in one.names else {}
        given |= {"at": AT.isoformat()} if "at" in one.names else {}
        for language in ("zh", "en"):
            for family in (False, True):
                said = say(name, given, language=language, person_name="张桂兰", to_family=family)
                assert said.title, name
                assert "{" not in said.text + said.sms, name
                assert len(said.sms) <= (140 if language == "zh" else 320), (name, said.sms)


def test_the_person_is_you_and_to_the_family_the_person_is_named():
    you = say("voucher.issued", VALUES, language="zh", person_name="张桂兰")
    family = say("voucher.issued", VALUES, language="zh", person_name="张桂兰", to_family=True)
    assert "您的2026年3月" in you.text
    assert "800.00元" in you.text
    assert "3月31日" in you.text
    assert "张桂兰老人的" in family.text
    english = say("voucher.issued", VALUES, language="en", person_name="张桂兰")
    assert "800.00 yuan" in english.text
    assert "31 March" in english.text


def test_a_template_that_is_not_there_is_a_fault():
    with pytest.raises(Broken):
        template("no.such")
