"""The code by which somebody is served: on a telephone it changes every half minute and counts once. 消费码

A printed code with a PIN, and a face, are turned into such a code of now by ``songhe.card.pin`` and ``card.face``;
so all media are read, burnt and paid with in one way.

It names a medium of the person and never a voucher. ``docs/decisions/person-codes.md`` says what was weighed.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.conf import settings

from songhe.kernel.cipher import KEY_ID, keyed_hash
from songhe.kernel.refusal import reason
from songhe.person.medium import MEDIUM_ENDED, MEDIUM_UNKNOWN, OWN_LENGTH, as_typed, county_of, medium_of
from songhe.person.models import Medium

#: A telephone shows a new code every half minute; the one before and the one after are accepted as well.
STEP_SECONDS = 30
STEPS_EITHER_SIDE = 1
#: A number that was right so many steps ago is said to be old, not wrong.
STEPS_REMEMBERED = 10

#: What is read out: the digits of the medium by which it is looked up, then those that change.
LOCATOR_DIGITS = 4
CHANGING_DIGITS = 8
NUMBER_DIGITS = LOCATOR_DIGITS + CHANGING_DIGITS

#: Wrong codes that one reader may try within a while; then it reads none until the while is over.
MOST_WRONG = 20
WRONG_WITHIN_SECONDS = 300

FORM = "S1"
_LONGEST = 100
_STATIC_STEP = 0
_MAC_CHARACTERS = 16  # 80 bits
_COUNTY_DIGITS = 6
_MOST_READERS = 10_000

FORGED = reason("person.code_forged", zh="这不是有效的消费码。", en="This is no valid code.")
STALE = reason(
    "person.code_stale",
    zh="消费码已过期，请出示新的码。",
    en="The code has run out; show a new one.",
    status=409,
)
USED = reason(
    "person.code_used",
    zh="这个消费码已用过，请出示新的码。",
    en="This code was used already; show a new one.",
    status=409,
)
UNKNOWN = reason(
    "person.code_unknown",
    zh="没有这个号码，请核对后再报一次。",
    en="There is no such number; have it read out again.",
    status=404,
)
TOO_MANY_WRONG = reason(
    "person.too_many_wrong_codes",
    zh="短时间内错了太多次，请{minutes}分钟后再试，或改用卡片、券号。",
    en="Too many wrong codes; try again in {minutes} minutes, or use the card or the voucher's number.",
    status=429,
)
NOT_CONFIRMED = reason(
    "person.medium_not_confirmed",
    zh="卡片和打印码只能表明身份，须由老年人（密码）、代办人或工作人员确认。",
    en="A card or a printed code only says who somebody is: the elder (by PIN), a proxy or staff confirms.",
)
NOT_A_TELEPHONE = reason(
    "person.code_not_a_telephone", zh="只有手机码会变动。", en="Only the code of a telephone changes."
)
PIN_NEEDED = reason(
    "person.pin_needed",
    zh="这张打印码要老人自己按密码才能用。",
    en="This printed code goes with a PIN that the elder enters.",
    status=403,
)

#: What is known by a code of now alone, and what has one beside the text that was printed.
_ONLY_CODES = frozenset({Medium.Kind.PHONE, Medium.Kind.FACE})
_HAVE_CODES = _ONLY_CODES | {Medium.Kind.PIN}


@dataclass(frozen=True)
class Shown:
    """What a telephone shows now: the text of the square, the number to read out, and for how long it is the newest."""

    payload: str
    number: str
    step: int
    seconds_left: int


@dataclass(frozen=True)
class Read:
    """A code that is genuine and of now. ``step`` is still to be burnt; ``None`` on a card or on paper, which stay."""

    medium: Medium
    step: int | None

    @property
    def needs_second_factor(self) -> bool:
        return self.step is None


def show(*, medium: Medium, at: datetime) -> Shown:
    """The code of this half minute: ``S1.<key id>.<medium no>.<step>.<mac>``, and twelve digits to read out.

    Of a printed code that goes with a PIN, and of a face, it is made for who has found the PIN right or the face
    matched. Refuses with ``person.code_not_a_telephone`` or ``person.medium_ended``.
    """
    if medium.kind not in _HAVE_CODES:
        raise NOT_A_TELEPHONE("medium")
    if medium.ended_at is not None:
        raise MEDIUM_ENDED("medium")
    step = step_of(at)
    return Shown(
        payload=_payload(medium, step),
        number=_number(medium, step),
        step=step,
        seconds_left=STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS,
    )


def printed(medium: Medium) -> str:
    """What is printed on a card or on paper: the same form with step 0. It stays, and says only who somebody is."""
    if medium.kind in _ONLY_CODES:
        raise FORGED("medium")
    return _payload(medium, _STATIC_STEP)


def read(*, county: str, given: str, at: datetime, reader: str = "") -> Medium:
    """Whose code is scanned or read out now; a telephone's counts once, and no older one after it.

    It is burnt in the caller's transaction: if what it was shown for is undone, it counts again while it is fresh.
    Refuses with ``person.pin_needed`` and as ``check`` and ``burn`` do.
    """
    found = _with_pin(check(county=county, given=given, at=at, reader=reader))
    burn(found)
    return found.medium


def check(*, county: str, given: str, at: datetime, reader: str = "") -> Read:
    """The same without burning it, for who must lock the person first and burns it then.

    ``reader`` says who tries (a provider), so that nobody tries numbers out. Refuses with ``person.code_forged``,
    ``person.code_stale``, ``person.code_unknown``, ``person.medium_unknown``, ``person.medium_ended`` or
    ``person.too_many_wrong_codes``.
    """
    _wrong.refuse(reader, at)
    typed = as_typed(given)
    if typed.startswith(f"{FORM}."):
        found = _read_payload(county, typed, at)
        if found is None:
            _wrong.count(reader, at)
            raise FORGED("medium")
        return found
    if not is_number(typed):
        raise FORGED("medium")
    found = _read_number(county, typed, at)
    if found is None:
        _wrong.count(reader, at)
        raise UNKNOWN("medium")
    return found


def burn(found: Read) -> None:
    """Take the code's step, so that it is nobody's any more; of two readers one is refused with ``person.code_used``.

    One conditional update: the later of two that come at once finds the step taken, on both databases.
    """
    if found.step is None:
        return
    medium = found.medium
    free = Medium.objects.filter(county=medium.county, id=medium.id, last_step__lt=found.step, ended_at=None)
    if not free.update(last_step=found.step):
        raise USED("medium")
    medium.last_step = found.step


def who(*, county: str, given: str, confirmed_by: str, at: datetime, reader: str = "") -> Read:
    """Who is to be served by what was scanned, read out or typed: a code, or the number of a card.

    A telephone is known by its code, never by its number. A card or a printed code only says who somebody is, so
    that somebody confirms: the elder by PIN where it was printed for that, and then nobody else; else the elder, a
    proxy or staff. Refuses with ``person.pin_needed``, ``person.medium_not_confirmed`` and as ``check`` or
    ``medium_of`` do. The caller burns what it was answered.
    """
    found = _with_pin(named(county=county, given=given, at=at, reader=reader))
    if found.needs_second_factor and not confirmed_by:
        raise NOT_CONFIRMED("confirmed_by")
    return found


def is_number(given: str) -> bool:
    """Whether it has the form of a number that is read out: twelve digits."""
    typed = as_typed(given)
    return len(typed) == NUMBER_DIGITS and typed.isascii() and typed.isdigit()


def number_in(shown: str) -> str:
    """The number of what is shown: of a code its third part, else the whole as typed."""
    typed = as_typed(shown)
    parts = typed.split(".")
    return parts[2] if len(parts) == 5 and parts[0] == FORM else typed


def county_in(shown: str) -> str:
    """The county that one of our own numbers begins with, "" of other cards and of a number that is read out."""
    return county_of(number_in(shown))


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def named(*, county: str, given: str, at: datetime, reader: str = "") -> Read:
    """Which medium was scanned, read out or typed, whatever it takes to be served by it. Refuses as ``who`` does."""
    typed = as_typed(given)
    if typed.startswith(f"{FORM}."):
        return check(county=county, given=given, at=at, reader=reader)
    if is_number(typed) and not Medium.objects.filter(county=county, number=typed).exists():
        return check(county=county, given=typed, at=at, reader=reader)
    medium = medium_of(typed, county)
    if medium.kind in _ONLY_CODES:
        raise FORGED("medium")
    return Read(medium, None)


def _with_pin(found: Read) -> Read:
    if found.step is None and found.medium.kind == Medium.Kind.PIN:
        raise PIN_NEEDED("pin")
    return found


def _read_payload(county: str, typed: str, at: datetime) -> Read | None:
    """``None`` for what we never wrote."""
    parts = typed.split(".") if len(typed) <= _LONGEST else []
    if len(parts) != 5 or parts[1] != str(KEY_ID) or not _is_step(parts[3]):
        return None
    number, step = parts[2], int(parts[3])
    within = county_in(number) or county
    if not hmac.compare_digest(_mac(within, number, step).encode(), parts[4].encode()):
        return None
    if within != county:
        raise MEDIUM_UNKNOWN("medium")
    medium = medium_of(number, within)
    if medium.kind not in (_HAVE_CODES if step != _STATIC_STEP else set(Medium.Kind) - _ONLY_CODES):
        return None
    if step == _STATIC_STEP:
        return Read(medium, None)
    if abs(step_of(at) - step) > STEPS_EITHER_SIDE:
        raise STALE("medium")
    return Read(medium, step)


def _read_number(county: str, digits: str, at: datetime) -> Read | None:
    """The telephones whose numbers begin so are few; of each the numbers of now are worked out and compared.

    Two that fit at once are nobody's: another half minute tells them apart.
    """
    locator = f"{county}{digits[:LOCATOR_DIGITS]}"
    rest = "0" * (OWN_LENGTH - len(locator))
    candidates = Medium.objects.filter(
        county=county,
        number__gte=f"{locator}{rest}",
        number__lte=f"{locator}{rest.replace('0', '9')}",
        kind=Medium.Kind.PHONE,
        ended_at=None,
    ).select_related("person")
    now, fresh, was_right = step_of(at), [], False
    for medium in candidates:
        for step in range(now + STEPS_EITHER_SIDE, now - STEPS_REMEMBERED - 1, -1):
            if not hmac.compare_digest(_number(medium, step).encode(), digits.encode()):
                continue
            if now - step > STEPS_EITHER_SIDE:
                was_right = True
            else:
                fresh.append(Read(medium, step))
            break
    if len(fresh) == 1:
        return fresh[0]
    if was_right and not fresh:
        raise STALE("medium")
    return None


def _payload(medium: Medium, step: int) -> str:
    return f"{FORM}.{KEY_ID}.{medium.number}.{step}.{_mac(medium.county, medium.number, step)}"


def _number(medium: Medium, step: int) -> str:
    """Twelve digits: four of the medium's own number, by which it is looked up, and eight that change."""
    changing = int.from_bytes(_digest("number", medium.county, medium.number, step)[:8], "big")
    start = _COUNTY_DIGITS
    return f"{medium.number[start : start + LOCATOR_DIGITS]}{changing % 10**CHANGING_DIGITS:0{CHANGING_DIGITS}d}"


