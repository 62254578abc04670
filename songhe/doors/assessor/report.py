"""The report 评估报告 as a page and as a PDF: answers, scores, what lifted the level, both signatures, until when.

Other doors give it out, too, after they have checked who asks::

    from songhe.doors.assessor.report import as_pdf

    return as_pdf(row, on=request.on, short=True)   # what the elder gets: the result without the single answers
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.access.role import Role
from songhe.access.scope import Scope
from songhe.assessment.models import Assessment, Draft, Signature
from songhe.assessment.scale import find as find_scale
from songhe.assessment.scale_shape import Scale
from songhe.document.pdf import render_pdf
from songhe.doors.assessor import asked
from songhe.doors.assessor.evidence import as_data
from songhe.doors.assessor.review_acts import shown
from songhe.doors.assessor.schedule import about, occasion_words
from songhe.doors.assessor.visits import NAMED, employments, leave_trace, named_for
from songhe.doors.may import RULES, may, require, roles
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import words
from songhe.doors.staff.reach import account_of, noted_read, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Wrong
from songhe.kernel.refusal import Refusal, reason
from songhe.person.identity import number_of
from songhe.person.masks import mask_id

NOT_HANDED_IN = reason(
    "assessor.not_handed_in",
    zh="这次评估还没有提交，没有报告。",
    en="This assessment has not been handed in; there is no report.",
    status=409,
)

#: Before these there is nothing to report; what is void is reported as void.
NOT_YET = (Assessment.State.REQUESTED, Assessment.State.ASSIGNED)


@dataclass(frozen=True)
class Signed:
    name: str
    at: datetime | None
    drawing: str
    typed: str


@dataclass(frozen=True)
class Dimension:
    title: str
    points: int | None
    maximum: int
    lines: list[dict[str, Any]]


@dataclass(frozen=True)
class Report:
    """Everything that stands on the paper. ``short``: without single answers, illnesses and the photograph."""

    row: Assessment
    short: bool
    standard: str
    title: str
    about: str
    number: str
    occasion: Any
    where: str
    state: Any
    level: Any
    initial: Any
    total: int | None
    maximum: int | None
    reasons: list[Any]
    warnings: list[str]
    dimensions: list[Dimension]
    information: list[dict[str, Any]]
    care_notes: str
    signed: list[Signed]
    photo: str
    visited_at: datetime | None
    place: str
    is_void: bool


def report_of(row: Assessment, *, on: date, short: bool) -> Report:
    """The report of an assessment that was handed in. Refuses with ``assessor.not_handed_in``."""
    if row.final_level is None or row.state in NOT_YET:
        raise NOT_HANDED_IN("no")
    held = Draft.rows.filter(county=row.county, assessment=row).select_related("photo").first()
    scale = known_scale(row.standard)
    scores = (row.answers or {}).get("scores") or {}
    information = row.information or {}
    located = held is not None and held.longitude is not None
    return Report(
        row=row,
        short=short,
        standard=f"{scale.number} {words.said(scale.title.zh, scale.title.en)}" if scale else row.standard,
        title=_("老年人能力评估报告"),
        about=about(row.person, on),
        number=mask_id(number_of(row.person)) or "—",
        occasion=occasion_words(row.occasion),
        where=_("上门") if row.where == Assessment.Where.HOME else _("到评估机构"),
        state=words.word(words.ASSESSMENT, row.state).said,
        level=words.LEVELS[row.final_level],
        initial=words.LEVELS[row.initial_level] if row.initial_level is not None else "",
        total=row.total,
        maximum=scale.maximum if scale else None,
        reasons=[words.LEVEL_REASONS.get(each, each) for each in row.reasons],
        warnings=[] if short else [words.said(each["zh"], each["en"]) for each in row.warnings],
        dimensions=dimensions(scale, row, {} if short else scores) if scale else [],
        information=[] if short or scale is None else told(scale, information),
        care_notes=held.care_notes if held else "",
        signed=signed(row),
        photo=as_data(held.photo) if held and held.photo and not short else "",
        visited_at=held.began_at if held else None,
        place=f"{held.latitude:.5f}, {held.longitude:.5f}" if held and located and not short else "",
        is_void=row.state == Assessment.State.VOID,
    )


def known_scale(standard: str) -> Scale | None:
    try:
        return find_scale(standard)
    except Refusal:
        return None


def dimensions(scale: Scale, row: Assessment, scores: dict[str, int]) -> list[Dimension]:
    points: list[int | None] = list(row.subtotals or [None] * len(scale.groups))
    return [
        Dimension(
            title=words.said(group.title.zh, group.title.en),
            points=value,
            maximum=group.maximum,
            lines=[
                {
                    "code": item.code,
                    "title": asked.name_of(scale, item.code),
                    "said": asked.spoken(scale, item.code, scores[item.code]),
                    "score": scores[item.code],
                    "maximum": item.maximum,
                }
                for item in group.items
                if item.code in scores
            ],
        )
        for group, value in zip(scale.groups, points, strict=False)
    ]


def told(scale: Scale, information: dict[str, Any]) -> list[dict[str, Any]]:
    """What annex A says, section by section."""
    found = []
    for title, codes in asked.SECTIONS:
        lines = [
            {"title": asked.name_of(scale, code), "said": asked.spoken(scale, code, information[code])}
            for code in codes
            if code in information
        ]
        if lines:
            found.append({"title": title, "lines": lines})
    return found


def signed(row: Assessment) -> list[Signed]:
    """The two signatures; for results that came in over the interface or from elsewhere, who signed and when."""
    drawn: dict[int, Signature] = {}
    rows = Signature.rows.filter(county=row.county, assessment=row).select_related("drawing")
    for one in rows.order_by("at", "id"):
        drawn[one.worker_id] = one
    at = {each["assessor"]: str(each["at"]) for each in row.signatures if isinstance(each, dict) and each.get("at")}
    found = []
    for worker in (row.first_assessor, row.second_assessor):
        if worker is None:
            continue
        held = drawn.get(worker.pk)
        when = held.at if held else datetime.fromisoformat(at[worker.pk]) if worker.pk in at else None
        picture = as_data(held.drawing) if held and held.drawing else ""
        found.append(Signed(worker.name, when, picture, held.typed if held else ""))
    return found


def as_pdf(row: Assessment, *, on: date, short: bool) -> HttpResponse:
    """The report as a file; whoever calls has checked who asks. Refuses with ``assessor.not_handed_in`` or
    ``document.pdf_unavailable``."""
    html = render_to_string("assessor/report_paper.html", {"report": report_of(row, on=on, short=short)})
    style = finders.find("css/assessor-report.css")
    content = render_pdf(html, Path(str(style)).read_text(encoding="utf-8"))
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="assessment-{row.no}.pdf"'
    return response


@require_safe
@require("assessment.read")
def report(request: DoorRequest, no: str) -> HttpResponse:
    """The report on the screen, with what the reader may do about it."""
    row, short = reachable(request, no)
    return show(request, row, short=short)


def show(
    request: DoorRequest,
    row: Assessment,
    *,
    short: bool,
    wrong: Wrong | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = may(request.user, "assessment.submit", request.on)
    said = {
        "report": report_of(row, on=request.on, short=short),
        "mine": mine,
        "crumbs": [*home(request, mine), Crumb(_("评估报告"))],
        "offered": [] if short else shown(row, request, wrong),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "assessor/report.html", said, status=status)


def home(request: DoorRequest, mine: bool) -> list[Crumb]:
    """The list that the reader comes from."""
    if mine:
        return [Crumb(_("评估日程"), reverse("assessor:schedule"))]
    if may(request.user, "assessment.assign", request.on):
        return [Crumb(_("评估派单"), reverse("assessor:body"))]
    if may(request.user, "assessment.review", request.on):
        return [Crumb(_("评估复核"), reverse("assessor:reviews"))]
    return []


@require_safe
@require("assessment.read")
def pdf(request: DoorRequest, no: str) -> HttpResponse:
    """The report as PDF; ``?short=1`` is the paper for the elder."""
    row, short = reachable(request, no)
    return as_pdf(row, on=request.on, short=short or request.GET.get("short") == "1")


def reachable(request: DoorRequest, no: str) -> tuple[Assessment, bool]:
    """The assessment of a number and whether only the short report is theirs; 404 beyond their reach.

    Staff see what their county reaches, a body its own, an assessor those they are named for, a citizen the short
    report of their own person.
    """
    row, short = _found(request, no)
    if row is None:
        leave_trace(request, no)
        raise Http404
    noted_read(request, county=row.county, act="assessment.report", subject="assessment.Assessment", subject_id=row.id)
    return row, short


def _found(request: DoorRequest, no: str) -> tuple[Assessment | None, bool]:
    held = roles(request.user, request.on)
    wanted = {"county": no[:6], "no": no}
    if held & (RULES["assessment.read"] - {Role.CITIZEN, Role.ASSESSOR}):
        others = RULES["assessment.read"] - {Role.CITIZEN, Role.ASSESSOR}
        scope = Scope.of(account_of(request), request.on, roles=others, purpose="assessment.read")
        rows = Assessment.objects.within(scope)
        if (row := rows.filter(**wanted).select_related(*NAMED).first()) is not None:
            return row, False
    if Role.ASSESSOR in held:
        rows = named_for(reach(request, "assessment.submit"), employments(request))
        if (row := rows.filter(**wanted).first()) is not None:
            return row, False
    if Role.CITIZEN in held:
        own = Scope.of(account_of(request), request.on, roles={Role.CITIZEN}, purpose="assessment.read")
        return Assessment.objects.within(own).filter(**wanted).select_related(*NAMED).first(), True
    return None, True
