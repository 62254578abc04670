"""A provider is told what it must mend and by when; it says what it did, and the county lifts it or finds it failed.
限期整改"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from songhe.examine.models import Caution, Examination, Score
from songhe.examine.scheme import REASON_MISSING, SAME_PERSON, scheme_of
from songhe.examine.states import CAUTION
from songhe.feedback.models import Complaint
from songhe.kernel.refusal import reason
from songhe.meal.models import Inspection
from songhe.provider.models import Provider
from songhe.trail.note import note

OPEN = (Caution.State.GIVEN, Caution.State.MENDED)
#: In whose name a warning is lifted when a correction of the examination takes its ground away.
RUN = "run:examine"
#: So far back lie complaints and inspections that may be a ground.
GROUND_DAYS = 366

NO_GROUND = reason(
    "examine.no_ground",
    zh="没有找到这项依据：投诉要查实，食品安全检查要不合格。",
    en="There is no such ground: a complaint is found true, a food inspection not passed.",
)
DUE_TOO_SOON = reason(
    "examine.due_too_soon", zh="整改期限要晚于{on}。", en="There is time to mend until a day after {on}."
)
NOT_DUE = reason(
    "examine.not_due",
    zh="整改期限到{due}，还没有过。",
    en="There is time to mend until {due}.",
    status=409,
)


@dataclass(frozen=True)
class Ground:
    """Something serious that was found of a provider: a complaint found true, a food inspection not passed."""

    provider: Provider
    cause: str
    about: str
    on: date

    @property
    def key(self) -> str:
        return f"{self.cause}:{self.about}"


def grounds(*, county: str, on: date, provider: Provider | None = None) -> list[Ground]:
    """What was found within a year, of one provider or of any, the newest first; two statements."""
    first = on - timedelta(days=GROUND_DAYS)
    of: dict[str, Any] = {"county": county} if provider is None else {"county": county, "provider": provider}
    upheld = (Complaint.Outcome.UPHELD, Complaint.Outcome.PARTLY)
    complaints = Complaint.rows.filter(**of, provider__isnull=False, received_on__gte=first).filter(
        Q(review_outcome__in=upheld) | Q(review_outcome="", outcome__in=upheld)
    )
    told = [
        Ground(row.provider, Caution.Cause.COMPLAINT, row.no, row.received_on)
        for row in complaints.select_related("provider")
        if row.provider is not None
    ]
    inspections = Inspection.objects.filter(county=county, on__gte=first).exclude(result=Inspection.Result.PASS)
    if provider is not None:
        inspections = inspections.filter(point__provider=provider)
    told += [
        Ground(row.point.provider, Caution.Cause.FOOD, f"{row.point.code} {row.on}", row.on)
        for row in inspections.select_related("point__provider")
    ]
    return sorted(told, key=lambda one: (-one.on.toordinal(), one.about))


def warn(
    *,
    county: str,
    provider: Provider,
    cause: str,
    mend: str,
    due_on: date,
    at: datetime,
    on: date,
    by: str,
    about: str = "",
) -> Caution:
    """Something serious was found: what must be mended, and by which day.

    Refuses with ``examine.reason_missing``, ``examine.due_too_soon`` or, of a complaint or an inspection that is no
    ground, ``examine.no_ground``.
    """
    if not mend.strip():
        raise REASON_MISSING("mend")
    if due_on <= on:
        raise DUE_TOO_SOON("due_on", on=on)
    known = {one.key for one in grounds(county=county, provider=provider, on=on)}
    if cause != Caution.Cause.FINDING and f"{cause}:{about}" not in known:
        raise NO_GROUND("about")
    with transaction.atomic():
        made = Caution.objects.create(
            county=county,
            provider=provider,
            cause=cause,
            about=about.strip()[:60],
            mend=mend.strip()[:500],
            due_on=due_on,
            given_by=by,
            given_at=at,
        )
        _note("examine.warn", made, at=at, by=by, cause=cause, due_on=str(due_on))
    return made


def warn_below(*, examination: Examination, at: datetime, on: date, by: str) -> list[Caution]:
    """Whoever is below the line of the scheme has as many days to mend as the scheme gives, from publication on.

    While a warning for a score is open there is no second one. Where the examination is a correction, whoever is no
    longer below the line is free of the warning of the version before.
    """
    scheme, county = scheme_of(examination.edition), examination.county
    low = Score.objects.filter(county=county, examination=examination, total__lt=scheme.line)
    below = list(low.select_related("provider").order_by("provider_id"))
    held = Caution.objects.select_for_update().filter(county=county, cause=Caution.Cause.SCORE, state__in=OPEN)
    held_by = {row.provider_id: row for row in held}
    still = {score.provider_id for score in below}
    replaced = Examination.objects.filter(
        county=county, month=examination.month, state=Examination.State.REPLACED
    ).values_list("id", flat=True)
    for provider, row in held_by.items():
        if row.examination_id in set(replaced) and provider not in still:
            _decide(row, "lift", f"{examination.month} №{examination.number}", at=at, by=RUN)
    made = []
    for score in below:
        if score.provider_id in held_by:
            continue
        row = Caution.objects.create(
            county=county,
            provider=score.provider,
            cause=Caution.Cause.SCORE,
            examination=examination,
            due_on=on + timedelta(days=scheme.mend_days),
            given_by=by,
            given_at=at,
        )
        _note("examine.warn", row, at=at, by=by, cause=row.cause, due_on=str(row.due_on), score=score.total)
        made.append(row)
    return made


def mend(*, caution: Caution, words: str, at: datetime, by: str) -> Caution:
    """The provider says what it mended. Refuses with ``examine.reason_missing`` or ``examine.wrong_state``."""
    if not words.strip():
        raise REASON_MISSING("words")
    with transaction.atomic():
        row = _locked(caution)
        CAUTION.move(row, "answer")
        row.mended, row.mended_by, row.mended_at = words.strip()[:500], by, at
        row.save(update_fields=["state", "mended", "mended_by", "mended_at"])
        _note("examine.mend", row, at=at, by=by)
    return row


def send_back(
    *, caution: Caution, because: str, at: datetime, on: date, by: str, due_on: date | None = None
) -> Caution:
    """It is not mended yet, and why; with more time where a later day is given.

    Refuses with ``examine.reason_missing``, ``examine.due_too_soon`` or ``examine.wrong_state``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    if due_on is not None and due_on <= on:
        raise DUE_TOO_SOON("due_on", on=on)
    with transaction.atomic():
        row = _locked(caution)
        CAUTION.move(row, "send_back")
        row.because, row.due_on = because.strip()[:300], due_on or row.due_on
        row.save(update_fields=["state", "because", "due_on"])
        _note("examine.send_back", row, at=at, by=by, reason=row.because, due_on=str(row.due_on))
    return row


