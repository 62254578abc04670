"""Service teams, and the stewards who belong to them. 服务团队"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel import place_code
from songhe.kernel.geo import Point
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.outreach.models import Round, Steward, Team
from songhe.person.details import read_phone
from songhe.provider.models import Provider
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

UNKNOWN_KIND = reason("outreach.unknown_team_kind", zh="没有“{kind}”这种团队。", en="There is no kind of team {kind}.")
OUTSIDE = reason("outreach.place_outside", zh="{place}不在{county}。", en="{place} does not lie in {county}.")
TEAM_TWICE = reason(
    "outreach.team_twice", zh="这里已有同名团队“{name}”。", en="There is a team {name} here already.", status=409
)
TEAM_ENDED = reason("outreach.team_ended", zh="团队已于{last}解散。", en="The team ended on {last}.", status=409)
ACCOUNT_MISSING = reason("outreach.account_missing", zh="请选择管家的账号。", en="Choose the steward's login.")
STEWARD_TWICE = reason(
    "outreach.steward_twice", zh="这个账号已是管家。", en="This login is a steward's already.", status=409
)
STEWARD_LEFT = reason("outreach.steward_left", zh="管家已于{last}离任。", en="The steward left on {last}.", status=409)
STILL_HAS_ROUNDS = reason(
    "outreach.still_has_rounds",
    zh="还有{count}位老人由这位管家探访，请先转交。",
    en="{count} elders are still looked in on by this steward; hand them over first.",
    status=409,
)


def form_team(
    *,
    county: str,
    name: str,
    kind: str,
    place: str,
    leader: str,
    formed_on: date,
    at: datetime,
    by: str,
    provider: Provider | None = None,
    phone: str = "",
    position: Point | None = None,
) -> Team:
    """A team of a place begins; with a position it stands on the map.

    Refuses with ``outreach.unknown_team_kind``, ``provider.name_missing``, ``outreach.place_outside``,
    ``person.phone_invalid`` or ``outreach.team_twice``.
    """
    if kind not in Team.Kind.values:
        raise UNKNOWN_KIND("kind", kind=kind)
    if not name.strip() or not leader.strip():
        raise NAME_MISSING("name")
    place = inside(place, county)
    spot = position.as_wgs84() if position else None
    with transaction.atomic():
        try:
            with transaction.atomic():
                team = Team.objects.create(
                    county=county,
                    name=name.strip(),
                    kind=kind,
                    place=place,
                    provider=provider,
                    leader=leader.strip(),
                    phone=read_phone(phone),
                    longitude=spot.longitude if spot else None,
                    latitude=spot.latitude if spot else None,
                    formed_on=formed_on,
                )
        except IntegrityError:
            raise TEAM_TWICE("name", name=name) from None
        _note("outreach.form_team", county, "team", team.id, at=at, by=by, kind=kind)
    return team


def end_team(*, team: Team, last_day: date, at: datetime, by: str) -> Team:
    """The last day of a team. Refuses with ``outreach.team_ended`` or ``period.ends_before_it_begins``."""
    with transaction.atomic():
        team = Team.objects.select_for_update().get(county=team.county, id=team.id)
        if team.last_day is not None:
            raise TEAM_ENDED("last_day", last=team.last_day)
        Period(team.formed_on, last_day)
        team.last_day = last_day
        team.save(update_fields=["last_day"])
        _note("outreach.end_team", team.county, "team", team.id, at=at, by=by, last_day=str(last_day))
    return team


def teams_on(county: str, on: date) -> QuerySet[Team]:
    """The teams of the day, for the map; by place and name. One statement."""
    rows = Team.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), county=county, formed_on__lte=on)
    return rows.order_by("place", "name", "id")


def appoint_steward(
    *,
    county: str,
    account: str,
    name: str,
    place: str,
    since: date,
    at: datetime,
    by: str,
    team: Team | None = None,
) -> Steward:
    """Somebody with a login looks in on elders of a place. Refuses with ``outreach.account_missing``,
    ``provider.name_missing``, ``outreach.place_outside`` or ``outreach.steward_twice``."""
    if not account.strip():
        raise ACCOUNT_MISSING("account")
    if not name.strip():
        raise NAME_MISSING("name")
    place = inside(place, county)
    with transaction.atomic():
        try:
            with transaction.atomic():
                steward = Steward.objects.create(
                    county=county, team=team, account=account.strip(), name=name.strip(), place=place, since=since
                )
        except IntegrityError:
            raise STEWARD_TWICE("account") from None
        _note("outreach.appoint_steward", county, "steward", steward.id, at=at, by=by)
    return steward


def dismiss_steward(*, steward: Steward, last_day: date, at: datetime, by: str) -> Steward:
    """A steward's last day, once their elders are in other hands. Refuses with ``outreach.steward_left``,
    ``outreach.still_has_rounds`` or ``period.ends_before_it_begins``."""
    with transaction.atomic():
        steward = Steward.objects.select_for_update().get(county=steward.county, id=steward.id)
        if steward.last_day is not None:
            raise STEWARD_LEFT("last_day", last=steward.last_day)
        Period(steward.since, last_day)
        left = Round.objects.filter(county=steward.county, steward=steward, last_day=None).count()
        if left:
            raise STILL_HAS_ROUNDS("steward", count=left)
        steward.last_day = last_day
        steward.save(update_fields=["last_day"])
        _note("outreach.dismiss_steward", steward.county, "steward", steward.id, at=at, by=by)
    return steward


def inside(place: str, county: str) -> str:
    """The code of a place of the county. Refuses with ``outreach.place_outside``."""
    code = place_code.parse(place)
    if code[:6] != county:
        raise OUTSIDE("place", place=place, county=county)
    return code


def _note(act: str, county: str, subject: str, subject_id: Any, *, at: datetime, by: str, **detail: Any) -> None:
    note(county=county, at=at, actor=by, act=act, subject=subject, subject_id=subject_id, **detail)
