"""A provider's own scores 机构考核: what pulled them down, objections with their answers, and what must be mended by
when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.desk import Desk, open_desk, shown, somebody_elses
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, because, fresh, sent
from songhe.doors.staff.examination_shown import CAUTIONS, OBJECTIONS, caution_said, entry, lost_points, name_of
from songhe.doors.staff.reach import account_of
from songhe.examine.models import Caution, Examination, Objection, Score
from songhe.examine.object import last_day, object_to
from songhe.examine.queries import explained
from songhe.examine.score import INDICATORS
from songhe.examine.warn import OPEN, mend
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal

#: So many months, and so many warnings, stand on the page.
MONTHS, WARNINGS = 6, 12


class ObjectForm(ActForm):
    because = because(gettext_lazy("哪里不对"), gettext_lazy("写明是哪些服务、账单或评价。"), rows=2)


class MendForm(ActForm):
    words = because(gettext_lazy("改了什么"), gettext_lazy("写明哪天、怎么改的；县区会来复查。"), rows=2)


@require_safe
@require("desk.examination")
def examination(request: DoorRequest) -> HttpResponse:
    return page(request, open_desk(request, "desk.examination"))


def page(
    request: DoorRequest,
    desk: Desk,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    *,
    about: tuple[UUID, str] | None = None,
) -> HttpResponse:
    """What must be mended first; then the published months, the newest first, each indicator with what was objected
    to."""
    rows = Examination.objects.filter(
        id__in=Score.objects.filter(provider=desk.provider, county__in=desk.counties).values("examination"),
        county__in=desk.counties,
        state=Examination.State.PUBLISHED,
    )
    months = list(rows.select_related("edition").order_by("-month", "county")[:MONTHS])
    told = {
        (row.examination_id, row.indicator): row
        for row in Objection.objects.filter(county__in=desk.counties, provider=desk.provider, examination__in=months)
    }
    said: dict[str, Any] = {
        "cautions": warnings(request, desk, form, about),
        "months": [],
        **troubles(form, refusal),
    }
    for row in months:
        until = last_day(row)
        one = entry(explained(row, providers=[desk.provider.pk])[0])
        is_open = until is not None and request.on <= until
        parts = []
        for part in one.parts:
            made = told.get((row.id, part.code))
            asked = made is None and is_open and part.points is not None
            here = form if about == (row.id, part.code) else None
            parts.append(
                {
                    "part": part,
                    "objection": made,
                    "state": OBJECTIONS[made.state] if made else None,
                    "form": (here or fresh(ObjectForm, f"{part.code}_{row.id.hex}")) if asked else None,
                }
            )
        said["months"].append(
            {"row": row, "month": Month.parse(row.month), "total": one.total, "parts": parts, "until": until}
        )
    return shown(request, desk, "provider/examination.html", said, status=status)


def warnings(
    request: DoorRequest, desk: Desk, form: ActForm | None, about: tuple[UUID, str] | None
) -> list[dict[str, Any]]:
    """What is open by its day, with the form to say what was mended; then what was decided."""
    rows = Caution.objects.filter(county__in=desk.counties, provider=desk.provider).select_related("examination")
    ordered = sorted(rows.order_by("-given_at", "-id")[:WARNINGS], key=lambda row: (row.state not in OPEN, row.due_on))
    parts = lost_points(ordered)
    return [
        {
            "row": row,
            "state": CAUTIONS[row.state],
            "why": caution_said(row),
            "parts": parts[row.id] if row.state in OPEN else [],
            "late": row.state in OPEN and row.due_on < request.on,
            "form": (form if form is not None and about == (row.id, "mend") else fresh(MendForm, f"mend_{row.id.hex}"))
            if row.state == Caution.State.GIVEN
            else None,
        }
        for row in ordered
    ]


@require_POST
@require("desk.examination")
def mended(request: DoorRequest, caution_id: UUID) -> HttpResponse:
    """Say what was mended; the county looks and decides."""
    desk = open_desk(request, "desk.examination")
    row = Caution.objects.filter(id=caution_id).first()
    if row is None or row.county not in desk.counties or row.provider_id != desk.provider.pk:
        somebody_elses(request, row, "examine_caution")

    def again(form: ActForm, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
        return page(request, desk, form, refusal, status, about=(row.id, "mend"))

    by = account_of(request).username
    return post(
        request,
        sent(MendForm, f"mend_{row.id.hex}", request),
        county=row.county,
        name=f"examine.mend:{row.id}",
        do=lambda told: mend(caution=row, words=told["words"], at=request.at, by=by),
        page=again,
        done=_("报上去了，等县区复查。"),
        on_to=reverse("provider:examination"),
    )


@require_POST
@require("desk.examination")
def objected(request: DoorRequest, examination_id: UUID, indicator: str) -> HttpResponse:
    """Object to one indicator of a published month."""
    desk = open_desk(request, "desk.examination")
    row = Examination.objects.filter(id=examination_id).select_related("edition").first()
    if row is None or row.county not in desk.counties:
        somebody_elses(request, row, "examination")
    if indicator not in INDICATORS:
        raise Http404

    def again(form: ActForm, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
        return page(request, desk, form, refusal, status, about=(row.id, indicator))

    return post(
        request,
        sent(ObjectForm, f"{indicator}_{row.id.hex}", request),
        county=row.county,
        name=f"examine.object:{row.id}:{indicator}",
        do=lambda told: object_to(
            examination=row,
            provider=desk.provider,
            indicator=indicator,
            because=told["because"],
            at=request.at,
            on=request.on,
            by=account_of(request).username,
        ),
        page=again,
        done=_("“%(name)s”的异议交上去了，会由另外的人答复。") % {"name": name_of(indicator)},
        on_to=reverse("provider:examination"),
    )
