"""Who belongs to a team: stewards and volunteers, each to one at a time. 队员"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from songhe.kernel.refusal import reason
from songhe.outreach.models import Steward, Team, Volunteer
from songhe.outreach.team import STEWARD_LEFT, TEAM_ENDED
from songhe.outreach.volunteer import VOLUNTEER_LEFT
from songhe.trail.note import note

Member = Steward | Volunteer

NO_MEMBER = reason("outreach.no_member", zh="此人不在这支团队。", en="That is no member of the team.", status=409)
ALREADY_MEMBER = reason("outreach.already_member", zh="此人已在这支团队。", en="That is a member already.", status=409)


@dataclass(frozen=True)
class Belongs:
    """The stewards and the volunteers of a team, by name."""

    stewards: tuple[Steward, ...]
    volunteers: tuple[Volunteer, ...]


def join_team(*, team: Team, member: Member, at: datetime, by: str) -> Member:
    """A steward in office or a registered volunteer belongs to the team, and no longer to the one before.

    Refuses with ``outreach.team_ended``, ``outreach.steward_left``, ``outreach.volunteer_left`` or
    ``outreach.already_member``.
    """
    with transaction.atomic():
        team = Team.objects.select_for_update().get(county=team.county, id=team.id)
        if team.last_day is not None:
            raise TEAM_ENDED("team", last=team.last_day)
        row = _locked(member, team.county)
        if row.last_day is not None:
            left = STEWARD_LEFT if isinstance(row, Steward) else VOLUNTEER_LEFT
            raise left("member", last=row.last_day)
        if row.team_id == team.id:
            raise ALREADY_MEMBER("member")
        before, row.team = row.team_id, team
        row.save(update_fields=["team"])
        _note("outreach.join_team", team, row, at=at, by=by, before=str(before or ""))
    return row


def leave_team(*, team: Team, member: Member, at: datetime, by: str) -> Member:
    """A member belongs to the team no longer; what they do stays theirs. Refuses with ``outreach.no_member``."""
    with transaction.atomic():
        row = _locked(member, team.county)
        if row.team_id != team.id:
            raise NO_MEMBER("member")
        row.team = None
        row.save(update_fields=["team"])
        _note("outreach.leave_team", team, row, at=at, by=by)
    return row


def members_of(team: Team) -> Belongs:
    """Who belongs to a team and has not left; two statements."""
    told: dict[str, Any] = {"county": team.county, "team": team, "last_day": None}
    return Belongs(
        tuple(Steward.objects.filter(**told).order_by("name", "id")),
        tuple(Volunteer.objects.filter(**told).order_by("name", "id")),
    )


def counted(county: str, teams: Collection[UUID]) -> dict[UUID, int]:
    """How many members each team has; two statements."""
    found: dict[UUID, int] = dict.fromkeys(teams, 0)
    for rows in (Steward.objects, Volunteer.objects):
        mine = rows.filter(county=county, team__in=list(teams), last_day=None).order_by()
        for team, many in mine.values_list("team_id").annotate(Count("id")):
            found[team] += many
    return found


def others(team: Team, on: date) -> Belongs:
    """Who could join: stewards in office and volunteers of the county who are not in the team; two statements."""
    told: dict[str, Any] = {"county": team.county, "last_day": None}
    return Belongs(
        tuple(Steward.objects.filter(**told, since__lte=on).exclude(team=team).order_by("name", "id")),
        tuple(Volunteer.objects.filter(**told, since__lte=on).exclude(team=team).order_by("name", "id")),
    )


def _locked(member: Member, county: str) -> Member:
    return type(member).objects.select_for_update().get(county=county, id=member.id)


def _note(act: str, team: Team, member: Member, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=team.county,
        at=at,
        actor=by,
        act=act,
        subject="team",
        subject_id=team.id,
        kind=member._meta.model_name,
        member=str(member.id),
        **detail,
    )
