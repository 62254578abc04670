"""The white list of merchants: who may take the card in a county, for what, and until when. 爱心商家"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.provider.admit import REASON_MISSING, SAME_PERSON
from songhe.provider.help import HELPS, require_help
from songhe.provider.models import Kind, Partner, Provider, Suspension
from songhe.provider.states import PARTNER
from songhe.provider.suspend import SUSPENDED, suspension_on
from songhe.trail.note import note

HELPS_MISSING = reason("provider.helps_missing", zh="请选择经营类别。", en="Choose what the merchant sells.")
NO_POSITION = reason(
    "provider.no_position",
    zh="商家要有地图位置（经纬度）。",
    en="A merchant needs its position for the map.",
)
ASSESSES = reason(
    "provider.assessment_body_sells",
    zh="评估机构不能成为爱心商家。",
    en="An assessment body does not become a partner merchant.",
    status=409,
)
PARTNER_ALREADY = reason(
    "provider.partner_already",
    zh="该商家在{county}已在名单中，或正等待审批。",
    en="The merchant is on the list of {county} already, or waits for a decision.",
    status=409,
)
NOT_A_PARTNER = reason(
    "provider.not_a_partner",
    zh="“{name}”在{on}不在{county}的爱心商家名单中。",
    en="{name} is not on the list of partner merchants of {county} on {on}.",
    status=409,
)
NOT_FOR_THIS = reason(
    "provider.partner_not_for_this",
    zh="“{name}”没有获准经营“{help_zh}”。",
    en="{name} is not admitted for {help_en}.",
    status=409,
)


def propose_partner(
    *, provider: Provider, county: str, helps: Collection[str], valid_from: date, at: datetime, by: str
) -> Partner:
    """One person puts a merchant forward for a county's white list, for these kinds of help or goods (002).

    It needs a position for the map; whoever assesses sells nothing. Refuses with ``provider.helps_missing``,
    ``provider.unknown_help``, ``provider.no_position``, ``provider.assessment_body_sells`` or
    ``provider.partner_already``.
    """
    chosen = [each for each in HELPS if each in helps]
    for each in helps:
        require_help(each, field="helps")
    if not chosen:
        raise HELPS_MISSING("helps")
    if provider.kind == Kind.ASSESSMENT_BODY:
        raise ASSESSES("provider")
    if provider.longitude is None or provider.latitude is None:
        raise NO_POSITION("provider")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Partner.objects.create(
                    provider=provider,
                    county=county,
                    helps=chosen,
                    valid_from=valid_from,
                    proposed_by=by,
                    proposed_at=at,
                )
        except IntegrityError:
            raise PARTNER_ALREADY("provider", county=county) from None
        _note("provider.propose_partner", made, at=at, by=by, helps=chosen)
    return made


def admit_partner(*, partner: Partner, at: datetime, by: str) -> Partner:
    """Another person takes the merchant onto the list. Refuses with ``provider.same_person`` or
    ``provider.wrong_state``."""
    return _decide(partner, "admit", "", at, by)


def decline_partner(*, partner: Partner, because: str, at: datetime, by: str) -> Partner:
    """Another person keeps the merchant off the list and says why; it may be put forward again. Refuses with
    ``provider.reason_missing``, ``provider.same_person`` or ``provider.wrong_state``."""
    if not because.strip():
        raise REASON_MISSING("because")
    return _decide(partner, "decline", because, at, by)


def leave_partner(*, partner: Partner, last_day: date, because: str, at: datetime, by: str) -> Partner:
    """The merchant leaves, or is sent off, the list after a last day on which the card is still taken; what was sold
    until then is settled.

    Refuses with ``provider.reason_missing``, ``provider.wrong_state`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        partner = _locked(partner)
        PARTNER.move(partner, "leave")
        Period(partner.valid_from, last_day)
        partner.last_day, partner.because = last_day, because.strip()[:300]
        partner.save(update_fields=["state", "last_day", "because"])
        _note("provider.leave_partner", partner, at=at, by=by, reason=because, last_day=str(last_day))
    return partner


def partners_on(county: str, on: date, *, help: str | None = None) -> QuerySet[Partner]:
    """The merchants that take the card on the day, for the map: on the list and not suspended. One statement."""
    suspended = Suspension.objects.filter(
        Q(until__isnull=True) | Q(until__gte=on), provider=OuterRef("provider"), county=county, since__lte=on
    )
    found = _listed(county, on).exclude(Exists(suspended)).select_related("provider")
    if help is not None:
        found = found.filter(pk__in=[one.pk for one in found if help in one.helps])
    return found.order_by("provider__name", "id")


def require_partner(provider: Provider, county: str, on: date, *, help: str | None = None) -> Partner:
    """The place on the list by which the merchant takes the card on the day.

    Refuses with ``provider.not_a_partner``, ``provider.suspended`` or ``provider.partner_not_for_this``.
    """
    found = _listed(county, on).filter(provider=provider).order_by("-id").first()
    if found is None:
        raise NOT_A_PARTNER("provider", name=provider.name, county=county, on=on)
    held = suspension_on(provider, county, on)
    if held is not None:
        raise SUSPENDED("provider", name=provider.name, county=county, since=held.since)
    if help is not None and help not in found.helps:
        said = HELPS[require_help(help)]
        raise NOT_FOR_THIS("help", name=provider.name, help_zh=said[0], help_en=said[1])
    return found


def is_partner(provider: Provider, county: str, on: date) -> bool:
    """Whether the merchant is on the county's list on the day, for whatever it is."""
    return _listed(county, on).filter(provider=provider).exists()


def _listed(county: str, on: date) -> QuerySet[Partner]:
    admitted = Q(state=Partner.State.ADMITTED) | Q(state=Partner.State.LEFT, last_day__gte=on)
    return Partner.objects.filter(admitted, county=county, valid_from__lte=on)


def _locked(partner: Partner) -> Partner:
    return Partner.objects.select_for_update().get(pk=partner.pk)


def _decide(partner: Partner, verb: str, because: str, at: datetime, by: str) -> Partner:
    with transaction.atomic():
        partner = _locked(partner)
        PARTNER.move(partner, verb)
        if by == partner.proposed_by:
            raise SAME_PERSON("by")
        partner.decided_by, partner.decided_at, partner.because = by, at, because.strip()[:300]
        partner.save(update_fields=["state", "decided_by", "decided_at", "because"])
        _note(f"provider.{verb}_partner", partner, at=at, by=by, reason=because)
    return partner


def _note(act: str, partner: Partner, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=partner.county,
        at=at,
        actor=by,
        act=act,
        subject="partner",
        subject_id=str(partner.pk),
        reason=reason,
        provider=partner.provider_id,
        **detail,
    )
