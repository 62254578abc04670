"""The counts and sums that figures are made of: set-based, each set of rows asked once, whatever its size. 计数

Every page, screen, list and export reads these, so that two of them never differ. A *measure* belongs to one set of
rows; a set is asked once for all its measures, as a whole or divided by place, group or day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Substr

from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.models import Budget, Grant
from songhe.kernel.month import Month, midnight
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Transfer
from songhe.person.models import Person
from songhe.place.calendar import WorkCalendar, loaded_calendar, workdays_between
from songhe.policy.resolve import NOT_IN_FORCE
from songhe.policy.terms import terms
from songhe.provider.models import Kind, Listing, Provider
from songhe.redemption.models import Bill, Line, Reversal
from songhe.service.models import Stay
from songhe.settlement.models import Statement
from songhe.statistics.kept import kept

PROGRAMME = "consumption-voucher"
STANDING = (Bill.State.BOOKED, Bill.State.PROVISIONAL)
DECIDED = (Application.State.APPROVED, Application.State.REFUSED)

Row = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """What a figure is about: counties, a month as it stood on ``on``, perhaps one place inside and one group.

    ``place``: the first digits of a division (six of a county, nine of a town, twelve of a village).
    """

    counties: tuple[str, ...]
    month: Month
    on: date
    place: str = ""
    group: str = ""
    programme: str = PROGRAMME

    @property
    def day(self) -> date:
        """The last day of the month, or the present one while it lasts."""
        return min(self.on, self.month.last)

    @property
    def is_present(self) -> bool:
        return self.on <= self.month.last

    @property
    def is_whole(self) -> bool:
        """Whether nothing is filtered: money that belongs to no person or group can be told."""
        return not self.group and not self.place

    def at_place(self, code: str) -> Frame:
        return replace(self, place=code)


@dataclass(frozen=True)
class Rows:
    """One set of rows with its measures, and by which columns it can be divided."""

    name: str
    of: Callable[[Frame], QuerySet[Any]]
    measures: Mapping[str, Any]
    place: str = ""
    group: str = ""
    day: str = ""
    #: The column that names the person, for the list behind a figure.
    person: str = ""


def _people(frame: Frame) -> QuerySet[Any]:
    return Person.rows.filter(
        Q(closed_on=None) | Q(closed_on__gt=frame.day), county__in=frame.counties, opened_on__lte=frame.day
    )


def _entitled(frame: Frame) -> QuerySet[Any]:
    """Each person's latest determination on the day, where it says entitled."""
    rows = Determination.objects.filter(
        county__in=frame.counties, policy=frame.programme, outcome=Determination.Outcome.ENTITLED
    )
    if frame.is_present:
        return rows.filter(current=True)
    later = Determination.objects.filter(
        county=OuterRef("county"),
        person_id=OuterRef("person_id"),
        policy=frame.programme,
        on__lte=frame.day,
        at__gt=OuterRef("at"),
    )
    return rows.filter(~Exists(later), on__lte=frame.day)


def _reached(frame: Frame) -> QuerySet[Any]:
    asked, holds = _reaching(frame)
    return _entitled(frame).filter(Exists(asked) | Exists(holds))


def _reaching(frame: Frame) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """What shows that somebody was reached: an application that was handed in, or a right."""
    told = {"county": OuterRef("county"), "person_id": OuterRef("person_id"), "policy": frame.programme}
    asked = Application.rows.filter(**told, opened_at__lt=_end(frame)).exclude(state=Application.State.DRAFT)
    return asked, Entitlement.objects.filter(**told, approved_on__lte=frame.day)


def _unreached(frame: Frame) -> QuerySet[Any]:
    asked, holds = _reaching(frame)
    return _entitled(frame).filter(~Exists(asked), ~Exists(holds))


def _assessed(frame: Frame) -> QuerySet[Any]:
    """Effective on the day: not replaced, disputed or voided before the day was over."""
    end = _end(frame)
    rows = Assessment.rows.filter(county__in=frame.counties)
    if frame.is_present:
        return rows.filter(state=Assessment.State.EFFECTIVE)
    return rows.filter(
        Q(state=Assessment.State.EFFECTIVE)
        | Q(state=Assessment.State.DISPUTED, disputed_at__gte=end)
        | Q(state=Assessment.State.REPLACED, replaced_by__effective_at__gte=end),
        effective_at__lt=end,
    )


