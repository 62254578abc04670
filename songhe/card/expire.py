"""What was not used in its time goes back to the fund that gave it, by set. 到期清零"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.card.fund import account_of
from songhe.card.models import Fund, Purse
from songhe.county.key import Tag, plain_id
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.ledger.post import sweep
from songhe.trail.note import note

CHUNK = 50_000


@dataclass
class Expired:
    purses: int = 0
    fen: int = 0


def expire(
    *,
    county: str,
    fund_id: UUID,
    on: date,
    clock: Callable[[], datetime],
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Expired:
    """Expire the purses of a fund whose last day for booking has passed; what stands in them returns to the fund.

    A draw under way on the same purse comes before or after, never both: whatever it leaves is swept, for the balance
    is read after the purse's account is locked. Running again expires nothing twice.
    """
    fund = Fund.objects.select_related("books").get(county=county, id=fund_id)
    done = Expired()
    with running(
        county=county, job=f"card-expire:{fund.code}", period=on.isoformat(), clock=clock, watch=watch
    ) as progress:
        due = Purse.objects.filter(county=county, fund=fund, state=Purse.State.ACTIVE, book_until__lt=on)
        progress.expect(due.count())
        while True:
            at = clock()
            with transaction.atomic():
                edge = list(due.order_by("id").values_list("id", flat=True)[:chunk])
                if not edge:
                    break
                first, last = edge[0], edge[-1]
                locked = due.filter(id__range=(first, last)).order_by("id").select_for_update(no_key=True)
                list(locked.values_list("id", flat=True))
                changed = due.filter(id__range=(first, last)).update(state=Purse.State.EXPIRED)
                fen = _sweep(fund, first, last, at, on)
                progress.advance(changed, expired=changed, expired_fen=fen)
                note(
                    county=county,
                    at=at,
                    actor="run:expire",
                    act="card.expire",
                    subject="card_fund",
                    subject_id=fund.id,
                    purses=changed,
                    fen=fen,
                )
            done.purses += changed
            done.fen += fen
    return done


def _sweep(fund: Fund, first: UUID, last: UUID, at: datetime, on: date) -> int:
    _, fen = sweep(
        county=fund.county,
        credit=account_of(fund),
        accounts="SELECT p.account_id AS account, p.id AS about FROM card_purse p WHERE p.county = %s "
        "AND p.fund_id = %s AND p.id >= %s AND p.id <= %s AND p.state = 'expired'",
        parameters=[fund.county, plain_id(fund.id), plain_id(first), plain_id(last)],
        kind="expire",
        tag=Tag.EXPIRE,
        tag_month=Month.of(on),
        at=at,
        on=on,
    )
    return fen
