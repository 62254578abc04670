"""What somebody holds: this month's voucher as a ticket, what to do with it, and the months before. 消费券"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.elder.card import offers_card
from songhe.doors.elder.money_words import group_name, in_chinese
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, whom
from songhe.doors.may import require
from songhe.doors.shell.pieces import Ticket, Tone
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.entitlement.models import Entitlement
from songhe.grant.models import Grant
from songhe.grant.queries import PROGRAMME, Held, held_by
from songhe.kernel.month import Month
from songhe.redemption.queries import unused


@dataclass(frozen=True)
class Note:
    text: str
    tone: Tone | str
    sign: str


@dataclass(frozen=True)
class Shown:
    """A voucher as the page shows it."""

    held: Held
    group: str
    over: str
    state: str
    ticket: Ticket
    usable: bool
    group_note: str
    note: Note | None

    @property
    def grant(self) -> Grant:
        return self.held.grant


@dataclass(frozen=True)
class Nothing:
    title: str
    text: str
    address: str = ""
    action: str = ""


@require_safe
@require("grant.read")
def vouchers(request: DoorRequest) -> HttpResponse:
    """This month's ticket first; whoever has none is told why and what to do."""
    elder = whom(request)
    noted_read(request, elder, "grant.read")
    person, month = elder.person, Month.of(request.on)
    held = _as_they_ended(person.county, held_by(county=person.county, person_id=person.id))
    now = next((one for one in held if one.grant.month == str(month)), None)
    said: dict[str, Any] = {
        "now": None if now is None else shown(now, request.on),
        "before": [shown(one, request.on) for one in held if one is not now],
        "may_show": elder.may("show_code"),
        "may_print": may_print(elder),
        "may_choose": elder.may("choose"),
        "love_card": offers_card(elder, request.on),
    }
    if now is None:
        said["none"] = _why_none(elder, month)
    return page(request, "elder/vouchers.html", said, whom=elder)


def may_print(elder: Whom) -> bool:
    """A paper that only says who somebody is may also be printed by who helps at a counter."""
    return elder.may("show_code") or elder.assistance is not None


def shown(held: Held, on: date) -> Shown:
    grant = held.grant
    over = _over(held, on)
    return Shown(
        held=held,
        group=group_name(grant.category),
        over=over,
        state=over or _("可以用"),
        ticket=ticket(held, on, over),
        usable=not over,
        group_note=_group_note(grant),
        note=_note(held, on),
    )


def _as_they_ended(county: str, held: list[Held]) -> list[Held]:
    """Of vouchers that are over what was not used, in two queries: their purses are empty."""
    over = [one.grant for one in held if one.grant.state != Grant.State.ACTIVE]
    rest = unused(county=county, grants=over)
    return [Held(one.grant, rest.get(one.grant.id, one.left_fen)) for one in held]


def ticket(held: Held, on: date, over: str) -> Ticket:
    grant = held.grant
    return Ticket(
        programme=_("养老服务消费券"),
        group=group_name(grant.category),
        left_fen=held.left_fen,
        face_fen=grant.face_fen,
        until=grant.valid_to,
        days_left=max(0, (grant.valid_to - on).days),
        number=grant.no,
        over=over,
    )


def _over(held: Held, on: date) -> str:
    """The word of the seal once nothing can be paid with it; "" while it can."""
    grant = held.grant
    if grant.state == Grant.State.REVOKED:
        return _("已撤销")
    if held.left_fen == 0 and grant.used_on is not None:
        return _("已使用")
    if grant.state == Grant.State.EXPIRED or on > grant.valid_to:
        return _("已过期")
    return ""


def _group_note(grant: Grant) -> str:
    if grant.used_on is not None:
        return _("本月用过了，下个月才能换")
    return _("第一次用之前都能改") if grant.category else _("看看哪一组最合算")


def _note(held: Held, on: date) -> Note | None:
    grant, days = held.grant, (held.grant.valid_to - on).days
    if grant.state != Grant.State.ACTIVE or on > grant.valid_to:
        return None
    if not grant.claimed:
        return Note(_("这个月的券还没有领。领了才能用，月底前不领就作废了。"), "warning", "alert")
    if held.left_fen and days == 0:
        return Note(_("今天是最后一天，过了今天就作废，不能留到下个月。"), "warning", "clock")
    if held.left_fen and days <= 7:
        until = day_of_month(grant.valid_to, "zh" if in_chinese() else "en")
        text = _("还有 %(days)s 天，%(until)s过后就作废，不能留到下个月。") % {"days": days, "until": until}
        return Note(text, "warning", "clock")
    return None


def _why_none(elder: Whom, month: Month) -> Nothing:
    """Why there is no voucher this month: no right yet, a right that was suspended or stopped, or it is on its way."""
    person = elder.person
    rights = Entitlement.objects.filter(county=person.county, person=person, policy=PROGRAMME)
    right = rights.order_by("-approved_on", "-id").first()
    if right is None:
        return Nothing(
            _("还没有消费券"),
            _("先申请养老服务消费补贴。批准后五个工作日内发第一张券，以后每月1日发。"),
            reverse("elder:home"),
            _("去申请"),
        )
    if right.state == Entitlement.State.STOPPED:
        return Nothing(_("补贴已经停发"), _("如果情况有变化，可以重新申请；不同意可以申诉。"))
    if right.state == Entitlement.State.SUSPENDED:
        return Nothing(_("补贴暂停中"), _("恢复后会接着发。有疑问请打电话问民政局。"))
    if right.first_month > str(month):
        return Nothing(_("券下个月开始发"), _("从下个月1日起，每个月一张。"))
    return Nothing(_("这个月的券还没有发"), _("已经批准，券正在发放，请过几天再看。"))
