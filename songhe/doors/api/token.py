"""Access tokens over HTTP: issued and revoked by a security administrator who signed in. 访问令牌"""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from songhe.access.models import Account, Token
from songhe.access.token import issue, revoke
from songhe.doors.api.caller import NOT_IN_TOKEN, ApiRequest
from songhe.doors.api.operation import serve
from songhe.doors.api.types import Because, Body, Day, Place, Shown
from songhe.doors.api.write import perform, reply
from songhe.doors.may import ACTS
from songhe.kernel import place_code
from songhe.kernel.refusal import reason

router = Router(tags=["访问令牌"])

UNKNOWN_TOKEN = reason("api.unknown_token", zh="没有这个访问令牌。", en="There is no such access token.", status=404)
UNKNOWN_ACCOUNT = reason("api.unknown_account", zh="没有这个账号。", en="There is no such account.")
PLACE_OUT_OF_REACH = reason(
    "api.place_out_of_reach",
    zh="区划 {place} 不在您的管辖范围内。",
    en="{place} lies outside the places of your appointment.",
    status=403,
)


class TokenIn(Body):
    account: Annotated[str, Field(min_length=1, max_length=64, title="账号")]
    name: Annotated[str, Field(min_length=1, max_length=80, title="用于哪个系统")]
    acts: Annotated[list[str], Field(max_length=200, title="可办事项")]
    places: Annotated[list[Place], Field(max_length=200, title="可用区划")]
    valid_to: Annotated[Day, Field(title="截止日期")]


class RevokeIn(Body):
    because: Because


class TokenShown(Shown):
    id: int
    account: Annotated[str, Field(title="账号")]
    name: Annotated[str, Field(title="用于哪个系统")]
    hint: Annotated[str, Field(title="令牌开头")]
    acts: Annotated[list[str], Field(title="可办事项")]
    places: Annotated[list[str], Field(title="可用区划")]
    issued_at: str
    valid_to: Annotated[str, Field(json_schema_extra={"format": "date"})]
    used_on: Annotated[str | None, Field(title="最近使用日", json_schema_extra={"format": "date"})]
    revoked_at: str | None


class TokenIssued(TokenShown):
    secret: Annotated[str | None, Field(title="令牌本身，只在发放时给出这一次")] = None


class Tokens(Shown):
    items: list[TokenShown]


@serve(router, "GET", "/tokens", act="token.read", gives=Tokens, title="查访问令牌")
def list_tokens(request: ApiRequest) -> HttpResponse:
    rows = Token.objects.select_related("account").order_by("-issued_at", "-id")
    return reply({"items": [show_token(each) for each in rows if _within(request, each.places)]})


@serve(
    router,
    "POST",
    "/tokens",
    act="token.write",
    gives=TokenIssued,
    status=201,
    title="发放访问令牌",
    about="令牌本身只在这次答复中给出，系统只留摘要。须由登录的人发放，令牌不能再发令牌。",
)
def issue_token(request: ApiRequest, body: TokenIn) -> HttpResponse:
    _refuse_tokens(request, "token.write")
    for place in body.places:
        if not _within(request, [place]):
            raise PLACE_OUT_OF_REACH("places", place=place)
    account = Account.objects.filter(username=Account.normalize_username(body.account)).first()
    if account is None:
        raise UNKNOWN_ACCOUNT("account")
    secret: dict[str, Any] = {}

    def do() -> dict[str, Any]:
        made = issue(
            account=account,
            name=body.name,
            acts=body.acts,
            known_acts=ACTS,
            places=body.places,
            valid_to=body.valid_to,
            at=request.at,
            on=request.on,
            by=request.auth.account,
        )
        secret["secret"] = made.secret
        return show_token(made.token)

    return perform(request, county=place_code.NATION, body=body, do=do, status=201, told_once=secret)


@serve(
    router,
    "POST",
    "/tokens/{int:id}/revoke",
    act="token.write",
    gives=TokenShown,
    title="撤销访问令牌",
)
def revoke_token(request: ApiRequest, id: int, body: RevokeIn) -> HttpResponse:
    _refuse_tokens(request, "token.write")
    token = Token.objects.select_related("account").filter(pk=id).first() if id < 2**63 else None
    if token is None or not _within(request, token.places):
        raise UNKNOWN_TOKEN("id")

    def do() -> dict[str, Any]:
        return show_token(revoke(token=token, because=body.because, at=request.at, by=request.auth.account))

    return perform(request, county=place_code.NATION, body=body, do=do)


def _refuse_tokens(request: ApiRequest, act: str) -> None:
    if request.auth.client != request.auth.username:
        raise NOT_IN_TOKEN(act=ACTS[act].zh, act_en=ACTS[act].en)


def _within(request: ApiRequest, places: list[str]) -> bool:
    return all(any(place_code.prefix(place).startswith(own) for own in request.auth.places) for place in places)


def show_token(token: Token) -> dict[str, Any]:
    return {
        "id": token.pk,
        "account": token.account.username,
        "name": token.name,
        "hint": token.hint,
        "acts": token.acts,
        "places": token.places,
        "issued_at": token.issued_at.isoformat(),
        "valid_to": token.valid_to.isoformat(),
        "used_on": token.used_on.isoformat() if token.used_on else None,
        "revoked_at": token.revoked_at.isoformat() if token.revoked_at else None,
    }
