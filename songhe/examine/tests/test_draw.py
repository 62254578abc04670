"""A month is counted by set, frozen, and published by another person; a correction is a version of its own."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import COUNTY, at
from songhe.examine import draw as verbs
from songhe.examine import object as objections
from songhe.examine.gather import gather
from songhe.examine.models import Examination, Figure, Objection, Score
from songhe.examine.scheme import shipped
from songhe.examine.score import Counted
from songhe.examine.tests.world import APRIL_5, MARCH, drawn, handed_in, provider, published, visits
from songhe.feedback.models import Complaint
from songhe.kernel.refusal import Refusal
from songhe.provider.suspend import suspend
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def figure(examination, who, code):
    return Figure.objects.get(county=COUNTY, examination=examination, provider=who, indicator=code)


def score(examination, who):
    return Score.objects.get(county=COUNTY, examination=examination, provider=who)


def complained(who, **fields):
    given = {
        "county": COUNTY,
        "no": f"T{Complaint.rows.count()}",
        "about": "provider",
        "provider": who,
        "category": "quality",
        "words": "迟到",
        "by": "x",
        "received_at": at(MARCH.first),
        "received_on": MARCH.first,
        "due_on": APRIL_5,
    }
    return Complaint.rows.create(**{**given, **fields})


def refused(code, do):
    with pytest.raises(Refusal) as refusal:
        do()
    assert refusal.value.code == code


def test_a_month_is_counted_and_scored():
    good, bad, dear = provider(), provider(), provider(130_000)
    visits(good, passed=40)
    visits(bad, passed=30, failed=10)
    handed_in(good, good=40)
    handed_in(bad, good=36, refused=4)
    suspend(provider=bad, county=COUNTY, since=MARCH.first, because="检查", at=at(MARCH.first), by="head")
    made = drawn()
    assert (made.number, made.state) == (1, "drawn")
    assert (figure(made, good, "evidence").value, figure(made, good, "evidence").points) == (10_000, 100)
    assert (figure(made, bad, "evidence").value, figure(made, bad, "evidence").points) == (7500, 0)
    assert (figure(made, bad, "refused").num, figure(made, bad, "refused").den) == (4, 40)
    assert (figure(made, dear, "price").value, figure(made, dear, "price").points) == (13_000, 40)
    assert figure(made, bad, "suspended").points == 40
    assert figure(made, good, "rating").points is None
    assert score(made, good).total == 100
    assert score(made, bad).total < 60
    assert score(made, dear).total is None
    assert Entry.objects.get(county=COUNTY, act="examine.draw").detail["providers"] == 3


def test_complaints_count_unless_untrue_or_taken_back():
    who = provider()
    complained(who)
    complained(who, state="withdrawn")
    complained(who, outcome="rejected", state="answered", answer="不属实")
    complained(who, outcome="rejected", review_outcome="upheld", state="closed", answer="x")
    counts = gather(county=COUNTY, month=MARCH, rules=shipped().rules)
    assert counts["complaints"][who.pk] == Counted(2, 0)


def test_counting_takes_as_many_statements_for_one_as_for_thirty():
    found = []
    for more in (1, 29):
        for _ in range(more):
            visits(provider(), passed=2)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            gather(county=COUNTY, month=MARCH, rules=shipped().rules)
        found.append(len(queries))
    assert found[0] == found[1] <= 16


def test_another_person_publishes():
    provider()
    made = drawn()
    refused("examine.same_person", lambda: verbs.publish(examination=made, at=at(APRIL_5), on=APRIL_5, by="clerk"))
    done = verbs.publish(examination=made, at=at(APRIL_5), on=APRIL_5, by="head")
    assert (done.state, done.published_on) == ("published", APRIL_5)
    refused("examine.wrong_state", lambda: verbs.publish(examination=done, at=at(APRIL_5), on=APRIL_5, by="head"))


def test_a_correction_is_a_number_of_its_own_and_replaces_what_was_published():
    who = provider()
    first = published()
    refused("examine.already_drawn", drawn)
    visits(who, passed=40)
    assert verbs.differences(first) == [(who.pk, "evidence", Counted(0, 0), Counted(40, 40))]
    second = drawn(because="补录核验记录")
    first.refresh_from_db()
    assert (second.number, first.state) == (2, "published")
    verbs.publish(examination=second, at=at(APRIL_5), on=APRIL_5, by="head")
    first.refresh_from_db()
    assert first.state == "replaced"
    assert figure(first, who, "evidence").den == 0


def test_what_is_drawn_and_not_published_is_dropped_by_the_next():
    first = drawn()
    drawn(because="数据不全")
    first.refresh_from_db()
    assert (first.state, first.decided_because) == ("dropped", "数据不全")
    third = Examination.objects.get(county=COUNTY, state="drawn")
    refused("examine.reason_missing", lambda: verbs.drop(examination=third, because=" ", at=at(APRIL_5), by="clerk"))
    assert verbs.drop(examination=third, because="重做", at=at(APRIL_5), by="clerk").state == "dropped"


def test_a_month_that_is_not_over_is_not_examined():
    refused("examine.month_not_over", lambda: drawn(on=date(2026, 3, 31)))


def test_what_is_frozen_stays():
    who = provider()
    row = figure(drawn(), who, "price")
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.filter(county=COUNTY, id=row.id).update(value=1)


def objected(examination, who, *, code="evidence", on=APRIL_5, because="系统故障"):
    return objections.object_to(
        examination=examination, provider=who, indicator=code, because=because, at=at(on), on=on, by="manager"
    )


def test_a_provider_objects_and_a_third_person_answers():
    who = provider()
    made = objected(published(), who)
    for by in ("manager", "clerk", "head"):
        refused(
            "examine.same_person",
            lambda by=by: objections.answer(objection=made, upheld=True, words="补", at=at(APRIL_5), by=by),
        )
    refused(
        "examine.reason_missing",
        lambda: objections.answer(objection=made, upheld=True, words="", at=at(APRIL_5), by="third"),
    )
    done = objections.answer(objection=made, upheld=True, words="属实，将更正", at=at(APRIL_5), by="third")
    assert (done.state, Objection.objects.get(county=COUNTY).answered_by) == ("upheld", "third")


def test_an_objection_has_a_reason_a_subject_and_a_last_day():
    who, made = provider(), None
    refused("examine.wrong_state", lambda: objected(drawn(), who))
    made = published(because="再算")
    refused("examine.reason_missing", lambda: objected(made, who, because=" "))
    refused("examine.not_examined", lambda: objected(made, who, code="smiles"))
    refused("examine.not_examined", lambda: objected(made, provider()))
    refused("examine.objection_too_late", lambda: objected(made, who, on=date(2026, 4, 21)))
    objected(made, who, on=date(2026, 4, 20))
    refused("examine.already_objected", lambda: objected(made, who))