def _grants(frame: Frame) -> QuerySet[Any]:
    rows = Grant.objects.filter(county__in=frame.counties, programme=frame.programme, month=str(frame.month))
    return rows.filter(category=frame.group) if frame.group else rows


def _expired(frame: Frame) -> QuerySet[Any]:
    back = (
        Transfer.objects.filter(county=OuterRef("county"), about=OuterRef("id"), kind="expire")
        .order_by()
        .values("about")
        .annotate(fen=Sum("amount"))
        .values("fen")
    )
    return _grants(frame).filter(state=Grant.State.EXPIRED).annotate(left_fen=Subquery(back)).filter(left_fen__gt=0)


def _bills(frame: Frame) -> QuerySet[Any]:
    rows = Bill.objects.filter(
        county__in=frame.counties, month=str(frame.month), grant__programme=frame.programme, state__in=STANDING
    )
    return rows.filter(category=frame.group) if frame.group else rows


def _lines(frame: Frame) -> QuerySet[Any]:
    """What was charged for the month and not undone."""
    undone = Reversal.objects.filter(county=OuterRef("county"), line_id=OuterRef("id"))
    rows = Line.objects.filter(
        ~Exists(undone),
        county__in=frame.counties,
        bill__month=str(frame.month),
        bill__grant__programme=frame.programme,
    )
    return rows.filter(category=frame.group) if frame.group else rows


def _paid_lines(frame: Frame) -> QuerySet[Any]:
    return _lines(frame).filter(voucher_fen__gt=0)


def _driven_lines(frame: Frame) -> QuerySet[Any]:
    """All standing lines of bills that a voucher paid part of."""
    undone = Reversal.objects.filter(county=OuterRef("county"), line_id=OuterRef("id"))
    paid = Line.objects.filter(
        ~Exists(undone), county=OuterRef("county"), bill_id=OuterRef("bill_id"), voucher_fen__gt=0
    )
    return _lines(frame).filter(Exists(paid))


def _reversals(frame: Frame) -> QuerySet[Any]:
    rows = Reversal.objects.filter(
        county__in=frame.counties,
        line__bill__month=str(frame.month),
        line__bill__grant__programme=frame.programme,
    )
    return rows.filter(line__category=frame.group) if frame.group else rows


def _stays(frame: Frame) -> QuerySet[Any]:
    return Stay.objects.filter(
        Q(discharged_on=None) | Q(discharged_on__gt=frame.day),
        county__in=frame.counties,
        admitted_on__lte=frame.day,
        provider_id__in=_institutions(frame).values("id"),
    )


def _institutions(frame: Frame) -> QuerySet[Provider]:
    listed = Listing.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=frame.day), county__in=frame.counties, valid_from__lte=frame.day
    )
    return Provider.objects.filter(kind=Kind.INSTITUTION, beds__gt=0, id__in=listed.values("provider_id"))


def _decided(frame: Frame) -> QuerySet[Any]:
    return Application.rows.filter(
        county__in=frame.counties,
        policy=frame.programme,
        state__in=DECIDED,
        decided_on__range=(frame.month.first, frame.day),
        submitted_on__isnull=False,
    )


def _end(frame: Frame) -> Any:
    """The instant at which the day is over."""
    return midnight(date.fromordinal(frame.day.toordinal() + 1))


def _fen(column: str) -> Any:
    return Coalesce(Sum(column), Value(0))


