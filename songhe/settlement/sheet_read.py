"""A workbook of bills, read and checked row by row before anything is booked. 表格账单

The checks are set-based: the number of statements does not follow the number of rows. What only the booking itself
can know (a death, a suspension, what somebody else redeemed meanwhile) is said by the booking, row by row as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from songhe.document.sheet import Sheet, read_sheet
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import Reason, Refusal, reason
from songhe.kernel.typed import fold
from songhe.ledger.models import Account
from songhe.person.models import Medium, Person
from songhe.provider.models import Category, Item, Price, Provider
from songhe.redemption.share import Fee, share_fees
from songhe.settlement.served import PROGRAMME

MOST_ROWS = 2_000
MOST_FEN = 1_000_000_000

#: Column, its headings in Chinese and in English, and whether a sheet must have it.
COLUMNS: dict[str, tuple[str, str, bool]] = {
    "ref": ("单据号", "bill ref", False),
    "name": ("老人姓名", "name", True),
    "number": ("券号或卡号", "voucher or card", True),
    "item": ("服务项目", "item", True),
    "service_on": ("服务日期", "service date", True),
    "quantity": ("数量", "quantity", False),
    "fee": ("实收金额（元）", "fee (yuan)", False),
    "ltci": ("长护险已付（元）", "paid by LTCI (yuan)", False),
    "confirmed": ("由谁确认", "confirmed by", False),
    "note": ("备注", "note", False),
}
CONFIRMED = {"老人本人": "elder", "代办人": "proxy", "工作人员": "staff", "elder": "elder", "proxy": "proxy"}
#: What our report adds; it is passed over when the report is handed in again.
ANSWER = ("结果", "错误说明", "账单号")

COLUMN_MISSING = reason(
    "settlement.sheet_column_missing",
    zh="表格缺少这一列：{column}。请用下载的模板填写。",
    en="The sheet lacks the column {column_en}; use the template.",
)
TOO_MANY_ROWS = reason(
    "settlement.sheet_too_many_rows",
    zh="一次最多{most}行，这张表有{found}行，请分成几张。",
    en="A sheet has at most {most} rows and this has {found}; split it.",
    status=413,
)
NAME_DIFFERS = reason(
    "settlement.row_name_differs", zh="姓名与券（卡）不是同一个人。", en="The name is not that of the voucher or card."
)
NUMBER_CRIPPLED = reason(
    "settlement.row_number_crippled",
    zh="号码被表格软件改成了科学计数，请把这一列设为文本后重填。",
    en="The spreadsheet turned the number into scientific notation; make the column text and fill it in again.",
)
UNKNOWN_NUMBER = reason(
    "settlement.row_unknown_number", zh="没有这个券号或卡号。", en="There is no such voucher or card."
)
NO_VOUCHER = reason(
    "settlement.row_no_voucher", zh="这位老人{month}没有消费券。", en="This person has no voucher for {month}."
)
UNKNOWN_ITEM = reason("settlement.row_unknown_item", zh="价目表里没有“{item}”。", en="The price list has no {item}.")
NOT_A_DAY = reason(
    "settlement.row_not_a_day", zh="“{text}”不是日期，如 2026-04-08。", en="{text} is not a date, such as 2026-04-08."
)
OTHER_MONTH = reason(
    "settlement.row_other_month", zh="服务日期不在券的月份{month}内。", en="The day is outside the voucher's {month}."
)
IN_THE_FUTURE = reason("settlement.row_in_the_future", zh="服务日期还没有到。", en="The day is still to come.")
NOT_A_QUANTITY = reason(
    "settlement.row_not_a_quantity", zh="数量应为1到999的整数。", en="The quantity is a whole number from 1 to 999."
)
NOT_AN_AMOUNT = reason(
    "settlement.row_not_an_amount", zh="“{text}”不是金额，如 120 或 120.50。", en="{text} is not an amount."
)
ABOVE_PRICE = reason(
    "settlement.row_above_price",
    zh="实收{fee}元，高于公示价{price}元。",
    en="{fee} yuan is more than the published {price} yuan.",
)
VOUCHER_OVER = reason(
    "settlement.row_voucher_over", zh="这张券已不能再入账。", en="Nothing can be booked on this voucher any more."
)
UNKNOWN_CONFIRMED = reason(
    "settlement.row_unknown_confirmed",
    zh="“由谁确认”请从下拉里选。",
    en="Choose who confirmed from the list.",
)
OTHER_PERSON = reason(
    "settlement.row_other_person",
    zh="同一个单据号里只能是同一位老人。",
    en="Rows of one bill ref must be of one person.",
)
NOTHING_THERE = reason("settlement.sheet_nothing_there", zh="表格里没有账单。", en="The sheet holds no bills.")

_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_SCIENTIFIC = re.compile(r"[0-9.]+E\+?[0-9]+", re.I)


@dataclass
class Row:
    """One row: what it says, whose voucher it means, what is wrong with it, and what the voucher would pay."""

    line: int
    cells: list[str]
    ref: str = ""
    name: str = ""
    number: str = ""
    item_text: str = ""
    item: Item | None = None
    service_on: date | None = None
    quantity: int = 1
    fee_fen: int | None = None
    ltci_fen: int = 0
    confirmed: str = ""
    price_fen: int = 0
    grant: Grant | None = None
    person: Person | None = None
    voucher_fen: int | None = None
    faults: list[Refusal] = field(default_factory=list)

    def fault(self, why: Reason, **values: Any) -> None:
        self.faults.append(why("row", **values))

    @property
    def asked_fen(self) -> int:
        return self.price_fen * self.quantity if self.fee_fen is None else self.fee_fen


@dataclass
class Checked:
    """The rows of a sheet, and the bills that they make: rows of one ref are one bill, a row without one is its own."""

    head: list[str]
    rows: list[Row]

    @property
    def bills(self) -> list[list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(f"ref {row.ref}" if row.ref else f"row {row.line}", []).append(row)
        return list(found.values())

    @property
    def ready(self) -> int:
        return sum(not row.faults for row in self.rows)


def check_sheet(*, provider: Provider, counties: Sequence[str], content: bytes, on: date) -> Checked:
    """Read and check a workbook; what is wrong with a row stands with the row, what is wrong with all refuses.

    Refuses with ``document.*`` (kind, macros, size, bombs), ``settlement.sheet_column_missing``,
    ``settlement.sheet_too_many_rows`` or ``settlement.sheet_nothing_there``.
    """
    checked = read_rows(read_sheet(content))
    _look_up(checked.rows, provider, counties, on)
    for rows in checked.bills:
        if len({row.person.id for row in rows if row.person}) > 1:
            for row in rows:
                row.fault(OTHER_PERSON)
    _estimate(checked.rows)
    return checked


def read_rows(sheet: Sheet) -> Checked:
    head = [cell.strip() for cell in sheet.rows[0]]
    places = _places(head)
    body = [(line, row) for line, row in enumerate(sheet.rows[1:], 2) if any(cell.strip() for cell in row)]
    if len(body) > MOST_ROWS:
        raise TOO_MANY_ROWS("file", most=MOST_ROWS, found=len(body))
    rows = []
    for line, cells in body:
        told = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        if told.get("item") or told.get("fee"):
            rows.append(_parse(line, cells, told))
    if not rows:
        raise NOTHING_THERE("file")
    return Checked(head, rows)


def _places(head: Sequence[str]) -> dict[str, int]:
    known = {fold(title): name for name, (zh, en, _) in COLUMNS.items() for title in (name, zh, en)}
    found: dict[str, int] = {}
    for place, title in enumerate(head):
        name = known.get(fold(title))
        if name is not None:
            found.setdefault(name, place)
    for name, (zh, en, needed) in COLUMNS.items():
        if needed and name not in found:
            raise COLUMN_MISSING("file", column=zh, column_en=en)
    return found


def _parse(line: int, cells: list[str], told: Mapping[str, str]) -> Row:
    row = Row(line, cells, ref=fold(told.get("ref", "")), name="".join(told["name"].split()))
    row.item_text = told["item"]
    row.number = fold(told["number"]).replace("-", "")
    if _SCIENTIFIC.fullmatch(row.number):
        row.fault(NUMBER_CRIPPLED)
    row.service_on = _day(told["service_on"])
    if row.service_on is None:
        row.fault(NOT_A_DAY, text=told["service_on"])
    quantity = fold(told.get("quantity", "")) or "1"
    if quantity.isascii() and quantity.isdigit() and 1 <= int(quantity) <= 999:
        row.quantity = int(quantity)
    else:
        row.fault(NOT_A_QUANTITY)
    row.fee_fen = _fen(row, told.get("fee", ""))
    row.ltci_fen = _fen(row, told.get("ltci", "")) or 0
    confirmed = told.get("confirmed", "")
    row.confirmed = CONFIRMED.get(confirmed, "")
    if confirmed and not row.confirmed:
        row.fault(UNKNOWN_CONFIRMED)
    return row


def _fen(row: Row, text: str) -> int | None:
    typed = fold(text).replace(",", "").replace("，", "").lstrip("¥￥").removesuffix("元")
    if not typed:
        return None
    found = _AMOUNT.fullmatch(typed)
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0) if found else MOST_FEN + 1
    if fen > MOST_FEN:
        row.fault(NOT_AN_AMOUNT, text=text[:20])
        return None
    return fen


def _day(text: str) -> date | None:
    typed = fold(text).replace("年", "-").replace("月", "-").removesuffix("日").replace("/", "-").replace(".", "-")
    for form in ("%Y-%m-%d", "%Y%m%d"):
        try:
            return datetime.strptime(typed.partition("T")[0], form).date()
        except ValueError:
            continue
    return None


def _look_up(rows: Sequence[Row], provider: Provider, counties: Sequence[str], on: date) -> None:
    """Whose voucher each row means, and what its item costs; six statements."""
    prices = defaultdict(list)
    for price in Price.objects.filter(provider=provider).select_related("item").order_by("valid_from"):
        prices[price.item.code].append(price)
    names = {price[-1].item.name: code for code, price in prices.items()}
    grants, of_media = _vouchers(rows, counties)
    for row in rows:
        if not any(one.reason is NUMBER_CRIPPLED for one in row.faults):
            _whose(row, grants, of_media, on)
        _item(row, prices, names)


def _vouchers(rows: Sequence[Row], counties: Sequence[str]) -> tuple[dict[str, Grant], dict[str, dict[str, Grant]]]:
    """Vouchers by their number, and by the number of a medium and the month."""
    numbers = {row.number for row in rows}
    by_number = {
        grant.no: grant
        for grant in Grant.objects.filter(county__in=counties, no__in=numbers).select_related("person").order_by("id")
    }
    media = Medium.objects.filter(county__in=counties, number__in=numbers - set(by_number), ended_at=None).exclude(
        kind=Medium.Kind.PHONE
    )
    holders: dict[str, UUID] = dict(media.values_list("number", "person_id"))
    months = {str(Month.of(row.service_on)) for row in rows if row.service_on}
    held = Grant.objects.filter(
        county__in=counties, person_id__in=list(holders.values()), programme=PROGRAMME, month__in=months
    ).select_related("person")
    of_person: dict[UUID, dict[str, Grant]] = defaultdict(dict)
    for grant in held.order_by("id"):
        of_person[grant.person_id][grant.month] = grant
    return by_number, {card: of_person[person] for card, person in holders.items()}


def _whose(row: Row, grants: Mapping[str, Grant], of_media: Mapping[str, Mapping[str, Grant]], on: date) -> None:
    month = str(Month.of(row.service_on)) if row.service_on else ""
    if row.number in grants:
        row.grant = grants[row.number]
    elif row.number in of_media:
        row.grant = of_media[row.number].get(month)
        if row.grant is None and month:
            row.fault(NO_VOUCHER, month=month)
    else:
        row.fault(UNKNOWN_NUMBER)
    if row.grant is None:
        return
    row.person = row.grant.person
    if "".join(row.person.name.split()) != row.name:
        row.fault(NAME_DIFFERS)
    if row.grant.state != Grant.State.ACTIVE or on > row.grant.book_until:
        row.fault(VOUCHER_OVER)
    if row.service_on is not None and row.service_on not in Month.parse(row.grant.month):
        row.fault(OTHER_MONTH, month=row.grant.month)
    if row.service_on is not None and row.service_on > on:
        row.fault(IN_THE_FUTURE)


def _item(row: Row, prices: Mapping[str, Sequence[Price]], names: Mapping[str, str]) -> None:
    typed = row.item_text
    first = typed.split(" ")[0].lower()
    code = first if first in prices else names.get(typed, "")
    found = [
        price
        for price in prices.get(code, ())
        if row.service_on is not None
        and price.valid_from <= row.service_on
        and (price.valid_to is None or row.service_on <= price.valid_to)
        and price.item.category in Category.values
    ]
    if not found:
        if row.service_on is not None:
            row.fault(UNKNOWN_ITEM, item=typed[:30])
        return
    row.item, row.price_fen = found[-1].item, found[-1].price_fen
    if row.fee_fen is not None and row.fee_fen > row.price_fen * row.quantity:
        row.fault(ABOVE_PRICE, fee=_yuan(row.fee_fen), price=_yuan(row.price_fen * row.quantity))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _estimate(rows: Sequence[Row]) -> None:
    """What the voucher would pay of each good row, in their order and within what is left on each voucher."""
    purses = Account.objects.filter(
        county__in={row.grant.county for row in rows if row.grant},
        id__in={row.grant.purse_id for row in rows if row.grant},
    )
    left: dict[UUID, int] = {purse.id: purse.balance or 0 for purse in purses}
    for row in rows:
        if row.faults or row.grant is None or row.item is None:
            continue
        terms = row.grant.terms.get(row.grant.category or row.item.category)
        if terms is None or row.ltci_fen > row.asked_fen:
            continue
        [share] = share_fees(
            [Fee(row.asked_fen, row.item.in_scope)],
            ratio=Fraction(terms[0]),
            room_fen=left.get(row.grant.purse_id, 0),
            ltci_fen=row.ltci_fen,
        )
        left[row.grant.purse_id] = left.get(row.grant.purse_id, 0) - share.voucher_fen
        row.voucher_fen = share.voucher_fen
