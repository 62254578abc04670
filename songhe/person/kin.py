"""Who belongs to whom: relatives, and the people of one household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.kernel.id_number import IdNumber
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.person.details import read_name, read_phone
from songhe.person.identity import identify
from songhe.person.models import Household, Kin, Member, Person
from songhe.person.register import locked
from songhe.person.status import SOURCE_MISSING
from songhe.trail.note import note

UNKNOWN_KINSHIP = reason(
    "person.unknown_kinship", zh="没有“{relation}”这种亲属关系。", en="There is no kinship {relation}."
)
OWN_KIN = reason("person.own_kin", zh="本人不是自己的亲属。", en="Nobody is their own relative.")
KIN_ALREADY = reason("person.kin_already", zh="已登记为亲属。", en="They are registered as kin already.", status=409)
OTHER_COUNTY = reason(
    "person.kin_of_other_county",
    zh="亲属的档案在别的县，请填写姓名和证件号码。",
    en="The relative's file is in another county; give name and ID number.",
)
UNKNOWN_ROLE = reason("person.unknown_role", zh="没有“{role}”这种家庭角色。", en="There is no household role {role}.")
IN_HOUSEHOLD = reason(
    "person.in_household",
    zh="已在另一户中，请先迁出。",
    en="The person is in another household; leave it first.",
    status=409,
)
NOT_IN_HOUSEHOLD = reason(
    "person.not_in_household", zh="不在任何一户中。", en="The person is in no household.", status=409
)

#: How the relation looks from the other side.
_SEEN_BACK = {
    Kin.Relation.SPOUSE: Kin.Relation.SPOUSE,
    Kin.Relation.SIBLING: Kin.Relation.SIBLING,
    Kin.Relation.CHILD: Kin.Relation.PARENT,
    Kin.Relation.PARENT: Kin.Relation.CHILD,
    Kin.Relation.GRANDCHILD: Kin.Relation.GRANDPARENT,
    Kin.Relation.GRANDPARENT: Kin.Relation.GRANDCHILD,
    Kin.Relation.CHILD_IN_LAW: Kin.Relation.PARENT_IN_LAW,
    Kin.Relation.PARENT_IN_LAW: Kin.Relation.CHILD_IN_LAW,
    Kin.Relation.OTHER: Kin.Relation.OTHER,
}


def add_kin(
    *,
    person: Person,
    relation: str,
    source: str,
    at: datetime,
    by: str,
    relative: Person | None = None,
    name: str = "",
    number: IdNumber | None = None,
    phone: str = "",
    in_emergency: bool = False,
) -> Kin:
    """Somebody is the person's ``relation`` (child: the relative is a child of the person).

    A relative with a file of the same county is seen from both sides; others are known by name, and by identity if
    they have a number. Refuses with ``person.unknown_kinship``, ``person.source_missing``, ``person.own_kin``,
    ``person.kin_of_other_county``, ``person.kin_already``, ``person.file_closed`` or the codes of names and
    telephones.
    """
    if relation not in Kin.Relation.values:
        raise UNKNOWN_KINSHIP("relation", relation=relation)
    if not source.strip():
        raise SOURCE_MISSING("source")
    identity = relative.identity if relative else identify(number) if number else None
    told: dict[str, Any] = {"in_emergency": in_emergency, "source": source.strip()[:80], "known_at": at}
    told["phone"] = read_phone(phone or (relative.phone if relative else ""))
    told["name"] = relative.name if relative else read_name(name)
    with transaction.atomic():
        person = locked(person)
        _refuse_itself(person, relative, identity)
        rows = [Kin(county=person.county, person=person, relative=relative, identity=identity, relation=relation)]
        if relative is not None:
            back = _SEEN_BACK[Kin.Relation(relation)]
            rows.append(Kin(county=person.county, person=relative, relative=person, relation=back))
            rows[1].identity = person.identity
        for field, value in told.items():
            setattr(rows[0], field, value)
        if relative is not None:
            rows[1].name, rows[1].phone = person.name, person.phone
            rows[1].source, rows[1].known_at = rows[0].source, at
        try:
            with transaction.atomic():
                Kin.objects.bulk_create(rows)
        except IntegrityError:
            raise KIN_ALREADY("relative") from None
        _note("person.add_kin", person, at=at, by=by, kin=str(rows[0].id), relation=relation)
    return rows[0]


def remove_kin(*, kin: Kin, because: str, at: datetime, by: str) -> None:
    """They are no kin; the row goes on both sides, the trail keeps that it was there."""
    with transaction.atomic():
        person = locked(kin.person)
        both = Q(id=kin.id)
        if kin.relative_id is not None:
            both |= Q(person=kin.relative_id, relative=kin.person_id)
        Kin.objects.filter(both, county=kin.county).delete()
        _note("person.remove_kin", person, at=at, by=by, because=because, kin=str(kin.id))


def kin_of(person: Person) -> list[Kin]:
    """The person's relatives; those to call in an emergency first."""
    return list(Kin.objects.filter(county=person.county, person=person).order_by("-in_emergency", "relation", "id"))


