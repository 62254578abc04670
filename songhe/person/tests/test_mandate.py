"""A proxy acts within the mandate: named acts, a year at most, and never for the provider's own service."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.id_number import parse
from songhe.person.event import report, verify
from songhe.person.mandate import elders_of, end, give, last_day, mandates_on, may_act, require
from songhe.person.models import Mandate
from songhe.person.tests.conftest import AT, ON, id_number, refused, registered
from songhe.provider.tests.conftest import admitted
from songhe.provider.worker import NewWorker, engage

DAUGHTER = parse(id_number(date(1970, 1, 1), 22))


def given_to(person, proxy=DAUGHTER, **differently):
    told = {
        "proxy_name": "王芳",
        "relation": "child",
        "acts": ["apply", "choose", "confirm"],
        "evidence": "户口簿",
        "valid_from": ON,
        "at": AT,
        "by": "clerk",
        "account": "daughter",
        "proxy_phone": "13800005678",
    }
    return give(person=person, proxy=proxy, **(told | differently))


def acts(person, act, on=ON, **more):
    return may_act(person=person, act=act, on=on, **({"account": "daughter"} | more))


def test_a_proxy_may_do_what_was_named_for_twelve_months(elder):
    mandate = given_to(elder)
    assert mandate.valid_to == date(2027, 3, 9)
    assert acts(elder, "choose") == acts(elder, "choose", date(2027, 3, 9)) == mandate
    assert acts(elder, "choose", date(2027, 3, 10)) is None
    assert acts(elder, "choose", date(2026, 3, 9)) is None
    assert acts(elder, "complain") is None
    assert acts(elder, "fly") is None
    assert acts(elder, "choose", account="somebody") is None
    assert may_act(person=elder, act="choose", on=ON) is None
    assert may_act(person=elder, act="choose", on=ON, proxy_identity=mandate.proxy_identity) == mandate
    assert elders_of("daughter", ON) == [elder.id]
    assert elders_of("", ON) == []


def test_a_guardian_may_act_for_longer(elder):
    mandate = given_to(elder, relation="guardian", evidence="法院判决书", valid_to=date(2030, 12, 31))
    assert acts(elder, "choose", date(2030, 12, 31)) == mandate


def test_who_has_no_mandate_is_refused(elder):
    given_to(elder)
    assert require(person=elder, act="choose", on=ON, account="daughter")
    caught = refused("person.no_mandate", require, person=elder, act="claim", on=ON, account="daughter")
    assert caught.status == 403


def test_the_acts_stand_in_one_order(elder):
    assert given_to(elder, acts=["confirm", "apply"]).acts == ["apply", "confirm"]


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"relation": "neighbour"}, "person.unknown_relation"),
        ({"acts": []}, "person.acts_missing"),
        ({"acts": ["sell"]}, "person.unknown_act"),
        ({"evidence": " "}, "person.evidence_missing"),
        ({"relation": "provider_staff", "acts": ["apply"]}, "person.proxy_provider_missing"),
        ({"valid_to": date(2027, 3, 10)}, "person.mandate_too_long"),
        ({"valid_to": date(2026, 3, 9)}, "period.ends_before_it_begins"),
        ({"proxy": parse("", "none")}, "person.proxy_number_missing"),
        ({"proxy": parse(id_number())}, "person.own_proxy"),
        ({"proxy_name": ""}, "person.name_missing"),
        ({"proxy_phone": "1"}, "person.phone_invalid"),
        ({"most_elders": 0}, "person.proxy_limit"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(elder, differently, code):
    refused(code, given_to, elder, **differently)
    assert not Mandate.objects.exists()


def test_one_proxy_acts_for_four_elders_at_most(county):
    elders = [registered("王秀英", id_number=id_number(sequence=2 * each)).person for each in range(1, 6)]
    for elder in elders[:4]:
        given_to(elder, most_elders=4)
    caught = refused("person.proxy_limit", given_to, elders[4], most_elders=4)
    assert caught.values["held"] == 4
    given_to(elders[4], proxy=parse(id_number(date(1970, 1, 1), 24)), most_elders=4)
    end(mandate=mandates_on(elders[0], ON)[0], on=ON, because="本人要求", at=AT, by="clerk")
    given_to(elders[4], most_elders=4)


def test_one_proxy_has_one_mandate_for_an_elder_at_a_time(elder):
    given_to(elder)
    refused("person.mandate_exists", given_to, elder, valid_from=date(2027, 3, 9))
    given_to(elder, valid_from=date(2027, 3, 10))


def test_an_elder_ends_a_mandate_at_any_time(elder):
    mandate = given_to(elder)
    refused("person.reason_missing", end, mandate=mandate, on=ON, because="", at=AT, by="clerk")
    end(mandate=mandate, on=date(2026, 4, 1), because="本人要求", at=AT, by="clerk")
    assert acts(elder, "choose", date(2026, 3, 31))
    assert acts(elder, "choose", date(2026, 4, 1)) is None
    refused("person.mandate_ended", end, mandate=mandate, on=ON, because="再", at=AT, by="clerk")
    assert elders_of("daughter", date(2026, 4, 1)) == []


def test_staff_of_a_provider_apply_but_never_confirm(elder):
    home = admitted("institution")
    refused(
        "person.staff_never_confirm",
        given_to,
        elder,
        relation="provider_staff",
        provider=home,
    )
    given_to(elder, relation="provider_staff", provider=home, acts=["apply", "choose"])
    assert acts(elder, "apply")
    assert acts(elder, "confirm") is None
    Mandate.objects.update(acts=["apply", "confirm"])
    assert acts(elder, "confirm") is None


def test_a_daughter_who_works_for_the_provider_does_not_confirm_its_services(elder):
    home, other = admitted("institution", 1), admitted("community", 2)
    engage(
        provider=home,
        new=NewWorker(name="王芳", number="C1", job="carer", account="daughter"),
        valid_from=ON,
        at=AT,
        by="clerk",
    )
    given_to(elder)
    assert acts(elder, "confirm", served_by=home) is None
    assert acts(elder, "confirm", served_by=other)
    assert acts(elder, "choose", served_by=home)


def test_after_a_death_only_what_was_served_before_is_settled(elder):
    given_to(elder, acts=["choose", "complain"])
    event = report(person=elder, kind="death", happened_on=ON, source="医院", on=ON, at=AT, by="hospital")
    verify(event=event, on=ON, at=AT, by="clerk")
    later = ON + timedelta(days=30)
    assert acts(elder, "choose", later) is None
    assert acts(elder, "settle", later)
    assert acts(elder, "complain", later)
    assert acts(elder, "confirm", later) is None
    refused("person.already_dead", given_to, elder, valid_from=later)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_twelve_months_end_the_day_before_the_same_day_next_year(first):
    last = last_day(first)
    assert 364 <= (last - first).days <= 365
    following = last + timedelta(days=1)
    assert (following.month, following.day) == (first.month, first.day) or (first.month, first.day) == (2, 29)
