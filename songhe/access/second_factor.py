"""The second factor of a login: codes of an app, security keys, and codes on paper for the day they are lost."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from songhe.access.models import Account, Appointment, Factor, RecoveryCode
from songhe.kernel import place_code
from songhe.kernel.cipher import keyed_hash, seal, unseal
from songhe.kernel.refusal import reason
from songhe.trail.note import note

#: After so many wrong codes in a row the second factor is barred for a while.
WRONG_CODES_ALLOWED = 5
BARRED_FOR = timedelta(minutes=15)
#: One step either side of now is taken, for clocks differ.
STEP = 30
STEPS_ASIDE = 1
DIGITS = 6
RECOVERY_CODES = 10
#: Letters and digits that nobody takes for one another.
RECOVERY_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ISSUER = "Songhe"
MOST_FACTORS = 10

_SECRET = "second factor"
_RECOVERY = "recovery code"

CODE_WRONG = reason(
    "access.code_wrong", zh="验证码不对，或者已经用过。", en="The code is wrong, or was used before.", status=422
)
FACTOR_BARRED = reason(
    "access.factor_barred",
    zh="验证码连续输错，请{minutes}分钟后再试。",
    en="Too many wrong codes; try again in {minutes} minutes.",
    status=429,
)
KEY_REFUSED = reason(
    "access.key_refused",
    zh="安全密钥没有通过验证，请再试一次。",
    en="The security key was not accepted; try again.",
    status=422,
)
KEY_KNOWN = reason(
    "access.key_known", zh="这个安全密钥已经登记过。", en="This security key is known already.", status=409
)
FACTOR_NAME_MISSING = reason("access.factor_name_missing", zh="请起一个名字。", en="Give it a name.")
TOO_MANY_FACTORS = reason(
    "access.too_many_factors",
    zh="最多登记{most}个，请先移除不用的。",
    en="At most {most}; remove one first.",
    status=409,
)
LAST_FACTOR = reason(
    "access.last_factor",
    zh="这是最后一个验证方式，不能移除，请先登记另一个。",
    en="This is the last one and stays; register another first.",
    status=409,
)
NO_SUCH_FACTOR = reason("access.no_such_factor", zh="没有这个验证方式。", en="There is no such factor.", status=404)


@dataclass(frozen=True)
class Enrolment:
    """What an app is told, once: the secret to type and the address that a QR code holds."""

    factor: Factor
    secret: str
    address: str


def factors(account: Account) -> list[Factor]:
    """The confirmed factors in force, by the day they were made."""
    held = Factor.objects.filter(account=account).exclude(confirmed_at=None)
    return list(held.order_by("made_at", "pk"))


def has_factor(account: Account) -> bool:
    return Factor.objects.filter(account=account).exclude(confirmed_at=None).exists()


# --- an app that shows codes -----------------------------------------------------------------------------------------


def begin_app(*, account: Account, name: str, at: datetime) -> Enrolment:
    """Make a secret for an app; it counts once a first code of it was seen. An earlier unconfirmed one is forgotten.

    RFC 6238 with SHA-1, six digits and half a minute, which every app knows. Refuses with
    ``access.too_many_factors``.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        _check_room(account)
        Factor.objects.filter(account=account, confirmed_at=None).delete()
        secret = os.urandom(20)
        factor = Factor(account=account, kind=Factor.Kind.APP, name=name.strip()[:40], made_at=at)
        factor.secret = _sealed(secret, account)
        factor.save()
    return _enrolment(factor, secret)


def begun(account: Account) -> Enrolment | None:
    """The secret that was made and not yet confirmed, to be shown again."""
    factor = Factor.objects.filter(account=account, confirmed_at=None).order_by("-made_at").first()
    return _enrolment(factor, _secret_of(factor)) if factor else None


def confirm_app(*, account: Account, code: str, at: datetime, now: datetime) -> Factor:
    """The first code of an app confirms it. Refuses with ``access.code_wrong`` or ``access.factor_barred``."""
    _refuse_barred(account, now)
    factor = Factor.objects.filter(account=account, confirmed_at=None).order_by("-made_at").first()
    step = _step_of(factor, code, now) if factor else None
    if factor is None or step is None:
        _count_wrong(account, at, now)
        raise CODE_WRONG("code")
    with transaction.atomic():
        taken = Factor.objects.filter(pk=factor.pk, confirmed_at=None).update(confirmed_at=at, used_at=at, counter=step)
        if not taken:
            raise CODE_WRONG("code")
        _forget_wrong(account)
        _note("account.factor_added", account, at=at, kind=factor.kind)
    factor.refresh_from_db()
    return factor


def check_code(*, account: Account, code: str, at: datetime, now: datetime) -> None:
    """A code of one of the account's apps, each half-minute once, or one of its recovery codes, once.

    ``now`` is the server's time, for apps know no practice day. Five wrong codes in a row bar the second factor for
    15 minutes. Refuses with ``access.code_wrong`` or ``access.factor_barred``. Call it outside a transaction, for
    the count of wrong codes has to survive the refusal.
    """
    _refuse_barred(account, now)
    given = "".join(code.split()).upper()
    if _take_app_code(account, given, at, now) or _take_recovery_code(account, given, at):
        _forget_wrong(account)
        return
    _count_wrong(account, at, now)
    raise CODE_WRONG("code")


