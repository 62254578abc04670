import pytest

from songhe.document.sheet import Sheet
from songhe.kernel.refusal import Refusal
from songhe.settlement.sheet_book import fingerprint
from songhe.settlement.sheet_read import MOST_ROWS, read_rows

HEAD = [
    "单据号",
    "老人姓名",
    "券号或卡号",
    "服务项目",
    "服务日期",
    "数量",
    "实收金额（元）",
    "长护险已付（元）",
    "由谁确认",
]


def read(*rows, head=HEAD):
    return read_rows(Sheet("账单", [head, *([*row, *[""] * (len(head) - len(row))] for row in rows)], ("账单",)))


def row(**told):
    known = {"ref": "", "name": "王秀兰", "number": "1", "item": "bath", "day": "2026-03-09"}
    known |= {"quantity": "", "fee": "", "ltci": "", "confirmed": ""} | told
    return list(known.values())


def only(**told):
    [found] = read(row(**told)).rows
    return found


def codes(found):
    return [fault.code.removeprefix("settlement.") for fault in found.faults]


@pytest.mark.parametrize("text", ["2026-03-09", "20260309", "2026年3月9日", "2026.3.9", "２０２６／０３／０９"])
def test_days_are_read_in_every_hand(text):
    assert str(only(day=text).service_on) == "2026-03-09"


@pytest.mark.parametrize(
    ("text", "fen"), [("120", 12_000), ("￥1,200.5", 120_050), ("１２０．０５元", 12_005), ("", None)]
)
def test_amounts_are_read_in_yuan(text, fen):
    assert only(fee=text).fee_fen == fen


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"fee": "一百"}, "row_not_an_amount"),
        ({"fee": "1.005"}, "row_not_an_amount"),
        ({"fee": "99999999999"}, "row_not_an_amount"),
        ({"fee": "=1+1"}, "row_not_an_amount"),
        ({"day": "昨天"}, "row_not_a_day"),
        ({"quantity": "0"}, "row_not_a_quantity"),
        ({"quantity": "1.5"}, "row_not_a_quantity"),
        ({"number": "3.70799E+23"}, "row_number_crippled"),
        ({"confirmed": "邻居"}, "row_unknown_confirmed"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_row(told, code):
    assert codes(only(**told)) == [code]


def test_people_without_an_item_are_passed_over():
    assert [one.line for one in read(row(), row(item="", fee=""), row()).rows] == [2, 4]


def test_rows_of_one_ref_are_one_bill():
    bills = read(row(ref="A"), row(), row(ref="A"), row(ref="B")).bills
    assert [[one.line for one in rows] for rows in bills] == [[2, 4], [3], [5]]


def test_a_column_that_is_missing_and_too_many_rows_refuse_the_sheet():
    for sheet, code in (
        (lambda: read(row(), head=[*HEAD[:2], "别的", *HEAD[3:]]), "settlement.sheet_column_missing"),
        (lambda: read(*[row()] * (MOST_ROWS + 1)), "settlement.sheet_too_many_rows"),
        (lambda: read(row(item="", fee="")), "settlement.sheet_nothing_there"),
    ):
        with pytest.raises(Refusal) as refused:
            sheet()
        assert refused.value.code == code


def test_headings_in_english_will_do():
    english = ["bill ref", "name", "voucher or card", "item", "service date", "quantity", "fee (yuan)"]
    [found] = read(row()[:7], head=english).rows
    assert (found.name, found.item_text) == ("王秀兰", "bath")


def test_the_same_words_are_the_same_bill():
    assert fingerprint([only()]) == fingerprint([only()])
    assert len({fingerprint([only(**told)]) for told in ({}, {"fee": "1"}, {"ref": "A"}, {"quantity": "2"})}) == 4
