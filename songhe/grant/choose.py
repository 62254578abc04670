"""One of four groups a month: choose it, claim the voucher, and let the choice stand for later months."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.entitlement.models import Entitlement
from songhe.grant.fund import accounts
from songhe.grant.models import Grant, Hold
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.provider.models import Category
from songhe.trail.note import note

UNKNOWN = reason("grant.unknown", zh="没有这张券。", en="There is no such voucher.", status=404)
UNKNOWN_GROUP = reason("grant.unknown_group", zh="没有“{category}”这一组。", en="There is no group “{category}”.")
GROUP_NOT_OPEN = reason(
    "grant.group_not_open",
    zh="本地没有规定“{category}”的抵扣比例，这一组不能选。",
    en="No ratio is set here for “{category}”; the group cannot be chosen.",
)
ALREADY_USED = reason(
    "grant.already_used",
    zh="这张券已经在“{category}”组用过，本月不能再换组。",
    en="This voucher was used in “{category}”; the group stays for the month.",
    status=409,
)
EXPIRED = reason("grant.expired", zh="这张券已在{day}到期。", en="This voucher lapsed on {day}.", status=409)
REVOKED = reason("grant.revoked", zh="这张券已被撤销。", en="This voucher was revoked.", status=409)
NOT_YET = reason("grant.not_yet_valid", zh="这张券从{day}起可用。", en="This voucher is valid from {day}.", status=409)


def lock(*, county: str, grant_id: UUID) -> Grant:
    """The voucher, locked until the transaction ends. Refuses with ``grant.unknown``."""
    grant = Grant.objects.select_for_update().filter(county=county, id=grant_id).first()
    if grant is None:
        raise UNKNOWN("grant")
    return grant


def require_usable(grant: Grant, *, on: date) -> None:
    """The voucher may be booked on this day. Refuses with ``grant.expired``, ``grant.revoked``,
    ``grant.not_yet_valid``."""
    if grant.state == Grant.State.REVOKED:
        raise REVOKED("grant")
    if grant.state == Grant.State.EXPIRED or on > grant.book_until:
        raise EXPIRED("grant", day=grant.book_until)
    if on < grant.valid_from:
        raise NOT_YET("grant", day=grant.valid_from)


def choose(
    *,
    county: str,
    grant_id: UUID,
    category: str,
    at: datetime,
    on: date,
    by: str,
    provider_id: int | None = None,
    standing: bool = True,
    behalf_of: UUID | None = None,
) -> Grant:
    """Put this month's voucher into one of the four groups; only those services can then be paid with it.

    The group may be changed until the voucher is first used (001, answer 10; switch rule ``if_unused``). A group
    whose ratio the place has not set cannot be chosen. With ``standing`` the choice repeats in later months.
    Refuses with ``grant.unknown_group``, ``grant.group_not_open``, ``grant.already_used``, ``grant.expired``.
    """
    if category not in Category.values:
        raise UNKNOWN_GROUP("category", category=category)
    with transaction.atomic():
        grant = lock(county=county, grant_id=grant_id)
        require_usable(grant, on=on)
        if grant.category != category:
            set_group(grant, category=category, at=at, on=on)
        grant.provider_id = provider_id
        grant.save(update_fields=["category", "provider", "face_fen"])
        if standing and grant.entitlement_id:
            Entitlement.objects.filter(county=county, id=grant.entitlement_id).update(
                category=category, provider_id=provider_id
            )
        note(
            county=county,
            at=at,
            actor=by,
            behalf_of=behalf_of,
            act="grant.choose",
            subject="grant",
            subject_id=grant.id,
            category=category,
            standing=standing,
        )
    return grant


def set_group(grant: Grant, *, category: str, at: datetime, on: date) -> None:
    """Put a locked, unused voucher into a group and fill its purse to the group's cap; the caller saves it."""
    if category not in grant.terms:
        raise GROUP_NOT_OPEN("category", category=category)
    held = Hold.objects.filter(county=grant.county, grant_id=grant.id, state=Hold.State.HELD).exists()
    if grant.used_on is not None or held:
        raise ALREADY_USED("category", category=grant.category)
    cap_fen = grant.terms[category][1]
    difference = cap_fen - grant.face_fen
    if difference:
        stands = accounts(county=grant.county, programme=grant.programme, month=Month.parse(grant.month))
        purse = Account.objects.get(county=grant.county, id=grant.purse_id)
        debit, credit = (stands.budget, purse) if difference > 0 else (purse, stands.budget)
        post(
            county=grant.county,
            moves=[Move(debit, credit, abs(difference), "regroup", about=grant.id)],
            at=at,
            on=on,
        )
    grant.category, grant.face_fen = category, cap_fen


def claim(*, county: str, grant_id: UUID, at: datetime, on: date, by: str, behalf_of: UUID | None = None) -> Grant:
    """Take this month's voucher where the place asks for it month by month; taking it twice changes nothing."""
    with transaction.atomic():
        grant = lock(county=county, grant_id=grant_id)
        require_usable(grant, on=on)
        if not grant.claimed:
            grant.claimed = True
            grant.save(update_fields=["claimed"])
            note(
                county=county,
                at=at,
                actor=by,
                behalf_of=behalf_of,
                act="grant.claim",
                subject="grant",
                subject_id=grant.id,
            )
    return grant
