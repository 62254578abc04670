from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from songhe.assessment.tests.world import COUNTY, at, elder, mandate
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Certificate, Evidence
from songhe.service.check import check
from songhe.service.models import Override, Visit
from songhe.service.queries import visits_of, waiting_overrides
from songhe.service.states import OVERRIDE, VERDICT
from songhe.service.tests import world
from songhe.service.visit import ask_override, decide_override, fail_after_death, judge_month, judge_visit
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
MARCH = Month(2026, 3)
TENTH, APRIL, JUNE = world.TENTH, world.APRIL, date(2026, 6, 15)


def refuses(code, call, *arguments, **named):
    with pytest.raises(Refusal) as refused, transaction.atomic():
        call(*arguments, **named)
    assert refused.value.code == code


def judged(visit):
    found = judge_visit(county=COUNTY, visit_id=visit.id, at=at(APRIL), by="run:judge")
    return found.verdict, found.verdict_reasons


def judge_march(**more):
    return judge_month(county=COUNTY, month=MARCH, at=at(APRIL), **more)


# --- recording -------------------------------------------------------------------------------------------------------


def test_records_a_home_visit_with_its_six_elements():
    visit = world.visit()
    assert judged(visit) == ("pass", [])
    assert visit.kind == "visit"
    assert Entry.objects.get(act="service.record_visit").subject_id == str(visit.id)
    assert visits_of(county=COUNTY, provider_id=visit.provider_id, month=MARCH) == [visit]
    assert list(check()) == []


@pytest.mark.parametrize("kind", [Evidence.ATTENDANCE, Evidence.MEAL, Evidence.ESCORT])
def test_records_the_other_kinds(kind):
    visit = world.visit(item=world.item(kind), evidence={"place": "县医院"})
    assert visit.kind == kind
    assert judged(visit)[0] == "pass"


def test_the_same_record_told_twice_is_one():
    of, who, what = world.provider(), world.at_home(), world.item()
    told = {"of": of, "item": what, "worker": world.worker(of), "client_id": "d1-7"}
    first = world.visit(who, **told)
    assert world.visit(who, **told) == first
    assert Visit.objects.count() == 1
    refuses("service.other_record", world.visit, who, **{**told, "minutes": 90})
    assert world.visit(who, **{**told, "of": world.provider(), "worker": None}) != first


def test_the_same_record_is_found_even_after_a_death_was_reported():
    of, who, what = world.provider(), world.at_home(), world.item()
    told = {"of": of, "item": what, "worker": world.worker(of), "client_id": "d1-8"}
    first = world.visit(who, **told)
    world.reported_death(who, date(2026, 3, 9))
    assert world.visit(who, **told) == first


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (lambda: {"item": world.item(Evidence.STAY)}, "service.wrong_kind"),
        (lambda: {"item": world.item(place="650000")}, "service.item_not_in_catalogue"),
        (lambda: {"item": world.item(valid_to=date(2026, 3, 9))}, "service.item_not_in_catalogue"),
        (lambda: {"of": world.provider(categories=["day_care"])}, "provider.not_listed"),
        (lambda: {"of": world.provider(valid_from=date(2026, 3, 11))}, "provider.not_listed"),
        (lambda: {"worker": world.worker(world.provider())}, "service.not_its_worker"),
        (lambda: {"minutes": -1}, "service.ends_before_it_starts"),
        (lambda: {"started_at": world.clock(date(2026, 3, 9), 9)}, "service.times_on_another_day"),
        (lambda: {"day": APRIL, "hour": 10, "minutes": 600}, "service.not_yet_over"),
        (lambda: {"day": APRIL + timedelta(days=1), "started_at": None, "ended_at": None}, "service.in_the_future"),
        (lambda: {"quantity": 0}, "input.too_small"),
        (lambda: {"quantity": True}, "input.not_an_integer"),
        (lambda: {"confirmed_by": "neighbour"}, "service.unknown_confirmation"),
        (lambda: {"confirmed_by": "proxy"}, "service.not_its_proxy"),
    ],
)
def test_refuses_what_cannot_be(fields, code):
    refuses(code, world.visit, **fields())
    assert Visit.objects.count() == 0


