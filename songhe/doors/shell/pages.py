"""The start page, and the living style sheet that shows every piece."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Case, When
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from songhe.access.models import Account, Appointment
from songhe.access.role import Role
from songhe.doors.may import roles
from songhe.doors.shell import style
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sign_in import home_of
from songhe.month.sample.card.cast import NAMED as NAMED_OF_CARDS
from songhe.month.sample.cast import CAST


class WayStep(NamedTuple):
    sign: str
    word: Any
    text: Any


WAY = (
    WayStep("document", _("申请"), _("线上、代办或到窗口都可以，材料只交一次。")),
    WayStep("scale", _("评估"), _("两名评估员上门，按国家标准评定失能等级。")),
    WayStep("shield", _("审核"), _("经办与审批由两个人分别负责，每个结论都写明条款。")),
    WayStep("ticket", _("发放"), _("每月一张消费券，四个服务组别任选其一。")),
    WayStep("care", _("使用"), _("服务做了才核销，自己只付剩下的部分。")),
)


class Service(NamedTuple):
    """Something for everybody, without signing in."""

    url: str
    sign: str
    word: Any
    text: Any


OWN = Service("elder:home", "elder", _("我的补贴"), _("老人和家属登录：申请、消费码、账单、评价"))
SERVICES = (
    OWN,
    Service("public:entitled", "question", _("我能享受什么"), _("答几个问题，看能得多少、带什么、最晚哪天申请")),
    Service("public:directory", "pin", _("找机构"), _("哪里能用券，用券后自己付多少，离家多远")),
    Service("public:merchants", "money", pgettext_lazy("page", "爱心商家"), _("哪里能刷爱心卡，优惠多少，离家多远")),
    Service("public:guides", "document", _("政策指南"), _("谁可以、怎么办、多少天、依据什么")),
    Service("public:funds", "chart", _("资金公开"), _("每项资金进了多少、付了多少、还剩多少")),
    Service("public:check", "shield", _("查真伪"), _("决定书、消费券、账单是不是真的")),
    Service("public:complaint", "phone", _("投诉"), _("不满意就说，按期答复，可以不留姓名")),
)


class RoleWords(NamedTuple):
    group: Any
    sign: str
    does: Any


COUNTY_GROUP = _("县区民政")
ABOVE_GROUP = _("上级与监督")
SERVICE_GROUP = _("服务与评估")
SYSTEM_GROUP = _("系统管理")
CITIZEN_GROUP = _("老人与家属")

ROLE_WORDS: dict[Role, RoleWords] = {
    Role.COUNTY_CLERK: RoleWords(COUNTY_GROUP, "inbox", _("受理申请，登记人员")),
    Role.COUNTY_APPROVER: RoleWords(COUNTY_GROUP, "shield", _("审批申请，运行月度任务")),
    Role.FINANCE: RoleWords(COUNTY_GROUP, "money", _("拨付资金，对账关账")),
    Role.PROVIDER_MANAGER: RoleWords(SERVICE_GROUP, "building", _("记录服务，核销消费券")),
    Role.CARER: RoleWords(SERVICE_GROUP, "care", _("上门服务，签到签退")),
    Role.ASSESSOR: RoleWords(SERVICE_GROUP, "scale", _("上门评估，提交结果")),
    Role.CITY_OVERSEER: RoleWords(ABOVE_GROUP, "chart", _("查看全市办理情况")),
    Role.PROVINCE_OVERSEER: RoleWords(ABOVE_GROUP, "chart", _("查看全省办理情况，发布政策包")),
    Role.AUDITOR: RoleWords(ABOVE_GROUP, "eye", _("查留痕，抽样核验")),
    Role.WALL_SCREEN: RoleWords(ABOVE_GROUP, "chart", _("挂在墙上，只显示汇总数字")),
    Role.SYSTEM_ADMIN: RoleWords(SYSTEM_GROUP, "edit", _("开设和锁定账号")),
    Role.SECURITY_ADMIN: RoleWords(SYSTEM_GROUP, "lock", _("任命角色")),
    Role.AUDIT_ADMIN: RoleWords(SYSTEM_GROUP, "document", _("校验留痕")),
    Role.CITIZEN: RoleWords(CITIZEN_GROUP, "elder", _("查看待遇，使用消费券")),
}
GROUPS = (CITIZEN_GROUP, COUNTY_GROUP, SERVICE_GROUP, ABOVE_GROUP, SYSTEM_GROUP)
#: The logins that have a part in the sample's stories.
NAMED = (*(part.username for part in CAST), *NAMED_OF_CARDS)
#: More than this many of one role without a part would bury the others; the rest sign in by name.
SHOWN_OF_A_ROLE = 4


@require_safe
def start(request: DoorRequest) -> HttpResponse:
    """What Songhe is, the way in, and in a practice database everybody one can be."""
    said = {
        "services": services(request),
        "way": WAY,
        "practice_accounts": practice_accounts(request) if request.practice else [],
        "desk": home_of(request, request.user) if isinstance(request.user, Account) else settings.LOGIN_URL,
    }
    return render(request, "shell/start.html", said)


def services(request: DoorRequest) -> list[tuple[Service, str]]:
    """What this installation has a page for, with its address; an elder's own page is not for who works here."""
    at_work = isinstance(request.user, Account) and Role.CITIZEN not in roles(request.user, request.on)
    found = []
    for one in SERVICES:
        with suppress(NoReverseMatch):
            if not (at_work and one is OWN):
                found.append((one, reverse(one.url)))
    return found


def practice_accounts(request: DoorRequest) -> list[dict[str, Any]]:
    """The practice logins by group and role, a few of each role, those that the sample names first."""
    shown: dict[Role, list[dict[str, Any]]] = {role: [] for role in ROLE_WORDS}
    held = (
        Appointment.objects.filter(account__practice=True, account__is_active=True, valid_from__lte=request.on)
        .exclude(valid_to__lt=request.on)
        .select_related("account")
        .order_by(Case(When(account__username__in=NAMED, then=0), default=1), "account_id", "id")
    )
    for role in ROLE_WORDS:
        for appointment in held.filter(role=role)[: len(NAMED)]:
            account, others = appointment.account, shown[role]
            unnamed_too = len(others) < SHOWN_OF_A_ROLE and not any(one["username"] in NAMED for one in others)
            if account.username in NAMED or unnamed_too:
                others.append({"username": account.username, "name": account.display_name})
    groups = [
        {
            "word": group,
            "roles": [
                {"word": role.label, "does": words.does, "sign": words.sign, "accounts": shown[role]}
                for role, words in ROLE_WORDS.items()
                if words.group is group and shown[role]
            ],
        }
        for group in GROUPS
    ]
    return [group for group in groups if group["roles"]]


@require_safe
def style_sheet(request: DoorRequest) -> HttpResponse:
    """Every piece on one page, with invented values; only in a practice database."""
    if not request.practice:
        raise Http404
    return render(request, "shell/style.html", style.values(request.on))
