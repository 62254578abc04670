from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.kernel.integer import floor_share, running_shares
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.period import close as close_books
from songhe.redemption.models import Line, Verdict
from songhe.redemption.verdict import judge
from songhe.settlement.check import check
from songhe.settlement.gather import central_shares, floor_sql, run
from songhe.settlement.models import Statement, StatementLine
from songhe.settlement.queries import not_gathered
from songhe.settlement.tests import make

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY = make.MARCH, make.APRIL, make.MAY


def one():
    return Statement.objects.get()


# --- what is due -----------------------------------------------------------------------------------------------------


def test_gathers_the_booked_lines_of_a_month_into_a_statement_a_provider():
    first, second = make.payee(), make.payee()
    make.bill(70400, 33333, of=first)
    make.bill(9101, of=second)
    done = make.gathered()
    assert (done.statements, done.lines, done.charge_fen, done.refund_fen) == (2, 3, 112_834, 0)
    found = make.statement(first)
    assert (found.lines, found.charge_fen, found.net_fen) == (2, 103_733, 103_733)
    assert (found.central_fen, found.local_fen) == (88173, 15560)
    assert Verdict.objects.filter(settled=True).count() == 3
    assert list(check()) == []


def test_gathering_again_changes_nothing():
    make.bill(70400, of=make.payee())
    make.gathered()
    before = list(StatementLine.objects.order_by("number").values()), list(Statement.objects.values())
    again = make.gathered()
    assert (again.statements, again.lines, again.charge_fen) == (0, 0, 0)
    assert (list(StatementLine.objects.order_by("number").values()), list(Statement.objects.values())) == before


def test_gathering_again_adds_what_is_new_and_numbers_on():
    of = make.payee()
    make.bill(333, of=of)
    make.gathered()
    make.bill(333, 1, of=of, day=1)
    assert make.gathered().lines == 2
    rows = list(StatementLine.objects.order_by("number").values_list("number", "central_fen"))
    assert rows == [(1, 283), (2, 283), (3, 0)]
    assert one().version == 3
    assert list(check()) == []


@pytest.mark.parametrize(
    "fields", [{"outcome": "pending"}, {"outcome": "fail"}, {"state": "provisional"}, {"state": "refused"}]
)
def test_leaves_lines_that_are_not_due(fields):
    of = make.payee()
    make.bill(500, of=of, **fields)
    assert make.gathered().statements == 0
    if fields.get("state") != "refused":
        name = fields.get("outcome", "provisional")
        assert not_gathered(county=make.COUNTY, programme=make.PROGRAMME, month=MARCH) == {
            name: {"lines": 1, "fen": 500}
        }


def test_leaves_lines_that_the_voucher_paid_nothing_of():
    make.bill(0, 700, of=make.payee())
    assert make.gathered().lines == 1


def test_leaves_bills_of_later_months_other_programmes_and_other_counties():
    of = make.payee()
    make.bill(1, of=of, month=APRIL)
    make.bill(2, of=of, programme="assessment-voucher")
    make.bill(4, of=of, county="370798")
    make.bill(8, of=of)
    assert make.gathered().charge_fen == 8
    assert make.gathered(programme="assessment-voucher").charge_fen == 2


def test_a_line_that_passes_late_comes_into_the_next_statement():
    of = make.payee()
    make.bill(100, of=of)
    late = make.bill(200, of=of, outcome="pending")
    make.gathered()
    make.confirmed(of)
    Verdict.objects.filter(line__bill=late).update(outcome="pass")
    assert make.gathered().lines == 0
    make.gathered(APRIL)
    assert make.lines(of, APRIL) == [("CHARGE", 200)]
    assert StatementLine.objects.get(amount_fen=200).service_month == "2026-03"


def test_a_line_after_a_reported_death_waits_until_the_report_is_refuted():
    of, person = make.payee(), make.elder()
    voucher = make.grant(person)
    make.bill(500, of=of, voucher=voucher, day=9)
    make.bill(70, of=of, voucher=voucher, day=12)
    report = make.reported_death(person, date(2026, 3, 10))
    assert make.gathered().lines == 1
    report.state = "refuted"
    report.save()
    assert make.gathered().lines == 1
    assert make.lines(of) == [("CHARGE", 500), ("CHARGE", 70)]


