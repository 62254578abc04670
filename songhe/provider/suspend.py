"""Stop a provider for a while, without putting those who live there on the street."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.provider.admit import NOT_LISTED, REASON_MISSING, is_listed
from songhe.provider.models import Provider, Suspension
from songhe.trail.note import note

ALREADY_SUSPENDED = reason(
    "provider.already_suspended",
    zh="该机构在{county}已被暂停。",
    en="The body is already suspended in {county}.",
    status=409,
)
NOT_SUSPENDED = reason(
    "provider.not_suspended", zh="暂停已于{last}解除。", en="The suspension ended on {last}.", status=409
)
SUSPENDED = reason(
    "provider.suspended",
    zh="“{name}”从{since}起在{county}被暂停。",
    en="{name} is suspended in {county} since {since}.",
    status=409,
)


def suspend(
    *,
    provider: Provider,
    county: str,
    since: date,
    because: str,
    at: datetime,
    by: str,
    residents_until: date | None = None,
) -> Suspension:
    """From a day on no new elders and no bills for services, in this county.

    Residents are still served and billed, until ``residents_until`` or, without one, until they have another place.
    Refuses with ``provider.reason_missing``, ``provider.already_suspended`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    if residents_until is not None:
        Period(since, residents_until)
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if is_suspended(provider, county, since):
            raise ALREADY_SUSPENDED("provider", county=county)
        try:
            with transaction.atomic():
                made = Suspension.objects.create(
                    provider=provider,
                    county=county,
                    since=since,
                    residents_until=residents_until,
                    because=because.strip()[:300],
                    by=by,
                    at=at,
                )
        except IntegrityError:
            raise ALREADY_SUSPENDED("provider", county=county) from None
        _note("provider.suspend", made, at=at, by=by)
    return made


def lift(*, suspension: Suspension, last_day: date, because: str, at: datetime, by: str) -> Suspension:
    """The last day of a suspension. Refuses with ``provider.reason_missing``, ``provider.not_suspended`` or
    ``period.ends_before_it_begins``."""
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        suspension = Suspension.objects.select_for_update().get(pk=suspension.pk)
        if suspension.until is not None:
            raise NOT_SUSPENDED("suspension", last=suspension.until)
        Period(suspension.since, last_day)
        suspension.until = last_day
        suspension.save(update_fields=["until"])
        _note("provider.lift", suspension, at=at, by=by, because=because)
    return suspension


def suspension_on(provider: Provider, county: str, on: date) -> Suspension | None:
    """The suspension that holds in the county on the day."""
    held = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
    return held.filter(provider=provider, county=county).order_by("since").first()


def is_suspended(provider: Provider, county: str, on: date, *, resident: bool = False) -> bool:
    """Whether a suspension stands in the way on the day; for a resident it does so only after the day until which
    residents may stay, and without such a day not at all."""
    held = suspension_on(provider, county, on)
    if held is None:
        return False
    return not resident or (held.residents_until is not None and on > held.residents_until)


def require_open(provider: Provider, county: str, category: str | None, on: date, *, resident: bool = False) -> None:
    """Refuses with ``provider.not_listed`` or ``provider.suspended`` where the body may not serve on the day.

    A resident of a suspended home whose listing ran out is refused too: a listing ends by decision, and its last day
    is set so that residents can move first.
    """
    if not is_listed(provider, county, category, on):
        raise NOT_LISTED("provider", name=provider.name, county=county, on=on)
    if is_suspended(provider, county, on, resident=resident):
        held = suspension_on(provider, county, on)
        assert held is not None
        raise SUSPENDED("provider", name=provider.name, county=county, since=held.since)


def _note(act: str, suspension: Suspension, *, at: datetime, by: str, because: str = "") -> None:
    note(
        county=suspension.county,
        at=at,
        actor=by,
        act=act,
        subject="provider",
        subject_id=str(suspension.provider_id),
        reason=because or suspension.because,
    )
