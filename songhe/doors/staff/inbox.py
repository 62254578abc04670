"""The inbox 申请审核: which applications wait for this person, the oldest first, each with its deadline."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from songhe.access.scope import Scope
from songhe.document.sheet import Column
from songhe.doors.may import NOT_SIGNED_IN, check, may, require
from songhe.doors.shell import navigation
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sign_in import home_of
from songhe.doors.staff import export, naming, words
from songhe.doors.staff.cursor import PAGE, address, read_moment, written
from songhe.doors.staff.reach import account_of, counties, is_staff, reach
from songhe.entitlement import queries
from songhe.entitlement.models import Application
from songhe.entitlement.states import OPEN
from songhe.examine.warn import overdue
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.place.calendar import WorkCalendar, add_workdays, loaded_calendar
from songhe.policy.terms import terms

State = Application.State

#: What the county has to do with: a draft is still the applicant's own.
UNDER_WAY = tuple(state for state in OPEN if state != State.DRAFT)
TO_APPROVE = (State.REVIEWED, State.PUBLISHED)
CLOSED = (State.APPROVED, State.REFUSED, State.WITHDRAWN, State.LAPSED)


@dataclass(frozen=True)
class Filter:
    """A chip above the list. ``states`` are those shown; a number stands on chips of open applications alone.

    ``timed``: only those whose time is over, or soon will be.
    """

    name: str
    word: Any
    states: tuple[str, ...]
    counted: bool = True
    timed: bool = False


FILTERS: tuple[Filter, ...] = (
    Filter("submitted", gettext_lazy("新提交"), (State.SUBMITTED, State.ASSESSING)),
    Filter("clarifying", gettext_lazy("待补正"), (State.CLARIFYING,)),
    Filter("determined", gettext_lazy("待初审"), (State.DETERMINED,)),
    Filter("reviewed", gettext_lazy("待审批"), (State.REVIEWED, State.PUBLISHED)),
    Filter("open", gettext_lazy("全部在办"), UNDER_WAY),
    Filter("approved", gettext_lazy("已批准"), (State.APPROVED,), counted=False),
    Filter("refused", gettext_lazy("未批准"), (State.REFUSED, State.WITHDRAWN, State.LAPSED), counted=False),
)


def mine(request: DoorRequest) -> tuple[str, ...]:
    """The states in which an application waits for one of the person's roles."""
    account = account_of(request)
    states: list[str] = []
    if may(account, "application.review", request.on):
        states += [State.SUBMITTED, State.CLARIFYING, State.DETERMINED]
    if may(account, "application.approve", request.on):
        states += [State.REVIEWED, State.PUBLISHED]
    return tuple(states)


#: What this person had a hand in, looked for among the applications of so many days.
DONE = Filter("done", gettext_lazy("我已办理"), (), counted=False)
DONE_WITHIN = timedelta(days=120)


#: By the time that is left of the working days which the place sets for the decision.
OVERDUE = Filter("overdue", gettext_lazy("已超期"), UNDER_WAY, timed=True)
SOON = Filter("soon", gettext_lazy("三日内到期"), UNDER_WAY, timed=True)
#: So many working days before its last day a case is soon due.
SOON_WITHIN = 3


def filters(request: DoorRequest) -> tuple[Filter, ...]:
    waiting = mine(request)
    if not waiting:
        return (*FILTERS, OVERDUE, SOON)
    return (Filter("mine", gettext_lazy("待我办理"), waiting), OVERDUE, SOON, *FILTERS, DONE)


class Deadlines:
    """Until when applications are to be decided: so many working days as the place sets, or no day at all."""

    def __init__(self, on: date) -> None:
        self.on = on
        self._days: dict[tuple[str, str], int | None] = {}
        self._calendar: WorkCalendar | None = None

    @property
    def calendar(self) -> WorkCalendar:
        if self._calendar is None:
            self._calendar = loaded_calendar()
        return self._calendar

    def days(self, county: str, policy: str) -> int | None:
        key = county, policy
        if key not in self._days:
            try:
                self._days[key] = terms(policy=policy, place=county, on=self.on).review_days
            except Refusal:
                # A programme that is over sets no days any more.
                self._days[key] = None
        return self._days[key]

    def due(self, row: Application) -> date | None:
        days = self.days(row.county, row.policy)
        if days is None or row.submitted_on is None:
            return None
        return add_workdays(row.submitted_on, days, self.calendar)

    def submitted_before(self, days: int, due: date) -> date:
        """The first day of submission whose time ends on ``due`` or later; whoever came before it is due earlier."""
        first = due - timedelta(days=1)
        while add_workdays(first, days, self.calendar) >= due:
            first -= timedelta(days=1)
        return first + timedelta(days=1)

    def conditions(self, scope: Scope) -> dict[str, Q]:
        """By the name of a timed filter, which open cases of the scope it shows: in one statement."""
        open_now = Application.objects.within(scope).filter(state__in=UNDER_WAY)
        found = {OVERDUE.name: Q(pk__in=()), SOON.name: Q(pk__in=())}
        soon = add_workdays(self.on, SOON_WITHIN, self.calendar) + timedelta(days=1)
        edges: dict[int, tuple[date, date]] = {}
        for county, policy in open_now.order_by("county", "policy").values_list("county", "policy").distinct():
            days = self.days(county, policy)
            if days is None:
                continue
            if days not in edges:
                edges[days] = self.submitted_before(days, self.on), self.submitted_before(days, soon)
            now, then = edges[days]
            of = Q(county=county, policy=policy)
            found[OVERDUE.name] |= of & Q(submitted_on__lt=now)
            found[SOON.name] |= of & Q(submitted_on__gte=now, submitted_on__lt=then)
        return found


