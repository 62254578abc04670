"""``POST /quotes``: the question and the answer of ``songhe quote``, over HTTP. Nothing is written. 试算"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Body, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.problem import language
from songhe.doors.api.types import Shown, SignedFen
from songhe.doors.api.write import reply
from songhe.policy.quote import answer

router = Router(tags=["试算"])


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


@serve(
    router,
    "POST",
    "/quotes",
    act="redemption.quote",
    gives=Quoted | QuotedInsurance,
    title="试算账单由谁付多少",
    about="与命令 songhe quote 同问同答；不写入任何记录。",
    key=Key.NONE,
)
def make_quote(request: ApiRequest, asked: Annotated[dict[str, Any], Body(...)]) -> HttpResponse:
    return reply(answer(asked, language=language()))
