"""A provider leaves the county 机构退出: decided by two people, everybody handed over, and only then finished."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import may, require
from songhe.doors.shell import amount
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day as day_said
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems, sent
from songhe.doors.staff.cursor import address
from songhe.doors.staff.examination_acts import EXIT, EXIT_VERBS
from songhe.doors.staff.examination_shown import EXITS, KINDS, caution_said
from songhe.doors.staff.examination_sides import Side, back_to, tabs
from songhe.doors.staff.meals_shown import MEALS
from songhe.doors.staff.reach import account_of, counties, county_of, noted_read
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, Wrong, find, offers, within
from songhe.doors.staff.words import in_chinese
from songhe.doors.staff.words import said as in_language
from songhe.examine.hand_over import Destinations, Held, held, place, placements, unplaced
from songhe.examine.leave import exits
from songhe.examine.models import Exit, Placement
from songhe.examine.steer import Offer
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Provider

#: Exits on the list; things to hand over, and handed over, on a page.
SHOWN, PAGE, DONE = 40, 20, 100

CHOICES = (
    ("elder", gettext_lazy("老人自己选的")),
    ("agreed", gettext_lazy("老人没有主意，同意我们建议的")),
)


class PlaceForm(ActForm):
    to = forms.TypedChoiceField(label=gettext_lazy("去哪一家"), coerce=int, required=False, empty_value=None)
    way = forms.ChoiceField(label=gettext_lazy("谁选的"), choices=CHOICES, widget=forms.RadioSelect)
    chosen = because(gettext_lazy("老人是怎么说的"), rows=2, longest=300)

    def __init__(self, *told: Any, offers: list[Offer], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["to"].choices = [
            *((one.provider.pk, offer_said(one, first=place == 0)) for place, one in enumerate(offers)),
            ("", _("哪家都不去（写明老人的话）")),
        ]
        if not offers:
            del fields["to"]


def offer_said(one: Offer, *, first: bool, name: str = "") -> str:
    """建议 · 机构甲 · 82 分 · 1.2 公里"""
    name = name or one.provider.name
    parts = [_("建议"), name] if first else [name]
    parts.append(_("%(score)s 分") % {"score": one.score} if one.score is not None else _("还没有得分"))
    if one.metres is not None:
        parts.append(_("%(km)s 公里") % {"km": f"{one.metres // 1000}.{one.metres % 1000 // 100}"})
    return " · ".join(parts)


def thing_said(what: Held) -> str:
    """What exactly an elder has: the bed, the wheelchair, the meal of a day, the service, the sum."""
    row, kind = what.row, what.kind
    language = "zh" if in_chinese() else "en"
    if kind == Placement.Kind.STAY:
        return _("%(day)s入住") % {"day": day_said(row.admitted_on, language)} + (f" · {row.bed}" if row.bed else "")
    if kind == Placement.Kind.LOAN:
        return in_language(row.piece.aid.name, row.piece.aid.name_en)
    if kind == Placement.Kind.FITTING:
        return in_language(row.aid.name, row.aid.name_en) if row.aid else row.wish
    if kind == Placement.Kind.BOOKING:
        return f"{day_said(row.day, language)} {MEALS[row.meal]} · {row.menu.point.name}"
    if kind == Placement.Kind.NEED:
        return in_language(row.item.name, row.item.name_en)
    return amount.figures(row.amount_fen - row.taken_fen)


@require_safe
@require("examination.read")
def leaving(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "examination.read"))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    said = {
        **tabs(request, county, "staff:exits"),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "rows": [(row, EXITS[row.state]) for row in exits(county)[:SHOWN]],
        "offered": offers(request, Here(county), [EXIT], page="staff:exit-new", wrong=wrong),
    }
    return render(request, "staff/examination_exits.html", said, status=status)


@require_safe
@require("examination.read")
def one(request: DoorRequest, key: UUID) -> HttpResponse:
    row = exit_of(request, key)
    noted_read(request, county=row.county, act="examine.read_exit", subject="examine_exit", subject_id=row.id)
    return one_page(request, row)


def exit_of(request: DoorRequest, key: UUID) -> Exit:
    rows = Exit.objects.select_related("provider", "caution__examination")
    row: Exit = find(request, rows, "examination.read", "examine_exit", key)
    return row


def one_page(
    request: DoorRequest,
    row: Exit,
    wrong: Wrong | None = None,
    status: int = 200,
    *,
    form: ActForm | None = None,
    about: tuple[str, UUID] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """What everybody still has there, where each could go, what is handed over, and what may be decided now."""
    running = row.state == Exit.State.RUNNING
    waiting = unplaced(leaving=row, on=request.on) if running else []
    if row.state == Exit.State.PROPOSED:
        waiting = held(county=row.county, provider=row.provider, on=max(request.on, row.since))
    places = running and may(request.user, "examination.place", request.on)
    places = places and row.county in counties(request, "examination.place")
    shown = Paginator(waiting, PAGE).get_page(request.GET.get("page"))
    destinations = Destinations(row, request.on)
    done = placements(row)
    names = naming.accounts([row.begun_by, row.decided_by, row.finished_by])
    things = []
    for what in shown.object_list:
        offered = destinations.of(what)
        mine = form if about == what.key else None
        things.append(
            {
                "what": what,
                "kind": KINDS[what.kind],
                "said": thing_said(what),
                "first": offered[0] if offered else None,
                "address": reverse("staff:exit-place", args=[row.id, what.kind, what.row.id]),
                "form": (mine or fresh_place(what, offered)) if places else None,
                "open": mine is not None,
            }
        )
    said = {
        **(wrong.said() if wrong else problems(form, refusal)),
        "crumbs": [Crumb(_("机构退出"), back_to("staff:exits", row.county)), Crumb(row.provider.name)],
        "row": row,
        "state": EXITS[row.state],
        "caution": caution_said(row.caution) if row.caution else "",
        "people": len({what.person.id for what in waiting}),
        "counts": [(KINDS[kind], count) for kind, count in Counter(what.kind for what in waiting).items()],
        "things": things,
        "running": running,
        "first": address(request, page="") if shown.number > 1 else "",
        "following": address(request, page=shown.next_page_number()) if shown.has_next() else "",
        "done": [(one, KINDS[one.kind]) for one in done[:DONE]],
        "done_count": len(done),
        "begun_by": names[row.begun_by],
        "decided_by": names[row.decided_by] if row.decided_by else "",
        "finished_by": names[row.finished_by] if row.finished_by else "",
        "offered": offers(request, row, open_verbs(len(waiting), row), page="staff:exit-act", wrong=wrong),
    }
    status = refusal.status if refusal else 422 if form is not None and form.errors else status
    return render(request, "staff/examination_exit.html", said, status=status)


def open_verbs(waiting: int, row: Exit) -> list[Any]:
    """While anybody has no new place there is nothing to finish."""
    return [verb for verb in EXIT_VERBS if verb.name != "finish" or not waiting]


def name_of(what: Held) -> str:
    return f"{what.kind}_{what.row.id.hex}"


def fresh_place(what: Held, offered: list[Offer]) -> ActForm:
    made: Any = lambda *told, **more: PlaceForm(*told, offers=offered, **more)  # noqa: E731
    return fresh(made, name_of(what), to=offered[0].provider.pk if offered else None)


LEAVING = Side(
    begin=EXIT,
    verbs=EXIT_VERBS,
    listed="staff:exits",
    page=page,
    find=exit_of,
    shown=one_page,
    after=lambda row: reverse("staff:exit", args=[row.id]),
)


@require_POST
@require("examination.place")
def hand_over(request: DoorRequest, key: UUID, kind: str, subject: UUID) -> HttpResponse:
    """Hand one thing over to another provider, as the elder chose or agreed."""
    row = exit_of(request, key)
    within(request, "examination.place", row.county)
    what = next((one for one in unplaced(leaving=row, on=request.on) if one.key == (kind, subject)), None)
    if what is None:
        raise Http404
    offered = Destinations(row, request.on).of(what)
    made: Any = lambda *told, **more: PlaceForm(*told, offers=offered, **more)  # noqa: E731
    form = sent(made, name_of(what), request)
    if not form.is_valid():
        return one_page(request, row, form=form, about=what.key)
    told = form.cleaned_data
    to: Provider | None = next((each.provider for each in offered if each.provider.pk == told.get("to")), None)

    def do() -> dict[str, Any]:
        by = account_of(request).username
        by_elder = told["way"] == "elder"
        when: dict[str, Any] = {"at": request.at, "on": request.on, "by": by}
        place(leaving=row, what=what, chosen=told["chosen"], by_elder=by_elder, to=to, **when)
        return {}

    try:
        act_once(request, county=row.county, name=f"examine.place:{row.id}:{kind}:{subject}", form=form, do=do)
    except Refusal as refusal:
        return one_page(request, exit_of(request, key), form=form, about=what.key, refusal=refusal)
    messages.success(request, _("安置好了。"))
    return HttpResponseRedirect(reverse("staff:exit", args=[row.id]))
