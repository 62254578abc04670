"""What the doctor warns of before it hurts."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.doors.cli.doctor import GOOD, WARNING, sandboxes, working_days
from songhe.doors.shell.clock import set_practice_day
from songhe.place.calendar import load_shipped_calendars
from songhe.place.models import CalendarDay


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("on", "state", "missing"),
    [
        (date(2026, 11, 30), GOOD, ""),
        (date(2026, 12, 1), WARNING, "2027"),
        (date(2027, 1, 4), WARNING, "2027"),
        (date(2025, 12, 1), GOOD, ""),
    ],
)
def test_a_year_without_its_list_of_holidays_is_told_from_the_december_before(on, state, missing):
    load_shipped_calendars()
    CalendarDay.objects.filter(year=2027).delete()
    set_practice_day(on, note="test")
    (check,) = working_days()
    assert check.state == state
    assert missing in check.zh
    assert missing in check.en


@pytest.mark.django_db
def test_a_real_database_is_told_when_texts_go_nowhere_names_are_believed_and_one_factor_is_enough(settings):
    def found():
        return {check.name: check.state for check in sandboxes()}

    assert found() == {"messenger": "warning", "identifier": "warning", "faces": "warning", "second_factor": "good"}
    settings.MESSENGER, settings.SECOND_FACTOR = "bureau.Carrier", "optional"
    settings.IDENTIFIER, settings.FACES = "bureau.Identifier", "bureau.Faces"
    assert found() == {"messenger": "good", "identifier": "good", "faces": "good", "second_factor": "warning"}
    set_practice_day(date(2026, 3, 10))
    assert list(sandboxes()) == []
