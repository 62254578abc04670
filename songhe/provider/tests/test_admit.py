"""Bodies are taken in and listed: once, in one role, by two people."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.kernel.refusal import Refusal
from songhe.provider.admit import admit, end_listing, is_listed, list_in_county, listed_providers
from songhe.provider.models import Listing, Provider, Worker
from songhe.provider.tests.conftest import AT, COUNTY, ON, admitted, assessor, credit_code
from songhe.provider.worker import NewWorker, leave
from songhe.trail.models import Entry


def listed(provider, categories=("home",), valid_from=ON, **more):
    told = {"listed_by": "clerk", "approved_by": "approver", "at": AT, "county": COUNTY}
    return list_in_county(provider=provider, categories=categories, valid_from=valid_from, **(told | more))


def refused(code, do, /, *arguments, **values):
    with pytest.raises(Refusal) as caught:
        do(*arguments, **values)
    assert caught.value.code == code
    return caught.value


def test_a_body_is_taken_in_and_the_trail_says_who_did_it(community):
    assert (community.kind, community.place, community.credit_code) == ("community", COUNTY, credit_code(1))
    entry = Entry.objects.get(act="provider.admit")
    assert (entry.actor, entry.subject_id, entry.detail["kind"]) == ("clerk", str(community.pk), "community")


def test_an_assessment_body_brings_its_assessors(body):
    assert Worker.objects.filter(provider=body, job="assessor").count() == 5


def test_a_wrong_check_character_is_accepted_when_somebody_says_why(county):
    code = credit_code(1)
    wrong = code[:17] + ("0" if code[17] != "0" else "1")
    refused("credit_code.check_digit", admitted, credit_code=wrong)
    kept = admitted(credit_code=wrong, credit_code_override="执照原件如此")
    assert kept.credit_code_override == "执照原件如此"


def test_an_override_of_a_right_code_is_not_kept(county):
    assert admitted(credit_code_override="不需要").credit_code_override == ""


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"kind": "hospital"}, "provider.unknown_kind"),
        ({"name": " "}, "provider.name_missing"),
        ({"credit_code": "9137"}, "credit_code.wrong_length"),
        ({"credit_code": ""}, "input.missing"),
        ({"place": "999999"}, "place.unknown_division"),
        ({"place": "370799001"}, "provider.place_not_a_county"),
        ({"beds": -1}, "input.too_small"),
        ({"longitude": 181.0, "latitude": 36.0}, "geo.longitude_out_of_range"),
    ],
)
def test_a_body_that_cannot_be_is_refused_and_nothing_is_written(county, differently, code):
    refused(code, admitted, **({"kind": "community"} | differently))
    assert not Provider.objects.exists()


def test_a_credit_code_is_admitted_once(community):
    refused("provider.already_admitted", admitted, "institution", 1)


@pytest.mark.parametrize(("first", "then"), [("institution", "assessment_body"), ("assessment_body", "community")])
def test_who_assesses_does_not_serve_and_the_other_way(county, first, then):
    admitted(first, 7)
    refused("provider.double_role", admitted, then, 7)


@pytest.mark.parametrize(
    "lame",
    [
        {"practising_since": date(2021, 3, 3)},
        {"practising_since": None},
        {"education": "junior_secondary"},
        {"education": ""},
        {"trained_on": None},
        {"examined_on": date(2026, 3, 3)},
    ],
)
def test_five_assessors_have_to_be_qualified(county, lame):
    four = [assessor(number) for number in range(4)]
    caught = refused("provider.too_few_assessors", admitted, "assessment_body", assessors=[*four, assessor(5, **lame)])
    assert (caught.values["found"], caught.values["least"]) == (4, 5)
    assert not Provider.objects.exists()


def test_five_years_of_practice_are_enough_on_their_day(county):
    five = [assessor(number, practising_since=date(2021, 3, 2)) for number in range(5)]
    assert admitted("assessment_body", assessors=five).pk


def test_a_place_may_ask_for_more_assessors(county):
    refused("provider.too_few_assessors", admitted, "assessment_body", least_assessors=6)


def test_two_assessors_with_one_number_undo_the_whole_admission(county):
    refused("provider.number_taken", admitted, "assessment_body", assessors=[*map(assessor, range(5)), assessor(4)])
    assert not Provider.objects.exists()


def test_a_listing_says_where_for_what_and_until_when(community):
    listing = listed(community, ["home", "day_care"], valid_to=date(2026, 12, 31))
    assert listing.categories == ["day_care", "home"]
    assert is_listed(community, COUNTY, "home", ON)
    assert is_listed(community, COUNTY, None, date(2026, 12, 31))
    assert not is_listed(community, COUNTY, "home", date(2026, 3, 1))
    assert not is_listed(community, COUNTY, "home", date(2027, 1, 1))
    assert not is_listed(community, COUNTY, "institution_long", ON)
    assert not is_listed(community, "370702", "home", ON)


def test_the_list_of_a_group_is_by_name(county):
    later, sooner = admitted(number=1, name="乙"), admitted(number=2, name="丙")
    body = admitted("assessment_body", 3)
    for provider in (later, sooner):
        listed(provider)
    listed(body, [])
    assert [each.name for each in listed_providers(COUNTY, "home", ON)] == sorted(["乙", "丙"])
    assert listed_providers(COUNTY, None, ON) == [body]
    assert listed_providers(COUNTY, "day_care", ON) == []


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"approved_by": "clerk"}, "provider.same_person"),
        ({"categories": ["hotel"]}, "provider.unknown_category"),
        ({"categories": []}, "provider.categories_missing"),
        ({"categories": ["institution_long"]}, "provider.category_not_of_kind"),
        ({"county": "370798"}, "place.unknown_division"),
        ({"valid_to": date(2026, 3, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_a_listing_that_cannot_be_is_refused(community, differently, code):
    refused(code, listed, community, **differently)
    assert not Listing.objects.exists()


def test_an_assessment_body_is_listed_without_groups(body):
    refused("provider.category_not_of_kind", listed, body, ["home"])
    assert listed(body, []).categories == []


def test_a_body_whose_assessors_left_is_no_longer_entrusted(body):
    gone = Worker.objects.filter(provider=body).order_by("number").first()
    leave(worker=gone, last_day=ON, at=AT, by="clerk")
    refused("provider.too_few_assessors", listed, body, [], valid_from=date(2026, 3, 3))
    assert listed(body, [], valid_from=ON).pk


def test_listings_of_one_body_in_one_county_do_not_overlap(community):
    listed(community, valid_to=date(2026, 6, 30))
    refused("provider.already_listed", listed, community, valid_from=date(2026, 6, 30))
    listed(community, valid_from=date(2026, 7, 1))


def test_a_listing_ends_on_its_last_day(community):
    listing = listed(community)
    end_listing(listing=listing, last_day=date(2026, 4, 30), because="机构退出", at=AT, by="approver")
    assert is_listed(community, COUNTY, "home", date(2026, 4, 30))
    assert not is_listed(community, COUNTY, "home", date(2026, 5, 1))
    refused(
        "provider.listing_ended", end_listing, listing=listing, last_day=date(2026, 5, 1), because="再", at=AT, by="a"
    )
    refused("provider.reason_missing", end_listing, listing=listing, last_day=ON, because=" ", at=AT, by="a")


def test_a_listing_does_not_end_before_it_began(community):
    refused(
        "period.ends_before_it_begins",
        end_listing,
        listing=listed(community),
        last_day=date(2026, 3, 1),
        because="误",
        at=AT,
        by="a",
    )


def test_a_worker_with_no_name_is_refused(county):
    refused("provider.name_missing", admitted, "community", assessors=[NewWorker(name="", number="1", job="carer")])
    assert not Provider.objects.exists()


def test_the_verb_takes_every_figure_of_the_body(county):
    home = admit(
        kind="institution",
        name="松鹤养老院",
        credit_code=credit_code(9).lower(),
        place=COUNTY,
        at=AT,
        by="clerk",
        beds=230,
        filed_on=date(2020, 1, 1),
        longitude=119.4,
        latitude=36.4,
        phone="0536-1234567",
        address="柳泉镇",
    )
    assert (home.beds, home.credit_code) == (230, credit_code(9))
