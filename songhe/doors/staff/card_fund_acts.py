"""What may be done about the funds of the card: proposed by one, decided by another; votes and gifts recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.card import allot, change
from songhe.card.fund import Terms
from songhe.card.models import Allotment, Allowed, Decision, Donation, Fund, Source
from songhe.card.standard import rules_at
from songhe.document.file import keep_file
from songhe.doors.provider.fields import DayField, ScanField, YuanField, fen_of, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, words
from songhe.doors.staff.acting import ActForm
from songhe.doors.staff.reach import account_of
from songhe.doors.staff.verbs import Here, ThingForm, Verb, by_whom, decided_by_another
from songhe.kernel.integer import ratio
from songhe.kernel.refusal import Refusal
from songhe.policy.monthly import lines_of

#: A hundred million yuan; no county puts more in at once.
MOST_FEN = 10_000_000_000
RATE = "rate_"
DOCUMENT = gettext_lazy("文号")


class FundForm(ThingForm):
    """Everything that a fund is, for somebody else to approve; one line for each standard of the pack."""

    code = text_field(gettext_lazy("代码"), longest=30, help_text=gettext_lazy("字母、数字，例如 finance-2026。"))
    name = text_field(gettext_lazy("名称"), longest=80)
    source = forms.ChoiceField(label=gettext_lazy("资金来源"))
    level = forms.ChoiceField(label=gettext_lazy("层级"))
    place = text_field(
        gettext_lazy("地区代码"), longest=12, help_text=gettext_lazy("住在这里的人才发；村（社区）的资金填村的代码。")
    )
    classes = forms.TypedMultipleChoiceField(
        label=gettext_lazy("发给哪几类"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一个都不选，就是所有持卡人。"),
    )
    allowed = forms.MultipleChoiceField(label=gettext_lazy("可用于"), widget=forms.CheckboxSelectMultiple)
    expiry = forms.ChoiceField(label=gettext_lazy("有效期"))
    period_months = forms.TypedChoiceField(
        label=gettext_lazy("几个月一期"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", "—"), *((each, each) for each in (2, 3, 4, 6, 12))],
        help_text=gettext_lazy("只有期末清零的才填。"),
    )
    late_days = forms.IntegerField(label=gettext_lazy("到期后可补记天数"), min_value=0, max_value=366, initial=0)
    rank = forms.IntegerField(
        label=gettext_lazy("支付次序"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=gettext_lazy("到期日相同的，小的先付。"),
    )
    ceiling = YuanField(label=gettext_lazy("入池上限（元）"), required=False, most_fen=MOST_FEN)
    matches = forms.BooleanField(label=gettext_lazy("用于给家庭充值配捐"), required=False)
    document_no = text_field(DOCUMENT, longest=80)

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.choose("source", [(code, word.said) for code, word in card_words.SOURCES.items()])
        self.choose("level", [(code, word.said) for code, word in card_words.LEVELS.items()])
        self.choose("expiry", [(code, word.said) for code, word in card_words.EXPIRY.items()])
        self.choose("classes", [(str(number), card_words.class_said(number)) for number in card_words.CLASSES])
        self.choose("allowed", card_words.help_choices(everything=True))
        self.fields["place"].initial, self.fields["level"].initial = thing.county, "county"
        for standard, title in titles(thing.county, request).items():
            self.fields[RATE + standard] = text_field(
                title, longest=20, required=False, help_text=_("份额如 1/2，或每月金额如 30 元；不发就不填。")
            )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for name in [each for each in self.fields if each.startswith(RATE)]:
            typed = (told.get(name) or "").strip()
            if typed and rate_of(typed) is None:
                self.add_error(name, _("请填份额（如 1/2）或金额（如 30 元）。"))
        return told


def titles(county: str, request: DoorRequest) -> dict[str, str]:
    """The standards of the place's pack by name; none where it has no love card."""
    try:
        return {line.id: words.titled(line.title.zh, line.title.en) for line in lines_of(rules_at(county, request.on))}
    except Refusal:
        return {}


def rate_of(typed: str) -> str | int | None:
    """``1/2`` is a share, ``30`` or ``30 元`` fen of its own."""
    if "/" in typed:
        try:
            return typed if 0 < ratio(typed) <= 1 else None
        except (ValueError, ZeroDivisionError, Refusal):
            return None
    return fen_of(typed) or None


def _new(here: Here, told: Mapping[str, Any], request: DoorRequest) -> None:
    rates = {name.removeprefix(RATE): rate_of(value.strip()) for name, value in told.items() if _is_rate(name, value)}
    terms = Terms(
        source=told["source"],
        level=told["level"],
        place=told["place"].strip(),
        expiry=told["expiry"],
        allowed=tuple(told["allowed"]),
        period_months=told["period_months"],
        late_days=told["late_days"],
        rank=told["rank"],
        ceiling_fen=told["ceiling"],
        classes=tuple(told["classes"]),
        rates={name: rate for name, rate in rates.items() if rate is not None},
        matches=told["matches"],
    )
    change.propose_fund(
        county=here.county,
        code=told["code"],
        name=told["name"],
        terms=terms,
        document_no=told["document_no"],
        **by_whom(request),
    )