def test_a_smaller_bill_booked_anew_months_later_is_a_correction():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.gathered()
    make.confirmed(of)
    make.reverse(wrong, on=make.day_after(MARCH, 10))
    make.bill(300, of=of, voucher=wrong.grant, replaces=wrong, on=make.day_after(MARCH, 10))
    make.gathered(APRIL)
    assert sorted(make.lines(of, APRIL)) == [("CORRECTION", 300), ("REFUND", -500)]
    assert make.statement(of, APRIL).net_fen == -200
    assert list(check()) == []


def test_a_bill_booked_anew_within_its_month_is_a_plain_charge():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.reverse(wrong, on=MARCH.last)
    make.bill(300, of=of, voucher=wrong.grant, replaces=wrong)
    make.gathered()
    assert make.lines(of) == [("CHARGE", 300)]


# --- reversed lines --------------------------------------------------------------------------------------------------


def test_a_line_reversed_before_it_was_gathered_appears_nowhere():
    of = make.payee()
    gone = make.bill(500, 70, of=of)
    make.reverse(gone, 1, on=make.day_after(MARCH, 1))
    make.gathered()
    make.gathered(APRIL)
    assert make.lines(of) == [("CHARGE", 70)]
    assert Statement.objects.count() == 1


def test_a_settled_line_reversed_later_is_refunded_once_in_the_month_of_the_reversal():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.gathered()
    make.confirmed(of)
    make.bill(900, of=of, month=APRIL)
    make.reverse(wrong, on=APRIL.last)
    make.gathered(APRIL)
    make.confirmed(of, APRIL)
    make.gathered(MAY)
    assert sorted(make.lines(of, APRIL)) == [("CHARGE", 900), ("REFUND", -500)]
    found = make.statement(of, APRIL)
    assert (found.charge_fen, found.refund_fen, found.net_fen) == (900, 500, 400)
    assert Statement.objects.count() == 2
    assert list(check()) == []


def test_a_line_reversed_while_its_statement_is_open_is_refunded_there():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.gathered()
    make.reverse(wrong, on=make.day_after(MARCH, 3))
    make.gathered()
    assert make.lines(of) == [("CHARGE", 500), ("REFUND", -500)]
    assert (one().net_fen, one().central_fen, one().local_fen) == (0, 0, 0)


# --- the split -------------------------------------------------------------------------------------------------------


def test_splits_the_batch_and_not_the_line():
    for fen in (70400, 33333, 9101, 3):
        make.bill(fen, of=make.payee())
    make.gathered()
    sums = [(row.central_fen, row.local_fen) for row in Statement.objects.order_by("no")]
    assert sum(central for central, _ in sums) == 95911
    assert sum(local for _, local in sums) == 112_837 - 95911


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.lists(st.integers(1, 80_000), min_size=1, max_size=6), min_size=1, max_size=3),
    share=st.sampled_from(
        [Fraction(17, 20), Fraction(9, 10), Fraction(19, 20), Fraction(1, 3), Fraction(0), Fraction(1)]
    ),
)
def test_the_running_shares_of_the_database_are_those_of_python(batches, share):
    with transaction.atomic():
        providers = [make.provider(), make.provider()]
        for position, amounts in enumerate(batches):
            for number, fen in enumerate(amounts):
                make.bill(fen, of=providers[(position + number) % 2], day=number + 1)
            make.gathered(shares=lambda _: share)
        rows = list(StatementLine.objects.order_by("number").values_list("number", "amount_fen", "central_fen"))
        assert [number for number, *_ in rows] == list(range(1, len(rows) + 1))
        assert [central for *_, central in rows] == running_shares([fen for _, fen, _ in rows], share)
        assert list(check()) == []
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    settled=st.lists(st.integers(1, 80_000), min_size=1, max_size=4),
    new=st.lists(st.integers(1, 80_000), max_size=3),
    share=st.sampled_from([Fraction(17, 20), Fraction(9, 10), Fraction(1, 7)]),
)
def test_refunds_split_like_everything_else_below_zero_too(settled, new, share):
    with transaction.atomic():
        of = make.provider()
        bills = [make.bill(fen, of=of) for fen in settled]
        make.gathered(shares=lambda _: share)
        make.confirmed(of)
        for each in bills:
            make.reverse(each, on=APRIL.last)
        for fen in new:
            make.bill(fen, of=of, month=APRIL)
        make.gathered(APRIL, shares=lambda _: share)
        rows = StatementLine.objects.filter(statement__month="2026-04").order_by("number")
        amounts = list(rows.values_list("amount_fen", flat=True))
        assert list(rows.values_list("central_fen", flat=True)) == running_shares(amounts, share)
        found = make.statement(of, APRIL)
        assert found.net_fen == sum(new) - sum(settled)
        assert (found.central_fen, found.local_fen) == (
            floor_share(found.net_fen, share),
            found.net_fen - floor_share(found.net_fen, share),
        )
        transaction.set_rollback(True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=st.integers(-(10**12), 10**12), n=st.integers(0, 100), d=st.integers(1, 100))
