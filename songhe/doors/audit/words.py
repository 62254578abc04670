"""What acts, subjects and moves are called on the auditor's pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.doors.staff.words import ACTS

MOVES: dict[str, Any] = {
    "budget": _("下达预算"),
    "issue": _("发放"),
    "regroup": _("换组调整"),
    "redeem": _("核销"),
    "reverse": _("冲正"),
    "expire": _("过期退回"),
    "revoke": _("撤销退回"),
    "hold": _("预留"),
    "capture": _("预留入账"),
    "release": _("释放预留"),
    "payout": _("付款"),
    "payout_return": _("银行退回"),
    "payout_offset": _("付款抵扣"),
    "endow": _("担保注资"),
    "bear": _("担保承担"),
    "unbear": _("担保收回"),
}

SUBJECTS: dict[str, Any] = {
    "person": _("人员"),
    "bill": _("账单"),
    "grant": _("消费券"),
    "budget": _("预算"),
    "statement": _("结算单"),
    "batch": _("拨付批次"),
    "visit": _("上门服务"),
    "stay": _("入住"),
    "month": _("月度运行"),
    "account": _("账号"),
    "provider": _("机构"),
    "worker": _("工作人员"),
    "listing": _("定点名单"),
    "list": _("名单"),
    "document.Download": _("下载"),
    "report": _("统计"),
    "page": _("页面"),
    "sample": _("抽样"),
    "chain": _("留痕链"),
    "trace": _("资金追溯"),
    "audit": _("审计"),
    "policy": _("政策包"),
    "policy.PackRelease": _("政策包"),
    "redemption.Line": _("账单明细"),
    "assessment.Assessment": _("评估"),
    "entitlement.Application": _("申请"),
    "entitlement.Entitlement": _("待遇"),
    "eligibility.Determination": _("资格认定"),
    "bank_statement": _("银行对账"),
}

#: Acts that the desk's timelines leave out, and those that only look.
MORE_ACTS: dict[str, Any] = {
    "redemption.redeem": _("核销"),
    "redemption.reverse": _("冲正"),
    "redemption.hand_in": _("提交账单"),
    "redemption.rebook": _("更正入账"),
    "redemption.follow_visits": _("账单跟随凭据"),
    "service.record_visit": _("记录上门服务"),
    "service.admit": _("登记入住"),
    "service.discharge": _("登记退住"),
    "service.judge": _("核验凭据"),
    "settlement.make": _("生成拨付"),
    "settlement.release": _("放行拨付"),
    "settlement.reconcile": _("银行对账"),
    "settlement.close": _("结账"),
    "grant.propose_budget": _("提出预算"),
    "grant.approve_budget": _("批准预算"),
    "grant.decline_budget": _("不批准预算"),
    "grant.set_budget": _("下达预算"),
    "month.run": _("开始月度运行"),
    "policy.simulate": _("测算政策"),
    "policy.draft": _("起草政策包"),
    "policy.review": _("复核政策包"),
    "policy.schedule": _("政策包待生效"),
    "policy.begin": _("政策包生效"),
    "policy.supersede": _("政策包停用"),
    "account.opened": _("开设账号"),
    "account.appointed": _("任命角色"),
    "account.appointment_ended": _("结束任职"),
    "account.locked": _("锁定账号"),
    "account.unlocked": _("解除锁定"),
    "account.factors_reset": _("重置第二重验证"),
    "account.password_link": _("给出设密码的链接"),
    "account.password_chosen": _("本人设好密码"),
    "account.read": _("查看账号"),
    "jobs.try_again": _("让后台再试"),
    "person.find_duplicates": _("全县查找重复档案"),
    "person.read": _("查看档案"),
    "person.search": _("按号码查找"),
    "application.read": _("查看申请"),
    "statement.read": _("查看结算单"),
    "statement.print": _("打印结算单"),
    "letter.read": _("查看决定书"),
    "letter.print": _("打印决定书"),
    "assessment.read": _("查看评估"),
    "grant.read": _("查看消费券"),
    "redemption.read": _("查看核销"),
    "import.read": _("查看导入结果"),
    "report.people": _("查看统计名单"),
    "publication.read": _("查看公示"),
    "publication.print": _("打印公示"),
    "staff.export": _("导出名单（脱敏）"),
    "staff.export_whole": _("导出名单（未脱敏）"),
    "document.ask_download": _("要长名单"),
    "document.make_download": _("制作长名单"),
    "export.list": _("导出名单"),
    "audit.read": _("审计查看"),
    "audit.trace": _("审计追溯"),
    "audit.sample": _("审计抽样"),
    "audit.verify": _("校验留痕链"),
    "audit.findings": _("运行审计"),
    "door.out_of_reach": _("越权访问（已拦下）"),
}


#: Why a voucher ended, and what a verdict rests on, where the desk has no word for it.
BECAUSE: dict[str, Any] = {
    "month_over": _("当月已过，到期作废"),
    "assessment": _("评估报告"),
}


def because_word(code: str) -> Any:
    return BECAUSE.get(code, code)


def act_word(code: str) -> Any:
    """What an act is called; one that has no word yet stands for itself."""
    return ACTS.get(code) or MORE_ACTS.get(code) or code


def subject_word(code: str) -> Any:
    return SUBJECTS.get(code, code)


def move_word(code: str) -> Any:
    return MOVES.get(code, code)


def known_acts() -> list[tuple[str, Any]]:
    """Every act that has a word, by its code."""
    return sorted({**ACTS, **MORE_ACTS}.items())
