"""Which of the four groups this month's voucher is for, compared on one's own bills, and where one would go. 选组"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from songhe.doors.elder import money
from songhe.doors.elder.money_words import GROUPS, Group, carried, group_name, in_chinese
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, require_act, require_confirmed
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.acting import ActForm, sent
from songhe.grant.choose import choose
from songhe.grant.queries import Held, is_set_aside
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.provider.models import Category, Listing, Provider
from songhe.redemption.compare import MONTHS_COMPARED, Offer, best_of, compare
from songhe.redemption.queries import providers_used, spent_of_late

NO_GROUP = reason("elder.no_group", zh="请选一组。", en="Choose a group.")
NOT_LISTED = reason(
    "elder.provider_not_listed",
    zh="这家机构没有签约这一组服务，请另选一家。",
    en="This provider has no contract for the group; choose another.",
)


class GroupForm(ActForm):
    category = forms.ChoiceField(choices=Category.choices)
    standing = forms.BooleanField(required=False)


class PreferenceForm(ActForm):
    provider = forms.IntegerField(required=False, min_value=1)


@dataclass(frozen=True)
class Offered:
    """A group as the page shows it, with a form of its own while it may be chosen."""

    offer: Offer
    group: Group
    chosen: bool
    best: bool
    terms: str
    standing_note: str
    where_word: str
    form: ActForm

    @property
    def name(self) -> Any:
        return self.group.name

    @property
    def means(self) -> Any:
        return self.group.means

    @property
    def sign(self) -> str:
        return self.group.sign

    @property
    def chosen_word(self) -> str:
        return _("现在选的是这一组")

    @property
    def best_word(self) -> str:
        return _("照您的账单，这组补得最多")

    @property
    def closed_word(self) -> str:
        return _("本地暂不能选")


@require_http_methods(["GET", "HEAD", "POST"])
@require("grant.choose")
def group(request: DoorRequest, no: str) -> HttpResponse:
    """The four groups side by side; pressing one puts the voucher into it."""
    elder, held = money.voucher_of(request, no)
    require_act(elder, "choose")
    if request.method != "POST":
        return _groups(request, elder, held)
    require_confirmed(elder)
    form = sent(GroupForm, "money", request)
    if not form.is_valid():
        return _groups(request, elder, held, NO_GROUP("category"))
    told = form.cleaned_data
    try:
        money.do_once(
            request,
            elder,
            name=f"elder.choose:{no}",
            form=form,
            do=lambda: _choose(request, elder, held, told["category"], None, standing=told["standing"]),
        )
    except Refusal as refusal:
        return _groups(request, elder, money.voucher_of(request, no)[1], refusal)
    messages.success(request, _("选好了：%(group)s。") % {"group": group_name(told["category"])})
    return HttpResponseRedirect(reverse("elder:preference", args=[no]))


@require_http_methods(["GET", "HEAD", "POST"])
@require("grant.choose")
def preference(request: DoorRequest, no: str) -> HttpResponse:
    """Where one would like to go: a wish that binds nobody, among the providers listed for the group."""
    elder, held = money.voucher_of(request, no)
    require_act(elder, "choose")
    if held.grant.category is None:
        return HttpResponseRedirect(reverse("elder:group", args=[no]))
    if request.method != "POST":
        return _providers(request, elder, held)
    require_confirmed(elder)
    form = sent(PreferenceForm, "money", request)
    listed = {one.pk for one in listed_for(held.grant.county, held.grant.category, request.on)}
    if not form.is_valid() or form.cleaned_data["provider"] not in {*listed, None}:
        return _providers(request, elder, held, NOT_LISTED("provider"))
    wanted: int | None = form.cleaned_data["provider"]
    category = held.grant.category
    try:
        money.do_once(
            request,
            elder,
            name=f"elder.prefer:{no}",
            form=form,
            do=lambda: _choose(request, elder, held, category, wanted, standing=_stands(held)),
        )
    except Refusal as refusal:
        return _providers(request, elder, held, refusal)
    messages.success(request, _("记下了。"))
    return HttpResponseRedirect(reverse("elder:vouchers"))


def listed_for(county: str, category: str, on: date) -> list[Provider]:
    """The providers with whom the county's voucher of this group may be used on the day, by name, in one query."""
    rows = (
        Listing.objects.filter(county=county, valid_from__lte=on).select_related("provider").order_by("provider__name")
    )
    return [row.provider for row in rows if category in row.categories and (row.valid_to is None or row.valid_to >= on)]