def _mac(county: str, number: str, step: int) -> str:
    return base64.b32encode(_digest(FORM, county, number, step))[:_MAC_CHARACTERS].decode()


def _digest(form: str, county: str, number: str, step: int) -> bytes:
    told = f"{form}.{county}.{number}.{step}"
    return bytes.fromhex(keyed_hash(told, key=settings.ID_NUMBER_KEY, purpose="medium"))


def _is_step(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12 and (text == "0" or text[0] != "0")


class _Wrong:
    """How often each reader was wrong of late. Counted in each process of the web, for a refusal undoes whatever its
    transaction wrote."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tries: dict[str, tuple[int, int]] = {}

    def refuse(self, reader: str, at: datetime) -> None:
        """Refuses with ``person.too_many_wrong_codes``."""
        found = self._tries.get(reader)
        if found is not None and found[0] == self._window(at) and found[1] >= MOST_WRONG:
            raise TOO_MANY_WRONG("medium", minutes=WRONG_WITHIN_SECONDS // 60)

    def count(self, reader: str, at: datetime) -> None:
        if not reader:
            return
        window = self._window(at)
        with self._lock:
            if len(self._tries) >= _MOST_READERS:
                for old in [one for one, (then, _) in self._tries.items() if then != window]:
                    del self._tries[old]
            then, tries = self._tries.get(reader, (window, 0))
            self._tries[reader] = (window, tries + 1 if then == window else 1)

    def forget(self) -> None:
        self._tries.clear()

    @staticmethod
    def _window(at: datetime) -> int:
        return int(at.timestamp()) // WRONG_WITHIN_SECONDS


_wrong = _Wrong()
forget_wrong = _wrong.forget
