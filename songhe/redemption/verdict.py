"""Whether the evidence of a line holds; without a pass nothing of it is ever settled."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.person.models import Person
from songhe.provider.models import Evidence, Item
from songhe.redemption.models import Line, Verdict
from songhe.trail.note import note

if TYPE_CHECKING:
    from songhe.redemption.bill import Priced

SETTLED = reason(
    "redemption.verdict_settled",
    zh="这一行已经结算，凭据结论不能再改。",
    en="This line is settled; its verdict cannot change.",
    status=409,
)
NEEDS_REASON = reason("redemption.verdict_needs_reason", zh="改结论要写明理由。", en="Say why the verdict is changed.")
SAME_PERSON = reason(
    "redemption.verdict_same_person",
    zh="开账单的人不能认定自己的凭据。",
    en="Who made the bill does not judge its evidence.",
)
UNKNOWN_LINE = reason("redemption.unknown_line", zh="没有这一行账单。", en="There is no such line.", status=404)

PASS, FAIL, PENDING = "pass", "fail", "pending"

#: What is given at the provider's own place, so that reading the elder's medium there shows that they came.
_AT_THE_PROVIDER = frozenset({Evidence.SALE, Evidence.MEAL, Evidence.ATTENDANCE})


def is_proved_by_showing(item: Item) -> bool:
    """Whether the elder's medium, read that day, shows that they got it: what is given at the provider's, or on a way
    for which no least time is set; never what is given at home."""
    return item.evidence in _AT_THE_PROVIDER or (item.evidence == Evidence.ESCORT and not item.least_minutes)


def outcome_of(priced: Priced, line: Line, *, is_shown: bool) -> tuple[str, list[str]]:
    """What the evidence of a line is worth when it is booked: a stay, a served meal, a piece that was lent and an
    effective assessment prove themselves, a visit is worth what it was judged.

    ``is_shown``: the elder's medium was read at the provider's that very day. That proves a sale, and being there for
    what is given at the provider's or on a short way when only purses pay; it never proves a visit at home.
    """
    if not priced.in_scope and not line.purse_fen:
        return PASS, ["out_of_scope"]
    if priced.item.evidence == Evidence.ASSESSMENT:
        return PASS, ["assessment"]
    if priced.stay is not None:
        return PASS, ["stay"]
    if priced.meal is not None:
        return PASS, ["meal"]
    if priced.rent is not None:
        return PASS, ["rent"]
    if priced.visit is not None:
        return priced.visit.verdict, list(priced.visit.verdict_reasons)
    if is_shown and not line.voucher_fen and is_proved_by_showing(priced.item):
        return PASS, ["shown"]
    return PENDING, ["evidence_missing"]


def follow_visits(*, county: str, month: Month, at: datetime, by: str) -> dict[str, int]:
    """Give the month's lines that wait for a verdict the one that their visits got meanwhile; two statements."""
    changed: dict[str, int] = {}
    with transaction.atomic():
        for outcome in (PASS, FAIL):
            waiting = Verdict.objects.filter(
                county=county,
                outcome=PENDING,
                line__bill__month=str(month),
                line__visit__verdict=outcome,
            ).values("id")
            changed[outcome] = Verdict.objects.filter(county=county, id__in=waiting).update(
                outcome=outcome, reasons=["visit"], by=by, at=at
            )
        if any(changed.values()):
            note(
                county=county,
                at=at,
                actor=by,
                act="redemption.follow_visits",
                subject="month",
                subject_id=str(month),
                passed=changed[PASS],
                failed=changed[FAIL],
            )
    return changed


def fail_after_death(*, county: str, person_id: UUID, at: datetime, by: str) -> int:
    """Fail what was billed for days after a verified death and is not settled, so that it never is; answers how many.

    The bill itself is undone by reversing it, and so is what is settled already.
    """
    with transaction.atomic():
        person = Person.rows.select_for_update().get(county=county, id=person_id)
        if person.died_on is None:
            return 0
        lines = after_death(county=county, person_id=person_id, died_on=person.died_on)
        changed = Verdict.objects.filter(county=county, id__in=lines).update(
            outcome=FAIL, reasons=["after_death"], by=by, at=at
        )
        if changed:
            note(
                county=county,
                at=at,
                actor=by,
                act="redemption.fail_after_death",
                subject="person",
                subject_id=person_id,
                died_on=str(person.died_on),
                lines=changed,
            )
    return changed


def after_death(*, county: str, person_id: UUID, died_on: date) -> list[UUID]:
    """The verdicts that do not fail yet, of lines dated after the death and not settled."""
    found = Verdict.objects.filter(
        county=county, line__bill__person_id=person_id, line__service_on__gt=died_on, settled=False
    ).exclude(outcome=FAIL)
    return list(found.order_by("id").values_list("id", flat=True))


def judge(*, county: str, line_id: UUID, outcome: str, because: str, at: datetime, by: str) -> Verdict:
    """A person decides on a line's evidence, with a reason and not on a bill of their own.

    Refuses with ``redemption.verdict_settled`` once the line stands in a statement: the database holds it there.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        line = Line.objects.select_related("bill").filter(county=county, id=line_id).first()
        if line is None:
            raise UNKNOWN_LINE("line")
        if line.bill.made_by == by:
            raise SAME_PERSON("by")
        verdict = Verdict.objects.select_for_update().get(county=county, line_id=line_id)
        if verdict.settled:
            raise SETTLED("line")
        before, verdict.outcome = verdict.outcome, outcome
        verdict.reasons, verdict.by, verdict.at = [because], by, at
        verdict.save()
        note(
            county=county,
            at=at,
            actor=by,
            act="redemption.judge",
            subject="line",
            subject_id=line_id,
            reason=because,
            before=before,
            after=outcome,
        )
    return verdict
