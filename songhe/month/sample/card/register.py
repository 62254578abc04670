"""Open files and cards of the sample's people, by set: what is so of them, their levels and cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import cache

from django.db import transaction

from songhe.assessment.models import Assessment
from songhe.card.models import Card
from songhe.card.standard import rules_at
from songhe.county.key import new_id
from songhe.document.number import number, of_id, take
from songhe.eligibility.facts import STATUS_FACTS
from songhe.kernel import id_number
from songhe.kernel.month import Month
from songhe.month.sample.card.cast import DAUGHTER, HELPER, MOTHER, clerk_of
from songhe.month.sample.card.logins import open_citizen
from songhe.month.sample.card.people import HELPER as HELPER_NUMBER
from songhe.month.sample.card.people import MOTHER as MOTHER_NUMBER
from songhe.month.sample.card.people import Family, Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.shape import COUNTIES, Which
from songhe.month.sample.earlier import STANDARD, TOTALS
from songhe.month.sample.people import in_chunks
from songhe.month.sample.plan import moment
from songhe.month.sample.register import ACTOR, CHUNK, FAMILY_MAY, SEX, SOURCE
from songhe.person.details import Details
from songhe.person.medium import issue_all
from songhe.person.models import Mandate, Medium, Person, Status
from songhe.person.opening import open_files
from songhe.person.status import facts_of
from songhe.policy.monthly import Monthly, standards
from songhe.provider.models import Provider
from songhe.trail.note import note

#: Families whose login is opened; the others top up at a service that asks for none.
FAMILIES_WITH_LOGIN = 12


def fill(plan: CardPlan, which: Which, body: Provider | None, *, watch: Callable[[int], None] | None = None) -> int:
    """Everybody of a county with their card; answers how many. ``body`` made the assessments that stand already."""
    told = 0
    for chunk in in_chunks(plan.people(which), CHUNK):
        with transaction.atomic():
            _fill_chunk(plan, which, chunk, body)
        told += len(chunk)
        if watch:
            watch(len(chunk))
    return told


def _fill_chunk(plan: CardPlan, which: Which, chunk: Sequence[Holder], body: Provider | None) -> None:
    county, on, at = COUNTIES[which], plan.opened_on, moment(plan.opened_on, 9)
    people = open_files(
        county=county,
        details=[details_of(holder) for holder in chunk],
        on=on,
        at=at,
        by=ACTOR,
        source=SOURCE,
        synthetic=True,
        field_by_field=False,
    )
    note(
        county=county,
        at=at,
        actor=ACTOR,
        act="person.register",
        subject="person",
        subject_id=f"{chunk[0].key}-{chunk[-1].key}",
        source=SOURCE,
        people=len(people),
    )
    _statuses(plan, chunk, people)
    if body is not None:
        _levels(plan, which, chunk, people, body)
    _cards(plan, county, chunk, people)
    for holder, person in zip(chunk, people, strict=True):
        _logins(plan, holder, person)


def details_of(holder: Holder) -> Details:
    """What the register is told of a holder, as ``songhe.person.details.check`` would have read it."""
    return Details(
        name=holder.name,
        birth_date=holder.birth_date,
        id_number=id_number.parse(holder.id_number),
        place=holder.village.code,
        sex=SEX[holder.sex],
        ethnic="01",
        registered_place=holder.village.code,
        address=holder.address,
        phone=holder.phone,
        longitude=holder.longitude,
        latitude=holder.latitude,
        resident_from=holder.resident_from,
    )


def _statuses(plan: CardPlan, chunk: Sequence[Holder], people: Sequence[Person]) -> None:
    since, at = plan.opened_on.replace(month=1, day=1), moment(plan.opened_on, 9)
    Status.objects.bulk_create(
        Status(county=person.county, person_id=person.id, kind=kind, valid_from=since, source=SOURCE, known_at=at)
        for person, holder in zip(people, chunk, strict=True)
        for kind in holder.marks
    )


def _levels(plan: CardPlan, which: Which, chunk: Sequence[Holder], people: Sequence[Person], body: Provider) -> None:
    """Earlier results by set, as a county loads the lists of its assessment body."""
    assessed = [(h, p) for h, p in zip(chunk, people, strict=True) if h.level is not None]
    if not assessed:
        return
    county, month, at = COUNTIES[which], Month.of(plan.opened_on), moment(plan.opened_on, 11)
    first = take(county, "assessment", month, len(assessed))
    Assessment.rows.bulk_create(
        Assessment(
            county=county,
            no=number(county, month, first + place),
            person_id=person.id,
            origin=Assessment.Origin.LOADED,
            state=Assessment.State.EFFECTIVE,
            standard=STANDARD,
            body=body,
            body_name=body.name,
            certificate_no=f"样例评-{holder.key}",
            requested_at=at,
            requested_by=ACTOR,
            assessed_on=plan.opened_on - timedelta(days=10 + holder.number % 200),
            total=sum(TOTALS[holder.level or 0]) // 2,
            initial_level=holder.level,
            final_level=holder.level,
            effective_at=at,
        )
        for place, (holder, person) in enumerate(assessed)
    )
    note(
        county=county,
        at=at,
        actor=ACTOR,
        act="assessment.load",
        subject="assessment.Assessment",
        subject_id=f"{chunk[0].key}-{chunk[-1].key}",
        results=len(assessed),
    )


def _cards(plan: CardPlan, county: str, chunk: Sequence[Holder], people: Sequence[Person]) -> None:
    """A card for each, as opening it would write it, on a number of its own; classes come when all are classified."""
    on, at = plan.opened_on, moment(plan.opened_on, 14)
    media = issue_all(people=people, kind=Medium.Kind.CARD, on=on, at=at, by=clerk_of(county))
    taken: set[str] = set(Card.objects.filter(county=county).values_list("no", flat=True))
    cards = []
    for holder, person, medium in zip(chunk, people, media, strict=True):
        card = Card(
            county=county,
            person=person,
            medium=medium,
            elder=True,
            veteran=holder.veteran,
            bus=holder.bus,
            authorised=Card.Authorised.ELDER,
            opened_by=clerk_of(county),
            opened_at=at,
            opened_on=on,
        )
        while (no := of_id(county, Month.of(on), card.id)) in taken:
            card.id = new_id()
        card.no = no
        taken.add(no)
        cards.append(card)
    Card.objects.bulk_create(cards, batch_size=500)
    note(
        county=county,
        at=at,
        actor=clerk_of(county),
        act="card.open",
        subject="county",
        subject_id=county,
        count=len(cards),
        authorised=Card.Authorised.ELDER,
    )


def met_by(plan: CardPlan, holder: Holder) -> Monthly:
    """The class of a holder and the standards that they are under on the first day of the month."""
    on = plan.charged_on
    return _met(on, holder.county, holder.age(on), holder.marks, holder.level)


@cache
def _met(on: date, county: str, age: int, marks: tuple[str, ...], level: int | None) -> Monthly:
    so = facts_of(marks, county)
    facts: dict[str, object] = {fact: fact in so for fact in STATUS_FACTS}
    facts |= {"age": age, "resident": True, "disability_level": level}
    return standards(policy=rules_at(county, on), facts=facts, on=on)


# --- who has a login ------------------------------------------------------------------------------------------------


def _logins(plan: CardPlan, holder: Holder, person: Person) -> None:
    if holder.which != "home" or holder.number >= FAMILIES_WITH_LOGIN:
        return
    at = moment(plan.opened_on, 15)
    own = {MOTHER_NUMBER: MOTHER, HELPER_NUMBER: HELPER}.get(holder.number)
    if own is not None:
        open_citizen(own, f"样例持卡人 {person.name}", place=person.county, person_id=person.id, at=at)
    if holder.family is not None:
        _family(plan, holder, holder.family, person, at)


def family_login(holder: Holder) -> str:
    """Under which name a holder's family tops up."""
    if holder.which == "home" and holder.number == MOTHER_NUMBER:
        return DAUGHTER
    return f"card-family-{holder.key.lower()}"


