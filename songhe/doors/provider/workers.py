"""Those who work here, and every paper that allows the work, with its last day 人员与证照."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from songhe.document.file import read_file
from songhe.document.models import StoredFile
from songhe.doors.may import check, require
from songhe.doors.provider import words
from songhe.doors.provider.desk import Desk, by, open_desk, own_worker, shown
from songhe.doors.provider.fields import DayField, ScanField, text_field
from songhe.doors.provider.own import tabs
from songhe.doors.provider.posting import post, troubles
from songhe.doors.provider.statements import kept_file
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.reach import out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.provider.licence import SOON, ending_soon, register_licence
from songhe.provider.models import Certificate, Licence, Provider, Worker
from songhe.provider.worker import EDUCATION, NewWorker, certify, engage, leave


class EngageForm(ActForm):
    name = text_field(gettext_lazy("姓名"), longest=60)
    number = text_field(gettext_lazy("工号"), longest=30)
    job = forms.ChoiceField(label=gettext_lazy("岗位"))
    account = text_field(
        gettext_lazy("登录账号"),
        longest=150,
        required=False,
        help_text=gettext_lazy("有账号的护理员能自己记服务；账号由县区开设。"),
    )
    valid_from = DayField(label=gettext_lazy("到岗日期"))

    def __init__(self, *told: Any, jobs: tuple[str, ...], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["job"].choices = [(code, words.WORKERS[code]) for code in jobs]  # type: ignore[attr-defined]


class PaperForm(ActForm):
    kind = text_field(gettext_lazy("证书名称"), longest=40)
    number = text_field(gettext_lazy("编号"), longest=60)
    valid_from = DayField(label=gettext_lazy("有效期从"))
    valid_to = DayField(label=gettext_lazy("有效期到"), required=False, help_text=gettext_lazy("长期有效的不填。"))
    file = ScanField(label=gettext_lazy("扫描件"), help_text=gettext_lazy("照片或 PDF，最大 10 MB。"))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if given := told.get("file"):
            told["file_told"] = f"{given.name}:{given.size}"
        return told


class LicenceForm(PaperForm):
    kind = forms.ChoiceField(  # type: ignore[assignment]
        label=gettext_lazy("证照"), choices=[(code, word) for code, word in words.LICENCES.items()]
    )


class LeaveForm(ActForm):
    last_day = DayField(label=gettext_lazy("最后一天"))


@dataclass(frozen=True)
class Paper:
    """A licence or certificate with how it stands."""

    kind: Any
    number: str
    valid_from: date
    valid_to: date | None
    state: words.Word
    file: str


@dataclass(frozen=True)
class WorkerRow:
    worker: Worker
    job: Any
    address: str
    papers: list[Paper]


def state_of(valid_to: date | None, on: date) -> words.Word:
    if valid_to is None:
        return words.Word(_("长期有效"), "ok")
    if valid_to < on:
        return words.Word(_("已过期"), "bad")
    if valid_to <= on + SOON:
        return words.Word(_("快到期"), "warn")
    return words.Word(_("有效"), "ok")


def paper_of(row: Certificate | Licence, on: date) -> Paper:
    is_licence = isinstance(row, Licence)
    name = "provider:licence-file" if is_licence else "provider:certificate-file"
    return Paper(
        words.LICENCES.get(row.kind, row.kind) if is_licence else row.kind,
        row.number,
        row.valid_from,
        row.valid_to,
        state_of(row.valid_to, on),
        reverse(name, args=[row.pk]) if row.file else "",
    )


def jobs_of(desk: Desk) -> tuple[str, ...]:
    return (Worker.Job.ASSESSOR, Worker.Job.MANAGER) if desk.assesses else (Worker.Job.CARER, Worker.Job.MANAGER)


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def workers(request: DoorRequest) -> HttpResponse:
    """Everybody who works here with their papers, and the papers of the body itself."""
    desk = open_desk(request, "desk.own")
    jobs = jobs_of(desk)
    engaging: Any = lambda *told, **more: EngageForm(*told, jobs=jobs, **more)  # noqa: E731
    page = partial(workers_page, request, desk)
    if request.method != "POST":
        return page(None)
    check(request, "provider.write")
    what = request.POST.get("what", "")
    if what == "engage":
        form: ActForm = sent(engaging, "engage", request)
    elif what == "licence":
        form = LicenceForm(request.POST, request.FILES, auto_id="id_licence_%s")
    else:
        raise Http404

    def do(told: dict[str, Any]) -> Worker | Licence:
        if what == "engage":
            new = NewWorker(name=told["name"], number=told["number"], job=told["job"], account=told["account"])
            return engage(provider=desk.provider, new=new, valid_from=told["valid_from"], at=request.at, by=by(request))
        stored = kept_file(request, desk.provider.place, told["file"], "licence")
        return register_licence(
            provider=desk.provider,
            kind=told["kind"],
            number=told["number"],
            valid_from=told["valid_from"],
            valid_to=told["valid_to"],
            file=stored.id if stored else None,
            at=request.at,
            by=by(request),
        )

    return post(
        request,
        form,
        county=desk.provider.place,
        name=f"provider.{what}:{desk.provider.id}",
        do=do,
        page=page,
        done=_("已登记。"),
        on_to=reverse("provider:workers"),
        not_kept=("file",),
    )


def workers_page(
    request: DoorRequest, desk: Desk, form: ActForm | None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    rows = list(Worker.objects.filter(provider=desk.provider).order_by("name", "id"))
    papers: dict[int, list[Paper]] = {}
    for row in Certificate.objects.filter(worker__provider=desk.provider).order_by("-valid_from", "id"):
        papers.setdefault(row.worker_id, []).append(paper_of(row, request.on))
    there = [row for row in rows if row.valid_to is None or row.valid_to >= request.on]
    engaging: Any = lambda **more: EngageForm(jobs=jobs_of(desk), **more)  # noqa: E731
    said = {
        "tabs": tabs("workers"),
        "rows": [worker_row(row, papers) for row in there],
        "left": [worker_row(row, papers) for row in rows if row not in there],
        "licences": [
            paper_of(row, request.on)
            for row in Licence.objects.filter(provider=desk.provider).order_by("kind", "-valid_from")
        ],
        "ending": ending_soon(desk.provider, request.on),
        "engage": form if isinstance(form, EngageForm) else fresh(engaging, "engage", valid_from=request.on),
        "licence": form if isinstance(form, LicenceForm) else fresh(LicenceForm, "licence"),
        "open": "engage" if isinstance(form, EngageForm) else "licence" if isinstance(form, LicenceForm) else "",
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/workers.html", said, status=status)


def worker_row(row: Worker, papers: dict[int, list[Paper]]) -> WorkerRow:
    address = reverse("provider:worker", args=[row.pk])
    return WorkerRow(row, words.WORKERS.get(row.job, row.job), address, papers.get(row.pk, []))


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.own")
def worker(request: DoorRequest, worker_id: int) -> HttpResponse:
    """One person who works here: one more certificate, or the last day."""
    desk = open_desk(request, "desk.own")
    row = own_worker(request, desk, worker_id)
    page = partial(worker_page, request, desk, row)
    if request.method != "POST":
        return page(None)
    check(request, "provider.write")
    what = request.POST.get("what", "")
    if what == "certify":
        form: ActForm = PaperForm(request.POST, request.FILES, auto_id="id_certify_%s")
    elif what == "leave":
        form = sent(LeaveForm, "leave", request)
    else:
        raise Http404

    def do(told: dict[str, Any]) -> Worker | Certificate:
        if what == "leave":
            return leave(worker=row, last_day=told["last_day"], at=request.at, by=by(request))
        stored = kept_file(request, desk.provider.place, told["file"], "certificate")
        return certify(
            worker=row,
            kind=told["kind"],
            number=told["number"],
            valid_from=told["valid_from"],
            valid_to=told["valid_to"],
            file=stored.id if stored else None,
            at=request.at,
            by=by(request),
        )

    return post(
        request,
        form,
        county=desk.provider.place,
        name=f"provider.{what}:{row.pk}",
        do=do,
        page=page,
        done=_("已登记。"),
        on_to=reverse("provider:worker", args=[row.pk]),
        not_kept=("file",),
    )


def worker_page(
    request: DoorRequest,
    desk: Desk,
    row: Worker,
    form: ActForm | None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    papers = Certificate.objects.filter(worker=row).order_by("-valid_from", "id")
    education = EDUCATION.get(row.education)
    said = {
        "crumbs": [Crumb(_("人员与证照"), reverse("provider:workers")), Crumb(row.name)],
        "row": row,
        "facts": [
            Fact(_("岗位"), words.WORKERS.get(row.job, row.job)),
            Fact(_("工号"), row.number),
            Fact(_("登录账号"), row.account),
            Fact(_("到岗日期"), row.valid_from.isoformat()),
            Fact(_("最后一天"), row.valid_to.isoformat() if row.valid_to else ""),
            Fact(_("学历"), words.said(*education) if education else ""),
        ],
        "papers": [paper_of(one, request.on) for one in papers],
        "certify": form if isinstance(form, PaperForm) else fresh(PaperForm, "certify"),
        "leave": (form if isinstance(form, LeaveForm) else fresh(LeaveForm, "leave", last_day=request.on))
        if row.valid_to is None
        else None,
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/worker.html", said, status=status)


@require_safe
@require("desk.own")
def licence_file(request: DoorRequest, paper_id: int) -> HttpResponse:
    desk = open_desk(request, "desk.own")
    row = Licence.objects.select_related("provider").filter(pk=paper_id).first()
    return scan(request, desk, row, row.provider if row else None)


@require_safe
@require("desk.own")
def certificate_file(request: DoorRequest, paper_id: int) -> HttpResponse:
    desk = open_desk(request, "desk.own")
    row = Certificate.objects.select_related("worker__provider").filter(pk=paper_id).first()
    return scan(request, desk, row, row.worker.provider if row else None)


def scan(request: DoorRequest, desk: Desk, row: Licence | Certificate | None, owner: Provider | None) -> HttpResponse:
    """The scan of one's own paper, to keep; a browser never opens it as a page. Another provider's is not there."""
    if row is None or owner is None:
        raise Http404
    if owner != desk.provider:
        out_of_reach(request, county=owner.place, subject="paper", subject_id=str(row.pk))
    if row.file is None:
        raise Http404
    stored = StoredFile.objects.everywhere("a provider's own paper").get(county=desk.provider.place, id=row.file)
    answer = HttpResponse(read_file(stored), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{stored.name}"'
    return answer
