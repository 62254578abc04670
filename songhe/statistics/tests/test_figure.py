from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world as assessments
from songhe.entitlement.tests import story
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.place.calendar import load_shipped_calendars
from songhe.policy.resolve import library
from songhe.provider.models import Provider
from songhe.redemption.tests import world as bills
from songhe.redemption.tests.test_reverse import undo
from songhe.statistics.definition import indicator, indicators
from songhe.statistics.figure import figures
from songhe.statistics.measure import (
    OF_MEASURE,
    Frame,
    amounts,
    by_day,
    by_group,
    by_level,
    by_place,
    institutions,
    measures,
    person_ids,
)

COUNTY = "370799"
MARCH = Month(2026, 3)
TENTH = date(2026, 3, 10)

pytestmark = pytest.mark.django_db


def frame(**more):
    return Frame(**{"counties": (COUNTY,), "month": MARCH, "on": TENTH, **more})


def spent(*, town="001", fee_fen=100_000, category="home"):
    """Somebody of a town with a voucher of March and one bill."""
    person = assessments.elder(place=f"{COUNTY}{town}001")
    vouchers.budget()
    grant = vouchers.voucher(person=person, category=category)
    server = bills.provider(prices={"bath": fee_fen})
    bills.visit_of(grant, server)
    bill = bills.pay(grant, server, bills.bath())
    return grant, bill


def test_every_definition_is_made_of_measures_that_there_are():
    known = {*OF_MEASURE, "decision_days", "decided_late", "budget_fen", "settled_fen", "beds"}
    for versions in indicators().values():
        for each in versions:
            assert {each.numerator, each.denominator or each.numerator} <= known
            assert each.source in library().sources
            assert each.zh
            assert each.means_en
        assert [each.first for each in versions] == sorted({each.first for each in versions})


def test_an_unknown_figure_is_refused():
    with pytest.raises(Refusal, match=r"statistics\.unknown_figure"):
        indicator("nonsense", MARCH)


def test_what_was_issued_used_and_driven():
    grant, _ = spent()
    found = figures(frame())
    assert found["issued"].value == 1
    assert found["issued_fen"].value == grant.face_fen
    assert found["redeemed"].value == 1
    assert found["redeemed_fen"].value == 50_000
    assert found["driven_fen"].value == 100_000
    assert found["driven_times"].value == 2
    assert found["users"].value == 1
    assert found["take_up"].value == Fraction(1, 1)


def test_what_was_reversed_is_used_by_nobody():
    _, bill = spent()
    undo(bill)
    found = figures(frame())
    assert found["reversed"].value == 1
    assert found["reversed_fen"].value == 50_000
    assert found["redeemed_fen"].value == 0
    assert found["users"].value == 0
    assert found["driven_times"].value is None


def test_a_town_and_a_group_are_told_apart_and_add_up():
    spent(town="001")
    spent(town="002", fee_fen=60_000)
    towns = by_place(frame(), ["users", "redeemed_fen", "issued"], width=9)
    assert {code: row["redeemed_fen"] for code, row in towns.items()} == {
        f"{COUNTY}001": 50_000,
        f"{COUNTY}002": 30_000,
    }
    assert figures(frame(place=f"{COUNTY}002"))["redeemed_fen"].value == 30_000
    assert by_group(frame(), ["redeemed_fen", "issued"])["home"] == {"redeemed_fen": 80_000, "issued": 2}
    assert figures(frame(group="day_care"))["redeemed_fen"].value == 0
    assert sum(by_day(frame())[MARCH].values()) == 80_000


def test_of_a_filtered_frame_no_money_is_told_that_belongs_to_nobody():
    vouchers.budget()
    assert figures(frame())["budget_fen"].value == 10_000_000
    assert figures(frame(group="home"))["budget_fen"].value is None
    assert figures(frame(place=f"{COUNTY}001"))["occupancy"].value is None


def test_whom_a_figure_counts_can_be_listed_with_their_part():
    grant, _ = spent()
    ids = [row["bill__person_id"] for row in person_ids(frame(), "users")]
    assert ids == [grant.person_id]
    assert amounts(frame(), "redeemed_fen", ids) == {grant.person_id: 50_000}


def test_the_way_from_a_right_to_its_use():
    entitled = story.approved(assessments.elder(), category="home")
    story.determined(assessments.elder())
    vouchers.budget()
    vouchers.run_issue(on=TENTH)
    found = measures(frame())
    assert (found["entitled"], found["reached"], found["granted"], found["users"]) == (2, 2, 1, 0)
    assert found["unreached"] == 0
    assert Grant.objects.get(entitlement=entitled).person_id == entitled.person_id
    assert by_level(frame()) == {2: 2}


def test_an_earlier_month_is_told_as_it_was():
    load_shipped_calendars()
    story.approved(assessments.elder())
    assert measures(frame())["assessed"] == 1
    earlier = frame(month=Month(2026, 2))
    assert (measures(earlier)["assessed"], measures(earlier)["entitled"]) == (0, 0)
    later = frame(on=date(2026, 5, 2))
    assert (measures(later)["assessed"], measures(later)["entitled"]) == (1, 1)


def test_the_time_to_a_decision_is_counted_in_working_days():
    story.approved(assessments.elder())
    found = measures(frame())
    assert (found["decided"], found["decision_days"], found["decided_late"]) == (1, 0, 0)


def test_beds_and_residents_by_institution():
    home = bills.provider(kind="institution")
    Provider.objects.filter(id=home.id).update(beds=40)
    grant = vouchers.voucher(category="institution_long")
    bills.stay_of(grant, home)
    found = figures(frame())
    assert found["occupancy"].value == Fraction(1, 40)
    assert [(row["beds"], row["occupied"]) for row in institutions(frame())] == [(40, 1)]


def test_the_same_questions_are_asked_of_one_person_and_of_many():
    spent()

    def asked():
        with CaptureQueriesContext(connection) as kept:
            figures(frame())
        return len(kept)

    few = asked()
    for _ in range(3):
        spent()
    assert asked() == few <= 24
