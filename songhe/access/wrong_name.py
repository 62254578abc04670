"""Names and ID numbers are not tried out: so many wrong ones a day, then a login has to come to the counter."""

from __future__ import annotations

from datetime import datetime, timedelta

from songhe.access.models import Account
from songhe.kernel.refusal import reason
from songhe.trail.models import Entry
from songhe.trail.note import note

ACT = "account.wrong_name"
DAY = timedelta(days=1)

TOO_MANY = reason(
    "access.too_many_wrong_names",
    zh="姓名和证件号码一天内{most}次对不上，今天不能再试。请核对好明天再来，或者带证件到窗口办理。",
    en="Name and ID number did not belong together {most} times within a day. Look at them again and come back "
    "tomorrow, or come to the counter with the ID.",
    status=429,
)


def require_tries_left(*, account: Account, county: str, most: int, at: datetime) -> None:
    """Refuses with ``access.too_many_wrong_names`` a login that was wrong ``most`` times within a day."""
    wrong = Entry.objects.filter(
        county=county, subject="account", subject_id=str(account.pk), act=ACT, at__gt=at - DAY, at__lte=at
    )
    if wrong.count() >= most:
        raise TOO_MANY("number", most=most)


def count_wrong_name(*, account: Account, county: str, at: datetime, request: str = "") -> None:
    """One more that did not fit, in the trail of the login's county; neither the name nor the number is kept.

    Call it outside a transaction that the refusal undoes.
    """
    note(
        county=county,
        at=at,
        actor=account.username,
        act=ACT,
        subject="account",
        subject_id=str(account.pk),
        request=request,
    )
