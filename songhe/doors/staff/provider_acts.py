"""What may be done to a provider 机构的办法: propose, list, send back, end, suspend, let go on, confirm an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import words
from songhe.doors.staff.acting import ActForm, because
from songhe.doors.staff.verbs import ThingForm, Verb, by_whom
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import reason
from songhe.proposal.models import Proposal
from songhe.provider import bank, suspend
from songhe.provider.admit import end_listing
from songhe.provider.listing import LISTINGS, propose_listing
from songhe.provider.models import BankAccount, Category, Listing, Provider, Suspension

NO_PROPOSAL = reason(
    "staff.no_listing_proposed",
    zh="现在没有等待审批的准入申请。",
    en="No listing waits to be approved.",
    status=409,
)


class ListForm(ThingForm):
    """What the clerk proposes; every point of the check list is ticked."""

    categories = forms.MultipleChoiceField(
        label=gettext_lazy("服务组别"), required=False, widget=forms.CheckboxSelectMultiple
    )
    contract_no = forms.CharField(label=gettext_lazy("协议编号"), max_length=60)
    valid_from = forms.CharField(
        label=gettext_lazy("起始日期"), max_length=10, help_text=gettext_lazy("例如 2026-03-08")
    )
    valid_to = forms.CharField(
        label=gettext_lazy("截止日期"), max_length=10, required=False, help_text=gettext_lazy("不填为长期。")
    )
    checks = forms.MultipleChoiceField(
        label=gettext_lazy("准入核对清单"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请逐项核对并勾选。")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["categories"].choices = [(code, words.CATEGORIES[code].said) for code in Category.values]
        fields["checks"].choices = list(words.ADMISSION_CHECKS.items())

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.initial["valid_from"] = str(request.on)

    def clean_checks(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["checks"]
        if len(ticked) < len(words.ADMISSION_CHECKS):
            raise forms.ValidationError(_("清单要逐项核对，还有没勾选的。"))
        return ticked


class BackForm(ActForm):
    because = because(gettext_lazy("退回理由"), longest=300)


class EndForm(ActForm):
    last_day = forms.CharField(label=gettext_lazy("最后一天"), max_length=10, help_text=gettext_lazy("例如 2026-03-08"))
    because = because(gettext_lazy("理由"), longest=200)


class SuspendForm(ActForm):
    since = forms.CharField(label=gettext_lazy("从哪天起"), max_length=10, help_text=gettext_lazy("例如 2026-03-08"))
    residents_until = forms.CharField(
        label=gettext_lazy("在住老人可住到"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("不填：在住老人照常服务和结算，直到另有安排。"),
    )
    because = because(gettext_lazy("暂停理由"), longest=300)


class LiftForm(ActForm):
    last_day = forms.CharField(
        label=gettext_lazy("暂停的最后一天"), max_length=10, help_text=gettext_lazy("例如 2026-03-08")
    )
    because = because(gettext_lazy("恢复理由"), longest=300)


@dataclass(frozen=True)
class Desk:
    """A provider as one county sees it on a day."""

    row: Provider
    county: str
    listing: Listing | None
    coming: Listing | None
    suspension: Suspension | None
    proposal: Proposal | None
    accounts: list[BankAccount]


def day_said(text: str, field: str) -> date:
    return parse_date(text.strip(), field)


def _propose(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    propose_listing(
        provider=desk.row,
        county=desk.county,
        categories=told["categories"],
        contract_no=told["contract_no"],
        valid_from=day_said(told["valid_from"], "valid_from"),
        valid_to=day_said(told["valid_to"], "valid_to") if told["valid_to"].strip() else None,
        checks=told["checks"],
        **by_whom(request),
    )


def _list(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    LISTINGS.approve(proposal=waiting(desk), on=request.on, **by_whom(request))


def _send_back(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    LISTINGS.decline(proposal=waiting(desk), because=told["because"], **by_whom(request))


def waiting(desk: Desk) -> Proposal:
    """Refuses with ``staff.no_listing_proposed``."""
    if desk.proposal is None:
        raise NO_PROPOSAL("provider")
    return desk.proposal


def _end(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    assert desk.listing is not None
    end_listing(
        listing=desk.listing,
        last_day=day_said(told["last_day"], "last_day"),
        because=told["because"],
        **by_whom(request),
    )


def _suspend(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    until = told["residents_until"].strip()
    suspend.suspend(
        provider=desk.row,
        county=desk.county,
        since=day_said(told["since"], "since"),
        residents_until=day_said(until, "residents_until") if until else None,
        because=told["because"],
        **by_whom(request),
    )


def _lift(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    assert desk.suspension is not None
    suspend.lift(
        suspension=desk.suspension,
        last_day=day_said(told["last_day"], "last_day"),
        because=told["because"],
        **by_whom(request),
    )


def _confirm(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    bank.approve(account=desk.accounts[0], **by_whom(request))


VERBS: tuple[Verb, ...] = (
    Verb(
        "propose",
        "provider.write",
        gettext_lazy("申请准入"),
        gettext_lazy("逐项核对清单，由另一人审批。"),
        gettext_lazy("已提交准入，等另一人审批。"),
        ListForm,
        _propose,
        lambda desk: desk.listing is None and desk.coming is None and desk.proposal is None,
        tone="main",
    ),
    Verb(
        "list",
        "provider.admit",
        gettext_lazy("批准准入"),
        gettext_lazy("从协议起始日起可以使用消费券。"),
        gettext_lazy("已批准准入。"),
        ActForm,
        _list,
        lambda desk: desk.proposal is not None,
        lambda desk: {desk.proposal.proposed_by},
        tone="main",
    ),
    Verb(
        "return",
        "provider.admit",
        gettext_lazy("退回"),
        gettext_lazy("退给经办人员重新核对。"),
        gettext_lazy("已退回。"),
        BackForm,
        _send_back,
        lambda desk: desk.proposal is not None,
    ),
    Verb(
        "confirm",
        "provider.bank_confirm",
        gettext_lazy("核准收款账户"),
        gettext_lazy("核对户名、开户行和账号后四位。核准 72 小时后才按新账户付款。"),
        gettext_lazy("已核准，72 小时后生效。"),
        ActForm,
        _confirm,
        lambda desk: bool(desk.accounts) and not desk.accounts[0].approved_by,
        lambda desk: {desk.accounts[0].proposed_by},
        tone="main",
    ),
    Verb(
        "suspend",
        "provider.suspend",
        gettext_lazy("暂停准入"),
        gettext_lazy("不再接收新的老人；在住的老人不受影响，直到您写明的日期。"),
        gettext_lazy("已暂停。"),
        SuspendForm,
        _suspend,
        lambda desk: desk.listing is not None and desk.suspension is None,
        tone="grave",
    ),
    Verb(
        "lift",
        "provider.suspend",
        gettext_lazy("恢复准入"),
        gettext_lazy("写明暂停的最后一天。"),
        gettext_lazy("已恢复。"),
        LiftForm,
        _lift,
        lambda desk: desk.suspension is not None and desk.suspension.until is None,
    ),
    Verb(
        "end",
        "provider.suspend",
        gettext_lazy("终止协议"),
        gettext_lazy("最后一天以后，消费券不能再用在这里。"),
        gettext_lazy("已写明协议的最后一天。"),
        EndForm,
        _end,
        lambda desk: desk.listing is not None and desk.listing.valid_to is None,
        tone="grave",
    ),
)
