"""Who lives in the sample county: the same for the same seed, in the published proportions, with every awkward case."""

from __future__ import annotations

from collections import Counter

import pytest

from songhe.kernel import credit_code, id_number
from songhe.kernel.month import Month, age_on
from songhe.kernel.refusal import Refusal
from songhe.month.sample.people import in_chunks, people
from songhe.month.sample.plan import Plan
from songhe.month.sample.shape import awkward, bodies, shape, villages
from songhe.person.details import Places, check
from songhe.person.status import KINDS
from songhe.place.division import sample_divisions
from songhe.provider.catalogue import DATA

MARCH = Month(2026, 3)
ON = MARCH.previous.first


@pytest.fixture(scope="module")
def everybody():
    return list(people(seed=370799, elders=5000, month=MARCH))


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    once, again, other = (list(people(seed=seed, elders=400, month=MARCH)) for seed in (5, 5, 6))
    assert once == again
    assert [elder.id_number for elder in once] != [elder.id_number for elder in other]
    assert once[: len(awkward())] != other[: len(awkward())]


def test_chunks_change_nobody():
    whole = list(people(seed=5, elders=350, month=MARCH))
    cut = [elder for chunk in in_chunks(people(seed=5, elders=350, month=MARCH), 41) for elder in chunk]
    assert whole == cut


def test_the_published_numbers_are_met_to_the_person(everybody):
    where = Counter(elder.care for elder in everybody)
    assert (len(everybody), where["institution"], where["home"]) == (5000, 163, 1155)
    assert where["institution"] + where["home"] + where["neither"] == 1400


@pytest.mark.parametrize("elders", [300, 777, 10_000])
def test_another_size_keeps_the_proportions(elders):
    where = Counter(elder.care for elder in people(seed=1, elders=elders, month=MARCH))
    assert sum(where.values()) == elders
    assert where["institution"] == elders * 1400 // 5000 * 163 // 1400
    assert where["home"] == elders * 1400 // 5000 * 1155 // 1400


def test_every_number_is_valid_belongs_to_no_county_and_is_given_once(everybody):
    proxies = {elder.proxy.id_number: elder.proxy for elder in everybody if elder.proxy}
    numbers = [id_number.parse(elder.id_number, on=ON) for elder in everybody if elder.id_number]
    numbers += [id_number.parse(number, on=ON) for number in proxies]
    assert len({number.index_text for number in numbers}) == len(numbers)
    assert all(number.canonical[4:6] == "99" for number in numbers)
    for elder in everybody:
        if elder.id_number:
            number = id_number.parse(elder.id_number)
            assert (number.birth_date, number.sex) == (elder.birth_date, elder.sex)


def test_the_register_would_take_everybody(everybody):
    places = Places("370799", frozenset(row.code for row in sample_divisions() if len(row.code) > 6))
    for elder in everybody[::37] + everybody[: len(awkward())]:
        told = {name: getattr(elder, name) for name in ("name", "id_number", "id_kind", "birth_date", "ethnic")}
        told |= {name: getattr(elder, name) for name in ("registered_place", "address", "phone", "resident_from")}
        told |= {"longitude": elder.longitude, "latitude": elder.latitude, "place": elder.village.code}
        told["sex"] = {"female": "女", "male": "男"}[elder.sex]
        details, found = check(told, places=places, on=ON)
        assert details is not None, [each.code for each in found.errors]


def test_elders_are_elders_except_where_a_case_says_otherwise(everybody):
    young = [elder.case for elder in everybody if age_on(elder.birth_date, ON) < 60]
    assert young == ["under_60", "under_60"]


def test_ages_and_sexes_are_plausible(everybody):
    others = [elder for elder in everybody if not elder.disabled]
    over_80 = sum(age_on(elder.birth_date, ON) >= 80 for elder in others) / len(others)
    assert 0.11 < over_80 < 0.16
    assert 0.48 < sum(elder.sex == "female" for elder in everybody) / len(everybody) < 0.60


