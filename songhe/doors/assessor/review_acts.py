"""What the county may do about a result 复核的办法: take over, send back, dispute, have others assess, let it stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.assessment import request, review
from songhe.assessment.models import Assessment
from songhe.assessment.states import TRANSITIONS
from songhe.doors.may import may
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, because, fresh
from songhe.doors.staff.reach import account_of, reach
from songhe.kernel.refusal import Refusal
from songhe.month.follow import take_over
from songhe.policy.resolve import NOT_IN_FORCE, Policy, library
from songhe.provider.admit import listed_providers
from songhe.provider.models import Kind, Provider
from songhe.redemption.find import PROGRAMME


class SendBackForm(ActForm):
    because = because(gettext_lazy("退回理由"), gettext_lazy("两名评估员会看到，请写明要核对哪一项。"), longest=300)


class DisputeForm(ActForm):
    because = because(gettext_lazy("异议理由"), gettext_lazy("老人或家属为什么认为结果不对。"))


class ReassessForm(ActForm):
    body = forms.TypedChoiceField(label=gettext_lazy("由哪家机构复评"), coerce=int)
    where = forms.ChoiceField(label=gettext_lazy("评估方式"), choices=[])

    def offer(self, county: str, on: date) -> ReassessForm:
        bodies = [one for one in listed_providers(county, None, on) if one.kind == Kind.ASSESSMENT_BODY]
        for name, choices in (
            ("body", [(str(one.pk), one.name) for one in bodies]),
            ("where", [(Assessment.Where.HOME, _("上门")), (Assessment.Where.ON_SITE, _("到评估机构"))]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("请选择")), *choices]
            field.error_messages["required"] = str(_("请选择。"))
        return self


@dataclass(frozen=True)
class Verb:
    """Something that may be done to a result now."""

    name: str
    act: str
    word: Any
    hint: Any
    done: Any
    form: type[ActForm]
    do: Callable[[Assessment, Mapping[str, Any], DoorRequest], object]
    tone: str = ""
    transition: str = ""


def _by(asked: DoorRequest) -> dict[str, Any]:
    return {"at": asked.at, "by": account_of(asked).username}


def _on(asked: DoorRequest) -> dict[str, Any]:
    return {**_by(asked), "on": asked.on}


def rules_for(row: Assessment, on: date) -> Policy | None:
    """The rules of the place on the day, ``None`` where no edition is in force."""
    try:
        return library().resolve(policy=PROGRAMME, place=row.county, on=on)
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        return None


def _reassess(row: Assessment, told: Mapping[str, Any], asked: DoorRequest) -> object:
    body = Provider.objects.get(pk=told["body"])
    return request.reassess(disputed=row, body=body, where=told["where"], **_on(asked))


VERBS = (
    Verb(
        "accept",
        "assessment.review",
        gettext_lazy("采用结果"),
        gettext_lazy("从评估之日起有效，代替以前的结果。"),
        gettext_lazy("结果已采用。"),
        ActForm,
        lambda row, told, asked: take_over(assessment=row, policy=rules_for(row, asked.on), **_on(asked)),
        tone="main",
    ),
    Verb(
        "send_back",
        "assessment.review",
        gettext_lazy("退回评估员"),
        gettext_lazy("评估员修改后，两人重新签名。"),
        gettext_lazy("已退回评估员。"),
        SendBackForm,
        lambda row, told, asked: review.send_back(assessment=row, because=told["because"], **_by(asked)),
    ),
    Verb(
        "reassess",
        "assessment.request",
        gettext_lazy("安排复评"),
        gettext_lazy("由其他评估员重新评估，复评结果出来前，现在的结果继续有效。"),
        gettext_lazy("已申请复评。"),
        ReassessForm,
        _reassess,
        transition="uphold",
    ),
    Verb(
        "uphold",
        "assessment.review",
        gettext_lazy("维持结果"),
        gettext_lazy("异议撤回，或无法再评估。"),
        gettext_lazy("结果维持不变。"),
        BecauseForm,
        lambda row, told, asked: review.uphold(assessment=row, because=told["because"], **_by(asked)),
    ),
    Verb(
        "dispute",
        "assessment.dispute",
        gettext_lazy("代为提出异议"),
        gettext_lazy("老人或家属到窗口提出异议时用。"),
        gettext_lazy("异议已登记。"),
        DisputeForm,
        lambda row, told, asked: review.dispute(
            assessment=row, grounds=told["because"], policy=rules_for(row, asked.on), **_on(asked)
        ),
    ),
)
BY_NAME = {verb.name: verb for verb in VERBS}


@dataclass(frozen=True)
class Offered:
    verb: Verb
    form: ActForm
    address: str
    open: bool = False


def offered(row: Assessment, asked: DoorRequest, wrong: tuple[str, ActForm] | None = None) -> list[Offered]:
    """What staff of the county may do about a result now; others get nothing."""
    if not may(asked.user, "assessment.review", asked.on):
        return []
    if not reach(asked, "assessment.review").covers_county(row.county):
        return []
    found = []
    for verb in VERBS:
        allowed = TRANSITIONS.allows(row.state, verb.transition or verb.name)
        if not allowed or not may(asked.user, verb.act, asked.on):
            continue
        mended = wrong[1] if wrong and wrong[0] == verb.name else None
        form = mended or fresh(verb.form, verb.name)
        if isinstance(form, ReassessForm) and mended is None:
            form.offer(row.county, asked.on)
        found.append(Offered(verb, form, reverse("assessor:review-act", args=[row.no, verb.name]), mended is not None))
    return found
