"""The month before: applications handed in, determined, reviewed and decided, each step under the login that may."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.entitlement import apply, approve, assess, determine, review
from songhe.entitlement.models import Application
from songhe.month.sample.cast import APPROVER, CLERK, SECOND_CLERK
from songhe.month.sample.files import files_of, mandates_of
from songhe.month.sample.people import Elder, in_chunks
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.shape import COUNTY
from songhe.person.models import Mandate, Person
from songhe.provider.models import Category, Provider

POLICY = "consumption-voucher"
CHUNK = 200

NOT_ENTITLED = "不符合发放条件，理由见认定结果。"


@dataclass(frozen=True)
class Applicant:
    """An elder with all that an application needs of the database. ``at_counter``: whoever acts goes there."""

    elder: Elder
    person: Person
    mandate: Mandate | None
    assessment: Assessment | None
    provider: Provider | None
    at_counter: bool = False

    @property
    def by(self) -> str:
        """Who hands it in: the proxy's login, the elder's own, or the clerk at the counter."""
        if self.at_counter:
            return SECOND_CLERK
        return (self.mandate.account if self.mandate else "") or self.elder.own_login or SECOND_CLERK

    @property
    def channel(self) -> str:
        if self.by == SECOND_CLERK:
            return Application.Channel.COUNTER
        return Application.Channel.PROXY if self.mandate and self.mandate.account else Application.Channel.ONLINE


def wish(elder: Elder) -> str:
    """The group that the elder asks for; one in ten leaves it open until the voucher is there."""
    if elder.number % 10 == 7 or "wants" in elder.told:
        return ""
    return str(Category.INSTITUTION_LONG if elder.asks_for_institution else Category.HOME)


def grant_rights(plan: Plan, providers: dict[str, Provider], *, watch: Callable[[int], None] | None = None) -> int:
    """Everybody who applied in the month before is decided on by its first working day; answers how many were."""
    decided = 0
    asking = (elder for elder in plan.people() if elder.applies == "before")
    for chunk in in_chunks(asking, CHUNK):
        with transaction.atomic():
            for applicant in applicants(chunk, providers):
                _one(plan, applicant)
                decided += 1
        if watch:
            watch(len(chunk))
    return decided


def applicants(chunk: Sequence[Elder], providers: dict[str, Provider]) -> Iterator[Applicant]:
    people = files_of(chunk)
    mandates = mandates_of(list(people.values()))
    results = {
        row.person_id: row
        for row in Assessment.rows.filter(
            county=COUNTY, person__in=[each.id for each in people.values()], state="effective"
        ).order_by("id")
    }
    for elder in chunk:
        person = people[elder.number]
        yield Applicant(elder, person, mandates.get(person.id), results.get(person.id), providers.get(elder.house))


def hand_in(applicant: Applicant, *, at: datetime, on: date, dependent: Collection[str] = ()) -> Application:
    """Open the application and hand it in, under the login of whoever applies; ``dependent``: their own first look."""
    draft = apply.open_application(
        person=applicant.person,
        policy=POLICY,
        channel=applicant.channel,
        mandate=applicant.mandate,
        category=wish(applicant.elder),
        provider=applicant.provider,
        at=at,
        on=on,
        by=applicant.by,
    )
    if dependent:
        draft = apply.rate_self(application=draft, dependent=dependent, at=at, by=applicant.by)
    return apply.submit(application=draft, pledge_signed_on=on, at=at, on=on, by=applicant.by)


def decide(application: Application, *, reviewed_on: date, approved_on: date) -> None:
    """The clerk reviews what was determined; the approver approves, or refuses with the reason."""
    reviewed = review.review(application=application, at=moment(reviewed_on, 15), on=reviewed_on, by=CLERK)
    at = moment(approved_on, 10)
    determination = reviewed.determination
    if determination is not None and determination.outcome == Determination.Outcome.ENTITLED:
        approve.approve(application=reviewed, at=at, on=approved_on, by=APPROVER)
    else:
        approve.refuse(application=reviewed, because=NOT_ENTITLED, at=at, on=approved_on, by=APPROVER)


def _one(plan: Plan, applicant: Applicant) -> None:
    on = plan.applied_on(applicant.elder)
    at = moment(on, 9 + applicant.elder.number % 8, applicant.elder.number % 60)
    handed_in = hand_in(applicant, at=at, on=on)
    if applicant.assessment is not None:
        handed_in = assess.attach(application=handed_in, assessment=applicant.assessment, at=at, on=on, by=CLERK)
    determined = determine.determine(application=handed_in, at=at, on=on, by=CLERK)
    decide(determined, reviewed_on=plan.reviewed_on, approved_on=plan.approved_on)
