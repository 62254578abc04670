from datetime import date

import pytest

from songhe.assessment import loading, queries
from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.assessment.tests.test_recognise import adopt
from songhe.assessment.tests.world import at
from songhe.kernel.id_number import check_character, parse
from songhe.person.identity import identify

ON = date(2026, 3, 10)
pytestmark = pytest.mark.django_db


def row(elder, **changes):
    given = {
        "person": str(elder.id),
        "standard": "gbt-42195-2022",
        "level": 3,
        "body": "样例评估中心",
        "certificate_no": "P-1",
        "assessed_on": "2025-05-06",
    }
    return {**given, **changes}


def load(*rows, policy="national", on=ON):
    rules = world.policy() if policy == "national" else policy
    return list(loading.load(county=world.COUNTY, rows=rows, policy=rules, at=at(on), on=on, by="loader"))


def level(elder, on=ON):
    counts = queries.effective_level(elder, on)
    return counts.final_level if counts else None


def test_an_earlier_result_within_the_look_back_counts():
    elder = world.elder()
    (answer,) = load(row(elder))
    kept = Assessment.rows.get()
    assert (answer.state, answer.code, answer.no) == ("effective", "", kept.no)
    assert (kept.origin, kept.body_name, kept.certificate_no) == ("loaded", "样例评估中心", "P-1")
    assert (level(elder), level(elder, date(2025, 5, 5))) == (3, None)


def test_an_older_one_is_kept_and_counts_for_nothing():
    elder = world.elder()
    (answer,) = load(row(elder, assessed_on="2024-06-30"))
    assert (answer.state, answer.code, level(elder)) == ("kept", "assessment.too_old", None)
    assert Assessment.rows.get().final_level == 3


def test_unless_its_own_validity_lasts():
    elder = world.elder()
    (answer,) = load(row(elder, assessed_on="2024-06-30", valid_until="2026-06-29"))
    assert (answer.state, level(elder), level(elder, date(2026, 6, 30))) == ("effective", 3, None)


def test_the_months_of_the_place_decide_where_they_are_set():
    rules = world.policy(assessment_accepted_since=None, assessment_lookback_months=12)
    first, second = world.elder(), world.elder()
    answers = load(row(first, assessed_on="2025-03-10"), row(second, assessed_on="2025-03-09"), policy=rules)
    assert [each.state for each in answers] == ["effective", "kept"]
    assert load(row(world.elder()), policy=None)[0].state == "kept"


def test_the_old_standard_is_kept_as_recorded_and_never_converted():
    elder = world.elder()
    answers = load(
        row(elder, standard="mzt-039-2013", level="中度失能"),
        row(elder, standard="mzt-039-2013", level=3, certificate_no="P-2"),
    )
    assert {each.code for each in answers} == {"assessment.kept_as_recorded"}
    assert set(Assessment.rows.values_list("recorded_level", "final_level")) == {("中度失能", None), ("重度失能", None)}
    assert level(elder) is None


def test_another_agencys_result_counts_by_an_approved_mapping_only():
    first, second = world.elder(), world.elder()
    ltci = {"standard": "ltci-2021", "assessed_on": "2025-09-01"}
    (before,) = load(row(first, **ltci))
    adopt()
    (after,) = load(row(second, **ltci))
    assert (before.state, before.code, level(first)) == ("kept", "assessment.no_mapping", None)
    assert (after.state, level(second)) == ("effective", 3)
    assert Assessment.rows.get(no=after.no).origin == "recognised"
    (late,) = load(row(world.elder(), standard="ltci-2021", assessed_on="2025-03-09"))
    assert (late.state, late.code) == ("kept", "assessment.expired")


def test_people_are_found_by_their_number():
    first17 = "37079919500505002"
    id_number = first17 + check_character(first17)
    elder = world.elder(identity=identify(parse(id_number)))
    by_number = row(elder, id_number=id_number)
    del by_number["person"]
    assert load(by_number)[0].state == "effective"
    assert level(elder) == 3


def test_each_row_is_answered_and_a_bad_one_stops_no_other():
    elder, dead = world.elder(), world.elder(died_on=date(2025, 1, 1))
    moved = world.elder(closed_on=date(2025, 1, 1))
    answers = load(
        row(elder, level=5),
        row(elder, level=None),
        row(elder, assessed_on="06/05/2025"),
        row(elder, assessed_on="2026-03-11"),
        row(elder, standard="interrai"),
        row(elder, certificate_no=""),
        row(elder, total=60),
        row(elder, level=2.5),
        row(elder, person="somebody"),
        row(moved),
        row(dead),
        row(elder, person=None, id_number="3.30783E+17"),
        row(elder),
        row(elder),
    )
    assert [each.code for each in answers] == [
        "assessment.unknown_level",
        "input.missing",
        "input.not_a_date",
        "assessment.concluded_in_the_future",
        "assessment.unknown_standard",
        "input.missing",
        "input.unknown_field",
        "input.not_an_integer",
        "assessment.unknown_person",
        "assessment.unknown_person",
        "assessment.after_death",
        "id_number.scientific_notation",
        "",
        "assessment.already_loaded",
    ]
    assert [each.row for each in answers] == list(range(1, 15))
    assert Assessment.rows.count() == 1


def test_loading_again_adds_nothing():
    elder = world.elder()
    load(row(elder))
    assert load(row(elder))[0].code == "assessment.already_loaded"
    assert Assessment.rows.count() == 1


def test_many_results_of_one_person_come_in_the_order_of_their_days():
    elder = world.elder()
    own = world.effective(elder, on=date(2026, 2, 9))
    load(
        row(elder, certificate_no="C", assessed_on="2025-10-01", level=4),
        row(elder, certificate_no="A", assessed_on="2024-08-01", level=2),
        row(elder, certificate_no="D", assessed_on="2026-03-01", level=1),
        row(elder, certificate_no="B", assessed_on="2025-03-01", level=3),
    )
    own.refresh_from_db()
    assert own.state == "replaced"
    days = [date(2024, 7, 31), date(2024, 8, 1), date(2025, 3, 1), date(2025, 10, 1), date(2026, 2, 9), ON]
    assert [level(elder, day) for day in days] == [None, 2, 3, 4, 2, 1]


def test_a_chunk_costs_a_bounded_number_of_queries(django_assert_max_num_queries):
    rows = [row(world.elder(), certificate_no=f"C-{place}") for place in range(40)]
    with django_assert_max_num_queries(16):
        assert {each.state for each in load(*rows)} == {"effective"}
