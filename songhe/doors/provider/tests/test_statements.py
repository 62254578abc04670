import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
import segno
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.document.sheet import read_sheet
from songhe.doors.shell.clock import set_practice_day
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.provider.models import BankAccount
from songhe.settlement.confirm import resolve
from songhe.settlement.models import Objection, Statement
from songhe.settlement.tests import make as made
from songhe.settlement.tests.make import APRIL, at
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

HERE = "/provider/statements/"


@pytest.fixture(autouse=True)
def april(practice):
    set_practice_day(date(2026, 4, 8))


@pytest.fixture
def payee():
    """A provider with a gathered statement of two lines, ¥704.00 together."""
    who = made.payee()
    made.bill(30_000, 40_400, of=who, person=made.elder(name="王秀兰"))
    made.gathered()
    return who


@pytest.fixture
def manager(enter, payee):
    return enter("manager", "provider_manager", provider=payee.id)


def picture():
    drawn = io.BytesIO()
    segno.make("x").save(drawn, kind="png", scale=4)
    return drawn.getvalue()


def address(of):
    return f"{HERE}{made.statement(of).no}/"


def marked(client, of, *rows):
    """The lines as the provider marks them: (line, bill, result, our amount, words)."""
    sheet = read_sheet(client.get(f"{address(of)}lines.xlsx").content)
    head = sheet.rows[0]
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    page = book.add_worksheet("明细")
    named = {"行号": 0, "账单号": 1, "对账结果": 2, "我方金额（元）": 3, "说明": 4}
    for place, title in enumerate(head):
        page.write_string(0, place, title)
        for line, row in enumerate(rows, 1):
            if title in named and row[named[title]] != "":
                page.write_string(line, place, str(row[named[title]]))
    code = book.add_worksheet("结算单")
    code.write_string(0, 0, "结算单号")
    code.write_string(1, 0, made.statement(of).no)
    book.close()
    return SimpleUploadedFile("对账.xlsx", target.getvalue())


def test_the_list_says_where_the_money_is_and_who_has_it(manager, payee):
    page = text(manager.get(HERE))
    for words in ("我的钱到哪了", "等您确认", "¥704.00", "待机构确认"):
        assert words in page


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("confirmed", "县区在审批"),
        ("approved", "财务在办理付款"),
        ("paid", "银行到账 已完成 4月6日"),
    ],
)
def test_each_step_has_its_day_and_who_has_it(manager, payee, until, words):
    getattr(made, until)(payee)
    assert words in text(manager.get(address(payee)))


def test_on_the_way_to_the_bank_it_says_so(manager, payee):
    made.approved(payee)
    made.released()
    assert "银行在处理" in text(manager.get(address(payee)))


def test_the_provider_agrees_with_its_invoice(manager, payee):
    send(manager, address(payee), "/confirm/", invoice_no="2537", budget_line="2081005", fund_year="2026")
    row = made.statement(payee)
    assert (row.state, row.invoice_no, row.confirmed_by) == ("confirmed", "2537", "manager")
    assert "县区在审批" in text(manager.get(address(payee)))


def test_a_missing_invoice_number_is_asked_for(manager, payee):
    answer = send(manager, address(payee), "/confirm/", invoice_no="", budget_line="2081005", fund_year="2026")
    assert answer.status_code == 422
    assert made.statement(payee).state == "gathered"


def test_a_line_is_disputed_with_reason_and_file_and_the_county_answers(manager, payee):
    photo = SimpleUploadedFile("证明.png", picture())
    told = {"number": "2", "kind": "amount", "claimed": "450", "because": "那天两小时", "file": photo}
    send(manager, address(payee), "/object/", **told)
    row, objection = made.statement(payee), Objection.objects.get()
    assert (row.state, objection.number, objection.claimed_fen) == ("disputed", 2, 45_000)
    assert objection.file.kind in ("png", "jpg")
    assert "第2行：那天两小时" in row.dispute
    resolve(county=row.county, statement_id=row.id, because="已补记", at=at(date(2026, 4, 8)), by="clerk")
    page = text(manager.get(address(payee)))
    assert "县区答复 已补记" in page
    assert made.statement(payee).state == "gathered"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"number": "9", "kind": "amount", "because": "没有"}, "settlement.unknown_line"),
        ({"number": "", "kind": "amount", "because": "哪行"}, "settlement.unknown_objection"),
    ],
)
def test_an_objection_to_nothing_is_refused(manager, payee, told, code):
    answer = send(manager, address(payee), "/object/", **told)
    assert (answer.status_code, made.statement(payee).state) == (422, "gathered")
    assert code in text(answer)


def test_a_file_of_the_wrong_kind_is_refused(manager, payee):
    page = SimpleUploadedFile("a.png", b"<html></html>")
    answer = send(manager, address(payee), "/object/", number="1", kind="other", because="见附件", file=page)
    assert answer.status_code == 415
    assert made.statement(payee).state == "gathered"


