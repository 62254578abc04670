"""The month as an ordered list: what the machine may do by itself, and how far people's approvals let it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from songhe.eligibility.determine_county import determine_county
from songhe.entitlement.extend import end_what_is_not_continued
from songhe.entitlement.follow import catch_up
from songhe.grant.expire import expire
from songhe.grant.issue import issue
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.month import cards
from songhe.month.follow import follow_deaths
from songhe.offline.guarantee import take_back
from songhe.policy.resolve import NOT_IN_FORCE, library
from songhe.policy.terms import terms
from songhe.redemption.meal_parts import pay_meal_parts
from songhe.redemption.models import Bill
from songhe.redemption.redeem import book_handed_in
from songhe.redemption.verdict import follow_visits
from songhe.service.visit import judge_month
from songhe.settlement import gather
from songhe.settlement.clear import clear
from songhe.settlement.close import close, waiting
from songhe.settlement.models import Statement
from songhe.settlement.share import card_programmes, clearing_programmes, credit_programmes, guarantee_programmes

PROGRAMME = "consumption-voucher"

#: The programmes whose bills are settled together at the end of a month.
SETTLED = (PROGRAMME, "assessment-voucher")

#: Bills booked in one transaction.
BILLS_A_CHUNK = 100

Clock = Callable[[], datetime]
Watch = Callable[[Run], None] | None
#: Given a step's natural day, the day it is done on and the clock of that day.
Calendar = Callable[[date], tuple[date, Clock]]


@dataclass(frozen=True)
class Stage:
    """One step of one month in one county, on a day."""

    county: str
    month: Month
    on: date
    clock: Clock
    watch: Watch = None
    programme: str = PROGRAMME

    @property
    def is_over(self) -> bool:
        """Nobody is determined or given a voucher for a month gone by; the steps after it go on."""
        return self.on > self.month.last


@dataclass(frozen=True)
class Step:
    """A step and its natural day: so many days after the month's last day for booking, or (None) its first day."""

    name: str
    zh: str
    en: str
    after_month: int | None
    run: Callable[[Stage], dict[str, Any]]

    def natural_day(self, month: Month, late_days: int) -> date:
        if self.after_month is None:
            return month.first
        return month.last + timedelta(days=late_days + self.after_month)


def _determine(stage: Stage) -> dict[str, Any]:
    """What is known meanwhile is carried on first: deaths and moves, and editions that nothing continues."""
    if stage.is_over:
        return {"people": 0, "written": 0}
    at = stage.clock()
    catch_up(county=stage.county, at=at, by="run:determine")
    follow_deaths(county=stage.county, on=stage.on, at=at, by="run:determine")
    end_what_is_not_continued(county=stage.county, policy=stage.programme, on=stage.on, at=at, by="run:determine")
    policy = library().resolve(policy=stage.programme, place=stage.county, on=stage.on)
    done = determine_county(county=stage.county, policy=policy, on=stage.on, clock=stage.clock, watch=stage.watch)
    figures: dict[str, Any] = {"people": done.people, "written": done.written}
    if cards.has_cards(stage.county):
        figures |= cards.classify(county=stage.county, on=stage.on, clock=stage.clock, watch=stage.watch)
    return figures


def _issue(stage: Stage) -> dict[str, Any]:
    if stage.is_over:
        return {"issued": 0, "issued_fen": 0, "waiting": 0}
    done = issue(
        county=stage.county,
        programme=stage.programme,
        month=stage.month,
        on=stage.on,
        clock=stage.clock,
        watch=stage.watch,
    )
    figures: dict[str, Any] = {"issued": done.grants, "issued_fen": done.fen, "waiting": done.waiting}
    if cards.has_cards(stage.county):
        figures |= cards.charge_all(
            county=stage.county, month=stage.month, on=stage.on, clock=stage.clock, watch=stage.watch
        )
    return figures


def _redeem(stage: Stage) -> dict[str, Any]:
    done = book_bills(county=stage.county, month=stage.month, on=stage.on, clock=stage.clock, watch=stage.watch)
    return {"booked": done["booked"], "refused": done["refused"]}


def book_bills(*, county: str, month: Month, on: date, clock: Clock, watch: Watch = None) -> dict[str, int]:
    """Book the bills handed in and not yet booked; a refused one is kept with its reason and stops no other, one that
    waits for a reported death to be cleared up goes on waiting."""
    done = {"booked": 0, "refused": 0, "waiting": 0}
    counts = {Bill.State.REFUSED: "refused", Bill.State.HANDED_IN: "waiting"}
    with running(county=county, job="redeem", period=str(month), clock=clock, watch=watch) as progress:
        handed_in = Bill.objects.filter(county=county, month=str(month), state=Bill.State.HANDED_IN)
        ids = list(handed_in.order_by("handed_in_at", "no").values_list("id", flat=True))
        progress.expect(len(ids))
        for first in range(0, len(ids), BILLS_A_CHUNK):
            chunk, at = ids[first : first + BILLS_A_CHUNK], clock()
            with transaction.atomic():
                for bill_id in chunk:
                    bill = book_handed_in(county=county, bill_id=bill_id, at=at, on=on, by="run:redeem")
                    done[counts.get(Bill.State(bill.state), "booked")] += 1
                progress.advance(len(chunk))
    return done


def _judge(stage: Stage) -> dict[str, Any]:
    at = stage.clock()
    judged = judge_month(county=stage.county, month=stage.month, at=at)
    followed = follow_visits(county=stage.county, month=stage.month, at=at, by="run:judge")
    return {"passed": judged.passed, "failed": judged.failed, "held": judged.held, "lines": sum(followed.values())}


