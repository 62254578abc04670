"""Whoever holds a paper finds out whether it is genuine, and nothing else."""

import re

import pytest

from songhe.assessment.tests.world import COUNTY, elder
from songhe.county.key import new_id
from songhe.document.check_code import check_code
from songhe.document.number import number
from songhe.doors.public.tests.conftest import text
from songhe.doors.shell.clock import set_practice_day
from songhe.entitlement.letter import code_of
from songhe.entitlement.models import Letter
from songhe.entitlement.tests import story
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.kernel.month import Month
from songhe.redemption.models import Bill
from songhe.redemption.tests import world


@pytest.fixture
def letter():
    right = story.approved(elder(name="买买提·依明"))
    return Letter.objects.get(county=COUNTY, application=right.application)


@pytest.fixture
def grant():
    vouchers.budget()
    right = story.approved(elder(name="买买提·依明"), category="home")
    vouchers.run_issue(on=vouchers.TENTH)
    return Grant.objects.get(county=COUNTY, entitlement=right)


def test_a_letter_is_genuine_and_its_reader_is_not_named(anybody, letter):
    page = text(anybody.get(f"/check/letter/{letter.no}/"))
    assert "真实" in page
    assert "决定书" in page
    assert "样例县民政部门" in page
    assert "买买提" not in page
    assert "800" not in page.partition("<main")[2]


def test_the_code_printed_on_a_letter_vouches_for_what_it_says(anybody, letter):
    code = code_of(letter)
    page = text(anybody.get("/check/", {"no": letter.no, "code": f"{code[:4]} {code[4:]}"}))
    assert "真实" in page
    assert "查验码不符" not in page
    of_another = check_code(letter.no, {**letter.body, "note": "改过"})
    assert "查验码不符" in text(anybody.get("/check/", {"no": letter.no, "code": of_another}))


def test_a_newer_letter_takes_the_place_of_an_older(anybody, letter):
    later = Letter.objects.get(county=COUNTY, id=letter.id)
    later.pk, later._state.adding = new_id(), True
    later.no = number(COUNTY, Month(2026, 3), 77)
    later.at = letter.at.replace(year=2027)
    later.save()
    assert "此后又发了新的文书" in text(anybody.get(f"/check/letter/{letter.no}/"))


def test_a_voucher_holds_in_its_month(anybody, grant):
    assert "真实，当月有效" in text(anybody.get("/check/", {"no": grant.no, "kind": "voucher"}))
    set_practice_day(vouchers.TENTH.replace(month=4))
    assert "真实，已过有效期" in text(anybody.get("/check/", {"no": grant.no, "kind": "voucher"}))
    Grant.objects.filter(county=COUNTY, id=grant.id).update(state="revoked")
    assert "已撤销，不能使用" in text(anybody.get("/check/", {"no": grant.no, "kind": "voucher"}))


def test_a_bill_that_was_undone_does_not_hold(anybody, grant):
    server = world.provider()
    world.visit_of(grant, server)
    world.pay(grant, server, world.bath())
    bill = Bill.objects.get(county=COUNTY, person_id=grant.person_id)
    assert "真实，已入账" in text(anybody.get(f"/check/bill/{bill.no}/"))
    Bill.objects.filter(county=COUNTY, id=bill.id).update(state="reversed")
    assert "已冲正，不再有效" in text(anybody.get(f"/check/bill/{bill.no}/"))


def test_spaces_and_full_width_digits_are_read(anybody, letter):
    typed = " ".join(re.findall("....?", letter.no)).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert "真实" in text(anybody.get("/check/", {"no": typed}))


def test_a_number_of_nobody_is_no_paper_of_ours(anybody):
    page = text(anybody.get("/check/", {"no": number(COUNTY, Month(2026, 3), 4711)}))
    assert "没有这个编号" in page
    assert "12345" in page


@pytest.mark.parametrize(
    ("typed", "said"), [("123", "21位或24位"), (number(COUNTY, Month(2026, 3), 1)[:-1] + "x", "21位或24位")]
)
def test_a_slip_is_told_from_a_forgery(anybody, typed, said):
    response = anybody.get("/check/", {"no": typed})
    assert response.status_code == 422
    assert said in text(response)


def test_a_wrong_check_digit_is_told_too(anybody):
    right = number(COUNTY, Month(2026, 3), 1)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    assert "校验位不符" in text(anybody.get("/check/", {"no": wrong}))


def test_a_kind_that_is_none_is_not_there(anybody):
    assert anybody.get(f"/check/secret/{number(COUNTY, Month(2026, 3), 1)}/").status_code == 404


def test_nobody_guesses_numbers_all_day(anybody):
    for sequence in range(1, 31):
        assert anybody.get("/check/", {"no": number(COUNTY, Month(2026, 3), sequence)}).status_code == 200
    response = anybody.get("/check/", {"no": number(COUNTY, Month(2026, 3), 31)})
    assert response.status_code == 429
    assert "分钟后再试" in text(response)


def test_it_asks_few_queries(anybody, letter, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        anybody.get("/check/", {"no": letter.no})
