"""What waits today: bills and until which day, statements to confirm, papers that end, and how the month stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from songhe.assessment.models import Assessment
from songhe.card.hold_queries import orders as orders_of
from songhe.card.models import Hold, ItemOrder
from songhe.doors.may import require
from songhe.doors.provider.desk import Desk, open_desk, shown
from songhe.doors.shell.amount import figures
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.examination_shown import caution_said
from songhe.doors.staff.words import in_chinese
from songhe.examine.models import Caution
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.policy.terms import terms
from songhe.provider.licence import Ending, ending_soon
from songhe.provider.models import BankAccount
from songhe.service.models import Stay, Visit
from songhe.settlement.served import PROGRAMME, MonthFigures, month_figures, to_confirm

#: So many days before the last one a bill is called urgent.
URGENT = 5


@dataclass(frozen=True)
class Due:
    """A month whose bills may still be handed in, and until which day."""

    month: Month
    until: date
    days_left: int
    cutoff: date | None


@dataclass(frozen=True)
class Task:
    """Something that waits: what, why, where it is done; ``tone`` bad when it is late."""

    sign: str
    what: str
    why: str
    address: str
    tone: str = ""


def due_months(county: str, on: date) -> list[Due]:
    """The months whose bills may be booked on the day: this one, and the last until its late days are over."""
    found = []
    for month in (Month.of(on).previous, Month.of(on)):
        try:
            rules = terms(policy=PROGRAMME, place=county, on=month.first)
        except Refusal:
            # No edition in force: nothing can be billed for that month.
            continue
        until = month.last + timedelta(days=rules.late_days)
        if until < on:
            continue
        cutoff = None
        if rules.cutoff_day is not None:
            following = month.next
            cutoff = date(following.year, following.number, min(rules.cutoff_day, following.days))
        found.append(Due(month, until, (until - on).days, cutoff))
    return found


def said_day(day: date) -> str:
    return day_of_month(day, "zh" if in_chinese() else "en")


def bill_tasks(due: Due, figures_of: MonthFigures) -> list[Task]:
    """What is not billed yet of a month that is still open."""
    tasks = []
    left = ngettext("还有 %(days)s 天", "还有 %(days)s 天", due.days_left) % {"days": due.days_left}
    why = _("请在 %(until)s前入账，%(left)s。") % {"until": said_day(due.until), "left": left}
    if not due.days_left:
        why = _("今天是能入账的最后一天。")
    tone = "bad" if due.days_left <= URGENT else "warn"
    month = urlencode({"month": str(due.month)})
    if figures_of.unbilled:
        what = ngettext("%(count)s 次服务还没有开账单", "%(count)s 次服务还没有开账单", figures_of.unbilled) % {
            "count": figures_of.unbilled
        }
        address = f"{reverse('provider:services')}?{month}&show=unbilled"
        tasks.append(Task("receipt", f"{said_month(due.month)} · {what}", why, address, tone))
    if figures_of.without_bill:
        what = ngettext("%(count)s 位住客本月还没有账单", "%(count)s 位住客本月还没有账单", figures_of.without_bill) % {
            "count": figures_of.without_bill
        }
        tasks.append(Task("home", f"{said_month(due.month)} · {what}", why, reverse("provider:sheets"), tone))
    if figures_of.failed:
        what = ngettext("%(count)s 行账单凭据不通过", "%(count)s 行账单凭据不通过", figures_of.failed) % {
            "count": figures_of.failed
        }
        address = f"{reverse('provider:services')}?{month}&show=fail"
        tasks.append(
            Task("alert", f"{said_month(due.month)} · {what}", _("不通过的不会结算，可申请复核。"), address, "warn")
        )
    return tasks


def said_month(month: Month) -> str:
    return _("%(month)s月") % {"month": month.number} if in_chinese() else month.first.strftime("%B")


def paper_task(papers: list[Ending], on: date) -> list[Task]:
    if not papers:
        return []
    over = sum(paper.is_over(on) for paper in papers)
    first = papers[0]
    what = ngettext("%(count)s 份证照已到期或快到期", "%(count)s 份证照已到期或快到期", len(papers)) % {
        "count": len(papers)
    }
    why = f"{first.holder} · {kind_of(first)} · {first.valid_to.isoformat()}"
    return [Task("shield", what, why, reverse("provider:workers"), "bad" if over else "warn")]


def kind_of(paper: Ending) -> str:
    from songhe.doors.provider import words

    return paper.kind if paper.of_worker else str(words.LICENCES.get(paper.kind, paper.kind))


def statement_tasks(desk: Desk) -> list[Task]:
    return [
        Task(
            "statement",
            _("%(month)s结算单待确认") % {"month": said_month(Month.parse(row.month))},
            _("应付 %(fen)s，核对后填发票号码确认。") % {"fen": figures(row.net_fen)},
            reverse("provider:statement", args=[row.no]),
            "warn",
        )
        for row in to_confirm(counties=desk.counties, provider_id=desk.provider.id)
    ]


def bank_task(desk: Desk) -> list[Task]:
    if BankAccount.objects.filter(provider=desk.provider, effective_at__isnull=False).exists():
        return []
    waiting = BankAccount.objects.filter(provider=desk.provider).exists()
    why = _("已提交，等县区核准。") if waiting else _("没有收款账户就不能付款。")
    return [Task("money", _("还没有生效的收款账户"), why, reverse("provider:account"), "info" if waiting else "bad")]


@require_safe
@require("desk.open")
def home(request: DoorRequest) -> HttpResponse:
    desk = open_desk(request, "desk.open")
    dues = due_months(desk.counties[0], request.on)
    month = Month.of(request.on)
    if desk.assesses:
        return home_of_a_body(request, desk, month)
    known = {
        due.month: month_figures(counties=desk.counties, provider_id=desk.provider.id, month=due.month) for due in dues
    }
    here = known.get(month) or month_figures(counties=desk.counties, provider_id=desk.provider.id, month=month)
    tasks: list[Task] = order_tasks(desk)
    if desk.is_manager:
        for due in dues:
            tasks += bill_tasks(due, known[due.month])
        tasks += house_tasks(desk, request.on)
    said: dict[str, Any] = {
        "month": month,
        "dues": dues,
        "tasks": tasks,
        "figures": here,
        **counted(desk, request.on),
    }
    return shown(request, desk, "provider/home.html", said)


def house_tasks(desk: Desk, on: date) -> list[Task]:
    """What waits at any provider's: its money, its papers."""
    return (
        mend_tasks(desk, on) + statement_tasks(desk) + paper_task(ending_soon(desk.provider, on), on) + bank_task(desk)
    )


