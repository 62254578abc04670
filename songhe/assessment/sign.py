"""Two assessors sign one form, each under their own login; with the second signature it is handed in. 双人签名"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.access.models import Account
from songhe.assessment.draft import answers_of, check_field, check_named, content, open_draft, standing
from songhe.assessment.models import Assessment, Draft, Signature
from songhe.assessment.picture import drawing as redrawn
from songhe.assessment.scale import find
from songhe.assessment.submit import submit
from songhe.document.file import keep_file
from songhe.kernel.refusal import MISSING, reason
from songhe.trail.note import note

LONGEST_REMARK = 200

NOT_COMPLETE = reason(
    "assessment.not_complete",
    zh="还有{count}项没有填写，先从 {code} 填起。",
    en="{count} fields are still empty, beginning with {code}.",
    status=409,
)
CHANGED_SINCE = reason(
    "assessment.changed_since_seen",
    zh="您看过之后内容又有改动，请再看一遍后签名。",
    en="The form was changed after you looked at it; look again, then sign.",
    status=409,
)
SIGN_ONE_WAY = reason(
    "assessment.sign_one_way",
    zh="请手写签名，或输入姓名，选一种。",
    en="Sign by drawing or by typing your name, one of the two.",
)
TYPED_NAME_DIFFERS = reason(
    "assessment.typed_name_differs",
    zh="输入的姓名与登记的评估师姓名不一致。",
    en="The typed name is not the name that the assessor is registered under.",
)
ALREADY_SIGNED = reason(
    "assessment.already_signed",
    zh="您已经签过名，等另一名评估师签名。",
    en="You have signed already; the other assessor's signature is awaited.",
    status=409,
)
NOTHING_DIFFERS = reason(
    "assessment.nothing_differs",
    zh="请写明哪一项有不同意见。",
    en="Say which item you see differently.",
)


@dataclass(frozen=True)
class Signed:
    """What a signature led to: ``handed_in`` when it was the second."""

    assessment: Assessment
    handed_in: bool


def sign(
    *,
    assessment: Assessment,
    seen: str,
    at: datetime,
    on: date,
    by: Account,
    drawing: bytes | None = None,
    typed: str = "",
    fee_fen: int | None = None,
) -> Signed:
    """An assessor signs what they have seen (its digest, as ``draft.content`` makes it); the second hands it in.

    Signed by drawing or by typing the registered name. Both sign the same content, in either order (GB/T
    42195-2022: two assessors). Refuses with ``assessment.wrong_state``, ``.not_named``, ``.not_begun``,
    ``.not_complete``, ``.changed_since_seen``, ``.sign_one_way``, ``.typed_name_differs``, ``.already_signed``, as
    ``picture.drawing`` or, with the second signature, as ``submit`` does.
    """
    if (drawing is None) == (not typed.strip()):
        raise SIGN_ONE_WAY("typed")
    picture = redrawn(drawing) if drawing is not None else None
    with transaction.atomic():
        found, held = open_draft(assessment, by=by.username)
        worker = check_named(found, by.username)
        if missing := standing(found, held).missing:
            raise NOT_COMPLETE(missing[0], count=len(missing), code=missing[0])
        if seen != content(found, held):
            raise CHANGED_SINCE("seen")
        if typed and "".join(typed.split()) != "".join(worker.name.split()):
            raise TYPED_NAME_DIFFERS("typed")
        standing_now = signatures(found, held)
        if worker.pk in standing_now:
            raise ALREADY_SIGNED("by")
        file = picture and keep_file(
            county=found.county,
            content=picture,
            purpose="signature",
            uploaded_by=by,
            at=at,
            allowed=("png",),
        )
        Signature.rows.create(
            county=found.county,
            assessment=found,
            worker=worker,
            account=by.username,
            content=seen,
            drawing=file or None,
            typed="" if file else worker.name,
            at=at,
        )
        _note(found, "sign", at, by.username, content=seen, drawn=file is not None)
        if len(standing_now) == 0:
            return Signed(found, handed_in=False)
        return Signed(_hand_in(found, held, at=at, on=on, by=by.username, fee_fen=fee_fen), handed_in=True)


def differ(*, assessment: Assessment, items: Sequence[Mapping[str, Any]], at: datetime, by: str) -> Draft:
    """An assessor sees items differently: ``code``, ``because`` and, if they like, the ``score`` they would give.

    The form is open again for both, with the remarks on it, and what was signed counts no more: a result is one that
    both have signed. Refuses with ``assessment.wrong_state``, ``.not_named``, ``.not_begun``, ``.nothing_differs``,
    ``input.missing`` or as ``draft.check_field`` does.
    """
    if not items:
        raise NOTHING_DIFFERS("items")
    with transaction.atomic():
        found, held = open_draft(assessment, by=by)
        worker = check_named(found, by)
        scale = find(found.standard)
        remarks = []
        for each in items:
            because = " ".join(str(each.get("because", "")).split())[:LONGEST_REMARK]
            if not because:
                raise MISSING("because", field_name=str(each.get("code", "")))
            code = str(each.get("code", ""))
            score = check_field(scale, code, each.get("score"))
            remarks.append(
                {"code": code, "score": score, "because": because, "worker": worker.pk, "at": at.isoformat()}
            )
        held.remarks = remarks
        held.turn += 1
        held.version += 1
        held.save(update_fields=["remarks", "turn", "version"])
        told = [{"code": each["code"], "score": each["score"]} for each in remarks]
        _note(found, "differ", at, by, items=told)
    return held


def signatures(found: Assessment, held: Draft) -> dict[int, Signature]:
    """The signatures that stand under the form as it is now, by assessor."""
    named = [found.first_assessor_id, found.second_assessor_id]
    rows = Signature.rows.filter(county=found.county, assessment=found, content=content(found, held))
    return {row.worker_id: row for row in rows.filter(worker__in=named).select_related("drawing").order_by("id")}


def _hand_in(found: Assessment, held: Draft, *, at: datetime, on: date, by: str, fee_fen: int | None) -> Assessment:
    assert found.first_assessor_id is not None
    assert found.second_assessor_id is not None
    handed_in = submit(
        assessment=found,
        answers=answers_of(found, held),
        information=held.information,
        signatures=[found.first_assessor_id, found.second_assessor_id],
        assessed_on=held.visited_on,
        fee_fen=fee_fen,
        at=at,
        on=on,
        by=by,
    )
    if held.remarks:
        held.remarks = []
        held.save(update_fields=["remarks"])
    return handed_in


def _note(row: Assessment, verb: str, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=f"assessment.{verb}",
        subject="assessment.Assessment",
        subject_id=row.id,
        **detail,
    )
