"""Open a login, appoint it to roles, sign in with it, lock it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from songhe.access.models import Account, Appointment
from songhe.access.role import DECIDING, OF_A_PROVIDER, Role, may_combine, name
from songhe.kernel import place_code
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.trail.note import note

#: After so many wrong passwords in a row a login is barred for a while (GB/T 22239-2019 8.1.4.1 b).
WRONG_PASSWORDS_ALLOWED = 5
BARRED_FOR = timedelta(minutes=15)

SET_UP = "run:setup"

USERNAME_TAKEN = reason(
    "access.username_taken", zh="用户名“{username}”已被使用。", en="The user name {username} is taken.", status=409
)
USERNAME_INVALID = reason(
    "access.username_invalid",
    zh="用户名只能用字母、汉字、数字和 @ . + - _，最多64个字符。",
    en="A user name is made of letters, digits and @ . + - _, at most 64.",
)
DISPLAY_NAME_MISSING = reason("access.display_name_missing", zh="请填写姓名。", en="Give the name to be shown.")
PASSWORD_TOO_SHORT = reason(
    "access.password_too_short",
    zh="密码至少{min_length}个字符。",
    en="A password has at least {min_length} characters.",
)
PASSWORD_TOO_COMMON = reason(
    "access.password_too_common", zh="这个密码太常见，容易被猜到。", en="This password is too common."
)
PASSWORD_TOO_SIMILAR = reason(
    "access.password_too_similar",
    zh="密码与用户名或邮箱太相近。",
    en="The password is too similar to the user name or e-mail.",
)
PASSWORD_TOO_WEAK = reason("access.password_too_weak", zh="密码太弱。", en="The password is too weak.")
ROLE_UNKNOWN = reason("access.role_unknown", zh="没有“{role}”这个角色。", en="There is no role {role}.")
PLACE_OF_WRONG_LEVEL = reason(
    "access.place_of_wrong_level",
    zh="“{role}”不能任命在区划 {place} 这一级。",
    en="The role {role} is not held at the level of {place}.",
)
PROVIDER_MISSING = reason(
    "access.provider_missing", zh="“{role}”须指明机构。", en="The role {role} names its provider."
)
PERSON_MISSING = reason("access.person_missing", zh="“{role}”须指明本人。", en="The role {role} names its person.")
PERSON_NOT_EXPECTED = reason(
    "access.person_not_expected", zh="“{role}”不对应某一个人员。", en="The role {role} does not stand for one person."
)
ROLES_MAY_NOT_COMBINE = reason(
    "access.roles_may_not_combine",
    zh="“{held}”与“{wanted}”不得由同一账号兼任。",
    en="One login may not be {held} and {wanted} at once.",
    status=409,
)
ALREADY_APPOINTED = reason(
    "access.already_appointed", zh="这段时间已有相同的任职。", en="The login already holds this role then.", status=409
)
APPOINTS_ITSELF = reason(
    "access.appoints_itself", zh="不能给自己任命或终止角色。", en="Nobody appoints or dismisses themselves.", status=403
)
ALREADY_ENDED = reason(
    "access.already_ended", zh="该任职已于{last}结束。", en="The appointment already ended on {last}.", status=409
)
ENDS_BEFORE_IT_BEGINS = reason(
    "access.ends_before_it_begins", zh="结束日期早于{first}。", en="It would end before it begins on {first}."
)
ACCOUNT_OF_ONESELF = reason(
    "access.own_account",
    zh="自己的账号由另一位管理员办理。",
    en="Another administrator deals with one's own login.",
    status=403,
)
ALREADY_LOCKED = reason("access.already_locked", zh="账号已被锁定。", en="The login is already locked.", status=409)
NOT_LOCKED = reason("access.not_locked", zh="账号没有被锁定。", en="The login is not locked.", status=409)
REASON_MISSING = reason("access.reason_missing", zh="请写明原因。", en="Say why.")
SIGN_IN_REFUSED = reason(
    "access.sign_in_refused", zh="用户名或密码不正确。", en="The user name or the password is wrong.", status=401
)
BARRED = reason(
    "access.barred",
    zh="密码连续输错，请{minutes}分钟后再试。",
    en="Too many wrong passwords; try again in {minutes} minutes.",
    status=429,
)


def open_account(
    *,
    username: str,
    display_name: str,
    password: str | None,
    at: datetime,
    by: Account | None = None,
    email: str = "",
    phone: str = "",
    practice: bool = False,
) -> Account:
    """Open a login. Without a password it cannot sign in by password; practice logins skip the strength check.

    Refuses with ``access.username_invalid``, ``access.username_taken``, ``access.display_name_missing``,
    ``access.password_too_short``, ``access.password_too_common``, ``access.password_too_similar`` or
    ``access.password_too_weak``. ``by`` is ``None`` only while an installation is set up.
    """
    username = Account.normalize_username(username.strip())
    if not username or len(username) > 64:
        raise USERNAME_INVALID("username")
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise USERNAME_INVALID("username") from None
    if not display_name.strip():
        raise DISPLAY_NAME_MISSING("display_name")
    account = Account(
        username=username,
        display_name=display_name.strip(),
        email=email,
        phone=phone,
        practice=practice,
        opened_at=at,
    )
    if password is not None and not practice:
        check_strength(password, account)
    account.password = make_password(password)
    with transaction.atomic():
        try:
            with transaction.atomic():
                account.save(force_insert=True)
        except IntegrityError:
            raise USERNAME_TAKEN("username", username=username) from None
        note_account("account.opened", account, by=by, at=at)
    return account


def appoint(
    *,
    account: Account,
    role: str,
    place: str,
    valid_from: date,
    valid_to: date | None = None,
    provider_id: int | None = None,
    person_id: UUID | None = None,
    by: Account | None,
    at: datetime,
) -> Appointment:
    """Appoint a login to a role at a place, from a day to a day inclusive (``None``: until ended).

    Providers' staff and assessors name their provider, citizens their person. Nobody appoints themselves, and roles
    that watch each other are not held by one login on one day (GB/T 22239-2019 8.1.4.2 d). Refuses with
    ``access.role_unknown``, ``place_code.not_a_code``, ``access.place_of_wrong_level``, ``access.provider_missing``,
    ``access.person_missing``, ``access.person_not_expected``, ``period.ends_before_it_begins``,
    ``access.appoints_itself``, ``access.already_appointed`` or ``access.roles_may_not_combine``.
    """
    if role not in Role.values:
        raise ROLE_UNKNOWN("role", role=role)
    place = place_code.parse(place)
    _check_level(role, place)
    if role in OF_A_PROVIDER and provider_id is None:
        raise PROVIDER_MISSING("provider_id", role=name(role))
    if role == Role.CITIZEN and person_id is None:
        raise PERSON_MISSING("person_id", role=name(role))
    if role != Role.CITIZEN and person_id is not None:
        raise PERSON_NOT_EXPECTED("person_id", role=name(role))
    period = Period(valid_from, valid_to)
    if by is not None and by.pk == account.pk:
        raise APPOINTS_ITSELF()
    with transaction.atomic():
        # Two appointments of one login wait for each other here, so neither misses the other.
        Account.objects.select_for_update().get(pk=account.pk)
        for held in Appointment.objects.filter(account=account):
            if not period.overlaps(Period(held.valid_from, held.valid_to)):
                continue
            if not may_combine(held.role, role):
                raise ROLES_MAY_NOT_COMBINE("role", held=name(held.role), wanted=name(role))
            if (held.role, held.place, held.provider_id, held.person_id) == (role, place, provider_id, person_id):
                raise ALREADY_APPOINTED("role")
        made = Appointment.objects.create(
            account=account,
            role=role,
            place=place,
            provider_id=provider_id,
            person_id=person_id,
            valid_from=valid_from,
            valid_to=valid_to,
            appointed_by=by,
            appointed_at=at,
        )
        note_account("account.appointed", account, by=by, at=at, place=place, role=role)
    return made


def end_appointment(*, appointment: Appointment, last_day: date, by: Account | None, at: datetime) -> Appointment:
    """End an appointment; the last day still counts.

    Refuses with ``access.appoints_itself``, ``access.ends_before_it_begins`` or ``access.already_ended``.
    """
    if by is not None and by.pk == appointment.account_id:
        raise APPOINTS_ITSELF()
    if last_day < appointment.valid_from:
        raise ENDS_BEFORE_IT_BEGINS("last_day", first=appointment.valid_from)
    with transaction.atomic():
        open_still = Q(valid_to__isnull=True) | Q(valid_to__gt=last_day)
        if not Appointment.objects.filter(open_still, pk=appointment.pk).update(valid_to=last_day):
            appointment.refresh_from_db()
            raise ALREADY_ENDED("last_day", last=appointment.valid_to)
        appointment.valid_to = last_day
        note_account(
            "account.appointment_ended",
            appointment.account,
            by=by,
            at=at,
            place=appointment.place,
            role=appointment.role,
        )
    return appointment


def lock_account(*, account: Account, because: str, by: Account | None, at: datetime) -> Account:
    """Lock a login: it cannot sign in and its running sessions end with their next request.

    Refuses with ``access.reason_missing``, ``access.own_account`` or ``access.already_locked``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    if by is not None and by.pk == account.pk:
        raise ACCOUNT_OF_ONESELF()
    with transaction.atomic():
        open_still = Account.objects.filter(pk=account.pk, locked_at__isnull=True)
        if not open_still.update(is_active=False, locked_at=at, locked_because=because.strip()[:200]):
            raise ALREADY_LOCKED()
        note_account("account.locked", account, by=by, at=at, because=because.strip()[:200])
    account.refresh_from_db()
    return account


