"""What the county may do about a result 复核的办法: take over, send back, dispute, have others assess, let it stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.assessment import request, review
from songhe.assessment.models import Assessment
from songhe.assessment.states import TRANSITIONS
from songhe.doors.may import may
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, because
from songhe.doors.staff.reach import reach
from songhe.doors.staff.verbs import Offered, ThingForm, Verb, Wrong, by_whom, offered
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


class ReassessForm(ThingForm):
    body = forms.TypedChoiceField(label=gettext_lazy("由哪家机构复评"), coerce=int)
    where = forms.ChoiceField(label=gettext_lazy("评估方式"), choices=[])

    def about(self, thing: Any, request: DoorRequest) -> None:
        found = listed_providers(thing.county, None, request.on)
        bodies = [(str(one.pk), one.name) for one in found if one.kind == Kind.ASSESSMENT_BODY]
        where = [(Assessment.Where.HOME, _("上门")), (Assessment.Where.ON_SITE, _("到评估机构"))]
        for name, choices in (("body", bodies), ("where", where)):
            self.choose(name, [("", _("请选择")), *choices])
            self.fields[name].error_messages["required"] = str(_("请选择。"))


def _on(asked: DoorRequest) -> dict[str, Any]:
    return {**by_whom(asked), "on": asked.on}


def _may(transition: str) -> Callable[[Any], bool]:
    return lambda row: TRANSITIONS.allows(row.state, transition)


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
        open_to=_may("accept"),
    ),
    Verb(
        "send_back",
        "assessment.review",
        gettext_lazy("退回评估员"),
        gettext_lazy("评估员修改后，两人重新签名。"),
        gettext_lazy("已退回评估员。"),
        SendBackForm,
        lambda row, told, asked: review.send_back(assessment=row, because=told["because"], **by_whom(asked)),
        open_to=_may("send_back"),
    ),
    Verb(
        "reassess",
        "assessment.request",
        gettext_lazy("安排复评"),
        gettext_lazy("由其他评估员重新评估，复评结果出来前，现在的结果继续有效。"),
        gettext_lazy("已申请复评。"),
        ReassessForm,
        _reassess,
        open_to=_may("uphold"),
    ),
    Verb(
        "uphold",
        "assessment.review",
        gettext_lazy("维持结果"),
        gettext_lazy("异议撤回，或无法再评估。"),
        gettext_lazy("结果维持不变。"),
        BecauseForm,
        lambda row, told, asked: review.uphold(assessment=row, because=told["because"], **by_whom(asked)),
        open_to=_may("uphold"),
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
        open_to=_may("dispute"),
    ),
)


def shown(row: Assessment, asked: DoorRequest, wrong: Wrong | None = None) -> list[Offered]:
    """What staff of the county may do about a result now; others get nothing."""
    if not may(asked.user, "assessment.review", asked.on):
        return []
    if not reach(asked, "assessment.review").covers_county(row.county):
        return []
    now = [verb for verb in VERBS if verb.open_to(row) and may(asked.user, verb.act, asked.on)]
    return offered(asked, row, now, page="assessor:review-act", key=row.no, wrong=wrong)
