"""Below the line a provider is warned with a deadline; it mends, and the county lifts it or finds it failed."""

from datetime import date, timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.examine import warn as warnings
from songhe.examine.draw import publish
from songhe.examine.models import Caution
from songhe.examine.tests import world
from songhe.examine.tests.world import APRIL_5, MARCH, drawn, published
from songhe.feedback.models import Complaint
from songhe.kernel.refusal import Refusal
from songhe.meal.close import inspect
from songhe.meal.tests import world as meals
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

DUE = APRIL_5 + timedelta(days=30)
LATE = DUE + timedelta(days=1)


def bad(month=MARCH):
    """Below the line; there are two more, so that its prices are compared."""
    made, _one, _other = (world.provider() for _ in range(3))
    world.visits(made, passed=20, failed=20, month=month)
    world.handed_in(made, good=20, refused=20, month=month)
    return made


def warned():
    who = bad()
    published()
    return Caution.objects.get(provider=who)


def found(who=None, **differently):
    told = {"cause": "finding", "mend": "补齐消防器材", "due_on": DUE, "at": at(APRIL_5), "on": APRIL_5, "by": "clerk"}
    return warnings.warn(county=COUNTY, provider=who or world.provider(), **{**told, **differently})


def refused(code, do, *told, **more):
    with pytest.raises(Refusal) as refusal:
        do(*told, **more)
    assert refusal.value.code == code


def test_whoever_is_below_the_line_is_warned_when_the_scores_are_published():
    good, low = world.provider(), bad()
    world.visits(good, passed=40)
    world.handed_in(good, good=40)
    made = published()
    row = Caution.objects.get()
    assert (row.provider, row.cause, row.examination_id, row.due_on) == (low, "score", made.id, DUE)
    assert Entry.objects.get(act="examine.publish").detail["warned"] == 1


def test_the_provider_mends_and_another_person_lifts_it():
    row = warnings.mend(caution=warned(), words="换了两名护理员", at=at(APRIL_5), by="manager")
    assert row.state == "mended"
    refused("examine.same_person", warnings.lift, caution=row, because="复查合格", at=at(APRIL_5), by="head")
    row = warnings.lift(caution=row, because="复查合格", at=at(APRIL_5), by="clerk")
    assert (row.state, row.decided_by) == ("lifted", "clerk")
    refused("examine.wrong_state", warnings.mend, caution=row, words="再改", at=at(APRIL_5), by="manager")


def test_what_is_not_mended_goes_back_with_a_reason_and_perhaps_more_time():
    row = warnings.mend(caution=warned(), words="改了", at=at(APRIL_5), by="manager")
    told = {"caution": row, "at": at(APRIL_5), "on": APRIL_5, "by": "clerk"}
    refused("examine.reason_missing", warnings.send_back, because=" ", **told)
    refused("examine.due_too_soon", warnings.send_back, because="没改", due_on=APRIL_5, **told)
    row = warnings.send_back(because="只改了一处", due_on=LATE, **told)
    assert (row.state, row.due_on, row.because) == ("given", LATE, "只改了一处")


def test_after_its_day_it_is_overdue_until_somebody_decides():
    row = warned()
    assert not warnings.overdue([COUNTY], DUE)
    assert list(warnings.overdue([COUNTY], LATE)) == [row]
    told = {"caution": row, "because": "没有整改", "at": at(DUE)}
    refused("examine.not_due", warnings.fail, on=DUE, by="clerk", **told)
    refused("examine.same_person", warnings.fail, on=LATE, by="head", **told)
    assert warnings.fail(on=LATE, by="clerk", **told).state == "failed"
    assert not warnings.overdue([COUNTY], LATE)


def test_while_one_is_open_the_next_month_makes_no_second():
    who = bad()
    world.visits(who, passed=20, failed=20, month=MARCH.next)
    world.handed_in(who, good=20, refused=20, month=MARCH.next)
    published()
    published(month=MARCH.next, on=date(2026, 5, 4))
    assert Caution.objects.filter(provider=who).count() == 1


def test_a_correction_takes_away_a_warning_that_had_no_ground():
    row = warned()
    world.visits(row.provider, passed=900)
    world.handed_in(row.provider, good=900)
    again = drawn(because="漏了数据")
    publish(examination=again, at=at(APRIL_5), on=APRIL_5, by="head")
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("lifted", warnings.RUN)


def test_a_serious_finding_names_what_and_by_when():
    row = found()
    assert (row.cause, row.due_on, row.state) == ("finding", DUE, "given")
    refused("examine.reason_missing", found, mend=" ")
    refused("examine.due_too_soon", found, due_on=APRIL_5)


def test_a_food_inspection_that_failed_is_a_ground():
    point = meals.point()
    told = {"day": APRIL_5, "at": at(APRIL_5), "by": "inspector"}
    inspect(point=point, result="pass", findings=[], **told)
    assert warnings.grounds(county=COUNTY, on=APRIL_5) == []
    inspect(point=point, result="fail", findings=["生熟不分"], **told)
    (ground,) = warnings.grounds(county=COUNTY, provider=point.provider, on=APRIL_5)
    assert found(point.provider, cause=ground.cause, about=ground.about).about == f"{point.code} 2026-04-05"
    refused("examine.no_ground", found, cause=ground.cause, about=ground.about)


def test_a_complaint_is_a_ground_once_it_is_found_true():
    who = world.provider()
    row = Complaint.rows.create(
        county=COUNTY,
        no="TS1",
        about="provider",
        provider=who,
        category="service",
        words="没来",
        by="",
        received_at=at(APRIL_5),
        received_on=APRIL_5,
        due_on=LATE,
    )
    refused("examine.no_ground", found, who, cause="complaint", about="TS1")
    Complaint.rows.filter(county=COUNTY, id=row.id).update(outcome="upheld")
    assert found(who, cause="complaint", about="TS1").about == "TS1"
    Complaint.rows.filter(county=COUNTY, id=row.id).update(review_outcome="rejected")
    refused("examine.no_ground", found, who, cause="complaint", about="TS1")
