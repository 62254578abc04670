import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from songhe.ledger.fund import open_fund
from songhe.ledger.models import Fund

pytestmark = pytest.mark.django_db

HERE, THERE = "370799", "370798"


@pytest.fixture
def fund():
    return open_fund(county=HERE, code="f", name="基金")


def sent(act):
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen if "ledger_fund" in query["sql"]]


def names_the_county(statements):
    return bool(statements) and all('"county" = ' in each.partition("WHERE")[2] for each in statements)


def test_saving_names_the_county(fund):
    fund.name = "新名"
    assert names_the_county(sent(fund.save))
    assert names_the_county(sent(lambda: fund.save(update_fields=["name"])))


def test_refreshing_names_the_county(fund):
    assert names_the_county(sent(fund.refresh_from_db))


def test_locking_names_the_county(fund):
    assert names_the_county(sent(lambda: Fund.objects.select_for_update().get(county=HERE, id=fund.id)))


def test_deleting_names_the_county_in_one_statement(fund):
    statements = sent(lambda: fund.delete())
    assert len(statements) == 1
    assert names_the_county(statements)
    assert not Fund.objects.filter(county=HERE).exists()


def test_deleting_says_how_many_rows_went(fund):
    assert fund.delete() == (1, {"ledger.Fund": 1})
    assert fund.delete() == (0, {})


def test_a_row_read_without_its_county_can_be_asked_for_it(fund):
    assert Fund.objects.only("name").get(county=HERE, id=fund.id).county == HERE


def test_a_row_that_claims_another_county_changes_nothing(fund):
    fund.county, fund.name = THERE, "别处"
    with pytest.raises(DatabaseError), transaction.atomic():
        fund.save(update_fields=["name"])
    with pytest.raises(Fund.DoesNotExist):
        fund.refresh_from_db()
    assert fund.delete() == (0, {})
    assert Fund.objects.get(county=HERE).name == "基金"


def test_a_new_row_has_its_id_before_it_is_saved_and_is_inserted_at_once():
    row = Fund(county=HERE, code="g", name="g", unit="fen")
    assert row.id is not None
    (statement,) = sent(row.save)
    assert statement.startswith("INSERT")


def test_a_row_says_what_it_is(fund):
    assert str(fund) == f"ledger.Fund {HERE}/{fund.id}"
