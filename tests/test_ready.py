"""Queries that are put into SQL once answer as Django's own do."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timezone

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from songhe.county.key import new_id
from songhe.county.ready import Ready, insert, one_of
from songhe.ledger.models import Account, Fund, Transfer
from songhe.trail.models import Entry

AT = datetime(2026, 3, 10, 4, 5, 6, tzinfo=timezone.utc)
OF_FUND = Ready(
    lambda county, fund, codes: (
        Account.objects.select_related("fund")
        .filter(one_of("code", codes), county=county, fund_id=fund)
        .order_by("code")
    )
)
LOCKED = Ready(lambda county, code: Account.objects.select_for_update().filter(county=county, code=code))
CODES = Ready(lambda county: Account.objects.filter(county=county).order_by("-code").values_list("code", flat=True))
SINCE = Ready(lambda county, since: Entry.objects.filter(county=county, at__gte=since).order_by("at"))


@pytest.fixture
def books(db: None) -> Fund:
    fund = Fund.objects.create(county="370799", code="one", name="一")
    for county, code in (("370799", "a"), ("370799", "b"), ("370799", "c"), ("370783", "z")):
        of = fund if county == fund.county else Fund.objects.create(county=county, code="two", name="二")
        Account.objects.create(county=county, fund=of, code=code, kind="open")
    return fund


def test_it_answers_the_rows_that_the_query_answers_with_what_they_join(books: Fund) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = OF_FUND.all(county=books.county, fund=books.id, codes=["a", "c"])
        assert [(row.code, row.fund.name, row.balance) for row in found] == [("a", "一", None), ("c", "一", None)]
    assert len(asked) == 1, "a joined row needs no statement of its own, and every statement is counted"
    assert found == list(Account.objects.filter(county=books.county, code__in=["a", "c"]).order_by("code"))


def test_the_same_question_with_other_values_has_another_answer(books: Fund) -> None:
    assert CODES.all(county="370799") == ["c", "b", "a"]
    assert CODES.all(county="370783") == ["z"]
    assert CODES.all(county="000000") == []
    for codes in (["a"], ["a", "b"], ["a", "b", "c"], ["b"]):
        assert [row.code for row in OF_FUND.all(county=books.county, fund=books.id, codes=codes)] == codes


def test_the_first_is_the_first_in_the_order_of_the_query_or_none(books: Fund) -> None:
    assert CODES.first(county="370799") == "c"
    assert CODES.first(county="000000") is None
    assert OF_FUND.first(county=books.county, fund=uuid.uuid4(), codes=["a"]) is None


def test_what_it_answers_can_be_changed_and_saved(books: Fund) -> None:
    row = OF_FUND.first(county=books.county, fund=books.id, codes=["a"])
    assert row is not None
    row.kind = "other"
    row.save(update_fields=["kind"])
    assert Account.objects.get(county=books.county, id=row.id).kind == "other"


def test_asked_often_it_goes_on_answering_what_stands_now(books: Fund) -> None:
    for number in range(12):
        Account.objects.create(county=books.county, fund=books, code=f"n{number}", kind="open")
        assert len(CODES.all(county=books.county)) == number + 4


def test_a_row_is_locked_only_inside_a_transaction(books: Fund) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert LOCKED.first(county=books.county, code="a") is not None
    if connection.vendor == "postgresql":
        assert "FOR UPDATE" in asked[0]["sql"]


def test_outside_a_transaction_nothing_is_locked(own_database: object) -> None:
    with pytest.raises(TransactionManagementError):
        LOCKED.first(county="370799", code="a")


def test_instants_are_compared_as_instants(db: None) -> None:
    for minute in (1, 2, 3):
        Entry.objects.create(
            county="370799", at=AT.replace(minute=minute), actor="a", act="x", subject="y", subject_id="z"
        )
    found = SINCE.all(county="370799", since=AT.replace(minute=2))
    assert [row.at.minute for row in found] == [2, 3]


def test_rows_are_inserted_as_bulk_create_inserts_them(books: Fund) -> None:
    rows = [
        Entry(county="370799", at=AT, actor="a", act="x", subject="y", subject_id="z", detail={"钱": [number, None]})
        for number in range(3)
    ]
    with CaptureQueriesContext(connection) as asked:
        insert(rows)
        insert([])
    assert len(asked) == 1
    for row in rows:
        kept = Entry.objects.get(county="370799", id=row.id)
        assert (kept.at, kept.detail, kept.behalf_of, kept.reason) == (AT, row.detail, None, "")


def test_an_inserted_row_is_saved_again_as_a_change(books: Fund) -> None:
    row = Account(county=books.county, fund=books, code="new", kind="open")
    insert([row])
    row.kind = "other"
    row.save()
    assert Account.objects.get(county=books.county, code="new").kind == "other"


def test_days_and_ids_are_inserted_as_they_are(books: Fund) -> None:
    debit, credit = OF_FUND.all(county=books.county, fund=books.id, codes=["a", "b"])
    about = new_id()
    move = Transfer(
        county=books.county, id=new_id(), fund_id=books.id, debit_id=debit.id, credit_id=credit.id, amount=5, kind="k",
        about=about,
        month="2026-03", on=date(2026, 3, 10), at=AT,
    )  # fmt: skip
    insert([move])
    kept = Transfer.objects.get(county=books.county, id=move.id)
    assert (kept.about, kept.on, kept.at, kept.amount, kept.reverses) == (about, date(2026, 3, 10), AT, 5, None)