@dataclass(frozen=True)
class Row:
    """One application as the list shows it."""

    address: str
    no: str
    name: str
    number: str
    town: str
    channel: Any
    level: Any
    outcome: words.Word | None
    state: words.Word
    to_approve: bool
    submitted_on: date | None
    waits: str
    due: date | None
    late: bool


def rows_of(found: Collection[Application], on: date) -> list[Row]:
    """The rows of a page, with the names of all their places fetched at once."""
    towns = naming.places((naming.town(row.person) for row in found), on)
    deadlines = Deadlines(on)
    made = []
    for row in found:
        due = deadlines.due(row) if row.state in OPEN else None
        level = row.assessment.final_level if row.assessment else None
        made.append(
            Row(
                address=reverse("staff:application", args=[row.no]),
                no=row.no,
                name=row.person.name,
                number=naming.hidden_number(row.person),
                town=towns.get(naming.town(row.person), ""),
                channel=words.word(words.CHANNELS, row.channel).said,
                level=words.LEVELS.get(level, "") if level is not None else "",
                outcome=words.word(words.OUTCOMES, row.determination.outcome) if row.determination else None,
                state=words.word(words.APPLICATION, row.state),
                to_approve=row.state in TO_APPROVE,
                submitted_on=row.submitted_on,
                waits=waits(row, on),
                due=row.publish_to if row.state == State.PUBLISHED else due,
                late=due is not None and due < on,
            )
        )
    return made


def waits(row: Application, on: date) -> str:
    """How long the case has been on its way."""
    if row.submitted_on is None or row.state not in OPEN:
        return ""
    days = (on - row.submitted_on).days
    if days <= 0:
        return _("今天提交")
    return ngettext("已等 %(days)s 天", "已等 %(days)s 天", days) % {"days": days}


def page_of(request: DoorRequest, scope: Scope, chosen: Filter, after: str) -> tuple[list[Application], str]:
    """A page of the list and where the next begins: what is open the oldest first, what is closed the newest."""
    key = read_moment(after)
    if chosen is not DONE and not chosen.timed and not set(chosen.states) & set(CLOSED):
        page = queries.inbox(scope, states=chosen.states, after=key, limit=PAGE)
        return page.items, written(*page.after) if page.after else ""
    rows = chosen_rows(scope, chosen, account_of(request).username, request.at)
    if key is not None:
        at, row_id = key
        further = "gt" if chosen.timed else "lt"
        later = Q(**{f"opened_at__{further}": at}) | Q(**{"opened_at": at, f"id__{further}": row_id})
        rows = rows.filter(later)
    order = ("opened_at", "id") if chosen.timed else ("-opened_at", "-id")
    found = list(rows.order_by(*order)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE]
    return found, written(found[-1].opened_at, found[-1].id) if more else ""


def chosen_rows(scope: Scope, chosen: Filter, username: str, at: datetime) -> QuerySet[Application]:
    """What a filter shows, in no order."""
    rows = Application.objects.within(scope).select_related("person", "assessment", "determination")
    if chosen.timed:
        return rows.filter(Deadlines(beijing_date(at)).conditions(scope)[chosen.name], state__in=chosen.states)
    if chosen.name != DONE.name:
        return rows.filter(state__in=chosen.states)
    return rows.filter(Q(reviewed_by=username) | Q(decided_by=username), opened_at__gt=at - DONE_WITHIN)


