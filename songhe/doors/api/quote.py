"""``POST /quotes``: the question and the answer of ``songhe quote``, over HTTP. Nothing is written. 试算"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Body as JsonBody
from ninja import Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.problem import language
from songhe.doors.api.types import Body, Fen, Place, PositiveFen, Shown, SignedFen
from songhe.doors.api.write import reply
from songhe.policy.quote import answer

router = Router(tags=["试算"])


class AskedItem(Body):
    item: str
    in_scope: bool


class Asked(Body):
    """What may be asked, for the description alone: ``policy.quote`` reads and refuses the body itself."""

    policy: Annotated[str, Field(title="项目", examples=["consumption-voucher"])]
    place: Place
    on: Annotated[str, Field(title="服务日期", json_schema_extra={"format": "date"})]
    category: Annotated[str | None, Field(title="组别")] = None
    fees_fen: Annotated[list[PositiveFen], Field(min_length=1, title="各笔费用（分）")]
    ltci_fen: Annotated[Fen, Field(title="长护险已付（分）")] = 0
    used_fen: Annotated[Fen, Field(title="本月券已用（分）")] = 0
    items: Annotated[list[AskedItem] | None, Field(title="各笔费用的项目与是否在范围内")] = None
    provider_place: Annotated[Place | None, Field(title="机构所在区划")] = None
    level: Annotated[int | str | None, Field(title="评估等级（评估券、长护险）")] = None
    entitled: Annotated[bool | None, Field(title="是否享有消费券（评估券）")] = None
    benefit: Annotated[str | None, Field(title="待遇（长护险）")] = None
    count: Annotated[int | None, Field(title="次数、天数或月数（长护险）")] = None
    fee_fen: Annotated[Fen | None, Field(title="费用（分，长护险）")] = None


class QuotedLine(Shown):
    fee_fen: SignedFen
    ltci_fen: SignedFen
    voucher_fen: SignedFen
    self_fen: SignedFen


class QuotedStep(Shown):
    name: str
    sentence: str
    amount_fen: SignedFen


class Quoted(Shown):
    """A bill by the rules of a consumption or an assessment voucher."""

    pack: Annotated[str, Field(title="政策包")]
    version: Annotated[str, Field(title="政策包版本")]
    ltci_fen: SignedFen
    voucher_fen: SignedFen
    self_fen: SignedFen
    lines: list[QuotedLine]
    steps: list[QuotedStep]


class QuotedInsurance(Shown):
    """A benefit of long-term care insurance."""

    pack: str
    version: str
    benefit: str
    shape: str
    fee_fen: SignedFen
    fund_fen: SignedFen
    self_fen: SignedFen
    steps: list[QuotedStep]


_ASKED = Asked.model_json_schema(ref_template="#/components/schemas/{model}")
# In place, for a body that is read elsewhere brings no components of its own.
_ASKED["properties"]["items"]["anyOf"][0]["items"] = _ASKED.pop("$defs")["AskedItem"]


@serve(
    router,
    "POST",
    "/quotes",
    act="redemption.quote",
    gives=Quoted | QuotedInsurance,
    title="试算账单由谁付多少",
    about="与命令 songhe quote 同问同答；不写入任何记录。",
    key=Key.NONE,
    takes={"application/json": {"schema": _ASKED}},
)
def make_quote(request: ApiRequest, asked: Annotated[dict[str, Any], JsonBody(...)]) -> HttpResponse:
    return reply(answer(asked, language=language()))
