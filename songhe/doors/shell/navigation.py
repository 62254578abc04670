"""The main navigation: what a signed-in person finds under the name of the house, by what their roles may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.doors.may import RULES, roles
from songhe.meal.models import Point
from songhe.outreach.models import Steward
from songhe.provider.models import Kind, Provider


@dataclass(frozen=True)
class Item:
    """A place to go: the name of its URL ``<door>:<page>``, its word, and the act that opens it.

    ``also``: a page elsewhere that belongs to it, with all below. ``not_for``: roles that may open it too, but find the
    same at their own door. ``only``: for whom it makes sense among those who may open it.
    """

    url: str
    word: Any
    act: str
    not_for: frozenset[Role] = frozenset()
    only: Callable[[Account, date], bool] | None = None
    also: str = ""

    @property
    def door(self) -> str:
        return self.url.partition(":")[0]


@dataclass(frozen=True)
class Shown:
    address: str
    word: str
    current: bool


AT_A_PROVIDER = frozenset({Role.PROVIDER_MANAGER, Role.CARER})


def kinds_of_providers(account: Account, on: date) -> frozenset[str]:
    """The kinds of the providers that the account works for; read once for each account object, as its roles are."""
    known: dict[date, frozenset[str]] = account.__dict__.setdefault("kinds_by_day", {})
    if on not in known:
        held = appointments(account, on, roles=list(AT_A_PROVIDER)).values_list("provider_id")
        known[on] = frozenset(Provider.objects.filter(pk__in=held).values_list("kind", flat=True))
    return known[on]


def at_an_assessment_body(account: Account, on: date) -> bool:
    """Whether the account answers for a body that assesses; other bodies name no assessors."""
    return Kind.ASSESSMENT_BODY in kinds_of_providers(account, on)


def at_who_serves(account: Account, on: date) -> bool:
    """Whether the account works where elders are served; who only assesses has neither clients nor vouchers."""
    return bool(kinds_of_providers(account, on) - {Kind.ASSESSMENT_BODY})


def at_a_meal_point(account: Account, on: date) -> bool:
    """Whether the account works for a provider that has a meal point; read once for each account object."""
    known: dict[date, bool] = account.__dict__.setdefault("meal_points_by_day", {})
    if on not in known:
        held = appointments(account, on, roles=list(AT_A_PROVIDER)).values("provider_id")
        known[on] = Point.objects.filter(provider__in=held).exclude(last_day__lt=on).exists()
    return known[on]


def is_steward(account: Account, on: date) -> bool:
    """Whether the account looks in on elders every week; read once for each account object."""
    known: dict[date, bool] = account.__dict__.setdefault("steward_by_day", {})
    if on not in known:
        held = Steward.objects.filter(account=account.username, since__lte=on)
        known[on] = held.exclude(last_day__lt=on).exists()
    return known[on]


ITEMS: tuple[Item, ...] = (
    Item("staff:inbox", _("申请审核"), "application.read", frozenset({Role.CITIZEN})),
    Item("staff:people", _("人员"), "person.search", AT_A_PROVIDER),
    Item("staff:requests", _("群众来件"), "person.verify"),
    Item("elder:assist", _("协助办理"), "elder.assist"),
    Item("staff:providers", _("机构"), "provider.read", AT_A_PROVIDER | {Role.ASSESSOR, Role.CITIZEN}),
    Item("staff:meals", _("助餐"), "meal.read"),
    Item("staff:publications", _("公示"), "publication.read"),
    Item("staff:month", _("月度运行"), "month.read"),
    Item("staff:statements", _("结算单"), "statement.read", AT_A_PROVIDER),
    Item("staff:budgets", _("预算"), "budget.read"),
    Item("staff:card", _("爱心卡"), "fund.read", also="staff:clearing"),
    Item("staff:aids", _("辅具"), "aid.read", frozenset({Role.CITIZEN})),
    Item("staff:offline", _("离线收款"), "offline.read"),
    Item("staff:credits", _("积分"), "credit.read"),
    Item("staff:credits-station", _("换餐换积分"), "credit.weigh", frozenset({Role.COUNTY_CLERK}), only=at_who_serves),
    Item("staff:examination", _("机构考核"), "examination.read"),
    Item("staff:rounds-county", _("走访和需求"), "round.read"),
    Item("staff:rounds", _("每周走访"), "round.visit", only=is_steward),
    Item("staff:overrides", _("改判"), "service.override"),
    Item("staff:duplicates", _("重复档案"), "person.merge"),
    Item("staff:complaints", _("投诉"), "complaint.read"),
    Item("staff:notices", _("通知"), "notice.outbox"),
    Item("staff:accounts", pgettext_lazy("page", "账号"), "account.read"),
    Item("staff:jobs", _("后台任务"), "job.read"),
    Item("reset-factor", _("重置验证"), "account.reset_factor"),
    Item("staff:reveals", _("查看记录"), "audit.read"),
    Item("assessor:reviews", _("评估复核"), "assessment.review"),
    Item("assessor:schedule", _("评估日程"), "assessment.submit"),
    Item("staff:dashboard", _("统计看板"), "report.read"),
    Item("staff:packs", _("政策包"), "policy.read"),
    Item("staff:downloads", _("下载中心"), "download.read"),
    Item("audit:home", _("审计"), "audit.read"),
    Item("provider:home", _("今天"), "desk.open"),
    Item("assessor:body", _("评估派单"), "assessment.assign", only=at_an_assessment_body),
    Item("provider:meals", _("助餐"), "desk.meals", only=at_a_meal_point),
    Item("provider:canteens", _("刷卡供餐"), "desk.till", only=at_a_meal_point),
    Item("provider:redeem", _("核销"), "redemption.make", only=at_who_serves),
    Item("provider:people", _("服务对象"), "desk.open", only=at_who_serves),
    Item("provider:services", pgettext_lazy("page", "服务记录"), "desk.open", only=at_who_serves),
    Item("provider:bills", pgettext_lazy("page", "账单"), "desk.bills", only=at_who_serves),
    Item("provider:aids", _("辅具"), "desk.aids", only=at_who_serves),
    Item("provider:orders", _("预订"), "desk.order", only=at_who_serves),
    Item("provider:offline", _("离线收款"), "desk.offline", only=at_who_serves),
    Item("provider:statements", _("结算单"), "desk.statements"),
    Item("provider:examination", _("机构考核"), "desk.examination", only=at_who_serves),
    Item("provider:own", _("机构资料"), "desk.own"),
)


def shown(account: Account, on: date, path: str) -> list[Shown]:
    """The items that this installation has a page for, which the account may open on the day.

    The item with the longest address that begins the path is the current one.
    """
    held = roles(account, on)
    allowed = [
        (item, _address(item.url))
        for item in ITEMS
        if held & (RULES[item.act] - item.not_for) and (item.only is None or item.only(account, on))
    ]
    found = [(item, address) for item, address in allowed if address]
    begins = [(prefix, address) for item, address in found for prefix in (address, _address(item.also)) if prefix]
    current = max(((len(prefix), address) for prefix, address in begins if path.startswith(prefix)), default=(0, ""))[1]
    return [Shown(address, str(item.word), address == current) for item, address in found]


def _address(url: str) -> str:
    try:
        return reverse(url) if url else ""
    except NoReverseMatch:
        return ""
