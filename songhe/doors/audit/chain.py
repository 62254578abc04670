"""The chain of the trail 留痕链: each entry bound to all before it; checked from the first to the last seal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.audit.desk import Desk, look, open_desk, said
from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.jobs.models import Run, RunState
from songhe.jobs.outbox import put
from songhe.month.audit.run import AT_ONCE, CHAIN_JOB, CHAIN_TOPIC
from songhe.month.audit.run import verify as check_chain
from songhe.trail.models import Entry, Seal
from songhe.trail.verify import Head, head


class AnchorForm(forms.Form):
    """A head that was kept outside: only with it is a chain found that was cut short or computed anew."""

    number = forms.IntegerField(label=gettext_lazy("外部保存的环号"), min_value=0, required=False)
    digest = forms.RegexField(
        r"^[0-9a-f]{64}$",
        label=gettext_lazy("外部保存的摘要"),
        required=False,
        help_text=gettext_lazy("没有就留空；有它才能发现整条链被重算或截短。"),
    )

    def anchor(self, county: str) -> Head | None:
        number, digest = self.cleaned_data.get("number"), self.cleaned_data.get("digest")
        return Head(county, number, digest) if number and digest else None


@require_safe
@require("audit.verify")
def chain(request: DoorRequest) -> HttpResponse:
    """The last seal, what is not sealed yet, and what the last check found."""
    desk = open_desk(request, "audit.verify")
    look(request, desk, "audit.read", "page", "chain")
    return render(request, "audit/chain.html", chain_said(request, desk, AnchorForm(auto_id="id_anchor_%s")))


def chain_said(request: DoorRequest, desk: Desk, form: AnchorForm) -> dict[str, Any]:
    last = Seal.objects.filter(county=desk.county).select_related("entry").order_by("-number").first()
    run = Run.objects.filter(county=desk.county, job=CHAIN_JOB).order_by("-period").first()
    entries = Entry.objects.filter(county=desk.county).count()
    sealed = last.number if last else 0
    return {
        **said(request, desk, Crumb(_("校验留痕链"))),
        "form": form,
        "last": last,
        "head": head(county=desk.county),
        "entries": entries,
        "unsealed": max(0, entries - sealed),
        "run": run,
        "result": run.result if run and run.state == RunState.DONE else None,
        "moving": run is not None and run.state in (RunState.WAITING, RunState.RUNNING),
    }


@require_POST
@require("audit.verify")
def verify(request: DoorRequest) -> HttpResponse:
    """Check the whole chain: at once where it is short, by the worker where it is long."""
    desk = open_desk(request, "audit.verify")
    form = AnchorForm(request.POST, auto_id="id_anchor_%s")
    if not form.is_valid():
        return render(request, "audit/chain.html", chain_said(request, desk, form), status=422)
    anchor = form.anchor(desk.county)
    stands = head(county=desk.county)
    look(request, desk, "audit.verify", "chain", desk.county, number=stands.number, digest=stands.digest)
    if stands.number <= AT_ONCE:
        check_chain(county=desk.county, on=request.on, clock=lambda: request.at, anchor=anchor)
    else:
        run, _new = Run.objects.get_or_create(county=desk.county, job=CHAIN_JOB, period=request.on.isoformat())
        payload = {"on": request.on.isoformat(), "anchor": [anchor.number, anchor.digest] if anchor else None}
        put(county=desk.county, topic=CHAIN_TOPIC, about=run.id, payload=payload, at=request.at)
    return HttpResponseRedirect(desk.address("audit:chain"))
