"""Take a whole import back, while nobody has built on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import ManyToOneRel, Q

from songhe.kernel.refusal import reason
from songhe.person import search
from songhe.person.models import Duplicate, Person, Provenance, SearchKey
from songhe.person.opening import WHOLE_FILE
from songhe.person.register import REASON_MISSING
from songhe.trail.note import note

UNKNOWN_IMPORT = reason(
    "person.unknown_import", zh="本县没有从“{document}”建立的档案。", en="No file of the county came from {document}.",
    status=404,
)  # fmt: skip


@dataclass(frozen=True)
class Undone:
    """How many files are gone, and which stay because something was built on them or they were changed since."""

    removed: int
    kept: list[UUID]


def undo_import(*, county: str, document: str, because: str, at: datetime, by: str) -> Undone:
    """Remove the files that a table opened, but for those that were changed since or that any row points at.

    What the table changed in older files stays: the provenance says what stood before. Refuses with
    ``person.reason_missing`` or ``person.unknown_import``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        opened = _opened_by(county, document)
        if not opened:
            raise UNKNOWN_IMPORT("document", document=document)
        files = Person.rows.select_for_update().filter(county=county, id__in=opened).order_by("id")
        untouched = {person.id for person in files if person.version == 1}
        removable = untouched - _built_on(county, untouched)
        _remove(county, removable)
        note(
            county=county,
            at=at,
            actor=by,
            act="person.undo_import",
            subject="import",
            subject_id=document[:64],
            reason=because.strip()[:300],
            removed=len(removable),
            kept=len(opened) - len(removable),
        )
    return Undone(len(removable), sorted(opened - removable))


def _opened_by(county: str, document: str) -> set[UUID]:
    """People whose first name, or whole file, came from the document."""
    told = Provenance.objects.filter(county=county, document=document, field__in=("name", WHOLE_FILE))
    candidates = set(told.values_list("person_id", flat=True))
    older = Provenance.objects.filter(county=county, person__in=candidates, field__in=("name", WHOLE_FILE))
    return candidates - set(older.exclude(document=document).values_list("person_id", flat=True))


def _built_on(county: str, people: set[UUID]) -> set[UUID]:
    """Whoever is named by any row of any package; where a value came from and undecided pairs do not count."""
    named: set[UUID] = set()
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.related_model in (Provenance, SearchKey):
            continue
        model, key = relation.related_model, relation.field.name
        rows = model._base_manager.filter(**{"county": county, f"{key}__in": people})
        if model is Duplicate:
            rows = rows.exclude(outcome="")
        named |= set(rows.values_list(f"{key}_id", flat=True))
    return named


def _remove(county: str, people: set[UUID]) -> None:
    """Rows that point come first. Plain deletes that name the county; the constraints watch over the rest."""
    Provenance.objects.filter(county=county, person__in=people).delete()
    search.drop(county, people)
    Duplicate.objects.filter(Q(first__in=people) | Q(second__in=people), county=county).delete()
    rows = Person.rows.filter(county=county, id__in=people)
    rows._raw_delete(rows.db)
