"""Volunteers, what they did, who confirmed it, and the charity credits it earned those who are elders themselves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum

from songhe.credit import earn
from songhe.credit.models import Scheme
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.outreach.models import Stint, Team, Volunteer
from songhe.outreach.rounds import NOT_YET, on_file
from songhe.outreach.states import STINT
from songhe.person.details import read_phone
from songhe.provider.help import HELPS, require_help
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

PHONE_MISSING = reason("outreach.phone_missing", zh="请填写电话。", en="Give the telephone number.")
VOLUNTEER_TWICE = reason(
    "outreach.volunteer_twice", zh="这位志愿者已登记。", en="This volunteer is registered already.", status=409
)
VOLUNTEER_LEFT = reason(
    "outreach.volunteer_left", zh="这位志愿者已于{last}退出。", en="The volunteer left on {last}.", status=409
)
NOT_IN_SERVICE = reason(
    "outreach.volunteer_not_in_service",
    zh="{day}不是这位志愿者在册的日子。",
    en="The volunteer was not registered on {day}.",
    status=409,
)
UNKNOWN_STINT = reason("outreach.unknown_stint", zh="没有这条志愿服务记录。", en="There is no such record.", status=404)
SAME_PERSON = reason(
    "outreach.same_person",
    zh="登记人不能确认自己登记的服务。",
    en="Who writes it down does not confirm it.",
    status=403,
)
NO_DAY_SO_LONG = reason("outreach.too_many_minutes", zh="一天最多1440分钟。", en="A day has 1,440 minutes.")

MINUTES_OF_A_DAY = 1440


def enlist(
    *,
    county: str,
    name: str,
    phone: str,
    helps: Collection[str],
    since: date,
    at: datetime,
    by: str,
    person_id: UUID | None = None,
    team: Team | None = None,
) -> Volunteer:
    """Register a volunteer; an elder on file by their file, so that what they do can earn credits.

    Refuses with ``provider.name_missing``, ``outreach.phone_missing``, ``person.phone_invalid``,
    ``provider.unknown_help``, ``outreach.unknown_person``, ``person.after_death`` or ``outreach.volunteer_twice``.
    """
    if not name.strip():
        raise NAME_MISSING("name")
    reached = read_phone(phone)
    if not reached:
        raise PHONE_MISSING("phone")
    for each in helps:
        require_help(each, field="helps")
    with transaction.atomic():
        person = on_file(county, person_id, since) if person_id else None
        try:
            with transaction.atomic():
                made = Volunteer.objects.create(
                    county=county,
                    person=person,
                    team=team,
                    name=name.strip(),
                    phone=reached,
                    helps=[each for each in HELPS if each in helps],
                    since=since,
                )
        except IntegrityError:
            raise VOLUNTEER_TWICE("name") from None
        _note("outreach.enlist", made, at=at, by=by)
    return made


def discharge(*, volunteer: Volunteer, last_day: date, at: datetime, by: str) -> Volunteer:
    """A volunteer's last day. Refuses with ``outreach.volunteer_left`` or ``period.ends_before_it_begins``."""
    with transaction.atomic():
        volunteer = _locked_volunteer(volunteer)
        if volunteer.last_day is not None:
            raise VOLUNTEER_LEFT("last_day", last=volunteer.last_day)
        Period(volunteer.since, last_day)
        volunteer.last_day = last_day
        volunteer.save(update_fields=["last_day"])
        _note("outreach.discharge", volunteer, at=at, by=by)
    return volunteer


