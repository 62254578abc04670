"""Anybody complains, gets a number and a day, and reads what became of it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from songhe.access.scope import Scope
from songhe.assessment.tests.world import COUNTY, at, body, elder
from songhe.document.number import check
from songhe.entitlement.models import Application
from songhe.feedback.answer import answer, review, transfer
from songhe.feedback.category import terms
from songhe.feedback.complain import (
    code_of,
    complain,
    contest,
    contest_until,
    opens_with_code,
    opens_with_phone,
    withdraw,
)
from songhe.feedback.models import Complaint
from songhe.feedback.queries import by_number, counts, mine, open_for, overdue
from songhe.kernel.refusal import Refusal
from songhe.place.calendar import load_shipped_calendars
from songhe.provider.models import Kind
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 3, 13)
OVER_THE_COUNTY = Scope(divisions=(COUNTY,), purpose="test")


def made(*, on=FRIDAY, **more):
    load_shipped_calendars()
    given = {
        "county": COUNTY,
        "about": None,
        "person_id": None,
        "category": "service",
        "confidential": False,
        "words": "说好两小时，只来了半小时",
        "phone": "",
        "by": "public",
        "at": at(on),
        "on": on,
    }
    return complain(**{**given, **more})


def answered(complaint, *, by="clerk", on=date(2026, 3, 16)):
    return answer(complaint=complaint, outcome="upheld", text="已责令改正", at=at(on), on=on, by=by)


def refusal_of(do, *args, **more):
    with pytest.raises(Refusal) as refusal:
        do(*args, **more)
    return refusal.value.code


def test_nobody_need_leave_a_name_and_gets_a_number_and_a_day():
    found = made()
    assert check(found.no) == found.no
    assert found.due_on == date(2026, 3, 24)
    assert by_number(found.no) == found.complaint
    assert found.complaint.phone == found.complaint.name == ""


def test_the_days_are_working_days_of_the_category():
    assert made(category="harm").due_on == date(2026, 3, 18)
    assert made(category="harm", on=date(2026, 2, 13)).due_on == date(2026, 2, 25)


def test_the_code_is_kept_nowhere_and_opens_this_complaint_alone():
    one, other = made(), made()
    assert opens_with_code(one.complaint, f" {one.code[:4]} {one.code[4:]} ")
    assert not opens_with_code(other.complaint, one.code)
    assert not opens_with_code(one.complaint, "")
    assert one.code == code_of(by_number(one.no))
    stored = Complaint.rows.filter(county=COUNTY, id=one.complaint.id).values().get()
    assert one.code not in str(stored)


def test_the_tail_of_the_telephone_opens_it_too():
    found = made(phone="138 0013 8000").complaint
    assert opens_with_phone(found, "８０００")
    assert not opens_with_phone(found, "0000")
    assert not opens_with_phone(made().complaint, "")


def test_what_is_confidential_by_its_nature_is_so_whatever_was_ticked():
    assert made(category="harm").complaint.confidential
    assert not made(category="price").complaint.confidential
    assert made(category="price", confidential=True).complaint.confidential


def test_it_names_the_provider_and_the_person():
    person, provider = elder(), body(kind=Kind.COMMUNITY)
    found = made(about=provider, person_id=person.id).complaint
    assert (found.about, found.provider, found.person_id) == ("provider", provider, person.id)
    assert list(mine(Scope(person_ids=(person.id,)))) == [found]
    assert list(mine(Scope(divisions=(COUNTY,)))) == []


def test_the_trail_has_no_words_and_no_telephone():
    made(phone="13800138000", words="护理员张三没有来")
    noted = Entry.objects.get(county=COUNTY, act="feedback.complain")
    assert "张三" not in str(noted.detail) + noted.reason
    assert "8000" not in str(noted.detail)


def test_what_is_refused():
    assert refusal_of(made, category="weather") == "feedback.unknown_category"
    assert refusal_of(made, words="  ") == "feedback.words_missing"
    assert refusal_of(made, words="字" * 1001) == "feedback.too_long"
    assert refusal_of(made, phone="12345") == "person.phone_invalid"
    elsewhere = Application(county="370703", person=elder(county="370703"))
    assert refusal_of(made, about=elsewhere) == "feedback.elsewhere"


def test_a_clerk_answers_and_an_approver_reviews():
    found = answered(made().complaint)
    assert (found.state, found.outcome, found.answer) == ("answered", "upheld", "已责令改正")
    assert contest_until(found) == date(2026, 3, 30)
    contested = contest(complaint=found, grounds="还是没改", by="public", at=at(FRIDAY), on=date(2026, 3, 30))
    assert (contested.state, contested.due_on) == ("contested", date(2026, 4, 14))
    closed = review(complaint=contested, outcome="partly", text="已约谈", at=at(FRIDAY), by="approver")
    assert (closed.state, closed.review_outcome) == ("closed", "partly")


def test_who_answered_does_not_review():
    found = answered(made().complaint)
    contested = contest(complaint=found, grounds="还是没改", by="public", at=at(FRIDAY), on=FRIDAY)
    code = refusal_of(review, complaint=contested, outcome="partly", text="维持", at=at(FRIDAY), by="clerk")
    assert code == "feedback.same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.rows.filter(county=COUNTY, id=found.id).update(reviewed_by="clerk")


def test_who_took_the_decision_does_not_answer_for_it():
    found = made().complaint
    Complaint.rows.filter(county=COUNTY, id=found.id).update(against=["clerk"])
    assert refusal_of(answered, found) == "feedback.same_person"
    assert answered(found, by="clerk2").answered_by == "clerk2"


def test_after_the_days_for_it_no_review_is_asked_for():
    found = answered(made().complaint)
    code = refusal_of(contest, complaint=found, grounds="不服", by="public", at=at(FRIDAY), on=date(2026, 3, 31))
    assert code == "feedback.contest_too_late"


def test_it_goes_to_who_is_responsible_or_is_withdrawn():
    found = transfer(complaint=made().complaint, to="县医疗保障局", because="属于长护险", at=at(FRIDAY), by="clerk")
    assert (found.state, found.transferred_to) == ("transferred", "县医疗保障局")
    assert withdraw(complaint=made().complaint, by="public", at=at(FRIDAY)).state == "withdrawn"


def test_nothing_is_answered_twice():
    found = answered(made().complaint)
    assert refusal_of(answered, found) == "feedback.wrong_state"
    assert refusal_of(withdraw, complaint=found, by="public", at=at(FRIDAY)) == "feedback.wrong_state"
    assert refusal_of(answer, complaint=found, outcome="x", text="y", at=at(FRIDAY), on=FRIDAY, by="clerk") == (
        "feedback.unknown_outcome"
    )


def test_the_open_ones_come_by_their_day_and_the_confidential_ones_to_who_may():
    late, soon, hidden = made(on=date(2026, 3, 2)), made(), made(category="harm")
    answered(made().complaint)
    assert list(open_for(OVER_THE_COUNTY)) == [late.complaint, soon.complaint]
    assert hidden.complaint in list(open_for(OVER_THE_COUNTY, confidential=True))
    assert list(overdue(OVER_THE_COUNTY, date(2026, 3, 16))) == [late.complaint]
    assert list(open_for(Scope(divisions=("370703",)))) == []
    found = counts(OVER_THE_COUNTY, date(2026, 3, 16), confidential=True)
    assert (found["received"], found["answered"], found["overdue"]) == (3, 1, 1)


def test_every_category_says_its_days():
    for category in terms().categories.values():
        assert 0 < category.first <= category.second
