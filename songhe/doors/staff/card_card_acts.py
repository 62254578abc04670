"""What may be done to a card at the counter: opened, lost, replaced, frozen, closed; family money to heirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.card import close
from songhe.card import open as verbs
from songhe.card.models import Card, HeirPayment, Purse
from songhe.card.standard import classify
from songhe.document.file import keep_file
from songhe.doors.provider.fields import ScanField, YuanField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm
from songhe.doors.staff.reach import account_of
from songhe.doors.staff.verbs import ThingForm, Verb, by_whom, decided_by_another, in_state
from songhe.kernel.refusal import Refusal
from songhe.person.models import Mandate, Person

S = Card.State


@dataclass(frozen=True)
class CardDesk:
    """A card with its purses and what stands in them."""

    row: Card
    purses: list[Purse]
    stands: dict[UUID, int]

    @property
    def pk(self) -> UUID:
        return self.row.id

    @property
    def county(self) -> str:
        return self.row.county

    @property
    def state(self) -> str:
        return self.row.state

    @property
    def for_heirs(self) -> list[Purse]:
        return [each for each in self.purses if each.state == Purse.State.FOR_HEIRS]


class OpenForm(ThingForm):
    number = text_field(
        gettext_lazy("社会保障卡卡号"),
        longest=40,
        required=False,
        help_text=gettext_lazy("爱心卡可以用社保卡当卡面。不填就另制一张。"),
    )
    attributes = forms.MultipleChoiceField(
        label=gettext_lazy("并入的卡"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("elder", gettext_lazy("老年卡")),
            ("veteran", gettext_lazy("优抚卡")),
            ("bus", gettext_lazy("公交卡")),
        ],
    )
    mandate = forms.ChoiceField(label=gettext_lazy("谁来授权"), required=False)

    def about(self, thing: Person, request: DoorRequest) -> None:
        rows = mandates(thing, request.on)
        self.choose(
            "mandate",
            [("", _("本人")), *((str(each.id), _("代办人 %(no)s") % {"no": n}) for n, each in enumerate(rows, 1))],
        )


def mandates(person: Person, on: date) -> list[Mandate]:
    """Who may open the card for them, by a mandate that names it."""
    rows = Mandate.objects.filter(
        county=person.county, person=person, valid_from__lte=on, valid_to__gte=on, ended_on=None
    )
    return [each for each in rows.order_by("id") if verbs.MANDATE_ACT in each.acts]


def _open(person: Person, told: Mapping[str, Any], request: DoorRequest) -> None:
    mandate = next((each for each in mandates(person, request.on) if str(each.id) == told["mandate"]), None)
    made = verbs.open_card(
        person=person,
        attributes=verbs.Attributes(**dict.fromkeys(told["attributes"], True)),
        number=told["number"].strip(),
        mandate=mandate,
        on=request.on,
        **by_whom(request),
    )
    try:
        classify(card=made, on=request.on, **by_whom(request))
    except Refusal:
        return


class ReplaceForm(BecauseForm):
    number = text_field(
        gettext_lazy("社会保障卡卡号"),
        longest=40,
        required=False,
        help_text=gettext_lazy("爱心卡可以用社保卡当卡面。不填就另制一张。"),
    )


def _replace(desk: CardDesk, told: Mapping[str, Any], request: DoorRequest) -> None:
    verbs.replace(
        card=desk.row, because=told["because"], number=told["number"].strip(), on=request.on, **by_whom(request)
    )


def _because(verb: Any, **more: str) -> Any:
    def do(desk: CardDesk, told: Mapping[str, Any], request: DoorRequest) -> None:
        day = {name: getattr(request, value) for name, value in more.items()}
        verb(card=desk.row, because=told["because"], **day, **by_whom(request))

    return do


def _classify(desk: CardDesk, told: Mapping[str, Any], request: DoorRequest) -> None:
    classify(card=desk.row, on=request.on, **by_whom(request))


class HeirForm(ThingForm):
    """Who inherits what the family had put onto the card, and what shows it."""

    purse = forms.ChoiceField(label=gettext_lazy("哪一笔"))
    amount = YuanField(label=gettext_lazy("金额（元）"))
    name = text_field(gettext_lazy("继承人姓名"), longest=60)
    relation = text_field(gettext_lazy("与老人的关系"), longest=20)
    evidence = text_field(gettext_lazy("凭什么证明"), longest=200, help_text=gettext_lazy("例如：公证书编号。"))
    paper = ScanField(label=gettext_lazy("证明材料扫描件"))

    def about(self, thing: CardDesk, request: DoorRequest) -> None:
        self.choose(
            "purse",
            [(str(each.id), f"{each.fund.name} ¥{thing.stands[each.id] / 100:,.2f}") for each in thing.for_heirs],
        )


def _to_heir(desk: CardDesk, told: Mapping[str, Any], request: DoorRequest) -> None:
    scan, paper = told["paper"], None
    if scan:
        paper = keep_file(
            county=desk.row.county,
            content=scan.read(),
            purpose="card-heir",
            uploaded_by=account_of(request),
            at=request.at,
            called=scan.name,
        )
    close.propose_to_heir(
        county=desk.row.county,
        purse_id=UUID(told["purse"]),
        amount_fen=told["amount"],
        heir=close.Heir(told["name"], told["relation"], told["evidence"]),
        paper=paper,
        **by_whom(request),
    )


def _pay(row: HeirPayment, told: Mapping[str, Any], request: DoorRequest) -> None:
    close.pay_heir(county=row.county, payment_id=row.id, on=request.on, **by_whom(request))


def _decline(row: HeirPayment, told: Mapping[str, Any], request: DoorRequest) -> None:
    close.decline_heir(county=row.county, payment_id=row.id, because=told["because"], **by_whom(request))


OPEN = Verb(
    "open",
    "card.open",
    gettext_lazy("开卡"),
    gettext_lazy("不用申请，本人或代办人授权就开；开好马上归类。"),
    gettext_lazy("卡已开好。"),
    OpenForm,
    _open,
    tone="main",
)
CARDS: tuple[Verb, ...] = (
    Verb(
        "lost",
        "card.lose",
        pgettext_lazy("button", "挂失"),
        gettext_lazy("卡和打印的码马上失效，钱还在。"),
        gettext_lazy("已挂失。"),
        BecauseForm,
        _because(verbs.report_lost),
        open_to=in_state(S.ACTIVE, S.FROZEN),
    ),
    Verb(
        "replace",
        "card.keep",
        gettext_lazy("补卡"),
        gettext_lazy("旧卡马上失效，卡号和余额不变。"),
        gettext_lazy("新卡已办好。"),
        ReplaceForm,
        _replace,
        open_to=in_state(S.ACTIVE, S.LOST),
    ),
    Verb(
        "freeze",
        "card.keep",
        gettext_lazy("冻结"),
        gettext_lazy("冻结期间不能付款，每月的钱照常到账。"),
        gettext_lazy("已冻结。"),
        BecauseForm,
        _because(verbs.freeze),
        open_to=in_state(S.ACTIVE, S.LOST),
    ),
    Verb(
        "unfreeze",
        "card.keep",
        gettext_lazy("解除冻结"),
        gettext_lazy("解除后可以付款。"),
        gettext_lazy("已解除冻结。"),
        BecauseForm,
        _because(verbs.unfreeze),
        open_to=in_state(S.FROZEN),
    ),
    Verb(
        "classify",
        "card.keep",
        gettext_lazy("重新归类"),
        gettext_lazy("按今天掌握的情况归类。"),
        gettext_lazy("已归类。"),
        ActForm,
        _classify,
        open_to=in_state(S.ACTIVE, S.LOST, S.FROZEN),
    ),
    Verb(
        "heir",
        "card.inherit",
        gettext_lazy("提出退给继承人"),
        gettext_lazy("另一人批准后付款。"),
        gettext_lazy("已提出，请另一人批准。"),
        HeirForm,
        _to_heir,
        open_to=lambda desk: bool(desk.for_heirs),
    ),
    Verb(
        "close",
        "card.keep",
        pgettext_lazy("button", "注销"),
        gettext_lazy("公家的钱退回各自的资金池；家里充的钱要先退。"),
        gettext_lazy("已注销。"),
        BecauseForm,
        _because(close.close_by_wish, on="on"),
        open_to=in_state(S.ACTIVE, S.LOST, S.FROZEN),
        tone="grave",
    ),
)
HEIRS = decided_by_another(
    "card.heirs", _pay, _decline, gettext_lazy("批准后从卡上付出。"), gettext_lazy("已批准，已付出。")
)
