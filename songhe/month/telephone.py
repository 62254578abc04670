"""Notices are carried from inboxes to telephones: the person's own, and those of the proxies who act for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from songhe.access.models import Account
from songhe.county.key import new_id
from songhe.notice import quiet
from songhe.notice.models import Channel, Notice, Wish
from songhe.notice.ports import Message, Messenger, NotDelivered
from songhe.notice.template import say, template
from songhe.person.models import Mandate, Person

PAGE = 2_000
MOST_PAGES = 10
MOST_SENT = 500
MOST_TRIES = 5


@dataclass(frozen=True)
class Reachable:
    """One telephone on which a person's notice is told: the person's own, or a proxy's by a mandate."""

    addressee: UUID | None
    phone: str
    way: str
    language: str


def spread(*, county: str, at: datetime, on: date) -> int:
    """Carry what newly lies in inboxes to telephones: of the person, while alive, and of the proxies in force.

    Of the dead only the family is told: the proxies in force on the day of death. One telephone is told once. A row
    due in quiet hours is held until eight in the morning.
    """
    made = 0
    for _page in range(MOST_PAGES):
        found = list(Notice.rows.filter(county=county, channel=Channel.INBOX, spread_at=None).order_by("id")[:PAGE])
        if not found:
            break
        due = quiet.due_at(at)
        reachable = _reachable(county, [one.person for one in found if one.person], on)
        logins = dict(
            Account.objects.filter(username__in={one.account for one in found if one.person is None}, phone__gt="")
            .values_list("username", "phone")
            .iterator()
        )
        rows = [_to_telephone(one, to, at, due) for one in found for to in _addressees(one, reachable, logins)]
        with transaction.atomic():
            Notice.rows.bulk_create(rows, ignore_conflicts=True, batch_size=500)
            for start in range(0, len(found), 500):
                ids = [one.id for one in found[start : start + 500]]
                Notice.rows.filter(county=county, id__in=ids).update(spread_at=at)
        made += len(rows)
    return made


def _addressees(
    one: Notice, reachable: Mapping[UUID, Sequence[Reachable]], logins: Mapping[str, str]
) -> Iterator[Reachable]:
    if one.person is None:
        if phone := logins.get(one.account):
            yield Reachable(None, phone, Channel.SMS, "zh")
        return
    which = template(one.template)
    for to in reachable.get(one.person, ()):
        if which.to_person if to.addressee is None else which.to_family:
            yield to


def _to_telephone(one: Notice, to: Reachable, at: datetime, due: datetime) -> Notice:
    return Notice(
        county=one.county,
        id=new_id(),
        person=one.person,
        account=one.account,
        addressee=to.addressee,
        template=one.template,
        values=one.values,
        about=one.about,
        channel=to.way,
        language=to.language,
        state=Notice.State.HELD if due > at else Notice.State.QUEUED,
        at=one.at,
        due_at=due,
    )


def _reachable(county: str, person_ids: Iterable[UUID], on: date) -> dict[UUID, list[Reachable]]:
    """The telephones of these people and of who acts for them, as they wish to be told, in four statements."""
    wanted = sorted(set(person_ids))
    people = {
        one.id: one for one in Person.rows.filter(county=county, id__in=wanted).only("id", "county", "phone", "died_on")
    }
    wishes = {
        (one.person, one.account): (one.way, one.language) for one in Wish.rows.filter(county=county, person__in=wanted)
    }
    mandates: dict[UUID, list[Mandate]] = defaultdict(list)
    given = Mandate.objects.filter(county=county, person_id__in=wanted, valid_from__lte=on).exclude(proxy_phone="")
    for mandate in given.order_by("valid_from", "id"):
        mandates[mandate.person_id].append(mandate)
    found: dict[UUID, list[Reachable]] = {}
    for person in people.values():
        reached: dict[str, Reachable] = {}
        if person.died_on is None and person.phone:
            way, language = wishes.get((person.id, ""), (Wish.Way.SMS, "zh"))
            reached[person.phone] = Reachable(None, person.phone, way, language)
        for mandate in mandates[person.id]:
            if mandate.proxy_phone not in reached and _acts(mandate, person, on):
                way, language = wishes.get((person.id, mandate.account), (Wish.Way.SMS, "zh"))
                reached[mandate.proxy_phone] = Reachable(mandate.id, mandate.proxy_phone, way, language)
        found[person.id] = [one for one in reached.values() if one.way != Wish.Way.NONE]
    return found


