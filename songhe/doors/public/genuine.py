"""Is this paper genuine? Its number says what it is, from when and which county, and whether it holds; no names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from songhe.assessment.models import Assessment
from songhe.document.number import check as checked
from songhe.document.number import grouped
from songhe.doors.public.limit import Limit
from songhe.doors.public.place import counties
from songhe.doors.shell.pieces import Fact, Tone
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.papers import genuine_statement
from songhe.entitlement.letter import genuine as genuine_letter
from songhe.entitlement.models import Letter
from songhe.feedback.models import Complaint
from songhe.grant.models import Grant
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill
from songhe.settlement.models import Statement

#: Look-ups of one address in the minutes of a window, so that nobody counts vouchers by guessing.
LIMIT = Limit("genuine", most=30, minutes=10)


@dataclass(frozen=True)
class Found:
    """What a number stands for; nothing about whom or how much."""

    kind: Any
    sign: str
    facts: list[Fact]
    word: Any
    tone: Tone


@dataclass(frozen=True)
class Paper:
    """A kind of paper: what it is called, and what its row says of date and validity."""

    word: Any
    sign: str
    find: Callable[[str, date], tuple[date, Any, Tone] | None]
    #: Whether the check code that is printed on it agrees with what it says; ``None``: no code is printed on these.
    agrees: Callable[[str, str], bool] | None = None


def letter(no: str, on: date) -> tuple[date, Any, Tone] | None:
    row = Letter.objects.filter(county=no[:6], no=no).only("county", "application_id", "at").first()
    if row is None:
        return None
    newer = Letter.objects.filter(county=row.county, application_id=row.application_id, at__gt=row.at)
    if newer.exists():
        return beijing_date(row.at), _("真实，但此后又发了新的文书"), "warn"
    return beijing_date(row.at), _("真实"), "ok"


def statement(no: str, on: date) -> tuple[date, Any, Tone] | None:
    row = Statement.objects.filter(county=no[:6], no=no).values_list("gathered_at", "state").first()
    if row is None:
        return None
    at, state = row
    settled = state in (Statement.State.APPROVED, Statement.State.PAID, Statement.State.CARRIED)
    return beijing_date(at), _("真实，已审批") if settled else _("真实，还没有审批"), "ok" if settled else "info"


def bill(no: str, on: date) -> tuple[date, Any, Tone] | None:
    row = Bill.objects.filter(county=no[:6], no=no).values_list("handed_in_at", "state").first()
    if row is None:
        return None
    at, state = row
    says: dict[str, tuple[Any, Tone]] = {
        Bill.State.BOOKED: (_("真实，已入账"), "ok"),
        Bill.State.PROVISIONAL: (_("真实，暂记入账"), "ok"),
        Bill.State.HANDED_IN: (_("已提交，还没有入账"), "warn"),
        Bill.State.REVERSED: (_("已冲正，不再有效"), "bad"),
        Bill.State.REFUSED: (_("已退回，不是有效账单"), "bad"),
    }
    return (beijing_date(at), *says[state])


def voucher(no: str, on: date) -> tuple[date, Any, Tone] | None:
    row = Grant.objects.filter(county=no[:6], no=no).values_list("issued_at", "state", "month").first()
    if row is None:
        return None
    at, state, month = row
    issued_on = beijing_date(at)
    if state == Grant.State.ACTIVE and on in Month.parse(month):
        return issued_on, _("真实，当月有效"), "ok"
    if state == Grant.State.REVOKED:
        return issued_on, _("已撤销，不能使用"), "bad"
    return issued_on, _("真实，已过有效期"), "warn"


def assessment(no: str, on: date) -> tuple[date, Any, Tone] | None:
    rows = Assessment.objects.everywhere("whether a report's number is genuine, without its content")
    row = rows.filter(county=no[:6], no=no).values_list("assessed_on", "state", "valid_until").first()
    if row is None:
        return None
    assessed_on, state, until = row
    if assessed_on is None:
        return None
    if state in ("effective", "disputed") and (until is None or until >= on):
        return assessed_on, _("真实，结果有效"), "ok"
    if state in ("effective", "replaced", "disputed", "kept"):
        return assessed_on, _("真实，但不是现在有效的结果"), "warn"
    if state == "void":
        return assessed_on, _("已作废"), "bad"
    return assessed_on, _("还没有审核"), "warn"


def complaint(no: str, on: date) -> tuple[date, Any, Tone] | None:
    row = Complaint.rows.filter(county=no[:6], no=no).values_list("received_on", flat=True).first()
    return (row, _("真实"), "ok") if row else None


def letter_agrees(no: str, code: str) -> bool:
    return genuine_letter(no=no, code=code) is not None


def statement_agrees(no: str, code: str) -> bool:
    return genuine_statement(no=no, code=code) is not None


PAPERS: dict[str, Paper] = {
    "letter": Paper(gettext_lazy("决定书"), "document", letter, letter_agrees),
    "voucher": Paper(gettext_lazy("消费券"), "ticket", voucher),
    "bill": Paper(gettext_lazy("账单"), "receipt", bill),
    "statement": Paper(gettext_lazy("结算单"), "statement", statement, statement_agrees),
    "assessment": Paper(gettext_lazy("评估报告"), "scale", assessment),
    "complaint": Paper(gettext_lazy("投诉受理单"), "phone", complaint),
}


@require_safe
def check(request: DoorRequest) -> HttpResponse:
    """The box for a number, and the answer to what was typed."""
    typed, kind = request.GET.get("no", "")[:60], request.GET.get("kind", "")
    if not typed:
        return shown(request)
    return answered(request, typed, kind if kind in PAPERS else "", code=request.GET.get("code", "").strip()[:20])


@require_safe
def check_number(request: DoorRequest, no: str, kind: str = "") -> HttpResponse:
    """Where the code printed on a letter leads to."""
    if kind and kind not in PAPERS:
        raise Http404
    return answered(request, no, kind)


def answered(request: DoorRequest, typed: str, kind: str, *, code: str = "") -> HttpResponse:
    try:
        LIMIT.check(request)
        LIMIT.count(request)
        no = checked(typed, field="no")
    except Refusal as refusal:
        return shown(request, typed=typed, kind=kind, code=code, wrong=in_words(refusal), status=refusal.status)
    found = look_up(no, kind, request.on, code=code)
    return shown(request, typed=grouped(no), kind=kind, code=code, found=found, missing=not found)


def look_up(no: str, kind: str, on: date, *, code: str = "") -> list[Found]:
    """The papers that bear the number: numbers of different kinds may be equal, for each kind counts for itself.

    With a check code only those on which one is printed: the one that it agrees with, else that none does.
    """
    if code:
        coded = {name for name, paper in PAPERS.items() if paper.agrees is not None}
        kinds = {name for name in coded if PAPERS[name].agrees(no, code)}  # type: ignore[misc]
        found = papers(no, kinds if kinds else coded, on)
        if kinds:
            return found
        told = _("编号是有的，但查验码不符：内容可能被改过")
        return [replace(one, word=told, tone="bad") for one in found]
    return papers(no, {kind} if kind else set(PAPERS), on)


def papers(no: str, kinds: set[str], on: date) -> list[Found]:
    made = []
    for name, paper in PAPERS.items():
        if name not in kinds:
            continue
        told = paper.find(no, on)
        if told is not None:
            day, word, tone = told
            county = counties([no[:6]], on)[0]
            facts = [Fact(_("发出日期"), day), Fact(_("发出单位"), _("%(county)s民政部门") % {"county": county.name})]
            made.append(Found(paper.word, paper.sign, facts, word, tone))
    return made


def shown(
    request: DoorRequest,
    *,
    typed: str = "",
    kind: str = "",
    code: str = "",
    found: list[Found] | None = None,
    missing: bool = False,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    said = {
        "place": "check",
        "typed": typed,
        "kind": kind,
        "code": code,
        "kinds": [(name, paper.word) for name, paper in PAPERS.items()],
        "found": found or [],
        "missing": missing,
        "wrong": wrong,
    }
    return render(request, "public/check.html", said, status=status)
