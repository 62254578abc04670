"""Something is reported of a person; another person verifies it, and only then it acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from songhe.kernel import place_code
from songhe.kernel.refusal import reason
from songhe.person.deceased import let_die, let_live
from songhe.person.models import Event, Person
from songhe.person.move import move
from songhe.person.register import REASON_MISSING, locked
from songhe.person.states import EVENT
from songhe.person.status import KINDS, SOURCE_MISSING, UNKNOWN_STATUS, record_status, statuses_on
from songhe.trail.note import note

UNKNOWN_EVENT = reason("person.unknown_event", zh="没有“{kind}”这种变动。", en="There is no event {kind}.")
IN_FUTURE = reason("person.event_in_future", zh="{happened_on}还没有到。", en="{happened_on} has not come yet.")
BEFORE_BIRTH = reason(
    "person.event_before_birth", zh="{happened_on}早于出生。", en="{happened_on} is before the birth."
)
ALREADY_DEAD = reason(
    "person.already_dead", zh="已核实于{died_on}去世。", en="The death on {died_on} is verified.", status=409
)
ALREADY_REPORTED = reason(
    "person.already_reported",
    zh="同样的变动已有人报告，正待核实。",
    en="This is reported already and waits.",
    status=409,
)
SAME_PERSON = reason(
    "person.same_person", zh="报告人和核实人不能是同一人。", en="Who reports does not verify.", status=403
)
UNDO_NOT_ASKED = reason("person.undo_not_asked", zh="还没有人提出撤销。", en="Nobody has asked to undo it.", status=409)
NOT_A_DEATH = reason("person.not_a_death", zh="这不是去世报告。", en="This is no report of a death.", status=409)

#: What can be told only afterwards.
_PAST_ONLY = frozenset({Event.Kind.DEATH, Event.Kind.RECOVERY, Event.Kind.HOSPITAL})
IN_HOSPITAL = "in_hospital"


def report(
    *,
    person: Person,
    kind: str,
    happened_on: date,
    source: str,
    on: date,
    at: datetime,
    by: str,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Somebody says that it happened; one report of a kind waits at a time.

    A move says where to (``detail["to_place"]``, nothing: unknown or abroad), another programme says which status
    (``detail["status"]``), a stay in hospital until when if it is over (``detail["until"]``), anything else in words
    (``detail["words"]``). A reported death holds services dated after it and nothing else. Refuses with
    ``person.unknown_event``, ``person.source_missing``, ``person.event_in_future``, ``person.event_before_birth``,
    ``person.reason_missing``, ``person.unknown_status``, ``place_code.not_a_code``, ``person.file_closed``,
    ``person.already_dead`` or ``person.already_reported``. 001, step 3.
    """
    if kind not in Event.Kind.values:
        raise UNKNOWN_EVENT("kind", kind=kind)
    if not source.strip():
        raise SOURCE_MISSING("source")
    if kind in _PAST_ONLY and happened_on > on:
        raise IN_FUTURE("happened_on", happened_on=happened_on)
    detail = dict(detail or {})
    if kind == Event.Kind.OTHER and not str(detail.get("words", "")).strip():
        raise REASON_MISSING("words")
    if kind == Event.Kind.EXCLUDED and detail.get("status") not in KINDS:
        raise UNKNOWN_STATUS("status", kind=detail.get("status"))
    if kind == Event.Kind.MOVE and detail.get("to_place"):
        detail["to_place"] = place_code.parse(str(detail["to_place"]), field="to_place")
    with transaction.atomic():
        person = locked(person)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        if happened_on < person.birth_date:
            raise BEFORE_BIRTH("happened_on", happened_on=happened_on)
        try:
            with transaction.atomic():
                event = Event.objects.create(
                    county=person.county,
                    person=person,
                    kind=kind,
                    happened_on=happened_on,
                    reported_by=by,
                    reported_at=at,
                    source=source.strip()[:80],
                    detail=detail,
                )
        except IntegrityError:
            raise ALREADY_REPORTED("kind") from None
        _note("person.report", event, at=at, by=by)
    return event


def verify(*, event: Event, on: date, at: datetime, by: str) -> Event:
    """Another person finds it true, and it acts: a death ends media and mandates, a move closes the file and opens one
    where the person lives now, another programme or a stay in hospital becomes a status. Recovery and wish act where
    they are read.

    Refuses with ``person.same_person``, ``person.wrong_state``, ``person.event_in_future``,
    ``person.already_dead``, ``person.file_closed`` and the codes of ``songhe.person.move.move``.
    """
    with transaction.atomic():
        event, person = _locked(event)
        EVENT.move(event, "verify")
        if event.reported_by == by:
            raise SAME_PERSON("by")
        if event.happened_on > on:
            raise IN_FUTURE("happened_on", happened_on=event.happened_on)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        event.verified_by, event.verified_at = by, at
        event.save(update_fields=["state", "verified_by", "verified_at"])
        _note("person.verify", event, at=at, by=by)
        _act(event, person, on, at, by)
    return event