def _is_rate(name: str, value: Any) -> bool:
    return name.startswith(RATE) and bool(value and value.strip())


class CategoryForm(ThingForm):
    category = forms.ChoiceField(label=gettext_lazy("服务项目"))
    document_no = text_field(DOCUMENT, longest=80)

    def about(self, thing: Fund, request: DoorRequest) -> None:
        self.choose("category", card_words.help_choices(everything=True))


class StopForm(ThingForm):
    category = forms.ChoiceField(label=gettext_lazy("服务项目"))
    until = DayField(label=gettext_lazy("最后一天"))
    document_no = text_field(DOCUMENT, longest=80)

    def about(self, thing: Fund, request: DoorRequest) -> None:
        rows = Allowed.objects.filter(county=thing.county, fund=thing, until=None).order_by("category")
        self.choose("category", [(each.category, card_words.help_name(each.category)) for each in rows])


class CeilingForm(ActForm):
    ceiling = YuanField(
        label=gettext_lazy("入池上限（元）"),
        required=False,
        most_fen=MOST_FEN,
        help_text=gettext_lazy("不填就是不设上限。"),
    )
    document_no = text_field(DOCUMENT, longest=80)


def _propose(what: str, told: Mapping[str, Any], of: Fund, document_no: str, request: DoorRequest) -> None:
    change.propose_change(of=of, what=what, told=told, document_no=document_no, **by_whom(request))


