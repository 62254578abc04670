"""The white list of merchants 爱心商家: put forward by one, admitted by another, leaving with a last day; discounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.fields import DayField, YuanField
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, history, naming, words
from songhe.doors.staff.acting import ActForm, because
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.providers import near
from songhe.doors.staff.reach import county_of
from songhe.doors.staff.verbs import (
    NOTHING_WRONG,
    Here,
    ThingForm,
    Verb,
    Wrong,
    by_whom,
    decided_by_another,
    find,
    in_state,
    offers,
    perform,
)
from songhe.provider import partner as verbs
from songhe.provider.discount import end_discount, set_discount
from songhe.provider.models import Discount, Kind, Partner

S = Partner.State
#: Merchants of a list; a county has tens.
MOST = 300


class ProposeForm(ThingForm):
    provider = forms.ChoiceField(label=gettext_lazy("商家"))
    helps = forms.MultipleChoiceField(label=gettext_lazy("经营类别"), widget=forms.CheckboxSelectMultiple)
    valid_from = DayField(label=gettext_lazy("起始日期"))

    def about(self, thing: Here, request: DoorRequest) -> None:
        self.choose("provider", [(str(each.pk), each.name) for each in candidates(thing.county)])
        self.choose("helps", card_words.help_choices())
        self.fields["valid_from"].initial = request.on


def candidates(county: str) -> Any:
    """Bodies of the county that are not on the list and wait for nothing; whoever assesses sells nothing."""
    listed = Partner.objects.filter(county=county, state__in=[S.PROPOSED, S.ADMITTED]).values("provider")
    return near(county).exclude(kind=Kind.ASSESSMENT_BODY).exclude(pk__in=listed).order_by("name", "pk")[:MOST]


def _propose(here: Here, told: Mapping[str, Any], request: DoorRequest) -> None:
    verbs.propose_partner(
        provider=near(here.county).get(pk=told["provider"]),
        county=here.county,
        helps=told["helps"],
        valid_from=told["valid_from"],
        **by_whom(request),
    )


def _admit(row: Partner, told: Mapping[str, Any], request: DoorRequest) -> None:
    verbs.admit_partner(partner=row, **by_whom(request))


def _decline(row: Partner, told: Mapping[str, Any], request: DoorRequest) -> None:
    verbs.decline_partner(partner=row, because=told["because"], **by_whom(request))


class LeaveForm(ActForm):
    last_day = DayField(label=gettext_lazy("最后一天"))
    because = because(gettext_lazy("理由"), longest=300)


def _leave(row: Partner, told: Mapping[str, Any], request: DoorRequest) -> None:
    verbs.leave_partner(partner=row, last_day=told["last_day"], because=told["because"], **by_whom(request))


class DiscountForm(ThingForm):
    help = forms.ChoiceField(label=gettext_lazy("服务项目"))
    per_cent = forms.IntegerField(
        label=gettext_lazy("优惠百分之几"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("打九折填 10。"),
    )
    off = YuanField(label=gettext_lazy("或立减（元）"), required=False)
    least = YuanField(label=gettext_lazy("满多少元才优惠"), required=False)
    valid_from = DayField(label=gettext_lazy("起始日期"))
    valid_to = DayField(label=gettext_lazy("截止日期"), required=False, help_text=gettext_lazy("不填为长期。"))

    def about(self, thing: Partner, request: DoorRequest) -> None:
        self.choose(
            "help", [("*", card_words.help_name("*")), *((each, card_words.help_name(each)) for each in thing.helps)]
        )
        self.fields["valid_from"].initial = request.on


def _discount(row: Partner, told: Mapping[str, Any], request: DoorRequest) -> None:
    set_discount(
        partner=row,
        help=told["help"],
        per_cent=told["per_cent"],
        off_fen=told["off"],
        least_fen=told["least"] or 0,
        valid_from=told["valid_from"],
        valid_to=told["valid_to"],
        **by_whom(request),
    )


class EndForm(ThingForm):
    discount = forms.ChoiceField(label=gettext_lazy("哪一项优惠"))
    last_day = DayField(label=gettext_lazy("最后一天"))

    def about(self, thing: Partner, request: DoorRequest) -> None:
        self.choose("discount", [(str(each.pk), discount_said(each)) for each in running(thing, request)])


def running(row: Partner, request: DoorRequest) -> list[Discount]:
    rows = Discount.objects.filter(Q(valid_to=None) | Q(valid_to__gt=request.on), partner=row)
    return list(rows.order_by("valid_from", "id"))


def _end(row: Partner, told: Mapping[str, Any], request: DoorRequest) -> None:
    found = Discount.objects.get(partner=row, pk=told["discount"])
    end_discount(discount=found, last_day=told["last_day"], **by_whom(request))


def discount_said(row: Discount) -> str:
    off = (
        _("减 %(percent)s%%") % {"percent": row.per_cent}
        if row.per_cent is not None
        else _("立减 ¥%(yuan)s") % {"yuan": f"{(row.off_fen or 0) / 100:.2f}"}
    )
    least = _("满 ¥%(yuan)s 起") % {"yuan": f"{row.least_fen / 100:.2f}"} if row.least_fen else ""
    return words.listed(part for part in (card_words.help_name(row.help), off, least) if part)


PROPOSE = Verb(
    "propose",
    "merchant.propose",
    gettext_lazy("推荐爱心商家"),
    gettext_lazy("先在“机构”里登记，有地图位置；另一人批准后可以刷爱心卡。"),
    gettext_lazy("已提出，请另一人批准。"),
    ProposeForm,
    _propose,
)
VERBS: tuple[Verb, ...] = (
    *decided_by_another(
        "merchant.admit",
        _admit,
        _decline,
        gettext_lazy("从起始日期起可以刷爱心卡。"),
        gettext_lazy("已批准，列入名单。"),
        name="admit",
        waits=S.PROPOSED,
    ),
    Verb(
        "discount",
        "merchant.propose",
        gettext_lazy("登记优惠"),
        gettext_lazy("优惠写在小票上；几项优惠取减得最多的一项。"),
        gettext_lazy("优惠已登记。"),
        DiscountForm,
        _discount,
        open_to=in_state(S.ADMITTED),
    ),
    Verb(
        "end-discount",
        "merchant.propose",
        gettext_lazy("结束优惠"),
        gettext_lazy("写明最后一天。"),
        gettext_lazy("已写明优惠的最后一天。"),
        EndForm,
        _end,
        open_to=in_state(S.ADMITTED, S.LEFT),
    ),
    Verb(
        "leave",
        "merchant.propose",
        gettext_lazy("退出名单"),
        gettext_lazy("最后一天以后不能再刷卡；以前卖的照常结算。"),
        gettext_lazy("已写明最后一天。"),
        LeaveForm,
        _leave,
        open_to=in_state(S.ADMITTED),
        tone="grave",
    ),
)


@dataclass(frozen=True)
class Row:
    row: Partner
    state: words.Word
    helps: str


@require_safe
@require("merchant.read")
def merchants(request: DoorRequest) -> HttpResponse:
    """The list of a county, those that wait first."""
    return merchants_shown(request, county_of(request, "merchant.read"))


def merchants_shown(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    rows = list(
        Partner.objects.filter(county=county).select_related("provider").order_by("provider__name", "id")[:MOST]
    )
    order = [S.PROPOSED, S.ADMITTED, S.LEFT, S.DECLINED]
    said = {
        **tabs(request, county, "staff:card-merchants"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "rows": [
            Row(each, words.word(card_words.PARTNERS, each.state), card_words.helps(each.helps))
            for each in sorted(rows, key=lambda each: order.index(S(each.state)))
        ],
        "offered": offers(request, Here(county), [PROPOSE], page="staff:card-merchant-new", wrong=wrong),
    }
    return render(request, "staff/card_merchants.html", said, status=status)


@require_POST
@require("merchant.propose")
def new(request: DoorRequest, key: str, verb: str) -> HttpResponse:
    return perform(
        request,
        Here(key),
        [PROPOSE],
        verb,
        shown=lambda wrong, status: merchants_shown(request, key, wrong, status),
        after=reverse("staff:card-merchants"),
    )


@require_safe
@require("merchant.read")
def merchant(request: DoorRequest, partner_id: int) -> HttpResponse:
    return merchant_shown(request, find_partner(request, partner_id))


def find_partner(request: DoorRequest, partner_id: int) -> Partner:
    found: Partner = find(request, Partner.objects.select_related("provider"), "merchant.read", "partner", partner_id)
    return found


def merchant_shown(request: DoorRequest, row: Partner, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    discounts = list(Discount.objects.filter(partner=row).order_by("-valid_from", "-id"))
    names = naming.accounts([row.proposed_by, row.decided_by])
    said = {
        **tabs(request, row.county, "staff:card-merchants"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "crumbs": [Crumb(_("爱心商家"), reverse("staff:card-merchants")), Crumb(row.provider.name)],
        "row": row,
        "state": words.word(card_words.PARTNERS, row.state),
        "facts": [
            Fact(_("经营类别"), card_words.helps(row.helps)),
            Fact(_("地址"), row.provider.address),
            Fact(_("联系电话"), row.provider.phone),
            Fact(_("统一社会信用代码"), row.provider.credit_code),
            Fact(_("经办和批准"), f"{names.get(row.proposed_by, '')} · {names.get(row.decided_by, '') or '—'}"),
        ],
        "discounts": [(each, discount_said(each)) for each in discounts],
        "offered": offers(request, row, VERBS, page="staff:card-merchant-act", wrong=wrong),
        "events": history.events(
            history.entries(row.county, [("partner", row.pk)], acts=card_words.ACTS), acts=card_words.ACTS
        ),
    }
    return render(request, "staff/card_merchant.html", said, status=status)


@require_POST
@require("merchant.read")
def act(request: DoorRequest, key: int, verb: str) -> HttpResponse:
    row = find_partner(request, key)
    return perform(
        request,
        row,
        VERBS,
        verb,
        shown=lambda wrong, status: merchant_shown(request, find_partner(request, key), wrong, status),
        after=reverse("staff:card-merchant", args=[row.pk]),
    )
