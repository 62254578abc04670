"""Logins 账号: who has one, to which roles it is appointed, and how it stands; for the three administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from songhe.access import role as roles
from songhe.access.models import Account, Appointment, Factor
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.doors.may import RULES, may, require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.cursor import PAGE, address
from songhe.doors.staff.history import MOST
from songhe.doors.staff.reach import account_of, out_of_reach
from songhe.kernel import place_code
from songhe.provider.models import Provider
from songhe.trail.models import Entry

#: Logins without any role are looked for among so many of the newest; citizens' logins always have theirs.
NEWEST = 1_000
LONGEST_SEARCH = 64

#: What was done to a login, in words.
ACTS: dict[str, Any] = {
    "account.opened": gettext_lazy("开设账号"),
    "account.appointed": gettext_lazy("任命角色"),
    "account.appointment_ended": gettext_lazy("结束任职"),
    "account.locked": gettext_lazy("锁定账号"),
    "account.unlocked": gettext_lazy("解除锁定"),
    "account.barred": gettext_lazy("密码连续输错，暂停登录"),
    "account.factor_barred": gettext_lazy("验证码连续输错，暂停登录"),
    "account.factor_removed": gettext_lazy("移除第二重验证"),
    "account.factors_reset": gettext_lazy("重置第二重验证"),
    "account.password_link": gettext_lazy("给出设密码的链接"),
    "account.password_chosen": gettext_lazy("本人设好密码"),
}


@dataclass(frozen=True)
class Office:
    """An appointment as the pages show it."""

    row: Appointment
    role: str
    place: str
    provider: str
    state: words.Word
    appointed_by: str


@dataclass(frozen=True)
class Row:
    account: Account
    address: str
    offices: list[Office]
    state: words.Word
    has_factor: bool


def prefixes(request: DoorRequest, act: str) -> list[str]:
    """The beginnings of the places that the roles which allow the act reach; ``""`` is the nation."""
    held = appointments(account_of(request), request.on, roles=[role.value for role in RULES[act]])
    return sorted({place_code.prefix(one.place) for one in held})


def inside(beginnings: list[str]) -> Q:
    """Rows whose place lies inside one of them; below the nation, everything."""
    if "" in beginnings:
        return Q()
    found = Q(pk__in=())
    for one in beginnings:
        found |= Q(place__startswith=one)
    return found


def within(beginnings: list[str], on: date) -> QuerySet[Account]:
    """The logins of an administrator's reach: those appointed inside it and nowhere else, and new ones without a role.

    Citizens' logins are their owners' business and are not listed.
    """
    of_staff = Appointment.objects.exclude(role=Role.CITIZEN)
    known = of_staff.filter(inside(beginnings)).values("account_id")
    in_force = of_staff.filter(Q(valid_to=None) | Q(valid_to__gte=on), account=OuterRef("pk"))
    newest = list(Account.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST])
    bare = Account.objects.filter(pk__in=newest).exclude(Exists(Appointment.objects.filter(account=OuterRef("pk"))))
    beyond = in_force.exclude(inside(beginnings)) if "" not in beginnings else in_force.none()
    appointed = Account.objects.filter(pk__in=known).exclude(Exists(beyond))
    return Account.objects.filter(Q(pk__in=appointed.values("pk")) | Q(pk__in=bare.values("pk")))


def find(request: DoorRequest, account_id: int) -> Account:
    """The login inside the reach, or 404; asking for another place's is noted there."""
    row = within(prefixes(request, "account.read"), request.on).filter(pk=account_id).first()
    if row is None:
        elsewhere = Appointment.objects.filter(account_id=account_id).order_by("id").first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.place[:6], subject="account", subject_id=str(account_id))
        raise Http404
    return row


def offices_of(rows: list[Account], on: date, *, all_of_them: bool = False) -> dict[int, list[Office]]:
    """Their appointments in force or to come, or all there ever were, in three queries."""
    held = Appointment.objects.filter(account__in=rows).exclude(role=Role.CITIZEN).select_related("appointed_by")
    if not all_of_them:
        held = held.filter(Q(valid_to=None) | Q(valid_to__gte=on))
    found = list(held.order_by("valid_from", "id"))
    places = naming.places((row.place for row in found), on)
    providers = dict(
        Provider.objects.filter(pk__in={row.provider_id for row in found if row.provider_id}).values_list("pk", "name")
    )
    shown: dict[int, list[Office]] = {}
    for row in found:
        shown.setdefault(row.account_id, []).append(
            Office(
                row=row,
                role=role_word(row.role),
                place=_("全国") if row.place == place_code.NATION else places.get(row.place, row.place),
                provider=providers.get(row.provider_id, "") if row.provider_id else "",
                state=state_of_office(row, on),
                appointed_by=row.appointed_by.display_name if row.appointed_by else "",
            )
        )
    return shown


