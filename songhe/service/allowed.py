"""Whether a service may be recorded at all: the person lives, the provider is listed, the worker is qualified."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from songhe.kernel.refusal import reason
from songhe.person.models import Event, Person
from songhe.provider.admit import is_listed
from songhe.provider.models import Category, Certificate, Kind, Provider, Worker
from songhe.provider.partner import is_partner, require_partner
from songhe.provider.suspend import require_open
from songhe.provider.worker import certificates_on, is_working

UNKNOWN_PERSON = reason("service.unknown_person", zh="没有这个人的档案。", en="There is no such person.", status=404)
AFTER_DEATH = reason(
    "service.after_death",
    zh="此人已于{died_on}去世，{day}不能再有服务。",
    en="The person died on {died_on}; there can be no service on {day}.",
)
DEATH_REPORTED = reason(
    "service.death_reported",
    zh="有人报告此人已于{happened_on}去世，核实之前{day}的服务暂不登记。",
    en="A death on {happened_on} is reported; until it is verified or refuted nothing is recorded for {day}.",
    status=409,
)
FILE_CLOSED = reason(
    "service.file_closed",
    zh="此人的档案已于{closed_on}关闭，{day}不能在本县登记服务。",
    en="The person's file was closed on {closed_on}; nothing can be recorded here for {day}.",
)
IN_THE_FUTURE = reason(
    "service.in_the_future", zh="{day}还没有到，不能登记。", en="{day} lies in the future and cannot be recorded."
)
NOT_AN_INSTITUTION = reason(
    "service.not_an_institution",
    zh="这家机构不是养老机构，不能收住。",
    en="The provider is no institution and takes no residents.",
)
NOT_ITS_WORKER = reason(
    "service.not_its_worker", zh="服务人员不属于这家机构。", en="The worker does not belong to this provider."
)
NOT_QUALIFIED = reason(
    "service.worker_not_qualified",
    zh="服务人员{day}不在岗或证书已过期。",
    en="The worker is not in service or has no certificate in force on {day}.",
)


def lock_person(*, county: str, person_id: UUID) -> Person:
    """The person's file, locked: a death verified at the same time comes before or after. Refuses with
    ``service.unknown_person``."""
    person = Person.rows.select_for_update().filter(county=county, id=person_id).first()
    if person is None:
        raise UNKNOWN_PERSON("person")
    return person


def require_alive(person: Person, *, day: date) -> None:
    """The day of death still counts; a reported death holds what is dated after it.

    Refuses with ``service.after_death``, ``service.death_reported`` or ``service.file_closed``.
    """
    if person.died_on is not None and day > person.died_on:
        raise AFTER_DEATH("person", died_on=person.died_on, day=day)
    if person.closed_on is not None and day > person.closed_on:
        raise FILE_CLOSED("person", closed_on=person.closed_on, day=day)
    reported = (
        Event.objects.filter(
            county=person.county,
            person_id=person.id,
            kind=Event.Kind.DEATH,
            state=Event.State.REPORTED,
            happened_on__lt=day,
        )
        .order_by("happened_on")
        .values_list("happened_on", flat=True)
        .first()
    )
    if reported is not None:
        raise DEATH_REPORTED("person", happened_on=reported, day=day)


def require_past(day: date, *, on: date) -> None:
    """Refuses with ``service.in_the_future``."""
    if day > on:
        raise IN_THE_FUTURE("on", day=day)


def require_open_to(provider: Provider, *, county: str, day: date, category: str | None, help: str = "") -> None:
    """On the county's list for the group on the day, and not suspended; what belongs to none of the four groups
    needs a provider that is on the list at all. A merchant that takes the love card records what it is admitted for.

    Refuses with ``provider.not_listed``, ``provider.suspended`` or ``provider.partner_not_for_this``.
    """
    group = category if category in Category.values else None
    if help and not is_listed(provider, county, group, day) and is_partner(provider, county, day):
        require_partner(provider, county, day, help=help)
        return
    require_open(provider, county, group, day)


def require_takes_residents(provider: Provider, *, county: str, day: date) -> None:
    """An institution, listed for long or short stays on the day, that may take new residents.

    Refuses with ``service.not_an_institution``, ``provider.not_listed`` or ``provider.suspended``.
    """
    if provider.kind != Kind.INSTITUTION:
        raise NOT_AN_INSTITUTION("provider")
    long, short = Category.INSTITUTION_LONG.value, Category.INSTITUTION_SHORT.value
    require_open(provider, county, long if is_listed(provider, county, long, day) else short, day)


def require_qualified(worker: Worker, *, provider: Provider, day: date) -> None:
    """A worker of the provider, in service on the day; who holds certificates holds one in force.

    Refuses with ``service.not_its_worker`` or ``service.worker_not_qualified``.
    """
    if worker.provider_id != provider.pk:
        raise NOT_ITS_WORKER("worker")
    certified = bool(certificates_on(worker, day)) or not Certificate.objects.filter(worker=worker).exists()
    if not (is_working(worker, day) and certified):
        raise NOT_QUALIFIED("worker", day=day)
