"""A provider writes when it is open; a line that cannot be read keeps what was typed."""

from __future__ import annotations

import pytest

from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import send, text
from songhe.provider.hours import Span, weeks
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/provider/own/hours/"


def told(**differently):
    week = {f"day{number}": "8:00-17:30" for number in range(1, 6)} | {"day6": "9:00-12:00", "day7": ""}
    return week | differently


def test_the_week_is_written_down_and_read_as_everybody_reads_it(manager, company):
    assert "还没有写营业时间" in text(manager.get(PAGE))
    assert send(manager, PAGE, "/own/hours/", **told()).status_code == 302
    page = manager.get(PAGE)
    assert "周一至周五 8:00–17:30" in text(page)
    assert "周日 休息" in text(page)
    assert 'value="9:00-12:00"' in page.content.decode()
    assert weeks([company.pk])[company.pk][6] == (Span(540, 720),)
    assert Entry.objects.get(act="provider.set_hours").detail["after"]["6"] == "9:00-12:00"


def test_what_cannot_be_read_is_said_at_its_day_and_stays(manager, company):
    sent = send(manager, PAGE, "/own/hours/", **told(day3="全天"))
    assert sent.status_code == 422
    assert "“全天”不是营业时间" in text(sent)
    assert 'value="全天"' in sent.content.decode()
    assert weeks([company.pk]) == {company.pk: {}}


def test_only_who_manages_it_writes_it(carer):
    assert carer.get(PAGE).status_code == 403


def test_it_reads_in_english(manager, company):
    manager.cookies["django_language"] = "en"
    send(manager, PAGE, "/own/hours/", **told())
    assert left_in_chinese(manager.get(PAGE), company.name) == []
