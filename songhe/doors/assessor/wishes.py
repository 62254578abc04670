"""When the family would like the assessors to come 约评估的希望, as it was written into the application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from songhe.assessment.models import Assessment
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.words import in_chinese, listed
from songhe.entitlement.models import Application


@dataclass(frozen=True)
class Wish:
    """The days that suit, and what else the assessors are told."""

    days: tuple[date, ...]
    words: str

    def first_day(self, on: date) -> date | None:
        """The first wished day that is not past: what is offered when the visit is sent out."""
        return next((day for day in self.days if day >= on), None)

    def beside(self, at: datetime | None) -> str:
        """What stands beside a visit: the days until one is agreed, and the words always."""
        days = _("希望%(days)s") % {"days": self.said} if self.days and at is None else ""
        return " · ".join(filter(None, (days, self.words)))

    @property
    def said(self) -> str:
        language = "zh" if in_chinese() else "en"
        return listed(day_of_month(day, language) for day in self.days)


def wishes(rows: Iterable[Assessment]) -> dict[UUID, Wish]:
    """The wish behind each assessment, where there is one: of the application that was handed in with the request for
    this body, or since. One query a county."""
    asked = {(row.county, row.person_id, row.body_id): row for row in rows}
    found: dict[UUID, Wish] = {}
    for county in sorted({key[0] for key in asked}):
        people = {key[1] for key in asked if key[0] == county}
        held = Application.rows.filter(county=county, person__in=people, submitted_at__isnull=False)
        for each in held.only("person", "assessment_wish", "submitted_at").order_by("submitted_at", "id"):
            wish: dict[str, Any] = each.assessment_wish or {}
            row = asked.get((county, each.person_id, wish.get("body")))
            if row is not None and each.submitted_at is not None and each.submitted_at >= row.requested_at:
                days = tuple(date.fromisoformat(day) for day in wish.get("days", []))
                found[row.id] = Wish(days, wish.get("words", ""))
    return {key: wish for key, wish in found.items() if wish.days or wish.words}


def wish_of(row: Assessment) -> Wish | None:
    return wishes([row]).get(row.id)


def wish_facts(row: Assessment) -> list[Fact]:
    """What the family wishes, for the pages about one visit."""
    wish = wish_of(row)
    if wish is None:
        return []
    return [Fact(_("希望的日期"), wish.said or _("没有写，由机构约定"), note=wish.words)]
