"""What may be done about clearing between counties: agreements, claims sent again, differences, the monthly net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, because
from songhe.doors.staff.verbs import Here, ThingForm, Verb, by_whom, decided_by_another, in_state, whoever
from songhe.kernel.month import Month
from songhe.provider import agreement
from songhe.provider.models import Agreement
from songhe.settlement import net
from songhe.settlement.clear import resend
from songhe.settlement.differ import WAYS, look, resolve
from songhe.settlement.models import Claim, Difference, Net

S, A = Net.State, Agreement.State
Told = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """A county and another one with which it has something to clear."""

    county: str
    other: str


class AgreementForm(ActForm):
    serving = text_field(
        gettext_lazy("对方区县代码"), longest=6, help_text=gettext_lazy("本县的卡在那里可以刷，由那里付给机构。")
    )
    document_no = text_field(gettext_lazy("协议文号"), longest=80)
    valid_from = DayField(label=gettext_lazy("起始日期"))


class EndForm(ActForm):
    last_day = DayField(label=gettext_lazy("最后一天"))
    because = because(gettext_lazy("理由"), longest=300)


class DrawForm(ThingForm):
    other = forms.ChoiceField(label=gettext_lazy("与哪个区县"))
    month = forms.ChoiceField(label=gettext_lazy("轧到哪个月"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.choose("other", thing.others)
        now = Month.of(request.on)
        self.choose("month", [(str(now.plus(-n)), str(now.plus(-n))) for n in range(1, 13)])


class ReferenceForm(ActForm):
    reference = text_field(
        gettext_lazy("银行凭证号"),
        longest=60,
        required=False,
        help_text=gettext_lazy("差额为零时不用填；收款方填对方付款的凭证号。"),
    )


def _propose(here: Here, told: Told, request: DoorRequest) -> None:
    agreement.propose_agreement(
        home=here.county,
        serving=told["serving"].strip(),
        document_no=told["document_no"],
        valid_from=told["valid_from"],
        **by_whom(request),
    )


def _agree(row: Agreement, told: Told, request: DoorRequest) -> None:
    agreement.agree(agreement=row, **by_whom(request))


def _decline(row: Agreement, told: Told, request: DoorRequest) -> None:
    agreement.decline_agreement(agreement=row, because=told["because"], **by_whom(request))


def _end(row: Agreement, told: Told, request: DoorRequest) -> None:
    agreement.end_agreement(agreement=row, last_day=told["last_day"], because=told["because"], **by_whom(request))


def _draw(here: Here, told: Told, request: DoorRequest) -> None:
    net.draw(county=here.county, other=told["other"], month=Month.parse(told["month"]), **by_whom(request))


def _redraw(row: Net, told: Told, request: DoorRequest) -> None:
    net.draw(county=row.county, other=row.other, month=Month.parse(row.month), **by_whom(request))


def _confirm(row: Net, told: Told, request: DoorRequest) -> None:
    net.confirm(county=row.county, net_id=row.id, **by_whom(request))


def _dispute(row: Net, told: Told, request: DoorRequest) -> None:
    net.dispute(county=row.county, net_id=row.id, because=told["because"], **by_whom(request))


def _settle(row: Net, told: Told, request: DoorRequest) -> None:
    given = told["reference"]
    net.settle(county=row.county, net_id=row.id, reference=given, on=request.on, **by_whom(request))


def _tell(row: Net, told: Told, request: DoorRequest) -> None:
    net.tell_again(county=row.county, net_id=row.id, **by_whom(request))


def _compare(row: Claim, told: Told, request: DoorRequest) -> None:
    look(county=row.county, claim_id=row.id, **by_whom(request))


def _resend(row: Claim, told: Told, request: DoorRequest) -> None:
    resend(county=row.county, claim_id=row.id, because=told["because"], **by_whom(request))


def _resolve(row: Difference, told: Told, request: DoorRequest) -> None:
    how = WAYS[row.code]
    resolve(county=row.county, difference_id=row.id, how=how, because=told["because"], **by_whom(request))


PROPOSE = Verb(
    "propose",
    "clearing.propose",
    gettext_lazy("提出异地通用协议"),
    gettext_lazy("另一人批准后，本县的卡在那里名单上的机构和商家都能用。"),
    gettext_lazy("已提出，请另一人批准。"),
    AgreementForm,
    _propose,
)
DRAW = Verb(
    "draw",
    "clearing.work",
    gettext_lazy("轧差"),
    gettext_lazy("把双方到这个月还没有清算的清算单轧成一个差额；由代码较小的区县发起。"),
    gettext_lazy("已算出差额，请另一人确认。"),
    DrawForm,
    _draw,
)
NEW = (DRAW, PROPOSE)

AGREEMENT_VERBS: tuple[Verb, ...] = (
    *decided_by_another(
        "clearing.decide",
        _agree,
        _decline,
        gettext_lazy("从起始日期起，本县的卡在那里可以用。"),
        gettext_lazy("协议已生效。"),
        name="agree",
        waits=A.PROPOSED,
    ),
    Verb(
        "end",
        "clearing.propose",
        gettext_lazy("终止协议"),
        gettext_lazy("最后一天以后不能再刷；以前刷的照常清算。"),
        gettext_lazy("已写明最后一天。"),
        EndForm,
        _end,
        open_to=in_state(A.AGREED),
        tone="grave",
    ),
)
NET_VERBS: tuple[Verb, ...] = (
    Verb(
        "confirm",
        "clearing.decide",
        gettext_lazy("确认差额"),
        gettext_lazy("双方逐行所见相同才能确认。"),
        gettext_lazy("已确认，并告知对方。"),
        ActForm,
        _confirm,
        open_to=in_state(S.DRAWN, S.ASKED),
        begun_by=whoever("drawn_by"),
        tone="main",
    ),
    Verb(
        "settle",
        "clearing.work",
        gettext_lazy("登记清算"),
        gettext_lazy("应付方登记付款，应收方登记到账；记入双方账册。"),
        gettext_lazy("已记账。"),
        ReferenceForm,
        _settle,
        open_to=in_state(S.AGREED),
        begun_by=whoever("confirmed_by"),
        tone="main",
    ),
    Verb(
        "dispute",
        "clearing.decide",
        gettext_lazy("不同意"),
        gettext_lazy("写明哪里不一致；对方核对后重新轧差。"),
        gettext_lazy("已告知对方。"),
        BecauseForm,
        _dispute,
        open_to=in_state(S.ASKED),
    ),
    Verb(
        "redraw",
        "clearing.work",
        gettext_lazy("重新轧差"),
        gettext_lazy("按双方现在的清算单重算，成为下一版。"),
        gettext_lazy("已重新算出差额。"),
        ActForm,
        _redraw,
        open_to=lambda row: row.state in (S.DRAWN, S.DIFFERS) and row.county < row.other,
    ),
    Verb(
        "tell",
        "clearing.work",
        gettext_lazy("再发一次"),
        gettext_lazy("对方说没有收到时用；收到过的不会重复。"),
        gettext_lazy("已再发一次。"),
        ActForm,
        _tell,
        open_to=in_state(S.PROPOSED, S.DIFFERS, S.AGREED, S.SETTLED),
    ),
)
CLAIM_VERBS: tuple[Verb, ...] = (
    Verb(
        "compare",
        "clearing.work",
        gettext_lazy("核对双方"),
        gettext_lazy("比笔数、合计和逐行摘要，列出不一致的行。"),
        gettext_lazy("已核对。"),
        ActForm,
        _compare,
        tone="main",
    ),
    Verb(
        "resend",
        "clearing.work",
        gettext_lazy("重新报送"),
        gettext_lazy("对方缺行时用；已有的行不会重复记账。"),
        gettext_lazy("已重新报送。"),
        BecauseForm,
        _resend,
    ),
)
DIFFERENCE_VERBS: tuple[Verb, ...] = tuple(
    Verb(
        name,
        "clearing.work",
        word,
        hint,
        gettext_lazy("已写明办法和理由。"),
        BecauseForm,
        _resolve,
        open_to=lambda row, name=name: not row.how and WAYS[row.code] == name,  # type: ignore[misc]
    )
    for name, word, hint in (
        ("resend", gettext_lazy("重新报送这一行"), gettext_lazy("对方按本方金额记账，差额另记一行。")),
        ("reverse", gettext_lazy("请对方冲回这一行"), gettext_lazy("本方没有这笔账单，对方冲回。")),
        ("accept", gettext_lazy("认可"), gettext_lazy("报送后已冲正，随下期清算单冲减。")),
    )
)