def test_the_database_rounds_down_below_zero_too(amount, n, d):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {floor_sql('x')} FROM (SELECT CAST(%s AS bigint) AS x, CAST(%s AS bigint) AS n, "
            "CAST(%s AS bigint) AS d) q",
            [amount, n, d],
        )
        assert cursor.fetchone()[0] == amount * n // d


def test_each_line_is_split_at_the_share_of_its_service_month():
    of = make.payee()
    make.bill(101, of=of, month=Month(2025, 12), on=MARCH.last)
    make.bill(101, of=of)
    make.gathered(shares=lambda month: Fraction(1, 2) if month.year == 2025 else make.EAST)
    rows = StatementLine.objects.order_by("number").values_list("service_month", "ratio", "central_fen")
    assert list(rows) == [("2025-12", "1/2", 50), ("2026-03", "17/20", 85)]
    assert list(check()) == []


def test_without_a_share_the_statement_stays_unsplit_until_one_is_set():
    of = make.payee()
    make.bill(101, 3, of=of)
    assert make.gathered(shares=lambda _: None).unsplit == 2
    assert (one().central_fen, one().local_fen, one().net_fen) == (None, None, 104)
    assert list(check()) == []
    assert make.gathered().unsplit == 0
    assert (one().central_fen, one().local_fen) == (88, 16)
    assert list(StatementLine.objects.order_by("number").values_list("central_fen", flat=True)) == [85, 3]
    assert list(check()) == []


def test_the_share_comes_from_the_edition_in_force_in_the_service_month():
    share = central_shares(county=make.COUNTY, programme=make.PROGRAMME)
    assert share(MARCH) == Fraction(17, 20)
    assert share(Month(2025, 9)) == Fraction(17, 20)
    assert share(Month(2027, 1)) is None
    assert central_shares(county="650102", programme=make.PROGRAMME)(MARCH) == Fraction(19, 20)
    assert central_shares(county="140105", programme=make.PROGRAMME)(MARCH) == Fraction(9, 10)


# --- what is carried in ----------------------------------------------------------------------------------------------


def test_carries_a_negative_statement_into_the_next_one_and_only_once():
    of = make.payee()
    wrong = make.bill(500, of=of)
    make.gathered()
    make.paid(of)
    make.reverse(wrong, on=APRIL.last)
    make.gathered(APRIL)
    assert make.approved(of, APRIL).state == "carried"
    make.bill(800, of=of, month=MAY)
    make.gathered(MAY)
    make.gathered(MAY)
    found = make.statement(of, MAY)
    assert (found.charge_fen, found.carried_fen, found.net_fen) == (800, -500, 300)
    assert make.statement(of, APRIL).carried_into_id == found.id
    assert list(check()) == []


# --- once, whoever comes ---------------------------------------------------------------------------------------------


def test_the_database_refuses_a_line_in_two_statements():
    first, second = make.payee(), make.payee()
    make.bill(500, of=first)
    make.bill(500, of=second)
    make.gathered()
    row = StatementLine.objects.order_by("number").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.create(
            county=row.county,
            statement=make.statement(second),
            programme=row.programme,
            number=99,
            kind="CHARGE",
            line=row.line,
            service_month=row.service_month,
            amount_fen=row.amount_fen,
        )