def test_who_comes_second_is_told_and_a_double_click_counts_once(manager, payee):
    where, hidden = form_for(manager.get(address(payee)), "/confirm/")
    late, late_hidden = form_for(manager.get(address(payee)), "/object/")
    filled = {**hidden, "invoice_no": "1", "budget_line": "2081005", "fund_year": "2026"}
    assert [manager.post(where, filled).status_code for _ in range(2)] == [302, 302]
    answer = manager.post(late, {**late_hidden, "number": "1", "kind": "other", "because": "少了"})
    assert answer.status_code == 409


def test_the_proof_is_one_file_whose_parts_are_summed(manager, payee):
    made.paid(payee)
    answer = manager.get(f"{address(payee)}proof.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        assert {"statement.json", "lines.xlsx", "verdicts.json", "evidence.json", "manifest.json"} <= names
        for name, digest in manifest["parts"].items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert len(json.loads(archive.read("verdicts.json"))) == 2
        assert "王秀兰" not in archive.read("evidence.json").decode()
    assert manifest["statement"] == made.statement(payee).no
    assert Entry.objects.filter(act="settlement.package", actor="manager").count() == 1


def test_the_lines_go_out_and_come_back_all_agreed(manager, payee):
    sheet = marked(manager, payee, ("1", "", "一致", "", ""), ("2", "", "", "", ""))
    page = send(manager, f"{address(payee)}reconcile/", "/compare/", file=sheet)
    assert "全部一致" in text(page)
    assert made.statement(payee).state == "gathered"


def test_differences_become_objections_all_at_once(manager, payee):
    rows = [("1", "", "金额不对", "350", "少五十"), ("", "37079920260300000", "少了一笔", "", "3月9日那笔")]
    page = send(manager, f"{address(payee)}reconcile/", "/compare/", file=marked(manager, payee, *rows))
    assert "少五十" in text(page)
    assert not Objection.objects.exists()
    where, hidden = form_for(page, "/object/")
    assert [manager.post(where, hidden).status_code for _ in range(2)] == [302, 302]
    assert made.statement(payee).state == "disputed"
    assert sorted(Objection.objects.values_list("kind", "number", "claimed_fen"), key=str) == [
        ("amount", 1, 35_000),
        ("missing", None, None),
    ]


def test_rows_that_cannot_be_read_are_named_and_nothing_is_objected(manager, payee):
    rows = [("7", "", "金额不对", "1", "没有"), ("1", "", "不对", "", ""), ("2", "", "其他", "", "")]
    page = send(manager, f"{address(payee)}reconcile/", "/compare/", file=marked(manager, payee, *rows))
    said = text(page)
    for words in ("表格第 2 行：结算单里没有这一行。", "表格第 3 行", "有差异的行要写“说明”。"):
        assert words in said
    with pytest.raises(AssertionError):
        form_for(page, "/object/")


def test_the_sheet_of_another_statement_is_refused(manager, payee):
    sheet = marked(manager, payee, ("1", "", "一致", "", ""))
    made.bill(10_000, of=payee, month=APRIL)
    made.gathered(APRIL)
    other = Statement.objects.get(provider=payee, month="2026-04")
    answer = send(manager, f"{HERE}{other.no}/reconcile/", "/compare/", file=sheet)
    assert answer.status_code == 409
    assert "settlement.reconciled_other" in text(answer)


def test_another_providers_statement_is_not_there_and_asking_is_noted(manager, payee, enter):
    other = enter("other", "provider_manager", provider=made.payee(ending="1111").id)
    pages = ("", "proof.zip", "lines.xlsx", "reconcile/")
    assert [other.get(f"{address(payee)}{page}").status_code for page in pages] == [404] * 4
    assert other.post(f"{address(payee)}confirm/", {}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="other").count() == 5


def test_a_page_of_many_lines_asks_as_much_as_one_of_few(enter):
    who = made.payee()
    client = enter("many", "provider_manager", provider=who.id)
    made.bill(*[100] * 5, of=who)
    made.gathered()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(who)).status_code == 200
        return len(queries)

    client.get(address(who))
    few = asked()
    made.bill(*[100] * 115, of=who)
    made.gathered()
    assert asked() == few


def test_the_account_is_changed_by_two_people_and_waits_three_days(manager, payee, enter):
    here = "/provider/own/account/"
    told = {"holder": "样例公司", "bank": "样例银行", "number": "6222000099998888", "again": "6222000099998888"}
    send(manager, here, "/account/", **told)
    row = BankAccount.objects.order_by("-id").first()
    assert (row.last4, row.proposed_by, row.effective_at) == ("8888", "manager", None)
    page = text(manager.get(here))
    assert "等县区核准" in page
    assert "****8888" in page
    assert "6222000099998888" not in page
    wrong = send(manager, here, "/account/", **told | {"again": "6222000099998887"})
    assert "两次填的账号不一样。" in text(wrong)