def _take_app_code(account: Account, given: str, at: datetime, now: datetime) -> bool:
    for factor in factors(account):
        if factor.kind != Factor.Kind.APP:
            continue
        step = _step_of(factor, given, now)
        # One statement takes the step: of two who send the same code at once one gets in.
        if step is not None and Factor.objects.filter(pk=factor.pk, counter__lt=step).update(counter=step, used_at=at):
            return True
    return False


def _step_of(factor: Factor, given: str, now: datetime) -> int | None:
    """The half-minute whose code this is, among those that are taken now."""
    given = "".join(given.split())
    if len(given) != DIGITS or not given.isascii() or not given.isdigit():
        return None
    shown = _totp(_secret_of(factor))
    moment = int(now.timestamp())
    for aside in range(-STEPS_ASIDE, STEPS_ASIDE + 1):
        try:
            shown.verify(given.encode(), moment + aside * STEP)
        except InvalidToken:
            continue
        return moment // STEP + aside
    return None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)


def _enrolment(factor: Factor, secret: bytes) -> Enrolment:
    address = _totp(secret).get_provisioning_uri(factor.account.username, ISSUER)
    return Enrolment(factor, base64.b32encode(secret).decode().rstrip("="), address)


def _sealed(secret: bytes, account: Account) -> bytes:
    return seal(secret.hex(), key=settings.ID_NUMBER_KEY, purpose=_SECRET, about=str(account.pk).encode())


def _secret_of(factor: Factor) -> bytes:
    opened = unseal(
        factor.secret or b"", key=settings.ID_NUMBER_KEY, purpose=_SECRET, about=str(factor.account_id).encode()
    )
    return bytes.fromhex(opened)


# --- codes on paper --------------------------------------------------------------------------------------------------