def role_word(role: str) -> str:
    return roles.name(role, "zh" if words.in_chinese() else "en")


def state_of_office(row: Appointment, on: date) -> words.Word:
    if row.valid_from > on:
        return words.Word(_("未到任"), "info")
    if row.valid_to is not None and row.valid_to < on:
        return words.Word(_("已结束"))
    return words.Word(_("在任"), "ok")


def state_of(row: Account, request: DoorRequest) -> words.Word:
    if row.locked_at is not None or not row.is_active:
        return words.Word(_("已锁定"), "bad")
    if row.barred_until is not None and row.barred_until > request.at:
        return words.Word(_("暂停登录"), "warn")
    if not row.last_login:
        return words.Word(_("还没登录过"), "info")
    return words.Word(_("正常"), "ok")


def with_factor(rows: list[Account]) -> set[int]:
    held = Factor.objects.filter(account__in=rows).exclude(confirmed_at=None)
    return set(held.values_list("account_id", flat=True))


#: What the list can be narrowed to.
FILTERS = ("", "locked", "bare", "no_factor")


def narrowed(rows: QuerySet[Account], name: str) -> QuerySet[Account]:
    if name == "locked":
        return rows.filter(is_active=False)
    if name == "bare":
        return rows.exclude(Exists(Appointment.objects.filter(account=OuterRef("pk"))))
    if name == "no_factor":
        return rows.exclude(Exists(Factor.objects.filter(account=OuterRef("pk")).exclude(confirmed_at=None)))
    return rows


@require_safe
@require("account.read")
def accounts(request: DoorRequest) -> HttpResponse:
    """The logins of the reach by user name, a page at a time."""
    said = {"": _("全部"), "locked": _("已锁定"), "bare": _("没有任职"), "no_factor": _("没有第二重验证")}
    chosen = request.GET.get("only", "") if request.GET.get("only", "") in FILTERS else ""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    rows = narrowed(within(prefixes(request, "account.read"), request.on), chosen)
    if text:
        rows = rows.filter(Q(username__istartswith=text) | Q(display_name__icontains=text))
    after = request.GET.get("after", "")
    found = list(rows.filter(username__gt=after).order_by("username")[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    offices, factors = offices_of(shown, request.on), with_factor(shown)
    page = {
        "q": text,
        "only": chosen,
        "chips": [
            {"address": address(request, only=name, after=""), "word": said[name], "current": name == chosen}
            for name in FILTERS
        ],
        "rows": [
            Row(
                account=row,
                address=reverse("staff:account", args=[row.pk]),
                offices=offices.get(row.pk, []),
                state=state_of(row, request),
                has_factor=row.pk in factors,
            )
            for row in shown
        ],
        "first": address(request, after="") if after else "",
        "following": address(request, after=shown[-1].username) if more else "",
        "may_open": may(request.user, "account.write", request.on),
    }
    return render(request, "staff/accounts.html", page)


def history_of(row: Account) -> list[dict[str, Any]]:
    """What was done to the login, the newest first, wherever it was appointed."""
    places = set(Appointment.objects.filter(account=row).values_list("place", flat=True))
    counties = {place[:6] for place in places} | {place_code.NATION}
    entries = Entry.objects.filter(county__in=counties, subject="account", subject_id=str(row.pk))
    found = sorted(entries.filter(act__in=list(ACTS)), key=lambda one: (one.at, str(one.id)), reverse=True)[:MOST]
    names = naming.accounts(entry.actor for entry in found)
    return [
        {
            "at": entry.at,
            "what": ACTS.get(entry.act, entry.act),
            "role": role_word(entry.detail["role"]) if entry.detail.get("role") else "",
            "who": names.get(entry.actor, entry.actor),
            "because": entry.reason,
        }
        for entry in found
    ]


def crumbs_of(row: Account) -> list[Crumb]:
    return [Crumb(pgettext("page", "账号"), reverse("staff:accounts")), Crumb(row.display_name)]
