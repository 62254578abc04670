"""A person says what is wrong on their file; a clerk looks at it and sets it right, or says why not. 更正申请"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from songhe.access.scope import Scope, scoped
from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason
from songhe.person.models import Correction, Person
from songhe.person.register import NOTHING_CHANGES, REASON_MISSING, correct, locked
from songhe.person.states import CORRECTION
from songhe.trail.note import note

#: What a person may ask to be set right. The ID number is seen at a counter, with the card.
FIELDS = ("name", "phone", "address", "place", "ethnic", "resident_from")

NOT_THIS_FIELD = reason(
    "person.correction_not_this",
    zh="这一项要带证件到窗口更正。",
    en="This is set right at a counter, with the ID card.",
)
ASKED_ALREADY = reason(
    "person.correction_asked",
    zh="这一项已经申请更正，正等窗口核实。",
    en="A correction of this is asked for already; the counter is looking at it.",
    status=409,
)
OWN_ASK = reason(
    "person.correction_own_ask",
    zh="自己提出的更正，要由别人核实。",
    en="Who asks for a correction does not decide it.",
    status=403,
)

_S = Correction.State


def ask(
    *,
    person: Person,
    field: str,
    wanted: str,
    because: str,
    at: datetime,
    by: str,
    paper: StoredFile | None = None,
) -> Correction:
    """Ask for one field to be set right; one request a field at a time. Nothing changes until a clerk agrees.

    Refuses with ``person.correction_not_this``, ``.nothing_changes``, ``.reason_missing``, ``.correction_asked`` or
    ``.file_closed``. Personal Information Protection Law, article 46.
    """
    if field not in FIELDS:
        raise NOT_THIS_FIELD("field")
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        person = locked(person)
        stands = str(getattr(person, field) or "")
        if not wanted.strip() or wanted.strip() == stands:
            raise NOTHING_CHANGES("wanted")
        try:
            with transaction.atomic():
                made = Correction.objects.create(
                    county=person.county,
                    person=person,
                    field=field,
                    stands=stands[:200],
                    wanted=wanted.strip()[:200],
                    because=because.strip()[:300],
                    paper=paper,
                    asked_by=by,
                    asked_at=at,
                )
        except IntegrityError:
            raise ASKED_ALREADY("field") from None
        _note("person.ask_correction", made, at, by)
    return made


def make(*, asked: Correction, note_of_clerk: str, on: date, at: datetime, by: str) -> Correction:
    """A clerk finds it so and sets the field right, with the request as its source.

    Refuses with ``person.wrong_state``, ``.correction_own_ask`` and as ``songhe.person.register.correct`` does.
    """
    with transaction.atomic():
        person = locked(Person.rows.get(county=asked.county, id=asked.person_id))
        found = _locked(asked, by)
        CORRECTION.move(found, "make")
        correct(
            person=person,
            changes={found.field: found.wanted},
            version=person.version,
            because=found.because,
            source="online",
            document=str(found.paper_id or ""),
            on=on,
            at=at,
            by=by,
        )
        found.decision = note_of_clerk.strip()[:300]
        _decided(found, "person.make_correction", at, by)
    return found


def refuse(*, asked: Correction, because: str, at: datetime, by: str) -> Correction:
    """A clerk leaves the field as it is, and says why.

    Refuses with ``person.reason_missing``, ``.wrong_state`` or ``.correction_own_ask``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        found = _locked(asked, by)
        CORRECTION.move(found, "refuse")
        found.decision = because.strip()[:300]
        _decided(found, "person.refuse_correction", at, by)
    return found


def withdraw(*, asked: Correction, at: datetime, by: str) -> Correction:
    """Who asked takes it back. Refuses with ``person.wrong_state``."""
    with transaction.atomic():
        found = Correction.objects.select_for_update().get(county=asked.county, id=asked.id)
        CORRECTION.move(found, "withdraw")
        found.save(update_fields=["state"])
        _note("person.withdraw_correction", found, at, by)
    return found


def of_person(person: Person) -> list[Correction]:
    """What was asked for on a file, the newest first."""
    rows = Correction.objects.filter(county=person.county, person=person)
    return list(rows.order_by("-asked_at", "-id")[:20])


def waiting(scope: Scope) -> QuerySet[Correction]:
    """What waits for a clerk of the scope, the oldest first."""
    rows = Correction.objects.filter(scoped(Correction, scope), state=_S.WAITING)
    return rows.select_related("person", "paper").order_by("asked_at", "id")


def _locked(asked: Correction, by: str) -> Correction:
    found = Correction.objects.select_for_update().get(county=asked.county, id=asked.id)
    if found.asked_by == by:
        raise OWN_ASK("by")
    return found


def _decided(found: Correction, act: str, at: datetime, by: str) -> None:
    found.decided_by, found.decided_at = by, at
    found.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    _note(act, found, at, by, because=found.decision)


def _note(act: str, row: Correction, at: datetime, by: str, because: str = "") -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=row.person_id,
        reason=because,
        correction=str(row.id),
        field=row.field,
    )
