"""The rules of county rows, read off the SQL that verbs really send: what would break on rows spread by county."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from songhe.assessment.tests.world import COUNTY, at
from songhe.county.row import CountyRow
from songhe.grant.choose import choose
from songhe.grant.expire import expire
from songhe.grant.hold import hold, release
from songhe.grant.models import Grant
from songhe.grant.revoke import revoke
from songhe.grant.tests.world import MARCH, PROGRAMME, TENTH, budget, entitled, run_issue, voucher
from songhe.jobs.once import once
from songhe.person.event import report, verify
from songhe.person.models import Person
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import amend, reverse, true_up
from songhe.redemption.tests.world import bath, item, pay, provider, visit_of
from songhe.settlement.close import close
from songhe.settlement.tests.make import gathered
from songhe.trail.seal import seal
from tests.source import nothing

pytestmark = pytest.mark.django_db

COUNTY_TABLES = {model._meta.db_table for model in apps.get_models() if issubclass(model, CountyRow)}

#: National directories, which every county writes: a row of theirs decides which county may go on.
DIRECTORIES = {"grant_claim", "person_identity"}

WRITES = re.compile(r'\b(?:INSERT INTO|(?<!DO )UPDATE|DELETE FROM) "?(\w+)"?')
READS = re.compile(r'\b(?:FROM|JOIN) "?(\w+)"?')
LOCKS = re.compile(r"\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b")
NAMES_COUNTY = re.compile(r'"?\bcounty"?\s*(?:=|IN)\s')
VOLATILE = re.compile(
    r"\b(?:random|now|clock_timestamp|gen_random_uuid|uuid_generate_v\d|nextval|current_timestamp)\b", re.I
)


@dataclass(frozen=True)
class Sent:
    sql: str
    parameters: tuple[Any, ...]

    @property
    def written(self) -> set[str]:
        """Tables that the statement changes; what follows FOR UPDATE is a lock."""
        return set(WRITES.findall(LOCKS.sub("", self.sql))) - {"SET", "OF"}

    @property
    def condition(self) -> str:
        return self.sql.partition(" WHERE ")[2]


def sent_by(act: Callable[[], Any]) -> list[Sent]:
    """The statements of a verb, savepoints left out."""
    seen: list[Sent] = []

    def keep(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if not re.match(r"(?:RELEASE |ROLLBACK TO )?SAVEPOINT", sql):
            seen.append(Sent(" ".join(str(sql).split()), tuple(parameters or ())))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        act()
    return seen


def redeeming():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    request = Request(provider_id=who.id, charges=(bath(30_000, visit=visit.id), bath(5_000)), grant_no=grant.no)
    return lambda: once(
        county=COUNTY,
        client="till",
        key="1",
        body={},
        at=at(TENTH),
        do=lambda: {"no": redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager").no},
    )


def a_bill(**more) -> Bill:
    grant, who = voucher(), provider()
    return pay(grant, who, bath(60_000, visit=visit_of(grant, who).id), bath(20_000), **more)


def reversing():
    bill = a_bill()
    return lambda: reverse(county=COUNTY, bill_no=bill.no, because="录错", at=at(TENTH), on=TENTH, by="manager")


def amending():
    bill = a_bill()
    return lambda: amend(
        county=COUNTY, bill_no=bill.no, number=1, fee_fen=100, because="多记", at=at(TENTH), on=TENTH, by="manager"
    )


def truing_up():
    bill = a_bill(ltci_fen=None)
    return lambda: true_up(county=COUNTY, bill_no=bill.no, ltci_fen=9_999, at=at(TENTH), on=TENTH, by="insurer")


def choosing():
    grant = voucher(category="")
    return lambda: choose(county=COUNTY, grant_id=grant.id, category="home", at=at(TENTH), on=TENTH, by="elder")


def a_hold(grant: Grant, who: Any):
    return hold(
        county=COUNTY,
        grant_id=grant.id,
        provider_id=who.id,
        category="home",
        amount_fen=10_000,
        at=at(TENTH),
        on=TENTH,
        until=at(TENTH, 12),
        by="manager",
    )


def holding():
    grant, who = voucher(), provider()
    return lambda: a_hold(grant, who)


def releasing():
    row = a_hold(voucher(), provider())
    return lambda: release(county=COUNTY, hold_id=row.id, at=at(TENTH), on=TENTH, by="manager")


def revoking():
    grant = voucher()
    return lambda: revoke(
        county=COUNTY, grant_id=grant.id, because="误发", by="clerk", approved_by="head", at=at(TENTH), on=TENTH
    )


def issuing():
    for _ in range(3):
        entitled()
    budget()
    return run_issue


def expiring():
    a_hold(voucher(), provider())
    april = date(2026, 4, 1)
    return lambda: expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=april, clock=lambda: at(april))


def gathering():
    a_bill()
    return lambda: gathered(MARCH)


def closing():
    return lambda: close(county=COUNTY, month=MARCH, by="head", at=at(TENTH))


def sealing():
    a_bill()
    return lambda: seal(county=COUNTY)


def verifying_a_death():
    person = Person.rows.get(county=COUNTY, id=voucher().person_id)
    told = report(person=person, kind="death", happened_on=TENTH, source="家属", on=TENTH, at=at(TENTH), by="family")
    return lambda: verify(event=told, on=TENTH, at=at(TENTH), by="clerk")


VERBS = [
    redeeming,
    reversing,
    amending,
    truing_up,
    choosing,
    holding,
    releasing,
    revoking,
    issuing,
    expiring,
    gathering,
    closing,
    sealing,
    verifying_a_death,
]
each_verb = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)


@each_verb
def test_what_changes_or_locks_county_rows_names_the_county(verb):
    statements = sent_by(verb())
    assert any(each.written for each in statements)
    nothing(
        each.sql
        for each in statements
        if (changes_rows(each) or LOCKS.search(each.sql)) and touches(each) and not NAMES_COUNTY.search(each.condition)
    )


def changes_rows(each: Sent) -> bool:
    return bool(re.search(r"(?:^|\) )(?:UPDATE|DELETE FROM) ", each.sql))


def touches(each: Sent) -> set[str]:
    return COUNTY_TABLES & (each.written | set(READS.findall(each.sql)))


@each_verb
def test_whatever_a_verb_writes_stands_in_its_county(verb):
    """A transaction that also writes a table without county would not be atomic on rows spread by county."""
    statements = sent_by(verb())
    nothing(each.sql for each in statements if each.written - COUNTY_TABLES - DIRECTORIES)
    counties = {
        value
        for each in statements
        for value in each.parameters
        if isinstance(value, str) and re.fullmatch(r"\d{6}", value)
    }
    assert counties <= {COUNTY, "000000", "370000", "370700", MARCH.compact}


@each_verb
def test_batches_take_the_county_from_their_source_and_their_ids_from_its_id(verb):
    batches = [each.sql for each in sent_by(verb()) if re.match(r"(?:WITH .*)?INSERT INTO .* SELECT ", each.sql)]
    nothing(sql for sql in batches if VOLATILE.search(sql))
    nothing(
        sql
        for sql in batches
        if re.search(r"SELECT (?:%s|'\d{6}'), ", sql.partition("SELECT")[1] + sql.partition("SELECT")[2])
    )


@each_verb
def test_one_statement_changes_one_table(verb):
    """No chains of modifying CTEs."""
    nothing(each.sql for each in sent_by(verb()) if len(each.written) > 1)


def test_a_payment_asks_no_county_table_without_its_county():
    """The hottest path: every statement can be answered where the county's rows lie."""
    statements = [each for each in sent_by(redeeming()) if touches(each)]
    assert len(statements) > 15
    nothing(
        each.sql for each in statements if not each.sql.startswith("INSERT") and not NAMES_COUNTY.search(each.condition)
    )


def test_a_payment_of_many_lines_sends_hardly_more_statements_than_one_of_few():
    grant = voucher()
    item("bath")
    who = provider(prices={"bath": 100_000})

    def paying(lines: int) -> int:
        charges = [Charge("bath", date(2026, 3, 9), fee_fen=100) for _ in range(lines)]
        return len(sent_by(lambda: pay(grant, who, *charges)))

    paying(1)
    assert paying(50) <= paying(2) + 2
    assert paying(2) <= 45


def test_issuing_to_many_sends_no_more_statements_than_issuing_to_few():
    def run(people: int) -> int:
        for _ in range(people):
            entitled()
        return len(sent_by(run_issue))

    budget(100_000_000)
    run(1)
    assert run(40) <= run(2) + 2
