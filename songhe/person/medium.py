"""What a person shows to be known: a card, the code on a telephone, a printed code. None of them is money."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from songhe.county.key import new_id
from songhe.kernel.cipher import KEY_ID, keyed_hash
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.person.event import ALREADY_DEAD
from songhe.person.models import Medium, Person
from songhe.person.register import REASON_MISSING, locked
from songhe.trail.note import note

#: A telephone shows a new code every half minute; the one before and the one after are accepted as well.
STEP_SECONDS = 30
STEPS_EITHER_SIDE = 1

_FORM = "S1"
_STATIC_STEP = 0
_MAC_CHARACTERS = 16  # 80 bits
_OWN_DIGITS = 14
_OWN_LENGTH = 6 + _OWN_DIGITS + 2

UNKNOWN_MEDIUM_KIND = reason(
    "person.unknown_medium_kind", zh="没有“{kind}”这种凭证。", en="There is no kind of medium {kind}."
)
NUMBER_INVALID = reason(
    "person.medium_number_invalid", zh="卡号为6至32位字母或数字。", en="A card number has 6 to 32 letters or digits."
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
CODE_INVALID = reason("person.code_invalid", zh="不是有效的消费码。", en="This is no valid code.")
CODE_EXPIRED = reason(
    "person.code_expired", zh="消费码已过期，请刷新后再出示。", en="The code has run out; show a new one.", status=409
)
NOT_CONFIRMED = reason(
    "person.medium_not_confirmed",
    zh="卡片和打印码只能表明身份，须由老年人（密码）、代办人或工作人员确认。",
    en="A card or a printed code only says who somebody is: the elder (by PIN), a proxy or staff confirms.",
)
CODE_USED = reason(
    "person.code_already_used",
    zh="这个消费码已用过，请刷新。",
    en="This code was shown already; show a new one.",
    status=409,
)


@dataclass(frozen=True)
class Shown:
    """Who showed what. A card or a printed code only says who somebody is: it needs a second factor (PIN, staff)."""

    person: Person
    medium: Medium
    needs_second_factor: bool


def issue(*, person: Person, kind: str, on: date, at: datetime, by: str, number: str = "", because: str = "") -> Medium:
    """Give the person a medium. Our own numbers begin with the county; a card of others brings its ``number``.

    Refuses with ``person.unknown_medium_kind``, ``person.medium_number_invalid``, ``person.medium_number_taken``,
    ``person.file_closed`` or ``person.already_dead``.
    """
    if kind not in Medium.Kind.values:
        raise UNKNOWN_MEDIUM_KIND("kind", kind=kind)
    given = fold(number)
    if given and not (6 <= len(given) <= 32 and given.isascii() and given.isalnum()):
        raise NUMBER_INVALID("number")
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


def medium_of(number: str, county: str | None = None) -> Medium:
    """The live medium with the number; our own numbers say their county themselves.

    Refuses with ``person.medium_unknown`` or ``person.medium_ended``.
    """
    typed = _typed(number)
    county = _county_of(typed) or county
    if county is None:
        raise MEDIUM_UNKNOWN("medium")
    found = Medium.objects.filter(county=county, number=typed)
    medium = found.select_related("person").first()
    if medium is None:
        raise MEDIUM_UNKNOWN("medium")
    if medium.ended_at is not None:
        raise MEDIUM_ENDED("medium")
    return medium


def resolve(number: str, county: str | None = None) -> Person:
    """Whose the medium is. Refuses with ``person.medium_unknown`` or ``person.medium_ended``."""
    return medium_of(number, county).person


def code_of(medium: Medium, at: datetime) -> str:
    """What is shown as a QR code: ``S1.<key id>.<medium no>.<step>.<mac>``, at most 100 characters.

    A telephone's code changes with the half minute; a printed one and that on a card stay, with step 0.
    """
    step = _step(at) if medium.kind == Medium.Kind.PHONE else _STATIC_STEP
    return f"{_FORM}.{KEY_ID}.{medium.number}.{step}.{_mac(medium.county, medium.number, step)}"


def read_code(code: str, *, at: datetime, county: str | None = None) -> Shown:
    """Who shows the code now; each code of a telephone counts once, and none after a later one was shown.

    Refuses with ``person.code_invalid``, ``person.medium_unknown``, ``person.medium_ended``,
    ``person.code_expired`` or ``person.code_already_used``.
    """
    parts = "".join(code.split()).split(".") if len(code) <= 100 else []
    if len(parts) != 5 or parts[0] != _FORM or parts[1] != str(KEY_ID) or not _is_step(parts[3]):
        raise CODE_INVALID("code")
    medium, step = medium_of(parts[2], county), int(parts[3])
    if not hmac.compare_digest(_mac(medium.county, medium.number, step).encode(), parts[4].encode()):
        raise CODE_INVALID("code")
    changes = medium.kind == Medium.Kind.PHONE
    if changes != (step != _STATIC_STEP):
        raise CODE_INVALID("code")
    if changes:
        if abs(_step(at) - step) > STEPS_EITHER_SIDE:
            raise CODE_EXPIRED("code")
        once = Medium.objects.filter(county=medium.county, id=medium.id, last_step__lt=step, ended_at=None)
        if not once.update(last_step=step):
            raise CODE_USED("code")
    return Shown(medium.person, medium, needs_second_factor=not changes)


def number_in(shown: str) -> str:
    """The number of what is shown: of a code its third part, else the whole as typed."""
    parts = "".join(shown.split()).split(".")
    return _typed(parts[2] if len(parts) == 5 else shown)


def county_in(shown: str) -> str:
    """The county that one of our own numbers begins with, "" of other cards."""
    return _county_of(number_in(shown))


def identify(*, shown: str, county: str, confirmed_by: str, at: datetime) -> Medium:
    """The medium by which somebody is to be served now, a telephone's code each time once.

    A telephone is known by its code, never by its number. A card or a printed code only says who somebody is, so
    that the elder (by PIN), a proxy or staff confirms. Refuses with ``person.medium_not_confirmed`` and as
    ``read_code`` or ``medium_of`` do.
    """
    if shown.startswith(f"{_FORM}."):
        read = read_code(shown, at=at, county=county)
        medium, needs_second_factor = read.medium, read.needs_second_factor
    else:
        medium, needs_second_factor = medium_of(shown, county), True
        if medium.kind == Medium.Kind.PHONE:
            raise CODE_INVALID("medium")
    if needs_second_factor and not confirmed_by:
        raise NOT_CONFIRMED("confirmed_by")
    return medium


def media_of(person: Person) -> list[Medium]:
    """All media of the person, the live ones first."""
    media = Medium.objects.filter(county=person.county, person=person).order_by("-valid_from", "-id")
    return sorted(media, key=lambda medium: medium.ended_at is not None)


def _typed(number: str) -> str:
    return fold(number).replace("-", "")


def _county_of(typed: str) -> str:
    own = len(typed) == _OWN_LENGTH and typed.isascii() and typed.isdigit() and int(typed) % 97 == 1
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


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _is_step(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _mac(county: str, number: str, step: int) -> str:
    digest = bytes.fromhex(
        keyed_hash(f"{_FORM}.{county}.{number}.{step}", key=settings.ID_NUMBER_KEY, purpose="medium")
    )
    return base64.b32encode(digest)[:_MAC_CHARACTERS].decode()


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
