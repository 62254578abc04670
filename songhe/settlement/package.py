"""All that proves a statement, in one file: the statement, its lines, what each rests on, and a sum over every part.

The manifest names each part with its SHA-256, so that whoever holds the package can tell that nothing was changed.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from songhe.document.file import read_file
from songhe.document.models import StoredFile
from songhe.kernel.month import BEIJING, Month
from songhe.kernel.refusal import Refusal
from songhe.person.masks import mask_name
from songhe.redemption.models import Verdict
from songhe.service.models import Override, Presence, Visit
from songhe.settlement.borne import lines_on
from songhe.settlement.lines_file import lines_of, lines_workbook, objections_of
from songhe.settlement.models import BorneLine, Payment, Statement, StatementLine
from songhe.settlement.programme import programme_name
from songhe.trail.note import note

#: Parts of a package all carry the time of the gathering, so that the same statement makes the same bytes.
MOST_FILES = 500


def package(statement: Statement, *, pdf: bytes | None, at: datetime, by: str) -> bytes:
    """The proof package of a statement as a ZIP; ``pdf`` is the statement as a letter, where one could be made.

    Names are masked, positions and times stand as recorded. That it was taken is noted.
    """
    lines = lines_of(statement)
    parts: dict[str, bytes] = {}
    if pdf is not None:
        parts["statement.pdf"] = pdf
    parts["statement.json"] = _json(_statement(statement))
    parts["lines.xlsx"] = lines_workbook(statement, to_mark=False)
    parts["verdicts.json"] = _json([_verdict(line, verdict) for line, verdict in lines])
    records, names = _evidence(lines)
    parts["evidence.json"] = _json(records)
    parts |= _files(statement, names)
    if borne := list(lines_on(statement)):
        parts["slips.json"] = _json([_slip(line) for line in borne])
    manifest = {
        "statement": statement.no,
        "version": statement.version,
        "made_at": at.astimezone(BEIJING).isoformat(),
        "made_by": by,
        "parts": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(parts.items())},
    }
    parts["manifest.json"] = _json(manifest)
    note(
        county=statement.county,
        at=at,
        actor=by,
        act="settlement.package",
        subject="statement",
        subject_id=statement.id,
        parts=len(parts),
    )
    return _zip(parts, statement.gathered_at)


def _statement(statement: Statement) -> dict[str, Any]:
    payments = Payment.objects.filter(county=statement.county, statement_id=statement.id).order_by("id")
    objections = objections_of(statement)
    return {
        "no": statement.no,
        "county": statement.county,
        "provider": statement.provider.name,
        "credit_code": statement.provider.credit_code,
        "programme": statement.programme,
        "programme_name": programme_name(county=statement.county, programme=statement.programme)[0],
        "month": statement.month,
        "state": statement.state,
        **{
            name: getattr(statement, name)
            for name in ("charge_fen", "refund_fen", "carried_fen", "net_fen", "central_fen", "local_fen")
        },
        "invoice_no": statement.invoice_no,
        "budget_line": statement.budget_line,
        "gathered_at": _when(statement.gathered_at),
        "confirmed_at": _when(statement.confirmed_at),
        "approved_at": _when(statement.approved_at),
        "payments": [
            {"state": one.state, "amount_fen": one.amount_fen, "booked_on": str(one.booked_on or "")}
            | {"bank_reference": one.bank_reference}
            for one in payments
        ],
        "objections": [
            {"line": one.number, "kind": one.kind, "reason": one.reason, "raised_at": _when(one.raised_at)}
            | {"answer": one.answer, "answered_at": _when(one.answered_at)}
            for one in objections
        ],
    }


def _verdict(line: StatementLine, verdict: Verdict | None) -> dict[str, Any]:
    return {
        "line": line.number,
        "bill": line.line.bill.no,
        "item": line.line.item.code,
        "service_on": line.line.service_on.isoformat(),
        "amount_fen": line.amount_fen,
        "outcome": verdict.outcome if verdict else line.verdict,
        "reasons": verdict.reasons if verdict else [],
        "judged_at": _when(verdict.at) if verdict else "",
        "rule": {"pack": line.line.pack, "version": line.line.version, "ratio": line.line.ratio},
        "steps": line.line.steps,
    }


def _slip(line: BorneLine) -> dict[str, Any]:
    """What a device signed, with the key to prove it by, and what a person decided of it."""
    trouble, slip = line.trouble, line.trouble.slip
    assert slip is not None
    return {
        "line": line.number,
        "kind": line.kind,
        "amount_fen": line.amount_fen,
        "signed": slip.text,
        "signature": slip.signature,
        "public_key": trouble.device.public_key,
        "received_at": _when(slip.received_at),
        "bill": slip.bill.no if slip.bill else "",
        "why": trouble.said,
        "decided": trouble.because,
        "decided_at": _when(trouble.decided_at),
    }


def _evidence(lines: Iterable[tuple[StatementLine, Verdict | None]]) -> tuple[list[dict[str, Any]], set[str]]:
    """What each line rests on, and the hashes of the files that the records name; four statements."""
    rows = [line for line, _ in lines]
    county = rows[0].county if rows else ""
    visit_ids = {line.line.visit_id for line in rows if line.line.visit_id}
    stay_ids = {line.line.stay_id for line in rows if line.line.stay_id}
    found = Visit.objects.filter(county=county, id__in=visit_ids).select_related("worker").order_by("id")
    visits = {row.id: row for row in found}
    overrides = {row.visit_id: row for row in Override.objects.filter(county=county, visit_id__in=visit_ids)}
    days: dict[Any, list[str]] = {}
    months = [Month.parse(line.line.bill.month) for line in rows]
    if stay_ids:
        signs = Presence.objects.filter(
            county=county, stay_id__in=stay_ids, on__range=(min(months).first, max(months).last)
        )
        for stay_id, day, means in signs.order_by("on", "means").values_list("stay_id", "on", "means"):
            days.setdefault(stay_id, []).append(f"{day} {means}")
    records: list[dict[str, Any]] = []
    names: set[str] = set()
    for line in rows:
        told: dict[str, Any] = {"line": line.number, "elder": mask_name(line.line.bill.person.name)}
        visit = visits.get(line.line.visit_id) if line.line.visit_id else None
        if visit is not None:
            told |= {"visit": _visit(visit, overrides.get(visit.id))}
            names |= set(_hashes(visit.evidence))
        if line.line.stay_id:
            told |= {"present": days.get(line.line.stay_id, [])}
        records.append(told)
    return records, names


def _visit(visit: Visit, override: Override | None) -> dict[str, Any]:
    return {
        "kind": visit.kind,
        "worker": visit.worker.name if visit.worker else "",
        "started_at": _when(visit.started_at),
        "ended_at": _when(visit.ended_at),
        "position": [visit.latitude, visit.longitude, visit.accuracy],
        "confirmed_by": visit.confirmed_by,
        "evidence": visit.evidence,
        "evidence_sha256": visit.evidence_sha256,
        "verdict": visit.verdict,
        "reasons": visit.verdict_reasons,
        "override": {"state": override.state, "reason": override.reason} if override else None,
    }


def _hashes(value: Any) -> Iterable[str]:
    """Every SHA-256 that a record's evidence names, however it is laid out."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _hashes(each)
    elif isinstance(value, list):
        for each in value:
            yield from _hashes(each)
    elif isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value):
        yield value


def _files(statement: Statement, hashes: set[str]) -> dict[str, bytes]:
    """The files that the records and the objections name, as they were handed in."""
    rows = StoredFile.objects.everywhere("the evidence of this statement").filter(county=statement.county)
    wanted = {one.file_id for one in objections_of(statement) if one.file_id}
    stored = list(rows.filter(sha256__in=hashes).order_by("id")[:MOST_FILES])
    stored += list(rows.filter(id__in=wanted).order_by("id"))
    found = {}
    for one in stored:
        try:
            found[f"files/{one.name}"] = read_file(one)
        except Refusal as refusal:
            found[f"files/{one.name}.missing.txt"] = refusal.message("zh").encode()
    return found


def _when(at: datetime | None) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds") if at else ""


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _zip(parts: Mapping[str, bytes], at: datetime) -> bytes:
    target = io.BytesIO()
    stamp = at.astimezone(BEIJING).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
