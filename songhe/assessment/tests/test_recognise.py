from datetime import date

import pytest

from songhe.assessment import queries, recognise
from songhe.assessment.models import Assessment, Mapping
from songhe.assessment.tests import world
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.kernel.refusal import Refusal

ON = date(2026, 3, 10)
pytestmark = pytest.mark.django_db


def adopt(**changes):
    given = {
        "place": "370700",
        "from_standard": "ltci-2021",
        "from_level": 3,
        "to_level": 3,
        "valid_from": date(2026, 1, 1),
        "valid_months": 12,
        "document_no": "样民发〔2026〕1号",
        "proposed_by": "clerk",
        "approved_by": "head",
        "at": at(date(2026, 1, 1)),
    }
    return recognise.adopt_mapping(**{**given, **changes})


def take_over(person, **changes):
    given = {
        "standard": "ltci-2021",
        "level": 3,
        "body_name": "样例市医保经办机构",
        "certificate_no": "CH-2025-001",
        "concluded_on": date(2025, 9, 1),
        "expires_on": date(2027, 8, 31),
        "at": at(ON),
        "on": ON,
        "by": "clerk",
    }
    return recognise.recognise(person=person, **{**given, **changes})


def test_a_level_is_taken_over_by_an_approved_mapping_and_stays_marked():
    mapping = adopt()
    elder = world.elder()
    result = take_over(elder)
    assert (result.origin, result.state, result.final_level) == ("recognised", "effective", 3)
    assert (result.standard, result.recorded_level, result.mapping) == ("ltci-2021", "重度失能Ⅰ级", mapping)
    assert (result.total, result.answers, result.subtotals) == (None, None, None)
    assert queries.effective_level(elder, ON) == result


def test_it_is_valid_until_the_earlier_end():
    adopt()
    assert take_over(world.elder()).valid_until == date(2026, 9, 1)
    assert take_over(world.elder(), expires_on=date(2026, 4, 1)).valid_until == date(2026, 4, 1)
    assert take_over(world.elder(), expires_on=None).valid_until == date(2026, 9, 1)


def test_without_a_mapping_it_is_refused():
    refused("no_mapping", take_over, world.elder())
    assert not Assessment.rows.exists()


@pytest.mark.parametrize(
    "change",
    [{"place": "370600"}, {"from_level": 4}, {"valid_from": date(2026, 3, 11)}, {"valid_to": date(2026, 3, 9)}],
)
def test_a_mapping_of_another_place_level_or_time_is_none(change):
    adopt(**change)
    refused("no_mapping", take_over, world.elder())


def test_what_was_never_approved_is_no_mapping():
    mapping = adopt()
    Mapping.objects.filter(pk=mapping.pk).update(approved_by="")
    refused("no_mapping", take_over, world.elder())


def test_the_closest_place_decides():
    adopt(place="370000", to_level=4)
    adopt(place=world.COUNTY, to_level=2)
    assert take_over(world.elder()).final_level == 2


def test_what_has_run_out_is_not_taken_over():
    adopt()
    refused("expired", take_over, world.elder(), concluded_on=date(2025, 3, 9))
    refused("expired", take_over, world.elder(), expires_on=date(2026, 3, 9))


def test_odd_results_are_refused():
    adopt()
    elder = world.elder()
    refused("concluded_in_the_future", take_over, elder, concluded_on=date(2026, 3, 11))
    refused("not_converted", take_over, elder, standard="mzt-039-2013", level=2)
    refused("own_standard", take_over, elder, standard="gbt-42195-2022", level=2)
    refused("unknown_level", take_over, elder, level=6)
    refused("unknown_standard", take_over, elder, standard="interrai")
    refused("person_died", take_over, world.elder(died_on=ON))
    for name in ("body_name", "certificate_no"):
        with pytest.raises(Refusal) as caught:
            take_over(elder, **{name: " "})
        assert caught.value.code == "input.missing"


def test_a_certificate_is_taken_over_once():
    adopt()
    elder = world.elder()
    first = take_over(elder)
    assert refused("already_loaded", take_over, elder).values["no"] == first.no


def test_it_takes_its_place_among_the_persons_results():
    adopt()
    elder = world.elder()
    own = world.effective(elder, on=date(2026, 2, 9))
    late = take_over(elder)
    own.refresh_from_db()
    assert (own.state, late.state, late.counts_until) == ("effective", "replaced", date(2026, 2, 8))


def test_a_mapping_is_decided_by_two_people_on_a_document():
    refused("mapping_two_people", adopt, approved_by="clerk")
    refused("not_a_place", adopt, place="3707")
    refused("unknown_level", adopt, to_level=5)
    refused("not_converted", adopt, from_standard="mzt-039-2013")
    with pytest.raises(Refusal) as caught:
        adopt(document_no=" ")
    assert caught.value.code == "input.missing"


def test_two_mappings_of_one_level_do_not_overlap():
    first = adopt(valid_to=date(2026, 6, 30))
    refused("mapping_overlaps", adopt, valid_from=date(2026, 6, 30))
    recognise.end_mapping(mapping=first, last_day=date(2026, 5, 31), at=at(ON), by="head")
    assert adopt(valid_from=date(2026, 6, 1)).valid_to is None
