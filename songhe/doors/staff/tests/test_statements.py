from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from songhe.document.file import keep_file
from songhe.doors.shell.clock import set_practice_day
from songhe.doors.staff.tests.conftest import ELSEWHERE
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.settlement.models import Batch, Statement
from songhe.settlement.objection import Objected, object_to
from songhe.settlement.statement import hold
from songhe.settlement.tests import make as made
from songhe.settlement.tests.make import APRIL, MARCH, at
from songhe.trail.models import Entry

LIST = "/staff/statements/"


@pytest.fixture(autouse=True)
def april(practice):
    set_practice_day(date(2026, 4, 8))


@pytest.fixture
def provider():
    """A provider with a gathered statement of two lines, ¥704.00 together."""
    who = made.payee()
    made.bill(30_000, 40_400, of=who)
    made.gathered()
    return who


@pytest.fixture
def manager(enter, provider):
    return enter("manager", "provider_manager", provider=provider.id)


def address(row):
    return reverse("staff:statement", args=[row.no])


def state(row):
    return Statement.objects.get(county=row.county, id=row.id).state


def test_the_list_says_what_each_provider_is_owed_and_the_sum_in_capitals(approver, provider):
    page = text(approver.get(LIST, {"month": "2026-03"}))
    assert provider.name in page
    assert "¥704.00" in page
    assert "柒佰零肆元整" in page
    assert "待机构确认 1" in page


def test_a_statement_says_its_sums_its_split_and_its_lines(approver, provider):
    page = text(approver.get(address(made.statement(provider))))
    for words in (
        "应付 ¥704.00",
        "人民币柒佰零肆元整",
        "中央资金 ¥598.40",
        "地方资金 ¥105.60",
        "¥300.00",
        "¥404.00",
        "通过",
    ):
        assert words in page


def test_elders_are_masked_on_it(approver):
    who = made.payee()
    made.bill(10_000, of=who, person=made.elder(name="王秀兰"))
    made.gathered()
    page = text(approver.get(address(made.statement(who))))
    assert "王*兰" in page
    assert "王秀兰" not in page


def test_what_was_reversed_after_it_was_settled_is_negative_in_the_next(approver, provider):
    bill = made.Bill.objects.get(provider=provider)
    made.paid(provider)
    made.reverse(bill, 1, on=date(2026, 4, 10))
    made.bill(50_000, of=provider, month=APRIL)
    made.gathered(APRIL)
    page = text(approver.get(address(made.statement(provider, APRIL))))
    assert "−¥300.00" in page
    assert "冲减" in page
    assert "应付 ¥200.00" in page


def test_it_goes_from_the_provider_by_two_people_of_the_county_to_the_bank(manager, approver, enter, provider):
    row = made.statement(provider)
    send(manager, address(row), "/confirm/", invoice_no="25372000000012345678", budget_line="2081005", fund_year="2026")
    assert state(row) == "confirmed"
    send(approver, address(row), "/approve/")
    assert state(row) == "approved"
    finance, cashier = enter("finance", "finance"), enter("cashier", "finance")
    here = f"{LIST}?month=2026-03"
    assert "1 张已批准、还没有付款，共 ¥704.00" in text(finance.get(here))
    send(finance, here, "/make/")
    batch = Batch.objects.get(county=row.county)
    assert "等另一人放行" in text(finance.get(here))
    send(cashier, here, "/release/")
    batch.refresh_from_db()
    assert (batch.state, batch.made_by, batch.released_by) == ("released", "finance", "cashier")
    assert "已送银行" in text(manager.get(address(row)))


def test_who_made_a_batch_cannot_release_it(enter, provider):
    made.approved(provider)
    finance, cashier = enter("finance", "finance"), enter("cashier", "finance")
    here = f"{LIST}?month=2026-03"
    send(finance, here, "/make/")
    where, hidden = form_for(cashier.get(here), "/release/")
    answer = finance.post(where, hidden, follow=True)
    assert "不能是同一个人" in text(answer)
    assert Batch.objects.get().state == "made"


def test_who_is_left_out_of_a_batch_is_named_with_the_reason(enter, provider):
    without = made.provider()
    made.bill(10_000, of=without)
    made.gathered()
    made.approved(provider)
    made.approved(without)
    finance = enter("finance", "finance")
    page = text(finance.get(send(finance, f"{LIST}?month=2026-03", "/make/").headers["Location"]))
    assert "没有列入" in page
    assert made.statement(without).no in page


def test_the_provider_objects_and_the_county_answers(manager, clerk, provider):
    row = made.statement(provider)
    send(manager, address(row), "/dispute/", because="3月9日少一次")
    assert state(row) == "disputed"
    assert "3月9日少一次" in text(clerk.get(address(row)))
    assert not any(one.endswith("/resolve/") for one in forms(manager.get(address(row))))
    assert manager.post(f"{address(row)}resolve/", {}).status_code == 403
    send(clerk, address(row), "/resolve/", because="已补记")
    assert state(row) == "gathered"