@pytest.mark.parametrize("outcome", ["pending", "fail"])
def test_the_database_refuses_a_line_without_a_passing_verdict(outcome):
    of = make.payee()
    make.bill(1, of=of)
    make.gathered()
    bad = make.bill(500, of=of, outcome=outcome)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementLine.objects.create(
            county=make.COUNTY,
            statement=one(),
            programme=one().programme,
            number=2,
            kind="CHARGE",
            line=Line.objects.get(bill=bad),
            service_month="2026-03",
            amount_fen=500,
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1")
        connection.check_constraints()


def test_the_verdict_of_a_settled_line_does_not_flip():
    make.bill(500, of=make.payee())
    make.gathered()
    verdict = Verdict.objects.get()
    with pytest.raises(Refusal) as refused:
        judge(
            county=make.COUNTY,
            line_id=verdict.line_id,
            outcome="fail",
            because="电话否认",
            at=make.at(APRIL.first),
            by="clerk",
        )
    assert refused.value.code == "redemption.verdict_settled"
    with pytest.raises(IntegrityError), transaction.atomic():
        Verdict.objects.filter(county=make.COUNTY).update(outcome="fail")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.check_constraints()


def test_lines_and_sums_are_fixed_once_the_provider_has_confirmed():
    of = make.payee()
    make.bill(500, of=of)
    make.gathered()
    make.confirmed(of)
    row = StatementLine.objects.get()
    attacks = [
        lambda: StatementLine.objects.filter(county=make.COUNTY).update(central_fen=0, local_fen=500),
        lambda: StatementLine.objects.filter(county=make.COUNTY).delete(),
        lambda: StatementLine.objects.filter(county=make.COUNTY).update(amount_fen=1),
        lambda: Statement.objects.filter(county=make.COUNTY).update(
            charge_fen=1, net_fen=1, central_fen=0, local_fen=1
        ),
        lambda: Statement.objects.filter(county=make.COUNTY).delete(),
        lambda: StatementLine.objects.create(
            county=make.COUNTY,
            statement=row.statement,
            programme=row.programme,
            number=2,
            kind="CHARGE",
            line=Line.objects.get(bill=make.bill(9, of=of)),
            service_month="2026-03",
            amount_fen=9,
        ),
    ]
    for attack in attacks:
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()


def test_a_closed_month_is_left_alone():
    of = make.payee()
    make.bill(500, of=of)
    close_books(county=make.COUNTY, month=MARCH, report={}, by="head", at=make.at(APRIL.first))
    assert make.gathered().closed
    assert Statement.objects.count() == 0
    make.gathered(APRIL)
    assert make.lines(of, APRIL) == [("CHARGE", 500)]


def test_the_number_of_statements_does_not_follow_the_number_of_lines():
    def queries(bills):
        of = make.provider()
        for day in range(1, bills + 1):
            make.bill(100 + day, 7, of=of, day=day)
        with CaptureQueriesContext(connection) as seen, transaction.atomic():
            assert make.gathered().lines == 2 * bills
        return len(seen)

    queries(1)
    few = queries(1)
    assert queries(20) == few


def test_what_is_charged_already_is_found_by_its_index_and_not_among_all_lines_of_the_county():
    make.bill(500, of=make.payee())
    with CaptureQueriesContext(connection) as asked:
        make.gathered()
    charges = next(each["sql"] for each in asked if "AS service_month" in each["sql"])
    if connection.vendor == "sqlite":  # PostgreSQL plans by what it counted, and here it counted nothing.
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {charges}")
            by_index = [step for *_, step in cursor.fetchall() if "settlement_line_charged_once" in step]
            assert len(by_index) == 2, "what is to be charged, and what is to be refunded"


def test_runs_as_a_job_that_can_be_run_again():
    make.bill(500, of=make.payee())
    clock = lambda: make.at(APRIL.first)  # noqa: E731
    assert run(county=make.COUNTY, programme=make.PROGRAMME, month=MARCH, clock=clock).lines == 1
    assert run(county=make.COUNTY, programme=make.PROGRAMME, month=MARCH, clock=clock).lines == 0
    assert one().central_fen == 425


def test_the_order_of_the_batch_is_by_provider_day_bill_and_line():
    second, first = make.provider(), make.provider()
    for of in (first, second):
        for day in (20, 5):
            make.bill(3, 5, of=of, day=day)
    make.gathered()
    rows = StatementLine.objects.select_related("line", "line__bill", "statement")
    by_number = sorted(rows, key=lambda row: row.number)
    wanted = sorted(
        rows,
        key=lambda row: (
            row.statement.provider_id,
            row.line.service_on,
            row.line.bill.no,
            row.line.number,
        ),
    )
    assert [row.id for row in by_number] == [row.id for row in wanted]
