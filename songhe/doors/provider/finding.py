"""Finding somebody whom the provider has not served before: only a whole number and the name together find anybody."""

from __future__ import annotations

from songhe.doors.provider.desk import Desk
from songhe.grant.models import Grant
from songhe.kernel import id_number
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.person.identity import find as find_identity
from songhe.person.medium import medium_of
from songhe.person.models import Person

NOBODY = reason(
    "desk.nobody",
    zh="没有找到：请核对号码和姓名，两样都要对得上。",
    en="Nobody found: check the number and the name; both have to agree.",
    status=404,
)


def find_person(desk: Desk, typed: str, name: str) -> Person:
    """Somebody by a whole number (ID, voucher, card) and the name that goes with it; only both together find anybody.

    Refuses with ``desk.nobody`` whichever of the two is wrong.
    """
    person = _by_number(desk, fold(typed).replace("-", ""))
    if person is None or "".join(person.name.split()) != "".join(name.split()) or person.closed_on is not None:
        raise NOBODY("number")
    return person


def _by_number(desk: Desk, typed: str) -> Person | None:
    people = Person.rows.filter(county__in=desk.counties)
    if len(typed) in (21, 24) and typed.isdigit():
        grant = Grant.objects.filter(county=typed[:6], no=typed).values_list("person_id", flat=True).first()
        return people.filter(county=typed[:6], id=grant).first() if grant else None
    try:
        if len(typed) in (15, 18) and typed[:-1].isdigit():
            identity = find_identity(id_number.parse(typed))
            return people.filter(identity=identity, closed_on=None).first() if identity else None
        medium = medium_of(typed, desk.counties[0])
    except Refusal:
        return None
    return people.filter(county=medium.county, id=medium.person_id).first()
