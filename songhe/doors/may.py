"""Who may do what: the one index that every door asks, by act and role. Whose rows they see is their scope's business.

``docs/permissions.md`` is printed from here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import override

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.kernel.refusal import reason

NOT_SIGNED_IN = reason("door.not_signed_in", zh="请先登录。", en="Sign in first.", status=401)
NOT_ALLOWED = reason(
    "door.not_allowed",
    zh="您的角色不能“{act}”。",
    en="Your role does not allow this: {act_en}.",
    status=403,
)

STEP_UP_NEEDED = reason(
    "door.step_up_needed",
    zh="这一步很重要，请先再验证一次身份。",
    en="This step matters; verify once more that it is you.",
    status=403,
)

CLERK = Role.COUNTY_CLERK
APPROVER = Role.COUNTY_APPROVER
FINANCE = Role.FINANCE
CITY = Role.CITY_OVERSEER
PROVINCE = Role.PROVINCE_OVERSEER
ASSESSOR = Role.ASSESSOR
MANAGER = Role.PROVIDER_MANAGER
CARER = Role.CARER
AUDITOR = Role.AUDITOR
SYSTEM = Role.SYSTEM_ADMIN
SECURITY = Role.SECURITY_ADMIN
AUDIT = Role.AUDIT_ADMIN
SCREEN = Role.WALL_SCREEN
CITIZEN = Role.CITIZEN

COUNTY = frozenset({CLERK, APPROVER, FINANCE})
ABOVE = frozenset({CITY, PROVINCE})
READERS = COUNTY | ABOVE | {AUDITOR}


class Act(NamedTuple):
    """An act, said as it stands after 不能 and after "does not allow", and the roles that may do it."""

    zh: str
    en: str
    roles: frozenset[Role]


def of(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


ACTS: dict[str, Act] = {
    # People
    "person.search": Act("查找人员", "finding people", READERS | of(MANAGER)),
    "person.read": Act("查看人员档案", "reading a person's file", READERS | of(ASSESSOR, MANAGER, CITIZEN)),
    "person.reveal": Act("查看完整证件号码", "seeing a whole ID number", of(CLERK, APPROVER, AUDITOR)),
    "person.write": Act("登记和修改人员信息", "registering people", of(CLERK)),
    "person.import": Act("批量导入人员", "importing people", of(CLERK)),
    "person.merge": Act("合并重复档案", "merging duplicate files", of(APPROVER)),
    "person.export": Act("导出脱敏名单", "exporting masked lists", READERS),
    "person.export_whole": Act("导出未脱敏名单", "exporting unmasked lists", of(APPROVER)),
    "download.read": Act("下载自己要的名单", "fetching lists that one asked for", READERS),
    "mandate.write": Act("登记代办人", "registering proxies", of(CLERK, CITIZEN)),
    "person.verify": Act("核实群众报来的情况", "verifying what people report", of(CLERK, APPROVER)),
    "elder.assist": Act("协助群众办理", "helping people with their own pages", of(CLERK)),
    # Assessment
    "assessment.read": Act("查看能力评估", "reading assessments", READERS | of(ASSESSOR, MANAGER, CITIZEN)),
    "assessment.request": Act("申请能力评估", "asking for an assessment", of(CLERK, CITIZEN)),
    "assessment.assign": Act("指派评估员", "naming assessors", of(MANAGER)),
    "assessment.submit": Act("提交评估结果", "handing in an assessment", of(ASSESSOR)),
    "assessment.review": Act("复核评估结果", "reviewing an assessment", of(CLERK)),
    "assessment.dispute": Act("提出评估异议", "disputing an assessment", of(CLERK, CITIZEN)),
    "assessment.recognise": Act("认可已有评估结果", "recognising an earlier result", of(CLERK)),
    # Application and entitlement
    "application.read": Act("查看申请", "reading applications", READERS | of(CITIZEN)),
    "application.make": Act("提交申请", "applying", of(CLERK, CITIZEN)),
    "application.review": Act("初审申请", "reviewing applications", of(CLERK)),
    "application.return": Act("退回申请", "returning applications", of(CLERK, APPROVER)),
    "publication.read": Act("查看和打印公示名单", "reading and printing publication lists", READERS),
    "application.approve": Act("审批申请", "approving applications", of(APPROVER)),
    "entitlement.report": Act("报告情况变化", "reporting a change", of(CLERK, MANAGER, CITIZEN)),
    "entitlement.suspend": Act("暂停和恢复待遇", "suspending and resuming", of(CLERK)),
    "entitlement.stop": Act("终止待遇", "stopping an entitlement", of(APPROVER)),
    "entitlement.appeal": Act("提出申诉", "appealing", of(CLERK, CITIZEN)),
    # Grants, services, bills
    "grant.read": Act("查看消费券", "reading vouchers", READERS | of(MANAGER, CITIZEN)),
    "grant.choose": Act("选择服务组别", "choosing a group", of(CLERK, CITIZEN)),
    "grant.revoke": Act("撤销消费券", "revoking vouchers", of(APPROVER)),
    "service.record": Act("记录服务", "recording services", of(MANAGER, CARER)),
    "service.override": Act("决定改判", "deciding on a verdict set aside", of(CLERK, APPROVER)),
    "redemption.read": Act("查看核销", "reading redemptions", READERS | of(MANAGER, CITIZEN)),
    "redemption.quote": Act("试算账单", "quoting a bill", COUNTY | of(MANAGER, CITIZEN)),
    "redemption.make": Act("核销消费券", "redeeming vouchers", of(MANAGER)),
    "redemption.reverse": Act("冲正核销", "reversing a redemption", of(MANAGER, FINANCE)),
    "medium.show": Act("出示消费码", "showing the code", of(CITIZEN)),
    "medium.print": Act("打印纸质券", "printing the voucher", of(CLERK, CITIZEN)),
    "feedback.rate": Act("评价服务", "rating a service", of(CITIZEN)),
    "feedback.complain": Act("反映账单问题", "questioning a bill", of(CLERK, CITIZEN)),
    "complaint.read": Act("查看投诉", "reading complaints", of(CLERK, APPROVER, AUDITOR) | ABOVE),
    "complaint.confidential.read": Act("查看保密投诉", "reading confidential complaints", of(APPROVER, AUDITOR)),
    "complaint.answer": Act("答复投诉", "answering complaints", of(CLERK)),
    "complaint.answer_confidential": Act("答复保密投诉", "answering confidential complaints", of(APPROVER)),
    "complaint.review": Act("复核投诉答复", "reviewing answers to complaints", of(APPROVER)),
    "complaint.transfer": Act("转办投诉", "transferring complaints", of(CLERK, APPROVER)),
    # The love card, as its holder and the family see it
    "card.read": Act("查看爱心卡", "reading love cards", READERS | of(CITIZEN)),
    "card.open": Act("授权开通爱心卡", "opening a love card", of(CLERK, CITIZEN)),
    "card.lose": Act("挂失爱心卡", "reporting a love card lost", of(CLERK, CITIZEN)),
    "card.print": Act("打印爱心卡的码、设密码", "printing a card's code and setting its PIN", of(CLERK, CITIZEN)),
    "card.face": Act("同意和撤回刷脸付账", "agreeing to payment by face and withdrawing it", of(CLERK, CITIZEN)),
    "card.order": Act("在家预订和取消预订", "ordering from home and giving orders up", of(CLERK, CITIZEN)),
    "card.top_up": Act("给爱心卡充值", "topping a love card up", of(CLERK, CITIZEN)),
    "card.refund": Act("申请充值退款", "having a top-up refunded", of(CLERK, CITIZEN)),
    "card.inherit": Act("申请退还家庭充值", "claiming family money after a death", of(CLERK, CITIZEN)),
    # The love card, as the county keeps it
    "card.keep": Act("维护爱心卡", "keeping love cards", of(CLERK)),
    "card.classify": Act("全县爱心卡分类", "putting all cards into class", of(CLERK, APPROVER)),
    "card.heirs": Act("批准退给继承人", "paying family money to heirs", of(APPROVER)),
    "fund.read": Act("查看爱心卡资金", "reading the funds of the card", READERS),
    "fund.propose": Act("提出资金池变更", "proposing a fund or its terms", of(CLERK, FINANCE)),
    "fund.vote": Act("登记集体决议", "recording a village's decision", of(CLERK, FINANCE)),
    "fund.allot": Act("提出资金入池", "putting money into a fund", of(FINANCE)),
    "fund.decide": Act("批准资金事项", "deciding about funds", of(APPROVER)),
    "clearing.read": Act("查看异地清算", "reading clearing between counties", READERS),
    "clearing.work": Act("核对和登记异地清算", "comparing and booking clearing between counties", of(FINANCE)),
    "clearing.propose": Act("提出异地通用协议", "proposing agreements between counties", of(CLERK, FINANCE)),
    "clearing.decide": Act("批准协议、确认差额", "deciding on agreements and nets between counties", of(APPROVER)),
    "merchant.read": Act("查看爱心商家", "reading the white list of merchants", READERS),
    "merchant.propose": Act("推荐和维护爱心商家", "keeping the white list of merchants", of(CLERK)),
    "merchant.admit": Act("批准爱心商家", "admitting merchants", of(APPROVER)),
    # What people are told
    "notice.read": Act("查看通知", "reading notices", of(CLERK, CITIZEN)),
    "device.own": Act("管理自己的登录设备", "seeing where one is signed in", of(CITIZEN)),
    "notice.outbox": Act("查看通知发送情况", "seeing what became of notices", of(CLERK, APPROVER, AUDITOR)),
    "notice.send": Act("重发通知", "sending notices again", of(CLERK)),
    # Money to providers
    "statement.read": Act("查看结算单", "reading statements", READERS | of(MANAGER)),
    "statement.submit": Act("确认结算单", "confirming a statement", of(MANAGER)),
    "statement.dispute": Act("对结算单提出异议", "disputing a statement", of(CLERK, MANAGER)),
    "statement.approve": Act("审批结算单", "approving statements", of(APPROVER)),
    "payout.read": Act("查看拨付", "reading pay-outs", of(APPROVER, FINANCE, AUDITOR) | ABOVE),
    "payout.make": Act("生成拨付文件", "making pay-outs", of(FINANCE)),
    "payout.reconcile": Act("银行对账", "matching the bank statement", of(FINANCE)),
    "budget.read": Act("查看预算", "reading budgets", READERS),
    "budget.set": Act("提出预算", "proposing a budget", of(FINANCE)),
    "budget.approve": Act("批准预算", "approving a budget", of(FINANCE, APPROVER)),
    # Providers and rules
    "provider.read": Act("查看机构", "reading providers", READERS | of(ASSESSOR, MANAGER, CARER, CITIZEN)),
    "provider.write": Act("维护机构资料", "keeping a provider's file", of(CLERK, MANAGER)),
    "provider.admit": Act("准入机构", "admitting providers", of(APPROVER)),
    "provider.suspend": Act("暂停机构", "suspending providers", of(APPROVER)),
    "provider.bank_account": Act("变更收款账户", "changing a bank account", of(MANAGER)),
    "provider.bank_confirm": Act("核准收款账户", "confirming a bank account", of(FINANCE)),
    # The provider's own desk; whose rows stand there is the provider's scope's business
    "desk.open": Act("打开机构工作台", "opening a provider's desk", of(MANAGER, CARER)),
    "desk.order": Act("办理预订", "taking orders, answering them and handing them over", of(MANAGER, CARER)),
    "desk.stays": Act("登记入住和退住", "admitting and discharging residents", of(MANAGER)),
    "desk.bills": Act("办理本机构账单", "dealing with a provider's bills", of(MANAGER)),
    "desk.statements": Act("办理本机构结算单", "dealing with a provider's statements", of(MANAGER)),
    "desk.own": Act("维护本机构资料", "keeping one's own provider's file", of(MANAGER)),
    # Meals
    "meal.menu.read": Act("查看菜单和订餐", "reading menus and bookings", READERS | of(MANAGER, CARER, CITIZEN)),
    "meal.book": Act("订餐", "booking meals", of(CLERK, CITIZEN)),
    "desk.meals": Act("供餐", "serving meals", of(MANAGER, CARER)),
    "desk.till": Act("刷卡供餐和撤回", "serving and charging meals at the till", of(MANAGER, CARER)),
    "desk.menus": Act("办理本机构助餐点", "running a provider's meal points", of(MANAGER)),
    "meal.read": Act("查看助餐点", "reading meal points", READERS),
    "meal.propose": Act("提出助餐点和助餐价格", "proposing meal points and prices of meals", of(CLERK)),
    "meal.approve": Act("审批助餐点和助餐价格", "approving meal points and prices of meals", of(APPROVER)),
    "meal.inspect": Act("登记食品安全检查", "writing down food inspections", of(CLERK, APPROVER)),
    "meal.close": Act("关停和恢复助餐点", "closing and reopening meal points", of(APPROVER)),
    # Aids
    "aid.ask": Act("申请和归还辅具", "asking for aids and giving them back", of(CLERK, CITIZEN)),
    "desk.aids": Act("租出和收回辅具", "lending aids", of(MANAGER, CARER)),
    "desk.aid_stock": Act("管理本机构辅具库存和押金", "keeping a provider's aids and deposits", of(MANAGER)),
    "aid.read": Act("查看辅具", "reading aids", READERS),
    "aid.decide": Act("认定辅具损坏", "deciding on damaged aids", of(CLERK, APPROVER)),
    "aid.recall": Act("登记辅具召回", "calling aids back", of(CLERK, APPROVER)),
    # Tills without a network
    "desk.offline": Act("离线收款和上传", "working without a network and handing slips in", of(MANAGER, CARER)),
    "desk.offline_device": Act("登记和停用离线设备", "registering and stopping offline devices", of(MANAGER)),
    "offline.read": Act("查看离线收款", "reading offline tills", READERS),
    "offline.propose": Act("提出离线额度和担保资金", "proposing offline limits and their guarantee", of(CLERK)),
    "offline.approve": Act("批准离线额度和担保资金", "approving offline limits and their guarantee", of(APPROVER)),
    "offline.decide": Act("处理离线异常", "deciding on offline exceptions", of(CLERK, APPROVER)),
    # Credits of produce and work, weekly rounds, volunteers
    "credit.weigh": Act("称菜、记工和见证", "weighing, writing work down and witnessing", of(CLERK, MANAGER, CARER)),
    "credit.undo": Act("撤销积分", "taking credits back", of(CLERK)),
    "credit.read": Act("查看积分", "reading credits of a county", READERS),
    "credit.propose": Act("提出积分和兑换标准", "proposing credits and what earns them", of(CLERK)),
    "credit.decide": Act("批准积分和兑换标准", "approving credits and what earns them", of(APPROVER)),
    "credit.own": Act("查看自己的积分", "seeing one's own credits", of(CLERK, CITIZEN)),
    "round.visit": Act(
        "走访老人和办理需求", "looking in on elders and seeing to their needs", of(CLERK, MANAGER, CARER)
    ),
    "round.read": Act("查看走访和需求", "reading rounds and needs of a county", READERS),
    "round.plan": Act(
        "组建团队、任命管家和安排走访", "forming teams, appointing stewards and planning rounds", of(CLERK)
    ),
    "volunteer.read": Act("查看志愿者", "reading the list of volunteers", READERS),
    "volunteer.keep": Act(
        "登记志愿者和确认服务", "registering volunteers and confirming what they did", of(CLERK, APPROVER)
    ),
    # Examination of providers
    "examination.read": Act("查看机构考核", "reading examinations of providers", READERS),
    "examination.draw": Act("作出机构考核", "examining providers", of(CLERK)),
    "examination.publish": Act("公布机构考核", "publishing scores of providers", of(APPROVER)),
    "examination.answer": Act("答复考核异议", "answering objections to scores", of(CLERK, APPROVER)),
    "examination.warn": Act("发和解除整改通知", "warning providers and lifting warnings", of(CLERK, APPROVER)),
    "examination.propose": Act(
        "提出考核办法和机构退出", "proposing schemes of examination and exits of providers", of(CLERK)
    ),
    "examination.decide": Act(
        "批准考核办法和机构退出", "approving schemes of examination and exits of providers", of(APPROVER)
    ),
    "examination.place": Act("安置退出机构的老人", "handing over whom a leaving provider serves", of(CLERK)),
    "desk.examination": Act("查看本机构考核和提出异议", "reading one's own scores and objecting", of(MANAGER)),
    "policy.read": Act("查看政策包", "reading policy packs", READERS | of(SYSTEM)),
    "policy.load": Act("发布政策包", "loading policy packs", of(PROVINCE)),
    "policy.simulate": Act("测算政策", "simulating a policy", of(APPROVER) | ABOVE),
    # Turning the month
    "month.read": Act("查看月度运行", "reading the month", READERS | of(SYSTEM)),
    "month.run": Act("运行月度任务", "running the month", of(APPROVER)),
    "report.read": Act("查看统计", "reading reports", READERS),
    "screen.read": Act("查看大屏", "watching the big screen", READERS | of(SCREEN)),
    # The installation
    "account.read": Act("查看账号", "reading accounts", of(SYSTEM, SECURITY, AUDIT)),
    "account.write": Act("开设和锁定账号", "opening and locking accounts", of(SYSTEM)),
    "account.reset_factor": Act("重置第二重验证", "resetting a second factor", of(SECURITY)),
    "account.appoint": Act("任命角色", "appointing to roles", of(SECURITY)),
    "audit.read": Act("查看留痕", "reading the trail", of(AUDITOR, AUDIT)),
    "audit.trace": Act("抽样和追溯资金", "drawing samples and tracing money", of(AUDITOR)),
    "audit.findings": Act("运行审计", "asking the audit's questions", of(AUDITOR)),
    "audit.verify": Act("校验留痕链", "verifying the trail", of(AUDITOR, AUDIT)),
    "job.read": Act("查看后台任务", "reading jobs", of(APPROVER, SYSTEM)),
    "job.retry": Act("让后台再试", "having a job tried again", of(SYSTEM)),
    # Calls of machines
    "redemption.true_up": Act("补记长护险金额", "telling what LTCI paid", of(MANAGER, FINANCE)),
    "import.read": Act("查看导入结果", "reading what became of an import", of(CLERK, APPROVER)),
    "token.read": Act("查看访问令牌", "reading access tokens", of(SECURITY, AUDIT)),
    "token.write": Act("发放和撤销访问令牌", "issuing and revoking access tokens", of(SECURITY)),
}

#: What is done with money, bank accounts and whole numbers asks for the second factor anew, unless it was given
#: within the last five minutes. Looking at the page does not.
STEP_UP: frozenset[str] = frozenset(
    {
        "person.reveal",
        "person.export_whole",
        "budget.approve",
        "payout.make",
        "provider.bank_confirm",
        "account.write",
        "account.appoint",
        "account.reset_factor",
    }
)
STEP_UP_SECONDS = 300
#: When the second factor was last given since the sign-in, by the server's clock; put there at the sign-in.
FACTOR_AT = "factor_at"
#: When a citizen's telephone last gave its code back since the sign-in, by the server's clock.
PHONE_AT = "phone_at"
SAFE = ("GET", "HEAD", "OPTIONS")

RULES: dict[str, frozenset[Role]] = {name: act.roles for name, act in ACTS.items()}


def roles(account: Account | AnonymousUser, on: date) -> frozenset[Role]:
    """The roles that the account holds on the day; read once for each account object, which lives for one request."""
    if not isinstance(account, Account) or not account.is_active:
        return frozenset()
    known: dict[date, frozenset[Role]] = account.__dict__.setdefault("roles_by_day", {})
    if on not in known:
        known[on] = frozenset(Role(held.role) for held in appointments(account, on))
    return known[on]


def may(account: Account | AnonymousUser, act: str, on: date) -> bool:
    """Whether a role that the account holds on the day allows the act; an act that is not in the index is a fault."""
    return not RULES[act].isdisjoint(roles(account, on))


def check(request: HttpRequest, act: str) -> None:
    """Refuses with ``door.not_signed_in``, ``door.not_allowed`` or ``door.step_up_needed``."""
    if not request.user.is_authenticated:
        raise NOT_SIGNED_IN()
    if not may(request.user, act, request.on):  # type: ignore[attr-defined]
        raise NOT_ALLOWED(act=ACTS[act].zh, act_en=ACTS[act].en)
    if act in STEP_UP and request.method not in SAFE and not is_fresh(request):
        raise STEP_UP_NEEDED()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was given within the last five minutes; true for who signed in without one."""
    given_at = request.session.get(FACTOR_AT) if hasattr(request, "session") else None
    if given_at is None:
        return True
    return 0 <= request.server_at.timestamp() - given_at <= STEP_UP_SECONDS  # type: ignore[attr-defined]


