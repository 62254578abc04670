from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.jobs.models import Once
from songhe.jobs.once import fingerprint, once
from songhe.kernel.refusal import Refusal, reason
from songhe.ledger.fund import open_fund
from songhe.ledger.models import Fund

pytestmark = pytest.mark.django_db

COUNTY = "370799"
AT = datetime(2026, 3, 10, 2, tzinfo=timezone.utc)
NO = reason("once.for_a_test", zh="不行。", en="No.")


class Effect:
    """Opens a fund each time it is done, so that what was done can be counted in the database."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        fund = open_fund(county=COUNTY, code=f"f{self.times}", name="f")
        return {"id": str(fund.id), "times": self.times}


def call(do, *, key="k1", body=None, client="provider-1"):
    return once(county=COUNTY, client=client, key=key, body=body or {"a": 1}, at=AT, do=do)


def refused(act):
    with pytest.raises(Refusal) as caught:
        act()
    return caught.value.code


def test_the_same_key_gives_the_same_answer_with_one_effect():
    do = Effect()
    assert [call(do) for _ in range(3)] == [{"id": str(Fund.objects.get(county=COUNTY).id), "times": 1}] * 3
    assert do.times == 1


def test_the_order_of_the_fields_of_a_body_does_not_matter():
    do = Effect()
    assert call(do, body={"a": 1, "b": 2}) == call(do, body={"b": 2, "a": 1})


def test_another_key_or_another_client_is_another_call():
    do = Effect()
    call(do)
    call(do, key="k2")
    call(do, client="provider-2")
    assert do.times == 3


def test_without_a_key_it_is_done_each_time():
    do = Effect()
    call(do, key=None)
    call(do, key=None)
    assert do.times == 2
    assert not Once.objects.filter(county=COUNTY).exists()


def test_a_key_used_for_another_body_is_refused():
    call(Effect())
    assert refused(lambda: call(Effect(), body={"a": 2})) == "once.other_body"


def test_a_refused_call_leaves_neither_key_nor_effect_and_may_be_tried_again():
    def refuse():
        open_fund(county=COUNTY, code="half", name="half")
        raise NO("a")

    assert refused(lambda: call(refuse)) == "once.for_a_test"
    assert not Once.objects.filter(county=COUNTY).exists()
    assert not Fund.objects.filter(county=COUNTY).exists()
    assert call(Effect())["times"] == 1


def test_a_key_without_an_answer_is_a_call_still_running():
    call(Effect())
    Once.objects.filter(county=COUNTY).update(answer=None)
    assert refused(lambda: call(Effect())) == "once.still_running"


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans()))
def test_a_fingerprint_is_the_same_for_the_same_body_only(body):
    assert fingerprint(dict(reversed(body.items()))) == fingerprint(body)
    assert fingerprint({**body, "more": 1, "than": 2}) != fingerprint({**body, "more": 1})
