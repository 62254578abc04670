"""Bills and receipts: who paid what of each, and why; a month and a year added up. 账单和收据"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.elder import money, paper
from songhe.doors.elder.earlier import earlier
from songhe.doors.elder.money_words import BILLS, STARS, Word, group_name, said, stars_drawn, step_said
from songhe.doors.elder.showing import show as page
from songhe.doors.elder.whom import Whom, noted_read, whom
from songhe.doors.may import require
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.feedback.models import Rating
from songhe.feedback.queries import ratings_of
from songhe.feedback.rate import is_gathered, may_rate
from songhe.kernel.capitals import in_capitals
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill, Line, Reversal
from songhe.redemption.queries import (
    STANDING,
    MonthOfPerson,
    Receipt,
    Sums,
    bills_of,
    months_known,
    months_of,
    purses_of,
    standing,
)

MOST = 50


@dataclass(frozen=True)
class Row:
    """A bill in the list; ``sums`` are what still stands of it."""

    bill: Bill
    group: str
    sums: Sums | None
    word: Word | None
    stars: int | None

    @property
    def over(self) -> bool:
        return self.bill.state == Bill.State.REVERSED


@dataclass(frozen=True)
class Step:
    said: str
    fen: int


@dataclass(frozen=True)
class LineShown:
    """One item with every step of its calculation."""

    line: Line
    item: str
    steps: list[Step]
    undone: Reversal | None

    @property
    def on_card_fen(self) -> int:
        return self.line.purse_fen + self.line.credit_fen

    @property
    def undone_word(self) -> str:
        return _("已冲正")


@dataclass(frozen=True)
class Note:
    text: str
    tone: str
    sign: str


@dataclass(frozen=True)
class MonthShown:
    month: Month
    group: str
    bills: int
    sums: Sums


@dataclass(frozen=True)
class Rated:
    row: Rating
    word: str
    drawn: str


@dataclass(frozen=True)
class Star:
    number: int
    word: str
    drawn: str


@require_safe
@require("redemption.read")
def bills(request: DoorRequest) -> HttpResponse:
    """The bills of one month, added up; the latest month first. After a move ``county`` opens those from before."""
    elder = whom(request)
    before = earlier(request, [elder])
    past = next((one for one in before if one.person.county == request.GET.get("county")), None)
    elder = past or elder
    noted_read(request, elder, "redemption.read")
    person = elder.person
    known = months_known(county=person.county, person_id=person.id)
    told: dict[str, Any] = {
        "which": None,
        "past": _place(person.county, request) if past else "",
        "county": person.county if past else "",
        "before": [] if past else [(one.person.county, _place(one.person.county, request)) for one in before],
    }
    back = reverse("elder:bills") if past else ""
    if not known:
        told["none"] = {"title": _("还没有账单"), "text": _("用券或者爱心卡付过账以后，这里能看到每一张收据。")}
        return page(request, "elder/bills.html", told, whom=elder, back=back)
    which = _asked(request.GET.get("month", ""), known)
    rows = list(bills_of(county=person.county, person_id=person.id, month=which)[_after(request) :][: MOST + 1])
    shown, more = rows[:MOST], len(rows) > MOST
    ids = [bill.id for bill in shown]
    stand = standing(county=person.county, bill_ids=ids)
    rated = ratings_of(county=person.county, bill_ids=ids)
    sums = _added(months_of(county=person.county, person_id=person.id, first=which, last=which))
    place = known.index(which) if which in known else 0
    told |= {
        "which": which,
        "later": known[place - 1] if place else None,
        "earlier": known[place + 1] if place + 1 < len(known) else None,
        "sums": sums,
        "sums_said": parts_of(sums),
        "you_pay": you_pay(elder),
        "older": _after(request) + MOST if more else 0,
        "rows": [
            Row(
                bill=bill,
                group=group_name(bill.category),
                sums=stand.get(bill.id) if bill.state in STANDING else None,
                word=BILLS.get(bill.state),
                stars=rated[bill.id].stars if bill.id in rated else None,
            )
            for bill in shown
        ],
    }
    return page(request, "elder/bills.html", told, whom=elder, back=back)


def _place(county: str, request: DoorRequest) -> str:
    return str(naming.whole_place(county, request.on))


@require_safe
@require("redemption.read")
def year(request: DoorRequest, which: int) -> HttpResponse:
    """A year added up, by month and group."""
    elder = whom(request)
    noted_read(request, elder, "redemption.read")
    person = elder.person
    found = months_of(county=person.county, person_id=person.id, first=Month(which, 1), last=Month(which, 12))
    sums = _added(found)
    told = {
        "heading": _("%(year)s年一共花了多少") % {"year": which},
        "sums": sums,
        "sums_said": parts_of(sums),
        "you_pay": you_pay(elder),
        "months": [MonthShown(Month.parse(one.month), group_name(one.category), one.bills, one.sums) for one in found],
        "none_title": _("这一年没有账单"),
        "none_text": _("用券付过账以后，这里会加起来。"),
    }
    return page(request, "elder/year.html", told, whom=elder, back=reverse("elder:bills"))


@require_safe
@require("redemption.read")
def bill(request: DoorRequest, no: str) -> HttpResponse:
    """A receipt: the fee, what each payer gave and why, and what was undone of it."""
    elder, found = money.bill_of(request, no, to_read=True)
    noted_read(request, elder, "redemption.read")
    return receipt_page(request, elder, found)


@require_safe
@require("redemption.read")
def bill_pdf(request: DoorRequest, no: str) -> HttpResponse:
    """The receipt on paper, amounts also in capital numerals."""
    elder, found = money.bill_of(request, no, to_read=True)
    noted_read(request, elder, "redemption.read")
    told = said_of(request, elder, found)
    sums: Sums = told["sums"]
    told |= {
        "capitals": in_capitals(sums.self_fen),
        "voucher_capitals": in_capitals(sums.voucher_fen),
        "card_capitals": in_capitals(told["card_fen"]),
        "at": request.at,
    }
    return paper.pdf(request, "elder/receipt_pdf.html", f"receipt-{found.bill.no}", told)


def receipt_page(
    request: DoorRequest, elder: Whom, found: Receipt, *, refusal: Refusal | None = None, words: str = ""
) -> HttpResponse:
    rating = ratings_of(county=found.bill.county, bill_ids=[found.bill.id]).get(found.bill.id)
    past = elder.person.closed_on is not None and not elder.acts
    told = said_of(request, elder, found) | {
        "rating": _rated(rating),
        "stars": _stars() if _may_rate(request, elder, found, rating) else [],
        "rate_form": money.fresh(name="rate"),
        "rate_words": words or (rating.words if rating else ""),
        "rate_refused": money.in_words(refusal),
        "may_complain": elder.may("complain"),
        "past": _place(elder.person.county, request) if past else "",
    }
    back = f"{reverse('elder:bills')}?month={found.bill.month}"
    if past:
        back += f"&county={elder.person.county}"
    return page(request, "elder/bill.html", told, whom=elder, back=back, status=refusal.status if refusal else 200)


def said_of(request: DoorRequest, elder: Whom, found: Receipt) -> dict[str, Any]:
    """What the page and the paper say alike."""
    lines = [
        LineShown(
            line=one.line,
            item=said(one.line.item.name, one.line.item.name_en),
            steps=[Step(step_said(step), step["amount_fen"]) for step in one.line.steps],
            undone=one.reversal,
        )
        for one in found.lines
    ]
    first = found.lines[0].line if found.lines else None
    # A bill that was undone whole is shown as it was, under its seal.
    whole = found.bill.state == Bill.State.REVERSED
    sums = found.as_it_was if whole else found.sums
    standing = [one.line for one in found.lines if whole or one.reversal is None]
    paid = [line.id for line in standing if line.purse_fen]
    off_fen = sum(line.off_fen for line in standing)
    return {
        "told": found,
        "person": elder.person,
        "group": group_name(found.bill.category),
        "lines": lines,
        "said": parts_of(sums, purses_of(county=found.bill.county, line_ids=paid), off_fen=off_fen),
        "sums": sums,
        "card_fen": sums.purse_fen + sums.credit_fen,
        "you_pay": you_pay(elder),
        "in_words": "",
        "undone": found.bill.state == Bill.State.REVERSED,
        "state_note": _state_note(found),
        "rules": f"{first.pack} {first.version}" if first and first.pack else "",
    }


def parts_of(sums: Sums, purses: Sequence[tuple[str, int]] = (), *, off_fen: int = 0) -> list[ReceiptLine]:
    """The fee before ``off_fen`` was let go, that, and what each payer takes off it, each with its sentence; ``purses``
    of the card one by one."""
    found = [ReceiptLine(_("服务费用"), sums.fee_fen + off_fen)]
    if off_fen:
        found.append(ReceiptLine(_("优惠减免"), -off_fen, _("持卡人享受的优惠，谁都不用付")))
    if sums.ltci_fen:
        found.append(ReceiptLine(_("长期护理保险"), -sums.ltci_fen, _("先由长护险付")))
    if sums.other_fen:
        found.append(ReceiptLine(_("其他公共资金"), -sums.other_fen, _("别的补贴已经付的")))
    on_card = sums.purse_fen + sums.credit_fen
    if sums.voucher_fen or not on_card:
        found.append(ReceiptLine(_("消费券"), -sums.voucher_fen, _("剩下的按比例由券付，到封顶为止")))
    if sums.credit_fen:
        found.append(ReceiptLine(_("积分抵付"), -sums.credit_fen, _("用自己攒的积分抵")))
    if purses and sum(fen for _name, fen in purses) == sums.purse_fen:
        found += [ReceiptLine(_("爱心卡 · %(fund)s") % {"fund": name}, -fen) for name, fen in purses]
    elif sums.purse_fen:
        found.append(ReceiptLine(_("爱心卡"), -sums.purse_fen, _("会到期的先用，家里充的最后用")))
    return found


def you_pay(elder: Whom) -> str:
    return _("您自己付") if elder.own else _("%(name)s自己付") % {"name": elder.person.name}


def _may_rate(request: DoorRequest, elder: Whom, found: Receipt, rating: Rating | None) -> bool:
    if found.bill.state not in STANDING or not elder.may("confirm"):
        return False
    if rating is not None and is_gathered(found.bill):
        return False
    return may_rate(bill=found.bill, by=money.by(request), on=request.on)


def _rated(rating: Rating | None) -> Rated | None:
    if rating is None:
        return None
    return Rated(rating, str(STARS[rating.stars]), stars_drawn(rating.stars))


def _stars() -> list[Star]:
    return [Star(number, str(word), stars_drawn(number)) for number, word in STARS.items()]


def _state_note(found: Receipt) -> Note | None:
    state = found.bill.state
    if state == Bill.State.REVERSED and found.replaced_by is not None:
        return Note(_("这张账单错了，已经冲正，另开了一张。"), "info", "reverse")
    if state == Bill.State.REVERSED:
        return Note(_("这张账单已经冲正：券付的退回去了，您自己付的请找机构退。"), "warning", "reverse")
    if found.is_partly_undone:
        return Note(_("其中有的项目已经冲正，下面的合计不算它们。"), "info", "reverse")
    if state == Bill.State.PROVISIONAL:
        return Note(_("长护险付多少还没定。定了以后会重新算，多退少补。"), "warning", "clock")
    if state == Bill.State.HANDED_IN:
        return Note(_("机构交了账单，还没有入账。入账后才算数。"), "info", "clock")
    if found.bill.replaces_id is not None:
        return Note(_("这是改正后的账单。"), "info", "info")
    return None


def _asked(month: str, known: list[Month]) -> Month:
    try:
        wanted = Month.parse(month)
    except Refusal:
        return known[0]
    return wanted if wanted in known else known[0]


def _after(request: DoorRequest) -> int:
    given = request.GET.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0


def _added(found: list[MonthOfPerson]) -> Sums:
    total = Sums()
    for one in found:
        total += one.sums
    return total
