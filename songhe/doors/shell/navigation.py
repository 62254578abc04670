"""The main navigation: what a signed-in person finds under the name of the house, by what their roles may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import get_resolver, reverse
from django.utils.translation import gettext_lazy as _

from songhe.access.models import Account
from songhe.doors.may import may


@dataclass(frozen=True)
class Item:
    """A place to go: the name of its URL ``<door>:<page>``, its word, and the act that opens it."""

    url: str
    word: Any
    act: str

    @property
    def door(self) -> str:
        return self.url.partition(":")[0]


@dataclass(frozen=True)
class Shown:
    address: str
    word: str
    current: bool


ITEMS: tuple[Item, ...] = (
    Item("staff:inbox", _("申请审核"), "application.read"),
    Item("staff:people", _("人员"), "person.search"),
    Item("staff:month", _("月度运行"), "month.read"),
    Item("staff:statements", _("结算单"), "statement.read"),
)


def shown(account: Account, on: date, path: str) -> list[Shown]:
    """The items of the doors that this installation has, which the account may open on the day.

    The item with the longest address that begins the path is the current one.
    """
    doors = get_resolver().namespace_dict
    allowed = [item for item in ITEMS if item.door in doors and may(account, item.act, on)]
    addresses = [reverse(item.url) for item in allowed]
    current = max((one for one in addresses if path.startswith(one)), key=len, default="")
    return [
        Shown(address, str(item.word), address == current) for item, address in zip(allowed, addresses, strict=True)
    ]
