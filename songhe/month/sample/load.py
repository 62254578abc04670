"""Load the sample county into a database that is laid out and empty of people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Protocol

from django.db import connection, transaction

from songhe.grant.fund import set_budget
from songhe.jobs.models import Run, RunState
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.month.sample import bulk, earlier, providers, register, rights, stays
from songhe.month.sample.cast import APPROVER, FINANCE
from songhe.month.sample.logins import open_county
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.shape import COUNTY
from songhe.month.steps import count_tables
from songhe.person.models import Person

JOB = "sample"

NO_SAMPLE = reason(
    "sample.not_loaded",
    zh="这个数据库里没有样例县。",
    en="There is no sample county in this database.",
    status=404,
)


class Watch(Protocol):
    """Told of each stage with how much there is to do, and of each step of it."""

    def stage(self, name: str, total: int | None = None) -> None: ...

    def advance(self, count: int) -> None: ...


@dataclass(frozen=True)
class Loaded:
    """How many people, bodies, residents, earlier results and decided applications there are."""

    people: int
    bodies: int
    residents: int
    assessed: int
    decided: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Silent:
    """Nobody watches."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Nothing to be told."""

    def advance(self, count: int) -> None:
        """Nothing to be told."""


def load(plan: Plan, *, watch: Watch | None = None) -> Loaded:
    """Logins, bodies, people, residents, earlier results, rights and budgets, in this order.

    Divisions, calendar, packs and catalogue stand already. Rights are applied for, determined, reviewed and
    approved one by one through their verbs; in a sample of 20,000 elders or more by set, see ``bulk``.
    """
    seen = watch or Silent()
    seen.stage("bodies")
    with transaction.atomic():
        open_county(plan.month.year)
        bodies = providers.take_in(plan)
    seen.stage("people", plan.elders)
    assessing = providers.bodies_of_assessment(bodies)
    counts = {"residents": 0, "assessed": 0}

    def then(chunk: Sequence[Elder], files: dict[int, Person]) -> None:
        counts["residents"] += stays.settle_in(plan, chunk, files, bodies)
        counts["assessed"] += earlier.load(plan, chunk, files, assessing)

    people = register.fill(plan, bodies, then=then, watch=seen.advance)
    if plan.is_large:
        analyse()
    seen.stage("rights")
    grant: Callable[..., int] = bulk.grant_rights if plan.is_large else rights.grant_rights
    decided = grant(plan, bodies, watch=seen.advance)
    _budgets(plan, decided)
    if plan.is_large:
        analyse()
    Run.objects.create(
        county=COUNTY, job=JOB, period=str(plan.month), state=RunState.DONE, result=plan.as_dict(), attempts=1
    )
    return Loaded(people, len(bodies), counts["residents"], counts["assessed"], decided)


def analyse() -> None:
    """Let the database count its rows after a large load, or it goes by those of empty tables and joins row by row."""
    count_tables()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def loaded_plan(county: str = COUNTY) -> Plan:
    """The plan of the sample in this database. Refuses with ``sample.not_loaded``."""
    run = Run.objects.filter(county=county, job=JOB).order_by("period").first()
    if run is None:
        raise NO_SAMPLE("county")
    return Plan.of_dict(run.result)


def _budgets(plan: Plan, decided: int) -> None:
    """Enough for everybody's vouchers until the end of the year: proposed by finance, approved by another."""
    wanted = {rights.POLICY: (decided + decided // 5 + 100) * 80_000, "assessment-voucher": 2_000_000}
    months = plan.month.until(Month(plan.month.year, 12))
    for month, (programme, amount_fen) in product(months, wanted.items()):
        set_budget(
            county=COUNTY,
            programme=programme,
            month=month,
            amount_fen=amount_fen,
            by=FINANCE,
            approved_by=APPROVER,
            at=moment(plan.approved_on, 9),
            on=plan.approved_on,
            document_no=f"样例财社〔{month.year}〕{month.number}号",
        )
