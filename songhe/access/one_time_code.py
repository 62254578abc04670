"""A code of six digits to a telephone: who reads it back holds the telephone. 短信验证码"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from songhe.access.models import OneTimeCode
from songhe.kernel.cipher import keyed_hash
from songhe.kernel.refusal import reason

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
TRIES = 5
AGAIN_AFTER = timedelta(seconds=60)
A_DAY = timedelta(days=1)
#: So many codes may be asked for in a day for one telephone, and from one address (a village office has one).
MOST_A_PHONE, MOST_AN_ADDRESS = 10, 60

SIGN_IN, AGAIN, BIND, ASSIST = "sign-in", "again", "bind", "assist"

TOO_SOON = reason(
    "access.phone_code_too_soon",
    zh="验证码刚刚发过，请{seconds}秒后再要。",
    en="A code has just been sent; ask again in {seconds} seconds.",
    status=429,
)
TOO_MANY = reason(
    "access.phone_code_too_many",
    zh="今天要验证码的次数太多了，请明天再试，或到窗口办理。",
    en="Too many codes were asked for today; try again tomorrow, or come to the counter.",
    status=429,
)
WRONG = reason(
    "access.phone_code_wrong",
    zh="验证码不对，或者已经过期。请核对短信；{tries}次都不对要重新发送。",
    en="The code is wrong or no longer good. Look at the message again; after {tries} wrong ones ask for another.",
)


def ask(
    *, phone: str, purpose: str, at: datetime, send: Callable[[str], None], about: str = "", address: str = ""
) -> datetime:
    """Send a new code, good for five minutes; the one before for the same purpose is dead. Gives when it ends.

    Whether anybody is known by the telephone makes no difference. ``at`` is the server's own time, also in a
    practice database. One code a minute, ten a day for a telephone, sixty from an address. Refuses with
    ``access.phone_code_too_soon``, ``access.phone_code_too_many``, or as ``send`` does (then nothing is counted).
    """
    mark = _phone_mark(phone)
    today = OneTimeCode.objects.filter(sent_at__gt=at - A_DAY)
    mine = today.filter(phone=mark)
    last = mine.order_by("-sent_at").values_list("sent_at", flat=True).first()
    if last is not None and at - last < AGAIN_AFTER:
        raise TOO_SOON("phone", seconds=max(1, -int((at - last - AGAIN_AFTER).total_seconds() // 1)))
    if mine.count() >= MOST_A_PHONE or (address and today.filter(address=address).count() >= MOST_AN_ADDRESS):
        raise TOO_MANY("phone")
    OneTimeCode.objects.filter(sent_at__lt=at - 2 * A_DAY).delete()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    OneTimeCode.objects.filter(phone=mark, purpose=purpose, about=about, used_at=None).update(used_at=at)
    row = OneTimeCode.objects.create(
        phone=mark,
        purpose=purpose,
        about=about,
        digest=_digest(mark, purpose, about, code),
        address=address[:45],
        sent_at=at,
        valid_until=at + GOOD_FOR,
    )
    try:
        send(code)
    except BaseException:
        row.delete()
        raise
    return row.valid_until


def check(*, phone: str, given: str, purpose: str, at: datetime, about: str = "") -> None:
    """The code that was sent last, for this purpose, once. Five wrong tries kill it.

    Wrong, spent, overtaken, expired and never sent read the same. Refuses with ``access.phone_code_wrong``. Call it
    outside a transaction, for the count of wrong tries has to survive the refusal.
    """
    mark = _phone_mark(phone)
    live = OneTimeCode.objects.filter(phone=mark, purpose=purpose, about=about, used_at=None, valid_until__gt=at)
    row = live.order_by("-sent_at", "-pk").first()
    # The try is counted before it is looked at, so that many at once get no more than five together.
    if row is None or not live.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        raise WRONG("code", tries=TRIES)
    right = hmac.compare_digest(row.digest, _digest(mark, purpose, about, given))
    if not right or not OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at):
        raise WRONG("code", tries=TRIES)


def wait_seconds(*, phone: str, at: datetime) -> int:
    """How long until another code may be asked for; 0: now."""
    last = (
        OneTimeCode.objects.filter(phone=_phone_mark(phone), sent_at__gt=at - AGAIN_AFTER)
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)
        .first()
    )
    return 0 if last is None else max(0, -int((at - last - AGAIN_AFTER).total_seconds() // 1))


def _phone_mark(phone: str) -> str:
    return keyed_hash(phone, key=settings.ID_NUMBER_KEY, purpose="one-time-code-phone")


def _digest(mark: str, purpose: str, about: str, code: str) -> str:
    return keyed_hash(f"{mark} {purpose} {about} {code}", key=settings.ID_NUMBER_KEY, purpose="one-time-code")
