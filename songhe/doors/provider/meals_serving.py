"""Serving 供餐: who booked, found in the list or by what is typed or scanned; who came, who did not, who walks in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.fields import text_field
from songhe.doors.provider.finding import find_person
from songhe.doors.provider.meals import own_menu
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.meals_shown import BOOKING, MEALS, MENU, WAYS, WEEKDAYS, class_of
from songhe.doors.staff.reach import out_of_reach
from songhe.doors.staff.words import Word
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.meal import serve as verbs
from songhe.meal.models import Booking, Line, Menu
from songhe.meal.queries import bookings_of_menu, lines_of
from songhe.person import code
from songhe.person.medium import medium_of
from songhe.person.models import Person
from songhe.person.search import fitting

#: Whom a scan found may be served without booking for so long; then they are scanned anew.
SCANNED_SECONDS = 900
SCANNED = "meal.scanned"
#: On one page of the list; a canteen has a few hundred, and whoever is not there is searched.
MOST = 400

SCAN_AGAIN = reason("desk.scan_again", zh="请重新刷卡或扫码。", en="Scan the card or the code again.", status=409)


class WalkInForm(ActForm):
    number = text_field(gettext_lazy("证件号码、券号或卡号"), longest=40)
    name = text_field(gettext_lazy("老人姓名"), longest=60)


class ScannedForm(ActForm):
    scanned = forms.CharField(widget=forms.HiddenInput, max_length=400)


class UnserveForm(ActForm):
    because = because(gettext_lazy("为什么撤回"), rows=1, longest=200)


@dataclass(frozen=True)
class Row:
    booking: Booking
    way: Any
    state: Word
    price_fen: int
    own_fen: int
    charged: bool
    key: ActForm
    unserve: ActForm | None


@dataclass(frozen=True)
class Looked:
    """Who was looked for: the bookings that fit, how the person was known, and whom a scan found without a booking."""

    rows: list[Booking]
    means: str = "known"
    person: Person | None = None


def means_of(text: str) -> str:
    """How whoever serves knows the person, by what was put into the field."""
    return "code" if text.startswith("S1.") else "card"


def look_for(request: DoorRequest, menu: Menu, text: str) -> Looked:
    """The bookings of the menu that fit a name, the end of a number, or the code or card that was scanned.

    A code is burnt by looking. Refuses with what ``songhe.person.code.read`` refuses.
    """
    every = bookings_of_menu(menu, most=None)
    person = scanned(menu.county, text, request)
    if person is not None:
        return Looked(list(every.filter(person=person)), means_of(text), person)
    here = Person.rows.filter(county=menu.county, id__in=every.order_by().values("person_id"))
    ids = [one.id for one in fitting(here, text)[:MOST]]
    return Looked(list(every.filter(person_id__in=ids)))


def scanned(county: str, text: str, request: DoorRequest) -> Person | None:
    if text.startswith("S1."):
        return code.read(county=county, given=text, at=request.at).person
    typed = fold(text).replace("-", "")
    if len(typed) < 8:
        return None
    try:
        return medium_of(typed, county).person
    except Refusal:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@require("desk.meals")
def menu(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """The list of one meal; what is looked for comes by POST, so that no part of a number stands in an address."""
    desk = open_desk(request, "desk.meals")
    row = own_menu(request, desk, menu_id)
    text = request.POST.get("q", "").strip()[:200] if request.method == "POST" else ""
    try:
        looked = look_for(request, row, text) if text else None
    except Refusal as refusal:
        return menu_page(request, desk, row, refusal=refusal, status=refusal.status)
    return menu_page(request, desk, row, text=text, looked=looked)


def menu_page(
    request: DoorRequest,
    desk: Desk,
    row: Menu,
    *,
    text: str = "",
    looked: Looked | None = None,
    wrong: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown_way = request.GET.get("way", "")
    found = looked.rows if looked else list(bookings_of_menu(row, way=shown_way or None, most=MOST))
    lines = lines_of(row.county, [one.id for one in found])
    serving = row.state == Menu.State.SERVING and row.on == request.on
    counts = counts_of(row)
    said = {
        "crumbs": [
            Crumb(row.point.name, f"{reverse('provider:meals-today', args=[row.point_id])}?day={row.on}"),
            Crumb(MEALS[row.meal]),
        ],
        "row": row,
        "meal": MEALS[row.meal],
        "weekday": WEEKDAYS[row.on.weekday()],
        "state": MENU[row.state],
        "serving": serving,
        "counts": counts,
        "rows": [row_of(one, lines.get(one.id, []), serving) for one in found],
        "means": looked.means if looked else "known",
        "q": "" if looked and looked.person else text,
        "looked": looked,
        "walk_in": (wrong or fresh(WalkInForm, "walk")) if serving else None,
        "walk_open": wrong is not None,
        "known": known_form(row, looked) if serving else None,
        "wrong": wrong,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return shown(request, desk, "provider/meals_menu.html", said, status=status)


def counts_of(row: Menu) -> dict[str, int]:
    """How many are expected, served and missing; one statement."""
    found = {"booked": 0, "served": 0, "not_collected": 0}
    rows = Booking.objects.filter(county=row.county, menu=row).order_by()
    found |= {state: count for state, count in rows.values_list("state").annotate(Count("id")) if state in found}
    return {**found, "left": row.portions - row.taken}


def row_of(booking: Booking, lines: list[Line], serving: bool) -> Row:
    charged = any(line.billed_line is not None for line in lines)
    undo = serving and booking.state == Booking.State.SERVED and not charged
    return Row(
        booking,
        WAYS[booking.way],
        BOOKING[booking.state],
        sum(line.price_fen for line in lines),
        sum(line.own_fen for line in lines),
        charged,
        fresh(ActForm, f"serve_{booking.id.hex}"),
        fresh(UnserveForm, f"unserve_{booking.id.hex}") if undo else None,
    )


def known_form(row: Menu, looked: Looked | None) -> ActForm | None:
    """The button for somebody whom a scan found, and who has no booking here."""
    if looked is None or looked.person is None or looked.rows:
        return None
    told = {"menu": str(row.id), "person": str(looked.person.id), "means": looked.means}
    return fresh(ScannedForm, "scanned", scanned=signing.dumps(told, salt=SCANNED))


def own_booking(request: DoorRequest, desk: Desk, booking_id: UUID) -> Booking:
    rows = Booking.objects.select_related("menu__point__provider", "menu__item", "person")
    row = rows.filter(id=booking_id).first()
    if row is None:
        raise Http404
    if row.menu.point.provider_id != desk.provider.id:
        out_of_reach(request, county=row.county, subject=Booking._meta.label, subject_id=row.id)
    return row


def _serve(request: DoorRequest, row: Booking, told: dict[str, Any]) -> object:
    means = request.POST.get("means", "known")
    return verbs.serve(booking=row, means=means, at=request.at, on=request.on, by=by(request))


def _miss(request: DoorRequest, row: Booking, told: dict[str, Any]) -> object:
    return verbs.miss(booking=row, at=request.at, on=request.on, by=by(request))


def _unserve(request: DoorRequest, row: Booking, told: dict[str, Any]) -> object:
    return verbs.unserve(booking=row, because=told["because"], at=request.at, on=request.on, by=by(request))


Do = Callable[[DoorRequest, Booking, dict[str, Any]], object]
VERBS: dict[str, tuple[type[ActForm], Do, Any]] = {
    "serve": (ActForm, _serve, gettext_lazy("%(name)s已用餐。")),
    "miss": (ActForm, _miss, gettext_lazy("已记下%(name)s没有来。")),
    "unserve": (UnserveForm, _unserve, gettext_lazy("已撤回%(name)s的用餐。")),
}


@require_POST
@require("desk.meals")
def booking(request: DoorRequest, booking_id: UUID, verb: str) -> HttpResponse:
    """One booking: served, not come, or taken back."""
    if verb not in VERBS:
        raise Http404
    desk = open_desk(request, "desk.meals")
    row = own_booking(request, desk, booking_id)
    form_of, do_it, done = VERBS[verb]
    form = sent(form_of, verb, request)
    if not form.is_valid():
        return menu_page(request, desk, row.menu, wrong=None, refusal=verbs.SAY_WHY("because"), status=422)

    def do() -> dict[str, Any]:
        do_it(request, row, form.cleaned_data)
        return {"name": row.person.name}

    try:
        answer = act_once(request, county=row.county, name=f"meal.{verb}:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return menu_page(request, desk, own_menu(request, desk, row.menu_id), refusal=refusal, status=refusal.status)
    messages.success(request, done % answer)
    return HttpResponseRedirect(reverse("provider:meals-menu", args=[row.menu_id]))


@require_POST
@require("desk.meals")
def walk_in(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """Somebody who did not book: known by a scan, or by a whole number and the name that goes with it."""
    desk = open_desk(request, "desk.meals")
    row = own_menu(request, desk, menu_id)
    is_scan = "scanned" in request.POST
    form = sent(ScannedForm if is_scan else WalkInForm, "walk", request)
    if not form.is_valid():
        return menu_page(request, desk, row, wrong=None if is_scan else form, status=422)
    told = form.cleaned_data
    try:
        if is_scan:
            person_id, means = read_scanned(row, told["scanned"])
            form.cleaned_data = {"key": told["key"], "version": None, "person": str(person_id)}
        else:
            person_id, means = find_person(desk, told["number"], told["name"]).id, "known"

        def do() -> dict[str, Any]:
            made, _lines = verbs.walk_in(
                menu=row,
                person_id=person_id,
                means=means,
                card_class=class_of(row.county, person_id),
                at=request.at,
                on=request.on,
                by=by(request),
            )
            return {"name": made.person.name}

        answer = act_once(request, county=row.county, name=f"meal.walk_in:{row.id}", form=form, do=do)
    except Refusal as refusal:
        return menu_page(request, desk, row, wrong=None if is_scan else form, refusal=refusal, status=refusal.status)
    messages.success(request, _("%(name)s已用餐。") % answer)
    return HttpResponseRedirect(reverse("provider:meals-menu", args=[row.id]))


def read_scanned(row: Menu, given: str) -> tuple[UUID, str]:
    """Whom a scan of this page found. Refuses with ``desk.scan_again``."""
    try:
        told = signing.loads(given, salt=SCANNED, max_age=SCANNED_SECONDS)
    except signing.BadSignature:
        raise SCAN_AGAIN("scanned") from None
    if told["menu"] != str(row.id):
        raise SCAN_AGAIN("scanned")
    return UUID(told["person"]), told["means"]


@require_safe
@require("desk.meals")
def delivery_round(request: DoorRequest, menu_id: UUID) -> HttpResponse:
    """The round of whoever brings meals, by address, to be printed and signed at the door."""
    desk = open_desk(request, "desk.meals")
    row = own_menu(request, desk, menu_id)
    rows = [
        one
        for one in bookings_of_menu(row, way=Booking.Way.DELIVERY).select_related("person")
        if one.state != Booking.State.NOT_COLLECTED
    ]
    back = f"{reverse('provider:meals-today', args=[row.point_id])}?day={row.on}"
    said = {
        "crumbs": [Crumb(row.point.name, back), Crumb(_("送餐单"))],
        "row": row,
        "meal": MEALS[row.meal],
        "weekday": WEEKDAYS[row.on.weekday()],
        "rows": rows,
    }
    return shown(request, desk, "provider/meals_round.html", said)