def make_recovery_codes(*, account: Account, at: datetime) -> list[str]:
    """Ten new codes, shown once and kept as hashes; the ones before are void."""
    made = [
        "-".join("".join(secrets.choice(RECOVERY_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    with transaction.atomic():
        RecoveryCode.objects.filter(account=account, used_at=None).delete()
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(account=account, digest=_digest(account, code), made_at=at) for code in made]
        )
        _note("account.recovery_codes_made", account, at=at)
    return made


def recovery_codes_left(account: Account) -> int:
    return RecoveryCode.objects.filter(account=account, used_at=None).count()


def _take_recovery_code(account: Account, given: str, at: datetime) -> bool:
    if len(given.replace("-", "")) != 10:
        return False
    with transaction.atomic():
        unused = RecoveryCode.objects.filter(account=account, digest=_digest(account, given), used_at=None)
        if not unused.update(used_at=at):
            return False
        _note("account.recovery_code_used", account, at=at)
    return True


def _digest(account: Account, code: str) -> str:
    plain = code.replace("-", "").upper()
    return keyed_hash(f"{account.pk}:{plain}", key=settings.ID_NUMBER_KEY, purpose=_RECOVERY)


# --- security keys ---------------------------------------------------------------------------------------------------


def begin_key(*, account: Account, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser asks of a key that is to be registered, and what we must remember until it answers.

    Refuses with ``access.too_many_factors``.
    """
    _check_room(account)
    user = PublicKeyCredentialUserEntity(id=_handle(account), name=account.username, display_name=account.display_name)
    options, state = _server(host).register_begin(
        user, _credentials(account), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def register_key(
    *, account: Account, host: str, state: Mapping[str, Any], answer: Mapping[str, Any], name: str, at: datetime
) -> Factor:
    """Keep the public half of a key. Refuses with ``access.factor_name_missing``, ``access.key_refused``,
    ``access.key_known`` or ``access.too_many_factors``."""
    if not name.strip():
        raise FACTOR_NAME_MISSING("name")
    try:
        found = _server(host).register_complete(state, answer)
    except (ValueError, KeyError, TypeError):
        raise KEY_REFUSED("key") from None
    credential = found.credential_data
    if credential is None:
        raise KEY_REFUSED("key")
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        _check_room(account)
        try:
            with transaction.atomic():
                factor = Factor.objects.create(
                    account=account,
                    kind=Factor.Kind.KEY,
                    name=name.strip()[:40],
                    credential=bytes(credential),
                    credential_index=_index(credential.credential_id),
                    counter=found.counter,
                    made_at=at,
                    confirmed_at=at,
                    used_at=at,
                )
        except IntegrityError:
            raise KEY_KNOWN("key") from None
        _forget_wrong(account)
        _note("account.factor_added", account, at=at, kind=factor.kind)
    return factor


def ask_key(*, account: Account, host: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser asks of a known key, and what we must remember until it answers.

    Refuses with ``access.no_such_factor`` when the account has no key.
    """
    known = _credentials(account)
    if not known:
        raise NO_SUCH_FACTOR("key")
    options, state = _server(host).authenticate_begin(known, user_verification=UserVerificationRequirement.PREFERRED)
    return dict(options), state


def check_key(
    *,
    account: Account,
    host: str,
    state: Mapping[str, Any],
    answer: Mapping[str, Any],
    at: datetime,
    now: datetime,
) -> Factor:
    """The key signed what we asked. A counter that goes back is a copy of the key and is refused.

    Refuses with ``access.key_refused`` or ``access.factor_barred``; call it outside a transaction, as ``check_code``.
    """
    _refuse_barred(account, now)
    try:
        used = _server(host).authenticate_complete(state, _credentials(account), answer)
        counter = AuthenticatorData(_bytes_of(answer)).counter
    except (ValueError, KeyError, TypeError):
        _count_wrong(account, at, now)
        raise KEY_REFUSED("key") from None
    held = Factor.objects.filter(account=account, credential_index=_index(used.credential_id))
    # Some keys do not count and say nought for ever.
    fresh = held.filter(counter__lt=counter) if counter else held.filter(counter=0)
    if not fresh.update(counter=counter, used_at=at):
        _count_wrong(account, at, now)
        raise KEY_REFUSED("key")
    _forget_wrong(account)
    return held.get()


def _bytes_of(answer: Mapping[str, Any]) -> bytes:
    text = str(answer["response"]["authenticatorData"])
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name="Songhe 松鹤"))


def _credentials(account: Account) -> list[AttestedCredentialData]:
    return [
        AttestedCredentialData(bytes(factor.credential or b""))
        for factor in factors(account)
        if factor.kind == Factor.Kind.KEY
    ]


def _handle(account: Account) -> bytes:
    """What the key knows the account by: no name, and nothing by which it could be found elsewhere."""
    return bytes.fromhex(keyed_hash(str(account.pk), key=settings.ID_NUMBER_KEY, purpose="security key"))


def _index(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


# --- all -------------------------------------------------------------------------------------------------------------


def remove_factor(*, account: Account, factor_id: int, required: bool, at: datetime) -> Factor:
    """Remove one of the account's factors; where one is required the last one stays.

    With the last one the codes on paper go, too. Refuses with ``access.no_such_factor`` or ``access.last_factor``.
    """
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        held = factors(account)
        found = next((factor for factor in held if factor.pk == factor_id), None)
        if found is None:
            raise NO_SUCH_FACTOR("factor")
        if required and len(held) == 1:
            raise LAST_FACTOR("factor")
        Factor.objects.filter(pk=found.pk).delete()
        if len(held) == 1:
            RecoveryCode.objects.filter(account=account, used_at=None).delete()
        _note("account.factor_removed", account, at=at, kind=found.kind)
    return found


def reset_factors(*, account: Account, by: Account, because: str, at: datetime) -> int:
    """An administrator takes all factors of somebody who lost them, who then begins anew with the password.

    Refuses with ``access.reason_missing``, or ``access.appoints_itself`` for one's own.
    """
    from songhe.access.login import APPOINTS_ITSELF, REASON_MISSING

    if not because.strip():
        raise REASON_MISSING("because")
    if by.pk == account.pk:
        raise APPOINTS_ITSELF()
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)
        count = len(factors(account))
        Factor.objects.filter(account=account).delete()
        RecoveryCode.objects.filter(account=account).delete()
        _forget_wrong(account)
        _note("account.factors_reset", account, at=at, by=by.username, because=because.strip()[:200])
    return count


def _check_room(account: Account) -> None:
    if len(factors(account)) >= MOST_FACTORS:
        raise TOO_MANY_FACTORS("factor", most=MOST_FACTORS)


def _refuse_barred(account: Account, now: datetime) -> None:
    until = Account.objects.values_list("factor_barred_until", flat=True).get(pk=account.pk)
    if until is not None and until > now:
        raise FACTOR_BARRED(minutes=-(-(until - now) // timedelta(minutes=1)))


def _count_wrong(account: Account, at: datetime, now: datetime) -> None:
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(failed_factors=F("failed_factors") + 1)
        due = Account.objects.filter(pk=account.pk, failed_factors__gte=WRONG_CODES_ALLOWED)
        if due.update(failed_factors=0, factor_barred_until=now + BARRED_FOR):
            _note("account.factor_barred", account, at=at)


def _forget_wrong(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(failed_factors=0, factor_barred_until=None)


def _note(act: str, account: Account, *, at: datetime, by: str = "", because: str = "", **detail: Any) -> None:
    place = Appointment.objects.filter(account=account).order_by("id").values_list("place", flat=True).first()
    note(
        county=(place or place_code.NATION)[:6],
        at=at,
        actor=by or account.username,
        act=act,
        subject="account",
        subject_id=str(account.pk),
        reason=because,
        **detail,
    )
