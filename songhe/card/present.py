"""What an elder presents at a till, turned into what the one redemption reads: a number, or a code of now. 出示

It is done before the transaction of the bill, so that a wrong try is counted even though nothing is booked. A plain
card and a telephone's code are left as they are, without a question to the database.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from songhe.card.face import is_ticket, recognise
from songhe.card.pin import unlock
from songhe.card.ports import faces
from songhe.person.code import county_in


def as_shown(*, given: str, pin: str, counties: Collection[str], at: datetime, reader: str, by: str) -> str:
    """``counties``: whose cards are taken here, the own one first; what belongs to another is left as it is.

    Refuses as ``songhe.card.pin.unlock`` and ``songhe.card.face.recognise`` do.
    """
    if is_ticket(given):
        return recognise(given=given, counties=counties, faces=faces(), at=at, reader=reader, by=by)
    county = county_in(given) or next(iter(counties), "")
    if not pin or county not in counties:
        return given
    return unlock(county=county, given=given, pin=pin, at=at, reader=reader, by=by)
