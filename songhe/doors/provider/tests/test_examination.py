"""A provider sees its own scores, what pulled them down, and objects to one indicator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.doors.provider.tests.conftest import DAY
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, text
from songhe.examine.models import Caution, Objection
from songhe.examine.tests import world
from songhe.kernel.month import Month

pytestmark = pytest.mark.django_db

PAGE = "/provider/examination/"
FEBRUARY = Month(2026, 2)


def examined(company, *, on=DAY, month=FEBRUARY):
    world.visits(company, passed=27, failed=3, month=month)
    world.handed_in(company, good=30, month=month)
    world.published(month=month, on=on)


def test_what_pulled_the_score_down_is_said(manager, company):
    assert "还没有公布考核结果" in text(manager.get(PAGE))
    examined(company)
    page = text(manager.get(PAGE))
    assert "90.00%" in page
    assert "扣掉总分" in page


def test_an_objection_is_made_once(manager, company):
    examined(company)
    address, hidden = form_for(manager.get(PAGE), "/evidence/")
    assert manager.post(address, {**hidden, "because": ""}).status_code == 422
    done = manager.post(address, {**hidden, "because": "三次是系统故障"}, follow=True)
    assert "异议交上去了" in text(done)
    assert Objection.objects.get().because == "三次是系统故障"
    assert "三次是系统故障" in text(manager.get(PAGE))


def test_after_the_last_day_nothing_is_asked(manager, company):
    examined(company, on=DAY - timedelta(days=16), month=FEBRUARY.previous)
    assert "90.00%" in text(manager.get(PAGE))
    assert "/evidence/" not in text(manager.get(PAGE))


def test_it_reads_in_english(manager, company):
    examined(company)
    manager.cookies["django_language"] = "en"
    assert left_in_chinese(manager.get(PAGE), company.name) == []


def test_what_must_be_mended_stands_first_and_is_reported(manager, company):
    world.provider()
    world.provider()
    world.visits(company, passed=20, failed=20, month=FEBRUARY)
    world.handed_in(company, good=20, refused=20, month=FEBRUARY)
    world.published(month=FEBRUARY, on=DAY)
    assert "限期整改：考核得分低于底线" in text(manager.get("/provider/"))
    address, hidden = form_for(manager.get(PAGE), "/warnings/" + str(Caution.objects.get().id) + "/")
    assert manager.post(address, {**hidden, "words": ""}).status_code == 422
    assert "等县区复查" in text(manager.post(address, {**hidden, "words": "换了两名护理员"}, follow=True))
    assert Caution.objects.get().mended == "换了两名护理员"
    assert "限期整改：" not in text(manager.get("/provider/"))


def test_another_providers_warning_is_not_there(manager, company):
    row = Caution.objects.create(
        county="370799",
        provider=world.provider(),
        cause="finding",
        mend="改",
        due_on=DAY + timedelta(days=3),
        given_by="clerk",
        given_at=world.at(DAY),
    )
    assert manager.post(f"{PAGE}warnings/{row.id}/", {"words": "x"}).status_code == 404