def lift(*, caution: Caution, because: str, at: datetime, by: str) -> Caution:
    """It is mended; another person than who gave it says so. Refuses with ``examine.reason_missing``,
    ``examine.same_person`` or ``examine.wrong_state``."""
    with transaction.atomic():
        return _decide(_locked(caution), "lift", because, at=at, by=by)


def fail(*, caution: Caution, because: str, at: datetime, on: date, by: str) -> Caution:
    """It was not mended in time; another person than who gave it says so. An exit may follow, nothing else does.

    Refuses with ``examine.not_due`` until the day is over, else as ``lift`` does.
    """
    with transaction.atomic():
        row = _locked(caution)
        if on <= row.due_on:
            raise NOT_DUE("due_on", due=row.due_on)
        return _decide(row, "fail", because, at=at, by=by)


def cautions(county: str) -> QuerySet[Caution]:
    """Every warning of a county: what is open first, by its day."""
    rows = Caution.objects.filter(county=county).select_related("provider", "examination")
    return rows.order_by(F("decided_at").desc(nulls_first=True), "due_on", "id")


def overdue(counties: Collection[str], on: date) -> QuerySet[Caution]:
    """What should have been mended before the day and is still open."""
    return Caution.objects.filter(county__in=counties, state__in=OPEN, due_on__lt=on).order_by("due_on", "id")


def _decide(row: Caution, verb: str, because: str, *, at: datetime, by: str) -> Caution:
    if not because.strip():
        raise REASON_MISSING("because")
    CAUTION.move(row, verb)
    if row.given_by == by:
        raise SAME_PERSON("by")
    row.because, row.decided_by, row.decided_at = because.strip()[:300], by, at
    row.save(update_fields=["state", "because", "decided_by", "decided_at"])
    _note(f"examine.{verb}", row, at=at, by=by, reason=row.because)
    return row


def _locked(caution: Caution) -> Caution:
    return Caution.objects.select_for_update().get(county=caution.county, id=caution.id)


def _note(act: str, row: Caution, *, at: datetime, by: str, reason: str = "", **more: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examine_caution",
        subject_id=row.id,
        reason=reason,
        provider=row.provider_id,
        **more,
    )
