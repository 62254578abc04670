"""Somebody of the staff looks at a whole number: for a reason, for half a minute, so often an hour, and on record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from songhe.access.models import Account
from songhe.kernel.refusal import reason
from songhe.person.identity import number_of
from songhe.person.models import Person
from songhe.trail.models import Entry
from songhe.trail.note import note

ACT = "person.reveal"
#: Seconds for which it is shown.
SHOWN = 30
FIELDS = ("id_number", "phone")
HOUR = timedelta(hours=1)

TOO_MANY = reason(
    "person.too_many_reveals",
    zh="一小时内最多查看{most}次完整号码，请稍后再试；确有需要的，请联系安全管理员。",
    en="At most {most} whole numbers may be looked at in an hour; try again later, or ask the security administrator.",
    status=429,
)
NO_REASON = reason("person.reveal_reason_missing", zh="请选择查看的用途。", en="Say what you need it for.")
NOTHING_TO_SHOW = reason("person.nothing_to_reveal", zh="档案里没有这个号码。", en="There is no such number on file.")


def reveal(
    *,
    person: Person,
    field: str,
    because: str,
    page: str,
    viewer: Account,
    counties: Collection[str],
    most: int,
    at: datetime,
    request: str = "",
) -> str:
    """The whole ID number or telephone of a person, noted in the trail with viewer, purpose and page.

    ``most`` times in an hour over the ``counties`` that the viewer reaches. Refuses with
    ``person.reveal_reason_missing``, ``person.too_many_reveals`` or ``person.nothing_to_reveal``.
    """
    if not because:
        raise NO_REASON("reason")
    with transaction.atomic():
        # Two windows of one viewer wait for each other, so that the count holds.
        Account.objects.select_for_update().get(pk=viewer.pk)
        if looked_at(counties=counties, actor=viewer.username, since=at - HOUR) >= most:
            raise TOO_MANY("reason", most=most)
        shown = number_of(person) if field == "id_number" else person.phone
        if not shown:
            raise NOTHING_TO_SHOW("field")
        note(
            county=person.county,
            at=at,
            actor=viewer.username,
            act=ACT,
            subject="person",
            subject_id=person.id,
            reason=because,
            field=field,
            page=page,
            request=request,
        )
    return shown


def looked_at(*, counties: Collection[str], actor: str, since: datetime) -> int:
    return Entry.objects.filter(county__in=sorted(counties), at__gt=since, act=ACT, actor=actor).count()
