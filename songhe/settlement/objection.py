"""What a provider holds against single lines of its statement; together they are its dispute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songhe.county.key import new_id
from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason, whole
from songhe.settlement.confirm import dispute
from songhe.settlement.models import Objection, Statement
from songhe.settlement.queries import line_numbers
from songhe.settlement.statement import NEEDS_REASON, lock

NOTHING_OBJECTED = reason("settlement.nothing_objected", zh="没有写明任何异议。", en="No objection is stated.")
UNKNOWN_LINE = reason(
    "settlement.unknown_line", zh="结算单里没有第{number}行。", en="The statement has no line {number}."
)
UNKNOWN_KIND = reason(
    "settlement.unknown_objection", zh="没有“{kind}”这种异议。", en="There is no kind of objection {kind}."
)

#: What the statement itself can hold of it all.
LONGEST = 500


@dataclass(frozen=True)
class Objected:
    """One objection: to the line ``number``, or without one to what is missing. ``claimed_fen``: what it should be."""

    kind: str
    reason: str
    number: int | None = None
    bill_no: str = ""
    claimed_fen: int | None = None
    file: StoredFile | None = None


def object_to(
    *,
    county: str,
    statement_id: UUID,
    objections: Sequence[Objected],
    at: datetime,
    by: str,
    version: int | None = None,
) -> Statement:
    """The provider does not agree with lines of its statement; the statement is disputed until the county answers.

    Refuses with ``settlement.nothing_objected``, ``settlement.needs_reason``, ``settlement.unknown_line``,
    ``settlement.unknown_objection``, ``settlement.wrong_state`` or ``settlement.changed``.
    """
    if not objections:
        raise NOTHING_OBJECTED("objections")
    with transaction.atomic():
        statement = lock(county=county, statement_id=statement_id, version=version)
        known = line_numbers(statement)
        for one in objections:
            _check(one, known)
        told = dispute(
            county=county, statement_id=statement.id, because=in_words(objections), at=at, by=by, version=version
        )
        Objection.objects.bulk_create(
            [
                Objection(
                    county=county,
                    id=new_id(),
                    statement=statement,
                    number=one.number,
                    bill_no=one.bill_no,
                    kind=one.kind,
                    claimed_fen=one.claimed_fen,
                    reason=one.reason.strip()[:300],
                    file=one.file,
                    raised_by=by,
                    raised_at=at,
                )
                for one in objections
            ]
        )
    return told


def in_words(objections: Sequence[Objected]) -> str:
    """All of them in one text, as the county reads it first; what does not fit is counted."""
    said = ""
    for place, one in enumerate(objections):
        about = f"第{one.number}行" if one.number is not None else f"账单{one.bill_no}" if one.bill_no else "缺少"
        part = f"{about}：{one.reason.strip()}；"
        if len(said) + len(part) > LONGEST - 20:
            return f"{said}另有{len(objections) - place}处异议。"
        said += part
    return said.rstrip("；")


def _check(one: Objected, known: set[int]) -> None:
    if one.kind not in Objection.Kind.values or (one.number is None and one.kind in {"amount", "not_ours"}):
        raise UNKNOWN_KIND("kind", kind=one.kind)
    if not one.reason.strip():
        raise NEEDS_REASON("reason")
    if one.number is not None and one.number not in known:
        raise UNKNOWN_LINE("number", number=one.number)
    if one.claimed_fen is not None:
        whole(one.claimed_fen, "claimed_fen", least=0)
