"""What may be done about a warning, an exit and a scheme of examination."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, because
from songhe.doors.staff.examination_shown import CAUSES, caution_said
from songhe.doors.staff.verbs import Here, ThingForm, Verb, by_whom, decided_by_another, in_state, whoever
from songhe.examine import leave, scheme, warn
from songhe.examine.gather import providers_of
from songhe.examine.models import Caution, Edition, Exit
from songhe.kernel.month import Month
from songhe.provider.models import Provider

Told = Mapping[str, Any]
FINDING = Caution.Cause.FINDING.value


def providers_now(county: str, request: DoorRequest) -> dict[int, Provider]:
    return providers_of(county, Month.of(request.on))


class WarnForm(ThingForm):
    provider = forms.TypedChoiceField(label=gettext_lazy("哪家机构"), coerce=int)
    ground = forms.ChoiceField(
        label=gettext_lazy("依据"), help_text=gettext_lazy("查实的投诉和不合格的检查在这里；别的选第一项。")
    )
    mend = because(gettext_lazy("要改什么"), gettext_lazy("机构会看到。写明改到什么程度算合格。"))
    due_on = DayField(label=gettext_lazy("最晚哪天改好"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.choose("provider", [(str(pk), one.name) for pk, one in providers_now(thing.county, request).items()])
        grounds = [
            (one.key, f"{one.provider.name} · {CAUSES[one.cause]} · {one.about}")
            for one in warn.grounds(county=thing.county, on=request.on)
        ]
        self.choose("ground", [(f"{FINDING}:", CAUSES[FINDING]), *grounds])
        self.initial["due_on"] = request.on + timedelta(days=scheme.shipped().mend_days)


class SendBackForm(ActForm):
    because = because(gettext_lazy("哪里还没有改好"), gettext_lazy("机构会看到。"), longest=300)
    due_on = DayField(label=gettext_lazy("新的期限"), required=False, help_text=gettext_lazy("不填就还是原来的期限。"))


class LiftForm(ActForm):
    because = because(gettext_lazy("怎么复查的、结果怎样"), gettext_lazy("机构会看到。"), longest=300)


class ExitForm(ThingForm):
    provider = forms.TypedChoiceField(label=gettext_lazy("哪家机构"), coerce=int)
    caution = forms.ChoiceField(label=gettext_lazy("因为哪份整改通知"), required=False)
    because = because(gettext_lazy("为什么退出"), longest=300)
    since = DayField(label=gettext_lazy("从哪天起不再接新的老人"))
    residents_until = DayField(label=gettext_lazy("在住老人照常服务到哪天"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        self.choose("provider", [(str(pk), one.name) for pk, one in providers_now(thing.county, request).items()])
        failed = warn.cautions(thing.county).exclude(state=Caution.State.LIFTED)
        told = [(str(one.id), f"{one.provider.name} · {caution_said(one)} · {one.due_on}") for one in failed]
        self.choose("caution", [("", _("没有整改通知")), *told])


class SchemeForm(ThingForm):
    document_no = text_field(gettext_lazy("文号"), longest=80)
    valid_from = forms.ChoiceField(label=gettext_lazy("从哪个月起"))
    text = forms.CharField(
        label=gettext_lazy("办法"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("指标、权重、分档、底线和整改天数。现在用的那一份已经填在这里。"),
    )

    def about(self, thing: Any, request: DoorRequest) -> None:
        now = Month.of(request.on)
        self.choose("valid_from", [(str(now.plus(n)), str(now.plus(n))) for n in range(-2, 7)])
        self.initial["valid_from"] = str(now)
        self.initial["text"] = scheme.written(scheme.scheme_for(county=thing.county, month=now))


def _warn(place: Here, told: Told, request: DoorRequest) -> None:
    cause, _sep, about = told["ground"].partition(":")
    warn.warn(
        county=place.county,
        provider=providers_now(place.county, request)[told["provider"]],
        cause=cause,
        about=about,
        mend=told["mend"],
        due_on=told["due_on"],
        on=request.on,
        **by_whom(request),
    )


def _send_back(row: Caution, told: Told, request: DoorRequest) -> None:
    warn.send_back(caution=row, because=told["because"], due_on=told["due_on"], on=request.on, **by_whom(request))


def _lift(row: Caution, told: Told, request: DoorRequest) -> None:
    warn.lift(caution=row, because=told["because"], **by_whom(request))


def _fail(row: Caution, told: Told, request: DoorRequest) -> None:
    warn.fail(caution=row, because=told["because"], on=request.on, **by_whom(request))


def _propose_exit(place: Here, told: Told, request: DoorRequest) -> None:
    caution = Caution.objects.get(county=place.county, id=told["caution"]) if told["caution"] else None
    leave.propose(
        county=place.county,
        provider=providers_now(place.county, request)[told["provider"]],
        caution=caution,
        because=told["because"],
        since=told["since"],
        residents_until=told["residents_until"],
        on=request.on,
        **by_whom(request),
    )


def _approve_exit(row: Exit, told: Told, request: DoorRequest) -> None:
    leave.approve(leaving=row, on=request.on, **by_whom(request))


def _decline_exit(row: Exit, told: Told, request: DoorRequest) -> None:
    leave.decline(leaving=row, because=told["because"], **by_whom(request))


def _finish(row: Exit, told: Told, request: DoorRequest) -> None:
    leave.finish(leaving=row, on=request.on, **by_whom(request))


def _propose_scheme(place: Here, told: Told, request: DoorRequest) -> None:
    scheme.propose(
        county=place.county,
        text=told["text"],
        valid_from=Month.parse(told["valid_from"]),
        document_no=told["document_no"],
        **by_whom(request),
    )


def _approve_scheme(row: Edition, told: Told, request: DoorRequest) -> None:
    scheme.approve(edition=row, **by_whom(request))


def _decline_scheme(row: Edition, told: Told, request: DoorRequest) -> None:
    scheme.decline(edition=row, because=told["because"], **by_whom(request))


WARN = Verb(
    "warn",
    "examination.warn",
    gettext_lazy("发整改通知"),
    gettext_lazy("检查发现严重问题时用；考核低于底线的，公布得分时自动发。"),
    gettext_lazy("通知发了，机构能看到。"),
    WarnForm,
    _warn,
)
EXIT = Verb(
    "propose",
    "examination.propose",
    gettext_lazy("提出退出"),
    gettext_lazy("另一人批准后才生效；每位老人都有了去处，才能办结。"),
    gettext_lazy("已提出，请另一人批准。"),
    ExitForm,
    _propose_exit,
)
SCHEME = Verb(
    "propose",
    "examination.propose",
    gettext_lazy("提出本县的考核办法"),
    gettext_lazy("先用上个月的数据试算，再由另一人批准。"),
    gettext_lazy("已提出，请看试算结果，再请另一人批准。"),
    SchemeForm,
    _propose_scheme,
)

_OPEN: dict[str, Any] = {"open_to": in_state(*warn.OPEN), "begun_by": whoever("given_by")}
CAUTION_VERBS: tuple[Verb, ...] = (
    Verb(
        "lift",
        "examination.warn",
        gettext_lazy("解除"),
        gettext_lazy("复查合格了。由发通知以外的人办。"),
        gettext_lazy("解除了，机构能看到。"),
        LiftForm,
        _lift,
        **_OPEN,
    ),
    Verb(
        "send-back",
        "examination.warn",
        gettext_lazy("还没有改好"),
        gettext_lazy("退回去继续改，可以多给几天。"),
        gettext_lazy("退回去了，机构能看到。"),
        SendBackForm,
        _send_back,
        open_to=in_state(Caution.State.MENDED),
    ),
    Verb(
        "fail",
        "examination.warn",
        gettext_lazy("逾期没有整改"),
        gettext_lazy("期限过了才能点。不会自动退出，要另外提出。"),
        gettext_lazy("记下了；要退出请另外提出。"),
        LiftForm,
        _fail,
        tone="grave",
        **_OPEN,
    ),
)

EXIT_VERBS: tuple[Verb, ...] = (
    *decided_by_another(
        "examination.decide",
        _approve_exit,
        _decline_exit,
        gettext_lazy("从那天起不接新的老人，在住老人照常服务。"),
        gettext_lazy("批准了，请逐位安置老人。"),
        word=gettext_lazy("批准退出"),
        waits=Exit.State.PROPOSED,
        by="begun_by",
    ),
    Verb(
        "finish",
        "examination.decide",
        gettext_lazy("办结退出"),
        gettext_lazy("每位老人都有了去处才能办结；签约、商家名单和助餐点随之结束。"),
        gettext_lazy("办结了，每位老人都有了去处。"),
        ActForm,
        _finish,
        open_to=in_state(Exit.State.RUNNING),
        begun_by=whoever("begun_by"),
        tone="main",
    ),
)

SCHEME_VERBS: tuple[Verb, ...] = decided_by_another(
    "examination.decide",
    _approve_scheme,
    _decline_scheme,
    gettext_lazy("从那个月起按它考核；已公布的月份不变。"),
    gettext_lazy("批准了，从那个月起按它考核。"),
    waits=Edition.State.PROPOSED,
)