def as_markdown() -> str:
    """The whole index as a table of acts and roles."""
    lines = [
        "# Who may do what",
        "",
        "Printed from `songhe/doors/may.py`; a test compares the two. Whose rows a role sees is its scope's business.",
        "",
        "| act | 事项 | roles |",
        "|---|---|---|",
    ]
    for name, act in ACTS.items():
        held = ", ".join(f"`{role.value}`" for role in Role if role in act.roles)
        lines.append(f"| `{name}` | {act.zh} | {held} |")
    with override("zh-hans"):
        chinese = {role: str(role.label) for role in Role}
    lines += ["", "| role | 角色 | acts |", "|---|---|---|"]
    for role in Role:
        allowed = ", ".join(f"`{name}`" for name, act in ACTS.items() if role in act.roles)
        lines.append(f"| `{role.value}` | {chinese[role]} | {allowed} |")
    return "\n".join(lines) + "\n"


View = Callable[..., HttpResponseBase]


def require(act: str) -> Callable[[View], View]:
    """Open a view only to those who may; others get the sign-in page, or the page that says what is not allowed."""
    if act not in RULES:
        raise KeyError(f"{act!r} is not in the index of acts")

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request, act)
            return view(request, *args, **kwargs)

        guarded.act = act  # type: ignore[attr-defined]
        return guarded

    return guard
