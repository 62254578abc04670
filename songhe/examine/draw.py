"""Examine a county's providers for a month, freeze what was counted, and let another person publish it. 考核"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from songhe.examine.gather import gather, providers_of
from songhe.examine.models import Edition, Examination, Figure, Score
from songhe.examine.scheme import (
    REASON_MISSING,
    SAME_PERSON,
    Scheme,
    edition_to_use,
    scheme_for,
    scheme_of,
)
from songhe.examine.score import INDICATORS, Counted, judge, total
from songhe.examine.states import EXAMINATION
from songhe.examine.warn import warn_below
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.provider.models import Provider
from songhe.trail.note import note

NOTHING = Counted(0, 0)

Counts = Mapping[str, Mapping[int, Counted]]

MONTH_NOT_OVER = reason(
    "examine.month_not_over",
    zh="{month}还没有过完，不能考核。",
    en="{month} is not over and cannot be examined.",
    status=409,
)
ALREADY_DRAWN = reason(
    "examine.already_drawn",
    zh="{month}已经考核过；要更正，请写明原因。",
    en="{month} is examined already; a correction says why.",
    status=409,
)


def draw(*, county: str, month: Month, at: datetime, on: date, by: str, because: str = "") -> Examination:
    """Count and score all providers for a month that is over, by the scheme of that month; frozen as it stands.

    A second time is a correction with a number and a reason of its own: what was drawn and not published is dropped,
    what is published stays so until the correction is. Refuses with ``examine.month_not_over`` or
    ``examine.already_drawn``.
    """
    if on <= month.last:
        raise MONTH_NOT_OVER("month", month=month)
    with transaction.atomic():
        edition = edition_to_use(county=county, month=month, at=at)
        list(Edition.objects.select_for_update().filter(county=county, id=edition.id))
        earlier = list(Examination.objects.filter(county=county, month=str(month)).order_by("number"))
        if earlier and not because.strip():
            raise ALREADY_DRAWN("month", month=month)
        for row in earlier:
            if row.state == Examination.State.DRAWN:
                _drop(row, because, at, by)
        made = Examination.objects.create(
            county=county,
            month=str(month),
            number=earlier[-1].number + 1 if earlier else 1,
            edition=edition,
            because=because.strip()[:300] if earlier else "",
            drawn_by=by,
            drawn_at=at,
        )
        count = _freeze(made, scheme_of(edition), month)
        _note("examine.draw", made, at=at, by=by, reason=made.because, providers=count, version=edition.version)
    return made


def publish(*, examination: Examination, at: datetime, on: date, by: str) -> Examination:
    """Another person makes it public; the one that was published for the month before becomes a replaced one, and
    whoever is below the line of the scheme is warned.

    Refuses with ``examine.same_person`` or ``examine.wrong_state``.
    """
    with transaction.atomic():
        row = _locked(examination)
        EXAMINATION.move(row, "publish")
        if row.drawn_by == by:
            raise SAME_PERSON("by")
        before = Examination.objects.select_for_update().filter(
            county=row.county, month=row.month, state=Examination.State.PUBLISHED
        )
        for old in before:
            EXAMINATION.move(old, "replace")
            old.save(update_fields=["state"])
        row.decided_by, row.decided_at, row.published_on = by, at, on
        row.save(update_fields=["state", "decided_by", "decided_at", "published_on"])
        warned = warn_below(examination=row, at=at, on=on, by=by)
        _note("examine.publish", row, at=at, by=by, warned=len(warned))
    return row


def drop(*, examination: Examination, because: str, at: datetime, by: str) -> Examination:
    """It is not published, and why. Refuses with ``examine.reason_missing`` or ``examine.wrong_state``."""
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        row = _locked(examination)
        _drop(row, because, at, by)
        _note("examine.drop", row, at=at, by=by, reason=row.decided_because)
    return row


def differences(examination: Examination) -> list[tuple[int, str, Counted, Counted]]:
    """Where counting anew gives something else than what is frozen: (provider, indicator, frozen, now)."""
    scheme = scheme_of(examination.edition)
    now = gather(county=examination.county, month=Month.parse(examination.month), rules=scheme.rules)
    rows = Figure.objects.filter(county=examination.county, examination=examination).order_by(
        "provider_id", "indicator"
    )
    found = []
    for row in rows.order_by("provider_id", "indicator"):
        frozen, counted = Counted(row.num, row.den), now[row.indicator].get(row.provider_id, NOTHING)
        if frozen != counted:
            found.append((row.provider_id, row.indicator, frozen, counted))
    return found


@dataclass(frozen=True)
class Trial:
    """What a provider would have, and has by the scheme in force; none where too little could be judged."""

    provider: Provider
    now: int | None
    then: int | None


def try_out(*, county: str, month: Month, scheme: Scheme) -> list[Trial]:
    """Every provider of a month by another scheme than the one in force; nothing is written, nothing is public.

    The lowest by the tried one first; as many statements as there are indicators, twice.
    """
    in_force = scheme_for(county=county, month=month)
    scores = [_scores(county, month, one) for one in (in_force, scheme)]
    rows = [Trial(one, scores[0][pk], scores[1][pk]) for pk, one in providers_of(county, month).items()]
    return sorted(rows, key=lambda row: (row.then is None, row.then, row.provider.name, row.provider.pk))


def _scores(county: str, month: Month, scheme: Scheme) -> dict[int, int | None]:
    counts = gather(county=county, month=month, rules=scheme.rules)
    return {
        provider: total(
            (
                (rule.weight, judge(counts[code].get(provider, NOTHING), INDICATORS[code].scale, rule).points)
                for code, rule in scheme.rules.items()
            ),
            least_weight=scheme.least_weight,
        ).score
        for provider in providers_of(county, month)
    }


def _freeze(made: Examination, scheme: Scheme, month: Month) -> int:
    counts = gather(county=made.county, month=month, rules=scheme.rules)
    scores, figures = [], []
    for provider in providers_of(made.county, month):
        rows = [_figure(made, provider, code, counts, scheme) for code in scheme.rules]
        summed = total(((row.weight, row.points) for row in rows), least_weight=scheme.least_weight)
        figures.extend(rows)
        scores.append(
            Score(
                county=made.county,
                examination=made,
                provider_id=provider,
                total=summed.score,
                weight=summed.weight,
            )
        )
    Score.objects.bulk_create(scores, batch_size=500)
    Figure.objects.bulk_create(figures, batch_size=500)
    return len(scores)


def _figure(made: Examination, provider: int, code: str, counts: Counts, scheme: Scheme) -> Figure:
    rule, scale = scheme.rules[code], INDICATORS[code].scale
    counted = counts[code].get(provider, NOTHING)
    judged = judge(counted, scale, rule)
    return Figure(
        county=made.county,
        examination=made,
        provider_id=provider,
        indicator=code,
        scale=scale,
        num=counted.num,
        den=counted.den,
        value=judged.value,
        weight=rule.weight,
        points=judged.points,
    )


def _drop(row: Examination, because: str, at: datetime, by: str) -> None:
    EXAMINATION.move(row, "drop")
    row.decided_by, row.decided_at, row.decided_because = by, at, because.strip()[:300]
    row.save(update_fields=["state", "decided_by", "decided_at", "decided_because"])


def _locked(row: Examination) -> Examination:
    return Examination.objects.select_for_update().get(county=row.county, id=row.id)


def _note(act: str, row: Examination, *, at: datetime, by: str, reason: str = "", **more: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examination",
        subject_id=row.id,
        reason=reason,
        month=row.month,
        number=row.number,
        **more,
    )
