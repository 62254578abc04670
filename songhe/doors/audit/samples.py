"""Samples 抽样: drawn by seed, so that a second auditor draws the same; each draw stands in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.audit.desk import Desk, look, open_desk, said
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import words
from songhe.doors.staff.export import titles, workbook
from songhe.doors.staff.figures import language
from songhe.kernel.month import Month
from songhe.month.audit.draw import MOST, STRATA, Sample, draw
from songhe.person.masks import mask_name

STRATUM_WORDS: dict[str, Any] = {
    "bills": gettext_lazy("账单"),
    "vouchers": gettext_lazy("消费券"),
    "applications": gettext_lazy("申请"),
    "statements": gettext_lazy("结算单"),
}
BACK = 12


class SampleForm(forms.Form):
    stratum = forms.ChoiceField(label=gettext_lazy("抽什么"), choices=[(code, STRATUM_WORDS[code]) for code in STRATA])
    month = forms.ChoiceField(label=gettext_lazy("哪个月"))
    size = forms.IntegerField(label=gettext_lazy("抽多少件"), min_value=1, max_value=MOST, initial=20)
    seed = forms.CharField(
        label=gettext_lazy("种子"),
        max_length=60,
        help_text=gettext_lazy("记下它，以后能抽出同一批。例如日期加项目号。"),
    )

    def __init__(self, months: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = months


def form_of(request: DoorRequest, given: Mapping[str, Any] | None) -> SampleForm:
    now = Month.of(request.on)
    months = [now.plus(-back) for back in range(BACK + 1)]
    named = [(str(month), spoken_month(month, language())) for month in months]
    return SampleForm(named, given, auto_id="id_sample_%s", initial={"month": str(now.previous)})


@require_safe
@require("audit.trace")
def samples(request: DoorRequest) -> HttpResponse:
    """The form and, once it is filled in, what the seed drew; the address draws the same again."""
    desk = open_desk(request, "audit.trace")
    drawn = "seed" in request.GET
    form = form_of(request, request.GET if drawn else None)
    sample = drawn_by(request, desk, form) if drawn and form.is_valid() else None
    if sample is None:
        look(request, desk, "audit.read", "page", "samples")
    table = {
        **said(request, desk, Crumb(_("抽样"))),
        "form": form,
        "sample": sample,
        "rows": [row_of(desk, sample.stratum, row) for row in sample.rows] if sample else [],
        "stratum_word": STRATUM_WORDS[sample.stratum] if sample else "",
    }
    return render(request, "audit/samples.html", table, status=422 if drawn and sample is None else 200)


def drawn_by(request: DoorRequest, desk: Desk, form: SampleForm) -> Sample:
    told = form.cleaned_data
    sample = draw(
        county=desk.county,
        stratum=told["stratum"],
        month=Month.parse(told["month"]),
        seed=told["seed"],
        size=told["size"],
    )
    look(
        request,
        desk,
        "audit.sample",
        "sample",
        sample.stratum,
        month=str(sample.month),
        seed=sample.seed,
        size=sample.size,
        population=sample.population,
        digest=sample.digest,
    )
    return sample


def row_of(desk: Desk, stratum: str, row: Any) -> dict[str, Any]:
    """A drawn row: its number, whom it is about (masked), what it is worth, how it stands, and the way on."""
    provider = row.provider.name if stratum in ("bills", "statements") else ""
    return {
        "no": row.no,
        "who": mask_name(row.person.name) if stratum != "statements" else "",
        "provider": provider,
        "fen": {"bills": "voucher_fen", "vouchers": "face_fen", "statements": "net_fen"}.get(stratum)
        and getattr(row, {"bills": "voucher_fen", "vouchers": "face_fen", "statements": "net_fen"}[stratum]),
        "state": state_of(stratum, row.state),
        "address": desk.address("audit:trace", no=row.no, kind=stratum.removesuffix("s")),
    }


def state_of(stratum: str, state: str) -> words.Word:
    table = {
        "bills": words.BILL,
        "vouchers": words.GRANT,
        "applications": words.APPLICATION,
        "statements": words.STATEMENT,
    }[stratum]
    return words.word(table, state)


@require_POST
@require("audit.trace")
def export(request: DoorRequest) -> HttpResponse:
    """The sample as a workbook, masked; seed, size and population stand in it."""
    desk = open_desk(request, "audit.trace")
    form = form_of(request, request.POST)
    if not form.is_valid():
        table = {**said(request, desk, Crumb(_("抽样"))), "form": form, "sample": None, "rows": []}
        return render(request, "audit/samples.html", table, status=422)
    sample = drawn_by(request, desk, form)
    rows = [row_of(desk, sample.stratum, row) for row in sample.rows]
    told = _("种子 %(seed)s，从 %(population)s 件中抽 %(size)s 件") % {
        "seed": sample.seed,
        "population": sample.population,
        "size": len(sample.numbers),
    }
    return workbook(
        request,
        name=f"sample-{sample.stratum}-{sample.month}",
        title=str(STRATUM_WORDS[sample.stratum]),
        columns=titles(
            [
                (_("编号"), "text", 26),
                (_("姓名"), "text", 12),
                (_("机构"), "text", 28),
                (_("金额"), "money", 14),
                (_("状态"), "text", 14),
            ]
        ),
        rows=[
            *([row["no"], row["who"], row["provider"], row["fen"], str(row["state"].said)] for row in rows),
            [told, None, None, None, None],
        ],
        counties=[desk.county],
    )
