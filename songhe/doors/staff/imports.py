"""People in bulk 批量导入: hand in a table, say what its columns are, look at what it would do, load it, read on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.document.file import keep_file, read_file
from songhe.document.models import StoredFile
from songhe.document.sheet import Column, Limits, Page, read_sheet, write_workbook
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, reported, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.reach import account_of, counties, out_of_reach, reach
from songhe.jobs.models import Run, RunState
from songhe.kernel.refusal import Refusal
from songhe.month.importing import JOB, MOST_ROWS, NO_ROWS, TOO_MANY_ROWS, hand_in
from songhe.person.importing import COLUMNS, NEEDED, STATES, preview
from songhe.person.undo_import import undo_import

#: Rows that are looked at before the table is handed over; the worker looks at all of them.
LOOKED_AT = 1_000
#: Rows shown of what was looked at, and of what was found.
SHOWN, FINDINGS = 20, 200
SHEETS = ("xlsx", "xls", "csv")
FIELD_OF = {heading: name for name, headings in COLUMNS.items() for heading in (name, *headings)}


class UploadForm(ActForm):
    file = forms.FileField(
        label=gettext_lazy("人员表格"),
        help_text=gettext_lazy("Excel（.xlsx、.xls）或 CSV，首行为表头，最多 10 万行。带宏的文件不收。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )


class LoadForm(ActForm):
    accept = forms.BooleanField(
        label=gettext_lazy("有警告的行也一起导入（我已核对）"),
        required=False,
    )


class UndoForm(ActForm):
    because = because(gettext_lazy("撤销理由"), rows=2, longest=300)


@dataclass(frozen=True)
class Heading:
    """A column of the table, the field that it is read as, and what stands in its first rows."""

    place: int
    name: str
    field: str
    examples: list[str]


def county_of(request: DoorRequest) -> str:
    """The county that a table is for: the only one, or the one that is chosen."""
    known = counties(request, "person.import")
    asked = request.POST.get("county") or request.GET.get("county") or (known[0] if known else "")
    if asked not in known:
        raise Http404
    return asked


def run_row(run: Run) -> dict[str, Any]:
    counted = run.result.get("counts", {})
    return {
        "run": run,
        "address": reverse("staff:import-job", args=[run.id]),
        "state": words.word(words.RUNS, run.state),
        "counts": [(words.IMPORTED[state], counted[state]) for state in STATES if counted.get(state)],
        "when": run.finished_at or run.started_at,
    }


@require_safe
@require("person.import")
def imports(request: DoorRequest) -> HttpResponse:
    """The tables that were handed in, and the place for the next."""
    reach(request, "person.import")
    return shown_imports(request)


def shown_imports(
    request: DoorRequest, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    known = counties(request, "person.import")
    rows = Run.objects.filter(county__in=known, job=JOB).order_by("-started_at", "-id")[:20]
    said = {
        "crumbs": [Crumb(_("人员"), reverse("staff:people")), Crumb(_("批量导入"))],
        "form": form or fresh(UploadForm, "upload"),
        "wrong": form if form is not None and form.errors else None,
        "counties": [(code, naming.whole_place(code, request.on)) for code in known],
        "rows": [run_row(run) for run in rows],
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/imports.html", said, status=status)


@require_POST
@require("person.import")
def upload(request: DoorRequest) -> HttpResponse:
    """Keep the table. Refuses with ``document.*`` or ``import.*``: wrong kind, too large, a bomb, macros, empty."""
    county = county_of(request)
    form = UploadForm(request.POST, request.FILES, auto_id="id_upload_%s")
    if not form.is_valid():
        return shown_imports(request, form, status=422)
    given: UploadedFile = form.cleaned_data.pop("file")

    def do() -> dict[str, Any]:
        content = given.read(Limits.content_bytes + 1)
        rows_in(content)
        kept = keep_file(
            county=county,
            content=content,
            purpose="draft",
            uploaded_by=account_of(request),
            at=request.at,
            called=given.name or "",
            allowed=SHEETS,
            most_bytes=Limits.content_bytes,
        )
        return {"file": str(kept.id)}

    try:
        answer = act_once(request, county=county, name="staff.import.upload", form=form, do=do)
    except Refusal as refusal:
        return shown_imports(request, refusal=refusal, status=refusal.status)
    return HttpResponseRedirect(reverse("staff:import-draft", args=[answer["file"]]))


def rows_in(content: bytes) -> list[list[str]]:
    """The rows of the table, headings first. Refuses with ``import.no_rows`` or ``import.too_many_rows``."""
    rows = read_sheet(content).rows
    if len(rows) < 2:
        raise NO_ROWS("file")
    if len(rows) > MOST_ROWS + 1:
        raise TOO_MANY_ROWS("file", most=MOST_ROWS)
    return rows


def draft_of(request: DoorRequest, file_id: UUID) -> StoredFile:
    """A table that this person handed in, inside the reach."""
    known = counties(request, "person.import")
    rows = StoredFile.objects.everywhere("a table is shown to who handed it in, within the counties of the reach")
    found = rows.filter(county__in=known, id=file_id, uploaded_by=account_of(request), kind__in=SHEETS).first()
    if found is None:
        elsewhere = rows.filter(id=file_id).first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="document.StoredFile", subject_id=file_id)
        raise Http404
    return found


def headings_of(rows: Sequence[Sequence[str]], chosen: Mapping[str, str]) -> list[Heading]:
    """The columns, each read as what somebody chose or as what its heading says."""
    asked = any(name.startswith("c") and name[1:].isdigit() for name in chosen)
    found = []
    for place, heading in enumerate(rows[0]):
        said = chosen.get(f"c{place}", "") if asked else FIELD_OF.get(heading.strip(), "")
        examples = [row[place] for row in rows[1:4] if place < len(row) and row[place].strip()]
        found.append(Heading(place, heading.strip(), said if said in COLUMNS else "", examples))
    return found


def table_of(rows: Sequence[Sequence[str]], headings: Sequence[Heading]) -> list[dict[str, str]]:
    """Rows by field; of two columns read as the same field the first counts."""
    read: dict[str, int] = {}
    for heading in headings:
        if heading.field:
            read.setdefault(heading.field, heading.place)
    return [{name: row[place] if place < len(row) else "" for name, place in read.items()} for row in rows[1:]]


@require_safe
@require("person.import")
def draft(request: DoorRequest, file_id: UUID) -> HttpResponse:
    """Which column is what, and what loading the table would do."""
    reach(request, "person.import")
    return shown_draft(request, draft_of(request, file_id), request.GET)


def shown_draft(
    request: DoorRequest,
    kept: StoredFile,
    chosen: Mapping[str, str],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = rows_in(read_file(kept))
    headings = headings_of(rows, chosen)
    known = {heading.field for heading in headings if heading.field}
    missing = [COLUMNS[name][0 if words.in_chinese() else 1] for name in NEEDED if name not in known]
    report = None
    if not missing:
        report = preview(county=kept.county, table=table_of(rows[: LOOKED_AT + 1], headings), on=request.on)
    language = 0 if words.in_chinese() else 1
    said = {
        "crumbs": [
            Crumb(_("人员"), reverse("staff:people")),
            Crumb(_("批量导入"), reverse("staff:imports")),
            Crumb(_("核对")),
        ],
        "file": kept,
        "place": naming.whole_place(kept.county, request.on),
        "total": len(rows) - 1,
        "headings": headings,
        "fields": [(name, names[language]) for name, names in COLUMNS.items()],
        "missing": words.listed(missing),
        "counts": [(words.IMPORTED[state], report.counts[state]) for state in STATES if report.counts[state]]
        if report
        else [],
        "looked_at": min(LOOKED_AT, len(rows) - 1),
        "all_looked_at": len(rows) - 1 <= LOOKED_AT,
        "preview": [preview_row(row) for row in report.rows if row.findings or row.state != "same"][:SHOWN]
        if report
        else [],
        "form": fresh(LoadForm, "load") if report else None,
        "has_warnings": bool(report and report.counts["waiting"]),
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/import_draft.html", said, status=status)


def preview_row(row: Any) -> dict[str, Any]:
    return {
        "number": row.number + 1,
        "name": row.told.get("name", ""),
        "state": words.IMPORTED[row.state],
        "findings": [words.said(each.zh, each.en) for each in row.findings],
    }


@require_POST
@require("person.import")
def load(request: DoorRequest, file_id: UUID) -> HttpResponse:
    """Hand the table over to the worker; the same table again goes on where it was."""
    reach(request, "person.import")
    kept = draft_of(request, file_id)
    form = sent(LoadForm, "load", request)
    if not form.is_valid():
        return shown_draft(request, kept, request.POST, status=422)

    def do() -> dict[str, Any]:
        content = read_file(kept)
        rows = rows_in(content)
        headings = headings_of(rows, request.POST)
        lines = reported.as_lines(table_of(rows, headings))
        run = hand_in(
            county=kept.county,
            content=lines,
            accept_warnings=form.cleaned_data["accept"],
            account=account_of(request),
            at=request.at,
        )
        reported.keep_origin(run, kept, content, headings, account=account_of(request), at=request.at)
        return {"run": str(run.id)}

    try:
        answer = act_once(request, county=kept.county, name=f"staff.import.load:{kept.id}", form=form, do=do)
    except Refusal as refusal:
        return shown_draft(request, kept, request.POST, refusal=refusal, status=refusal.status)
    messages.success(request, _("已交给后台导入。可以离开这一页，进度会一直保留。"))
    return HttpResponseRedirect(reverse("staff:import-job", args=[answer["run"]]))


def run_of(request: DoorRequest, run_id: UUID) -> Run:
    found = Run.objects.filter(county__in=counties(request, "import.read"), job=JOB, id=run_id).first()
    if found is None:
        elsewhere = Run.objects.filter(job=JOB, id=run_id).first()
        if elsewhere is not None:
            out_of_reach(request, county=elsewhere.county, subject="jobs.Run", subject_id=run_id)
        raise Http404
    return found


def job_said(request: DoorRequest, run: Run) -> dict[str, Any]:
    counted = run.result.get("counts", {})
    found = run.result.get("findings", [])
    moving = run.state in (RunState.WAITING, RunState.RUNNING)
    may_undo = bool(counted.get("new")) and not moving and request.on is not None
    return {
        "crumbs": [
            Crumb(_("人员"), reverse("staff:people")),
            Crumb(_("批量导入"), reverse("staff:imports")),
            Crumb(_("进度")),
        ],
        "run": run,
        "state": words.word(words.RUNS, run.state),
        "moving": moving,
        "counts": [(words.IMPORTED[state], counted[state]) for state in STATES if counted.get(state)],
        "findings": [
            {
                "row": each["row"] + 1 if each["row"] else "",
                "state": words.IMPORTED.get(each["state"]),
                "said": words.said(each["zh"], each["en"]),
            }
            for each in found[:FINDINGS]
        ],
        "more": max(0, len(found) - FINDINGS),
        "poll": reverse("staff:import-progress", args=[run.id]),
        "report": reverse("staff:import-report", args=[run.id]) if found and not moving else "",
        "undo": fresh(UndoForm, "undo") if may_undo else None,
        "wrong": None,
        "refused": "",
        "refused_code": "",
    }


@require_safe
@require("import.read")
def job(request: DoorRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
    return render(request, "staff/import_job.html", job_said(request, run))


@require_safe
@require("import.read")
def progress(request: DoorRequest, run_id: UUID) -> HttpResponse:
    """The part that renews itself while the worker loads."""
    return render(request, "staff/import_progress.html", job_said(request, run_of(request, run_id)))


@require_safe
@require("import.read")
def report(request: DoorRequest, run_id: UUID) -> HttpResponse:
    """The same workbook with a column that says what is wrong, and the cells that are wrong in red."""
    run = run_of(request, run_id)
    content = reported.workbook(run)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=reported.KIND)
    response.headers["Content-Disposition"] = f'attachment; filename="songhe-import-{run.period}.xlsx"'
    return response


@require_POST
@require("person.import")
def undo(request: DoorRequest, run_id: UUID) -> HttpResponse:
    """Take back the files that the table opened, but for those that something was built on."""
    run = run_of(request, run_id)
    if run.county not in counties(request, "person.import"):
        raise Http404
    form = sent(UndoForm, "undo", request)
    if not form.is_valid():
        said = {**job_said(request, run), "undo": form, "wrong": form}
        return render(request, "staff/import_job.html", said, status=422)

    def do() -> dict[str, Any]:
        undone = undo_import(
            county=run.county,
            document=reported.document_of(run),
            because=form.cleaned_data["because"],
            at=request.at,
            by=account_of(request).username,
        )
        return {"removed": undone.removed, "kept": len(undone.kept)}

    try:
        answer = act_once(request, county=run.county, name=f"staff.import.undo:{run.id}", form=form, do=do)
    except Refusal as refusal:
        said = {**job_said(request, run), "refused": in_words(refusal), "refused_code": refusal.code}
        return render(request, "staff/import_job.html", said, status=refusal.status)
    told = _("已撤销 %(removed)s 份档案。") % answer
    if answer["kept"]:
        told += _("%(kept)s 份已有后续办理，没有撤销。") % answer
    messages.success(request, told)
    return HttpResponseRedirect(reverse("staff:import-job", args=[run.id]))


@require_safe
@require("person.import")
def template(request: DoorRequest) -> HttpResponse:
    """An empty workbook with the headings, ID columns as text, and a sheet that says how to fill it in."""
    chinese = words.in_chinese()
    names = {name: found[0 if chinese else 1] for name, found in COLUMNS.items()}
    needed = _("必填")
    hints = {
        "id_number": _("按文本填写，不要让 Excel 变成科学计数。没有号码的留空。"),
        "place": _("12 位村（社区）代码。"),
        "birth_date": _("有证件号码的可以不填。2026-11-22、20261122、2026年11月22日都可以。"),
        "phone": _("手机号，或带区号的座机。"),
    }
    people = Page(
        _("人员"),
        [
            Column(names[name], hint=hints.get(name, ""), choices=("男", "女") if name == "sex" else ())
            for name in COLUMNS
        ],
        blank_rows=500,
    )
    how = Page(
        _("填写说明"),
        [Column(_("列"), width=20), Column(_("要求"), width=80)],
        rows=[
            [names[name], " ".join(part for part in (needed if name in NEEDED else "", hints.get(name, "")) if part)]
            for name in COLUMNS
        ],
    )
    version = Page("version", [Column("songhe-people-1")], hidden=True)
    response = HttpResponse(write_workbook([people, how, version]), content_type=reported.KIND)
    response.headers["Content-Disposition"] = 'attachment; filename="songhe-people-template.xlsx"'
    return response
