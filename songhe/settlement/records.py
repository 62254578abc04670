"""Which recorded service a line of a bill charges: the one of that item on that day that no bill charges yet."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from songhe.redemption.find import Request
from songhe.settlement.served import unbilled_visits


def with_records(*, county: str, person_id: UUID, request: Request) -> Request:
    """The request with a record for every line that names none and has one; two statements."""
    if not request.charges:
        return request
    days = [charge.service_on for charge in request.charges]
    free = unbilled_visits(
        county=county, person_id=person_id, provider_id=request.provider_id, first=min(days), last=max(days)
    )
    charges = []
    for charge in request.charges:
        fits = [
            one
            for one in free
            if one.item.code == charge.item and one.service_on == charge.service_on and one.quantity >= charge.quantity
        ]
        if charge.visit is None and fits:
            free.remove(fits[0])
            charges.append(replace(charge, visit=fits[0].id))
        else:
            charges.append(charge)
    return replace(request, charges=tuple(charges))
