"""Check the chain: a changed, missing, added or re-ordered entry is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from songhe.trail.models import Entry, Seal
from songhe.trail.seal import BEGINNING, digest


@dataclass(frozen=True)
class Head:
    """What an auditor keeps outside the database: how far the chain had come, and its digest there."""

    county: str
    number: int
    digest: str


def head(*, county: str) -> Head:
    last = Seal.objects.filter(county=county).order_by("-number").first()
    return Head(county, last.number, last.digest) if last else Head(county, 0, BEGINNING)


def breaks(*, county: str, anchor: Head | None = None, chunk: int = 5_000) -> Iterator[str]:
    """Every place where the chain of a county does not hold, in words.

    Only with an ``anchor`` kept elsewhere is a rewritten or shortened chain found: whoever owns the database can
    compute a new one.
    """
    expected, before = 1, BEGINNING
    seen_anchor = anchor is None or anchor.number == 0
    for links in _chunks(county, chunk):
        entries = {entry.id: entry for entry in Entry.objects.filter(county=county, id__in=[s.entry_id for s in links])}
        for link in links:
            if link.number != expected:
                yield f"seal {expected} is missing"
                expected = link.number
            if link.before != before:
                yield f"seal {link.number} does not continue the one before it"
            entry = entries.get(link.entry_id)
            if entry is None:
                yield f"seal {link.number}: its entry is gone"
            elif digest(entry, link.before) != link.digest:
                yield f"seal {link.number}: its entry was changed"
            if anchor and link.number == anchor.number:
                seen_anchor = True
                if link.digest != anchor.digest:
                    yield f"seal {link.number} differs from the digest kept outside"
            expected, before = link.number + 1, link.digest
    if not seen_anchor and anchor:
        yield f"the chain ends before seal {anchor.number}, whose digest was kept outside"


def _chunks(county: str, size: int) -> Iterator[list[Seal]]:
    after = 0
    while links := list(Seal.objects.filter(county=county, number__gt=after).order_by("number")[:size]):
        yield links
        after = links[-1].number
