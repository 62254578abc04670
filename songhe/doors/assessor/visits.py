"""Whose assessments an assessor sees: those that they themselves are named for, and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from songhe.access.scope import Scope
from songhe.assessment.models import Assessment, Draft
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of, out_of_reach, reach
from songhe.provider.models import Worker
from songhe.provider.worker import employer_of

NAMED = ("person", "body", "first_assessor", "second_assessor", "disputes")


@dataclass(frozen=True)
class Visit:
    """An assessment that the signed-in assessor is named for; ``held`` is the form, once it is begun."""

    row: Assessment
    me: Worker
    other: Worker
    held: Draft | None

    @property
    def is_open(self) -> bool:
        return self.row.state == Assessment.State.ASSIGNED


def employments(request: DoorRequest) -> list[Worker]:
    """The signed-in person's entries as an assessor on the day."""
    return list(employer_of(account_of(request).username, request.on).filter(job=Worker.Job.ASSESSOR).order_by("id"))


def named_for(scope: Scope, workers: list[Worker]) -> QuerySet[Assessment]:
    """The assessments inside the reach for which one of these assessors is named."""
    ids = [worker.pk for worker in workers]
    rows: QuerySet[Assessment] = Assessment.objects.within(scope)
    return rows.filter(Q(first_assessor__in=ids) | Q(second_assessor__in=ids)).select_related(*NAMED)


def find(request: DoorRequest, no: str) -> Visit:
    """The visit of a number, or 404; asking for one that is somebody else's is noted in its county."""
    workers = employments(request)
    row = named_for(reach(request, "assessment.submit"), workers).filter(county=no[:6], no=no).first()
    if row is None:
        leave_trace(request, no)
        raise Http404
    return as_visit(row, workers, Draft.rows.filter(county=row.county, assessment=row).select_related("photo").first())


def leave_trace(request: DoorRequest, no: str) -> None:
    elsewhere = Assessment.rows.filter(county=no[:6], no=no).only("county", "id").first()
    if elsewhere is not None:
        out_of_reach(request, county=elsewhere.county, subject=elsewhere._meta.label, subject_id=elsewhere.id)


def as_visit(row: Assessment, workers: list[Worker], held: Draft | None) -> Visit:
    mine = {worker.pk for worker in workers}
    assert row.first_assessor is not None
    assert row.second_assessor is not None
    pair = (row.first_assessor, row.second_assessor)
    me, other = pair if pair[0].pk in mine else pair[::-1]
    return Visit(row, me, other, held)
