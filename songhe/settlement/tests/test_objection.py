from datetime import date

import pytest

from songhe.kernel.refusal import Refusal
from songhe.settlement.confirm import resolve
from songhe.settlement.models import Objection
from songhe.settlement.objection import Objected, in_words, object_to
from songhe.settlement.tests import make
from songhe.settlement.tests.make import at
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 8)


@pytest.fixture
def statement():
    who = make.payee()
    make.bill(30_000, 40_400, of=who)
    make.gathered()
    return make.statement(who)


def objected(statement, *objections, **more):
    told = {"county": statement.county, "statement_id": statement.id, "at": at(DAY), "by": "manager"}
    return object_to(objections=objections, **told, **more)


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code


def test_all_objections_together_are_the_dispute(statement):
    row = objected(statement, Objected("amount", "少五十", 1, claimed_fen=35_000), Objected("missing", "3月9日", None))
    assert (row.state, row.dispute) == ("disputed", "第1行：少五十；缺少：3月9日")
    assert Objection.objects.filter(statement=row, answered_at=None).count() == 2
    assert Entry.objects.get(act="settlement.dispute").actor == "manager"


def test_the_countys_answer_is_everybodys(statement):
    row = objected(statement, Objected("other", "问一下", 2))
    resolve(county=row.county, statement_id=row.id, because="已核", at=at(DAY), by="clerk")
    assert Objection.objects.values_list("answer", "answered_by").get() == ("已核", "clerk")
    objected(statement, Objected("other", "还是不对", 2))
    assert Objection.objects.filter(answered_at=None).count() == 1


@pytest.mark.parametrize(
    ("objection", "code"),
    [
        (Objected("amount", "哪行", None), "settlement.unknown_objection"),
        (Objected("wrong", "什么", 1), "settlement.unknown_objection"),
        (Objected("amount", "没有", 7), "settlement.unknown_line"),
        (Objected("amount", " ", 1), "settlement.needs_reason"),
        (Objected("amount", "负数", 1, claimed_fen=-1), "input.too_small"),
    ],
)
def test_an_objection_names_a_line_and_a_reason(statement, objection, code):
    refused_with(code, lambda: objected(statement, objection))
    assert not Objection.objects.exists()


def test_nothing_is_no_objection(statement):
    refused_with("settlement.nothing_objected", lambda: objected(statement))


def test_what_is_confirmed_is_not_objected_to_and_who_comes_second_is_told(statement):
    old = statement.version
    objected(statement, Objected("other", "先", 1), version=old)
    refused_with("settlement.changed", lambda: objected(statement, Objected("other", "后", 1), version=old))
    refused_with("settlement.wrong_state", lambda: objected(statement, Objected("other", "后", 1)))


def test_many_are_counted_where_they_do_not_fit():
    said = in_words([Objected("other", "很长的说明" * 10, number) for number in range(1, 21)])
    assert len(said) <= 500
    assert "处异议。" in said