def is_kin(person: Person, identity: UUID) -> bool:
    """Whether the human with this identity is registered as a relative: such a one does not decide about the person."""
    return Kin.objects.filter(county=person.county, person=person, identity=identity).exists()


def form_household(
    *, head: Person, members: Iterable[tuple[Person, str]], on: date, at: datetime, by: str
) -> Household:
    """A household at the head's place. Refuses with ``person.unknown_role``, ``person.in_household``,
    ``person.kin_of_other_county`` or ``person.file_closed``."""
    with transaction.atomic():
        head = locked(head)
        household = Household.objects.create(county=head.county, place=head.place, address=head.address, formed_on=on)
        for person, role in [(head, str(Member.Role.HEAD)), *members]:
            join_household(household=household, person=person, role=role, on=on, at=at, by=by)
    return household


def join_household(*, household: Household, person: Person, role: str, on: date, at: datetime, by: str) -> Member:
    """The person belongs to the household from a day on. Refuses as ``form_household`` does."""
    if role not in Member.Role.values:
        raise UNKNOWN_ROLE("role", role=role)
    if person.county != household.county:
        raise OTHER_COUNTY("person")
    with transaction.atomic():
        person = locked(person)
        try:
            with transaction.atomic():
                member = Member.objects.create(
                    county=person.county, household=household, person=person, role=role, valid_from=on
                )
        except IntegrityError:
            raise IN_HOUSEHOLD("person") from None
        _note("person.join_household", person, at=at, by=by, household=str(household.id), role=role)
    return member


def leave_household(*, person: Person, last_day: date, at: datetime, by: str) -> Member:
    """The last day in the household; without anybody left it is dissolved.

    Refuses with ``person.not_in_household`` or ``period.ends_before_it_begins``.
    """
    with transaction.atomic():
        standing = Member.objects.select_for_update().filter(county=person.county, person=person, valid_to=None)
        member = standing.first()
        if member is None:
            raise NOT_IN_HOUSEHOLD("person")
        Period(member.valid_from, last_day)
        member.valid_to = last_day
        member.save(update_fields=["valid_to"])
        household = {"county": person.county, "household": member.household_id}
        if not Member.objects.filter(**household, valid_to=None).exists():
            Household.objects.filter(county=person.county, id=member.household_id).update(dissolved_on=last_day)
        _note("person.leave_household", person, at=at, by=by, household=str(member.household_id))
    return member


def household_of(person: Person, on: date) -> list[Member]:
    """Everybody of the person's household on the day, the head first, the person included."""
    holds = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    in_county = Member.objects.filter(holds, county=person.county, valid_from__lte=on)
    own = in_county.filter(person=person).first()
    if own is None:
        return []
    members = in_county.filter(household=own.household_id).select_related("person").order_by("valid_from", "id")
    return sorted(members, key=lambda member: member.role != Member.Role.HEAD)


def _refuse_itself(person: Person, relative: Person | None, identity: UUID | None) -> None:
    if relative is not None and relative.county != person.county:
        raise OTHER_COUNTY("relative")
    if (relative is not None and relative.id == person.id) or (identity is not None and identity == person.identity):
        raise OWN_KIN("relative")


def _note(act: str, person: Person, *, at: datetime, by: str, because: str = "", **detail: Any) -> None:
    note(
        county=person.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=person.id,
        reason=because.strip()[:300],
        **detail,
    )
