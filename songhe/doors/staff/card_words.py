"""What sources, levels, terms and states of the love card are called on the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.card import change
from songhe.card.models import Allotment, Card, Donation, Fund, Level, Purse, Source
from songhe.doors.elder import card_words as elder_words
from songhe.doors.staff import words
from songhe.doors.staff.words import Word
from songhe.provider.help import EVERYTHING, HELPS
from songhe.provider.models import Partner

SOURCES: dict[str, Word] = {
    Source.FINANCE: Word(gettext_lazy("财政资金")),
    Source.DISABLED: Word(gettext_lazy("残联资金")),
    Source.COLLECTIVE: Word(gettext_lazy("村（社区）集体资金")),
    Source.CHARITY: Word(gettext_lazy("慈善资金")),
    Source.FAMILY: Word(gettext_lazy("家庭资金")),
}
LEVELS: dict[str, Word] = {
    Level.CENTRAL: Word(gettext_lazy("中央")),
    Level.PROVINCE: Word(gettext_lazy("省级")),
    Level.CITY: Word(gettext_lazy("市级")),
    Level.COUNTY: Word(gettext_lazy("县级")),
    Level.TOWN: Word(gettext_lazy("乡镇（街道）")),
    Level.VILLAGE: Word(gettext_lazy("村（社区）")),
}
EXPIRY: dict[str, Word] = {
    Fund.Expiry.MONTH_END: Word(gettext_lazy("当月有效")),
    Fund.Expiry.PERIOD_END: Word(gettext_lazy("期末清零")),
    Fund.Expiry.NEVER: Word(gettext_lazy("长期有效")),
}
REFUNDS: dict[str, Word] = {
    Fund.Refund.FUND: Word(gettext_lazy("退回原资金池")),
    Fund.Refund.HEIRS: Word(gettext_lazy("退给继承人")),
}
CARDS: dict[str, Word] = {
    Card.State.ACTIVE: Word(gettext_lazy("正常"), "ok"),
    Card.State.LOST: Word(gettext_lazy("挂失"), "warn"),
    Card.State.FROZEN: Word(pgettext_lazy("state", "冻结"), "warn"),
    Card.State.CLOSED: Word(gettext_lazy("注销"), "bad"),
}
PURSES: dict[str, Word] = {
    Purse.State.ACTIVE: Word(gettext_lazy("可用"), "ok"),
    Purse.State.EXPIRED: Word(gettext_lazy("已到期")),
    Purse.State.FOR_HEIRS: Word(gettext_lazy("待退继承人"), "warn"),
    Purse.State.CLOSED: Word(gettext_lazy("已结清")),
}
DECIDED: dict[str, Word] = {
    Allotment.State.OPEN: Word(gettext_lazy("待批准"), "warn"),
    Allotment.State.APPROVED: Word(gettext_lazy("已批准"), "ok"),
    Allotment.State.DECLINED: Word(gettext_lazy("未批准"), "bad"),
    "paid": Word(gettext_lazy("已退"), "ok"),
}
GIVERS: dict[str, Word] = {
    Donation.Giver.PERSON: Word(gettext_lazy("个人")),
    Donation.Giver.COMPANY: Word(gettext_lazy("企业")),
    Donation.Giver.ORGANISATION: Word(gettext_lazy("社会组织")),
    Donation.Giver.UNKNOWN: Word(gettext_lazy("匿名")),
}
PARTNERS: dict[str, Word] = {
    Partner.State.PROPOSED: Word(gettext_lazy("待批准"), "warn"),
    Partner.State.ADMITTED: Word(gettext_lazy("在名单上"), "ok"),
    Partner.State.DECLINED: Word(gettext_lazy("未批准"), "bad"),
    Partner.State.LEFT: Word(gettext_lazy("已退出")),
}
#: The classes of the card, as elders read them.
CLASSES: dict[int, Any] = elder_words.CLASSES
#: What money did in a fund's books, by the kind of the transfer.
MOVEMENTS = {**elder_words.KINDS, "allot": gettext_lazy("入池")}
#: What is done to cards and merchants, as timelines say it.
ACTS: dict[str, Any] = {
    "card.open": pgettext_lazy("happened", "开卡"),
    "card.classify": gettext_lazy("归类"),
    "card.report_lost": gettext_lazy("挂失"),
    "card.replace": pgettext_lazy("happened", "补卡"),
    "card.freeze": pgettext_lazy("happened", "冻结"),
    "card.unfreeze": pgettext_lazy("happened", "解除冻结"),
    "card.set_attributes": gettext_lazy("改并入的卡"),
    "card.close": gettext_lazy("注销"),
    "card.print_code": pgettext_lazy("happened", "打印带密码的码"),
    "card.set_pin": gettext_lazy("重设打印码密码"),
    "card.wrong_pin": gettext_lazy("打印码密码错"),
    "card.block_code": gettext_lazy("打印码锁住"),
    "redemption.order": gettext_lazy("预订"),
    "redemption.ask_order": gettext_lazy("在家预订"),
    "redemption.accept_order": pgettext_lazy("happened", "接单"),
    "redemption.decline_order": gettext_lazy("谢绝预订"),
    "redemption.hand_over": gettext_lazy("交付预订"),
    "redemption.give_up_order": gettext_lazy("放弃预订"),
    "card.agree_to_face": gettext_lazy("同意刷脸"),
    "card.face_ready": gettext_lazy("开通刷脸"),
    "card.withdraw_face": gettext_lazy("撤回刷脸"),
    "card.recognise_face": gettext_lazy("刷脸认出"),
    "card.doubt_face": gettext_lazy("刷脸没认准"),
    "provider.propose_partner": pgettext_lazy("happened", "推荐爱心商家"),
    "provider.admit_partner": gettext_lazy("列入名单"),
    "provider.decline_partner": gettext_lazy("没有批准"),
    "provider.leave_partner": pgettext_lazy("happened", "退出名单"),
}
CHANGES = {
    change.OPEN: gettext_lazy("开设资金池"),
    change.ALLOW: gettext_lazy("增加可用项目"),
    change.DISALLOW: gettext_lazy("停用项目"),
    change.CEILING: gettext_lazy("调整上限"),
}


def help_name(code: str) -> str:
    """A kind of help in the language of the page; ``*`` is everything."""
    return str(_("全部项目")) if code == EVERYTHING else words.titled(*HELPS[code]) if code in HELPS else code


def helps(codes: Iterable[str]) -> str:
    return words.listed(help_name(code) for code in codes)


def help_choices(*, everything: bool = False) -> list[tuple[str, str]]:
    return ([(EVERYTHING, help_name(EVERYTHING))] if everything else []) + [(code, help_name(code)) for code in HELPS]


def class_said(number: int) -> str:
    return str(CLASSES[number])
