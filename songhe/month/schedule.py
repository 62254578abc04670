"""What the machine does by itself from day to day, and the worker that does it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from songhe.card.hold import release_overdue as release_overdue_of_cards
from songhe.card.hold_models import Hold as CardHold
from songhe.card.ports import payments
from songhe.card.topup import ask_service, waiting
from songhe.document.download import remove_over
from songhe.entitlement.models import Entitlement
from songhe.grant.expire import expire
from songhe.grant.hold import release_overdue
from songhe.grant.models import Budget, Grant
from songhe.jobs.models import Run, RunState
from songhe.jobs.outbox import Handler, deliver
from songhe.jobs.run import running
from songhe.kernel.month import BEIJING, Month
from songhe.kernel.refusal import Refusal
from songhe.meal.models import Line as MealLine
from songhe.month import notify
from songhe.month.bank_answers import at_the_bank, read_answers
from songhe.month.steps import PROGRAMME, Calendar, People, book_bills, run_month
from songhe.month.wiring import LONG_RUNNING, handlers
from songhe.redemption.meal_parts import pay_meal_parts
from songhe.redemption.models import Bill
from songhe.trail.models import Entry
from songhe.trail.seal import seal

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

#: Under whose name the trail knows what was read from the bank.
BY = "run:daily"


@dataclass(frozen=True)
class Due:
    """One job of one county that is due today and was not done today."""

    county: str
    name: str
    period: str
    work: Callable[[], object]


def counties() -> list[str]:
    """Counties that have a right in force."""
    rows = Entitlement.objects.exclude(state=Entitlement.State.STOPPED).order_by("county")
    return list(rows.values_list("county", flat=True).distinct())


def due(*, on: date, clock: Clock, calendar: Calendar, people: People | None) -> Iterator[Due]:
    """The day's jobs that were not finished today; each is safe to repeat, so a missed day is simply caught up.

    Daily: issue to whoever was approved since (a first voucher is due within five working days of approval, and a
    new month begins with everybody's), book the bills handed in while their vouchers may be used, expire what is past
    its last day for booking, let overdue holds go, read what the bank says of the pay-outs that it has, draw what funds
    owe of meals. Hourly: ask the payment service about top-ups of which nothing was heard.
    """
    month = Month.of(on)
    for county in sorted({batch.county for batch in at_the_bank()}):
        yield Due(
            county,
            "daily:bank",
            on.isoformat(),
            partial(read_answers, county=county, at=clock(), on=on, by=BY),
        )
    overdue = CardHold.objects.filter(state=CardHold.State.HELD, until__lte=clock()).order_by("county")
    for county in overdue.values_list("county", flat=True).distinct():
        yield Due(
            county,
            "daily:card-holds",
            on.isoformat(),
            partial(release_overdue_of_cards, county=county, at=clock(), on=on),
        )
    hour = clock().astimezone(BEIJING).strftime("%y%m%d%H")
    for county in waiting(at=clock()).order_by("county").values_list("county", flat=True).distinct():
        yield Due(county, "hourly:topups", hour, partial(ask_about_topups, county=county, clock=clock, on=on))
    owing = MealLine.objects.filter(funds_due=True).exclude(billed_line=None).order_by("county")
    for county in owing.values_list("county", flat=True).distinct():
        yield Due(
            county,
            "daily:meal-parts",
            on.isoformat(),
            partial(pay_meal_parts, county=county, at=clock(), on=on, by=BY),
        )
    for county in counties():
        if Budget.objects.filter(county=county, programme=PROGRAMME, month=str(month)).exists():
            yield Due(
                county,
                "daily:issue",
                on.isoformat(),
                partial(run_month, county=county, month=month, calendar=calendar, until="issue", people=people),
            )
        handed_in = Bill.objects.filter(county=county, state=Bill.State.HANDED_IN).values_list("month", flat=True)
        for written in sorted(set(handed_in)):
            yield Due(
                county,
                f"daily:redeem:{written}",
                on.isoformat(),
                partial(book_bills, county=county, month=Month.parse(written), on=on, clock=clock),
            )
        late = Grant.objects.filter(
            county=county, programme=PROGRAMME, state=Grant.State.ACTIVE, book_until__lt=on
        ).values_list("month", flat=True)
        for written in sorted(set(late)):
            yield Due(
                county,
                f"daily:expire:{written}",
                on.isoformat(),
                partial(expire, county=county, programme=PROGRAMME, month=Month.parse(written), on=on, clock=clock),
            )
        yield Due(
            county,
            "daily:holds",
            on.isoformat(),
            partial(release_overdue, county=county, at=clock(), on=on),
        )


def ask_about_topups(*, county: str, clock: Clock, on: date) -> object:
    """Top-ups whose call-back never came, asked about at the payment service that is chosen."""
    return ask_service(county=county, service=payments(), at=clock(), on=on)


def tick(
    *,
    on: date,
    clock: Clock,
    calendar: Calendar,
    people: People | None = None,
    daily: bool = True,
    far_back: bool = True,
    lists: Mapping[str, Handler] | None = None,
) -> int:
    """One turn of the worker: the outbox, the day's jobs that are due, notices, the seals. Returns how much was done.

    A job that fails is kept with its reason and tried again at the next turn; it stops no other. ``far_back``: the
    seals also look through the whole trail for what came late. ``lists``: who makes the long lists that people asked
    for; how they read is known at the doors.
    """
    lists = lists or {}
    done = deliver(
        handlers={**handlers(calendar=calendar, people=people), **lists},
        at=clock(),
        long_running=LONG_RUNNING | set(lists),
    )
    done += remove_over(at=clock())
    for job in due(on=on, clock=clock, calendar=calendar, people=people) if daily else ():
        finished = Run.objects.filter(
            county=job.county, job=job.name, period=job.period, state__in=[RunState.DONE, RunState.PARTLY]
        )
        if finished.exists():
            continue
        try:
            with running(county=job.county, job=job.name, period=job.period, clock=clock):
                job.work()
            done += 1
        except Refusal as refusal:
            log.info("%s of %s waits: %s", job.name, job.county, refusal.code)
        except Exception as error:
            log.warning("%s of %s failed: %s", job.name, job.county, type(error).__name__)
    for county in counties_of_the_trail():
        try:
            done += notify.turn(county=county, at=clock(), on=on)
        except Exception as error:
            log.warning("notices of %s failed: %s", county, type(error).__name__)
        done += seal(county=county, most=2_000, far_back=far_back)
    return done


def counties_of_the_trail() -> Iterator[str]:
    """Every county of which something is written, each found by one step in an index."""
    entries = Entry.objects.order_by("county").values_list("county", flat=True)
    county = entries.first()
    while county is not None:
        yield county
        county = entries.filter(county__gt=county).first()
