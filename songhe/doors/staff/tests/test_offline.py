"""A device is registered, admitted by two people, hands slips in, and the county deals with what is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.doors.staff.tests.conftest import DAY
from songhe.doors.staff.tests.reading import send, text
from songhe.kernel.month import Month
from songhe.offline.guarantee import FUND
from songhe.offline.models import Device, Endowment, Slip, Trouble
from songhe.offline.tests.world import LISHUI, Ed25519PrivateKey, Till, canteen, funded, public
from songhe.settlement.gather import gather
from songhe.settlement.models import Statement

pytestmark = pytest.mark.django_db
HERE, THERE = "/provider/offline/", "/staff/offline/"
EARLIER = at(DAY) - timedelta(hours=18)


@pytest.fixture
def point(practice):
    return canteen()


@pytest.fixture
def manager(enter, point):
    return enter("manager", "provider_manager", provider=point.id, place=LISHUI)


@pytest.fixture
def clerk(enter):
    return enter("clerk", "county_clerk", place=LISHUI)


@pytest.fixture
def approver(enter):
    return enter("approver", "county_approver", place=LISHUI)


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


@pytest.fixture
def device(manager, clerk, approver, key):
    """The whole way of a device to its admission."""
    send(manager, HERE, "register/", name="一号台", public_key=public(key))
    row = Device.objects.get()
    send(clerk, THERE, f"{row.id}/limits/", card="30", day="600", hours="72")
    assert "准入这台设备" not in text(clerk.get(THERE))
    send(approver, THERE, f"{row.id}/admit/")
    row.refresh_from_db()
    Device.objects.filter(id=row.id).update(admitted_at=EARLIER - timedelta(days=1))
    return Device.objects.get()


@pytest.fixture
def card(practice):
    return funded(1_500)[1]


def lines(*sent):
    return "\n".join(f"{one.text} {one.signature}" for one in sent)


def test_the_merchant_sees_what_the_device_can_lose(manager, device):
    said = text(manager.get(HERE))
    assert "本机一天最多损失" in said
    assert "600.00" in said
    assert "2,400.00" in said


def test_slips_are_handed_in_and_what_is_wrong_is_decided(manager, clerk, approver, device, key, card):
    till = Till(device, key)
    first, second = till.slip(card, made=EARLIER), till.slip(card, made=EARLIER)
    answer = send(manager, HERE, f"{device.id}/upload/", slips=lines(first, second))
    assert answer.status_code == 302
    assert list(Slip.objects.order_by("counter").values_list("state", "short_fen")) == [("booked", 0), ("booked", 900)]
    assert "少付¥9.00" in text(manager.get(HERE))
    send(clerk, THERE, "guarantee/", amount="100", document_no="文1")
    send(approver, THERE, f"{Endowment.objects.get().id}/approve/")
    row = Trouble.objects.get()
    send(clerk, THERE, f"{row.id}/", bearer="county", because="查实")
    row.refresh_from_db()
    assert (row.bearer, row.borne_fen) == ("county", 900)
    assert "91.00" in text(clerk.get(THERE))


def test_what_may_not_be_is_said_on_the_page(manager, clerk, device, key, card):
    till = Till(device, key)
    late = till.slip(card, made=EARLIER - timedelta(hours=12))
    send(manager, HERE, f"{device.id}/upload/", slips=lines(till.sign("x"), late))
    row = Trouble.objects.get(code="offline.unreadable")
    refused = send(clerk, THERE, f"{row.id}/", bearer="county", because="查实")
    assert refused.status_code == 409
    assert "不在县担保范围内" in text(refused)
    assert send(manager, HERE, f"{device.id}/stop/", because="坏了").status_code == 302
    assert Device.objects.get().state == "ended"


def test_the_till_is_told_its_limits_and_hands_in_by_itself(manager, device, key, card):
    told = manager.get(f"{HERE}hello/").json()
    assert told["devices"][0] == {
        "id": device.id.hex,
        "key": public(key),
        "state": "admitted",
        "card_fen": 3_000,
        "day_fen": 60_000,
        "helps": [],
    }
    assert {"code": "lunch", "name": "lunch", "help": "meals", "fen": 1_200} in told["items"]
    one = Till(device, key).slip(card, made=EARLIER)
    where = f"{HERE}devices/{device.id}/hand-in/"
    body = {"slips": [{"text": one.text, "signature": one.signature}]}
    answer = manager.post(where, body, content_type="application/json").json()
    assert answer["items"][0]["state"] == "booked"
    assert manager.post(where, "x", content_type="application/json").status_code == 404
    worker = manager.get(f"{HERE}worker.js")
    assert worker.headers["Service-Worker-Allowed"] == HERE
    assert f"{HERE}till/" in worker.content.decode()
    assert "data-till" in manager.get(f"{HERE}till/").content.decode()


def test_others_are_kept_out(enter, device, clerk):
    other = enter("other", "provider_manager", provider=canteen().id, place=LISHUI)
    assert other.post(f"{HERE}devices/{device.id}/upload/").status_code == 404
    assert other.get(THERE).status_code == 403
    assert clerk.get(HERE).status_code == 403
    far = enter("far", "county_clerk", place="370102")
    assert far.post(f"{THERE}devices/{device.id}/limits/").status_code == 404


def test_the_pages_speak_english(manager, clerk, device, key, card):
    till = Till(device, key)
    send(manager, HERE, f"{device.id}/upload/", slips=lines(till.slip(card, 2_900, made=EARLIER)))
    for client, page in ((manager, HERE), (manager, f"{HERE}till/"), (clerk, THERE)):
        client.cookies["songhe_language"] = "en"
        answer = client.get(page, headers={"Accept-Language": "en"})
        assert answer.status_code == 200


def test_what_the_county_bears_stands_on_a_statement_that_the_merchant_reads(
    manager, clerk, approver, device, key, card
):
    till = Till(device, key)
    send(manager, HERE, f"{device.id}/upload/", slips=lines(*[till.slip(card, made=EARLIER) for _ in range(2)]))
    send(clerk, THERE, "guarantee/", amount="100", document_no="文1")
    send(approver, THERE, f"{Endowment.objects.get().id}/approve/")
    assert "县担保资金承担" not in text(manager.get(HERE))
    send(clerk, THERE, f"{Trouble.objects.get().id}/", bearer="county", because="停电时段")
    assert "县担保资金承担" in text(manager.get(HERE))
    gather(county=LISHUI, programme=FUND, month=Month.of(DAY), at=at(DAY), by="run")
    no = Statement.objects.get(programme=FUND).no
    for client, page in ((manager, f"/provider/statements/{no}/"), (clerk, f"/staff/statements/{no}/")):
        said = text(client.get(page))
        assert "离线收款担保" in said
        assert "离线单据" in said
        assert "9.00" in said
    assert "停电时段" in text(clerk.get(f"/staff/statements/{no}/"))
    proof = manager.get(f"/provider/statements/{no}/proof.zip")
    assert b"slips.json" in proof.content
    assert manager.get(f"/provider/statements/{no}/lines.xlsx").status_code == 200
