"""How every verb of this package begins and ends: lock the person, then the row; note the act. 加锁与留痕"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.states import APPLICATION
from songhe.kernel.refusal import MISSING, reason
from songhe.person.models import Person
from songhe.trail.note import note

SAME_PERSON = reason(
    "entitlement.same_person",
    zh="“{by}”已经办理过前一步，应由另一人办理。",
    en="{by} did the step before; this one is for another person.",
    status=409,
)
PERSON_DIED = reason(
    "entitlement.person_died", zh="老年人已于{died_on}去世。", en="The elder died on {died_on}.", status=409
)
FILE_CLOSED = reason(
    "entitlement.file_closed",
    zh="该档案已于{closed_on}关闭。",
    en="This file was closed on {closed_on}.",
    status=409,
)

Row = TypeVar("Row", Application, Entitlement)


def lock_person(person: Person) -> Person:
    return Person.rows.select_for_update().get(county=person.county, id=person.id)


def lock_living(person: Person) -> Person:
    """Refuses with ``entitlement.person_died`` or ``entitlement.file_closed``."""
    found = lock_person(person)
    if found.died_on:
        raise PERSON_DIED("person", died_on=found.died_on)
    if found.closed_on:
        raise FILE_CLOSED("person", closed_on=found.closed_on)
    return found


def lock_application(application: Application) -> Application:
    """The application as it stands now, locked after its person, so that all verbs lock in one order."""
    Person.rows.select_for_update().get(county=application.county, id=application.person_id)
    return Application.rows.select_for_update().get(county=application.county, id=application.id)


def lock_entitlement(entitlement: Entitlement) -> Entitlement:
    Person.rows.select_for_update().get(county=entitlement.county, id=entitlement.person_id)
    return Entitlement.objects.select_for_update().get(county=entitlement.county, id=entitlement.id)


def keep(application: Application, verb: str, at: datetime, by: str, because: str = "", **detail: Any) -> None:
    """Move the application by its table, save it as its next version, and note the act."""
    left = APPLICATION.move(application, verb)
    application.version += 1
    application.save()
    written(application, verb, at, by, because, left=left, **detail)


def written(row: Application | Entitlement, verb: str, at: datetime, by: str, because: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=f"entitlement.{verb}",
        subject=row._meta.label,
        subject_id=row.id,
        reason=because[:300],
        behalf_of=row.person_id if isinstance(row, Application) and row.mandate_id else None,
        **detail,
    )


def require(text: str, field: str) -> str:
    """A reason that must be given. Refuses with ``input.missing``."""
    if not text.strip():
        raise MISSING(field, field_name=field)
    return text


def another(by: str, *before: str, field: str = "by") -> None:
    """Refuses with ``entitlement.same_person`` when ``by`` is one of those who acted before."""
    if by in before:
        raise SAME_PERSON(field, by=by)
