"""One statement, locked for whoever is about to change it, and the switch that keeps it from being paid."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.kernel.refusal import reason
from songhe.settlement.models import Statement
from songhe.settlement.states import STATEMENT, WAITING
from songhe.trail.note import note

UNKNOWN = reason("settlement.unknown", zh="没有这张结算单。", en="There is no such statement.", status=404)
CHANGED = reason(
    "settlement.changed",
    zh="结算单已被别人修改（现为第{version}版），请重新打开。",
    en="The statement was changed meanwhile (version {version}); open it again.",
    status=409,
)
SAME_PERSON = reason(
    "settlement.same_person",
    zh="经办、确认、审批和放行不能是同一个人。",
    en="Gathering, confirming, approving and releasing are done by different people.",
    status=409,
)
HELD = reason(
    "settlement.held",
    zh="结算单{no}已暂缓付款：{because}",
    en="Statement {no} is held back: {because}",
    status=409,
)
NEEDS_REASON = reason("settlement.needs_reason", zh="请写明理由。", en="Say why.")
ALREADY_PAID = reason(
    "settlement.already_paid", zh="结算单{no}已经付清。", en="Statement {no} is settled already.", status=409
)


def lock(*, county: str, statement_id: UUID, version: int | None = None) -> Statement:
    """The statement, locked. With ``version`` it must still be the one that was looked at.

    Refuses with ``settlement.unknown`` or ``settlement.changed``.
    """
    statement = Statement.objects.select_for_update().filter(county=county, id=statement_id).first()
    if statement is None:
        raise UNKNOWN("statement")
    if version is not None and version != statement.version:
        raise CHANGED("version", version=statement.version)
    return statement


def move(statement: Statement, verb: str, *, fields: list[str], at: datetime, by: str, **detail: Any) -> Statement:
    """Move a locked statement, save it with the fields that the verb changed, and note it."""
    left = STATEMENT.move(statement, verb)
    statement.version += 1
    statement.save(update_fields=["state", "version", *fields])
    reason_given = str(detail.pop("reason", ""))
    note(
        county=statement.county,
        at=at,
        actor=by,
        act=f"settlement.{verb}",
        subject="statement",
        subject_id=statement.id,
        reason=reason_given,
        before=left,
        **detail,
    )
    return statement


def require_not_held(statement: Statement) -> None:
    """Refuses with ``settlement.held``."""
    if statement.held_because:
        raise HELD("statement", no=statement.no, because=statement.held_because)


def hold(*, county: str, statement_id: UUID, because: str, at: datetime, by: str) -> Statement:
    """Keep a statement from being approved and paid, whatever state it is in before that; the reason is shown.

    Refuses with ``settlement.needs_reason`` or ``settlement.already_paid``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id)
        if statement.state not in WAITING:
            raise ALREADY_PAID("statement", no=statement.no)
        return _switch(statement, because.strip(), "settlement.hold", because.strip(), at=at, by=by)


def let_go(*, county: str, statement_id: UUID, because: str, at: datetime, by: str) -> Statement:
    """Let a held statement go on. Refuses with ``settlement.needs_reason``."""
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id)
        return _switch(statement, "", "settlement.let_go", because.strip(), at=at, by=by)


def hold_provider(*, county: str, provider_id: int, because: str, at: datetime, by: str) -> int:
    """Hold every statement of a provider that is not paid yet; answers how many."""
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        waiting = Statement.objects.select_for_update().filter(
            county=county, provider_id=provider_id, state__in=WAITING, held_because=""
        )
        statements = list(waiting.order_by("id"))
        for statement in statements:
            _switch(statement, because.strip(), "settlement.hold", because.strip(), at=at, by=by)
    return len(statements)


def _switch(statement: Statement, held_because: str, act: str, why: str, *, at: datetime, by: str) -> Statement:
    statement.held_because = held_because[:200]
    statement.version += 1
    statement.save(update_fields=["held_because", "version"])
    note(
        county=statement.county,
        at=at,
        actor=by,
        act=act,
        subject="statement",
        subject_id=statement.id,
        reason=why,
    )
    return statement
