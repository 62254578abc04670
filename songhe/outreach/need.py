"""A need that was heard becomes an order or a referral, and has an answer within a limit. 需求答复"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import yaml
from django.db import transaction
from django.db.models import QuerySet

from songhe.kernel.refusal import reason
from songhe.outreach.models import Need, Visit
from songhe.outreach.rounds import SAY_WHAT, on_file
from songhe.outreach.states import NEED
from songhe.provider.catalogue import item_on
from songhe.provider.help import HELPS, require_help
from songhe.provider.models import Item, Provider
from songhe.provider.price import price_on
from songhe.provider.suspend import SUSPENDED, suspension_on
from songhe.trail.note import note

DATA = Path(__file__).resolve().parent / "data" / "limits.yaml"

UNKNOWN_NEED = reason("outreach.unknown_need", zh="没有这项需求。", en="There is no such need.", status=404)
OTHER_VISIT = reason(
    "outreach.other_visit", zh="这次探访的不是此人。", en="That visit was to another person.", status=409
)
OTHER_HELP = reason(
    "outreach.other_help",
    zh="“{item}”不属于所需的“{help_zh}”。",
    en="{item_en} is not the {help_en} that is needed.",
)
TO_WHOM = reason("outreach.to_whom", zh="请写明转介给谁。", en="Say to whom it is referred.")
NO_ANSWER = reason("outreach.no_answer", zh="请写明给老人的答复。", en="Say what the elder is told.")

WAITING = (Need.State.HEARD, Need.State.ORDERED, Need.State.REFERRED, Need.State.DECLINED)


def hear(
    *,
    county: str,
    person_id: UUID,
    help: str,
    words: str,
    at: datetime,
    on: date,
    by: str,
    visit: Visit | None = None,
    within_days: int | None = None,
) -> Need:
    """Somebody needs something: what, in which words, and by when it is answered (data by kind of help, or the days
    given).

    Refuses with ``provider.unknown_help``, ``outreach.say_what``, ``outreach.unknown_person``,
    ``person.after_death`` or ``outreach.other_visit``.
    """
    require_help(help)
    if not words.strip():
        raise SAY_WHAT("words")
    if visit is not None and (visit.county, visit.person_id) != (county, person_id):
        raise OTHER_VISIT("visit")
    days = limits()[help] if within_days is None else within_days
    with transaction.atomic():
        person = on_file(county, person_id, on)
        need = Need.objects.create(
            county=county,
            visit=visit,
            person=person,
            help=help,
            words=words.strip()[:500],
            due_on=on + timedelta(days=days),
            heard_by=by,
            heard_on=on,
        )
        _note("outreach.hear", need, at=at, by=by, help=help)
    return need


def order(*, need: Need, provider: Provider, item: Item, at: datetime, on: date, by: str) -> Need:
    """Ask a provider, who sells the item today and is not suspended, to give it.

    Refuses with ``outreach.unknown_need``, ``outreach.wrong_state``, ``provider.unknown_item``,
    ``outreach.other_help``, ``provider.suspended`` or ``provider.no_price``.
    """
    with transaction.atomic():
        need = _locked(need)
        NEED.move(need, "order")
        item = item_on(need.county, item.code, on)
        if item.help != need.help:
            zh, en = HELPS[need.help]
            raise OTHER_HELP("item", item=item.name, item_en=item.name_en, help_zh=zh, help_en=en)
        held = suspension_on(provider, need.county, on)
        if held is not None:
            raise SUSPENDED("provider", name=provider.name, county=need.county, since=held.since)
        price_on(provider, item, on)
        need.provider, need.item, need.referred_to = provider, item, ""
        need.save(update_fields=["state", "provider", "item", "referred_to"])
        _note("outreach.order", need, at=at, by=by, provider=str(provider.pk), item=item.code)
    return need


def refer(*, need: Need, to: str, at: datetime, by: str) -> Need:
    """Hand it to somebody who is no provider of items: a doctor, the village, another office. Refuses with
    ``outreach.to_whom``, ``outreach.unknown_need`` or ``outreach.wrong_state``."""
    if not to.strip():
        raise TO_WHOM("to")
    with transaction.atomic():
        need = _locked(need)
        NEED.move(need, "refer")
        need.provider, need.item, need.referred_to = None, None, to.strip()[:80]
        need.save(update_fields=["state", "provider", "item", "referred_to"])
        _note("outreach.refer", need, at=at, by=by)
    return need


def accept(*, need: Need, answer: str, at: datetime, on: date, by: str) -> Need:
    """They will see to it, and when: what the elder is told. Refuses with ``outreach.no_answer``,
    ``outreach.unknown_need`` or ``outreach.wrong_state``."""
    return _answer(need, "accept", answer, at, on, by)


def decline(*, need: Need, answer: str, at: datetime, on: date, by: str) -> Need:
    """They cannot: the need waits for another way. Refuses as ``accept`` does."""
    return _answer(need, "decline", answer, at, on, by)


def meet(*, need: Need, at: datetime, on: date, by: str) -> Need:
    """The elder has what they needed. Refuses with ``outreach.unknown_need`` or ``outreach.wrong_state``."""
    return _end(need, "meet", "", at, on, by)


def give_up(*, need: Need, answer: str, at: datetime, on: date, by: str) -> Need:
    """It cannot be met here, and the elder is told why. Refuses as ``accept`` does."""
    if not answer.strip():
        raise NO_ANSWER("answer")
    return _end(need, "give_up", answer, at, on, by)


def overdue(*, county: str, on: date, most: int = 500) -> QuerySet[Need]:
    """Needs without an answer after their limit, the oldest first; one statement."""
    rows = Need.objects.filter(county=county, state__in=WAITING, due_on__lt=on)
    return rows.select_related("person", "provider", "item").order_by("due_on", "id")[:most]


def waiting_at(*, county: str, provider: Provider, most: int = 500) -> QuerySet[Need]:
    """Orders that a provider has not answered, the most urgent first; one statement."""
    rows = Need.objects.filter(county=county, provider=provider, state=Need.State.ORDERED)
    return rows.select_related("person", "item").order_by("due_on", "id")[:most]


def needs_of(*, county: str, person_id: UUID, most: int = 100) -> QuerySet[Need]:
    """What a person asked for and what became of it, the newest first; one statement."""
    rows = Need.objects.filter(county=county, person_id=person_id)
    return rows.select_related("provider", "item").order_by("-heard_on", "-id")[:most]


@lru_cache(maxsize=1)
def limits() -> dict[str, int]:
    """Days within which a need of each kind has an answer."""
    read = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {help: int(read["within_days"][help]) for help in HELPS}


def _answer(need: Need, verb: str, answer: str, at: datetime, on: date, by: str) -> Need:
    if not answer.strip():
        raise NO_ANSWER("answer")
    with transaction.atomic():
        need = _locked(need)
        NEED.move(need, verb)
        need.answer, need.answered_by, need.answered_on = answer.strip()[:500], by, on
        need.save(update_fields=["state", "answer", "answered_by", "answered_on"])
        _note(f"outreach.{verb}", need, at=at, by=by, late="yes" if on > need.due_on else "no")
    return need


def _end(need: Need, verb: str, answer: str, at: datetime, on: date, by: str) -> Need:
    with transaction.atomic():
        need = _locked(need)
        NEED.move(need, verb)
        if answer:
            need.answer, need.answered_by, need.answered_on = answer.strip()[:500], by, on
        need.ended_by, need.ended_on = by, on
        need.save(update_fields=["state", "answer", "answered_by", "answered_on", "ended_by", "ended_on"])
        _note(f"outreach.{verb}", need, at=at, by=by)
    return need


def _locked(need: Need) -> Need:
    found = Need.objects.select_for_update().filter(county=need.county, id=need.id).first()
    if found is None:
        raise UNKNOWN_NEED("need")
    return found


def _note(act: str, need: Need, *, at: datetime, by: str, **detail: str) -> None:
    note(
        county=need.county,
        at=at,
        actor=by,
        act=act,
        subject="need",
        subject_id=need.id,
        behalf_of=need.person_id,
        **detail,
    )
