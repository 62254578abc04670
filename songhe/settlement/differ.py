"""Whether both sides of a claim see the same: counts, sums and digests, and if not, line by line. 清算差异

A difference is found by comparing and resolved by a person, who says how and why; the other side is told by the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from songhe.county.key import new_id
from songhe.jobs.outbox import put
from songhe.kernel.refusal import reason
from songhe.redemption.models import Reversal
from songhe.settlement.clear import NEEDS_WHY, UNKNOWN_CLAIM, View, seal, told_line, view_of
from songhe.settlement.models import Claim, ClaimLine, Difference
from songhe.settlement.receive import correct, view_there
from songhe.trail.note import note

UNKNOWN_DIFFERENCE = reason(
    "settlement.unknown_difference", zh="没有这项差异。", en="There is no such difference.", status=404
)
RESOLVED_ALREADY = reason(
    "settlement.difference_resolved", zh="这项差异已经处理。", en="This difference is resolved already.", status=409
)
NOT_THIS_WAY = reason(
    "settlement.difference_not_this_way",
    zh="“{code_zh}”不能用“{how_zh}”处理。",
    en="{code} is not resolved by {how}.",
    status=409,
)

TOPIC = "clearing.correction"

_C, _H = Difference.Code, Difference.How
#: What may be done about each kind of difference.
WAYS: dict[str, str] = {
    _C.MISSING_THERE: _H.RESEND,
    _C.AMOUNT_DIFFERS: _H.RESEND,
    _C.MISSING_HERE: _H.REVERSE,
    _C.REVERSED_SINCE: _H.ACCEPT,
}


@dataclass(frozen=True)
class Side:
    """What one county sees of a claim."""

    lines: int
    amount_fen: int
    digest: str

    @classmethod
    def of(cls, view: View) -> Side:
        return cls(len(view), sum(fen for _, fen in view.values()), seal(view))


@dataclass(frozen=True)
class Compared:
    """Both sides of a claim, and what they do not see alike as (line, code, fen here, fen there)."""

    here: Side
    there: Side
    found: tuple[tuple[UUID, str, int, int], ...]

    @property
    def agrees(self) -> bool:
        return self.here == self.there


def compare(claim: Claim) -> Compared:
    """Lay the claim beside what the serving county has of it."""
    here, there = view_of(claim), view_there(county=claim.serving, home=claim.county, no=claim.no)
    return Compared(Side.of(here), Side.of(there), (*_differing(here, there), *_reversed_since(claim)))


def _differing(here: View, there: View) -> Iterator[tuple[UUID, str, int, int]]:
    for source in sorted({*here, *there}):
        if source not in there:
            yield source, _C.MISSING_THERE, here[source][1], 0
        elif source not in here:
            yield source, _C.MISSING_HERE, 0, there[source][1]
        elif here[source] != there[source]:
            yield source, _C.AMOUNT_DIFFERS, here[source][1], there[source][1]


def _reversed_since(claim: Claim) -> Iterator[tuple[UUID, str, int, int]]:
    """Lines reversed after they were claimed whose refund no later claim holds yet."""
    refunded = ClaimLine.objects.filter(
        county=claim.county, line_id=OuterRef("line_id"), fund_id=OuterRef("fund_id"), kind="REFUND"
    )
    undone = Reversal.objects.filter(county=claim.county, line_id=OuterRef("line_id"))
    rows = ClaimLine.objects.filter(Exists(undone), ~Exists(refunded), county=claim.county, claim=claim, kind="CHARGE")
    for source, fen in rows.order_by("id").values_list("id", "amount_fen"):
        yield source, _C.REVERSED_SINCE, 0, fen


def look(*, county: str, claim_id: UUID, at: datetime, by: str) -> Compared:
    """Compare a claim and keep what differs until somebody resolves it; what has come right by itself is dropped.

    A line that was reversed since and accepted is not asked about again. Refuses with ``settlement.unknown_claim``.
    """
    with transaction.atomic():
        claim = Claim.objects.select_for_update().filter(county=county, id=claim_id).first()
        if claim is None:
            raise UNKNOWN_CLAIM("claim")
        compared = compare(claim)
        kept = Difference.objects.filter(county=county, claim=claim)
        accepted = set(kept.filter(how=_H.ACCEPT).values_list("source", flat=True))
        wanted = {
            row[0]: row for row in reversed(compared.found) if row[1] != _C.REVERSED_SINCE or row[0] not in accepted
        }
        for row in kept.filter(how="").order_by("id"):
            if wanted.get(row.source) == (row.source, row.code, row.here_fen, row.there_fen):
                del wanted[row.source]
            else:
                row.delete()
        Difference.objects.bulk_create(
            Difference(
                county=county,
                id=new_id(),
                claim=claim,
                source=source,
                code=code,
                here_fen=here,
                there_fen=there,
                found_at=at,
                found_by=by,
            )
            for source, code, here, there in sorted(wanted.values())
        )
        if wanted:
            _note("settlement.compare", claim, at=at, by=by, found=len(wanted))
    return compared


def resolve(*, county: str, difference_id: UUID, how: str, because: str, at: datetime, by: str) -> Difference:
    """A person resolves a difference, with a reason: the line is sent again, the other side takes it back, or it is
    accepted because the next claim brings it.

    Refuses with ``settlement.clearing_needs_reason``, ``settlement.unknown_difference``,
    ``settlement.difference_resolved`` or ``settlement.difference_not_this_way``.
    """
    if not because.strip():
        raise NEEDS_WHY("because")
    with transaction.atomic():
        row = Difference.objects.select_for_update().filter(county=county, id=difference_id).first()
        if row is None:
            raise UNKNOWN_DIFFERENCE("difference")
        if row.how:
            raise RESOLVED_ALREADY("difference")
        if WAYS[row.code] != how:
            raise NOT_THIS_WAY(
                "how", code=row.code, how=how, code_zh=_C(row.code).label, how_zh=dict(_H.choices).get(how, how)
            )
        row.how, row.because = how, because.strip()[:300]
        row.resolved_by, row.resolved_at = by, at
        row.save(update_fields=["how", "because", "resolved_by", "resolved_at"])
        claim = Claim.objects.get(county=county, id=row.claim_id)
        if how != _H.ACCEPT:
            put(county=county, topic=TOPIC, about=row.id, payload={"difference": str(row.id)}, at=at)
        _note("settlement.resolve_difference", claim, at=at, by=by, reason=because, code=row.code, how=how)
    return row


def correction(*, county: str, difference_id: UUID) -> dict[str, Any]:
    """What the serving county is told about a resolved difference: the line as it should be, or that there is none."""
    row = Difference.objects.filter(county=county, id=difference_id).select_related("claim").first()
    if row is None:
        raise UNKNOWN_DIFFERENCE("difference")
    line = (
        ClaimLine.objects.filter(county=county, id=row.source, claim_id=row.claim_id)
        .select_related("fund", "line__bill", "line__item")
        .first()
    )
    return {
        "home": county,
        "serving": row.claim.serving,
        "no": row.claim.no,
        "source": str(row.source),
        "line": told_line(line) if line else None,
        "because": row.because,
    }


def take_correction(*, message: dict[str, Any], at: datetime, on: date) -> None:
    """The serving county puts a line right. Refuses as ``settlement.receive.correct`` does."""
    correct(
        county=message["serving"],
        home=message["home"],
        no=message["no"],
        source=UUID(message["source"]),
        told=message["line"],
        because=message["because"],
        at=at,
        on=on,
    )


def _note(act: str, claim: Claim, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=claim.county,
        at=at,
        actor=by,
        act=act,
        subject="claim",
        subject_id=claim.id,
        reason=reason,
        serving=claim.serving,
        **detail,
    )
