"""What a merchant is admitted for, what it takes off for holders of a card, and its upgraded items. 优惠和升级"""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from songhe.doors.may import require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import DayField, YuanField, text_field
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.reach import out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.provider.discount import end_discount, set_discount
from songhe.provider.help import EVERYTHING, HELPS
from songhe.provider.models import Discount, Partner, Upgrade
from songhe.provider.price import prices_on
from songhe.provider.upgrade import define_upgrade, end_upgrade

PARTNERS: dict[str, words.Word] = {
    "proposed": words.Word(gettext_lazy("等县区审批"), "warn"),
    "admitted": words.Word(gettext_lazy("在名单中"), "ok"),
    "declined": words.Word(gettext_lazy("没有批准"), "bad"),
    "left": words.Word(gettext_lazy("已退出"), "bad"),
}


def help_said(code: str) -> str:
    return str(_("全部")) if code == EVERYTHING else words.said(*HELPS.get(code, (code, code)))


class DiscountForm(ActForm):
    """A part in the hundred or a fixed amount, from a day on."""

    help = forms.ChoiceField(label=gettext_lazy("哪一类"))
    per_cent = forms.IntegerField(label=gettext_lazy("减百分之几"), min_value=1, max_value=100, required=False)
    off = YuanField(label=gettext_lazy("或每笔减多少元"), required=False)
    least = YuanField(label=gettext_lazy("满多少元才减"), required=False, least_fen=0)
    valid_from = DayField(label=gettext_lazy("从哪天起"))
    valid_to = DayField(label=gettext_lazy("到哪天止"), required=False)

    def __init__(self, *told: Any, helps: list[str], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["help"].choices = [(one, help_said(one)) for one in (*helps, EVERYTHING)]  # type: ignore[attr-defined]


class EndForm(ActForm):
    last_day = DayField(label=gettext_lazy("最后一天"))


class UpgradeForm(ActForm):
    base = forms.ChoiceField(label=gettext_lazy("基础项目"))
    code = text_field(
        gettext_lazy("项目编码"), longest=30, help_text=gettext_lazy("小写字母、数字和短横，如 bath-herbs。")
    )
    name = text_field(gettext_lazy("中文名称"), longest=80)
    name_en = text_field(gettext_lazy("英文名称"), longest=120)
    more = text_field(gettext_lazy("比基础项目多什么"), longest=300)
    price = YuanField(label=gettext_lazy("升级后的价格（元）"))
    valid_from = DayField(label=gettext_lazy("从哪天起"))

    def __init__(self, *told: Any, bases: dict[str, Any], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["base"].choices = [(code, words.item(item)) for code, item in bases.items()]  # type: ignore[attr-defined]


def partners_of(desk: Desk) -> list[Partner]:
    return list(Partner.objects.filter(provider=desk.provider).order_by("county", "-id"))


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def offers(request: DoorRequest) -> HttpResponse:
    """``what`` is ``discount`` or ``upgrade``; both hold from a day on and are never changed, only ended."""
    desk = open_desk(request, "desk.own")
    page = partial(offers_page, request, desk)
    if request.method != "POST":
        return page(None)
    if request.POST.get("what") == "upgrade":
        return upgrade(request, desk)
    partner = admitted(desk)
    if partner is None:
        raise Http404

    def do(told: dict[str, Any]) -> Discount:
        return set_discount(
            partner=partner,
            help=told["help"],
            per_cent=told["per_cent"],
            off_fen=told["off"],
            least_fen=told["least"] or 0,
            valid_from=told["valid_from"],
            valid_to=told["valid_to"],
            at=request.at,
            by=by(request),
        )

    form = sent(partial(DiscountForm, helps=partner.helps), "discount", request)  # type: ignore[arg-type]
    name = f"provider.discount:{desk.provider.id}"
    return post(request, form, county=partner.county, name=name, do=do, page=page, done=_("优惠已记下。"), on_to=here())


def here() -> str:
    return reverse("provider:offers")


def ending(one: Upgrade, request: DoorRequest) -> ActForm | None:
    """How to end what has no last day yet, or a later one."""
    if one.valid_to is not None and one.valid_to <= request.on:
        return None
    return fresh(EndForm, f"better_{one.pk}", last_day=request.on)


def admitted(desk: Desk) -> Partner | None:
    return next((one for one in partners_of(desk) if one.state == Partner.State.ADMITTED), None)


def bases_of(request: DoorRequest, desk: Desk) -> dict[str, Any]:
    return {price.item.code: price.item for price in prices_on(desk.provider, request.on)}


def upgrade(request: DoorRequest, desk: Desk) -> HttpResponse:
    bases = bases_of(request, desk)

    def do(told: dict[str, Any]) -> Upgrade:
        return define_upgrade(
            provider=desk.provider,
            base=bases[told["base"]],
            code=told["code"],
            name=told["name"],
            name_en=told["name_en"],
            more=told["more"],
            price_fen=told["price"],
            valid_from=told["valid_from"],
            at=request.at,
            by=by(request),
        )

    form = sent(partial(UpgradeForm, bases=bases), "upgrade", request)  # type: ignore[arg-type]
    name = f"provider.upgrade:{desk.provider.id}"
    page = partial(offers_page, request, desk)
    return post(
        request, form, county=desk.provider.place, name=name, do=do, page=page, done=_("升级项目已记下。"), on_to=here()
    )


@require_POST
@require("desk.own")
def end(request: DoorRequest, discount_id: int) -> HttpResponse:
    """The last day of a discount."""
    desk = open_desk(request, "desk.own")
    row = Discount.objects.select_related("partner").filter(pk=discount_id).first()
    if row is None:
        raise Http404
    if row.partner.provider_id != desk.provider.id:
        out_of_reach(request, county=row.partner.county, subject="discount", subject_id=str(row.pk))

    def do(told: dict[str, Any]) -> Discount:
        return end_discount(discount=row, last_day=told["last_day"], at=request.at, by=by(request))

    form = sent(EndForm, "end", request)
    name = f"provider.end_discount:{row.pk}"
    page = partial(offers_page, request, desk)
    return post(
        request,
        form,
        county=row.partner.county,
        name=name,
        do=do,
        page=page,
        done=_("优惠已定下最后一天。"),
        on_to=here(),
    )


@require_POST
@require("desk.own")
def end_better(request: DoorRequest, upgrade_id: int) -> HttpResponse:
    """The last day of an upgraded item."""
    desk = open_desk(request, "desk.own")
    row = Upgrade.objects.select_related("provider").filter(pk=upgrade_id).first()
    if row is None:
        raise Http404
    if row.provider_id != desk.provider.id:
        out_of_reach(request, county=row.provider.place, subject="upgrade", subject_id=str(row.pk))

    def do(told: dict[str, Any]) -> Upgrade:
        return end_upgrade(upgrade=row, last_day=told["last_day"], at=request.at, by=by(request))

    return post(
        request,
        sent(EndForm, f"better_{row.pk}", request),
        county=row.provider.place,
        name=f"provider.end_upgrade:{row.pk}",
        do=do,
        page=partial(offers_page, request, desk),
        done=_("升级项目已定下最后一天。"),
        on_to=here(),
    )


def offers_page(
    request: DoorRequest, desk: Desk, form: ActForm | None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    partners = partners_of(desk)
    partner = next((one for one in partners if one.state == Partner.State.ADMITTED), None)
    bases = bases_of(request, desk)
    discounts = Discount.objects.filter(partner__in=partners).order_by("-valid_from", "-id")[:100]
    in_force = Q(valid_to__isnull=True) | Q(valid_to__gte=request.on)
    upgrades = Upgrade.objects.filter(in_force, provider=desk.provider).select_related("base").order_by("code")
    discounting: Any = partial(DiscountForm, helps=partner.helps if partner else [])
    upgrading: Any = partial(UpgradeForm, bases=bases)
    setting = form if isinstance(form, DiscountForm) else fresh(discounting, "discount", valid_from=request.on)
    defining = form if isinstance(form, UpgradeForm) else fresh(upgrading, "upgrade", valid_from=request.on)
    said = {
        "partners": [
            (one, words.word(PARTNERS, one.state), words.listed(help_said(each) for each in one.helps))
            for one in partners
        ],
        "discounts": [
            (
                one,
                help_said(one.help),
                fresh(EndForm, f"end_{one.pk}", last_day=request.on)
                if one.valid_to is None or one.valid_to > request.on
                else None,
            )
            for one in discounts
        ],
        "upgrades": [
            (one, words.said(one.name, one.name_en), words.item(one.base), ending(one, request))
            for one in upgrades[:200]
        ],
        "setting": setting if partner else None,
        "defining": defining if bases else None,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/offers.html", said, status=status)
