"""The terminal of the face service, for practice: say who stands before it, and it gives the ticket for the till."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.card.face import FORM
from songhe.card.models import Face
from songhe.card.ports import faces
from songhe.doors.may import require
from songhe.doors.provider.desk import open_desk, shown
from songhe.doors.shell.request import DoorRequest
from songhe.person.masks import mask_name

#: So many elders stand in the list; a practice county has no more who pay by face.
MOST = 50


@runtime_checkable
class Terminal(Protocol):
    """A service whose terminal sees whom it is told to see."""

    def stand(self, reference: str | None, *, permille: int, at: datetime) -> str: ...


class StandForm(forms.Form):
    who = forms.ChoiceField(label=gettext_lazy("谁站在镜头前"))
    sure = forms.ChoiceField(
        label=gettext_lazy("认得清不清"),
        choices=[("990", gettext_lazy("认得清")), ("700", gettext_lazy("认不准"))],
        widget=forms.RadioSelect,
        initial="990",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.till")
def terminal(request: DoorRequest) -> HttpResponse:
    """Only in a practice database that has chosen the sandbox; a real terminal stands beside the till."""
    service = faces()
    if not (request.practice and isinstance(service, Terminal)):
        raise Http404
    desk = open_desk(request, "desk.till")
    rows = Face.objects.filter(county__in=desk.counties, state=Face.State.READY).select_related("card__person")
    names = [(row.reference, mask_name(row.card.person.name)) for row in rows.order_by("-id")[:MOST]]
    form = StandForm(request.POST or None, auto_id="id_stand_%s")
    form.fields["who"].choices = [*names, ("", _("一个没有开通的人"))]  # type: ignore[attr-defined]
    form.fields["who"].required = False
    ticket = ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        ticket = FORM + service.stand(told["who"] or None, permille=int(told["sure"]), at=request.at)
    return shown(request, desk, "provider/till_face.html", {"form": form, "ticket": ticket})
