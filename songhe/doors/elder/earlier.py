"""Files from before a move 以前的档案: what was paid in the old county is still there to be read, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from songhe.doors.elder.whom import Whom, account_of
from songhe.doors.shell.request import DoorRequest
from songhe.person.models import Mandate, Person
from songhe.person.move import MOVED

#: As many files of one human are looked at; people do not move more often.
MOST = 20


def earlier(request: DoorRequest, people: Iterable[Whom]) -> list[Whom]:
    """The closed files of the same humans that this account may still read, the last one first, by two statements.

    One's own file in another county is the same identity's. A proxy reads only a file for which it had a mandate until
    the move. Nothing may be done in them: they allow no act. Who helps at a counter helps in the county's own file.
    """
    by_identity = {
        one.person.identity: one for one in people if one.person.identity is not None and one.assistance is None
    }
    if not by_identity:
        return []
    closed = Person.rows.filter(identity__in=list(by_identity), closed_on__isnull=False)
    current = {one.person.id for one in by_identity.values()}
    rows = [row for row in closed.order_by("-closed_on", "-id")[:MOST] if row.id not in current]
    if not rows:
        return []
    held = set(
        Mandate.objects.filter(
            account=account_of(request).username, person_id__in=[row.id for row in rows], ended_because=MOVED
        ).values_list("person_id", flat=True)
    )
    return [
        replace(by_identity[row.identity], person=row, acts=frozenset())
        for row in rows
        if row.identity is not None and (by_identity[row.identity].own or row.id in held)
    ]