def _acts(mandate: Mandate, person: Person, on: date) -> bool:
    """Whether the proxy acts on the day; for somebody dead, whether they acted on the day of the death."""
    day = on if person.died_on is None else min(on, person.died_on)
    if not mandate.valid_from <= day <= mandate.valid_to:
        return False
    ended = mandate.ended_on
    # A death ends the mandates: whoever acted until then is the family that is told.
    return ended is None or ended > day or (person.died_on is not None and ended >= person.died_on)


def send_due(*, county: str, at: datetime, carrier: Messenger, most: int = MOST_SENT) -> int:
    """Give the carrier what is due, oldest first; what it does not take is tried five times with growing pauses.

    The numbers are looked up now: nobody is called who died, moved away or changed their number in between.
    """
    due = Notice.rows.filter(county=county, state__in=[Notice.State.QUEUED, Notice.State.HELD], due_at__lte=at)
    found = list(due.order_by("due_at", "id")[:most])
    if not found:
        return 0
    people = {
        one.id: one
        for one in Person.rows.filter(county=county, id__in={one.person for one in found if one.person}).only(
            "id", "county", "name", "phone", "died_on"
        )
    }
    proxies = dict(
        Mandate.objects.filter(county=county, id__in={one.addressee for one in found if one.addressee})
        .values_list("id", "proxy_phone")
        .iterator()
    )
    logins = dict(
        Account.objects.filter(username__in={one.account for one in found if one.person is None})
        .values_list("username", "phone")
        .iterator()
    )
    for one in found:
        person = people.get(one.person) if one.person else None
        if one.person is None:
            phone = logins.get(one.account, "")
        elif one.addressee is not None:
            phone = proxies.get(one.addressee, "")
        else:
            phone = person.phone if person and person.died_on is None else ""
        _send(one, phone, person.name if person else "", at, carrier)
    fields = ["state", "sent_at", "tries", "problem", "receipt", "due_at"]
    Notice.rows.filter(county=county).bulk_update(found, fields, batch_size=100)
    return sum(one.state == Notice.State.SENT for one in found)


def _send(one: Notice, phone: str, name: str, at: datetime, carrier: Messenger) -> None:
    if not phone:
        one.state, one.problem = Notice.State.DROPPED, "no_phone"
        return
    said = say(one.template, one.values, language=one.language, person_name=name, to_family=one.addressee is not None)
    try:
        one.receipt = carrier.send(
            Message(reference=one.id.hex, channel=one.channel, phone=phone, text=said.sms, at=at)
        )[:64]
    except NotDelivered as error:
        one.tries += 1
        one.problem = str(error)[:120]
        if error.for_good or one.tries >= MOST_TRIES:
            one.state = Notice.State.FAILED
        else:
            one.state = Notice.State.QUEUED
            one.due_at = quiet.due_at(at + timedelta(minutes=2**one.tries))
        return
    one.state, one.sent_at, one.problem = Notice.State.SENT, at, ""


def try_again(*, county: str, notice_ids: Iterable[UUID], at: datetime) -> int:
    """Put failed notices back into the queue, for the worker to send outside quiet hours."""
    failed = Notice.rows.filter(county=county, id__in=list(notice_ids), state=Notice.State.FAILED)
    due = quiet.due_at(at)
    state = Notice.State.HELD if due > at else Notice.State.QUEUED
    return failed.update(state=state, due_at=due, tries=0, problem="")