def _allow(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    _propose(change.ALLOW, {"category": told["category"]}, of, told["document_no"], request)


def _disallow(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    about = {"category": told["category"], "until": told["until"].isoformat()}
    _propose(change.DISALLOW, about, of, told["document_no"], request)


def _ceiling(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    _propose(change.CEILING, {"ceiling_fen": told["ceiling"]}, of, told["document_no"], request)


class PutInForm(ThingForm):
    """Money in; a collective's on a vote, a charity's as a gift."""

    amount = YuanField(label=gettext_lazy("金额（元）"), most_fen=MOST_FEN)
    document_no = text_field(DOCUMENT, longest=80)
    decision = forms.ChoiceField(label=gettext_lazy("依据的集体决议"), required=False)
    giver = forms.ChoiceField(label=gettext_lazy("捐赠人类型"), required=False)
    giver_name = text_field(gettext_lazy("捐赠人名称"), longest=80, required=False)
    named = forms.BooleanField(label=gettext_lazy("愿意公开署名"), required=False, initial=True)
    given_on = DayField(label=gettext_lazy("捐赠日期"), required=False)
    receipt_no = text_field(gettext_lazy("票据号"), longest=40, required=False)
    wish = text_field(gettext_lazy("捐赠意愿"), longest=200, required=False)

    GIFT = ("giver", "giver_name", "named", "given_on", "receipt_no", "wish")

    def about(self, thing: Fund, request: DoorRequest) -> None:
        self.is_gift = thing.source == Source.CHARITY
        if self.is_gift:
            self.choose("giver", [(code, word.said) for code, word in card_words.GIVERS.items()])
            self.fields["given_on"].initial = request.on
        else:
            for name in self.GIFT:
                del self.fields[name]
        if thing.source == Source.COLLECTIVE:
            rows = Decision.objects.filter(county=thing.county, fund=thing).order_by("-held_on", "-id")[:30]
            self.choose("decision", [(str(each.id), f"{each.document_no} {each.resolution[:30]}") for each in rows])
        else:
            del self.fields["decision"]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not self.is_gift:
            return told
        for name in ("given_on", "receipt_no"):
            if not told.get(name) and name not in self.errors:
                self.add_error(name, _("请填写这一项。"))
        if told.get("giver") != Donation.Giver.UNKNOWN and not told.get("giver_name"):
            self.add_error("giver_name", _("请填写这一项。"))
        return told


class TakeOutForm(ActForm):
    amount = YuanField(label=gettext_lazy("金额（元）"), most_fen=MOST_FEN)
    document_no = text_field(DOCUMENT, longest=80)


def _put_in(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    decision = None
    if told.get("decision"):
        decision = Decision.objects.filter(county=of.county, fund=of, id=told["decision"]).first()
    gift = None
    if "giver" in told:
        gift = allot.Gift(
            giver=told["giver"],
            name=told["giver_name"],
            given_on=told["given_on"],
            receipt_no=told["receipt_no"],
            named=told["named"],
            wish=told["wish"],
        )
    allot.propose(
        fund=of,
        amount_fen=told["amount"],
        document_no=told["document_no"],
        decision=decision,
        gift=gift,
        **by_whom(request),
    )


def _take_out(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    allot.propose(fund=of, amount_fen=-told["amount"], document_no=told["document_no"], **by_whom(request))


class VoteForm(ActForm):
    """The record of a village's vote, with its paper."""

    held_on = DayField(label=gettext_lazy("开会日期"))
    body = text_field(gettext_lazy("会议名称"), longest=40, help_text=gettext_lazy("例如：村民代表会议。"))
    entitled = forms.IntegerField(label=gettext_lazy("应到人数"), min_value=1, max_value=100_000)
    present = forms.CharField(
        label=gettext_lazy("到会人员"),
        max_length=6_000,
        help_text=gettext_lazy("每行一人，或用顿号隔开。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    votes_for = forms.IntegerField(label=gettext_lazy("赞成票"), min_value=0)
    votes_against = forms.IntegerField(label=gettext_lazy("反对票"), min_value=0, initial=0)
    abstained = forms.IntegerField(label=gettext_lazy("弃权票"), min_value=0, initial=0)
    resolution = forms.CharField(
        label=gettext_lazy("决议内容"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    amount = YuanField(label=gettext_lazy("决议金额（元）"), most_fen=MOST_FEN)
    document_no = text_field(DOCUMENT, longest=80)
    paper = ScanField(label=gettext_lazy("会议记录扫描件"))

    def clean_present(self) -> list[str]:
        text = self.cleaned_data["present"]
        for stop in "、，,;；":
            text = text.replace(stop, "\n")
        return [each.strip() for each in text.splitlines() if each.strip()]


def _vote(of: Fund, told: Mapping[str, Any], request: DoorRequest) -> None:
    scan = told["paper"]
    paper = None
    if scan:
        paper = keep_file(
            county=of.county,
            content=scan.read(),
            purpose="village-vote",
            uploaded_by=account_of(request),
            at=request.at,
            called=scan.name,
        )
    allot.record_decision(
        fund=of,
        vote=allot.Vote(
            told["held_on"],
            told["body"],
            told["entitled"],
            tuple(told["present"]),
            told["votes_for"],
            told["votes_against"],
            told["abstained"],
        ),
        resolution=told["resolution"],
        amount_fen=told["amount"],
        document_no=told["document_no"],
        paper=paper,
        **by_whom(request),
    )


def is_open(of: Fund) -> bool:
    return of.closed_on is None


def _collective(of: Fund) -> bool:
    return is_open(of) and of.source == Source.COLLECTIVE


PROPOSED = gettext_lazy("已提出，请另一人批准。")

NEW = Verb(
    "new",
    "fund.propose",
    gettext_lazy("提出开设资金池"),
    gettext_lazy("另一人批准后开设，账户同时建立。"),
    PROPOSED,
    FundForm,
    _new,
)
FUNDS: tuple[Verb, ...] = (
    Verb(
        "put-in",
        "fund.allot",
        gettext_lazy("提出入池"),
        gettext_lazy("另一人批准后资金入池；集体资金须有决议，慈善资金须有捐赠。"),
        PROPOSED,
        PutInForm,
        _put_in,
        open_to=lambda of: is_open(of) and of.source != Source.FAMILY,
    ),
    Verb(
        "take-out",
        "fund.allot",
        gettext_lazy("提出退出资金"),
        gettext_lazy("只能退出还在池里的钱。"),
        PROPOSED,
        TakeOutForm,
        _take_out,
        open_to=lambda of: is_open(of) and of.source not in (Source.FAMILY, Source.CHARITY),
    ),
    Verb(
        "vote",
        "fund.vote",
        gettext_lazy("登记集体决议"),
        gettext_lazy("谁到会、怎么表决、决议多少钱，附上会议记录。"),
        gettext_lazy("决议已登记。"),
        VoteForm,
        _vote,
        open_to=_collective,
    ),
    Verb(
        "allow",
        "fund.propose",
        gettext_lazy("增加可用项目"),
        gettext_lazy("另一人批准后，这项资金可以付这一类服务。"),
        PROPOSED,
        CategoryForm,
        _allow,
        open_to=is_open,
    ),
    Verb(
        "disallow",
        "fund.propose",
        gettext_lazy("停用项目"),
        gettext_lazy("最后一天以后的服务不再付。"),
        PROPOSED,
        StopForm,
        _disallow,
        open_to=is_open,
    ),
    Verb(
        "ceiling",
        "fund.propose",
        gettext_lazy("调整上限"),
        gettext_lazy("累计入池不得超过上限，由数据库把住。"),
        PROPOSED,
        CeilingForm,
        _ceiling,
        open_to=lambda of: is_open(of) and of.source != Source.FAMILY,
    ),
)


def _approve_money(row: Allotment, told: Mapping[str, Any], request: DoorRequest) -> None:
    allot.approve(county=row.county, allotment_id=row.id, on=request.on, **by_whom(request))


def _decline_money(row: Allotment, told: Mapping[str, Any], request: DoorRequest) -> None:
    allot.decline(county=row.county, allotment_id=row.id, because=told["because"], **by_whom(request))


MONEY = decided_by_another(
    "fund.decide",
    _approve_money,
    _decline_money,
    gettext_lazy("批准后资金马上入池或退出。"),
    gettext_lazy("已批准，资金已入账。"),
)
