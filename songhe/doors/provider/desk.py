"""Whose desk it is: the provider that a request acts for, the counties it serves, and what happens beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from songhe.doors.may import ACTS, NOT_ALLOWED, may, require
from songhe.doors.shell.preferences import safe_next
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of, out_of_reach, reach
from songhe.person.models import Person
from songhe.provider.agreement import homes_ever
from songhe.provider.models import Kind, Listing, Partner, Provider, Worker
from songhe.settlement.served import is_served

CHOSEN = "provider_desk"


@dataclass(frozen=True)
class Desk:
    """One provider's desk for one request. ``providers`` are all that the account acts for on the day."""

    provider: Provider
    providers: tuple[Provider, ...]
    is_manager: bool

    @cached_property
    def counties(self) -> tuple[str, ...]:
        """Its own county first, then those that list it or admit it as a merchant; who holds the voucher, pays."""
        listed = Listing.objects.filter(provider=self.provider).order_by("county").values_list("county", flat=True)
        admitted = Partner.objects.filter(provider=self.provider).order_by("county").values_list("county", flat=True)
        return tuple(dict.fromkeys([self.provider.place, *listed.distinct(), *admitted.distinct()]))

    @cached_property
    def homes(self) -> tuple[str, ...]:
        """Other counties whose cards are, or were, taken here; they pay, and the own county clears it with them."""
        return tuple(county for county in homes_ever(self.provider.place) if county not in self.counties)

    @property
    def assesses(self) -> bool:
        return self.provider.kind == Kind.ASSESSMENT_BODY

    @property
    def houses(self) -> bool:
        return self.provider.kind == Kind.INSTITUTION


def open_desk(request: DoorRequest, act: str) -> Desk:
    """The desk of the provider chosen since the sign-in, else of the first that the account acts for.

    Refuses with ``door.not_allowed`` where the account acts for none.
    """
    ids = reach(request, act).provider_ids
    providers = tuple(Provider.objects.filter(id__in=ids).order_by("id"))
    if not providers:
        raise NOT_ALLOWED(act=ACTS[act].zh, act_en=ACTS[act].en)
    chosen = request.session.get(CHOSEN)
    provider = next((one for one in providers if one.id == chosen), providers[0])
    return Desk(provider, providers, may(request.user, "desk.own", request.on))


def shown(request: DoorRequest, desk: Desk, template: str, said: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the desk; every page is told whose desk it is."""
    return render(request, template, {"desk": desk, "provider": desk.provider, **said}, status=status)


def somebody_elses(request: DoorRequest, row: Any, subject: str) -> NoReturn:
    """Another provider's row is not there; that somebody asked for it stands in that row's county's trail."""
    if row is None:
        raise Http404
    out_of_reach(request, county=row.county, subject=subject, subject_id=row.id)


def own_row(request: DoorRequest, desk: Desk, row: Any, subject: str) -> Any:
    """The row, if it is this provider's; else 404, with a note where the row is."""
    if row is None or row.provider_id != desk.provider.id:
        somebody_elses(request, row, subject)
    return row


def person_of(request: DoorRequest, desk: Desk, person_id: UUID) -> Person:
    """Somebody whom this provider has served or houses; else 404, with a note where the person is."""
    person = Person.rows.filter(county__in=desk.counties, id=person_id).first()
    if person is None or not is_served(person, desk.provider.id):
        somebody_elses(request, person or Person.rows.filter(id=person_id).first(), "person")
    return person


def own_worker(request: DoorRequest, desk: Desk, worker_id: int) -> Worker:
    """Somebody who works here; who works elsewhere is not there."""
    worker = Worker.objects.filter(id=worker_id).select_related("provider").first()
    if worker is None:
        raise Http404
    if worker.provider_id != desk.provider.id:
        out_of_reach(request, county=worker.provider.place, subject="worker", subject_id=str(worker.pk))
    return worker


def by(request: DoorRequest) -> str:
    return account_of(request).username


@require_POST
@require("desk.open")
def choose(request: DoorRequest) -> HttpResponse:
    """Sit down at the desk of another of one's own providers."""
    desk = open_desk(request, "desk.open")
    wanted = request.POST.get("provider", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted) in {one.id for one in desk.providers}:
        request.session[CHOSEN] = int(wanted)
    return HttpResponseRedirect(safe_next(request, reverse("provider:home")))
