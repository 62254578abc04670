import time
from uuid import UUID

from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from songhe.county.key import CompositeReference, Tag, derived_id, new_id, tag_hex
from songhe.kernel.month import Month

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


@given(st.uuids(), st.sampled_from(list(Tag)))
def test_a_derived_id_keeps_all_of_its_source_but_the_tag(source, tag):
    assert derived_id(source, tag, MARCH).hex[:28] == source.hex[:28]
    assert derived_id(derived_id(source, tag, MARCH), tag, MARCH) == derived_id(source, tag, MARCH)


def test_a_reference_compares_by_what_it_says_and_can_be_written_into_a_migration():
    given_ = {"name": "n", "columns": ["county", "a"], "to": "ledger.Account", "to_columns": ["county", "id"]}
    one, other = CompositeReference(**given_), CompositeReference(**{**given_, "columns": ["county", "b"]})
    path, args, kwargs = one.deconstruct()
    assert (path, args) == ("songhe.county.key.CompositeReference", ())
    assert CompositeReference(**kwargs) == one
    assert one != other
    assert one != models.UniqueConstraint(fields=["a"], name="n")
