"""Who paid what of a bill, payer by payer, with the reason why each purse of the card had its turn. 谁付了多少"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songhe.card.models import Card
from songhe.card.queries import holdings
from songhe.doors.shell.pieces import ReceiptLine
from songhe.doors.staff.words import said
from songhe.grant.models import Grant
from songhe.ledger.models import Account
from songhe.redemption.models import Bill, Line
from songhe.redemption.queries import purses_of


@dataclass(frozen=True)
class Paid:
    """What the purse of one fund paid of a bill, and by what its turn came."""

    fund: str
    fen: int
    because: str


def purses_that_paid(bill: Bill, lines: Sequence[Line]) -> list[Paid]:
    """The purses of the card in the order in which they paid; no question where none did."""
    drawn = [line for line in lines if line.purse_fen]
    steps = [step for line in drawn for step in line.steps if step["name"] == "purse"]
    why = {fund: because for step in steps for fund, because in [_told(step["zh"], step["en"])]}
    paid = purses_of(county=bill.county, line_ids=[line.id for line in drawn])
    return [Paid(fund, fen, why.get(fund, "")) for fund, fen in paid]


def _told(zh: str, en: str) -> tuple[str, str]:
    """The fund of a step, and why it paid, in the language of the page: 市级资金支付：先到期先用"""
    fund, _colon, because = zh.partition("支付：")
    return fund, said(because, en.partition(" pays: ")[2])


def receipt_of(bill: Bill, lines: Sequence[Line] = (), paid: Sequence[Paid] = ()) -> list[ReceiptLine]:
    """Fee before the discount − discount − LTCI − other public money − voucher − credits − purses, one by one.

    The elder pays what remains.
    """
    off_fen = sum(line.off_fen for line in lines)
    found = [ReceiptLine(_("服务费用"), bill.fee_fen + off_fen)]
    if off_fen:
        found.append(ReceiptLine(_("优惠减免"), -off_fen, _("持卡人享受的优惠，谁都不用付")))
    if bill.ltci_fen:
        found.append(ReceiptLine(_("长护险支付"), -bill.ltci_fen))
    if bill.other_fen:
        found.append(ReceiptLine(_("其他公共资金支付"), -bill.other_fen))
    if bill.voucher_fen or not (bill.purse_fen or bill.credit_fen):
        found.append(ReceiptLine(_("消费券支付"), -bill.voucher_fen))
    if bill.credit_fen:
        found.append(ReceiptLine(_("积分抵付"), -bill.credit_fen))
    if sum(one.fen for one in paid) == bill.purse_fen:
        found += [ReceiptLine(_("爱心卡 · %(fund)s") % {"fund": one.fund}, -one.fen, one.because) for one in paid]
    elif bill.purse_fen:
        found.append(ReceiptLine(_("爱心卡支付"), -bill.purse_fen))
    return found


def left_on_voucher(grant: Grant | None) -> int | None:
    if grant is None:
        return None
    purse = Account.objects.filter(county=grant.county, id=grant.purse_id).first()
    return purse.balance if purse else None


def left_on_card(card: Card | None) -> int | None:
    """What is left on the card in all its purses, in fen; ``None`` where no card was used."""
    return sum(one.balance_fen for one in holdings(card)) if card is not None else None
