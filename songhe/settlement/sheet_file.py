"""The workbooks of bills as files: the template to fill in, and the same workbook back with what is wrong in red."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from songhe.document.sheet import Column, Page, Sheet, harmless, write_workbook
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.provider.models import Price, Provider
from songhe.settlement.served import PROGRAMME, served
from songhe.settlement.sheet_read import ANSWER, COLUMNS

VERSION = "bills-1"
BLANK_ROWS = 300
#: A house with more people than this fills in its own rows.
MOST_PEOPLE = 2_000

STATES = {
    "booked": ("已入账", "booked"),
    "same": ("之前已入账", "booked before"),
    "refused": ("有错误", "refused"),
    "ready": ("可以入账", "can be booked"),
}

HOW = (
    ("每行一个服务项目；不填“单据号”的一行就是一张账单，填同一个单据号的几行合成一张账单。",),
    ("“券号或卡号”必须与“老人姓名”对得上，两样都要填；这一列是文本，不要改成数字。",),
    ("“服务项目”从下拉里选；“服务日期”如 2026-04-08。",),
    ("“实收金额”不填就按公示价乘数量，不能高于公示价；“长护险已付”没有就不填。",),
    ("没有填服务项目和金额的行不读。上传后先看逐行结果，再决定入账；同样的内容再传一次不会重复入账。",),
)


def item_choice(price: Price) -> str:
    """As it stands in the drop-down: the code by which it is known, and its name."""
    return f"{price.item.code} {price.item.name}"


def template(
    *, provider: Provider, counties: tuple[str, ...], month: Month, prices: Sequence[Price], with_people: bool = True
) -> bytes:
    """A workbook to fill in: the people served with their vouchers of the month, and lists to choose from."""
    choices = {
        "item": tuple(item_choice(price) for price in prices),
        "confirmed": ("老人本人", "代办人", "工作人员"),
    }
    hints = {"number": "文本，一位不少", "service_on": "如 2026-04-08", "fee": "不填按公示价"}
    columns = [
        Column(
            zh, width=26 if name in ("number", "item") else 14, choices=choices.get(name, ()), hint=hints.get(name, "")
        )
        for name, (zh, _, _) in COLUMNS.items()
    ]
    rows = _people(provider, counties, month) if with_people else []
    return write_workbook(
        [
            Page("账单", columns, rows, blank_rows=BLANK_ROWS),
            Page("填写说明", [Column("填写说明", width=90)], HOW),
            Page("版本", [Column("版本")], [(VERSION,)], hidden=True),
        ]
    )


def _people(provider: Provider, counties: tuple[str, ...], month: Month) -> list[list[str]]:
    people = list(served(counties=counties, provider_id=provider.id)[:MOST_PEOPLE])
    grants = Grant.objects.filter(
        county__in=counties,
        person_id__in=[person.id for person in people],
        programme=PROGRAMME,
        month=str(month),
        state=Grant.State.ACTIVE,
    )
    numbers = dict(grants.order_by("id").values_list("person_id", "no"))
    blank = [""] * (len(COLUMNS) - 3)
    return [["", person.name, numbers[person.id], *blank] for person in people if person.id in numbers]


def report(sheet: Sheet, results: Sequence[Mapping[str, Any]], *, language: str = "zh") -> bytes:
    """The same workbook, every cell as text, with three columns more; rows with a fault are red."""
    answers = {one["row"]: one for one in results}
    head = [cell.strip() for cell in sheet.rows[0]]
    kept = [place for place, title in enumerate(head) if title not in ANSWER]
    chinese = language.startswith("zh")
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        target, {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    )
    page = workbook.add_worksheet("账单")
    text = workbook.add_format({"num_format": 49})
    bold = workbook.add_format({"num_format": 49, "bold": True, "bottom": 1})
    red = workbook.add_format({"num_format": 49, "bg_color": "#F8D7DA", "font_color": "#8C1D16"})
    page.set_column(0, len(kept) + 2, 18, text)
    page.set_column(len(kept) + 1, len(kept) + 1, 48, text)
    for place, title in enumerate([*(head[old] for old in kept), *ANSWER]):
        page.write_string(0, place, harmless(title), bold)
    page.freeze_panes(1, 0)
    for line, cells in enumerate(sheet.rows[1:], 2):
        answer = answers.get(line)
        look = red if answer and answer["state"] == "refused" else text
        said = ["", "", ""]
        if answer:
            state = STATES.get(answer["state"], (answer["state"],) * 2)[0 if chinese else 1]
            said = [state, answer["zh" if chinese else "en"], answer["bill_no"]]
        for place, value in enumerate([*(cells[old] if old < len(cells) else "" for old in kept), *said]):
            if value:
                page.write_string(line - 1, place, harmless(value), look)
            elif look is red:
                page.write_blank(line - 1, place, None, look)
    workbook.close()
    return target.getvalue()
