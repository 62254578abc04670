"""Samples by seed 抽样: whoever has the seed draws the same rows again, on any database, in any year."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from songhe.entitlement.models import Application
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.redemption.models import Bill
from songhe.settlement.models import Statement

MOST = 500

UNKNOWN_STRATUM = reason(
    "audit.unknown_stratum", zh="没有“{stratum}”这一类可抽。", en="There is no stratum {stratum} to draw from."
)
SIZE = reason("audit.sample_size", zh="一次抽1到{most}件。", en="Draw from 1 to {most} at a time.")
NO_SEED = reason(
    "audit.no_seed", zh="请写明种子，例如日期加审计项目号。", en="Give a seed, such as the day and the case."
)


@dataclass(frozen=True)
class Stratum:
    """What may be drawn from: numbered rows of one county and month."""

    code: str
    rows: Callable[[str, Month], QuerySet[Any]]
    relations: tuple[str, ...]


STRATA: dict[str, Stratum] = {
    one.code: one
    for one in (
        Stratum(
            "bills",
            lambda county, month: Bill.objects.filter(county=county, month=str(month)).exclude(
                state=Bill.State.HANDED_IN
            ),
            ("provider", "person"),
        ),
        Stratum("vouchers", lambda county, month: Grant.objects.filter(county=county, month=str(month)), ("person",)),
        Stratum(
            "applications",
            lambda county, month: Application.rows.filter(county=county, submitted_on__range=(month.first, month.last)),
            ("person",),
        ),
        Stratum(
            "statements",
            lambda county, month: Statement.objects.filter(county=county, month=str(month)),
            ("provider",),
        ),
    )
}


@dataclass(frozen=True)
class Sample:
    """``numbers`` in the order in which the seed ranks them, out of ``population`` rows; ``digest`` covers them."""

    stratum: str
    month: Month
    seed: str
    size: int
    population: int
    numbers: tuple[str, ...]
    rows: tuple[Any, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.numbers).encode()).hexdigest()


def draw(*, county: str, stratum: str, month: Month, seed: str, size: int) -> Sample:
    """The ``size`` rows whose numbers rank first by SHA-256 of ``seed:number``; all of them where there are fewer.

    A row added later changes a sample only by taking a place in it. Refuses with ``audit.unknown_stratum``,
    ``audit.sample_size`` or ``audit.no_seed``.
    """
    kind = STRATA.get(stratum)
    if kind is None:
        raise UNKNOWN_STRATUM("stratum", stratum=stratum)
    if not 1 <= size <= MOST:
        raise SIZE("size", most=MOST)
    if not seed.strip():
        raise NO_SEED("seed")
    population = 0

    def ranked() -> Any:
        nonlocal population
        for no in kind.rows(county, month).order_by("no").values_list("no", flat=True).iterator(chunk_size=5_000):
            population += 1
            yield rank(seed, no), no

    numbers = tuple(no for _rank, no in heapq.nsmallest(size, ranked()))
    found = kind.rows(county, month).filter(no__in=numbers).select_related(*kind.relations)
    by_number = {row.no: row for row in found}
    return Sample(stratum, month, seed, size, population, numbers, tuple(by_number[no] for no in numbers))


def rank(seed: str, no: str) -> str:
    return hashlib.sha256(f"{seed}:{no}".encode()).hexdigest()
