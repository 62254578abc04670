"""The last look 核对签名: all answers, what seems odd, the level, and the two signatures."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.assessment import sign as signing
from songhe.assessment.picture import MOST_DRAWING_BYTES
from songhe.doors.assessor import asked
from songhe.doors.assessor.acting import by_script, do_once, in_words, told_to_scripts
from songhe.doors.assessor.evidence import as_data
from songhe.doors.assessor.state import State
from songhe.doors.assessor.visit import address_of, crumbs, remarks
from songhe.doors.assessor.visits import Visit, find
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of
from songhe.kernel.refusal import Refusal, reason

#: As many items may be objected to at once.
REMARKS = 3

FEE_NOT_AN_AMOUNT = reason(
    "assessor.fee_not_an_amount", zh="评估费请写成元，如 100 或 99.50。", en="Write the fee in yuan, as 100 or 99.50."
)


@require_safe
@require("assessment.submit")
def check(request: DoorRequest, no: str) -> HttpResponse:
    """Everything on one page, for both assessors."""
    found = find(request, no)
    if not found.is_open:
        return HttpResponseRedirect(reverse("assessor:report", args=[no]))
    if found.held is None:
        return HttpResponseRedirect(reverse("assessor:visit", args=[no]))
    return show(request, found)


def show(request: DoorRequest, found: Visit, refused: Refusal | None = None, typed: str = "") -> HttpResponse:
    state = State(found)
    missing = [
        {"title": asked.name_of(state.scale, code), "address": address_of(found, state, code)}
        for code in state.standing.missing
    ]
    said = {
        "visit": found,
        "state": state,
        "crumbs": crumbs(found, _("核对签名")),
        "steps": state.steps(),
        "missing": missing,
        "warnings": [
            {"said": one, "address": address_of(found, state, code)}
            for code, words in state.warnings.items()
            for one in words
        ],
        "parts": answers(found, state),
        "remarks": remarks(found, state),
        "signatures": signatures_shown(found, state),
        "items": [(item.code, asked.name_of(state.scale, item.code)) for item in state.scale.items],
        "remark_rows": range(1, REMARKS + 1),
        "photo": as_data(found.held.photo) if found.held and found.held.photo else "",
        "keys": {name: uuid4() for name in ("sign", "differ", "photo", "place")},
        "typed": typed,
        "fee_asked": state.others is not None or found.row.fee_fen is not None,
        "refused": in_words(refused) if refused else "",
        "refused_code": refused.code if refused else "",
        "device": state.for_device(),
    }
    return render(request, "assessor/check.html", said, status=refused.status if refused else 200)


def answers(found: Visit, state: State) -> list[dict[str, Any]]:
    """All that is filled in, step by step, in words."""
    parts = []
    for slug in asked.STEPS:
        lines: list[dict[str, Any]] = [
            {
                "code": code,
                "title": asked.name_of(state.scale, code),
                "said": asked.spoken(state.scale, code, state.values[code]),
                "score": state.values[code] if code.startswith("B.") else None,
                "address": address_of(found, state, code),
            }
            for code in asked.codes_of(state.scale, slug)
            if code in state.values
        ]
        group = None if slug == asked.INFORMATION else state.scale.groups[int(slug) - 1]
        total = sum(state.values[line["code"]] for line in lines) if group and len(lines) == len(group.items) else None
        parts.append(
            {
                "slug": slug,
                "title": asked.title_of(state.scale, slug),
                "lines": lines,
                "total": total,
                "maximum": group.maximum if group else None,
                "address": reverse("assessor:form", args=[found.row.no, slug]),
            }
        )
    return parts


def signatures_shown(found: Visit, state: State) -> list[dict[str, Any]]:
    shown = []
    for worker in (found.me, found.other):
        held = state.signatures.get(worker.pk)
        shown.append(
            {
                "name": worker.name,
                "mine": worker.pk == found.me.pk,
                "at": held.at if held else None,
                "typed": held.typed if held else "",
                "drawing": as_data(held.drawing) if held and held.drawing else "",
            }
        )
    return shown


@require_POST
@require("assessment.submit")
@told_to_scripts
def sign(request: DoorRequest, no: str) -> HttpResponse:
    """One of the two signs; with the second signature the form is handed in."""
    found = find(request, no)
    drawn = request.FILES.get("drawing")
    drawing = drawn.read(MOST_DRAWING_BYTES + 1) if drawn else None
    typed = request.POST.get("typed", "") if drawing is None else ""
    seen = request.POST.get("seen", "")

    def do() -> dict[str, Any]:
        fee = fee_of(request.POST.get("fee", ""))
        signed = signing.sign(
            assessment=found.row,
            seen=seen,
            at=request.at,
            on=request.on,
            by=account_of(request),
            drawing=drawing,
            typed=typed,
            fee_fen=fee,
        )
        return {"handed_in": signed.handed_in}

    try:
        handed_in = do_once(request, found, name="sign", told={"seen": seen, "typed": typed}, do=do)["handed_in"]
    except Refusal as refusal:
        now = find(request, no)
        if by_script(request) or not now.is_open or now.held is None:
            raise
        return show(request, now, refusal, typed)
    words = (
        _("两位评估员都已签名，结果已提交县区复核。")
        if handed_in
        else _("您已签名，等%(name)s确认签名。") % {"name": found.other.name}
    )
    address = reverse("assessor:report", args=[no]) if handed_in else reverse("assessor:check", args=[no])
    if by_script(request):
        return JsonResponse({"said": words, "handed_in": handed_in, "address": address})
    messages.success(request, words)
    return HttpResponseRedirect(address)


def fee_of(text: str) -> int | None:
    """Yuan as typed, in fen. Refuses with ``assessor.fee_not_an_amount``."""
    plain = text.strip().replace(",", "").replace("，", "").lstrip("¥￥")
    if not plain:
        return None
    try:
        fen = Decimal(plain) * 100
    except InvalidOperation:
        raise FEE_NOT_AN_AMOUNT("fee") from None
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", plain) or fen != int(fen):
        raise FEE_NOT_AN_AMOUNT("fee")
    return int(fen)


@require_POST
@require("assessment.submit")
@told_to_scripts
def differ(request: DoorRequest, no: str) -> HttpResponse:
    """What this assessor sees differently goes back to both, and nothing that was signed counts any more."""
    found = find(request, no)
    items = []
    for row in range(1, REMARKS + 1):
        code = request.POST.get(f"item-{row}", "")
        if code:
            score = request.POST.get(f"score-{row}", "").strip()
            given = int(score) if re.fullmatch(r"[0-9]", score) else (score or None)
            items.append({"code": code, "score": given, "because": request.POST.get(f"because-{row}", "")})

    def do() -> dict[str, Any]:
        held = signing.differ(assessment=found.row, items=items, at=request.at, by=account_of(request).username)
        return {"version": held.version}

    try:
        do_once(request, found, name="differ", told={"items": items}, do=do)
    except Refusal as refusal:
        now = find(request, no)
        if by_script(request) or not now.is_open or now.held is None:
            raise
        return show(request, now, refusal)
    messages.success(request, _("不同意见已记下，两人商定修改后再一起签名。"))
    return HttpResponseRedirect(reverse("assessor:visit", args=[no]))
