"""Tell a person, or a login, what happened; send a code to a telephone at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from songhe.county.key import new_id
from songhe.kernel.refusal import reason
from songhe.notice.models import Channel, Notice
from songhe.notice.ports import Message, NotDelivered, messenger
from songhe.notice.template import Broken, template

CODE_NOT_SENT = reason(
    "notice.code_not_sent",
    zh="验证码没有发出去，请稍后再试，或到窗口办理。",
    en="The code could not be sent; try again later, or come to the counter.",
    status=503,
)

CODE = {
    "zh": "【松鹤养老】验证码 {code}，5分钟内有效。请勿告诉任何人，工作人员也不会向您索要。",
    "en": "[Songhe] Your code is {code}, good for 5 minutes. Tell nobody; our staff never ask for it.",
}


def tell(
    *,
    county: str,
    person_id: UUID,
    template: str,
    values: Mapping[str, Any],
    at: datetime,
    on: date,
    about: str = "",
) -> Notice | None:
    """Put a notice into the person's inbox, from where the worker carries it to telephones.

    The person and the proxies in force on the day are told by text or by voice, as they wish, outside quiet hours;
    of a dead person only the family is. ``about`` names what happened (an id, a number): the same is told once,
    ``None`` is given for what was told before. ``values`` hold codes, numbers, amounts and dates, never a name.
    Raises ``songhe.notice.template.Broken`` for a template that there is not, or a value that it names and lacks.
    """
    made = row(county=county, person_id=person_id, name=template, values=values, at=at, about=about)
    known = Notice.rows.filter(
        county=county, about=made.about, template=template, person=person_id, addressee=None, channel=Channel.INBOX
    )
    if known.exists():
        return None
    Notice.rows.bulk_create([made], ignore_conflicts=True)
    return made


def row(*, county: str, person_id: UUID, name: str, values: Mapping[str, Any], at: datetime, about: str = "") -> Notice:
    """The row of the inbox by which a person is told, not yet written; runs write many at once."""
    which = template(name)
    if lacking := which.names - set(values):
        raise Broken(f"{name} is not given {sorted(lacking)}")
    made = new_id()
    return Notice(
        county=county,
        id=made,
        person=person_id,
        template=name,
        values=dict(values),
        about=about or str(made),
        channel=Channel.INBOX,
        state=Notice.State.SENT,
        at=at,
        due_at=at,
        sent_at=at,
        spread_at=None if which.telephone else at,
    )


def tell_account(
    *, county: str, account: str, template: str, values: Mapping[str, Any], at: datetime, about: str = ""
) -> None:
    """Put a notice into the inbox of a login, such as a sign-in from a device not seen before."""
    made = row(county=county, person_id=UUID(int=0), name=template, values=values, at=at, about=about)
    made.person, made.account = None, account
    Notice.rows.bulk_create([made], ignore_conflicts=True)


def send_code(*, phone: str, code: str, at: datetime, language: str = "zh") -> None:
    """Send a one-time code by text, whatever the hour, and keep it nowhere. Refuses with ``notice.code_not_sent``."""
    words = CODE["zh" if language.startswith("zh") else "en"]
    message = Message(
        reference=f"code-{new_id().hex}", channel=Channel.SMS.value, phone=phone, text=words.format(code=code), at=at
    )
    try:
        messenger().send(message)
    except NotDelivered:
        raise CODE_NOT_SENT("phone") from None
