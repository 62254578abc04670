"""When a place is open: spans of each weekday, set by the provider itself, and what they say of a moment. 营业时间"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db import transaction

from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.provider.models import Opening, Provider
from songhe.trail.note import note

MOST_SPANS = 3
DAY = 24 * 60

NOT_READ = reason(
    "provider.hours_not_read",
    zh="“{text}”不是营业时间，应写成 8:00-11:30 13:00-17:30，不营业就空着。",
    en="“{text}” are no opening hours; write 8:00-11:30 13:00-17:30, and nothing where it is closed.",
)
OVERLAP = reason(
    "provider.hours_overlap",
    zh="“{text}”里的时间有重叠，应从早到晚写，一天最多三段。",
    en="The spans of “{text}” overlap; write at most three, the earliest first.",
)

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至]+\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, order=True)
class Span:
    """From and until, in minutes after midnight; 1440 is the midnight that ends the day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{clock(self.opens)}-{clock(self.closes)}"


#: The spans of each weekday that has any; 1 is Monday.
Week = Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True)
class Standing:
    """Open until a minute of today; or closed, and open again after so many days at a minute (none: not this week)."""

    is_open: bool
    minute: int
    days: int = 0


def clock(minute: int) -> str:
    """8:00, 24:00"""
    return f"{minute // 60}:{minute % 60:02d}"


def parse(text: str) -> tuple[Span, ...]:
    """The spans of a day as people write them, none where it is empty.

    Refuses with ``provider.hours_not_read`` or ``provider.hours_overlap``.
    """
    typed = fold(text).replace("：", ":")
    rest = re.sub(r"[\s,，;；、和]", "", _SPAN.sub("", typed))
    found = [tuple(map(int, each)) for each in _SPAN.findall(typed)]
    if rest or any(minute > 59 or until > 59 for _from, minute, _to, until in found):
        raise NOT_READ(text=text)
    spans = [Span(hour * 60 + minute, to * 60 + until) for hour, minute, to, until in found]
    if any(one.opens >= one.closes or one.closes > DAY for one in spans):
        raise NOT_READ(text=text)
    if len(spans) > MOST_SPANS or any(after.opens <= one.closes for one, after in pairwise(spans)):
        raise OVERLAP(text=text)
    return tuple(spans)


def written(spans: Iterable[Span]) -> str:
    """As ``parse`` reads it."""
    return " ".join(map(str, spans))


def set_hours(*, provider: Provider, week: Mapping[int, str], at: datetime, by: str) -> Provider:
    """The opening hours of the whole week, from now on; what stood before is in the trail.

    Refuses with ``provider.hours_not_read`` or ``provider.hours_overlap``.
    """
    told = {weekday: parse(week.get(weekday, "")) for weekday in range(1, 8)}
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=provider.pk)
        before = weeks([provider.pk])[provider.pk]
        Opening.objects.filter(provider=provider).delete()
        Opening.objects.bulk_create(
            Opening(provider=provider, weekday=weekday, opens=one.opens, closes=one.closes)
            for weekday, spans in told.items()
            for one in spans
        )
        note(
            county=provider.place,
            at=at,
            actor=by,
            act="provider.set_hours",
            subject="provider",
            subject_id=str(provider.pk),
            before={str(day): written(spans) for day, spans in before.items()},
            after={str(day): written(spans) for day, spans in told.items() if spans},
        )
    return provider


def weeks(providers: Iterable[int]) -> dict[int, Week]:
    """The week of each provider, empty where none was told; one statement for all of them."""
    found: dict[int, dict[int, list[Span]]] = {pk: defaultdict(list) for pk in providers}
    for row in Opening.objects.filter(provider__in=list(found)).order_by("weekday", "opens"):
        found[row.provider_id][row.weekday].append(Span(row.opens, row.closes))
    return {pk: {day: tuple(spans) for day, spans in days.items()} for pk, days in found.items()}


def standing(week: Week, at: datetime) -> Standing | None:
    """Whether it is open at the moment, and until or from when; none where no hours were told."""
    if not week:
        return None
    local = at.astimezone(BEIJING)
    minute, today = local.hour * 60 + local.minute, local.isoweekday()
    for days in range(8):
        for span in week.get((today + days - 1) % 7 + 1, ()):
            if days == 0 and span.opens <= minute < span.closes:
                return Standing(True, span.closes)
            if days > 0 or span.opens > minute:
                return Standing(False, span.opens, days)
    return None