def test_a_provider_sees_its_own_statements_alone(enter, provider):
    other = made.payee(ending="1111")
    made.bill(10_000, of=other)
    made.gathered()
    client = enter("other", "provider_manager", provider=other.id)
    page = text(client.get(LIST, {"month": "2026-03"}))
    assert other.name in page
    assert provider.name not in page
    assert "拨付" not in page
    row = made.statement(provider)
    assert client.get(address(row)).status_code == 404
    assert client.post(f"{address(row)}confirm/", {}).status_code == 404
    assert Entry.objects.filter(county=row.county, act="door.out_of_reach", actor="other").count() == 2


def test_another_county_sees_none_of_them(enter, provider):
    far = enter("far", "county_approver", place=ELSEWHERE)
    assert provider.name not in text(far.get(LIST, {"month": "2026-03"}))
    assert far.get(address(made.statement(provider))).status_code == 404


def test_an_invoice_number_that_is_missing_is_asked_for(manager, provider):
    row = made.statement(provider)
    answer = send(manager, address(row), "/confirm/", invoice_no="", budget_line="2081005", fund_year="2026")
    assert answer.status_code == 422
    assert state(row) == "gathered"


def test_who_comes_second_is_told_and_a_double_click_counts_once(manager, provider):
    row = made.statement(provider)
    where, hidden = form_for(manager.get(address(row)), "/confirm/")
    late = form_for(manager.get(address(row)), "/dispute/")
    filled = {**hidden, "invoice_no": "1", "budget_line": "2081005", "fund_year": "2026"}
    assert [manager.post(where, filled).status_code for _ in range(2)] == [302, 302]
    answer = manager.post(late[0], {**late[1], "because": "少了"})
    assert answer.status_code == 409
    assert "settlement.changed" in text(answer)


def test_a_held_statement_says_why_and_is_not_approved(approver, provider):
    row = made.confirmed(provider)
    hold(county=row.county, statement_id=row.id, because="核查中", at=at(date(2026, 4, 7)), by="auditor")
    page = approver.get(address(row))
    assert "已暂缓付款：核查中" in text(page)
    answer = send(approver, address(row), "/approve/")
    assert answer.status_code == 409
    assert state(row) == "confirmed"


def test_who_confirmed_does_not_approve(enter, provider):
    row = made.confirmed(provider, by="approver")
    page = enter("approver", "county_approver").get(address(row))
    assert "这一步要由另一人办理" in text(page)
    assert not any(one.endswith("/approve/") for one in forms(page))


def test_lines_come_in_pages_and_ask_as_much_of_the_database_for_many_as_for_few(approver):
    who = made.payee()
    made.bill(*[100] * 5, of=who)
    made.gathered()
    row = made.statement(who)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            page = approver.get(address(row))
        return len(queries), page

    approver.get(address(row))
    few, _ = asked()
    made.bill(*[100] * 115, of=who)
    made.gathered()
    many, page = asked()
    assert many == few
    seen = [line.number for line in page.context["lines"]]
    while page.context["following"]:
        page = approver.get(page.context["following"])
        seen += [line.number for line in page.context["lines"]]
    assert len(seen) == len(set(seen)) == 120


def test_the_list_asks_as_much_of_the_database_for_many_as_for_few(enter, provider):
    finance = enter("finance", "finance")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert finance.get(LIST, {"month": "2026-03"}).status_code == 200
        return len(queries)

    finance.get(LIST)
    few = asked()
    for ending in range(1000, 1008):
        made.bill(100, of=made.payee(ending=str(ending)))
    made.gathered()
    assert asked() == few
    assert str(MARCH) == "2026-03"


def test_what_the_provider_holds_against_it_stands_on_the_page_with_its_paper(
    clerk, enter, provider, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    row = made.statement(provider)
    kept = keep_file(
        county=row.county, content=b"%PDF-1.4 ...", purpose="objection", uploaded_by=None, at=at(date(2026, 4, 7))
    )
    told = [
        Objected("amount", "漏记加床费", number=1, claimed_fen=35_000, file=kept),
        Objected("missing", "少了三月十日一笔", bill_no=f"{row.county}20260300000000"),
    ]
    object_to(county=row.county, statement_id=row.id, objections=told, at=at(date(2026, 4, 7)), by="manager")
    answer = clerk.get(address(row))
    page = text(answer)
    for words in ("漏记加床费", "机构认为 ¥350.00", "少了三月十日一笔", "等县区处理"):
        assert words in page
    paper = next(one.paper for one in answer.context["objections"] if one.paper)
    assert clerk.get(paper).content == b"%PDF-1.4 ..."
    assert clerk.get(paper).headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert enter("far", "county_clerk", place=ELSEWHERE).get(paper).status_code == 404
