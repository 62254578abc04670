"""A till that loses its network in a real browser: it sells, comes back, hands in, and the rest waits for people."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from songhe.offline.models import Device, Slip

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.on_both]


@pytest.fixture
def counter(desk: Any) -> SimpleNamespace:
    """A canteen in Lishui with two elders' cards, and a county that has put money into its guarantee."""
    from songhe.access.login import appoint
    from songhe.access.models import Account
    from songhe.card.tests.world import LISHUI
    from songhe.doors.staff.tests.conftest import account
    from songhe.offline.tests import world
    from songhe.provider.models import Item

    for username, role in (("clerk", "county_clerk"), ("approver", "county_approver")):
        there = Account.objects.get(username=username)
        appoint(account=there, role=role, place=LISHUI, valid_from=world.FIRST, by=None, at=world.NOON)
    who = world.canteen()
    Item.objects.filter(code="lunch").update(name="午餐", name_en="Lunch")
    account("boss", "provider_manager", provider=who.id)
    world.endowed(100_000)
    stopped, rich = world.funded(5_000)[1], world.funded(1_500)[1]
    return SimpleNamespace(desk=desk, page=desk.page, at=desk.at, who=who, rich=rich, stopped=stopped)


def enter(counter: Any, username: str) -> None:
    """Sign in as another; who works for two counties is offered twice."""
    page = counter.page
    page.context.clear_cookies()
    page.goto(f"{counter.at}/")
    page.locator(f'form:has(input[value="{username}"]) button').first.click()
    page.wait_for_url(re.compile(r"/(staff|provider)/"))


def admitted(device: Device) -> None:
    """Two people of the county give it its limits, ten minutes ago."""
    from songhe.doors.shell.clock import read_clock
    from songhe.offline import device as verbs

    told = {"county": device.county, "device_id": device.id, "at": read_clock().at - timedelta(minutes=10)}
    verbs.propose(**told, limits=verbs.Limits(), by="clerk")
    verbs.admit(**told, by="head")


def registered(counter: Any) -> Any:
    """This browser as a device of the canteen, its key made here."""
    page = counter.page
    counter.desk.enter("boss")
    counter.desk.skin(size="std", theme="light", language="zh-hans")
    page.goto(f"{counter.at}/provider/offline/")
    page.get_by_role("button", name="登记本机").click()
    page.wait_for_function("() => document.querySelector('[name=public_key]').value.length === 64")
    page.get_by_label("设备名称").fill("一号台")
    page.get_by_role("button", name="提交登记").click()
    page.get_by_text("已提交登记").wait_for()
    admitted(Device.objects.get())
    return page


def sold(page: Any, card: Any) -> None:
    page.get_by_label("卡号（扫卡或打印码）").fill(card.medium.number)
    page.get_by_role("button", name="离线收款").click()


def without_network(counter: Any) -> Any:
    page = registered(counter)
    page.goto(f"{counter.at}/provider/offline/till/")
    page.get_by_label("卡号（扫卡或打印码）").wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    page.goto(f"{counter.at}/provider/offline/till/")
    return page


def test_two_payments_without_a_network_are_booked_when_it_is_back_and_the_rest_waits_for_the_county(counter):
    from songhe.card import open as cards
    from songhe.doors.shell.clock import read_clock

    page = without_network(counter)
    sold(page, counter.rich)
    page.get_by_text("已记在本机，未入账。").wait_for()
    sold(page, counter.stopped)
    page.get_by_text("未入账 2", exact=True).wait_for()
    sold(page, counter.rich)
    page.get_by_text("未入账 3", exact=True).wait_for()
    sold(page, counter.rich)
    page.get_by_text("超过离线额度，请等有网络再收。").wait_for()
    assert not Slip.objects.exists()
    cards.freeze(card=counter.stopped, because="查", at=read_clock().at, by="clerk")
    page.context.set_offline(False)
    page.get_by_text("有异常，等县里处理").wait_for()
    states = list(Slip.objects.order_by("counter").values_list("state", "short_fen"))
    assert states == [("booked", 0), ("troubled", 0), ("booked", 900)]
    page.goto(f"{counter.at}/provider/offline/")
    page.get_by_role("heading", name="等县里处理的异常").wait_for()
    assert page.get_by_text("本机一天最多损失").is_visible()
    assert page.get_by_text("¥600.00").first.is_visible()