def _choose(
    request: DoorRequest, elder: Whom, held: Held, category: str, provider_id: int | None, *, standing: bool
) -> dict[str, Any]:
    grant = choose(
        county=held.grant.county,
        grant_id=held.grant.id,
        category=category,
        provider_id=provider_id,
        standing=standing,
        behalf_of=money.behalf(elder),
        at=request.at,
        on=request.on,
        by=money.by(request),
    )
    return {"no": grant.no, "category": category, "provider": provider_id}


def _stands(held: Held) -> bool:
    """Whether the group of this month is the one that repeats."""
    right = held.grant.entitlement
    return right is not None and right.category == held.grant.category


def _groups(request: DoorRequest, elder: Whom, held: Held, refusal: Refusal | None = None) -> HttpResponse:
    grant = held.grant
    month = Month.parse(grant.month)
    spent = spent_of_late(county=grant.county, person_id=grant.person_id, before=month, months=MONTHS_COMPARED)
    offers = compare(groups=tuple(GROUPS), terms=grant.terms, spent=spent)
    best = best_of(offers)
    months = len({one.month for one in spent})
    repeats = _("以后每个月都是这一组，想换随时换。") if _stands(held) else _("只这个月选这一组。")
    where = (
        _("想去的机构：%(name)s，改一下") % {"name": grant.provider.name} if grant.provider else _("说说想去哪家机构")
    )
    said = {
        "held": held,
        "lead": _lead(months),
        "frozen": _frozen(held, request.on),
        "alone": best is None,
        "compared": bool(months),
        "offers": [
            Offered(
                offer=one,
                group=GROUPS[one.category],
                chosen=one.category == grant.category,
                best=one.category == best,
                terms=carried(one.ratio, one.cap_fen) if one.ratio is not None and one.cap_fen is not None else "",
                standing_note=repeats,
                where_word=where,
                form=money.fresh(name=one.category),
            )
            for one in offers
        ],
    }
    return page(request, "elder/group.html", said, whom=elder, back=reverse("elder:vouchers"), refusal=refusal)


def _lead(months: int) -> str:
    if not months:
        return _("一个月只能用一组。您还没有以前的账单，先看看每一组怎么补。")
    counted = ngettext("%(months)s 个月", "%(months)s 个月", months) % {"months": months}
    return _("一个月只能用一组。下面照您最近 %(counted)s的账单算，都是平均每个月的数。") % {"counted": counted}


def _frozen(held: Held, on: date) -> str:
    """Why the group can no longer be changed this month; "" while it can."""
    grant = held.grant
    if on > grant.valid_to or grant.state != grant.State.ACTIVE:
        return _("这张券已经不能用了，组别不能再改。")
    if grant.used_on is not None:
        told = {"day": day_of_month(grant.used_on, "zh" if in_chinese() else "en"), "group": group_name(grant.category)}
        return _("%(day)s已经用这张券付过账，本月就定在“%(group)s”，下个月可以换。") % told
    if is_set_aside(grant):
        return _("已经用这张券订了服务，本月不能换组。取消预订后可以换。")
    return ""


def _providers(request: DoorRequest, elder: Whom, held: Held, refusal: Refusal | None = None) -> HttpResponse:
    grant = held.grant
    assert grant.category is not None
    known = providers_used(county=grant.county, person_id=grant.person_id)
    found = listed_for(grant.county, grant.category, request.on)
    said = {
        "held": held,
        "group": group_name(grant.category),
        "providers": sorted(found, key=lambda one: (one.pk != grant.provider_id, one.pk not in known)),
        "known": known,
        "form": money.fresh(),
    }
    back = reverse("elder:group", args=[grant.no])
    return page(request, "elder/preference.html", said, whom=elder, back=back, refusal=refusal)