def test_every_awkward_case_stands_in_the_smallest_sample():
    found = Counter(elder.case for elder in people(seed=9, elders=300, month=MARCH) if elder.case)
    wanted = {"dies_on_the_10th", "moves_county", "tekun", "admitted_after_home_voucher", "group_already_used"}
    wanted |= {"disputed_level", "duplicate_registration", "id_with_x", "id_of_15_digits", "aged_105", "under_60"}
    wanted |= {"proxy_at_the_provider", "ltci_of_each_shape", "no_number_yet", "uyghur_name", "rare_character"}
    assert wanted <= set(found)
    assert found == Counter(each.case for each in awkward())


def test_awkward_people_are_what_they_say(everybody):
    named = {elder.case: elder for elder in everybody if elder.case}
    assert named["id_with_x"].id_number.endswith("X")
    assert len(named["id_of_15_digits"].id_number) == 15
    assert age_on(named["aged_105"].birth_date, ON) == 105
    assert named["no_number_yet"].id_number == ""
    assert named["proxy_at_the_provider"].proxy.provider == named["proxy_at_the_provider"].house
    assert "·" in named["uyghur_name"].name
    assert {elder.ltci for elder in everybody if elder.case == "ltci_of_each_shape"} == set(shape().read["ltci_shapes"])
    assert any(age_on(elder.birth_date, ON) == 57 and elder.sex == "female" for elder in everybody)


def test_statuses_are_known_to_the_register(everybody):
    told = {elder.identity_class for elder in everybody} | {elder.programme for elder in everybody} | {"ltci"}
    assert told - {"ordinary", ""} <= set(KINDS)


def test_every_figure_names_its_source():
    read = shape().read
    sources = set(read["sources"])
    for name, figure in read["counts"].items():
        assert figure["source"] in sources, name
    for table in ("women", "ltci", "registered_elsewhere", "ethnic_groups", "applying", "proxies", "habits"):
        assert read[table]["source"] in sources, table
    for group in ("ages", "levels", "identity_classes"):
        assert all(table["source"] in sources for table in read[group].values()), group


def test_bodies_follow_the_published_counts():
    found = Plan().bodies()
    kinds = Counter(body.code.split("-")[0] for body in found)
    assert kinds == {"inst": 2, "home": 6, "centre": 13, "body": 3}
    assert sum(body.beds for body in found) == shape().count("nursing_beds") == 430
    assert all(body.assessors >= 5 for body in found if body.code.startswith("body"))
    assert {body.name[:2] for body in found} == {"样例"}


def test_credit_codes_fit_and_belong_to_no_county():
    codes = [credit_code.parse(body.credit_code) for body in Plan().bodies()]
    assert len({code.canonical for code in codes}) == len(codes)
    assert all(code.warning is None and code.place == "370799" for code in codes)


def test_prices_stay_within_published_points_and_name_items_of_the_catalogue():
    points, listed = bodies()["points"], "".join(each.read_text(encoding="utf-8") for each in DATA)
    for body in Plan().bodies():
        for item, fen in body.prices.items():
            assert f"code: {item}," in listed
            if item in points:
                assert points[item]["least"] <= fen <= points[item]["most"], (body.code, item)


def test_every_town_has_its_company_and_positions_are_out_at_sea():
    towns = {village.town for village in villages()}
    assert towns == {town for company in bodies()["home_care"] for town in company["towns"]}
    assert all(122.7 < village.longitude < 123.5 and 36 < village.latitude < 36.6 for village in villages())


def test_a_sample_too_small_or_too_early_is_refused():
    with pytest.raises(Refusal) as small:
        Plan(elders=299)
    assert (small.value.code, small.value.field) == ("sample.too_small", "elders")
    with pytest.raises(Refusal) as early:
        Plan(month=Month(2025, 7))
    assert early.value.code == "sample.too_early"
