from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.county.key import Tag, derived_id, derived_id_sql
from songhe.grant.models import Hold
from songhe.grant.tests.world import voucher
from songhe.kernel.month import Month
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Account
from songhe.person.models import Event

HERE, THERE = "370799", "370798"
MARCH = Month(2026, 3)


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
