"""Complain, with a name or without, and follow what becomes of it. 投诉"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from songhe.document.models import NumberKind
from songhe.document.number import number, take
from songhe.entitlement.models import Application
from songhe.feedback.category import terms
from songhe.feedback.models import Complaint
from songhe.feedback.record import keep, locked, require, working_days_after
from songhe.feedback.states import COMPLAINT
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.person.details import read_phone
from songhe.provider.models import Provider
from songhe.redemption.models import Bill
from songhe.trail.note import note

LONGEST = 1000
CODE_DIGITS = 8

About = Provider | Bill | Application | None

UNKNOWN_CATEGORY = reason(
    "feedback.unknown_category", zh="没有“{category}”这一类投诉。", en="There is no category {category} of complaint."
)
ELSEWHERE = reason(
    "feedback.elsewhere",
    zh="所投诉的事项不属于本县区，请向它所在的县区投诉。",
    en="What this is about belongs to another county; complain there.",
)
TOO_LATE = reason(
    "feedback.contest_too_late",
    zh="复核最晚在{latest}前提出。",
    en="A review may be asked for until {latest}.",
    status=409,
)


@dataclass(frozen=True)
class Made:
    """A complaint as its maker takes it home: the number, the code to follow it by, and when it is answered."""

    complaint: Complaint
    code: str

    @property
    def no(self) -> str:
        return self.complaint.no

    @property
    def due_on(self) -> date:
        return self.complaint.due_on


def complain(
    *,
    county: str,
    about: About,
    person_id: UUID | None,
    category: str,
    confidential: bool,
    words: str,
    phone: str,
    by: str,
    at: datetime,
    on: date,
    name: str = "",
    channel: str = Complaint.Channel.ONLINE,
) -> Made:
    """Take a complaint about a provider, a bill, a decision (its application) or something else (``None``).

    Nobody need leave a name or a telephone. It is answered within the working days of its category. Some categories
    are confidential whatever was ticked.
    Refuses with ``feedback.unknown_category``, ``feedback.words_missing``, ``feedback.too_long``,
    ``feedback.elsewhere`` or ``person.phone_invalid``.
    """
    found = terms().categories.get(category)
    if found is None:
        raise UNKNOWN_CATEGORY("category", category=category)
    said = require(words, "words", LONGEST)
    reached = read_phone(phone)
    if isinstance(about, Bill | Application) and about.county != county:
        raise ELSEWHERE("about")
    with transaction.atomic():
        month = Month.of(on)
        complaint = Complaint.rows.create(
            county=county,
            no=number(county, month, take(county, NumberKind.COMPLAINT, month)),
            about=_kind_of(about),
            provider=about if isinstance(about, Provider) else about.provider if isinstance(about, Bill) else None,
            bill=about if isinstance(about, Bill) else None,
            application=about if isinstance(about, Application) else None,
            person_id=person_id,
            category=category,
            confidential=confidential or found.confidential,
            channel=Complaint.Channel(channel),
            name=name.strip()[:60],
            phone=reached,
            words=said,
            against=_deciders(about),
            by=by,
            received_at=at,
            received_on=on,
            due_on=working_days_after(on, found.first),
        )
        note(
            county=county,
            at=at,
            actor=by,
            act="feedback.complain",
            subject="complaint",
            subject_id=complaint.id,
            behalf_of=person_id,
            category=category,
            confidential=complaint.confidential,
        )
    return Made(complaint, code_of(complaint))


def contest(*, complaint: Complaint, grounds: str, by: str, at: datetime, on: date) -> Complaint:
    """Who complained is not content with the answer: somebody else looks at it, within the working days for that.

    Refuses with ``feedback.wrong_state``, ``feedback.words_missing``, ``feedback.too_long`` or
    ``feedback.contest_too_late``.
    """
    said = require(grounds, "grounds", LONGEST)
    with transaction.atomic():
        found = locked(complaint)
        COMPLAINT.check(found.state, "contest")
        latest = contest_until(found)
        if latest is not None and on > latest:
            raise TOO_LATE("on", latest=latest)
        found.grounds, found.contested_at = said, at
        found.due_on = working_days_after(on, terms().categories[found.category].second)
        keep(found, "contest", at=at, by=by)
    return found


def withdraw(*, complaint: Complaint, by: str, at: datetime) -> Complaint:
    """Who complained lets it rest. Refuses with ``feedback.wrong_state``."""
    with transaction.atomic():
        found = locked(complaint)
        keep(found, "withdraw", at=at, by=by)
    return found


def contest_until(complaint: Complaint) -> date | None:
    """The last day on which a review may be asked for; ``None`` before there is an answer."""
    if complaint.answered_on is None:
        return None
    return working_days_after(complaint.answered_on, terms().contest_working_days)


def code_of(complaint: Complaint) -> str:
    """Eight digits that only the installation can make from the number. Nowhere kept, so nothing can leak them."""
    made = salted_hmac("songhe.feedback.complaint", f"{complaint.county}/{complaint.no}", algorithm="sha256")
    return f"{int(made.hexdigest(), 16) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def opens_with_code(complaint: Complaint, given: str) -> bool:
    """Whether what was typed is the secret code."""
    return hmac.compare_digest(fold(given).replace("-", "").encode(), code_of(complaint).encode())


def opens_with_phone(complaint: Complaint, given: str) -> bool:
    """Whether what was typed are the last four digits of the telephone that was left."""
    return len(complaint.phone) > 4 and hmac.compare_digest(fold(given).encode(), complaint.phone[-4:].encode())


def _kind_of(about: About) -> str:
    if isinstance(about, Provider):
        return Complaint.About.PROVIDER
    if isinstance(about, Bill):
        return Complaint.About.BILL
    return Complaint.About.DECISION if isinstance(about, Application) else Complaint.About.OTHER


def _deciders(about: About) -> list[str]:
    """The accounts that took the decision complained about."""
    if not isinstance(about, Application):
        return []
    return sorted({one for one in (about.reviewed_by, about.decided_by) if one})