#: Every set of rows, with what is counted of it.
SETS: tuple[Rows, ...] = (
    Rows("people", _people, {"people": Count("id")}, place="place", person="id"),
    Rows("entitled", _entitled, {"entitled": Count("id")}, place="person__place", person="person_id"),
    Rows("reached", _reached, {"reached": Count("id")}, place="person__place", person="person_id"),
    Rows("unreached", _unreached, {"unreached": Count("id")}, place="person__place", person="person_id"),
    Rows(
        "assessed",
        _assessed,
        {"assessed": Count("person_id", distinct=True)},
        place="person__place",
        person="person_id",
    ),
    Rows(
        "grants",
        _grants,
        {
            "issued": Count("id"),
            "issued_fen": _fen("face_fen"),
            "granted": Count("person_id", distinct=True, filter=~Q(state=Grant.State.REVOKED)),
        },
        place="person__place",
        group="category",
        person="person_id",
    ),
    Rows(
        "expired",
        _expired,
        {"expired": Count("id"), "expired_fen": _fen("left_fen")},
        place="person__place",
        group="category",
        person="person_id",
    ),
    Rows("bills", _bills, {"redeemed": Count("id")}, place="person__place", group="category", person="person_id"),
    Rows(
        "lines",
        _paid_lines,
        {"redeemed_fen": _fen("voucher_fen"), "users": Count("bill__person_id", distinct=True)},
        place="bill__person__place",
        group="category",
        day="service_on",
        person="bill__person_id",
    ),
    Rows(
        "driven",
        _driven_lines,
        {"driven_fen": _fen("fee_fen"), "driving_fen": _fen("voucher_fen")},
        place="bill__person__place",
        group="category",
        person="bill__person_id",
    ),
    Rows(
        "reversals",
        _reversals,
        {"reversed": Count("id"), "reversed_fen": _fen("line__voucher_fen")},
        place="line__bill__person__place",
        group="line__category",
        person="line__bill__person_id",
    ),
    Rows("stays", _stays, {"occupied": Count("id")}, place="person__place", person="person_id"),
    Rows("decided", _decided, {"decided": Count("id")}, place="person__place", person="person_id"),
)
OF_MEASURE: dict[str, Rows] = {measure: rows for rows in SETS for measure in rows.measures}


def within(frame: Frame, rows: Rows) -> QuerySet[Any]:
    """The rows of a set inside the frame's place."""
    found = rows.of(frame)
    if frame.place and rows.place:
        found = found.filter(**{f"{rows.place}__startswith": frame.place})
    return found


@kept
def measures(frame: Frame) -> dict[str, int]:
    """Every measure of the frame; one query for each set and a few more, whatever the number of people."""
    found: dict[str, int] = {}
    for rows in SETS:
        found |= within(frame, rows).order_by().aggregate(**rows.measures)
    found |= _times(frame)
    if frame.is_whole:
        found |= _of_the_whole(frame)
    return found


@kept
def by_place(frame: Frame, wanted: Collection[str], *, width: int) -> dict[str, dict[str, int]]:
    """These measures for each place of so many digits inside the frame, by code; one query for each set."""
    return _divided(frame, wanted, lambda rows: Substr(rows.place, 1, width) if rows.place else None)


@kept
def by_group(frame: Frame, wanted: Collection[str]) -> dict[str, dict[str, int]]:
    """These measures for each group of service; vouchers whose group is not chosen yet stand under ``""``."""
    return _divided(frame, wanted, lambda rows: Coalesce(F(rows.group), Value("")) if rows.group else None)


@kept
def by_level(frame: Frame) -> dict[int, int]:
    """How many people with an assessment in effect stand at each level."""
    rows = within(frame, OF_MEASURE["assessed"]).order_by().values("final_level")
    return {row["final_level"]: row["n"] for row in rows.annotate(n=Count("person_id", distinct=True))}


@kept
def by_day(frame: Frame, *, months: Collection[Month] = ()) -> dict[Month, dict[date, int]]:
    """What vouchers paid, in fen, by the day of the service: of the frame's month, or of these, in one query."""
    asked = [str(month) for month in months] or [str(frame.month)]
    undone = Reversal.objects.filter(county=OuterRef("county"), line_id=OuterRef("id"))
    rows = Line.objects.filter(
        ~Exists(undone),
        county__in=frame.counties,
        bill__month__in=asked,
        bill__grant__programme=frame.programme,
        voucher_fen__gt=0,
    )
    if frame.group:
        rows = rows.filter(category=frame.group)
    if frame.place:
        rows = rows.filter(bill__person__place__startswith=frame.place)
    found: dict[Month, dict[date, int]] = {Month.parse(month): {} for month in asked}
    told = rows.order_by().values_list("bill__month", "service_on").annotate(fen=Sum("voucher_fen"))
    for month, day, fen in told:
        found[Month.parse(month)][day] = fen
    return found


