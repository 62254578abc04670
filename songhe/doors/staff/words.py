"""What states, acts and groups are called on the desk, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.doors.shell.pieces import Tone
from songhe.doors.shell.spoken import is_chinese
from songhe.entitlement.models import Application, Ending, Entitlement
from songhe.grant.issue import CLAIMED_ELSEWHERE, NOT_ENTITLED, WAITS_FOR_BUDGET
from songhe.grant.models import Grant
from songhe.jobs.models import RunState
from songhe.person.models import Event, Mandate, Sex
from songhe.provider.models import Category, Kind, Licence, Worker
from songhe.provider.worker import EDUCATION
from songhe.redemption.models import Bill
from songhe.settlement.models import Batch, Payment, Statement, StatementLine
from songhe.settlement.programme import names_of


class Word(NamedTuple):
    """A state in words, with the tone of its badge."""

    said: Any
    tone: Tone = ""


def in_chinese() -> bool:
    return is_chinese(get_language())


def said(zh: str, en: str) -> str:
    """Data that is kept in both languages, in the one of the page."""
    return zh if in_chinese() else en


def titled(zh: str, en: str) -> str:
    """The same as the head of a line: English begins with a capital."""
    return zh if in_chinese() else en[:1].upper() + en[1:]


def listed(parts: Iterable[Any]) -> str:
    """Names in a row, with the comma of the language."""
    return ("、" if in_chinese() else ", ").join(str(part) for part in parts)


def of_person(name: str, what: Any) -> str:
    """王秀兰：已转审批。"""
    return f"{name}{'：' if in_chinese() else ': '}{what}"


def word(table: Mapping[str, Word], code: str) -> Word:
    """What a code is called; one that has no word yet stands for itself."""
    return table.get(code) or Word(code)


PROGRAMMES: dict[str, Word] = {
    "consumption-voucher": Word(_("养老服务消费补贴")),
    "assessment-voucher": Word(_("评估补贴")),
}


def programme_of(row: Statement, names: Mapping[tuple[str, str], tuple[str, str]] | None = None) -> str:
    """The voucher, or the fund of the love card, that a statement is about; ``names`` where a list asked once."""
    zh, en = (names if names is not None else names_of([row]))[(row.county, row.programme)]
    return said(zh, en)


CATEGORIES: dict[str, Word] = {
    Category.INSTITUTION_LONG: Word(_("机构长期照护")),
    Category.INSTITUTION_SHORT: Word(_("机构短期喘息")),
    Category.DAY_CARE: Word(_("日间托养")),
    Category.HOME: Word(_("居家和社区服务")),
}

APPLICATION: dict[str, Word] = {
    Application.State.DRAFT: Word(_("草稿")),
    Application.State.SUBMITTED: Word(_("已提交"), "info"),
    Application.State.CLARIFYING: Word(_("待补正"), "warn"),
    Application.State.ASSESSING: Word(_("评估中"), "info"),
    Application.State.DETERMINED: Word(_("待初审"), "warn"),
    Application.State.REVIEWED: Word(_("待审批"), "warn"),
    Application.State.PUBLISHED: Word(_("公示中"), "info"),
    Application.State.APPROVED: Word(_("已批准"), "ok"),
    Application.State.REFUSED: Word(_("不予批准"), "bad"),
    Application.State.WITHDRAWN: Word(_("已撤回")),
    Application.State.LAPSED: Word(_("已终止")),
}

CHANNELS: dict[str, Word] = {
    Application.Channel.ONLINE: Word(_("本人网上")),
    Application.Channel.PROXY: Word(_("代办")),
    Application.Channel.COUNTER: Word(_("窗口")),
    Application.Channel.ASSISTED: Word(_("村（社区）协助")),
}

OUTCOMES: dict[str, Word] = {
    "entitled": Word(_("符合条件"), "ok"),
    "not_entitled": Word(_("不符合条件"), "bad"),
    "unknown": Word(_("资料不全"), "warn"),
}

LEVELS: dict[int, Any] = {
    0: _("能力完好"),
    1: _("轻度失能"),
    2: _("中度失能"),
    3: _("重度失能"),
    4: _("完全失能"),
}

ASSESSMENT: dict[str, Word] = {
    "requested": Word(_("已申请"), "info"),
    "assigned": Word(_("已派评估员"), "info"),
    "submitted": Word(_("待复核"), "warn"),
    "effective": Word(_("有效"), "ok"),
    "disputed": Word(_("有异议"), "warn"),
    "replaced": Word(_("已被替代")),
    "void": Word(_("作废")),
    "kept": Word(_("仅留存")),
}

ORIGINS: dict[str, Any] = {
    "assessed": _("本地评估"),
    "recognised": _("互认"),
    "loaded": _("历史结果"),
}

#: Why a final level differs from the one that the total gives (GB/T 42195-2022, C.4).
LEVEL_REASONS: dict[str, Any] = {
    "coma": _("昏迷，直接评为完全失能"),
    "dementia": _("确诊痴呆，加重一级"),
    "mental_disorder": _("确诊精神障碍，加重一级"),
    "care_risk_events": _("近期两次以上照护风险事件，加重一级"),
}

ENTITLEMENT: dict[str, Word] = {
    Entitlement.State.ACTIVE: Word(_("待遇有效"), "ok"),
    Entitlement.State.SUSPENDED: Word(_("待遇暂停"), "warn"),
    Entitlement.State.STOPPED: Word(_("待遇终止")),
}

ENDINGS: dict[str, Any] = {
    Ending.Because.DEATH: _("去世"),
    Ending.Because.RECOVERY: _("能力恢复"),
    Ending.Because.MOVE: _("迁居"),
    Ending.Because.EXCLUDED: _("享受其他待遇"),
    Ending.Because.WISH: _("本人放弃"),
    Ending.Because.FRAUD: _("骗取待遇"),
    Ending.Because.PROGRAMME: _("项目期满"),
}

GRANT: dict[str, Word] = {
    Grant.State.ACTIVE: Word(_("可用"), "ok"),
    Grant.State.EXPIRED: Word(_("已过期")),
    Grant.State.REVOKED: Word(_("已撤销"), "bad"),
}

#: Why a voucher ended, where the machine ended it; people write their own reason.
ENDED: dict[str, Any] = {
    "month_over": _("当月已过，到期作废"),
}

WAITING: dict[str, Any] = {
    WAITS_FOR_BUDGET: _("等待预算"),
    CLAIMED_ELSEWHERE: _("已在别处领取"),
    NOT_ENTITLED: _("不再符合条件"),
}

BILL: dict[str, Word] = {
    Bill.State.HANDED_IN: Word(_("待入账"), "info"),
    Bill.State.PROVISIONAL: Word(_("暂记"), "warn"),
    Bill.State.BOOKED: Word(_("已入账"), "ok"),
    Bill.State.REVERSED: Word(_("已冲正")),
    Bill.State.REFUSED: Word(_("被退回"), "bad"),
}

STATEMENT: dict[str, Word] = {
    Statement.State.GATHERED: Word(_("待机构确认"), "warn"),
    Statement.State.DISPUTED: Word(_("机构有异议"), "bad"),
    Statement.State.CONFIRMED: Word(_("待审批"), "warn"),
    Statement.State.APPROVED: Word(_("待付款"), "info"),
    Statement.State.CARRIED: Word(_("结转下期")),
    Statement.State.PAID: Word(_("已付款"), "ok"),
}

LINE_KINDS: dict[str, Word] = {
    StatementLine.Kind.CHARGE: Word(_("本期")),
    StatementLine.Kind.REFUND: Word(_("冲减"), "bad"),
    StatementLine.Kind.CORRECTION: Word(_("更正"), "info"),
}

BATCH: dict[str, Word] = {
    Batch.State.MADE: Word(_("待放行"), "warn"),
    Batch.State.RELEASED: Word(_("已放行"), "info"),
    Batch.State.MATCHED: Word(_("已核对"), "ok"),
}

PAYMENT: dict[str, Word] = {
    Payment.State.WAITING: Word(_("待付"), "warn"),
    Payment.State.SENT: Word(_("已送银行"), "info"),
    Payment.State.PAID: Word(_("已到账"), "ok"),
    Payment.State.RETURNED: Word(_("被退回"), "bad"),
}

VERDICTS: dict[str, Word] = {
    "pass": Word(_("通过"), "ok"),
    "fail": Word(_("不通过"), "bad"),
    "pending": Word(_("待核"), "warn"),
}

#: Who said of a service that it took place.
CONFIRMED: dict[str, Any] = {
    "": _("没有人确认"),
    "elder": _("老人本人"),
    "proxy": _("代办人"),
    "tied_proxy": _("机构的人代为确认"),
    "staff": _("工作人员（核对过证件）"),
}

VERDICT_REASONS: dict[str, Any] = {
    "stay": _("在住记录"),
    "visit": _("服务记录"),
    "out_of_scope": _("不在补贴范围"),
    "evidence_missing": _("还没有凭据"),
}

RUNS: dict[str, Word] = {
    RunState.WAITING: Word(_("未开始")),
    RunState.RUNNING: Word(_("进行中"), "info"),
    RunState.DONE: Word(_("完成"), "ok"),
    RunState.PARTLY: Word(_("等待人工"), "warn"),
    RunState.FAILED: Word(_("失败"), "bad"),
    "stuck": Word(_("卡住了"), "bad"),
}

PROVIDER_KINDS: dict[str, Word] = {
    Kind.INSTITUTION: Word(_("养老机构")),
    Kind.COMMUNITY: Word(_("社区养老服务机构")),
    Kind.ASSESSMENT_BODY: Word(_("评估机构")),
    Kind.MERCHANT: Word(_("爱心商家")),
}

WORKERS: dict[str, Any] = {
    Worker.Job.CARER: _("护理员"),
    Worker.Job.ASSESSOR: _("评估师"),
    Worker.Job.COOK: _("厨师"),
    Worker.Job.MANAGER: _("负责人"),
}

LICENCES: dict[str, Any] = {
    Licence.Kind.BUSINESS: _("营业执照（登记证书）"),
    Licence.Kind.FILING: _("养老机构备案"),
    Licence.Kind.FIRE: _("消防验收（备案）"),
    Licence.Kind.FOOD: _("食品经营许可"),
    Licence.Kind.MEDICAL: _("医疗机构执业许可"),
    Licence.Kind.INSURANCE: _("责任保险"),
    Licence.Kind.OTHER: _("其他"),
}

#: What is looked at before vouchers may be used with a provider.
ADMISSION_CHECKS: dict[str, Any] = {
    "licence": _("营业执照（登记证书）在有效期内，名称和代码一致"),
    "filing": _("备案、消防、食品等应有的许可齐全"),
    "staff": _("服务人员（评估师）持证上岗，名单已核对"),
    "prices": _("服务项目和价格已公示，不高于平时价格"),
    "place": _("已到现场看过服务场所"),
    "agreement": _("已签服务协议，明确结算和违约责任"),
}

EDUCATION_OF: dict[str, str] = {zh: code for code, (zh, _en) in EDUCATION.items()} | {
    "中专": "vocational_secondary",
    "技校": "vocational_secondary",
    "专科": "college",
}

#: What became, or would become, of a row of a table.
IMPORTED: dict[str, Word] = {
    "new": Word(_("新建档案"), "ok"),
    "changed": Word(_("更新档案"), "info"),
    "same": Word(_("没有变化")),
    "duplicate": Word(_("表内重复"), "warn"),
    "waiting": Word(_("有警告，未导入"), "warn"),
    "error": Word(_("有错误，未导入"), "bad"),
    "": Word(_("整张表"), "info"),
}

SEXES: dict[str, Any] = {
    Sex.UNKNOWN: _("未知"),
    Sex.MALE: _("男"),
    Sex.FEMALE: _("女"),
    Sex.NOT_STATED: _("未说明"),
}

RELATIONS: dict[str, Any] = {
    Mandate.Relation.SPOUSE: _("配偶"),
    Mandate.Relation.CHILD: _("子女"),
    Mandate.Relation.RELATIVE: _("其他亲属"),
    Mandate.Relation.VILLAGE_WORKER: _("村（社区）工作人员"),
    Mandate.Relation.PROVIDER_STAFF: _("养老服务机构工作人员"),
    Mandate.Relation.OTHER: _("其他"),
    Mandate.Relation.GUARDIAN: _("监护人"),
}

EVENTS: dict[str, Any] = {
    Event.Kind.DEATH: _("去世"),
    Event.Kind.MOVE: _("迁居"),
    Event.Kind.RECOVERY: _("能力恢复"),
    Event.Kind.EXCLUDED: _("享受其他待遇"),
    Event.Kind.WISH: _("本人放弃"),
    Event.Kind.HOSPITAL: _("住院"),
    Event.Kind.OTHER: _("其他情况"),
}

EVENT_STATES: dict[str, Word] = {
    Event.State.REPORTED: Word(_("待核实"), "warn"),
    Event.State.VERIFIED: Word(_("已核实"), "ok"),
    Event.State.REFUTED: Word(_("不属实")),
}

SOURCES: dict[str, Any] = {
    "counter": _("窗口登记"),
    "import": _("批量导入"),
    "online": _("网上填报"),
    "proxy": _("代办人网上填报"),
    "assisted": _("协助办理"),
    "sample": _("样例数据"),
}

FIELDS: dict[str, Any] = {
    "id_kind": _("证件种类"),
    "id_number": _("证件号码"),
    "name": _("姓名"),
    "sex": _("性别"),
    "birth_date": _("出生日期"),
    "ethnic": _("民族"),
    "place": _("居住地"),
    "registered_place": _("户籍地"),
    "address": _("住址"),
    "phone": _("联系电话"),
    "resident_from": _("居住起始"),
}

#: Who stands under a statement.
SIGNED: dict[str, Any] = {
    "gathered": _("归集"),
    "confirmed": _("机构确认"),
    "approved": _("审批"),
}

#: Why a masked number is looked at whole.
REVEALS: dict[str, Any] = {
    "review": _("核对申请材料"),
    "call": _("核实来电来访"),
    "duplicate": _("核对重复档案"),
    "payment": _("核对付款账户"),
    "appeal": _("处理申诉或异议"),
    "audit": _("审计抽查"),
}

REVEALED: dict[str, Any] = {
    "id_number": _("证件号码"),
    "phone": _("联系电话"),
    "list": _("未脱敏名单"),
}

#: What was done, as it stands in a timeline. Kept to what people did to a case, a person, a voucher or a bill.
ACTS: dict[str, Any] = {
    "entitlement.open": _("登记申请"),
    "entitlement.rate_self": _("填写自评"),
    "entitlement.choose": _("选择服务组别"),
    "entitlement.submit": _("提交申请"),
    "entitlement.ask": _("已要求补正"),
    "entitlement.answer": _("申请人补正"),
    "entitlement.assess": _("等待评估"),
    "entitlement.determine": _("资格认定"),
    "entitlement.review": _("已初审"),
    "entitlement.publish": _("已公示"),
    "entitlement.send_back": _("退回经办"),
    "entitlement.approve": _("已批准"),
    "entitlement.refuse": _("不予批准"),
    "entitlement.withdraw": _("撤回申请"),
    "entitlement.lapse": _("终止申请"),
    "entitlement.reopen": _("申诉成立，重新审核"),
    "entitlement.appeal": _("提出申诉"),
    "entitlement.answer_appeal": _("答复申诉"),
    "entitlement.begin": _("待遇开始"),
    "entitlement.suspend": _("暂停待遇"),
    "entitlement.resume": _("恢复待遇"),
    "entitlement.report_ending": _("报告待遇终止事由"),
    "entitlement.refute_ending": _("终止事由不属实"),
    "entitlement.stop": _("终止待遇"),
    "entitlement.reinstate": _("撤销终止，恢复待遇"),
    "eligibility.determine": _("资格认定"),
    "assessment.request": _("申请评估"),
    "assessment.assign": _("指派评估员"),
    "assessment.begin": _("开始评估"),
    "assessment.sign": _("评估员签名"),
    "assessment.differ": _("有不同意见"),
    "assessment.submit": _("提交评估结果"),
    "assessment.accept": _("评估结果生效"),
    "assessment.send_back": _("退回评估"),
    "assessment.dispute": _("对评估提出异议"),
    "assessment.uphold": _("维持评估结果"),
    "assessment.void": _("评估作废"),
    "assessment.recognise": _("认可已有评估"),
    "assessment.load": _("载入历史评估"),
    "person.register": _("登记建档"),
    "person.correct": _("更正信息"),
    "person.move": _("迁居"),
    "person.report": _("报告情况变化"),
    "person.verify": _("核实情况变化"),
    "person.refute": _("情况变化不属实"),
    "person.ask_to_undo_death": _("申请撤销死亡登记"),
    "person.undo_death": _("撤销死亡登记"),
    "person.give_mandate": _("登记代办人"),
    "person.end_mandate": _("终止代办"),
    "person.ask_mandate": _("申请代办"),
    "person.grant_mandate": _("同意代办"),
    "person.refuse_mandate": _("未同意代办"),
    "person.withdraw_mandate_ask": _("撤回代办申请"),
    "person.ask_correction": _("申请更正资料"),
    "person.make_correction": _("同意更正"),
    "person.refuse_correction": _("未同意更正"),
    "person.withdraw_correction": _("撤回更正申请"),
    "person.begin_assistance": _("开始协助办理"),
    "person.confirm_assistance": _("本人确认协助"),
    "person.end_assistance": _("结束协助办理"),
    "entitlement.wish_assessment": _("选择评估机构"),
    "entitlement.add_material": _("上传材料"),
    "entitlement.remove_material": _("删去材料"),
    "person.issue_medium": _("发放凭证卡"),
    "person.end_medium": _("停用凭证卡"),
    "person.record_status": _("记录身份类别"),
    "person.end_status": _("身份类别结束"),
    "person.strike_status": _("删除身份类别"),
    "person.decide_duplicate": _("判断重复档案"),
    "person.reveal": _("查看完整号码"),
    "grant.issue": _("发放消费券"),
    "grant.choose": _("选择服务组别"),
    "grant.claim": _("领取消费券"),
    "grant.hold": _("预留金额"),
    "grant.release": _("释放预留"),
    "grant.revoke": _("消费券撤销"),
    "grant.expire": _("消费券过期"),
    "provider.admit": _("登记机构"),
    "provider.propose_listing": _("申请准入"),
    "provider.return_listing": _("退回准入"),
    "provider.list_in_county": _("批准准入"),
    "provider.end_listing": _("终止协议"),
    "provider.suspend": _("暂停准入"),
    "provider.lift": _("恢复准入"),
    "provider.propose_bank_account": _("提出收款账户"),
    "provider.approve_bank_account": _("核准收款账户"),
    "settlement.gather": _("归集结算单"),
    "settlement.confirm": _("机构确认"),
    "settlement.dispute": _("机构提出异议"),
    "settlement.resolve": _("异议已处理"),
    "settlement.send_back": _("退回归集"),
    "settlement.approve": _("审批通过"),
    "settlement.carry": _("结转下期"),
    "settlement.hold": _("暂缓付款"),
    "settlement.let_go": _("解除暂缓"),
    "settlement.pay": _("付款到账"),
    "settlement.bank_return": _("银行退回"),
    "settlement.recover": _("结转抵回"),
}

#: Acts that end something for the person; a timeline sets them in vermilion.
GRAVE = frozenset(
    {
        "entitlement.refuse",
        "entitlement.stop",
        "entitlement.suspend",
        "entitlement.lapse",
        "assessment.void",
        "grant.revoke",
        "provider.suspend",
        "provider.end_listing",
        "settlement.dispute",
        "settlement.hold",
        "settlement.bank_return",
    }
)
