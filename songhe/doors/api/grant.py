"""Vouchers over HTTP: look up, choose a group, claim. 消费券"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.doors.api.caller import ApiRequest, require_mandate
from songhe.doors.api.found import by_number
from songhe.doors.api.operation import serve
from songhe.doors.api.page import Paging, page, paged
from songhe.doors.api.types import Body, County, MonthText, ProviderId, Shown, SignedFen, Yes
from songhe.doors.api.write import perform, reply
from songhe.grant.choose import UNKNOWN, choose, claim
from songhe.grant.models import Grant
from songhe.ledger.models import Account as LedgerAccount
from songhe.provider.models import Provider
from songhe.redemption.models import Bill
from songhe.redemption.redeem import UNKNOWN_PROVIDER

router = Router(tags=["消费券"])


class Terms(Shown):
    category: str
    ratio: str
    cap_fen: SignedFen


class GrantShown(Shown):
    no: Annotated[str, Field(title="券号")]
    county: Annotated[str, Field(title="区县")]
    person: Annotated[str, Field(title="老年人档案")]
    programme: Annotated[str, Field(title="项目")]
    month: Annotated[str, Field(title="月份")]
    state: Annotated[str, Field(title="状态")]
    category: Annotated[str | None, Field(title="所选组别")]
    provider: Annotated[int | None, Field(title="所选机构")]
    face_fen: Annotated[SignedFen, Field(title="面额（分）")]
    claimed: Annotated[bool, Field(title="是否已领取")]
    used_on: Annotated[str | None, Field(title="首次使用日", json_schema_extra={"format": "date"})]
    valid_from: Annotated[str, Field(title="起", json_schema_extra={"format": "date"})]
    valid_to: Annotated[str, Field(title="止", json_schema_extra={"format": "date"})]
    book_until: Annotated[str, Field(title="最晚入账日", json_schema_extra={"format": "date"})]


class GrantInFull(GrantShown):
    left_fen: Annotated[SignedFen, Field(title="余额（分）")]
    terms: Annotated[list[Terms], Field(title="各组比例与封顶")]
    pack: str
    version: str


class ChooseIn(Body):
    category: Annotated[str, Field(min_length=1, max_length=20, title="组别")]
    provider: Annotated[ProviderId | None, Field(title="机构")] = None
    standing: Annotated[Yes, Field(title="以后各月照此")] = True


class ClaimIn(Body):
    """Nothing needs to be said."""


class GrantFilters(Paging):
    county: County | None = None
    person: UUID | None = None
    month: MonthText | None = None
    state: Annotated[Literal["active", "expired", "revoked"] | None, Field()] = None
    programme: Annotated[str | None, Field(max_length=40)] = None


def seen_by(request: ApiRequest) -> Q:
    """A provider sees the vouchers that chose it, and those that paid its bills."""
    caller = request.auth
    found = caller.condition(provider="provider_id", person="person_id")
    if caller.provider_ids:
        billed = Bill.objects.filter(
            caller.condition(provider="provider_id"), county=OuterRef("county"), grant_id=OuterRef("id")
        )
        found |= Q(Exists(billed))
    return found


@serve(
    router,
    "GET",
    "/grants",
    act="grant.read",
    gives=paged("Grant", GrantShown),
    title="查消费券",
    about="按人、月份、状态筛选；机构只看到选了自己或在自己这里用过的券。",
)
def list_grants(request: ApiRequest, asked: Query[GrantFilters]) -> HttpResponse:
    rows = Grant.objects.filter(seen_by(request))
    for name in ("county", "month", "state", "programme"):
        if (value := getattr(asked, name)) is not None:
            rows = rows.filter(**{name: value})
    if asked.person is not None:
        rows = rows.filter(person_id=asked.person)
    return page(
        request,
        asked,
        rows,
        sorts={"created_at": "id", "month": "month"},
        show=show_grant,
        shown=GrantShown,
    )


@serve(router, "GET", "/grants/{no}", act="grant.read", gives=GrantInFull, title="读一张消费券")
def read_grant(request: ApiRequest, no: str) -> HttpResponse:
    return reply(show_in_full(grant_of(request, no)))


@serve(
    router,
    "POST",
    "/grants/{no}/choose",
    act="grant.choose",
    gives=GrantInFull,
    title="选择组别",
    about="每月四组选一组，首次使用前可以更改。",
)
def choose_group(request: ApiRequest, no: str, body: ChooseIn) -> HttpResponse:
    grant = grant_of(request, no)
    if body.provider is not None and not Provider.objects.filter(pk=body.provider).exists():
        raise UNKNOWN_PROVIDER("provider")
    behalf_of = require_mandate(request.auth, grant.person, "choose", request.on)

    def do() -> dict[str, Any]:
        return show_in_full(
            choose(
                county=grant.county,
                grant_id=grant.id,
                category=body.category,
                provider_id=body.provider,
                standing=body.standing,
                behalf_of=behalf_of,
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=grant.county, body=body, do=do)


@serve(
    router,
    "POST",
    "/grants/{no}/claim",
    act="grant.choose",
    gives=GrantInFull,
    title="领取消费券",
    about="在要求逐月领取的地方领取本月的券。",
)
def claim_grant(request: ApiRequest, no: str, body: ClaimIn | None = None) -> HttpResponse:
    grant = grant_of(request, no)
    behalf_of = require_mandate(request.auth, grant.person, "claim", request.on)

    def do() -> dict[str, Any]:
        return show_in_full(
            claim(
                county=grant.county,
                grant_id=grant.id,
                behalf_of=behalf_of,
                at=request.at,
                on=request.on,
                by=request.auth.username,
            )
        )

    return perform(request, county=grant.county, body=body, do=do)


def grant_of(request: ApiRequest, no: str) -> Grant:
    caller = request.auth
    if caller.provider_ids and (found := Grant.objects.filter(seen_by(request), county=no[:6], no=no).first()):
        return found
    return by_number(request, Grant.objects.all(), no, unknown=UNKNOWN, provider="provider_id", person="person_id")


def show_grant(grant: Grant) -> dict[str, Any]:
    return {
        "no": grant.no,
        "county": grant.county,
        "person": str(grant.person_id),
        "programme": grant.programme,
        "month": grant.month,
        "state": str(grant.state),
        "category": grant.category,
        "provider": grant.provider_id,
        "face_fen": grant.face_fen,
        "claimed": grant.claimed,
        "used_on": grant.used_on.isoformat() if grant.used_on else None,
        "valid_from": grant.valid_from.isoformat(),
        "valid_to": grant.valid_to.isoformat(),
        "book_until": grant.book_until.isoformat(),
    }


def show_in_full(grant: Grant) -> dict[str, Any]:
    purse = LedgerAccount.objects.filter(county=grant.county, id=grant.purse_id).values_list("balance", flat=True)
    return show_grant(grant) | {
        "left_fen": purse.get(),
        "terms": [
            {"category": category, "ratio": ratio, "cap_fen": cap_fen}
            for category, (ratio, cap_fen) in sorted(grant.terms.items())
        ],
        "pack": grant.pack,
        "version": grant.version,
    }
