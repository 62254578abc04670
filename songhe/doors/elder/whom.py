"""Whose pages are open: one's own, those of an elder one acts for, or those of somebody one helps at a counter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from django.http import Http404

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import Scope, appointments
from songhe.doors.may import NOT_ALLOWED
from songhe.doors.shell.request import DoorRequest
from songhe.entitlement.models import Application
from songhe.kernel import place_code
from songhe.kernel.month import age_on
from songhe.kernel.refusal import reason
from songhe.person import assistance
from songhe.person.mandate import ACTS, AFTER_DEATH, acts_on, held_by
from songhe.person.models import Assistance, Mandate, Person
from songhe.trail.note import note

CHOSEN = "elder_whom"

#: Whoever helps at a counter never confirms a service and never shows the code in the person's stead.
NOT_FOR_HELPERS = frozenset({"confirm", "show_code"})
EVERYTHING = frozenset(ACTS)

NOT_BOUND = reason(
    "elder.nobody",
    zh="您的账号还没有对应的人员档案，也没有代办任何老人。",
    en="Your account stands for nobody on file yet, and acts for nobody.",
    status=404,
)
NOT_CONFIRMED = reason(
    "elder.not_confirmed",
    zh="协助办理须先由本人确认：短信验证码，或本人签字的确认单照片。",
    en="The person has to confirm first: by a code on their telephone, or a photograph of the form they signed.",
    status=409,
)


@dataclass(frozen=True)
class Whom:
    """The person whose pages these are. ``mandate`` is what a proxy acts under; with neither it is one's own file.

    ``acts`` are those of ``songhe.person.mandate.ACTS`` that are allowed here and now.
    """

    person: Person
    mandate: Mandate | None
    acts: frozenset[str]
    assistance: Assistance | None = None

    @property
    def own(self) -> bool:
        return self.mandate is None and self.assistance is None

    @property
    def channel(self) -> str:
        """How what is done here reaches the county: one of ``Application.Channel``."""
        if self.assistance is not None:
            counter = self.assistance.channel == Assistance.Channel.COUNTER
            return Application.Channel.COUNTER if counter else Application.Channel.ASSISTED
        return Application.Channel.PROXY if self.mandate is not None else Application.Channel.ONLINE

    @property
    def scope(self) -> Scope:
        """This one person, for reads that want a scope."""
        return Scope(person_ids=(self.person.id,), purpose="elder")

    def may(self, act: str) -> bool:
        return act in self.acts


def account_of(request: DoorRequest) -> Account:
    """Who is signed in; the views are open to nobody else."""
    assert isinstance(request.user, Account)
    return request.user


def everybody(request: DoorRequest) -> list[Whom]:
    """All whose pages this account may open: its own file first, then the elders it acts for, by mandate."""
    kept: list[Whom] | None = getattr(request, "_elder_everybody", None)
    if kept is None:
        kept = _own(request) + _mandated(request)
        request._elder_everybody = kept  # type: ignore[attr-defined]
    return kept


def whom(request: DoorRequest) -> Whom:
    """Whose pages are open: whom a helper helps, else who was chosen, else the first.

    Somebody chosen whom the account may no longer reach is forgotten. Refuses with ``elder.nobody`` (404).
    """
    kept: Whom | None = getattr(request, "_elder_whom", None)
    if kept is None:
        kept = request._elder_whom = _helped(request) or _chosen(request)  # type: ignore[attr-defined]
    return kept


def choose(request: DoorRequest, person_id: UUID) -> Whom:
    """Open somebody's pages from now on. Whoever is out of reach is not there (404), and the asking is noted."""
    for one in everybody(request):
        if one.person.id == person_id:
            request.session[CHOSEN] = str(person_id)
            request._elder_whom = one  # type: ignore[attr-defined]
            return one
    elsewhere = Person.rows.filter(id=person_id).first()
    if elsewhere is not None:
        out_of_reach(request, county=elsewhere.county, subject="person", subject_id=elsewhere.id)
    raise Http404


def require_act(found: Whom, act: str) -> Whom:
    """Refuses with ``door.not_allowed`` what the mandate does not name, or a helper may not do."""
    if act not in found.acts:
        zh, en = ACTS[act]
        raise NOT_ALLOWED(act=zh, act_en=en)
    return found


def require_confirmed(found: Whom) -> Whom:
    """What binds the person needs their own yes when somebody helps. Refuses with ``elder.not_confirmed``."""
    if found.assistance is not None and not found.assistance.confirmed:
        raise NOT_CONFIRMED("confirmed")
    return found


