"""Take back a voucher that should not have been issued."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.grant.choose import lock
from songhe.grant.fund import accounts
from songhe.grant.models import Grant, Hold
from songhe.grant.states import VOUCHER
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.ledger.balance import balance
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.trail.note import note

NEEDS_REASON = reason("grant.revoke_needs_reason", zh="撤销消费券要写明理由。", en="Say why the voucher is revoked.")
SAME_PERSON = reason(
    "grant.revoke_same_person",
    zh="提出撤销的人不能批准撤销。",
    en="Another person than the proposer revokes a voucher.",
)
HELD = reason(
    "grant.held",
    zh="这张券还有预留未结，先释放预留。",
    en="Part of this voucher is held; release it first.",
    status=409,
)


def revoke(*, county: str, grant_id: UUID, because: str, by: str, approved_by: str, at: datetime, on: date) -> Grant:
    """Revoke an active voucher: what is left of it returns to the month's budget; bills already paid stand.

    Proposed by one person and approved by another, with a reason. Refuses with ``grant.revoke_needs_reason``,
    ``grant.revoke_same_person``, ``grant.wrong_state`` or ``grant.held``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    with transaction.atomic():
        grant = lock(county=county, grant_id=grant_id)
        VOUCHER.check(grant.state, "revoke")
        if Hold.objects.filter(county=county, grant_id=grant.id, state=Hold.State.HELD).exists():
            raise HELD("grant")
        purse = Account.objects.get(county=county, id=grant.purse_id)
        left = balance(purse)
        if left:
            stands = accounts(county=county, programme=grant.programme, month=Month.parse(grant.month))
            post(county=county, moves=[Move(purse, stands.budget, left, "revoke", about=grant.id)], at=at, on=on)
        VOUCHER.move(grant, "revoke")
        grant.ended_at, grant.ended_because = at, because
        grant.save(update_fields=["state", "ended_at", "ended_because"])
        note(
            county=county,
            at=at,
            actor=by,
            act="grant.revoke",
            subject="grant",
            subject_id=grant.id,
            reason=because,
            returned_fen=left,
            approved_by=approved_by,
        )
    return grant