def _expire(stage: Stage) -> dict[str, Any]:
    figures = {"expired": 0, "expired_fen": 0}
    for programme in SETTLED:
        done = expire(
            county=stage.county,
            programme=programme,
            month=stage.month,
            on=stage.on,
            clock=stage.clock,
            watch=stage.watch,
        )
        figures["expired"] += done.grants
        figures["expired_fen"] += done.fen
    if cards.has_cards(stage.county):
        figures |= cards.expire_all(county=stage.county, on=stage.on, clock=stage.clock, watch=stage.watch)
    return figures


def _gather(stage: Stage) -> dict[str, Any]:
    pay_meal_parts(county=stage.county, at=stage.clock(), on=stage.on, by="run:gather")
    figures = {"statements": 0, "lines": 0}
    take_back(county=stage.county, at=stage.clock(), on=stage.on, by="run:gather")
    for programme in _programmes(stage.county):
        done = gather.run(
            county=stage.county, programme=programme, month=stage.month, clock=stage.clock, watch=stage.watch
        )
        figures["statements"] += done.statements
        figures["lines"] += done.lines
    cleared = clear(county=stage.county, month=stage.month, at=stage.clock(), on=stage.on, by="run:clear")
    if cleared.claims:
        figures |= {"claims": len(cleared.claims), "claimed_fen": cleared.amount_fen}
    return figures


def _programmes(county: str) -> tuple[str, ...]:
    """What is settled: vouchers, the card's funds, credits, the guarantee of offline tills, and what our providers
    served on other counties' cards."""
    others = (card_programmes, credit_programmes, guarantee_programmes, clearing_programmes)
    return (*SETTLED, *(each for programmes in others for each in programmes(county)))


def _settle(stage: Stage) -> dict[str, Any]:
    """The machine pays nobody: it says which statements wait for whom."""
    found = waiting(county=stage.county, month=stage.month)
    return {"waits": [{"statement": each.no, "state": each.state, "held": each.held_because} for each in found]}


def _close(stage: Stage) -> dict[str, Any]:
    try:
        period = close(county=stage.county, month=stage.month, at=stage.clock(), by="run:close")
    except Refusal as refusal:
        return {"waits": [refusal.as_dict()]}
    return {"closed": str(period.month), "digest": period.digest}


STEPS: tuple[Step, ...] = (
    Step("determine", "资格认定", "determine", None, _determine),
    Step("issue", "发券", "issue vouchers", None, _issue),
    Step("redeem", "账单入账", "book bills", 0, _redeem),
    Step("judge", "核验凭据", "judge evidence", 0, _judge),
    Step("expire", "过期", "expire vouchers", 1, _expire),
    Step("gather", "归集结算单", "gather statements", 3, _gather),
    Step("settle", "审批付款", "approve and pay", 6, _settle),
    Step("close", "结账", "close the books", 8, _close),
)

UNTIL = tuple(step.name for step in STEPS)

#: Steps that fill tables by set, and those that read by set what came in since.
FILLING = frozenset({"determine", "issue", "gather"})
READING = frozenset({"judge", "gather"})


def count_tables() -> None:
    """Have the database look at its tables: a plan made for an empty one walks a full one, row by row.

    PostgreSQL looks by itself some minutes after a table has grown, which is too late for the step that comes next.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE (SKIP_LOCKED)" if connection.vendor == "postgresql" else "ANALYZE")


def _left_to_settle(county: str, month: Month) -> bool:
    """Whether the month has statements, or lines that belong into one."""
    return Statement.objects.filter(county=county, month=str(month)).exists() or any(
        gather.due(county=county, programme=programme, month=month) for programme in _programmes(county)
    )


#: Who acts before each step in a practice county.
People = Callable[[str, Stage], None]


@dataclass
class Done:
    """What each step did, and what waits for people."""

    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    waits: list[Any] = field(default_factory=list)


def run_month(
    *,
    county: str,
    month: Month,
    calendar: Calendar,
    until: str = "close",
    programme: str = PROGRAMME,
    people: People | None = None,
    watch: Watch = None,
    tell: Callable[[Step], None] | None = None,
) -> Done:
    """Run the month's steps in order up to ``until``; any step may be run again and changes nothing twice.

    ``calendar`` gives the day and clock of each step. In a practice county ``people`` act before each step, each
    under their own account and through the same verbs. After the last month of a programme nothing is issued any
    more, but what is reversed then is gathered, settled and closed. Refuses with ``policy.not_in_force`` where
    issuing is all that was asked for, or nothing is left to settle, and as the steps do.
    """
    done = Done()
    try:
        steps, late_days = STEPS, terms(policy=programme, place=county, on=month.first).late_days
    except Refusal as refusal:
        steps, late_days = tuple(step for step in STEPS if step.after_month is not None), 0
        asked = {step.name for step in steps}
        if refusal.reason is not NOT_IN_FORCE or until not in asked or not _left_to_settle(county, month):
            raise
    for step in steps:
        on, clock = calendar(step.natural_day(month, late_days))
        stage = Stage(county, month, on, clock, watch, programme)
        if tell:
            tell(step)
        if people:
            people(step.name, stage)
        if step.name in READING:
            count_tables()
        done.figures[step.name] = step.run(stage)
        if step.name in FILLING:
            count_tables()
        done.waits.extend(done.figures[step.name].pop("waits", []))
        if step.name == until:
            break
    return done
