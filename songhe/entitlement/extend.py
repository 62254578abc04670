"""A programme's window moves on: a new notice extends it, or another edition begins without the old rights. 项目接续"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from songhe.entitlement.models import Ending, Entitlement
from songhe.kernel.month import Month
from songhe.policy.resolve import library
from songhe.trail.note import note


def end_what_is_not_continued(*, county: str, policy: str, on: date, at: datetime, by: str) -> int:
    """Stop the rights of editions that the one in force on the day does not continue; answers how many.

    Within an edition, and along editions each of which continues the one before, a right goes on without a new
    application, and nothing is done. Otherwise its last month is the last of its own edition. While no edition is
    in force nothing is issued and nothing is stopped, for the notice may still come. One statement a day of
    approval; a second run finds nothing. Refuses with ``policy.not_in_force`` and as ``songhe.policy`` does.
    """
    packs = library()
    packs.resolve(policy=policy, place=county, on=on)
    in_force = Entitlement.objects.filter(county=county, policy=policy).exclude(state=Entitlement.State.STOPPED)
    stopped = 0
    for approved_on in sorted(set(in_force.order_by().values_list("approved_on", flat=True).distinct())):
        if packs.continues(policy=policy, place=county, before=approved_on, after=on):
            continue
        own = packs.resolve(policy=policy, place=county, on=approved_on)
        last = own.window.last or on - timedelta(days=1)
        with transaction.atomic():
            ended = in_force.filter(approved_on=approved_on).update(
                state=Entitlement.State.STOPPED,
                last_month=str(Month.of(last)),
                stopped_because=Ending.Because.PROGRAMME,
            )
            note(
                county=county,
                at=at,
                actor=by,
                act="entitlement.end_what_is_not_continued",
                subject="policy.Pack",
                subject_id=own.id,
                approved_on=str(approved_on),
                stopped=ended,
                last_month=str(Month.of(last)),
            )
        stopped += ended
    return stopped
