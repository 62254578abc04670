"""A claim of another county arrives: what it owes us for its cards, and what we owe our providers for them. 接收清算单

Our books of its cards are a fund of their own, ``clearing:`` and its code. A message may come twice, late or never:
what is booked once is not booked again, and what is missing is found by comparing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Sum

from songhe.county.key import new_id
from songhe.kernel.refusal import reason
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Fund as Books
from songhe.ledger.post import Move, post
from songhe.provider.models import Provider
from songhe.settlement.clear import View, seal
from songhe.settlement.models import Received, ReceivedLine
from songhe.settlement.share import CLEARING
from songhe.trail.note import note

CLAIM_DIFFERS = reason(
    "settlement.claim_differs",
    zh="清算单{no}与合计或与先前收到的不符。",
    en="Claim {no} is not what its sums say, or not what came before.",
    status=409,
)
CLEARED_ALREADY = reason(
    "settlement.cleared_already",
    zh="清算单{no}已经列入轧差，不能再改。",
    en="Claim {no} is part of a net already and is not changed any more.",
    status=409,
)
NOT_RECEIVED = reason("settlement.not_received", zh="没有收到清算单{no}。", en="Claim {no} has not come.", status=409)


def receive(*, message: Mapping[str, Any], at: datetime, on: date) -> Received:
    """Take a claim into the serving county's books, each line once, however often it comes.

    Books what the home county owes and what we owe each provider. The message must be what its own count, sum and
    digest say; one that differs from what came before is taken only if it was sent again for a reason, and then adds
    the lines that were missing. Refuses with ``settlement.claim_differs`` or ``settlement.cleared_already``.
    """
    county, home, no = message["serving"], message["home"], message["no"]
    lines: list[dict[str, Any]] = message["lines"]
    told = {UUID(line["source"]): (int(line["provider"]), int(line["amount_fen"])) for line in lines}
    if (len(lines), sum(fen for _, fen in told.values()), seal(told)) != (
        message["count"],
        message["amount_fen"],
        message["digest"],
    ):
        raise CLAIM_DIFFERS("claim", no=no)
    with transaction.atomic():
        Received.objects.get_or_create(
            county=county,
            home=home,
            no=no,
            defaults={
                "id": new_id(),
                "month": message["month"],
                "lines": message["count"],
                "amount_fen": message["amount_fen"],
                "digest": message["digest"],
                "received_at": at,
            },
        )
        found = Received.objects.select_for_update().get(county=county, home=home, no=no)
        if found.digest != message["digest"]:
            if not message["because"]:
                raise CLAIM_DIFFERS("claim", no=no)
            found.lines, found.amount_fen, found.digest = message["count"], message["amount_fen"], message["digest"]
            found.save(update_fields=["lines", "amount_fen", "digest"])
        known = set(
            ReceivedLine.objects.filter(county=county, received=found, place=1).values_list("source", flat=True)
        )
        missing = [line for line in lines if UUID(line["source"]) not in known]
        if missing:
            _require_open(found)
            _take_in(found, [_row(found, line, at) for line in missing], at=at, on=on)
    return found


def correct(
    *,
    county: str,
    home: str,
    no: str,
    source: UUID,
    told: Mapping[str, Any] | None,
    because: str,
    at: datetime,
    on: date,
) -> ReceivedLine | None:
    """Put one line right as the home county sees it: to its amount, or, where it knows of none, to nothing.

    The difference is a line of its own; doing it twice changes nothing. Refuses with ``settlement.not_received`` or
    ``settlement.cleared_already``.
    """
    with transaction.atomic():
        found = Received.objects.select_for_update().filter(county=county, home=home, no=no).first()
        if found is None:
            raise NOT_RECEIVED("claim", no=no)
        rows = ReceivedLine.objects.filter(county=county, received=found, source=source)
        first = rows.order_by("place").first()
        if first is None:
            if told is None:
                return None
            _require_open(found)
            made = _row(found, told, at)
            _take_in(found, [made], at=at, on=on)
            return made
        sums = rows.aggregate(fen=Sum("amount_fen"), place=Max("place"))
        lacking = (int(told["amount_fen"]) if told else 0) - sums["fen"]
        if not lacking:
            return None
        _require_open(found)
        made = _again(first, place=sums["place"] + 1, amount_fen=lacking, because=because, at=at)
        _take_in(found, [made], at=at, on=on)
    return made


def view_there(*, county: str, home: str, no: str) -> View:
    """The lines of a claim as the serving county sees them; none before it has come."""
    rows = (
        ReceivedLine.objects.filter(county=county, received__home=home, received__no=no)
        .order_by("source", "provider_id")
        .values_list("source", "provider_id")
        .annotate(fen=Sum("amount_fen"))
    )
    return {source: (provider, fen) for source, provider, fen in rows if fen}


def books_for(*, county: str, home: str) -> Books:
    """The serving county's books of another county's cards, opened if they were not yet."""
    return open_fund(county=county, code=f"{CLEARING}{home}", name=f"异地清算 {home}")


def _require_open(found: Received) -> None:
    if found.settled_month:
        raise CLEARED_ALREADY("claim", no=found.no)


def _take_in(found: Received, rows: Sequence[ReceivedLine], *, at: datetime, on: date) -> None:
    providers = {row.provider_id for row in rows}
    if Provider.objects.filter(id__in=providers).count() != len(providers):
        raise CLAIM_DIFFERS("claim", no=found.no)
    ReceivedLine.objects.bulk_create(rows)
    sums: dict[int, int] = defaultdict(int)
    for row in rows:
        sums[row.provider_id] += row.amount_fen
    post(county=found.county, moves=list(_moves(found, sums)), at=at, on=on)
    note(
        county=found.county,
        at=at,
        actor=f"county:{found.home}",
        act="settlement.receive",
        subject="claim",
        subject_id=found.id,
        no=found.no,
        lines=len(rows),
        amount_fen=sum(sums.values()),
    )


def _moves(found: Received, sums: Mapping[int, int]) -> Iterable[Move]:
    books = books_for(county=found.county, home=found.home)
    theirs = open_account(fund=books, code=f"receivable:{found.home}", kind="receivable")
    for provider_id, fen in sorted(sums.items()):
        ours = open_account(fund=books, code=f"payable:{provider_id}", kind="payable")
        if fen:
            debit, credit = (theirs, ours) if fen > 0 else (ours, theirs)
            yield Move(debit, credit, abs(fen), "receive", about=found.id)


def _row(found: Received, line: Mapping[str, Any], at: datetime) -> ReceivedLine:
    return ReceivedLine(
        county=found.county,
        id=new_id(),
        received=found,
        source=UUID(line["source"]),
        number=line["number"],
        kind=line["kind"],
        provider_id=line["provider"],
        fund_name=line["fund"],
        level=line["level"],
        service_month=line["service_month"],
        service_on=date.fromisoformat(line["service_on"]),
        bill_no=line["bill_no"],
        bill_line=line["bill_line"],
        item=line["item"],
        amount_fen=line["amount_fen"],
        at=at,
    )


def _again(first: ReceivedLine, *, place: int, amount_fen: int, because: str, at: datetime) -> ReceivedLine:
    kept = {
        field.attname: getattr(first, field.attname)
        for field in ReceivedLine._meta.local_fields
        if field.attname not in {"id", "place", "kind", "amount_fen", "because", "statement_id", "at"}
    }
    return ReceivedLine(
        id=new_id(), place=place, kind="CORRECTION", amount_fen=amount_fen, because=because[:300], at=at, **kept
    )
