"""A provider leaves a county, by the decision of two people, and nobody is left without a place. 退出"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.examine.hand_over import unplaced
from songhe.examine.models import Caution, Exit
from songhe.examine.scheme import REASON_MISSING, SAME_PERSON
from songhe.examine.states import EXIT
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.meal.models import Point
from songhe.meal.point import end_point
from songhe.provider.admit import end_listing, listings_on
from songhe.provider.models import Partner, Provider
from songhe.provider.partner import leave_partner
from songhe.provider.suspend import suspend, suspension_on
from songhe.trail.note import note

UNPLACED = reason(
    "examine.unplaced",
    zh="还有{count}件没有安排好，先问老人要去哪里。",
    en="{count} things are not cared for yet; ask the elders where they want to go.",
    status=409,
)
EXIT_OPEN = reason("examine.exit_open", zh="这家机构正在退出。", en="The provider is leaving already.", status=409)
IN_THE_PAST = reason("examine.exit_in_the_past", zh="退出最早从{on}起。", en="An exit begins on {on} at the earliest.")
NOT_BEGUN = reason(
    "examine.exit_not_begun",
    zh="{since}起才不接新的老人，在那以前不能办结。",
    en="Somebody new may still come until {since}; it is not finished before.",
    status=409,
)
OTHER_PROVIDER = reason(
    "examine.other_provider", zh="这份整改通知不是这家机构的。", en="That warning is another provider's."
)


def propose(
    *,
    county: str,
    provider: Provider,
    because: str,
    since: date,
    residents_until: date,
    at: datetime,
    on: date,
    by: str,
    caution: Caution | None = None,
) -> Exit:
    """Propose that a provider takes nobody new ``since`` a day, serves residents ``residents_until`` another, and
    leaves. Another person decides. ``caution``: the warning that it did not mend.

    Refuses with ``examine.reason_missing``, ``examine.exit_in_the_past``, ``period.ends_before_it_begins``,
    ``examine.other_provider`` or ``examine.exit_open``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    if since < on:
        raise IN_THE_PAST("since", on=on)
    Period(since, residents_until)
    if caution is not None and (caution.county, caution.provider_id) != (county, provider.pk):
        raise OTHER_PROVIDER("caution")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Exit.objects.create(
                    county=county,
                    provider=provider,
                    caution=caution,
                    because=because.strip()[:300],
                    since=since,
                    residents_until=residents_until,
                    begun_by=by,
                    begun_at=at,
                )
        except IntegrityError:
            raise EXIT_OPEN("provider") from None
        _note("examine.propose_exit", made, at=at, by=by)
    return made


def approve(*, leaving: Exit, at: datetime, on: date, by: str) -> Exit:
    """Another person agrees: from the day on no new elders, residents are served until theirs. A provider that is
    suspended already stays so. Refuses with ``examine.same_person`` or ``examine.wrong_state``."""
    with transaction.atomic():
        row = _decided(leaving, "approve", "", at, by)
        Provider.objects.select_for_update().get(pk=row.provider_id)
        since = max(row.since, on)
        if suspension_on(row.provider, row.county, since) is None:
            suspend(
                provider=row.provider,
                county=row.county,
                since=since,
                because=row.because,
                at=at,
                by=by,
                residents_until=max(row.residents_until, since),
            )
        _note("examine.approve_exit", row, at=at, by=by)
    return row


def decline(*, leaving: Exit, because: str, at: datetime, by: str) -> Exit:
    """It stays, and why. Refuses with ``examine.reason_missing``, ``examine.same_person`` or
    ``examine.wrong_state``."""
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        row = _decided(leaving, "decline", because, at, by)
        _note("examine.decline_exit", row, at=at, by=by)
    return row


def finish(*, leaving: Exit, at: datetime, on: date, by: str) -> Exit:
    """Its listings, its place on the list of merchants and its meal points end, not before the last day of its
    residents. Refuses with ``examine.wrong_state``, with ``examine.same_person`` of whoever proposed it, with
    ``examine.exit_not_begun`` before its day, or with ``examine.unplaced`` while anybody is not cared for."""
    with transaction.atomic():
        row = _locked(leaving)
        EXIT.move(row, "finish")
        if row.begun_by == by:
            raise SAME_PERSON("by")
        if on < row.since:
            raise NOT_BEGUN("on", since=row.since)
        open_things = unplaced(leaving=row, on=on)
        if open_things:
            raise UNPLACED("exit", count=len(open_things))
        _end(row, max(on, row.residents_until), at=at, by=by)
        row.finished_by, row.finished_at = by, at
        row.save(update_fields=["state", "finished_by", "finished_at"])
        _note("examine.finish_exit", row, at=at, by=by)
    return row


def exits(county: str) -> QuerySet[Exit]:
    """Every exit of a county, the newest first."""
    return Exit.objects.filter(county=county).select_related("provider").order_by("-begun_at", "-id")


def _end(row: Exit, last: date, *, at: datetime, by: str) -> None:
    for listing in listings_on(row.county, last).filter(provider=row.provider).exclude(valid_to=last):
        end_listing(listing=listing, last_day=last, because=row.because, at=at, by=by)
    partners = Partner.objects.filter(county=row.county, provider=row.provider, state=Partner.State.ADMITTED)
    for partner in partners:
        leave_partner(partner=partner, last_day=last, because=row.because, at=at, by=by)
    points = Point.objects.filter(Q(last_day__isnull=True) | Q(last_day__gt=last), place__startswith=row.county)
    for point in points.filter(provider=row.provider, opened_on__lte=last):
        end_point(point=point, last_day=last, at=at, by=by)


def _decided(leaving: Exit, verb: str, because: str, at: datetime, by: str) -> Exit:
    row = _locked(leaving)
    EXIT.move(row, verb)
    if row.begun_by == by:
        raise SAME_PERSON("by")
    row.decided_by, row.decided_at, row.decided_because = by, at, because.strip()[:300]
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_because"])
    return row


def _locked(leaving: Exit) -> Exit:
    rows = Exit.objects.select_for_update(of=("self",)).select_related("provider")
    return rows.get(county=leaving.county, id=leaving.id)


def _note(act: str, row: Exit, *, at: datetime, by: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examine_exit",
        subject_id=row.id,
        reason=row.decided_because or row.because,
        provider=row.provider_id,
    )