def _family(plan: CardPlan, holder: Holder, family: Family, person: Person, at: datetime) -> None:
    file = open_files(
        county=person.county,
        details=[_details_of_family(holder, family)],
        on=plan.opened_on,
        at=at,
        by=ACTOR,
        source=SOURCE,
        synthetic=True,
        field_by_field=False,
    )[0]
    login = family_login(holder)
    open_citizen(login, f"样例家属 {family.name}", place=person.county, person_id=file.id, at=at)
    assert file.identity is not None
    Mandate.objects.create(
        county=person.county,
        person=person,
        proxy_identity=file.identity,
        proxy_name=family.name,
        proxy_phone=family.phone,
        account=login,
        relation=family.relation,
        acts=FAMILY_MAY,
        evidence=f"样例委托书 {holder.key}",
        valid_from=plan.opened_on,
        valid_to=plan.opened_on + timedelta(days=364),
        given_by=ACTOR,
        at=at,
    )


def _details_of_family(holder: Holder, family: Family) -> Details:
    return Details(
        name=family.name,
        birth_date=family.birth_date,
        id_number=id_number.parse(family.id_number),
        place=holder.village.code,
        sex=SEX[family.sex],
        ethnic="01",
        registered_place=holder.village.code,
        address=holder.address,
        phone=family.phone,
    )
