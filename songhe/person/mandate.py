"""Who may act for an elder: for which acts, on what evidence, until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from songhe.kernel.id_number import IdNumber
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.person.deceased import DEATH
from songhe.person.details import read_name, read_phone
from songhe.person.event import ALREADY_DEAD
from songhe.person.identity import identify
from songhe.person.models import Identity, Mandate, Person
from songhe.person.register import REASON_MISSING, locked
from songhe.provider.models import Provider
from songhe.provider.worker import employer_of
from songhe.trail.note import note

#: What may be done for another. ``settle`` is to see through what was served before a death.
ACTS = {
    "apply": ("申请", "apply"),
    "choose": ("选择服务组别和机构", "choose the group and the provider"),
    "claim": ("领取消费券", "claim the voucher"),
    "show_code": ("出示消费码", "show the code"),
    "confirm": ("确认服务", "confirm a service"),
    "card": ("办理爱心卡", "open and keep the love card"),
    "complain": ("投诉和申诉", "complain and appeal"),
    "settle": ("办理去世前的结算", "settle what was served before a death"),
}
AFTER_DEATH = frozenset({"settle", "complain"})

LONGEST_MONTHS = 12

UNKNOWN_RELATION = reason(
    "person.unknown_relation", zh="没有“{relation}”这种代办关系。", en="There is no relation {relation}."
)
UNKNOWN_ACT = reason("person.unknown_act", zh="没有“{act}”这种代办事项。", en="There is no act {act}.")
ACTS_MISSING = reason("person.acts_missing", zh="请选择代办事项。", en="Choose the acts.")
EVIDENCE_MISSING = reason(
    "person.evidence_missing", zh="请写明关系或委托的凭据。", en="Name the evidence of the relation or the mandate."
)
MANDATE_TOO_LONG = reason(
    "person.mandate_too_long",
    zh="代办最长{months}个月，最晚到{latest}。",
    en="A mandate lasts {months} months at most, until {latest}.",
)
PROXY_NUMBER_MISSING = reason(
    "person.proxy_number_missing", zh="代办人须实名，请填写证件号码。", en="A proxy is known by an ID number."
)
PROVIDER_MISSING = reason(
    "person.proxy_provider_missing", zh="机构工作人员代办须指明机构。", en="Staff of a provider name the provider."
)
STAFF_NEVER_CONFIRM = reason(
    "person.staff_never_confirm",
    zh="服务机构工作人员不能代老年人确认服务。",
    en="The staff of a provider never confirm a service for an elder.",
)
OWN_PROXY = reason("person.own_proxy", zh="本人不能做自己的代办人。", en="Nobody is their own proxy.")
PROXY_LIMIT = reason(
    "person.proxy_limit",
    zh="该代办人在本县已代办{held}人，最多{most}人。",
    en="This proxy already acts for {held} people in the county; {most} at most.",
    status=409,
)
MANDATE_EXISTS = reason(
    "person.mandate_exists",
    zh="该代办人从{first}起已有代办，时间重叠。",
    en="This proxy already has a mandate from {first}; the times overlap.",
    status=409,
)
MANDATE_ENDED = reason(
    "person.mandate_ended", zh="代办已于{ended_on}终止。", en="The mandate ended on {ended_on}.", status=409
)
NO_MANDATE = reason(
    "person.no_mandate", zh="没有办理“{act}”的有效代办。", en="There is no mandate in force to {act_en}.", status=403
)


def give(
    *,
    person: Person,
    proxy: IdNumber | UUID,
    proxy_name: str,
    relation: str,
    acts: Collection[str],
    evidence: str,
    valid_from: date,
    at: datetime,
    by: str,
    valid_to: date | None = None,
    most_elders: int | None = None,
    provider: Provider | None = None,
    account: str = "",
    proxy_phone: str = "",
) -> Mandate:
    """A proxy may do these acts for the person, at most twelve months, on evidence, under their real name.

    ``proxy`` is the ID number, or the identity of somebody who proved theirs.
    Relations are those of 001, answers 4 and 6; staff name their provider and never confirm a service. A guardian,
    whose document is the evidence, may act for longer than twelve months.
    ``most_elders`` is how many people one proxy may act for in the county at once, as the pack says (Beijing: 4).
    Refuses with ``person.unknown_relation``, ``person.acts_missing``, ``person.unknown_act``,
    ``person.evidence_missing``, ``person.proxy_number_missing``, ``person.proxy_provider_missing``,
    ``person.staff_never_confirm``, ``person.mandate_too_long``, ``person.own_proxy``, ``person.mandate_exists``,
    ``person.proxy_limit``, ``person.file_closed``, ``person.already_dead``, ``period.ends_before_it_begins`` or the
    codes of names and telephones.
    """
    chosen = check_acts(acts, relation, provider)
    if not evidence.strip():
        raise EVIDENCE_MISSING("evidence")
    name, phone = read_name(proxy_name), read_phone(proxy_phone)
    latest = last_day(valid_from)
    valid_to = latest if valid_to is None else valid_to
    Period(valid_from, valid_to)
    if valid_to > latest and relation != Mandate.Relation.GUARDIAN:
        raise MANDATE_TOO_LONG("valid_to", months=LONGEST_MONTHS, latest=latest)
    identity = proxy if isinstance(proxy, UUID) else identify(proxy)
    if identity is None:
        raise PROXY_NUMBER_MISSING("proxy")
    with transaction.atomic():
        person = locked(person)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        if identity == person.identity:
            raise OWN_PROXY("proxy")
        # Two elders who take the same proxy at once wait here, so that together they do not pass the limit.
        Identity.objects.select_for_update().get(id=identity)
        _refuse_overlap(person, identity, Period(valid_from, valid_to))
        if most_elders is not None:
            _refuse_too_many(person, identity, valid_from, valid_to, most_elders)
        mandate = Mandate.objects.create(
            county=person.county,
            person=person,
            proxy_identity=identity,
            proxy_name=name,
            proxy_phone=phone,
            account=account,
            relation=relation,
            provider=provider,
            acts=chosen,
            evidence=evidence.strip()[:200],
            valid_from=valid_from,
            valid_to=valid_to,
            given_by=by,
            at=at,
        )
        _note("person.give_mandate", mandate, at=at, by=by, relation=relation, acts=chosen)
    return mandate


def end(*, mandate: Mandate, on: date, because: str, at: datetime, by: str) -> Mandate:
    """From ``on`` the proxy acts no more; the elder may end it at any time.

    Refuses with ``person.reason_missing`` or ``person.mandate_ended``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().get(county=mandate.county, id=mandate.id)
        if mandate.ended_on is not None:
            raise MANDATE_ENDED("mandate", ended_on=mandate.ended_on)
        mandate.ended_on, mandate.ended_because = max(on, mandate.valid_from), because.strip()[:80]
        mandate.save(update_fields=["ended_on", "ended_because"])
        _note("person.end_mandate", mandate, at=at, by=by, because=because)
    return mandate


