"""What groups, bills and vouchers are called on the pages of elders, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Tone
from songhe.doors.shell.spoken import is_chinese
from songhe.provider.models import Category
from songhe.redemption.models import Bill


class Word(NamedTuple):
    said: Any
    tone: Tone = ""


class Group(NamedTuple):
    """One of the four groups: its name, its sign, and what belongs to it in plain words."""

    name: Any
    sign: str
    means: Any


GROUPS: dict[str, Group] = {
    Category.HOME: Group(
        gettext_lazy("居家和社区服务"),
        "home",
        gettext_lazy("上门洗澡、做饭、打扫、护理，社区食堂和照料中心的服务。"),
    ),
    Category.DAY_CARE: Group(gettext_lazy("日间托养"), "sun", gettext_lazy("白天在照料中心，晚上回家。")),
    Category.INSTITUTION_SHORT: Group(
        gettext_lazy("机构短期喘息"), "clock", gettext_lazy("在养老院住不满一个月，让家里人歇一歇。")
    ),
    Category.INSTITUTION_LONG: Group(
        gettext_lazy("机构长期照护"), "building", gettext_lazy("长住养老院，一个月以上。")
    ),
}

BILLS: dict[str, Word] = {
    Bill.State.HANDED_IN: Word(gettext_lazy("等月底入账"), "info"),
    Bill.State.PROVISIONAL: Word(gettext_lazy("等长护险结果"), "warn"),
    Bill.State.REVERSED: Word(gettext_lazy("已冲正"), "bad"),
}

STARS: dict[int, Any] = {
    5: gettext_lazy("很满意"),
    4: gettext_lazy("满意"),
    3: gettext_lazy("一般"),
    2: gettext_lazy("不满意"),
    1: gettext_lazy("很不满意"),
}


def in_chinese() -> bool:
    return is_chinese(get_language())


def said(zh: str, en: str) -> str:
    """Data that is kept in both languages, in the one of the page."""
    return zh if in_chinese() or not en else en


def group_name(category: str | None) -> str:
    if not category:
        return str(_("还没有选组别"))
    if category == "assessment":
        return str(_("能力评估"))
    found = GROUPS.get(category)
    return str(found.name) if found else category


def carried(ratio: Fraction, cap_fen: int) -> str:
    """每花 100 元，券付 50 元，每月最多 ¥800.00"""
    return _("每花 100 元，券付 %(part)s 元，一个月最多 %(cap)s") % {
        "part": _hundredths(ratio * 100),
        "cap": figures(cap_fen),
    }


def stars_drawn(stars: int) -> str:
    return "★" * stars + "☆" * (5 - stars)


def step_said(step: dict[str, Any]) -> str:
    return str(step["zh"] if in_chinese() else step["en"][:1].upper() + step["en"][1:])


def groups_in_order() -> Sequence[str]:
    return tuple(GROUPS)


def _hundredths(value: Fraction) -> str:
    """40, or 33.33: as many decimals as there are, two at most."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
