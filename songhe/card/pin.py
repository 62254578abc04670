"""A code on paper that pays only with the elder's own PIN, for who has no telephone. 打印码和密码

Whoever has paper and PIN gets the code of this half minute, as a telephone would show it, and pays with that. So there
is one redemption, and what is on the paper alone serves nobody.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When

from songhe.card.draw import require_usable
from songhe.card.models import Card
from songhe.card.open import end_media, lock
from songhe.card.pin_models import MOST_WRONG, Pin
from songhe.kernel.cipher import keyed_hash
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.person import code
from songhe.person import medium as media
from songhe.person.medium import MEDIUM_ENDED
from songhe.person.models import Medium
from songhe.trail.note import note

DIGITS = 6

NOT_SIX_DIGITS = reason("card.pin_form", zh="密码是六位数字。", en="A PIN has six digits.")
TOO_EASY = reason(
    "card.pin_too_easy",
    zh="这个密码太好猜：不要用一样的数字、连着的数字或者生日。",
    en="This PIN is too easy to guess: not one digit six times, a run of digits, or the birthday.",
)
WRONG = reason(
    "card.pin_wrong", zh="密码不对，还可以试{left}次。", en="The PIN is wrong; {left} more tries.", status=403
)
BLOCKED = reason(
    "card.pin_blocked",
    zh="密码错了{most}次，这张打印码已锁住。请老人带证件到村（社区）重设密码。",
    en="{most} wrong PINs: this printed code is blocked. The elder sets a new PIN at the village with their ID card.",
    status=403,
)
NO_CODE = reason("card.no_printed_code", zh="这张卡没有打印码。", en="The card has no printed code.", status=404)


def print_code(*, card: Card, pin: str, at: datetime, on: date, by: str) -> Medium:
    """A new code to be printed, with the PIN that the elder chose; the one printed before is dead from this instant.

    Refuses with ``card.pin_form``, ``card.pin_too_easy``, ``card.lost``, ``card.frozen``, ``card.closed_card`` and the
    codes of ``songhe.person.medium.issue``.
    """
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        require_usable(card, service_on=on)
        secret = fold(pin)
        _strong(secret, card)
        end_media(card, kinds=[Medium.Kind.PIN], because="换新的打印码", at=at, by=by)
        made = media.issue(person=card.person, kind=Medium.Kind.PIN, on=on, at=at, by=by)
        Pin.objects.create(
            county=card.county, card=card, medium=made, secret=_hashed(made, secret), set_by=by, set_at=at
        )
        _note("card.print_code", card, made, at=at, by=by)
    return made


def set_pin(*, card: Card, pin: str, at: datetime, on: date, by: str) -> Pin:
    """Another PIN for the code that is printed already; a blocked one works again.

    Refuses with ``card.no_printed_code`` and as ``print_code`` does of card and PIN.
    """
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        require_usable(card, service_on=on)
        row = _live(card)
        secret = fold(pin)
        _strong(secret, card)
        row.secret, row.wrong, row.blocked_at = _hashed(row.medium, secret), 0, None
        row.set_by, row.set_at = by, at
        row.save(update_fields=["secret", "wrong", "blocked_at", "set_by", "set_at"])
        _note("card.set_pin", card, row.medium, at=at, by=by)
    return row


def end_code(*, card: Card, because: str, at: datetime, by: str) -> None:
    """The printed code is dead from now. Refuses with ``card.no_printed_code`` or ``person.reason_missing``."""
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        row = _live(card)
        media.end(medium=row.medium, because=because, at=at, by=by)


def printed(card: Card) -> Pin | None:
    """The code that is printed for the card and alive."""
    live = Pin.objects.filter(county=card.county, card=card, medium__ended_at=None)
    return live.select_related("medium__person").order_by("-set_at", "-id").first()


def unlock(*, county: str, given: str, pin: str, at: datetime, reader: str, by: str) -> str:
    """What is paid with in place of a printed code: its code of this half minute, if the PIN is right.

    Anything else that was scanned or typed is answered as it is. The try is counted in a transaction of its own, so
    that no refusal undoes it: never call it within another. Refuses with ``card.pin_form``, ``card.pin_wrong``,
    ``card.pin_blocked``, ``card.lost``, ``card.frozen``, ``card.closed_card`` and as ``person.code.named`` does.
    """
    found = code.named(county=county, given=given, at=at, reader=reader)
    medium = found.medium
    if medium.kind != Medium.Kind.PIN or found.step is not None:
        return given
    row = Pin.objects.filter(county=medium.county, medium=medium).select_related("card__person").first()
    if row is None:
        raise MEDIUM_ENDED("medium")
    require_usable(row.card, service_on=beijing_date(at))
    secret = fold(pin)
    _six_digits(secret)
    _take_a_try(row, at)
    if not check_password(_keyed(medium, secret), row.secret):
        _was_wrong(row, medium, at=at, reader=reader, by=by)
    with transaction.atomic(durable=True):
        Pin.objects.filter(county=row.county, id=row.id).update(wrong=0, blocked_at=None)
    return code.show(medium=medium, at=at).payload


def _live(card: Card) -> Pin:
    found = Pin.objects.select_for_update(no_key=True, of=("self",)).select_related("medium")
    row = found.filter(county=card.county, card=card, medium__ended_at=None).order_by("-set_at", "-id").first()
    if row is None:
        raise NO_CODE("card")
    return row


def _take_a_try(row: Pin, at: datetime) -> None:
    with transaction.atomic(durable=True):
        last = When(wrong=MOST_WRONG - 1, then=Value(at))
        taken = Pin.objects.filter(county=row.county, id=row.id, wrong__lt=MOST_WRONG).update(
            wrong=F("wrong") + 1, blocked_at=Case(last, default=None, output_field=DateTimeField())
        )
    if not taken:
        raise BLOCKED("pin", most=MOST_WRONG)


def _was_wrong(row: Pin, medium: Medium, *, at: datetime, reader: str, by: str) -> None:
    """Note it, and say how many tries are left."""
    row.refresh_from_db(fields=["wrong"])
    left = MOST_WRONG - row.wrong
    act = "card.wrong_pin" if left else "card.block_code"
    with transaction.atomic(durable=True):
        _note(act, row.card, medium, at=at, by=by, reader=reader, left=left)
    if left:
        raise WRONG("pin", left=left)
    raise BLOCKED("pin", most=MOST_WRONG)


def _six_digits(secret: str) -> None:
    if not (len(secret) == DIGITS and secret.isascii() and secret.isdigit()):
        raise NOT_SIX_DIGITS("pin")


def _strong(secret: str, card: Card) -> None:
    _six_digits(secret)
    born = card.person.birth_date
    birthdays = {f"{born:%y%m%d}", f"{born:%Y%m}", f"{born:%m%d%y}", f"{born:%d%m%y}"}
    steps = {int(after) - int(before) for before, after in pairwise(secret)}
    if secret in birthdays or steps in ({0}, {1}, {-1}):
        raise TOO_EASY("pin")


def _hashed(medium: Medium, secret: str) -> str:
    """Slow for who has the key, and without the key nobody can try PINs out at all."""
    return make_password(_keyed(medium, secret))


def _keyed(medium: Medium, secret: str) -> str:
    return keyed_hash(f"{medium.county}.{medium.id}.{secret}", key=settings.ID_NUMBER_KEY, purpose="pin")


def _note(act: str, card: Card, medium: Medium, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=card.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=card.id,
        person=str(card.person_id),
        medium=str(medium.id),
        **detail,
    )