def noted(request: DoorRequest, found: Whom, act: str, *, subject: str = "person", subject_id: Any = None) -> None:
    """That somebody helped with this, or acted under a mandate, stands in the trail beside what they did."""
    if found.own:
        return
    helped = found.assistance
    note(
        county=found.person.county,
        at=request.at,
        actor=account_of(request).username,
        act="elder.assisted" if helped else "elder.by_proxy",
        subject=subject,
        subject_id=subject_id or found.person.id,
        behalf_of=found.person.id,
        request=request.request_id,
        did=act,
        **(
            {"assistance": str(helped.id), "channel": helped.channel, "confirmed": helped.confirmed}
            if helped
            else {"mandate": str(found.mandate.id) if found.mandate else ""}
        ),
    )


def out_of_reach(request: DoorRequest, *, county: str, subject: str, subject_id: UUID | str) -> NoReturn:
    """Somebody else's row is not there; that it was asked for stands in its county's trail."""
    note(
        county=county,
        at=request.at,
        actor=account_of(request).username,
        act="door.out_of_reach",
        subject=subject,
        subject_id=subject_id,
        request=request.request_id,
        route=request.resolver_match.route if request.resolver_match else "",
    )
    raise Http404


def noted_read(request: DoorRequest, found: Whom, act: str) -> None:
    """That a proxy or a helper looked at somebody's file; one's own looks are nobody's business."""
    if found.own:
        return
    note(
        county=found.person.county,
        at=request.at,
        actor=account_of(request).username,
        act=act,
        subject="person",
        subject_id=found.person.id,
        request=request.request_id,
    )


def helping_at(request: DoorRequest) -> list[str]:
    """The beginnings of place codes at which this account helps people: its offices as a clerk."""
    held = appointments(account_of(request), request.on, roles=[Role.COUNTY_CLERK.value])
    return sorted({place_code.prefix(one.place) for one in held})


def reaches(prefixes: list[str], person: Person) -> bool:
    """Whether the person belongs to the county of such an office, and to its town or village if it is one's."""
    return any(
        person.place.startswith(prefix) if len(prefix) > 6 else person.county.startswith(prefix) for prefix in prefixes
    )


def _helped(request: DoorRequest) -> Whom | None:
    account = account_of(request)
    prefixes = helping_at(request)
    if not prefixes:
        return None
    row = assistance.under_way(account.username, counties={prefix[:6] for prefix in prefixes})
    if row is None or not reaches(prefixes, row.person):
        return None
    return Whom(row.person, None, EVERYTHING - NOT_FOR_HELPERS, row)


def _chosen(request: DoorRequest) -> Whom:
    found = everybody(request)
    if not found:
        raise NOT_BOUND()
    wanted = request.session.get(CHOSEN)
    for one in found:
        if str(one.person.id) == wanted:
            return one
    if wanted is not None:
        del request.session[CHOSEN]
    # A daughter comes for her mother: with a file of her own but no age for it, the first elder's pages open.
    elders = [one for one in found if one.mandate is not None]
    return elders[0] if elders and found[0].own and not _is_elder(found[0].person, request) else found[0]


def _is_elder(person: Person, request: DoorRequest) -> bool:
    return age_on(person.birth_date, request.on) >= 60


def _own(request: DoorRequest) -> list[Whom]:
    held = appointments(account_of(request), request.on, roles=[Role.CITIZEN.value])
    ids = [one.person_id for one in held if one.person_id is not None]
    if not ids:
        return []
    files = {one.id: one for one in Person.rows.filter(id__in=ids)}
    mine = [_as_it_is_now(files[one]) for one in dict.fromkeys(ids) if one in files]
    # Whoever holds the telephone of somebody who died acts no more in their name.
    return [Whom(one, None, AFTER_DEATH if one.died_on else EVERYTHING) for one in mine]


def _as_it_is_now(person: Person) -> Person:
    """After a move the file in the new county."""
    if person.closed_on is None or person.identity is None:
        return person
    return Person.rows.filter(identity=person.identity, closed_on=None).order_by("-opened_on").first() or person


def _mandated(request: DoorRequest) -> list[Whom]:
    found: dict[UUID, Whom] = {}
    for row in held_by(account_of(request).username, request.on):
        acts = acts_on(row, request.on)
        before = found.get(row.person_id)
        if acts and before is None:
            found[row.person_id] = Whom(row.person, row, acts)
    return list(found.values())
