"""Who lent an aid charges its days: the purses that may buy aids pay, the family the rest. 租金入账"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.aid.rent import Priced, to_charge
from songhe.card.open import card_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request, lock_person
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem

NO_RENT = reason(
    "redemption.no_rent",
    zh="这位老人没有要入账的租金；开列过的都已入账。",
    en="There is no rent of this person to charge; whatever was drawn up is charged.",
    status=409,
)
NO_CARD = reason(
    "redemption.rent_without_card",
    zh="这位老人没有爱心卡，租金由家庭向机构付。",
    en="This person has no love card; the family pays the rent to the provider.",
    status=409,
)


def charge_rent(*, county: str, provider: Provider, person_id: UUID, at: datetime, on: date, by: str) -> list[Bill]:
    """Charge all rent of somebody that was drawn up and is on no bill: a bill a month, a line for the days of a piece.

    The loan says whom it is for, so that no card is shown. All of it or nothing; no day is ever charged twice. Refuses
    with ``redemption.no_rent``, ``redemption.rent_without_card``, and as ``redemption.redeem.redeem`` does.
    """
    with transaction.atomic():
        lock_person(county, person_id)
        due = to_charge(county=county, provider=provider, person_id=person_id)
        if not due:
            raise NO_RENT("person")
        card = card_of(county=county, person_id=person_id)
        if card is None:
            raise NO_CARD("person")
        months: dict[Month, list[Priced]] = defaultdict(list)
        for each in due:
            months[Month.of(each.service_on)].append(each)
        return [
            redeem(
                county=county,
                request=Request(
                    provider_id=provider.pk,
                    charges=tuple(_charge(each) for each in lines),
                    card_no=card.no,
                    card_only=True,
                ),
                at=at,
                on=on,
                by=by,
            )
            for _, lines in sorted(months.items())
        ]


def _charge(due: Priced) -> Charge:
    return Charge(item=due.item.code, service_on=due.service_on, quantity=due.quantity, rent=due.line_id)
