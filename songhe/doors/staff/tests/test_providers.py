"""A provider is taken in by one, listed by another, paid where two agreed, and suspended without stranding anybody."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from songhe.access import login
from songhe.access.models import Account
from songhe.assessment.tests import world
from songhe.doors.staff.provider_add import read_assessors
from songhe.doors.staff.tests.conftest import AT, COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.doors.staff.words import ADMISSION_CHECKS
from songhe.kernel.refusal import Refusal
from songhe.provider import bank
from songhe.provider.models import BankAccount, Listing, Provider, Suspension
from songhe.service.models import Stay

LIST, NEW = "/staff/providers/", "/staff/providers/new/"
CODE = "91370799MA0000001C"


def told(**more):
    return {
        "key": str(uuid4()),
        "kind": "institution",
        "name": "柳泉养老院",
        "credit_code": CODE,
        "place": COUNTY,
        "beds": "80",
        **more,
    }


@pytest.fixture
def home(clerk):
    answer = clerk.post(NEW, told())
    assert answer.status_code == 302, text(answer)
    return Provider.objects.get()


def address(row, verb=""):
    return f"{LIST}{row.pk}/{verb + '/' if verb else ''}?county={COUNTY}"


def do(client, row, verb, **filled):
    return client.post(address(row, verb), {"key": str(uuid4()), **filled})


def propose(client, row, **more):
    given = {
        "categories": ["institution_long"],
        "contract_no": "XY-2026-001",
        "valid_from": str(DAY),
        "valid_to": "",
        "checks": list(ADMISSION_CHECKS),
    }
    return do(client, row, "propose", **{**given, **more})


@pytest.fixture
def listed(clerk, approver, home):
    propose(clerk, home)
    do(approver, home, "list")
    return home


def test_a_clerk_takes_a_provider_in_and_nothing_may_be_paid_there_yet(clerk, home):
    page = text(clerk.get(address(home)))
    assert "柳泉养老院" in page
    assert "未准入" in page
    assert not Listing.objects.exists()


def test_what_a_clerk_proposes_another_approves(clerk, approver, home):
    assert propose(clerk, home).status_code == 302
    assert "等待审批的准入" in text(approver.get(address(home)))
    assert do(approver, home, "list").status_code == 302
    row = Listing.objects.get()
    assert (row.listed_by, row.approved_by, row.contract_no) == ("clerk", "approver", "XY-2026-001")
    assert row.categories == ["institution_long"]
    assert "已准入" in text(approver.get(LIST))


def test_every_point_of_the_check_list_is_ticked(clerk, home):
    refused = propose(clerk, home, checks=list(ADMISSION_CHECKS)[1:])
    assert refused.status_code == 422
    assert "还有没勾选的" in text(refused)


def test_who_proposed_does_not_approve(enter, clerk, home):
    propose(clerk, home)
    both = enter("clerk", "county_approver")
    login.appoint(
        account=Account.objects.get(username="clerk"),
        role="county_approver",
        place=COUNTY,
        valid_from=date(2026, 1, 1),
        by=None,
        at=AT,
    )
    assert "要由另一人办理" in text(both.get(address(home)))
    assert do(both, home, "list").status_code == 403
    assert not Listing.objects.exists()


def test_a_proposal_is_sent_back_with_its_reason_and_made_again(clerk, approver, home):
    propose(clerk, home)
    do(approver, home, "return", because="缺消防验收")
    page = text(clerk.get(address(home)))
    assert "缺消防验收" in page
    assert do(approver, home, "list").status_code == 409
    assert propose(clerk, home).status_code == 302


def test_a_suspended_home_still_houses_who_lives_there(approver, listed):
    Stay.objects.create(
        county=COUNTY,
        person=world.elder(),
        provider=listed,
        admitted_on=DAY - timedelta(days=30),
        recorded_by="manager",
        recorded_at=world.at(DAY),
    )
    do(approver, listed, "suspend", since=str(DAY), residents_until=str(DAY + timedelta(days=60)), because="消防整改")
    page = text(approver.get(address(listed)))
    assert "已暂停" in page
    assert "在住老人照常服务到 2026年5月9日" in page
    assert "在住老人 1" in page
    do(approver, listed, "lift", last_day=str(DAY), because="整改完成")
    assert Suspension.objects.get().until == DAY


def test_an_agreement_has_a_last_day(approver, listed):
    do(approver, listed, "end", last_day="2026-06-30", because="机构退出")
    assert Listing.objects.get().valid_to == date(2026, 6, 30)


def test_where_a_provider_is_paid_finance_confirms(enter, listed):
    bank.propose(
        provider=listed, holder="柳泉养老院", bank="样例银行", number="6222000011112222", at=world.at(DAY), by="manager"
    )
    finance = enter("finance", "finance")
    page = finance.get(address(listed))
    assert "****2222" in text(page)
    assert "6222000011112222" not in page.content.decode()
    do(finance, listed, "confirm")
    assert BankAccount.objects.get().approved_by == "finance"


def test_a_wrong_credit_code_is_refused_where_it_stands(clerk):
    refused = clerk.post(NEW, told(credit_code=CODE[:-1] + "A"))
    assert refused.status_code == 422
    assert not Provider.objects.exists()


def test_the_same_body_is_taken_in_once(clerk, home):
    assert clerk.post(NEW, told()).status_code == 409
    assert Provider.objects.count() == 1


def test_assessors_are_read_line_by_line():
    (one,) = read_assessors("王评，PG001，2015-07-01，本科，2025-01-10，2025-02-10\n\n")
    assert (one.name, one.number, one.education) == ("王评", "PG001", "bachelor")
    with pytest.raises(Refusal) as refused:
        read_assessors("王评 PG001")
    assert refused.value.code == "staff.assessors_unreadable"


@pytest.mark.parametrize(
    ("role", "verb"), [("county_clerk", "list"), ("finance", "suspend"), ("county_approver", "confirm")]
)
def test_each_step_is_its_own_roles(enter, home, role, verb):
    assert do(enter(f"other{role}", role), home, verb).status_code == 403


def test_another_countys_providers_are_not_there(enter, home):
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.get(address(home)).status_code == 404
    assert far.get(f"{LIST}{home.pk}/?county={ELSEWHERE}").status_code == 404
    assert home.name not in text(far.get(LIST))
