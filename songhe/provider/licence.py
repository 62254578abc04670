"""What allows a body to work, with its expiry, and which papers of the body and of its people end soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.provider.models import Certificate, Licence, Provider
from songhe.provider.worker import NUMBER_MISSING, working
from songhe.trail.note import note

UNKNOWN_LICENCE = reason(
    "provider.unknown_licence_kind", zh="没有“{kind}”这种证照。", en="There is no kind of licence {kind}."
)
LICENCE_TWICE = reason(
    "provider.licence_twice",
    zh="这张证照在这段时间已登记。",
    en="This licence is registered for that time.",
    status=409,
)

#: Papers that end within so many days are shown as ending soon.
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Ending:
    """A paper that has ended or ends soon: whose it is, what it is, and its last day."""

    holder: str
    kind: str
    number: str
    valid_to: date
    of_worker: bool

    def is_over(self, on: date) -> bool:
        return self.valid_to < on


def register_licence(
    *,
    provider: Provider,
    kind: str,
    number: str,
    valid_from: date,
    at: datetime,
    by: str,
    valid_to: date | None = None,
    file: UUID | None = None,
) -> Licence:
    """Register a licence of the body with its expiry; the same paper is not registered twice for one day.

    Refuses with ``provider.unknown_licence_kind``, ``provider.number_missing``, ``provider.licence_twice`` or
    ``period.ends_before_it_begins``.
    """
    if kind not in Licence.Kind.values:
        raise UNKNOWN_LICENCE("kind", kind=kind)
    if not number.strip():
        raise NUMBER_MISSING("number")
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=provider.pk)
        for held in Licence.objects.filter(provider=provider, kind=kind, number=number.strip()):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise LICENCE_TWICE("number")
        made = Licence.objects.create(
            provider=provider, kind=kind, number=number.strip(), valid_from=valid_from, valid_to=valid_to, file=file
        )
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="provider.register_licence",
            subject="provider",
            subject_id=str(provider.pk),
            licence=made.pk,
            kind=kind,
        )
    return made


def ending_soon(provider: Provider, on: date, within: timedelta = SOON) -> list[Ending]:
    """The papers of the body and of those who work there that are over or end within the time; a renewed one is not.

    Two statements; by their last day.
    """
    last = on + within
    found: dict[tuple[str, str, bool], Ending] = {}
    renewed: set[tuple[str, str, bool]] = set()
    licences = Licence.objects.filter(provider=provider).order_by("id")
    papers = [(provider.name, one.kind, one.number, one.valid_to, False, provider.name) for one in licences]
    certificates = Certificate.objects.filter(worker__in=working(on).filter(provider=provider)).select_related("worker")
    papers += [
        (one.worker.name, one.kind, one.number, one.valid_to, True, f"{one.worker_id}")
        for one in certificates.order_by("id")
    ]
    for holder, kind, number, valid_to, of_worker, whose in papers:
        key = (whose, kind, of_worker)
        if valid_to is None or valid_to > last:
            renewed.add(key)
        elif key not in found or found[key].valid_to < valid_to:
            found[key] = Ending(holder, kind, number, valid_to, of_worker)
    return sorted((one for key, one in found.items() if key not in renewed), key=lambda one: (one.valid_to, one.holder))
