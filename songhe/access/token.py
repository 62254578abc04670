"""Keys for machines 访问令牌: issued once in clear, kept as a hash, narrowed to acts and places, ended by a day."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from songhe.access.models import Account, Token
from songhe.county.ready import Ready
from songhe.kernel import place_code
from songhe.kernel.refusal import reason
from songhe.trail.note import note

#: So that a token that leaks is recognised for what it is, by people and by scanners of source code.
PREFIX = "songhe_"
SECRET_BYTES = 32
HINT_LENGTH = len(PREFIX) + 4
LONGEST = timedelta(days=366)

TOKEN_REFUSED = reason(
    "access.token_refused",
    zh="访问令牌无效、已过期或已撤销。",
    en="The access token is unknown, has expired or was revoked.",
    status=401,
)
TOKEN_NAME_MISSING = reason(
    "access.token_name_missing", zh="请写明令牌用于哪个系统。", en="Say which system the token is for."
)
TOKEN_WITHOUT_ACTS = reason(
    "access.token_without_acts", zh="请指明令牌可办的事项。", en="Name the acts that the token is for."
)
TOKEN_ACT_UNKNOWN = reason("access.token_act_unknown", zh="没有“{act}”这个事项。", en="There is no act {act}.")
TOKEN_WITHOUT_PLACES = reason(
    "access.token_without_places", zh="请指明令牌可用的区划。", en="Name the places where the token may be used."
)
TOKEN_ENDS_TOO_EARLY = reason(
    "access.token_ends_too_early", zh="令牌的截止日期已过。", en="The token would have ended already."
)
TOKEN_TOO_LONG = reason("access.token_too_long", zh="令牌最长用到{last}。", en="A token lasts until {last} at most.")
TOKEN_OF_A_LOCKED_ACCOUNT = reason(
    "access.token_of_a_locked_account", zh="账号已被锁定。", en="The account is locked.", status=409
)
TOKEN_OF_ONESELF = reason(
    "access.token_of_oneself",
    zh="令牌须由另一人发放。",
    en="A token is issued by somebody else than its account.",
    status=403,
)
TOKEN_ALREADY_REVOKED = reason(
    "access.token_already_revoked", zh="令牌已撤销。", en="The token was revoked already.", status=409
)
TOKEN_REASON_MISSING = reason("access.token_reason_missing", zh="请写明撤销原因。", en="Say why it is revoked.")


class Issued(NamedTuple):
    """The token, and its secret in clear: shown this once and never again."""

    token: Token
    secret: str


def issue(
    *,
    account: Account,
    name: str,
    acts: Collection[str],
    known_acts: Collection[str],
    places: Collection[str],
    valid_to: date,
    at: datetime,
    on: date,
    by: Account | None,
) -> Issued:
    """Issue a token that acts as the account: only these acts, only inside these places, until a day, at most a year.

    Only the SHA-256 of its secret is kept, which is enough for 32 random bytes. ``known_acts`` are all that there
    are. Refuses with ``access.token_name_missing``, ``.token_without_acts``, ``.token_act_unknown``,
    ``.token_without_places``, ``place_code.not_a_code``, ``.token_ends_too_early``, ``.token_too_long``,
    ``.token_of_a_locked_account`` or ``.token_of_oneself``.
    """
    if not name.strip():
        raise TOKEN_NAME_MISSING("name")
    if not acts:
        raise TOKEN_WITHOUT_ACTS("acts")
    for act in sorted(acts):
        if act not in known_acts:
            raise TOKEN_ACT_UNKNOWN("acts", act=act)
    if not places:
        raise TOKEN_WITHOUT_PLACES("places")
    codes = sorted({place_code.parse(place, field="places") for place in places})
    if valid_to < on:
        raise TOKEN_ENDS_TOO_EARLY("valid_to")
    if valid_to > on + LONGEST:
        raise TOKEN_TOO_LONG("valid_to", last=on + LONGEST)
    if by is not None and by.pk == account.pk:
        raise TOKEN_OF_ONESELF("account")
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        if not Account.objects.select_for_update().get(pk=account.pk).is_active:
            raise TOKEN_OF_A_LOCKED_ACCOUNT("account")
        token = Token.objects.create(
            account=account,
            name=name.strip()[:80],
            digest=digest_of(secret),
            hint=secret[:HINT_LENGTH],
            acts=sorted(set(acts)),
            places=codes,
            issued_at=at,
            issued_by=by,
            valid_to=valid_to,
        )
        _note("token.issued", token, at=at, by=by)
    return Issued(token, secret)


def revoke(*, token: Token, because: str, at: datetime, by: Account | None) -> Token:
    """End a token at once. Refuses with ``access.token_reason_missing`` or ``access.token_already_revoked``."""
    if not because.strip():
        raise TOKEN_REASON_MISSING("because")
    with transaction.atomic():
        alive = Token.objects.filter(pk=token.pk, revoked_at__isnull=True)
        if not alive.update(revoked_at=at, revoked_because=because.strip()[:200]):
            raise TOKEN_ALREADY_REVOKED()
        token.refresh_from_db()
        _note("token.revoked", token, at=at, by=by, because=because.strip()[:200])
    return token


_LIVE = Ready(
    lambda digest, on: Token.objects.select_related("account").filter(
        digest=digest, revoked_at__isnull=True, valid_to__gte=on
    )
)


def find(secret: str, *, on: date) -> Token:
    """The token with this secret and its account, in one query.

    An unknown, expired or revoked one and one of a locked account read the same: ``access.token_refused``. The day
    of its latest use is written down once a day, so that idle tokens are seen.
    """
    token = _LIVE.first(digest=digest_of(secret), on=on)
    if token is None or not token.account.is_active:
        raise TOKEN_REFUSED()
    if token.used_on != on:
        Token.objects.filter(pk=token.pk).update(used_on=on)
    return token


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _note(act: str, token: Token, *, at: datetime, by: Account | None, because: str = "") -> None:
    # A token may be for several places; its acts are noted where the nation's are.
    note(
        county=token.places[0][:6] if len(token.places) == 1 else place_code.NATION,
        at=at,
        actor=by.username if by else "run:setup",
        act=act,
        subject="token",
        subject_id=str(token.pk),
        reason=because,
        account=token.account.username,
        places=token.places,
        acts=token.acts,
        valid_to=token.valid_to.isoformat(),
    )
