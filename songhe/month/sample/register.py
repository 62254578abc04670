"""Open the files of the sample's people, by set: elders, who acts for them, and what is so of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from songhe.kernel import id_number
from songhe.month.sample.logins import Login, open_by_set
from songhe.month.sample.people import Elder, Proxy, in_chunks
from songhe.month.sample.plan import Plan, moment
from songhe.month.sample.shape import COUNTY
from songhe.person.details import Details
from songhe.person.mandate import ACTS
from songhe.person.medium import issue_all
from songhe.person.models import Mandate, Medium, Person, Status
from songhe.person.opening import open_files
from songhe.provider.models import Provider
from songhe.trail.note import note

SOURCE = "sample"
ACTOR = "run:sample"
CHUNK = 2_000
SEX = {"female": "2", "male": "1"}

#: What the sample's proxies may do; the staff of a body never confirm a service.
FAMILY_MAY = list(ACTS)
STAFF_MAY = [act for act in ACTS if act != "confirm"]

_NOT_A_STATUS = frozenset({"ordinary"})


@dataclass
class Opened:
    """How far the register is, and which proxies it holds that act for many: by ID number, identity and login."""

    people: int = 0
    proxies: dict[str, tuple[UUID, str]] = field(default_factory=dict)


#: What else is written of the elders of a chunk, by their numbers, in its transaction.
Then = Callable[[Sequence[Elder], dict[int, Person]], None]


def fill(plan: Plan, providers: dict[str, Provider], *, then: Then, watch: Callable[[int], None] | None = None) -> int:
    """Put everybody on the register, in chunks; answers how many people there are, proxies included."""
    opened = Opened()
    for chunk in in_chunks(plan.people(), CHUNK):
        with transaction.atomic():
            people = _fill_chunk(plan, chunk, providers, opened)
            then(chunk, {elder.number: person for elder, person in zip(chunk, people, strict=True)})
        if watch:
            watch(len(chunk))
    return opened.people


def _fill_chunk(plan: Plan, chunk: Sequence[Elder], providers: dict[str, Provider], opened: Opened) -> list[Person]:
    on, at = plan.registered_on, moment(plan.registered_on, 9)
    told: dict[str, Any] = {"county": COUNTY, "on": on, "at": at, "by": ACTOR, "source": SOURCE, "synthetic": True}
    elders = open_files(details=[details_of(elder) for elder in chunk], field_by_field=False, **told)
    new = {
        elder.proxy.id_number: elder for elder in chunk if elder.proxy and elder.proxy.id_number not in opened.proxies
    }
    proxies = open_files(
        details=[_details_of_proxy(elder.proxy, elder) for elder in new.values() if elder.proxy],
        field_by_field=False,
        **told,
    )
    citizens: list[Login] = []
    for person, (number, elder) in zip(proxies, new.items(), strict=True):
        username = ""
        if plan.acts(elder):
            username = elder.told.get("login") or f"proxy-{elder.key.lower()}"
            citizens.append(Login(username, f"样例代办人 {person.name}", person_id=person.id))
        assert person.identity is not None
        opened.proxies[number] = (person.identity, username)
    for person, elder in zip(elders, chunk, strict=True):
        if elder.own_login and plan.acts(elder):
            citizens.append(Login(elder.own_login, f"样例老人 {person.name}", person_id=person.id))
    if citizens:
        open_by_set(citizens, at=at, subject=f"{len(citizens)} citizens")
    in_care = [person for person, elder in zip(elders, chunk, strict=True) if elder.disabled]
    issue_all(people=in_care, kind=Medium.Kind.CARD, on=on, at=at, by=ACTOR)
    _statuses(plan, chunk, elders)
    _mandates(plan, chunk, elders, providers, opened)
    for number, elder in new.items():
        if not _acts_for_many(elder):
            del opened.proxies[number]
    opened.people += len(elders) + len(proxies)
    note(
        county=COUNTY,
        at=at,
        actor=ACTOR,
        act="person.register",
        subject="person",
        subject_id=f"{chunk[0].key}-{chunk[-1].key}",
        source=SOURCE,
        people=len(elders) + len(proxies),
    )
    return elders


def _acts_for_many(elder: Elder) -> bool:
    """Workers of a village and of a body do, and whoever has a login of the cast; a child acts for one elder."""
    proxy = elder.proxy
    return proxy is not None and (proxy.relation in ("village_worker", "provider_staff") or "login" in elder.told)


def details_of(elder: Elder) -> Details:
    """What the register is told of an elder, as ``songhe.person.details.check`` would have read it."""
    return Details(
        name=elder.name,
        birth_date=elder.birth_date,
        id_number=id_number.parse(elder.id_number, elder.id_kind),
        place=elder.village.code,
        sex=SEX[elder.sex],
        ethnic=elder.ethnic,
        registered_place=elder.registered_place,
        address=elder.address,
        phone=elder.phone,
        longitude=elder.longitude,
        latitude=elder.latitude,
        resident_from=elder.resident_from,
    )


def _details_of_proxy(proxy: Proxy, elder: Elder) -> Details:
    return Details(
        name=proxy.name,
        birth_date=proxy.birth_date,
        id_number=id_number.parse(proxy.id_number),
        place=elder.village.code,
        sex=SEX[proxy.sex],
        ethnic="01",
        registered_place=elder.village.code,
        address=f"样例县{elder.village.town_name}{elder.village.name}（虚构）",
        phone=proxy.phone,
    )


def statuses_of(elder: Elder) -> list[tuple[str, dict[str, Any]]]:
    """Kind and detail of everything that is so of an elder: identity class, other programme, LTCI."""
    found: list[tuple[str, dict[str, Any]]] = []
    if elder.identity_class not in _NOT_A_STATUS:
        found.append((elder.identity_class, {}))
    if elder.programme:
        found.append((elder.programme, {}))
    if elder.ltci:
        # A fixed sum is cash to the family and is set against no fee.
        found.append(("ltci_cash" if elder.ltci == "fixed_sum" else "ltci", {"shape": elder.ltci}))
    return found


def _statuses(plan: Plan, chunk: Sequence[Elder], people: Sequence[Person]) -> None:
    since = plan.month.previous.previous.first
    Status.objects.bulk_create(
        Status(
            county=COUNTY,
            person_id=person.id,
            kind=kind,
            valid_from=since,
            detail=detail,
            source=SOURCE,
            known_at=moment(plan.registered_on, 9),
        )
        for person, elder in zip(people, chunk, strict=True)
        for kind, detail in statuses_of(elder)
    )


def _mandates(
    plan: Plan, chunk: Sequence[Elder], people: Sequence[Person], providers: dict[str, Provider], opened: Opened
) -> None:
    first = plan.registered_on
    Mandate.objects.bulk_create(
        Mandate(
            county=COUNTY,
            person_id=person.id,
            proxy_identity=opened.proxies[elder.proxy.id_number][0],
            proxy_name=elder.proxy.name,
            proxy_phone=elder.proxy.phone,
            account=opened.proxies[elder.proxy.id_number][1],
            relation=elder.proxy.relation,
            provider=providers[elder.proxy.provider] if elder.proxy.provider else None,
            acts=STAFF_MAY if elder.proxy.provider else FAMILY_MAY,
            evidence=f"样例委托书 {elder.key}",
            valid_from=first,
            valid_to=first + timedelta(days=364),
            given_by=ACTOR,
            at=moment(first, 9),
        )
        for person, elder in zip(people, chunk, strict=True)
        if elder.proxy
    )
