"""What a person shows to be known: a card, the code on a telephone, a printed code. None of them is money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from songhe.county.key import new_id
from songhe.county.ready import Ready
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.person.event import ALREADY_DEAD
from songhe.person.models import Medium, Person
from songhe.person.register import REASON_MISSING, locked
from songhe.trail.note import note

_OWN_DIGITS = 14
OWN_LENGTH = 6 + _OWN_DIGITS + 2

UNKNOWN_MEDIUM_KIND = reason(
    "person.unknown_medium_kind", zh="没有“{kind}”这种凭证。", en="There is no kind of medium {kind}."
)
NUMBER_INVALID = reason(
    "person.medium_number_invalid", zh="卡号为6至32位字母或数字。", en="A card number has 6 to 32 letters or digits."
)
NUMBER_OURS = reason(
    "person.medium_number_ours",
    zh="手机码的编号由系统生成，不能自带。",
    en="The number of a telephone's code is made here; it cannot be brought along.",
)
NUMBER_TAKEN = reason(
    "person.medium_number_taken", zh="这个卡号已有人使用。", en="This card number is taken.", status=409
)
MEDIUM_UNKNOWN = reason(
    "person.medium_unknown", zh="没有这张卡或这个码。", en="There is no such card or code.", status=404
)
MEDIUM_ENDED = reason(
    "person.medium_ended", zh="这张卡（码）已停用。", en="This card or code is no longer in use.", status=409
)


def issue(*, person: Person, kind: str, on: date, at: datetime, by: str, number: str = "", because: str = "") -> Medium:
    """Give the person a medium. Our own numbers begin with the county; a card of others brings its ``number``.

    Refuses with ``person.unknown_medium_kind``, ``person.medium_number_invalid``, ``person.medium_number_ours``,
    ``person.medium_number_taken``, ``person.file_closed`` or ``person.already_dead``.
    """
    if kind not in Medium.Kind.values:
        raise UNKNOWN_MEDIUM_KIND("kind", kind=kind)
    given = fold(number)
    if given and not (6 <= len(given) <= 32 and given.isascii() and given.isalnum()):
        raise NUMBER_INVALID("number")
    if given and kind == Medium.Kind.PHONE:
        raise NUMBER_OURS("number")
    with transaction.atomic():
        person = locked(person)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        medium = _create(person, kind, given, on)
        _note("person.issue_medium", medium, at=at, by=by, because=because)
    return medium


def issue_all(*, people: Sequence[Person], kind: str, on: date, at: datetime, by: str) -> list[Medium]:
    """A medium for each of many people of one county, in the caller's transaction, with one trail row."""
    media = [_new(person, kind, "", on) for person in people]
    Medium.objects.bulk_create(media, batch_size=2000)
    if media:
        county = media[0].county
        note(
            county=county,
            at=at,
            actor=by,
            act="person.issue_media",
            subject="county",
            subject_id=county,
            count=len(media),
            kind=kind,
        )
    return media


def replace(*, medium: Medium, because: str, on: date, at: datetime, by: str, number: str = "") -> Medium:
    """A new medium of the same kind; the old one is dead from this instant.

    Refuses with ``person.reason_missing``, ``person.medium_ended`` and the codes of ``issue``.
    """
    with transaction.atomic():
        old = end(medium=medium, because=because, at=at, by=by)
        return issue(person=old.person, kind=old.kind, on=on, at=at, by=by, number=number, because=because)


def end(*, medium: Medium, because: str, at: datetime, by: str) -> Medium:
    """The medium is dead from this instant: lost, stolen, given back.

    Refuses with ``person.reason_missing`` or ``person.medium_ended``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        medium = Medium.objects.select_for_update().select_related(None).get(county=medium.county, id=medium.id)
        if medium.ended_at is not None:
            raise MEDIUM_ENDED("medium")
        medium.ended_at, medium.ended_because = at, because.strip()[:80]
        medium.save(update_fields=["ended_at", "ended_because"])
        _note("person.end_medium", medium, at=at, by=by, because=because)
    return medium


_NUMBERED = Ready(lambda county, number: Medium.objects.filter(county=county, number=number).select_related("person"))


def medium_of(number: str, county: str | None = None) -> Medium:
    """The live medium with the number; our own numbers say their county themselves.

    Refuses with ``person.medium_unknown`` or ``person.medium_ended``.
    """
    typed = as_typed(number)
    county = county_of(typed) or county
    if county is None:
        raise MEDIUM_UNKNOWN("medium")
    medium = _NUMBERED.first(county=county, number=typed)
    if medium is None:
        raise MEDIUM_UNKNOWN("medium")
    if medium.ended_at is not None:
        raise MEDIUM_ENDED("medium")
    return medium


def resolve(number: str, county: str | None = None) -> Person:
    """Whose the medium is. Refuses with ``person.medium_unknown`` or ``person.medium_ended``."""
    return medium_of(number, county).person


def media_of(person: Person) -> list[Medium]:
    """All media of the person, the live ones first."""
    media = Medium.objects.filter(county=person.county, person=person).order_by("-valid_from", "-id")
    return sorted(media, key=lambda medium: medium.ended_at is not None)


def as_typed(number: str) -> str:
    """A number of a medium as it is kept, whatever was typed between its digits."""
    return fold(number).replace("-", "")


def county_of(typed: str) -> str:
    """The county that one of our own numbers begins with, "" of other cards."""
    own = len(typed) == OWN_LENGTH and typed.isascii() and typed.isdigit() and int(typed) % 97 == 1
    return typed[:6] if own else ""


def _create(person: Person, kind: str, given: str, on: date) -> Medium:
    for _ in range(5):
        medium = _new(person, kind, given, on)
        try:
            with transaction.atomic():
                medium.save(force_insert=True)
            return medium
        except IntegrityError:
            if given:
                break
    raise NUMBER_TAKEN("number")


def _new(person: Person, kind: str, given: str, on: date) -> Medium:
    made = new_id()
    return Medium(
        id=made,
        county=person.county,
        person=person,
        kind=kind,
        number=given or _own_number(person.county, (made.int >> 16) & ((1 << 46) - 1)),
        valid_from=on,
    )


def _own_number(county: str, random: int) -> str:
    """County, 14 digits that nobody can guess from others, two check digits (ISO 7064 MOD 97-10)."""
    body = f"{county}{random % 10**_OWN_DIGITS:0{_OWN_DIGITS}d}"
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def _note(act: str, medium: Medium, *, at: datetime, by: str, because: str = "") -> None:
    note(
        county=medium.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=medium.person_id,
        reason=because.strip()[:300],
        medium=str(medium.id),
        kind=medium.kind,
    )
