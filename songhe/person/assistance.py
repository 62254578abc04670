"""Somebody helps a person with the pages, at a counter or in a village, and this is on record. 协助办理"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason
from songhe.person.event import ALREADY_DEAD
from songhe.person.models import Assistance, Person
from songhe.person.register import locked
from songhe.trail.note import note

ENDED = reason(
    "person.assistance_ended",
    zh="这次协助办理已经结束，请重新开始。",
    en="This help has ended; begin anew.",
    status=409,
)
CONFIRMED_ALREADY = reason(
    "person.assistance_confirmed", zh="本人已经确认过了。", en="The person has confirmed already.", status=409
)
OWN_FILE = reason(
    "person.assists_itself",
    zh="不能给自己办协助，请用本人的登录办理。",
    en="Nobody assists themselves; use your own sign-in.",
    status=403,
)


def begin(
    *, person: Person, channel: str, place: str, own: Collection[object] = (), at: datetime, by: str
) -> Assistance:
    """A helper begins with a person; whom they helped before is done with. ``own``: the helper's own files.

    Refuses with ``person.assists_itself``, ``person.file_closed`` or ``person.already_dead``.
    """
    if person.id in own:
        raise OWN_FILE("person")
    with transaction.atomic():
        person = locked(person)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        Assistance.objects.filter(county=person.county, helper=by, ended_at=None).update(ended_at=at)
        made = Assistance.objects.create(
            county=person.county, person=person, helper=by, channel=channel, place=place, began_at=at
        )
        _note("person.begin_assistance", made, at, by)
    return made


def confirm_by_code(*, assistance: Assistance, at: datetime, by: str) -> Assistance:
    """The person read out the code that was sent to their telephone; whoever calls has checked it."""
    return _confirm(assistance, Assistance.Confirmed.CODE, None, at, by)


def confirm_on_paper(*, assistance: Assistance, paper: StoredFile, at: datetime, by: str) -> Assistance:
    """The person signed the form, and its photograph is kept."""
    return _confirm(assistance, Assistance.Confirmed.PAPER, paper, at, by)


def end(*, assistance: Assistance, at: datetime, by: str) -> Assistance:
    """The helper is done with the person. Refuses with ``person.assistance_ended``."""
    with transaction.atomic():
        found = _open(assistance)
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        _note("person.end_assistance", found, at, by)
    return found


def under_way(helper: str, *, counties: Collection[str]) -> Assistance | None:
    """Whom this login helps at present, in these counties."""
    rows = Assistance.objects.filter(county__in=sorted(counties), helper=helper, ended_at=None)
    return rows.select_related("person").order_by("-began_at").first()


def _confirm(row: Assistance, how: str, paper: StoredFile | None, at: datetime, by: str) -> Assistance:
    with transaction.atomic():
        found = _open(row)
        if found.confirmed:
            raise CONFIRMED_ALREADY("confirmed")
        found.confirmed, found.confirmed_at, found.paper = how, at, paper
        found.save(update_fields=["confirmed", "confirmed_at", "paper"])
        _note("person.confirm_assistance", found, at, by, how=how)
    return found


def _open(row: Assistance) -> Assistance:
    found = Assistance.objects.select_for_update().get(county=row.county, id=row.id)
    if found.ended_at is not None:
        raise ENDED("assistance")
    return found


def _note(act: str, row: Assistance, at: datetime, by: str, **detail: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=row.person_id,
        behalf_of=row.person_id,
        assistance=str(row.id),
        channel=row.channel,
        **detail,
    )
