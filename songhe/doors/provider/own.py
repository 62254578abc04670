"""The provider's own file 机构资料: what is known of it, its price list, its people and papers, its bank account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import DayField, YuanField, text_field
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.kernel.refusal import Refusal
from songhe.provider import bank
from songhe.provider.admit import GROUPS_OF
from songhe.provider.catalogue import ASSESSMENT, items_on
from songhe.provider.contact import change_contact
from songhe.provider.models import BankAccount, Item, Kind, Listing, Price, Provider, Suspension
from songhe.provider.price import set_price


@dataclass(frozen=True)
class Tab:
    address: str
    word: Any
    current: bool


def tabs(current: str) -> list[Tab]:
    named = (
        ("own", _("基本信息")),
        ("hours", _("营业时间")),
        ("prices", _("价目表")),
        ("workers", _("人员与证照")),
        ("account", _("收款账户")),
    )
    return [Tab(reverse(f"provider:{name}"), word, name == current) for name, word in named]


class ContactForm(ActForm):
    address = text_field(gettext_lazy("地址"), longest=200)
    phone = text_field(gettext_lazy("电话"), longest=20, inputmode="tel")


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def own(request: DoorRequest) -> HttpResponse:
    """What stands in the county's file and where the provider is listed; address and telephone it keeps itself."""
    desk = open_desk(request, "desk.own")
    row = desk.provider
    page = partial(own_page, request, desk)
    if request.method != "POST":
        return page(fresh(ContactForm, "contact", address=row.address, phone=row.phone))
    check(request, "provider.write")

    def do(told: dict[str, Any]) -> Provider:
        return change_contact(provider=row, address=told["address"], phone=told["phone"], at=request.at, by=by(request))

    return post(
        request,
        sent(ContactForm, "contact", request),
        county=row.place,
        name=f"provider.contact:{row.id}",
        do=do,
        page=page,
        done=_("已记下新的地址和电话。"),
        on_to=reverse("provider:own"),
    )


def own_page(
    request: DoorRequest, desk: Desk, form: ActForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    row = desk.provider
    listings = list(Listing.objects.filter(provider=row).order_by("-valid_from", "county"))
    names = naming.places([row.place, *(one.county for one in listings)], request.on)
    said = {
        "tabs": tabs("own"),
        "facts": [
            Fact(_("名称"), row.name),
            Fact(_("类型"), words.KINDS.get(row.kind, row.kind)),
            Fact(_("统一社会信用代码"), row.credit_code),
            Fact(_("所在地"), naming.whole_place(row.place, request.on)),
            Fact(_("地址"), row.address),
            Fact(_("电话"), row.phone),
            Fact(_("床位"), row.beds or ""),
            Fact(_("备案日期"), row.filed_on.isoformat() if row.filed_on else ""),
        ],
        "listings": [
            (one, names.get(one.county, one.county), words.listed(groups_of(one.categories))) for one in listings
        ],
        "suspensions": list(Suspension.objects.filter(provider=row).order_by("-since")),
        "form": form,
        "open": form.is_bound,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/own.html", said, status=status)


def groups_of(categories: list[str]) -> list[Any]:
    return [words.word(words.CATEGORIES, one).said for one in categories]


class PriceForm(ActForm):
    item = forms.ChoiceField(label=gettext_lazy("服务项目"))
    price = YuanField(label=gettext_lazy("单价（元）"))
    valid_from = DayField(
        label=gettext_lazy("从哪天起"), help_text=gettext_lazy("过去的日子保留原来的价格，最早从今天起改。")
    )

    def __init__(self, *told: Any, items: list[Item], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("请选择")),
            *((one.code, f"{words.item(one)} / {words.unit(one.unit)}") for one in items),
        ]


@dataclass(frozen=True)
class PriceRow:
    item: str
    unit: str
    group: Any
    price: Price
    coming: list[Price]
    before: list[Price]


def price_rows(desk: Desk, on: date) -> list[PriceRow]:
    """Each item once: its price today, what is to come, and the old ones."""
    rows = Price.objects.filter(provider=desk.provider).select_related("item").order_by("item__code", "valid_from")
    by_code: dict[str, list[Price]] = {}
    for row in rows:
        by_code.setdefault(row.item.code, []).append(row)
    made = []
    for prices in by_code.values():
        now = [one for one in prices if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)]
        coming = [one for one in prices if one.valid_from > on]
        before = [one for one in prices if one.valid_to is not None and one.valid_to < on]
        shown_price = now[0] if now else (coming or before)[-1]
        item = shown_price.item
        made.append(
            PriceRow(
                words.item(item),
                words.unit(item.unit),
                words.word(words.CATEGORIES, item.category).said,
                shown_price,
                coming if now else coming[1:],
                before,
            )
        )
    return made


