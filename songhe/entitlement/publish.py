"""Where the place sets days for it, a reviewed application is published, masked, before it is approved. 公示"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from songhe.entitlement.models import Application
from songhe.entitlement.record import keep, lock_application
from songhe.entitlement.states import APPLICATION
from songhe.kernel.refusal import reason
from songhe.person.identity import number_of
from songhe.person.masks import mask_id, mask_last4, mask_name
from songhe.policy.terms import Terms, terms

SKIPPED_ZH = "本地未规定资格公示天数，不公示，直接审批。"
SKIPPED_EN = "The place sets no days for publication; this step is skipped."

NOT_PUBLISHED = reason(
    "entitlement.not_published",
    zh="须先公示{days}天才能审批。",
    en="It must be published for {days} days before it is approved.",
    status=409,
)
STILL_PUBLISHED = reason(
    "entitlement.still_published",
    zh="公示到{publish_to}为止，之后才能审批。",
    en="It is published until {publish_to} and can be approved after that.",
    status=409,
)


@dataclass(frozen=True)
class Publication:
    """``days`` is ``None`` where the step is skipped; ``said`` says so in Chinese and English."""

    application: Application
    days: int | None
    said: tuple[str, str] | None = None


@dataclass(frozen=True)
class Published:
    """What the public sees of an applicant: no address, no whole name or number, nothing of their health."""

    no: str
    name: str
    id_number: str
    place: str
    publish_from: date
    publish_to: date


def publish(*, application: Application, at: datetime, on: date, by: str) -> Publication:
    """Publish a reviewed application from the day for the days that the place sets; the first day is not counted.

    Where none are set nothing happens, and the answer says so. Refuses with ``entitlement.wrong_state`` or
    ``policy.not_in_force``.
    """
    with transaction.atomic():
        found = lock_application(application)
        APPLICATION.check(found.state, "publish")
        days = terms(policy=found.policy, place=found.county, on=on).publication_days
        if days is None:
            return Publication(found, None, (SKIPPED_ZH, SKIPPED_EN))
        found.publish_from, found.publish_to = on, on + timedelta(days=days)
        keep(found, "publish", at, by, until=str(found.publish_to))
    return Publication(found, days)


def check_published(application: Application, rules: Terms, on: date) -> None:
    """Refuses with ``entitlement.not_published`` or ``entitlement.still_published``."""
    if application.publish_to is not None:
        if on <= application.publish_to:
            raise STILL_PUBLISHED("on", publish_to=application.publish_to)
    elif rules.publication_days is not None:
        raise NOT_PUBLISHED("state", days=rules.publication_days)


def published(county: str, policy: str, on: date) -> list[Published]:
    """The masked list that hangs out on the day, by number."""
    rows = Application.rows.filter(
        county=county,
        policy=policy,
        state=Application.State.PUBLISHED,
        publish_from__lte=on,
        publish_to__gte=on,
    )
    found = []
    for row in rows.select_related("person").order_by("no"):
        assert row.publish_from is not None
        assert row.publish_to is not None
        person = row.person
        found.append(
            Published(
                no=row.no,
                name=mask_name(person.name),
                id_number=mask_id(number_of(person)) or mask_last4(person.id_last4),
                place=person.place[:9],
                publish_from=row.publish_from,
                publish_to=row.publish_to,
            )
        )
    return found
