"""Numbers: what a slip of the tongue or the finger does to them, and that none is given twice."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import assume, given
from hypothesis import strategies as st

from songhe.county.key import Tag, derived_id, new_id
from songhe.document.models import Counter, NumberKind
from songhe.document.number import LAST_SEQUENCE, check, grouped, number, of_id, sql_number, take
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal

MARCH = Month(2026, 3)
COUNTIES = st.integers(110000, 829999).map(str)
MONTHS = st.builds(Month, st.integers(2000, 2099), st.integers(1, 12))
SEQUENCES = st.integers(1, LAST_SEQUENCE)
NUMBERS = st.builds(number, COUNTIES, MONTHS, SEQUENCES) | st.builds(of_id, COUNTIES, MONTHS, st.uuids())


def refusal_of(act) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    refused.value.message("zh"), refused.value.message("en")
    return refused.value.code


def test_a_number_is_county_month_sequence_and_two_check_digits():
    written = number("370799", MARCH, 1)
    assert written[:19] == "3707992026030000001"
    # ISO 7064 MOD 97-10: the whole number leaves 1.
    assert int(written) % 97 == 1
    assert check(written) == written


def test_a_number_is_read_out_in_fours():
    written = number("370799", MARCH, 1)
    assert grouped(written) == f"3707 9920 2603 0000 001{written[19]} {written[20]}"
    assert len(grouped(of_id("370799", MARCH, new_id())).split()) == 6


def test_a_number_typed_in_groups_or_in_full_width_is_the_same_number():
    written = number("370799", MARCH, 42)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in written)
    for typed in (grouped(written), written[:6] + "-" + written[6:], f"  {wide} "):
        assert check(typed) == written


@given(NUMBERS, st.data())
def test_one_wrong_digit_is_always_found(written, data):
    place = data.draw(st.integers(0, len(written) - 1))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda each: each != written[place]))
    assert refusal_of(lambda: check(written[:place] + digit + written[place + 1 :])) == "document.wrong_check_digits"


@given(NUMBERS, st.data())
def test_two_neighbours_exchanged_are_always_found(written, data):
    place = data.draw(st.integers(0, len(written) - 2))
    left, right = written[place], written[place + 1]
    assume(left != right)
    slipped = written[:place] + right + left + written[place + 2 :]
    assert refusal_of(lambda: check(slipped)) == "document.wrong_check_digits"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "input.missing"),
        ("  ", "input.missing"),
        ("37079920260300000", "document.not_a_number"),
        ("37079920260300000O1AB", "document.not_a_number"),
        ("370799202603000000100", "document.wrong_check_digits"),
    ],
)
def test_what_is_no_number_is_refused(text, code):
    assert refusal_of(lambda: check(text)) == code


@pytest.mark.parametrize("sequence", [0, -1, LAST_SEQUENCE + 1])
def test_a_sequence_of_eight_digits_is_a_fault_of_ours(sequence):
    with pytest.raises(ValueError, match="sequence"):
        number("370799", MARCH, sequence)


def test_a_row_numbers_itself_from_the_random_part_of_its_id():
    first, second = new_id(), new_id()
    assert of_id("370799", MARCH, first) == of_id("370799", MARCH, first)
    assert of_id("370799", MARCH, first) != of_id("370799", MARCH, second)
    assert len(check(of_id("370799", MARCH, first))) == 24


def test_neither_the_clock_nor_the_tag_of_an_id_moves_its_number():
    row = new_id()
    later = UUID(int=row.int + (1 << 80))
    assert of_id("370799", MARCH, later) == of_id("370799", MARCH, row)
    assert of_id("370799", MARCH, derived_id(row, Tag.LINE, MARCH)) == of_id("370799", MARCH, row)


def test_numbers_of_many_rows_hardly_meet():
    assert len({of_id("370799", MARCH, new_id()) for _ in range(5000)}) >= 4998


@pytest.mark.django_db
def test_numbers_are_taken_one_after_the_other_and_in_runs():
    assert take("370799", NumberKind.GRANT, MARCH) == 1
    assert take("370799", NumberKind.GRANT, MARCH, 1000) == 2
    assert take("370799", NumberKind.GRANT, MARCH) == 1002


@pytest.mark.django_db
def test_counties_kinds_and_months_count_apart():
    take("370799", NumberKind.GRANT, MARCH, 5)
    assert take("370702", NumberKind.GRANT, MARCH) == 1
    assert take("370799", NumberKind.STATEMENT, MARCH) == 1
    assert take("370799", NumberKind.GRANT, MARCH.next) == 1
    assert take("370799", NumberKind.GRANT, MARCH) == 6


@pytest.mark.django_db
def test_a_transaction_that_fails_gives_its_numbers_back():
    take("370799", NumberKind.GRANT, MARCH)
    with pytest.raises(RuntimeError), transaction.atomic():
        take("370799", NumberKind.GRANT, MARCH, 10)
        raise RuntimeError
    assert take("370799", NumberKind.GRANT, MARCH) == 2


@pytest.mark.django_db
def test_the_last_number_is_given_and_none_after_it():
    Counter.objects.create(county="370799", kind=NumberKind.GRANT, month=MARCH.compact, next=LAST_SEQUENCE)
    assert refusal_of(lambda: take("370799", NumberKind.GRANT, MARCH, 2)) == "document.numbers_used_up"
    assert take("370799", NumberKind.GRANT, MARCH) == LAST_SEQUENCE
    assert refusal_of(lambda: take("370799", NumberKind.GRANT, MARCH)) == "document.numbers_used_up"
    assert refusal_of(lambda: take("370702", NumberKind.GRANT, MARCH, 10**7)) == "document.numbers_used_up"


@pytest.mark.django_db
def test_every_statement_of_a_take_names_the_county(django_assert_max_num_queries):
    with django_assert_max_num_queries(8) as first:
        take("370799", NumberKind.GRANT, MARCH)
    with django_assert_max_num_queries(2) as second:
        take("370799", NumberKind.GRANT, MARCH)
    for query in [*first.captured_queries, *second.captured_queries]:
        if "document_counter" in query["sql"]:
            assert "370799" in query["sql"]


@pytest.mark.django_db
def test_a_kind_that_does_not_exist_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="card"):
        take("370799", "card", MARCH)


def by_sql(county: str, month: Month, sequence: int) -> str:
    expression = sql_number("%s", month, "%s", connection.vendor)
    # Each expression is written twice: whole number, check digits.
    values = [county, sequence, county, sequence]
    escaped = expression.replace("%", "%%").replace("%%s", "%s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {escaped}", values)
        return cursor.fetchone()[0]


@pytest.mark.django_db
@given(COUNTIES, MONTHS, SEQUENCES)
def test_the_database_writes_the_same_number(county, month, sequence):
    assert by_sql(county, month, sequence) == number(county, month, sequence)


@pytest.mark.django_db
@pytest.mark.parametrize("sequence", [1, LAST_SEQUENCE])
@pytest.mark.parametrize("county", ["110101", "829999"])
def test_the_ends_of_the_range_fit_a_64_bit_integer(county, sequence):
    assert by_sql(county, MARCH, sequence) == number(county, MARCH, sequence)
