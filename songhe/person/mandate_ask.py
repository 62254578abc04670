"""Somebody asks to act for an elder, and a clerk looks at what they bring. 代办申请"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from songhe.access.scope import Scope, scoped
from songhe.document.models import StoredFile
from songhe.kernel.refusal import reason
from songhe.person.asked import Asked
from songhe.person.details import read_name, read_phone
from songhe.person.event import ALREADY_DEAD
from songhe.person.mandate import OWN_PROXY, check_acts, give, last_day
from songhe.person.models import Mandate, MandateAsk, Person
from songhe.person.register import locked
from songhe.person.states import MANDATE_ASK
from songhe.provider.models import Provider

ASKED_ALREADY = reason(
    "person.mandate_asked",
    zh="已经申请过代办这位老人，正等窗口核实。",
    en="You have asked to act for this person already; the counter is looking at it.",
    status=409,
)
OWN_ASK = reason(
    "person.mandate_own_ask",
    zh="自己提出的代办申请，要由别人核实。",
    en="Who asks to act for somebody does not decide it.",
    status=403,
)

_S = MandateAsk.State
ASKED = Asked(
    model=MandateAsk,
    states=MANDATE_ASK,
    asker="account",
    own=OWN_ASK,
    refused="person.refuse_mandate",
    withdrawn="person.withdraw_mandate_ask",
    told=lambda row: {"asked": str(row.id), "relation": row.relation, "acts": row.acts},
)
#: A clerk says no, and why; who asked takes it back.
refuse, withdraw = ASKED.refuse, ASKED.withdraw


def ask(
    *,
    person: Person,
    proxy: UUID,
    proxy_name: str,
    relation: str,
    acts: Collection[str],
    account: str,
    at: datetime,
    on: date,
    valid_to: date | None = None,
    proxy_phone: str = "",
    provider: Provider | None = None,
    paper: StoredFile | None = None,
) -> MandateAsk:
    """Ask to act for a person without their own code; once at a time. Nothing may be done until a clerk grants it.

    Refuses with ``person.unknown_relation``, ``.acts_missing``, ``.unknown_act``, ``.proxy_provider_missing``,
    ``.staff_never_confirm``, ``.own_proxy``, ``.mandate_asked``, ``.file_closed`` or ``.already_dead``.
    """
    chosen = check_acts(acts, relation, provider)
    with transaction.atomic():
        person = locked(person)
        if person.died_on is not None:
            raise ALREADY_DEAD("person", died_on=person.died_on)
        if proxy == person.identity:
            raise OWN_PROXY("proxy")
        try:
            with transaction.atomic():
                made = MandateAsk.objects.create(
                    county=person.county,
                    person=person,
                    proxy_identity=proxy,
                    proxy_name=read_name(proxy_name),
                    proxy_phone=read_phone(proxy_phone),
                    account=account,
                    relation=relation,
                    provider=provider,
                    acts=chosen,
                    valid_to=valid_to or last_day(on),
                    paper=paper,
                    asked_at=at,
                )
        except IntegrityError:
            raise ASKED_ALREADY("person") from None
        ASKED.note(made, "person.ask_mandate", at=at, by=account)
    return made


def grant(*, asked: MandateAsk, evidence: str, most_elders: int | None, on: date, at: datetime, by: str) -> Mandate:
    """A clerk who has seen the evidence lets it be: the mandate holds from today.

    Refuses with ``person.wrong_state``, ``.mandate_own_ask`` and as ``songhe.person.mandate.give`` does.
    """
    with transaction.atomic():
        found = ASKED.locked(asked, by)
        MANDATE_ASK.move(found, "grant")
        found.mandate = give(
            person=found.person,
            proxy=found.proxy_identity,
            proxy_name=found.proxy_name,
            relation=found.relation,
            acts=found.acts,
            evidence=evidence,
            valid_from=on,
            valid_to=max(found.valid_to, on),
            most_elders=most_elders,
            provider=found.provider,
            account=found.account,
            proxy_phone=found.proxy_phone,
            at=at,
            by=by,
        )
        ASKED.decided(found, "person.grant_mandate", evidence, at=at, by=by, also=("mandate",))
    return found.mandate


def asked_by(account: str) -> list[MandateAsk]:
    """What a login has asked for and nobody decided."""
    rows = MandateAsk.objects.filter(account=account, state=_S.WAITING).exclude(account="")
    return list(rows.select_related("person").order_by("asked_at", "id"))


def waiting(scope: Scope) -> QuerySet[MandateAsk]:
    """What waits for a clerk of the scope, the oldest first."""
    rows = MandateAsk.objects.filter(scoped(MandateAsk, scope), state=_S.WAITING)
    return rows.select_related("person", "provider", "paper").order_by("asked_at", "id")
