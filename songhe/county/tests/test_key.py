import time
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from songhe.assessment.tests.world import at, elder
from songhe.county.key import CompositeReference, Tag, derived_id, derived_id_sql, new_id, tag_hex
from songhe.grant.models import Hold
from songhe.grant.tests.world import voucher
from songhe.kernel.month import Month
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account
from songhe.person.models import Event

HERE, THERE = "370799", "370798"
MARCH = Month(2026, 3)


def test_ids_are_uuids_of_the_seventh_version_with_room_for_a_tag():
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int & 0xFFFF == 0
    assert abs((made.int >> 80) - time.time() * 1000) < 5000


def test_ids_rise_with_time():
    made = []
    for _ in range(200):
        made.append(new_id())
        waited = time.perf_counter_ns() + 2_000
        while time.perf_counter_ns() < waited:
            pass
    assert made == sorted(made)
    assert [one.hex for one in made] == sorted(one.hex for one in made)


def test_ids_made_at_one_moment_differ():
    assert len({new_id() for _ in range(20_000)}) == 20_000


def test_a_derived_id_rises_with_its_source_and_a_later_month():
    sources = [UUID(int=number << 40) for number in (3, 1, 2)]
    derived = [derived_id(source, Tag.GRANT, MARCH) for source in sorted(sources)]
    assert derived == sorted(derived)
    assert derived_id(sources[0], Tag.GRANT, MARCH) < derived_id(sources[0], Tag.GRANT, MARCH.next)


def test_two_tags_or_two_months_of_one_source_never_meet():
    source = new_id()
    months = [Month(year, month) for year in range(2025, 2031) for month in range(1, 13)]
    made = {derived_id(source, tag, month) for tag in Tag for month in [*months, None]}
    assert len(made) == len(Tag) * (len(months) + 1)


def test_every_tag_fits_one_hex_digit():
    assert all(len(tag_hex(tag, MARCH)) == 4 for tag in Tag)
    assert len({int(tag) for tag in Tag}) == len(Tag)


@pytest.mark.django_db
def test_sql_and_python_derive_the_same_id():
    person = elder()
    for tag in Tag:
        for month in (MARCH, None):
            column = derived_id_sql(connection.vendor, "p.id", tag, month)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {column} FROM person_person p WHERE p.county = %s", [HERE])
                (found,) = cursor.fetchone()
            assert UUID(str(found)) == derived_id(person.id, tag, month)


@given(st.uuids(), st.sampled_from(list(Tag)))
def test_a_derived_id_keeps_all_of_its_source_but_the_tag(source, tag):
    assert derived_id(source, tag, MARCH).hex[:28] == source.hex[:28]
    assert derived_id(derived_id(source, tag, MARCH), tag, MARCH) == derived_id(source, tag, MARCH)


def refused_when_looked_at(act):
    """Composite keys are checked when the transaction ends; here at once."""
    with pytest.raises(IntegrityError), transaction.atomic():
        act()
        connection.check_constraints()


@pytest.mark.django_db
def test_a_row_cannot_point_into_another_county():
    stranger = elder(county=THERE)
    told = at(date(2026, 3, 2))
    fields = {"kind": "death", "happened_on": date(2026, 3, 1), "reported_by": "clerk", "source": "家属"}
    refused_when_looked_at(lambda: Event.objects.create(county=HERE, person_id=stranger.id, reported_at=told, **fields))


@pytest.mark.django_db
def test_a_row_cannot_be_sent_into_another_county():
    mine = open_fund(county=HERE, code="f", name="f")
    account = open_account(fund=mine, code="a", kind="source")
    refused_when_looked_at(lambda: Account.objects.filter(county=HERE, id=account.id).update(county=THERE))


@pytest.mark.django_db
def test_a_row_cannot_go_while_others_point_at_it():
    fund = open_fund(county=HERE, code="f", name="f")
    open_account(fund=fund, code="a", kind="source")
    refused_when_looked_at(fund.delete)


@pytest.mark.django_db
def test_following_and_joining_a_key_names_the_county():
    grant = voucher()
    with CaptureQueriesContext(connection) as seen:
        assert grant.purse.county == HERE
    (followed,) = [query["sql"] for query in seen]
    assert '"ledger_account"."county" = ' in followed
    joined = str(Hold.objects.filter(grant__no="1").query)
    assert '"grant_grant"."county" = ("grant_hold"."county")' in joined


def test_a_reference_compares_by_what_it_says_and_can_be_written_into_a_migration():
    given_ = {"name": "n", "columns": ["county", "a"], "to": "ledger.Account", "to_columns": ["county", "id"]}
    one, other = CompositeReference(**given_), CompositeReference(**{**given_, "columns": ["county", "b"]})
    path, args, kwargs = one.deconstruct()
    assert (path, args) == ("songhe.county.key.CompositeReference", ())
    assert CompositeReference(**kwargs) == one
    assert one != other
    assert one != models.UniqueConstraint(fields=["a"], name="n")