def unlock_account(*, account: Account, by: Account | None, at: datetime) -> Account:
    """Unlock a login, and forget its wrong passwords. Refuses with ``access.not_locked``."""
    with transaction.atomic():
        locked = Account.objects.filter(pk=account.pk).filter(Q(locked_at__isnull=False) | Q(barred_until__gt=at))
        if not locked.update(is_active=True, locked_at=None, locked_because="", failed_sign_ins=0, barred_until=None):
            raise NOT_LOCKED()
        note_account("account.unlocked", account, by=by, at=at)
    account.refresh_from_db()
    return account


def sign_in(*, username: str, password: str, at: datetime) -> Account:
    """The login whose name and password these are, with the sign-in written down.

    Five wrong passwords in a row bar it for 15 minutes, the right one included. A wrong name, a wrong password and a
    locked login read the same. Refuses with ``access.sign_in_refused`` or ``access.barred``. Call it outside a
    transaction, for the count of wrong passwords has to survive the refusal.
    """
    account = Account.objects.filter(username=Account.normalize_username(username.strip())).first()
    if account is None:
        make_password(password)  # As slow as a real check, so that the time does not tell whether the name exists.
        raise SIGN_IN_REFUSED()
    if account.barred_until is not None and account.barred_until > at:
        raise BARRED(minutes=-(-(account.barred_until - at) // timedelta(minutes=1)))
    right = account.check_password(password)
    if right and account.is_active:
        Account.objects.filter(pk=account.pk).update(last_login=at, failed_sign_ins=0, barred_until=None)
        account.refresh_from_db()
        return account
    if not right:
        _count_wrong_password(account, at)
    raise SIGN_IN_REFUSED()


def sign_in_with_code(*, account: Account, at: datetime) -> Account:
    """The sign-in of somebody whose telephone gave its code back, written down.

    Refuses with ``access.sign_in_refused`` a login that is locked.
    """
    if not Account.objects.filter(pk=account.pk, is_active=True).update(last_login=at):
        raise SIGN_IN_REFUSED()
    account.refresh_from_db()
    return account


def check_strength(password: str, account: Account) -> None:
    # Django's own sentences are not all translated, so its codes choose ours.
    try:
        validate_password(password, account)
    except ValidationError as weak:
        fault = weak.error_list[0]
        found = {
            "password_too_short": PASSWORD_TOO_SHORT,
            "password_too_common": PASSWORD_TOO_COMMON,
            "password_too_similar": PASSWORD_TOO_SIMILAR,
        }.get(str(fault.code), PASSWORD_TOO_WEAK)
        raise found("password", **(fault.params or {})) from None


def _count_wrong_password(account: Account, at: datetime) -> None:
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(failed_sign_ins=F("failed_sign_ins") + 1)
        due = Account.objects.filter(pk=account.pk, failed_sign_ins__gte=WRONG_PASSWORDS_ALLOWED)
        if due.update(failed_sign_ins=0, barred_until=at + BARRED_FOR):
            note_account("account.barred", account, by=None, at=at, actor=account.username)


def _check_level(role: str, place: str) -> None:
    level = place_code.level(place)
    allowed = {
        Role.PROVINCE_OVERSEER: {place_code.Level.PROVINCE, place_code.Level.NATION},
        Role.CITY_OVERSEER: {place_code.Level.CITY},
    }.get(Role(role))
    if allowed is None and role in DECIDING:
        # A city without counties (东莞, 中山, 儋州, 嘉峪关) pays itself.
        allowed = {place_code.Level.CITY, place_code.Level.COUNTY, place_code.Level.TOWN, place_code.Level.VILLAGE}
    if allowed is not None and level not in allowed:
        raise PLACE_OF_WRONG_LEVEL("place", role=name(role), place=place)


def note_account(
    act: str,
    account: Account,
    *,
    by: Account | None,
    at: datetime,
    place: str = "",
    actor: str = "",
    because: str = "",
    role: str = "",
) -> None:
    """Write down what was done to a login, in the county of its first appointment unless another is told."""
    place = place or (
        Appointment.objects.filter(account=account).order_by("id").values_list("place", flat=True).first()
        or place_code.NATION
    )
    note(
        county=place[:6],
        at=at,
        actor=actor or (by.username if by else SET_UP),
        act=act,
        subject="account",
        subject_id=str(account.pk),
        reason=because,
        role=role,
    )
