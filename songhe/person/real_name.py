"""A login is tied to the human behind it: real name and ID number, found right by a service outside. 实名"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songhe.access.login import appoint, open_account
from songhe.access.models import Account, Appointment
from songhe.access.role import Role
from songhe.county.key import new_id
from songhe.kernel.id_number import IdNumber
from songhe.kernel.refusal import reason
from songhe.person.details import read_name, read_number, read_phone
from songhe.person.identity import find
from songhe.person.models import Person
from songhe.person.ports import Claim, Identifier, NotReached
from songhe.person.register import register
from songhe.trail.note import note

NUMBER_NEEDED = reason(
    "person.real_name_number_needed", zh="实名登录要有证件号码。", en="A sign-in in one's own name needs an ID number."
)
NOT_THE_SAME = reason(
    "person.real_name_differs",
    zh="姓名和证件号码对不上，请核对后再试。",
    en="The name and the ID number do not belong together; look at them again.",
)
NOT_REACHED = reason(
    "person.real_name_not_reached",
    zh="实名核验暂时连不上，请稍后再试，或带证件到窗口办理。",
    en="Names cannot be checked at the moment; try again later, or come to the counter with your ID.",
    status=503,
)
OTHER_PHONE = reason(
    "person.real_name_other_phone",
    zh="您已用尾号{tail}的手机登录过。换了手机号，请带证件到窗口更换。",
    en="You signed in with a telephone ending in {tail} before. To change it, come to the counter with your ID.",
    status=409,
)
DIED = reason(
    "person.real_name_died", zh="登记信息显示此人已去世，请到窗口核实。",
    en="The registry says that this person has died; come to the counter.", status=409,
)  # fmt: skip
PHONE_TAKEN = reason(
    "person.real_name_phone_taken",
    zh="这个手机号已经是别人的登录手机，请换一个，或到窗口办理。",
    en="Somebody else signs in with this telephone; use another, or come to the counter.",
    status=409,
)
PLACE_NEEDED = reason(
    "person.real_name_place_needed", zh="请选择现在住的村（社区）。", en="Choose the village where you live now."
)


@dataclass(frozen=True)
class Known:
    """Who somebody proved to be. ``file`` is their open file, in whatever county; nothing: there is none yet."""

    name: str
    number: IdNumber
    file: Person | None


def prove(*, name: str, number: str, kind: str, identifier: Identifier, on: date, at: datetime) -> Known:
    """The name and the ID number are one human's, as the service outside says.

    Refuses with ``person.real_name_number_needed``, ``.real_name_differs``, ``.real_name_not_reached``,
    ``.real_name_died`` or the codes of names and numbers.
    """
    said, read = read_name(name), read_number(number, kind, on)
    if read.index_text is None:
        raise NUMBER_NEEDED("number")
    claim = Claim(reference=new_id().hex, name=said, number=read.canonical, kind=read.kind, at=at)
    try:
        answer = identifier.check(claim)
    except NotReached:
        raise NOT_REACHED("number") from None
    if not answer.same:
        raise NOT_THE_SAME("number")
    identity = find(read)
    file = Person.rows.filter(identity=identity, closed_on=None).order_by("-opened_on").first() if identity else None
    if file is not None and file.died_on is not None:
        raise DIED("number")
    return Known(said, read, file)


def account_of_phone(phone: str, on: date) -> Account | None:
    """The citizen who signs in with this telephone. Whoever also holds an office signs in at its own door."""
    in_force = Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    held = Appointment.objects.filter(in_force, account__phone=phone, account__is_active=True).order_by("id")
    of: dict[int, set[str]] = {}
    for one in held:
        of.setdefault(one.account_id, set()).add(one.role)
    citizens = [account for account, roles in of.items() if roles == {Role.CITIZEN}]
    return Account.objects.get(pk=citizens[0]) if phone and citizens else None


def open_login(*, known: Known, phone: str, place: str, on: date, at: datetime, practice: bool = False) -> Account:
    """The login of a human who proved their name: the one they have, or a new one for their file.

    Whoever has no file gets one at ``place``, a village or neighbourhood (an adult below 60, too). Refuses with
    ``person.real_name_place_needed``, ``.real_name_other_phone``, ``.real_name_phone_taken`` or as
    ``songhe.person.register.register`` does.
    """
    phone = read_phone(phone)
    with transaction.atomic():
        if account_of_phone(phone, on) is not None:
            raise PHONE_TAKEN("phone")
        file = known.file or _opened(known, phone, place, on, at)
        before = _login_of(file, on)
        if before is not None:
            return _with_phone(before, phone, file, at)
        account = open_account(
            username=f"citizen-{secrets.token_hex(6)}",
            display_name=known.name,
            password=None,
            phone=phone,
            practice=practice,
            at=at,
        )
        appoint(account=account, role=Role.CITIZEN, place=file.county, person_id=file.id, valid_from=on, by=None, at=at)
        _noted("person.open_login", file, account, at)
    return account


def _opened(known: Known, phone: str, place: str, on: date, at: datetime) -> Person:
    if len(place) != 12:
        raise PLACE_NEEDED("place")
    made = register(
        county=place[:6],
        name=known.name,
        place=place,
        id_number=known.number.canonical,
        id_kind=known.number.kind,
        phone=phone,
        source="online",
        on=on,
        at=at,
        by="run:real-name",
    )
    return made.person


def _login_of(file: Person, on: date) -> Account | None:
    """The citizen's login that stands for this human's file, also for one that a move closed."""
    ids: list[UUID] = [file.id]
    if file.identity is not None:
        ids = list(Person.rows.filter(identity=file.identity).values_list("id", flat=True))
    held = Appointment.objects.filter(role=Role.CITIZEN, person_id__in=ids, valid_from__lte=on).order_by("id")
    found = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).select_related("account").first()
    return found.account if found else None


def _with_phone(account: Account, phone: str, file: Person, at: datetime) -> Account:
    if account.phone and account.phone != phone:
        raise OTHER_PHONE("phone", tail=account.phone[-4:])
    if not account.phone:
        account.phone = phone
        account.save(update_fields=["phone"])
        _noted("person.bind_phone", file, account, at)
    return account


def _noted(act: str, file: Person, account: Account, at: datetime) -> None:
    note(
        county=file.county,
        at=at,
        actor=account.username,
        act=act,
        subject="person",
        subject_id=file.id,
        account=account.username,
    )
