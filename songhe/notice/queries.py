"""What pages ask of notices: a person's inbox, a login's, and what became of what went to telephones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from songhe.access.scope import Scope
from songhe.notice.models import Channel, Notice, Wish

State = Notice.State


def inbox(*, scope: Scope, person_id: UUID, before: tuple[datetime, UUID] | None = None) -> QuerySet[Notice]:
    """What lies in a person's inbox, the newest first, from before a place on."""
    rows = Notice.objects.within(scope).filter(person=person_id, channel=Channel.INBOX)
    if before is not None:
        rows = rows.filter(Q(at__lt=before[0]) | Q(at=before[0], id__lt=before[1]))
    return rows.order_by("-at", "-id")


def unread(*, county: str, person_id: UUID) -> int:
    return Notice.rows.filter(county=county, person=person_id, channel=Channel.INBOX, read_at=None).count()


def mark_read(*, county: str, notice_ids: Collection[UUID], at: datetime) -> int:
    """Whoever may open the inbox has read it for all: the person and the family share one."""
    return Notice.rows.filter(county=county, id__in=list(notice_ids), read_at=None).update(read_at=at)


def of_account(username: str, most: int = 10) -> list[Notice]:
    """What was told to a login: sign-ins on new devices, changes of how it is known."""
    rows = Notice.rows.filter(account=username, person=None, channel=Channel.INBOX)
    return list(rows.order_by("-at", "-id")[:most])


def outbox(
    *, scope: Scope, states: Collection[str] = (), before: tuple[datetime, UUID] | None = None
) -> QuerySet[Notice]:
    """What went or is to go to telephones, the newest first."""
    rows = Notice.objects.within(scope).filter(channel__in=[Channel.SMS, Channel.VOICE])
    if states:
        rows = rows.filter(state__in=states)
    if before is not None:
        rows = rows.filter(Q(at__lt=before[0]) | Q(at=before[0], id__lt=before[1]))
    return rows.order_by("-at", "-id")


def counted(*, scope: Scope, since: datetime) -> dict[str, int]:
    """How many telephone notices stand in each state, of those of which something happened since."""
    rows = Notice.objects.within(scope).filter(channel__in=[Channel.SMS, Channel.VOICE], at__gte=since)
    return dict(rows.order_by().values_list("state").annotate(count=Count("id")))


def wish_of(*, county: str, person_id: UUID, account: str) -> Wish:
    """How somebody wishes to be told of a person; what is usual, if they never said."""
    found = Wish.rows.filter(county=county, person=person_id, account=account).first()
    return found or Wish(county=county, person=person_id, account=account)


def wish(*, county: str, person_id: UUID, account: str, way: str, language: str) -> None:
    """Say how one wishes to be told; the last word counts."""
    Wish.rows.update_or_create(
        county=county, person=person_id, account=account, defaults={"way": way, "language": language}
    )
