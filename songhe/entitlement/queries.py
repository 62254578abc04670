"""Reads for the doors: the inbox, one case with all that belongs to it, the rights of a person. 查询"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songhe.access.scope import Scope, scoped
from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Appeal, Application, Ending, Entitlement, Letter
from songhe.entitlement.states import OPEN
from songhe.person.models import Person
from songhe.trail.models import Entry

#: What waits for whom in the inbox.
FOR_THE_CLERK = (Application.State.SUBMITTED, Application.State.ASSESSING, Application.State.DETERMINED)
FOR_THE_APPROVER = (Application.State.REVIEWED, Application.State.PUBLISHED)
FOR_THE_APPLICANT = (Application.State.DRAFT, Application.State.CLARIFYING)


@dataclass(frozen=True)
class Page:
    """A page of applications; ``after`` is the key of the next page, ``None`` on the last one."""

    items: list[Application]
    after: tuple[datetime, UUID] | None


@dataclass(frozen=True)
class Step:
    """One act in the life of a case, from the trail."""

    at: datetime
    actor: str
    act: str
    reason: str
    detail: dict[str, Any]


def inbox(
    scope: Scope,
    *,
    states: Collection[str] = OPEN,
    county: str = "",
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Page:
    """Applications in these states that the scope reaches, the oldest first, in one query a page."""
    rows = Application.objects.within(scope).filter(state__in=states)
    if county:
        rows = rows.filter(county=county)
    if after is not None:
        at, row_id = after
        rows = rows.filter(Q(opened_at__gt=at) | Q(opened_at=at, id__gt=row_id))
    found = list(rows.select_related("person", "assessment", "determination").order_by("opened_at", "id")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return Page(found, (found[-1].opened_at, found[-1].id) if more else None)


def counts(scope: Scope, *, county: str = "") -> dict[str, int]:
    """How many open applications there are in each state, in one query; states without any are 0."""
    rows = Application.objects.within(scope).filter(state__in=OPEN)
    if county:
        rows = rows.filter(county=county)
    found = dict(rows.order_by().values_list("state").annotate(n=Count("*")))
    return {str(state): found.get(state, 0) for state in OPEN}


def find(scope: Scope, no: str) -> Application | None:
    """The application of a number, if the scope reaches it; its county is the number's first six digits."""
    rows = Application.objects.within(scope).filter(county=no[:6], no=no)
    return rows.select_related("person", "assessment__body", "determination", "provider", "mandate").first()


def timeline(application: Application) -> list[Step]:
    """Everything that was done to a case, to its assessment and to the right it ended in, in order of time."""
    rights = Entitlement.objects.filter(county=application.county, application=application).values_list("id", flat=True)
    # Ids are unique over all tables, so kinds and ids need not be paired. Sorted here: asked for rows in order of
    # time, SQLite walks all that ever happened in the county instead of looking these few up.
    kinds = [kind._meta.label for kind in (Application, Assessment, Determination, Entitlement)]
    ids = {application.id, application.assessment_id, application.determination_id, *rights} - {None}
    entries = Entry.objects.filter(
        county=application.county, subject__in=kinds, subject_id__in=sorted(str(each) for each in ids)
    )
    in_order = sorted(entries, key=lambda entry: (entry.at, entry.id))
    return [Step(each.at, each.actor, each.act, each.reason, each.detail) for each in in_order]


def letters(application: Application) -> QuerySet[Letter]:
    return Letter.objects.filter(county=application.county, application=application).order_by("at", "id")


def appeals(application: Application) -> QuerySet[Appeal]:
    return Appeal.objects.filter(county=application.county, application=application).order_by("at", "id")


def entitlements(scope: Scope, *, county: str = "", policy: str = "") -> QuerySet[Entitlement]:
    """The rights that the scope reaches, by approval day and number."""
    rows = Entitlement.objects.filter(scoped(Entitlement, scope))
    if county:
        rows = rows.filter(county=county)
    if policy:
        rows = rows.filter(policy=policy)
    return rows.select_related("person", "provider").order_by("approved_on", "no")


def applications_of(person: Person) -> QuerySet[Application]:
    """All applications of a person, the newest first."""
    rows = Application.rows.filter(county=person.county, person=person)
    return rows.select_related("assessment", "determination", "provider").order_by("-opened_at", "-no")


def of_person(person: Person) -> QuerySet[Entitlement]:
    """All rights of a person, the newest first."""
    return (
        Entitlement.objects.filter(county=person.county, person=person)
        .select_related("provider", "application")
        .order_by("-approved_on", "-no")
    )


def in_force(person: Person, policy: str) -> Entitlement | None:
    """The person's right under a programme that is active or suspended."""
    rows = Entitlement.objects.filter(county=person.county, person=person, policy=policy)
    return rows.exclude(state=Entitlement.State.STOPPED).first()


def serving(person: Person) -> set[int]:
    """The providers that a person has chosen in open applications and in rights in force: whose staff does not
    assess the person."""
    wished = Application.rows.filter(county=person.county, person=person, state__in=OPEN)
    chosen = Entitlement.objects.filter(county=person.county, person=person).exclude(state=Entitlement.State.STOPPED)
    found = {*wished.values_list("provider", flat=True), *chosen.values_list("provider", flat=True)}
    return {each for each in found if each is not None}


def overdue_first_vouchers(county: str, policy: str, on: date) -> QuerySet[Entitlement]:
    """Rights whose first voucher was due before the day; whoever knows the vouchers leaves out those that came."""
    return Entitlement.objects.filter(
        county=county, policy=policy, state=Entitlement.State.ACTIVE, first_due_on__lt=on
    ).order_by("first_due_on", "no")


def reported_endings(county: str) -> QuerySet[Ending]:
    """Reports that wait to be verified, the oldest first."""
    return (
        Ending.objects.filter(county=county, made_at=None, refuted_at=None)
        .select_related("entitlement__person")
        .order_by("reported_at", "id")
    )
