"""Chain the entries of a county, so that any later change shows."""

from __future__ import annotations

import hashlib
import json
from datetime import timezone
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from songhe.trail.models import Entry, Seal

#: What stands before the first entry of a county.
BEGINNING = "0" * 64

#: How far behind the last sealed entry new ones are looked for first: a day, in the milliseconds of an id.
LATE = 24 * 60 * 60 * 1000 << 80

#: The same where only what is new is looked for: ten minutes.
RECENT = 10 * 60 * 1000 << 80


def digest(entry: Entry, before: str) -> str:
    """SHA-256 over the digest before it and every column of the entry, in one fixed order."""
    columns = [
        entry.county,
        entry.id.hex,
        entry.at.astimezone(timezone.utc).isoformat(timespec="microseconds"),
        entry.actor,
        entry.behalf_of.hex if entry.behalf_of else "",
        entry.act,
        entry.subject,
        entry.subject_id,
        entry.reason,
        entry.detail,
    ]
    text = json.dumps([before, *columns], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal(*, county: str, most: int = 10_000, far_back: bool = True) -> int:
    """Chain up to ``most`` entries that have no seal yet; returns how many.

    Without ``far_back`` those are left for another time that are ten minutes older than the last one sealed.

    Order is the order of sealing, not of any clock. Two sealers of one county cannot both continue the same
    digest: the second finds the place taken, writes nothing and answers 0.
    """
    try:
        with transaction.atomic():
            return _continue(county, most, far_back)
    except IntegrityError:
        return 0


def _continue(county: str, most: int, far_back: bool) -> int:
    last = Seal.objects.filter(county=county).order_by("-number").first()
    number, before = (last.number, last.digest) if last else (0, BEGINNING)
    links = []
    for entry in _unsealed(county, last, most, far_back):
        number += 1
        link = Seal(county=county, number=number, entry=entry, before=before, digest=digest(entry, before))
        before = link.digest
        links.append(link)
    Seal.objects.bulk_create(links, batch_size=1000)
    return len(links)


def _unsealed(county: str, last: Seal | None, most: int, far_back: bool) -> list[Entry]:
    """The next entries to seal: what is new first, and when that is done whatever came late with an early id.

    Only the last call of a long backlog looks through all entries.
    """
    sealed = Exists(Seal.objects.filter(county=OuterRef("county"), entry_id=OuterRef("id")))
    entries = Entry.objects.filter(~sealed, county=county).order_by("id")
    if last is None:
        return list(entries[:most])
    bound = UUID(int=max(0, last.entry_id.int - (LATE if far_back else RECENT)))
    found = list(entries.filter(id__gt=bound)[:most])
    if not far_back:
        return found
    return found + list(entries.filter(id__lte=bound)[: most - len(found)])