def mandates_on(person: Person, on: date) -> list[Mandate]:
    """The mandates in force on the day, by the day they were given."""
    return list(_in_force(on).filter(county=person.county, person=person).order_by("valid_from", "id"))


def may_act(
    *,
    person: Person,
    act: str,
    on: date,
    account: str = "",
    proxy_identity: UUID | None = None,
    served_by: Provider | None = None,
) -> Mandate | None:
    """The mandate under which a proxy, known by login or identity, may do the act on the day.

    ``served_by`` is the provider of a service to be confirmed: whoever works there or was named by it does not
    confirm it, whatever the mandate says. After a verified death only settling and complaining go on.
    """
    if act not in ACTS or not (account or proxy_identity):
        return None
    who = Q(account=account) if account else Q(proxy_identity=proxy_identity)
    given = Mandate.objects.filter(who, county=person.county, person=person, valid_from__lte=on, valid_to__gte=on)
    for mandate in given.order_by("valid_from", "id"):
        ended = mandate.ended_on is not None and mandate.ended_on <= on
        if ended and not (mandate.ended_because == DEATH and act in AFTER_DEATH):
            continue
        allowed = act in mandate.acts or (mandate.ended_because == DEATH and act == "settle")
        if allowed and not (act == "confirm" and _tied(mandate, served_by, on)):
            return mandate
    return None


