"""What was not used by the end of its month lapses, and returns to its own fund and year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.county.key import Tag, plain_id
from songhe.grant.fund import accounts
from songhe.grant.models import Grant, Hold
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.ledger.post import sweep
from songhe.trail.note import note

CHUNK = 50_000


@dataclass
class Expired:
    grants: int = 0
    fen: int = 0


def expire(
    *,
    county: str,
    programme: str,
    month: Month,
    on: date,
    clock: Callable[[], datetime],
    chunk: int = CHUNK,
    watch: Callable[[Run], None] | None = None,
) -> Expired:
    """Expire the month's vouchers whose last day for booking has passed; nothing is carried over (001, answer 12).

    Holds that stand are let go with them. A redemption under way on the same voucher comes before or after, never
    both: each locks the voucher's row first. Running again expires nothing twice.
    """
    done = Expired()
    lapsed = accounts(county=county, programme=programme, month=month).lapsed
    with running(county=county, job=f"expire:{programme}", period=str(month), clock=clock, watch=watch) as progress:
        due = Grant.objects.filter(
            county=county, programme=programme, month=str(month), state=Grant.State.ACTIVE, book_until__lt=on
        )
        progress.expect(due.count())
        while True:
            at = clock()
            with transaction.atomic():
                ids = list(due.order_by("id").values_list("id", flat=True)[:chunk])
                if not ids:
                    break
                first, last = ids[0], ids[-1]
                changed = due.filter(id__range=(first, last)).update(
                    state=Grant.State.EXPIRED, ended_at=at, ended_because="month_over"
                )
                fen = _sweep(county, month, first, last, at, on, lapsed)
                progress.advance(changed, expired=changed, expired_fen=fen)
                note(
                    county=county,
                    at=at,
                    actor="run:expire",
                    act="grant.expire",
                    subject="month",
                    subject_id=f"{programme}:{month}",
                    grants=changed,
                    fen=fen,
                )
            done.grants += changed
            done.fen += fen
    return done


def _sweep(county: str, month: Month, first: UUID, last: UUID, at: datetime, on: date, lapsed: Account) -> int:
    """Move what is left in the purses and holds of the expired vouchers to the fund's lapsed account."""
    in_range = (
        'FROM "grant_grant" g WHERE g.county = %s AND g.month = %s AND g.id >= %s AND g.id <= %s '
        "AND g.state = 'expired'"
    )
    parameters = [county, str(month), plain_id(first), plain_id(last)]
    _, fen = sweep(
        county=county,
        credit=lapsed,
        accounts=f"SELECT g.purse_id AS account, g.id AS about {in_range}",
        parameters=parameters,
        kind="expire",
        tag=Tag.EXPIRE,
        tag_month=month,
        at=at,
        on=on,
    )
    held = (
        "SELECT DISTINCT h.account_id AS account, h.grant_id AS about FROM grant_hold h "
        f"WHERE h.county = %s AND h.state = 'held' AND h.grant_id IN (SELECT g.id {in_range})"
    )
    _, held_fen = sweep(
        county=county,
        credit=lapsed,
        accounts=held,
        parameters=[county, *parameters],
        kind="expire",
        tag=Tag.EXPIRE_HOLD,
        tag_month=month,
        at=at,
        on=on,
    )
    Hold.objects.filter(county=county, state=Hold.State.HELD, grant__state=Grant.State.EXPIRED).filter(
        grant_id__gte=first, grant_id__lte=last, grant__month=str(month)
    ).update(state=Hold.State.RELEASED, ended_at=at)
    return fen + held_fen