def test_refuses_a_worker_whose_certificate_ran_out():
    of = world.provider()
    carer = world.worker(of)
    Certificate.objects.create(
        worker=carer, kind="养老护理员", number="1", valid_from=date(2021, 1, 1), valid_to=date(2026, 3, 9)
    )
    refuses("service.worker_not_qualified", world.visit, of=of, worker=carer)


def test_refuses_a_worker_who_has_left():
    of = world.provider()
    refuses("service.worker_not_qualified", world.visit, of=of, worker=world.worker(of, valid_to=date(2026, 3, 9)))


def test_refuses_services_of_a_suspended_provider_from_the_day_on():
    of = world.provider()
    world.suspend(of, TENTH)
    assert world.visit(of=of, day=date(2026, 3, 9))
    refuses("provider.suspended", world.visit, of=of)


def test_refuses_services_after_the_file_was_closed():
    refuses("service.file_closed", world.visit, world.at_home(closed_on=date(2026, 3, 9)))


def test_what_was_told_cannot_be_changed():
    visit = world.visit()
    for change in ({"quantity": 2}, {"service_on": date(2026, 3, 11)}, {"evidence_sha256": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(county=COUNTY, id=visit.id).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(county=COUNTY, id=visit.id).delete()


# --- who confirms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "tied", "kept"),
    [
        ("child", False, "proxy"),
        ("village_worker", False, "proxy"),
        ("relative", True, "tied_proxy"),
        ("provider_staff", True, "tied_proxy"),
    ],
)
def test_a_proxy_tied_to_the_provider_confirms_nothing(relation, tied, kept):
    person, of = world.at_home(), world.provider()
    given = mandate(person, relation=relation, provider=of if tied else None)
    visit = world.visit(person, of=of, confirmed_by="proxy", mandate_id=given.id)
    assert visit.confirmed_by == kept
    assert judged(visit) == (("fail", ["confirmed_by_tied_proxy"]) if tied else ("pass", []))
    assert list(check()) == []


@pytest.mark.parametrize(
    "fields", [{"valid_to": date(2026, 3, 9)}, {"ended_on": date(2026, 3, 9)}, {"person": "another"}]
)
def test_a_mandate_that_is_over_or_of_another_confirms_nothing(fields):
    person = world.at_home()
    given = mandate(elder()) if "person" in fields else mandate(person, **fields)
    refuses("service.not_its_proxy", world.visit, person, confirmed_by="proxy", mandate_id=given.id)


# --- judging ---------------------------------------------------------------------------------------------------------


def test_judges_a_month_once(django_assert_max_num_queries):
    of = world.provider()
    for hour in (8, 10, 12):
        world.visit(of=of, hour=hour)
    far = world.visit(of=of, position=world.Point(36.8, 119.16))
    world.visit(day=date(2026, 2, 27))
    with django_assert_max_num_queries(40):
        done = judge_march()
    assert (done.passed, done.failed, done.held) == (3, 1, 0)
    assert done.by_reason == {"too_far": 1}
    far.refresh_from_db()
    assert (far.verdict, far.judged_by) == ("fail", "run:judge")
    again = judge_march()
    assert (again.passed, again.failed) == (0, 0)


def test_the_number_of_statements_does_not_follow_the_number_of_visits(django_assert_max_num_queries):
    of, what = world.provider(), world.item()
    carers = [world.worker(of) for _ in range(4)]
    for day in range(1, 11):
        for carer in carers:
            world.visit(of=of, worker=carer, item=what, day=date(2026, 3, day), hour=9)
    with django_assert_max_num_queries(25):
        assert judge_march().passed == 40


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_two_visits_at_one_time_both_fail_whatever_the_chunk(chunk):
    of = world.provider()
    carer = world.worker(of)
    visits = [world.visit(of=of, worker=carer, hour=9), world.visit(of=of, worker=carer, hour=9)]
    apart = world.visit(of=of, worker=carer, hour=14)
    judge_march(chunk=chunk)
    for visit in [*visits, apart]:
        visit.refresh_from_db()
    assert [visit.verdict_reasons for visit in visits] == [["overlaps_worker"], ["overlaps_worker"]]
    assert apart.verdict == "pass"


@pytest.mark.parametrize("chunk", [1, 1000])
def test_a_record_that_is_worth_nothing_contradicts_no_good_one(chunk):
    of = world.provider()
    carer = world.worker(of)
    person = world.at_home()
    good = world.visit(person, of=of, worker=carer)
    world.visit(person, of=of, worker=carer, position=None)
    judge_march(chunk=chunk)
    good.refresh_from_db()
    assert good.verdict == "pass"


def test_a_visit_told_late_fails_against_one_that_passed_and_leaves_it():
    of = world.provider()
    carer = world.worker(of)
    first = world.visit(of=of, worker=carer)
    judge_march()
    late = world.visit(of=of, worker=carer)
    judge_march()
    assert judged(first)[0] == "pass"
    assert judged(late) == ("fail", ["overlaps_worker"])


def test_two_providers_cannot_serve_one_person_at_one_time():
    person = world.at_home()
    world.visit(person)
    second = world.visit(person)
    assert judge_march().failed == 2
    assert judged(second) == ("fail", ["overlaps_person"])


def test_a_home_visit_during_a_stay_fails_but_not_on_the_day_of_moving_in():
    person = world.at_home()
    inside = world.visit(person, day=date(2026, 3, 12))
    moving = world.visit(person, day=date(2026, 3, 11))
    world.stay(person, admitted_on=date(2026, 3, 11))
    assert judged(inside) == ("fail", ["in_institution"])
    assert judged(moving) == ("pass", [])


# --- setting a verdict aside -----------------------------------------------------------------------------------------


def failed():
    visit = world.visit(position=None)
    judge_march()
    visit.refresh_from_db()
    return visit


def ask(visit, *, verdict="pass", because="定位设备故障，入户照片可证", by="clerk"):
    return ask_override(county=COUNTY, visit_id=visit.id, verdict=verdict, because=because, at=at(APRIL), by=by)


def decide(asked, *, granted=True, by="head"):
    return decide_override(county=COUNTY, override_id=asked.id, granted=granted, at=at(APRIL), by=by)


def test_two_people_set_a_verdict_aside_and_the_next_run_leaves_it():
    visit = failed()
    asked = ask(visit)
    assert waiting_overrides(county=COUNTY) == [asked]
    decide(asked)
    judge_march()
    visit.refresh_from_db()
    assert (visit.verdict, visit.verdict_reasons, visit.judged_by) == ("pass", ["position_absent", "override"], "head")
    entry = Entry.objects.get(act="service.decide_override")
    assert entry.reason == "定位设备故障，入户照片可证"
    assert list(check()) == []


def test_a_passing_verdict_can_be_set_aside_too():
    visit = world.visit()
    judge_march()
    decide(ask(visit, verdict="fail", because="老人电话否认"))
    assert judged(visit) == ("fail", ["override"])


def test_declining_leaves_the_verdict_and_a_new_wish_may_follow():
    visit = failed()
    decide(ask(visit), granted=False)
    visit.refresh_from_db()
    assert visit.verdict == "fail"
    decide(ask(visit))
    assert judged(visit)[0] == "pass"


@pytest.mark.parametrize("by", ["clerk", "carer"])
def test_who_asked_or_recorded_does_not_decide(by):
    refuses("service.same_person", decide, ask(failed()), by=by)


def test_the_database_refuses_one_person_for_both():
    asked = ask(failed())
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(county=COUNTY, id=asked.id).update(decided_by="clerk")


def test_refuses_an_override_without_a_reason_or_without_effect():
    visit = failed()
    refuses("service.no_reason", ask, visit, because="  ")
    refuses("service.same_verdict", ask, visit, verdict="fail")
    refuses("service.wrong_state", ask, world.visit())
    ask(visit)
    refuses("service.override_already_asked", ask, visit)


def test_refuses_to_decide_twice():
    asked = ask(failed())
    decide(asked)
    refuses("service.wrong_state", decide, asked)


def test_refuses_what_is_unknown():
    refuses("service.unknown_visit", judged, Visit())
    refuses("service.unknown_override", decide, Override())


def test_the_states_have_no_way_back_to_pending():
    assert all(after != "pending" for _, after in VERDICT.transitions.values())
    assert OVERRIDE.verbs("granted") == OVERRIDE.verbs("declined") == ()


# --- death, known at once or three months late -----------------------------------------------------------------------


def test_a_visit_on_the_day_of_death_counts_and_one_after_it_is_refused():
    person = world.died(world.at_home(), TENTH)
    assert judged(world.visit(person))[0] == "pass"
    refuses("service.after_death", world.visit, person, day=date(2026, 3, 11))


def test_a_reported_death_refuses_later_services_and_no_earlier_ones():
    person = world.at_home()
    world.reported_death(person, TENTH)
    assert world.visit(person)
    refuses("service.death_reported", world.visit, person, day=date(2026, 3, 11))


def test_a_visit_after_a_reported_death_waits_and_fails_once_it_is_verified():
    person = world.at_home()
    after = world.visit(person, day=date(2026, 3, 12))
    event = world.reported_death(person, TENTH)
    assert judge_march().held == 1
    event.state = "verified"
    event.save()
    world.died(person, TENTH)
    assert judge_march().failed == 1
    assert judged(after) == ("fail", ["after_death"])


def test_a_refuted_report_lets_the_visit_pass():
    person = world.at_home()
    after = world.visit(person, day=date(2026, 3, 12))
    event = world.reported_death(person, TENTH)
    judge_march()
    event.state = "refuted"
    event.save()
    judge_march()
    assert judged(after)[0] == "pass"


@pytest.mark.parametrize("state", ["pending", "pass", "fail", "overridden"])
def test_a_death_known_three_months_late_fails_every_visit_after_it_in_every_state(state):
    person = world.at_home()
    before = world.visit(person, day=date(2026, 3, 9))
    after = world.visit(person, day=date(2026, 3, 12), position=None if state in {"fail", "overridden"} else world.HOME)
    if state != "pending":
        judge_march()
    if state == "overridden":
        decide(ask(after))
    world.died(person, TENTH)
    found = {code for code, _, _ in check()}
    assert found == ({"service.visit_after_death"} if state in {"pass", "overridden"} else set())
    count = fail_after_death(county=COUNTY, person_id=person.id, at=at(JUNE), by="run:death")
    assert count == (0 if state == "fail" else 1)
    assert fail_after_death(county=COUNTY, person_id=person.id, at=at(JUNE), by="run:death") == 0
    assert judged(after)[0] == "fail"
    assert judged(before)[0] == "pass"
    assert list(check()) == []


# --- the auditor -----------------------------------------------------------------------------------------------------


def test_finds_records_that_were_written_past_the_verbs():
    visit = world.visit()
    stranger = world.worker(world.provider())
    copy = Visit.objects.get(id=visit.id)
    copy.id, copy.client_id, copy.worker_id = Override().id, None, stranger.id
    copy.kind, copy.verdict, copy.longitude = "visit", "pass", None
    copy.save(force_insert=True)
    other = Visit.objects.get(id=visit.id)
    other.id, other.kind = Override().id, "meal"
    other.save(force_insert=True)
    assert sorted(code for code, _, _ in check()) == [
        "service.evidence_differs",
        "service.home_visit_passed_without_position",
        "service.kind_differs_from_item",
        "service.worker_of_another_provider",
    ]