def chips(request: DoorRequest, chosen: Filter, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    here = reverse("staff:inbox")
    return [
        {
            "address": f"{here}?state={one.name}",
            "word": one.word,
            "count": count_on(one, counts),
            "current": one.name == chosen.name,
        }
        for one in filters(request)
    ]


def count_on(chip: Filter, counts: Mapping[str, int]) -> int | None:
    if chip.timed:
        return counts.get(chip.name, 0)
    return sum(counts.get(state, 0) for state in chip.states) if chip.counted else None


def timed_counts(scope: Scope, on: date) -> dict[str, int]:
    """How many open cases are overdue, and how many soon will be."""
    conditions = Deadlines(on).conditions(scope)
    rows = Application.objects.within(scope).filter(state__in=UNDER_WAY)
    return rows.aggregate(**{name: Count("id", filter=condition) for name, condition in conditions.items()})


@require_safe
def inbox(request: DoorRequest) -> HttpResponse:
    """The desk itself. Whoever has no applications to look at goes on to the first page that they may open."""
    if not request.user.is_authenticated:
        raise NOT_SIGNED_IN()
    account = account_of(request)
    if is_staff(request) and not may(account, "application.read", request.on):
        home = home_of(request, account)
        if home != settings.LOGIN_REDIRECT_URL:
            return HttpResponseRedirect(home)
        open_to = navigation.shown(account, request.on, request.path)
        return HttpResponseRedirect(open_to[0].address) if open_to else render(request, "staff/nothing.html")
    check(request, "application.read")
    scope = reach(request, "application.read")
    known = filters(request)
    chosen = next((one for one in known if one.name == request.GET.get("state")), known[0])
    counts = queries.counts(scope) | timed_counts(scope, request.on)
    found, after = page_of(request, scope, chosen, request.GET.get("after", ""))
    shown = rows_of(found, request.on)
    said = {
        "chips": chips(request, chosen, counts),
        "chosen": chosen,
        "rows": shown,
        "has_due": any(row.due for row in shown),
        "first": address(request, after="") if request.GET.get("after") else "",
        "following": address(request, after=after) if after else "",
        "waiting": sum(counts.get(state, 0) for state in mine(request)),
        "has_own": bool(mine(request)),
        "batch": may(account, "application.approve", request.on) and bool(set(chosen.states) & set(TO_APPROVE)),
        "to_approve": TO_APPROVE,
        "sheet": f"{reverse('staff:inbox-export')}?{urlencode({'state': chosen.name})}",
        "may_export": may(account, "person.export", request.on),
        "overdue_warnings": overdue_warnings(request),
    }
    return render(request, "staff/inbox.html", said)


def overdue_warnings(request: DoorRequest) -> int:
    """Providers that did not mend in time, for whoever decides on that."""
    if not may(request.user, "examination.warn", request.on):
        return 0
    return overdue(counties(request, "examination.warn"), request.on).count()


@require_safe
@require("application.read")
def as_sheet(request: DoorRequest) -> HttpResponse:
    """The list with the filter in force as a workbook, masked; a long one is made by the worker."""
    check(request, "person.export")
    scope = reach(request, "application.read")
    known = filters(request)
    chosen = next((one for one in known if one.name == request.GET.get("state")), known[0])
    rows = chosen_rows(scope, chosen, account_of(request).username, request.at)
    if export.more_than_most(rows):
        asked = {"state": chosen.name, "states": list(chosen.states), "timed": chosen.timed}
        return export.hand_over(request, "applications", asked, act="application.read")
    found = list(rows.order_by("opened_at", "id"))
    return export.workbook(
        request,
        name="applications",
        title=str(chosen.word),
        columns=sheet_columns(),
        rows=sheet_cells(found, request.on),
        counties={each.county for each in found},
    )


def sheet_columns() -> list[Column]:
    return export.titles(
        [
            (_("申请人"), "text", 14),
            (_("证件号码"), "text", 22),
            (_("申请编号"), "text", 26),
            (_("状态"), "text", 12),
            (_("认定"), "text", 12),
            (_("失能等级"), "text", 12),
            (_("居住地"), "text", 20),
            (_("渠道"), "text", 12),
            (_("提交"), "date", 14),
            (_("时限"), "date", 14),
        ]
    )


def sheet_cells(found: Collection[Application], on: date) -> Iterator[list[Any]]:
    return (
        [
            row.name,
            row.number,
            row.no,
            str(row.state.said),
            str(row.outcome.said) if row.outcome else "",
            str(row.level),
            row.town,
            str(row.channel),
            row.submitted_on,
            row.due,
        ]
        for row in rows_of(found, on)
    )


def next_for(request: DoorRequest, scope: Scope, other_than: Application) -> str:
    """The address of the case that has waited longest for this person, besides the one at hand."""
    states = mine(request)
    if not states:
        return ""
    found = queries.inbox(scope, states=states, limit=2).items
    no = next((row.no for row in found if row.id != other_than.id), "")
    return reverse("staff:application", args=[no]) if no else ""
