"""The state diagrams of the documentation, printed from the tables that the verbs go by.

``python -m songhe.month.diagrams`` writes ``docs/states.md``; a test compares the two.
"""

from __future__ import annotations

from pathlib import Path

from songhe.kernel.states import Table


def tables() -> dict[str, Table]:
    """Every table of states, in the order of the month."""
    from songhe.aid import states as aid
    from songhe.assessment import states as assessment
    from songhe.card import states as card
    from songhe.credit import states as credit
    from songhe.entitlement import states as entitlement
    from songhe.examine import states as examine
    from songhe.feedback import states as feedback
    from songhe.grant import states as grant
    from songhe.grant.budget import BUDGETS
    from songhe.meal import states as meal
    from songhe.offline import states as offline
    from songhe.outreach import states as outreach
    from songhe.person import states as person
    from songhe.policy import states as policy
    from songhe.provider import states as provider
    from songhe.redemption import states as redemption
    from songhe.service import states as service
    from songhe.settlement import states as settlement

    return {
        "提议 Proposal, the same for every kind (proposal)": BUDGETS.states,
        "政策包版本 Release of a pack (policy)": policy.RELEASE,
        "爱心商家 Partner merchant (provider)": provider.PARTNER,
        "异地通用协议 Agreement between counties (provider)": provider.AGREEMENT,
        "人员事件 Event of a person (person)": person.EVENT,
        "代办申请 Wish to act for somebody (person)": person.MANDATE_ASK,
        "更正申请 Correction asked for (person)": person.CORRECTION,
        "能力评估 Assessment (assessment)": assessment.TRANSITIONS,
        "申请 Application (entitlement)": entitlement.APPLICATION,
        "待遇 Entitlement (entitlement)": entitlement.ENTITLEMENT,
        "消费券 Voucher (grant)": grant.VOUCHER,
        "预留 Hold (grant)": grant.HOLD,
        "爱心卡 Love card (card)": card.CARD,
        "子账户 Purse (card)": card.PURSE,
        "卡上预留 Hold on a card (card)": card.HOLD,
        "资金入池 Allotment (card)": card.ALLOTMENT,
        "充值 Top-up (card)": card.TOP_UP,
        "退给继承人 Payment to an heir (card)": card.HEIR_PAYMENT,
        "刷脸 Paying by face (card)": card.FACE,
        "换餐记录 Deed that earns credits (credit)": credit.DEED,
        "菜单 Menu (meal)": meal.MENU,
        "订餐 Booking of a meal (meal)": meal.BOOKING,
        "辅具 Piece of an aid (aid)": aid.PIECE,
        "适配 Fitting of an aid (aid)": aid.FITTING,
        "押金 Deposit for an aid (aid)": aid.DEPOSIT,
        "归还验收 Check of what came back (aid)": aid.INSPECTION,
        "凭据结论 Verdict on a visit (service)": service.VERDICT,
        "改判申请 Override (service)": service.OVERRIDE,
        "账单 Bill (redemption)": redemption.BILL,
        "离线设备 Device without a network (offline)": offline.DEVICE,
        "离线单据 Slip of such a device (offline)": offline.SLIP,
        "离线异常 Exception of a slip (offline)": offline.TROUBLE,
        "担保注资 Money for the guarantee (offline)": offline.ENDOWMENT,
        "结算单 Statement (settlement)": settlement.STATEMENT,
        "付款批次 Batch (settlement)": settlement.BATCH,
        "付款 Payment (settlement)": settlement.PAYMENT,
        "轧差 Net between two counties (settlement)": settlement.NET,
        "投诉 Complaint (feedback)": feedback.COMPLAINT,
        "需求 Need heard on a round (outreach)": outreach.NEED,
        "志愿服务 What a volunteer tells (outreach)": outreach.STINT,
        "考核办法 Scheme of examination (examine)": examine.EDITION,
        "机构考核 Examination of providers (examine)": examine.EXAMINATION,
        "考核异议 Objection to a figure (examine)": examine.OBJECTION,
        "整改通知 Warning (examine)": examine.CAUTION,
        "机构退出 Exit of a provider (examine)": examine.EXIT,
    }


def page() -> str:
    parts = [
        "# States\n\nPrinted from each package's `states.py` by `python -m songhe.month.diagrams`; "
        "do not edit by hand.\n"
    ]
    for title, table in tables().items():
        parts.append(f"## {title}\n\n```mermaid\n{table.diagram()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.settings")
    django.setup()
    (Path(__file__).resolve().parents[2] / "docs" / "states.md").write_text(page(), encoding="utf-8")
