"""Book the bills of a workbook, some at a time: what is right goes in, what is wrong is said, and nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from songhe.access.models import Account
from songhe.county.key import new_id
from songhe.document.file import keep_file, read_file
from songhe.document.models import StoredFile
from songhe.jobs.once import once
from songhe.kernel.refusal import Refusal, reason
from songhe.provider.models import Provider
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.settlement.models import BillSheet
from songhe.settlement.records import with_records
from songhe.settlement.sheet_read import Checked, Row, check_sheet
from songhe.trail.note import note

#: Bills booked in one transaction, so that nobody else waits long.
CHUNK = 25

#: Keys of rows are derived from what they say, so that the same row of another file is the same bill.
KEYS = UUID("7b1d6f0e-3a52-4c7e-9d54-0f7c3f6b2c10")
MOST_GENERATIONS = 50

UNKNOWN_SHEET = reason("settlement.unknown_sheet", zh="没有这张表格。", en="There is no such sheet.", status=404)


def hand_in_sheet(
    *,
    provider: Provider,
    counties: Sequence[str],
    content: bytes,
    called: str,
    uploaded_by: Account,
    at: datetime,
    on: date,
) -> BillSheet:
    """Keep a workbook and check it; nothing is booked. The same workbook again is the same sheet, as far as it got.

    Refuses as ``sheet_read.check_sheet`` and ``document.file.keep_file`` do.
    """
    checked = check_sheet(provider=provider, counties=counties, content=content, on=on)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        known = (
            BillSheet.objects.filter(county=provider.place, provider=provider, file__sha256=digest)
            .order_by("-id")
            .first()
        )
        if known is not None and known.state != BillSheet.State.DONE:
            return known
        stored = keep_file(
            county=provider.place,
            content=content,
            purpose="bill-sheet",
            uploaded_by=uploaded_by,
            at=at,
            called=called,
            allowed=frozenset({"xlsx", "xls", "csv"}),
        )
        sheet = BillSheet.objects.create(
            county=provider.place,
            id=new_id(),
            provider=provider,
            file=stored,
            rows=len(checked.rows),
            uploaded_by=uploaded_by.username,
            uploaded_at=at,
        )
        note(
            county=sheet.county,
            at=at,
            actor=uploaded_by.username,
            act="settlement.hand_in_sheet",
            subject="bill_sheet",
            subject_id=sheet.id,
            rows=sheet.rows,
            ready=checked.ready,
        )
    return sheet


def read_again(*, sheet: BillSheet, counties: Sequence[str], on: date) -> Checked:
    """The sheet's rows as they stand today."""
    stored = StoredFile.objects.everywhere("the workbook of this sheet").get(county=sheet.county, id=sheet.file_id)
    provider = Provider.objects.get(pk=sheet.provider_id)
    return check_sheet(provider=provider, counties=counties, content=read_file(stored), on=on)


def book_some(
    *, county: str, sheet_id: UUID, counties: Sequence[str], at: datetime, on: date, by: str, most: int = CHUNK
) -> BillSheet:
    """Book the next bills of a sheet, in one transaction; each for itself, so that a refused one stops no other.

    A row with a fault is answered with it. What was booked before from the same words, in this sheet or another, is
    answered with that bill. ``next_row`` counts the bills that are done. Refuses with ``settlement.unknown_sheet``.
    """
    with transaction.atomic():
        sheet = BillSheet.objects.select_for_update().filter(county=county, id=sheet_id).first()
        if sheet is None:
            raise UNKNOWN_SHEET("sheet")
        if sheet.state == BillSheet.State.DONE:
            return sheet
        bills = read_again(sheet=sheet, counties=counties, on=on).bills
        seen = Counter(fingerprint(rows) for rows in bills[: sheet.next_row])
        results = list(sheet.results)
        for rows in bills[sheet.next_row : sheet.next_row + most]:
            mark = fingerprint(rows)
            results += _book(sheet, rows, f"{mark}:{seen[mark]}", at=at, on=on, by=by)
            seen[mark] += 1
        sheet.results = results
        sheet.next_row = min(sheet.next_row + most, len(bills))
        done = sheet.next_row >= len(bills)
        sheet.state = BillSheet.State.DONE if done else BillSheet.State.UNDER_WAY
        sheet.finished_at = at if done else None
        sheet.save(update_fields=["results", "next_row", "state", "finished_at"])
        if done:
            counts = Counter(one["state"] for one in results)
            note(
                county=county,
                at=at,
                actor=by,
                act="settlement.book_sheet",
                subject="bill_sheet",
                subject_id=sheet.id,
                booked=counts["booked"],
                same=counts["same"],
                refused=counts["refused"],
            )
    return sheet


def fingerprint(rows: Sequence[Row]) -> str:
    """What a bill says, in one word: two bills that say the same are told apart by their place alone."""
    told = [
        [row.number, row.item_text, str(row.service_on), row.quantity, row.fee_fen, row.ltci_fen, row.ref]
        for row in rows
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _book(sheet: BillSheet, rows: Sequence[Row], mark: str, *, at: datetime, on: date, by: str) -> list[dict[str, Any]]:
    faults = [row.faults for row in rows]
    if any(faults):
        first = next(one for one in faults if one)
        return [_answer(row, "refused", refusal=(own or first)[0]) for row, own in zip(rows, faults, strict=True)]
    grant = rows[0].grant
    assert grant is not None
    request = Request(
        provider_id=sheet.provider_id,
        charges=tuple(
            Charge(
                item=row.item.code,
                service_on=row.service_on,
                quantity=row.quantity,
                fee_fen=row.fee_fen,
            )
            for row in rows
            if row.item is not None and row.service_on is not None
        ),
        grant_no=grant.no,
        ltci_fen=sum(row.ltci_fen for row in rows),
        confirmed_by=rows[0].confirmed,
    )
    try:
        no, is_new = _once(sheet, grant.county, grant.person_id, request, mark, at=at, on=on, by=by)
    except Refusal as refusal:
        return [_answer(row, "refused", refusal=refusal) for row in rows]
    return [_answer(row, "booked" if is_new else "same", bill_no=no) for row in rows]


def _once(
    sheet: BillSheet, county: str, person_id: UUID, request: Request, mark: str, *, at: datetime, on: date, by: str
) -> tuple[str, bool]:
    """The bill's number and whether it was booked just now. What was reversed since may be booked anew."""
    for generation in range(MOST_GENERATIONS):
        made: list[str] = []

        def do(made: list[str] = made) -> dict[str, Any]:
            asked = with_records(county=county, person_id=person_id, request=request)
            bill = redeem(county=county, request=asked, at=at, on=on, by=by)
            made.append(bill.no)
            return {"no": bill.no}

        key = str(uuid5(KEYS, f"{sheet.provider_id}:{mark}:{generation}"))
        client = f"provider:{sheet.provider_id}"
        with transaction.atomic():
            answer = once(county=county, client=client, key=key, body={"mark": mark}, at=at, do=do)
        no = str(answer["no"])
        reversed_since = not made and Bill.objects.filter(county=county, no=no, state=Bill.State.REVERSED).exists()
        if not reversed_since:
            return no, bool(made)
    return no, False


def _answer(row: Row, state: str, *, bill_no: str = "", refusal: Refusal | None = None) -> dict[str, Any]:
    return {
        "row": row.line,
        "state": state,
        "bill_no": bill_no,
        "code": refusal.code if refusal else "",
        "zh": refusal.message("zh") if refusal else "",
        "en": refusal.message("en") if refusal else "",
    }
