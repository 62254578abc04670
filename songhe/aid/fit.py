"""A fitting: asked for, assessed at home, tried, and taken or not. 适配"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.aid.models import Aid, Fitting
from songhe.aid.states import FITTING
from songhe.aid.stock import SAY_WHY, require_size
from songhe.kernel.refusal import reason
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person
from songhe.provider.models import Provider
from songhe.provider.suspend import is_suspended
from songhe.trail.note import note

WISH_MISSING = reason("aid.wish_missing", zh="请写一写需要什么、为什么。", en="Say what is needed and why.")
UNKNOWN_PERSON = reason("aid.unknown_person", zh="没有这个人。", en="There is no such person.", status=404)
FILE_CLOSED = reason(
    "aid.file_closed", zh="档案已于{closed_on}关闭。", en="The file was closed on {closed_on}.", status=409
)
SUSPENDED = reason("aid.provider_suspended", zh="“{name}”已被暂停。", en="{name} is suspended.", status=409)
ASKED_ALREADY = reason(
    "aid.asked_already", zh="已经申请过，正在办理。", en="A fitting is under way there already.", status=409
)
NEED_MISSING = reason("aid.need_missing", zh="请写明为什么需要。", en="Say why it is needed.")
TRIAL_MISSING = reason("aid.trial_missing", zh="请写明试用的情况。", en="Say how the trial went.")
UNKNOWN_FITTING = reason("aid.unknown_fitting", zh="没有这份适配单。", en="There is no such fitting.", status=404)
NOT_THE_FITTER = reason(
    "aid.fitter_decides", zh="选不选由老人或家属决定。", en="The elder or the family decides.", status=403
)

#: A fitting that is still under way.
OPEN = (Fitting.State.ASKED, Fitting.State.ASSESSED, Fitting.State.TRIED, Fitting.State.ACCEPTED)


@dataclass(frozen=True)
class Advice:
    """What a fitter found: which aid in which size, why it is needed, and what the home needs for it."""

    aid: Aid
    need: str
    size: str = ""
    home: str = ""


def ask(*, county: str, person_id: UUID, provider: Provider, wish: str, at: datetime, on: date, by: str) -> Fitting:
    """An elder, a family or a steward asks a provider to come and see what would help; one at a time there.

    Refuses with ``aid.wish_missing``, ``aid.unknown_person``, ``aid.file_closed``, ``person.after_death``,
    ``aid.provider_suspended`` or ``aid.asked_already``.
    """
    if not wish.strip():
        raise WISH_MISSING("wish")
    with transaction.atomic():
        person = user(county=county, person_id=person_id, on=on)
        if is_suspended(provider, county, on):
            raise SUSPENDED("provider", name=provider.name)
        under_way = Fitting.objects.filter(county=county, person=person, provider=provider, state__in=OPEN)
        if under_way.filter(aid=None).exists():
            raise ASKED_ALREADY("provider")
        made = Fitting.objects.create(
            county=county, person=person, provider=provider, wish=wish.strip()[:300], asked_by=by, asked_on=on
        )
        _note("aid.ask", made, at=at, by=by)
    return made


def assess(*, fitting: Fitting, advice: Advice, at: datetime, on: date, by: str) -> Fitting:
    """A fitter was there and says which aid fits, in which size, why, and what must be changed at home.

    Refuses with ``aid.need_missing``, ``aid.no_such_size``, ``aid.unknown_fitting``, ``aid.wrong_state`` or
    ``person.after_death``.
    """
    if not advice.need.strip():
        raise NEED_MISSING("need")
    require_size(advice.aid, advice.size)
    with transaction.atomic():
        fitting = locked(fitting)
        refuse_after_death(fitting.person, on, "on")
        FITTING.move(fitting, "assess")
        fitting.aid, fitting.size = advice.aid, advice.size
        fitting.need, fitting.home = advice.need.strip()[:300], advice.home.strip()[:500]
        fitting.fitter, fitting.assessed_on = by, on
        fitting.save(update_fields=["state", "aid", "size", "need", "home", "fitter", "assessed_on"])
        _note("aid.assess", fitting, at=at, by=by, aid=advice.aid.code, size=advice.size)
    return fitting


def try_out(*, fitting: Fitting, trial: str, at: datetime, on: date, by: str) -> Fitting:
    """It was tried with the person. Refuses with ``aid.trial_missing``, ``aid.unknown_fitting``, ``aid.wrong_state`` or
    ``person.after_death``."""
    if not trial.strip():
        raise TRIAL_MISSING("trial")
    with transaction.atomic():
        fitting = locked(fitting)
        refuse_after_death(fitting.person, on, "on")
        FITTING.move(fitting, "try")
        fitting.trial, fitting.tried_on = trial.strip()[:300], on
        fitting.save(update_fields=["state", "trial", "tried_on"])
        _note("aid.try", fitting, at=at, by=by)
    return fitting


def accept(*, fitting: Fitting, at: datetime, on: date, by: str) -> Fitting:
    """The elder or the family takes it; whoever fitted it does not decide for them.

    Refuses with ``aid.fitter_decides``, ``aid.unknown_fitting``, ``aid.wrong_state`` or ``person.after_death``.
    """
    with transaction.atomic():
        fitting = locked(fitting)
        refuse_after_death(fitting.person, on, "on")
        FITTING.move(fitting, "accept")
        if by == fitting.fitter:
            raise NOT_THE_FITTER("by")
        fitting.decided_by, fitting.decided_on = by, on
        fitting.save(update_fields=["state", "decided_by", "decided_on"])
        _note("aid.accept", fitting, at=at, by=by)
    return fitting


def decline(*, fitting: Fitting, because: str, at: datetime, on: date, by: str) -> Fitting:
    """It is not taken, or no longer wanted, before it is handed over. Refuses with ``aid.say_why``,
    ``aid.unknown_fitting`` or ``aid.wrong_state``."""
    if not because.strip():
        raise SAY_WHY("because")
    with transaction.atomic():
        fitting = locked(fitting)
        FITTING.move(fitting, "decline")
        fitting.decided_by, fitting.decided_on, fitting.because = by, on, because.strip()[:200]
        fitting.save(update_fields=["state", "decided_by", "decided_on", "because"])
        _note("aid.decline", fitting, at=at, by=by, reason=because)
    return fitting


def user(*, county: str, person_id: UUID, on: date) -> Person:
    """The person's file, locked, who lives and is on file on the day. Refuses with ``aid.unknown_person``,
    ``aid.file_closed`` or ``person.after_death``."""
    person = Person.rows.select_for_update().filter(county=county, id=person_id).first()
    if person is None:
        raise UNKNOWN_PERSON("person")
    refuse_after_death(person, on, "on")
    if person.closed_on is not None and on > person.closed_on:
        raise FILE_CLOSED("person", closed_on=person.closed_on)
    return person


def locked(fitting: Fitting) -> Fitting:
    """The fitting, locked. Refuses with ``aid.unknown_fitting``."""
    rows = Fitting.objects.select_for_update(of=("self",)).select_related("person", "provider", "aid")
    found = rows.filter(county=fitting.county, id=fitting.id).first()
    if found is None:
        raise UNKNOWN_FITTING("fitting")
    return found


def _note(act: str, fitting: Fitting, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=fitting.county,
        at=at,
        actor=by,
        act=act,
        subject="fitting",
        subject_id=fitting.id,
        reason=reason,
        person=str(fitting.person_id),
        provider=fitting.provider_id,
        **detail,
    )
