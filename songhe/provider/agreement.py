"""Which counties take each other's cards: the agreement of a home county with a serving one. 异地通用协议"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.kernel.period import Period
from songhe.kernel.refusal import MISSING, reason
from songhe.provider.admit import REASON_MISSING, SAME_PERSON
from songhe.provider.models import Agreement, Listing, Partner, Provider
from songhe.provider.states import AGREEMENT
from songhe.trail.note import note

OWN_COUNTY = reason(
    "provider.agreement_with_itself",
    zh="本地的卡在本地通用，不用协议。",
    en="A county takes its own cards; that needs no agreement.",
)
AGREED_ALREADY = reason(
    "provider.agreement_already",
    zh="与{serving}的协议已经有了，或正等待审批。",
    en="There is an agreement with {serving} already, or one waits for a decision.",
    status=409,
)


def propose_agreement(
    *, home: str, serving: str, document_no: str, valid_from: date, at: datetime, by: str
) -> Agreement:
    """One person of the home county puts forward that its cards are taken in another county (002: one card).

    Refuses with ``provider.agreement_with_itself``, ``provider.agreement_already`` or ``input.missing``.
    """
    if home == serving:
        raise OWN_COUNTY("serving")
    if not document_no.strip():
        raise MISSING("document_no", field_name="document_no")
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Agreement.objects.create(
                    home=home,
                    serving=serving,
                    document_no=document_no.strip()[:80],
                    valid_from=valid_from,
                    proposed_by=by,
                    proposed_at=at,
                )
        except IntegrityError:
            raise AGREED_ALREADY("serving", serving=serving) from None
        _note("provider.propose_agreement", made, at=at, by=by)
    return made


def agree(*, agreement: Agreement, at: datetime, by: str) -> Agreement:
    """Another person puts the agreement in force. Refuses with ``provider.same_person`` or ``provider.wrong_state``."""
    return _decide(agreement, "agree", "", at, by)


def decline_agreement(*, agreement: Agreement, because: str, at: datetime, by: str) -> Agreement:
    """Another person says no and why; it may be put forward again. Refuses with ``provider.reason_missing``,
    ``provider.same_person`` or ``provider.wrong_state``."""
    if not because.strip():
        raise REASON_MISSING("because")
    return _decide(agreement, "decline", because, at, by)


def end_agreement(*, agreement: Agreement, last_day: date, because: str, at: datetime, by: str) -> Agreement:
    """The cards are taken until a last day; what was served until then is cleared.

    Refuses with ``provider.reason_missing``, ``provider.wrong_state`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
        AGREEMENT.move(agreement, "end")
        Period(agreement.valid_from, last_day)
        agreement.last_day, agreement.because = last_day, because.strip()[:300]
        agreement.save(update_fields=["state", "last_day", "because"])
        _note("provider.end_agreement", agreement, at=at, by=by, reason=because, last_day=str(last_day))
    return agreement


def serving_on(home: str, days: Collection[date]) -> list[str]:
    """The counties that take the cards of ``home`` on every one of the days."""
    rows = list(Agreement.objects.filter(_in_force(), home=home).order_by("serving", "id"))
    return sorted({row.serving for row in rows if all(any(_holds(r, row.serving, d) for r in rows) for d in days)})


def homes_of(serving: str, on: date) -> list[str]:
    """The counties whose cards are taken in ``serving`` on a day."""
    rows = Agreement.objects.filter(_in_force(), serving=serving, valid_from__lte=on).order_by("home", "id")
    return sorted({row.home for row in rows if row.last_day is None or on <= row.last_day})


def homes_ever(serving: str) -> list[str]:
    """The counties whose cards are or were taken in ``serving``: their bills stay to be seen there."""
    rows = Agreement.objects.filter(_in_force(), serving=serving).order_by("home")
    return list(rows.values_list("home", flat=True).distinct())


def county_serving(*, home: str, provider: Provider, days: Collection[date]) -> str:
    """The county whose lists the provider is on when it serves a card of ``home``: its own one, else one with which
    an agreement holds on the days; the home county also where nothing is found, which then refuses it."""
    if provider.place == home:
        return home
    candidates = serving_on(home, days)
    if not candidates or _is_known(provider, home):
        return home
    candidates.sort(key=lambda county: (county != provider.place, county))
    return next((county for county in candidates if _is_known(provider, county)), home)


def _is_known(provider: Provider, county: str) -> bool:
    return (
        Listing.objects.filter(provider=provider, county=county).exists()
        or Partner.objects.filter(provider=provider, county=county).exists()
    )


def _in_force() -> Q:
    return Q(state__in=[Agreement.State.AGREED, Agreement.State.ENDED])


def _holds(row: Agreement, serving: str, day: date) -> bool:
    return row.serving == serving and row.valid_from <= day and (row.last_day is None or day <= row.last_day)


def _decide(agreement: Agreement, verb: str, because: str, at: datetime, by: str) -> Agreement:
    with transaction.atomic():
        agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
        AGREEMENT.move(agreement, verb)
        if by == agreement.proposed_by:
            raise SAME_PERSON("by")
        agreement.decided_by, agreement.decided_at, agreement.because = by, at, because.strip()[:300]
        agreement.save(update_fields=["state", "decided_by", "decided_at", "because"])
        act = "provider.agree" if verb == "agree" else "provider.decline_agreement"
        _note(act, agreement, at=at, by=by, reason=because)
    return agreement


def _note(act: str, agreement: Agreement, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=agreement.home,
        at=at,
        actor=by,
        act=act,
        subject="agreement",
        subject_id=str(agreement.pk),
        reason=reason,
        serving=agreement.serving,
        **detail,
    )
