"""Drafts of packs 政策包草稿: a changed copy by one person, its review by another, and recording what is in force."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, act_once, fresh, in_words, sent
from songhe.doors.staff.pack_words import WORDS, programme_name
from songhe.doors.staff.packs import accounts_of, author, chosen_of, find, frame_of, life, may_write
from songhe.doors.staff.reach import account_of, out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.policy import draft as drafting
from songhe.policy import load as loading
from songhe.policy import states
from songhe.policy.models import PackRelease
from songhe.policy.pack import FILES
from songhe.policy.queries import files_of, place
from songhe.policy.resolve import library


class DraftForm(ActForm):
    """The pack's files as text. A changed copy is kept under the author's name and must be reviewed by another."""

    edition = forms.SlugField(
        label=gettext_lazy("版本名"), max_length=40, help_text=gettext_lazy("小写字母、数字和短横线，例如 2027。")
    )

    def __init__(self, *args: Any, texts: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FILES:
            text = (texts or {}).get(name, "")
            self.fields[field_of(name)] = forms.CharField(
                label=name,
                required=False,
                strip=False,
                initial=text,
                max_length=200_000,
                widget=forms.Textarea(attrs={"class": "draft-file", "rows": min(30, max(4, text.count("\n") + 2))}),
            )

    def texts(self) -> dict[str, str]:
        """The files that hold anything, with the line ends of the folder."""
        told = {name: self.cleaned_data[field_of(name)].replace("\r\n", "\n") for name in FILES}
        return {name: text for name, text in told.items() if text.strip()}


def field_of(file: str) -> str:
    return file.partition(".")[0] + "_text"


def within_reach(request: DoorRequest, place_code: str, subject: str) -> None:
    if not may_write(request, place_code):
        out_of_reach(request, county=place_code, subject="policy.PackRelease", subject_id=subject)


@require_http_methods(["GET", "HEAD", "POST"])
@require("policy.load")
def draft(request: DoorRequest, place: str, programme: str) -> HttpResponse:
    """A changed copy of an edition, kept as a draft at its author's name."""
    packs_ = library()
    row = find(packs_, place, programme, request.on)
    within_reach(request, place, f"{place}/{programme}")
    chosen = chosen_of(row, request.GET.get("edition", ""))
    texts = dict(files_of(packs_, chosen.id))
    problem: Refusal | None = None
    if request.method == "POST":
        form = DraftForm(request.POST, texts=texts, auto_id="id_draft_%s")
        if form.is_valid():
            pack_id = f"{place}/{programme}/{form.cleaned_data['edition']}"
            try:
                done = act_once(
                    request,
                    county=place,
                    name="policy.draft",
                    form=form,
                    do=lambda: {
                        "release": drafting.draft(
                            pack=pack_id, files=form.texts(), by=account_of(request).username, at=request.at
                        ).pk
                    },
                )
                messages.success(request, _("草稿已保存，请另一人复核。"))
                return HttpResponseRedirect(reverse("staff:pack-release", args=[done["release"]]))
            except Refusal as refusal:
                problem = refusal
                form.add_error(None, in_words(refusal))
    else:
        form = DraftForm(texts=texts, initial={"key": uuid4(), "edition": ""}, auto_id="id_draft_%s")
    said = {
        **frame_of(request, row),
        "chosen": chosen,
        "form": form,
        "address": f"{reverse('staff:pack-draft', args=[place, programme])}?edition={chosen.edition}",
    }
    return render(
        request, "staff/pack_draft.html", said, status=422 if form.errors else 200 if problem is None else 409
    )


def release_of(release_id: int) -> PackRelease:
    row = PackRelease.objects.filter(pk=release_id).first()
    if row is None:
        raise Http404
    return row


@require_safe
@require("policy.read")
def release(request: DoorRequest, release_id: int) -> HttpResponse:
    """A release on record: who made it, who reviewed it, its text against the folder's, and what stands against it."""
    row = release_of(release_id)
    place_code, programme, _edition = row.pack.split("/")
    return render(request, "staff/pack_release.html", release_said(request, row, place_code, programme))


def release_said(
    request: DoorRequest, row: PackRelease, place_code: str, programme: str, form: ActForm | None = None
) -> dict[str, Any]:
    names = naming.accounts(accounts_of([row]))
    found = drafting.problems(row.pack, row.files) if row.files and row.state == states.DRAFT else []
    mine = row.created_by == account_of(request).username
    return {
        "row": row,
        "state": WORDS[row.state],
        "life": life(row, row.state, names),
        "author": author(row, names),
        "files": sorted(row.files.items()),
        "problems": [(one.file, one.line, words.said(one.zh, one.en)) for one in found],
        "review_form": form or fresh(ActForm, "review"),
        "may_review": row.state == states.DRAFT and not mine and may_write(request, place_code),
        "mine": mine and row.state == states.DRAFT,
        "crumbs": [
            Crumb(_("政策包"), reverse("staff:packs")),
            Crumb(programme_name(programme), pack_address(place_code, programme)),
            Crumb(row.pack),
        ],
    }


def pack_address(place_code: str, programme: str) -> str:
    """The page of the pack; a programme new at the place has none yet."""
    known = place(library(), place=place_code, programme=programme, on=date.min)
    return reverse("staff:pack", args=[place_code, programme]) if known else ""


@require_POST
@require("policy.load")
def review(request: DoorRequest, release_id: int) -> HttpResponse:
    """Another person than the author says that the draft is right; it passes only with every case right."""
    row = release_of(release_id)
    place_code, programme, _edition = row.pack.split("/")
    within_reach(request, place_code, str(row.pk))
    form = sent(ActForm, "review", request)
    if form.is_valid():
        try:
            act_once(
                request,
                county=place_code,
                name="policy.review",
                form=form,
                do=lambda: {
                    "state": drafting.review(release=row, by=account_of(request).username, at=request.at).state
                },
            )
            messages.success(request, _("已复核。下载文件夹放进规则包目录，再登记启用。"))
            return HttpResponseRedirect(reverse("staff:pack-release", args=[row.pk]))
        except Refusal as refusal:
            form.add_error(None, in_words(refusal))
            said = release_said(request, release_of(release_id), place_code, programme, form)
            return render(request, "staff/pack_release.html", said, status=refusal.status)
    said = release_said(request, row, place_code, programme, form)
    return render(request, "staff/pack_release.html", said, status=422)


@require_safe
@require("policy.read")
def folder(request: DoorRequest, release_id: int) -> HttpResponse:
    """A draft as the folder that ``songhe policy load`` reads."""
    row = release_of(release_id)
    if not row.files:
        raise Http404
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(row.files.items()):
            archive.writestr(f"{row.pack}/{name}", text)
    response = HttpResponse(target.getvalue(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.pack.replace("/", "-")}.zip"'
    return response


@require_POST
@require("policy.load")
def load_folder(request: DoorRequest) -> HttpResponse:
    """Record what lies in the folder of packs and put each in the state of the day; done once, whatever it finds."""
    form = sent(ActForm, "load", request)
    if form.is_valid():
        done = loading.load(approver=account_of(request).username, at=request.at)
        changed = len(done.recorded) + len(done.moved) + len(done.superseded)
        messages.success(
            request,
            ngettext("已登记，%(count)s 个版本有变化。", "已登记，%(count)s 个版本有变化。", changed)
            % {"count": changed},
        )
    return HttpResponseRedirect(reverse("staff:packs"))