def require(
    *,
    person: Person,
    act: str,
    on: date,
    account: str = "",
    proxy_identity: UUID | None = None,
    served_by: Provider | None = None,
) -> Mandate:
    """``may_act``, or refuses with ``person.no_mandate``."""
    mandate = may_act(
        person=person, act=act, on=on, account=account, proxy_identity=proxy_identity, served_by=served_by
    )
    if mandate is None:
        zh, en = ACTS.get(act, (act, act))
        raise NO_MANDATE("mandate", act=zh, act_en=en)
    return mandate


def held_by(account: str, on: date) -> list[Mandate]:
    """The mandates of a login on the day, with their people; after a death those by which it still settles."""
    if not account:
        return []
    by_death = Q(ended_because=DEATH, ended_on__isnull=False)
    not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    rows = Mandate.objects.filter(not_ended | by_death, account=account, valid_from__lte=on, valid_to__gte=on)
    return list(rows.select_related("person").order_by("valid_from", "id"))


def acts_on(mandate: Mandate, on: date) -> frozenset[str]:
    """What the mandate allows on the day; after a verified death only settling and complaining go on."""
    if not mandate.valid_from <= on <= mandate.valid_to:
        return frozenset()
    if mandate.ended_on is None or mandate.ended_on > on:
        return frozenset(mandate.acts)
    return (frozenset(mandate.acts) & AFTER_DEATH) | {"settle"} if mandate.ended_because == DEATH else frozenset()


def elders_of(account: str, on: date) -> list[UUID]:
    """The files that a proxy's login may see on the day, for the scope at the door."""
    given = _in_force(on).filter(account=account).exclude(account="")
    return sorted(given.values_list("person_id", flat=True))


def _in_force(on: date) -> QuerySet[Mandate]:
    not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    return Mandate.objects.filter(not_ended, valid_from__lte=on, valid_to__gte=on)


def check_acts(acts: Collection[str], relation: str, provider: Provider | None) -> list[str]:
    """The acts in their order, if a proxy of this relation may be given them; refuses as ``give`` does."""
    if relation not in Mandate.Relation.values:
        raise UNKNOWN_RELATION("relation", relation=relation)
    for act in acts:
        if act not in ACTS:
            raise UNKNOWN_ACT("acts", act=act)
    if not acts:
        raise ACTS_MISSING("acts")
    if relation == Mandate.Relation.PROVIDER_STAFF:
        if provider is None:
            raise PROVIDER_MISSING("provider")
        if "confirm" in acts:
            raise STAFF_NEVER_CONFIRM("acts")
    return [act for act in ACTS if act in acts]


def _tied(mandate: Mandate, served_by: Provider | None, on: date) -> bool:
    """Whether the proxy stands on the side of a provider: by the mandate, or by working where the service is from."""
    if mandate.relation == Mandate.Relation.PROVIDER_STAFF:
        return True
    if served_by is None:
        return False
    return mandate.provider_id == served_by.pk or employer_of(mandate.account, on).filter(provider=served_by).exists()


def _refuse_overlap(person: Person, identity: UUID, period: Period) -> None:
    given = Mandate.objects.filter(
        county=person.county, person=person, proxy_identity=identity, ended_on=None, valid_from__lte=period.last
    )
    standing = given.filter(valid_to__gte=period.first).first()
    if standing is not None:
        raise MANDATE_EXISTS("proxy", first=standing.valid_from)


def _refuse_too_many(person: Person, identity: UUID, first: date, last: date, most: int) -> None:
    overlapping = Mandate.objects.filter(
        county=person.county, proxy_identity=identity, ended_on=None, valid_from__lte=last, valid_to__gte=first
    )
    held = len(set(overlapping.exclude(person=person).values_list("person_id", flat=True)))
    if held >= most:
        raise PROXY_LIMIT("proxy", held=held, most=most)


def last_day(first: date) -> date:
    """The last day of twelve months: from 10 March 2026 to 9 March 2027."""
    try:
        again = first.replace(year=first.year + 1)
    except ValueError:
        again = date(first.year + 1, 3, 1)
    return again - timedelta(days=1)


def _note(act: str, mandate: Mandate, *, at: datetime, by: str, because: str = "", **detail: Any) -> None:
    note(
        county=mandate.county,
        at=at,
        actor=by,
        act=act,
        subject="person",
        subject_id=mandate.person_id,
        reason=because.strip()[:300],
        mandate=str(mandate.id),
        **detail,
    )
