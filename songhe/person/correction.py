"""A person says what is wrong on their file; a clerk looks at it and sets it right, or says why not. 更正申请"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from songhe.access.scope import Scope, scoped
from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason
from songhe.person.asked import Asked
from songhe.person.models import Correction, Person
from songhe.person.register import NOTHING_CHANGES, REASON_MISSING, correct, locked
from songhe.person.states import CORRECTION

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
ASKED = Asked(
    model=Correction,
    states=CORRECTION,
    asker="asked_by",
    own=OWN_ASK,
    refused="person.refuse_correction",
    withdrawn="person.withdraw_correction",
    told=lambda row: {"correction": str(row.id), "field": row.field},
)
#: A clerk leaves the field as it is, and says why; who asked takes it back.
refuse, withdraw = ASKED.refuse, ASKED.withdraw


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
        ASKED.note(made, "person.ask_correction", at=at, by=by)
    return made


def make(*, asked: Correction, note_of_clerk: str, on: date, at: datetime, by: str) -> Correction:
    """A clerk finds it so and sets the field right, with the request as its source.

    Refuses with ``person.wrong_state``, ``.correction_own_ask`` and as ``songhe.person.register.correct`` does.
    """
    with transaction.atomic():
        found = ASKED.locked(asked, by)
        CORRECTION.move(found, "make")
        correct(
            person=found.person,
            changes={found.field: found.wanted},
            version=found.person.version,
            because=found.because,
            source="online",
            document=str(found.paper_id or ""),
            on=on,
            at=at,
            by=by,
        )
        ASKED.decided(found, "person.make_correction", note_of_clerk, at=at, by=by)
    return found


def of_person(person: Person) -> list[Correction]:
    """What was asked for on a file, the newest first."""
    rows = Correction.objects.filter(county=person.county, person=person)
    return list(rows.order_by("-asked_at", "-id")[:20])


def waiting(scope: Scope) -> QuerySet[Correction]:
    """What waits for a clerk of the scope, the oldest first."""
    rows = Correction.objects.filter(scoped(Correction, scope), state=_S.WAITING)
    return rows.select_related("person", "paper").order_by("asked_at", "id")
