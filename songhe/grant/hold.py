"""Set part of a voucher aside for an order, and let it go again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.county.key import Tag, derived_id
from songhe.grant.choose import GROUP_NOT_OPEN, lock, require_usable, set_group
from songhe.grant.models import Grant, Hold
from songhe.grant.states import HOLD
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person
from songhe.trail.note import note

OTHER_GROUP = reason(
    "grant.other_group",
    zh="这张券本月用于“{chosen}”，不能付“{category}”。",
    en="This voucher is for “{chosen}” this month and cannot pay for “{category}”.",
    status=409,
)
NOT_CLAIMED = reason(
    "grant.not_claimed", zh="这张券本月还没有领取。", en="This voucher was not claimed yet.", status=409
)
UNKNOWN_HOLD = reason("grant.unknown_hold", zh="没有这笔预留。", en="There is no such hold.", status=404)


def enter_group(grant: Grant, *, category: str, at: datetime, on: date) -> None:
    """A locked voucher is about to be used in a group: the first use chooses it, a later one must match.

    Refuses with ``grant.other_group``, ``grant.group_not_open`` or ``grant.not_claimed``. The caller saves it.
    """
    if not grant.claimed:
        raise NOT_CLAIMED("grant")
    if category not in grant.terms:
        raise GROUP_NOT_OPEN("category", category=category)
    if grant.category is None:
        set_group(grant, category=category, at=at, on=on)
    elif grant.category != category:
        raise OTHER_GROUP("category", chosen=grant.category, category=category)


def hold(
    *,
    county: str,
    grant_id: UUID,
    provider_id: int,
    category: str,
    amount_fen: int,
    at: datetime,
    on: date,
    until: datetime,
    by: str,
) -> Hold:
    """Set ``amount_fen`` aside for an order with a provider until an instant; used and held never exceed the face.

    Nothing is ordered after a death, even one that is only reported. Refuses as a redemption does, and with
    ``input.*``, ``ledger.insufficient`` or ``person.after_death``.
    """
    whole(amount_fen, "amount_fen", least=1)
    with transaction.atomic():
        grant = _lock_with_person(county, grant_id)
        refuse_after_death(grant.person, on, "grant")
        require_usable(grant, on=on)
        enter_group(grant, category=category, at=at, on=on)
        purse = Account.objects.select_related("fund").get(county=county, id=grant.purse_id)
        account = open_account(
            fund=purse.fund,
            code=None,
            kind="hold",
            floor=0,
            account_id=derived_id(grant.id, Tag.HOLD, Month.parse(grant.month)),
        )
        row = Hold.objects.create(
            county=county,
            grant=grant,
            account=account,
            provider_id=provider_id,
            amount_fen=amount_fen,
            at=at,
            until=until,
        )
        post(county=county, moves=[Move(purse, account, amount_fen, "hold", about=row.id)], at=at, on=on)
        grant.save(update_fields=["category", "face_fen"])
        note(
            county=county,
            at=at,
            actor=by,
            act="grant.hold",
            subject="grant",
            subject_id=grant.id,
            hold=str(row.id),
            amount_fen=amount_fen,
        )
    return row


def release(*, county: str, hold_id: UUID, at: datetime, on: date, by: str) -> Hold:
    """Let a hold go: the money returns to the voucher, or lapses with it if that has expired.

    Refuses with ``grant.wrong_state`` when it was captured; releasing twice changes nothing.
    """
    with transaction.atomic():
        row = take(county=county, hold_id=hold_id)
        if row.state != Hold.State.RELEASED:
            HOLD.move(row, "release")
            purse = Account.objects.get(county=county, id=row.grant.purse_id)
            post(county=county, moves=[Move(row.account, purse, row.amount_fen, "release", about=row.id)], at=at, on=on)
            row.ended_at = at
            row.save(update_fields=["state", "ended_at"])
            note(
                county=county,
                at=at,
                actor=by,
                act="grant.release",
                subject="grant",
                subject_id=row.grant_id,
                hold=str(row.id),
            )
    return row


def release_after_death(*, county: str, person_id: UUID, at: datetime, on: date, by: str) -> int:
    """Let the open holds of somebody whose death is verified go: nothing is ordered any more, and what was served
    before the death is paid from the whole voucher. Answers how many; without a verified death none."""
    with transaction.atomic():
        person = Person.rows.select_for_update().get(county=county, id=person_id)
        if person.died_on is None:
            return 0
        held = Hold.objects.filter(county=county, grant__person_id=person_id, state=Hold.State.HELD).order_by("id")
        ids = list(held.values_list("id", flat=True))
        for hold_id in ids:
            release(county=county, hold_id=hold_id, at=at, on=on, by=by)
    return len(ids)


def _lock_with_person(county: str, grant_id: UUID) -> Grant:
    """The person first, then the voucher, as a redemption locks them: a death comes before or after, never between."""
    found = Grant.objects.filter(county=county, id=grant_id).values_list("person_id", flat=True).first()
    if found is not None:
        Person.rows.select_for_update().get(county=county, id=found)
    return lock(county=county, grant_id=grant_id)


def take(*, county: str, hold_id: UUID) -> Hold:
    """A hold, its voucher locked before it. Refuses with ``grant.unknown_hold``."""
    found = Hold.objects.filter(county=county, id=hold_id).values_list("grant_id", flat=True).first()
    if found is None:
        raise UNKNOWN_HOLD("hold")
    lock(county=county, grant_id=found)
    rows = Hold.objects.select_related("grant", "account")
    return rows.get(county=county, id=hold_id)


def release_overdue(*, county: str, at: datetime, on: date, most: int = 500) -> int:
    """Release the holds whose time is up; none outlives it."""
    due = Hold.objects.filter(county=county, state=Hold.State.HELD, until__lte=at).order_by("id")
    ids = list(due.values_list("id", flat=True)[:most])
    for hold_id in ids:
        release(county=county, hold_id=hold_id, at=at, on=on, by="run:release")
    return len(ids)