def order_tasks(desk: Desk) -> list[Task]:
    """What was ordered from home and waits for a yes or a no."""
    rows = orders_of(counties=desk.counties, provider_id=desk.provider.id).filter(hold__state=Hold.State.HELD)
    asked = rows.exclude(made_by=ItemOrder.Made.TILL).filter(accepted_at=None)
    told = asked.aggregate(count=Count("id"), first=Min("hold__until"))
    if not told["count"]:
        return []
    what = ngettext("%(count)s 份预订等您答复", "%(count)s 份预订等您答复", told["count"]) % {"count": told["count"]}
    why = _("最早的一份 %(day)s前要答复，不答复钱会退回老人卡里。") % {"day": said_day(beijing_date(told["first"]))}
    return [Task("clock", what, why, reverse("provider:orders"), "warn")]


def mend_tasks(desk: Desk, on: date) -> list[Task]:
    """What the county wants mended, and by when."""
    rows = Caution.objects.filter(county__in=desk.counties, provider=desk.provider, state=Caution.State.GIVEN)
    return [
        Task(
            "alert",
            _("限期整改：%(why)s") % {"why": caution_said(row)},
            _("%(due)s前改好并报告。") % {"due": said_day(row.due_on)}
            if row.due_on >= on
            else _("期限 %(due)s，已过期。") % {"due": said_day(row.due_on)},
            reverse("provider:examination"),
            "warn" if row.due_on >= on else "bad",
        )
        for row in rows.select_related("examination").order_by("due_on", "id")
    ]


def home_of_a_body(request: DoorRequest, desk: Desk, month: Month) -> HttpResponse:
    """Who only assesses: the requests that wait for two assessors come first, and there is nothing to redeem."""
    rows = Assessment.rows.filter(county__in=desk.counties, body=desk.provider)
    told = rows.order_by().values_list("state").annotate(count=Count("id"), first=Min("requested_at"))
    by_state = {state: (count, first) for state, count, first in told}
    waiting, first = by_state.get(Assessment.State.REQUESTED, (0, None))
    tasks: list[Task] = []
    if waiting and first is not None:
        what = ngettext("%(count)s 件评估申请等您派人", "%(count)s 件评估申请等您派人", waiting) % {"count": waiting}
        days = (request.at - first).days
        why = (
            ngettext("最早的一件已等 %(days)s 天。", "最早的一件已等 %(days)s 天。", days) % {"days": days}
            if days
            else ""
        )
        tasks.append(Task("scale", what, why, reverse("assessor:body"), "warn"))
    tasks += house_tasks(desk, request.on) if desk.is_manager else []
    said = {
        "month": month,
        "tasks": tasks,
        "waiting": waiting,
        "assigned": by_state.get(Assessment.State.ASSIGNED, (0, None))[0],
        "handed_in": by_state.get(Assessment.State.SUBMITTED, (0, None))[0],
    }
    return shown(request, desk, "provider/home_of_a_body.html", said)


def counted(desk: Desk, on: date) -> dict[str, int]:
    told = {"county__in": desk.counties, "provider_id": desk.provider.id}
    return {
        "residents": Stay.objects.filter(**told, discharged_on=None).count() if desk.houses else 0,
        "today": Visit.objects.filter(**told, service_on=on).count(),
    }
