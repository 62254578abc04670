"""Money into a fund: proposed by one person, approved by another; on a village's vote, or a gift. 入池"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from songhe.card.fund import SAME_PERSON, account_of, inflow_of, lock
from songhe.card.models import Allotment, Decision, Donation, Fund, Source
from songhe.card.states import ALLOTMENT
from songhe.document.models import StoredFile
from songhe.kernel.refusal import Refusal, reason, whole
from songhe.ledger.post import INSUFFICIENT, Move, post
from songhe.trail.note import note

UNKNOWN_ALLOTMENT = reason(
    "card.unknown_allotment", zh="没有这笔入池申请。", en="There is no such proposal.", status=404
)
AMOUNT_ZERO = reason("card.amount_zero", zh="金额不能为零。", en="The amount cannot be zero.")
NEEDS_DOCUMENT = reason("card.needs_document", zh="请填写文号。", en="Give the number of the document.")
NEEDS_REASON = reason("card.needs_reason", zh="请写明理由。", en="Give the reason.")
NEEDS_DECISION = reason(
    "card.needs_decision",
    zh="集体资金须有村（居）民民主决策记录。",
    en="A collective's money stands on a recorded decision of its villagers.",
)
NEEDS_GIFT = reason(
    "card.needs_gift", zh="慈善资金只能由捐赠入池。", en="A charity's fund is filled by gifts alone.", status=409
)
NOT_CARRIED = reason(
    "card.not_carried",
    zh="到会{attended}人，赞成{votes_for}票，未过半数。",
    en="{votes_for} of {attended} were for it; that is no majority.",
)
VOTES_DIFFER = reason(
    "card.votes_differ",
    zh="赞成、反对、弃权之和应等于到会人数，且不超过应到人数。",
    en="Votes for, against and abstained sum to those who came, and no more came than were entitled.",
)
NOT_COLLECTIVE = reason(
    "card.not_collective", zh="只有集体资金需要民主决策记录。", en="Only a collective's fund has such decisions."
)
MORE_THAN_DECIDED = reason(
    "card.more_than_decided",
    zh="决议金额{decided_fen:yuan}，已入池{used_fen:yuan}，不能再入池{amount_fen:yuan}。",
    en="Decided: {decided_fen:yuan}; used: {used_fen:yuan}; another {amount_fen:yuan} is too much.",
    status=409,
)
OVER_CEILING = reason(
    "card.over_ceiling", zh="超过这项资金的入池上限。", en="This is more than the fund's ceiling.", status=409
)
RECEIPT_TAKEN = reason(
    "card.receipt_taken", zh="票据号“{receipt_no}”已登记过。", en="Receipt {receipt_no} is on record.", status=409
)


@dataclass(frozen=True)
class Vote:
    """How a village decided: when, which assembly, who was there, and how they voted."""

    held_on: date
    body: str
    entitled: int
    present: tuple[str, ...]
    votes_for: int
    votes_against: int = 0
    abstained: int = 0


@dataclass(frozen=True)
class Gift:
    """Who gave, as the receipt says. ``named`` False: the giver wants no name on public pages."""

    giver: str
    name: str
    given_on: date
    receipt_no: str
    named: bool = True
    wish: str = ""


def record_decision(
    *,
    fund: Fund,
    vote: Vote,
    resolution: str,
    amount_fen: int,
    document_no: str,
    at: datetime,
    by: str,
    paper: StoredFile | None = None,
) -> Decision:
    """Record that villagers decided to give so much to their elders' cards (programmes 2: after democratic decision).

    Refuses with ``card.not_collective``, ``card.votes_differ``, ``card.not_carried``, ``card.needs_document`` or
    ``input.*``.
    """
    whole(amount_fen, "amount_fen", least=1)
    attended = vote.votes_for + vote.votes_against + vote.abstained
    if fund.source != Source.COLLECTIVE:
        raise NOT_COLLECTIVE("fund")
    if (
        min(vote.votes_for, vote.votes_against, vote.abstained) < 0
        or not len(vote.present) == attended <= vote.entitled
    ):
        raise VOTES_DIFFER("votes_for")
    if 2 * vote.votes_for <= attended:
        raise NOT_CARRIED("votes_for", attended=attended, votes_for=vote.votes_for)
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    with transaction.atomic():
        row = Decision.objects.create(
            county=fund.county,
            fund=fund,
            held_on=vote.held_on,
            body=vote.body[:40],
            present=list(vote.present),
            entitled=vote.entitled,
            attended=attended,
            votes_for=vote.votes_for,
            votes_against=vote.votes_against,
            abstained=vote.abstained,
            resolution=resolution.strip()[:300],
            amount_fen=amount_fen,
            document_no=document_no.strip()[:80],
            paper=paper,
            recorded_by=by,
            at=at,
        )
        _note("card.record_decision", fund, at=at, by=by, decision=str(row.id), amount_fen=amount_fen)
    return row


def propose(
    *,
    fund: Fund,
    amount_fen: int,
    document_no: str,
    at: datetime,
    by: str,
    decision: Decision | None = None,
    gift: Gift | None = None,
) -> Allotment:
    """Put money before somebody else: fen to put into the fund or, below zero, to take out of it again.

    Refuses with ``input.not_an_integer``, ``card.amount_zero``, ``card.needs_document``, ``card.needs_decision``,
    ``card.needs_gift`` or ``card.receipt_taken``.
    """
    whole(amount_fen, "amount_fen")
    if amount_fen == 0:
        raise AMOUNT_ZERO("amount_fen")
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    if fund.source == Source.COLLECTIVE and amount_fen > 0 and (decision is None or decision.fund_id != fund.id):
        raise NEEDS_DECISION("decision")
    if (fund.source == Source.CHARITY) != (gift is not None) or (gift is not None and amount_fen < 0):
        raise NEEDS_GIFT("gift")
    with transaction.atomic():
        row = Allotment.objects.create(
            county=fund.county,
            fund_id=fund.id,
            source=fund.source,
            amount_fen=amount_fen,
            document_no=document_no.strip()[:80],
            decision=decision,
            donation_id=_donation(fund, gift, amount_fen).id if gift else None,
            proposed_by=by,
            proposed_at=at,
        )
        _note("card.propose", fund, at=at, by=by, allotment=str(row.id), amount_fen=amount_fen)
    return row


def _donation(fund: Fund, gift: Gift, amount_fen: int) -> Donation:
    try:
        with transaction.atomic():
            return Donation.objects.create(
                county=fund.county,
                fund=fund,
                giver=gift.giver,
                name=gift.name.strip()[:80],
                named=gift.named,
                amount_fen=amount_fen,
                given_on=gift.given_on,
                receipt_no=gift.receipt_no.strip()[:40],
                wish=gift.wish.strip()[:200],
            )
    except IntegrityError:
        raise RECEIPT_TAKEN("receipt_no", receipt_no=gift.receipt_no) from None


def approve(*, county: str, allotment_id: UUID, at: datetime, on: date, by: str) -> Allotment:
    """Another person says yes, and the money moves: into the fund, or back out of what is still in it.

    Refuses with ``card.unknown_allotment``, ``card.wrong_state``, ``card.same_person``, ``card.more_than_decided``,
    ``card.over_ceiling`` or ``ledger.insufficient`` when less is in the fund than is to be taken.
    """
    with transaction.atomic():
        row, fund = _locked(county, allotment_id)
        ALLOTMENT.move(row, "approve")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        if row.decision is not None:
            _within_decision(row, row.decision)
        account, inflow = account_of(fund), inflow_of(fund)
        debit, credit = (inflow, account) if row.amount_fen > 0 else (account, inflow)
        try:
            post(
                county=county,
                moves=[Move(debit, credit, abs(row.amount_fen), "allot", about=row.id)],
                at=at,
                on=on,
            )
        except Refusal as refusal:
            if refusal.reason is INSUFFICIENT and row.amount_fen > 0:
                raise OVER_CEILING("amount_fen") from None
            raise
        row.decided_by, row.decided_at = by, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
        _note("card.approve", fund, at=at, by=by, allotment=str(row.id), amount_fen=row.amount_fen)
    return row


def decline(*, county: str, allotment_id: UUID, because: str, at: datetime, by: str) -> Allotment:
    """Another person says no, and why.

    Refuses with ``card.needs_reason``, ``card.same_person`` or ``card.wrong_state``.
    """
    if not because.strip():
        raise NEEDS_REASON("because")
    with transaction.atomic():
        row, fund = _locked(county, allotment_id)
        ALLOTMENT.move(row, "decline")
        if by == row.proposed_by:
            raise SAME_PERSON("by")
        row.decided_by, row.decided_at, row.because = by, at, because.strip()[:300]
        row.save(update_fields=["state", "decided_by", "decided_at", "because"])
        _note("card.decline", fund, at=at, by=by, allotment=str(row.id), reason=row.because)
    return row


def set_ceiling(
    *, fund: Fund, ceiling_fen: int | None, document_no: str, at: datetime, by: str, approved_by: str
) -> None:
    """Another ceiling for all that is put in; never below what is in already (``card.over_ceiling``).

    Refuses with ``card.same_person``, ``card.needs_document``, ``card.over_ceiling`` or ``input.*``.
    """
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    if not document_no.strip():
        raise NEEDS_DOCUMENT("document_no")
    if ceiling_fen is not None:
        whole(ceiling_fen, "ceiling_fen", least=1)
    with transaction.atomic():
        fund = lock(county=fund.county, fund_id=fund.id)
        inflow = type(fund.inflow).objects.select_for_update(no_key=True).get(county=fund.county, id=fund.inflow_id)
        stands = inflow.balance if inflow.balance is not None else -_put_in(fund)
        if ceiling_fen is not None and stands < -ceiling_fen:
            raise OVER_CEILING("ceiling_fen")
        inflow.floor, inflow.balance = (None, None) if ceiling_fen is None else (-ceiling_fen, stands)
        inflow.save(update_fields=["floor", "balance"])
        _note("card.set_ceiling", fund, at=at, by=by, approved_by=approved_by, ceiling_fen=ceiling_fen)


def _put_in(fund: Fund) -> int:
    rows = Allotment.objects.filter(county=fund.county, fund_id=fund.id, state=Allotment.State.APPROVED)
    return rows.aggregate(total=Sum("amount_fen"))["total"] or 0


def _within_decision(row: Allotment, decision: Decision) -> None:
    used = Allotment.objects.filter(county=row.county, decision=decision, state=Allotment.State.APPROVED)
    used_fen = used.aggregate(total=Sum("amount_fen"))["total"] or 0
    if row.amount_fen > 0 and used_fen + row.amount_fen > decision.amount_fen:
        raise MORE_THAN_DECIDED(
            "amount_fen", decided_fen=decision.amount_fen, used_fen=used_fen, amount_fen=row.amount_fen
        )


def _locked(county: str, allotment_id: UUID) -> tuple[Allotment, Fund]:
    """The fund first, then the proposal: two approvals of one decision come one after the other."""
    found = Allotment.objects.filter(county=county, id=allotment_id).values_list("fund_id", flat=True).first()
    if found is None:
        raise UNKNOWN_ALLOTMENT("allotment")
    fund = lock(county=county, fund_id=found)
    return Allotment.objects.select_for_update().get(county=county, id=allotment_id), fund


def gifts_of(fund: Fund) -> Sequence[Donation]:
    """The gifts that have come in, in the order in which they were approved."""
    approved = Allotment.objects.filter(county=fund.county, fund_id=fund.id, state=Allotment.State.APPROVED)
    order = list(approved.exclude(donation_id=None).order_by("decided_at", "id").values_list("donation_id", flat=True))
    rows = {row.id: row for row in Donation.objects.filter(county=fund.county, fund=fund).order_by("id")}
    return [rows[each] for each in order if each is not None]


def _note(act: str, fund: Fund, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=fund.county,
        at=at,
        actor=by,
        act=act,
        subject="card_fund",
        subject_id=fund.id,
        reason=reason,
        **detail,
    )
