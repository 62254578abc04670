from datetime import date

import pytest

from songhe.access.scope import Scope
from songhe.county.key import new_id
from songhe.person import mandate_ask
from songhe.person.models import Identity, Mandate
from songhe.person.tests.conftest import AT, COUNTY, ON, county, id_number, refused, registered

__all__ = ["county"]

pytestmark = pytest.mark.usefixtures("county")


def asked(**differently):
    elder = differently.get("person") or registered(name="王秀兰", id_number=id_number(sequence=4)).person
    told = {
        "person": elder,
        "proxy": Identity.objects.create(index=str(new_id())).id,
        "proxy_name": "李梅",
        "relation": "child",
        "acts": ["claim", "apply"],
        "account": "mei",
        "at": AT,
        "on": ON,
    }
    return mandate_ask.ask(**(told | differently))


def grant(row, **differently):
    told = {"asked": row, "evidence": "看了户口本", "most_elders": None, "on": ON, "at": AT, "by": "clerk"}
    return mandate_ask.grant(**(told | differently))


def test_a_clerk_who_saw_the_evidence_grants_it():
    row = asked()
    assert (row.acts, row.valid_to) == (["apply", "claim"], date(2027, 3, 9))
    held = grant(row)
    row.refresh_from_db()
    assert (row.state, row.mandate, row.decided_by) == ("granted", held, "clerk")
    assert (held.account, held.evidence, held.acts) == ("mei", "看了户口本", ["apply", "claim"])


def test_whoever_asks_does_not_decide():
    row = asked()
    refused("person.mandate_own_ask", grant, row, by="mei")
    refused("person.mandate_own_ask", mandate_ask.refuse, asked=row, because="x", at=AT, by="mei")


def test_what_is_decided_is_decided():
    row = asked()
    mandate_ask.refuse(asked=row, because="看不清", at=AT, by="clerk")
    refused("person.wrong_state", grant, row)
    refused("person.wrong_state", mandate_ask.withdraw, asked=row, at=AT, by="mei")
    assert not Mandate.objects.exists()


def test_a_no_has_a_reason():
    refused("person.reason_missing", mandate_ask.refuse, asked=asked(), because=" ", at=AT, by="clerk")


def test_one_asks_once_at_a_time():
    row = asked()
    refused("person.mandate_asked", asked, person=row.person)
    mandate_ask.withdraw(asked=row, at=AT, by="mei")
    asked(person=row.person)


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("unknown_relation", {"relation": "friend"}),
        ("acts_missing", {"acts": []}),
        ("unknown_act", {"acts": ["dance"]}),
        ("proxy_provider_missing", {"relation": "provider_staff"}),
    ],
)
def test_what_a_mandate_refuses_is_refused_at_once(code, given):
    refused(f"person.{code}", asked, **given)


def test_the_limit_of_the_place_holds_when_it_is_granted():
    row = asked()
    refused("person.proxy_limit", grant, row, most_elders=0)
    row.refresh_from_db()
    assert row.state == "waiting"


def test_it_waits_for_the_clerks_of_the_county_alone():
    row = asked()
    assert list(mandate_ask.waiting(Scope(divisions=(COUNTY,)))) == [row]
    assert not mandate_ask.waiting(Scope(divisions=("370703",)))
    assert mandate_ask.asked_by("mei") == [row]
    assert mandate_ask.asked_by("") == []