@kept
def issued_by_month(frame: Frame, months: Collection[Month]) -> dict[Month, int]:
    """What was issued for each of these months, in fen."""
    rows = Grant.objects.filter(
        county__in=frame.counties, programme=frame.programme, month__in=[str(month) for month in months]
    )
    if frame.group:
        rows = rows.filter(category=frame.group)
    if frame.place:
        rows = rows.filter(person__place__startswith=frame.place)
    return {Month.parse(month): fen for month, fen in rows.order_by().values_list("month").annotate(Sum("face_fen"))}


@kept
def institutions(frame: Frame) -> list[dict[str, Any]]:
    """Beds and residents of each listed institution on the day, by name; one query."""
    there = (
        Stay.objects.filter(
            Q(discharged_on=None) | Q(discharged_on__gt=frame.day),
            county__in=frame.counties,
            admitted_on__lte=frame.day,
            provider_id=OuterRef("id"),
        )
        .order_by()
        .values("provider_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    rows = _institutions(frame).annotate(occupied=Coalesce(Subquery(there), Value(0))).order_by("name", "id")
    return [dict(row) for row in rows.values("id", "name", "beds", "occupied")]


def person_ids(frame: Frame, measure: str) -> QuerySet[Any]:
    """Whom a measure counts: their ids, to be looked up inside a scope."""
    rows = OF_MEASURE[measure]
    found = within(frame, rows)
    if measure == "granted":
        found = found.exclude(state=Grant.State.REVOKED)
    return found.order_by().values(rows.person)


def amounts(frame: Frame, measure: str, ids: Collection[Any]) -> dict[Any, int]:
    """The measure of each of these people; one query."""
    rows = OF_MEASURE[measure]
    found = within(frame, rows).filter(**{f"{rows.person}__in": list(ids)}).order_by()
    told = found.values_list(rows.person).annotate(value=rows.measures[measure])
    return dict(told)


def limit_of(frame: Frame) -> int | None:
    """How many working days a review may take here; nothing where the place has set no limit, or has no rules."""
    try:
        return terms(policy=frame.programme, place=frame.counties[0], on=frame.day).review_days
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        return None


def _times(frame: Frame) -> dict[str, int]:
    """Working days from application to decision, from one count for each pair of days."""
    pairs = (
        within(frame, OF_MEASURE["decided"])
        .order_by()
        .values_list("submitted_on", "decided_on")
        .annotate(n=Count("id"))
    )
    calendar, limit = loaded_calendar(), limit_of(frame) if frame.counties else None
    days = late = longest = 0
    for submitted, decided, n in pairs:
        took = _took(submitted, decided, calendar)
        days += took * n
        longest = max(longest, took)
        late += n if limit is not None and took > limit else 0
    return {"decision_days": days, "decided_late": late, "decision_longest": longest}


def _took(submitted: date, decided: date, calendar: WorkCalendar) -> int:
    if decided <= submitted:
        return 0
    return workdays_between(date.fromordinal(submitted.toordinal() + 1), decided, calendar)


def _of_the_whole(frame: Frame) -> dict[str, int]:
    """What belongs to a county and to nobody in it: budget, beds, and what was paid to providers."""
    budget = Budget.objects.filter(county__in=frame.counties, programme=frame.programme, month=str(frame.month))
    paid = Statement.objects.filter(county__in=frame.counties, month=str(frame.month), state=Statement.State.PAID)
    return {
        "budget_fen": budget.aggregate(fen=_fen("amount_fen"))["fen"],
        "settled_fen": paid.aggregate(fen=_fen("net_fen"))["fen"],
        "beds": _institutions(frame).aggregate(beds=Coalesce(Sum("beds"), Value(0)))["beds"],
    }


def _divided(frame: Frame, wanted: Collection[str], by: Callable[[Rows], Any]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for rows in SETS:
        asked = {name: measure for name, measure in rows.measures.items() if name in wanted}
        key = by(rows)
        if not asked or key is None:
            continue
        told = within(frame, rows).order_by().annotate(part=key).values("part").annotate(**asked)
        for row in told:
            part = row.pop("part")
            found.setdefault(part, {}).update(row)
    return found