def refute(*, event: Event, because: str, at: datetime, by: str) -> Event:
    """It is not true; what a reported death held is free again. Whoever reported it may take it back.

    Refuses with ``person.reason_missing`` or ``person.wrong_state``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        event, _ = _locked(event)
        EVENT.move(event, "refute")
        event.detail["refuted"] = {"by": by, "because": because.strip()[:200]}
        event.save(update_fields=["state", "detail"])
        _note("person.refute", event, at=at, by=by, because=because)
    return event


def ask_to_undo_death(*, event: Event, because: str, at: datetime, by: str) -> Event:
    """The person lives: somebody asks to undo a verified death; a second one does it.

    Refuses with ``person.reason_missing``, ``person.not_a_death`` or ``person.wrong_state``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        event, _ = _locked(event)
        _refuse_other_than_death(event)
        event.detail["undo"] = {"by": by, "because": because.strip()[:200]}
        event.save(update_fields=["detail"])
        _note("person.ask_to_undo_death", event, at=at, by=by, because=because)
    return event


def undo_death(*, event: Event, at: datetime, by: str) -> Event:
    """A second person undoes the death: the day goes, media and mandates that ended with it hold again.

    Refuses with ``person.not_a_death``, ``person.wrong_state``, ``person.undo_not_asked`` or ``person.same_person``.
    """
    with transaction.atomic():
        event, person = _locked(event)
        _refuse_other_than_death(event)
        asked = event.detail.get("undo")
        if asked is None:
            raise UNDO_NOT_ASKED("event")
        if asked["by"] == by:
            raise SAME_PERSON("by")
        EVENT.move(event, "undo")
        event.detail["refuted"] = {"by": by, "because": asked["because"]}
        event.save(update_fields=["state", "detail"])
        let_live(person, event, at, by)
        _note("person.undo_death", event, at=at, by=by, because=asked["because"])
    return event


def _act(event: Event, person: Person, on: date, at: datetime, by: str) -> None:
    if event.kind == Event.Kind.DEATH:
        let_die(person, event, at, by)
    elif event.kind == Event.Kind.MOVE:
        move(
            person=person,
            to_place=event.detail.get("to_place", ""),
            moved_on=event.happened_on,
            on=on,
            at=at,
            by=by,
            source=event.source,
        )
    elif event.kind == Event.Kind.HOSPITAL:
        if IN_HOSPITAL not in {status.kind for status in statuses_on(person, event.happened_on)}:
            record_status(
                person=person,
                kind=IN_HOSPITAL,
                valid_from=event.happened_on,
                valid_to=_day_told(event.detail.get("until")),
                source=event.source,
                at=at,
                by=by,
            )
    elif event.kind == Event.Kind.EXCLUDED:
        kind = event.detail["status"]
        if kind not in {status.kind for status in statuses_on(person, event.happened_on)}:
            record_status(person=person, kind=kind, valid_from=event.happened_on, source=event.source, at=at, by=by)


def _day_told(told: Any) -> date | None:
    return date.fromisoformat(told) if told else None


def _locked(event: Event) -> tuple[Event, Person]:
    """The person first, then the event. The files of one human in two counties are locked in ascending order."""
    told = Event.objects.select_related("person").get(county=event.county, id=event.id)
    to_county = str(told.detail.get("to_place") or "")[:6]
    if told.kind == Event.Kind.MOVE and to_county < told.county and told.person.identity:
        list(Person.rows.select_for_update().filter(county=to_county, identity=told.person.identity, closed_on=None))
    person = locked(told.person)
    return Event.objects.select_for_update().get(county=event.county, id=event.id), person


def _refuse_other_than_death(event: Event) -> None:
    if event.kind != Event.Kind.DEATH:
        raise NOT_A_DEATH("event")
    EVENT.check(event.state, "undo")


def _note(act: str, event: Event, *, at: datetime, by: str, because: str = "") -> None:
    note(
        county=event.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=event.person_id,
        reason=because.strip()[:300],
        event=str(event.id),
        kind=event.kind,
        happened_on=str(event.happened_on),
        source=event.source,
    )
