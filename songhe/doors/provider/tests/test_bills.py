import io
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.document.sheet import read_sheet
from songhe.doors.provider.tests.conftest import DAY, voucher
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.grant.tests.world import MARCH, budget, left
from songhe.redemption.assessment_fee import PROGRAMME
from songhe.redemption.models import Bill
from songhe.redemption.tests import test_assessment_fee as fee
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.settlement.models import BillSheet
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

BILLS, SHEETS = "/provider/bills/", "/provider/bills/sheets/"
HEAD = (
    "单据号",
    "老人姓名",
    "券号或卡号",
    "服务项目",
    "服务日期",
    "数量",
    "实收金额（元）",
    "长护险已付（元）",
    "由谁确认",
)


def workbook(*rows, head=HEAD):
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target)
    page = made.add_worksheet("账单")
    for line, row in enumerate((head, *rows)):
        for place, value in enumerate(row):
            page.write_string(line, place, str(value))
    made.close()
    return target.getvalue()


def row(grant, *, ref="", item="bath", day="2026-03-09", quantity="", fee="", ltci="", name=None, number=None):
    return (ref, name or grant.person.name, number or grant.no, item, day, quantity, fee, ltci, "老人本人")


def upload(client, content, name="三月.xlsx"):
    where, hidden = form_for(client.get(SHEETS), "/upload/")
    return client.post(where, {**hidden, "file": SimpleUploadedFile(name, content)})


def book(client, address):
    where, hidden = form_for(client.get(address), "/book/")
    return client.post(where, hidden)


def test_the_bills_of_a_month_with_their_states_and_the_last_day(manager, company):
    pay(voucher("王秀兰"), company, bath(60_000), on=DAY)
    page = text(manager.get(BILLS))
    for words in ("王秀兰", "已入账 1", "¥600.00", "¥300.00", "可入账到 2026年3月31日"):
        assert words in page
    assert "这个月已不能再入账" in text(manager.get(BILLS, {"month": "2026-02"}))


def test_a_bill_says_who_paid_what_and_why(manager, company):
    bill = pay(voucher("王秀兰"), company, bath(60_000), on=DAY)
    page = text(manager.get(f"{BILLS}{bill.no}/"))
    for words in ("消费券支付 −¥300.00", "老人自付 ¥300.00", "凭据待核：还没有服务记录", "按1/2抵扣"):
        assert words in page


def test_the_bill_of_an_assessment_opens_for_its_body(enter, practice):
    budget(20_000, month=MARCH, programme=PROGRAMME)
    bill = fee.pay(fee.assessed(), 10_000)
    page = text(enter("body", "provider_manager", provider=bill.provider_id).get(f"{BILLS}{bill.no}/"))
    assert "本次消费券抵扣100.00元" in page


def test_a_bill_is_reversed_with_a_reason_and_everybody_has_back_what_they_paid(manager, company):
    grant = voucher("王秀兰")
    bill = pay(grant, company, bath(60_000), on=DAY)
    here = f"{BILLS}{bill.no}/"
    assert send(manager, here, "/reverse/", because="").status_code == 422
    send(manager, here, "/reverse/", because="记错了人")
    bill.refresh_from_db()
    assert (bill.state, left(grant)) == ("reversed", 80_000)
    assert "记错了人" in text(manager.get(here))


def test_one_line_is_reversed_and_the_others_stay(manager, company):
    bill = pay(voucher("王秀兰"), company, bath(60_000), bath(20_000, day=8), on=DAY)
    send(manager, f"{BILLS}{bill.no}/", "/reverse/", because="少一次", lines=["2"])
    bill.refresh_from_db()
    assert bill.state == "booked"
    assert "少一次" in text(manager.get(f"{BILLS}{bill.no}/"))


def test_another_providers_bill_is_not_there(manager):
    bill = pay(voucher("王秀兰"), provider(), bath(60_000), on=DAY)
    assert manager.get(f"{BILLS}{bill.no}/").status_code == 404
    assert manager.post(f"{BILLS}{bill.no}/reverse/", {}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="manager").count() == 2


def test_the_list_asks_as_much_of_the_database_for_many_as_for_few(manager, company):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(BILLS).status_code == 200
        return len(queries)

    grant = voucher("王秀兰")
    pay(grant, company, bath(10_000), on=DAY)
    manager.get(BILLS)
    few = asked()
    for _ in range(12):
        pay(grant, company, bath(1_000), on=DAY)
    assert asked() == few


def test_the_template_lists_the_people_served_and_the_price_list(manager, company):
    grant = voucher("王秀兰")
    visit_of(grant, company)
    read = read_sheet(manager.get(f"{SHEETS}template.xlsx", {"month": "2026-03"}).content)
    assert read.rows[0][:4] == list(HEAD[:4])
    assert read.rows[1][1:3] == ["王秀兰", grant.no]
    assert "填写说明" in read.sheet_names


def test_a_sheet_is_checked_row_by_row_before_anything_is_booked(manager):
    good, bad = voucher("王秀兰"), voucher("李建国")
    answer = upload(manager, workbook(row(good), row(bad, name="王建国"), row(bad, item="skydiving")))
    page = text(manager.get(answer.headers["Location"]))
    for words in ("还没有入账", "姓名与券（卡）不是同一个人。", "价目表里没有“skydiving”。", "消费券约付"):
        assert words in page
    assert not Bill.objects.exists()


