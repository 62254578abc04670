"""In English no sentence is left in Chinese; only names stay as they are."""

from __future__ import annotations

import re

import pytest

from songhe.doors.elder.tests.money.conftest import said
from songhe.doors.staff.tests.reading import send
from songhe.redemption.tests import world as bills

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(
    "page",
    ["vouchers/", "code/", "claim/", "group", "provider", "paper", "bills/", "bills/year/2026/", "bill", "wrong"],
)
def test_an_english_page_has_no_chinese_but_names(family, english, page):
    who = bills.provider()
    bill = bills.pay(family.grant, who, bills.bath(), ltci_fen=1_000)
    send(family.granny, "/my/code/", "/code/open/")
    send(family.granny, f"/my/vouchers/{family.grant.no}/paper/", "/paper/")
    tails = {
        "claim/": "vouchers/claim/",
        "group": f"vouchers/{family.grant.no}/group/",
        "provider": f"vouchers/{family.grant.no}/provider/",
        "paper": f"vouchers/{family.grant.no}/paper/",
        "bill": f"bills/{bill.no}/",
        "wrong": f"bills/{bill.no}/wrong/",
    }
    text = said(english(family.granny), f"/my/{tails.get(page, page)}")
    for name in (family.person.name, who.name, "松鹤", "granny的名字", "中文"):
        text = text.replace(name, "")
    assert not CHINESE.search(text), re.findall(r".{0,12}[\u4e00-\u9fff]+.{0,12}", text)
