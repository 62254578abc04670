"""What packs, their states and their values are called, and how a value is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.doors.shell.amount import figures as in_figures
from songhe.doors.shell.pieces import Tone
from songhe.doors.staff import words
from songhe.policy import states
from songhe.policy.values import ValueName

WORDS: dict[str, words.Word] = {
    states.DRAFT: words.Word(gettext_lazy("草稿"), "warn"),
    states.REVIEWED: words.Word(gettext_lazy("已复核"), "info"),
    states.SCHEDULED: words.Word(gettext_lazy("待生效"), "info"),
    states.CURRENT: words.Word(gettext_lazy("现行"), "ok"),
    states.SUPERSEDED: words.Word(gettext_lazy("已停用")),
}
CONFIDENCE: dict[str, tuple[Any, Tone]] = {
    "H": (gettext_lazy("正式文本"), "ok"),
    "M": (gettext_lazy("一处转载"), "info"),
    "L": (gettext_lazy("非正式摘录"), "warn"),
    "D": (gettext_lazy("推断或默认"), "warn"),
}
PROGRAMMES: dict[str, Any] = {
    "consumption-voucher": gettext_lazy("养老服务消费补贴"),
    "assessment-voucher": gettext_lazy("评估补贴"),
    "ltci": gettext_lazy("长期护理保险"),
}
LIFE = (states.DRAFT, states.REVIEWED, states.SCHEDULED, states.CURRENT)
UNIT_WORDS: dict[str, Any] = {
    "working_day": gettext_lazy("个工作日"),
    "day": gettext_lazy("天"),
    "month": gettext_lazy("个月"),
    "year": gettext_lazy("岁"),
    "level": gettext_lazy("级"),
}


def programme_name(code: str) -> str:
    return str(PROGRAMMES.get(code, code))


def written(name: ValueName, value: Any, places: Mapping[str, str] | None = None) -> str:
    """A value as people write it: 40%, ¥800.00, 5 个工作日, 系统自动; a ratio by place grouped by ratio."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name.kind == "ratio":
        return ratio_text(str(value))
    if name.kind == "fen":
        return in_figures(int(value))
    if name.kind == "choice":
        return choice_text(name, str(value))
    if isinstance(value, dict):
        return by_ratio(value, places or {})
    unit = UNIT_WORDS.get(name.unit)
    return f"{value} {unit}" if unit else str(value)


def choice_text(name: ValueName, value: str) -> str:
    """What a choice means: the vocabulary explains each after its code."""
    if not words.in_chinese():
        return value.replace("_", " ")
    told = name.zh.partition(":")[2]
    meaning = next((part.removeprefix(value) for part in told.split(",") if part.startswith(value)), "")
    return meaning or value


def by_ratio(value: Mapping[str, Any], places: Mapping[str, str]) -> str:
    """85%（北京市、天津市…）; the nation's entry stands for everywhere else."""
    groups: dict[str, list[str]] = {}
    for code, one in value.items():
        text = ratio_text(str(one))
        groups.setdefault(text, []).append(str(_("其他地区")) if code == "000000" else places.get(code, code))
    left, right = ("（", "）") if words.in_chinese() else (" (", ")")
    return ("；" if words.in_chinese() else "; ").join(
        f"{text}{left}{words.listed(named)}{right}" for text, named in groups.items()
    )


def ratio_text(text: str) -> str:
    """2/5 as 40%; what is no whole number of tenths of a per cent stays a fraction."""
    above, _slash, below = text.partition("/")
    if not (above.isdigit() and below.isdigit() and int(below)):
        return text
    thousandths, rest = divmod(1000 * int(above), int(below))
    if rest:
        return text
    whole, tenth = divmod(thousandths, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"
