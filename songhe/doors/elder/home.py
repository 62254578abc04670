"""The first page 我的: whose pages these are, what is next in one big button, and at most five ways on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songhe.doors.elder.card import card_here, offers_card
from songhe.doors.elder.credits import has_credits
from songhe.doors.elder.meals import at_home
from songhe.doors.elder.notices import said_of
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, everybody, noted_read, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day
from songhe.doors.staff.words import in_chinese
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.queries import applications_of, of_person
from songhe.entitlement.states import OPEN
from songhe.kernel.month import age_on
from songhe.notice import queries as inbox

State = Application.State


@dataclass(frozen=True)
class Card:
    address: str
    sign: str
    word: Any
    text: Any


@dataclass(frozen=True)
class Next:
    """What is to be done now: one thing."""

    title: Any
    text: Any
    address: str
    word: Any
    tone: str = ""


NOTICES_SHOWN = 3

#: The ways on, in their order; one whose page is not there is left out, and there are never more than five.
CARDS: tuple[tuple[str, str, Any, Any], ...] = (
    ("elder:vouchers", "ticket", gettext_lazy("消费券"), gettext_lazy("看余额，出示消费码")),
    ("elder:bills", "receipt", gettext_lazy("账单和收据"), gettext_lazy("谁付了多少，为什么")),
    ("elder:cases", "document", gettext_lazy("申请和进度"), gettext_lazy("办到哪一步，谁在办")),
    ("elder:report", "bell", gettext_lazy("情况有变化"), gettext_lazy("住院、搬家、好转、去世")),
    ("elder:file", "person", gettext_lazy("资料和代办人"), gettext_lazy("查看、更正，谁能代办")),
)


#: Where there is a love card it stands beside the voucher, and leads to the bills like it.
LOVE_CARD = ("elder:card", "card", gettext_lazy("爱心卡"), gettext_lazy("看余额，充值，出示消费码"))


def cards(of: Whom, on: date) -> list[Card]:
    ways = CARDS
    if offers_card(of, on):
        ways = (LOVE_CARD, *(way for way in CARDS if way[0] != "elder:bills"))
    found = []
    for name, sign, word, text in ways:
        try:
            found.append(Card(reverse(name), sign, word, text))
        except NoReverseMatch:
            continue
    return found


#: From this age on somebody may ask for the subsidy.
ELDER_FROM = 60


def next_for(found: Whom, on: date) -> Next:
    """One thing: what waits for the person first, then what is under way, then what could be asked for."""
    person = found.person
    if person.died_on is not None:
        return Next(
            _("请节哀"),
            _("去世前已经做完的服务照常结算，其余都会自动停下，不用再办手续。"),
            reverse("elder:cases"),
            _("看看还有什么在结算"),
        )
    rows = list(applications_of(person)[:5])
    right = of_person(person).exclude(state=Entitlement.State.STOPPED).first()
    latest = next((row for row in rows if row.state in OPEN), None)
    if latest is not None:
        return of_open(latest)
    if right is not None:
        return with_right(right)
    if not rows and found.own and age_on(person.birth_date, on) < ELDER_FROM:
        return Next(
            _("替家里老人办"),
            _("您还不到 60 岁。选一位要照顾的老人，或者添加一位，申请、领券、看账单都能替他（她）办。"),
            reverse("elder:people"),
            _("选老人，或者添加"),
        )
    return _first_time(rows)


def of_open(row: Application) -> Next:
    address = reverse("elder:case", args=[row.no])
    if row.state == State.DRAFT:
        return Next(
            _("申请还没有填完"),
            _("已经填的都替您存着，接着填就行。"),
            reverse("elder:apply", args=[row.no]),
            _("接着填写"),
        )
    if row.state == State.CLARIFYING:
        return Next(_("需要您补充材料"), row.question, address, _("去补充"), "warn")
    return Next(
        _("申请正在办理"),
        _("现在不用您做什么。办到哪一步、谁在办，都能看到。"),
        address,
        _("看进度"),
    )


def with_right(right: Entitlement) -> Next:
    if right.state == Entitlement.State.SUSPENDED:
        return Next(_("待遇暂停了"), right.suspended_because, reverse("elder:cases"), _("看原因"), "warn")
    try:
        address = reverse("elder:vouchers")
    except NoReverseMatch:
        address = reverse("elder:cases")
    return Next(_("每月有一张消费券"), _("买养老服务时出示消费码，自己只付剩下的部分。"), address, _("看本月消费券"))


def _first_time(rows: list[Application]) -> Next:
    if rows and rows[0].state == State.REFUSED and rows[0].decided_on is not None:
        return Next(
            _("上次的申请没有批准"),
            _("%(day)s作的决定。决定书写明了理由，不同意可以申诉。")
            % {"day": day(rows[0].decided_on, "zh" if in_chinese() else "en")},
            reverse("elder:case", args=[rows[0].no]),
            _("看决定书"),
        )
    return Next(
        _("看看能不能领养老服务补贴"),
        _("先回答几个生活上的小问题，两分钟就好，不影响任何待遇。"),
        reverse("elder:rating"),
        _("开始"),
    )


class Told(NamedTuple):
    """The newest notices, and how many were not read yet."""

    unread: int
    rows: list[tuple[Any, Any]]


def told(found: Whom) -> Told:
    """What was told of late, by two statements."""
    person = found.person
    rows = inbox.inbox(scope=found.scope, person_id=person.id)[:NOTICES_SHOWN]
    return Told(
        inbox.unread(county=person.county, person_id=person.id),
        [(one, said_of(one, person.name, to_family=not found.own)) for one in rows],
    )


@require_safe
@require("application.read")
def home(request: DoorRequest) -> HttpResponse:
    found = whom(request)
    noted_read(request, found, "elder.read")
    said = {
        "next": next_for(found, request.on),
        "cards": cards(found, request.on),
        "meal": at_home(found, request.on),
        "credits": has_credits(found),
        "orders": found.person.died_on is None and card_here(found) is not None,
        "people": everybody(request),
        "told": told(found),
    }
    return show(request, "elder/home.html", said, whom=found)
