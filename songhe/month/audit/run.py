"""The questions of the auditor as a run, so that its answer stays and a page shows how far it has come. 审计运行"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from songhe.jobs.run import running
from songhe.month.audit import findings, questions
from songhe.trail.models import Seal
from songhe.trail.verify import Head, breaks, head

TOPIC = "audit.findings"
JOB = "audit"
CHAIN_TOPIC = "audit.verify"
CHAIN_JOB = "audit:chain"
#: Findings of one question that are kept with the run; more are only counted.
KEPT = 100
#: Seals that are checked while somebody waits; more go to the worker.
AT_ONCE = 20_000


def ask(*, county: str, on: date, clock: Callable[[], datetime]) -> dict[str, Any]:
    """Ask every question and keep what concerns the county with the run of the day."""
    counts: Counter[str] = Counter()
    kept: list[dict[str, str]] = []
    with running(county=county, job=JOB, period=on.isoformat(), clock=clock) as progress:
        progress.expect(len(questions()) + 1)
        for found in findings(county=county):
            if found.county != county:
                continue
            counts[found.code] += 1
            if counts[found.code] <= KEPT:
                kept.append({"code": found.code, "id": found.id, "zh": found.zh, "en": found.en})
        progress.result["counts"] = dict(counts)
        progress.result["kept"] = kept
        progress.advance(len(questions()) + 1)
    return {"counts": dict(counts), "kept": kept}


def verify(*, county: str, on: date, clock: Callable[[], datetime], anchor: Head | None = None) -> dict[str, Any]:
    """Check the whole chain of a county and keep what is broken, and how far the chain had come."""
    with running(county=county, job=CHAIN_JOB, period=on.isoformat(), clock=clock) as progress:
        total = Seal.objects.filter(county=county).count()
        progress.expect(total)
        stands = head(county=county)
        found = []
        for place, sentence in enumerate(breaks(county=county, anchor=anchor)):
            if place >= KEPT:
                break
            found.append(sentence)
        progress.result |= {
            "breaks": found,
            "head": {"number": stands.number, "digest": stands.digest},
            "anchor": {"number": anchor.number, "digest": anchor.digest} if anchor else None,
        }
        progress.advance(total)
    return dict(progress.result)
