"""The closed list of dated values that a pack may state, with what a run does where one is not set. 取值与设置

A value has a kind, and ``null`` is a legal state of every one: abolished, or never set. Only those that a
condition compares with must be set; a category without a ratio cannot be chosen; every other value says
here what is done without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ratio", "fen", "whole", "truth", "choice", "day", "ratio_by_place", "table"]

CATEGORIES: dict[str, tuple[str, str]] = {
    "institution_long": ("机构长期", "institution, long stay"),
    "institution_short": ("喘息（短期）", "institution, respite"),
    "day_care": ("日间托养", "day care"),
    "home": ("居家社区", "home and community"),
    "assessment": ("能力评估", "ability assessment"),
}


@dataclass(frozen=True)
class ValueName:
    """One name that ``values.yaml`` may use."""

    name: str
    kind: Kind
    zh: str
    en: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    unset_zh: str = "不可使用"
    unset_en: str = "what needs it is refused"


def _voucher() -> list[ValueName]:
    names: list[ValueName] = []
    for category, (zh, en) in CATEGORIES.items():
        no = ("该类服务不可选用", "the category cannot be chosen")
        names.append(
            ValueName(f"ratio_{category}", "ratio", f"{zh}抵扣比例", f"ratio, {en}", unset_zh=no[0], unset_en=no[1])
        )
        names.append(
            ValueName(f"cap_{category}", "fen", f"{zh}封顶额度", f"cap, {en}", "fen", unset_zh=no[0], unset_en=no[1])
        )
    return names


def _setting(
    name: str, kind: Kind, zh: str, en: str, unset: tuple[str, str], unit: str = "", choices: tuple[str, ...] = ()
) -> ValueName:
    return ValueName(name, kind, zh, en, unit, choices, unset[0], unset[1])


def _card() -> list[ValueName]:
    """The love card: monthly amounts by standard, ages of its classes, match, order of payment."""
    gives = ("不按月充入", "nothing is charged by the month")
    amounts = {
        "card_service_low_income": ("低保老年人养老服务补贴", "service subsidy, minimum living allowance"),
        "card_service_edge": ("低保边缘高龄老年人养老服务补贴", "service subsidy, borderline and very old"),
        "card_care_low_income_severe": ("低保重度失能护理补贴", "care subsidy, low income, severe"),
        "card_care_low_income_moderate": ("低保中度失能护理补贴", "care subsidy, low income, moderate"),
        "card_care_low_income_mild": ("低保轻度失能护理补贴", "care subsidy, low income, mild"),
        "card_care_edge_severe": ("低保边缘重度失能护理补贴", "care subsidy, borderline, severe"),
        "card_care_edge_moderate": ("低保边缘中度失能护理补贴", "care subsidy, borderline, moderate"),
        "card_care_edge_mild": ("低保边缘轻度失能护理补贴", "care subsidy, borderline, mild"),
        "card_class_2": ("二类对象", "class 2"),
        "card_class_4": ("四类对象（志愿服务）", "class 4, helpers"),
    }
    return [
        *(
            ValueName(name, "fen", f"{zh}每月金额", f"monthly amount, {en}", "fen", (), *gives)
            for name, (zh, en) in amounts.items()
        ),
        ValueName("card_edge_age_least", "whole", "低保边缘享受服务补贴的最低年龄", "least age, borderline", "year"),
        ValueName("card_class_2_age_least", "whole", "二类对象的最低年龄", "least age of class 2", "year"),
        ValueName(
            "card_class_2_younger_most", "whole", "二类失能对象的最高年龄", "most age, disabled of class 2", "year"
        ),
        ValueName("card_level_mild", "whole", "轻度失能等级", "level of mild disability", "level"),
        ValueName("card_level_moderate", "whole", "中度失能等级", "level of moderate disability", "level"),
        ValueName("card_level_severe", "whole", "重度及以上失能等级", "least level of severe disability", "level"),
        _setting(
            "match_ratio", "ratio", "家庭充值配捐比例", "charity's match of family top-ups", ("不配捐", "no match")
        ),
        _setting(
            "match_month_cap",
            "fen",
            "每人每月配捐上限",
            "most that is matched a month and person",
            ("不设上限", "no cap"),
            "fen",
        ),
        _setting(
            "purse_order",
            "choice",
            "爱心卡扣款顺序:lapsing_first先到期先用,rank按资金排位",
            "order in which purses pay",
            ("先到期、先专用，家庭资金最后", "what lapses first, then what is most restricted, family money last"),
            choices=("lapsing_first", "rank"),
        ),
        _setting(
            "card_without_ltci_items",
            "truth",
            "爱心卡不支付长期护理保险范围内的专业护理",
            "the card does not pay professional care, which LTCI covers",
            ("由各资金用途决定", "as each fund's list says"),
        ),
    ]


VALUES: dict[str, ValueName] = {
    value.name: value
    for value in (
        ValueName("age_least", "whole", "最低年龄", "least age", "year"),
        ValueName("level_least", "whole", "最低失能等级", "least ability level", "level"),
        *_voucher(),
        _setting(
            "issue_mode",
            "choice",
            "发放方式:auto系统自动,claim每月申领",
            "how a month's voucher comes: auto by the system, claim by the person",
            ("按系统自动发放", "as auto"),
            choices=("auto", "claim"),
        ),
        _setting(
            "first_issue_within_working_days",
            "whole",
            "首次发放时限",
            "first issue, days after approval",
            ("不提示超期", "no reminder"),
            "working_day",
        ),
        _setting(
            "first_issue_least_working_days",
            "whole",
            "当月剩余工作日少于此数的，首次发放顺延至次月",
            "with fewer working days left in the month the first issue moves to the next",
            ("不顺延", "never moved"),
            "working_day",
        ),
        _setting(
            "switch_rule",
            "choice",
            "当月更换服务类别:never不可,if_unused未使用可换",
            "change of category within the month",
            ("未使用可换", "as if_unused"),
            choices=("never", "if_unused"),
        ),
        _setting(
            "late_days",
            "whole",
            "月末后仍可补录当月账单的天数",
            "days after the month's end in which its bills may still be booked",
            ("0天", "0 days"),
            "day",
        ),
        _setting(
            "long_stay_days",
            "whole",
            "入住满此天数按机构长期计",
            "a stay of at least this many days is a long stay",
            ("30天", "30 days"),
            "day",
        ),
        _setting(
            "proxy_limit", "whole", "一名代办人可代办的老年人数", "elders one proxy may act for", ("不限", "no limit")
        ),
        _setting(
            "review_days", "whole", "审核时限", "days for the review", ("不提示超期", "no reminder"), "working_day"
        ),
        _setting(
            "publication_days",
            "whole",
            "资格公示天数",
            "days of publication of a decision",
            ("跳过公示，页面注明", "publication is skipped and the page says so"),
            "day",
        ),
        _setting(
            "appeal_days",
            "whole",
            "异议受理天数",
            "days in which a decision may be contested",
            ("不设期限，页面注明", "no limit is applied and the page says so"),
            "day",
        ),
        _setting(
            "list_publication_days",
            "whole",
            "服务机构名单公示天数",
            "days of publication of the list of providers",
            ("跳过公示，页面注明", "publication is skipped and the page says so"),
            "working_day",
        ),
        _setting(
            "provider_contract_months",
            "whole",
            "准入时需提交的项目实施前合同月数",
            "months of earlier contracts that a provider hands in",
            ("不要求", "none asked for"),
            "month",
        ),
        _setting(
            "settle_cycle",
            "choice",
            "结算周期",
            "settlement cycle",
            ("由经办人发起结算", "settled by hand"),
            choices=("monthly", "quarterly"),
        ),
        _setting(
            "cutoff_day",
            "whole",
            "每月结算截止日",
            "day of the month on which a batch is cut",
            ("由经办人截止", "by hand"),
        ),
        _setting(
            "pay_within_days",
            "whole",
            "结算后付款时限",
            "days in which a statement is paid",
            ("不提示超期", "no reminder"),
            "working_day",
        ),
        _setting("advance_ratio", "ratio", "预拨比例", "share paid in advance", ("不预拨", "0: nothing in advance")),
        _setting(
            "central_share",
            "ratio_by_place",
            "中央财政负担比例",
            "the centre's share of the money",
            ("结算单不拆分并标注", "the statement is not split and is marked so"),
        ),
        _setting(
            "province_share",
            "ratio",
            "地方负担部分中省级承担的比例",
            "the province's share of the local part",
            ("地方部分不再拆分", "the local part is not split further"),
        ),
        _setting(
            "site_check_ratio",
            "ratio",
            "核销记录现场抽查比例下限",
            "least share of redemptions checked on site",
            ("不抽样", "no sample is drawn"),
        ),
        _setting(
            "assessment_valid_months",
            "whole",
            "评估结果的有效月数",
            "how many months an assessment's result counts",
            ("结果不因时间失效", "a result does not lapse by time"),
            "month",
        ),
        _setting(
            "assessment_dispute_days",
            "whole",
            "对评估结果提出异议的天数",
            "within how many days a result may be disputed",
            ("随时可以提出异议", "a result may be disputed at any time"),
            "day",
        ),
        _setting(
            "assessment_lookback_months",
            "whole",
            "认可的既往评估：距申请不超过的月数",
            "an earlier assessment is accepted when no older than this",
            ("不按时长认可既往评估", "none is accepted by its age"),
            "month",
        ),
        _setting(
            "assessment_accepted_since",
            "day",
            "认可的既往评估：此日及以后作出",
            "an earlier assessment is accepted when made on or after this day",
            ("不按日期认可既往评估", "none is accepted by its date"),
        ),
        _setting(
            "ltci_level_recognised",
            "truth",
            "认可长期护理保险失能等级",
            "levels found by LTCI are recognised",
            ("不认可", "not recognised"),
        ),
        _setting(
            "ltci_level_mapping",
            "table",
            "长期护理保险等级与能力等级对照",
            "ability level for each LTCI level",
            ("拒绝转换", "a conversion is refused"),
        ),
        _setting(
            "ltci_cash_reduces_base",
            "truth",
            "长期护理保险现金待遇是否冲减抵扣基数",
            "LTCI paid in cash to a family carer reduces the base",
            ("不冲减并标注", "it does not, and this is marked"),
        ),
        _setting(
            "care_subsidy_stacking",
            "choice",
            "与护理类补贴的关系:stack叠加,choose择一",
            "together with care subsidies, or instead of them",
            ("只作提示，不作条件", "shown as a note, no condition"),
            choices=("stack", "choose"),
        ),
        _setting(
            "service_in_province",
            "truth",
            "服务地点须在本省（区、市）内",
            "the service must be given inside the province",
            ("不限制", "no limit"),
        ),
        _setting(
            "residence_evidence",
            "choice",
            "居住证明:hukou_or_permit户籍或居住证（登记卡）",
            "proof of residence",
            ("不要求特定证明", "no particular proof"),
            choices=("hukou_or_permit",),
        ),
        _setting(
            "provider_sees_elder",
            "truth",
            "服务机构须与老年人本人见面核实",
            "the provider must see the elder in person",
            ("不要求", "not asked for"),
        ),
        _setting(
            "assessment_times_per_window",
            "whole",
            "项目期内评估券可使用次数",
            "assessment vouchers a person may use in a programme window",
            ("1次", "1"),
        ),
        _setting(
            "assessment_payer_below",
            "choice",
            "未达补贴条件时评估费的负担方:person个人,local地方",
            "who pays an assessment that does not qualify",
            ("逐案确定", "decided case by case"),
            choices=("person", "local"),
        ),
        *_card(),
        ValueName("ltci_institution_ratio", "ratio", "长护险机构护理支付比例", "LTCI ratio, institution"),
        ValueName("ltci_institution_day_cap", "fen", "长护险机构护理每日限额", "LTCI cap a day, institution", "fen"),
        ValueName("ltci_visit_ratio", "ratio", "长护险上门护理支付比例", "LTCI ratio, home visit"),
        ValueName("ltci_visit_day_cap", "fen", "长护险上门护理每日限额", "LTCI cap a day, home visit", "fen"),
        ValueName("ltci_visit_price", "fen", "长护险上门护理每次价格", "LTCI price of a visit", "fen"),
        ValueName("ltci_visit_limit", "table", "长护险上门护理次数上限（按等级）", "LTCI visits allowed, by level"),
        ValueName("ltci_own_care_day", "fen", "长护险自主护理每日待遇", "LTCI a day for own care", "fen"),
        ValueName("ltci_family_ratio", "ratio", "长护险亲情照护支付比例", "LTCI ratio, family care"),
        ValueName(
            "ltci_month_ceiling", "table", "长护险月度限额（按等级，分）", "LTCI fee ceiling a month by level, fen"
        ),
        ValueName("ltci_basic_care", "table", "长护险基本照料月待遇（按等级，分）", "LTCI basic care a month, fen"),
        ValueName(
            "ltci_trained_care", "table", "长护险经培训照护月待遇（按等级，分）", "LTCI trained carer a month, fen"
        ),
    )
}
