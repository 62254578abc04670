"""Rent of aids over HTTP: what is drawn up and on no bill, and the bills that charge it. 辅具租金"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from songhe.aid.models import Loan
from songhe.aid.rent import to_charge
from songhe.doors.api.caller import ApiRequest
from songhe.doors.api.found import by_id
from songhe.doors.api.operation import Key, serve
from songhe.doors.api.redemption import BillShown, show_bill
from songhe.doors.api.types import Body, County, ProviderId, Shown, SignedFen
from songhe.doors.api.write import perform, reply
from songhe.kernel.refusal import MISSING
from songhe.provider.models import Provider
from songhe.redemption.redeem import UNKNOWN_PROVIDER
from songhe.redemption.rent import NO_RENT, charge_rent

router = Router(tags=["辅具租赁"])


class RentShown(Shown):
    id: Annotated[str, Field(title="租金明细")]
    person: Annotated[str, Field(title="人员档案")]
    loan: Annotated[str, Field(title="租借单号")]
    item: Annotated[str, Field(title="服务项目编码")]
    first: Annotated[str, Field(title="从哪天", json_schema_extra={"format": "date"})]
    last: Annotated[str, Field(title="到哪天", json_schema_extra={"format": "date"})]
    days: Annotated[int, Field(title="天数")]
    day_fen: SignedFen
    fee_fen: SignedFen


class Rents(Shown):
    items: list[RentShown]


class RentsAsked(Body):
    county: County
    provider: Annotated[int | None, Field(strict=False, ge=1)] = None


class RentIn(Body):
    county: County
    provider: Annotated[ProviderId | None, Field(title="机构；账号只属于一家机构时可不填")] = None
    person: Annotated[UUID, Field(title="人员档案")]


class Charged(Shown):
    bills: list[BillShown]


@serve(
    router,
    "GET",
    "/aid-rents",
    act="redemption.make",
    gives=Rents,
    title="还没有入账的辅具租金",
    about="已开列、没有账单的天数，每件辅具每月一条。",
)
def list_rents(request: ApiRequest, asked: Query[RentsAsked]) -> HttpResponse:
    lines = to_charge(county=asked.county, provider=lender(request, asked.county, asked.provider))
    return reply(
        {
            "items": [
                {
                    "id": str(each.line_id),
                    "person": str(each.loan.person_id),
                    "loan": each.loan.no,
                    "item": each.item.code,
                    "first": each.first.isoformat(),
                    "last": each.service_on.isoformat(),
                    "days": each.quantity,
                    "day_fen": each.price_fen,
                    "fee_fen": each.fee_fen,
                }
                for each in lines
            ]
        }
    )


@serve(
    router,
    "POST",
    "/aid-rents/charges",
    act="redemption.make",
    gives=Charged,
    status=201,
    key=Key.MUST,
    title="把一位老年人的辅具租金入账",
    about="所有还没有入账的天数，每月一张账单；爱心卡中可用于辅具的资金先付，其余由家庭付。每一天只入账一次。",
)
def charge_rents(request: ApiRequest, body: RentIn) -> HttpResponse:
    provider = lender(request, body.county, body.provider)
    loans = Loan.objects.filter(county=body.county, person_id=body.person)
    row = loans.filter(provider=provider).first() or loans.first()
    if row is None:
        raise NO_RENT("person")
    by_id(request, Loan.objects.all(), row.id, unknown=NO_RENT, provider="provider_id", field="person")

    def do() -> dict[str, Any]:
        told: dict[str, Any] = {"county": body.county, "provider": provider, "person_id": body.person}
        bills = charge_rent(**told, at=request.at, on=request.on, by=request.auth.username)
        return {"bills": [show_bill(bill) for bill in bills]}

    return perform(request, county=body.county, body=body, do=do, status=201, must=True)


def lender(request: ApiRequest, county: str, provider_id: int | None) -> Provider:
    """The provider for which the caller acts there.

    Refuses with ``redemption.unknown_provider`` or ``input.missing``.
    """
    here = request.auth.providers_in(county)
    if provider_id is None and len(here) > 1:
        raise MISSING("provider", field_name="provider")
    wanted = here[0] if provider_id is None and here else provider_id
    if wanted not in here:
        raise UNKNOWN_PROVIDER("provider")
    return Provider.objects.get(id=wanted)
