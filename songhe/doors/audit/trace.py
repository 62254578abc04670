"""One yuan 一元钱的来路: from the pay-out back to the evidence, the rule, and everybody who had a hand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.document import number as numbers
from songhe.doors.audit.desk import Desk, look, open_desk, said
from songhe.doors.audit.words import act_word, because_word, move_word, subject_word
from songhe.doors.may import require
from songhe.doors.shell.amount import figures as in_figures
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day, moment, month
from songhe.doors.staff import naming, words
from songhe.doors.staff.figures import language
from songhe.doors.staff.measure import measured
from songhe.doors.staff.reach import out_of_reach
from songhe.doors.staff.why import trace as why_of
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.ledger.models import Account
from songhe.month.audit.money import Traced, line_of, lines_behind, trace
from songhe.month.audit.money import find as found_by
from songhe.person.masks import mask_name
from songhe.policy.resolve import library
from songhe.redemption.models import Line

#: What an account is called; nothing for nobody.
Who = Callable[[str], str]


@dataclass(frozen=True)
class Stage:
    """One station on the way back: what it is, its facts, and what is to be said of it."""

    title: Any
    facts: list[Fact]
    note: Any = ""
    state: words.Word | None = None
    why: Any = None
    steps: tuple[dict[str, Any], ...] = ()


@require_safe
@require("audit.trace")
def find(request: DoorRequest) -> HttpResponse:
    """A number of any kind leads to the bill lines behind it; the only one is opened at once."""
    desk = open_desk(request, "audit.trace")
    text = "".join(request.GET.get("no", "").split())[:40]
    wrong = ""
    rows: list[Line] = []
    named: list[tuple[str, str]] = []
    if text:
        try:
            no = numbers.check(text)
        except Refusal as refusal:
            wrong = refusal.message(language())
        else:
            if no[:6] not in desk.counties:
                out_of_reach(request, county=no[:6], subject="audit", subject_id=no)
            wanted = request.GET.get("kind", "")
            for kind, row in found_by(no[:6], no):
                # Each kind counts its own numbers: one number may stand for a voucher and for a statement.
                if wanted and kind != wanted:
                    continue
                named.append((kind_word(kind), no))
                rows += lines_behind(kind, row)
            if not named:
                wrong = _("没有这个编号。")
    look(request, desk, "audit.read", "trace", text or "form")
    rows = list({row.id: row for row in rows}.values())
    if len(rows) == 1:
        return HttpResponseRedirect(line_address(desk, rows[0]))
    table = {
        **said(request, desk, Crumb(_("一元钱的来路"))),
        "no": text,
        "wrong": wrong,
        "named": named,
        "rows": [
            {
                "address": line_address(desk, row),
                "bill": row.bill.no,
                "number": row.number,
                "who": mask_name(row.bill.person.name),
                "provider": row.bill.provider.name,
                "item": words.said(row.item.name, row.item.name_en),
                "day": row.service_on,
                "fen": row.voucher_fen,
            }
            for row in rows
        ],
    }
    return render(request, "audit/trace_find.html", table, status=404 if wrong else 200)


def kind_word(kind: str) -> str:
    return {
        "bill": _("账单"),
        "voucher": _("消费券"),
        "statement": _("结算单"),
        "application": _("申请"),
        "right": _("待遇"),
        "batch": _("拨付批次"),
    }[kind]


def line_address(desk: Desk, row: Line) -> str:
    return reverse("audit:trace-line", args=[row.bill.no, row.number])


@require_safe
@require("audit.trace")
def line(request: DoorRequest, bill_no: str, number: int) -> HttpResponse:
    """Everything behind one line of a bill, on one page."""
    county = bill_no[:6]
    desk = open_desk(request, "audit.trace")
    if not county.isdigit() or len(county) != 6:
        raise Http404
    if county not in desk.counties:
        out_of_reach(request, county=county, subject="redemption.Line", subject_id=f"{bill_no}:{number}"[:64])
    row = line_of(county=county, bill_no=bill_no, number=number)
    if row is None:
        raise Http404
    desk = Desk(county, desk.counties, desk.last_on, desk.days_left)
    found = trace(row)
    look(request, desk, "audit.trace", "redemption.Line", row.id)
    names = naming.accounts([*(each.entry.actor for each in found.trail), *hands(found)])
    table = {
        **said(request, desk, Crumb(_("一元钱的来路"), desk.address("audit:trace")), Crumb(f"{bill_no} · {number}")),
        "found": found,
        "fen": row.voucher_fen,
        "stages": stages(request, found, lambda username: names.get(username, username)),
        "moves": [
            {
                "at": one.transfer.at,
                "on": one.transfer.on,
                "month": one.transfer.month,
                "what": move_word(one.transfer.kind),
                "debit": account_word(one.debit),
                "credit": account_word(one.credit),
                "fen": one.transfer.amount,
                "mine": one.transfer.about == row.id,
            }
            for one in found.moves
        ],
        "trail": [
            {
                "at": one.entry.at,
                "act": act_word(one.entry.act),
                "code": one.entry.act,
                "who": names.get(one.entry.actor, one.entry.actor),
                "actor": one.entry.actor,
                "subject": subject_word(one.entry.subject),
                "reason": one.entry.reason,
                "seal": one.seal,
            }
            for one in found.trail
        ],
    }
    return render(request, "audit/trace.html", table)


def hands(found: Traced) -> Iterator[str]:
    """The accounts of everybody who had a hand in it, whose names are fetched at once."""
    for payment in found.payments:
        yield from (payment.batch.made_by, payment.batch.released_by)
    for charge in found.statement_lines:
        yield from (charge.statement.confirmed_by, charge.statement.approved_by)
    for budget in found.budgets:
        yield from (budget.set_by, budget.approved_by)
    yield found.bill.made_by
    if found.verdict is not None:
        yield found.verdict.by
    for record in (found.line.visit, found.line.stay):
        if record is not None:
            yield record.recorded_by
    if found.entitlement is not None:
        yield found.entitlement.approved_by
    if found.application is not None:
        yield from (found.application.reviewed_by, found.application.decided_by)


def account_word(account: Account) -> str:
    """What an account of the fund is, in a word."""
    known = {
        "source": _("项目资金"),
        "budget": _("当月预算"),
        "purse": _("消费券"),
        "hold": _("预留"),
        "payable": _("应付机构"),
        "lapsed": _("过期退回"),
        "paid": _("已付"),
    }
    return known.get(account.kind, account.code or account.kind)


def stages(request: DoorRequest, found: Traced, who: Who) -> list[Stage]:
    """The stations from the bank back to the assessment."""
    return [
        *paid(found, who),
        *stated(found, who),
        charged(found, who),
        judged(found, who),
        served(found, who),
        *held(found),
        *budgeted(found, who),
        *entitled(found, who),
        *determined(found),
        *applied(found, who),
        *assessed(request, found),
    ]


def paid(found: Traced, who: Who) -> list[Stage]:
    if not found.payments:
        return [Stage(_("付款"), [], _("还没有付款。"))]
    return [
        Stage(
            _("付款"),
            [
                Fact(_("拨付批次"), each.batch.no),
                Fact(_("付给机构"), in_figures(each.amount_fen)),
                Fact(_("收款账户"), f"{each.account.bank} ****{each.account.last4}"),
                Fact(_("银行回单"), each.bank_reference),
                Fact(_("制单"), who(each.batch.made_by)),
                Fact(_("放行"), who(each.batch.released_by)),
                Fact(_("入账日"), day(each.booked_on, language()) if each.booked_on else ""),
            ],
            each.returned_because,
            words.word(words.PAYMENT, each.state),
        )
        for each in found.payments
    ]


def said_by(name: str, at: datetime | None) -> str:
    return " ".join(part for part in (name, moment(at, language()) if at else "") if part)


def position(longitude: float | None, latitude: float | None) -> str:
    return f"{longitude:.5f}, {latitude:.5f}" if longitude is not None and latitude is not None else ""


def stated(found: Traced, who: Who) -> list[Stage]:
    if not found.statement_lines:
        return [Stage(_("结算单"), [], _("还没有归集到结算单。"))]
    return [
        Stage(
            _("结算单明细"),
            [
                Fact(_("结算单"), each.statement.no, reverse("staff:statement", args=[each.statement.no])),
                Fact(_("第几行"), each.number),
                Fact(_("种类"), words.word(words.LINE_KINDS, each.kind).said),
                Fact(_("金额"), in_figures(each.amount_fen)),
                Fact(_("中央"), in_figures(each.central_fen) if each.central_fen is not None else ""),
                Fact(_("地方"), in_figures(each.local_fen) if each.local_fen is not None else ""),
                Fact(_("机构确认"), who(each.statement.confirmed_by)),
                Fact(_("审批"), who(each.statement.approved_by)),
            ],
            "",
            words.word(words.STATEMENT, each.statement.state),
        )
        for each in found.statement_lines
    ]


def charged(found: Traced, who: Who) -> Stage:
    line_, bill = found.line, found.bill
    steps = tuple({"sentence": words.said(one["zh"], one["en"]), "fen": one["amount_fen"]} for one in line_.steps)
    return Stage(
        _("账单明细"),
        [
            Fact(_("账单"), bill.no),
            Fact(_("机构"), bill.provider.name),
            Fact(_("老人"), mask_name(bill.person.name), reverse("staff:person", args=[bill.person_id])),
            Fact(_("项目"), words.said(line_.item.name, line_.item.name_en)),
            Fact(_("服务日"), day(line_.service_on, language())),
            Fact(_("费用"), in_figures(line_.fee_fen)),
            Fact(_("长护险"), in_figures(line_.ltci_fen)),
            Fact(_("其他资金"), in_figures(line_.other_fen)),
            Fact(_("消费券"), in_figures(line_.voucher_fen)),
            Fact(_("个人支付"), in_figures(line_.self_fen)),
            Fact(
                _("抵扣比例和封顶"), f"{line_.ratio} · {in_figures(line_.cap_fen)}" if line_.cap_fen is not None else ""
            ),
            Fact(_("规则版本"), f"{line_.pack} {line_.version}".strip()),
            Fact(_("入账"), said_by(who(bill.made_by), bill.booked_at)),
        ],
        _("已冲正：%(because)s") % {"because": found.reversal.reason} if found.reversal else "",
        words.word(words.BILL, bill.state),
        steps=steps,
    )


def judged(found: Traced, who: Who) -> Stage:
    verdict = found.verdict
    if verdict is None:
        return Stage(_("凭据结论"), [], _("没有结论，不能结算。"))
    reasons = words.listed(
        words.VERDICT_REASONS.get(one) or because_word(one) for one in verdict.reasons if isinstance(one, str)
    )
    return Stage(
        _("凭据结论"),
        [
            Fact(_("依据"), reasons),
            Fact(_("由谁"), who(verdict.by)),
            Fact(_("时刻"), moment(verdict.at, language())),
        ],
        "",
        words.word(words.VERDICTS, verdict.outcome),
    )


def served(found: Traced, who: Who) -> Stage:
    line_ = found.line
    if line_.visit is not None:
        visit = line_.visit
        return Stage(
            _("服务凭据"),
            [
                Fact(_("服务日"), day(visit.service_on, language())),
                Fact(_("护理员"), visit.worker.name if visit.worker else ""),
                Fact(
                    _("起止"),
                    f"{moment(visit.started_at, language())} – {moment(visit.ended_at, language())}"
                    if visit.started_at and visit.ended_at
                    else "",
                ),
                Fact(
                    _("位置"),
                    position(visit.longitude, visit.latitude),
                ),
                Fact(_("谁确认"), words.CONFIRMED[visit.confirmed_by]),
                Fact(_("凭据摘要"), visit.evidence_sha256[:16]),
                Fact(_("记录人"), who(visit.recorded_by)),
            ],
            "",
            words.word(words.VERDICTS, visit.verdict),
        )
    if line_.stay is not None:
        stay = line_.stay
        return Stage(
            _("服务凭据"),
            [
                Fact(_("入住机构"), stay.provider.name),
                Fact(_("入住"), day(stay.admitted_on, language())),
                Fact(_("退住"), day(stay.discharged_on, language()) if stay.discharged_on else ""),
                Fact(_("合同"), stay.contract_no),
                Fact(_("记录人"), who(stay.recorded_by)),
            ],
        )
    if line_.assessment is not None:
        return Stage(_("服务凭据"), [Fact(_("评估报告"), line_.assessment.no)])
    return Stage(_("服务凭据"), [], _("这一行没有关联凭据。"))


def held(found: Traced) -> list[Stage]:
    grant = found.grant
    if grant is None:
        return [Stage(_("消费券"), [], _("这一行没有用消费券。"))]
    return [
        Stage(
            _("消费券"),
            [
                Fact(_("券号"), grant.no, reverse("audit:trace") + f"?no={grant.no}&kind=voucher"),
                Fact(_("月份"), month(Month.parse(grant.month), language())),
                Fact(_("组别"), words.CATEGORIES[grant.category].said if grant.category in words.CATEGORIES else ""),
                Fact(_("面额"), in_figures(grant.face_fen)),
                Fact(_("账上发放"), in_figures(found.issued_fen)),
                Fact(_("余额"), in_figures(grant.purse.balance or 0)),
                Fact(_("发放时刻"), moment(grant.issued_at, language())),
                Fact(_("规则版本"), f"{grant.pack} {grant.version}"),
            ],
            because_word(grant.ended_because),
            words.word(words.GRANT, grant.state),
        )
    ]


def budgeted(found: Traced, who: Who) -> list[Stage]:
    return [
        Stage(
            _("预算"),
            [
                Fact(_("月份"), month(Month.parse(each.month), language())),
                Fact(_("金额"), in_figures(each.amount_fen)),
                Fact(_("文号"), each.document_no),
                Fact(_("提出"), who(each.set_by)),
                Fact(_("批准"), who(each.approved_by)),
            ],
        )
        for each in found.budgets
    ]


def entitled(found: Traced, who: Who) -> list[Stage]:
    right = found.entitlement
    if right is None:
        return []
    return [
        Stage(
            _("待遇"),
            [
                Fact(_("待遇编号"), right.no),
                Fact(_("项目"), words.word(words.PROGRAMMES, right.policy).said),
                Fact(_("批准"), f"{who(right.approved_by)} {day(right.approved_on, language())}"),
                Fact(_("从"), month(Month.parse(right.first_month), language())),
                Fact(_("失能等级"), words.LEVELS.get(right.level, right.level)),
            ],
            right.suspended_because,
            words.word(words.ENTITLEMENT, right.state),
        )
    ]


def determined(found: Traced) -> list[Stage]:
    if found.determination is None:
        return []
    told = why_of(found.determination)
    assert told is not None
    title = library().packs[told.pack].title if told.pack in library().packs else None
    return [
        Stage(
            _("资格认定"),
            [
                Fact(_("规则"), words.said(title.zh, title.en) if title else told.pack),
                Fact(_("规则版本"), f"{told.pack} {told.version}"),
                Fact(_("认定日"), day(told.on, language())),
                *told.facts,
            ],
            "" if told.exact else _("规则文本此后有修订，结论仍按当时的版本。"),
            told.outcome,
            why=told.conditions,
        )
    ]


def applied(found: Traced, who: Who) -> list[Stage]:
    application = found.application
    if application is None:
        return []
    return [
        Stage(
            _("申请"),
            [
                Fact(_("申请编号"), application.no, reverse("staff:application", args=[application.no])),
                Fact(_("方式"), words.word(words.CHANNELS, application.channel).said),
                Fact(_("提交"), day(application.submitted_on, language()) if application.submitted_on else ""),
                Fact(_("初审"), who(application.reviewed_by)),
                Fact(_("审批"), who(application.decided_by)),
                Fact(_("决定日"), day(application.decided_on, language()) if application.decided_on else ""),
            ],
            application.decision_note,
            words.word(words.APPLICATION, application.state),
        )
    ]


def assessed(request: DoorRequest, found: Traced) -> list[Stage]:
    told = measured(found.assessment, request.on)
    if told is None:
        return []
    return [
        Stage(
            _("能力评估"),
            [
                Fact(_("评估编号"), told.no),
                Fact(_("等级"), told.level),
                Fact(_("总分"), f"{told.total} / {told.maximum}" if told.total is not None else ""),
                Fact(_("评估日"), day(told.assessed_on, language()) if told.assessed_on else ""),
                Fact(_("评估机构"), told.body),
                Fact(_("评估师"), told.assessors),
                Fact(_("标准"), told.standard),
            ],
            "",
            told.state,
        )
    ]
