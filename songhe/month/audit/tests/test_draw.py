import pytest

from songhe.assessment.tests.world import COUNTY
from songhe.grant.tests.world import MARCH, voucher
from songhe.kernel.refusal import Refusal
from songhe.month.audit.draw import draw
from songhe.month.audit.money import find, line_of, lines_behind, trace
from songhe.redemption.tests.world import bath, pay, provider, visit_of

pytestmark = pytest.mark.django_db


def drawn(**more):
    return draw(**{"county": COUNTY, "stratum": "vouchers", "month": MARCH, "seed": "2026-1", "size": 3, **more})


def test_one_seed_draws_one_sample_whatever_the_order_of_rows():
    for _ in range(6):
        voucher()
    first, again, other = drawn(), drawn(), drawn(seed="2026-2")
    assert first == again
    assert first.numbers != other.numbers
    assert (first.population, len(first.rows)) == (6, 3)
    assert [row.no for row in first.rows] == list(first.numbers)


def test_a_larger_sample_begins_with_the_smaller_one():
    for _ in range(6):
        voucher()
    assert drawn(size=5).numbers[:3] == drawn(size=3).numbers


def test_fewer_rows_than_asked_for_are_all_drawn():
    voucher()
    assert len(drawn(size=50).numbers) == 1
    assert drawn(stratum="bills").numbers == ()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"stratum": "people"}, "audit.unknown_stratum"),
        ({"size": 0}, "audit.sample_size"),
        ({"size": 501}, "audit.sample_size"),
        ({"seed": "  "}, "audit.no_seed"),
    ],
)
def test_what_cannot_be_drawn_is_refused(more, code):
    with pytest.raises(Refusal) as refused:
        drawn(**more)
    assert refused.value.code == code


def test_a_line_is_traced_to_the_transfers_that_paid_it():
    grant, who = voucher(), provider()
    visit = visit_of(grant, who)
    bill = pay(grant, who, bath(100_000, visit=visit.id))
    line = line_of(county=COUNTY, bill_no=bill.no, number=1)
    found = trace(line)
    assert [one.transfer.kind for one in found.moves] == ["budget", "issue", "redeem"]
    assert found.issued_fen == grant.face_fen
    assert found.verdict.outcome == "pass"
    assert {one.entry.act for one in found.trail} >= {"grant.set_budget", "grant.issue", "redemption.redeem"}
    assert [kind for kind, _row in find(COUNTY, bill.no)] == ["bill"]
    assert lines_behind("voucher", grant) == [line]
