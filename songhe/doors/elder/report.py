"""One report 情况有变化: death, hospital, a move, recovery or anything else, told once; everything else follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.doors.elder.hand_in import keep_paper, paper_field
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, account_of, noted, require_confirmed, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import words
from songhe.doors.staff.acting import ActForm, act_once, fresh
from songhe.kernel.refusal import Refusal
from songhe.person import event
from songhe.person.models import Event
from songhe.place.division import in_force
from songhe.place.models import Level

Kind = Event.Kind


@dataclass(frozen=True)
class What:
    """Something that can be told: its word, when it is asked for, and what follows from it."""

    kind: str
    sign: str
    word: Any
    hint: Any
    asks: Any
    follows: tuple[Any, ...]


WHATS: tuple[What, ...] = (
    What(
        Kind.HOSPITAL,
        "building",
        gettext_lazy("住院了"),
        gettext_lazy("住院期间家里的服务先停"),
        gettext_lazy("哪天住进医院的？"),
        (
            gettext_lazy("住院的日子不能再记上门服务，医院里的费用不用消费券付。"),
            gettext_lazy("待遇不受影响，出院后照常使用。"),
        ),
    ),
    What(
        Kind.MOVE,
        "home",
        gettext_lazy("搬家了"),
        gettext_lazy("搬到别的村、别的县"),
        gettext_lazy("哪天搬的？"),
        (
            gettext_lazy("搬到别的县：这里从下个月起停发，可以到新住的县接着申请。"),
            gettext_lazy("在本县里搬：待遇不变，只更新住的村（社区）。"),
        ),
    ),
    What(
        Kind.RECOVERY,
        "care",
        gettext_lazy("身体好转了"),
        gettext_lazy("平时的事大多能自己做了"),
        gettext_lazy("大概从哪天起好转的？"),
        (
            gettext_lazy("县里会先核实，需要时重新评估。"),
            gettext_lazy("确实好转的，从下个月起停发；已经用过的不用退。"),
        ),
    ),
    What(
        Kind.DEATH,
        "elder",
        gettext_lazy("老人去世了"),
        gettext_lazy("报这一次，各处都会停下"),
        gettext_lazy("哪天去世的？"),
        (
            gettext_lazy("去世以后的服务不能再付钱，消费券和代办随之停下。"),
            gettext_lazy("去世前做完的服务照常结算，不用家里再跑。"),
        ),
    ),
    What(
        Kind.OTHER,
        "info",
        gettext_lazy("别的变化"),
        gettext_lazy("换了照顾的人、领了别的补贴、不想领了"),
        gettext_lazy("从哪天起的？"),
        (gettext_lazy("县里会看您写的情况，需要时给您打电话。"),),
    ),
)
BY_KIND = {one.kind: one for one in WHATS}


class ReportForm(ActForm):
    happened_on = forms.DateField(
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("请填写日期，例如 2026-03-10。"),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d"],
    )
    until = forms.DateField(
        label=gettext_lazy("哪天出院的？"),
        help_text=gettext_lazy("还没出院就空着。"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d"],
    )
    to_place = forms.ChoiceField(
        label=gettext_lazy("搬到本县哪个村（社区）？"),
        help_text=gettext_lazy("搬到别的县，就选“搬到别的县或外地”，在下面写清楚。"),
        required=False,
    )
    where_to = forms.CharField(
        label=gettext_lazy("新的地址"),
        help_text=gettext_lazy("写到门牌号，或者写到哪个县、哪个乡镇。"),
        max_length=120,
        error_messages={"required": gettext_lazy("请写搬到哪里了。")},
    )
    words = forms.CharField(
        label=gettext_lazy("还有什么要说的？"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写几句是什么变化。")},
    )
    paper = paper_field(
        gettext_lazy("有证明的话，拍一张照片"),
        required=False,
        help_text=gettext_lazy("没有也可以先报。"),
    )


#: Which fields each kind asks for, beside the day, the words and the paper.
MORE: dict[str, tuple[str, ...]] = {Kind.HOSPITAL: ("until",), Kind.MOVE: ("to_place", "where_to")}


def villages(county: str, on: date) -> list[tuple[str, Any]]:
    """The villages of a county under their towns, and that somebody went elsewhere."""
    rows = in_force(on).filter(code__startswith=county, level__in=[Level.TOWN, Level.VILLAGE]).order_by("code")
    towns: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for row in rows:
        if row.level == Level.TOWN:
            towns[row.code] = (row.name, [])
        elif row.code[:9] in towns:
            towns[row.code[:9]][1].append((row.code, row.name))
    return [("", _("搬到别的县或外地")), *((name, inside) for name, inside in towns.values() if inside)]


def form_for(what: What, request: DoorRequest, found: Whom) -> ActForm:
    if request.method == "POST":
        form: ActForm = ReportForm(request.POST, request.FILES, auto_id="id_report_%s")
    else:
        form = fresh(ReportForm, "report")
    for name in ("until", "to_place", "where_to"):
        if name not in MORE.get(what.kind, ()):
            del form.fields[name]
    if "to_place" in form.fields:
        form.fields["to_place"].choices = villages(found.person.county, request.on)  # type: ignore[attr-defined]
    form.fields["happened_on"].label = what.asks
    if what.kind == Kind.OTHER:
        form.fields["words"].required = True
        form.fields["words"].label = _("是什么变化？")
    return form


def reports_of(found: Whom) -> list[tuple[Event, Any, words.Word]]:
    rows = Event.objects.filter(county=found.person.county, person=found.person).order_by("-reported_at", "-id")[:10]
    said = {one.kind: one.word for one in WHATS} | words.EVENTS
    return [(row, said.get(row.kind, row.kind), words.word(words.EVENT_STATES, row.state)) for row in rows]


@require_safe
@require("entitlement.report")
def report(request: DoorRequest) -> HttpResponse:
    """What has changed: one of five; and what has been told before."""
    found = whom(request)
    said = {"whats": WHATS if found.person.died_on is None else (), "reports": reports_of(found)}
    return show(request, "elder/report.html", said, whom=found)


@require_http_methods(["GET", "HEAD", "POST"])
@require("entitlement.report")
def tell(request: DoorRequest, kind: str) -> HttpResponse:
    """Tell one thing. The county verifies it, and only then it acts; what is held until then is said."""
    what = BY_KIND.get(kind)
    if what is None:
        raise Http404
    found = whom(request)
    form = form_for(what, request, found)
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            # The bytes of a photograph are no part of what makes two posts the same.
            paper = form.cleaned_data.pop("paper", None)
            told = form.cleaned_data

            def do() -> dict[str, Any]:
                made = event.report(
                    person=found.person,
                    kind=what.kind,
                    happened_on=told["happened_on"],
                    source=source_of(found),
                    detail=detail_of(request, found, told, paper),
                    on=request.on,
                    at=request.at,
                    by=account_of(request).username,
                )
                noted(request, found, "person.report")
                return {"event": str(made.id)}

            try:
                require_confirmed(found)
                act_once(request, county=found.person.county, name=f"elder.report:{kind}", form=form, do=do)
                messages.success(request, _("收到了。县里核实后，该停的停，该转的转，不用再到别处报。"))
                return HttpResponseRedirect(reverse("elder:report"))
            except Refusal as refused:
                refusal, status = refused, refused.status
    said = {"what": what, "form": form, "more": [form[name] for name in MORE.get(kind, ())]}
    back = reverse("elder:report")
    return show(request, "elder/report_tell.html", said, whom=found, back=back, refusal=refusal, status=status)


def source_of(found: Whom) -> str:
    """How the county came to know it, as it stands on the report."""
    if found.assistance is not None:
        return "assisted"
    return "proxy" if found.mandate is not None else "online"


def detail_of(request: DoorRequest, found: Whom, told: dict[str, Any], paper: Any) -> dict[str, Any]:
    until: date | None = told.get("until")
    detail = {
        "words": told.get("words", ""),
        "to_place": told.get("to_place", ""),
        "where_to": told.get("where_to", ""),
        "until": str(until) if until else "",
    }
    if paper:
        stored = keep_paper(request, paper, county=found.person.county, purpose="report-paper")
        detail["paper"] = str(stored.id)
    return {name: value for name, value in detail.items() if value}
