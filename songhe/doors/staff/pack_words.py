"""What packs, their states and their values are called, and how a value is written."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.doors.shell.amount import figures as in_figures
from songhe.doors.shell.pieces import Tone
from songhe.doors.staff import words
from songhe.policy import states

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


def written(name: Any, value: Any) -> str:
    """A value as people write it: 40%, ¥800.00, 5 个工作日."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if name.kind == "ratio":
        return ratio_text(str(value))
    if name.kind == "fen":
        return in_figures(int(value))
    if isinstance(value, dict):
        return words.listed(f"{key}: {ratio_text(str(one))}" for key, one in value.items())
    unit = UNIT_WORDS.get(name.unit)
    return f"{value} {unit}" if unit else str(value)


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