def items_for(desk: Desk, on: date) -> list[Item]:
    """What the catalogue lets this kind of body sell."""
    found = items_on(desk.counties[0], on)
    if desk.provider.kind == Kind.ASSESSMENT_BODY:
        return [one for one in found if one.category == ASSESSMENT]
    groups = GROUPS_OF[desk.provider.kind]
    return [one for one in found if one.category in groups or (not one.in_scope and one.category != ASSESSMENT)]


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def prices(request: DoorRequest) -> HttpResponse:
    """The price list: a price from a day on, in the words of the catalogue; days gone by keep theirs."""
    desk = open_desk(request, "desk.own")
    items = items_for(desk, request.on)
    form_of: Any = lambda *told, **more: PriceForm(*told, items=items, **more)  # noqa: E731
    page = partial(prices_page, request, desk)
    if request.method != "POST":
        return page(fresh(form_of, "price", valid_from=request.on))
    check(request, "provider.write")

    def do(told: dict[str, Any]) -> Price:
        return set_price(
            provider=desk.provider,
            item=next(one for one in items if one.code == told["item"]),
            price_fen=told["price"],
            valid_from=told["valid_from"],
            at=request.at,
            by=by(request),
        )

    return post(
        request,
        sent(form_of, "price", request),
        county=desk.provider.place,
        name=f"provider.price:{desk.provider.id}",
        do=do,
        page=page,
        done=_("价格已记下。"),
        on_to=reverse("provider:prices"),
    )


def prices_page(
    request: DoorRequest, desk: Desk, form: ActForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    said = {
        "tabs": tabs("prices"),
        "form": form,
        "rows": price_rows(desk, request.on),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/prices.html", said, status=status)


class AccountForm(ActForm):
    holder = text_field(gettext_lazy("户名"), longest=120)
    bank = text_field(gettext_lazy("开户行"), longest=80)
    number = text_field(gettext_lazy("银行账号"), longest=40, inputmode="numeric")
    again = text_field(gettext_lazy("再填一遍账号"), longest=40, inputmode="numeric")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("number") and told.get("again") and told["number"] != told["again"]:
            self.add_error("again", _("两次填的账号不一样。"))
        return told


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def account(request: DoorRequest) -> HttpResponse:
    """Where the provider is paid. A change is asked for here, approved by another person, and waits 72 hours."""
    desk = open_desk(request, "desk.own")
    page = partial(account_page, request, desk)
    if request.method != "POST":
        return page(fresh(AccountForm, "account", holder=desk.provider.name))
    check(request, "provider.bank_account")

    def do(told: dict[str, Any]) -> BankAccount:
        return bank.propose(
            provider=desk.provider,
            holder=told["holder"],
            bank=told["bank"],
            number=told["number"],
            at=request.at,
            by=by(request),
        )

    return post(
        request,
        sent(AccountForm, "account", request),
        county=desk.provider.place,
        name=f"provider.account:{desk.provider.id}",
        do=do,
        page=page,
        done=_("已提交。县区另一人核准后，再过 72 小时才向新账户付款。"),
        on_to=reverse("provider:account"),
        # The number is sealed where it is kept.
        not_kept=("number", "again"),
    )


def account_page(
    request: DoorRequest, desk: Desk, form: ActForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    rows = list(BankAccount.objects.filter(provider=desk.provider).order_by("-id")[:20])
    in_force = next((one for one in rows if one.effective_at and one.effective_at <= request.at), None)
    said = {
        "tabs": tabs("account"),
        "form": form,
        "rows": [(one, state_of(one, in_force, rows[0], request)) for one in rows],
        "in_force": in_force,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/account.html", said, status=status)


def state_of(row: BankAccount, in_force: BankAccount | None, newest: BankAccount, request: DoorRequest) -> words.Word:
    if in_force is not None and row.pk == in_force.pk:
        return words.Word(_("正在使用"), "ok")
    if row.effective_at is not None and row.effective_at > request.at:
        return words.Word(_("已核准，等 72 小时"), "info")
    if row.effective_at is None and row.pk == newest.pk:
        return words.Word(_("等县区核准"), "warn")
    return words.Word(_("已不用"))