def tell(
    *,
    volunteer: Volunteer,
    help: str,
    minutes: int,
    done_on: date,
    at: datetime,
    on: date,
    by: str,
    person_id: UUID | None = None,
    words: str = "",
) -> Stint:
    """Write down what a volunteer did for whom and how long; it counts once another person confirms it.

    Refuses with ``provider.unknown_help``, ``input.too_small``, ``outreach.too_many_minutes``,
    ``outreach.in_the_future``, ``outreach.volunteer_not_in_service``, ``outreach.unknown_person`` or
    ``person.after_death``.
    """
    require_help(help)
    if whole(minutes, "minutes", least=1) > MINUTES_OF_A_DAY:
        raise NO_DAY_SO_LONG("minutes")
    if done_on > on:
        raise NOT_YET("done_on", day=done_on)
    with transaction.atomic():
        volunteer = _locked_volunteer(volunteer)
        if done_on not in Period(volunteer.since, volunteer.last_day):
            raise NOT_IN_SERVICE("done_on", day=done_on)
        if person_id is not None:
            on_file(volunteer.county, person_id, done_on)
        stint = Stint.objects.create(
            county=volunteer.county,
            volunteer=volunteer,
            person_id=person_id,
            help=help,
            minutes=minutes,
            done_on=done_on,
            words=words.strip()[:300],
            told_by=by,
            told_at=at,
        )
        _note("outreach.tell", volunteer, at=at, by=by, stint=str(stint.id), minutes=minutes)
    return stint


def confirm(*, stint: Stint, at: datetime, on: date, by: str, scheme: Scheme | None = None, rate: str = "") -> Stint:
    """Another person confirms it. With a scheme, a volunteer who is an elder on file earns credits for the minutes.

    Refuses with ``outreach.unknown_stint``, ``outreach.wrong_state``, ``outreach.same_person`` and the codes of
    ``songhe.credit.earn.work`` and ``witness``.
    """
    with transaction.atomic():
        stint = _locked_stint(stint)
        STINT.move(stint, "confirm")
        if by == stint.told_by:
            raise SAME_PERSON("by")
        volunteer = stint.volunteer
        if scheme is not None and volunteer.person_id is not None:
            deed = earn.work(
                scheme=scheme,
                person_id=volunteer.person_id,
                rate=rate,
                quantity=stint.minutes,
                done_on=stint.done_on,
                at=at,
                on=on,
                by=stint.told_by,
            )
            stint.deed = earn.witness(deed=deed, at=at, on=on, by=by).id
        stint.decided_by, stint.decided_at = by, at
        stint.save(update_fields=["state", "decided_by", "decided_at", "deed"])
        _note("outreach.confirm", volunteer, at=at, by=by, stint=str(stint.id), minutes=stint.minutes)
    return stint


def disown(*, stint: Stint, at: datetime, by: str) -> Stint:
    """It was not so: it counts for nothing. Refuses with ``outreach.unknown_stint``, ``outreach.wrong_state`` or
    ``outreach.same_person``."""
    with transaction.atomic():
        stint = _locked_stint(stint)
        STINT.move(stint, "decline")
        if by == stint.told_by:
            raise SAME_PERSON("by")
        stint.decided_by, stint.decided_at = by, at
        stint.save(update_fields=["state", "decided_by", "decided_at"])
        _note("outreach.disown", stint.volunteer, at=at, by=by, stint=str(stint.id))
    return stint


def volunteers_on(county: str, on: date) -> QuerySet[Volunteer]:
    """Who is registered on the day, by name; one statement."""
    rows = Volunteer.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), county=county, since__lte=on)
    return rows.select_related("team").order_by("name", "id")


def minutes_given(*, county: str, first: date, last: date) -> dict[UUID, int]:
    """Confirmed minutes of each volunteer in a span of days; one statement."""
    rows = Stint.objects.filter(county=county, state=Stint.State.CONFIRMED, done_on__range=(first, last))
    return dict(rows.values_list("volunteer_id").annotate(Sum("minutes")))


def _locked_volunteer(volunteer: Volunteer) -> Volunteer:
    return Volunteer.objects.select_for_update().get(county=volunteer.county, id=volunteer.id)


def _locked_stint(stint: Stint) -> Stint:
    rows = Stint.objects.select_for_update(of=("self",)).select_related("volunteer")
    found = rows.filter(county=stint.county, id=stint.id).first()
    if found is None:
        raise UNKNOWN_STINT("stint")
    return found


def _note(act: str, volunteer: Volunteer, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=volunteer.county,
        at=at,
        actor=by,
        act=act,
        subject="volunteer",
        subject_id=volunteer.id,
        **detail,
    )