def test_what_is_right_is_booked_alone_and_the_workbook_comes_back_in_red(manager):
    good, bad = voucher("王秀兰"), voucher("李建国")
    address = upload(manager, workbook(row(good), row(bad, fee="99999"))).headers["Location"]
    book(manager, address)
    assert Bill.objects.get().person_id == good.person_id
    page = text(manager.get(address))
    assert "有错误" in page
    assert "实收99999.00元，高于公示价1000.00元。" in page
    report = read_sheet(manager.get(f"{address}report.xlsx").content)
    assert report.rows[0][-3:] == ["结果", "错误说明", "账单号"]
    assert report.rows[1][-3:] == ["已入账", "", Bill.objects.get().no]
    assert report.rows[2][-3:-1] == ["有错误", "实收99999.00元，高于公示价1000.00元。"]


def test_the_same_workbook_again_books_nothing_more(manager, enter, company):
    grant = voucher("王秀兰")
    content = workbook(row(grant, fee="100"), row(grant, fee="100"))
    for client in (manager, enter("second", "provider_manager", provider=company.id)):
        book(client, upload(client, content).headers["Location"])
    assert Bill.objects.count() == 2
    assert "之前已入账" in text(manager.get(f"{SHEETS}{BillSheet.objects.order_by('-id').first().id}/"))


def test_the_report_is_mended_and_handed_in_again(manager):
    good, bad = voucher("王秀兰"), voucher("李建国")
    address = upload(manager, workbook(row(good), row(bad, name="张三"))).headers["Location"]
    book(manager, address)
    rows = read_sheet(manager.get(f"{address}report.xlsx").content).rows
    rows[2][1] = "李建国"
    book(manager, upload(manager, workbook(*rows[1:], head=rows[0])).headers["Location"])
    assert sorted(Bill.objects.values_list("person_id", flat=True)) == sorted([good.person_id, bad.person_id])


def test_what_was_reversed_since_may_be_booked_anew(manager):
    grant = voucher("王秀兰")
    content = workbook(row(grant, fee="100"))
    book(manager, upload(manager, content).headers["Location"])
    send(manager, f"{BILLS}{Bill.objects.get().no}/", "/reverse/", because="再来一次")
    book(manager, upload(manager, content).headers["Location"])
    assert sorted(Bill.objects.values_list("state", flat=True)) == ["booked", "reversed"]


def test_rows_of_one_ref_are_one_bill_and_stand_or_fall_together(manager):
    one, other = voucher("王秀兰"), voucher("李建国")
    rows = [row(one, ref="A", fee="100"), row(one, ref="A", fee="200", day="2026-03-08")]
    rows += [row(other, ref="B", fee="100"), row(one, ref="B", fee="100")]
    book(manager, upload(manager, workbook(*rows)).headers["Location"])
    assert Bill.objects.get().fee_fen == 30_000
    assert "同一个单据号里只能是同一位老人。" in text(manager.get(f"{SHEETS}{BillSheet.objects.get().id}/"))


def test_the_record_of_a_service_is_charged_by_its_row(manager, company):
    grant = voucher("王秀兰")
    visit = visit_of(grant, company)
    book(manager, upload(manager, workbook(row(grant))).headers["Location"])
    visit.refresh_from_db()
    assert visit.billed_line is not None


def test_it_is_booked_in_parts_when_scripts_run(manager):
    grant = voucher("王秀兰")
    rows = [row(grant, fee="1", day=f"2026-03-{1 + n % 10:02d}") for n in range(30)]
    address = upload(manager, workbook(*rows)).headers["Location"]
    where, hidden = form_for(manager.get(address), "/book/")
    assert manager.post(where, {**hidden, "part": "1"}).json() == {"next": 25, "done": False}
    assert "从停下的地方接着办" in text(manager.get(address))
    assert manager.post(where, {**hidden, "part": "1"}).json() == {"next": 30, "done": True}
    assert Bill.objects.count() == 30


def test_three_hundred_rows_are_checked_with_as_many_queries_as_three(manager):
    grant = voucher("王秀兰")

    def asked(count):
        rows = [row(grant, fee=f"{1 + n}.00", day="2026-03-09") for n in range(count)]
        address = upload(manager, workbook(*rows)).headers["Location"]
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        return len(queries)

    asked(2)
    assert asked(300) == asked(3)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00 not a sheet \x00", "a.xlsx", "document.upload_kind"),
        (workbook(("x",), head=("别的列",)), "a.xlsx", "settlement.sheet_column_missing"),
        (workbook(), "a.xlsx", "settlement.sheet_nothing_there"),
    ],
)
def test_what_is_no_sheet_of_bills_is_refused_with_its_reason(manager, content, name, code):
    answer = upload(manager, content, name)
    assert answer.status_code in (415, 422)
    assert code in text(answer)
    assert not BillSheet.objects.exists()


def test_macros_and_what_is_too_large_are_refused(manager):
    target = io.BytesIO(workbook(("x",)))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert "document.upload_macros" in text(upload(manager, target.getvalue()))
    assert "document.upload_too_large" in text(upload(manager, b"0" * (5 * 1024 * 1024 + 1)))


def test_a_formula_in_a_cell_comes_back_as_harmless_text(manager):
    grant = voucher("王秀兰")
    address = upload(manager, workbook(row(grant, name="=1+1"))).headers["Location"]
    assert read_sheet(manager.get(f"{address}report.xlsx").content).rows[1][1] == "'=1+1"


def test_a_number_in_scientific_notation_is_told(manager):
    grant = voucher("王秀兰")
    address = upload(manager, workbook(row(grant, number="3.70799E+23"))).headers["Location"]
    assert "科学计数" in text(manager.get(address))


def test_another_providers_sheet_is_not_there(manager, enter):
    grant = voucher("王秀兰")
    address = upload(manager, workbook(row(grant))).headers["Location"]
    other = enter("other", "provider_manager", provider=provider().id)
    assert other.get(address).status_code == 404
    assert other.get(f"{address}report.xlsx").status_code == 404
    assert other.post(f"{address}book/", {}).status_code == 404
