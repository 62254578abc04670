"""Two files, one human: somebody says so, and one of them closes."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from songhe.kernel.id_number import IdNumber, Kind
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.person.duplicate import ALREADY_REGISTERED
from songhe.person.identity import number_of, sealed
from songhe.person.models import Duplicate, Person, Provenance, Status
from songhe.person.move import close_file
from songhe.person.opening import provenance_of
from songhe.person.register import FILE_CLOSED, REASON_MISSING
from songhe.trail.note import note

SAME, DIFFERENT = "same", "different"
MERGED = "merged"

UNKNOWN_OUTCOME = reason(
    "person.unknown_outcome", zh="请选“同一人”或“不同的人”。", en="Say whether they are the same or different."
)
ALREADY_DECIDED = reason(
    "person.duplicate_decided", zh="这一对档案已有人判断过。", en="Somebody has decided this pair.", status=409
)
KEEP_ONE = reason(
    "person.keep_one_of_the_pair", zh="请选择保留这一对中的哪份档案。", en="Say which file of the pair is kept."
)
WROTE_IT = reason(
    "person.merged_by_another",
    zh="登记或修改过这两份档案的人不能判断，请另一人办理。",
    en="Whoever registered or changed one of the two files does not decide; another person does.",
    status=409,
)
TWO_NUMBERS = reason(
    "person.two_numbers",
    zh="两份档案的证件号码不同，请先更正其中一份再合并。",
    en="The two files have different ID numbers; correct one of them first.",
    status=409,
)


def decide(
    *, duplicate: Duplicate, outcome: str, because: str, on: date, at: datetime, by: str, keep: Person | None = None
) -> Duplicate:
    """Somebody says ``same`` or ``different``; the same human keeps one file.

    The other closes from today as ``merged``: what was granted and paid under it stays there. Its number goes to the
    file that is kept, if that has none, and so do statuses that the kept file has not. Two people: whoever wrote in
    one of the files does not decide. Refuses with ``person.unknown_outcome``, ``person.reason_missing``,
    ``person.duplicate_decided``, ``person.merged_by_another``, ``person.file_closed``,
    ``person.keep_one_of_the_pair`` or ``person.two_numbers``.
    """
    if outcome not in (SAME, DIFFERENT):
        raise UNKNOWN_OUTCOME("outcome")
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        duplicate = Duplicate.objects.select_for_update().get(county=duplicate.county, id=duplicate.id)
        if duplicate.outcome:
            raise ALREADY_DECIDED("duplicate")
        files = [duplicate.first_id, duplicate.second_id]
        if Provenance.objects.filter(county=duplicate.county, person__in=files, by=by).exists():
            raise WROTE_IT("by")
        if outcome == SAME:
            _merge(duplicate, keep, on, at, by)
        duplicate.outcome, duplicate.decided_by, duplicate.decided_at = outcome, by, at
        duplicate.save(update_fields=["outcome", "decided_by", "decided_at"])
        note(
            county=duplicate.county,
            at=at,
            actor=by,
            act="person.decide_duplicate",
            subject="person",
            subject_id=keep.id if keep else duplicate.first_id,
            reason=because.strip()[:300],
            outcome=outcome,
            first=str(duplicate.first_id),
            second=str(duplicate.second_id),
        )
    return duplicate


def _merge(duplicate: Duplicate, keep: Person | None, on: date, at: datetime, by: str) -> None:
    pair = {duplicate.first_id, duplicate.second_id}
    if keep is None or keep.id not in pair:
        raise KEEP_ONE("keep")
    files = Person.rows.select_for_update().filter(county=duplicate.county, id__in=pair).order_by("id")
    by_id = {file.id: file for file in files}
    kept, other = by_id.pop(keep.id), next(iter(by_id.values()))
    for file in (kept, other):
        if file.closed_on is not None:
            raise FILE_CLOSED("person", closed_on=file.closed_on)
    if kept.identity and other.identity and kept.identity != other.identity:
        raise TWO_NUMBERS("keep")
    close_file(other, on, MERGED, at)
    if kept.identity is None and other.identity is not None:
        _take_number(kept, other, at, by)
    _take_statuses(kept, other, at)


def _take_number(kept: Person, other: Person, at: datetime, by: str) -> None:
    kept.identity, kept.id_kind, kept.id_last4 = other.identity, other.id_kind, other.id_last4
    kept.id_cipher = sealed(IdNumber(Kind(other.id_kind), number_of(other)), kept.id)
    kept.version += 1
    try:
        with transaction.atomic():
            kept.save(update_fields=["identity", "id_kind", "id_last4", "id_cipher", "version"])
    except IntegrityError:
        raise ALREADY_REGISTERED("keep") from None
    Provenance.objects.bulk_create(
        provenance_of(kept, ["id_kind", "id_number"], source=MERGED, document=str(other.id), by=by, known_at=at)
    )


def _take_statuses(kept: Person, other: Person, at: datetime) -> None:
    own = list(Status.objects.filter(county=kept.county, person=kept))
    brought = []
    for status in Status.objects.filter(county=other.county, person=other).order_by("valid_from"):
        span = Period(status.valid_from, status.valid_to)
        if not any(held.kind == status.kind and span.overlaps(Period(held.valid_from, held.valid_to)) for held in own):
            brought.append(
                Status(
                    county=kept.county,
                    person=kept,
                    kind=status.kind,
                    valid_from=status.valid_from,
                    valid_to=status.valid_to,
                    detail=status.detail,
                    source=status.source,
                    known_at=at,
                )
            )
    Status.objects.bulk_create(brought)
