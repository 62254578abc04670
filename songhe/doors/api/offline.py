"""Tills without a network over HTTP: a device hands its signed slips in. 离线收款"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import serve
from songhe.doors.api.types import Body, Fen, Shown
from songhe.doors.api.write import perform, reply
from songhe.offline.device import UNKNOWN_DEVICE, bound
from songhe.offline.models import Device
from songhe.offline.signed import Sent
from songhe.offline.sync import MOST, Answer, take_in

router = Router(tags=["离线收款"])


class SlipIn(Body):
    text: Annotated[str, Field(min_length=1, max_length=400, title="签名的一行单据")]
    signature: Annotated[str, Field(min_length=1, max_length=128, title="Ed25519 签名，十六进制")]


class SlipsIn(Body):
    device: Annotated[UUID, Field(title="设备")]
    slips: Annotated[list[SlipIn], Field(min_length=1, max_length=MOST, title="单据")]


class SlipAnswered(Shown):
    counter: Annotated[int | None, Field(title="编号")]
    digest: Annotated[str, Field(title="单据的摘要")]
    state: Annotated[Literal["booked", "troubled", "waiting", "refused"], Field(title="结果")]
    code: Annotated[str, Field(title="没有入账或少付的原因")]
    bill_no: Annotated[str, Field(title="账单号")]


class SlipsAnswered(Shown):
    items: list[SlipAnswered]


class DeviceShown(Shown):
    id: Annotated[str, Field(title="设备", json_schema_extra={"format": "uuid"})]
    county: Annotated[str, Field(title="区县")]
    provider: Annotated[int, Field(title="机构")]
    name: Annotated[str, Field(title="名称")]
    state: Annotated[str, Field(title="状态")]
    card_fen: Fen
    day_fen: Fen
    hours: Annotated[int, Field(title="多少小时内上传")]
    helps: Annotated[list[str], Field(title="可收的服务类别，空为全部")]
    last_counter: Annotated[int, Field(title="已处理的最后一号")]
    most_until_deadline_fen: Fen


@serve(
    router,
    "POST",
    "/offline/slips",
    act="desk.offline",
    gives=SlipsAnswered,
    title="上传离线单据",
    about="按编号逐笔入账，重复上传只入账一次；没有入账的进入异常，由人处理。",
)
def hand_in_slips(request: ApiRequest, body: SlipsIn) -> HttpResponse:
    device = device_of(request, body.device)

    def do() -> dict[str, Any]:
        sent = [Sent(each.text, each.signature) for each in body.slips]
        answers = take_in(county=device.county, device_id=device.id, sent=sent, at=request.at, by=request.auth.username)
        return {"items": [show(each) for each in answers]}

    return perform(request, county=device.county, body=body, do=do)


@serve(
    router,
    "GET",
    "/offline/devices/{uuid:device_id}",
    act="desk.offline",
    gives=DeviceShown,
    title="读一台离线设备",
)
def read_device(request: ApiRequest, device_id: UUID) -> HttpResponse:
    row = device_of(request, device_id)
    return reply(
        {
            "id": str(row.id),
            "county": row.county,
            "provider": row.provider_id,
            "name": row.name,
            "state": row.state,
            "card_fen": row.card_fen,
            "day_fen": row.day_fen,
            "hours": row.hours,
            "helps": row.helps,
            "last_counter": row.last_counter,
            "most_until_deadline_fen": bound(row).until_deadline_fen,
        }
    )


def device_of(request: ApiRequest, device_id: UUID) -> Device:
    """A device of the caller's own merchant. Refuses with ``offline.unknown_device``."""
    return by_id(
        request, Device.objects.all(), device_id, unknown=UNKNOWN_DEVICE, provider="provider_id", field="device"
    )


def show(each: Answer) -> dict[str, Any]:
    return {
        "counter": each.counter,
        "digest": each.digest,
        "state": each.state,
        "code": each.code,
        "bill_no": each.bill_no,
    }
